//! What a supervisor asks of decisions and conversations, and what they say of them: filters, marks, and the
//! names of kinds (`design/rules.md` §9). The words of a filter are one small language, for the command line,
//! the desk, a server and what is saved.

mod language;
mod precision;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::command::{Action, EntryId};
use super::conversation::{Channel, Status, Trust};
use super::moment::Moment;
use super::reason::{Reason, Rule};

pub use language::{BadFilter, KEYS, Zoned};
pub use precision::{Precision, wilson};

/// Most characters of the name of a saved filter, and of the note of a mark.
pub const NAME_CHARS_MAX: usize = 60;
pub const NOTE_CHARS_MAX: usize = 1000;

/// What is looked through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum List {
    #[default]
    Decisions,
    Conversations,
}

/// A kind of decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// What the rules linked when it was seen.
    AutoLink,
    Link,
    Unlink,
    Promote,
    Merge,
    Undo,
    Import,
    Erase,
    /// Edits, notes, deletions, claims, marks on identifiers, wrap-ups and organizations.
    Other,
    /// What supervisors did: marks, saved filters, exports, and people whom they looked at.
    Review,
}

impl Kind {
    pub const ALL: [Self; 10] = [
        Self::AutoLink,
        Self::Link,
        Self::Unlink,
        Self::Promote,
        Self::Merge,
        Self::Undo,
        Self::Import,
        Self::Erase,
        Self::Other,
        Self::Review,
    ];

    /// What is listed where no kind is asked for.
    pub const USUAL: [Self; 8] = [
        Self::AutoLink,
        Self::Link,
        Self::Unlink,
        Self::Promote,
        Self::Merge,
        Self::Undo,
        Self::Import,
        Self::Erase,
    ];

    /// The name in filters and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AutoLink => "auto-link",
            Self::Link => "link",
            Self::Unlink => "unlink",
            Self::Promote => "promote",
            Self::Merge => "merge",
            Self::Undo => "undo",
            Self::Import => "import",
            Self::Erase => "erase",
            Self::Other => "other",
            Self::Review => "review",
        }
    }

    /// The kind of an action; expiry is nobody's decision.
    pub const fn of(action: Action) -> Option<Self> {
        Some(match action {
            Action::Resolve => Self::AutoLink,
            Action::Link => Self::Link,
            Action::Unlink => Self::Unlink,
            Action::Promote => Self::Promote,
            Action::Merge => Self::Merge,
            Action::Undo | Action::Unmerge => Self::Undo,
            Action::Import => Self::Import,
            Action::Erase => Self::Erase,
            Action::Create | Action::Edit | Action::Delete | Action::Enrich => Self::Other,
            Action::AddNote | Action::EditNote | Action::DeleteNote => Self::Other,
            Action::NotSame | Action::Claim | Action::Release => Self::Other,
            Action::Share | Action::Unshare | Action::WrapUp => Self::Other,
            Action::Take | Action::Reopen => Self::Other,
            Action::CreateOrganization | Action::EditOrganization => Self::Other,
            Action::DeleteOrganization => Self::Other,
            Action::Mark | Action::SaveFilter | Action::ForgetFilter => Self::Review,
            Action::View | Action::Export => Self::Review,
            Action::Expire => return None,
        })
    }

    /// The actions of a kind.
    pub fn actions(self) -> impl Iterator<Item = Action> {
        let all = Action::ALL.into_iter();
        all.filter(move |action| Self::of(*action) == Some(self))
    }
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Order {
    #[default]
    Newest,
    Oldest,
    /// Conversations that have ended, by how long they lasted.
    Longest,
}

impl Order {
    pub const ALL: [Self; 3] = [Self::Newest, Self::Oldest, Self::Longest];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Longest => "longest",
        }
    }
}

/// Which decisions or conversations; every part narrows. What is said of conversations narrows decisions to
/// those about such conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Filter {
    /// Any of these kinds; the usual ones where it is empty.
    pub kinds: Vec<Kind>,
    /// Who decided.
    pub by: Option<String>,
    pub channel: Option<Channel>,
    /// The name or the id of a queue, of the agent who handled it, of a wrap-up code.
    pub queue: Option<String>,
    pub agent: Option<String>,
    pub wrapup: Option<String>,
    pub status: Option<Status>,
    /// Decided, or begun, at or after this moment, and before that one.
    pub from: Option<Moment>,
    pub to: Option<Moment>,
    /// The rule that linked it.
    pub rule: Option<Rule>,
    /// Text in its wrap-up notes, in any case.
    pub text: Option<String>,
    /// Only contacts that are a part of a merge.
    pub merged: bool,
    /// Only conversations that somebody took from their contact.
    pub unlinked: bool,
    /// Only automatic links of low confidence.
    pub doubtful: bool,
    /// Only what was taken back, or only what was not.
    pub undone: Option<bool>,
    pub mark: Option<Marked>,
    pub order: Order,
}

