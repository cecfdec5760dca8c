//! Exporting a person: asks for the name of the file that is made.

use std::path::PathBuf;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::shell::{Shell, below, inside, paragraph, rows_of, width_on};
use super::words::name_of_profile;
use crate::backend::view::Profile;
use crate::domain::contact::ContactId;
use crate::tui::context::Context;
use crate::tui::effect::{Effect, Read};
use crate::tui::input::{Input, Key, Press};
use crate::tui::layer::Reaction;
use crate::tui::msg::Reply;
use crate::tui::pane::sign::sentence;
use crate::tui::theme::Role;
use crate::tui::widget::{Field, Hint};

const WIDTH: u16 = 72;
const FILE_CHARS_MAX: usize = 1_000;

/// The dialog.
#[derive(Clone, Debug)]
pub struct Export {
    contact: ContactId,
    name: String,
    file: Field,
    /// The file that is being made.
    asked: Option<PathBuf>,
    told: Option<(String, Role)>,
    is_done: bool,
}

impl Export {
    /// The question about the contact on the screen; nothing when it is gone.
    pub fn open(profile: &Profile) -> Option<Self> {
        let contact = profile.contact.as_ref()?.id;
        let id = contact.to_string();
        // The end of an id tells more than its beginning, which is a time.
        let end = id.rsplit('-').next().unwrap_or(&id);
        let file = format!("person-{end}.json");
        Some(Self {
            contact,
            name: name_of_profile(profile),
            file: Field::new(FILE_CHARS_MAX).with_text(&file),
            asked: None,
            told: None,
            is_done: false,
        })
    }

    pub fn update(&mut self, input: Input, _context: &Context<'_>) -> Reaction {
        match input {
            Input::Key(press) => self.press(press),
            Input::Paste(pasted) if !self.is_over() => {
                self.file.paste(&pasted);
                Reaction::stay()
            }
            Input::Paste(_) | Input::Mouse(_) | Input::Resize { .. } => Reaction::stay(),
            Input::FocusGained | Input::FocusLost => Reaction::stay(),
        }
    }

    pub fn reply(&mut self, reply: &Reply) -> Option<Reaction> {
        let Reply::Exported(contact, file, result) = reply else {
            return None;
        };
        if *contact != self.contact || self.asked.as_ref() != Some(file) {
            return None;
        }
        self.asked = None;
        self.is_done = result.is_ok();
        self.told = Some(match result {
            Ok(()) => (
                "The file is made; only you may read it".to_owned(),
                Role::Good,
            ),
            Err(trouble) => (sentence(&trouble.to_string()), Role::Danger),
        });
        Some(Reaction::stay())
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let width = width_on(screen, WIDTH);
        let columns = inside(width);
        let name = &self.name;
        let question = format!("Write everything that is known of {name} into a new file:");
        let told = self
            .told
            .as_ref()
            .map(|(words, role)| (words.as_str(), *role));
        let words: Vec<(&str, Role)> = told
            .into_iter()
            .chain([(question.as_str(), Role::Text)])
            .collect();
        let rows: u16 = words.iter().map(|(words, _)| rows_of(words, columns)).sum();
        let hints = self.hints(context);
        let shell = Shell {
            title: "Export",
            right: "",
            width,
            rows: rows + 1,
            hints: &hints,
        };
        let inner = shell.view(screen, buf, context);
        let field = inner.height.min(1);
        let mut rest = Rect {
            height: inner.height - field,
            ..inner
        };
        for words in words {
            rest = paragraph(buf, rest, context.theme, words);
        }
        self.file
            .view(below(inner, inner.height - field), buf, context.theme)
    }

    pub fn hints(&self, _context: &Context<'_>) -> Vec<Hint> {
        match (self.asked.is_some(), self.is_done) {
            (true, _) => vec![Hint::new("…", "writing")],
            (false, true) => vec![Hint::new("Esc", "close")],
            (false, false) => vec![Hint::new("Enter", "write"), Hint::new("Esc", "leave it")],
        }
    }

    fn is_over(&self) -> bool {
        self.asked.is_some() || self.is_done
    }

    fn press(&mut self, press: Press) -> Reaction {
        match press.key {
            Key::Esc => Reaction::close(),
            Key::Enter if self.is_done => Reaction::close(),
            _ if self.is_over() => Reaction::stay(),
            Key::Enter if self.file.text().trim().is_empty() => {
                self.told = Some(("The file needs a name".to_owned(), Role::Warning));
                Reaction::stay()
            }
            Key::Enter => {
                let file = PathBuf::from(self.file.text().trim());
                self.asked = Some(file.clone());
                self.told = None;
                Reaction::stay().with(Effect::Read(Read::Export(self.contact, file)))
            }
            _ => {
                self.told = None;
                self.file.apply(&press);
                Reaction::stay()
            }
        }
    }
}
