//! The export of a person: everything that is known over the merge set, in the API's shapes where it has one
//! (`design/rules.md` §7). The same person in the same state gives the same bytes.

use serde_json::{Value, json};

use super::contact::Shown;
use super::{contact, conversation, identifier, message, note, visit};
use crate::domain::command::{Action, EntryId};
use crate::domain::contact::{Contact, ContactId, Note, Organization};
use crate::domain::conversation::ConversationId;
use crate::domain::facts::VisitRecord;
use crate::domain::reason::{Claim, Link};
use crate::domain::transcript::Message;
use crate::domain::{Change, ConversationRecord, Identifier, Moment};

/// Everything that is known of a person, in the order in which it is written.
pub struct Person {
    /// When it was put together.
    pub at: Moment,
    /// The merge set, the canonical contact first.
    pub contacts: Vec<Contact>,
    pub claims: Vec<(Identifier, Claim)>,
    pub organizations: Vec<Organization>,
    pub notes: Vec<Note>,
    /// Each with what was said in it, as far as that is kept.
    pub conversations: Vec<(ConversationRecord, Vec<Message>)>,
    pub visits: Vec<VisitRecord>,
    pub history: Vec<Past>,
}

/// A journal entry that speaks of the person.
pub struct Past {
    pub entry: EntryId,
    pub at: Moment,
    pub actor: String,
    pub action: Action,
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    pub undoes: Option<EntryId>,
    pub undone_by: Option<EntryId>,
    /// `None` when the values are no longer kept.
    pub changes: Option<Vec<Change>>,
}

/// Writes the document.
pub fn to_json(person: &Person) -> Value {
    let set: Vec<ContactId> = person.contacts.iter().map(|one| one.id).collect();
    let contacts = person
        .contacts
        .iter()
        .map(|one| contact_json(one, person, &set));
    let identifiers = person.claims.iter().map(|(identifier, claim)| {
        let mut written = identifier::to_json(identifier, Some(claim));
        written["contactId"] = json!(claim.contact);
        written["verified"] = json!(claim.trust == crate::domain::conversation::Trust::Verified);
        written
    });
    json!({
        "exportedDate": person.at.to_string(),
        "contactId": set.first(),
        "mergeSet": set,
        "contacts": contacts.collect::<Vec<_>>(),
        "identifiers": identifiers.collect::<Vec<_>>(),
        "organizations": person.organizations.iter().map(organization_json).collect::<Vec<_>>(),
        "notes": person.notes.iter().map(note::to_json).collect::<Vec<_>>(),
        "conversations": person.conversations.iter().map(conversation_json).collect::<Vec<_>>(),
        "visits": person.visits.iter().map(visit_json).collect::<Vec<_>>(),
        "history": person.history.iter().map(past_json).collect::<Vec<_>>(),
    })
}

fn contact_json(one: &Contact, person: &Person, set: &[ContactId]) -> Value {
    let claims = person.claims.iter();
    let own: Vec<_> = claims
        .filter(|(_, claim)| claim.contact == one.id)
        .cloned()
        .collect();
    let of = one.fields.organization;
    let mut organizations = person.organizations.iter();
    let is_merged = 1 < set.len();
    contact::to_json(&Shown {
        contact: one,
        claims: &own,
        organization: organizations.find(|organization| Some(organization.id) == of),
        merge_set: if is_merged { set } else { &[] },
        canonical: set.first().copied().filter(|_| is_merged),
    })
}

fn organization_json(organization: &Organization) -> Value {
    let mut written = Value::Object(organization.rest.clone());
    written["id"] = json!(organization.id);
    written["name"] = json!(organization.name);
    written["createDate"] = json!(organization.created.to_string());
    written
}

fn conversation_json((record, said): &(ConversationRecord, Vec<Message>)) -> Value {
    let own = [(None, &record.link)].into_iter();
    let others = record.others.iter();
    let others = others.map(|(participant, link)| (Some(participant.as_str()), link));
    let links = own
        .chain(others)
        .map(|(participant, link)| link_json(participant, link));
    let wrapup = record.wrapup.as_ref().map(|wrapup| {
        json!({"wrapUpCode": wrapup.code, "notes": wrapup.notes, "by": wrapup.by, "at": wrapup.at.to_string()})
    });
    json!({
        "conversation": conversation::to_json(&record.conversation),
        "messages": said.iter().map(message::to_json).collect::<Vec<_>>(),
        "links": links.collect::<Vec<_>>(),
        "wrapup": wrapup,
    })
}

fn visit_json(record: &VisitRecord) -> Value {
    json!({
        "session": visit::to_json(&record.visit),
        "links": [link_json(None, &record.link)],
    })
}

fn link_json(participant: Option<&str>, link: &Link) -> Value {
    let reason = &link.reason;
    let provided = reason.provided.iter().map(|one| {
        let mut written = identifier::to_json(&one.identifier, None);
        written["typed"] = json!(one.typed);
        written
    });
    json!({
        "participantId": participant,
        "contactId": link.contact,
        "rule": reason.rule.name(),
        "provided": provided.collect::<Vec<_>>(),
        "decided": reason.decided,
        "by": reason.actor,
        "at": reason.at.to_string(),
    })
}

fn past_json(past: &Past) -> Value {
    json!({
        "entry": past.entry,
        "at": past.at.to_string(),
        "by": past.actor,
        "action": past.action.name(),
        "contactId": past.contact,
        "conversationId": past.conversation,
        "undoes": past.undoes,
        "undoneBy": past.undone_by,
        "kept": past.changes.is_some(),
        "changes": past.changes,
    })
}
