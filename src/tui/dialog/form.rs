//! The form of a contact: Add to contacts, New contact and Edit.
//!
//! Each field is read where it stands, so that what is wrong is seen before anything is sent. What somebody
//! else changed meanwhile is shown beside what was typed; nothing typed is ever lost without a word.

use std::cell::{Cell, RefCell};

use ratatui::layout::Rect;

use super::draft::{Draft, DraftKey, Drafting};
use super::sending::Sending;
use super::words::{name_of_profile, short};
use crate::backend::Trouble;
use crate::backend::view::Profile;
use crate::domain::Refusal;
use crate::domain::contact::{Contact, ContactId, Fields, OrganizationId};
use crate::domain::conversation::ConversationId;
use crate::domain::field::Field;
use crate::tui::context::Context;
use crate::tui::effect::{Effect, Read};
use crate::tui::input::{Input, Key, Press};
use crate::tui::layer::Reaction;
use crate::tui::msg::Reply;
use crate::tui::theme::Role;
use crate::tui::widget::{Edited, Hint};

mod row;
mod save;
mod seed;
mod steps;
mod view;

use row::{FormRow, Note};

/// What the form is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Promote(ContactId),
    /// A new contact; the conversation is linked to it.
    Create(Option<ConversationId>),
    Edit(ContactId),
}

/// What the form is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Typing,
    /// It asks what to do with what was typed.
    Leaving,
    /// It waits for the organization before it saves.
    Looking,
}

/// What is known of the organization that was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Organization {
    Unasked,
    Asked(String),
    Known(String, OrganizationId),
    /// Nobody has the name.
    Unknown(String),
}

/// A form.
#[derive(Clone, Debug)]
pub struct Form {
    purpose: Purpose,
    title: String,
    about: String,
    rows: Vec<FormRow>,
    /// The field with the cursor; behind the last one is *Save*.
    focus: usize,
    top: Cell<usize>,
    /// Where the last frame has fields, and *Save*, for clicks.
    places: RefCell<Vec<(usize, Rect)>>,
    organization: Organization,
    /// The name that was told to be unknown, so that saving again leaves it out.
    left_out: Option<String>,
    state: State,
    sending: Sending,
    /// Somebody typed: leaving asks.
    is_touched: bool,
}

impl Form {
    /// Add to contacts; nothing when the contact is gone. `typed` comes from the search box.
    pub fn promote(typed: &str, context: &Context<'_>) -> Option<(Self, Vec<Effect>)> {
        let profile = context.scene.profile?;
        let contact = profile.contact.as_ref()?;
        let rows = row::rows(&contact.fields, profile.organization.as_deref());
        let mut form = Self::new(Purpose::Promote(contact.id), "Add to contacts", rows);
        form.about = format!("{} · {}", name_of_profile(profile), contact.kind.name());
        form.fill_from(profile, &contact.fields);
        form.fill_typed(typed, context);
        Some(form.opened(context))
    }

    /// New contact, linked to the conversation on the screen.
    pub fn create(typed: &str, context: &Context<'_>) -> (Self, Vec<Effect>) {
        let profile = context.scene.profile;
        let link = profile.and_then(|profile| profile.conversation);
        let rows = row::rows(&Fields::default(), None);
        let mut form = Self::new(Purpose::Create(link), "New contact", rows);
        if link.is_some() {
            form.about = format!("linked to {}", context.conversation_words());
        }
        // Somebody who makes a new contact of a name means that name, not the one that the conversation gives.
        form.fill(&seed::split_name(typed));
        if let Some(profile) = profile.filter(|_| link.is_some()) {
            form.fill_from(profile, &Fields::default());
        }
        form.fill_typed(typed, context);
        form.opened(context)
    }

