//! What stands in the way of an undo: the later entry that has to be undone first, by number, action, actor and
//! time (`design/rules.md` §7). The rules know only that something was changed; the journal knows by what.

use std::collections::BTreeSet;

use super::{LocalBackend, Trouble};
use crate::domain::change::Change;
use crate::domain::command::EntryId;
use crate::domain::contact::ContactId;
use crate::domain::refusal::{Later, Refusal};
use crate::store::{Entry, EntryFilter};

/// Most later entries of one contact that are looked at.
const LOOK_MAX: usize = 50;

impl LocalBackend {
    /// The refusal of the undo of `entry`, with the later entry named where the journal knows it.
    pub(super) async fn name_later(&self, entry: EntryId, trouble: Trouble) -> Trouble {
        let what = match &trouble {
            Trouble::Refused(refusal) => match refusal.as_ref() {
                Refusal::ChangedSince { what, .. } => what.clone(),
                Refusal::HasMembers { name, .. } => format!("who belongs to {name}"),
                _ => return trouble,
            },
            Trouble::Broken(_) | Trouble::NotFound(_) | Trouble::Offline(_) => return trouble,
            Trouble::Limited(_) | Trouble::Unknown { .. } => return trouble,
        };
        // The refusal itself stands, whatever becomes of its explanation.
        match self.later_than(entry, &trouble).await {
            Ok(Some(later)) => Refusal::ChangedLater { entry, what, later }.into(),
            Ok(None) | Err(_) => trouble,
        }
    }

    async fn later_than(&self, id: EntryId, trouble: &Trouble) -> Result<Option<Later>, Trouble> {
        let own = self.store.changes(id).await?.unwrap_or_default();
        let mut people: BTreeSet<ContactId> = own.iter().flat_map(Change::contacts).collect();
        people.extend(member(trouble));
        let made = own.iter().filter_map(|change| match change {
            Change::Contact {
                id,
                before: None,
                after: Some(_),
            } => Some(*id),
            _ => None,
        });
        let made: Vec<ContactId> = made.collect();
        let (mut nearest, mut weak) = (None, None);
        for entry in self.entries_after(id, &own, &people).await? {
            let changes = self.store.changes(entry.id).await?.unwrap_or_default();
            // What never goes away is named first: undoing anything else would not help.
            if !entry.action.can_be_undone()
                && let Some(later) = self.leads(&entry, &changes, &made).await?
            {
                return Ok(Some(later));
            }
            if nearest.is_none()
                && changes
                    .iter()
                    .any(|one| own.iter().any(|other| is_of_one_thing(one, other)))
            {
                nearest = Some(entry);
                continue;
            }
            let touches = |one: &ContactId| people.contains(one);
            if weak.is_none() && entry.contacts.iter().any(touches) {
                weak = Some(entry);
            }
        }
        Ok(nearest.or(weak).map(|entry| self.later(entry)))
    }

    /// What an entry that cannot be undone has linked to one of these contacts, where that is linked to it now.
    async fn leads(
        &self,
        entry: &Entry,
        changes: &[Change],
        to: &[ContactId],
    ) -> Result<Option<Later>, Trouble> {
        for change in changes {
            let link = match change {
                Change::Link { after, .. } | Change::VisitLink { after, .. } => after.as_ref(),
                Change::Contact { .. }
                | Change::Claim { .. }
                | Change::Wrapup { .. }
                | Change::Assign { .. } => None,
                Change::Note { .. } | Change::NotSame { .. } | Change::Shared { .. } => None,
                Change::Organization { .. } | Change::Review { .. } => None,
            };
            let Some(link) = link.filter(|link| to.contains(&link.contact)) else {
                continue;
            };
            let Change::Link {
                conversation,
                participant,
                ..
            } = change
            else {
                return Ok(Some(self.later(entry.clone())));
            };
            let record = self.store.conversation(*conversation).await?;
            let now = record.as_ref();
            let now = now.and_then(|record| record.link_of(participant.as_deref()));
            if now.is_some_and(|now| now.contact == link.contact) {
                // Nobody can unlink another participant.
                let linked = participant.is_none().then_some(*conversation);
                let later = self.later(entry.clone());
                return Ok(Some(Later { linked, ..later }));
            }
        }
        Ok(None)
    }

