//! External contacts: reading, making, changing and removing one.

mod bulk;
mod enrich;
mod identifier;
mod list;
mod merge;
mod patch;
mod shown;

pub use bulk::{add as bulk_add, fetch as bulk_fetch, remove as bulk_remove};
pub use bulk::{unresolved as bulk_unresolved, update as bulk_update};
pub use enrich::{bulk as bulk_enrich, enrich};
pub use identifier::{claim, identifiers, lookup, reverse};
pub use list::{list, scan, search, texts};
pub use merge::{merge, merge_two};
pub use patch::{changed, patch};
pub use shown::{Expand, Resolved, find, merge_set, show, show_all};

use serde_json::Value;

use super::call::{Answer, Call};
use super::problem::Problem;
use crate::backend::Backend;
use crate::backend::local::LocalBackend;
use crate::domain::command::{Command, Edit, Expected};
use crate::domain::contact::{Contact, ContactId, OrganizationId};
use crate::domain::field::{FIELDS, LISTS};
use crate::domain::{Field, Fields};
use crate::wire::contact::{Body, Reading, from_json};

/// The division that everything is in, beside ids that came with the data.
const DIVISION: &str = "*";

/// `GET contacts/{contactId}`: the canonical contact.
pub async fn read(call: Call) -> Result<Answer, Problem> {
    let expand = Expand::of(&call, &Expand::CONTACT)?;
    let contact = found(&call, call.id(0)?, Resolved::Canonical).await?;
    Ok(Answer::json(
        show(call.site.store(), &contact, expand).await?,
    ))
}

/// `GET contacts/{contactId}/unresolved`: exactly that record.
pub async fn unresolved(call: Call) -> Result<Answer, Problem> {
    let expand = Expand::of(&call, &Expand::UNRESOLVED)?;
    let contact = found(&call, call.id(0)?, Resolved::Exact).await?;
    Ok(Answer::json(
        show(call.site.store(), &contact, expand).await?,
    ))
}

/// `POST contacts`.
pub async fn create(call: Call) -> Result<Answer, Problem> {
    let sources = source_names(&call).await?;
    let command = creation(&call, &call.json()?, &sources).await?;
    let outcome = call.backend().run(command).await?;
    after(&call, outcome.contact).await
}

/// `PUT contacts/{contactId}`: replaces every field; what is not sent is gone.
pub async fn replace(call: Call) -> Result<Answer, Problem> {
    let id: ContactId = call.id(0)?;
    let sources = source_names(&call).await?;
    let command = replacement(&call, id, &call.json()?, &sources).await?;
    let outcome = call.backend().run(command).await?;
    after(&call, outcome.contact).await
}

/// `DELETE contacts/{contactId}`.
pub async fn delete(call: Call) -> Result<Answer, Problem> {
    let contact = call.id(0)?;
    call.backend().run(Command::Delete { contact }).await?;
    Ok(Answer::object())
}

/// `POST contacts/{contactId}/promotion`.
pub async fn promote(call: Call) -> Result<Answer, Problem> {
    let command = Command::Promote {
        contact: call.id(0)?,
        edits: Vec::new(),
    };
    let outcome = call.backend().run(command).await?;
    after(&call, outcome.contact).await
}

/// The contact as it stands after an action.
async fn after(call: &Call, contact: Option<ContactId>) -> Result<Answer, Problem> {
    let id = contact.ok_or_else(|| Problem::broken("an action ended at no contact"))?;
    let contact = find(call.site.store(), id, Resolved::Canonical).await?;
    let shown = show(call.site.store(), &contact, Expand::default()).await?;
    Ok(Answer::json(shown))
}

/// The contact that an id stands for; one that is gone says what became of it.
async fn found(call: &Call, id: ContactId, resolved: Resolved) -> Result<Contact, Problem> {
    match find(call.site.store(), id, resolved).await {
        Ok(contact) => Ok(contact),
        Err(trouble) => Err(call.backend().name_gone(trouble).await.into()),
    }
}

/// Names of the external sources that are known, for references by id alone.
async fn source_names(call: &Call) -> Result<Vec<String>, Problem> {
    // Looking for all of them takes a while, and most bodies name theirs.
    match refers_by_id(&call.json()?) {
        true => {
            let sources = call.site.catalog.sources().await?;
            Ok(sources.into_iter().map(|source| source.name).collect())
        }
        false => Ok(Vec::new()),
    }
}

/// Whether a body refers to an external source without its name.
fn refers_by_id(body: &Value) -> bool {
    match body {
        Value::Object(members) => members.iter().any(|(name, value)| match name.as_str() {
            "externalSource" => value.is_object() && value.get("name").is_none(),
            _ => refers_by_id(value),
        }),
        Value::Array(list) => list.iter().any(refers_by_id),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// What makes a contact of a body.
async fn creation(call: &Call, body: &Value, sources: &[String]) -> Result<Command, Problem> {
    let body = read_body(call.backend(), body, sources)?;
    let fields = Box::new(with_organization(call.backend(), body).await?);
    Ok(Command::Create { fields, link: None })
}

/// What replaces every field of a contact.
async fn replacement(
    call: &Call,
    id: ContactId,
    body: &Value,
    sources: &[String],
) -> Result<Command, Problem> {
    let body = read_body(call.backend(), body, sources)?;
    let fields = with_organization(call.backend(), body).await?;
    let now = found(call, id, Resolved::Canonical).await?;
    same_custom(&now.fields, &fields)?;
    let specs = FIELDS.iter().chain(&LISTS);
    let edits = specs.map(|spec| edit_to(spec.field, Expected::Anything, &fields));
    Ok(Command::Edit {
        contact: id,
        edits: edits.collect(),
    })
}

/// The edit that gives a field what `fields` has there.
fn edit_to(field: Field, before: Expected, fields: &Fields) -> Edit {
    Edit {
        field,
        before,
        after: fields.get(field),
    }
}

/// Refuses a change of custom fields: they are kept and merged, and nothing here can change them yet.
fn same_custom(now: &Fields, wanted: &Fields) -> Result<(), Problem> {
    match wanted.custom.is_none() || wanted.custom == now.custom {
        true => Ok(()),
        false => Err(Problem::unserved_part("a change of custom fields")),
    }
}

fn read_body(backend: &LocalBackend, body: &Value, sources: &[String]) -> Result<Body, Problem> {
    let reading = Reading {
        region: backend.options().region.as_deref(),
        sources,
    };
    let body = from_json(body, &reading)?;
    match body.division.as_deref() {
        None | Some(DIVISION) => Ok(body),
        Some(_) => Err(Problem::bad_value(
            "division.id",
            "there is one division, *; leave it out",
        )),
    }
}

/// The fields of a body, with the organization that it names.
async fn with_organization(backend: &LocalBackend, body: Body) -> Result<Fields, Problem> {
    let Body {
        mut fields,
        organization_name,
        ..
    } = body;
    if let Some(name) = organization_name {
        let known: Option<OrganizationId> = backend.organization_named(name).await?;
        let unknown = || Problem::bad_value("externalOrganization.name", "no organization has it");
        fields.organization = Some(known.ok_or_else(unknown)?);
    }
    Ok(fields)
}
