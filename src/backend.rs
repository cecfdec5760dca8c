//! The one port of the desk: what it can read and do, whatever stands behind it. `local` is the bundled
//! engine on a store, `remote` a server; `ask` is what the two say to each other.

pub mod ask;
pub mod document;
mod going;
pub mod local;
mod merging;
pub mod remote;
pub mod sheet;
pub mod view;

use std::path::PathBuf;

use async_trait::async_trait;
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::domain::command::{Command, EntryId, Outcome};
use crate::domain::contact::{ContactId, OrganizationId};
use crate::domain::conversation::ConversationId;
use crate::domain::facts::Halt;
use crate::domain::field::Field;
use crate::domain::review::{Counted, Filter, List, Precision, Reach};
use crate::domain::statistics::{Days, Statistics};
use crate::domain::transcript::Transcript;
use crate::domain::unmerge::Since;
use crate::domain::{Identifier, Moment, Refusal, Role};
use crate::live::Topic;

use view::{
    Brief, ContactExplanation, DecisionLine, ErasePreview, Explanation, Header, History,
    HistoryLine, HistoryQuery, Journey, JourneyQuery, Lacks, MergePreview, NameList,
    NotExplanation, Online, Past, Profile, ReviewPage, ReviewQuery, Roster, SearchResult, Standing,
    UnmergePreview, Whose,
};

/// What a backend without a journal says about the past.
const NO_PAST: &str = "the past is not kept here: only a store of scv has a journal";

/// What a backend says that cannot look at all visits at once.
const NO_ONLINE: &str = "who is on the website now cannot be asked here";

/// What a backend without messages says.
const NO_TRANSCRIPTS: &str = "what was said in messages cannot be read here";

/// What a backend without shared marks says.
const NO_MARKS: &str =
    "no identifier is marked as shared here: only a store of scv knows such marks";

/// What a backend without a review says.
const NO_REVIEW: &str = "there is no review here: only a store of scv has one";
/// What a backend that counts nothing says.
const NO_COUNTS: &str = "statistics are not kept here: only a store of scv counts";

/// What a backend whose changes have no numbers says.
const NO_NUMBERS: &str = "what became of it cannot be asked here; look before it is done once more";

