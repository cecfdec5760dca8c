//! Changes: what a decision does, each with an exact inverse, and the plan that carries them.

use serde::{Deserialize, Serialize};

use super::assignment::Assignment;
use super::command::{Action, EntryId, Remark};
use super::contact::{Contact, ContactId, Note, NoteId, Organization, OrganizationId};
use super::conversation::{Conversation, ConversationId};
use super::erasure::Erasure;
use super::identifier::Identifier;
use super::moment::Moment;
use super::reason::{Claim, Link, NotSame, SharedMark};
use super::record::Wrapup;
use super::review::{Kept, Key};
use super::transcript::Message;
use super::visit::{Visit, VisitId};

/// One reversible step. `before` is what stood there (checked by the store), `after` what stands there then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    Contact {
        id: ContactId,
        before: Option<Box<Contact>>,
        after: Option<Box<Contact>>,
    },
    Claim {
        identifier: Identifier,
        before: Option<Claim>,
        after: Option<Claim>,
    },
    /// The link of a conversation; `participant` is `None` for the conversation's own contact, else the id of
    /// another outside participant.
    Link {
        conversation: ConversationId,
        participant: Option<String>,
        before: Option<Box<Link>>,
        after: Option<Box<Link>>,
    },
    VisitLink {
        visit: VisitId,
        before: Option<Box<Link>>,
        after: Option<Box<Link>>,
    },
    Wrapup {
        conversation: ConversationId,
        before: Option<Wrapup>,
        after: Option<Wrapup>,
    },
    /// Who took a conversation by hand.
    Assign {
        conversation: ConversationId,
        before: Option<Box<Assignment>>,
        after: Option<Box<Assignment>>,
    },
    Note {
        id: NoteId,
        before: Option<Box<Note>>,
        after: Option<Box<Note>>,
    },
    /// The pair is ordered: the smaller id first.
    NotSame {
        pair: (ContactId, ContactId),
        before: Option<NotSame>,
        after: Option<NotSame>,
    },
    /// `identifier` is the mark's key: a Phone stands for the number's Phone and SocialWhatsapp.
    Shared {
        identifier: Identifier,
        before: Option<SharedMark>,
        after: Option<SharedMark>,
    },
    Organization {
        id: OrganizationId,
        before: Option<Box<Organization>>,
        after: Option<Box<Organization>>,
    },
    /// A mark on a decision, or a saved filter.
    Review {
        key: Key,
        before: Option<Box<Kept>>,
        after: Option<Box<Kept>>,
    },
}

impl Change {
    /// The change that takes this one back exactly.
    pub fn inverse(self) -> Self {
        match self {
            Self::Contact { id, before, after } => Self::Contact {
                id,
                before: after,
                after: before,
            },
            Self::Claim {
                identifier,
                before,
                after,
            } => Self::Claim {
                identifier,
                before: after,
                after: before,
            },
            Self::Link {
                conversation,
                participant,
                before,
                after,
            } => Self::Link {
                conversation,
                participant,
                before: after,
                after: before,
            },
            Self::VisitLink {
                visit,
                before,
                after,
            } => Self::VisitLink {
                visit,
                before: after,
                after: before,
            },
            Self::Wrapup {
                conversation,
                before,
                after,
            } => Self::Wrapup {
                conversation,
                before: after,
                after: before,
            },
            Self::Assign {
                conversation,
                before,
                after,
            } => Self::Assign {
                conversation,
                before: after,
                after: before,
            },
            Self::Note { id, before, after } => Self::Note {
                id,
                before: after,
                after: before,
            },
            Self::NotSame {
                pair,
                before,
                after,
            } => Self::NotSame {
                pair,
                before: after,
                after: before,
            },
            Self::Shared {
                identifier,
                before,
                after,
            } => Self::Shared {
                identifier,
                before: after,
                after: before,
            },
            Self::Organization { id, before, after } => Self::Organization {
                id,
                before: after,
                after: before,
            },
            Self::Review { key, before, after } => Self::Review {
                key,
                before: after,
                after: before,
            },
        }
    }

    /// The contacts that the change speaks of, for the public part of the journal.
    pub fn contacts(&self) -> Vec<ContactId> {
        let of_links = |before: &Option<Box<Link>>, after: &Option<Box<Link>>| {
            [before, after]
                .into_iter()
                .flatten()
                .map(|link| link.contact)
                .collect()
        };
        match self {
            Self::Contact { id, .. } => vec![*id],
            Self::Claim { before, after, .. } => [before, after]
                .into_iter()
                .flatten()
                .map(|claim| claim.contact)
                .collect(),
            Self::Link { before, after, .. } | Self::VisitLink { before, after, .. } => {
                of_links(before, after)
            }
            Self::Note { before, after, .. } => [before, after]
                .into_iter()
                .flatten()
                .map(|note| note.contact)
                .collect(),
            Self::NotSame { pair, .. } => vec![pair.0, pair.1],
            Self::Wrapup { .. } | Self::Shared { .. } | Self::Organization { .. } => Vec::new(),
            Self::Review { .. } | Self::Assign { .. } => Vec::new(),
        }
    }
}

/// What was seen of the world, applied with a plan but neither journalled nor undone: conversations and
/// visits as ingested, the time of the last interaction, and what expiry and retention remove.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    /// Inserts or replaces the body of a conversation.
    Conversation(Box<Conversation>),
    /// Inserts or replaces the body of a visit.
    Visit(Box<Visit>),
    /// Inserts or replaces a message of a conversation that is there.
    Message(Box<Message>),
    /// Moves the last interaction of a contact forward. Never back: not by an undo either, which so leaves
    /// a contact that a conversation had been linked to as lately heard of as that made it.
    Seen { contact: ContactId, at: Moment },
    /// Removes every conversation and visit that is linked to the contact (expiry).
    DropJourney { contact: ContactId },
    /// Removes every trace of a person.
    Erase(Box<Erasure>),
}

/// Whether the payload (values, evidence) of a journal entry is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    Keep,
    /// Expiry: only the public part is written.
    Drop,
    /// Erasure, exports and views: the public part and why or what, but no values. The words are somebody's own,
    /// so they stand where they can be deleted. Such an entry is written even where nothing changes.
    Reason(String),
}

impl Payload {
    /// True when what the decision removed is not to be kept anywhere.
    pub fn forgets(&self) -> bool {
        match self {
            Self::Keep => false,
            Self::Drop | Self::Reason(_) => true,
        }
    }
}

/// A decision worked out by the engine, ready to be applied whole or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub action: Action,
    pub changes: Vec<Change>,
    pub observations: Vec<Observation>,
    pub payload: Payload,
    /// The entry that this decision takes back, for an undo.
    pub undoes: Option<EntryId>,
    /// The contact that the decision ends at, for the caller.
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    /// What the person who acted should know besides.
    pub remarks: Vec<Remark>,
}

impl Plan {
    /// An empty plan for `action`.
    pub fn new(action: Action) -> Self {
        Self {
            action,
            changes: Vec::new(),
            observations: Vec::new(),
            payload: Payload::Keep,
            undoes: None,
            contact: None,
            conversation: None,
            remarks: Vec::new(),
        }
    }

    /// True when applying it would write nothing.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.observations.is_empty()
    }
}
