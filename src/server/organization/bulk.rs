//! Many organizations in one request.

use serde_json::Value;
use uuid::Uuid;

use super::super::bulk::{Results, Wish, entities, run, text_id};
use super::super::call::{Answer, Call};
use super::super::problem::Problem;
use super::{one, wanted};
use crate::domain::command::Command;
use crate::domain::contact::OrganizationId;

/// `POST bulk/organizations`: organizations by id.
pub async fn fetch(call: Call) -> Result<Answer, Problem> {
    let mut results = Results::default();
    for entity in entities(&call)? {
        let found = match id_of(&entity) {
            Ok(id) => one(&call, id).await,
            Err(problem) => Err(problem),
        };
        results.push(text_id(&entity), found.map(Some));
    }
    Ok(results.answer())
}

/// `POST bulk/organizations/add`.
pub async fn add(call: Call) -> Result<Answer, Problem> {
    let mut wishes: Vec<Wish> = Vec::new();
    let mut ids = Vec::new();
    for entity in entities(&call)? {
        let id = OrganizationId(Uuid::new_v4());
        let command = object(&entity).and_then(|body| wanted(&call, body));
        let command = command.map(|(name, rest)| Command::CreateOrganization { id, name, rest });
        wishes.push((entity, command));
        ids.push(id);
    }
    let mut results = Results::default();
    for ((entity, outcome), id) in run(&call, wishes).await.into_iter().zip(ids) {
        match outcome {
            Ok(_) => {
                let made = one(&call, id).await;
                results.push(Some(id.to_string()), made.map(Some));
            }
            Err(problem) => results.push(text_id(&entity), Err(problem)),
        }
    }
    Ok(results.answer())
}

/// `POST bulk/organizations/update`: replaces everything of each.
pub async fn update(call: Call) -> Result<Answer, Problem> {
    let wishes = entities(&call)?.into_iter().map(|entity| {
        let command = edition(&call, &entity);
        (entity, command)
    });
    let mut results = Results::default();
    for (entity, outcome) in run(&call, wishes.collect()).await {
        let now = match outcome.and_then(|_| id_of(&entity)) {
            Ok(id) => one(&call, id).await,
            Err(problem) => Err(problem),
        };
        results.push(text_id(&entity), now.map(Some));
    }
    Ok(results.answer())
}

/// `POST bulk/organizations/remove`.
pub async fn remove(call: Call) -> Result<Answer, Problem> {
    let wishes = entities(&call)?.into_iter().map(|entity| {
        let id = id_of(&entity);
        let command = id.map(|organization| Command::DeleteOrganization { organization });
        (entity, command)
    });
    let mut results = Results::default();
    for (entity, outcome) in run(&call, wishes.collect()).await {
        results.push(text_id(&entity), outcome.map(|_| None));
    }
    Ok(results.answer())
}

fn edition(call: &Call, entity: &Value) -> Result<Command, Problem> {
    let organization = id_of(entity)?;
    let (name, rest) = wanted(call, object(entity)?)?;
    Ok(Command::EditOrganization {
        organization,
        name,
        rest,
    })
}

fn object(entity: &Value) -> Result<serde_json::Map<String, Value>, Problem> {
    let object = entity.as_object().cloned();
    object.ok_or_else(|| Problem::bad("an entity is no JSON object"))
}

fn id_of(entity: &Value) -> Result<OrganizationId, Problem> {
    let id = entity.get("id").and_then(Value::as_str);
    let id = id.ok_or_else(|| Problem::bad_value("id", "it is required"))?;
    Ok(id.parse()?)
}
