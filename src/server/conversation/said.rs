//! Messages of a conversation, as the contract gives them: their ids with the communications that they went over,
//! one by its id, and many at once.

use serde_json::{Value, json};

use super::super::call::{Answer, Call};
use super::super::problem::Problem;
use super::record;
use crate::domain::ConversationRecord;
use crate::domain::conversation::{Part, Participant};
use crate::domain::transcript::{Author, Message};
use crate::wire::message;

/// Most ids of one read (`api/api.md`).
const BULK_MAX: usize = 1000;

/// `POST conversations/messages/{conversationId}/messages/bulk`.
pub async fn messages_bulk(call: Call) -> Result<Answer, Problem> {
    let record = record(&call).await?;
    let wrong = || Problem::bad("the body is a list of message ids");
    let ids = call.json()?;
    let ids: Option<Vec<String>> = ids.as_array().and_then(|ids| {
        let ids = ids.iter().map(|id| id.as_str().map(str::to_owned));
        ids.collect()
    });
    let ids = ids.ok_or_else(wrong)?;
    if BULK_MAX < ids.len() {
        return Err(Problem::bad(format!(
            "there are at most {BULK_MAX} message ids in one read"
        )));
    }
    let id = record.conversation.id;
    let found = call.site.store().messages(id, ids).await?;
    let entities: Vec<Value> = found.iter().map(|one| shown(&call, one)).collect();
    Ok(Answer::json(json!({ "entities": entities })))
}

/// `GET conversations/messages/{conversationId}/messages/{messageId}`.
pub async fn message_of(call: Call) -> Result<Answer, Problem> {
    let record = record(&call).await?;
    let ids = vec![call.text(1).to_owned()];
    let id = record.conversation.id;
    let found = call.site.store().messages(id, ids).await?;
    let found = found
        .first()
        .ok_or_else(|| Problem::not_found("the message"))?;
    Ok(Answer::json(shown(&call, found)))
}

/// A `MessageData`.
fn shown(call: &Call, one: &Message) -> Value {
    let mut shown = message::to_json(one);
    let conversation = one.conversation;
    shown["selfUri"] = uri(conversation, &one.id).into();
    if let Some(user) = &one.user {
        // Users here have one version; the contract wants to hear of it.
        shown["createdBy"] = json!({"id": user, "version": 1});
        if let Some(name) = &one.name {
            shown["createdBy"]["name"] = json!(name);
        }
    }
    call.site.contract.fit("MessageData", shown)
}

fn uri(conversation: crate::domain::ConversationId, id: &str) -> String {
    format!("/api/v2/conversations/messages/{conversation}/messages/{id}")
}

/// Puts the ids of the messages with the participants who wrote them.
pub async fn put_details(
    call: &Call,
    record: &ConversationRecord,
    shown: &mut Value,
) -> Result<(), Problem> {
    let id = record.conversation.id;
    let said = call.site.store().transcript(id, usize::MAX).await?.messages;
    let participants = shown.get_mut("participants").and_then(Value::as_array_mut);
    let Some(participants) = participants else {
        return Ok(());
    };
    for one in &said {
        let writer = writer(record, one).map(|writer| writer.id.as_str());
        let is_writer = |shown: &Value| shown.get("id").and_then(Value::as_str) == writer;
        let at = participants.iter().position(is_writer).unwrap_or(0);
        let Some(place) = participants.get_mut(at) else {
            return Ok(());
        };
        let details = json!({
            "messageId": one.id,
            "messageURI": uri(id, &one.id),
            "messageStatus": one.status.as_deref().unwrap_or("received"),
            "messageTime": one.at.to_string(),
        });
        match place.get_mut("messages").and_then(Value::as_array_mut) {
            Some(messages) => messages.push(details),
            None => place["messages"] = json!([details]),
        }
    }
    Ok(())
}

/// The participant who wrote a message: the person, the agent with that id, the first bot.
fn writer<'r>(record: &'r ConversationRecord, one: &Message) -> Option<&'r Participant> {
    let mut all = record.conversation.participants.iter();
    match one.author {
        Author::Person => record.conversation.outside().next(),
        Author::Agent => {
            all.find(|participant| participant.part == Part::Agent && participant.user == one.user)
        }
        Author::Bot => all.find(|participant| participant.part == Part::Bot),
        Author::Unsaid => all.find(|participant| participant.part != Part::Outside),
    }
}
