//! Everything that is known of a person: counted before an erasure, and put together for an export.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::super::view::ErasePreview;
use super::{Backend, LocalBackend, Trouble};
use crate::domain::command::{Command, EntryId, Remark};
use crate::domain::contact::{Contact, ContactId};
use crate::domain::conversation::ConversationId;
use crate::domain::facts::{FactKey, Facts, Halt, Linked};
use crate::domain::{ConversationRecord, Moment, Permission};
use crate::store::{Entry, EntryFilter, Scrubbed, VisitFilter};
use crate::wire::person::{Past, Person};

/// The merge set of a person, the canonical contact first, and what is linked to it.
struct Set {
    contacts: Vec<Contact>,
    linked: Linked,
}

impl LocalBackend {
    /// Records that all that is known of a person was taken out: it is in the journal before anybody may use it.
    pub async fn record_export(&self, contact: ContactId) -> Result<(), Trouble> {
        let command = Command::Export {
            what: "everything known of the person".to_owned(),
            rows: 1,
            contact: Some(contact),
        };
        self.run(command).await?;
        Ok(())
    }

    /// Everything that is known of a person, as one JSON document.
    pub async fn exported(&self, contact: ContactId) -> Result<Json, Trouble> {
        self.may(Permission::GdprRequestAdd)?;
        let set = self.read_set(contact).await?;
        let ids: Vec<ContactId> = set.contacts.iter().map(|one| one.id).collect();
        let organizations = set.contacts.iter();
        let organizations = organizations.filter_map(|one| one.fields.organization);
        let mut organizations: Vec<_> = organizations.collect();
        organizations.sort_unstable();
        organizations.dedup();
        let mut history = Vec::new();
        for entry in self.entries_on(&ids).await? {
            let changes = self.store.changes(entry.id).await?;
            history.push((entry, changes));
        }
        let all = VisitFilter::of(ids.clone(), Moment(i64::MIN), usize::MAX);
        let visits = self.store.visits(all);
        let mut visits = visits.await?;
        visits.reverse();
        let mut conversations = Vec::new();
        for record in self.records_of(&set.linked.conversations).await? {
            let id = record.conversation.id;
            let said = self.store.transcript(id, usize::MAX).await?;
            conversations.push((record, said.messages));
        }
        let person = Person {
            at: self.now(),
            claims: self.store.claims(ids.clone()).await?,
            organizations: self.store.organizations(organizations).await?,
            notes: self.store.notes(ids).await?,
            conversations,
            visits,
            history: history.iter().map(past).collect(),
            contacts: set.contacts,
        };
        Ok(crate::wire::person::to_json(&person))
    }

    pub(super) async fn read_erasure(&self, contact: ContactId) -> Result<ErasePreview, Trouble> {
        let set = self.read_set(contact).await?;
        let ids: Vec<ContactId> = set.contacts.iter().map(|one| one.id).collect();
        let records = self.records_of(&set.linked.conversations).await?;
        let own = |record: &&ConversationRecord| ids.contains(&record.link.contact);
        let conversations = records.iter().filter(own).count();
        let mut names: Vec<String> = Vec::new();
        for contact in &set.contacts {
            let name = contact.fields.full_name();
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
        let entries = self.entries_on(&ids).await?;
        Ok(ErasePreview {
            names,
            contacts: ids.len(),
            identifiers: self.store.claims(ids.clone()).await?.len(),
            notes: self.store.notes(ids).await?.len(),
            conversations,
            parts: records.len() - conversations,
            visits: set.linked.visits.len(),
            entries: entries.iter().filter(|entry| entry.kept).count(),
        })
    }

    /// Clears the store's files of what was erased; a remark where that could not be done to the end.
    pub(super) async fn scrub(&self) -> Option<Remark> {
        let why = match self.store.scrub().await {
            Ok(Scrubbed::Clean) => return None,
            Ok(Scrubbed::LogHeld) => {
                "another program still reads its log; close that, and the next scv on the store clears them"
                    .to_owned()
            }
            Err(error) => format!("{error}; the next scv on the store clears them"),
        };
        Some(Remark::NotScrubbed { why })
    }

    async fn read_set(&self, contact: ContactId) -> Result<Set, Trouble> {
        let question = |facts: &Facts| -> Result<Set, Halt> {
            let head = facts.canonical(contact)?;
            let ids = facts.merge_set(head)?;
            facts.want(ids.iter().map(|id| FactKey::AllLinked(*id)))?;
            let mut set = Set {
                contacts: Vec::new(),
                linked: Linked::default(),
            };
            for id in ids {
                set.contacts.push(facts.contact(id)?.clone());
                let linked = facts.all_linked(&id)?;
                set.linked.conversations.extend(&linked.conversations);
                set.linked.visits.extend(&linked.visits);
            }
            set.linked.conversations.sort_unstable();
            set.linked.conversations.dedup();
            Ok(set)
        };
        Ok(self.ask(Facts::default(), question).await?.0)
    }

    /// Conversations, oldest first.
    async fn records_of(&self, ids: &[ConversationId]) -> Result<Vec<ConversationRecord>, Trouble> {
        let mut records = Vec::new();
        for id in ids {
            records.extend(self.store.conversation(*id).await?);
        }
        records.sort_by_key(|record| (record.conversation.start, record.conversation.id));
        Ok(records)
    }

    /// The journal entries that speak of any of these contacts, oldest first.
    async fn entries_on(&self, ids: &[ContactId]) -> Result<Vec<Entry>, Trouble> {
        let mut entries: BTreeMap<EntryId, Entry> = BTreeMap::new();
        for id in ids {
            let filter = EntryFilter {
                contact: Some(*id),
                limit: usize::MAX,
                ..EntryFilter::default()
            };
            let found = self.store.entries(filter).await?;
            entries.extend(found.into_iter().map(|entry| (entry.id, entry)));
        }
        Ok(entries.into_values().collect())
    }
}

fn past((entry, changes): &(Entry, Option<Vec<crate::domain::Change>>)) -> Past {
    Past {
        entry: entry.id,
        at: entry.at,
        actor: entry.actor.clone(),
        action: entry.action,
        contact: entry.contact,
        conversation: entry.conversation,
        undoes: entry.undoes,
        undone_by: entry.undone_by,
        changes: changes.clone(),
    }
}
