//! Numbers as signs: bars, levels of a plot of one line, shares.

use crate::tui::time::count;

/// Cells of the longest bar.
pub const BAR: usize = 24;
/// Bars that end within a cell, by eighths.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
/// Levels of a plot of a line; nothing at all is a dot.
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Values as a plot of one line, a cell each.
pub fn levels(values: &[i128]) -> String {
    let most = values.iter().copied().max().unwrap_or_default();
    values.iter().map(|value| level(*value, most)).collect()
}

fn level(value: i128, most: i128) -> char {
    if value <= 0 || most <= 0 {
        return '·';
    }
    let place = (value * 8).div_euclid(most + 1).clamp(0, 7);
    let level = usize::try_from(place)
        .ok()
        .and_then(|place| LEVELS.get(place));
    level.copied().unwrap_or('█')
}

/// A bar as long as a part is of the most, in at most `cells`; a part that is there is never without one.
pub fn bar(part: i128, most: i128, cells: usize) -> String {
    if part <= 0 || most <= 0 {
        return String::new();
    }
    let eighths = (part * cells as i128 * 8).div_euclid(most).max(1);
    let eighths = usize::try_from(eighths).unwrap_or(cells * 8).min(cells * 8);
    let rest = EIGHTHS.get(eighths % 8).copied().unwrap_or_default();
    format!("{}{rest}", "█".repeat(eighths / 8))
}

/// A share with one digit behind the point; nothing of nothing.
pub fn percent(part: i128, all: i128) -> String {
    match all {
        0 => String::new(),
        _ => format!("{:.1} %", part as f64 * 100.0 / all as f64),
    }
}

/// A count with its digits in groups.
pub fn grouped(number: i128) -> String {
    count(u64::try_from(number).unwrap_or_default())
}
