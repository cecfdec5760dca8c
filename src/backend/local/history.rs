//! The history: entries of the journal with names, what became of each, and whether it can be undone
//! (`design/rules.md` §7).

mod back;
mod changed;
mod nouns;
mod spoken;

use std::collections::BTreeMap;

use super::super::view::{EntryState, History, HistoryLine, HistoryQuery, UndoPreview};
use super::{Backend, LocalBackend, ROUNDS_MAX, Trouble};
use crate::domain::command::{Action, Command, EntryId};
use crate::domain::contact::ContactId;
use crate::domain::facts::Halt;
use crate::domain::{Change, ConversationRecord, Facts, Permission, Refusal};
use crate::engine;
use crate::store::{Entry, EntryFilter, Only};

use nouns::Nouns;

/// Most entries of a page.
const PAGE_MAX: usize = 500;
/// Most entries looked through for the last one that can be undone.
const UNDO_LOOK_MAX: usize = 50;

/// An entry with its changes, and the one that it took back.
struct Told {
    entry: Entry,
    changes: Option<Vec<Change>>,
    /// Why an erasure was made, which is all that is kept of it.
    reason: Option<String>,
    undone: Option<Box<Told>>,
}

/// What stands in the way of an undo.
enum Obstacle {
    None,
    /// So many things came since, each of which has to go to one side.
    ToAssign(usize),
    Refused(String),
}

impl LocalBackend {
    pub(super) async fn read_history(&self, query: HistoryQuery) -> Result<History, Trouble> {
        let (own, role) = self.actor();
        let own_only = !role.may(Permission::HistoryView);
        let by = match (own_only, query.by.clone()) {
            (true, Some(by)) if by != own => {
                return Err(Refusal::Denied(Permission::HistoryView).into());
            }
            (true, _) => Some(own),
            (false, by) => by,
        };
        let limit = query.limit.clamp(1, PAGE_MAX);
        let filter = EntryFilter {
            actor: by,
            contact: None,
            conversation: query.conversation,
            batch: query.batch,
            by_people: by_people(&query),
            before: query.before,
            limit: limit + 1,
        };
        let mut entries = self.entries_of(query.contact, filter).await?;
        let more = limit < entries.len();
        entries.truncate(limit);
        Ok(History {
            lines: self.lines(entries).await?,
            more,
            own_only,
        })
    }

    /// What the actor did last and has not taken back. Imports are taken back as a whole, and not by this. An
    /// erasure is told as well, though it cannot be undone: what was done before it is not the last action.
    pub(super) async fn read_last_undoable(&self) -> Result<Option<HistoryLine>, Trouble> {
        let filter = EntryFilter {
            actor: Some(self.actor().0),
            by_people: Only::Narrowed,
            limit: UNDO_LOOK_MAX,
            ..EntryFilter::default()
        };
        let open = |entry: &Entry| match entry.action {
            Action::Erase => true,
            Action::Undo | Action::Unmerge | Action::Import => false,
            action => entry.kept && entry.undone_by.is_none() && action.can_be_undone(),
        };
        let found = self.store.entries(filter).await?.into_iter().find(open);
        Ok(self.lines(found.into_iter().collect()).await?.pop())
    }

    /// The last merge that the actor took back after this entry, and that stays so; its undo does it again.
    pub async fn last_unmerge(&self, after: EntryId) -> Result<Option<EntryId>, Trouble> {
        let filter = EntryFilter {
            actor: Some(self.actor().0),
            by_people: Only::Narrowed,
            limit: UNDO_LOOK_MAX,
            ..EntryFilter::default()
        };
        let mut entries = self.store.entries(filter).await?.into_iter();
        let is_in_force = |entry: &Entry| {
            entry.action == Action::Unmerge && entry.undone_by.is_none() && after < entry.id
        };
        Ok(entries.find(is_in_force).map(|entry| entry.id))
    }

    /// One entry as the history tells it. Nothing when there is no such entry.
    pub async fn history_line(&self, id: EntryId) -> Result<Option<HistoryLine>, Trouble> {
        self.may(Permission::ContactView)?;
        let (own, role) = self.actor();
        let found = self.entry(id).await?;
        if found.as_ref().is_some_and(|entry| entry.actor != own)
            && !role.may(Permission::HistoryView)
        {
            return Err(Refusal::Denied(Permission::HistoryView).into());
        }
        Ok(self.lines(found.into_iter().collect()).await?.pop())
    }

    /// What the undo of an entry would do, and how things would stand; nothing when there is no such entry.
    pub async fn undo_preview(&self, id: EntryId) -> Result<Option<UndoPreview>, Trouble> {
        let (line, entry) = (self.history_line(id).await?, self.entry(id).await?);
        let (Some(mut line), Some(entry)) = (line, entry) else {
            return Ok(None);
        };
        let told = self.told(entry).await?;
        let nouns = self.nouns(std::slice::from_ref(&told)).await?;
        if line.refusal.is_some() {
            line.refusal = self.in_the_way(&told, &nouns).await?.or(line.refusal);
            return Ok(Some(UndoPreview::refused(line)));
        }
        let changes = told.changes.as_deref().unwrap_or_default();
        let back = back::back(changes, &nouns);
        Ok(Some(UndoPreview {
            line,
            does: back.does,
            afterwards: back.afterwards,
            more: back.more,
        }))
    }

