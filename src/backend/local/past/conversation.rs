//! Whom a conversation was linked to then. Entries on the conversation itself move it, and so do entries on
//! contacts alone: an unmerge, an import that has it follow a claim, and what undoes either. Going back from
//! now, who is linked at each moment is known, and so are the contacts whose entries may have moved it there.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{LocalBackend, Trouble};
use super::PAGE;
use crate::domain::change::Change;
use crate::domain::command::EntryId;
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::domain::moment::Moment;
use crate::domain::{ConversationRecord, Refusal};
use crate::engine::past::Past;
use crate::store::{Entry, EntryFilter};

/// The way of a conversation back to a moment.
struct Back {
    conversation: ConversationId,
    at: Moment,
    /// Whom each outside participant is linked to at the entry that was reached; `None` is the conversation's
    /// own contact.
    linked: BTreeMap<Option<String>, ContactId>,
    /// Contacts whose entries were read.
    read: BTreeSet<ContactId>,
    /// Entries that are still to be taken back, if they are about it.
    to_come: BTreeMap<EntryId, Entry>,
}

impl LocalBackend {
    /// What changed of a conversation since a moment, taken back.
    pub(super) async fn conversation_history(
        &self,
        stored: &ConversationRecord,
        at: Moment,
    ) -> Result<Past, Trouble> {
        let mut back = Back::of(stored, at);
        let mut past = Past::default();
        let keyed = self.read_own(&mut back).await?;
        while let Some((id, entry)) = back.to_come.pop_last() {
            let of_linked = |one: &ContactId| entry.contacts.contains(one);
            if !keyed.contains(&id) && !back.linked.values().any(of_linked) {
                continue;
            }
            let changes = self.kept(&entry, at).await?;
            past.take_back(back.take_back(changes));
            self.read_linked(&mut back, Some(id)).await?;
        }
        Ok(past)
    }

    /// Every entry that was about the conversation or linked it, newest first.
    pub(in super::super) async fn conversation_entries(
        &self,
        stored: &ConversationRecord,
    ) -> Result<Vec<Entry>, Trouble> {
        let mut back = Back::of(stored, Moment(i64::MIN));
        let keyed = self.read_own(&mut back).await?;
        let mut found = Vec::new();
        while let Some((id, entry)) = back.to_come.pop_last() {
            // Nobody knows any more what else an entry moved whose values are gone.
            let changes = self.store.changes(id).await?.unwrap_or_default();
            let moved = back.take_back(changes);
            if keyed.contains(&id) || !moved.is_empty() {
                found.push(entry);
            }
            self.read_linked(&mut back, Some(id)).await?;
        }
        Ok(found)
    }

    /// Reads the entries on the conversation itself, and those of whom it is linked to now; the former.
    async fn read_own(&self, back: &mut Back) -> Result<BTreeSet<EntryId>, Trouble> {
        let of_conversation = EntryFilter {
            conversation: Some(back.conversation),
            ..EntryFilter::default()
        };
        let own = self.since(of_conversation, back.at).await?;
        let keyed = own.iter().map(|entry| entry.id).collect();
        back.to_come
            .extend(own.into_iter().map(|entry| (entry.id, entry)));
        self.read_linked(back, None).await?;
        Ok(keyed)
    }

    /// Reads the entries before this one of every linked contact whose entries were not read yet.
    async fn read_linked(&self, back: &mut Back, before: Option<EntryId>) -> Result<(), Trouble> {
        let linked: Vec<ContactId> = back.linked.values().copied().collect();
        for contact in linked {
            if !back.read.insert(contact) {
                continue;
            }
            let filter = EntryFilter {
                contact: Some(contact),
                before,
                ..EntryFilter::default()
            };
            let entries = self.since(filter, back.at).await?.into_iter();
            // What moves a link speaks of the contact that it came from as well.
            let movers = entries.filter(|entry| entry.contacts.len() > 1);
            back.to_come.extend(movers.map(|entry| (entry.id, entry)));
        }
        Ok(())
    }

    /// The entries by a filter after a moment, newest first.
    async fn since(&self, filter: EntryFilter, at: Moment) -> Result<Vec<Entry>, Trouble> {
        let mut all = Vec::new();
        let mut before = filter.before;
        loop {
            let page = EntryFilter {
                before,
                limit: PAGE,
                ..filter.clone()
            };
            let page = self.store.entries(page).await?;
            before = page.last().map(|entry| entry.id);
            let is_last = page.len() < PAGE || page.last().is_some_and(|entry| entry.at <= at);
            all.extend(page.into_iter().filter(|entry| at < entry.at));
            if is_last {
                return Ok(all);
            }
        }
    }

    /// The changes of an entry that is to be taken back; a refusal when they are no longer kept.
    pub(super) async fn kept(&self, entry: &Entry, at: Moment) -> Result<Vec<Change>, Trouble> {
        let changes = self.store.changes(entry.id).await?;
        changes.ok_or_else(|| Refusal::PastGone(self.time(at)).into())
    }
}

impl Back {
    fn of(stored: &ConversationRecord, at: Moment) -> Self {
        let others = stored.others.iter();
        let others = others.map(|(party, link)| (Some(party.clone()), link.contact));
        let own = (None, stored.link.contact);
        Self {
            conversation: stored.conversation.id,
            at,
            linked: std::iter::once(own).chain(others).collect(),
            read: BTreeSet::new(),
            to_come: BTreeMap::new(),
        }
    }

    /// The changes of the conversation among those of an entry; whom it is linked to goes back with them.
    fn take_back(&mut self, changes: Vec<Change>) -> Vec<Change> {
        let mut own = Vec::new();
        for change in changes {
            match &change {
                Change::Link {
                    conversation,
                    participant,
                    before,
                    ..
                } if *conversation == self.conversation => {
                    match before {
                        Some(link) => self.linked.insert(participant.clone(), link.contact),
                        None => self.linked.remove(participant),
                    };
                    own.push(change);
                }
                Change::Wrapup { conversation, .. } | Change::Assign { conversation, .. }
                    if *conversation == self.conversation =>
                {
                    own.push(change);
                }
                _ => {}
            }
        }
        own
    }
}
