//! Erasing a person: lists what goes, and asks for a reason and for a word that nobody types by accident.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::sending::Sending;
use super::shell::{Shell, below, inside, paragraph, rows_of, width_on};
use super::words::{counted, name_of_profile, short};
use crate::backend::view::{ErasePreview, Profile};
use crate::domain::command::Command;
use crate::domain::contact::ContactId;
use crate::tui::context::Context;
use crate::tui::effect::{Effect, Read};
use crate::tui::input::{Input, Key, Press};
use crate::tui::layer::Reaction;
use crate::tui::load::Load;
use crate::tui::msg::Reply;
use crate::tui::pane::sign::sentence;
use crate::tui::theme::Role;
use crate::tui::widget::{Field, Hint, put};

const WIDTH: u16 = 76;
const REASON_CHARS_MAX: usize = 1_000;
/// What is typed to erase.
const WORD: &str = "ERASE";
const LABEL_COLUMNS: u16 = 12;

/// The field that has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Reason,
    Word,
}

/// The dialog.
#[derive(Clone, Debug)]
pub struct Erase {
    contact: ContactId,
    name: String,
    preview: Load<ErasePreview>,
    reason: Field,
    word: Field,
    place: Place,
    sending: Sending,
}

impl Erase {
    /// The question about the contact on the screen; nothing when it is gone.
    pub fn open(profile: &Profile, context: &Context<'_>) -> Option<(Self, Vec<Effect>)> {
        let contact = profile.contact.as_ref()?.id;
        let mut preview = Load::Empty;
        preview.begin(context.now);
        let erase = Self {
            contact,
            name: name_of_profile(profile),
            preview,
            reason: Field::new(REASON_CHARS_MAX)
                .with_placeholder("It stays in the journal: name nobody"),
            word: Field::default(),
            place: Place::Reason,
            sending: Sending::default(),
        };
        Some((erase, vec![Effect::Read(Read::ErasePreview(contact))]))
    }

    pub fn update(&mut self, input: Input, _context: &Context<'_>) -> Reaction {
        if self.sending.is_busy() {
            return Reaction::stay();
        }
        match input {
            Input::Key(press) => self.press(press),
            Input::Paste(pasted) => {
                self.sending.hush();
                self.field().paste(&pasted);
                Reaction::stay()
            }
            Input::Mouse(_) | Input::Resize { .. } => Reaction::stay(),
            Input::FocusGained | Input::FocusLost => Reaction::stay(),
        }
    }

    pub fn reply(&mut self, reply: &Reply) -> Option<Reaction> {
        if let Reply::ErasePreview(contact, result) = reply
            && *contact == self.contact
        {
            self.preview.finish(result.clone());
            return Some(Reaction::stay());
        }
        match self.sending.take(reply)? {
            Ok(_) => Some(Reaction::close()),
            Err(_) => Some(Reaction::stay()),
        }
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let width = width_on(screen, WIDTH);
        let columns = inside(width);
        let paragraphs = self.paragraphs();
        let told: u16 = paragraphs
            .iter()
            .map(|(words, _)| rows_of(words, columns))
            .sum();
        let hints = self.hints(context);
        let shell = Shell {
            title: "Erase for good",
            right: "",
            width,
            rows: told + 3,
            hints: &hints,
        };
        let inner = shell.view(screen, buf, context);
        // The fields are always in sight; words give way where there is too little room.
        let fields = inner.height.min(2);
        let mut rest = Rect {
            height: inner.height - fields,
            ..inner
        };
        for (words, role) in &paragraphs {
            rest = paragraph(buf, rest, context.theme, (words, *role));
        }
        let fields = below(inner, inner.height - fields);
        let reason = self.view_field("reason", &self.reason, fields, buf, context);
        let typed = format!("type {WORD}");
        let word = self.view_field(&typed, &self.word, below(fields, 1), buf, context);
        match self.place {
            Place::Reason => reason,
            Place::Word => word,
        }
    }

    pub fn hints(&self, _context: &Context<'_>) -> Vec<Hint> {
        if self.sending.is_busy() {
            return vec![Hint::new("…", "erasing")];
        }
        vec![
            Hint::new("Enter", "erase"),
            Hint::new("Tab", "next field"),
            Hint::new("Esc", "leave it"),
        ]
    }

