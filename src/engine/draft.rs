//! A plan in the making: reads facts with its own changes laid over them, and ends as one change a thing.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::change::{Change, Observation, Plan};
use crate::domain::command::{Action, Remark};
use crate::domain::contact::{Contact, ContactId, ContactType, Fields, Origin};
use crate::domain::conversation::ConversationId;
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::identifier::Identifier;
use crate::domain::moment::Moment;
use crate::domain::reason::{Claim, ClaimOrigin, Link};
use crate::domain::visit::VisitId;
use crate::domain::{Refusal, conversation::Trust};

use super::{Context, shared};

/// A plan in the making.
pub struct Draft<'a> {
    pub facts: &'a Facts,
    pub context: &'a Context,
    pub plan: Plan,
    pub(super) contacts: BTreeMap<ContactId, Option<Contact>>,
    pub(super) claims: BTreeMap<Identifier, Option<Claim>>,
    pub(super) links: BTreeMap<(ConversationId, Option<String>), Link>,
    pub(super) visit_links: BTreeMap<VisitId, Link>,
    /// Identifiers whose shared mark this plan sets (true) or removes (false).
    marks: BTreeMap<Identifier, bool>,
    fresh: u32,
}

impl<'a> Draft<'a> {
    pub fn new(action: Action, context: &'a Context, facts: &'a Facts) -> Self {
        Self {
            facts,
            context,
            plan: Plan::new(action),
            contacts: BTreeMap::new(),
            claims: BTreeMap::new(),
            links: BTreeMap::new(),
            visit_links: BTreeMap::new(),
            marks: BTreeMap::new(),
            fresh: 0,
        }
    }

    /// Time of the decision.
    pub fn at(&self) -> Moment {
        self.context.at
    }

    /// A fresh id.
    pub fn fresh(&mut self) -> uuid::Uuid {
        self.fresh += 1;
        self.context.fresh(self.facts.turn(), self.fresh)
    }

    pub fn remark(&mut self, remark: Remark) {
        self.plan.remarks.push(remark);
    }

    /// The contact with exactly this id, as this plan leaves it.
    pub fn contact_if_any(&self, id: ContactId) -> Result<Option<&Contact>, Halt> {
        match self.contacts.get(&id) {
            Some(contact) => Ok(contact.as_ref()),
            None => Ok(self.facts.contact_if_any(&id)?.as_ref()),
        }
    }

    /// The contact with exactly this id; a refusal when it is not there.
    pub fn contact(&self, id: ContactId) -> Result<&Contact, Halt> {
        self.contact_if_any(id)?
            .ok_or_else(|| Refusal::NoContact(id).into())
    }

    /// The canonical contact of `id`, as this plan leaves it.
    pub fn canonical(&self, id: ContactId) -> Result<&Contact, Halt> {
        let mut contact = self.contact(id)?;
        for _ in 0..64 {
            match contact.merged_to {
                Some(next) => contact = self.contact(next)?,
                None => return Ok(contact),
            }
        }
        Err(Refusal::NoContact(id).into())
    }

    /// The canonical contacts of several ids, loaded level by level.
    pub fn canonicals(&self, ids: &[ContactId]) -> Result<Vec<ContactId>, Halt> {
        let (mut heads, mut missing) = (Vec::new(), Vec::new());
        for id in ids {
            match self.canonical(*id) {
                Ok(contact) => heads.push(contact.id),
                Err(Halt::Missing(keys)) => missing.extend(keys),
                Err(refused) => return Err(refused),
            }
        }
        self.facts.want(missing)?;
        Ok(heads)
    }

    /// The canonical contact of `id` for an action on it: says so when that is another one.
    pub fn act_on(&mut self, id: ContactId) -> Result<Contact, Halt> {
        let canonical = self.canonical(id)?.clone();
        if canonical.id != id {
            self.remark(Remark::OnCanonical {
                asked: id,
                canonical: canonical.id,
            });
        }
        Ok(canonical)
    }

    /// Puts a contact as it shall be.
    pub fn put(&mut self, contact: Contact) {
        self.contacts.insert(contact.id, Some(contact));
    }

    /// Removes a contact.
    pub fn remove(&mut self, id: ContactId) {
        self.contacts.insert(id, None);
    }

