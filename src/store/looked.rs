//! What supervisors look through: lists of decisions and conversations by filter, their counts, samples, and
//! what marks and corrections come to.

use async_trait::async_trait;

use super::{ConversationLine, Entry, StoreError};
use crate::domain::command::EntryId;
use crate::domain::conversation::ConversationId;
use crate::domain::moment::Moment;
use crate::domain::reason::Rule;
use crate::domain::review::{Counted, Cursor, Filter, List, Mark, Precision, Reach};

/// A filter with the ids that its names stand for; none where no name is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    pub filter: Filter,
    pub queues: Option<Vec<String>>,
    pub agents: Option<Vec<String>>,
    pub codes: Option<Vec<String>>,
}

/// A decision with what a list shows beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionRow {
    pub entry: Entry,
    pub conversation: Option<ConversationRow>,
    pub mark: Option<Mark>,
}

/// A conversation with what a list shows beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationRow {
    pub line: ConversationLine,
    /// The entry that linked it first.
    pub entry: Option<EntryId>,
    /// The rule of the link that stands, and the one that linked it first.
    pub rule: Option<Rule>,
    pub first_rule: Option<Rule>,
    /// Whether the first link was of low confidence.
    pub doubtful: bool,
    pub mark: Option<Mark>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Where the list goes on; nothing at its end.
    pub next: Option<Cursor>,
    /// How far a page looked that came out short of what was asked, though the list goes on: a store looks at so
    /// much at once, and no more.
    pub looked_to: Option<Moment>,
}

/// What supervisors ask a store.
#[async_trait]
pub trait Looked: Send + Sync {
    /// Decisions by filter, behind a cursor.
    async fn decisions(
        &self,
        scope: Scope,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<DecisionRow>, StoreError>;

    /// Conversations by filter, behind a cursor.
    async fn talks(
        &self,
        scope: Scope,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<ConversationRow>, StoreError>;

    /// How many there are: exactly, or as many as are met among so much as is looked at at once.
    async fn count_of(&self, list: List, scope: Scope, reach: Reach)
    -> Result<Counted, StoreError>;

    /// So many automatic links of conversations by filter, each as likely as any other; the same for the same
    /// seed. Newest first.
    async fn sample(
        &self,
        scope: Scope,
        count: usize,
        seed: u64,
    ) -> Result<Vec<DecisionRow>, StoreError>;

    /// What was marked and corrected of the automatic links by filter; ids stand for names.
    async fn precision(&self, scope: Scope) -> Result<Precision, StoreError>;

    /// The entry that linked a conversation first.
    async fn first_entry(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<EntryId>, StoreError>;

    /// The saved filters of somebody, by name.
    async fn filters_of(&self, owner: String) -> Result<Vec<(String, Filter)>, StoreError>;
}
