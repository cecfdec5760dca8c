//! `Note` of a contact.

use serde_json::{Map, Value, json};

use crate::domain::contact::{NOTE_CHARS_MAX, Note};

use super::problem::Problems;

/// Writes a `Note`. The author is known by name only.
pub fn to_json(note: &Note) -> Value {
    let path = "/api/v2/externalcontacts/contacts";
    let mut author = Map::new();
    author.insert("name".to_owned(), note.author.clone().into());
    json!({
        "id": note.id.0,
        "entityId": note.contact.0,
        "entityType": "contact",
        "noteText": note.text,
        "createDate": note.created.to_string(),
        "modifyDate": note.modified.to_string(),
        "createdBy": author,
        "selfUri": format!("{path}/{}/notes/{}", note.contact, note.id),
    })
}

/// Reads the text of a `Note`. The author is who asks, so `createdBy` is not read.
pub fn text_from_json(value: &Value) -> Result<String, Problems> {
    let text = value.get("noteText").and_then(Value::as_str);
    let text = text.ok_or_else(|| Problems::one("noteText", "it is required and is a text"))?;
    match text.chars().count() {
        _ if text.trim().is_empty() => Err(Problems::one("noteText", "it is empty; write a note")),
        count if count > NOTE_CHARS_MAX => Err(Problems::one(
            "noteText",
            format!("it has {count} characters; the most is 32,000"),
        )),
        _ => Ok(text.to_owned()),
    }
}
