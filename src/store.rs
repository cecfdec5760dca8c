//! The store's port: few, small operations that SQLite implements now and PostgreSQL later.
//!
//! A store keeps facts, applies plans whole or not at all, appends the journal and answers reads. It knows SQL
//! and no rules: the planner that decides is handed in as a closure over `Facts`.

pub mod account;
pub mod catalog;
pub mod decided;
pub mod export;
pub mod journal;
pub mod looked;
pub mod request;
pub mod search;
pub mod sqlite;

use std::io;
use std::ops::Range;
use std::path::PathBuf;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::command::{Action, EntryId, Remark};
use crate::domain::contact::{Contact, ContactId, ContactType, Note, Organization, OrganizationId};
use crate::domain::conversation::{Channel, ConversationId, Direction, Status};
use crate::domain::facts::{FactKey, Facts, Halt, VisitRecord};
use crate::domain::identifier::Identifier;
use crate::domain::moment::Moment;
use crate::domain::reason::{Claim, SharedMark};
use crate::domain::refusal::Refusal;
use crate::domain::statistics::{Days, Statistics};
use crate::domain::transcript::{Message, Transcript};
use crate::domain::visit::VisitId;
use crate::domain::{Change, ConversationRecord, Plan};

use journal::{Break, Head, Sealed};

/// Works out a plan from the facts loaded so far. Called again after each `Halt::Missing` with more facts, so it
/// must not keep state between calls.
pub type Planner = Box<dyn Fn(&Facts) -> Result<Plan, Halt> + Send>;

/// One decision to take inside a write transaction: load facts, plan, apply, append to the journal.
pub struct Decision {
    pub actor: String,
    pub at: Moment,
    /// Import batch, when the decision is part of one.
    pub batch: Option<u64>,
    /// The number of the request, when its answer may be lost: asked again it comes to the same entry.
    pub request: Option<Uuid>,
    pub planner: Planner,
}

/// What a decision came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// `None` when the plan changed nothing: observations alone are not journalled.
    pub entry: Option<EntryId>,
    pub action: Action,
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    pub remarks: Vec<Remark>,
}

/// Whether a batch is kept or rolled back at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    Commit,
    /// A dry run: the same code, nothing is kept.
    Rehearse,
}

/// Why a store cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(
        "{}: no such store; check the path; `scv import` or `scv ingest` makes one, `scv demo` needs none",
        .0.display()
    )]
    Missing(PathBuf),
    #[error("{}: something is there already; nothing was written, choose another place or move it away", .0.display())]
    Exists(PathBuf),
    #[error("{}: the file is not an scv store; choose another with --store", .0.display())]
    Foreign(PathBuf),
    #[error("{}: made by a newer scv (schema {found}, this one knows {known}); update scv", .path.display())]
    Newer {
        path: PathBuf,
        found: i64,
        known: i64,
    },
    #[error("{}: the file cannot be written; check its permissions", .0.display())]
    ReadOnly(PathBuf),
    #[error("{}: the disk is full; nothing was changed, make room and try again", .0.display())]
    Full(PathBuf),
    /// The disk took a write or its sync back. A sync that fails may still have kept what it was for, so the
    /// sentence does not say that nothing was changed.
    #[error("{}: the disk failed; what was asked is not safely saved, check the disk and try again", .0.display())]
    Unsaved(PathBuf),
    #[error("{}: the disk failed to read; check the disk and try again", .0.display())]
    Unread(PathBuf),
    #[error("{}: another scv has been writing for over {seconds} s; try again", .path.display())]
    Busy { path: PathBuf, seconds: u64 },
    #[error("{}: the file is damaged ({what}); restore a backup", .path.display())]
    Damaged { path: PathBuf, what: String },
    /// The write-ahead log has decisions after the damage, which were acknowledged.
    #[error(
        "{}: the log is damaged at byte {at}, and {} after it cannot be read; nothing was changed: restore \
         a backup, or go on without them with `scv check --cut-log`",
        .path.display(), decisions(*.lost)
    )]
    DamagedLog { path: PathBuf, at: u64, lost: u64 },
    #[error("{}: {what}", .path.display())]
    Other { path: PathBuf, what: String },
    #[error("the store is closing")]
    Closed,
}

