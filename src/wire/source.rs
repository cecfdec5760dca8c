//! External sources: the API knows them by id, the domain by name. The id is derived from the name, so that
//! it is the same on every machine and needs no table.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The name space of these ids; never changed.
const SPACE: &str = "scv:external-source:";

/// The id of the external source with this name.
pub fn id(name: &str) -> Uuid {
    let digest = Sha256::digest(format!("{SPACE}{name}"));
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    // Version 8 is the one for ids made by a rule of one's own.
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// `ExternalSource` as a reference.
pub fn to_json(name: &str) -> Value {
    let id = id(name);
    json!({
        "id": id,
        "name": name,
        "active": true,
        "selfUri": format!("/api/v2/externalcontacts/externalsources/{id}"),
    })
}

/// The name of a referenced source: as it is written, else the known one with this id.
pub fn name_of(source: &Value, known: &[String]) -> Option<String> {
    let text = |member: &str| {
        let text = source.get(member).and_then(Value::as_str)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    text("name").or_else(|| {
        let wanted: Uuid = text("id")?.parse().ok()?;
        known.iter().find(|name| id(name) == wanted).cloned()
    })
}
