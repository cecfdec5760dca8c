//! Writing a note on a contact, and changing or deleting an earlier one.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::ask::{Answer, Ask};
use super::choice::Choice;
use super::draft::{Draft, DraftKey, Drafting};
use super::sending::Sending;
use super::shell::{Shell, below, rows_on, split_bottom, width_on};
use super::words::{name_of_profile, short};
use crate::backend::view::Expires;
use crate::domain::command::Command;
use crate::domain::contact::{ContactId, NOTE_CHARS_MAX, Note as Kept, NoteId};
use crate::tui::context::Context;
use crate::tui::effect::{Effect, Said};
use crate::tui::input::{Input, Key, Mouse, Press};
use crate::tui::layer::{Layer, Reaction};
use crate::tui::msg::Reply;
use crate::tui::pane::heading;
use crate::tui::pane::sign::sentence;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::time;
use crate::tui::widget::{Area, Edited, Focus, Hint, List, ListState, Motion, put, put_right};

const WIDTH: u16 = 84;
const ROWS: u16 = 22;
/// A paste beyond the limit is kept and counted, so that nothing is cut in silence.
const BEYOND_LIMIT: usize = 8_000;
/// From this height on earlier notes stand below the text.
const EARLIER_FROM_ROWS: u16 = 14;
const EARLIER_ROWS_MAX: u16 = 7;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Text,
    Earlier,
}

/// A note that is being written.
#[derive(Clone, Debug)]
pub struct Note {
    contact: ContactId,
    name: String,
    area: Area,
    /// The note whose text is being changed, when it is an earlier one.
    changing: Option<NoteId>,
    earlier: Vec<Kept>,
    expires: Option<Expires>,
    place: Place,
    list: ListState,
    sending: Sending,
}

impl Note {
    /// A note on the contact on the screen; nothing when it is gone.
    pub fn open(context: &Context<'_>) -> Option<Self> {
        let profile = context.scene.profile?;
        let contact = profile.contact.as_ref()?.id;
        let mut area = Area::new(NOTE_CHARS_MAX + BEYOND_LIMIT)
            .with_placeholder("What should the next agent know?");
        let mut sending = Sending::default();
        if let Some(Draft::Text(text)) = context.drafts.get(DraftKey::Note(contact)) {
            area.set(text);
            sending.say("What you typed before is back", Role::Good);
        }
        Some(Self {
            contact,
            name: name_of_profile(profile),
            area,
            changing: None,
            earlier: profile.notes.clone(),
            expires: profile.expires,
            place: Place::Text,
            list: ListState::default(),
            sending,
        })
    }

    pub fn update(&mut self, input: Input, _context: &Context<'_>) -> Reaction {
        match input {
            Input::Key(press) => self.press(press),
            Input::Paste(pasted) if !self.sending.is_busy() => {
                self.place = Place::Text;
                self.sending.hush();
                self.area.paste(&pasted);
                Reaction::stay()
            }
            Input::Mouse(mouse) => self.click(mouse),
            Input::Paste(_) | Input::Resize { .. } | Input::FocusGained | Input::FocusLost => {
                Reaction::stay()
            }
        }
    }

    pub fn reply(&mut self, reply: &Reply) -> Option<Reaction> {
        if let Reply::Composed(composed) = reply {
            match composed {
                Ok(text) => {
                    self.area.set(text.trim_end());
                    self.place = Place::Text;
                    self.sending.hush();
                }
                Err(why) => self.sending.say(sentence(why), Role::Warning),
            }
            return Some(Reaction::stay());
        }
        match self.sending.take(reply)? {
            Ok(_) => Some(Reaction::close().drafting(Drafting::Drop(self.key()))),
            Err(_) => Some(Reaction::stay()),
        }
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let theme = context.theme;
        let title = match self.changing {
            Some(_) => format!("Change a note on {}", self.name),
            None => format!("Note on {}", self.name),
        };
        let shell = Shell {
            title: &title,
            right: "",
            width: width_on(screen, WIDTH),
            rows: rows_on(screen, ROWS),
            hints: &self.hints(context),
        };
        let inner = shell.view(screen, buf, context);
        let is_tall = EARLIER_FROM_ROWS <= inner.height;
        let earlier_rows = match (self.earlier.is_empty(), is_tall, self.place) {
            (true, ..) | (false, false, Place::Text) => 0,
            (false, true, _) => EARLIER_ROWS_MAX.min(self.earlier.len() as u16 + 1),
            (false, false, Place::Earlier) => inner.height.saturating_sub(1),
        };
        let (earlier, rest) = split_bottom(inner, earlier_rows);
        let (status, text) = split_bottom(rest, 1);
        let typing = self.area.view(text, buf, theme);
        self.view_status(status, buf, context);
        let listed = self.view_earlier(earlier, buf, context);
        match self.place {
            Place::Text => typing,
            Place::Earlier => listed,
        }
    }

