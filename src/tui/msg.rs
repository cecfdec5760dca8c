//! What happened: everything that can change the desk arrives as one of these.

use std::path::PathBuf;

use super::effect::Write;
use super::input::Input;
use crate::backend::Trouble;
use crate::backend::view::{
    Brief, ContactExplanation, ErasePreview, Explanation, Header, History, HistoryLine,
    HistoryQuery, Journey, JourneyQuery, MergePreview, NameList, NotExplanation, Online, Past,
    Profile, ReviewPage, ReviewQuery, Roster, SearchResult, UnmergePreview, Whose,
};
use crate::domain::Identifier;
use crate::domain::command::{EntryId, Outcome};
use crate::domain::contact::{ContactId, OrganizationId};
use crate::domain::conversation::ConversationId;
use crate::domain::field::Field;
use crate::domain::review::{Counted, Filter, List};
use crate::domain::statistics::Statistics;
use crate::domain::transcript::Transcript;
use crate::domain::unmerge::Since;
use crate::live::Topic;

/// Something happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    Input(Input),
    Reply(Box<Reply>),
    /// What is shown may have changed; topics of a quarter of a second come together.
    Stale(Vec<Topic>),
    /// A second passed while something on the screen counts seconds.
    Tick,
}

/// The answer to a read or a write. It repeats the question, so that a dialog knows its own.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// What came out of the agent's editor, or why nothing did.
    Composed(Result<String, String>),
    Header(Result<Header, Trouble>),
    Roster(Result<Roster, Trouble>),
    Names(Result<NameList, Trouble>),
    Profile(Subject, Result<Profile, Trouble>),
    Journey(ContactId, JourneyQuery, Result<Journey, Trouble>),
    Online(Result<Vec<Online>, Trouble>),
    Transcript(ConversationId, Result<Transcript, Trouble>),
    Search {
        text: String,
        offset: usize,
        result: Result<SearchResult, Trouble>,
    },
    Other(ContactId, Result<Profile, Trouble>),
    /// One line for each contact that was asked for; nothing for who is gone.
    Recent(Vec<ContactId>, Result<Vec<Option<Brief>>, Trouble>),
    MergePreview {
        contacts: Vec<ContactId>,
        takes: Vec<(Field, ContactId)>,
        result: Result<MergePreview, Trouble>,
    },
    UnmergePreview {
        entry: EntryId,
        sides: Vec<(Since, ContactId)>,
        result: Result<UnmergePreview, Trouble>,
    },
    Why(ConversationId, Result<Explanation, Trouble>),
    History(HistoryQuery, Result<History, Trouble>),
    Statistics(Result<Box<Statistics>, Trouble>),
    Review(Box<ReviewQuery>, Result<ReviewPage, Trouble>),
    ReviewCount(List, Box<Filter>, Result<Counted, Trouble>),
    /// How many rows a list that went to a file has.
    ReviewTaken(PathBuf, Result<u64, Trouble>),
    WhyContact(ContactId, Result<ContactExplanation, Trouble>),
    WhyNot(ConversationId, ContactId, Result<NotExplanation, Trouble>),
    /// What stood, for a subject that may no longer be shown; nothing where no earlier change is known.
    Past(Whose, Result<Option<Box<Past>>, Trouble>),
    Organization(String, Result<Option<OrganizationId>, Trouble>),
    ErasePreview(ContactId, Result<ErasePreview, Trouble>),
    Heir(Identifier, Result<Option<Brief>, Trouble>),
    Exported(ContactId, PathBuf, Result<(), Trouble>),
    Written(Write, Result<Outcome, Trouble>),
    Undone(Result<LastUndo, Trouble>),
    /// What became of a change, or of taking the last one back, that was not known when it was answered; nothing
    /// where it was not made.
    Fate(Option<Write>, Result<Option<Outcome>, Trouble>),
}

/// What became of taking back the last action.
#[derive(Clone, Debug, PartialEq)]
pub enum LastUndo {
    /// The agent did nothing that can be undone.
    Nothing,
    /// It was done on this desk, and is taken back.
    Done(Box<HistoryLine>, Outcome),
    /// It was done before this desk was opened, or on another one: to be asked about.
    Before(Box<HistoryLine>),
}

/// What the profile and the journey are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Conversation(ConversationId),
    /// A contact opened without a conversation.
    Contact(ContactId),
}

impl Subject {
    /// Whose past is asked for.
    pub const fn whose(self) -> Whose {
        match self {
            Self::Conversation(id) => Whose::Conversation(id),
            Self::Contact(id) => Whose::Contact(id),
        }
    }
}
