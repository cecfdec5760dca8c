//! The past: a contact as it stood at a moment, and what taking a merge back comes to.

use serde_json::{Value, json};

use super::super::call::{Answer, Call};
use super::super::problem::Problem;
use super::super::told;
use crate::backend::Backend;
use crate::backend::view::{Brief, UnmergePreview, Whose};
use crate::domain::command::{Command, EntryId};
use crate::domain::contact::ContactId;
use crate::domain::unmerge::Since;
use crate::domain::{Moment, Refusal};
use crate::wire::contact::{Shown, to_json};

/// `GET contacts/{contactId}/as-of?at=...`: the contact as it stood then, and when its history moved around it.
pub async fn as_of(call: Call) -> Result<Answer, Problem> {
    let contact: ContactId = call.id(0)?;
    let at = call.query.required("at")?.parse::<Moment>();
    let at = at.map_err(|error| Problem::bad_value("at", error.to_string()))?;
    let past = call.backend().past(Whose::Contact(contact), at).await?;
    let then = past
        .profile
        .contact
        .as_ref()
        .ok_or(Refusal::NoContact(contact))?;
    let mut set = vec![then.id];
    set.extend(&past.profile.ancestors);
    if set.len() == 1 {
        set.clear();
    }
    let shown = to_json(&Shown {
        contact: then,
        claims: &past.claims,
        organization: past.organization.as_ref(),
        merge_set: &set,
        canonical: set.first().copied(),
    });
    Ok(Answer::json(json!({
        "at": past.at.to_string(),
        "contact": shown,
        "earlier": past.earlier.map(|at| at.to_string()),
        "later": past.later.map(|at| at.to_string()),
    })))
}

/// `GET entries/{entry}/unmerge`: what came since a merge, and the side that each goes to by the rules.
pub async fn preview(call: Call) -> Result<Answer, Problem> {
    let preview = call
        .backend()
        .preview_unmerge(entry(&call)?, Vec::new())
        .await?;
    Ok(Answer::json(previewed(&preview)))
}

/// `POST entries/{entry}/unmerge`: takes the merge back; `{"sides": {"ITEM": "CONTACT"}}` says where something
/// goes that the rules would put elsewhere.
pub async fn unmerge(call: Call) -> Result<Answer, Problem> {
    let entry = entry(&call)?;
    let body = call.object()?;
    let preview = call.backend().preview_unmerge(entry, Vec::new()).await?;
    let mut sides: Vec<(Since, ContactId)> = Vec::new();
    let wanted = body.get("sides").and_then(Value::as_object);
    for (word, side) in wanted.into_iter().flatten() {
        let mut items = preview.items.iter();
        let item = items.find(|one| one.item.word() == *word);
        let unknown =
            || Problem::bad_value("sides", format!("{word:?} did not come since the merge"));
        let item = item.ok_or_else(unknown)?.item.clone();
        sides.push((item, side.as_str().unwrap_or_default().parse()?));
    }
    let outcome = call
        .backend()
        .run(Command::Unmerge { entry, sides })
        .await?;
    Ok(Answer::json(told::outcome(&outcome)))
}

fn entry(call: &Call) -> Result<EntryId, Problem> {
    let entry = call.text(0).parse::<EntryId>();
    entry.map_err(|error| Problem::bad_value("entry", error.to_string()))
}

fn previewed(preview: &UnmergePreview) -> Value {
    let side = |one: &Brief| json!({"id": one.id, "type": one.kind.name(), "name": one.name});
    let items = preview.items.iter().map(|one| {
        json!({
            "item": one.item.word(),
            "what": one.what,
            "goesTo": preview.sides.get(one.side).map(|side| side.id),
            "why": one.why,
        })
    });
    json!({
        "entry": preview.entry,
        "sides": preview.sides.iter().map(side).collect::<Vec<_>>(),
        "staysWith": preview.head.as_ref().map(|head| head.id),
        "items": items.collect::<Vec<_>>(),
    })
}
