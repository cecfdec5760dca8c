//! Saving a form: reading every field, finding the organization, sending one command, and what to do when it
//! was refused.

use super::row::Note;
use super::{Form, Organization, Purpose, State, is_changed_meanwhile, read_again};
use crate::backend::Trouble;
use crate::domain::command::{Command, Edit, Expected};
use crate::domain::contact::{Contact, Fields, OrganizationId};
use crate::domain::field::{Field, Value};
use crate::domain::phone;
use crate::tui::context::Context;
use crate::tui::dialog::words::short;
use crate::tui::effect::{Effect, Read, Said};
use crate::tui::layer::Reaction;
use crate::tui::theme::Role;

const UNKNOWN: &str = "no organization has this name: saving again leaves it out";

impl Form {
    /// Sends what was typed, unless something is wrong with it: then the cursor goes there.
    pub(super) fn save(&mut self, context: &Context<'_>) -> Reaction {
        self.state = State::Typing;
        let values = self.read_all(context);
        if let Some(wrong) = self
            .rows
            .iter()
            .position(|row| matches!(row.note, Note::Wrong(_)))
        {
            self.focus = wrong;
            return Reaction::stay();
        }
        if let Some(effect) = self.ask_organization() {
            self.state = State::Looking;
            return Reaction::stay().with(effect);
        }
        if matches!(self.organization, Organization::Asked(_)) {
            self.state = State::Looking;
            return Reaction::stay();
        }
        if self.is_leaving_out_news() {
            return Reaction::stay();
        }
        match self.command(&values) {
            Some(command) => {
                let said = self.said(&values);
                Reaction::stay().with(self.sending.send(command, said))
            }
            None => Reaction::close(),
        }
    }

    /// Asks for the organization that was typed, once a name.
    pub(super) fn ask_organization(&mut self) -> Option<Effect> {
        let row = self
            .rows
            .iter()
            .find(|row| row.field == Field::Organization)?;
        let name = row.text().to_owned();
        let is_answered = match &self.organization {
            Organization::Unasked => false,
            Organization::Asked(asked)
            | Organization::Known(asked, _)
            | Organization::Unknown(asked) => *asked == name,
        };
        if !row.is_changed() || name.is_empty() || is_answered {
            return None;
        }
        self.organization = Organization::Asked(name.clone());
        Some(Effect::Read(Read::Organization(name)))
    }

    pub(super) fn found_organization(
        &mut self,
        name: &str,
        result: &Result<Option<OrganizationId>, Trouble>,
        context: &Context<'_>,
    ) -> Reaction {
        let was_saving = self.state == State::Looking;
        self.state = State::Typing;
        let note = match result {
            Ok(Some(id)) => {
                self.organization = Organization::Known(name.to_owned(), *id);
                Note::Told("known".to_owned())
            }
            Ok(None) => {
                self.organization = Organization::Unknown(name.to_owned());
                Note::Warned(UNKNOWN.to_owned())
            }
            Err(trouble) => {
                self.organization = Organization::Unasked;
                Note::Wrong(trouble.to_string())
            }
        };
        let at = self
            .rows
            .iter()
            .position(|row| row.field == Field::Organization);
        if let Some(row) = at.and_then(|at| self.rows.get_mut(at)) {
            row.note = note;
        }
        match (&self.organization, was_saving, at) {
            (Organization::Known(..) | Organization::Unknown(_), true, _) => self.save(context),
            (_, true, Some(at)) => {
                self.focus = at;
                Reaction::stay()
            }
            (_, true, None) | (_, false, _) => Reaction::stay(),
        }
    }

    /// A refusal is told; when somebody else was quicker, the contact is read anew to show what they wrote.
    pub(super) fn refused(&mut self, trouble: &Trouble) -> Reaction {
        let contact = self.contact().filter(|_| is_changed_meanwhile(trouble));
        match contact {
            Some(contact) => Reaction::stay().with(read_again(contact)),
            None => Reaction::stay(),
        }
    }

    pub(super) fn renew(&mut self, contact: &Contact, organization: Option<&str>) {
        let by = short(contact.modified_by.as_deref().unwrap_or("somebody"));
        for row in &mut self.rows {
            row.renew(contact.fields.get(row.field), organization, &by);
        }
        let clash = self
            .rows
            .iter()
            .position(|row| matches!(row.note, Note::Theirs { .. }));
        self.focus = clash.unwrap_or(self.focus);
        let words = format!("{by} changed it meanwhile: ^S saves what you typed, ^T takes theirs");
        self.sending.say(words, Role::Warning);
    }

