//! A theme file: the background that its colours are made for, and a line a role. Everything that is wrong in one
//! is found, with its line.

use std::fmt;
use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Depth, FILES, Role, Sheet};

/// Largest theme file that is read, in bytes.
pub const FILE_BYTES_MAX: u64 = 64 * 1024;

const BACKGROUND: &str = "background";
const FOREGROUND: &str = "foreground";
/// The theme that has what a file leaves out.
const BASE: &str = "base";
const OF_ROLE: &str = "fg, bg, ansi, bold, italic, underline, reverse";
/// The colours of a terminal of sixteen, as a file names them.
const ANSI: [(&str, Color); 16] = [
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("gray", Color::Gray),
    ("dark-gray", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("white", Color::White),
];

/// Something in a theme file that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Counted from 1; nothing for what is missing.
    pub line: Option<usize>,
    /// What is wrong, with what is allowed.
    pub what: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.what)
    }
}

/// What to add to the first finding of so many.
pub(super) fn more(findings: usize) -> String {
    match findings {
        0 | 1 => String::new(),
        many => format!(" (and {} more; `scv config check` lists them)", many - 1),
    }
}

/// Everything that is wrong in the text of a theme file.
pub fn findings(text: &str) -> Vec<Wrong> {
    read(text).err().unwrap_or_default()
}

/// A theme file as it is written.
#[derive(Clone, Copy)]
pub(super) struct Inks {
    pub sheet: Sheet,
    roles: [Ink; Role::ALL.len()],
}

impl Inks {
    pub fn of(&self, role: Role) -> &Ink {
        &self.roles[role as usize]
    }
}

/// How a role is written.
#[derive(Clone, Copy, Default)]
pub(super) struct Ink {
    fg: Option<Color>,
    bg: Option<Color>,
    ansi: Option<Color>,
    weight: Modifier,
}

impl Ink {
    pub fn style(&self, depth: Depth) -> Style {
        let mut style = Style::new().add_modifier(self.weight);
        if depth == Depth::Ansi16 && self.bg.is_some() {
            // Nobody knows how the 16 colours of a terminal look on each other; reversed is always readable.
            style = style.add_modifier(Modifier::REVERSED);
        } else {
            let named = self.ansi.filter(|_| depth == Depth::Ansi16);
            style.fg = named.or(self.fg.map(|colour| depth.degrade(colour)));
            style.bg = self.bg.map(|colour| depth.degrade(colour));
        }
        if style.add_modifier.contains(Modifier::REVERSED) {
            // Reversed text of many colours would be a row of many backgrounds.
            style = style.fg(Color::Reset).bg(Color::Reset);
        }
        style
    }
}

/// Reads a theme file, or finds everything that is wrong in it.
pub(super) fn read(text: &str) -> Result<Inks, Vec<Wrong>> {
    let mut reader = Reader {
        text,
        findings: Vec::new(),
        base: None,
        background: None,
        foreground: None,
        roles: [None; Role::ALL.len()],
    };
    match DeTable::parse(text) {
        Ok(table) => reader.top(table.get_ref()),
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            let what = error.message().lines().next().unwrap_or_default();
            reader.find(at, format!("it is not TOML ({what})"));
            return Err(reader.findings);
        }
    }
    reader.whole()
}

struct Reader<'a> {
    text: &'a str,
    findings: Vec<Wrong>,
    base: Option<Inks>,
    background: Option<Color>,
    foreground: Option<Color>,
    roles: [Option<Ink>; Role::ALL.len()],
}

