//! What the desk wants done outside of itself. `update` answers these; only `effects` carries them out.

use std::path::PathBuf;

use super::msg::Subject;
use super::view::Widths;
use crate::backend::view::{HistoryQuery, JourneyQuery, ReviewQuery, Whose};
use crate::domain::command::{Command, EntryId};
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::domain::field::Field;
use crate::domain::review::{Filter, List};
use crate::domain::statistics::Days;
use crate::domain::unmerge::Since;
use crate::domain::{Identifier, Moment};

/// Something to do. Reads may be dropped for newer ones, writes never are.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Read(Read),
    Write(Write),
    /// Takes back the last action of the agent that can be taken back.
    UndoLast,
    /// Rings the terminal's bell.
    Ring,
    /// Draws everything anew: somebody else wrote on the terminal.
    Redraw,
    /// Keeps how wide the panes are for the next time.
    Remember(Widths),
    /// Lets the agent change a text in their own editor.
    Compose(String),
    /// Gives up what only a dialog read that was closed, or what somebody no longer waits for.
    GiveUp(Vec<Slot>),
    /// Puts a clean text on the clipboard of whoever sits at the terminal.
    Copy(String),
    /// Leaves the mouse to the terminal, so that it selects text, or takes it back.
    ToggleMouse,
    /// Stops the program as a shell does on Ctrl-Z.
    Suspend,
    Quit,
}

/// A change, and what to say once it is done: noun first, no full stop (`Efa Byrne linked`).
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    pub command: Box<Command>,
    pub said: String,
    /// What is true again once it was taken back.
    pub unsaid: Option<String>,
}

/// What to say of a change, and what is true again once it was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub done: String,
    pub undone: Option<String>,
}

impl Said {
    pub fn new(done: impl Into<String>, undone: impl Into<String>) -> Self {
        Self {
            done: done.into(),
            undone: Some(undone.into()),
        }
    }
}

impl From<String> for Said {
    fn from(done: String) -> Self {
        let undone = None;
        Self { done, undone }
    }
}

impl From<&str> for Said {
    fn from(done: &str) -> Self {
        Self::from(done.to_owned())
    }
}

impl Write {
    pub fn new(command: Command, said: impl Into<Said>) -> Self {
        let said = said.into();
        Self {
            command: Box::new(command),
            said: said.done,
            unsaid: said.undone,
        }
    }
}

/// Something to read. Its answer comes back as the `Reply` of the same name.
#[derive(Clone, Debug, PartialEq)]
pub enum Read {
    Header,
    Roster,
    Names,
    /// The profile and, behind it, the journey of what is shown.
    Profile(Subject),
    Journey(ContactId, JourneyQuery),
    Online,
    Transcript(ConversationId),
    Search {
        text: String,
        limit: usize,
        offset: usize,
    },
    /// A contact beside the one that is shown, for a dialog.
    Other(ContactId),
    /// Those who were viewed lately, as they are now.
    Recent(Vec<ContactId>),
    MergePreview {
        contacts: Vec<ContactId>,
        takes: Vec<(Field, ContactId)>,
    },
    UnmergePreview {
        entry: EntryId,
        sides: Vec<(Since, ContactId)>,
    },
    Why(ConversationId),
    History(HistoryQuery),
    Statistics(Days),
    Review(Box<ReviewQuery>),
    ReviewCount(List, Box<Filter>),
    /// A list of the review into a new file; its end says the form.
    ReviewExport(List, Box<Filter>, PathBuf),
    WhyContact(ContactId),
    WhyNot(ConversationId, ContactId),
    /// What stood at a moment, or at the change before it.
    Past(Whose, Moment, Stride),
    Organization(String),
    ErasePreview(ContactId),
    /// Who would hold an identifier if its shared mark were taken off.
    Heir(Identifier),
    /// The export of a person into a new file.
    Export(ContactId, PathBuf),
}

/// How far a read of the past goes from its moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stride {
    Stay,
    /// To the change before.
    Back,
}

/// What a read is for. A newer read of a slot takes the place of the older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    Header,
    Roster,
    Names,
    Profile,
    Journey,
    Online,
    Transcript,
    Search,
    Other,
    Recent,
    MergePreview,
    UnmergePreview,
    Why,
    History,
    Statistics,
    Review,
    ReviewCount,
    ReviewExport,
    WhyNot,
    Past,
    Organization,
    ErasePreview,
    Heir,
    Export,
}

impl Read {
    pub const fn slot(&self) -> Slot {
        match self {
            Self::Header => Slot::Header,
            Self::Roster => Slot::Roster,
            Self::Names => Slot::Names,
            Self::Profile(_) => Slot::Profile,
            Self::Journey(..) => Slot::Journey,
            Self::Online => Slot::Online,
            Self::Transcript(_) => Slot::Transcript,
            Self::Search { .. } => Slot::Search,
            Self::Other(_) => Slot::Other,
            Self::Recent(_) => Slot::Recent,
            Self::MergePreview { .. } => Slot::MergePreview,
            Self::UnmergePreview { .. } => Slot::UnmergePreview,
            Self::History(_) => Slot::History,
            Self::Statistics(_) => Slot::Statistics,
            Self::Review(_) => Slot::Review,
            Self::ReviewCount(..) => Slot::ReviewCount,
            Self::ReviewExport(..) => Slot::ReviewExport,
            Self::Why(_) | Self::WhyContact(_) => Slot::Why,
            Self::WhyNot(..) => Slot::WhyNot,
            Self::Past(..) => Slot::Past,
            Self::Organization(_) => Slot::Organization,
            Self::ErasePreview(_) => Slot::ErasePreview,
            Self::Heir(_) => Slot::Heir,
            Self::Export(..) => Slot::Export,
        }
    }
}

impl Effect {
    /// A change and the words for it.
    pub fn write(command: Command, said: impl Into<Said>) -> Self {
        Self::Write(Write::new(command, said))
    }
}
