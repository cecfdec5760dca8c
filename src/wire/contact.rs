//! `ExternalContact`: written from a contact with what belongs to it, and read back into fields.

use serde_json::{Map, Value, json};

use crate::domain::contact::{Contact, ContactId, ExternalId, Fields, Organization, Social};
use crate::domain::field::{FIELDS, Value as Held};
use crate::domain::phone::Phone;
use crate::domain::reason::Claim;
use crate::domain::{Field, Identifier};

use super::{identifier, source};

mod answered;
mod read;

pub use answered::{Answered, answered};
pub use read::{Body, Reading, from_json};

const PATH: &str = "/api/v2/externalcontacts";

/// A contact with what the API shows beside it.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    pub contact: &'a Contact,
    /// Identifiers that are claimed for it.
    pub claims: &'a [(Identifier, Claim)],
    pub organization: Option<&'a Organization>,
    /// Every contact of the merge tree; empty when it was never merged.
    pub merge_set: &'a [ContactId],
    /// Head of the merge tree; `None` when it was never merged.
    pub canonical: Option<ContactId>,
}

impl<'a> Shown<'a> {
    /// A contact outside every merge, without its claims and organization.
    pub fn alone(contact: &'a Contact) -> Self {
        Self {
            contact,
            claims: &[],
            organization: None,
            merge_set: &[],
            canonical: None,
        }
    }
}

/// Writes an `ExternalContact`; what is empty is left out.
pub fn to_json(shown: &Shown) -> Value {
    let contact = shown.contact;
    let mut object = fields_json(&contact.fields, shown.organization);
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("id", contact.id.to_string().into());
    put("type", contact.kind.name().into());
    put("division", json!({"id": contact.division}));
    put("createDate", contact.created.to_string().into());
    put("modifyDate", contact.modified.to_string().into());
    put("selfUri", format!("{PATH}/contacts/{}", contact.id).into());
    if !shown.claims.is_empty() {
        let claims = shown.claims.iter();
        let claims = claims.map(|(held, claim)| identifier::to_json(held, Some(claim)));
        put("identifiers", claims.collect());
    }
    if let Some(canonical) = shown.canonical {
        put("canonicalContact", reference(canonical));
    }
    if !shown.merge_set.is_empty() {
        put("mergeSet", references(shown.merge_set));
    }
    if !contact.merged_from.is_empty() {
        put("mergedFrom", references(&contact.merged_from));
    }
    if let Some(into) = contact.merged_to {
        put("mergedTo", reference(into));
    }
    object.into()
}

/// The members of an `ExternalContact` that a person can fill in.
pub fn fields_json(fields: &Fields, organization: Option<&Organization>) -> Map<String, Value> {
    let mut object = Map::new();
    let mut address = Map::new();
    for spec in FIELDS {
        let Some(held) = fields.get(spec.field) else {
            continue;
        };
        let value = held_json(spec.field, held, organization);
        match spec.api.strip_prefix("address.") {
            Some(name) => address.insert(name.to_owned(), value),
            None => object.insert(spec.api.to_owned(), value),
        };
    }
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    if !address.is_empty() {
        put("address", address.into());
    }
    if !fields.external_ids.is_empty() {
        put(
            "externalIds",
            fields.external_ids.iter().map(external_id_json).collect(),
        );
    }
    if !fields.apple_opaque_ids.is_empty() {
        let ids = fields.apple_opaque_ids.iter();
        put(
            "appleOpaqueIds",
            ids.map(|id| json!({"value": id})).collect(),
        );
    }
    if let Some(custom) = &fields.custom {
        if !custom.schema.is_null() {
            put("schema", custom.schema.clone());
        }
        let values = custom.values.clone().into_iter();
        put("customFields", Value::Object(values.collect()));
    }
    object
}

/// The value of one member.
pub fn held_json(field: Field, held: Held, organization: Option<&Organization>) -> Value {
    match held {
        // Lists are written apart; `FIELDS` has none of them.
        Held::ExternalIds(_) | Held::AppleIds(_) => Value::Null,
        Held::Text(text) => text.into(),
        Held::Flag(flag) => flag.into(),
        Held::Phone(phone) => phone_json(&phone),
        Held::Social(account) => social_json(field, &account),
        Held::Organization(id) => {
            let mut object = Map::new();
            object.insert("id".to_owned(), id.to_string().into());
            let known = organization.filter(|organization| organization.id == id);
            if let Some(organization) = known {
                object.insert("name".to_owned(), organization.name.clone().into());
            }
            let uri = format!("{PATH}/organizations/{id}");
            object.insert("selfUri".to_owned(), uri.into());
            object.into()
        }
    }
}

/// `PhoneNumber`.
pub fn phone_json(phone: &Phone) -> Value {
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("display", phone.display.clone().into());
    put("userInput", phone.typed.clone().into());
    if let Some(e164) = &phone.e164 {
        put("e164", e164.clone().into());
    }
    if let Some(country) = &phone.country {
        put("countryCode", country.clone().into());
    }
    if let Some(extension) = phone.extension {
        put("extension", extension.into());
    }
    if let Some(accepts) = phone.accepts_sms {
        put("acceptsSMS", accepts.into());
    }
    object.into()
}

/// The account in the shape that its channel has in the contract.
fn social_json(field: Field, account: &Social) -> Value {
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    if field == Field::Twitter {
        put("id", account.id.clone().into());
    } else if field == Field::Line {
        put("ids", json!([{"userId": account.id}]));
    } else if field == Field::Whatsapp {
        put("phoneNumber", whatsapp_phone(&account.id));
    } else {
        put("ids", json!([{"scopedId": account.id}]));
    }
    let is_twitter = field == Field::Twitter;
    let texts = [
        (
            if is_twitter { "name" } else { "displayName" },
            &account.name,
        ),
        (
            if is_twitter { "screenName" } else { "handle" },
            &account.handle,
        ),
        ("profileUrl", &account.profile_url),
    ];
    let has_handle = is_twitter || field == Field::Instagram;
    for (name, text) in texts {
        let is_in_contract = match name {
            "handle" => has_handle,
            "profileUrl" => is_twitter,
            _ => true,
        };
        if let Some(text) = text.as_ref().filter(|_| is_in_contract) {
            put(name, text.clone().into());
        }
    }
    object.into()
}

/// WhatsApp numbers carry no plus here; the API's phone objects do.
fn whatsapp_phone(id: &str) -> Value {
    match id.chars().all(|letter| letter.is_ascii_digit()) {
        true => phone_json(&Phone::read(&format!("+{id}"), None)),
        false => json!({"display": id}),
    }
}

fn external_id_json(id: &ExternalId) -> Value {
    json!({"externalSource": source::to_json(&id.source), "value": id.value})
}

fn reference(id: ContactId) -> Value {
    json!({"id": id.0, "selfUri": format!("{PATH}/contacts/{id}")})
}

fn references(ids: &[ContactId]) -> Value {
    ids.iter().copied().map(reference).collect()
}
