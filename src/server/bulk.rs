//! Many things in one request: each is done or not, and says which.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::problem::Problem;
use crate::domain::command::{Command, Outcome};
use crate::store::Keep;

/// Most entities of a request.
const ENTITIES_MAX: usize = 1000;

/// An entity as it was sent, and what is to be done with it.
pub type Wish = (Value, Result<Command, Problem>);

/// Does what can be done in as few transactions as is sensible; what came of each, in its order.
pub async fn run(call: &Call, wishes: Vec<Wish>) -> Vec<(Value, Result<Outcome, Problem>)> {
    let commands = wishes
        .iter()
        .filter_map(|(_, command)| command.clone().ok());
    let commands: Vec<Command> = commands.collect();
    let outcomes = call.backend().run_all(commands, None, Keep::Commit).await;
    let mut outcomes = outcomes.into_iter();
    let done = wishes.into_iter().map(|(entity, command)| {
        let outcome = match command {
            Ok(_) => match outcomes.next() {
                Some(outcome) => outcome.map_err(Problem::from),
                None => Err(Problem::broken("a command was not answered")),
            },
            Err(problem) => Err(problem),
        };
        (entity, outcome)
    });
    done.collect()
}

/// The entities of the body.
pub fn entities(call: &Call) -> Result<Vec<Value>, Problem> {
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

/// The id of an entity, as it was sent.
pub fn text_id(entity: &Value) -> Option<String> {
    let id = entity.get("id").and_then(Value::as_str)?;
    Some(id.chars().take(60).collect())
}

/// Results of a bulk request.
#[derive(Default)]
pub struct Results {
    results: Vec<Value>,
    wrong: Vec<usize>,
}

impl Results {
    /// Takes what became of an entity.
    pub fn push(&mut self, id: Option<String>, done: Result<Option<Value>, Problem>) {
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
    pub fn enriched(
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

    pub fn answer(self) -> Answer {
        Answer::json(json!({
            "results": self.results,
            "errorCount": self.wrong.len(),
            "errorIndexes": self.wrong,
        }))
    }
}
