//! External sources: the systems that ids of contacts come from. They are known by name; the id is derived from it.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::call::{Answer, Call};
use super::page;
use super::problem::Problem;
use crate::store::account::{NamedSource, SourceDropped};
use crate::wire::source;

/// Most characters of a name and of a template.
const NAME_CHARS_MAX: usize = 200;
const TEMPLATE_CHARS_MAX: usize = 400;

/// `GET externalsources`.
pub async fn list(call: Call) -> Result<Answer, Problem> {
    let limit = page::part_size(&call)?;
    let after = page::place(&call, "sources", "cursor")?;
    let name = call.query.text("name").map(str::to_lowercase);
    let active = match call.query.text("active") {
        None => None,
        Some(_) => Some(call.query.flag("active")?),
    };
    let sources = call.site.catalog.sources().await?.into_iter();
    let wanted = sources.filter(|one| {
        let is_named = name
            .as_ref()
            .is_none_or(|name| one.name.to_lowercase().contains(name));
        is_named && active.is_none_or(|active| one.active == active)
    });
    let wanted: Vec<NamedSource> = wanted.collect();
    let start = usize::try_from(after)
        .unwrap_or(usize::MAX)
        .min(wanted.len());
    let rest = wanted.get(start..).unwrap_or_default();
    let shown = rest.iter().take(limit).map(shown).collect();
    let next = (limit < rest.len()).then_some(after + limit as u64);
    Ok(Answer::json(page::scanned(&call, "sources", shown, next)))
}

/// `GET externalsources/{externalSourceId}`.
pub async fn read(call: Call) -> Result<Answer, Problem> {
    Ok(Answer::json(shown(&found(&call).await?)))
}

/// `POST externalsources`.
pub async fn create(call: Call) -> Result<Answer, Problem> {
    let made = wanted(&call.object()?)?;
    let known = call.site.catalog.sources().await?;
    if known
        .iter()
        .any(|one| one.name == made.name && one.uri_template.is_some())
    {
        let name = &made.name;
        return Err(Problem::conflict(format!(
            "there is an external source {name:?} already"
        )));
    }
    put(&call, made).await
}

/// `PUT externalsources/{externalSourceId}`: everything but the name, by which contacts refer to it.
pub async fn replace(call: Call) -> Result<Answer, Problem> {
    let known = found(&call).await?;
    let made = wanted(&call.object()?)?;
    if made.name != known.name {
        let why = "ids of contacts carry it, so it stays; make another source of that name";
        return Err(Problem::bad_value("name", why));
    }
    put(&call, made).await
}

/// `DELETE externalsources/{externalSourceId}`: refused while ids of contacts are of it, which would bring it back.
pub async fn delete(call: Call) -> Result<Answer, Problem> {
    let known = found(&call).await?;
    match call.site.catalog.drop_source(known.name).await? {
        SourceDropped::Gone => Ok(Answer::object()),
        SourceDropped::Carried => {
            let why = "contacts have ids of the external source; take those away first";
            Err(Problem::conflict(why))
        }
    }
}

async fn put(call: &Call, made: NamedSource) -> Result<Answer, Problem> {
    let id = source::id(&made.name);
    call.site.catalog.put_source(id, made.clone()).await?;
    Ok(Answer::json(shown(&made)))
}

/// The source of the path.
async fn found(call: &Call) -> Result<NamedSource, Problem> {
    let wanted = call.text(0).parse::<Uuid>();
    let wanted = wanted.map_err(|_| Problem::bad_value("externalSourceId", "it is a UUID"))?;
    let sources = call.site.catalog.sources().await?;
    let mut sources = sources.into_iter();
    let found = sources.find(|one| source::id(&one.name) == wanted);
    found.ok_or_else(|| Problem::not_found("the external source"))
}

/// The source of a body.
fn wanted(body: &Map<String, Value>) -> Result<NamedSource, Problem> {
    let name = body.get("name").and_then(Value::as_str);
    let name = name.unwrap_or_default().trim();
    if name.is_empty() || NAME_CHARS_MAX < name.chars().count() {
        return Err(Problem::bad_value("name", "it has 1 to 200 characters"));
    }
    let active = match body.get("active") {
        None | Some(Value::Null) => true,
        Some(Value::Bool(active)) => *active,
        Some(_) => return Err(Problem::bad_value("active", "it is true or false")),
    };
    let link = body
        .get("linkConfiguration")
        .and_then(|link| link.get("uriTemplate"));
    let template = link.and_then(Value::as_str).map(str::to_owned);
    if template
        .as_ref()
        .is_some_and(|text| TEMPLATE_CHARS_MAX < text.chars().count())
    {
        let why = "it has at most 400 characters";
        return Err(Problem::bad_value("linkConfiguration.uriTemplate", why));
    }
    Ok(NamedSource {
        name: name.to_owned(),
        active,
        uri_template: template,
    })
}

fn shown(one: &NamedSource) -> Value {
    let mut shown = source::to_json(&one.name);
    shown["active"] = one.active.into();
    if let Some(template) = &one.uri_template {
        shown["linkConfiguration"] = json!({ "uriTemplate": template });
    }
    shown
}