fn decisions(count: u64) -> String {
    match count {
        1 => "what was saved once".to_owned(),
        _ => format!("what was saved {count} times"),
    }
}

/// Why a file cannot be read or written, in words and without the system's number for it.
pub fn words_of(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => {
            let said = error.to_string();
            let words = said.split(" (os error").next().unwrap_or(&said);
            let mut letters = words.chars();
            let first = letters.next().map(|letter| letter.to_ascii_lowercase());
            first.into_iter().chain(letters).collect()
        }
    }
}

/// Why a decision was not applied: the rules refused it, or the store failed. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum NotApplied {
    #[error(transparent)]
    Refused(Box<Refusal>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The kind of a name that ids stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NameKind {
    Queue,
    User,
    WrapupCode,
    Segment,
    Outcome,
}

/// A name of the organization: queue, user, wrap-up code, segment or outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub kind: NameKind,
    pub id: String,
    pub name: String,
    /// Colour of a segment, `#RRGGBB`.
    pub color: Option<String>,
    /// False for a segment that agents must not see.
    pub shown: bool,
}

/// A line of a list of conversations: what the roster and the journey need without reading the body.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationLine {
    pub id: ConversationId,
    pub contact: ContactId,
    pub channel: Channel,
    pub direction: Direction,
    pub start: Moment,
    pub end: Option<Moment>,
    pub status: Status,
    /// Ids as they came; `Name` has the names. `agent_name` is what the data itself said.
    pub queue: Option<String>,
    pub agent: Option<String>,
    pub agent_name: Option<String>,
    pub wrapup_code: Option<String>,
    pub wrapup_notes: Option<String>,
    pub subject: Option<String>,
    pub address: Option<String>,
    pub provided_name: Option<String>,
}

/// Which conversations to list. Newest first within the active ones, then within the ended ones.
#[derive(Clone, Debug, Default)]
pub struct ConversationFilter {
    /// Linked to one of these contacts (a merge set); `None` for all.
    pub contacts: Option<Vec<ContactId>>,
    /// Handled by this user id, or waiting in a queue.
    pub agent: Option<String>,
    /// Only conversations without an end, and those ended at or after this moment.
    pub ended_since: Option<Moment>,
    /// Only conversations that started at or after this moment.
    pub started_since: Option<Moment>,
    /// Only what stands behind this in the list; with `contacts` alone.
    pub after: Option<After<ConversationId>>,
    pub limit: usize,
    pub offset: usize,
}

/// A place in a list that is newest first, what goes on before what is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After<Id> {
    pub closed: bool,
    pub started: Moment,
    pub of_equals: Equals<Id>,
}

/// Which of those that began at the very moment of a place stand behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Equals<Id> {
    All,
    Nothing,
    /// Those behind this one; all of them where it is there no longer.
    Behind(Id),
}

/// Which web visits to list, newest first.
#[derive(Clone, Debug, Default)]
pub struct VisitFilter {
    /// Linked to one of these contacts (a merge set); `None` for all.
    pub contacts: Option<Vec<ContactId>>,
    pub started_since: Option<Moment>,
    /// Only visits that ended, or were last heard of, after this moment.
    pub seen_since: Option<Moment>,
    /// Only what began before this, or stands behind it.
    pub after: Option<After<VisitId>>,
    pub limit: usize,
}

impl VisitFilter {
    /// Visits of some contacts that started at or after a moment.
    pub fn of(contacts: Vec<ContactId>, since: Moment, limit: usize) -> Self {
        Self {
            contacts: Some(contacts),
            started_since: Some(since),
            limit,
            ..Self::default()
        }
    }
}

/// When interactions began, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InteractionStarts {
    pub conversations: Vec<(Moment, Channel)>,
    pub visits: Vec<Moment>,
}

/// A journal entry's public part: who, when, what, ids; no personal values.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub id: EntryId,
    pub at: Moment,
    pub actor: String,
    pub action: Action,
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    /// Every contact that the changes speak of.
    pub contacts: Vec<ContactId>,
    pub batch: Option<u64>,
    pub undoes: Option<EntryId>,
    pub undone_by: Option<EntryId>,
    /// False once the payload was deleted.
    pub kept: bool,
}

