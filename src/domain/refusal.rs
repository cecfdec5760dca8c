//! Refusals: the rules say no, in one sentence that names what to do.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::command::{Action, EntryId};
use super::contact::{ContactId, OrganizationId};
use super::conversation::ConversationId;
use super::field::Field;
use super::identifier::Identifier;
use super::permission::Permission;

/// Why the rules say no. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Refusal {
    #[error("needs {0}")]
    Denied(Permission),
    #[error("contact {0} is not there: it was deleted, it expired, or the id is wrong")]
    NoContact(ContactId),
    /// A contact that a merge had made, whose merge was taken back; `alive` names those who came back by it.
    #[error(
        "contact {contact} is gone: the merge that had made it was taken back by {by} on {when} (entry \
        {entry}); alive again: {alive}"
    )]
    MergeUndone {
        contact: ContactId,
        by: String,
        /// The time for people, in their zone.
        when: String,
        entry: EntryId,
        alive: String,
    },
    /// A contact of a person who was erased.
    #[error(
        "contact {contact} is gone: the person was erased for good by {by} on {when} (entry {entry})"
    )]
    Erased {
        contact: ContactId,
        by: String,
        /// The time for people, in their zone.
        when: String,
        entry: EntryId,
    },
    /// A contact that was deleted.
    #[error(
        "contact {contact} is gone: it was deleted by {by} on {when} (entry {entry}){}",
        brings_back(*.entry, *.kept)
    )]
    Deleted {
        contact: ContactId,
        by: String,
        /// The time for people, in their zone.
        when: String,
        entry: EntryId,
        /// Whether what an undo brings back is kept still.
        kept: bool,
    },
    #[error("conversation {0} is not known here")]
    NoConversation(ConversationId),
    #[error("the note is not there: somebody deleted it")]
    NoNote,
    #[error("the organization is not there")]
    NoOrganization,
    #[error("organization {0} is not there: it was deleted, or the id is wrong")]
    OrganizationGone(OrganizationId),
    #[error(
        "contact {0} belongs to the organization; take it out of it first, and whoever else does"
    )]
    InUse(ContactId),
    #[error("no contact is known by any of the identifiers")]
    NoMatch,
    #[error("both are the same contact")]
    SameContact,
    #[error("both are one person already: they were merged")]
    OnePerson,
    #[error("both are Curated, which are not merged here: link the conversation instead")]
    BothCurated,
    #[error("a merge takes 2 to 25 contacts, not {0}")]
    MergeCount(usize),
    #[error("the merge set would have {0} contacts; the most is 52")]
    SetTooLarge(usize),
    #[error("{0}; merge again with confirmation if they are one person all the same")]
    AskTwice(String),
    #[error("the conversation is linked to that contact already")]
    AlreadyLinked,
    #[error("the conversation is on a fresh contact already")]
    AlreadyFresh,
    #[error("the contact has {}, and first and last name are required", lacking(.0))]
    NameRequired(Vec<Field>),
    #[error("{field} was changed by {by} meanwhile; it is now {now:?}")]
    ChangedMeanwhile {
        field: Cow<'static, str>,
        by: String,
        now: String,
    },
    #[error("{identifier} is claimed by contact {holder}; release it there first")]
    Held {
        identifier: Identifier,
        holder: ContactId,
    },
    #[error("{identifier} is not claimed by this contact")]
    NotHeld { identifier: Identifier },
    #[error("{0} is marked as shared, so nobody can claim it; unmark it first")]
    SharedIdentifier(Identifier),
    #[error("{0} is not marked as shared")]
    NotShared(Identifier),
    #[error("{0} is marked as shared already")]
    AlreadyShared(Identifier),
    #[error("the conversation has no number or address that could be marked as shared")]
    NothingToShare,
    #[error("a note needs 1 to 32,000 characters; this one has {0}")]
    NoteLength(usize),
    #[error("a contact has at most 10 {0}")]
    ListFull(Cow<'static, str>),
    #[error("the contact expires after 60 days without an interaction; it is not due before {0}")]
    NotDue(String),
    #[error("the contact has an open conversation; it does not expire before that has ended")]
    StillOpen,
    #[error("an erasure needs a reason")]
    ReasonRequired,
    #[error("a reason has at most 1,000 characters; this one has {0}")]
    ReasonLength(usize),
    #[error(
        "the reason names the person, and it stays after they are gone; say it without their name, number or \
        address"
    )]
    ReasonNames,
    /// A conversation that somebody has already, so nobody else takes it.
    #[error("{0} has the conversation already")]
    Handled(String),
    /// Somebody whom the organization does not know, by the name they gave.
    #[error(
        "{0:?} is no user of the organization, so nobody would know whose the conversation is; act as one of its users"
    )]
    NoUser(String),
    #[error("the conversation has ended; it can be opened again, not taken")]
    NotWaiting,
    #[error("the conversation goes on; only one that has ended is opened again")]
    NotEnded,
    /// A channel, in words.
    #[error("a conversation over {0} is not taken by hand")]
    NotTaken(Cow<'static, str>),
    #[error("only messages and e-mail go on after they have ended; a {0} starts anew")]
    NotReopened(Cow<'static, str>),
    #[error("a wrap-up needs a code")]
    NoCode,
    #[error("nothing was changed")]
    NothingToDo,
    #[error("the row clashes: {0}")]
    Clash(String),
    #[error("{0}")]
    BadValue(String),
    #[error("entry {0} is not in the journal")]
    NoEntry(EntryId),
    #[error(
        "entry {0} cannot be undone: it records what was seen, what expired or what was erased for good"
    )]
    NotUndoable(EntryId),
    #[error("entry {0} merged nobody")]
    NoMerge(EntryId),
    #[error("entry {entry} merged contacts {}", to_assign(*.items))]
    ToAssign { entry: EntryId, items: usize },
    #[error("entry {0} was undone already")]
    AlreadyUndone(EntryId),
    #[error("the values of entry {0} are no longer kept")]
    NoLongerKept(EntryId),
    /// What changed it is the journal's to say, and whether that can be undone.
    #[error("entry {entry} cannot be undone: {what} was changed since; its history says by what")]
    ChangedSince { entry: EntryId, what: String },
    /// The same with the entry that changed it, which the journal knows.
    #[error("entry {entry} {later}{}", since(.what, .later))]
    ChangedLater {
        entry: EntryId,
        what: String,
        later: Later,
    },
    #[error(
        "entry {entry} cannot be undone: it made the organization {name}, which contact {member} belongs to \
        since; undo that first"
    )]
    HasMembers {
        entry: EntryId,
        name: String,
        member: ContactId,
    },
    #[error("what stood on {0} is no longer kept")]
    PastGone(String),
    #[error("nothing was recorded yet on {0}; choose a later moment")]
    NotThereYet(String),
    /// The right stands first: a line that is too short cuts what comes last.
    #[error("needs {needs}, as supervisor and admin have: entry {entry} is of {by}")]
    NotYours {
        entry: EntryId,
        by: String,
        needs: Permission,
    },
}

