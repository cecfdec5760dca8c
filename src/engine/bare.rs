//! Bare contacts: an auto-made contact left with no conversation, claim, note or edit goes in the same action
//! (`design/rules.md` §5), and so comes back with its undo.

use std::collections::BTreeSet;

use crate::domain::Change;
use crate::domain::command::Remark;
use crate::domain::contact::{Contact, ContactId, NoteId};
use crate::domain::facts::{FactKey, Halt};
use crate::domain::reason::Link;

use super::draft::Draft;

impl Draft<'_> {
    /// Removes every auto-made contact that this plan leaves with nothing.
    pub(super) fn clear_bare(&mut self) -> Result<(), Halt> {
        for id in self.losers()? {
            if self.is_bare(id)? {
                self.remove(id);
                self.remark(Remark::Removed { contact: id });
            }
        }
        Ok(())
    }

    /// The contacts that lose a conversation, a visit, a claim or a note by this plan: only they can be bare
    /// now and were not before.
    fn losers(&self) -> Result<BTreeSet<ContactId>, Halt> {
        let mut losers = BTreeSet::new();
        for (identifier, after) in &self.claims {
            let before = self.facts.claim(identifier)?.as_ref();
            let holder = after.as_ref().map(|claim| claim.contact);
            losers.extend(
                before
                    .map(|claim| claim.contact)
                    .filter(|id| Some(*id) != holder),
            );
        }
        let moved = |before: &Link, after: &Link| {
            (before.contact != after.contact).then_some(before.contact)
        };
        for ((conversation, participant), after) in &self.links {
            let record = self.facts.conversation_if_any(conversation)?.as_ref();
            let before = record.and_then(|record| record.link_of(participant.as_deref()));
            losers.extend(before.and_then(|before| moved(before, after)));
        }
        for (visit, after) in &self.visit_links {
            let record = self.facts.visit_if_any(visit)?.as_ref();
            losers.extend(record.and_then(|record| moved(&record.link, after)));
        }
        losers.extend(self.plan.changes.iter().filter_map(|change| match change {
            Change::Note { before, after, .. } => {
                let before = before.as_ref().filter(|_| after.is_none())?;
                Some(before.contact)
            }
            Change::Contact { .. } | Change::Claim { .. } | Change::Link { .. } => None,
            Change::VisitLink { .. }
            | Change::Wrapup { .. }
            | Change::Assign { .. }
            | Change::NotSame { .. } => None,
            Change::Shared { .. } | Change::Organization { .. } | Change::Review { .. } => None,
        }));
        Ok(losers)
    }

    /// True for an auto-made contact outside every merge tree that nobody edited and that this plan leaves
    /// with no conversation, visit, claim or note.
    fn is_bare(&self, id: ContactId) -> Result<bool, Halt> {
        let may_go = |contact: &Contact| contact.expires() && contact.modified_by.is_none();
        if !self.contact_if_any(id)?.is_some_and(may_go) {
            return Ok(false);
        }
        let (linked, notes) = (FactKey::Linked(id), FactKey::NotesOf(id));
        self.facts.want([linked, notes, FactKey::ClaimsOf(id)])?;
        let notes = self.facts.notes_of(&id)?;
        let noted = notes.iter().any(|note| !self.deletes_note(*note));
        Ok(!noted && self.claims_of(id)?.is_empty() && !self.is_linked(id)?)
    }

    fn deletes_note(&self, note: NoteId) -> bool {
        let gone =
            |change: &Change| matches!(change, Change::Note { id, after: None, .. } if *id == note);
        self.plan.changes.iter().any(gone)
    }

    /// True when a conversation or visit stays linked to the contact, in any part.
    fn is_linked(&self, id: ContactId) -> Result<bool, Halt> {
        let linked = self.facts.linked(&id)?;
        let keys = linked.conversations.iter().copied();
        self.facts.want(keys.map(FactKey::Conversation))?;
        for conversation in &linked.conversations {
            let Some(record) = self.facts.conversation_if_any(conversation)? else {
                continue;
            };
            let others = record
                .others
                .iter()
                .map(|(party, link)| (Some(party.clone()), link));
            let mut parties = others.chain([(None, &record.link)]);
            let stays = parties.any(|(party, link)| {
                let link = self.links.get(&(*conversation, party)).unwrap_or(link);
                link.contact == id
            });
            if stays {
                return Ok(true);
            }
        }
        let moved = |visit| {
            self.visit_links
                .get(visit)
                .is_some_and(|link| link.contact != id)
        };
        Ok(linked.visits.iter().any(|visit| !moved(visit)))
    }
}
