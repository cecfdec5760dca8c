//! Aligned columns: which ones there is room for, how wide they are, and a row of cells in them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{put, put_right};

/// The blank columns between two columns.
pub const GAP: u16 = 2;

/// What a column needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Below this it is left out rather than cut to nothing.
    pub min: u16,
    /// What it takes when there is room: the width of its longest text.
    pub ideal: u16,
    /// The highest stays longest and grows first.
    pub priority: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

/// A text in a column.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'a> {
    pub text: &'a str,
    pub style: Style,
    pub align: Align,
}

/// The widths of columns in so much room; a column of width zero is left out. The widths and the gaps
/// between them are never more than the room.
pub fn widths(columns: &[Column], room: u16) -> Vec<u16> {
    let mut widths: Vec<u16> = columns.iter().map(|column| column.min.max(1)).collect();
    let mut by_priority: Vec<usize> = (0..columns.len()).collect();
    by_priority.sort_by_key(|index| std::cmp::Reverse(columns[*index].priority));
    for (kept, index) in by_priority.iter().enumerate().rev() {
        if taken(&widths) <= u32::from(room) {
            break;
        }
        // The most wanted column is cut rather than left out.
        widths[*index] = if kept == 0 { room } else { 0 };
    }
    for index in by_priority
        .into_iter()
        .filter(|index| columns[*index].min < columns[*index].ideal)
    {
        let left = u32::from(room).saturating_sub(taken(&widths));
        if 0 < widths[index] {
            let wanted = u32::from(columns[index].ideal.saturating_sub(widths[index]));
            widths[index] += wanted.min(left) as u16;
        }
    }
    widths
}

/// Draws a row of cells in the first row of an area.
pub fn row(buf: &mut Buffer, area: Rect, widths: &[u16], cells: &[Cell<'_>]) {
    let area = area.intersection(buf.area);
    let mut x = area.x;
    for (width, cell) in widths.iter().zip(cells).filter(|(width, _)| 0 < **width) {
        let place = Rect {
            x,
            width: *width,
            ..area
        }
        .intersection(area);
        match cell.align {
            Align::Left => put(buf, place, cell.text, cell.style),
            Align::Right => put_right(buf, place, cell.text, cell.style),
        };
        x = x.saturating_add(width.saturating_add(GAP));
    }
}

fn taken(widths: &[u16]) -> u32 {
    let kept = widths.iter().filter(|width| 0 < **width);
    let gaps = u32::from(GAP) * (kept.clone().count() as u32).saturating_sub(1);
    kept.map(|width| u32::from(*width)).sum::<u32>() + gaps
}
