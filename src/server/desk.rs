//! The desk's own views and changes, under `/api/scv/v1/desk`: what `backend::ask` describes. Each question asks
//! for its own rights, as on the local engine.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::me;
use super::problem::Problem;
use crate::backend::ask::{
    self, ASKS_MAX, Ask, Greeting, Request, Told, VERSION, WAIT_SECONDS_MAX,
};
use crate::backend::{Backend, Trouble};
use crate::domain::ContactId;
use crate::domain::command::Command;

/// `GET desk`: who asks, and what is understood.
pub async fn greeting(call: Call) -> Result<Answer, Problem> {
    let (agent, role) = call.backend().actor();
    let greeting = Greeting {
        version: VERSION,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        agent,
        role: role.name.clone(),
        permissions: role.permissions().collect(),
    };
    Ok(Answer::json(json!(greeting)))
}

/// `POST desk/asks`: questions, and an answer to each.
pub async fn asks(call: Call) -> Result<Answer, Problem> {
    let asks: Vec<Ask> = read(call.object()?.remove("asks"), "asks")?;
    if ASKS_MAX < asks.len() {
        let why = format!("there are at most {ASKS_MAX}");
        return Err(Problem::bad_value("asks", why));
    }
    let mut answers = Vec::with_capacity(asks.len());
    for ask in asks {
        answers.push(told(ask.of(call.backend()).await));
    }
    Ok(Answer::json(json!({ "answers": answers })))
}

/// `POST desk/commands`: a change under its number.
pub async fn command(call: Call) -> Result<Answer, Problem> {
    let mut request: Request = read(Some(call.json()?), "the body")?;
    // Whom a conversation goes to is not for the body to say.
    if let Command::Take { agent, .. } | Command::Reopen { agent, .. } = &mut request.command {
        *agent = Some(me::user_id(&call).await?);
    }
    let done = call.backend().run_once(request.command, request.request);
    Ok(Answer::json(json!(told(ask::json(done.await)))))
}

/// `GET desk/changes`: what changed behind a place, at once or as soon as something has.
pub async fn changes(call: Call) -> Result<Answer, Problem> {
    let after = match call.query.text("after") {
        None => None,
        Some(text) => match text.parse::<u64>() {
            Ok(place) => Some(place),
            Err(_) => return Err(Problem::bad_value("after", "it is a number")),
        },
    };
    let most = usize::try_from(WAIT_SECONDS_MAX).unwrap_or(usize::MAX);
    let wait = call.query.number("wait", 0, 0, most)?;
    let wait = match call.site.is_closing() {
        true => 0,
        false => wait as u64,
    };
    let changes = call.site.changes.after(after, Duration::from_secs(wait));
    Ok(Answer::json(json!(changes.await)))
}

/// `GET contacts/{contactId}/export`: everything that is known of a person.
pub async fn export(call: Call) -> Result<Answer, Problem> {
    let contact: ContactId = call.id(0)?;
    let document = call.backend().exported(contact).await?;
    call.backend().record_export(contact).await?;
    Ok(Answer::json(document))
}

fn read<T: DeserializeOwned>(value: Option<Value>, name: &str) -> Result<T, Problem> {
    // The parser's own words may quote what was sent.
    serde_json::from_value(value.unwrap_or_default())
        .map_err(|_| Problem::bad_value(name, "it has another shape than this server knows"))
}

fn told(answer: Result<Value, Trouble>) -> Told {
    match answer {
        Ok(value) => Told::Told(value),
        Err(Trouble::Refused(refusal)) => Told::Refused(refusal),
        Err(Trouble::NotFound(what)) => Told::NotFound(what),
        Err(trouble) => {
            let cause = trouble.to_string();
            let context = uuid::Uuid::new_v4();
            tracing::error!(%context, cause, "a question of a desk failed");
            Told::Broken(format!("the server failed; quote {context} to who runs it"))
        }
    }
}
