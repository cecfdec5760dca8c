//! Attributes of a participant: names with texts, for flows, bots and desks.

use serde_json::{Map, Value, json};

use super::super::call::{Answer, Call};
use super::super::me;
use super::super::problem::Problem;
use super::medium::{self, CALLBACKS, CALLS, EMAILS, MESSAGES, Medium};
use super::{participant, record};
use crate::backend::Trouble;
use crate::domain::conversation::Participant;
use crate::domain::{Permission, Refusal};
use crate::engine::attributes::Attributes;
use crate::store::account::AccountKind;

const TYPE: &str = "ParticipantAttributes";

/// `PATCH conversations/{conversationId}/participants/{participantId}/attributes`.
pub async fn attributes(call: Call) -> Result<Answer, Problem> {
    put(&call, None).await?;
    Ok(Answer::empty(202))
}

/// `PATCH conversations/calls/{conversationId}/participants/{participantId}/attributes`.
pub async fn of_call(call: Call) -> Result<Answer, Problem> {
    of_medium(call, &CALLS).await
}

/// `PATCH conversations/callbacks/{conversationId}/participants/{participantId}/attributes`.
pub async fn of_callback(call: Call) -> Result<Answer, Problem> {
    of_medium(call, &CALLBACKS).await
}

/// `PATCH conversations/emails/{conversationId}/participants/{participantId}/attributes`.
pub async fn of_email(call: Call) -> Result<Answer, Problem> {
    of_medium(call, &EMAILS).await
}

/// `PATCH conversations/messages/{conversationId}/participants/{participantId}/attributes`.
pub async fn of_message(call: Call) -> Result<Answer, Problem> {
    of_medium(call, &MESSAGES).await
}

/// With the attributes that the participant has then.
async fn of_medium(call: Call, medium: &Medium) -> Result<Answer, Problem> {
    put(&call, Some(medium)).await?;
    let record = record(&call).await?;
    let attributes = all(participant(&record, call.text(1))?);
    let shown = json!({ "attributes": attributes });
    Ok(Answer {
        status: 202,
        ..Answer::json(call.site.contract.fit(TYPE, shown))
    })
}

async fn put(call: &Call, medium: Option<&Medium>) -> Result<(), Problem> {
    let record = record(call).await?;
    if let Some(medium) = medium {
        let found = medium::shown(call, &record, medium);
        found.ok_or_else(|| Problem::not_found(medium.what))?;
    }
    let wish = Attributes {
        conversation: record.conversation.id,
        participant: participant(&record, call.text(1))?.id.clone(),
        values: values(&call.object()?)?,
        user: match call.session.account.kind {
            AccountKind::User => Some(me::user_id(call).await?),
            AccountKind::Client => None,
        },
    };
    match call.backend().put_attributes(wish).await {
        Ok(_) => Ok(()),
        Err(Trouble::Refused(refusal)) if *refusal == Refusal::Denied(Permission::Ingest) => {
            Err(Problem::no_part())
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// The attributes of the body.
fn values(body: &Map<String, Value>) -> Result<Vec<(String, String)>, Problem> {
    let given = match body.get("attributes") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(given)) => given,
        Some(_) => return Err(Problem::bad_value("attributes", "they are an object")),
    };
    let texts = given.iter().map(|(name, value)| match value {
        Value::String(text) => Ok((name.clone(), text.clone())),
        // Its name is somebody's, so it is not quoted.
        _ => Err(Problem::bad_value("attributes", "each of them is a text")),
    });
    texts.collect()
}

/// What a participant has, as texts.
fn all(participant: &Participant) -> Map<String, Value> {
    let kept = participant
        .rest
        .get("attributes")
        .and_then(Value::as_object);
    kept.cloned().unwrap_or_default()
}
