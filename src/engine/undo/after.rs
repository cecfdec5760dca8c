//! What comes back must fit what is there now: nobody claims for a contact that is gone or merged, nor a
//! shared identifier, nothing is linked to a contact that went meanwhile, and nobody belongs to an organization
//! that did.

use std::collections::BTreeMap;

use crate::domain::change::Change;
use crate::domain::command::EntryId;
use crate::domain::contact::{Contact, ContactId, ContactType, OrganizationId};
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
    organizations: BTreeMap<OrganizationId, bool>,
    claimed: BTreeMap<&'f Identifier, bool>,
    marked: BTreeMap<&'f Identifier, bool>,
}

impl<'f> After<'f> {
    fn of(inverse: &'f [Change], facts: &'f Facts) -> Self {
        let mut own = Self {
            facts,
            contacts: BTreeMap::new(),
            organizations: BTreeMap::new(),
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
                Change::Organization { id, after, .. } => {
                    own.organizations.insert(*id, after.is_some());
                }
                Change::Link { .. }
                | Change::VisitLink { .. }
                | Change::Wrapup { .. }
                | Change::Assign { .. } => {}
                Change::Note { .. } | Change::NotSame { .. } | Change::Review { .. } => {}
            }
        }
        own
    }

    /// The facts that checking a change needs.
    fn keys(&self, change: &Change) -> Vec<FactKey> {
        match change {
            Change::Contact {
                id,
                after: Some(contact),
                ..
            } => {
                let organization = contact.fields.organization.map(FactKey::Organization);
                organization
                    .into_iter()
                    .chain([FactKey::ClaimsOf(*id)])
                    .collect()
            }
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
            } => match self.contacts.get(&link.contact) {
                None => vec![FactKey::Contact(link.contact)],
                Some(None) => vec![FactKey::Deleted(link.contact)],
                Some(Some(_)) => Vec::new(),
            },
            Change::Note {
                after: Some(note), ..
            } => vec![FactKey::Contact(note.contact)],
            Change::NotSame {
                pair,
                after: Some(_),
                ..
            } => vec![FactKey::Contact(pair.0), FactKey::Contact(pair.1)],
            Change::Shared {
                identifier,
                after: Some(_),
                ..
            } => {
                let covered = shared::covered(identifier).into_iter();
                covered.map(FactKey::Claim).collect()
            }
            Change::Contact { .. } | Change::Claim { .. } | Change::Link { .. } => Vec::new(),
            Change::VisitLink { .. }
            | Change::Wrapup { .. }
            | Change::Assign { .. }
            | Change::Note { .. } => Vec::new(),
            Change::NotSame { .. } | Change::Shared { .. } => Vec::new(),
            Change::Organization { .. } | Change::Review { .. } => Vec::new(),
        }
    }

    /// What was changed since and stands in the way of a change.
    fn obstacle(&self, change: &Change) -> Result<Option<String>, Halt> {
        match change {
            Change::Contact {
                id,
                after: Some(contact),
                ..
            } => self.obstacle_to_contact(*id, contact),
            Change::Claim {
                identifier,
                after: Some(claim),
                ..
            } => self.obstacle_to_claim(identifier, claim.contact),
            Change::Link {
                after: Some(link), ..
            }
            | Change::VisitLink {
                after: Some(link), ..
            } => {
                let fits = self.may_be_linked(link.contact)?;
                Ok((!fits).then(|| format!("contact {}", link.contact)))
            }
            Change::Note {
                after: Some(note), ..
            } => {
                let there = self.contact(note.contact)?.is_some();
                Ok((!there).then(|| format!("contact {}", note.contact)))
            }
            Change::NotSame {
                pair: (one, other),
                after: Some(_),
                ..
            } => {
                let gone = match self.contact(*one)? {
                    Some(_) => self.contact(*other)?.is_none().then_some(other),
                    None => Some(one),
                };
                Ok(gone.map(|id| format!("contact {id}")))
            }
            Change::Shared {
                identifier,
                after: Some(_),
                ..
            } => self.obstacle_to_mark(identifier),
            Change::Contact { .. } | Change::Claim { .. } | Change::Link { .. } => Ok(None),
            Change::VisitLink { .. }
            | Change::Wrapup { .. }
            | Change::Assign { .. }
            | Change::Note { .. } => Ok(None),
            Change::NotSame { .. } | Change::Shared { .. } => Ok(None),
            Change::Organization { .. } | Change::Review { .. } => Ok(None),
        }
    }

    /// A contact that was gone when the link was changed is listed as such, and may have come back and gone
    /// since. Only one that was deleted keeps its conversations: one that was left with nothing has none.
    fn may_be_linked(&self, contact: ContactId) -> Result<bool, Halt> {
        match self.contacts.get(&contact) {
            Some(Some(_)) => Ok(true),
            Some(None) => Ok(*self.facts.deleted(&contact)?),
            None => Ok(self.facts.contact_if_any(&contact)?.is_some()),
        }
    }

    /// What a contact is known by fits its type and its place in a tree, and its organization is there.
    fn obstacle_to_contact(
        &self,
        id: ContactId,
        contact: &Contact,
    ) -> Result<Option<String>, Halt> {
        if self.loses_claims(id, contact)? {
            return Ok(Some(format!("what contact {id} is known by")));
        }
        match contact.fields.organization {
            Some(organization) if !self.is_organization(organization)? => {
                Ok(Some(format!("the organization of contact {id}")))
            }
            Some(_) | None => Ok(None),
        }
    }

    /// A contact that is known by something personal is not Ephemeral, and an ancestor is known by nothing.
    fn loses_claims(&self, id: ContactId, contact: &Contact) -> Result<bool, Halt> {
        let held = self.facts.claims_of(&id)?.iter();
        let mut stays = held.filter(|(one, _)| !self.claimed.contains_key(one));
        Ok(match contact.kind {
            _ if contact.is_ancestor() => stays.next().is_some(),
            ContactType::Ephemeral => stays.any(|(one, _)| one.kind.is_personal()),
            ContactType::Identified | ContactType::Curated => false,
        })
    }

    fn is_organization(&self, id: OrganizationId) -> Result<bool, Halt> {
        match self.organizations.get(&id) {
            Some(there) => Ok(*there),
            None => Ok(self.facts.organization_if_any(&id)?.is_some()),
        }
    }

    /// Nobody claims for a contact that is gone or merged, nor a shared identifier.
    fn obstacle_to_claim(
        &self,
        identifier: &Identifier,
        holder: ContactId,
    ) -> Result<Option<String>, Halt> {
        let fits = self.contact(holder)?.is_some_and(|holder| {
            let knows = holder.kind != ContactType::Ephemeral;
            !holder.is_ancestor() && (knows || !identifier.kind.is_personal())
        });
        match fits {
            false => Ok(Some(format!("contact {holder}"))),
            true if self.is_marked(identifier)? => Ok(Some("a shared mark".to_owned())),
            true => Ok(None),
        }
    }

    /// Nobody claims what is marked as shared.
    fn obstacle_to_mark(&self, key: &Identifier) -> Result<Option<String>, Halt> {
        for one in shared::covered(key) {
            if self.is_claimed(&one)? {
                return Ok(Some(format!("the claim on its {}", one.kind.word())));
            }
        }
        Ok(None)
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
