//! What a field can take, checked behind every door: a value of the wrong kind or past a limit is refused,
//! never cut or dropped (`design/rules.md` §10).

use crate::domain::contact::{ExternalId, Fields, LIST_MAX};
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::field::{FIELDS, Field, LISTS, Shape, Value, Why};
use crate::domain::identifier::{Identifier, IdentifierType};
use crate::domain::phone::is_region;
use crate::domain::{Refusal, identifier};

/// Longest phone number as typed, in characters.
const PHONE_CHARS_MAX: usize = 512;
/// Longest e-mail address, in characters.
const EMAIL_CHARS_MAX: usize = 256;

/// Refuses a value that `field` cannot take.
pub(super) fn check_value(field: Field, value: &Value) -> Result<(), Refusal> {
    let label = field.label();
    let bad = |what: String| Err(Refusal::BadValue(format!("the {label} {what}")));
    if let Some(why) = value.control(field) {
        return Err(Refusal::BadValue(why.of(field).to_string()));
    }
    let within = |text: &str, most: usize| match text.chars().count() > most {
        true => bad(format!("is longer than {most} characters")),
        false => Ok(()),
    };
    match (field.spec().shape, value) {
        (Shape::Text(most), Value::Text(text)) => within(text, most),
        (Shape::Phone, Value::Phone(phone)) => {
            within(&phone.typed, PHONE_CHARS_MAX)?;
            within(&phone.display, PHONE_CHARS_MAX)
        }
        (Shape::Email, Value::Text(text)) => {
            within(text, EMAIL_CHARS_MAX)?;
            match identifier::email(text) {
                Some(_) => Ok(()),
                None => bad("is not an e-mail address".to_owned()),
            }
        }
        (Shape::Social, Value::Social(social)) if social.id.trim().is_empty() => {
            bad("is empty".to_owned())
        }
        (Shape::Social, Value::Social(social)) => within(&social.id, identifier::VALUE_CHARS_MAX),
        (Shape::ExternalIds, Value::ExternalIds(ids)) => ids.iter().try_for_each(check_external),
        (Shape::AppleIds, Value::AppleIds(ids)) => ids.iter().try_for_each(|id| check_apple(id)),
        (Shape::Organization, Value::Organization(_)) | (Shape::Flag, Value::Flag(_)) => Ok(()),
        (Shape::Text(_) | Shape::Phone | Shape::Email | Shape::Social, _)
        | (Shape::Organization | Shape::Flag | Shape::ExternalIds | Shape::AppleIds, _) => {
            bad("takes another kind of value".to_owned())
        }
    }
}

/// Refuses fields of which any holds what it cannot take, and lists that are too long.
pub(super) fn check_fields(fields: &Fields) -> Result<(), Refusal> {
    for spec in FIELDS {
        if let Some(value) = fields.get(spec.field) {
            check_value(spec.field, &value)?;
        }
    }
    for spec in LISTS {
        if let Some(value) = fields.get(spec.field) {
            check_value(spec.field, &value)?;
        }
    }
    check_lists(fields)
}

fn check_external(id: &ExternalId) -> Result<(), Refusal> {
    let kind = IdentifierType::ExternalId;
    let read = Identifier::read(kind, &id.value, Some(&id.source), None);
    read.map(drop).map_err(bad_identifier)
}

fn check_apple(id: &str) -> Result<(), Refusal> {
    let read = Identifier::read(IdentifierType::AppleOpaqueId, id, None, None);
    read.map(drop).map_err(bad_identifier)
}

fn bad_identifier(error: identifier::NotAnIdentifier) -> Refusal {
    Refusal::BadValue(error.to_string())
}

/// Refuses lists that are too long.
pub(super) fn check_lists(fields: &Fields) -> Result<(), Refusal> {
    if fields.external_ids.len() > LIST_MAX {
        return Err(Refusal::ListFull("external ids".into()));
    }
    if fields.apple_opaque_ids.len() > LIST_MAX {
        return Err(Refusal::ListFull("Apple ids".into()));
    }
    Ok(())
}

/// Refuses a country code that phone numbers could not be read by. An import keeps what its file says, with a
/// warning.
pub(super) fn check_country(value: Option<&Value>) -> Result<(), Refusal> {
    let Some(Value::Text(code)) = value else {
        return Ok(());
    };
    match is_region(code) {
        true => Ok(()),
        false => Err(Refusal::BadValue(
            Why::NoRegion(code.clone())
                .of(Field::CountryCode)
                .to_string(),
        )),
    }
}

/// Refuses an organization that is not there.
pub(super) fn check_organization(value: Option<&Value>, facts: &Facts) -> Result<(), Halt> {
    let Some(Value::Organization(id)) = value else {
        return Ok(());
    };
    facts.want([FactKey::Organization(*id)])?;
    match facts.organization_if_any(id)? {
        Some(_) => Ok(()),
        None => Err(Refusal::NoOrganization.into()),
    }
}
