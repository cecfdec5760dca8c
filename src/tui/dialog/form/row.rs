//! One field of a form: what stood there, what is typed, and what is wrong with it.

use super::seed::Seed;
use crate::domain::field::{FIELDS, Field, LISTS, Shape, Value, Why, account_shown};
use crate::domain::phone::Unread;
use crate::tui::dialog::draft::DraftField;
use crate::tui::widget;

/// Sections of a form: title and first field.
pub(super) const SECTIONS: [(&str, Field); 8] = [
    ("Name", Field::FirstName),
    ("Phones", Field::WorkPhone),
    ("E-mail", Field::WorkEmail),
    ("Address", Field::Address1),
    ("Organization", Field::Organization),
    ("Social accounts", Field::Twitter),
    ("Other", Field::SurveyOptOut),
    ("Ids elsewhere", Field::ExternalIds),
];
/// A paste beyond the limit must be seen to be too long, not be cut in silence.
const BEYOND_LIMIT: usize = 200;

/// A field with its editor.
#[derive(Clone, Debug)]
pub(super) struct FormRow {
    pub field: Field,
    /// What the contact holds, as it was when the form was filled.
    pub seen: Option<Value>,
    pub editor: widget::Field,
    /// The text for `seen`: while it stands there, nothing was changed.
    original: String,
    pub note: Note,
}

/// What stands beside a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Note {
    Nothing,
    /// Something to know.
    Told(String),
    /// It works, but perhaps not as meant.
    Warned(String),
    /// It cannot be saved like this.
    Wrong(String),
    /// Somebody else changed the field meanwhile: their value in words, and its text.
    Theirs {
        words: String,
        text: String,
    },
}

/// Every field of the form, filled with what the contact holds. `organization` is the name of it.
pub(super) fn rows(own: &crate::domain::Fields, organization: Option<&str>) -> Vec<FormRow> {
    FIELDS
        .iter()
        .chain(&LISTS)
        .map(|spec| {
            let seen = own.get(spec.field);
            let text = text_of(spec.field, seen.as_ref(), organization);
            FormRow::new(spec.field, seen, &text)
        })
        .collect()
}

/// The text of a value in its field.
fn text_of(field: Field, value: Option<&Value>, organization: Option<&str>) -> String {
    match value {
        Some(Value::Organization(id)) => organization.map_or_else(|| id.to_string(), str::to_owned),
        Some(Value::Social(social)) => account_shown(field, &social.id),
        Some(value) => value.shown(field),
        None => String::new(),
    }
}

impl FormRow {
    fn new(field: Field, seen: Option<Value>, text: &str) -> Self {
        let chars = chars_max(field) + BEYOND_LIMIT;
        let editor = widget::Field::new(chars.max(text.chars().count()))
            .with_placeholder(placeholder(field))
            .with_text(text);
        Self {
            field,
            seen,
            original: editor.text().to_owned(),
            editor,
            note: Note::Nothing,
        }
    }

    pub fn is_changed(&self) -> bool {
        self.editor.text().trim() != self.original.trim()
    }

    pub fn text(&self) -> &str {
        self.editor.text().trim()
    }

    /// Fills the field before anybody typed.
    pub fn fill(&mut self, seed: &Seed) {
        self.editor.set(&seed.text);
        self.note = seed
            .note
            .map_or(Note::Nothing, |note| Note::Told(note.to_owned()));
    }

    /// Puts back what was typed before the form was left; what changed since is told.
    pub fn restore(&mut self, draft: &DraftField) {
        self.editor.set(&draft.typed);
        if draft.seen != self.seen {
            self.note = Note::Theirs {
                words: format!("changed since you typed, to {}", self.original_words()),
                text: self.original.clone(),
            };
        }
    }

    /// Takes what the contact holds now. What was typed stays; where both changed it says so.
    pub fn renew(&mut self, now: Option<Value>, organization: Option<&str>, by: &str) {
        if now == self.seen {
            return;
        }
        let text = text_of(self.field, now.as_ref(), organization);
        let fresh = Self::new(self.field, now, &text);
        if !self.is_changed() {
            *self = fresh;
            self.note = Note::Told(format!("changed by {by} just now"));
            return;
        }
        let is_same = self.text() == fresh.text();
        self.seen = fresh.seen;
        self.original = fresh.original;
        self.note = if is_same {
            Note::Nothing
        } else {
            Note::Theirs {
                words: format!("{by} changed it to {}", self.original_words()),
                text: self.original.clone(),
            }
        };
    }

    fn original_words(&self) -> &str {
        match self.original.as_str() {
            "" => "nothing",
            text => text,
        }
    }

    /// Takes the other's value instead of the own one.
    pub fn take_theirs(&mut self) -> bool {
        let Note::Theirs { text, .. } = &self.note else {
            return false;
        };
        self.editor.set(&text.clone());
        self.note = Note::Nothing;
        true
    }

    /// Reads what is typed and says beside the field what is wrong with it. `None` when it is wrong; the
    /// inner one is no value.
    pub fn read(&mut self, region: Option<&str>) -> Option<Option<Value>> {
        if !self.is_changed() {
            return Some(self.seen.clone());
        }
        let read = Value::read(self.field, self.editor.text(), region);
        let keeps = matches!(self.note, Note::Theirs { .. } | Note::Told(_));
        match read {
            Ok(value) => {
                if !keeps {
                    self.note = remark(value.as_ref(), region);
                }
                Some(value)
            }
            Err(bad) => {
                self.note = Note::Wrong(words_of(&bad.why));
                None
            }
        }
    }
}

/// What is wrong, beside the field that shows what was typed.
fn words_of(why: &Why) -> String {
    match why {
        Why::NoEmail(_) => "is not an e-mail address".to_owned(),
        Why::NoSource(_) => "needs its source: CRM-20418 (CRM)".to_owned(),
        Why::NoRegion(_) => "is not known: two letters such as IE".to_owned(),
        Why::TooLong(_) | Why::NoId | Why::NoFlag => why.to_string(),
        Why::LineBreak | Why::Control(_) => why.to_string(),
    }
}

/// What to know about a value that can be saved.
fn remark(value: Option<&Value>, region: Option<&str>) -> Note {
    let Some(Value::Phone(phone)) = value else {
        return Note::Nothing;
    };
    match phone.unread(region) {
        Some(Unread::NoCountryCode) => {
            Note::Warned("no country code: kept as typed, finds nobody".to_owned())
        }
        Some(Unread::NoNumber) => {
            Note::Warned("no phone number: kept as typed, finds nobody".to_owned())
        }
        None if phone.display != phone.typed => Note::Told(phone.display.clone()),
        None => Note::Nothing,
    }
}

fn chars_max(field: Field) -> usize {
    match field.spec().shape {
        Shape::Text(most) => most,
        Shape::Phone => 512,
        Shape::Email => 256,
        Shape::Social | Shape::Organization => 255,
        Shape::Flag => 8,
        // Ten of them.
        Shape::ExternalIds | Shape::AppleIds => 2_560,
    }
}

fn placeholder(field: Field) -> &'static str {
    match field.spec().shape {
        Shape::Phone => "with its country code",
        Shape::Organization => "the name of a known organization",
        Shape::Flag => "yes or no",
        Shape::ExternalIds => "CRM-20418 (CRM), …",
        Shape::AppleIds => "one, another",
        Shape::Text(_) | Shape::Email | Shape::Social => "",
    }
}
