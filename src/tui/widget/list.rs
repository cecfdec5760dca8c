//! A list of any length: only the rows in sight are asked for and drawn.

use std::cell::{Cell, RefCell};

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;

use super::{Focus, put_block, scrollbar};
use crate::tui::theme::{Role, Theme};

/// The rows that stay in sight beyond the selected one.
const MARGIN_ROWS: usize = 2;
const MARK: &str = "▌";
/// Below this width a column for the scroll mark would cost more than it tells.
const BAR_WIDTH_MIN: u16 = 8;

/// A step through a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
}

/// Which row is selected and where the list stands. It remembers what the last frame showed, so that a
/// page is what was seen; drawing changes nothing else.
#[derive(Clone, Debug, Default)]
pub struct ListState {
    selected: usize,
    top: Cell<usize>,
    page: Cell<usize>,
    places: RefCell<Vec<(usize, Rect)>>,
}

impl ListState {
    /// The selected row; it may lie behind the end of a list that became shorter.
    pub fn selected(&self) -> usize {
        self.selected
    }

    /// The selected row of a list of so many rows, if it has any.
    pub fn selected_of(&self, len: usize) -> Option<usize> {
        len.checked_sub(1).map(|last| self.selected.min(last))
    }

    /// The row under the pointer, as the last frame had it.
    pub fn row_at(&self, at: Position) -> Option<usize> {
        let places = self.places.borrow();
        let under = places.iter().find(|(_, place)| place.contains(at));
        under.map(|(row, _)| *row)
    }

    pub fn select(&mut self, row: usize) {
        self.selected = row;
    }

    /// Moves through a list of so many rows and answers whether another row is selected now.
    pub fn go(&mut self, motion: Motion, len: usize) -> bool {
        let last = len.saturating_sub(1);
        let from = self.selected.min(last);
        let page = self.page.get().saturating_sub(1).max(1);
        let to = match motion {
            Motion::Up => from.saturating_sub(1),
            Motion::Down => from.saturating_add(1),
            Motion::PageUp => from.saturating_sub(page),
            Motion::PageDown => from.saturating_add(page),
            Motion::First => 0,
            Motion::Last => last,
        };
        let before = self.selected;
        self.selected = to.min(last);
        before != self.selected
    }

    /// The first row to show, so that the selected one is in sight with some rows around it.
    fn top(&self, len: usize, room: u16, height: &impl Fn(usize) -> u16) -> usize {
        let selected = self.selected.min(len - 1);
        let after = (selected + MARGIN_ROWS).min(len - 1);
        let first_before = |last| first_that_fits(last, room, height);
        let top = self.top.get().min(selected.saturating_sub(MARGIN_ROWS));
        // The margin gives way where the selected row itself would not fit, and no room is left at the end.
        top.max(first_before(after).min(selected))
            .min(first_before(len - 1))
            .max(first_before(selected))
    }
}

/// What a frame shows of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Where the cursor of the terminal belongs while the list has the keys.
    pub cursor: Option<Position>,
    /// The rows in sight and their areas, for clicks.
    pub rows: Vec<(usize, Rect)>,
}

/// A list of `len` rows; `empty` is the sentence that stands there when it has none.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    pub len: usize,
    pub empty: &'a str,
    pub focus: Focus,
    pub theme: &'a Theme,
}

impl List<'_> {
    /// Draws rows of one line each. `draw` gets a row and its area, without the column of the mark.
    pub fn view(
        &self,
        state: &ListState,
        area: Rect,
        buf: &mut Buffer,
        draw: impl FnMut(usize, Rect, &mut Buffer),
    ) -> Shown {
        self.view_tall(state, area, buf, |_| 1, draw)
    }

    /// The same with rows of several lines; `height` is asked for a few more rows than are in sight.
    pub fn view_tall(
        &self,
        state: &ListState,
        area: Rect,
        buf: &mut Buffer,
        height: impl Fn(usize) -> u16,
        mut draw: impl FnMut(usize, Rect, &mut Buffer),
    ) -> Shown {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return Shown::default();
        }
        let Some(selected) = state.selected_of(self.len) else {
            put_block(buf, inset(area), self.empty, self.theme.style(Role::Muted));
            state.places.take();
            return Shown {
                cursor: Some(area.as_position()),
                rows: Vec::new(),
            };
        };
        let height = |row| height(row).max(1);
        let top = state.top(self.len, area.height, &height);
        let mut shown = Shown {
            cursor: None,
            rows: self.places(top, area, height),
        };
        let is_long = shown.rows.len() < self.len;
        for (row, place) in &shown.rows {
            draw(*row, self.content(*place, is_long), buf);
            if *row == selected {
                shown.cursor = Some(place.as_position());
                self.mark(*place, buf);
            }
        }
        if is_long && BAR_WIDTH_MIN <= area.width {
            scrollbar(buf, area, self.theme, top..top + shown.rows.len(), self.len);
        }
        state.top.set(top);
        state.page.set(shown.rows.len());
        state.places.replace(shown.rows.clone());
        shown
    }

    fn places(&self, top: usize, area: Rect, height: impl Fn(usize) -> u16) -> Vec<(usize, Rect)> {
        let mut left = area;
        let mut places = Vec::new();
        for row in top..self.len {
            if left.is_empty() {
                break;
            }
            let place = Rect {
                height: height(row).min(left.height),
                ..left
            };
            left = Rect {
                y: place.bottom(),
                height: left.height - place.height,
                ..left
            };
            places.push((row, place));
        }
        places
    }

    fn content(&self, place: Rect, is_long: bool) -> Rect {
        let place = inset(place);
        let bar = u16::from(is_long && BAR_WIDTH_MIN <= place.width + 1);
        Rect {
            width: place.width.saturating_sub(bar),
            ..place
        }
    }

    fn mark(&self, place: Rect, buf: &mut Buffer) {
        let style = match self.focus {
            Focus::Focused => {
                let selected = self.theme.style(Role::Selected);
                // The mark would be its own negative in a reversed row.
                let is_reversed = selected.add_modifier.contains(Modifier::REVERSED);
                buf.set_style(if is_reversed { inset(place) } else { place }, selected);
                self.theme.style(Role::Mark)
            }
            Focus::Unfocused => self.theme.style(Role::Border),
            Focus::Unmarked => return,
        };
        for y in place.top()..place.bottom() {
            buf.set_string(place.x, y, MARK, style);
        }
    }
}

fn inset(area: Rect) -> Rect {
    Rect {
        x: area.x + 1,
        width: area.width - 1,
        ..area
    }
}

/// The first row of those that fit when `last` is the lowest.
fn first_that_fits(last: usize, room: u16, height: &impl Fn(usize) -> u16) -> usize {
    let mut used = height(last);
    let mut first = last;
    while 0 < first {
        used = used.saturating_add(height(first - 1));
        if room < used {
            break;
        }
        first -= 1;
    }
    first
}
