//! Many contacts in one request: each is done or not, and says which.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::super::call::{Answer, Call};
use super::super::problem::Problem;
use super::shown::{Expand, Resolved, find, show};
use super::{creation, replacement, source_names};
use crate::domain::command::{Command, Outcome};
use crate::domain::contact::ContactId;
use crate::store::Keep;

/// Most entities of a request.
const ENTITIES_MAX: usize = 1000;

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

/// Does what can be done in as few transactions as is sensible.
async fn run(
    call: &Call,
    wishes: Vec<(Value, Result<Command, Problem>)>,
    echo: Echo,
) -> Result<Answer, Problem> {
    let commands = wishes
        .iter()
        .filter_map(|(_, command)| command.clone().ok());
    let commands: Vec<Command> = commands.collect();
    let outcomes = call.backend().run_all(commands, None, Keep::Commit).await;
    let mut outcomes = outcomes.into_iter();
    let mut results = Results::default();
    for (entity, command) in wishes {
        let outcome: Result<Outcome, Problem> = match command {
            Ok(_) => match outcomes.next() {
                Some(outcome) => outcome.map_err(Problem::from),
                None => Err(Problem::broken("a command was not answered")),
            },
            Err(problem) => Err(problem),
        };
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

/// The entities of the body.
fn entities(call: &Call) -> Result<Vec<Value>, Problem> {
    let mut body = call.object()?;
    let entities = match body.remove("entities") {
        Some(Value::Array(entities)) => entities,
        Some(_) | None => return Err(Problem::bad_value("entities", "it is a list")),
    };
    match (1..=ENTITIES_MAX).contains(&entities.len()) {
        true => no_repeats(entities),
        false => Err(Problem::bad_value("entities", "it has 1 to 1,000 elements")),
    }
}

/// Refuses an id that comes twice: what should become of it is not clear.
fn no_repeats(entities: Vec<Value>) -> Result<Vec<Value>, Problem> {
    let mut seen = HashMap::new();
    for id in entities.iter().filter_map(text_id) {
        if seen.insert(id.to_lowercase(), ()).is_some() {
            return Err(Problem::bad_value("entities", format!("{id} comes twice")));
        }
    }
    Ok(entities)
}

fn text_id(entity: &Value) -> Option<String> {
    let id = entity.get("id").and_then(Value::as_str)?;
    Some(id.chars().take(60).collect())
}

fn id_of(entity: &Value) -> Result<ContactId, Problem> {
    let id = entity.get("id").and_then(Value::as_str);
    let id = id.ok_or_else(|| Problem::bad_value("id", "it is required"))?;
    Ok(id.parse()?)
}

/// Results of a bulk request.
#[derive(Default)]
pub(super) struct Results {
    results: Vec<Value>,
    wrong: Vec<usize>,
}

impl Results {
    fn push(&mut self, id: Option<String>, done: Result<Option<Value>, Problem>) {
        let mut result = json!({});
        if let Some(id) = id {
            result["id"] = id.into();
        }
        match done {
            Ok(entity) => {
                result["success"] = true.into();
                result["status"] = 200.into();
                if let Some(entity) = entity {
                    result["entity"] = entity;
                }
            }
            Err(problem) => {
                self.wrong.push(self.results.len());
                result["success"] = false.into();
                result["status"] = problem.status.into();
                result["error"] = problem.to_bulk_json();
            }
        }
        self.results.push(result);
    }

    /// The result of an enrichment, with its status; one that was not done comes back as it was sent.
    pub(super) fn enriched(
        &mut self,
        id: Option<String>,
        sent: Option<Value>,
        done: Result<(u16, Value), Problem>,
    ) {
        let (status, done) = match done {
            Ok((status, contact)) => (status, Ok(Some(contact))),
            Err(problem) => (problem.status, Err(problem)),
        };
        self.push(id, done);
        if let Some(result) = self.results.last_mut() {
            result["status"] = status.into();
            if let Some(sent) = sent.filter(|_| result.get("error").is_some()) {
                result["error"]["entity"] = sent;
            }
        }
    }

    pub(super) fn answer(self) -> Answer {
        Answer::json(json!({
            "results": self.results,
            "errorCount": self.wrong.len(),
            "errorIndexes": self.wrong,
        }))
    }
}
