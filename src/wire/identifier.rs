//! `ContactIdentifier` and the claim requests around it.

use serde_json::{Map, Value, json};

use crate::domain::reason::Claim;
use crate::domain::{Identifier, IdentifierType};

use super::problem::Problems;
use super::source;

/// What is asked for an identifier (`IdentifierClaimRequest.operation`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Claim,
    Release,
}

/// Writes a `ContactIdentifier`; `claim` has the time of it.
pub fn to_json(identifier: &Identifier, claim: Option<&Claim>) -> Value {
    let mut object = Map::new();
    object.insert("type".to_owned(), identifier.kind.name().into());
    object.insert("value".to_owned(), identifier.value.clone().into());
    if let Some(claim) = claim {
        object.insert("dateCreated".to_owned(), claim.at.to_string().into());
    }
    if let Some(name) = &identifier.source {
        object.insert("externalSource".to_owned(), source::to_json(name));
    }
    object.into()
}

/// Writes a `ContactIdentifierListing`.
pub fn listing(identifiers: &[(Identifier, Claim)]) -> Value {
    let entities = identifiers.iter();
    let entities = entities.map(|(identifier, claim)| to_json(identifier, Some(claim)));
    json!({ "entities": entities.collect::<Vec<_>>() })
}

/// Reads a `ContactIdentifier`. Phones need their country code here, as on Genesys Cloud. `sources` are the
/// known external sources, for references by id alone.
pub fn from_json(value: &Value, sources: &[String]) -> Result<Identifier, Problems> {
    let text = |member: &'static str| {
        let text = value.get(member).and_then(Value::as_str);
        text.filter(|text| !text.trim().is_empty())
            .ok_or_else(|| Problems::one(member, "it is required and is a text"))
    };
    let kind = IdentifierType::of_name(text("type")?).ok_or_else(|| {
        let known: Vec<&str> = IdentifierType::ALL.iter().map(|kind| kind.name()).collect();
        Problems::one("type", format!("it is one of {}", known.join(", ")))
    })?;
    let source = value
        .get("externalSource")
        .filter(|source| !source.is_null());
    let name = match source {
        Some(source) => Some(source::name_of(source, sources).ok_or_else(|| {
            Problems::one("externalSource", "there is no such source; give its name")
        })?),
        None => None,
    };
    Identifier::read(kind, text("value")?, name.as_deref(), None)
        .map_err(|error| Problems::one("value", error.to_string()))
}

/// Reads an `IdentifierClaimRequest`.
pub fn claim_request(
    value: &Value,
    sources: &[String],
) -> Result<(Operation, Identifier), Problems> {
    let operation = match value.get("operation").and_then(Value::as_str) {
        Some("Claim") => Operation::Claim,
        Some("Release") => Operation::Release,
        Some(_) | None => return Err(Problems::one("operation", "it is Claim or Release")),
    };
    let identifier = value
        .get("identifier")
        .ok_or_else(|| Problems::one("identifier", "it is required"))?;
    Ok((operation, from_json(identifier, sources)?))
}
