//! What led from a contact to the one whose journey shows what is linked to it: merges, merges that were
//! taken back and merges that were done again, by the journal (`design/rules.md` §6, §7). Conversations keep
//! the id they were linked to, so this is a part of why somebody's journey shows them.

use std::collections::BTreeMap;

use super::super::super::view::{Brief, Done, Turn, TurnKind};
use super::super::{LocalBackend, Trouble};
use crate::domain::change::Change;
use crate::domain::command::{Action, EntryId};
use crate::domain::contact::{Contact, ContactId, ContactType};
use crate::domain::field::{FIELDS, Field};
use crate::domain::moment::Moment;
use crate::store::{Entry, EntryFilter};

/// Entries of a contact that are read at once, and most pages of them.
const PAGE: usize = 500;
const PAGES_MAX: usize = 40;
/// Entries that are looked through for a contact that is gone.
const LAST_AMONG: usize = 20;
/// Steps up a merge tree: a set has at most 52 contacts.
const STEPS_MAX: usize = 64;

/// The way from a contact up its merge tree, followed from entry to entry.
struct Way {
    /// The contact, what it was merged into, and so on.
    path: Vec<ContactId>,
    /// What happened, each with the place on the path that it happened to.
    turns: Vec<(usize, Turn)>,
    /// What was taken back before this moment says nothing of what came after it.
    since: Moment,
}

/// A contact that an entry merged, took out of a tree, or moved within it.
struct Step<'c> {
    place: usize,
    before: &'c Contact,
    after: &'c Contact,
}

impl LocalBackend {
    /// What became of a contact in merges: those in force at `since`, and everything since.
    pub(super) async fn turns(&self, of: ContactId, since: Moment) -> Result<Vec<Turn>, Trouble> {
        let mut way = Way {
            path: vec![of],
            turns: Vec::new(),
            since,
        };
        let mut to_come = BTreeMap::new();
        self.add_entries(of, &mut to_come).await?;
        while let Some((_, entry)) = to_come.pop_first() {
            let known = way.path.len();
            let changes = self.store.changes(entry.id).await?;
            match &changes {
                Some(changes) => self.follow_entry(&mut way, &entry, changes).await?,
                None => self.follow_public(&mut way, &entry).await?,
            }
            if let Some(next) = way.path.last().filter(|_| way.path.len() != known) {
                self.add_entries(*next, &mut to_come).await?;
                to_come.retain(|id, _| entry.id < *id);
            }
        }
        self.follow_now(&mut way).await?;
        Ok(way.turns.into_iter().map(|(_, turn)| turn).collect())
    }

    /// The entries that may have merged a contact or taken it apart: those that speak of others too.
    async fn add_entries(
        &self,
        contact: ContactId,
        to: &mut BTreeMap<EntryId, Entry>,
    ) -> Result<(), Trouble> {
        let all = self.entries_since(contact, Moment(i64::MIN)).await?;
        let of_several = all.into_iter().filter(|entry| entry.contacts.len() > 1);
        to.extend(of_several.map(|entry| (entry.id, entry)));
        Ok(())
    }

    /// The entries of a contact at a moment, newest first.
    pub(super) async fn entries_at(
        &self,
        contact: ContactId,
        at: Moment,
    ) -> Result<Vec<Entry>, Trouble> {
        let mut entries = self.entries_since(contact, at).await?;
        entries.retain(|entry| entry.at == at);
        Ok(entries)
    }

    /// The entries of a contact since a moment, newest first, as far as anybody would read.
    pub(super) async fn entries_since(
        &self,
        contact: ContactId,
        since: Moment,
    ) -> Result<Vec<Entry>, Trouble> {
        let mut all: Vec<Entry> = Vec::new();
        for _ in 0..PAGES_MAX {
            let filter = EntryFilter {
                contact: Some(contact),
                before: all.last().map(|entry| entry.id),
                limit: PAGE,
                ..EntryFilter::default()
            };
            let page = self.store.entries(filter).await?;
            let is_last = page.len() < PAGE;
            all.extend(page);
            if is_last || all.last().is_some_and(|last| last.at < since) {
                break;
            }
        }
        all.retain(|entry| since <= entry.at);
        Ok(all)
    }

