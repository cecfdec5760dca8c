//! What the keys mean in the box, where letters are text, and in the list, where they act.

use ratatui::layout::Position;

use super::{Act, Place, Search};
use crate::tui::context::Context;
use crate::tui::input::{Key, Press};
use crate::tui::layer::Reaction;
use crate::tui::widget::{Edited, Motion};

impl Search {
    pub(super) fn press_in_box(&mut self, press: Press, context: &Context<'_>) -> Reaction {
        match (press.key, press.ctrl, press.alt) {
            (Key::Esc, ..) => Reaction::close(),
            (Key::Enter, false, false) => self.enter(context),
            (Key::Char('l'), true, false) => self.act(Act::Link, context),
            (Key::Char('o'), true, false) => self.act(Act::Merge, context),
            (Key::Char('n'), true, false) => self.new_contact(context),
            (Key::Down | Key::PageDown | Key::Tab, false, false) => {
                if !self.rows.is_empty() {
                    self.place = Place::List;
                }
                Reaction::stay()
            }
            _ => {
                let replaces = press.typed().is_some()
                    || matches!(press.key, Key::Backspace) && self.is_offered;
                if std::mem::take(&mut self.is_offered) && replaces {
                    self.field.clear();
                    if press.typed().is_none() {
                        return self.edited(Edited::Changed, context);
                    }
                }
                let edited = self.field.apply(&press);
                self.edited(edited, context)
            }
        }
    }

    pub(super) fn press_in_list(&mut self, press: Press, context: &Context<'_>) -> Reaction {
        let motion = match (press.key, press.ctrl) {
            (Key::Esc, _) => return Reaction::close(),
            (Key::Enter, false) => return self.enter(context),
            (Key::Char('l'), _) => return self.act(Act::Link, context),
            (Key::Char('m'), false) | (Key::Char('o'), true) => {
                return self.act(Act::Merge, context);
            }
            (Key::Char('n'), _) => return self.new_contact(context),
            (Key::Char(' '), false) => return self.mark(),
            (Key::Char('/') | Key::Tab, false) => return self.back_to_box(),
            (Key::Backspace, _) => {
                self.place = Place::Box;
                return self.press_in_box(press, context);
            }
            (Key::Up | Key::Char('k'), false) => Motion::Up,
            (Key::Down | Key::Char('j'), false) => Motion::Down,
            (Key::PageUp, _) | (Key::Char('u'), true) => Motion::PageUp,
            (Key::PageDown, _) | (Key::Char('d'), true) => Motion::PageDown,
            (Key::Home, _) | (Key::Char('g'), false) => Motion::First,
            (Key::End, _) | (Key::Char('G'), false) => Motion::Last,
            _ => return Reaction::stay(),
        };
        if !self.list.go(motion, self.rows.len()) && motion == Motion::Up {
            return self.back_to_box();
        }
        self.page_on()
    }

    /// A click selects a row, a click on the selected one does what Enter does; elsewhere it is the box.
    pub(super) fn click(&mut self, at: Position, context: &Context<'_>) -> Reaction {
        self.said = None;
        let Some(row) = self.list.row_at(at).filter(|row| *row < self.rows.len()) else {
            return self.back_to_box();
        };
        let was_selected = self.place == Place::List && self.list.selected() == row;
        self.place = Place::List;
        self.list.select(row);
        if was_selected {
            return self.enter(context);
        }
        self.page_on()
    }

    pub(super) fn back_to_box(&mut self) -> Reaction {
        self.place = Place::Box;
        Reaction::stay()
    }

    pub(super) fn edited(&mut self, edited: Edited, context: &Context<'_>) -> Reaction {
        if edited != Edited::Changed {
            return Reaction::stay();
        }
        self.list.select(0);
        self.hasty = None;
        let effects = self.ask(context);
        self.arrange();
        Reaction {
            effects,
            ..Reaction::stay()
        }
    }
}
