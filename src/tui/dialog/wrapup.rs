//! Wrapping up the conversation: a code by a few letters of its name, and notes if there is something to say.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::ask::{Answer, Ask};
use super::choice::Choice;
use super::draft::{Draft, DraftKey, Drafting};
use super::sending::Sending;
use super::shell::{Shell, below, rows_on, split_bottom, width_on};
use super::words::short;
use crate::domain::command::Command;
use crate::domain::conversation::ConversationId;
use crate::tui::context::Context;
use crate::tui::effect::Said;
use crate::tui::input::{Input, Key, Mouse, Press};
use crate::tui::layer::{Layer, Reaction};
use crate::tui::msg::Reply;
use crate::tui::pane::heading;
use crate::tui::pane::sign::sentence;
use crate::tui::theme::Role;
use crate::tui::widget::{
    Edited, Field, Focus, Hint, List, ListState, Motion, matches, put, put_matched,
};

const WIDTH: u16 = 64;
/// The rows of codes at least and at most, whatever the filter leaves of them.
const CODES_MIN: usize = 4;
const CODES_MAX: usize = 14;
const PROMPT: &str = "> ";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Code,
    Notes,
}

/// A wrap-up before it is saved.
#[derive(Clone, Debug)]
pub struct Wrapup {
    conversation: ConversationId,
    title: String,
    filter: Field,
    notes: Field,
    place: Place,
    list: ListState,
    sending: Sending,
}

/// A code that fits the filter.
struct Code<'a> {
    id: &'a str,
    name: &'a str,
}

/// Whose the conversation is, where it is not the person's at the desk.
pub(super) fn colleague(context: &Context<'_>) -> Option<String> {
    let scene = &context.scene;
    let line = scene.conversation.and_then(|line| line.agent.as_deref());
    let earlier = scene.earlier.and_then(|earlier| earlier.agent.as_deref());
    let agent = line.or(earlier)?.trim();
    let is_own = agent.to_lowercase() == context.agent.trim().to_lowercase();
    (!is_own && !agent.is_empty()).then(|| agent.to_owned())
}

/// The question before a colleague's conversation is wrapped up, with the dialog behind it.
pub(super) fn asked(colleague: &str, dialog: Layer, context: &Context<'_>) -> Ask {
    let about = sentence(&context.conversation_words());
    let name = short(colleague);
    let question = format!("{about} is {name}'s, not yours. Wrap it up all the same?");
    let yes = Choice::new('y', "Yes, wrap it up", "");
    let no = Choice::new('n', format!("No, leave it to {name}"), "");
    let answers = vec![(yes, Answer::Open(Box::new(dialog))), (no, Answer::Leave)];
    Ask::new("Wrap up", question).answers(answers, 1)
}