/// Why a backend could not do what it was asked. Its sentence says what to do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The rules say no.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The world says no: the store's or the network's sentence.
    #[error("{0}")]
    Broken(String),
    /// The server cannot be reached, and nothing was changed.
    #[error("{0}")]
    Offline(String),
    /// The server takes nothing for a while, and nothing was changed. The sentence says for how long.
    #[error("{0}")]
    Limited(String),
    /// Whether the change was made is not known. Under its number `Backend::fate` can be asked for.
    #[error("{said}")]
    Unknown { said: String, number: Option<Uuid> },
    #[error("{0} is not there")]
    NotFound(String),
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<crate::store::StoreError> for Trouble {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<crate::store::NotApplied> for Trouble {
    fn from(error: crate::store::NotApplied) -> Self {
        match error {
            crate::store::NotApplied::Refused(refusal) => Self::Refused(refusal),
            crate::store::NotApplied::Store(error) => error.into(),
        }
    }
}

impl Trouble {
    /// Whether there is no way to the server, which is said once and not for every question.
    pub const fn is_outage(&self) -> bool {
        match self {
            Self::Offline(_) => true,
            Self::Refused(_) | Self::Broken(_) | Self::NotFound(_) => false,
            Self::Limited(_) | Self::Unknown { .. } => false,
        }
    }

    /// A halt of the engine outside a decision; a missing fact there is a bug of the caller.
    pub fn of_halt(halt: Halt) -> Self {
        match halt {
            Halt::Refused(refusal) => Self::Refused(refusal),
            Halt::Missing(keys) => {
                Self::Broken(format!("facts were not loaded: {} keys", keys.len()))
            }
        }
    }
}

/// What the desk reads and does.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// Who acts here, and in which role.
    fn actor(&self) -> (String, Role);

    /// What it has not, with the reasons.
    fn lacks(&self) -> Lacks {
        &[]
    }

    /// How what is behind it can be reached.
    fn standing(&self) -> Standing {
        Standing::Fine
    }

    /// Switches the role (demo, tests); a remote refuses.
    fn set_role(&self, role: Role) -> Result<(), Trouble>;

    /// Counts and the name of the place for the header.
    async fn header(&self) -> Result<Header, Trouble>;

    /// The conversations of the actor and those waiting in queues; all for who may see all.
    async fn roster(&self) -> Result<Roster, Trouble>;

    /// The profile of a conversation: who it is, why, rivals, what the conversation provided.
    async fn profile_of(&self, conversation: ConversationId) -> Result<Profile, Trouble>;

    /// The profile of a contact opened without a conversation.
    async fn profile(&self, contact: ContactId) -> Result<Profile, Trouble>;

    /// Each of these contacts in one line, as they are now: the canonical one for who was merged, nothing
    /// for who is gone.
    async fn lines_of(&self, contacts: Vec<ContactId>) -> Result<Vec<Option<Brief>>, Trouble>;

    /// A page of the journey of a contact's whole merge set.
    async fn journey(&self, contact: ContactId, query: JourneyQuery) -> Result<Journey, Trouble>;

    /// What was said in a conversation of messages, the newest part of a long one.
    async fn transcript(&self, conversation: ConversationId) -> Result<Transcript, Trouble> {
        let _ = conversation;
        Err(Trouble::Broken(NO_TRANSCRIPTS.to_owned()))
    }

    /// Who is on the website now, the latest sign of life first.
    async fn online(&self) -> Result<Vec<Online>, Trouble> {
        Err(Trouble::Broken(NO_ONLINE.to_owned()))
    }

    /// Curated contacts that match what was typed.
    async fn search(
        &self,
        text: String,
        limit: usize,
        offset: usize,
    ) -> Result<SearchResult, Trouble>;

    /// Why the conversation is linked to its contact.
    async fn why(&self, conversation: ConversationId) -> Result<Explanation, Trouble>;

    /// A person and their journey as they stood at a past moment, within what is kept.
    async fn past(&self, of: Whose, at: Moment) -> Result<Past, Trouble> {
        let _ = (of, at);
        Err(Trouble::Broken(NO_PAST.to_owned()))
    }

    /// Why a contact exists and holds what it holds.
    async fn why_contact(&self, contact: ContactId) -> Result<ContactExplanation, Trouble> {
        let _ = contact;
        Err(Trouble::Broken(NO_PAST.to_owned()))
    }

    /// Why a conversation is not linked to a certain contact.
    async fn why_not(
        &self,
        conversation: ConversationId,
        contact: ContactId,
    ) -> Result<NotExplanation, Trouble> {
        let _ = (conversation, contact);
        Err(Trouble::Broken(NO_PAST.to_owned()))
    }

    /// What a merge would do, with the Curated side pre-chosen where `takes` does not say otherwise.
    async fn preview_merge(
        &self,
        contacts: Vec<ContactId>,
        takes: Vec<(Field, ContactId)>,
    ) -> Result<MergePreview, Trouble>;

    /// What taking back the merge of an entry comes to: what came since, and the side that each goes to where
    /// `sides` does not say otherwise.
    async fn preview_unmerge(
        &self,
        entry: EntryId,
        sides: Vec<(Since, ContactId)>,
    ) -> Result<UnmergePreview, Trouble>;

    /// Who would hold an identifier if its shared mark were taken off; nobody where no field carries it.
    async fn preview_unshare(&self, identifier: Identifier) -> Result<Option<Brief>, Trouble> {
        let _ = identifier;
        Err(Trouble::Broken(NO_MARKS.to_owned()))
    }

    /// Writes everything that is known of a person into a new file, as one JSON document.
    async fn export(&self, contact: ContactId, file: PathBuf) -> Result<(), Trouble>;

    /// What would go with a person who is erased.
    async fn preview_erase(&self, contact: ContactId) -> Result<ErasePreview, Trouble>;

    /// Names of queues, users and wrap-up codes.
    async fn names(&self) -> Result<NameList, Trouble>;

    /// What is counted over the whole organization. It takes as long as reading everything does.
    async fn statistics(&self, _days: Days) -> Result<Statistics, Trouble> {
        Err(Trouble::Broken(NO_COUNTS.to_owned()))
    }

    /// The organization with exactly this name, if there is one.
    async fn organization_named(&self, name: String) -> Result<Option<OrganizationId>, Trouble>;

    /// The last action of the actor that can still be undone.
    async fn last_undoable(&self) -> Result<Option<HistoryLine>, Trouble>;

    /// A page of the decisions that the journal records, newest first. Who lacks `scv:history:view` sees the
    /// own ones only.
    async fn history(&self, query: HistoryQuery) -> Result<History, Trouble>;

    /// A page of the decisions or the conversations of the whole organization, by filter; it may come out short
    /// though the list goes on. Needs
    /// `externalContacts:conversation:viewAll`, decisions `scv:history:view` too, as all that follows.
    async fn review(&self, query: ReviewQuery) -> Result<ReviewPage, Trouble> {
        let _ = query;
        Err(Trouble::Broken(NO_REVIEW.to_owned()))
    }

    /// How many there are.
    async fn review_count(
        &self,
        list: List,
        filter: Filter,
        reach: Reach,
    ) -> Result<Counted, Trouble> {
        let _ = (list, filter, reach);
        Err(Trouble::Broken(NO_REVIEW.to_owned()))
    }

    /// So many automatic links by filter, each as likely as any other; the same for the same seed.
    async fn review_sample(
        &self,
        filter: Filter,
        count: usize,
        seed: u64,
    ) -> Result<Vec<DecisionLine>, Trouble> {
        let _ = (filter, count, seed);
        Err(Trouble::Broken(NO_REVIEW.to_owned()))
    }

    /// What was marked and corrected of the automatic links by filter.
    async fn review_precision(&self, filter: Filter) -> Result<Precision, Trouble> {
        let _ = filter;
        Err(Trouble::Broken(NO_REVIEW.to_owned()))
    }

    /// The saved filters of the actor, by name.
    async fn review_filters(&self) -> Result<Vec<(String, Filter)>, Trouble> {
        Err(Trouble::Broken(NO_REVIEW.to_owned()))
    }

    /// What became of a change that ended as `Trouble::Unknown`, once that can be asked; `None` when it was not
    /// made.
    async fn fate(&self, number: Uuid) -> Result<Option<Outcome>, Trouble> {
        let _ = number;
        Err(Trouble::Broken(NO_NUMBERS.to_owned()))
    }

    /// Does something: checks the right, plans, applies, publishes.
    async fn run(&self, command: Command) -> Result<Outcome, Trouble>;

    /// What changed, from this and from other programs on the same store.
    fn watch(&self) -> broadcast::Receiver<Topic>;
}
