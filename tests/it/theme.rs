//! The themes hold what they promise: contrast, their own background, and meaning without colour.

use ratatui::style::{Color, Modifier, Style};
use scv_desk::tui::theme::{Depth, NAMES, Role, Theme};

/// Grounds that a theme must be readable on: the hard one and common soft ones.
const DARK: [u32; 4] = [0x00_0000, 0x1E_1E1E, 0x28_2C34, 0x00_2B36];
const LIGHT: [u32; 3] = [0xFF_FFFF, 0xFA_FAFA, 0xFD_F6E3];

fn luminance(value: u32) -> f64 {
    let [_, red, green, blue] = value.to_be_bytes();
    let [r, g, b] = [red, green, blue].map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(one: u32, other: u32) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
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

#[test]
fn text_is_readable_on_its_ground_and_on_the_selection() {
    for (name, grounds) in [
        ("dark", &DARK[..]),
        ("light", &LIGHT[..]),
        ("high-contrast", &DARK[..]),
    ] {
        for depth in [Depth::True, Depth::Ansi256] {
            let theme = Theme::load(name, depth).unwrap();
            let selection = theme
                .style(Role::Selected)
                .bg
                .filter(|bg| *bg != Color::Reset)
                .map(value);
            for role in Role::ALL {
                let Some(fg) = theme.style(role).fg.filter(|fg| *fg != Color::Reset) else {
                    continue;
                };
                let wanted = if role == Role::Border { 3.0 } else { 4.5 };
                for ground in grounds
                    .iter()
                    .copied()
                    .chain(selection.filter(|_| role != Role::Border))
                {
                    let found = contrast(value(fg), ground);
                    assert!(
                        wanted <= found,
                        "{name} {depth} {role} on #{ground:06x}: {found:.2}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_background_stays_the_terminals_own() {
    for name in NAMES {
        for depth in [Depth::Mono, Depth::Ansi16, Depth::Ansi256, Depth::True] {
            let theme = Theme::load(name, depth).unwrap();
            for role in Role::ALL.into_iter().filter(|role| *role != Role::Selected) {
                assert_eq!(theme.style(role).bg, None, "{name} {depth} {role}");
            }
        }
    }
}

#[test]
fn each_depth_uses_only_its_colours() {
    for name in NAMES {
        for depth in [Depth::Mono, Depth::Ansi16, Depth::Ansi256] {
            let theme = Theme::load(name, depth).unwrap();
            for style in Role::ALL.map(|role| theme.style(role)) {
                for colour in [style.fg, style.bg].into_iter().flatten() {
                    let is_shown = match depth {
                        Depth::Mono => colour == Color::Reset,
                        Depth::Ansi16 => !matches!(colour, Color::Rgb(..) | Color::Indexed(_)),
                        Depth::Ansi256 | Depth::True => !matches!(colour, Color::Rgb(..)),
                    };
                    assert!(is_shown, "{name} {depth} {colour:?}");
                }
            }
        }
    }
}

#[test]
fn the_selection_is_seen_at_every_depth() {
    for name in NAMES {
        for depth in [Depth::Mono, Depth::Ansi16, Depth::Ansi256, Depth::True] {
            let style = Theme::load(name, depth).unwrap().style(Role::Selected);
            let is_reversed = style.add_modifier.contains(Modifier::REVERSED);
            assert!(
                is_reversed || style.bg.is_some_and(|bg| bg != Color::Reset),
                "{name} {depth}"
            );
        }
    }
}

#[test]
fn colours_degrade_to_what_they_look_like() {
    assert_eq!(
        Depth::Ansi256.degrade(Color::Rgb(255, 0, 0)),
        Color::Indexed(196)
    );
    assert_eq!(
        Depth::Ansi256.degrade(Color::Rgb(128, 128, 128)),
        Color::Indexed(244)
    );
    assert_eq!(
        Depth::Ansi16.degrade(Color::Rgb(250, 10, 10)),
        Color::LightRed
    );
    assert_eq!(
        Depth::Ansi16.degrade(Color::Rgb(120, 125, 122)),
        Color::DarkGray
    );
    assert_eq!(Depth::Mono.degrade(Color::Cyan), Color::Reset);
}

#[test]
fn the_environment_tells_the_depth() {
    let detect = |variables: &[(&str, &str)]| {
        Depth::detect(|name| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    };
    assert_eq!(
        detect(&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")]),
        Depth::Mono
    );
    assert_eq!(
        detect(&[("NO_COLOR", ""), ("COLORTERM", "truecolor")]),
        Depth::True
    );
    assert_eq!(detect(&[("TERM", "xterm-256color")]), Depth::Ansi256);
    assert_eq!(detect(&[("TERM", "xterm-kitty")]), Depth::True);
    assert_eq!(detect(&[("TERM", "linux")]), Depth::Ansi16);
    assert_eq!(detect(&[("TERM", "dumb")]), Depth::Mono);
}

#[test]
fn a_broken_theme_says_what_is_wrong() {
    let error = |file| {
        Theme::parse("mine", file, Depth::True)
            .unwrap_err()
            .to_string()
    };
    assert!(error("text = { fg = \"blue\" }").contains("`blue` is not written like #7cc4ff"));
    assert!(error("txet = {}").contains("txet"));
    assert!(error("text = { fg = \"#12345").starts_with("theme `mine` is not readable"));
    assert!(
        Theme::load("solar", Depth::True)
            .unwrap_err()
            .to_string()
            .contains("dark, light")
    );
}

/// The least contrast of a colour with some grounds.
fn least_contrast(style: Option<Style>, grounds: &[u32]) -> f64 {
    let Some(Color::Rgb(red, green, blue)) = style.and_then(|style| style.fg) else {
        panic!("{style:?} has no colour");
    };
    let own = luminance(u32::from_be_bytes([0, red, green, blue]));
    let ratios = grounds.iter().map(|ground| {
        let ground = luminance(*ground);
        (own.max(ground) + 0.05) / (own.min(ground) + 0.05)
    });
    ratios.fold(f64::INFINITY, f64::min)
}

#[test]
fn a_colour_of_its_own_is_seen_on_light_and_dark_ground() {
    let theme = |name: &str| Theme::load(name, Depth::True).unwrap();
    let (dark, light) = (theme("dark"), theme("light"));
    for colour in ["#000000", "#101080", "#FFFFFF", "#FFFF80", "#3C7DD2"] {
        assert!(
            3.0 <= least_contrast(dark.own(colour), &DARK),
            "{colour} on dark"
        );
        assert!(
            3.0 <= least_contrast(light.own(colour), &LIGHT),
            "{colour} on light"
        );
    }
    let kept = Some(Style::new().fg(Color::Rgb(0xD2, 0x8A, 0x3C)));
    assert_eq!(dark.own("#D28A3C"), kept, "what is seen stays as it is");
    assert_eq!(dark.own("red; x"), None);
    assert_eq!(Theme::mono().own("#D28A3C"), None);
    let few = Theme::load("dark", Depth::Ansi16).unwrap().own("#D23C3C");
    assert!(!matches!(few.unwrap().fg, None | Some(Color::Rgb(..))));
}