    /// Later entries about the same people and conversations that are in force, newest first.
    async fn entries_after(
        &self,
        id: EntryId,
        own: &[Change],
        people: &BTreeSet<ContactId>,
    ) -> Result<Vec<Entry>, Trouble> {
        let of_people = people.iter().map(|contact| EntryFilter {
            contact: Some(*contact),
            limit: LOOK_MAX,
            ..EntryFilter::default()
        });
        let of_conversations = own.iter().filter_map(|change| match change {
            Change::Link { conversation, .. }
            | Change::Wrapup { conversation, .. }
            | Change::Assign { conversation, .. } => Some(EntryFilter {
                conversation: Some(*conversation),
                limit: LOOK_MAX,
                ..EntryFilter::default()
            }),
            Change::Contact { .. } | Change::Claim { .. } | Change::VisitLink { .. } => None,
            Change::Note { .. } | Change::NotSame { .. } | Change::Shared { .. } => None,
            Change::Organization { .. } | Change::Review { .. } => None,
        });
        let mut entries: Vec<Entry> = Vec::new();
        for filter in of_people.chain(of_conversations) {
            entries.extend(self.store.entries(filter).await?);
        }
        // What was undone since, and the undo of it, come to nothing together.
        let is_in_force = |entry: &Entry| {
            let undid_later = entry.undoes.is_some_and(|undone| undone > id);
            entry.id > id && entry.undone_by.is_none() && !undid_later
        };
        entries.retain(is_in_force);
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.id));
        entries.dedup_by_key(|entry| entry.id);
        Ok(entries)
    }

    fn later(&self, entry: Entry) -> Later {
        Later {
            entry: entry.id,
            action: entry.action,
            by: entry.actor,
            when: self.time(entry.at),
            linked: None,
        }
    }
}

/// Who belongs to an organization since.
fn member(trouble: &Trouble) -> Option<ContactId> {
    match trouble {
        Trouble::Refused(refusal) => match refusal.as_ref() {
            Refusal::HasMembers { member, .. } => Some(*member),
            _ => None,
        },
        Trouble::Broken(_) | Trouble::NotFound(_) | Trouble::Offline(_) => None,
        Trouble::Limited(_) | Trouble::Unknown { .. } => None,
    }
}

/// True when both changes are about the same thing.
fn is_of_one_thing(one: &Change, other: &Change) -> bool {
    match (one, other) {
        (Change::Contact { id, .. }, Change::Contact { id: of, .. }) => id == of,
        (Change::Claim { identifier, .. }, Change::Claim { identifier: of, .. }) => {
            identifier == of
        }
        (
            Change::Link {
                conversation,
                participant,
                ..
            },
            Change::Link {
                conversation: of,
                participant: party,
                ..
            },
        ) => (conversation, participant) == (of, party),
        (Change::VisitLink { visit, .. }, Change::VisitLink { visit: of, .. }) => visit == of,
        (
            Change::Wrapup { conversation, .. },
            Change::Wrapup {
                conversation: of, ..
            },
        ) => conversation == of,
        (
            Change::Assign { conversation, .. },
            Change::Assign {
                conversation: of, ..
            },
        ) => conversation == of,
        (Change::Note { id, .. }, Change::Note { id: of, .. }) => id == of,
        (Change::NotSame { pair, .. }, Change::NotSame { pair: of, .. }) => pair == of,
        (Change::Shared { identifier, .. }, Change::Shared { identifier: of, .. }) => {
            identifier == of
        }
        (Change::Organization { id, .. }, Change::Organization { id: of, .. }) => id == of,
        (Change::Review { key, .. }, Change::Review { key: of, .. }) => key == of,
        _ => false,
    }
}
