//! The wire to the terminal: cells in, one write a frame out, and nothing when nothing changed.
//!
//! It encodes by itself, because the usual backend asks the program's own terminal for its size and
//! obeys a `NO_COLOR` of the whole program: here both belong to a session. It is also the last gate:
//! a cell that could steer the terminal is not written, whoever drew it.

use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Cell, CellWidth};
use ratatui::layout::{Position, Size};

use super::pen::Pen;
use crate::tui::text;

const SYNC_START: &[u8] = b"\x1b[?2026h";
const SYNC_END: &[u8] = b"\x1b[?2026l";

/// A ratatui backend over any writer. It collects a frame and writes it at once on `flush`.
pub struct Surface<W: Write> {
    writer: W,
    size: Size,
    cells: Vec<u8>,
    frame: Vec<u8>,
    pen: Pen,
    /// Where the next letter lands, if that is certain.
    at: Option<Position>,
    wanted_cursor: Option<Position>,
    /// The cursor as the terminal shows it; nothing while that is not known.
    shown_cursor: Option<Option<Position>>,
    bytes: u64,
}

impl<W: Write> Surface<W> {
    pub fn new(writer: W, size: Size) -> Self {
        Self {
            writer,
            size,
            cells: Vec::new(),
            frame: Vec::new(),
            pen: Pen::default(),
            at: None,
            wanted_cursor: None,
            shown_cursor: None,
            bytes: 0,
        }
    }

    pub fn set_size(&mut self, size: Size) {
        self.size = size;
    }

    /// All bytes that were written since the start.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    pub fn writer(&self) -> &W {
        &self.writer
    }

    /// Writes bytes that are not cells, such as a title; what the terminal shows stays as it is.
    pub fn write_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes)?;
        self.writer.flush()?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Forgets what the terminal shows: somebody else has written to it.
    pub fn forget(&mut self) {
        self.pen = Pen::default();
        self.at = None;
        self.shown_cursor = None;
    }

    fn move_to(&mut self, to: Position) {
        match self.at {
            Some(at) if at == to => {}
            Some(at) if at.y == to.y && at.x < to.x => {
                push(&mut self.cells, format_args!("\x1b[{}C", to.x - at.x))
            }
            Some(_) | None => push(
                &mut self.cells,
                format_args!("\x1b[{};{}H", to.y + 1, to.x + 1),
            ),
        }
    }

    fn write_cell(&mut self, at: Position, cell: &Cell) {
        self.move_to(at);
        let symbol = cell.symbol();
        self.pen.change_to(cell, &mut self.cells);
        if !text::is_clean(symbol.trim_end_matches(text::LRM)) {
            self.cells.extend_from_slice("\u{FFFD}".as_bytes());
            self.at = None;
            return;
        }
        self.cells.extend_from_slice(symbol.as_bytes());
        let next = at.x.saturating_add(symbol.cell_width());
        // After a letter whose width terminals disagree on, or at the edge, the place is written anew.
        self.at = (has_steady_width(symbol) && next < self.size.width)
            .then_some(Position { x: next, y: at.y });
    }

    fn compose(&mut self) {
        self.frame.clear();
        self.frame.extend_from_slice(SYNC_START);
        self.frame.extend_from_slice(&self.cells);
        match self.wanted_cursor {
            Some(Position { x, y }) => {
                push(&mut self.frame, format_args!("\x1b[{};{}H", y + 1, x + 1));
                if !matches!(self.shown_cursor, Some(Some(_))) {
                    self.frame.extend_from_slice(b"\x1b[?25h");
                }
            }
            None if self.shown_cursor == Some(None) => {}
            None => self.frame.extend_from_slice(b"\x1b[?25l"),
        }
        self.frame.extend_from_slice(SYNC_END);
    }
}

impl<W: Write> Backend for Surface<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        self.at = None;
        for (x, y, cell) in content {
            self.write_cell(Position { x, y }, cell);
        }
        self.pen.lift(&mut self.cells);
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.wanted_cursor = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.wanted_cursor = self.wanted_cursor.or(Some(Position::ORIGIN));
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.wanted_cursor.unwrap_or(Position::ORIGIN))
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        let (right, bottom) = (
            self.size.width.saturating_sub(1),
            self.size.height.saturating_sub(1),
        );
        self.wanted_cursor = Some(Position {
            x: x.min(right),
            y: y.min(bottom),
        });
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        let order: &[u8] = match clear_type {
            ClearType::All => b"\x1b[m\x1b[2J",
            ClearType::AfterCursor => b"\x1b[m\x1b[J",
            ClearType::BeforeCursor => b"\x1b[m\x1b[1J",
            ClearType::CurrentLine => b"\x1b[m\x1b[2K",
            ClearType::UntilNewLine => b"\x1b[m\x1b[K",
        };
        if matches!(clear_type, ClearType::All) {
            self.cells.clear();
        }
        // It waits for the frame that follows: a clear of its own would flicker.
        self.cells.extend_from_slice(order);
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize {
            columns_rows: self.size,
            pixels: Size::ZERO,
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.cells.is_empty() && self.shown_cursor == Some(self.wanted_cursor) {
            return Ok(());
        }
        self.compose();
        self.cells.clear();
        self.shown_cursor = Some(self.wanted_cursor);
        self.writer.write_all(&self.frame)?;
        self.bytes += self.frame.len() as u64;
        self.writer.flush()
    }
}

fn push(bytes: &mut Vec<u8>, order: std::fmt::Arguments<'_>) {
    // Writing into memory cannot go wrong.
    let _ = bytes.write_fmt(order);
}

/// Whether every terminal moves on by the same columns after this symbol.
fn has_steady_width(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return false;
    };
    matches!(c, ' '..='~' | '\u{A1}'..='\u{2FF}' | '\u{370}'..='\u{52F}' | '\u{2010}'..='\u{2027}'
        | '\u{2500}'..='\u{259F}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}'
        | '\u{FF01}'..='\u{FF5E}')
}