    /// Follows the changes of an entry.
    async fn follow_entry(
        &self,
        way: &mut Way,
        entry: &Entry,
        changes: &[Change],
    ) -> Result<(), Trouble> {
        let Some(step) = way.step(changes) else {
            return Ok(());
        };
        let (old, new) = (step.before.merged_to, step.after.merged_to);
        let kind = match (old, new) {
            (Some(_), None) => TurnKind::TakenBack,
            (Some(_), Some(_)) => TurnKind::TakenOut,
            (None, _) if entry.action == Action::Undo => TurnKind::MergedAgain,
            (None, _) => TurnKind::Merged,
        };
        if let Some(canonical) = old.or(new) {
            let mut turn = self.turn(kind, step.before, canonical, changes).await?;
            turn.done = Some(done(entry));
            match old {
                Some(_) => way.leave(step.place, turn, entry.at),
                None => way.turns.push((step.place, turn)),
            }
        }
        way.path.truncate(step.place + 1);
        way.path.extend(new);
        Ok(())
    }

    /// What the changes of an entry made of a contact.
    async fn turn(
        &self,
        kind: TurnKind,
        contact: &Contact,
        canonical: ContactId,
        changes: &[Change],
    ) -> Result<Turn, Trouble> {
        let made = found(changes, canonical);
        let others = made.into_iter().flat_map(|made| &made.merged_from);
        let mut with = Vec::new();
        for id in others.filter(|id| **id != contact.id) {
            with.push(match found(changes, *id) {
                Some(then) => self.brief_of(then).await?,
                None => self.brief_by(*id).await?,
            });
        }
        Ok(Turn {
            kind,
            contact: self.brief_of(contact).await?,
            into: match made {
                Some(made) => self.brief_of(made).await?,
                None => self.brief_by(canonical).await?,
            },
            with,
            taken: made.map_or_else(Vec::new, |made| taken(made, changes)),
            done: None,
        })
    }

    /// Follows an entry whose values are no longer kept: a merge ends at the contact that it made.
    async fn follow_public(&self, way: &mut Way, entry: &Entry) -> Result<(), Trouble> {
        let (Some(into), Some(last)) = (entry.contact, way.path.last().copied()) else {
            return Ok(());
        };
        let is_merge = entry.action == Action::Merge && into != last;
        if !is_merge || !entry.contacts.contains(&last) {
            return Ok(());
        }
        let turn = Turn {
            kind: TurnKind::Merged,
            contact: self.brief_by(last).await?,
            into: self.brief_by(into).await?,
            with: Vec::new(),
            taken: Vec::new(),
            done: Some(done(entry)),
        };
        way.turns.push((way.path.len() - 1, turn));
        way.path.push(into);
        Ok(())
    }

    /// Brings the way up to what is stored now, where the journal no longer tells how it came to be.
    async fn follow_now(&self, way: &mut Way) -> Result<(), Trouble> {
        for place in 0..STEPS_MAX {
            let Some(id) = way.path.get(place).copied() else {
                return Ok(());
            };
            let stored = self.store.contacts(vec![id]).await?.into_iter().next();
            // Whoever is gone leads nowhere, and that is told where the contact is named.
            let Some(stored) = stored else {
                return Ok(());
            };
            let (told, now) = (way.path.get(place + 1).copied(), stored.merged_to);
            if told == now {
                continue;
            }
            let contact = self.brief_of(&stored).await?;
            let turn = |kind, into| Turn {
                kind,
                contact: contact.clone(),
                into,
                with: Vec::new(),
                taken: Vec::new(),
                done: None,
            };
            if let Some(old) = told {
                let turn = turn(TurnKind::TakenBack, self.brief_by(old).await?);
                way.turns.push((place, turn));
            }
            way.path.truncate(place + 1);
            if let Some(new) = now {
                let turn = turn(TurnKind::Merged, self.brief_by(new).await?);
                way.turns.push((place, turn));
                way.path.push(new);
            }
        }
        Ok(())
    }
}

