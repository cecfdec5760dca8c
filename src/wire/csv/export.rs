//! What exports write: contacts, notes and organizations as cells under headings. `SafeWriter` guards them.

use serde_json::{Value as Json, json};

use crate::domain::contact::{Contact, Note, Organization};
use crate::domain::field::{FIELDS, FieldSpec, LISTS, Value};

/// Columns of a contact before those of its fields, and behind them.
const BEFORE: [&str; 5] = ["id", "type", "division", "createDate", "modifyDate"];
const BEHIND: [&str; 3] = ["externalOrganizationName", "schema", "customFields"];

const NOTE: [&str; 7] = [
    "id",
    "entityId",
    "entityType",
    "noteText",
    "createdBy",
    "createDate",
    "modifyDate",
];

const ORGANIZATION: [&str; 4] = ["id", "name", "createDate", "modifyDate"];
/// Members of an organization that are kept as they came.
const MEMBERS: [&str; 13] = [
    "companyType",
    "industry",
    "address",
    "phoneNumber",
    "faxNumber",
    "employeeCount",
    "revenue",
    "tags",
    "websites",
    "tickers",
    "twitterId",
    "externalSystemUrl",
    "externalIds",
];

/// The headings over `contact`.
pub fn contact_headings() -> Vec<&'static str> {
    let own = fields().map(|spec| spec.api);
    BEFORE.into_iter().chain(own).chain(BEHIND).collect()
}

/// A contact, with the name of its organization for who may know it.
pub fn contact(contact: &Contact, organization: Option<&str>) -> Vec<String> {
    let before = [
        contact.id.to_string(),
        contact.kind.name().to_owned(),
        contact.division.clone(),
        contact.created.to_string(),
        contact.modified.to_string(),
    ];
    let own = fields().map(|spec| {
        contact
            .fields
            .get(spec.field)
            .map_or_else(String::new, text)
    });
    let custom = contact.fields.custom.as_ref();
    let custom = custom.filter(|custom| !custom.schema.is_null());
    let behind = [
        organization.unwrap_or_default().to_owned(),
        custom.map_or_else(String::new, |custom| custom.schema.to_string()),
        custom.map_or_else(String::new, |custom| json!(custom.values).to_string()),
    ];
    before.into_iter().chain(own).chain(behind).collect()
}

/// The headings over `note`.
pub fn note_headings() -> Vec<&'static str> {
    NOTE.to_vec()
}

pub fn note(note: &Note) -> Vec<String> {
    vec![
        note.id.to_string(),
        note.contact.to_string(),
        "contact".to_owned(),
        note.text.clone(),
        note.author.clone(),
        note.created.to_string(),
        note.modified.to_string(),
    ]
}

/// The headings over `organization`.
pub fn organization_headings() -> Vec<&'static str> {
    ORGANIZATION.into_iter().chain(MEMBERS).collect()
}

pub fn organization(organization: &Organization) -> Vec<String> {
    let member = |name: &str| match organization.rest.get(name) {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let own = [
        organization.id.to_string(),
        organization.name.clone(),
        organization.created.to_string(),
        member("modifyDate"),
    ];
    own.into_iter().chain(MEMBERS.map(member)).collect()
}

fn fields() -> impl Iterator<Item = &'static FieldSpec> {
    FIELDS.iter().chain(&LISTS)
}

/// A value for programs: numbers and ids as they are compared, not as people read them.
fn text(value: Value) -> String {
    match value {
        Value::Text(text) => text,
        Value::Phone(phone) => match phone.e164 {
            Some(number) => number,
            None if phone.typed.is_empty() => phone.display,
            None => phone.typed,
        },
        Value::Social(account) => account.id,
        Value::Organization(id) => id.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::ExternalIds(ids) => {
            let ids = ids.iter().map(|id| format!("{}: {}", id.source, id.value));
            ids.collect::<Vec<_>>().join("; ")
        }
        Value::AppleIds(ids) => ids.join("; "),
    }
}
