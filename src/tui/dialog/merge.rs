//! The preview of a merge: what each side holds, what comes of it, and which side wins, before it is done.
//!
//! The backend makes the preview; here sides are flipped, which asks for another preview. What is sent is the
//! choice of the preview that is in sight, never one that was not shown.

use super::search::{Purpose, Search};
use super::sending::Sending;
use super::words::names_apart;
use crate::backend::Trouble;
use crate::backend::view::{Brief, Feature, MergePreview, PreviewLine};
use crate::domain::Refusal;
use crate::domain::command::{Command, Sure};
use crate::domain::contact::ContactId;
use crate::domain::field::Field;
use crate::tui::context::Context;
use crate::tui::effect::{Effect, Read, Said};
use crate::tui::input::{Input, Key, Press};
use crate::tui::layer::{Layer, Reaction};
use crate::tui::load::Load;
use crate::tui::msg::Reply;
use crate::tui::theme::Role;
use crate::tui::widget::{Hint, ListState, Motion};

use super::not_same;

mod view;

/// How sure the person has said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Looking,
    /// Enter was pressed, but there are warnings: it asks again.
    Asking,
}

/// A merge before it is done.
#[derive(Clone, Debug)]
pub struct Merge {
    inputs: Vec<Brief>,
    /// The choice that was asked for last; the preview in sight may still be an older one.
    takes: Vec<(Field, ContactId)>,
    preview: Load<MergePreview>,
    list: ListState,
    stage: Stage,
    sending: Sending,
    from: Option<Box<Search>>,
}

impl Merge {
    /// Opens the preview of a merge of these contacts, the one on the screen first.
    pub fn open(
        inputs: Vec<Brief>,
        from: Option<Box<Search>>,
        context: &Context<'_>,
    ) -> (Self, Vec<Effect>) {
        let mut merge = Self {
            inputs,
            takes: Vec::new(),
            preview: Load::Empty,
            list: ListState::default(),
            stage: Stage::Looking,
            sending: Sending::default(),
            from,
        };
        let effect = merge.ask(context);
        (merge, vec![effect])
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
        if press.key == Key::Esc && self.stage == Stage::Asking {
            self.stage = Stage::Looking;
            return Reaction::stay();
        }
        if press.key == Key::Esc {
            return self.leave();
        }
        if self.sending.is_busy() {
            return Reaction::stay();
        }
        match self.stage {
            Stage::Asking => self.press_asked(press),
            Stage::Looking => self.press(press, context),
        }
    }

    /// Takes a preview, if it is the one that was asked for, and what came of the merge.
    pub fn reply(&mut self, reply: &Reply) -> Option<Reaction> {
        if let Some(result) = self.sending.take(reply) {
            match result {
                Ok(_) => return Some(Reaction::close()),
                Err(trouble) if asks_twice(trouble) => self.stage = Stage::Asking,
                Err(_) => {}
            }
            return Some(Reaction::stay());
        }
        match reply {
            Reply::MergePreview {
                contacts,
                takes,
                result,
            } if *contacts == self.contacts() && *takes == self.takes => {
                let named = result.clone().map(|preview| self.named(preview));
                self.preview.finish(named);
                Some(Reaction::stay())
            }
            _ => None,
        }
    }

    /// The keys where there is little room for them.
    fn brief_hints(&self, context: &Context<'_>) -> Vec<Hint> {
        let is_looking = self.stage == Stage::Looking && self.preview.value().is_some();
        if !is_looking || self.sending.is_busy() {
            return self.hints(context);
        }
        let keys = [("Enter", "merge"), ("←→", "flip"), ("Esc", "back")];
        keys.map(|(key, word)| Hint::new(key, word)).into()
    }