impl Filter {
    /// Whether it speaks of conversations.
    pub fn is_of_conversations(&self) -> bool {
        self.channel.is_some()
            || self.queue.is_some()
            || self.agent.is_some()
            || self.wrapup.is_some()
            || self.status.is_some()
            || self.text.is_some()
            || self.unlinked
            || self.doubtful
    }

    /// Why a list cannot be narrowed by it.
    pub fn unfit(&self, list: List) -> Option<BadFilter> {
        let of_decisions = !self.kinds.is_empty() || self.by.is_some() || self.undone.is_some();
        match list {
            List::Conversations if of_decisions => Some(BadFilter::OfDecisions),
            List::Decisions if self.order == Order::Longest => Some(BadFilter::NoLength),
            List::Conversations | List::Decisions => None,
        }
    }

    /// The kinds that are listed.
    pub fn listed(&self) -> &[Kind] {
        match self.kinds.is_empty() {
            true => &Kind::USUAL,
            false => &self.kinds,
        }
    }
}

/// What somebody who looked says of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Right,
    Wrong,
    CannotTell,
}

impl Verdict {
    pub const ALL: [Self; 3] = [Self::Right, Self::Wrong, Self::CannotTell];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::CannotTell => "cannot-tell",
        }
    }

    /// The words for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::CannotTell => "cannot tell",
        }
    }
}

impl FromStr for Verdict {
    type Err = NoVerdict;

    fn from_str(text: &str) -> Result<Self, NoVerdict> {
        let found = Self::ALL
            .into_iter()
            .find(|verdict| verdict.name() == text || verdict.words() == text);
        found.ok_or_else(|| NoVerdict(text.chars().take(40).collect()))
    }
}

/// A text that is no verdict.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a mark; it is right, wrong or cannot-tell")]
pub struct NoVerdict(String);

/// Which marks a filter asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Marked {
    None,
    Any,
    As(Verdict),
}

/// A mark on a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub verdict: Verdict,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    pub by: String,
    pub at: Moment,
}

/// What a supervisor keeps, by what it is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Key {
    /// The mark on a decision.
    Mark(EntryId),
    /// Somebody's own saved filter.
    Filter { owner: String, name: String },
}

/// What stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kept {
    Mark(Mark),
    Filter(Filter),
}

/// How much is looked at to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reach {
    /// Everything.
    Whole,
    /// So much that it takes no time.
    Quick,
}

/// What was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counted {
    pub count: u64,
    /// False where there may be more, because not everything was looked at.
    pub is_all: bool,
}

/// Where the next page begins: behind this place in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub at: i64,
    pub row: i64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.at, self.row)
    }
}

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let (at, row) = text.trim().split_once('_').ok_or(NoCursor)?;
        match (at.parse(), row.parse()) {
            (Ok(at), Ok(row)) => Ok(Self { at, row }),
            _ => Err(NoCursor),
        }
    }
}

/// A text that is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that is no place in a list; take the one that the page before ended with")]
pub struct NoCursor;

impl Reason {
    /// Whether a rule decided, and the evidence is weak: the identifier was only typed by somebody, another
    /// one leads elsewhere, or several people use it.
    pub fn is_doubtful(&self) -> bool {
        let is_typed = self.deciding().is_some_and(|one| one.trust == Trust::Typed);
        let claim = self.claim.as_ref();
        let is_claimed_so = claim.is_some_and(|claim| claim.trust == Trust::Typed);
        let is_weak = is_typed || is_claimed_so || !self.rivals.is_empty();
        self.rule.is_automatic() && (is_weak || self.rule == Rule::SharedOnly)
    }
}

impl Rule {
    pub const ALL: [Self; 8] = [
        Self::FirstClaimed,
        Self::NoClaim,
        Self::NothingProvided,
        Self::SwitchedOff,
        Self::SharedOnly,
        Self::ByPerson,
        Self::Unlinked,
        Self::Unmerged,
    ];

    /// Whether nobody decided, but the rules.
    pub const fn is_automatic(self) -> bool {
        match self {
            Self::FirstClaimed | Self::NoClaim | Self::NothingProvided => true,
            Self::SwitchedOff | Self::SharedOnly => true,
            Self::ByPerson | Self::Unlinked | Self::Unmerged => false,
        }
    }
}
