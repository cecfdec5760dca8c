//! What tests of single parts draw on.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use scv_desk::tui::theme::{Depth, Theme};

pub fn theme() -> Theme {
    Theme::load("dark", Depth::True).unwrap()
}

pub fn canvas(width: u16, height: u16) -> (Rect, Buffer) {
    let area = Rect::new(0, 0, width, height);
    (area, Buffer::empty(area))
}

pub fn lines(buf: &Buffer) -> Vec<String> {
    let width = usize::from(buf.area.width);
    let row = |cells: &[ratatui::buffer::Cell]| {
        let mut line = String::new();
        let mut covered = 0;
        for cell in cells {
            if covered == 0 {
                line.push_str(cell.symbol());
                covered = scv_desk::tui::text::width(cell.symbol());
            }
            covered = covered.saturating_sub(1);
        }
        line
    };
    buf.content().chunks(width).map(row).collect()
}
