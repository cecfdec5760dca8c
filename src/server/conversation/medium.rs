//! Conversations of one medium: those of who asks, and one by id.

use serde_json::{Map, Value, json};

use super::super::call::{Answer, Call};
use super::super::page::{Page, WINDOW_MAX};
use super::super::problem::Problem;
use super::{own, record, said, shape};
use crate::domain::ConversationRecord;

/// A medium, as the contract has it.
pub struct Medium {
    /// The member of a participant that has its communications.
    list: &'static str,
    /// The type of a conversation of it.
    kind: &'static str,
    /// What is not there when a conversation has none of it.
    pub what: &'static str,
}

pub const CALLS: Medium = Medium {
    list: "calls",
    kind: "CallConversation",
    what: "the call",
};
pub const CALLBACKS: Medium = Medium {
    list: "callbacks",
    kind: "CallbackConversation",
    what: "the callback",
};
pub const EMAILS: Medium = Medium {
    list: "emails",
    kind: "EmailConversation",
    what: "the e-mail conversation",
};
pub const MESSAGES: Medium = Medium {
    list: "messages",
    kind: "MessageConversation",
    what: "the message conversation",
};

/// `GET conversations/calls`.
pub async fn calls(call: Call) -> Result<Answer, Problem> {
    mine(call, &CALLS).await
}

/// `GET conversations/callbacks`.
pub async fn callbacks(call: Call) -> Result<Answer, Problem> {
    mine(call, &CALLBACKS).await
}

/// `GET conversations/emails`.
pub async fn emails(call: Call) -> Result<Answer, Problem> {
    mine(call, &EMAILS).await
}

/// `GET conversations/messages`.
pub async fn messages(call: Call) -> Result<Answer, Problem> {
    mine(call, &MESSAGES).await
}

/// `GET conversations/calls/{conversationId}`.
pub async fn call(call: Call) -> Result<Answer, Problem> {
    one(call, &CALLS).await
}

/// `GET conversations/callbacks/{conversationId}`.
pub async fn callback(call: Call) -> Result<Answer, Problem> {
    one(call, &CALLBACKS).await
}

/// `GET conversations/emails/{conversationId}`.
pub async fn email(call: Call) -> Result<Answer, Problem> {
    one(call, &EMAILS).await
}

/// `GET conversations/messages/{conversationId}`.
pub async fn message(call: Call) -> Result<Answer, Problem> {
    let record = record(&call).await?;
    let shown = shown(&call, &record, &MESSAGES);
    let mut shown = shown.ok_or_else(|| Problem::not_found(MESSAGES.what))?;
    said::put_details(&call, &record, &mut shown).await?;
    Ok(Answer::json(shown))
}

async fn mine(call: Call, medium: &Medium) -> Result<Answer, Problem> {
    let own = own(&call).await?;
    let own = own.iter();
    let entities: Vec<Value> = own.filter_map(|one| shown(&call, one, medium)).collect();
    let total = entities.len();
    let page = Page {
        size: WINDOW_MAX,
        number: 1,
    };
    Ok(Answer::json(page.listing(&call, entities, total)))
}

async fn one(call: Call, medium: &Medium) -> Result<Answer, Problem> {
    let record = record(&call).await?;
    let shown = shown(&call, &record, medium);
    let shown = shown.ok_or_else(|| Problem::not_found(medium.what))?;
    Ok(Answer::json(shown))
}

/// The part of a conversation that is of the medium; nothing when it has none.
pub fn shown(call: &Call, record: &ConversationRecord, medium: &Medium) -> Option<Value> {
    let whole = shape::conversation(call, record);
    let participants = whole.get("participants")?.as_array()?.iter();
    let participants = participants.filter_map(|one| participant(one, medium.list));
    let participants: Vec<Value> = participants.collect();
    if participants.is_empty() {
        return None;
    }
    let id = record.conversation.id;
    let shown = json!({
        "id": id.to_string(),
        "participants": participants,
        "divisions": whole.get("divisions"),
        "otherMediaUris": [],
        "selfUri": format!("/api/v2/conversations/{}/{id}", medium.list),
    });
    Some(call.site.contract.fit(medium.kind, shown))
}

/// A participant with the last communication of the medium in it, whose members stand beside those of the participant.
fn participant(one: &Value, list: &str) -> Option<Value> {
    let one = one.as_object()?;
    let last = one.get(list)?.as_array()?.last()?.as_object()?;
    let mut shown: Map<String, Value> = last.clone();
    shown.extend(
        one.iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    for (member, reference) in [
        ("userId", "user"),
        ("queueId", "queue"),
        ("externalContactId", "externalContact"),
    ] {
        if let Some(id) = one.get(member) {
            shown.insert(reference.to_owned(), json!({"id": id}));
        }
    }
    Some(shown.into())
}
