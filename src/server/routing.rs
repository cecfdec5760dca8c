//! Queues and wrap-up codes, as the organization named them.

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::page::Page;
use super::problem::Problem;
use crate::backend::Backend;

const QUEUES: &str = "/api/v2/routing/queues";
const CODES: &str = "/api/v2/routing/wrapupcodes";

/// `GET routing/queues`.
pub async fn queues(call: Call) -> Result<Answer, Problem> {
    let names = call.backend().names().await?;
    listed(&call, names.queues, QUEUES)
}

/// `GET routing/queues/{queueId}`.
pub async fn queue(call: Call) -> Result<Answer, Problem> {
    let names = call.backend().names().await?;
    one(&call, &names.queues, QUEUES, "the queue")
}

/// `GET routing/queues/{queueId}/wrapupcodes`: every code, since data that comes in does not say which queue
/// has which.
pub async fn codes_of_queue(call: Call) -> Result<Answer, Problem> {
    let names = call.backend().names().await?;
    one(&call, &names.queues, QUEUES, "the queue")?;
    let codes = match names.codes.is_empty() {
        // Who may not see codes is told none by their names; the route asks for the queue's right alone.
        true => Vec::new(),
        false => names.codes,
    };
    listed(&call, codes, CODES)
}

/// `GET routing/wrapupcodes`.
pub async fn codes(call: Call) -> Result<Answer, Problem> {
    let names = call.backend().names().await?;
    listed(&call, names.codes, CODES)
}

/// `GET routing/wrapupcodes/{codeId}`.
pub async fn code(call: Call) -> Result<Answer, Problem> {
    let names = call.backend().names().await?;
    one(&call, &names.codes, CODES, "the wrap-up code")
}

/// A code or queue as its listing has it.
pub fn named(path: &str, id: &str, name: &str) -> Value {
    json!({"id": id, "name": name, "selfUri": format!("{path}/{id}")})
}

/// The wrap-up codes, for a participant.
pub fn code_named(id: &str, name: &str) -> Value {
    named(CODES, id, name)
}

fn listed(call: &Call, mut names: Vec<(String, String)>, path: &str) -> Result<Answer, Problem> {
    let page = Page::of(call)?;
    let ids = call.query.list("id");
    let wanted = call.query.text("name").map(str::to_lowercase);
    names.retain(|(id, name)| {
        let is_named = wanted.as_ref().is_none_or(|wanted| fits(wanted, name));
        is_named && (ids.is_empty() || ids.contains(&id.as_str()))
    });
    let total = names.len();
    let shown = page
        .cut(names)
        .iter()
        .map(|(id, name)| named(path, id, name))
        .collect();
    Ok(Answer::json(page.listing(call, shown, total)))
}

/// A name fits a text that it holds; `*` stands for anything at its ends.
fn fits(wanted: &str, name: &str) -> bool {
    name.to_lowercase().contains(wanted.trim_matches('*'))
}

fn one(call: &Call, names: &[(String, String)], path: &str, what: &str) -> Result<Answer, Problem> {
    let wanted = call.text(0);
    let found = names.iter().find(|(id, _)| id.eq_ignore_ascii_case(wanted));
    let (id, name) = found.ok_or_else(|| Problem::not_found(what))?;
    Ok(Answer::json(named(path, id, name)))
}
