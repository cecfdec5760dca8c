//! Colours by role: what a thing means on the screen, never which widget it is in.
//!
//! A theme belongs to a session, as does the depth of its terminal. The background is always the
//! terminal's own, and no state is told by colour alone: a word or a mark goes with it.

use std::fmt;
use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

mod depth;
mod own;

pub use depth::{Depth, DepthError};

/// The themes that come with the program.
pub const NAMES: [&str; 4] = ["dark", "light", "high-contrast", "mono"];

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
}

#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    #[error("theme `{0}` is not one of dark, light, high-contrast, mono")]
    Unknown(String),
    #[error("theme `{name}` is not readable: {reason}")]
    Unreadable { name: String, reason: String },
}

impl Theme {
    /// A theme that comes with the program. `mono` has no colours at any depth.
    pub fn load(name: &str, depth: Depth) -> Result<Self, ThemeError> {
        match name {
            "dark" => Self::parse(name, include_str!("../../assets/themes/dark.toml"), depth),
            "light" => Self::parse(name, include_str!("../../assets/themes/light.toml"), depth),
            "high-contrast" => Self::parse(
                name,
                include_str!("../../assets/themes/high-contrast.toml"),
                depth,
            ),
            "mono" => Ok(Self::mono()),
            _ => Err(ThemeError::Unknown(name.to_owned())),
        }
    }

    /// A theme from the text of a theme file: one line a role, roles that are left out are plain text.
    pub fn parse(name: &str, file: &str, depth: Depth) -> Result<Self, ThemeError> {
        let unreadable = |reason: String| ThemeError::Unreadable {
            name: name.to_owned(),
            reason,
        };
        let inks: Inks =
            toml::from_str(file).map_err(|error| unreadable(error.message().to_owned()))?;
        let mut styles = [Style::new(); Role::ALL.len()];
        for role in Role::ALL {
            styles[role as usize] = match depth {
                Depth::Mono => mono(role),
                Depth::Ansi16 | Depth::Ansi256 | Depth::True => {
                    inks.of(role).style(depth).map_err(unreadable)?
                }
            };
        }
        Ok(Self {
            name: name.to_owned(),
            depth,
            styles,
        })
    }

    /// The theme without colours: weight, reverse and underline only.
    pub fn mono() -> Self {
        Self {
            name: "mono".to_owned(),
            depth: Depth::Mono,
            styles: Role::ALL.map(mono),
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn depth(&self) -> Depth {
        self.depth
    }

    /// The style of something that brings its own colour, `#RRGGBB`, moved as far from the ground as it takes to be
    /// seen; nothing where there are no colours, or it is none.
    pub fn own(&self, text: &str) -> Option<Style> {
        if self.depth == Depth::Mono {
            return None;
        }
        let seen = own::seen(colour(text).ok()?, self.name == "light");
        Some(Style::new().fg(self.depth.degrade(seen)))
    }

    /// The style of a role, to be laid over what is there: what it leaves open stays.
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
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

/// The theme file as it is written.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Inks {
    text: Ink,
    muted: Ink,
    accent: Ink,
    good: Ink,
    warning: Ink,
    danger: Ink,
    selected: Ink,
    focused: Ink,
    border: Ink,
    link: Ink,
    r#match: Ink,
    mark: Ink,
}

impl Inks {
    fn of(&self, role: Role) -> &Ink {
        match role {
            Role::Text => &self.text,
            Role::Muted => &self.muted,
            Role::Accent => &self.accent,
            Role::Good => &self.good,
            Role::Warning => &self.warning,
            Role::Danger => &self.danger,
            Role::Selected => &self.selected,
            Role::Focused => &self.focused,
            Role::Border => &self.border,
            Role::Link => &self.link,
            Role::Match => &self.r#match,
            Role::Mark => &self.mark,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Ink {
    fg: Option<String>,
    bg: Option<String>,
    ansi: Option<String>,
    bold: bool,
    italic: bool,
    underline: bool,
    reverse: bool,
}

impl Ink {
    fn style(&self, depth: Depth) -> Result<Style, String> {
        let mut style = Style::new();
        for (is_set, modifier) in [
            (self.bold, Modifier::BOLD),
            (self.italic, Modifier::ITALIC),
            (self.underline, Modifier::UNDERLINED),
            (self.reverse, Modifier::REVERSED),
        ] {
            if is_set {
                style = style.add_modifier(modifier);
            }
        }
        let fg = self.fg.as_deref().map(colour).transpose()?;
        let bg = self.bg.as_deref().map(colour).transpose()?;
        let ansi = self.ansi.as_deref().map(ansi_colour).transpose()?;
        if depth == Depth::Ansi16 && bg.is_some() {
            // Nobody knows how the 16 colours of a terminal look on each other; reversed is always readable.
            style = style.add_modifier(Modifier::REVERSED);
        } else {
            style.fg = if depth == Depth::Ansi16 { ansi } else { None }
                .or(fg.map(|colour| depth.degrade(colour)));
            style.bg = bg.map(|colour| depth.degrade(colour));
        }
        if style.add_modifier.contains(Modifier::REVERSED) {
            // Reversed text of many colours would be a row of many backgrounds.
            style = style.fg(Color::Reset).bg(Color::Reset);
        }
        Ok(style)
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

fn colour(text: &str) -> Result<Color, String> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
    let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    value
        .map(Color::from_u32)
        .ok_or_else(|| format!("colour `{text}` is not written like #7cc4ff"))
}

fn ansi_colour(text: &str) -> Result<Color, String> {
    let unknown =
        || format!("colour `{text}` is not one of the 16 of a terminal, such as bright-cyan");
    Color::from_str(text)
        .ok()
        .filter(|colour| !matches!(colour, Color::Rgb(..) | Color::Indexed(_)))
        .ok_or_else(unknown)
}