    pub fn hints(&self, context: &Context<'_>) -> Vec<Hint> {
        if self.sending.is_busy() {
            return vec![Hint::new("…", "merging")];
        }
        let back = if self.from.is_some() {
            "back"
        } else {
            "leave it"
        };
        if self.stage == Stage::Asking {
            return vec![
                Hint::new("y", "merge all the same"),
                Hint::new("Esc", "look again"),
            ];
        }
        if self.preview.value().is_none() {
            return vec![Hint::new("Esc", back)];
        }
        let mut hints = vec![
            Hint::new("Enter", "merge"),
            Hint::new("Space", "flip the side"),
        ];
        hints.push(Hint::new("a", "add another"));
        if self.inputs.len() == 2 && context.lacking(Feature::NotSame).is_none() {
            hints.push(Hint::new("=", "not the same"));
        }
        hints.push(Hint::new("Esc", back));
        hints
    }

    fn press(&mut self, press: Press, context: &Context<'_>) -> Reaction {
        let motion = match (press.key, press.ctrl) {
            (Key::Enter, false) => return self.merge(),
            (Key::Char(' '), false) => return self.flip(Step::Next, context),
            (Key::Left | Key::Char('h'), false) => return self.flip(Step::Before, context),
            (Key::Right | Key::Char('l'), false) => return self.flip(Step::Next, context),
            (Key::Char('a' | '+'), false) => return self.add(context),
            (Key::Char('='), false)
                if self.inputs.len() == 2 && context.lacking(Feature::NotSame).is_none() =>
            {
                return self.not_same();
            }
            (Key::Up | Key::Char('k'), false) => Motion::Up,
            (Key::Down | Key::Char('j'), false) => Motion::Down,
            (Key::PageUp, _) => Motion::PageUp,
            (Key::PageDown, _) => Motion::PageDown,
            (Key::Home, _) | (Key::Char('g'), false) => Motion::First,
            (Key::End, _) | (Key::Char('G'), false) => Motion::Last,
            _ => return Reaction::stay(),
        };
        let len = self.lines().len();
        self.list.go(motion, len);
        Reaction::stay()
    }

    fn press_asked(&mut self, press: Press) -> Reaction {
        match (press.key, press.ctrl, press.alt) {
            (Key::Char('y' | 'Y'), false, false) => self.send(Sure::AskedTwice),
            (Key::Char('n' | 'N'), false, false) => {
                self.stage = Stage::Looking;
                Reaction::stay()
            }
            _ => Reaction::stay(),
        }
    }

    /// Enter: merges what is in sight, or asks again where a warning stands.
    fn merge(&mut self) -> Reaction {
        // A refusal keeps the old preview in sight, but there is nothing to merge with it.
        let Load::Ready(preview) = &self.preview else {
            return Reaction::stay();
        };
        if preview.warnings.is_empty() {
            return self.send(Sure::AskedOnce);
        }
        self.stage = Stage::Asking;
        Reaction::stay()
    }

    fn send(&mut self, sure: Sure) -> Reaction {
        let Load::Ready(preview) = &self.preview else {
            return Reaction::stay();
        };
        let command = Command::Merge {
            contacts: self.contacts(),
            takes: preview.takes.clone(),
            sure,
        };
        let names = names_apart(&self.inputs);
        let all = match names.as_slice() {
            [one, other] => format!("{one} and {other}"),
            [one, rest @ ..] => format!("{one} and {} others", rest.len()),
            [] => String::new(),
        };
        let said = Said::new(format!("merged: {all}"), format!("apart again: {all}"));
        self.stage = Stage::Looking;
        Reaction::stay().with(self.sending.send(command, said))
    }

    /// Lets another side win in the line under the cursor.
    fn flip(&mut self, step: Step, context: &Context<'_>) -> Reaction {
        let Some(preview) = self.preview.value() else {
            return Reaction::stay();
        };
        let selected = self.list.selected_of(preview.lines.len());
        let order = order(&preview.lines);
        let line = selected
            .and_then(|at| order.get(at))
            .and_then(|at| preview.lines.get(*at));
        let Some((field, winner)) =
            line.and_then(|line| Some((line.field, next_side(line, step)?)))
        else {
            self.sending.say(
                "Nothing to flip: the sides do not differ here",
                Role::Warning,
            );
            return Reaction::stay();
        };
        let Some(taken) = preview.inputs.get(winner).map(|brief| brief.id) else {
            return Reaction::stay();
        };
        let mut takes = preview.takes.clone();
        takes.retain(|(taken, _)| *taken != field);
        takes.push((field, taken));
        self.takes = takes;
        self.sending.hush();
        Reaction::stay().with(self.ask(context))
    }