/// An entry of the journal that stands in the way of the undo of an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Later {
    pub entry: EntryId,
    pub action: Action,
    pub by: String,
    /// The time for people, in their zone.
    pub when: String,
    /// A conversation that it linked to what the earlier entry made, and that can be unlinked.
    pub linked: Option<ConversationId>,
}

impl fmt::Display for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (entry, action) = (self.entry, self.action.name());
        if let Some(conversation) = self.linked {
            let when = &self.when;
            return write!(
                f,
                "cannot be undone while conversation {conversation} is linked to what it made (entry {entry}, \
                {when}); unlink that first"
            );
        }
        f.write_str(match self.action.can_be_undone() {
            true => "cannot be undone before",
            false => "can no longer be undone, because of",
        })?;
        match self.action == Action::Resolve {
            // Nobody decided it: the rules did, whoever brought the conversation in.
            true => write!(f, " entry {entry} (made by the resolution, {})", self.when),
            false => write!(f, " entry {entry} ({action} by {}, {})", self.by, self.when),
        }
    }
}

fn to_assign(items: usize) -> String {
    let came = match items {
        0 => {
            return "that were changed since; look at what it comes to, to take it back".to_owned();
        }
        1 => "1 thing".to_owned(),
        items => format!("{items} things"),
    };
    format!("to which {came} came since; say where each goes to take it back")
}

/// What was changed, where the later entry does not say it.
fn since(what: &str, later: &Later) -> String {
    match later.linked {
        Some(_) => String::new(),
        None => format!(": {what} was changed since"),
    }
}

fn brings_back(entry: EntryId, kept: bool) -> String {
    match kept {
        true => format!("; `scv undo {entry}` brings it back"),
        false => ", and what it held is no longer kept".to_owned(),
    }
}

/// `no first name and no last name`.
fn lacking(names: &[Field]) -> String {
    let lacking = names.iter().map(|field| format!("no {}", field.label()));
    lacking.collect::<Vec<_>>().join(" and ")
}
