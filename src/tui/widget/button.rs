//! Hints that can be clicked on: where the last frame drew a key, and the press that it stands for.

use std::cell::RefCell;

use ratatui::layout::{Position, Rect};

use super::Hint;
use crate::tui::input::Press;

/// What the last frame has of keys to click on. Drawing fills it and changes nothing else.
#[derive(Clone, Debug, Default)]
pub struct Buttons(RefCell<Vec<(Rect, Press)>>);

impl Buttons {
    pub fn clear(&self) {
        self.0.borrow_mut().clear();
    }

    /// Remembers where a hint was drawn. What names no single key, or cannot be done now, is no button.
    pub fn add(&self, hint: &Hint, area: Rect) {
        let press = Press::of_label(&hint.key).filter(|_| !hint.is_greyed);
        self.0.borrow_mut().extend(press.map(|press| (area, press)));
    }

    /// The press under the pointer.
    pub fn at(&self, at: Position) -> Option<Press> {
        let buttons = self.0.borrow();
        let under = buttons.iter().find(|(area, _)| area.contains(at));
        under.map(|(_, press)| *press)
    }
}
