//! What the desk wants done outside of itself. `update` answers these; only `effects` carries them out.

use super::msg::Subject;
use crate::backend::view::{JourneyQuery, Whose};
use crate::domain::Moment;
use crate::domain::command::Command;
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::domain::field::Field;

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
    Search {
        text: String,
        limit: usize,
        offset: usize,
    },
    /// A contact beside the one that is shown, for a dialog.
    Other(ContactId),
    MergePreview {
        contacts: Vec<ContactId>,
        takes: Vec<(Field, ContactId)>,
    },
    Why(ConversationId),
    WhyContact(ContactId),
    WhyNot(ConversationId, ContactId),
    /// What stood at a moment, or at the change before it.
    Past(Whose, Moment, Stride),
    Organization(String),
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
    Search,
    Other,
    MergePreview,
    Why,
    WhyNot,
    Past,
    Organization,
}

impl Read {
    pub const fn slot(&self) -> Slot {
        match self {
            Self::Header => Slot::Header,
            Self::Roster => Slot::Roster,
            Self::Names => Slot::Names,
            Self::Profile(_) => Slot::Profile,
            Self::Journey(..) => Slot::Journey,
            Self::Search { .. } => Slot::Search,
            Self::Other(_) => Slot::Other,
            Self::MergePreview { .. } => Slot::MergePreview,
            Self::Why(_) | Self::WhyContact(_) => Slot::Why,
            Self::WhyNot(..) => Slot::WhyNot,
            Self::Past(..) => Slot::Past,
            Self::Organization(_) => Slot::Organization,
        }
    }
}

impl Effect {
    /// A change and the words for it.
    pub fn write(command: Command, said: impl Into<String>) -> Self {
        Self::Write(Write {
            command: Box::new(command),
            said: said.into(),
        })
    }
}
