//! Many notes in one request. They are of contacts: an organization has none here.

use serde_json::Value;

use super::super::bulk::{Results, Wish, entities, run, text_id};
use super::super::call::{Answer, Call};
use super::super::problem::Problem;
use super::{load, made};
use crate::domain::Refusal;
use crate::domain::command::Command;
use crate::domain::contact::{ContactId, NoteId};
use crate::domain::facts::{FactKey, Facts};
use crate::wire::note::{text_from_json, to_json};

/// `POST bulk/notes`: notes by id.
pub async fn fetch(call: Call) -> Result<Answer, Problem> {
    let entities = entities(&call)?;
    let ids = entities.iter().filter_map(|entity| id_of(entity).ok());
    let keys = ids.map(FactKey::Note).collect();
    let facts = call.site.store().load(keys, Facts::default()).await?;
    let mut results = Results::default();
    for entity in &entities {
        let found = match id_of(entity) {
            Ok(id) => match facts.note_if_any(&id)? {
                Some(note) => Ok(Some(to_json(note))),
                None => Err(Refusal::NoNote.into()),
            },
            Err(problem) => Err(problem),
        };
        results.push(text_id(entity), found);
    }
    Ok(results.answer())
}

/// `POST bulk/notes/add`.
pub async fn add(call: Call) -> Result<Answer, Problem> {
    let wishes = entities(&call)?.into_iter().map(|entity| {
        let command = creation(&entity);
        (entity, command)
    });
    let mut results = Results::default();
    for (entity, outcome) in run(&call, wishes.collect()).await {
        let note = match outcome {
            Ok(outcome) => made(&call, &outcome).await,
            Err(problem) => Err(problem),
        };
        let id = match &note {
            Ok(note) => Some(note.id.to_string()),
            Err(_) => text_id(&entity),
        };
        results.push(id, note.map(|note| Some(to_json(&note))));
    }
    Ok(results.answer())
}

/// `POST bulk/notes/update`: replaces the text of each.
pub async fn update(call: Call) -> Result<Answer, Problem> {
    let mut wishes: Vec<Wish> = Vec::new();
    for entity in entities(&call)? {
        let command = edition(&call, &entity).await;
        wishes.push((entity, command));
    }
    let mut results = Results::default();
    for (entity, outcome) in run(&call, wishes).await {
        let note = match outcome.and_then(|_| id_of(&entity)) {
            Ok(id) => load(&call, id).await,
            Err(problem) => Err(problem),
        };
        results.push(text_id(&entity), note.map(|note| Some(to_json(&note))));
    }
    Ok(results.answer())
}

/// `POST bulk/notes/remove`.
pub async fn remove(call: Call) -> Result<Answer, Problem> {
    let wishes = entities(&call)?.into_iter().map(|entity| {
        let command = id_of(&entity).map(|note| Command::DeleteNote { note });
        (entity, command)
    });
    let mut results = Results::default();
    for (entity, outcome) in run(&call, wishes.collect()).await {
        results.push(text_id(&entity), outcome.map(|_| None));
    }
    Ok(results.answer())
}

fn creation(entity: &Value) -> Result<Command, Problem> {
    let contact = contact_of(entity)?;
    let contact = contact.ok_or_else(|| Problem::bad_value("entityId", "it is required"))?;
    let text = text_from_json(entity)?;
    Ok(Command::AddNote { contact, text })
}

async fn edition(call: &Call, entity: &Value) -> Result<Command, Problem> {
    let note = id_of(entity)?;
    let text = text_from_json(entity)?;
    if let Some(contact) = contact_of(entity)?
        && load(call, note).await?.contact != contact
    {
        let why = "a note stays on the contact that it was written on";
        return Err(Problem::bad_value("entityId", why));
    }
    Ok(Command::EditNote { note, text })
}

/// The contact that a note names.
fn contact_of(entity: &Value) -> Result<Option<ContactId>, Problem> {
    let text = |name: &str| entity.get(name).and_then(Value::as_str);
    match text("entityType") {
        None => {}
        Some(kind) if kind.eq_ignore_ascii_case("contact") => {}
        Some(kind) if kind.eq_ignore_ascii_case("organization") => {
            return Err(Problem::unserved_part("a note of an organization"));
        }
        Some(_) => return Err(Problem::bad_value("entityType", "it is contact")),
    }
    Ok(text("entityId").map(str::parse::<ContactId>).transpose()?)
}

fn id_of(entity: &Value) -> Result<NoteId, Problem> {
    let id = entity.get("id").and_then(Value::as_str);
    let id = id.ok_or_else(|| Problem::bad_value("id", "it is required"))?;
    Ok(id.parse()?)
}
