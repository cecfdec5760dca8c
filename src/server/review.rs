//! The review under `/api/scv/v1/review`, in the words that the command line and the desk take: each word of a
//! filter is a parameter of its own.

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::problem::Problem;
use super::told;
use crate::backend::sheet;
use crate::backend::view::ReviewQuery;
use crate::backend::{Backend, Trouble};
use crate::domain::Refusal;
use crate::domain::command::{Command, EntryId};
use crate::domain::review::{Filter, KEYS, List, Reach, Verdict};

/// Lines of a page, when nobody says, and at most.
const LINES: usize = 50;
const LINES_MAX: usize = 200;

/// `GET review/decisions`.
pub async fn decisions(call: Call) -> Result<Answer, Problem> {
    page(&call, List::Decisions).await
}

/// `GET review/conversations`.
pub async fn conversations(call: Call) -> Result<Answer, Problem> {
    page(&call, List::Conversations).await
}

/// A page, which may come out short though there is a `next`: so much is looked at at once, back to `lookedTo`.
/// The total is what a quick look counts; exact where it came to the end.
async fn page(call: &Call, list: List) -> Result<Answer, Problem> {
    let filter = filter(call)?;
    let after = match call.query.text("after") {
        Some(text) => {
            let place = text.parse();
            Some(place.map_err(|_| Problem::bad_value("after", "it is the `next` of a page"))?)
        }
        None => None,
    };
    let query = ReviewQuery {
        list,
        filter: filter.clone(),
        after,
        limit: call.query.number("limit", LINES, 1, LINES_MAX)?,
    };
    let counted = call.backend().review_count(list, filter, Reach::Quick);
    let counted = counted.await?;
    let page = call.backend().review(query).await?;
    let decisions = page.decisions.iter().map(sheet::decision);
    let talks = page.conversations.iter().map(sheet::conversation);
    let entities: Vec<Value> = decisions.chain(talks).collect();
    let next = page.next.map(|next| next.to_string());
    Ok(Answer::json(json!({
        "total": counted.count,
        "totalIsExact": counted.is_all,
        "next": next,
        "lookedTo": page.looked_to.map(|at| at.to_string()),
        "entities": entities,
    })))
}

/// `GET review/sample`: automatic links at random, the same for the same seed.
pub async fn sample(call: Call) -> Result<Answer, Problem> {
    let count = call.query.number("count", LINES, 1, LINES_MAX)?;
    let seed = match call.query.text("seed") {
        Some(text) => text
            .parse()
            .map_err(|_| Problem::bad_value("seed", "it is a number"))?,
        None => u64::from(uuid::Uuid::new_v4().as_fields().0),
    };
    let picked = call
        .backend()
        .review_sample(filter(&call)?, count, seed)
        .await?;
    let entities: Vec<Value> = picked.iter().map(sheet::decision).collect();
    Ok(Answer::json(json!({"seed": seed, "entities": entities})))
}

/// `GET review/precision`.
pub async fn precision(call: Call) -> Result<Answer, Problem> {
    let found = call.backend().review_precision(filter(&call)?).await?;
    Ok(Answer::json(sheet::precision(&found)))
}

/// `POST review/marks`: says of a decision whether it is right.
pub async fn mark(call: Call) -> Result<Answer, Problem> {
    let body = call.object()?;
    let entry = body.get("entry").and_then(Value::as_u64);
    let entry = entry.ok_or_else(|| Problem::bad_value("entry", "it is the number of an entry"))?;
    let verdict = body.get("verdict").and_then(Value::as_str);
    let verdict = verdict.and_then(|text| text.parse::<Verdict>().ok());
    let verdict = verdict
        .ok_or_else(|| Problem::bad_value("verdict", "it is right, wrong or cannot-tell"))?;
    let note = match body.get("note") {
        None | Some(Value::Null) => None,
        Some(Value::String(note)) => Some(note.clone()),
        Some(_) => return Err(Problem::bad_value("note", "it is a text")),
    };
    let command = Command::Mark {
        entry: EntryId(entry),
        verdict,
        note,
    };
    let outcome = call.backend().run(command).await?;
    Ok(Answer::json(told::outcome(&outcome)))
}

/// The filter of the parameters; days are those of UTC.
fn filter(call: &Call) -> Result<Filter, Problem> {
    let mut filter = Filter::default();
    for (key, _) in KEYS {
        let Some(value) = call.query.text(key) else {
            continue;
        };
        let set = filter.set(key, value, &jiff::tz::TimeZone::UTC);
        set.map_err(|bad| Trouble::from(Refusal::BadValue(bad.to_string())))?;
    }
    Ok(filter)
}