    /// Edit of the contact on the screen.
    pub fn edit(context: &Context<'_>) -> Option<(Self, Vec<Effect>)> {
        let profile = context.scene.profile?;
        let contact = profile.contact.as_ref()?;
        let rows = row::rows(&contact.fields, profile.organization.as_deref());
        let title = format!("Edit {}", name_of_profile(profile));
        let mut form = Self::new(Purpose::Edit(contact.id), &title, rows);
        form.about = about_edit(contact);
        Some(form.opened(context))
    }

    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        match input {
            Input::Key(press) if self.state == State::Leaving => self.answer_leaving(press),
            Input::Key(press) => self.press(press, context),
            Input::Paste(pasted) => {
                let edited = match self.rows.get_mut(self.focus) {
                    Some(row) if !self.sending.is_busy() => row.editor.paste(&pasted),
                    Some(_) | None => Edited::Ignored,
                };
                self.edited(edited);
                Reaction::stay()
            }
            Input::Mouse(mouse) => self.click(mouse, context),
            Input::Resize { .. } | Input::FocusGained | Input::FocusLost => Reaction::stay(),
        }
    }

    /// What came of saving, of the organization, or of reading the contact anew.
    pub fn reply(&mut self, reply: &Reply, context: &Context<'_>) -> Option<Reaction> {
        if let Some(result) = self.sending.take(reply) {
            return Some(match result {
                Ok(_) => Reaction::close().drafting(Drafting::Drop(self.key())),
                Err(trouble) => self.refused(trouble),
            });
        }
        match reply {
            Reply::Organization(name, result)
                if self.organization == Organization::Asked(name.clone()) =>
            {
                Some(self.found_organization(name, result, context))
            }
            Reply::Other(id, Ok(profile)) if self.contact() == Some(*id) => {
                let contact = profile.contact.as_ref()?;
                self.renew(contact, profile.organization.as_deref());
                Some(Reaction::stay())
            }
            _ => None,
        }
    }

    pub fn hints(&self, _context: &Context<'_>) -> Vec<Hint> {
        if self.sending.is_busy() {
            return vec![Hint::new("…", "saving")];
        }
        if self.state == State::Leaving {
            return vec![
                Hint::new("y", "keep for later"),
                Hint::new("n", "throw away"),
                Hint::new("Esc", "type on"),
            ];
        }
        let mut hints = vec![Hint::new("^S", "save"), Hint::new("Tab", "next")];
        if self.is_theirs() {
            hints.push(Hint::new("^T", "take theirs"));
        }
        hints.push(Hint::new("PgDn", "section"));
        hints.push(Hint::new("Esc", "leave"));
        hints
    }

    fn new(purpose: Purpose, title: &str, rows: Vec<FormRow>) -> Self {
        Self {
            purpose,
            title: title.to_owned(),
            about: String::new(),
            rows,
            focus: 0,
            top: Cell::new(0),
            places: RefCell::default(),
            organization: Organization::Unasked,
            left_out: None,
            state: State::Typing,
            sending: Sending::default(),
            is_touched: false,
        }
    }

    /// The form as it opens: with the draft of an earlier visit, and the cursor where something is missing.
    fn opened(mut self, context: &Context<'_>) -> (Self, Vec<Effect>) {
        if let Some(Draft::Form(fields)) = context.drafts.get(self.key()) {
            for draft in fields {
                if let Some(row) = self.rows.iter_mut().find(|row| row.field == draft.field) {
                    row.restore(draft);
                }
            }
            self.is_touched = true;
            self.sending
                .say("What you typed before is back", Role::Good);
        }
        let missing = self
            .rows
            .iter()
            .position(|row| self.is_required(row.field) && row.text().is_empty());
        self.focus = missing.unwrap_or(0);
        (self, Vec::new())
    }

    /// Fills in what the conversation provided. Its name is not mixed with one that stands there.
    fn fill_from(&mut self, profile: &Profile, own: &Fields) {
        let held = self.held();
        let taken: Vec<Field> = held.into_iter().map(|(field, _)| field).collect();
        let is_name = |field: &Field| matches!(field, Field::FirstName | Field::LastName);
        let has_name = taken.iter().any(is_name);
        let mut seeds = seed::from_conversation(profile, own, &taken);
        seeds.retain(|seed| !has_name || !is_name(&seed.field));
        self.fill(&seeds);
    }

    /// Fills in what was typed into the search box, where nothing stands yet.
    fn fill_typed(&mut self, typed: &str, context: &Context<'_>) {
        self.fill(&seed::from_typed(typed, context.region, &self.held()));
    }

    /// The fields that are not empty, with their texts.
    fn held(&self) -> Vec<(Field, String)> {
        let held = self.rows.iter().filter(|row| !row.text().is_empty());
        held.map(|row| (row.field, row.text().to_owned())).collect()
    }

    /// Fills fields that are empty still: what the contact holds is not pushed out.
    fn fill(&mut self, seeds: &[seed::Seed]) {
        for seed in seeds {
            let row = self.rows.iter_mut().find(|row| row.field == seed.field);
            if let Some(row) = row.filter(|row| row.text().is_empty()) {
                row.fill(seed);
            }
        }
    }

    fn press(&mut self, press: Press, context: &Context<'_>) -> Reaction {
        if press.key == Key::Esc {
            return self.leave();
        }
        if self.sending.is_busy() {
            return Reaction::stay();
        }
        match (press.key, press.ctrl, press.alt) {
            (Key::Char('s'), true, false) => return self.save(context),
            (Key::Enter, false, false) if self.focus == self.rows.len() => {
                return self.save(context);
            }
            (Key::Char('t'), true, false) => {
                let taken = self
                    .rows
                    .get_mut(self.focus)
                    .is_some_and(FormRow::take_theirs);
                self.is_touched |= taken;
                return Reaction::stay();
            }
            (Key::Tab, false, false) if press.shift => {
                return self.go(self.focus.saturating_sub(1), context);
            }
            (Key::Up, false, false) => return self.go(self.focus.saturating_sub(1), context),
            (Key::Tab | Key::Down | Key::Enter, false, false) => {
                return self.go(self.focus + 1, context);
            }
            (Key::PageDown, false, false) => return self.go(self.next_section(), context),
            (Key::PageUp, false, false) => return self.go(self.section_before(), context),
            _ => {}
        }
        let edited = match self.rows.get_mut(self.focus) {
            Some(row) => type_into(row, &press),
            None => Edited::Ignored,
        };
        self.edited(edited);
        Reaction::stay()
    }

    fn edited(&mut self, edited: Edited) {
        if edited != Edited::Changed {
            return;
        }
        self.is_touched = true;
        self.state = State::Typing;
        self.sending.hush();
        if let Some(row) = self
            .rows
            .get_mut(self.focus)
            .filter(|row| !matches!(row.note, Note::Theirs { .. }))
        {
            row.note = Note::Nothing;
        }
    }

    fn key(&self) -> DraftKey {
        match self.purpose {
            Purpose::Promote(contact) => DraftKey::Promote(contact),
            Purpose::Create(link) => DraftKey::Create(link),
            Purpose::Edit(contact) => DraftKey::Edit(contact),
        }
    }

    fn contact(&self) -> Option<ContactId> {
        match self.purpose {
            Purpose::Promote(contact) | Purpose::Edit(contact) => Some(contact),
            Purpose::Create(_) => None,
        }
    }

    fn is_required(&self, field: Field) -> bool {
        let is_new = match self.purpose {
            Purpose::Promote(_) | Purpose::Create(_) => true,
            Purpose::Edit(_) => false,
        };
        is_new && matches!(field, Field::FirstName | Field::LastName)
    }

    fn is_theirs(&self) -> bool {
        self.rows
            .get(self.focus)
            .is_some_and(|row| matches!(row.note, Note::Theirs { .. }))
    }
}

fn about_edit(contact: &Contact) -> String {
    match &contact.modified_by {
        Some(by) => format!("{} · last changed by {}", contact.kind.name(), short(by)),
        None => contact.kind.name().to_owned(),
    }
}

/// A press in a field; the blank turns a yes into a no.
fn type_into(row: &mut FormRow, press: &Press) -> Edited {
    let is_flag = row.field.spec().shape == crate::domain::field::Shape::Flag;
    if is_flag && press.typed() == Some(' ') {
        let next = match row.text() {
            "" => "yes",
            "yes" => "no",
            _ => "",
        };
        row.editor.set(next);
        return Edited::Changed;
    }
    row.editor.apply(press)
}

/// The refusals that a form knows to answer are handled in `save`; the others are told as they are.
fn is_changed_meanwhile(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Refused(refusal) => matches!(**refusal, Refusal::ChangedMeanwhile { .. }),
        Trouble::Broken(_) | Trouble::NotFound(_) | Trouble::Offline(_) => false,
        Trouble::Limited(_) | Trouble::Unknown { .. } => false,
    }
}

/// Reads the contact anew.
fn read_again(contact: ContactId) -> Effect {
    Effect::Read(Read::Other(contact))
}
