//! Whether a terminal is dark or light, as far as it tells, and the themes for both.

use ratatui::style::Color;
use tokio::sync::watch;

use super::Theme;
use super::own::luminance;

/// From this luminance on black letters are easier to read than white ones (WCAG 2).
const LIGHT_MIN: f64 = 0.179;

/// What letters stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    Dark,
    Light,
}

impl Ground {
    /// Which one a colour is; a colour whose value nobody knows is dark, as most terminals are.
    pub fn of(colour: Color) -> Self {
        match colour {
            Color::Rgb(red, green, blue) => {
                match LIGHT_MIN <= luminance([red, green, blue].map(f64::from)) {
                    true => Self::Light,
                    false => Self::Dark,
                }
            }
            _ => Self::Dark,
        }
    }

    /// What a terminal tells in its environment as `foreground;background`, two of its 16 colours. Most tell
    /// nothing.
    pub fn of_environment(colours: Option<&str>) -> Option<Self> {
        match colours?.rsplit(';').next()? {
            "7" | "15" => Some(Self::Light),
            other => other.parse::<u8>().ok().map(|_| Self::Dark),
        }
    }

    /// What a terminal answers to the question after its background: `11;rgb:1e1e/1e1e/1e1e`.
    pub fn of_answer(answer: &str) -> Option<Self> {
        let colour = answer.strip_prefix("11;")?;
        let parts = colour
            .strip_prefix("rgb:")
            .or_else(|| colour.strip_prefix("rgba:"))?;
        let mut parts = parts.split('/').map(part);
        match (parts.next()??, parts.next()??, parts.next()??) {
            (red, green, blue) if parts.next().is_none_or(|alpha| alpha.is_some()) => {
                Some(Self::of(Color::Rgb(red, green, blue)))
            }
            _ => None,
        }
    }
}

/// A part of a colour: one to four digits, of which the first ones count.
fn part(digits: &str) -> Option<u8> {
    let most = match digits.len() {
        1..=4 if digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            (1_u32 << (4 * digits.len())) - 1
        }
        _ => return None,
    };
    let value = u32::from_str_radix(digits, 16).ok()?;
    u8::try_from(value * 255 / most).ok()
}

/// The themes of a desk that follows its terminal, and where the terminal's answers arrive.
#[derive(Clone, Debug)]
pub struct Follows {
    pub dark: Theme,
    pub light: Theme,
    /// What the terminal told last.
    pub told: watch::Sender<Option<Ground>>,
}

impl Follows {
    pub fn new(dark: Theme, light: Theme) -> Self {
        let told = watch::Sender::new(None);
        Self { dark, light, told }
    }

    pub fn on(&self, ground: Ground) -> &Theme {
        match ground {
            Ground::Dark => &self.dark,
            Ground::Light => &self.light,
        }
    }
}
