//! Contacts as they are answered: found by id, with what was asked to come along.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::super::call::Call;
use super::super::problem::Problem;
use crate::backend::Trouble;
use crate::domain::contact::{Contact, ContactId, Organization, OrganizationId};
use crate::domain::reason::Claim;
use crate::domain::{Identifier, Refusal};
use crate::store::{Store, StoreError};
use crate::wire::contact::{Shown, to_json};

/// Most steps in a merge tree: a set has at most 52 contacts.
const STEPS_MAX: usize = 64;

/// Which record an id stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// The head of its merge tree.
    Canonical,
    /// Exactly the record with the id.
    Exact,
}

/// What comes along with a contact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expand {
    pub identifiers: bool,
    pub organization: bool,
}

impl Expand {
    pub const CONTACT: [&str; 5] = [
        "externalOrganization",
        "externalDataSources",
        "identifiers",
        "externalSources",
        "division",
    ];
    pub const UNRESOLVED: [&str; 4] = [
        "externalOrganization",
        "externalDataSources",
        "identifiers",
        "division",
    ];

    /// What the query asks for, of what is known there.
    pub fn of(call: &Call, known: &[&str]) -> Result<Self, Problem> {
        Ok(Self::named(&call.query.known("expand", known)?))
    }

    pub fn named(names: &[&str]) -> Self {
        Self {
            identifiers: names.contains(&"identifiers"),
            organization: names
                .iter()
                .any(|name| name.ends_with("externalOrganization")),
        }
    }
}

/// The contact that `id` stands for.
pub async fn find(
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
    Err(Trouble::Broken(
        "a merge tree has no head; run `scv check`".to_owned(),
    ))
}

/// One contact as it is answered.
pub async fn show(store: &dyn Store, contact: &Contact, expand: Expand) -> Result<Value, Problem> {
    let shown = show_all(store, std::slice::from_ref(contact), expand).await?;
    let shown = shown.into_iter().next();
    shown.ok_or_else(|| Problem::broken("a contact was not shown"))
}

/// Contacts as they are answered, in their order.
pub async fn show_all(
    store: &dyn Store,
    contacts: &[Contact],
    expand: Expand,
) -> Result<Vec<Value>, Problem> {
    let claims = match expand.identifiers {
        true => claims_of(store, contacts).await?,
        false => HashMap::new(),
    };
    let organizations = match expand.organization {
        true => organizations_of(store, contacts).await?,
        false => HashMap::new(),
    };
    let mut shown = Vec::with_capacity(contacts.len());
    for contact in contacts {
        let set = merge_set(store, contact).await?;
        let organization = contact.fields.organization;
        let mut value = to_json(&Shown {
            contact,
            claims: claims.get(&contact.id).map_or(&[], Vec::as_slice),
            organization: organization.and_then(|id| organizations.get(&id)),
            merge_set: &set,
            canonical: set.first().copied(),
        });
        if expand.identifiers && value.get("identifiers").is_none() {
            value["identifiers"] = json!([]);
        }
        shown.push(value);
    }
    Ok(shown)
}

async fn claims_of(
    store: &dyn Store,
    contacts: &[Contact],
) -> Result<HashMap<ContactId, Vec<(Identifier, Claim)>>, StoreError> {
    let ids = contacts.iter().map(|contact| contact.id).collect();
    let mut claims: HashMap<_, Vec<_>> = HashMap::new();
    for (identifier, claim) in store.claims(ids).await? {
        claims
            .entry(claim.contact)
            .or_default()
            .push((identifier, claim));
    }
    Ok(claims)
}

async fn organizations_of(
    store: &dyn Store,
    contacts: &[Contact],
) -> Result<HashMap<OrganizationId, Organization>, StoreError> {
    let ids = contacts
        .iter()
        .filter_map(|contact| contact.fields.organization);
    let mut ids: Vec<OrganizationId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let found = store.organizations(ids).await?;
    Ok(found.into_iter().map(|one| (one.id, one)).collect())
}

/// The merge set of a contact, its head first; empty for one that was never merged.
pub async fn merge_set(store: &dyn Store, contact: &Contact) -> Result<Vec<ContactId>, Trouble> {
    if contact.merged_from.is_empty() && contact.merged_to.is_none() {
        return Ok(Vec::new());
    }
    let head = find(store, contact.id, Resolved::Canonical).await?;
    let mut set = vec![head.id];
    let mut next = head.merged_from;
    for _ in 0..STEPS_MAX {
        if next.is_empty() {
            break;
        }
        set.extend(next.iter().copied());
        let level = store.contacts(next).await?;
        next = level.into_iter().flat_map(|one| one.merged_from).collect();
    }
    Ok(set)
}