    /// The region of numbers: of the country in the form, else of the session.
    pub(super) fn region(&self, context: &Context<'_>) -> Option<String> {
        let country = self.rows.iter().find(|row| row.field == Field::CountryCode);
        let typed = country
            .map(|row| row.text())
            .filter(|text| phone::is_region(text));
        typed.or(context.region).map(str::to_owned)
    }

    /// An organization that nobody has is left out, but not before the person was told.
    fn is_leaving_out_news(&mut self) -> bool {
        let at = self
            .rows
            .iter()
            .position(|row| row.field == Field::Organization);
        let Some((at, row)) = at.and_then(|at| Some((at, self.rows.get_mut(at)?))) else {
            return false;
        };
        let name = row.text().to_owned();
        let is_unknown =
            row.is_changed() && self.organization == Organization::Unknown(name.clone());
        if !is_unknown || self.left_out.as_ref() == Some(&name) {
            return false;
        }
        row.note = Note::Warned(UNKNOWN.to_owned());
        self.focus = at;
        self.left_out = Some(name);
        true
    }

    fn read_all(&mut self, context: &Context<'_>) -> Vec<(Field, Option<Value>)> {
        let region = self.region(context);
        let mut values = Vec::new();
        for index in 0..self.rows.len() {
            let field = self.rows[index].field;
            if field == Field::Organization {
                // What was wrong was the asking; it is asked again.
                if matches!(self.rows[index].note, Note::Wrong(_)) {
                    self.rows[index].note = Note::Nothing;
                }
                values.push((field, self.organization_value(index)));
                continue;
            }
            let is_missing = self.is_required(field) && self.rows[index].text().is_empty();
            let read = self.rows[index].read(region.as_deref());
            if is_missing {
                self.rows[index].note = Note::Wrong("required".to_owned());
            }
            values.extend(read.map(|value| (field, value)));
        }
        values
    }

    /// What to save as the organization: one that is not known leaves what stood there.
    fn organization_value(&self, index: usize) -> Option<Value> {
        let row = &self.rows[index];
        match &self.organization {
            _ if !row.is_changed() => row.seen.clone(),
            _ if row.text().is_empty() => None,
            Organization::Known(name, id) if name == row.text() => Some(Value::Organization(*id)),
            Organization::Known(..)
            | Organization::Unknown(_)
            | Organization::Asked(_)
            | Organization::Unasked => row.seen.clone(),
        }
    }

    /// The command; nothing when an edit changes nothing.
    fn command(&self, values: &[(Field, Option<Value>)]) -> Option<Command> {
        match self.purpose {
            Purpose::Create(link) => {
                let mut fields = Fields::default();
                for (field, value) in values {
                    fields.set(*field, value.clone());
                }
                let fields = Box::new(fields);
                Some(Command::Create { fields, link })
            }
            Purpose::Promote(contact) => {
                let edits = self.edits(values);
                Some(Command::Promote { contact, edits })
            }
            Purpose::Edit(contact) => {
                let edits = self.edits(values);
                (!edits.is_empty()).then_some(Command::Edit { contact, edits })
            }
        }
    }

    fn edits(&self, values: &[(Field, Option<Value>)]) -> Vec<Edit> {
        let changed = values.iter().filter_map(|(field, value)| {
            let row = self.rows.iter().find(|row| row.field == *field)?;
            (row.seen != *value).then(|| Edit {
                field: *field,
                before: Expected::Exactly(row.seen.clone()),
                after: value.clone(),
            })
        });
        changed.collect()
    }

    fn said(&self, values: &[(Field, Option<Value>)]) -> Said {
        let mut fields = Fields::default();
        for (field, value) in values {
            fields.set(*field, value.clone());
        }
        let name = fields.full_name();
        let name = if name.is_empty() {
            "Contact".to_owned()
        } else {
            short(&name)
        };
        match self.purpose {
            Purpose::Promote(_) => Said::new(
                format!("{name} added to contacts"),
                format!("no longer in the contacts: {name}"),
            ),
            Purpose::Create(Some(_)) => Said::new(
                format!("{name} created and linked"),
                format!("gone again: {name}, and the conversation is where it was"),
            ),
            Purpose::Create(None) => {
                Said::new(format!("{name} created"), format!("gone again: {name}"))
            }
            Purpose::Edit(_) => Said::new(
                format!("{name} edited"),
                format!("as before the edit: {name}"),
            ),
        }
    }
}
