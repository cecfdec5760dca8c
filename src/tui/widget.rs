//! The parts that panes and dialogs are built of. They draw into a buffer and know no product words.
//!
//! Every text that is put on the screen here passes the door for foreign text once more: it costs nothing
//! when it is clean, and nobody can forget it. Each part works at any size, one cell included.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::text;
use super::theme::{Role, Theme};

mod area;
mod button;
mod edit;
mod field;
mod frame;
mod hints;
mod list;
mod matched;
mod modal;
mod spinner;
mod strip;
pub mod table;
mod tabs;

pub use area::Area;
pub use button::Buttons;
pub use edit::Edited;
pub use field::Field;
pub use frame::Pane;
pub use hints::{Hint, hints};
pub use list::{List, ListState, Motion, Shown};
pub use matched::{matches, put_matched};
pub use modal::{Modal, centred, list_height};
pub use spinner::{waiting, waiting_changes_after};
pub use strip::{Day, strip};
pub use tabs::tabs;

/// Whether the keys go to a part of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    Focused,
    Unfocused,
    /// The keys are elsewhere, and no row of the list is meant by them.
    Unmarked,
}

/// Draws a text in the first row of an area, cut with `…`, and answers its columns.
pub fn put(buf: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    put_parts(buf, area, &[(text, style)])
}

/// Draws a text at the right end of the first row of an area and answers its columns.
pub fn put_right(buf: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    let area = area.intersection(buf.area);
    let fitted = text::fit(&text::clean_line(text), usize::from(area.width));
    let columns = text::width(&fitted) as u16;
    put(
        buf,
        Rect {
            x: area.right() - columns,
            width: columns,
            ..area
        },
        &fitted,
        style,
    )
}

/// Draws texts of several styles one after another in the first row of an area; what is too long ends
/// with `…`. Answers the columns that were drawn.
pub fn put_parts(buf: &mut Buffer, area: Rect, parts: &[(&str, Style)]) -> u16 {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return 0;
    }
    let cleaned: Vec<_> = parts
        .iter()
        .map(|(text, style)| (text::clean_line(text), *style))
        .collect();
    let total: usize = cleaned.iter().map(|(text, _)| text::width(text)).sum();
    let room = usize::from(area.width);
    let mut used = 0;
    for (text, style) in cleaned {
        let columns = text::width(&text);
        // The last column stays free for the sign that something was cut.
        let is_last = room < total && room <= used + columns;
        let shown = if is_last {
            text::cut(&text, room - used)
        } else {
            text.into_owned()
        };
        let x = area.x + used as u16;
        buf.set_stringn(x, area.y, &shown, room - used, style);
        used += text::width(&shown);
        if is_last {
            break;
        }
    }
    used as u16
}

/// Draws lines of text from the top of an area, wrapped at its width, and answers the rows that were drawn.
pub fn put_block(buf: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    let area = area.intersection(buf.area);
    let lines = text::wrap(&text::clean_block(text), usize::from(area.width));
    let shown = lines.len().min(usize::from(area.height));
    for (row, line) in lines.iter().take(shown).enumerate() {
        let is_cut = row + 1 == shown && shown < lines.len();
        let line = if is_cut {
            text::cut(line, usize::from(area.width))
        } else {
            line.clone()
        };
        put(
            buf,
            Rect {
                y: area.y + row as u16,
                height: 1,
                ..area
            },
            &line,
            style,
        );
    }
    shown as u16
}

/// The first row of an area, as far as the buffer has it.
fn first_row(buf: &Buffer, area: Rect) -> Rect {
    let area = area.intersection(buf.area);
    Rect {
        height: area.height.min(1),
        ..area
    }
}

/// The part of an area from a column of the screen on.
fn from_column(area: Rect, x: u16) -> Rect {
    let x = x.clamp(area.x, area.right());
    Rect {
        x,
        width: area.right() - x,
        ..area
    }
}

/// Draws a mark in the last column of an area that says which part of `len` rows is in sight.
/// Draws nothing when all of them are.
pub fn scrollbar(buf: &mut Buffer, area: Rect, theme: &Theme, shown: Range<usize>, len: usize) {
    let area = area.intersection(buf.area);
    let count = shown.len();
    if area.is_empty() || len <= count {
        return;
    }
    let height = usize::from(area.height);
    let size = (height * count / len).clamp(1, height);
    let hidden = len - count;
    // The mark touches an end only when that end is in sight.
    let room = height - size;
    let start = match shown.start {
        0 => 0,
        start if hidden <= start => room,
        start => {
            (room * start / hidden).clamp(room.min(1), room.saturating_sub(1).max(room.min(1)))
        }
    };
    for row in start..start + size {
        buf.set_string(
            area.right() - 1,
            area.y + row as u16,
            "▐",
            theme.style(Role::Border),
        );
    }
}
