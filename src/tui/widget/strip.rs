//! A strip of days: one column a day, as high as the day was busy.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::tui::theme::{Role, Theme};

const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/// The count that a full bar stands for at least: a single call in two months is no peak.
const FULL_MIN: u32 = 4;

/// How much happened on a day, and the colour of what it mostly was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    pub count: u32,
    pub style: Style,
}

/// Draws days, the oldest first, in the first row of an area and answers the columns drawn. Where there
/// is no room for all of them the oldest are left out. Quiet days are a low line.
pub fn strip(buf: &mut Buffer, area: Rect, theme: &Theme, days: &[Day]) -> u16 {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return 0;
    }
    let shown = &days[days.len().saturating_sub(usize::from(area.width))..];
    let full = shown.iter().map(|day| day.count).fold(FULL_MIN, u32::max);
    for (x, day) in (area.x..).zip(shown) {
        let style = if day.count == 0 {
            theme.style(Role::Border)
        } else {
            day.style
        };
        buf.set_string(x, area.y, bar(day.count, full), style);
    }
    shown.len() as u16
}

/// Every busy day is higher than a quiet one, and only the full count fills the column.
fn bar(count: u32, full: u32) -> &'static str {
    if count == 0 {
        return BARS[0];
    }
    let steps = BARS.len() as u64 - 1;
    let height = (u64::from(count) * steps / u64::from(full)).clamp(1, steps);
    BARS[height as usize]
}
