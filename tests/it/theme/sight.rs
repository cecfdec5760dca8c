//! What eyes can tell: contrast by WCAG 2, and distance of colours as people see them who lack a kind of cone.

use ratatui::style::{Color, Modifier};
use scv_desk::tui::theme::{Depth, FILES, Role, Theme};

/// Grounds that a theme must be readable on beside its own: the hard one and common soft ones.
pub const DARK: [u32; 4] = [0x00_0000, 0x1E_1E1E, 0x28_2C34, 0x00_2B36];
pub const LIGHT: [u32; 3] = [0xFF_FFFF, 0xFA_FAFA, 0xFD_F6E3];

/// From this distance in CIELAB (1976) on, colours are told apart at a glance; 2.3 is what an eye can just see.
const APART_MIN: f64 = 20.0;

/// How the light of a screen arrives in an eye with all cones, and without those for long, middle and short waves
/// (Machado, Oliveira and Fernandes 2009, severity 1).
const EYES: [(&str, [[f64; 3]; 3]); 4] = [
    (
        "every cone",
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    ),
    (
        "protanopia",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ),
];

/// Roles that mean different things. Who has the keys and what can be opened mean what can be acted on, as the
/// accent does, a border means nothing, and found letters are underlined.
const MEANINGS: [Role; 7] = [
    Role::Text,
    Role::Muted,
    Role::Accent,
    Role::Good,
    Role::Warning,
    Role::Danger,
    Role::Mark,
];

/// The light of a colour's three parts.
fn light(value: u32) -> [f64; 3] {
    let [_, red, green, blue] = value.to_be_bytes();
    [red, green, blue].map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    })
}