    /// A new auto-made or kept contact with a fresh id; not put yet.
    pub fn new_contact(&mut self, kind: ContactType, origin: Origin, fields: Fields) -> Contact {
        let id = ContactId(self.fresh());
        Contact {
            id,
            kind,
            origin,
            division: "*".to_owned(),
            fields,
            created: self.at(),
            modified: self.at(),
            modified_by: None,
            seen: None,
            merged_from: Vec::new(),
            merged_to: None,
        }
    }

    /// The claim on an identifier, as this plan leaves it.
    pub fn claim(&self, identifier: &Identifier) -> Result<Option<&Claim>, Halt> {
        match self.claims.get(identifier) {
            Some(claim) => Ok(claim.as_ref()),
            None => Ok(self.facts.claim(identifier)?.as_ref()),
        }
    }

    /// Every claim that `contact` holds, as this plan leaves it.
    pub fn claims_of(&self, contact: ContactId) -> Result<Vec<(Identifier, Claim)>, Halt> {
        let new = matches!(self.contacts.get(&contact), Some(Some(_)))
            && self
                .facts
                .contact_if_any(&contact)
                .map_or(true, Option::is_none);
        // A contact that this plan makes holds nothing but what the plan gives it.
        let stored = if new {
            Vec::new()
        } else {
            self.facts.claims_of(&contact)?.clone()
        };
        let mut all: BTreeMap<Identifier, Claim> = stored.into_iter().collect();
        for (identifier, claim) in &self.claims {
            match claim {
                Some(claim) if claim.contact == contact => {
                    all.insert(identifier.clone(), claim.clone());
                }
                Some(_) | None => {
                    all.remove(identifier);
                }
            }
        }
        Ok(all.into_iter().collect())
    }

    /// Binds an identifier to a contact.
    pub fn put_claim(
        &mut self,
        identifier: Identifier,
        contact: ContactId,
        origin: ClaimOrigin,
        trust: Trust,
    ) {
        let claim = Claim {
            contact,
            at: self.at(),
            origin,
            trust,
        };
        self.claims.insert(identifier, Some(claim));
    }

    /// Binds an identifier as an earlier claim did.
    pub fn restore_claim(&mut self, identifier: Identifier, claim: Claim) {
        self.claims.insert(identifier, Some(claim));
    }

    /// Frees an identifier; nobody holds it then.
    pub fn free(&mut self, identifier: &Identifier) {
        self.claims.insert(identifier.clone(), None);
    }

    /// True when the identifier is marked as shared, as this plan leaves it.
    pub fn is_shared(&self, identifier: &Identifier) -> Result<bool, Halt> {
        let key = shared::key(identifier);
        match self.marks.get(&key) {
            Some(marked) => Ok(*marked),
            None => Ok(self.facts.shared(&key)?.is_some()),
        }
    }

    /// Notes that this plan sets or removes the shared mark with this key.
    pub fn mark(&mut self, key: Identifier, shared: Mark) {
        self.marks.insert(key, shared == Mark::Set);
    }

    /// Live contacts whose fields carry the value, as this plan leaves them, oldest first.
    pub fn carriers(&self, identifier: &Identifier) -> Result<Vec<&Contact>, Halt> {
        let mut ids: BTreeSet<ContactId> =
            self.facts.carriers(identifier)?.iter().copied().collect();
        ids.extend(
            self.contacts
                .iter()
                .filter(|(_, contact)| contact.is_some())
                .map(|(id, _)| *id),
        );
        self.facts.want(
            ids.iter()
                .filter(|id| !self.contacts.contains_key(id))
                .map(|id| FactKey::Contact(*id)),
        )?;
        let mut live = Vec::new();
        for id in ids {
            if let Some(contact) = self.contact_if_any(id)?
                && !contact.is_ancestor()
                && contact.fields.identifiers().contains(identifier)
            {
                live.push(contact);
            }
        }
        live.sort_by_key(|contact| (contact.created, contact.id));
        Ok(live)
    }

    /// Puts the link of a conversation's participant (`None`: the conversation's own contact).
    pub fn put_link(
        &mut self,
        conversation: ConversationId,
        participant: Option<String>,
        link: Link,
    ) {
        self.links.insert((conversation, participant), link);
    }

