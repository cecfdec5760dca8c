//! Colours by role: what a thing means on the screen, never which widget it is in.
//!
//! A theme belongs to a session, as does the depth of its terminal. The background stays the terminal's own
//! unless a person wants the theme's, and no state is told by colour alone: a word or a mark goes with it.

use std::fmt;
use std::str::FromStr;

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

mod depth;
mod file;
mod ground;
mod own;

pub use depth::{Depth, DepthError};
pub use file::{FILE_BYTES_MAX, Wrong, findings};
pub use ground::{Follows, Ground};

/// The theme without colours.
pub const MONO: &str = "mono";

/// The themes that come with the program as files, in the order in which they are told of.
pub const FILES: [(&str, &str); 6] = [
    ("dark", include_str!("../../assets/themes/dark.toml")),
    ("light", include_str!("../../assets/themes/light.toml")),
    (
        "high-contrast",
        include_str!("../../assets/themes/high-contrast.toml"),
    ),
    (
        "high-contrast-light",
        include_str!("../../assets/themes/high-contrast-light.toml"),
    ),
    (
        "colour-blind",
        include_str!("../../assets/themes/colour-blind.toml"),
    ),
    (
        "colour-blind-light",
        include_str!("../../assets/themes/colour-blind-light.toml"),
    ),
];

/// The names of all themes that come with the program.
pub const NAMES: [&str; FILES.len() + 1] = [
    FILES[0].0, FILES[1].0, FILES[2].0, FILES[3].0, FILES[4].0, FILES[5].0, MONO,
];
/// Longest name of a theme.
const NAME_MAX: usize = 64;

/// What a thing on the screen means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What is read.
    Text,
    /// What is read second: labels, times, hints.
    Muted,
    /// What may be acted on: keys, the active tab.
    Accent,
    /// Done, sure, connected.
    Good,
    /// Look here before going on.
    Warning,
    /// Lost, refused, cannot be taken back.
    Danger,
    /// The row the next action is for.
    Selected,
    /// The border and title of the pane that has the keys.
    Focused,
    /// Lines that only separate.
    Border,
    /// An address or an id that can be opened or copied.
    Link,
    /// The letters that a search found.
    Match,
    /// The mark of the selected row and other small signs.
    Mark,
}

impl Role {
    pub const ALL: [Self; 12] = [
        Self::Text,
        Self::Muted,
        Self::Accent,
        Self::Good,
        Self::Warning,
        Self::Danger,
        Self::Selected,
        Self::Focused,
        Self::Border,
        Self::Link,
        Self::Match,
        Self::Mark,
    ];
}

/// The styles of the twelve roles at the depth of one terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    name: String,
    depth: Depth,
    styles: [Style; Role::ALL.len()],
    /// What the colours are made for; of a theme without colours nobody knows it.
    sheet: Option<Sheet>,
    paints: bool,
}

/// The background that a theme is made for, and the letters on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub background: Color,
    pub foreground: Color,
}

#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    #[error("theme `{0}` is not one of {names}, nor a file of your own", names = NAMES.join(", "))]
    Unknown(String),
    #[error("theme `{name}`, {first}{more}", first = .findings.first().map(Wrong::to_string).unwrap_or_default(),
        more = file::more(.findings.len()))]
    Unreadable { name: String, findings: Vec<Wrong> },
}

impl Theme {
    /// A theme that comes with the program. `mono` has no colours at any depth.
    pub fn load(name: &str, depth: Depth) -> Result<Self, ThemeError> {
        if name == MONO {
            return Ok(Self::mono());
        }
        let bundled = FILES.iter().find(|(known, _)| *known == name);
        let (_, file) = bundled.ok_or_else(|| ThemeError::Unknown(name.to_owned()))?;
        Self::parse(name, file, depth)
    }

    /// A theme from the text of a theme file, which names every role and the background it is made for, or the
    /// theme that has the rest.
    pub fn parse(name: &str, text: &str, depth: Depth) -> Result<Self, ThemeError> {
        let inks = file::read(text).map_err(|findings| ThemeError::Unreadable {
            name: name.to_owned(),
            findings,
        })?;
        let style = |role| match depth {
            Depth::Mono => mono(role),
            Depth::Ansi16 | Depth::Ansi256 | Depth::True => inks.of(role).style(depth),
        };
        Ok(Self {
            name: name.to_owned(),
            depth,
            styles: Role::ALL.map(style),
            sheet: Some(inks.sheet),
            paints: false,
        })
    }

    /// The theme without colours: weight, reverse and underline only.
    pub fn mono() -> Self {
        Self {
            name: MONO.to_owned(),
            depth: Depth::Mono,
            styles: Role::ALL.map(mono),
            sheet: None,
            paints: false,
        }
    }

    /// The same, on its own background whatever the terminal's is.
    pub fn painted(self) -> Self {
        Self {
            paints: true,
            ..self
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn depth(&self) -> Depth {
        self.depth
    }

    /// The background that it declares, and the letters on it.
    pub fn sheet(&self) -> Option<Sheet> {
        self.sheet
    }

    /// The style of something that brings its own colour, `#RRGGBB`, moved as far from the ground as it takes to be
    /// seen; nothing where there are no colours, or it is none.
    pub fn own(&self, text: &str) -> Option<Style> {
        let sheet = self.sheet.filter(|_| self.depth != Depth::Mono)?;
        let is_light = Ground::of(sheet.background) == Ground::Light;
        let seen = own::seen(file::colour(text)?, is_light);
        Some(Style::new().fg(self.depth.degrade(seen)))
    }

    /// The style of a role, to be laid over what is there: what it leaves open stays.
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// Lays the theme's own background under a frame, where it is wanted.
    pub fn paint(&self, buf: &mut Buffer) {
        let Some(sheet) = self
            .sheet
            .filter(|_| self.paints && self.depth != Depth::Mono)
        else {
            return;
        };
        let [background, foreground] =
            [sheet.background, sheet.foreground].map(|colour| self.depth.degrade(colour));
        for cell in &mut buf.content {
            if cell.bg == Color::Reset {
                cell.bg = background;
            }
            if cell.fg == Color::Reset {
                cell.fg = foreground;
            }
        }
    }
}

/// Whether a text can be the name of a theme, and so of its file.
pub fn is_name(text: &str) -> bool {
    let fits = (1..=NAME_MAX).contains(&text.len());
    let mut letters = text.bytes();
    fits && letters.all(|letter| letter.is_ascii_alphanumeric() || b"-_".contains(&letter))
}

impl FromStr for Role {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut roles = Self::ALL.into_iter();
        roles.find(|role| role.to_string() == text).ok_or(())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Muted => "muted",
            Self::Accent => "accent",
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Danger => "danger",
            Self::Selected => "selected",
            Self::Focused => "focused",
            Self::Border => "border",
            Self::Link => "link",
            Self::Match => "match",
            Self::Mark => "mark",
        })
    }
}

fn mono(role: Role) -> Style {
    let plain = Style::new();
    match role {
        Role::Text | Role::Muted | Role::Good | Role::Border => plain,
        Role::Accent | Role::Warning | Role::Focused | Role::Mark => {
            plain.add_modifier(Modifier::BOLD)
        }
        Role::Danger | Role::Match => plain.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
        Role::Link => plain.add_modifier(Modifier::UNDERLINED),
        Role::Selected => plain.add_modifier(Modifier::REVERSED),
    }
}
