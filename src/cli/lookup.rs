//! Contacts and conversations as they are printed: raw facts of the store put together, names in place of ids.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::session::Session;
use super::trouble::Usage;
use crate::backend::Trouble;
use crate::backend::local::LocalBackend;
use crate::backend::view::Past;
use crate::domain::contact::{Contact, ContactId};
use crate::domain::conversation::ConversationId;
use crate::domain::{ConversationRecord, Permission, Refusal};
use crate::store::{NameKind, Store, StoreError};
use crate::wire::contact::Shown;
use crate::wire::journey::ConversationView;

/// Most steps up a merge tree: a set has at most 52 contacts.
const STEPS_MAX: usize = 64;
/// Names listed when one is not known.
const NAMES_SHOWN: usize = 12;

/// Which record an id stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// The head of its merge tree.
    Canonical,
    /// Exactly the record with the id.
    Exact,
}

/// The contact that `id` stands for.
pub async fn contact(
    store: &dyn Store,
    id: ContactId,
    resolved: Resolved,
) -> Result<Contact, Trouble> {
    let mut wanted = id;
    for _ in 0..STEPS_MAX {
        let found = store.contacts(vec![wanted]).await?.into_iter().next();
        let found = found.ok_or(Refusal::NoContact(id))?;
        match (resolved, found.merged_to) {
            (Resolved::Canonical, Some(into)) => wanted = into,
            (Resolved::Canonical, None) | (Resolved::Exact, _) => return Ok(found),
        }
    }
    Err(Trouble::Broken(format!(
        "the merge tree of {id} has no head; run `scv check`"
    )))
}

/// `ExternalContact` with claims, organization and merge relations.
pub async fn external_contact(store: &dyn Store, contact: &Contact) -> Result<Json, Trouble> {
    let head = self::contact(store, contact.id, Resolved::Canonical).await?;
    let merge_set = match head.merged_from.is_empty() {
        true => Vec::new(),
        false => merge_set(store, &head).await?,
    };
    let claims = store.claims(vec![contact.id]).await?;
    let ids = contact.fields.organization.into_iter().collect();
    let organizations = store.organizations(ids).await?;
    Ok(crate::wire::contact::to_json(&Shown {
        contact,
        claims: &claims,
        organization: organizations.first(),
        merge_set: &merge_set,
        canonical: (!merge_set.is_empty()).then_some(head.id),
    }))
}

/// `ExternalContact` as it stood at a past moment, with the moment.
pub fn contact_then(past: &Past, contact: &Contact) -> Json {
    let mut merge_set = vec![contact.id];
    merge_set.extend(&past.profile.ancestors);
    if past.profile.ancestors.is_empty() {
        merge_set.clear();
    }
    let mut shown = crate::wire::contact::to_json(&Shown {
        contact,
        claims: &past.claims,
        organization: past.organization.as_ref(),
        merge_set: &merge_set,
        canonical: (!merge_set.is_empty()).then_some(contact.id),
    });
    if let Some(members) = shown.as_object_mut() {
        members.insert("asOf".to_owned(), past.at.to_string().into());
    }
    shown
}

/// Every contact of the tree under `head`, itself first.
async fn merge_set(store: &dyn Store, head: &Contact) -> Result<Vec<ContactId>, StoreError> {
    let mut set = vec![head.id];
    let mut next = head.merged_from.clone();
    for _ in 0..STEPS_MAX {
        if next.is_empty() {
            break;
        }
        set.extend(next.iter().copied());
        let level = store.contacts(next).await?;
        next = level
            .into_iter()
            .flat_map(|contact| contact.merged_from)
            .collect();
    }
    Ok(set)
}

/// A conversation; a refusal when it is not known.
pub async fn record(store: &dyn Store, id: ConversationId) -> Result<ConversationRecord, Trouble> {
    let record = store.conversation(id).await?;
    record.ok_or_else(|| Refusal::NoConversation(id).into())
}

/// A conversation with its link as it is printed; parts that the role may not see are left out.
pub async fn conversation_json(
    session: &Session,
    backend: &LocalBackend,
    record: &ConversationRecord,
) -> anyhow::Result<Json> {
    let store = backend.store().as_ref();
    let linked = record.link.contact;
    // A contact that is gone is its own head: the link still says where it led.
    let canonical = match contact(store, linked, Resolved::Canonical).await {
        Ok(contact) => contact.id,
        Err(Trouble::Refused(_)) => linked,
        Err(trouble) => return Err(trouble.into()),
    };
    record_json(session, backend, record, canonical).await
}

