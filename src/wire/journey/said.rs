//! What was said in messages, as a journey has it.

use serde::Serialize;

use crate::domain::transcript::{Message, Transcript};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SaidJson {
    messages: Vec<MessageJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier_messages: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageJson {
    id: String,
    time: String,
    author: &'static str,
    name: Option<String>,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    characters_not_kept: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartJson>,
    status: Option<String>,
}

#[derive(Serialize)]
struct PartJson {
    kind: String,
    name: String,
}

impl SaidJson {
    pub(super) fn of(transcript: &Transcript) -> Self {
        Self {
            messages: transcript.messages.iter().map(MessageJson::of).collect(),
            earlier_messages: (transcript.earlier > 0).then_some(transcript.earlier),
        }
    }
}

impl MessageJson {
    fn of(message: &Message) -> Self {
        let parts = message.parts.iter().map(|part| PartJson {
            kind: part.kind.clone(),
            name: part.name.clone(),
        });
        Self {
            id: message.id.clone(),
            time: message.at.to_string(),
            author: message.author.word(),
            name: message.name.clone(),
            text: message.text.clone(),
            characters_not_kept: (message.cut > 0).then_some(message.cut),
            parts: parts.collect(),
            status: message.status.clone(),
        }
    }
}
