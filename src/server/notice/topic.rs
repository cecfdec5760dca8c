//! Topics: which there are, what each needs, and what the text of one stands for.

use super::super::problem::Problem;
use crate::backend::ask::CHANGES_TOPIC;
use crate::domain::Permission;
use crate::domain::contact::{ContactId, NoteId};

/// A kind of topics, as the contract has it.
pub struct Kind {
    pub pattern: &'static str,
    pub description: &'static str,
    /// What who subscribes needs; the own user needs nothing for the own conversations.
    pub needs: &'static [Permission],
    pub is_own_free: bool,
    /// Type of the contract that its events have.
    pub schema: &'static str,
}

const VIEW: &[Permission] = &[Permission::ContactView];
const SESSIONS: &[Permission] = &[Permission::ContactSessionView];
const ALL: &[Permission] = &[
    Permission::ConversationViewAll,
    Permission::CommunicationView,
];

/// Every kind that is served; the last is ours alone.
pub const KINDS: [Kind; 6] = [
    Kind {
        pattern: "v2.externalcontacts.contacts.{id}",
        description: "A contact, or whoever is one person with it, changed",
        needs: VIEW,
        is_own_free: false,
        schema: "ExternalContactsContactChangedTopicContact",
    },
    Kind {
        pattern: "v2.externalcontacts.contacts.{id}.unresolved",
        description: "Exactly that record of a contact changed",
        needs: VIEW,
        is_own_free: false,
        schema: "ExternalContactsUnresolvedContactChangedTopicContact",
    },
    Kind {
        pattern: "v2.externalcontacts.contacts.{id}.notes.{id}",
        description: "A note on a contact changed",
        needs: VIEW,
        is_own_free: false,
        schema: "ExternalContactsContactNoteChangedTopicNote",
    },
    Kind {
        pattern: "v2.externalcontacts.contacts.{id}.journey.sessions",
        description: "A session of a contact, or of whoever is one person with it, began or changed",
        needs: SESSIONS,
        is_own_free: false,
        schema: "JourneySessionEventsNotificationSessionEvent",
    },
    Kind {
        pattern: "v2.users.{id}.conversations",
        description: "A conversation of a user began or changed",
        needs: ALL,
        is_own_free: true,
        schema: "ConversationEventTopicConversation",
    },
    Kind {
        pattern: CHANGES_TOPIC,
        description: "Something that a desk shows changed: which contacts and conversations, by their ids",
        needs: &[],
        is_own_free: false,
        schema: "DeskChanges",
    },
];

/// What a topic is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The heartbeat, which every channel has.
    Heartbeat,
    Contact(ContactId),
    Unresolved(ContactId),
    Note(ContactId, NoteId),
    Sessions(ContactId),
    /// Conversations of the user with this id.
    User(String),
    /// Everything that a desk shows.
    Desk,
}

impl Subject {
    /// What the text of a topic is about.
    pub fn read(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('.').collect();
        let contact = |id: &str| id.parse::<ContactId>().map_err(|error| error.to_string());
        match parts.as_slice() {
            ["channel", "metadata"] => Ok(Self::Heartbeat),
            ["v2", "externalcontacts", "contacts", id] => Ok(Self::Contact(contact(id)?)),
            ["v2", "externalcontacts", "contacts", id, "unresolved"] => {
                Ok(Self::Unresolved(contact(id)?))
            }
            ["v2", "externalcontacts", "contacts", id, "notes", note] => {
                let note = note.parse::<NoteId>().map_err(|error| error.to_string())?;
                Ok(Self::Note(contact(id)?, note))
            }
            [
                "v2",
                "externalcontacts",
                "contacts",
                id,
                "journey",
                "sessions",
            ] => Ok(Self::Sessions(contact(id)?)),
            _ if text == CHANGES_TOPIC => Ok(Self::Desk),
            ["v2", "users", id, "conversations"] if !id.is_empty() => {
                Ok(Self::User((*id).to_owned()))
            }
            _ => {
                let text: String = text.chars().take(120).collect();
                Err(format!(
                    "{text:?} is no topic of this server; GET /api/v2/notifications/availabletopics lists them"
                ))
            }
        }
    }

    /// The rights that somebody lacks for it; `own` is the id of the user who asks.
    pub fn lacks(&self, own: Option<&str>, may: impl Fn(Permission) -> bool) -> Vec<Permission> {
        let needs = match self {
            Self::Heartbeat | Self::Desk => &[],
            Self::Contact(_) | Self::Unresolved(_) | Self::Note(..) => VIEW,
            Self::Sessions(_) => SESSIONS,
            Self::User(id) if own.is_some_and(|own| own.eq_ignore_ascii_case(id)) => &[],
            Self::User(_) => ALL,
        };
        needs.iter().copied().filter(|right| !may(*right)).collect()
    }
}

/// A topic that was asked for, and what became of it.
pub struct Asked {
    pub text: String,
    pub read: Result<Subject, String>,
    pub lacks: Vec<Permission>,
}

impl Asked {
    /// Why it cannot be subscribed to; the sentence says what to do.
    pub fn refusal(&self) -> Option<String> {
        match (&self.read, self.lacks.as_slice()) {
            (Err(why), _) => Some(why.clone()),
            (Ok(_), []) => None,
            (Ok(_), lacks) => {
                let names: Vec<&str> = lacks.iter().map(|right| right.name()).collect();
                Some(format!("needs {}", names.join(" and ")))
            }
        }
    }

    /// The answer to a request in which it may not stand.
    pub fn problem(&self) -> Option<Problem> {
        let why = self.refusal()?;
        Some(match self.read {
            Err(_) => Problem::bad_topic(why),
            Ok(_) => Problem::denied_topic(why),
        })
    }
}