/// Which journal entries to list, newest first.
#[derive(Clone, Debug, Default)]
pub struct EntryFilter {
    pub actor: Option<String>,
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    /// Only entries of this import batch.
    pub batch: Option<u64>,
    /// Only entries that a person made (no `resolve`, no `expire`).
    pub by_people: Only,
    pub before: Option<EntryId>,
    pub limit: usize,
}

/// Is told how far something long has come: done, of how many.
pub type Progress = Box<dyn FnMut(u64, u64) + Send>;

/// What an audit of the journal found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    pub entries: u64,
    pub head: Head,
    /// In the order of their places; empty when the chain is whole.
    pub breaks: Vec<Break>,
    /// Breaks that are counted and not named.
    pub more: u64,
}

/// A narrowing that is on or off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Only {
    #[default]
    All,
    Narrowed,
}

/// A search as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    pub text: String,
    pub limit: usize,
    pub offset: usize,
}

/// A contact that was found, with the parts of its fields that matched.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub contact: ContactId,
    pub lines: Vec<HitField>,
    /// True when it was found by allowing one typo.
    pub by_typo: bool,
}

/// One searchable text of a hit and where it matched (byte ranges).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HitField {
    pub label: &'static str,
    pub text: String,
    pub matched: Vec<Range<usize>>,
}

/// A page of hits, best first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    pub hits: Vec<Hit>,
    pub total: usize,
    /// Curated contacts that can be found at all.
    pub of: usize,
}

/// Counts for `scv stats` and the header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub contacts: Vec<(ContactType, u64)>,
    pub ancestors: u64,
    pub claims: u64,
    pub conversations: u64,
    pub active: u64,
    pub visits: u64,
    pub notes: u64,
    pub organizations: u64,
    pub shared: u64,
    pub entries: u64,
}

/// What a scrub came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scrubbed {
    Clean,
    /// Another program still reads what stood there before, so the log could not be emptied.
    LogHeld,
}

