//! What lies between a decision and now: claims that moved, and merges that were done and taken back
//! (`design/rules.md` §6, §7).

use serde::{Deserialize, Serialize};

use super::Brief;
use crate::domain::command::{Action, EntryId};
use crate::domain::contact::ContactId;
use crate::domain::field::Field;
use crate::domain::moment::Moment;
use crate::domain::reason::Claim;

/// A claim, and the entry that made it where the journal still says so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claimed {
    pub claim: Claim,
    pub entry: Option<Done>,
}

/// A merge of a contact, or one that was taken back, as a part of why something is somebody's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    pub kind: TurnKind,
    /// The contact that was merged or came back, as it was called then.
    pub contact: Brief,
    /// The canonical contact of the merge.
    pub into: Brief,
    /// Who else was merged there.
    pub with: Vec<Brief>,
    /// Fields in which they differed, and whose value the canonical contact took.
    pub taken: Vec<(Field, ContactId)>,
    /// The entry that did it; `None` when that is no longer kept.
    pub done: Option<Done>,
}

/// Which way a merge went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TurnKind {
    Merged,
    /// Done again, by undoing what took it back.
    MergedAgain,
    TakenBack,
    /// Taken back within a larger merge, in which this contact stayed.
    TakenOut,
}

impl TurnKind {
    /// Its name for programs; never renamed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Merged => "merged",
            Self::MergedAgain => "merged-again",
            Self::TakenBack => "taken-back",
            Self::TakenOut => "taken-out",
        }
    }
}

/// An entry of the journal, for a sentence: who did it, when and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    pub entry: EntryId,
    pub at: Moment,
    pub by: String,
    pub action: Action,
    pub batch: Option<u64>,
}
