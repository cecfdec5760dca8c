//! Colours that things bring with them: of any lightness, on a ground that nobody knows for sure.

use ratatui::style::Color;

/// The least contrast with the ground, as WCAG 2 asks of signs.
const CONTRAST_MIN: f64 = 3.0;
/// Steps on the way to black or white.
const STEPS: u32 = 20;
/// Grounds of terminals are seldom quite black or white.
const DARK: [f64; 3] = [40.0, 42.0, 54.0];
const LIGHT: [f64; 3] = [250.0, 246.0, 232.0];

/// The colour itself where it is seen on the ground, else the first one on the way to white, or to black, that is.
pub fn seen(colour: Color, is_light: bool) -> Color {
    let Color::Rgb(red, green, blue) = colour else {
        return colour;
    };
    let (ground, end) = match is_light {
        true => (LIGHT, 0.0),
        false => (DARK, 255.0),
    };
    let own = [red, green, blue].map(f64::from);
    let ground = luminance(ground);
    let steps = (0..=STEPS).map(|step| {
        let share = f64::from(step) / f64::from(STEPS);
        own.map(|channel| channel + (end - channel) * share)
    });
    let mut fitting = steps.filter(|mixed| CONTRAST_MIN <= contrast(luminance(*mixed), ground));
    let [red, green, blue] = fitting
        .next()
        .unwrap_or([end; 3])
        .map(|channel| channel.round() as u8);
    Color::Rgb(red, green, blue)
}

fn contrast(one: f64, other: f64) -> f64 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// How light a colour is, from 0 to 1 (WCAG 2).
pub(super) fn luminance(channels: [f64; 3]) -> f64 {
    let [red, green, blue] = channels.map(|channel| {
        let part = channel / 255.0;
        match part <= 0.040_45 {
            true => part / 12.92,
            false => ((part + 0.055) / 1.055).powf(2.4),
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}