    /// Why an entry that is in force cannot be undone, with the later entry that stands in the way.
    async fn in_the_way(&self, told: &Told, nouns: &Nouns) -> Result<Option<String>, Trouble> {
        let entry = &told.entry;
        if entry.undone_by.is_some() || !entry.action.can_be_undone() {
            return Ok(None);
        }
        let context = self.context();
        let planned = self.refusal(entry.id, &context, Facts::default());
        let Some(refusal) = planned.await?.0 else {
            return Ok(None);
        };
        let named = self.name_later(entry.id, refusal.into()).await;
        Ok(Some(nouns.named(&named.to_string(), told)))
    }

    async fn lines(&self, entries: Vec<Entry>) -> Result<Vec<HistoryLine>, Trouble> {
        let mut told = Vec::with_capacity(entries.len());
        for entry in entries {
            told.push(self.told(entry).await?);
        }
        let nouns = self.nouns(&told).await?;
        let obstacles = self.obstacles(&told, &nouns).await?;
        let lines = told.iter().zip(obstacles);
        Ok(lines
            .map(|(one, obstacle)| line(one, obstacle, &nouns))
            .collect())
    }

    /// Entries by filter, of a contact's whole merge set when one is given, and of what it was merged into
    /// while a merge stood that is taken back by now.
    async fn entries_of(
        &self,
        contact: Option<ContactId>,
        filter: EntryFilter,
    ) -> Result<Vec<Entry>, Trouble> {
        if let Some(conversation) = filter.conversation
            && let Some(record) = self.store.conversation(conversation).await?
        {
            return self
                .entries_of_conversation(&record, contact, &filter)
                .await;
        }
        let Some(contact) = contact else {
            return Ok(self.store.entries(filter).await?);
        };
        let mut found = BTreeMap::new();
        for member in self.people_of(contact).await? {
            let of_member = EntryFilter {
                contact: Some(member),
                ..filter.clone()
            };
            let entries = self.store.entries(of_member).await?;
            found.extend(entries.into_iter().map(|entry| (entry.id, entry)));
        }
        let newest = found.into_values().rev();
        Ok(newest.take(filter.limit).collect())
    }

    /// Entries by filter that moved the conversation or were about it, those on contacts alone too.
    async fn entries_of_conversation(
        &self,
        record: &ConversationRecord,
        contact: Option<ContactId>,
        filter: &EntryFilter,
    ) -> Result<Vec<Entry>, Trouble> {
        let people = match contact {
            Some(contact) => Some(self.people_of(contact).await?),
            None => None,
        };
        let is_of = |entry: &Entry| {
            let mut spoken = entry.contacts.iter().chain(&entry.contact);
            let is_people = |people: &Vec<ContactId>| spoken.any(|one| people.contains(one));
            people.as_ref().is_none_or(is_people)
                && filter.before.is_none_or(|before| entry.id < before)
                && filter
                    .actor
                    .as_ref()
                    .is_none_or(|actor| entry.actor == *actor)
                && filter.batch.is_none_or(|batch| entry.batch == Some(batch))
        };
        let entries = self.conversation_entries(record).await?.into_iter();
        Ok(entries.filter(is_of).take(filter.limit).collect())
    }

    /// A contact's merge set, and what it was merged into while a merge stood that is taken back by now.
    async fn people_of(&self, contact: ContactId) -> Result<Vec<ContactId>, Trouble> {
        let question = |facts: &Facts| {
            facts.want([crate::domain::FactKey::Contact(contact)])?;
            match facts.contact_if_any(&contact)? {
                Some(_) => facts.merge_set(facts.canonical(contact)?),
                // One that is gone has a history still.
                None => Ok(vec![contact]),
            }
        };
        let mut set = self.ask(Facts::default(), question).await?.0;
        let mut read = 0;
        while let Some(member) = set.get(read).copied() {
            read += 1;
            for into in self.merged_into(member).await? {
                if !set.contains(&into) {
                    set.push(into);
                }
            }
        }
        Ok(set)
    }

    /// The canonical contacts that people made of a contact and others.
    async fn merged_into(&self, contact: ContactId) -> Result<Vec<ContactId>, Trouble> {
        let mut into = Vec::new();
        let mut before = None;
        loop {
            let filter = EntryFilter {
                contact: Some(contact),
                by_people: Only::Narrowed,
                before,
                limit: PAGE_MAX,
                ..EntryFilter::default()
            };
            let page = self.store.entries(filter).await?;
            before = page.last().map(|entry| entry.id);
            let merges = page.iter().filter(|entry| entry.action == Action::Merge);
            into.extend(merges.filter_map(|entry| entry.contact));
            if page.len() < PAGE_MAX {
                return Ok(into);
            }
        }
    }