impl Way {
    /// The contact of the path whose place in its merge tree the changes move; the lowest of several.
    fn step<'c>(&self, changes: &'c [Change]) -> Option<Step<'c>> {
        self.path.iter().enumerate().find_map(|(place, own)| {
            changes.iter().find_map(|change| match change {
                Change::Contact {
                    id,
                    before: Some(before),
                    after: Some(after),
                } if id == own && before.merged_to != after.merged_to => Some(Step {
                    place,
                    before,
                    after,
                }),
                _ => None,
            })
        })
    }

    /// The contact at a place leaves its tree. What had come and gone before the way began is not told.
    fn leave(&mut self, place: usize, turn: Turn, at: Moment) {
        self.path.truncate(place + 1);
        match at < self.since {
            true => self.turns.retain(|(of, _)| *of < place),
            false => self.turns.push((place, turn)),
        }
    }
}

/// A contact as an entry found it, else as the entry left it.
fn found(changes: &[Change], contact: ContactId) -> Option<&Contact> {
    changes.iter().find_map(|change| match change {
        Change::Contact { id, before, after } if *id == contact => {
            before.as_deref().or(after.as_deref())
        }
        _ => None,
    })
}

/// The fields in which the inputs of a merge differed, each with the input whose value was taken.
fn taken(made: &Contact, changes: &[Change]) -> Vec<(Field, ContactId)> {
    let inputs = made.merged_from.iter();
    let inputs: Vec<&Contact> = inputs.filter_map(|id| found(changes, *id)).collect();
    let of = |field: Field| {
        let held = inputs.iter().filter_map(|one| one.fields.get(field));
        let mut held = held.peekable();
        let first = held.peek().cloned()?;
        let differ = held.any(|value| value != first);
        let value = made.fields.get(field).filter(|_| differ)?;
        let mut from = inputs.iter();
        let from = from.find(|one| one.fields.get(field).as_ref() == Some(&value))?;
        Some((field, from.id))
    };
    FIELDS.iter().filter_map(|spec| of(spec.field)).collect()
}

/// What a sentence says of an entry.
pub(super) fn done(entry: &Entry) -> Done {
    Done {
        entry: entry.id,
        at: entry.at,
        by: entry.actor.clone(),
        action: entry.action,
        batch: entry.batch,
    }
}

impl LocalBackend {
    /// Every merge of a contact and what became of it, in the order in which it happened.
    pub async fn merges(&self, of: ContactId) -> Result<Vec<Turn>, Trouble> {
        self.turns(of, Moment(i64::MIN)).await
    }

    /// What a contact is called in a sentence.
    pub async fn called(&self, contact: &Contact) -> Result<String, Trouble> {
        Ok(self.brief_of(contact).await?.in_words())
    }

    /// A contact as it was, with the name that its latest conversation gives where it had none.
    pub(in crate::backend::local) async fn brief_of(
        &self,
        contact: &Contact,
    ) -> Result<Brief, Trouble> {
        Ok(Brief {
            says: self.said_of(contact).await?,
            ..Brief::of(contact)
        })
    }

    /// The contact with exactly this id, ancestor or not; as it was last where it is gone.
    pub(in crate::backend::local) async fn brief_by(
        &self,
        id: ContactId,
    ) -> Result<Brief, Trouble> {
        let stored = self.store.contacts(vec![id]).await?.into_iter().next();
        let known = match stored {
            Some(stored) => Some(stored),
            None => self.last_of(id).await?,
        };
        match known {
            Some(contact) => self.brief_of(&contact).await,
            None => Ok(Brief {
                id,
                kind: ContactType::Ephemeral,
                name: "a contact that is gone".to_owned(),
                says: None,
                detail: String::new(),
            }),
        }
    }

    /// A contact that is gone as the last entry that is kept of it found it.
    async fn last_of(&self, id: ContactId) -> Result<Option<Contact>, Trouble> {
        let filter = EntryFilter {
            contact: Some(id),
            limit: LAST_AMONG,
            ..EntryFilter::default()
        };
        for entry in self.store.entries(filter).await? {
            let changes = self.store.changes(entry.id).await?.unwrap_or_default();
            if let Some(contact) = found(&changes, id) {
                return Ok(Some(contact.clone()));
            }
        }
        Ok(None)
    }
}
