//! What was said in a conversation of messages: who said what when.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::conversation::ConversationId;
use super::moment::Moment;

/// Most characters that are kept of a message; of a longer one it is said how many are missing.
pub const TEXT_CHARS_MAX: usize = 32_000;
/// Most messages of a transcript that is shown: the newest.
pub const SHOWN_MAX: usize = 1_000;

/// A message of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// The contract's id, which is no UUID everywhere.
    pub id: String,
    pub conversation: ConversationId,
    pub at: Moment,
    pub author: Author,
    /// Id of the user who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// What who wrote it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Characters of the text that were too many and are not kept.
    #[serde(default, skip_serializing_if = "is_none_cut")]
    pub cut: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<MessagePart>,
    /// How it was delivered, in the contract's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Members that are not understood, kept as they came.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub rest: Map<String, Value>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_none_cut(cut: &u64) -> bool {
    *cut == 0
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Author {
    /// Somebody outside the organization.
    Person,
    Agent,
    Bot,
    /// It went out, and the data does not say who sent it.
    Unsaid,
}

impl Author {
    /// The word for people.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Agent => "agent",
            Self::Bot => "bot",
            Self::Unsaid => "sender not said",
        }
    }
}

/// Something in a message that is no text: `image receipt.jpg`, `other Carousel`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagePart {
    /// What it is, in small letters; *other* what is not understood.
    pub kind: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// What was said in a conversation, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    pub messages: Vec<Message>,
    /// Messages before these that are kept and not listed.
    #[serde(default)]
    pub earlier: u64,
}

impl Message {
    /// Who wrote it and what they are: `agent Mara Lindt`, `person`.
    pub fn who(&self) -> String {
        let name = self.name.as_deref().map(str::trim);
        match name.filter(|name| !name.is_empty()) {
            Some(name) => format!("{} {name}", self.author.word()),
            None => self.author.word().to_owned(),
        }
    }

    /// What it holds beside its text, a line each.
    pub fn beside(&self) -> Vec<String> {
        let parts = self.parts.iter().map(|part| match part.name.is_empty() {
            true => format!("[{}]", part.kind),
            false => format!("[{} {}]", part.kind, part.name),
        });
        let cut = (self.cut > 0).then(|| {
            let noun = if self.cut == 1 {
                "character"
            } else {
                "characters"
            };
            format!("[{} more {noun}, too long to keep]", self.cut)
        });
        let failed = self.failure().map(|word| format!("[{word}]"));
        parts.chain(cut).chain(failed).collect()
    }

    /// What went wrong with it on its way, or became of it.
    fn failure(&self) -> Option<&'static str> {
        match self.status.as_deref()? {
            "failed" | "delivery-failed" => Some("not delivered"),
            "removed" => Some("removed"),
            _ => None,
        }
    }
}
