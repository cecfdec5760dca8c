//! A dialog over the screen: centred, never larger than it, with everything beneath wiped out.

use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::{Rect, Size};

use super::{Focus, Pane};
use crate::tui::theme::Theme;

/// A screen below this height has nothing to spare around a list.
const LOW_SCREEN: u16 = 18;

/// The area of a size in the middle of another one, cut where that one is smaller.
pub fn centred(screen: Rect, size: Size) -> Rect {
    let (width, height) = (size.width.min(screen.width), size.height.min(screen.height));
    Rect {
        x: screen.x + (screen.width - width) / 2,
        y: screen.y + (screen.height - height) / 2,
        width,
        height,
    }
}

/// The height of a list over a screen: all its rows with the border, some of the screen around it, and all
/// of a low screen.
pub fn list_height(screen: Rect, rows: usize) -> u16 {
    let rows = u16::try_from(rows).unwrap_or(u16::MAX);
    let most = if screen.height < LOW_SCREEN {
        screen.height
    } else {
        screen.height - 4
    };
    rows.saturating_add(2).min(most).max(3)
}

/// A dialog of a size that includes its border.
#[derive(Clone, Copy, Debug)]
pub struct Modal<'a> {
    pub title: &'a str,
    pub right: &'a str,
    pub size: Size,
}

impl Modal<'_> {
    /// Wipes the area, draws the border and answers the area inside.
    pub fn view(&self, screen: Rect, buf: &mut Buffer, theme: &Theme) -> Rect {
        let area = centred(screen.intersection(buf.area), self.size);
        wipe(area, buf);
        let pane = Pane {
            title: self.title,
            right: self.right,
            focus: Focus::Focused,
        };
        let inner = pane.view(area, buf, theme);
        // One blank on each side lets words breathe, where there is room for it.
        if inner.width < 12 {
            inner
        } else {
            Rect {
                x: inner.x + 1,
                width: inner.width - 2,
                ..inner
            }
        }
    }
}

fn wipe(area: Rect, buf: &mut Buffer) {
    for position in area.positions() {
        if let Some(cell) = buf.cell_mut(position) {
            cell.reset();
        }
    }
    // A wide letter that reaches into the area from the left would hide its first column.
    for y in area.top()..area.bottom() {
        let before = area.x.checked_sub(1).and_then(|x| buf.cell_mut((x, y)));
        if let Some(cell) =
            before.filter(|cell| 1 < cell.symbol().len() && 1 < cell.symbol().cell_width())
        {
            cell.set_symbol(" ");
        }
    }
}