impl Wrapup {
    pub fn open(conversation: ConversationId, name: &str, context: &Context<'_>) -> Self {
        let mut notes = Field::new(4_000).with_placeholder("nothing to add");
        let mut sending = Sending::default();
        if let Some(Draft::Text(text)) = context.drafts.get(DraftKey::WrapUp(conversation)) {
            notes.set(text);
            sending.say("The notes you typed before are back", Role::Good);
        }
        Self {
            conversation,
            title: format!("Wrap up {name}"),
            filter: Field::default().with_placeholder("a few letters of the code"),
            notes,
            place: Place::Code,
            list: ListState::default(),
            sending,
        }
    }

    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        match input {
            Input::Key(press) => self.press(press, context),
            Input::Paste(pasted) if !self.sending.is_busy() => {
                let edited = self.field().paste(&pasted);
                self.edited(edited)
            }
            Input::Mouse(mouse) => self.click(mouse, context),
            Input::Paste(_) | Input::Resize { .. } | Input::FocusGained | Input::FocusLost => {
                Reaction::stay()
            }
        }
    }

    pub fn reply(&mut self, reply: &Reply) -> Option<Reaction> {
        match self.sending.take(reply)? {
            Ok(_) => Some(Reaction::close().drafting(Drafting::Drop(self.key()))),
            Err(_) => Some(Reaction::stay()),
        }
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let theme = context.theme;
        let shell = Shell {
            title: &self.title,
            right: "",
            width: width_on(screen, WIDTH),
            rows: rows_on(screen, rows_for(context.names.codes.len())),
            hints: &self.hints(context),
        };
        let inner = shell.view(screen, buf, context);
        let (bottom, top) = split_bottom(inner, 2);
        let (message, list_area) =
            split_bottom(below(top, 1), u16::from(self.sending.told().is_some()));
        if let Some((words, role)) = self.sending.told() {
            put(buf, message, words, theme.style(role));
        }
        let prompt = put(buf, top, PROMPT, theme.style(Role::Accent));
        let filter = indent(top, prompt);
        let filtering = self.filter.view(filter, buf, theme);
        self.view_codes(list_area, buf, context);
        heading("Notes", bottom, buf, theme);
        let noting = self.notes.view(indent(below(bottom, 1), 2), buf, theme);
        match self.place {
            Place::Code => filtering,
            Place::Notes => noting,
        }
    }

    pub fn hints(&self, _context: &Context<'_>) -> Vec<Hint> {
        if self.sending.is_busy() {
            return vec![Hint::new("…", "saving")];
        }
        let tab = match self.place {
            Place::Code => "notes",
            Place::Notes => "code",
        };
        vec![
            Hint::new("Enter", "wrap up"),
            Hint::new("↑↓", "code"),
            Hint::new("Tab", tab),
            Hint::new("Esc", "leave"),
        ]
    }

    /// A click selects a code; a click on the selected one wraps up with it.
    fn click(&mut self, mouse: Mouse, context: &Context<'_>) -> Reaction {
        let row = mouse.click().and_then(|at| self.list.row_at(at));
        match row.filter(|_| !self.sending.is_busy()) {
            Some(row) if self.list.selected() == row => self.save(context),
            Some(row) => {
                self.list.select(row);
                Reaction::stay()
            }
            None => Reaction::stay(),
        }
    }

    fn press(&mut self, press: Press, context: &Context<'_>) -> Reaction {
        if press.key == Key::Esc {
            return self.leave();
        }
        if self.sending.is_busy() {
            return Reaction::stay();
        }
        let len = self.codes(context).len();
        let motion = match (press.key, press.ctrl) {
            (Key::Enter, false) | (Key::Char('s'), true) => return self.save(context),
            (Key::Tab, false) => {
                self.place = match self.place {
                    Place::Code => Place::Notes,
                    Place::Notes => Place::Code,
                };
                return Reaction::stay();
            }
            (Key::Up, false) => Motion::Up,
            (Key::Down, false) => Motion::Down,
            (Key::PageUp, false) => Motion::PageUp,
            (Key::PageDown, false) => Motion::PageDown,
            _ => {
                let edited = self.field().apply(&press);
                return self.edited(edited);
            }
        };
        self.list.go(motion, len);
        Reaction::stay()
    }

    fn field(&mut self) -> &mut Field {
        match self.place {
            Place::Code => &mut self.filter,
            Place::Notes => &mut self.notes,
        }
    }

    fn edited(&mut self, edited: Edited) -> Reaction {
        if edited == Edited::Changed {
            self.sending.hush();
            if self.place == Place::Code {
                self.list.select(0);
            }
        }
        Reaction::stay()
    }

    fn save(&mut self, context: &Context<'_>) -> Reaction {
        let codes = self.codes(context);
        let chosen = self
            .list
            .selected_of(codes.len())
            .and_then(|at| codes.get(at));
        let Some((id, name)) = chosen.map(|code| (code.id.to_owned(), code.name.to_owned())) else {
            self.sending
                .say("No code fits: shorten what you typed", Role::Warning);
            return Reaction::stay();
        };
        let notes = self.notes.text().trim();
        let command = Command::WrapUp {
            conversation: self.conversation,
            code: id,
            notes: (!notes.is_empty()).then(|| notes.to_owned()),
        };
        let name = short(&name);
        let said = Said::new(
            format!("Conversation wrapped up: {name}"),
            format!("Wrap-up taken back: {name}"),
        );
        Reaction::stay().with(self.sending.send(command, said))
    }

    /// The codes that fit, those whose name starts with the letters first. Where the organization has no list
    /// of codes, what is typed is the code.
    fn codes<'a>(&'a self, context: &Context<'a>) -> Vec<Code<'a>> {
        let typed = self.filter.text().trim();
        let known = &context.names.codes;
        if known.is_empty() && !typed.is_empty() {
            return vec![Code {
                id: typed,
                name: typed,
            }];
        }
        let words: Vec<&str> = typed.split_whitespace().collect();
        let fits = |name: &str| words.iter().all(|word| !matches(name, &[word]).is_empty());
        let mut codes: Vec<Code<'_>> = known
            .iter()
            .filter(|(_, name)| fits(name))
            .map(|(id, name)| Code { id, name })
            .collect();
        codes.sort_by_key(|code| {
            let first = matches(code.name, &words)
                .first()
                .map_or(0, |range| range.start);
            (!words.is_empty() && first != 0, code.name.to_lowercase())
        });
        codes
    }

    /// What was typed, as it is kept while it is not saved.
    pub(in crate::tui) fn draft(&self) -> Drafting {
        let text = self.notes.text();
        match text.trim().is_empty() {
            true => Drafting::Drop(self.key()),
            false => Drafting::Keep(self.key(), Draft::Text(text.to_owned())),
        }
    }

    fn leave(&mut self) -> Reaction {
        Reaction::close().drafting(self.draft())
    }

    fn key(&self) -> DraftKey {
        DraftKey::WrapUp(self.conversation)
    }

    fn view_codes(&self, area: Rect, buf: &mut Buffer, context: &Context<'_>) {
        let theme = context.theme;
        let codes = self.codes(context);
        let words: Vec<&str> = self.filter.text().split_whitespace().collect();
        let list = List {
            len: codes.len(),
            empty: if context.names.codes.is_empty() {
                "No list of codes is known here: type the code itself"
            } else {
                "No code fits: shorten what you typed"
            },
            focus: Focus::Focused,
            theme,
        };
        list.view(&self.list, area, buf, |row, place, buf| {
            if let Some(code) = codes.get(row) {
                let styles = (theme.style(Role::Text), theme.style(Role::Match));
                put_matched(buf, place, code.name, &words, styles);
            }
        });
    }
}

/// The rows for so many codes, with the filter, the notes and a line for what is said.
fn rows_for(codes: usize) -> u16 {
    codes.clamp(CODES_MIN, CODES_MAX) as u16 + 4
}

fn indent(area: Rect, columns: u16) -> Rect {
    let columns = columns.min(area.width);
    Rect {
        x: area.x + columns,
        width: area.width - columns,
        height: area.height.min(1),
        ..area
    }
}
