//! The users of the organization, as names that came in have them.

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::page::Page;
use super::problem::Problem;
use crate::backend::Backend;

/// `GET users`.
pub async fn list(call: Call) -> Result<Answer, Problem> {
    let page = Page::of(&call)?;
    let ids = call.query.list("id");
    let names = call.backend().names().await?;
    let mut users = names.users;
    users.retain(|(id, _)| ids.is_empty() || ids.iter().any(|one| one.eq_ignore_ascii_case(id)));
    match call
        .query
        .text("sortOrder")
        .map(str::to_ascii_uppercase)
        .as_deref()
    {
        None | Some("ASC" | "ASCENDING") => {}
        Some("DESC" | "DESCENDING") => users.reverse(),
        Some(_) => {
            let why = "it is ascending or descending";
            return Err(Problem::bad_value("sortOrder", why));
        }
    }
    let total = users.len();
    let shown = page
        .cut(users)
        .iter()
        .map(|(id, name)| shown(id, name))
        .collect();
    Ok(Answer::json(page.listing(&call, shown, total)))
}

/// `GET users/{userId}`.
pub async fn read(call: Call) -> Result<Answer, Problem> {
    let names = call.backend().names().await?;
    let wanted = call.text(0);
    let mut users = names.users.iter();
    let found = users.find(|(id, _)| id.eq_ignore_ascii_case(wanted));
    let (id, name) = found.ok_or_else(|| Problem::not_found("the user"))?;
    Ok(Answer::json(shown(id, name)))
}

fn shown(id: &str, name: &str) -> Value {
    json!({
        "id": id,
        "name": name,
        "state": "active",
        "version": 1,
        "selfUri": format!("/api/v2/users/{id}"),
    })
}
