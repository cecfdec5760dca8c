//! Many contacts in one request: each is done or not, and says which.

use serde_json::Value;

use super::super::bulk::{Results, Wish, entities, run as run_all, text_id};
use super::super::call::{Answer, Call};
use super::super::problem::Problem;
use super::shown::{Expand, Resolved, find, show};
use super::{creation, replacement, source_names};
use crate::domain::command::Command;
use crate::domain::contact::ContactId;

/// `POST bulk/contacts`: canonical contacts by id.
pub async fn fetch(call: Call) -> Result<Answer, Problem> {
    fetched(&call, Resolved::Canonical).await
}

/// `POST bulk/contacts/unresolved`: exactly those records.
pub async fn unresolved(call: Call) -> Result<Answer, Problem> {
    fetched(&call, Resolved::Exact).await
}

async fn fetched(call: &Call, resolved: Resolved) -> Result<Answer, Problem> {
    let store = call.site.store();
    let mut results = Results::default();
    for entity in entities(call)? {
        let id = text_id(&entity);
        let found = match id_of(&entity) {
            Ok(id) => find(store, id, resolved).await.map_err(Problem::from),
            Err(problem) => Err(problem),
        };
        let shown = match found {
            Ok(contact) => show(store, &contact, Expand::default()).await,
            Err(problem) => Err(problem),
        };
        results.push(id, shown.map(Some));
    }
    Ok(results.answer())
}

/// `POST bulk/contacts/add`.
pub async fn add(call: Call) -> Result<Answer, Problem> {
    let sources = source_names(&call).await?;
    let mut wishes = Vec::new();
    for entity in entities(&call)? {
        let command = creation(&call, &entity, &sources).await;
        wishes.push((entity, command));
    }
    run(&call, wishes, Echo::Contact).await
}

/// `POST bulk/contacts/update`: replaces every field of each.
pub async fn update(call: Call) -> Result<Answer, Problem> {
    let sources = source_names(&call).await?;
    let mut wishes = Vec::new();
    for entity in entities(&call)? {
        let command = match id_of(&entity) {
            Ok(id) => replacement(&call, id, &entity, &sources).await,
            Err(problem) => Err(problem),
        };
        wishes.push((entity, command));
    }
    run(&call, wishes, Echo::Contact).await
}

/// `POST bulk/contacts/remove`.
pub async fn remove(call: Call) -> Result<Answer, Problem> {
    let wishes = entities(&call)?.into_iter().map(|entity| {
        let command = id_of(&entity).map(|contact| Command::Delete { contact });
        (entity, command)
    });
    run(&call, wishes.collect(), Echo::Nothing).await
}

/// What a result says of what was done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Echo {
    Contact,
    Nothing,
}

/// Does what can be done, and says of each what came of it.
async fn run(call: &Call, wishes: Vec<Wish>, echo: Echo) -> Result<Answer, Problem> {
    let mut results = Results::default();
    for (entity, outcome) in run_all(call, wishes).await {
        let sent = text_id(&entity);
        match outcome {
            Err(problem) => results.push(sent, Err(problem)),
            Ok(_) if echo == Echo::Nothing => results.push(sent, Ok(None)),
            Ok(outcome) => {
                let shown = shown(call, outcome.contact).await;
                let id = outcome.contact.map(|id| id.to_string()).or(sent);
                results.push(id, shown.map(Some));
            }
        }
    }
    Ok(results.answer())
}

async fn shown(call: &Call, contact: Option<ContactId>) -> Result<Value, Problem> {
    let id = contact.ok_or_else(|| Problem::broken("an action ended at no contact"))?;
    let contact = find(call.site.store(), id, Resolved::Canonical).await?;
    show(call.site.store(), &contact, Expand::default()).await
}

fn id_of(entity: &Value) -> Result<ContactId, Problem> {
    let id = entity.get("id").and_then(Value::as_str);
    let id = id.ok_or_else(|| Problem::bad_value("id", "it is required"))?;
    Ok(id.parse()?)
}
