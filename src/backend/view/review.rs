//! What a supervisor looks through, with names.

use serde::{Deserialize, Serialize};

use super::Brief;
use crate::domain::command::{Action, EntryId};
use crate::domain::contact::ContactId;
use crate::domain::conversation::{Channel, ConversationId, Direction, Status};
use crate::domain::moment::Moment;
use crate::domain::reason::Rule;
use crate::domain::review::{Cursor, Filter, Kind, List, Mark};

/// A page of a list by filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewQuery {
    pub list: List,
    pub filter: Filter,
    /// Where the page before ended.
    pub after: Option<Cursor>,
    pub limit: usize,
}

/// A page: of decisions or of conversations, as was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewPage {
    pub decisions: Vec<DecisionLine>,
    pub conversations: Vec<Reviewed>,
    /// Where the list goes on; nothing at its end.
    pub next: Option<Cursor>,
    /// How far a page looked that came out short, though the list goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_to: Option<Moment>,
}

impl ReviewPage {
    /// Its rows, of either list.
    pub const fn len(&self) -> usize {
        self.decisions.len() + self.conversations.len()
    }

    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// This page and the one that begins where it ends.
    #[must_use]
    pub fn with(mut self, later: Self) -> Self {
        self.decisions.extend(later.decisions);
        self.conversations.extend(later.conversations);
        (self.next, self.looked_to) = (later.next, later.looked_to);
        self
    }
}

/// A decision in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionLine {
    pub entry: EntryId,
    pub at: Moment,
    pub by: String,
    pub kind: Kind,
    pub action: Action,
    /// The contact that it ended at, as the entry has it, and who that is by now.
    pub contact: Option<ContactId>,
    pub person: Option<Brief>,
    pub batch: Option<u64>,
    pub undoes: Option<EntryId>,
    pub undone_by: Option<EntryId>,
    /// False once its values were deleted.
    pub kept: bool,
    /// The rule that linked, or the person's word.
    pub rule: Option<Rule>,
    pub doubtful: bool,
    pub mark: Option<Mark>,
    /// The conversation that it is about, while that is kept.
    pub conversation: Option<ConversationId>,
    pub about: Option<Reviewed>,
}

/// A conversation in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    pub id: ConversationId,
    /// The entry that linked it first, which marks are on.
    pub entry: Option<EntryId>,
    pub contact: ContactId,
    pub person: Option<Brief>,
    pub channel: Channel,
    pub direction: Direction,
    pub status: Status,
    pub start: Moment,
    pub end: Option<Moment>,
    pub queue: Option<String>,
    pub agent: Option<String>,
    pub wrapup: Option<String>,
    pub notes: Option<String>,
    pub subject: Option<String>,
    pub address: Option<String>,
    /// The rule of the link that stands.
    pub rule: Option<Rule>,
    /// Whether the first link was of low confidence.
    pub doubtful: bool,
    pub mark: Option<Mark>,
}

impl DecisionLine {
    /// Who decided, for people: the rules did where it was merely seen.
    pub fn decided_by(&self) -> &str {
        match self.kind {
            Kind::AutoLink => super::RESOLUTION,
            _ => &self.by,
        }
    }

    /// What became of it, in a few words.
    pub fn standing(&self) -> String {
        match (self.undone_by, self.kept) {
            (Some(by), _) => format!("undone by #{by}"),
            (None, true) => "stands".to_owned(),
            (None, false) => "stands, no longer kept".to_owned(),
        }
    }
}
