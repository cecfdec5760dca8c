//! How many colours a terminal has, and the nearest colour it can show.

use std::fmt;
use std::str::FromStr;

use ratatui::style::Color;

/// How many colours a terminal can show. Each session has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None: weight, reverse and underline only.
    Mono,
    Ansi16,
    Ansi256,
    True,
}

#[derive(Debug, thiserror::Error)]
#[error("colour depth `{0}` is not one of mono, 16, 256, true")]
pub struct DepthError(String);

/// The sixteen colours as most terminals show them.
const ANSI: [(Color, u32); 16] = [
    (Color::Black, 0x00_0000),
    (Color::Red, 0xCD_0000),
    (Color::Green, 0x00_CD00),
    (Color::Yellow, 0xCD_CD00),
    (Color::Blue, 0x00_00EE),
    (Color::Magenta, 0xCD_00CD),
    (Color::Cyan, 0x00_CDCD),
    (Color::Gray, 0xE5_E5E5),
    (Color::DarkGray, 0x7F_7F7F),
    (Color::LightRed, 0xFF_0000),
    (Color::LightGreen, 0x00_FF00),
    (Color::LightYellow, 0xFF_FF00),
    (Color::LightBlue, 0x5C_5CFF),
    (Color::LightMagenta, 0xFF_00FF),
    (Color::LightCyan, 0x00_FFFF),
    (Color::White, 0xFF_FFFF),
];

/// The steps of the 6x6x6 cube in the palette of 256.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl Depth {
    /// What the environment says of the terminal. `lookup` reads one variable of the session.
    pub fn detect(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let read = |name| lookup(name).unwrap_or_default().to_ascii_lowercase();
        let (term, promised) = (read("TERM"), read("COLORTERM"));
        if !read("NO_COLOR").is_empty() || term == "dumb" {
            return Self::Mono;
        }
        let is_true = [
            "direct",
            "truecolor",
            "kitty",
            "alacritty",
            "wezterm",
            "ghostty",
            "foot",
        ];
        if ["truecolor", "24bit"].contains(&promised.as_str())
            || is_true.iter().any(|name| term.contains(name))
        {
            return Self::True;
        }
        if term.contains("256color") {
            Self::Ansi256
        } else {
            Self::Ansi16
        }
    }

    /// The nearest colour that this depth has, as the eye sees it.
    pub fn degrade(self, colour: Color) -> Color {
        let Color::Rgb(red, green, blue) = colour else {
            return if self == Self::Mono {
                Color::Reset
            } else {
                colour
            };
        };
        match self {
            Self::Mono => Color::Reset,
            Self::Ansi16 => nearest(
                [red, green, blue],
                &ANSI.map(|(name, value)| (name, channels(value))),
            ),
            Self::Ansi256 => nearest([red, green, blue], &palette()),
            Self::True => colour,
        }
    }
}

impl FromStr for Depth {
    type Err = DepthError;

    fn from_str(text: &str) -> Result<Self, DepthError> {
        match text {
            "mono" => Ok(Self::Mono),
            "16" => Ok(Self::Ansi16),
            "256" => Ok(Self::Ansi256),
            "true" => Ok(Self::True),
            _ => Err(DepthError(text.to_owned())),
        }
    }
}

impl fmt::Display for Depth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mono => "mono",
            Self::Ansi16 => "16",
            Self::Ansi256 => "256",
            Self::True => "true",
        })
    }
}

/// The 240 fixed colours; the first sixteen are whatever their owner likes.
fn palette() -> Vec<(Color, [u8; 3])> {
    let cube = (0..216_u8).map(|step| {
        let at = |unit: u8| CUBE[usize::from(step / unit % 6)];
        (Color::Indexed(16 + step), [at(36), at(6), at(1)])
    });
    let greys = (0..24_u8).map(|step| (Color::Indexed(232 + step), [8 + 10 * step; 3]));
    cube.chain(greys).collect()
}

fn nearest(wanted: [u8; 3], palette: &[(Color, [u8; 3])]) -> Color {
    let wanted = perceived(wanted);
    let distance = |entry: &(Color, [u8; 3])| -> f64 {
        perceived(entry.1)
            .iter()
            .zip(wanted)
            .map(|(one, other)| (one - other).powi(2))
            .sum()
    };
    let found = palette
        .iter()
        .min_by(|one, other| distance(one).total_cmp(&distance(other)));
    found.map_or(Color::Reset, |(colour, _)| *colour)
}

/// The Oklab coordinates of a colour: distances there are as large as they look.
fn perceived([red, green, blue]: [u8; 3]) -> [f64; 3] {
    let [r, g, b] = [red, green, blue].map(linear);
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

fn linear(channel: u8) -> f64 {
    let value = f64::from(channel) / 255.0;
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

fn channels(value: u32) -> [u8; 3] {
    let [_, red, green, blue] = value.to_be_bytes();
    [red, green, blue]
}