    pub fn hints(&self, context: &Context<'_>) -> Vec<Hint> {
        if self.sending.is_busy() {
            return vec![Hint::new("…", "saving")];
        }
        match self.place {
            Place::Text => {
                let mut hints = vec![Hint::new("^S", "save")];
                if context.has_editor {
                    hints.push(Hint::new("^O", "editor"));
                }
                if !self.earlier.is_empty() {
                    hints.push(Hint::new("Tab", "earlier notes"));
                }
                let esc = if self.area.is_empty() || self.changing.is_some() {
                    "leave"
                } else {
                    "keep for later"
                };
                hints.push(Hint::new("Esc", esc));
                hints
            }
            Place::Earlier => vec![
                Hint::new("Enter", "change"),
                Hint::new("D", "delete"),
                Hint::new("Tab", "write"),
                Hint::new("Esc", "leave"),
            ],
        }
    }

    /// A click selects an earlier note; elsewhere it is the text.
    fn click(&mut self, mouse: Mouse) -> Reaction {
        let Some(at) = mouse.click() else {
            return Reaction::stay();
        };
        match self.list.row_at(at).filter(|row| *row < self.earlier.len()) {
            Some(row) => {
                self.list.select(row);
                self.to(Place::Earlier)
            }
            None => self.to(Place::Text),
        }
    }

    fn press(&mut self, press: Press) -> Reaction {
        if press.key == Key::Esc {
            return self.leave();
        }
        if self.sending.is_busy() {
            return Reaction::stay();
        }
        match (press.key, press.ctrl, self.place) {
            (Key::Char('s'), true, _) => self.save(),
            (Key::Char('o'), true, _) => {
                let text = self.area.text().to_owned();
                Reaction::stay().with(Effect::Compose(text))
            }
            (Key::Tab, _, Place::Text) if !self.earlier.is_empty() => self.to(Place::Earlier),
            (Key::Tab, _, _) => self.to(Place::Text),
            (_, _, Place::Earlier) => self.press_earlier(press),
            (_, _, Place::Text) => {
                if self.area.apply(&press) == Edited::Changed {
                    self.sending.hush();
                }
                Reaction::stay()
            }
        }
    }

    fn press_earlier(&mut self, press: Press) -> Reaction {
        let motion = match (press.key, press.ctrl) {
            (Key::Enter, false) | (Key::Char('e'), false) => return self.change(),
            (Key::Char('D') | Key::Delete, false) => return self.delete(),
            (Key::Up | Key::Char('k'), false) => Motion::Up,
            (Key::Down | Key::Char('j'), false) => Motion::Down,
            (Key::PageUp, _) => Motion::PageUp,
            (Key::PageDown, _) => Motion::PageDown,
            (Key::Home, _) => Motion::First,
            (Key::End, _) => Motion::Last,
            _ => return Reaction::stay(),
        };
        if !self.list.go(motion, self.earlier.len()) && motion == Motion::Up {
            return self.to(Place::Text);
        }
        Reaction::stay()
    }

    fn to(&mut self, place: Place) -> Reaction {
        self.place = place;
        Reaction::stay()
    }

    fn selected(&self) -> Option<&Kept> {
        self.earlier.get(self.list.selected_of(self.earlier.len())?)
    }

    /// Takes the text of an earlier note into the area. What was being written is kept as a draft.
    fn change(&mut self) -> Reaction {
        let Some((id, text)) = self.selected().map(|note| (note.id, note.text.clone())) else {
            return Reaction::stay();
        };
        let draft = self.draft();
        self.area.set(&text);
        self.changing = Some(id);
        self.place = Place::Text;
        match draft {
            Some(draft) => Reaction::stay().drafting(draft),
            None => Reaction::stay(),
        }
    }

    fn delete(&mut self) -> Reaction {
        let Some(note) = self.selected() else {
            return Reaction::stay();
        };
        let answers = vec![
            (
                Choice::new('y', "Yes, delete the note", "u brings it back"),
                Answer::run(
                    Command::DeleteNote { note: note.id },
                    Said::new(
                        format!("Note on {} deleted", self.name),
                        format!("Note back again on {}", self.name),
                    ),
                ),
            ),
            (Choice::new('n', "No, leave it", ""), Answer::Leave),
        ];
        let question = format!("Delete the note by {}?", short(&note.author));
        let ask = Ask::new("Delete a note", question)
            .telling(short(&note.text), Role::Muted)
            .answers(answers, 1);
        let mut reaction = Reaction::become_layer(Layer::Ask(Box::new(ask)), Vec::new());
        reaction.drafting = self.draft();
        reaction
    }

