//! External organizations: made, read, changed, deleted and searched, and who belongs to one.

mod bulk;

pub use bulk::{
    add as bulk_add, fetch as bulk_fetch, remove as bulk_remove, update as bulk_update,
};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::call::{Answer, Call};
use super::contact::{Expand, changed, show_all};
use super::page::{self, Page, WINDOW_MAX};
use super::problem::Problem;
use crate::backend::Backend;
use crate::domain::Refusal;
use crate::domain::command::Command;
use crate::domain::contact::{Contact, Organization, OrganizationId};
use crate::domain::facts::{FactKey, Facts};

const TYPE: &str = "ExternalOrganization";
/// Members that nobody changes: they are passed over, so that what was read can be sent back.
const READ_ONLY: [&str; 7] = [
    "id",
    "createDate",
    "modifyDate",
    "externalDataSources",
    "identifiers",
    "trustor",
    "selfUri",
];
/// Members that are not kept here.
const UNSERVED: [&str; 2] = ["schema", "customFields"];

/// What may come along.
const EXPAND: [&str; 4] = [
    "externalDataSources",
    "division",
    "identifiers",
    "externalSources",
];

/// `GET organizations`.
pub async fn list(call: Call) -> Result<Answer, Problem> {
    call.query.known("expand", &EXPAND)?;
    let page = Page::of(&call)?;
    let text = call.query.text("q").unwrap_or_default().to_owned();
    let found = call
        .site
        .catalog
        .organizations_with(text, page.size, page.offset());
    let found = found.await?;
    let shown = found.found.iter().map(|one| shown(&call, one)).collect();
    let mut listing = page.listing(&call, shown, found.total);
    listing["partialResults"] = false.into();
    Ok(Answer::json(listing))
}

/// `GET organizations/{externalOrganizationId}`.
pub async fn read(call: Call) -> Result<Answer, Problem> {
    let found = found(&call).await?;
    Ok(Answer::json(shown(&call, &found)))
}

/// `POST organizations`.
pub async fn create(call: Call) -> Result<Answer, Problem> {
    let (name, rest) = wanted(&call, call.object()?)?;
    let id = OrganizationId(Uuid::new_v4());
    let command = Command::CreateOrganization { id, name, rest };
    call.backend().run(command).await?;
    answer(&call, id).await
}

/// `PUT organizations/{externalOrganizationId}`: replaces everything; what is not sent is gone.
pub async fn replace(call: Call) -> Result<Answer, Problem> {
    let id: OrganizationId = call.id(0)?;
    edit(&call, id, call.object()?).await
}

/// `PATCH organizations/{externalOrganizationId}`: changes of single members.
pub async fn patch(call: Call) -> Result<Answer, Problem> {
    let found = found(&call).await?;
    let mut now = found.rest.clone();
    now.insert("name".to_owned(), found.name.clone().into());
    let touched = changed(&call.object()?, &mut now)?;
    if let Some(name) = touched
        .iter()
        .find(|name| READ_ONLY.contains(&name.as_str()))
    {
        return Err(Problem::bad_value(name, "nobody can change it"));
    }
    edit(&call, found.id, now).await
}

/// `DELETE organizations/{externalOrganizationId}`: refused while a contact belongs to it.
pub async fn delete(call: Call) -> Result<Answer, Problem> {
    let organization = call.id(0)?;
    let command = Command::DeleteOrganization { organization };
    call.backend().run(command).await?;
    Ok(Answer::object())
}

async fn edit(
    call: &Call,
    organization: OrganizationId,
    body: Map<String, Value>,
) -> Result<Answer, Problem> {
    let (name, rest) = wanted(call, body)?;
    let command = Command::EditOrganization {
        organization,
        name,
        rest,
    };
    call.backend().run(command).await?;
    answer(call, organization).await
}

