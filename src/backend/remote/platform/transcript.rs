//! What was said in a conversation of messages: the contract lists the ids of messages with the communications that
//! they went over, and gives the messages themselves a thousand at a time.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::super::Trouble;
use super::PlatformBackend;
use super::ask::{entities, if_any};
use crate::domain::conversation::ConversationId;
use crate::domain::transcript::{SHOWN_MAX, Transcript};
use crate::domain::{Moment, Permission, Refusal};
use crate::wire::message;

impl PlatformBackend {
    pub(super) async fn read_transcript(&self, id: ConversationId) -> Result<Transcript, Trouble> {
        if !self.role.reads_messages() {
            return Err(Refusal::Denied(Permission::MessageView).into());
        }
        let path = format!("/api/v2/conversations/messages/{id}");
        let conversation = if_any(self.get(&path, Vec::new()).await)?;
        let mut ids = message_ids(&conversation.unwrap_or_default());
        let earlier = ids.len().saturating_sub(SHOWN_MAX);
        ids.drain(..earlier);
        if ids.is_empty() {
            return Ok(Transcript::default());
        }
        let bulk = format!("{path}/messages/bulk");
        let mut page = self.post_question(&bulk, json!(ids)).await?;
        let found = entities(&mut page).into_iter();
        let mut messages: Vec<_> = found
            // One that does not read is no reason to show none.
            .filter_map(|one| message::from_json(of(one, id)).ok())
            .collect();
        messages.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
        let users = messages.iter().filter_map(|one| one.user.clone());
        let users = self.users(users.collect::<BTreeSet<String>>()).await?;
        for message in &mut messages {
            let known = message.user.as_ref().and_then(|user| users.get(user));
            message.name = known.cloned().or_else(|| message.name.take());
            message.rest.clear();
        }
        Ok(Transcript {
            messages,
            earlier: earlier as u64,
        })
    }
}

/// The message of the conversation that was asked about; the contract lets a message leave it out.
fn of(mut message: Value, id: ConversationId) -> Value {
    if let Some(members) = message.as_object_mut() {
        let own = members.entry("conversationId").or_insert(Value::Null);
        if own.is_null() {
            *own = json!(id);
        }
    }
    message
}

/// The ids of every message, oldest first; those without a time come first.
fn message_ids(conversation: &Value) -> Vec<String> {
    let list = |value: &Value, name: &str| {
        let list = value.get(name).and_then(Value::as_array);
        list.cloned().unwrap_or_default()
    };
    let mut all: Vec<(Option<Moment>, String)> = Vec::new();
    for participant in list(conversation, "participants") {
        for one in list(&participant, "messages") {
            let text = |name: &str| one.get(name).and_then(Value::as_str);
            let Some(id) = text("messageId") else {
                continue;
            };
            let at = text("messageTime").and_then(|at| at.parse().ok());
            if !all.iter().any(|(_, known)| known == id) {
                all.push((at, id.to_owned()));
            }
        }
    }
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, id)| id).collect()
}
