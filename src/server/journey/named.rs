//! Segments and outcomes as the organization named them. What else the contract has of them is not known here: rules
//! of an organization stay where they are kept, and so do the dates.

use serde_json::{Value, json};

use super::super::call::{Answer, Call};
use super::super::page::{Page, SIZE_MAX, WINDOW_MAX};
use super::super::problem::Problem;
use crate::domain::Moment;
use crate::store::{Name, NameKind};

/// Names of a page when nobody says how many.
const PAGE: usize = 25;
/// What can be looked in, and what a list can be sorted by.
const FIELDS: [&str; 1] = ["displayName"];
const SORTABLE: [&str; 2] = ["displayName", "id"];
/// The date of what nobody dated.
const UNDATED: Moment = Moment(0);
/// The colour of a segment that came without one.
const COLOUR: &str = "#808080";

/// `GET journey/segments`.
pub async fn segments(call: Call) -> Result<Answer, Problem> {
    list(&call, NameKind::Segment, "segmentIds").await
}

/// `GET journey/segments/{segmentId}`.
pub async fn segment(call: Call) -> Result<Answer, Problem> {
    one(&call, NameKind::Segment, "the segment").await
}

/// `GET journey/outcomes`.
pub async fn outcomes(call: Call) -> Result<Answer, Problem> {
    list(&call, NameKind::Outcome, "outcomeIds").await
}

/// `GET journey/outcomes/{outcomeId}`.
pub async fn outcome(call: Call) -> Result<Answer, Problem> {
    one(&call, NameKind::Outcome, "the outcome").await
}

async fn list(call: &Call, kind: NameKind, of_ids: &str) -> Result<Answer, Problem> {
    let (size, number) = (
        call.query.number("pageSize", PAGE, 1, SIZE_MAX)?,
        call.query.number("pageNumber", 1, 1, WINDOW_MAX)?,
    );
    let page = Page { size, number };
    let mut names = named(call, kind).await?;
    let ids = call.query.list(of_ids);
    if !ids.is_empty() {
        names.retain(|name| ids.contains(&name.id.as_str()));
    }
    // Nobody has switched one of them off here.
    if call.query.text("isActive").is_some() && !call.query.flag("isActive")? {
        names.clear();
    }
    call.query.known("queryFields", &FIELDS)?;
    if let Some(wanted) = call.query.text("queryValue").map(str::to_lowercase) {
        names.retain(|name| name.name.to_lowercase().contains(&wanted));
    }
    sort(call, &mut names)?;
    let total = names.len();
    let shown = page.cut(names).iter().map(shown).collect();
    Ok(Answer::json(page.listing(call, shown, total)))
}

/// Sorts by the fields of the query, the first before the others; a `-` turns one round.
fn sort(call: &Call, names: &mut [Name]) -> Result<(), Problem> {
    let wanted = call.query.list("sortBy");
    for field in wanted.into_iter().rev() {
        let (name, is_falling) = match field.strip_prefix('-') {
            Some(name) => (name, true),
            None => (field, false),
        };
        match name {
            "displayName" => names.sort_by_cached_key(|one| one.name.to_lowercase()),
            "id" => names.sort_by(|one, other| one.id.cmp(&other.id)),
            _ => {
                let why = format!("it is {}, with - before it or not", SORTABLE.join(" or "));
                return Err(Problem::bad_value("sortBy", why));
            }
        }
        if is_falling {
            names.reverse();
        }
    }
    Ok(())
}

async fn one(call: &Call, kind: NameKind, what: &str) -> Result<Answer, Problem> {
    let names = named(call, kind).await?;
    let wanted = call.text(0);
    let found = names
        .iter()
        .find(|name| name.id.eq_ignore_ascii_case(wanted));
    let found = found.ok_or_else(|| Problem::not_found(what))?;
    Ok(Answer::json(shown(found)))
}

async fn named(call: &Call, kind: NameKind) -> Result<Vec<Name>, Problem> {
    let names = call.site.store().names().await?.into_iter();
    Ok(names.filter(|name| name.kind == kind).collect())
}

fn shown(name: &Name) -> Value {
    let id = &name.id;
    let mut shown = json!({
        "id": id,
        "isActive": true,
        "displayName": name.name,
        "version": 1,
        "context": {"patterns": []},
        "journey": {"patterns": []},
        "createdDate": UNDATED.to_string(),
        "modifiedDate": UNDATED.to_string(),
    });
    match name.kind {
        NameKind::Segment => {
            shown["color"] = name.color.as_deref().unwrap_or(COLOUR).into();
            shown["scope"] = "Session".into();
            shown["shouldDisplayToAgent"] = name.shown.into();
            shown["selfUri"] = format!("/api/v2/journey/segments/{id}").into();
        }
        NameKind::Outcome => {
            shown["isPositive"] = true.into();
            shown["selfUri"] = format!("/api/v2/journey/outcomes/{id}").into();
        }
        NameKind::Queue | NameKind::User | NameKind::WrapupCode => {}
    }
    shown
}