    fn ask(&mut self, context: &Context<'_>) -> Effect {
        self.preview.begin(context.now);
        Effect::Read(Read::MergePreview {
            contacts: self.contacts(),
            takes: self.takes.clone(),
        })
    }

    /// Another contact for the same merge.
    fn add(&mut self, context: &Context<'_>) -> Reaction {
        let chosen = self.inputs.iter().skip(1).cloned().collect();
        let (search, effects) = Search::open(Purpose::Merge { chosen }, context);
        Reaction::become_layer(Layer::Search(Box::new(search)), effects)
    }

    fn not_same(&mut self) -> Reaction {
        match self.inputs.as_slice() {
            [one, other] => {
                let ask = not_same::not_same(one, other, self.from.take());
                Reaction::become_layer(Layer::Ask(Box::new(ask)), Vec::new())
            }
            _ => Reaction::stay(),
        }
    }

    fn leave(&mut self) -> Reaction {
        match self.from.take() {
            Some(search) => Reaction::become_layer(Layer::Search(search), Vec::new()),
            None => Reaction::close(),
        }
    }

    /// The preview with the names that the person knows the contacts by: the backend knows what is kept, the
    /// desk also what a conversation said.
    fn named(&self, mut preview: MergePreview) -> MergePreview {
        for (shown, known) in preview.inputs.iter_mut().zip(&self.inputs) {
            if shown.name.is_empty() {
                shown.name.clone_from(&known.name);
            }
        }
        preview
    }

    fn contacts(&self) -> Vec<ContactId> {
        self.inputs.iter().map(|brief| brief.id).collect()
    }

    fn lines(&self) -> &[PreviewLine] {
        self.preview.value().map_or(&[], |preview| &preview.lines)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Next,
    Before,
}

/// The order of lines: what the sides disagree on first, then what only one has, then what is the same.
/// Within these the order of forms stays.
fn order(lines: &[PreviewLine]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|at| match values(&lines[*at]).len() {
        0 | 1 if is_same_everywhere(&lines[*at]) => 2,
        0 | 1 => 1,
        _ => 0,
    });
    order
}

/// Whether the sides disagree on a line.
fn is_conflict(line: &PreviewLine) -> bool {
    1 < values(line).len()
}

fn is_same_everywhere(line: &PreviewLine) -> bool {
    line.sides.windows(2).all(|pair| pair[0] == pair[1])
}

/// The different values of a line, without the empty ones.
fn values(line: &PreviewLine) -> Vec<&str> {
    let mut values: Vec<&str> = line
        .sides
        .iter()
        .map(String::as_str)
        .filter(|side| !side.is_empty())
        .collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// The side that wins after a flip: the next one that has another value. An empty side never wins.
fn next_side(line: &PreviewLine, step: Step) -> Option<usize> {
    if !is_conflict(line) {
        return None;
    }
    let len = line.sides.len();
    let now = line.taken.unwrap_or(0).min(len.saturating_sub(1));
    let current = line.sides.get(now)?;
    let other = |by: usize| match step {
        Step::Next => (now + by) % len,
        Step::Before => (now + len - by) % len,
    };
    (1..len).map(other).find(|side| {
        line.sides
            .get(*side)
            .is_some_and(|text| !text.is_empty() && text != current)
    })
}

fn asks_twice(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Refused(refusal) => matches!(**refusal, Refusal::AskTwice(_)),
        Trouble::Broken(_) | Trouble::NotFound(_) | Trouble::Offline(_) => false,
        Trouble::Limited(_) | Trouble::Unknown { .. } => false,
    }
}
