//! What is told: the envelope and the body of each kind of event, in the contract's shapes.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::call::Call;
use super::super::contact::{Expand, Resolved, find, show};
use super::super::problem::Problem;
use super::super::{conversation, journey};
use super::Stop;
use crate::backend::Trouble;
use crate::domain::contact::{Contact, ContactId, Note, NoteId};
use crate::domain::facts::VisitRecord;
use crate::domain::{ConversationRecord, Refusal};
use crate::wire::note;

/// The version of every event's body.
const VERSION: &str = "2";

/// An event as it is sent.
pub fn envelope(topic: &str, body: &Value) -> String {
    json!({
        "topicName": topic,
        "version": VERSION,
        "eventBody": body,
        "metadata": {"CorrelationId": Uuid::new_v4().to_string()},
    })
    .to_string()
}

/// What a channel says of itself.
pub fn metadata(message: &str) -> String {
    envelope("channel.metadata", &json!({ "message": message }))
}

/// What is said before a socket is closed.
pub fn farewell(stop: Stop, channel: &str) -> Option<String> {
    let (topic, body) = match stop {
        Stop::Ending => (
            "v2.system.socket_closing",
            json!({"channelId": channel, "message": "the server ends; connect again"}),
        ),
        Stop::Revoked => (
            "v2.system.token_revoked",
            json!({"channelId": channel, "systemTopicType": "token_revoked",
                "reason": "user_tokens_revoked"}),
        ),
        Stop::Dropped => (
            "v2.system.no_longer_subscribed",
            json!({"channelId": channel, "systemTopicType": "no_longer_subscribed",
                "reason": "another_channel_subscribed"}),
        ),
        Stop::Replaced | Stop::Expired => return None,
    };
    Some(envelope(topic, &body))
}

/// A contact as it is found, or what is left of one that is gone: its id.
pub async fn contact(call: &Call, id: ContactId, resolved: Resolved) -> Result<Value, Problem> {
    let name = match resolved {
        Resolved::Canonical => "ExternalContactsContactChangedTopicContact",
        Resolved::Exact => "ExternalContactsUnresolvedContactChangedTopicContact",
    };
    let Some(contact) = found(call, id, resolved).await? else {
        return Ok(json!({"id": id.to_string()}));
    };
    let expand = Expand::named(&["externalOrganization"]);
    let mut shown = show(call.site.store(), &contact, expand).await?;
    // REST has references where events have ids alone.
    let id_of = |one: &Value| one.get("id").cloned().unwrap_or_default();
    for name in ["mergeSet", "mergedFrom"] {
        if let Some(list) = shown.get_mut(name).and_then(Value::as_array_mut) {
            list.iter_mut().for_each(|one| *one = id_of(one));
        }
    }
    if let Some(into) = shown.get_mut("mergedTo") {
        *into = id_of(into);
    }
    if let Some(canonical) = shown.get("canonicalContact").map(id_of) {
        shown["canonicalContactId"] = canonical;
    }
    Ok(call.site.contract.fit(name, shown))
}

/// The contact; `None` for one that is gone.
pub async fn found(
    call: &Call,
    id: ContactId,
    resolved: Resolved,
) -> Result<Option<Contact>, Problem> {
    match find(call.site.store(), id, resolved).await {
        Ok(contact) => Ok(Some(contact)),
        Err(Trouble::Refused(refusal)) if matches!(*refusal, Refusal::NoContact(_)) => Ok(None),
        Err(trouble) => Err(trouble.into()),
    }
}

/// A note, or what is left of one that is gone: its id.
pub fn note(call: &Call, id: NoteId, found: Option<&Note>) -> Value {
    let shown = found.map_or_else(|| json!({"id": id.to_string()}), note::to_json);
    let name = "ExternalContactsContactNoteChangedTopicNote";
    call.site.contract.fit(name, shown)
}

/// A conversation, for the topic of its user.
pub fn conversation(call: &Call, record: &ConversationRecord) -> Value {
    let shown = conversation::shown(call, record);
    let name = "ConversationEventTopicConversation";
    call.site.contract.fit(name, shown)
}

/// A conversation, for the journey of its contact.
pub fn session_of_conversation(call: &Call, record: &ConversationRecord) -> Value {
    session(call, journey::of_conversation(call, record))
}

/// A visit, for the journey of its contact.
pub fn session_of_visit(call: &Call, record: &VisitRecord) -> Value {
    session(call, journey::of_visit(call, record))
}

fn session(call: &Call, shown: Value) -> Value {
    let name = "JourneySessionEventsNotificationSessionEvent";
    call.site.contract.fit(name, shown)
}
