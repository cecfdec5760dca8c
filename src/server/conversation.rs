//! Conversations: those of who asks, one by id, and the wrap-up and the attributes of a participant.

mod attributes;
mod medium;
mod said;
mod seen;
mod shape;

pub use attributes::{attributes, of_call, of_callback, of_email, of_message};
pub use medium::{call, callback, callbacks, calls, email, emails, message, messages};
pub use said::{message_of, messages_bulk};
pub use shape::conversation as shown;

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::me;
use super::page::{Page, WINDOW_MAX};
use super::problem::Problem;
use super::routing::code_named;
use crate::backend::Backend;
use crate::domain::command::Command;
use crate::domain::conversation::{ConversationId, Participant};
use crate::domain::{ConversationRecord, Refusal};
use crate::store::ConversationFilter;

/// Members of a participant's change that carry media: this server carries none.
const MEDIA: [&str; 7] = [
    "state",
    "recording",
    "muted",
    "confined",
    "held",
    "wrapupSkipped",
    "resumeTime",
];

/// `GET conversations`: the active ones of the user.
pub async fn mine(call: Call) -> Result<Answer, Problem> {
    let own = own(&call).await?;
    let entities: Vec<Value> = own
        .iter()
        .map(|record| shape::conversation(&call, record))
        .collect();
    let total = entities.len();
    let page = Page {
        size: WINDOW_MAX,
        number: 1,
    };
    Ok(Answer::json(page.listing(&call, entities, total)))
}

/// The active conversations of the user.
async fn own(call: &Call) -> Result<Vec<ConversationRecord>, Problem> {
    let user = me::user_id(call).await?;
    let filter = ConversationFilter {
        agent: Some(user.clone()),
        ended_since: Some(call.site.now().plus_days(1)),
        limit: WINDOW_MAX,
        ..ConversationFilter::default()
    };
    let store = call.site.store();
    let mut own = Vec::new();
    for line in store.conversations(filter).await? {
        // Those that wait are nobody's yet.
        let is_own = line.agent.as_deref() == Some(user.as_str()) && line.end.is_none();
        own.extend(store.conversation(line.id).await?.filter(|_| is_own));
    }
    Ok(own)
}

/// `GET conversations/{conversationId}`.
pub async fn read(call: Call) -> Result<Answer, Problem> {
    let record = record(&call).await?;
    Ok(Answer::json(shape::conversation(&call, &record)))
}

/// `PATCH conversations/{conversationId}/participants/{participantId}`: the wrap-up; the rest is of a switch.
pub async fn change_participant(call: Call) -> Result<Answer, Problem> {
    let body = call.object()?;
    if let Some(name) = MEDIA
        .iter()
        .find(|name| body.get(**name).is_some_and(|one| !one.is_null()))
    {
        return Err(Problem::unserved_part(&format!(
            "a change of {name}: scv carries no media, and it"
        )));
    }
    let wrapup = body.get("wrapup").cloned().unwrap_or_default();
    if !wrapup.is_object() {
        return Err(Problem::bad_value("wrapup", "it is required"));
    }
    wrap_up(&call, &wrapup).await
}

/// `POST conversations/.../communications/{communicationId}/wrapup`.
pub async fn wrap_up_communication(call: Call) -> Result<Answer, Problem> {
    let record = record(&call).await?;
    let participant = participant(&record, call.text(1))?;
    let wanted = call.text(2);
    if !participant.legs.iter().any(|leg| leg.id == wanted) {
        return Err(Problem::not_found("the communication"));
    }
    wrap_up(&call, &call.json()?).await
}

/// `POST conversations/{conversationId}/assign`: who asks takes a conversation that waits.
pub async fn assign(call: Call) -> Result<Answer, Problem> {
    let record = record(&call).await?;
    let body = call.object()?;
    let wanted = body.get("id").and_then(Value::as_str).unwrap_or_default();
    if wanted.is_empty() {
        return Err(Problem::bad_value("id", "it is required"));
    }
    let own = me::user_id(&call).await?;
    if !own.eq_ignore_ascii_case(wanted) {
        let own = "scv gives a conversation to who asks, and to nobody else";
        return Err(Problem::bad_value("id", own));
    }
    let conversation = record.conversation.id;
    let command = Command::Take {
        conversation,
        agent: Some(own),
    };
    call.backend().run(command).await?;
    Ok(Answer {
        status: 202,
        ..Answer::json(json!(""))
    })
}

async fn wrap_up(call: &Call, wrapup: &Value) -> Result<Answer, Problem> {
    let record = record(call).await?;
    participant(&record, call.text(1))?;
    let text = |name: &str| wrapup.get(name).and_then(Value::as_str);
    let names = call.backend().names().await?;
    let said = text("code")
        .or_else(|| text("name"))
        .unwrap_or_default()
        .trim();
    let is = |(id, name): &&(String, String)| id.eq_ignore_ascii_case(said) || *name == said;
    let known = names.codes.iter().find(is).map(|(id, _)| id.clone());
    let code = match (known, said.is_empty()) {
        (Some(code), _) => code,
        (None, true) => return Err(Refusal::NoCode.into()),
        (None, false) => return Err(Problem::bad_value("code", "there is no such wrap-up code")),
    };
    let command = Command::WrapUp {
        conversation: record.conversation.id,
        code,
        notes: text("notes").map(str::to_owned),
    };
    call.backend().run(command).await?;
    Ok(Answer::empty(202))
}

/// `GET conversations/{conversationId}/participants/{participantId}/wrapup`.
pub async fn wrapup(call: Call) -> Result<Answer, Problem> {
    let record = record(&call).await?;
    let participant = participant(&record, call.text(1))?;
    let found = shape::wrapup(&record, participant);
    let found = found.ok_or_else(|| Problem::not_found("a wrap-up of the participant"))?;
    Ok(Answer::json(
        call.site.contract.fit("AssignedWrapupCode", found),
    ))
}

/// `GET conversations/{conversationId}/participants/{participantId}/wrapupcodes`.
pub async fn wrapup_codes(call: Call) -> Result<Answer, Problem> {
    let record = record(&call).await?;
    participant(&record, call.text(1))?;
    let names = call.backend().names().await?;
    let codes = names.codes.iter().map(|(id, name)| code_named(id, name));
    Ok(Answer::json(json!(codes.collect::<Vec<_>>())))
}

/// The conversation of the path, for who may see it.
async fn record(call: &Call) -> Result<ConversationRecord, Problem> {
    let id: ConversationId = call.id(0)?;
    let record = call.site.store().conversation(id).await?;
    let record = record.ok_or(Refusal::NoConversation(id))?;
    seen::may_see(call, &record).await?;
    Ok(record)
}

fn participant<'r>(record: &'r ConversationRecord, id: &str) -> Result<&'r Participant, Problem> {
    let mut all = record.conversation.participants.iter();
    let found = all.find(|one| one.id == id);
    found.ok_or_else(|| Problem::not_found("the participant"))
}
