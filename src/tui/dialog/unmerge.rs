//! Taking a merge back: who comes back, what came since, and which side each of it goes to, before it is done.
//!
//! The backend works out where things go; here they are given to another side, which asks it again. What is
//! sent is the choice of the preview that is in sight.

use super::sending::Sending;
use super::words::names_apart;
use crate::backend::view::{UnmergeItem, UnmergePreview};
use crate::domain::command::{Command, EntryId};
use crate::domain::contact::ContactId;
use crate::domain::unmerge::Since;
use crate::tui::context::Context;
use crate::tui::effect::{Effect, Read};
use crate::tui::input::{Input, Key, Press};
use crate::tui::layer::Reaction;
use crate::tui::load::Load;
use crate::tui::msg::Reply;
use crate::tui::widget::{Hint, ListState, Motion};

mod view;

/// A merge before it is taken back.
#[derive(Clone, Debug)]
pub struct Unmerge {
    entry: EntryId,
    /// What was given to another side than the rule's; the preview in sight may still be an older one.
    sides: Vec<(Since, ContactId)>,
    preview: Load<UnmergePreview>,
    list: ListState,
    sending: Sending,
}

impl Unmerge {
    /// Opens the preview for the merge of an entry.
    pub fn open(entry: EntryId, context: &Context<'_>) -> (Self, Vec<Effect>) {
        let mut unmerge = Self {
            entry,
            sides: Vec::new(),
            preview: Load::Empty,
            list: ListState::default(),
            sending: Sending::default(),
        };
        let effect = unmerge.ask(context);
        (unmerge, vec![effect])
    }

    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        let press = match input {
            Input::Key(press) => press,
            Input::Mouse(mouse) => match mouse.click().and_then(|at| self.list.row_at(at)) {
                Some(row) if self.list.selected() == row => Press::char(' '),
                Some(row) => {
                    self.list.select(row);
                    return Reaction::stay();
                }
                None => return Reaction::stay(),
            },
            Input::Paste(_) | Input::Resize { .. } => return Reaction::stay(),
            Input::FocusGained | Input::FocusLost => return Reaction::stay(),
        };
        if press.key == Key::Esc {
            return Reaction::close();
        }
        if self.sending.is_busy() {
            return Reaction::stay();
        }
        self.press(press, context)
    }

    /// Takes a preview, if it is the one that was asked for, and what came of it.
    pub fn reply(&mut self, reply: &Reply) -> Option<Reaction> {
        if let Some(result) = self.sending.take(reply) {
            return Some(match result {
                Ok(_) => Reaction::close(),
                Err(_) => Reaction::stay(),
            });
        }
        match reply {
            Reply::UnmergePreview {
                entry,
                sides,
                result,
            } if *entry == self.entry && *sides == self.sides => {
                self.preview.finish(result.clone());
                Some(Reaction::stay())
            }
            _ => None,
        }
    }

    pub fn hints(&self, _context: &Context<'_>) -> Vec<Hint> {
        self.hints_of(["take back", "other side", "leave"])
    }

    /// The keys with these words for doing it, for giving to another side and for leaving.
    fn hints_of(&self, [take, give, leave]: [&'static str; 3]) -> Vec<Hint> {
        if self.sending.is_busy() {
            return vec![Hint::new("…", "taking it back")];
        }
        let out = Hint::new("Esc", leave);
        match self.preview.value() {
            Some(preview) if preview.items.is_empty() => {
                vec![Hint::new("Enter", take), out]
            }
            Some(_) => vec![Hint::new("Enter", take), Hint::new("Space", give), out],
            None => vec![out],
        }
    }

    fn press(&mut self, press: Press, context: &Context<'_>) -> Reaction {
        let motion = match (press.key, press.ctrl) {
            (Key::Enter, false) => return self.send(),
            (Key::Char(' ' | 'l') | Key::Right, false) => return self.give(context),
            (Key::Up | Key::Char('k'), false) => Motion::Up,
            (Key::Down | Key::Char('j'), false) => Motion::Down,
            (Key::PageUp, _) => Motion::PageUp,
            (Key::PageDown, _) => Motion::PageDown,
            (Key::Home, _) | (Key::Char('g'), false) => Motion::First,
            (Key::End, _) | (Key::Char('G'), false) => Motion::Last,
            _ => return Reaction::stay(),
        };
        let len = self.items().len();
        self.list.go(motion, len);
        Reaction::stay()
    }

    /// Gives what is under the cursor to the next side.
    fn give(&mut self, context: &Context<'_>) -> Reaction {
        let Some(preview) = self.preview.value() else {
            return Reaction::stay();
        };
        let Some(one) = self.selected() else {
            return Reaction::stay();
        };
        let next = (one.side + 1) % preview.sides.len().max(1);
        let Some(side) = preview.sides.get(next).map(|brief| brief.id) else {
            return Reaction::stay();
        };
        let item = one.item.clone();
        self.sides.retain(|(given, _)| *given != item);
        self.sides.push((item, side));
        self.sending.hush();
        Reaction::stay().with(self.ask(context))
    }

    fn send(&mut self) -> Reaction {
        let Load::Ready(preview) = &self.preview else {
            return Reaction::stay();
        };
        let names = names_apart(&preview.sides);
        let command = Command::Unmerge {
            entry: self.entry,
            sides: self.sides.clone(),
        };
        let said = format!("apart again: {}", names.join(" and "));
        Reaction::stay().with(self.sending.send(command, said))
    }

    fn ask(&mut self, context: &Context<'_>) -> Effect {
        self.preview.begin(context.now);
        Effect::Read(Read::UnmergePreview {
            entry: self.entry,
            sides: self.sides.clone(),
        })
    }

    fn items(&self) -> &[UnmergeItem] {
        self.preview.value().map_or(&[], |preview| &preview.items)
    }

    fn selected(&self) -> Option<&UnmergeItem> {
        let items = self.items();
        items.get(self.list.selected_of(items.len())?)
    }
}
