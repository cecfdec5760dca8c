//! Identifiers of contacts: listed, claimed and released, and the way from an identifier to a contact.

use serde_json::{Value, json};

use super::super::call::{Answer, Call};
use super::super::problem::Problem;
use super::shown::{Expand, Resolved, find, show, show_all};
use super::{found, source_names};
use crate::backend::Backend;
use crate::domain::command::Command;
use crate::domain::contact::{Contact, ContactId};
use crate::domain::facts::{FactKey, Facts};
use crate::domain::{Field, Identifier, IdentifierType};
use crate::store::Store;
use crate::wire::identifier::{self, Operation};

/// Most contacts of a reverse lookup.
const REVERSE_MAX: usize = 25;

/// `GET contacts/{contactId}/identifiers`.
pub async fn identifiers(call: Call) -> Result<Answer, Problem> {
    let contact = found(&call, call.id(0)?, Resolved::Canonical).await?;
    let claims = call.site.store().claims(vec![contact.id]).await?;
    Ok(Answer::json(identifier::listing(&claims)))
}

/// `PATCH contacts/{contactId}/identifiers`: one claim or release.
pub async fn claim(call: Call) -> Result<Answer, Problem> {
    let id: ContactId = call.id(0)?;
    let sources = source_names(&call).await?;
    let (operation, wanted) = identifier::claim_request(&call.json()?, &sources)?;
    let (contact, identifier) = (id, wanted.clone());
    let command = match operation {
        Operation::Claim => Command::Claim {
            contact,
            identifier,
        },
        Operation::Release => Command::Release {
            contact,
            identifier,
        },
    };
    call.backend().run(command).await?;
    let contact = found(&call, id, Resolved::Canonical).await?;
    let claims = call.site.store().claims(vec![contact.id]).await?;
    let held = claims.iter().find(|(held, _)| *held == wanted);
    let claim = held.map(|(_, claim)| claim);
    Ok(Answer::json(identifier::to_json(&wanted, claim)))
}

/// `POST identifierlookup/contacts`: the canonical contact that claims an identifier.
pub async fn lookup(call: Call) -> Result<Answer, Problem> {
    let expand = Expand::of(&call, &Expand::CONTACT)?;
    let sources = source_names(&call).await?;
    let wanted = identifier::from_json(&call.json()?, &sources)?;
    let store = call.site.store();
    let keys = vec![FactKey::Claim(wanted.clone())];
    let facts = store.load(keys, Facts::default()).await?;
    let Some(claim) = facts.claim(&wanted)?.clone() else {
        return Err(Problem::not_found("a contact with this identifier"));
    };
    let contact = find(store, claim.contact, Resolved::Canonical).await?;
    Ok(Answer::json(show(store, &contact, expand).await?))
}

/// `GET reversewhitepageslookup`: Curated contacts that carry an e-mail address, a number or an X name.
pub async fn reverse(call: Call) -> Result<Answer, Problem> {
    let known = [
        "contacts.externalOrganization",
        "externalDataSources",
        "division",
    ];
    let expand = Expand::of(&call, &known)?;
    let value = call.query.required("lookupVal")?;
    let store = call.site.store();
    let mut found: Vec<Contact> = Vec::new();
    for wanted in readings(value) {
        for contact in carriers(store, &wanted).await? {
            if found.iter().all(|known| known.id != contact.id) {
                found.push(contact);
            }
        }
    }
    if let Some(name) = screen_name(value) {
        found.extend(named_on_twitter(&call, name).await?);
    }
    found.truncate(REVERSE_MAX);
    let contacts: Vec<Value> = show_all(store, &found, expand).await?;
    Ok(Answer::json(json!({ "contacts": contacts })))
}

/// What a text may be that somebody looks up.
fn readings(value: &str) -> Vec<Identifier> {
    let kinds = [IdentifierType::Email, IdentifierType::Phone];
    let read = kinds.map(|kind| Identifier::read(kind, value, None, None).ok());
    read.into_iter().flatten().collect()
}

fn screen_name(value: &str) -> Option<&str> {
    let name = value.trim().trim_start_matches('@');
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!name.is_empty() && name.chars().all(is_name)).then_some(name)
}

/// Curated contacts whose field carries the identifier, or that claim it.
async fn carriers(store: &dyn Store, wanted: &Identifier) -> Result<Vec<Contact>, Problem> {
    let keys = vec![
        FactKey::Carriers(wanted.clone()),
        FactKey::Claim(wanted.clone()),
    ];
    let facts = store.load(keys, Facts::default()).await?;
    let claim = facts.claim(wanted)?.as_ref().map(|claim| claim.contact);
    let mut ids: Vec<ContactId> = claim.into_iter().collect();
    let carriers = facts.carriers(wanted)?.iter().copied();
    ids.extend(carriers.filter(|id| Some(*id) != claim));
    let contacts = store.contacts(ids).await?;
    let is_listed = |one: &Contact| one.is_curated() && !one.is_ancestor();
    Ok(contacts.into_iter().filter(is_listed).collect())
}

/// Curated contacts with exactly this name on X, as the search finds them.
async fn named_on_twitter(call: &Call, name: &str) -> Result<Vec<Contact>, Problem> {
    let hits = call
        .backend()
        .search(name.to_owned(), REVERSE_MAX, 0)
        .await?;
    let ids = hits.hits.iter().map(|hit| hit.contact).collect();
    let contacts = call.site.store().contacts(ids).await?;
    let is_named = |contact: &Contact| {
        let handle = contact.fields.get(Field::Twitter);
        let shown = handle.map(|handle| handle.shown(Field::Twitter));
        shown.is_some_and(|shown| shown.trim_start_matches('@').eq_ignore_ascii_case(name))
    };
    Ok(contacts.into_iter().filter(is_named).collect())
}