/// The same for a record that leads to a known canonical contact.
pub async fn record_json(
    session: &Session,
    backend: &LocalBackend,
    record: &ConversationRecord,
    canonical: ContactId,
) -> anyhow::Result<Json> {
    let names = Names::read(backend.store().as_ref()).await?;
    let parts = names.parts(session, record);
    let view = ConversationView {
        conversation: &record.conversation,
        contact: record.link.contact,
        canonical,
        reason: &record.link.reason,
        status: record.status(),
        queue: parts.queue.as_deref(),
        agent: parts.agent.as_deref(),
        wrapup_code: parts.wrapup_code.as_deref(),
        notes: record.wrapup_notes(),
    };
    Ok(serde_json::to_value(crate::wire::journey::conversation(
        &view,
    ))?)
}

/// Names of the organization by kind and id.
pub struct Names(HashMap<(NameKind, String), String>);

/// Queue, agent and code of a conversation, by name.
pub struct Parts {
    pub queue: Option<String>,
    pub agent: Option<String>,
    pub wrapup_code: Option<String>,
}

impl Names {
    pub async fn read(store: &dyn Store) -> Result<Self, StoreError> {
        let names = store.names().await?.into_iter();
        Ok(Self(
            names
                .map(|name| ((name.kind, name.id), name.name))
                .collect(),
        ))
    }

    /// The name of an id; the id itself when nobody named it.
    pub fn of(&self, kind: NameKind, id: &str) -> String {
        let known = self.0.get(&(kind, id.to_owned()));
        known.cloned().unwrap_or_else(|| id.to_owned())
    }

    pub fn parts(&self, session: &Session, record: &ConversationRecord) -> Parts {
        let role = &session.actor.role;
        let conversation = &record.conversation;
        let queue = conversation
            .queue()
            .filter(|_| role.may(Permission::QueueView));
        let code = record
            .wrapup_code()
            .filter(|_| role.may(Permission::WrapupCodeView));
        let agent = conversation.agent().and_then(|agent| {
            let user = agent.user.as_deref();
            let known = user.and_then(|id| self.0.get(&(NameKind::User, id.to_owned())));
            known
                .cloned()
                .or_else(|| agent.name.clone())
                .or_else(|| user.map(str::to_owned))
        });
        Parts {
            queue: queue.map(|id| self.of(NameKind::Queue, id)),
            agent,
            wrapup_code: code.map(|id| self.of(NameKind::WrapupCode, id)),
        }
    }

    /// The id of a wrap-up code by its name in any case, or by its id.
    pub fn code(&self, wanted: &str) -> Result<String, Usage> {
        let folded = wanted.trim().to_lowercase();
        let codes = || {
            self.0
                .iter()
                .filter(|((kind, _), _)| *kind == NameKind::WrapupCode)
        };
        let found = codes()
            .find(|((_, id), name)| name.to_lowercase() == folded || id.to_lowercase() == folded);
        if let Some(((_, id), _)) = found {
            return Ok(id.clone());
        }
        let mut known: Vec<&str> = codes().map(|(_, name)| name.as_str()).collect();
        known.sort_unstable();
        let more = known.len().saturating_sub(NAMES_SHOWN);
        known.truncate(NAMES_SHOWN);
        let known = match (known.is_empty(), more) {
            (true, _) => "none is known; `scv ingest --names` brings them in".to_owned(),
            (false, 0) => format!("known are {}", known.join(", ")),
            (false, more) => format!("known are {} and {more} more", known.join(", ")),
        };
        Err(Usage(format!(
            "no wrap-up code is named {wanted:?}; {known}"
        )))
    }
}

/// The name of a contact for a sentence, else what stands for it.
pub fn called(contact: &Contact) -> String {
    let name = contact.fields.full_name();
    if !name.is_empty() {
        return name;
    }
    let identifier = contact.fields.identifiers().into_iter().next();
    identifier.map_or_else(
        || "a contact without a name".to_owned(),
        |identifier| format!("the contact of {identifier}"),
    )
}
