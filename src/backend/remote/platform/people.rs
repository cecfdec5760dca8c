//! Contacts: one with everything beside it, many at once, and who has or uses an identifier.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::super::super::Trouble;
use super::super::http::Failure;
use super::PlatformBackend;
use super::ask::{Query, if_any, strange};
use super::names::Names;
use crate::domain::contact::{Contact, ContactId, Note, NoteId};
use crate::domain::{Identifier, IdentifierType};
use crate::wire::contact::{Answered, Reading, answered};
use crate::wire::identifier;

const CONTACTS: &str = "/api/v2/externalcontacts/contacts";
const BULK: &str = "/api/v2/externalcontacts/bulk/contacts";
const LOOKUP: &str = "/api/v2/externalcontacts/identifierlookup/contacts";
const REVERSE: &str = "/api/v2/externalcontacts/reversewhitepageslookup";
/// Contacts that are asked for at once.
const BULK_MAX: usize = 50;
/// Notes of a page.
const NOTES: usize = 100;

/// The path of a contact.
pub(super) fn path(contact: ContactId) -> String {
    format!("{CONTACTS}/{contact}")
}

impl PlatformBackend {
    /// A contact, or the canonical one of who was merged; `None` when nobody has the id.
    pub(super) async fn person(&self, contact: ContactId) -> Result<Option<Answered>, Trouble> {
        let expand = "identifiers,externalOrganization,externalSources,division";
        let query: Query = vec![("expand", expand.to_owned())];
        let answer = self.get_if_any(&path(contact), query).await?;
        let names = self.all_names().await?;
        match answer {
            Some(value) => self.understood(value, &names).map(Some),
            None => Ok(None),
        }
    }

    /// These contacts, by the id that was asked for; those that are gone are left out.
    pub(super) async fn people(
        &self,
        ids: &[ContactId],
    ) -> Result<HashMap<ContactId, Contact>, Trouble> {
        let mut wanted = ids.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found = HashMap::new();
        for part in wanted.chunks(BULK_MAX) {
            let entities: Vec<Value> = part.iter().map(|id| json!({ "id": id })).collect();
            let answer = self
                .post_question(BULK, json!({ "entities": entities }))
                .await?;
            let results = answer.get("results").and_then(Value::as_array);
            for one in results.into_iter().flatten() {
                let id = one
                    .get("id")
                    .and_then(Value::as_str)
                    .and_then(|id| id.parse().ok());
                let person = one
                    .get("entity")
                    .and_then(|entity| answered(entity, &self.how()));
                if let (Some(id), Some(person)) = (id, person) {
                    found.insert(id, person.contact);
                }
            }
        }
        Ok(found)
    }

    /// Who has an identifier.
    pub(super) async fn holder(&self, one: &Identifier) -> Result<Option<Answered>, Trouble> {
        let mut body = identifier::to_json(one, None);
        let names = self.all_names().await?;
        if one.kind == IdentifierType::ExternalId {
            let mut list = json!([body]);
            // A source that the server does not know is nobody's.
            if names.number_sources(&mut list).is_err() {
                return Ok(None);
            }
            body = list[0].take();
        }
        // One that the API cannot look up is answered with 400: nobody has it there. Who may read contacts by the
        // older right alone may not look them up.
        match if_any(self.post_question(LOOKUP, body).await) {
            Err(Failure::Status {
                status: 400 | 403, ..
            })
            | Ok(None) => Ok(None),
            Err(failure) => Err(failure.into()),
            Ok(Some(value)) => self.understood(value, &names).map(Some),
        }
    }

    /// Who has a number or address in a field, 25 at most (`design/rules.md` §10).
    pub(super) async fn users_of(&self, one: &Identifier) -> Result<Vec<Contact>, Trouble> {
        let is_looked_up = matches!(
            one.kind,
            IdentifierType::Phone | IdentifierType::Email | IdentifierType::SocialTwitter
        );
        if !is_looked_up {
            return Ok(Vec::new());
        }
        let query = vec![("lookupVal", one.value.clone())];
        let answer = match self.get_if_any(REVERSE, query).await {
            Err(Failure::Status {
                status: 400 | 403, ..
            })
            | Ok(None) => return Ok(Vec::new()),
            answer => answer?.unwrap_or_default(),
        };
        let contacts = answer.get("contacts").and_then(Value::as_array);
        let contacts = contacts.into_iter().flatten();
        let read = contacts.filter_map(|one| answered(one, &self.how()));
        Ok(read.map(|one| one.contact).collect())
    }

    /// The notes of a contact's whole merge set, newest first.
    pub(super) async fn notes(&self, contact: ContactId) -> Result<Vec<Note>, Trouble> {
        let path = format!("{}/notes", path(contact));
        let query = vec![("expand", "author,mergeset".to_owned())];
        let found = self.listed(&path, query, NOTES).await?;
        let mut notes: Vec<Note> = found.iter().filter_map(|one| note(one, contact)).collect();
        notes.sort_by_key(|note| std::cmp::Reverse((note.created, note.id)));
        self.done_here().know_notes(&notes);
        Ok(notes)
    }

    /// How many contacts there are.
    pub(super) async fn contacts_in_all(&self) -> Result<u64, Trouble> {
        let query = vec![("pageSize", "1".to_owned()), ("pageNumber", "1".to_owned())];
        let page = self.get(CONTACTS, query).await?;
        let total = page.get("total").and_then(Value::as_u64);
        total.ok_or_else(|| strange(self, "a list without a total"))
    }

    pub(super) fn understood(&self, mut value: Value, names: &Names) -> Result<Answered, Trouble> {
        names.name_sources(&mut value);
        answered(&value, &self.how()).ok_or_else(|| strange(self, "a contact without an id"))
    }

    fn how(&self) -> Reading<'_> {
        Reading {
            region: self.reading.region.as_deref(),
            sources: &[],
        }
    }
}

fn note(value: &Value, contact: ContactId) -> Option<Note> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let id: NoteId = text("id")?.parse().ok()?;
    let moment = |name: &str| text(name).and_then(|at| at.parse().ok());
    let created = moment("createDate")?;
    let whose = text("entityId").and_then(|id| id.parse().ok());
    let author = value
        .get("createdBy")
        .and_then(|one| one.get("name")?.as_str());
    Some(Note {
        id,
        contact: whose.unwrap_or(contact),
        text: text("noteText")?.to_owned(),
        author: author.unwrap_or_default().to_owned(),
        created,
        modified: moment("modifyDate").unwrap_or(created),
    })
}