    fn save(&mut self) -> Reaction {
        let text = self.area.text().trim().to_owned();
        let count = text.chars().count();
        if count == 0 {
            self.sending
                .say("A note needs at least one character", Role::Warning);
            return Reaction::stay();
        }
        if NOTE_CHARS_MAX < count {
            let over = time::count((count - NOTE_CHARS_MAX) as u64);
            self.sending.say(
                format!("The note is {over} characters too long"),
                Role::Danger,
            );
            return Reaction::stay();
        }
        let (command, said, undone) = match self.changing {
            Some(note) => (Command::EditNote { note, text }, "changed", "as before"),
            None => {
                let contact = self.contact;
                (Command::AddNote { contact, text }, "saved", "gone again")
            }
        };
        let said = Said::new(
            format!("Note on {} {said}", self.name),
            format!("Note {undone} on {}", self.name),
        );
        Reaction::stay().with(self.sending.send(command, said))
    }

    fn leave(&mut self) -> Reaction {
        match self.draft() {
            Some(draft) => Reaction::close().drafting(draft),
            None => Reaction::close(),
        }
    }

    /// What becomes of the text when the dialog is left: a new note is kept, a change of an old one is not.
    pub(in crate::tui) fn draft(&self) -> Option<Drafting> {
        if self.changing.is_some() {
            return None;
        }
        let text = self.area.text();
        Some(match text.trim().is_empty() {
            true => Drafting::Drop(self.key()),
            false => Drafting::Keep(self.key(), Draft::Text(text.to_owned())),
        })
    }

    fn key(&self) -> DraftKey {
        DraftKey::Note(self.contact)
    }

    fn view_status(&self, area: Rect, buf: &mut Buffer, context: &Context<'_>) {
        let theme = context.theme;
        let count = self.area.text().trim().chars().count();
        let words = format!(
            "{} of {}",
            time::count(count as u64),
            time::count(NOTE_CHARS_MAX as u64)
        );
        let role = if NOTE_CHARS_MAX < count {
            Role::Danger
        } else {
            Role::Muted
        };
        let used = put_right(buf, area, &words, theme.style(role));
        let rest = Rect {
            width: area.width.saturating_sub(used + 1),
            ..area
        };
        if let Some((words, role)) = self.sending.told() {
            put(buf, rest, words, theme.style(role));
        } else if let Some(expires) = self.expires {
            let when = match expires {
                Expires::At(moment) => format!("on {}", time::long_date(moment, context.tz)),
                Expires::DaysAfterEnd(days) => format!("{days} days after this ends"),
            };
            let words = format!("⚠ this contact expires {when}, its notes with it");
            put(buf, rest, &words, theme.style(Role::Warning));
        }
    }

    fn view_earlier(
        &self,
        area: Rect,
        buf: &mut Buffer,
        context: &Context<'_>,
    ) -> Option<Position> {
        if area.is_empty() {
            return None;
        }
        let theme = context.theme;
        let title = format!("Earlier notes ({})", self.earlier.len());
        heading(&title, area, buf, theme);
        let list = List {
            len: self.earlier.len(),
            empty: "",
            focus: match self.place {
                Place::Text => Focus::Unfocused,
                Place::Earlier => Focus::Focused,
            },
            theme,
        };
        let shown = list.view(&self.list, below(area, 1), buf, |row, place, buf| {
            if let Some(note) = self.earlier.get(row) {
                draw_earlier(note, place, buf, context);
            }
        });
        shown.cursor
    }
}

fn draw_earlier(note: &Kept, place: Rect, buf: &mut Buffer, context: &Context<'_>) {
    let date = time::long_date(note.created, context.tz);
    let whole = format!("{} {date}", short(&note.author));
    // The text is what tells notes apart.
    let by = match text::width(&whole) * 2 <= usize::from(place.width) {
        true => whole,
        false => time::short_stamp(note.created, context.present, context.tz),
    };
    let used = put_right(buf, place, &by, context.theme.style(Role::Muted));
    let room = Rect {
        width: place.width.saturating_sub(used + 2),
        ..place
    };
    put(buf, room, &note.text, context.theme.style(Role::Text));
}
