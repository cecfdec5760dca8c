//! One press of a key, its name in the configuration, and chords of several presses.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// A key without its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    Char(char),
    Enter,
    Esc,
    Tab,
    Backspace,
    Delete,
    Insert,
    Home,
    End,
    PageUp,
    PageDown,
    Up,
    Down,
    Left,
    Right,
    F(u8),
}

/// A key with its modifiers. Invariant: equal presses are equal values, however the terminal sent them:
/// shift is part of a letter (`A`, not shift and `a`), and letters with ctrl are small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Press {
    pub key: Key,
    pub ctrl: bool,
    pub alt: bool,
    pub shift: bool,
}

/// One or more presses in a row, as `g m`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord(Vec<Press>);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("key `{0}` is not known, write for example ctrl-k, alt-x, enter, f1 or g m")]
pub struct PressError(String);

/// The keys that have a name of their own.
const NAMED: [Key; 15] = [
    Key::Char(' '),
    Key::Enter,
    Key::Esc,
    Key::Tab,
    Key::Backspace,
    Key::Delete,
    Key::Insert,
    Key::Home,
    Key::End,
    Key::PageUp,
    Key::PageDown,
    Key::Up,
    Key::Down,
    Key::Left,
    Key::Right,
];
const CHORD_PRESSES_MAX: usize = 4;
const FUNCTION_KEY_MAX: u8 = 24;

impl Press {
    /// A key on its own.
    pub const fn plain(key: Key) -> Self {
        Self {
            key,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    pub const fn char(c: char) -> Self {
        Self::plain(Key::Char(c))
    }

    pub const fn ctrl(c: char) -> Self {
        Self {
            ctrl: true,
            ..Self::char(c)
        }
    }

    pub const fn alt(c: char) -> Self {
        Self {
            alt: true,
            ..Self::char(c)
        }
    }

    /// The letter this press types into a text field, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.key {
            Key::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// The press of a terminal event; releases and keys without a name are none.
    pub fn from_event(event: KeyEvent) -> Option<Self> {
        if event.kind == KeyEventKind::Release {
            return None;
        }
        let mut shift = event.modifiers.contains(KeyModifiers::SHIFT);
        let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
        let key = match event.code {
            KeyCode::BackTab => {
                shift = true;
                Key::Tab
            }
            KeyCode::Char(c) => Key::Char(if ctrl { as_labelled(c) } else { c }),
            KeyCode::Enter => Key::Enter,
            KeyCode::Esc => Key::Esc,
            KeyCode::Tab => Key::Tab,
            KeyCode::Backspace => Key::Backspace,
            KeyCode::Delete => Key::Delete,
            KeyCode::Insert => Key::Insert,
            KeyCode::Home => Key::Home,
            KeyCode::End => Key::End,
            KeyCode::PageUp => Key::PageUp,
            KeyCode::PageDown => Key::PageDown,
            KeyCode::Up => Key::Up,
            KeyCode::Down => Key::Down,
            KeyCode::Left => Key::Left,
            KeyCode::Right => Key::Right,
            KeyCode::F(number) => Key::F(number),
            _ => return None,
        };
        let alt = event.modifiers.contains(KeyModifiers::ALT);
        Some(
            Self {
                key,
                ctrl,
                alt,
                shift,
            }
            .normal(),
        )
    }

    /// How the press is written for people: `^L`, `Alt-x`, `Enter`, `↓`.
    pub fn label(self) -> String {
        let mut label = String::new();
        if self.alt {
            label.push_str("Alt-");
        }
        if self.shift {
            label.push_str("Shift-");
        }
        match self.key {
            Key::Char(c) if self.ctrl && c != ' ' => {
                label.push('^');
                label.extend(c.to_uppercase());
                return label;
            }
            _ if self.ctrl => label.push_str("Ctrl-"),
            _ => {}
        }
        label.push_str(&self.key.label());
        label
    }

    /// The press that has this label, where it is one of a key alone or of a letter with Ctrl.
    pub fn of_label(label: &str) -> Option<Self> {
        let letter = label.chars().last()?;
        // `…` stands for no key.
        let is_key = letter.is_alphanumeric() || letter.is_ascii_punctuation();
        let named = NAMED.into_iter().map(Self::plain);
        let letters = [Self::char(letter), Self::ctrl(letter.to_ascii_lowercase())];
        let letters = letters.into_iter().filter(|_| is_key);
        named.chain(letters).find(|press| press.label() == label)
    }

    fn normal(mut self) -> Self {
        if let Key::Char(c) = self.key {
            if self.ctrl {
                self.key = Key::Char(c.to_ascii_lowercase());
            } else if self.shift && c.is_lowercase() {
                let mut upper = c.to_uppercase();
                if let (Some(capital), None) = (upper.next(), upper.next()) {
                    self.key = Key::Char(capital);
                }
            }
            self.shift = false;
        }
        // Old terminals send the same byte for these, so that they must be one press everywhere.
        match (self.ctrl, self.key) {
            (true, Key::Char('i')) => Self {
                ctrl: false,
                key: Key::Tab,
                ..self
            },
            (true, Key::Char('m')) => Self {
                ctrl: false,
                key: Key::Enter,
                ..self
            },
            (true, Key::Char('[')) => Self {
                ctrl: false,
                key: Key::Esc,
                ..self
            },
            (true, Key::Char('/')) => Self {
                key: Key::Char('_'),
                ..self
            },
            _ => self,
        }
    }
}

/// Terminals send four control bytes that are told as digits; keyboards label them otherwise.
fn as_labelled(c: char) -> char {
    match c {
        '4' => '\\',
        '5' => ']',
        '6' => '^',
        '7' => '_',
        other => other,
    }
}

impl Key {
    fn label(self) -> String {
        let label = match self {
            Self::Char(' ') => "Space",
            Self::Char(c) => return c.to_string(),
            Self::F(number) => return format!("F{number}"),
            Self::Enter => "Enter",
            Self::Esc => "Esc",
            Self::Tab => "Tab",
            Self::Backspace => "Backspace",
            Self::Delete => "Del",
            Self::Insert => "Ins",
            Self::Home => "Home",
            Self::End => "End",
            Self::PageUp => "PgUp",
            Self::PageDown => "PgDn",
            Self::Up => "↑",
            Self::Down => "↓",
            Self::Left => "←",
            Self::Right => "→",
        };
        label.to_owned()
    }
}

impl FromStr for Press {
    type Err = PressError;

    fn from_str(text: &str) -> Result<Self, PressError> {
        let unknown = || PressError(text.chars().take(20).collect());
        let mut press = Self::plain(Key::Esc);
        let mut rest = text;
        loop {
            let (flag, after) = match rest.split_once('-') {
                Some(("ctrl", after)) if !after.is_empty() => (&mut press.ctrl, after),
                Some(("alt", after)) if !after.is_empty() => (&mut press.alt, after),
                Some(("shift", after)) if !after.is_empty() => (&mut press.shift, after),
                _ => break,
            };
            if std::mem::replace(flag, true) {
                return Err(unknown());
            }
            rest = after;
        }
        press.key = rest.parse().map_err(|PressError(_)| unknown())?;
        Ok(press.normal())
    }
}

impl FromStr for Key {
    type Err = PressError;

    fn from_str(text: &str) -> Result<Self, PressError> {
        let unknown = || PressError(text.chars().take(20).collect());
        let mut chars = text.chars();
        if let (Some(c), None) = (chars.next(), chars.next()) {
            return if c.is_control() || c.is_whitespace() {
                Err(unknown())
            } else {
                Ok(Self::Char(c))
            };
        }
        if let Some(key) = NAMED.into_iter().find(|key| key.to_string() == text) {
            return Ok(key);
        }
        let number = text
            .strip_prefix('f')
            .and_then(|digits| digits.parse().ok());
        number
            .filter(|number| (1..=FUNCTION_KEY_MAX).contains(number))
            .map(Self::F)
            .ok_or_else(unknown)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Char(' ') => "space",
            Self::Char(c) => return write!(f, "{c}"),
            Self::F(number) => return write!(f, "f{number}"),
            Self::Enter => "enter",
            Self::Esc => "esc",
            Self::Tab => "tab",
            Self::Backspace => "backspace",
            Self::Delete => "delete",
            Self::Insert => "insert",
            Self::Home => "home",
            Self::End => "end",
            Self::PageUp => "pageup",
            Self::PageDown => "pagedown",
            Self::Up => "up",
            Self::Down => "down",
            Self::Left => "left",
            Self::Right => "right",
        })
    }
}