/// The name of a body, and what else is to be kept: all of it, or it is refused.
fn wanted(call: &Call, body: Map<String, Value>) -> Result<(String, Map<String, Value>), Problem> {
    let mut body: Map<String, Value> = body
        .into_iter()
        .filter(|(member, value)| !value.is_null() && !READ_ONLY.contains(&member.as_str()))
        .collect();
    if let Some(member) = UNSERVED.iter().find(|member| body.contains_key(**member)) {
        return Err(Problem::unserved_part(member));
    }
    let division = body.remove("division");
    let division = division.as_ref().and_then(|division| division.get("id"));
    if division.is_some_and(|id| id != "*") {
        let why = "there is one division, *; leave it out";
        return Err(Problem::bad_value("division.id", why));
    }
    let fitted = call.site.contract.fit(TYPE, body.clone().into());
    if let Some(member) = body
        .keys()
        .find(|name| fitted.get(*name) != body.get(*name))
    {
        return Err(Problem::bad_value(
            member,
            format!("it is no such member of {TYPE}"),
        ));
    }
    let name = match body.remove("name") {
        Some(Value::String(name)) => name,
        Some(_) | None => return Err(Problem::bad_value("name", "it is required")),
    };
    Ok((name, body))
}

async fn answer(call: &Call, id: OrganizationId) -> Result<Answer, Problem> {
    Ok(Answer::json(one(call, id).await?))
}

/// The organization with this id, as it is answered.
async fn one(call: &Call, id: OrganizationId) -> Result<Value, Problem> {
    let found = call.site.store().organizations(vec![id]).await?;
    let found = found.into_iter().next();
    let found = found.ok_or(Refusal::OrganizationGone(id))?;
    Ok(shown(call, &found))
}

/// `GET organizations/{externalOrganizationId}/contacts`: Curated contacts that belong to it.
pub async fn contacts(call: Call) -> Result<Answer, Problem> {
    let expand = Expand::of(&call, &Expand::CONTACT)?;
    let page = Page::of(&call)?;
    let organization = found(&call).await?;
    let key = FactKey::MembersOf(organization.id);
    let store = call.site.store();
    let facts = store.load(vec![key], Facts::default()).await?;
    let ids = facts.members_of(&organization.id)?.clone();
    let contacts = store.contacts(ids).await?.into_iter();
    let contacts = contacts.filter(|one| one.is_curated() && !one.is_ancestor());
    let contacts: Vec<Contact> = contacts.take(WINDOW_MAX).collect();
    let total = contacts.len();
    let shown = show_all(store, &page.cut(contacts), expand).await?;
    let mut listing = page.listing(&call, shown, total);
    // The store looks for no more members than a merge set may have.
    listing["partialResults"] = (facts.members_of(&organization.id)?.len() > SET_MAX).into();
    Ok(Answer::json(listing))
}

/// Members that the store looks for; one more tells that there are more.
const SET_MAX: usize = crate::engine::merge::SET_MAX;

/// `GET scan/organizations`.
pub async fn scan(call: Call) -> Result<Answer, Problem> {
    let limit = page::part_size(&call)?;
    let after = page::place(&call, "organizations", "cursor")?;
    let scanned = call.site.catalog.scan_organizations(after, limit).await?;
    let shown = scanned.found.iter().map(|one| shown(&call, one)).collect();
    Ok(Answer::json(page::scanned(
        &call,
        "organizations",
        shown,
        scanned.after,
    )))
}

async fn found(call: &Call) -> Result<Organization, Problem> {
    let id: OrganizationId = call.id(0)?;
    let found = call.site.store().organizations(vec![id]).await?;
    let found = found.into_iter().next();
    found.ok_or_else(|| Problem::not_found("the organization"))
}

fn shown(call: &Call, organization: &Organization) -> Value {
    let mut shown = Value::Object(organization.rest.clone());
    let id = organization.id;
    shown["id"] = id.to_string().into();
    shown["name"] = organization.name.clone().into();
    shown["createDate"] = organization.created.to_string().into();
    shown["division"] = json!({"id": "*"});
    shown["selfUri"] = format!("/api/v2/externalcontacts/organizations/{id}").into();
    call.site.contract.fit(TYPE, shown)
}
