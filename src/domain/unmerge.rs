//! Taking a merge back: what came to the canonical contact since, and which side each goes to
//! (`design/rules.md` §7).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::command::EntryId;
use super::contact::{ContactId, NoteId};
use super::conversation::ConversationId;
use super::field::Field;
use super::identifier::Identifier;
use super::visit::VisitId;

/// Something that came to a canonical contact since its merge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Since {
    /// A conversation; with a participant's id when that is not its own contact.
    Conversation(ConversationId, Option<String>),
    Visit(VisitId),
    Note(NoteId),
    /// An identifier that was claimed since.
    Claim(Identifier),
    /// An identifier that the merge had moved and that was let go since: nobody holds it.
    Released(Identifier),
    /// A field that was edited since.
    Edit(Field),
    /// It was added to the contacts since.
    Kept,
    /// It was marked as not the same as this contact since.
    NotSame(ContactId),
    /// It was merged further into this canonical contact.
    Merge(ContactId),
}

impl Since {
    /// The word that the command line names it by: its id, the field's name in the API, the identifier's
    /// value, or `kept`.
    pub fn word(&self) -> String {
        match self {
            Self::Conversation(id, None) => id.to_string(),
            Self::Conversation(id, Some(participant)) => format!("{id}/{participant}"),
            Self::Visit(id) => id.to_string(),
            Self::Note(id) => id.to_string(),
            Self::Claim(identifier) | Self::Released(identifier) => identifier.value.clone(),
            Self::Edit(field) => field.spec().api.to_owned(),
            Self::Kept => "kept".to_owned(),
            Self::NotSame(id) | Self::Merge(id) => id.to_string(),
        }
    }
}

/// Why something goes to a side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lead {
    /// It came with this identifier, which is the side's.
    Identifier(Identifier),
    /// The value that was edited had come from the side.
    Value,
    /// It came together with something that goes there.
    Together,
    /// Nothing tells: the Curated side, else the one that was changed last.
    Principal,
    /// Somebody said so.
    Chosen,
}

impl fmt::Display for Lead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identifier(identifier) => write!(f, "{identifier} belongs there"),
            Self::Value => f.write_str("the value came from there"),
            Self::Together => f.write_str("what it came with goes there"),
            Self::Principal => f.write_str("nothing tells, so the main side"),
            Self::Chosen => f.write_str("chosen"),
        }
    }
}

/// Something that came since, and the side that it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    pub item: Since,
    pub side: ContactId,
    pub lead: Lead,
}

/// What taking a merge back does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmerging {
    /// The entry that merged.
    pub entry: EntryId,
    /// The canonical contact that goes.
    pub canonical: ContactId,
    /// The canonical contact of the whole tree: another one when this merge lies inside a later one.
    pub head: ContactId,
    /// The contacts that come back, the main one first.
    pub sides: Vec<ContactId>,
    /// What came since.
    pub items: Vec<Assigned>,
    /// Identifiers of the sides that somebody else holds by now: they stay there.
    pub elsewhere: Vec<(Identifier, ContactId)>,
}
