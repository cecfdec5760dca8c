//! Manual assignment: somebody takes a conversation that waits, or opens one again that ended
//! (`design/rules.md` §8).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::conversation::{Channel, Conversation, Participant};
use super::moment::Moment;
use super::permission::Permission;

/// The part of the agent who took a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    pub participant: Participant,
    /// When the conversation had ended, if it was opened again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Moment>,
}

impl Assignment {
    /// True while the conversation is as the assignment left it.
    pub fn stands_in(&self, conversation: &Conversation) -> bool {
        conversation.participants.contains(&self.participant)
            && (self.ended.is_none() || conversation.end.is_none())
    }

    /// True while the agent who took the conversation has no part in it.
    pub fn is_new_to(&self, conversation: &Conversation) -> bool {
        let id = &self.participant.id;
        let mut all = conversation.participants.iter();
        all.all(|one| one.id != *id) && (self.ended.is_none() || conversation.end == self.ended)
    }

    /// Gives the conversation to the agent.
    pub fn put_into(&self, conversation: &mut Conversation) {
        conversation.participants.push(self.participant.clone());
        if self.ended.is_some() {
            conversation.end = None;
        }
    }

    /// Leaves the conversation as it was before.
    pub fn take_out_of(&self, conversation: &mut Conversation) {
        let id = &self.participant.id;
        conversation.participants.retain(|one| one.id != *id);
        if self.ended.is_some() {
            conversation.end = self.ended;
        }
    }
}

/// The member of a participant that says that they took the conversation here: who brings conversations in does not
/// know of them.
const MARK: &str = "scvTaken";

/// What a participant who took the conversation has besides.
pub fn mark() -> Map<String, Value> {
    Map::from_iter([(MARK.to_owned(), Value::Bool(true))])
}

/// Whether the participant took the conversation here.
pub fn is_taken(participant: &Participant) -> bool {
    participant.rest.contains_key(MARK)
}

/// The rights to take conversations, each of one medium.
pub const RIGHTS: [Permission; 5] = [
    Permission::CallPull,
    Permission::CallbackPull,
    Permission::WebchatPull,
    Permission::EmailPull,
    Permission::MessagePull,
];

/// The right to take a conversation of this channel for oneself (`POST conversations/{conversationId}/assign`);
/// `None` for what is not handed out by hand.
pub const fn right(channel: Channel) -> Option<Permission> {
    match channel {
        Channel::Call => Some(Permission::CallPull),
        Channel::Callback => Some(Permission::CallbackPull),
        Channel::Chat => Some(Permission::WebchatPull),
        Channel::Email => Some(Permission::EmailPull),
        Channel::Sms | Channel::WebMessaging | Channel::Facebook | Channel::Twitter => {
            Some(Permission::MessagePull)
        }
        Channel::Line | Channel::Instagram | Channel::Apple | Channel::Whatsapp => {
            Some(Permission::MessagePull)
        }
        Channel::Open => Some(Permission::MessagePull),
        Channel::Cobrowse | Channel::Video | Channel::Web | Channel::Other => None,
    }
}