impl fmt::Display for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (is_held, name) in [
            (self.ctrl, "ctrl-"),
            (self.alt, "alt-"),
            (self.shift, "shift-"),
        ] {
            if is_held {
                f.write_str(name)?;
            }
        }
        self.key.fmt(f)
    }
}

impl Chord {
    /// The chord of these presses, if there are any.
    pub fn of(presses: &[Press]) -> Option<Self> {
        (!presses.is_empty()).then(|| Self(presses.to_vec()))
    }

    pub fn presses(&self) -> &[Press] {
        &self.0
    }

    /// How the chord is written for people.
    pub fn label(&self) -> String {
        self.0
            .iter()
            .map(|press| press.label())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

impl From<Press> for Chord {
    fn from(press: Press) -> Self {
        Self(vec![press])
    }
}

impl FromStr for Chord {
    type Err = PressError;

    fn from_str(text: &str) -> Result<Self, PressError> {
        let presses = text
            .split_whitespace()
            .map(str::parse)
            .collect::<Result<Vec<Press>, _>>()?;
        if presses.is_empty() || CHORD_PRESSES_MAX < presses.len() {
            return Err(PressError(text.chars().take(20).collect()));
        }
        Ok(Self(presses))
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, press) in self.0.iter().enumerate() {
            if 0 < at {
                f.write_str(" ")?;
            }
            press.fmt(f)?;
        }
        Ok(())
    }
}
