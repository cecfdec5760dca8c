//! Stored decisions as they are handed to whoever knows the rules: the store knows none.

use std::fmt;

use crate::domain::contact::{ContactId, Origin};
use crate::domain::conversation::{Conversation, ConversationId};
use crate::domain::reason::Link;
use crate::domain::visit::{Visit, VisitId};

/// What a link belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decided {
    Conversation(ConversationId),
    /// Another outside participant, by its number among the links, from 1.
    Participant(ConversationId, usize),
    Visit(VisitId),
}

impl fmt::Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conversation(id) => write!(f, "conversation {id}"),
            Self::Participant(id, number) => {
                write!(f, "outside participant {number} of conversation {id}")
            }
            Self::Visit(id) => write!(f, "visit {id}"),
        }
    }
}

/// What was seen, where a link is to be judged by it.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    Conversation(Box<Conversation>),
    /// The body of the conversation and the id of the participant.
    Participant(Box<Conversation>, String),
    Visit(Box<Visit>),
}

/// A stored link with what it can be judged by.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredLink {
    pub of: Decided,
    pub link: Link,
    /// How the linked contact came to be; `None` when it is gone.
    pub origin: Option<Origin>,
    /// Where the holder of the deciding claim leads to by now, itself first; empty when it is gone.
    pub leads: Vec<ContactId>,
    /// Only where the link is not the one that the journal holds: a body that was seen again may provide
    /// something else than when it was linked, and that is no breach.
    pub body: Option<Body>,
}

/// Judges stored links: what does not follow from the evidence, each the end of a sentence.
pub type Judge = Box<dyn FnMut(&StoredLink) -> Vec<String> + Send>;
