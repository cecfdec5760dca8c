//! Facts of the world, by key.

use scv_desk::domain::command::EntryId;
use scv_desk::domain::facts::{EntryFact, FactKey, Facts, Linked, VisitRecord};
use scv_desk::domain::{ContactId, ConversationId, ConversationRecord, Identifier};

use super::World;

/// `FactKey::MembersOf` lists one more than a merge set may have.
const MEMBERS_MAX: usize = 53;

impl World {
    /// Loads one fact.
    pub fn load(&self, key: FactKey, facts: &mut Facts) {
        match key {
            FactKey::Contact(id) => facts.put_contact(id, self.contacts.get(&id).cloned()),
            FactKey::Deleted(id) => facts.put_deleted(id, self.gone.contains(&id)),
            FactKey::Claim(one) => {
                let claim = self.claims.get(&one).cloned();
                facts.put_claim(one, claim);
            }
            FactKey::Carriers(one) => {
                let carriers = self.carriers(&one);
                facts.put_carriers(one, carriers);
            }
            FactKey::ClaimsOf(id) => {
                let held = self.claims.iter().filter(|(_, claim)| claim.contact == id);
                let held = held.map(|(one, claim)| (one.clone(), claim.clone()));
                facts.put_claims_of(id, held.collect());
            }
            FactKey::Conversation(id) => facts.put_conversation(id, self.record(id)),
            FactKey::Visit(id) => {
                let record = self.visits.get(&id).map(|visit| VisitRecord {
                    visit: visit.clone(),
                    link: self.visit_links[&id].clone(),
                });
                facts.put_visit(id, record);
            }
            FactKey::Linked(id) => facts.put_linked(id, self.linked(id, 2)),
            FactKey::AllLinked(id) => facts.put_all_linked(id, self.linked(id, usize::MAX)),
            FactKey::NotesOf(id) => {
                let own = self.notes.values().filter(|note| note.contact == id);
                let mut own: Vec<_> = own.map(|note| (note.created, note.id)).collect();
                own.sort_unstable();
                facts.put_notes_of(id, own.into_iter().map(|(_, id)| id).collect());
            }
            FactKey::Note(id) => facts.put_note(id, self.notes.get(&id).cloned()),
            FactKey::NotSame(one, other) => {
                assert!(one < other, "a pair is asked for with the smaller id first");
                facts.put_not_same((one, other), self.not_same.get(&(one, other)).cloned());
            }
            FactKey::NotSameAs(id) => {
                let pairs = self.not_same.keys();
                let others = pairs.filter_map(|(one, other)| match id {
                    id if id == *one => Some(*other),
                    id if id == *other => Some(*one),
                    _ => None,
                });
                facts.put_not_same_as(id, others.collect());
            }
            FactKey::Shared(one) => {
                let mark = self.marks.get(&one).cloned();
                facts.put_shared(one, mark);
            }
            FactKey::Organization(id) => {
                facts.put_organization(id, self.organizations.get(&id).cloned());
            }
            FactKey::OrganizationNamed(name) => {
                let named = self.organizations.values().filter(|one| one.name == name);
                let found = named.map(|one| (one.created, one.id)).min();
                facts.put_organization_named(name, found.map(|(_, id)| id));
            }
            FactKey::MembersOf(id) => {
                let all = self.contacts.values();
                let members = all.filter(|one| one.fields.organization == Some(id));
                let mut members: Vec<_> = members.map(|one| (one.created, one.id)).collect();
                members.sort_unstable();
                let oldest = members.into_iter().map(|(_, id)| id).take(MEMBERS_MAX);
                facts.put_members_of(id, oldest.collect());
            }
            FactKey::Review(key) => {
                let kept = self.reviews.get(&key).cloned();
                facts.put_review(key, kept);
            }
            FactKey::GoneBefore => facts.put_gone_before((), self.gone_before),
            FactKey::Entry(id) => facts.put_entry(id, self.entry(id)),
        }
    }

    /// A conversation with its links.
    pub fn record(&self, id: ConversationId) -> Option<ConversationRecord> {
        let conversation = self.conversations.get(&id)?.clone();
        let others = self.links.iter().filter_map(|((of, party), link)| {
            (*of == id).then_some((party.clone()?, link.clone()))
        });
        Some(ConversationRecord {
            conversation,
            link: self.links[&(id, None)].clone(),
            others: others.collect(),
            wrapup: self.wrapups.get(&id).cloned(),
        })
    }

    /// The entry that took this one back and still holds.
    pub fn undone_by(&self, id: EntryId) -> Option<EntryId> {
        let numbers = 1..=self.entries.len() as u64;
        let mut undoing = numbers.rev().map(EntryId).filter(|later| {
            let entry = &self.entries[later.0 as usize - 1];
            entry.undoes == Some(id)
        });
        undoing.find(|later| self.undone_by(*later).is_none())
    }

    /// The last undo of an undo of this entry, if it holds.
    fn again(&self, id: EntryId) -> Option<EntryId> {
        let undo_of = |id: EntryId| {
            let undoes = |entry: &super::Entry| entry.undoes == Some(id);
            let index = self.entries.iter().rposition(undoes)?;
            Some(EntryId(index as u64 + 1))
        };
        let mut last = None;
        let mut undo = undo_of(id);
        while let Some(again) = undo.and_then(undo_of) {
            last = Some(again);
            undo = undo_of(again);
        }
        last.filter(|_| undo.is_none())
    }

    fn entry(&self, id: EntryId) -> Option<EntryFact> {
        let entry = self.entries.get((id.0 as usize).checked_sub(1)?)?;
        Some(EntryFact {
            id,
            actor: entry.actor.clone(),
            action: entry.action,
            changes: entry.changes.clone(),
            undoes: entry.undoes,
            undone_by: self.undone_by(id),
            again: self.again(id),
        })
    }

    fn carriers(&self, identifier: &Identifier) -> Vec<ContactId> {
        let live = self.contacts.values().filter(|one| !one.is_ancestor());
        let mut found: Vec<_> = live
            .filter(|one| one.fields.identifiers().contains(identifier))
            .map(|one| (one.created, one.id))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id).collect()
    }

    fn linked(&self, id: ContactId, limit: usize) -> Linked {
        let own = self.links.iter().filter(|(_, link)| link.contact == id);
        let mut conversations: Vec<ConversationId> = own.map(|((of, _), _)| *of).collect();
        conversations.dedup();
        conversations.sort_by_key(|id| self.conversations[id].end.is_some());
        conversations.truncate(limit);
        let own = self
            .visit_links
            .iter()
            .filter(|(_, link)| link.contact == id);
        Linked {
            conversations,
            visits: own.map(|(of, _)| *of).take(limit).collect(),
        }
    }
}
