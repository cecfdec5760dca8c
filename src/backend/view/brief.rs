//! A contact in one line, and what it is called.

use serde::{Deserialize, Serialize};

use crate::domain::contact::{Contact, ContactId, ContactType};
use crate::domain::identifier::Identifier;

/// A contact in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    pub id: ContactId,
    pub kind: ContactType,
    /// Full name; empty when nobody named the contact.
    pub name: String,
    /// The name that a conversation gives for a contact that nobody named.
    pub says: Option<String>,
    /// An identifier or address that tells it apart.
    pub detail: String,
}

impl Brief {
    /// A contact with what tells it apart: a number, else an address, else what else it is known by.
    pub fn of(contact: &Contact) -> Self {
        let fields = &contact.fields;
        let mut phones = fields.phones().into_iter();
        let phone = phones.find_map(|(_, phone)| phone.map(|one| one.display.clone()));
        let mut emails = fields.emails().into_iter();
        let email = emails.find_map(|(_, text)| text.map(str::to_owned));
        let other = || fields.identifiers().first().map(Identifier::shown);
        Self {
            id: contact.id,
            kind: contact.kind,
            name: fields.full_name(),
            says: None,
            detail: phone.or(email).or_else(other).unwrap_or_default(),
        }
    }

    /// What the contact is called, wherever it is named: its own name, else the one that its latest
    /// conversation gives, else what tells it apart; empty when there is nothing of that.
    pub fn called(&self) -> &str {
        let said = self.says.as_deref().unwrap_or_default();
        let names = [self.name.as_str(), said, &self.detail];
        let mut named = names.into_iter().map(str::trim);
        named.find(|text| !text.is_empty()).unwrap_or_default()
    }

    /// The same for the middle of a sentence, which a bare number or address would not read in.
    pub fn in_words(&self) -> String {
        let called = self.called();
        if called.is_empty() {
            return "a contact without a name".to_owned();
        }
        match called == self.detail.trim() && called != self.name.trim() {
            true => format!("the contact of {called}"),
            false => called.to_owned(),
        }
    }
}
