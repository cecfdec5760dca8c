//! Suggestions: who else uses an identifier, and who may be the same person (`design/rules.md` §5).

mod rank;

use crate::domain::contact::{Contact, ContactId};
use crate::domain::conversation::Provided;
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::identifier::Identifier;
use crate::domain::reason::Reason;

pub use rank::{Candidate, Ranked, Sign, rank};

/// Other kept contacts that carry one of these identifiers, oldest first, each with the first it carries.
pub fn rivals(
    own: &Contact,
    identifiers: &[Identifier],
    facts: &Facts,
) -> Result<Vec<(ContactId, Identifier)>, Halt> {
    facts.want(identifiers.iter().cloned().map(FactKey::Carriers))?;
    let set = facts.merge_set(own)?;
    let mut found: Vec<(ContactId, Identifier)> = Vec::new();
    for identifier in identifiers {
        let carriers = facts.carriers(identifier)?;
        facts.want(carriers.iter().map(|id| FactKey::Contact(*id)))?;
        for id in carriers {
            let kept = facts
                .contact_if_any(id)?
                .as_ref()
                .is_some_and(Contact::is_curated);
            if kept && !set.contains(id) && found.iter().all(|(other, _)| other != id) {
                found.push((*id, identifier.clone()));
            }
        }
    }
    Ok(found)
}

/// Contacts that may be the same person: holders of the other identifiers that the conversation provided.
/// Who was marked as not the same is never suggested again.
pub fn same_person(own: &Contact, reason: &Reason, facts: &Facts) -> Result<Vec<ContactId>, Halt> {
    let set = facts.merge_set(own)?;
    let mut found = Vec::new();
    facts.want(reason.rivals.iter().map(|id| FactKey::Contact(*id)))?;
    for rival in &reason.rivals {
        if facts.contact_if_any(rival)?.is_none() {
            continue;
        }
        let head = facts.canonical(*rival)?.id;
        if set.contains(&head) || found.contains(&head) {
            continue;
        }
        if facts.not_same(own.id, head)?.is_none() {
            found.push(head);
        }
    }
    Ok(found)
}

/// Who was marked as not the same as anybody of the merge set, by their current canonical contacts.
pub fn told_apart(own: &Contact, facts: &Facts) -> Result<Vec<ContactId>, Halt> {
    let set = facts.merge_set(own)?;
    facts.want(set.iter().map(|id| FactKey::NotSameAs(*id)))?;
    let mut found = Vec::new();
    for one in &set {
        let others = facts.not_same_as(one)?;
        facts.want(others.iter().map(|id| FactKey::Contact(*id)))?;
        for other in others {
            if facts.contact_if_any(other)?.is_some() {
                found.push(facts.canonical(*other)?.id);
            }
        }
    }
    Ok(found)
}

/// The identifiers that a profile shows rivals for: what the conversation provided, else what the contact
/// carries.
pub fn watched(own: &Contact, provided: &[Provided]) -> Vec<Identifier> {
    if provided.is_empty() {
        return own.fields.identifiers();
    }
    provided
        .iter()
        .map(|one| one.identifier.clone())
        .filter(|one| one.kind.is_personal())
        .collect()
}