    /// Puts the link of a visit.
    pub fn put_visit_link(&mut self, visit: VisitId, link: Link) {
        self.visit_links.insert(visit, link);
    }

    /// Records an interaction with a contact. One that is kept has no life to renew, but gets it back when
    /// its promotion is undone.
    pub fn saw(&mut self, contact: ContactId, at: Moment) -> Result<(), Halt> {
        if let Some(Some(new)) = self.contacts.get_mut(&contact) {
            new.seen = Some(new.seen.map_or(at, |seen| seen.max(at)));
            return Ok(());
        }
        let earlier = |contact: &Contact| contact.seen.is_none_or(|seen| seen < at);
        if self.contact_if_any(contact)?.is_some_and(earlier) {
            self.plan
                .observations
                .push(Observation::Seen { contact, at });
        }
        Ok(())
    }

    /// The finished plan: one change for each thing that ends otherwise than it began.
    pub fn finish(mut self) -> Result<Plan, Halt> {
        self.clear_bare()?;
        let mut changes = self.contact_changes();
        changes.extend(self.claim_changes()?);
        changes.extend(self.link_changes()?);
        changes.extend(self.visit_changes()?);
        changes.extend(self.mark_changes()?);
        changes.append(&mut self.plan.changes);
        self.plan.changes = changes;
        Ok(self.plan)
    }

    fn contact_changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        for (id, after) in &self.contacts {
            // A fresh id was never asked for, so nothing stood there.
            let before = self.facts.contact_if_any(id).ok().and_then(Option::as_ref);
            if before != after.as_ref() {
                changes.push(Change::Contact {
                    id: *id,
                    before: before.cloned().map(Box::new),
                    after: after.clone().map(Box::new),
                });
            }
        }
        changes
    }

    fn claim_changes(&self) -> Result<Vec<Change>, Halt> {
        let mut changes = Vec::new();
        for (identifier, after) in &self.claims {
            let before = self.facts.claim(identifier)?;
            if before != after {
                changes.push(Change::Claim {
                    identifier: identifier.clone(),
                    before: before.clone(),
                    after: after.clone(),
                });
            }
        }
        Ok(changes)
    }

    fn link_changes(&self) -> Result<Vec<Change>, Halt> {
        let mut changes = Vec::new();
        for ((conversation, participant), after) in &self.links {
            let record = self.facts.conversation_if_any(conversation)?.as_ref();
            let before = record.and_then(|record| record.link_of(participant.as_deref()));
            if before != Some(after) {
                changes.push(Change::Link {
                    conversation: *conversation,
                    participant: participant.clone(),
                    before: before.cloned().map(Box::new),
                    after: Some(Box::new(after.clone())),
                });
            }
        }
        Ok(changes)
    }

    fn visit_changes(&self) -> Result<Vec<Change>, Halt> {
        let mut changes = Vec::new();
        for (visit, after) in &self.visit_links {
            let record = self.facts.visit_if_any(visit)?.as_ref();
            let before = record.map(|record| &record.link);
            if before != Some(after) {
                changes.push(Change::VisitLink {
                    visit: *visit,
                    before: before.cloned().map(Box::new),
                    after: Some(Box::new(after.clone())),
                });
            }
        }
        Ok(changes)
    }

    /// Nobody is somebody else than a contact that is not there: the marks go with it, and come back with it.
    fn mark_changes(&self) -> Result<Vec<Change>, Halt> {
        let gone = self.contacts.iter().filter(|(_, after)| after.is_none());
        let gone: Vec<ContactId> = gone.map(|(id, _)| *id).collect();
        self.facts
            .want(gone.iter().map(|id| FactKey::NotSameAs(*id)))?;
        let mut pairs = BTreeSet::new();
        for id in gone {
            let others = self.facts.not_same_as(&id)?.iter();
            pairs.extend(others.map(|other| (id.min(*other), id.max(*other))));
        }
        let keys = pairs
            .iter()
            .map(|(one, other)| FactKey::NotSame(*one, *other));
        self.facts.want(keys)?;
        let mut changes = Vec::new();
        for pair in pairs {
            changes.push(Change::NotSame {
                pair,
                before: self.facts.not_same_pair(&pair)?.clone(),
                after: None,
            });
        }
        Ok(changes)
    }
}

/// Setting or removing a shared mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Set,
    Remove,
}