/// A store.
#[async_trait]
pub trait Store: looked::Looked + Send + Sync + 'static {
    /// Takes one decision. Concurrent calls share a transaction (group commit); each is answered once it is
    /// durable.
    async fn decide(&self, decision: Decision) -> Result<Applied, NotApplied>;

    /// What came of the decision under a number, with who took it; without remarks. `None` when none was taken, or
    /// when it is no longer remembered.
    async fn asked(&self, request: Uuid) -> Result<Option<(String, Applied)>, StoreError>;

    /// Takes many decisions in order, in as few transactions as is sensible, each whole or not at all; a
    /// refused one does not stop the others. With `Keep::Rehearse` everything runs in one transaction that is
    /// rolled back at the end of the call.
    async fn decide_all(
        &self,
        decisions: Vec<Decision>,
        keep: Keep,
    ) -> Vec<Result<Applied, NotApplied>>;

    /// Loads facts for a preview, outside any write.
    async fn load(&self, keys: Vec<FactKey>, into: Facts) -> Result<Facts, StoreError>;

    async fn contacts(&self, ids: Vec<ContactId>) -> Result<Vec<Contact>, StoreError>;
    async fn claims(
        &self,
        contacts: Vec<ContactId>,
    ) -> Result<Vec<(Identifier, Claim)>, StoreError>;
    async fn notes(&self, contacts: Vec<ContactId>) -> Result<Vec<Note>, StoreError>;
    async fn organizations(
        &self,
        ids: Vec<OrganizationId>,
    ) -> Result<Vec<Organization>, StoreError>;
    async fn conversation(
        &self,
        id: ConversationId,
    ) -> Result<Option<ConversationRecord>, StoreError>;
    async fn conversations(
        &self,
        filter: ConversationFilter,
    ) -> Result<Vec<ConversationLine>, StoreError>;
    /// The newest messages of a conversation, oldest first, at most `limit`.
    async fn transcript(
        &self,
        conversation: ConversationId,
        limit: usize,
    ) -> Result<Transcript, StoreError>;
    /// Those of some messages of a conversation that are there.
    async fn messages(
        &self,
        conversation: ConversationId,
        ids: Vec<String>,
    ) -> Result<Vec<Message>, StoreError>;
    /// How many messages each of these conversations has, in their order.
    async fn message_counts(&self, ids: Vec<ConversationId>) -> Result<Vec<u64>, StoreError>;
    async fn visits(&self, filter: VisitFilter) -> Result<Vec<VisitRecord>, StoreError>;
    /// When conversations and visits of these contacts began, at or after `since`, at most `limit` of each,
    /// in no order.
    async fn starts(
        &self,
        contacts: Vec<ContactId>,
        since: Moment,
        limit: usize,
    ) -> Result<InteractionStarts, StoreError>;
    async fn search(&self, search: Search) -> Result<Found, StoreError>;
    /// Everything that is marked as shared, the latest mark first.
    async fn shared(&self) -> Result<Vec<SharedMark>, StoreError>;
    async fn names(&self) -> Result<Vec<Name>, StoreError>;
    /// Adds or replaces names.
    async fn put_names(&self, names: Vec<Name>) -> Result<(), StoreError>;
    async fn entries(&self, filter: EntryFilter) -> Result<Vec<Entry>, StoreError>;
    /// The changes of an entry; `None` when they are no longer kept.
    async fn changes(&self, entry: EntryId) -> Result<Option<Vec<Change>>, StoreError>;
    /// Why an entry that keeps no values was made; `None` for other entries.
    async fn reason(&self, entry: EntryId) -> Result<Option<String>, StoreError>;
    /// Entries after a moment that may have changed a shared mark or an organization, newest first: no contact leads
    /// to them.
    async fn loose_since(&self, after: Moment) -> Result<Vec<EntryId>, StoreError>;
    async fn counts(&self) -> Result<Counts, StoreError>;
    /// What is counted over everything; reads whole tables. `expired` is the moment that contacts expire now if
    /// nobody saw them since, and `ahead` how many spans of 24 hours are told apart from there on.
    async fn statistics(
        &self,
        days: Days,
        expired: Moment,
        ahead: usize,
    ) -> Result<Statistics, StoreError>;

    /// Auto-made contacts outside every merge tree whose last interaction was before `before`.
    async fn expiring(&self, before: Moment, limit: usize) -> Result<Vec<ContactId>, StoreError>;
    /// Removes at most `limit` conversations and visits that ended before `before`; the number removed.
    async fn drop_older(&self, before: Moment, limit: usize) -> Result<usize, StoreError>;

    /// The number of the next import batch.
    async fn next_batch(&self) -> Result<u64, StoreError>;
    /// Walks the whole chain of the journal and names every break. `kept` is a head that was kept elsewhere.
    async fn audit(&self, kept: Option<Head>, progress: Progress) -> Result<Audit, StoreError>;
    /// The end of the journal's chain.
    async fn head(&self) -> Result<Head, StoreError>;
    /// The journal's public part behind `after`, oldest first: ids and hashes, no personal values.
    async fn sealed(&self, after: EntryId, limit: usize) -> Result<Vec<Sealed>, StoreError>;
    /// Every broken invariant, the journal's too, one sentence each; empty when all hold.
    async fn check(&self) -> Result<Vec<String>, StoreError>;
    /// Hands every stored link with its evidence to `judge`; one sentence for each that does not follow from
    /// it or from the journal. The values that the journal keeps are read on the way.
    async fn judge(&self, judge: decided::Judge) -> Result<Vec<String>, StoreError>;
    /// Everything but the journal, as text lines in a stable order: what an undo must restore.
    async fn logical_dump(&self) -> Result<Vec<String>, StoreError>;
    /// A number that changes whenever any process has written to the store.
    async fn version(&self) -> Result<u64, StoreError>;
    /// Sees to it that no byte of what was erased is left in the store's files, whoever else has them open.
    /// Does nothing when nothing was erased since the last time.
    async fn scrub(&self) -> Result<Scrubbed, StoreError>;
    /// Brings long-running upkeep (search index) up to date; reports (done, total).
    async fn tidy_up(&self, progress: Progress) -> Result<(), StoreError>;
}
