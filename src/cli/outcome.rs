//! What came of an action, as a sentence and as JSON.

use serde_json::{Map, Value as Json, json};

use super::lookup::{self, Resolved};
use super::output::{Format, Output};
use super::session::Session;
use super::trouble::Exit;
use crate::backend::local::LocalBackend;
use crate::domain::command::Outcome;
use crate::domain::contact::ContactId;

/// Characters of an id.
const ID_CHARS: usize = 36;

/// Says what was done: `sentence` on a line, remarks after it. As JSON the entry, ids and remarks.
pub async fn tell(
    output: &mut Output,
    backend: &LocalBackend,
    outcome: &Outcome,
    sentence: &str,
) -> anyhow::Result<Exit> {
    match output.format() {
        Format::Json => output.json(&json(outcome))?,
        Format::Text => say(output, backend, outcome, sentence).await?,
    }
    Ok(Exit::Done)
}

/// The same with the contact as the result: as JSON its `ExternalContact`.
pub async fn tell_contact(
    output: &mut Output,
    backend: &LocalBackend,
    outcome: &Outcome,
    sentence: &str,
) -> anyhow::Result<Exit> {
    match (output.format(), outcome.contact) {
        (Format::Json, Some(id)) => {
            let store = backend.store().as_ref();
            let contact = lookup::contact(store, id, Resolved::Canonical).await?;
            output.json(&lookup::external_contact(store, &contact).await?)?;
        }
        (Format::Json, None) => output.json(&json(outcome))?,
        (Format::Text, _) => say(output, backend, outcome, sentence).await?,
    }
    Ok(Exit::Done)
}

/// The same with the conversation as the result: as JSON what `scv conversation show` prints, and the entry.
pub async fn tell_conversation(
    output: &mut Output,
    session: &Session,
    backend: &LocalBackend,
    outcome: &Outcome,
    sentence: &str,
) -> anyhow::Result<Exit> {
    let Some(id) = outcome
        .conversation
        .filter(|_| output.format() == Format::Json)
    else {
        return tell(output, backend, outcome, sentence).await;
    };
    let record = lookup::record(backend.store().as_ref(), id).await?;
    let mut shown = lookup::conversation_json(session, backend, &record).await?;
    if let Some(members) = shown.as_object_mut() {
        for name in ["entry", "action", "remarks"] {
            members.insert(
                name.to_owned(),
                json(outcome).remove(name).unwrap_or(Json::Null),
            );
        }
    }
    output.json(&shown)?;
    Ok(Exit::Done)
}

/// The name of a contact for a sentence; its id when it is gone.
pub async fn name_of(backend: &LocalBackend, id: Option<ContactId>) -> String {
    let Some(id) = id else {
        return "the contact".to_owned();
    };
    let name = named(backend, id).await;
    name.unwrap_or_else(|| format!("contact {id}"))
}

/// The name of a contact that is there, for a sentence.
pub async fn named(backend: &LocalBackend, id: ContactId) -> Option<String> {
    let store = backend.store().as_ref();
    let contact = lookup::contact(store, id, Resolved::Canonical).await.ok()?;
    backend.called(&contact).await.ok()
}

async fn say(
    output: &mut Output,
    backend: &LocalBackend,
    outcome: &Outcome,
    sentence: &str,
) -> anyhow::Result<()> {
    match outcome.entry {
        Some(entry) => output.line(&format!("{sentence} (entry {entry})"))?,
        None => output.line(&format!("{sentence} (nothing had to change)"))?,
    }
    for remark in &outcome.remarks {
        let remark = with_names(backend, &remark.to_string()).await;
        output.line(&format!("  {remark}"))?;
    }
    Ok(())
}

/// The text with the name of each contact before its id: `Efa Byrne, contact 7c9e…`.
pub async fn with_names(backend: &LocalBackend, text: &str) -> String {
    const NOUN: &str = "contact ";
    let mut parts = text.split(NOUN);
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let id = part.get(..ID_CHARS).and_then(|id| id.parse().ok());
        let name = match id {
            Some(id) => named(backend, id).await,
            None => None,
        };
        if let Some(name) = name {
            told.push_str(&name);
            told.push_str(", ");
        }
        told.push_str(NOUN);
        told.push_str(part);
    }
    told
}

fn json(outcome: &Outcome) -> Map<String, Json> {
    let remarks: Vec<String> = outcome.remarks.iter().map(ToString::to_string).collect();
    let members = json!({
        "entry": outcome.entry,
        "action": outcome.action.name(),
        "contactId": outcome.contact,
        "conversationId": outcome.conversation,
        "remarks": remarks,
    });
    members.as_object().cloned().unwrap_or_default()
}