impl Reader<'_> {
    fn top(&mut self, table: &DeTable<'_>) {
        for (name, value) in table {
            let at = name.span().start;
            match name.get_ref().as_ref() {
                BASE => self.base(value),
                BACKGROUND => self.background = self.colour(BACKGROUND, value),
                FOREGROUND => self.foreground = self.colour(FOREGROUND, value),
                named => match Role::from_str(named) {
                    Ok(role) => self.roles[role as usize] = Some(self.ink(role, value)),
                    Err(()) => self.find(at, format!("role `{named}` is not known; {}", known())),
                },
            }
        }
    }

    fn base(&mut self, value: &Spanned<DeValue<'_>>) {
        let named = value.get_ref().as_str().unwrap_or_default();
        match FILES.iter().find(|(name, _)| *name == named) {
            Some((_, file)) => self.base = read(file).ok(),
            None => {
                let names = FILES.map(|(name, _)| name).join(", ");
                let what = format!("base `{named}` is not one of {names}");
                self.find(value.span().start, what);
            }
        }
    }

    fn ink(&mut self, role: Role, value: &Spanned<DeValue<'_>>) -> Ink {
        let mut ink = Ink::default();
        if value.get_ref().is_str() {
            ink.fg = self.colour(&role.to_string(), value);
            return ink;
        }
        let Some(members) = value.get_ref().as_table() else {
            let what = format!("{role} is not written like {role} = {{ fg = \"#7cc4ff\" }}");
            self.find(value.span().start, what);
            return ink;
        };
        for (name, value) in members {
            let full = format!("{role}.{}", name.get_ref());
            match name.get_ref().as_ref() {
                "fg" => ink.fg = self.colour(&full, value),
                "bg" => ink.bg = self.colour(&full, value),
                "ansi" => ink.ansi = self.ansi(&full, value),
                "bold" => ink.weight |= self.weight(&full, value, Modifier::BOLD),
                "italic" => ink.weight |= self.weight(&full, value, Modifier::ITALIC),
                "underline" => ink.weight |= self.weight(&full, value, Modifier::UNDERLINED),
                "reverse" => ink.weight |= self.weight(&full, value, Modifier::REVERSED),
                _ => {
                    let what = format!("{full} is not known; a role has {OF_ROLE}");
                    self.find(name.span().start, what);
                }
            }
        }
        ink
    }

    fn colour(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<Color> {
        let read = value.get_ref().as_str().and_then(colour);
        if read.is_none() {
            let given = self.shown(value);
            let what = format!("{name} is {given}; a colour is written like \"#7cc4ff\"");
            self.find(value.span().start, what);
        }
        read
    }

    fn ansi(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<Color> {
        let given = value.get_ref().as_str().unwrap_or_default();
        let found = ANSI.iter().find(|(known, _)| *known == given);
        if found.is_none() {
            let (given, names) = (self.shown(value), ANSI.map(|(name, _)| name).join(", "));
            self.find(
                value.span().start,
                format!("{name} is {given}; allowed are {names}"),
            );
        }
        found.map(|(_, colour)| *colour)
    }

    fn weight(&mut self, name: &str, value: &Spanned<DeValue<'_>>, weight: Modifier) -> Modifier {
        match value.get_ref().as_bool() {
            Some(true) => weight,
            Some(false) => Modifier::empty(),
            None => {
                let given = self.shown(value);
                self.find(
                    value.span().start,
                    format!("{name} is {given}; allowed is true or false"),
                );
                Modifier::empty()
            }
        }
    }

    /// The theme, once nothing is wrong and nothing is missing.
    fn whole(mut self) -> Result<Inks, Vec<Wrong>> {
        if !self.findings.is_empty() {
            self.findings.sort_by_key(|finding| finding.line);
            return Err(self.findings);
        }
        let base = self.base;
        let sheet = base.map(|base| base.sheet);
        let background = self.background.or(sheet.map(|sheet| sheet.background));
        let foreground = self.foreground.or(sheet.map(|sheet| sheet.foreground));
        let ink = |role: Role| self.roles[role as usize].or(base.map(|base| *base.of(role)));
        let inks = Role::ALL.map(ink);
        let missing = |name: String| Wrong {
            line: None,
            what: format!(
                "{name} is missing; name it, or write base = \"dark\" to have what is left out from there"
            ),
        };
        let colours = [(BACKGROUND, background), (FOREGROUND, foreground)].into_iter();
        let colours = colours.filter(|(_, colour)| colour.is_none());
        let roles = Role::ALL.into_iter().zip(inks);
        let roles = roles.filter(|(_, ink)| ink.is_none());
        let missing: Vec<Wrong> = colours
            .map(|(name, _)| missing(name.to_owned()))
            .chain(roles.map(|(role, _)| missing(format!("role `{role}`"))))
            .collect();
        match (background, foreground) {
            (Some(background), Some(foreground)) if missing.is_empty() => Ok(Inks {
                sheet: Sheet {
                    background,
                    foreground,
                },
                roles: inks.map(Option::unwrap_or_default),
            }),
            (Some(_) | None, Some(_) | None) => Err(missing),
        }
    }

    fn shown(&self, value: &Spanned<DeValue<'_>>) -> String {
        let given = self.text.get(value.span()).unwrap_or_default();
        given.lines().next().unwrap_or_default().to_owned()
    }

    fn find(&mut self, at: usize, what: String) {
        let before = self.text.as_bytes().iter().take(at);
        let line = 1 + before.filter(|byte| **byte == b'\n').count();
        self.findings.push(Wrong {
            line: Some(line),
            what,
        });
    }
}

fn known() -> String {
    format!(
        "known are {}, beside {BACKGROUND}, {FOREGROUND} and {BASE}",
        Role::ALL.map(|role| role.to_string()).join(", ")
    )
}

/// The colour in a text like `#7cc4ff`.
pub(super) fn colour(text: &str) -> Option<Color> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let value = u32::from_str_radix(digits, 16).ok();
    value.filter(|_| is_hex).map(Color::from_u32)
}
