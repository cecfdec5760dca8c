//! What became of a contact that is not there, as far as the journal still knows: it was deleted or erased, or
//! a merge had made it that was taken back, and those it was made of are alive again (`design/rules.md` §7).

use super::explain::joined;
use super::{LocalBackend, Trouble};
use crate::domain::Refusal;
use crate::domain::change::Change;
use crate::domain::command::Action;
use crate::domain::contact::ContactId;
use crate::store::{Entry, EntryFilter, StoreError};

/// Most entries of a contact that are looked through for the one that took it away.
const LOOK_MAX: usize = 20;

impl LocalBackend {
    /// The trouble that a contact is not there, with what took it away named where the journal knows it.
    pub async fn name_gone(&self, trouble: Trouble) -> Trouble {
        let id = match &trouble {
            Trouble::Refused(refusal) => match refusal.as_ref() {
                Refusal::NoContact(id) => *id,
                _ => return trouble,
            },
            Trouble::Broken(_) | Trouble::NotFound(_) | Trouble::Offline(_) => return trouble,
            Trouble::Limited(_) | Trouble::Unknown { .. } => return trouble,
        };
        // The refusal itself stands, whatever becomes of its explanation.
        match self.became(id).await {
            Ok(Some(refusal)) => refusal.into(),
            Ok(None) | Err(_) => trouble,
        }
    }

    /// That the person was erased, that the contact was deleted, or that the merge which made it was taken
    /// back, if it was.
    pub(super) async fn became(&self, id: ContactId) -> Result<Option<Refusal>, Trouble> {
        let filter = EntryFilter {
            contact: Some(id),
            limit: LOOK_MAX,
            ..EntryFilter::default()
        };
        for entry in self.store.entries(filter).await? {
            if entry.action == Action::Erase {
                return Ok(Some(Refusal::Erased {
                    contact: id,
                    when: self.time(entry.at),
                    by: entry.actor,
                    entry: entry.id,
                }));
            }
            if entry.undone_by.is_none() && self.deleted(id, &entry).await? {
                return Ok(Some(Refusal::Deleted {
                    contact: id,
                    when: self.time(entry.at),
                    by: entry.actor,
                    entry: entry.id,
                    kept: entry.kept,
                }));
            }
            let Some(inputs) = self.taken_apart(id, &entry).await? else {
                continue;
            };
            let alive = self.briefs(&self.store.contacts(inputs).await?).await?;
            let alive = alive.iter();
            let alive: Vec<String> = alive
                .map(|one| format!("{}, contact {}", one.in_words(), one.id))
                .collect();
            let undone = Refusal::MergeUndone {
                contact: id,
                when: self.time(entry.at),
                by: entry.actor,
                entry: entry.id,
                alive: joined(&alive),
            };
            return Ok(Some(undone).filter(|_| !alive.is_empty()));
        }
        Ok(None)
    }

    /// Whether the entry deleted the contact, and not somebody whom it has to do with.
    async fn deleted(&self, id: ContactId, entry: &Entry) -> Result<bool, StoreError> {
        if entry.action != Action::Delete {
            return Ok(false);
        }
        let Some(changes) = self.store.changes(entry.id).await? else {
            return Ok(entry.contact == Some(id));
        };
        Ok(changes.iter().any(|change| match change {
            Change::Contact { id: of, after, .. } => *of == id && after.is_none(),
            _ => false,
        }))
    }

    /// What a contact had been merged of, if the entry took that merge back.
    async fn taken_apart(
        &self,
        id: ContactId,
        entry: &Entry,
    ) -> Result<Option<Vec<ContactId>>, StoreError> {
        if ![Action::Undo, Action::Unmerge].contains(&entry.action) {
            return Ok(None);
        }
        if let Some(changes) = self.store.changes(entry.id).await? {
            let removed = changes.into_iter().find_map(|change| match change {
                Change::Contact {
                    id: of,
                    before: Some(before),
                    after: None,
                } if of == id => Some(before.merged_from),
                _ => None,
            });
            return Ok(removed.filter(|inputs| !inputs.is_empty()));
        }
        // The values are no longer kept, but the merge that the entry took back names its contacts.
        let Some(merge) = entry.undoes else {
            return Ok(None);
        };
        let filter = EntryFilter {
            contact: Some(id),
            limit: LOOK_MAX,
            ..EntryFilter::default()
        };
        let entries = self.store.entries(filter).await?.into_iter();
        let mut merges = entries.filter(|one| one.id == merge && one.action == Action::Merge);
        let merge = merges.find(|one| one.contact == Some(id));
        Ok(merge.map(|one| one.contacts.into_iter().filter(|of| *of != id).collect()))
    }
}
