//! A text area of many lines, for notes: the habits of the field, and rows that wrap at its width.

use std::cell::Cell;
use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use unicode_segmentation::UnicodeSegmentation;

use super::edit::{Edit, Edited};
use super::{put_block, scrollbar};
use crate::tui::input::{Key, Press};
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

/// The longest note that is taken.
const CHARS_MAX_DEFAULT: usize = 32_000;

/// A text area. Esc and Tab are not its own; Enter is.
#[derive(Clone, Debug)]
pub struct Area {
    edit: Edit,
    placeholder: String,
    /// The first row in sight and the size of the last frame: moving up and down goes by what was seen.
    first: Cell<usize>,
    size: Cell<Size>,
    /// The column that up and down hold on to across shorter rows.
    goal: Option<usize>,
}

impl Default for Area {
    fn default() -> Self {
        Self::new(CHARS_MAX_DEFAULT)
    }
}

impl Area {
    /// An empty area that takes so many characters.
    pub fn new(chars_max: usize) -> Self {
        Self {
            edit: Edit::new(chars_max, text::typed_block),
            placeholder: String::new(),
            first: Cell::new(0),
            size: Cell::new(Size {
                width: 80,
                height: 10,
            }),
            goal: None,
        }
    }

    /// With a text that stands there, muted, while nothing is typed.
    pub fn with_placeholder(mut self, placeholder: &str) -> Self {
        placeholder.clone_into(&mut self.placeholder);
        self
    }

    pub fn with_text(mut self, text: &str) -> Self {
        self.set(text);
        self
    }

    /// What was typed; it is clean but for its line breaks.
    pub fn text(&self) -> &str {
        self.edit.text()
    }

    pub fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// Puts another text in place, with the cursor at its end.
    pub fn set(&mut self, text: &str) {
        self.edit.set(text);
        self.goal = None;
    }

    pub fn paste(&mut self, pasted: &str) -> Edited {
        self.goal = None;
        self.edit.insert(pasted)
    }

    pub fn apply(&mut self, press: &Press) -> Edited {
        let page =
            isize::from(i16::try_from(self.size.get().height).unwrap_or(i16::MAX) - 1).max(1);
        let by = match (press.key, press.ctrl, press.alt) {
            (Key::Up, false, false) | (Key::Char('p'), true, false) => -1,
            (Key::Down, false, false) | (Key::Char('n'), true, false) => 1,
            (Key::PageUp, false, false) => -page,
            (Key::PageDown, false, false) => page,
            (key, ctrl, alt) => {
                self.goal = None;
                return match (key, ctrl, alt) {
                    (Key::Enter, false, false) => self.edit.insert("\n"),
                    (Key::Home, true, false) => self.edit.move_to(0),
                    (Key::End, true, false) => self.edit.move_to(self.text().len()),
                    _ => self.edit.apply(press),
                };
            }
        };
        self.move_rows(by)
    }

    /// Draws the rows around the cursor and answers where the cursor belongs.
    pub fn view(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Option<Position> {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return None;
        }
        // The last column is for the cursor behind a full row, and for the scroll mark.
        let width = area.width.saturating_sub(1).max(1);
        self.size.set(Size {
            width,
            height: area.height,
        });
        if self.is_empty() {
            put_block(
                buf,
                Rect { width, ..area },
                &self.placeholder,
                theme.style(Role::Muted),
            );
            return Some(area.as_position());
        }
        Some(self.draw(area, buf, theme))
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Position {
        let rows = self.rows();
        let current = self.row_of_cursor(&rows);
        let first = self.scroll(current, rows.len());
        let width = usize::from(self.size.get().width);
        for (y, row) in (area.y..area.bottom()).zip(rows.iter().skip(first)) {
            let shown = self.text()[row.clone()].trim_end_matches(' ');
            buf.set_stringn(area.x, y, shown, width, theme.style(Role::Text));
        }
        let end = rows.len().min(first + usize::from(area.height));
        scrollbar(buf, area, theme, first..end, rows.len());
        let column = self.column(&rows[current]).min(usize::from(area.width) - 1);
        Position {
            x: area.x + column as u16,
            y: area.y + (current - first) as u16,
        }
    }

    fn rows(&self) -> Vec<Range<usize>> {
        text::rows(self.text(), usize::from(self.size.get().width))
    }

    /// The row of the cursor: between two rows of one line it stands at the start of the lower one.
    fn row_of_cursor(&self, rows: &[Range<usize>]) -> usize {
        rows.partition_point(|row| row.start <= self.edit.cursor())
            .saturating_sub(1)
    }

    fn column(&self, row: &Range<usize>) -> usize {
        text::width(&self.text()[row.start..self.edit.cursor().max(row.start)])
    }

    fn scroll(&self, current: usize, len: usize) -> usize {
        let height = usize::from(self.size.get().height);
        let least = (current + 1).saturating_sub(height);
        let first = self
            .first
            .get()
            .min(len.saturating_sub(height))
            .clamp(least, current);
        self.first.set(first);
        first
    }

    fn move_rows(&mut self, by: isize) -> Edited {
        let rows = self.rows();
        let current = self.row_of_cursor(&rows);
        let Some(row) = rows.get(current) else {
            return Edited::Moved;
        };
        let goal = *self.goal.get_or_insert(text::width(
            &self.edit.text()[row.start..self.edit.cursor()],
        ));
        let target = current.saturating_add_signed(by).min(rows.len() - 1);
        if target == current {
            // At the first or last row the cursor goes to its end, as people expect.
            self.goal = None;
            return self
                .edit
                .move_to(if by < 0 { 0 } else { self.text().len() });
        }
        let is_wrapped = rows
            .get(target + 1)
            .is_some_and(|next| next.start == rows[target].end);
        let at = place_of_column(self.text(), &rows[target], goal, is_wrapped);
        self.edit.move_to(at)
    }
}

/// The place in a row that is nearest to a column. The end of a wrapped row is the next row's start.
fn place_of_column(text: &str, row: &Range<usize>, column: usize, is_wrapped: bool) -> usize {
    let mut used = 0;
    let mut last = row.start;
    for (at, grapheme) in text[row.clone()].grapheme_indices(true) {
        last = row.start + at;
        used += text::grapheme_width(grapheme);
        if column < used {
            return last;
        }
    }
    if is_wrapped { last } else { row.end }
}
