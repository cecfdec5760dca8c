//! What was done at this desk since it was opened. The API has no journal, so this is all the history there
//! is, and all that can be undone: each by the opposite call (`design/rules.md` §7).

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};

use super::super::super::view::{EntryState, History, HistoryDetail, HistoryLine, HistoryQuery};
use super::{NO_UNMERGE, PlatformBackend};
use crate::domain::command::{Action, EntryId};
use crate::domain::contact::{ContactId, Fields, Note, NoteId};
use crate::domain::conversation::ConversationId;
use crate::domain::field::{Field, Value};
use crate::domain::{Identifier, Moment};

/// Notes whose contact is known.
const NOTES_MAX: usize = 10_000;

/// How something is taken back, and how it must stand for that.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Back {
    /// Each field as it was before, and as it was left.
    Edit(ContactId, Vec<(Field, Option<Value>, Option<Value>)>),
    /// The association before and after, and identifiers that moved, each from whom.
    Link {
        conversation: ConversationId,
        before: Option<ContactId>,
        after: Option<ContactId>,
        moved: Vec<(Identifier, Option<ContactId>)>,
    },
    /// A contact that was made, with its fields, and the association before where a conversation was linked
    /// to it.
    Create {
        contact: ContactId,
        fields: Box<Fields>,
        linked: Option<(ConversationId, Option<ContactId>)>,
    },
    /// It is deleted.
    AddNote(ContactId, NoteId, String),
    /// The texts before and after.
    EditNote(ContactId, NoteId, String, String),
    Claim(ContactId, Identifier),
    Release(ContactId, Identifier),
}

/// Something that was done.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub id: EntryId,
    at: Moment,
    actor: String,
    pub action: Action,
    sentence: String,
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    details: Vec<HistoryDetail>,
    /// Nothing for what the API cannot take back.
    pub back: Option<Back>,
    pub undone_by: Option<EntryId>,
    undoes: Option<EntryId>,
}

/// What was done here, oldest first, and what was seen on the way that undoing needs.
#[derive(Default)]
pub(super) struct Done {
    entries: Vec<Entry>,
    notes: HashMap<NoteId, (ContactId, String)>,
    left: Vec<(ConversationId, ContactId)>,
}

/// What is to be remembered.
pub(super) struct Deed {
    pub action: Action,
    pub sentence: String,
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    pub details: Vec<HistoryDetail>,
    pub back: Option<Back>,
    pub undoes: Option<EntryId>,
}

impl Deed {
    pub(super) fn new(action: Action, sentence: impl Into<String>) -> Self {
        Self {
            action,
            sentence: sentence.into(),
            contact: None,
            conversation: None,
            details: Vec::new(),
            back: None,
            undoes: None,
        }
    }
}

impl PlatformBackend {
    pub(super) fn done_here(&self) -> MutexGuard<'_, Done> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what was done; the number of its entry.
    pub(super) fn remember(&self, deed: Deed) -> EntryId {
        let (at, actor) = (self.now(), self.me.name.clone());
        let mut done = self.done_here();
        let id = EntryId(done.entries.len() as u64 + 1);
        if let Some(undone) = deed.undoes
            && let Some(entry) = done.entries.iter_mut().find(|one| one.id == undone)
        {
            entry.undone_by = Some(id);
        }
        done.entries.push(Entry {
            id,
            at,
            actor,
            action: deed.action,
            sentence: deed.sentence,
            contact: deed.contact,
            conversation: deed.conversation,
            details: deed.details,
            back: deed.back,
            undone_by: None,
            undoes: deed.undoes,
        });
        id
    }
}

impl Done {
    pub(super) fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.iter().find(|one| one.id == id)
    }

    /// The last that was not taken back, also where that cannot be: nothing before it is undone in its
    /// place. An undo is skipped, as on the bundled engine: `u` goes back, not to and fro.
    pub(super) fn last(&self) -> Option<HistoryLine> {
        let mut newest = self.entries.iter().rev();
        let last = newest.find(|one| one.undone_by.is_none() && one.undoes.is_none());
        last.map(Entry::line)
    }

    /// `people` is everyone who is one person with the contact that is asked about.
    pub(super) fn page(&self, query: &HistoryQuery, people: &[ContactId]) -> History {
        let is_wanted = |one: &&Entry| {
            (query.contact.is_none() || one.contact.is_some_and(|id| people.contains(&id)))
                && query
                    .conversation
                    .is_none_or(|id| one.conversation == Some(id))
                && query.by.as_ref().is_none_or(|by| *by == one.actor)
                && query.batch.is_none()
                && query.before.is_none_or(|before| one.id < before)
        };
        let mut found: Vec<HistoryLine> = self
            .entries
            .iter()
            .rev()
            .filter(is_wanted)
            .map(Entry::line)
            .collect();
        let more = query.limit < found.len();
        found.truncate(query.limit);
        History {
            lines: found,
            more,
            own_only: true,
        }
    }

    pub(super) fn know_notes(&mut self, notes: &[Note]) {
        if NOTES_MAX < self.notes.len() {
            self.notes.clear();
        }
        let known = notes
            .iter()
            .map(|one| (one.id, (one.contact, one.text.clone())));
        self.notes.extend(known);
    }

    /// Whose note it is, and its text as it was seen.
    pub(super) fn note(&self, id: NoteId) -> Option<(ContactId, String)> {
        self.notes.get(&id).cloned()
    }

    pub(super) fn leave(&mut self, conversation: ConversationId, contact: ContactId) {
        self.left.push((conversation, contact));
    }

    pub(super) fn come_back(&mut self, conversation: ConversationId, contact: ContactId) {
        self.left.retain(|one| *one != (conversation, contact));
    }

    /// The contacts that the conversation was taken from at this desk.
    pub(super) fn left_by(&self, conversation: ConversationId) -> Vec<ContactId> {
        let left = self.left.iter().filter(|(of, _)| *of == conversation);
        left.map(|(_, contact)| *contact).collect()
    }
}

impl Entry {
    fn line(&self) -> HistoryLine {
        let refusal = match (&self.back, self.undone_by) {
            (_, Some(by)) => Some(format!("undone already, by #{by}")),
            (Some(_), None) => None,
            (None, None) => Some(self.why_not()),
        };
        HistoryLine {
            id: self.id,
            at: self.at,
            actor: self.actor.clone(),
            action: self.action,
            sentence: self.sentence.clone(),
            state: self
                .undone_by
                .map_or(EntryState::InForce, EntryState::UndoneBy),
            refusal,
            to_assign: 0,
            contact: self.contact,
            conversation: self.conversation,
            batch: None,
            undoes: self.undoes,
            details: self.details.clone(),
            more_details: 0,
            evidence: Vec::new(),
        }
    }

    /// Why it cannot be taken back.
    pub(super) fn why_not(&self) -> String {
        match self.action {
            Action::Merge => NO_UNMERGE.to_owned(),
            _ => "Genesys Cloud has no call that takes it back".to_owned(),
        }
    }
}