pub fn contrast(one: u32, other: u32) -> f64 {
    let luminance = |value| {
        let [r, g, b] = light(value);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The CIELAB coordinates of a colour in an eye, under daylight (D65).
fn seen(value: u32, eye: &[[f64; 3]; 3]) -> [f64; 3] {
    let sent = light(value);
    let [r, g, b] = eye.map(|row| {
        let sum: f64 = row.iter().zip(sent).map(|(one, other)| one * other).sum();
        sum.clamp(0.0, 1.0)
    });
    let part = |value: f64| {
        if 216.0 / 24_389.0 < value {
            value.cbrt()
        } else {
            (24_389.0 / 27.0 * value + 16.0) / 116.0
        }
    };
    let x = part((0.412_456_4 * r + 0.357_576_1 * g + 0.180_437_5 * b) / 0.950_47);
    let y = part(0.212_672_9 * r + 0.715_152_2 * g + 0.072_175_0 * b);
    let z = part((0.019_333_9 * r + 0.119_192_0 * g + 0.950_304_1 * b) / 1.088_83);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn distance(one: u32, other: u32, eye: &[[f64; 3]; 3]) -> f64 {
    let (one, other) = (seen(one, eye), seen(other, eye));
    let squares = one
        .iter()
        .zip(other)
        .map(|(one, other)| (one - other).powi(2));
    squares.sum::<f64>().sqrt()
}

fn value(colour: Color) -> u32 {
    match colour {
        Color::Rgb(red, green, blue) => u32::from_be_bytes([0, red, green, blue]),
        Color::Indexed(index @ 16..=231) => {
            let step =
                |unit: u8| [0_u32, 95, 135, 175, 215, 255][usize::from((index - 16) / unit % 6)];
            step(36) << 16 | step(6) << 8 | step(1)
        }
        Color::Indexed(index) => (8 + 10 * u32::from(index - 232)) * 0x01_0101,
        other => panic!("{other:?} has no fixed value"),
    }
}

/// The colour of a role, the theme's letters where it leaves them open; and its background where it has one.
fn colours(theme: &Theme, role: Role) -> (u32, Option<u32>) {
    let style = theme.style(role);
    let own = |colour: Option<Color>| colour.filter(|colour| *colour != Color::Reset).map(value);
    let foreground = theme.depth().degrade(theme.sheet().unwrap().foreground);
    (own(style.fg).unwrap_or(value(foreground)), own(style.bg))
}

/// The contrast that each theme promises, and other grounds that it is readable on.
fn promises() -> impl Iterator<Item = (&'static str, f64, &'static [u32])> {
    FILES.into_iter().map(|(name, _)| match name {
        "high-contrast" => (name, 7.0, &DARK[..2]),
        "high-contrast-light" => (name, 7.0, &LIGHT[..]),
        name if name.ends_with("light") => (name, 4.5, &LIGHT[..]),
        name => (name, 4.5, &DARK[..]),
    })
}

#[test]
fn each_role_stands_out_from_the_background_and_from_the_selection() {
    let mut faint = Vec::new();
    for (name, wanted, _) in promises() {
        for depth in [Depth::True, Depth::Ansi256] {
            let theme = Theme::load(name, depth).unwrap();
            let background = value(depth.degrade(theme.sheet().unwrap().background));
            let (_, selection) = colours(&theme, Role::Selected);
            for role in Role::ALL {
                let (own, _) = colours(&theme, role);
                // A border is never on a selected row.
                let selection = selection.filter(|_| role != Role::Border);
                for ground in [background].into_iter().chain(selection) {
                    let found = contrast(own, ground);
                    if found < wanted {
                        faint.push(format!(
                            "{name} {depth} {role} on #{ground:06x}: {found:.2}"
                        ));
                    }
                }
            }
        }
    }
    assert!(faint.is_empty(), "{faint:#?}");
}

#[test]
fn text_is_readable_on_the_grounds_that_terminals_have() {
    let mut faint = Vec::new();
    for (name, _, grounds) in promises() {
        for depth in [Depth::True, Depth::Ansi256] {
            let theme = Theme::load(name, depth).unwrap();
            for role in Role::ALL {
                let (own, _) = colours(&theme, role);
                let wanted = if role == Role::Border { 3.0 } else { 4.5 };
                for ground in grounds {
                    let found = contrast(own, *ground);
                    if found < wanted {
                        faint.push(format!(
                            "{name} {depth} {role} on #{ground:06x}: {found:.2}"
                        ));
                    }
                }
            }
        }
    }
    assert!(faint.is_empty(), "{faint:#?}");
}

#[test]
fn meanings_stay_apart_for_every_eye_in_the_colour_blind_themes() {
    // The palette of 256 has too few dark colours for the light one.
    for (name, depths) in [
        ("colour-blind", &[Depth::True, Depth::Ansi256][..]),
        ("colour-blind-light", &[Depth::True]),
    ] {
        for depth in depths.iter().copied() {
            let theme = Theme::load(name, depth).unwrap();
            for (eye, matrix) in &EYES {
                for (at, one) in MEANINGS.iter().enumerate() {
                    for other in &MEANINGS[at + 1..] {
                        let (first, second) = (colours(&theme, *one).0, colours(&theme, *other).0);
                        let found = distance(first, second, matrix);
                        assert!(
                            APART_MIN <= found,
                            "{name} {depth} {eye}: {one} and {other} are {found:.1} apart"
                        );
                    }
                }
            }
            let found = theme.style(Role::Match).add_modifier;
            assert!(found.contains(Modifier::UNDERLINED), "{name} {depth}");
        }
    }
}

#[test]
fn the_simulation_sees_what_is_known_of_eyes() {
    let [_, (_, protan), (_, deutan), (_, tritan)] = EYES;
    let (red, green) = (0xA5_1D18, 0x15_602A);
    let (blue, teal) = (0x00_50FF, 0x00_7A5A);
    assert!(distance(red, green, &EYES[0].1) > 80.0);
    assert!(distance(red, green, &protan) < 30.0);
    assert!(distance(red, green, &deutan) < 40.0);
    assert!(distance(blue, teal, &tritan) < distance(blue, teal, &EYES[0].1) / 2.0);
    assert!((contrast(0x00_0000, 0xFF_FFFF) - 21.0).abs() < 0.01);
}
