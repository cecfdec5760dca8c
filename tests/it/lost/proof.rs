//! What must hold of a store after anything happened to it.

use std::collections::BTreeMap;

use scv_desk::domain::change::Change;
use scv_desk::domain::command::EntryId;
use scv_desk::domain::contact::{Contact, ContactId, NoteId};
use scv_desk::domain::conversation::ConversationId;
use scv_desk::domain::identifier::Identifier;
use scv_desk::domain::reason::{Claim, Link};
use scv_desk::store::{Entry, EntryFilter, Store, StoreError};

use super::course::Ack;

/// Everything that is wrong with a store, given what its callers were told: every acknowledged action is
/// there, all that is there is whole, and the store's own check finds nothing.
pub async fn wrongs(store: &impl Store, acks: &[Ack]) -> Result<Vec<String>, StoreError> {
    let mut wrongs = store.check().await?;
    let filter = EntryFilter {
        limit: usize::MAX >> 1,
        ..EntryFilter::default()
    };
    let entries = store.entries(filter).await?;
    let by_id: BTreeMap<EntryId, &Entry> = entries.iter().map(|entry| (entry.id, entry)).collect();
    for ack in acks {
        if let Some(wrong) = lost(store, &by_id, ack).await? {
            wrongs.push(wrong);
        }
    }
    let mut replayed = Replayed::default();
    for id in by_id.keys() {
        match store.changes(*id).await? {
            Some(changes) => changes
                .into_iter()
                .for_each(|change| replayed.follow(change)),
            None => wrongs.push(format!("the changes of entry {id} are gone")),
        }
    }
    wrongs.extend(replayed.differences(store).await?);
    Ok(wrongs)
}

/// What an acknowledgement promised and the store does not have.
async fn lost(
    store: &impl Store,
    entries: &BTreeMap<EntryId, &Entry>,
    ack: &Ack,
) -> Result<Option<String>, StoreError> {
    Ok(match ack {
        Ack::Opened => None,
        Ack::Entry {
            id,
            action,
            contact,
            conversation,
        } => match entries.get(id) {
            Some(entry)
                if (entry.action, entry.contact, entry.conversation)
                    == (*action, *contact, *conversation) =>
            {
                None
            }
            Some(entry) => Some(format!("acknowledged {ack}, but there is {entry:?}")),
            None => Some(format!("acknowledged {ack}, but it is not there")),
        },
        Ack::Seen { conversation, end } => match store.conversation(*conversation).await? {
            Some(record) if end.is_none() || record.conversation.end.is_some() => None,
            Some(_) => Some(format!("acknowledged {ack}, but it has no end")),
            None => Some(format!("acknowledged {ack}, but it is not there")),
        },
    })
}

/// What the journal says stands where, after all of it.
#[derive(Default)]
struct Replayed {
    contacts: BTreeMap<ContactId, Option<Box<Contact>>>,
    claims: BTreeMap<Identifier, Option<Claim>>,
    links: BTreeMap<ConversationId, Option<Box<Link>>>,
    notes: BTreeMap<NoteId, Option<(ContactId, String)>>,
}

impl Replayed {
    fn follow(&mut self, change: Change) {
        match change {
            Change::Contact { id, after, .. } => {
                self.contacts.insert(id, after);
            }
            Change::Claim {
                identifier, after, ..
            } => {
                self.claims.insert(identifier, after);
            }
            Change::Link {
                conversation,
                participant: None,
                after,
                ..
            } => {
                self.links.insert(conversation, after);
            }
            Change::Note { id, after, .. } => {
                let after = after.map(|note| (note.contact, note.text));
                self.notes.insert(id, after);
            }
            _ => {}
        }
    }

    async fn differences(self, store: &impl Store) -> Result<Vec<String>, StoreError> {
        let ids: Vec<ContactId> = self.contacts.keys().copied().collect();
        let mut wrongs = Vec::new();
        let stored = store.contacts(ids.clone()).await?;
        let mut stored: BTreeMap<_, _> = stored.into_iter().map(|one| (one.id, one)).collect();
        for (id, after) in self.contacts {
            let unseen = |contact: Contact| Contact {
                seen: None,
                ..contact
            };
            if stored.remove(&id).map(unseen) != after.map(|contact| unseen(*contact)) {
                wrongs.push(format!("contact {id} is not what the journal left"));
            }
        }
        let mut held: BTreeMap<_, _> = store.claims(ids.clone()).await?.into_iter().collect();
        for (identifier, after) in self.claims {
            if held.remove(&identifier) != after {
                wrongs.push(format!("{identifier:?} is not held as the journal left it"));
            }
        }
        for (id, after) in self.links {
            let record = store.conversation(id).await?;
            if record.map(|record| record.link) != after.map(|link| *link) {
                wrongs.push(format!("{id} is not linked as the journal left it"));
            }
        }
        let notes = store.notes(ids).await?.into_iter();
        let mut notes: BTreeMap<_, _> = notes
            .map(|note| (note.id, (note.contact, note.text)))
            .collect();
        for (id, after) in self.notes {
            if notes.remove(&id) != after {
                wrongs.push(format!("note {id} is not what the journal left"));
            }
        }
        let more = held.len() + notes.len();
        if more > 0 {
            wrongs.push(format!("{more} claims and notes are in no entry"));
        }
        Ok(wrongs)
    }
}
