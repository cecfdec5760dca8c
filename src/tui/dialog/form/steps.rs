//! Moving through a form, field by field and section by section, and out of it.

use super::row::SECTIONS;
use super::{Form, State};
use crate::domain::field::Field;
use crate::tui::context::Context;
use crate::tui::dialog::draft::{Draft, DraftField, Drafting};
use crate::tui::input::{Key, Mouse, Press};
use crate::tui::layer::Reaction;

impl Form {
    /// Leaves a field: it is read, so that what is wrong is seen at once.
    pub(super) fn go(&mut self, to: usize, context: &Context<'_>) -> Reaction {
        let to = to.min(self.rows.len());
        if to == self.focus {
            return Reaction::stay();
        }
        let region = self.region(context);
        let mut reaction = Reaction::stay();
        if let Some(row) = self.rows.get_mut(self.focus) {
            if row.field == Field::Organization {
                reaction.effects.extend(self.ask_organization());
            } else {
                row.read(region.as_deref());
            }
        }
        self.focus = to;
        reaction
    }

    /// A click goes to a field; a click on *Save* saves.
    pub(super) fn click(&mut self, mouse: Mouse, context: &Context<'_>) -> Reaction {
        let at = mouse.click().filter(|_| !self.sending.is_busy());
        let under = at.and_then(|at| {
            let places = self.places.borrow();
            let under = places.iter().find(|(_, place)| place.contains(at));
            under.map(|(index, _)| *index)
        });
        match under {
            Some(index) if index == self.rows.len() => self.save(context),
            Some(index) => {
                self.state = State::Typing;
                self.go(index, context)
            }
            None => Reaction::stay(),
        }
    }

    pub(super) fn next_section(&self) -> usize {
        let starts = self.section_starts();
        starts
            .into_iter()
            .find(|start| self.focus < *start)
            .unwrap_or(self.rows.len())
    }

    pub(super) fn section_before(&self) -> usize {
        let starts = self.section_starts();
        starts
            .into_iter()
            .rev()
            .find(|start| *start < self.focus)
            .unwrap_or(0)
    }

    pub(super) fn section_starts(&self) -> Vec<usize> {
        let start = |first: &Field| self.rows.iter().position(|row| row.field == *first);
        SECTIONS
            .iter()
            .filter_map(|(_, first)| start(first))
            .collect()
    }

    pub(super) fn leave(&mut self) -> Reaction {
        if !self.is_touched || self.sending.is_busy() {
            return Reaction::close();
        }
        self.state = State::Leaving;
        Reaction::stay()
    }

    /// What was typed, as it is kept while it is not saved.
    pub(in crate::tui) fn draft(&self) -> Option<Drafting> {
        self.is_touched
            .then(|| Drafting::Keep(self.key(), self.typed()))
    }

    fn typed(&self) -> Draft {
        let changed = self.rows.iter().filter(|row| row.is_changed());
        let fields = changed.map(|row| DraftField {
            field: row.field,
            seen: row.seen.clone(),
            typed: row.editor.text().to_owned(),
        });
        Draft::Form(fields.collect())
    }

    pub(super) fn answer_leaving(&mut self, press: Press) -> Reaction {
        match press.key {
            Key::Char('y' | 'Y') | Key::Enter => {
                Reaction::close().drafting(Drafting::Keep(self.key(), self.typed()))
            }
            Key::Char('n' | 'N') => Reaction::close().drafting(Drafting::Drop(self.key())),
            _ => {
                self.state = State::Typing;
                Reaction::stay()
            }
        }
    }
}
