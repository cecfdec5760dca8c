//! A text field of one line, with the habits of a shell: see the presses in `edit`.

use std::cell::Cell;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use unicode_segmentation::UnicodeSegmentation;

use super::edit::{Edit, Edited};
use super::put;
use crate::tui::input::Press;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

const CHARS_MAX_DEFAULT: usize = 256;

/// A text field. Enter, Esc, Tab, up and down are not its own: they are free for the dialog around it.
#[derive(Clone, Debug)]
pub struct Field {
    edit: Edit,
    placeholder: String,
    /// The first column in sight, remembered so that the text stands still while the cursor moves in it.
    first: Cell<usize>,
}

impl Default for Field {
    fn default() -> Self {
        Self::new(CHARS_MAX_DEFAULT)
    }
}

impl Field {
    /// An empty field that takes so many characters.
    pub fn new(chars_max: usize) -> Self {
        let edit = Edit::new(chars_max, text::typed_line);
        Self {
            edit,
            placeholder: String::new(),
            first: Cell::new(0),
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

    /// What was typed; it is clean.
    pub fn text(&self) -> &str {
        self.edit.text()
    }

    pub fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// Puts another text in place, with the cursor at its end.
    pub fn set(&mut self, text: &str) {
        self.edit.set(text);
    }

    pub fn clear(&mut self) {
        self.set("");
    }

    pub fn apply(&mut self, press: &Press) -> Edited {
        self.edit.apply(press)
    }

    /// Takes a paste: breaks become blanks, those around it go.
    pub fn paste(&mut self, pasted: &str) -> Edited {
        self.edit.insert(pasted.trim_matches(['\r', '\n']))
    }

    /// Puts the cursor where a click was, in the area of the last frame.
    pub fn click(&mut self, area: Rect, column: u16) -> Edited {
        let wanted = self.first.get() + usize::from(column.saturating_sub(area.x));
        let mut used = 0;
        let at = self.text().grapheme_indices(true).find(|(_, grapheme)| {
            used += text::grapheme_width(grapheme);
            wanted < used
        });
        let at = at.map_or(self.text().len(), |(at, _)| at);
        self.edit.move_to(at)
    }

    /// Draws the field in the first row of an area and answers where the cursor belongs.
    pub fn view(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Option<Position> {
        let area = Rect {
            height: area.height.min(1),
            ..area.intersection(buf.area)
        };
        if area.is_empty() {
            return None;
        }
        if self.is_empty() {
            put(buf, area, &self.placeholder, theme.style(Role::Muted));
            return Some(area.as_position());
        }
        let column = text::width(&self.text()[..self.edit.cursor()]);
        let first = self.scroll(column, usize::from(area.width));
        self.draw(first, area, buf, theme);
        Some(Position {
            x: area.x + (column - first).min(usize::from(area.width) - 1) as u16,
            y: area.y,
        })
    }

    /// The first column in sight; the cursor needs one of its own behind the last letter.
    fn scroll(&self, column: usize, width: usize) -> usize {
        let most = (text::width(self.text()) + 1).saturating_sub(width);
        let least = (column + 1).saturating_sub(width);
        let first = self.first.get().min(most).clamp(least, column);
        self.first.set(first);
        first
    }

    fn draw(&self, first: usize, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let end = first + usize::from(area.width);
        let mut column = 0;
        for grapheme in self.text().graphemes(true) {
            let columns = text::grapheme_width(grapheme);
            // A wide letter that is half in sight leaves a blank.
            if first <= column && column + columns <= end {
                let x = area.x + (column - first) as u16;
                buf.set_stringn(x, area.y, grapheme, columns, theme.style(Role::Text));
            }
            column += columns;
        }
        let sides = [(0 < first, area.x), (end < column, area.right() - 1)];
        for (_, x) in sides
            .into_iter()
            .filter(|(is_cut, _)| *is_cut && 2 < area.width)
        {
            buf.set_string(x, area.y, text::ELLIPSIS, theme.style(Role::Muted));
        }
    }
}
