//! A conversation as the store keeps it: what was ingested, its links, and the wrap-up made on the desk.

use serde::{Deserialize, Serialize};

use super::conversation::{Conversation, Status};
use super::moment::Moment;
use super::reason::Link;

/// A wrap-up made here (not one that came with the data).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrapup {
    /// Id of the wrap-up code.
    pub code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    pub by: String,
    pub at: Moment,
}

/// A conversation with its links.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConversationRecord {
    pub conversation: Conversation,
    /// The link of the first outside participant: the conversation's contact.
    pub link: Link,
    /// Links of the other outside participants, by participant id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<(String, Link)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrapup: Option<Wrapup>,
}

impl ConversationRecord {
    /// The link of a participant; `None` stands for the conversation's own contact.
    pub fn link_of(&self, participant: Option<&str>) -> Option<&Link> {
        let Some(id) = participant else {
            return Some(&self.link);
        };
        let mut others = self.others.iter();
        others.find(|(other, _)| other == id).map(|(_, link)| link)
    }

    /// The status, with the desk's own wrap-up taken into account.
    pub fn status(&self) -> Status {
        self.conversation.status(self.wrapup.as_ref())
    }

    /// Id of the wrap-up code: the desk's own before what came with the data.
    pub fn wrapup_code(&self) -> Option<&str> {
        let own = self.wrapup.as_ref().map(|wrapup| wrapup.code.as_str());
        own.or_else(|| self.conversation.wrapup()?.1.wrapup_code.as_deref())
    }

    /// The wrap-up notes.
    pub fn wrapup_notes(&self) -> Option<&str> {
        match &self.wrapup {
            Some(wrapup) => wrapup.notes.as_deref(),
            None => self.conversation.wrapup()?.1.wrapup_note.as_deref(),
        }
    }
}
