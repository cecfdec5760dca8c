//! The themes hold what they promise: contrast, their own background, and meaning without colour.

mod files;
mod follow;
mod plain;
mod sight;

use ratatui::style::{Color, Modifier, Style};
use scv_desk::tui::theme::{Depth, NAMES, Role, Theme};
use sight::{DARK, LIGHT, contrast};

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

/// The least contrast of a colour with some grounds.
fn least_contrast(style: Option<Style>, grounds: &[u32]) -> f64 {
    let Some(Color::Rgb(red, green, blue)) = style.and_then(|style| style.fg) else {
        panic!("{style:?} has no colour");
    };
    let own = u32::from_be_bytes([0, red, green, blue]);
    let ratios = grounds.iter().map(|ground| contrast(own, *ground));
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
