//! The journey as it is drawn, and who is on the website now.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Brief;
use super::filter::JourneyFilter;
use crate::domain::conversation::{Channel, ConversationId, Direction, Status};
use crate::domain::course::{Course, state_word};
use crate::domain::moment::Moment;
use crate::domain::permission::Permission;
use crate::domain::visit::{Visit, VisitId};

/// Which part of the journey.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JourneyQuery {
    pub limit: usize,
    /// Only what stands behind this; nothing for the first page.
    #[serde(default)]
    pub after: Option<JourneyPlace>,
    #[serde(default)]
    pub filter: JourneyFilter,
}

/// One interaction, whatever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum InteractionId {
    Conversation(ConversationId),
    Visit(VisitId),
}

/// Where an interaction stands: what goes on stands first, then the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JourneyPlace {
    pub is_open: bool,
    pub start: Moment,
    pub id: InteractionId,
}

/// Everything the person did in the last 60 days, newest first, active on top.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Journey {
    pub items: Vec<JourneyItem>,
    /// When every interaction of the 60 days began and how it came, whatever was read of them and whatever the
    /// filter leaves, in no order. The first page has it; later ones leave it empty.
    pub starts: Vec<(Moment, Channel)>,
    /// True when there is more behind the page.
    pub more: bool,
    /// Parts that are left out because the role lacks the right.
    pub missing: Vec<Permission>,
    pub segments: BTreeMap<String, String>,
    /// The colours of those segments that have one, `#RRGGBB`.
    #[serde(default)]
    pub colors: BTreeMap<String, String>,
    pub outcomes: BTreeMap<String, String>,
}

/// One interaction: a conversation or a web visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum JourneyItem {
    Conversation(JourneyConversation),
    Visit(VisitId, Box<Visit>, Status),
}

impl JourneyItem {
    pub const fn id(&self) -> InteractionId {
        match self {
            Self::Conversation(one) => InteractionId::Conversation(one.id),
            Self::Visit(id, ..) => InteractionId::Visit(*id),
        }
    }

    pub const fn channel(&self) -> Channel {
        match self {
            Self::Conversation(one) => one.channel,
            Self::Visit(..) => Channel::Web,
        }
    }

    /// Whether it goes on, and when it began: what goes on stands first, then the newest.
    pub fn position(&self) -> (bool, Moment) {
        match self {
            Self::Conversation(one) => (one.end.is_none(), one.start),
            Self::Visit(_, visit, status) => (*status == Status::Active, visit.start),
        }
    }

    /// Where it stands, to read on behind it.
    pub fn place(&self) -> JourneyPlace {
        let (is_open, start) = self.position();
        JourneyPlace {
            is_open,
            start,
            id: self.id(),
        }
    }
}

/// A conversation in a journey, names instead of ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JourneyConversation {
    pub id: ConversationId,
    pub channel: Channel,
    pub direction: Direction,
    pub status: Status,
    pub start: Moment,
    pub end: Option<Moment>,
    pub queue: Option<String>,
    pub agent: Option<String>,
    pub wrapup_code: Option<String>,
    /// Asynchronous channels show the notes of the most recent interaction only.
    pub notes: Option<String>,
    pub subject: Option<String>,
    pub address: Option<String>,
    /// How it went, where the data has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<Box<Course>>,
    /// How many messages of it can be read; nothing where that is not known before they are asked for.
    #[serde(default)]
    pub messages: Option<u64>,
}

impl JourneyConversation {
    /// Its status for people.
    pub fn state_word(&self) -> &'static str {
        state_word(self.status, self.course.as_deref())
    }

    /// `14 messages`; nothing where there are none, or it is not known.
    pub fn messages_in_words(&self) -> Option<String> {
        match self.messages? {
            0 => None,
            1 => Some("1 message".to_owned()),
            many => Some(format!("{many} messages")),
        }
    }

    /// Whether it may have a transcript.
    pub fn may_have_transcript(&self) -> bool {
        match self.messages {
            Some(count) => 0 < count,
            None => self.channel.is_asynchronous() && self.channel != Channel::Email,
        }
    }
}

/// Somebody who is on the website now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Online {
    pub contact: Brief,
    pub visit: Box<Visit>,
}