    fn view_field(
        &self,
        label: &str,
        field: &Field,
        area: Rect,
        buf: &mut Buffer,
        context: &Context<'_>,
    ) -> Option<Position> {
        let area = Rect {
            height: area.height.min(1),
            ..area
        };
        let columns = LABEL_COLUMNS.min(area.width / 2);
        let text = Rect {
            x: area.x + columns,
            width: area.width - columns,
            ..area
        };
        let label_area = Rect {
            width: columns.saturating_sub(1),
            ..area
        };
        put(buf, label_area, label, context.theme.style(Role::Muted));
        field.view(text, buf, context.theme)
    }

    /// A refusal comes first: it is what the person has to read now.
    fn paragraphs(&self) -> Vec<(String, Role)> {
        let told = self.sending.told();
        let mut all: Vec<(String, Role)> = told
            .map(|(words, role)| (words.to_owned(), role))
            .into_iter()
            .collect();
        all.push((
            format!("Erase all that is known of {}?", self.name),
            Role::Text,
        ));
        if let Some(trouble) = self.preview.trouble() {
            all.push((sentence(&trouble.to_string()), Role::Danger));
        }
        // Before the counts, which are cut first where there is too little room.
        let warning = "No undo brings it back. Copies elsewhere stay, backups too.";
        all.push((warning.to_owned(), Role::Danger));
        match self.preview.value() {
            Some(preview) => all.extend(goes(preview)),
            None => all.push(("Counting what goes …".to_owned(), Role::Muted)),
        }
        all
    }

    fn press(&mut self, press: Press) -> Reaction {
        match press.key {
            Key::Esc => return Reaction::close(),
            Key::Enter => return self.send(),
            Key::Tab | Key::Down | Key::Up => {
                self.place = match self.place {
                    Place::Reason => Place::Word,
                    Place::Word => Place::Reason,
                };
            }
            _ => {
                self.sending.hush();
                self.field().apply(&press);
            }
        }
        Reaction::stay()
    }

    fn field(&mut self) -> &mut Field {
        match self.place {
            Place::Reason => &mut self.reason,
            Place::Word => &mut self.word,
        }
    }

    fn send(&mut self) -> Reaction {
        if self.reason.text().trim().is_empty() {
            self.place = Place::Reason;
            self.sending.say("An erasure needs a reason", Role::Warning);
            return Reaction::stay();
        }
        if self.word.text().trim() != WORD {
            self.place = Place::Word;
            let words = format!("Type {WORD} below to erase, or leave with Esc");
            self.sending.say(words, Role::Warning);
            return Reaction::stay();
        }
        let command = Command::Erase {
            contact: self.contact,
            reason: self.reason.text().to_owned(),
        };
        // What is said stays in the list of notices, where the name must not outlive the person.
        Reaction::stay().with(self.sending.send(command, "The person was erased"))
    }
}

/// What goes, by name and number.
fn goes(preview: &ErasePreview) -> Vec<(String, Role)> {
    let also: Vec<String> = preview
        .names
        .iter()
        .skip(1)
        .map(|name| short(name))
        .collect();
    let also = match also.is_empty() {
        true => None,
        false => Some((format!("Also known as {}", also.join(", ")), Role::Warning)),
    };
    let all = [
        (preview.contacts, "contact", "contacts"),
        (preview.identifiers, "identifier", "identifiers"),
        (preview.notes, "note", "notes"),
        (preview.conversations, "conversation", "conversations"),
        (
            preview.parts,
            "part in a conversation of others",
            "parts in conversations of others",
        ),
        (preview.visits, "web visit", "web visits"),
        (
            preview.entries,
            "entry's values in the journal",
            "entries' values in the journal",
        ),
    ];
    let all = all.into_iter().filter(|(count, ..)| 0 < *count);
    let all: Vec<String> = all
        .map(|(count, one, more)| counted(count, one, more))
        .collect();
    let goes = (format!("With them go {}", all.join(", ")), Role::Warning);
    also.into_iter().chain([goes]).collect()
}
