//! External organizations, read. Imports and contacts make them.

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::contact::{Expand, show_all};
use super::page::{self, Page, WINDOW_MAX};
use super::problem::Problem;
use crate::domain::contact::{Contact, Organization, OrganizationId};
use crate::domain::facts::{FactKey, Facts};

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
    call.site.contract.fit("ExternalOrganization", shown)
}