    async fn told(&self, entry: Entry) -> Result<Told, Trouble> {
        let changes = self.store.changes(entry.id).await?;
        let undone = match entry.undoes {
            Some(id) => self.entry(id).await?,
            None => None,
        };
        let undone = match undone {
            Some(entry) => Some(Box::new(Told {
                changes: self.store.changes(entry.id).await?,
                entry,
                reason: None,
                undone: None,
            })),
            None => None,
        };
        let reason = match keeps_no_values(entry.action) {
            true => self.store.reason(entry.id).await?,
            false => None,
        };
        Ok(Told {
            entry,
            changes,
            reason,
            undone,
        })
    }

    pub(super) async fn entry(&self, id: EntryId) -> Result<Option<Entry>, Trouble> {
        let filter = EntryFilter {
            before: Some(EntryId(id.0.saturating_add(1))),
            limit: 1,
            ..EntryFilter::default()
        };
        let found = self.store.entries(filter).await?.into_iter().next();
        Ok(found.filter(|entry| entry.id == id))
    }

    /// Whether each entry can be undone by the actor now: the undo is planned, and not done.
    async fn obstacles(&self, told: &[Told], nouns: &Nouns) -> Result<Vec<Obstacle>, Trouble> {
        let context = self.context();
        let mut facts = Facts::default();
        let mut obstacles = Vec::with_capacity(told.len());
        for one in told {
            let (entry, id) = (&one.entry, one.entry.id);
            let refusal = match entry.undone_by {
                _ if !entry.action.can_be_undone() => Some(Refusal::NotUndoable(id)),
                Some(_) => Some(Refusal::AlreadyUndone(id)),
                None => {
                    let refusal;
                    (refusal, facts) = self.refusal(id, &context, facts).await?;
                    refusal
                }
            };
            obstacles.push(match refusal {
                None => Obstacle::None,
                Some(Refusal::ToAssign { items, .. }) => Obstacle::ToAssign(items),
                Some(refusal) => Obstacle::Refused(nouns.named(&refusal.to_string(), one)),
            });
        }
        Ok(obstacles)
    }

    async fn refusal(
        &self,
        entry: EntryId,
        context: &engine::Context,
        mut facts: Facts,
    ) -> Result<(Option<Refusal>, Facts), Trouble> {
        let command = Command::Undo { entry };
        for _ in 0..ROUNDS_MAX {
            match engine::plan(&command, context, &facts) {
                Ok(_) => return Ok((None, facts)),
                Err(Halt::Refused(refusal)) => return Ok((Some(*refusal), facts)),
                Err(Halt::Missing(keys)) => facts = self.load(keys, facts).await?,
            }
        }
        Err(Trouble::Broken(format!(
            "the undo of entry {entry} asks for more facts than there are; please report it"
        )))
    }
}

/// What is recorded with why or what, and without values.
const fn keeps_no_values(action: Action) -> bool {
    matches!(action, Action::Erase | Action::View | Action::Export)
}

/// What was merely seen is listed where it is asked for by whom or what it is about; else it would bury what
/// people did.
fn by_people(query: &HistoryQuery) -> Only {
    let is_about = query.contact.is_some() || query.conversation.is_some();
    match is_about || query.batch.is_some() {
        true => Only::All,
        false => Only::Narrowed,
    }
}

fn line(told: &Told, obstacle: Obstacle, nouns: &Nouns) -> HistoryLine {
    let entry = &told.entry;
    let changes = told.changes.as_deref().unwrap_or_default();
    let (details, more_details) = changed::details(changes, nouns);
    let is_kept = told.changes.is_some();
    let (refusal, to_assign) = match obstacle {
        Obstacle::None => (None, 0),
        Obstacle::ToAssign(items) => (None, items),
        Obstacle::Refused(refusal) => (Some(refusal), 0),
    };
    HistoryLine {
        id: entry.id,
        at: entry.at,
        actor: entry.actor.clone(),
        action: entry.action,
        sentence: spoken::sentence(told, nouns),
        state: match entry.undone_by {
            Some(by) => EntryState::UndoneBy(by),
            // No values are kept of an erasure, and none went.
            None if is_kept || keeps_no_values(entry.action) => EntryState::InForce,
            None => EntryState::NoLongerKept,
        },
        refusal,
        to_assign,
        contact: entry.contact,
        conversation: entry.conversation,
        batch: entry.batch,
        undoes: entry.undoes,
        details,
        more_details,
        evidence: match entry.action {
            // What is taken back is explained where it was done.
            Action::Undo => Vec::new(),
            Action::Erase => told
                .reason
                .iter()
                .map(|why| format!("Reason: {why}"))
                .collect(),
            _ => changed::evidence(changes, nouns),
        },
    }
}
