//! What comes back must fit what is there now: nobody claims for a contact that is gone or merged, nor a shared
//! identifier, and nothing is linked to a contact that went meanwhile.

use std::collections::BTreeMap;

use crate::domain::change::Change;
use crate::domain::command::EntryId;
use crate::domain::contact::{Contact, ContactId, ContactType};
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::identifier::Identifier;
use crate::domain::refusal::Refusal;

use super::super::shared;

/// Refuses inverse changes that would break what holds for the world as a whole.
pub(super) fn check(entry: EntryId, inverse: &[Change], facts: &Facts) -> Result<(), Halt> {
    let after = After::of(inverse, facts);
    facts.want(inverse.iter().flat_map(|change| after.keys(change)))?;
    for change in inverse {
        if let Some(what) = after.obstacle(change)? {
            return Err(Refusal::ChangedSince { entry, what }.into());
        }
    }
    Ok(())
}

/// The world as the inverse changes leave it.
struct After<'f> {
    facts: &'f Facts,
    contacts: BTreeMap<ContactId, Option<&'f Contact>>,
    claimed: BTreeMap<&'f Identifier, bool>,
    marked: BTreeMap<&'f Identifier, bool>,
}

impl<'f> After<'f> {
    fn of(inverse: &'f [Change], facts: &'f Facts) -> Self {
        let mut own = Self {
            facts,
            contacts: BTreeMap::new(),
            claimed: BTreeMap::new(),
            marked: BTreeMap::new(),
        };
        for change in inverse {
            match change {
                Change::Contact { id, after, .. } => {
                    own.contacts.insert(*id, after.as_deref());
                }
                Change::Claim {
                    identifier, after, ..
                } => {
                    own.claimed.insert(identifier, after.is_some());
                }
                Change::Shared {
                    identifier, after, ..
                } => {
                    own.marked.insert(identifier, after.is_some());
                }
                Change::Link { .. } | Change::VisitLink { .. } | Change::Wrapup { .. } => {}
                Change::Note { .. } | Change::NotSame { .. } | Change::Organization { .. } => {}
            }
        }
        own
    }

    /// The facts that checking a change needs.
    fn keys(&self, change: &Change) -> Vec<FactKey> {
        match change {
            Change::Contact {
                id, after: Some(_), ..
            } => vec![FactKey::ClaimsOf(*id)],
            Change::Claim {
                identifier,
                after: Some(claim),
                ..
            } => vec![
                FactKey::Contact(claim.contact),
                FactKey::Shared(shared::key(identifier)),
            ],
            Change::Link {
                after: Some(link), ..
            }
            | Change::VisitLink {
                after: Some(link), ..
            } => vec![FactKey::Contact(link.contact)],
            Change::Note {
                after: Some(note), ..
            } => vec![FactKey::Contact(note.contact)],
            Change::Shared {
                identifier,
                after: Some(_),
                ..
            } => {
                let covered = shared::covered(identifier).into_iter();
                covered.map(FactKey::Claim).collect()
            }
            Change::Contact { .. } | Change::Claim { .. } | Change::Link { .. } => Vec::new(),
            Change::VisitLink { .. } | Change::Wrapup { .. } | Change::Note { .. } => Vec::new(),
            Change::NotSame { .. } | Change::Shared { .. } => Vec::new(),
            Change::Organization { .. } => Vec::new(),
        }
    }

    /// What was changed since and stands in the way of a change.
    fn obstacle(&self, change: &Change) -> Result<Option<String>, Halt> {
        let gone = |id: ContactId| Some(format!("contact {id}"));
        match change {
            Change::Contact {
                id,
                after: Some(contact),
                ..
            } => {
                let held = self.facts.claims_of(id)?.iter();
                let mut stays = held.filter(|(one, _)| !self.claimed.contains_key(one));
                let personal = stays.any(|(one, _)| one.kind.is_personal());
                let lost = contact.kind == ContactType::Ephemeral && personal;
                Ok(lost.then(|| format!("what contact {id} is known by")))
            }
            Change::Claim {
                identifier,
                after: Some(claim),
                ..
            } => {
                let holder = self.contact(claim.contact)?;
                let fits = holder.is_some_and(|holder| {
                    let knows = holder.kind != ContactType::Ephemeral;
                    !holder.is_ancestor() && (knows || !identifier.kind.is_personal())
                });
                match fits {
                    false => Ok(gone(claim.contact)),
                    true if self.is_marked(identifier)? => Ok(Some("a shared mark".to_owned())),
                    true => Ok(None),
                }
            }
            Change::Link {
                after: Some(link), ..
            }
            | Change::VisitLink {
                after: Some(link), ..
            } => {
                // A contact that was gone when the link was changed is listed as such: the conversation kept
                // its id all along.
                let there = self.contacts.contains_key(&link.contact)
                    || self.contact(link.contact)?.is_some();
                Ok(gone(link.contact).filter(|_| !there))
            }
            Change::Note {
                after: Some(note), ..
            } => {
                let there = self.contact(note.contact)?.is_some();
                Ok(gone(note.contact).filter(|_| !there))
            }
            Change::Shared {
                identifier,
                after: Some(_),
                ..
            } => {
                for one in shared::covered(identifier) {
                    if self.is_claimed(&one)? {
                        return Ok(Some(format!("the claim on its {}", one.kind.word())));
                    }
                }
                Ok(None)
            }
            Change::Contact { .. } | Change::Claim { .. } | Change::Link { .. } => Ok(None),
            Change::VisitLink { .. } | Change::Wrapup { .. } | Change::Note { .. } => Ok(None),
            Change::NotSame { .. } | Change::Shared { .. } => Ok(None),
            Change::Organization { .. } => Ok(None),
        }
    }

    fn contact(&self, id: ContactId) -> Result<Option<&Contact>, Halt> {
        match self.contacts.get(&id) {
            Some(contact) => Ok(*contact),
            None => Ok(self.facts.contact_if_any(&id)?.as_ref()),
        }
    }

    fn is_claimed(&self, identifier: &Identifier) -> Result<bool, Halt> {
        match self.claimed.get(identifier) {
            Some(claimed) => Ok(*claimed),
            None => Ok(self.facts.claim(identifier)?.is_some()),
        }
    }

    fn is_marked(&self, identifier: &Identifier) -> Result<bool, Halt> {
        let key = shared::key(identifier);
        match self.marked.get(&key) {
            Some(marked) => Ok(*marked),
            None => Ok(self.facts.shared(&key)?.is_some()),
        }
    }
}
