//! `names.json`: names of queues, users, wrap-up codes, segments and outcomes by id.

use serde_json::Value;

use super::member::{flag_of, text_of};

/// What a name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Queue,
    User,
    WrapupCode,
    Segment,
    Outcome,
}

impl Kind {
    /// The member of the file with this kind's names.
    pub const fn member(self) -> &'static str {
        match self {
            Self::Queue => "queues",
            Self::User => "users",
            Self::WrapupCode => "wrapupCodes",
            Self::Segment => "segments",
            Self::Outcome => "outcomes",
        }
    }
}

const KINDS: [Kind; 5] = [
    Kind::Queue,
    Kind::User,
    Kind::WrapupCode,
    Kind::Segment,
    Kind::Outcome,
];

/// A name of the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub kind: Kind,
    pub id: String,
    pub name: String,
    /// Colour of a segment, `#RRGGBB`.
    pub color: Option<String>,
    /// False for a segment that agents must not see.
    pub shown: bool,
}

/// Why a text is no list of names.
#[derive(Debug, thiserror::Error)]
pub enum NotNames {
    #[error("the names are not JSON ({0}); write an object with queues, users and wrapupCodes")]
    NotJson(#[from] serde_json::Error),
    #[error(
        "the names are no object; write one with queues, users and wrapupCodes, each a name by id"
    )]
    NoObject,
}

/// Reads a file of names. What has no name is left out; kinds that are missing have none.
pub fn read(text: &str) -> Result<Vec<Named>, NotNames> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let value: Value = serde_json::from_str(text)?;
    let object = value.as_object().ok_or(NotNames::NoObject)?;
    let named = KINDS.into_iter().flat_map(|kind| {
        let names = object.get(kind.member());
        names.map(|names| names_of(kind, names)).unwrap_or_default()
    });
    Ok(named.collect())
}

/// Names by id, or a list of objects with an id as the API answers them.
fn names_of(kind: Kind, names: &Value) -> Vec<Named> {
    let list = names.get("entities").unwrap_or(names);
    match list {
        Value::Object(by_id) => by_id
            .iter()
            .filter_map(|(id, value)| named(kind, id, value))
            .collect(),
        Value::Array(list) => list
            .iter()
            .filter_map(|value| named(kind, &value.get("id").and_then(text_of)?, value))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

fn named(kind: Kind, id: &str, value: &Value) -> Option<Named> {
    let member = |name: &str| value.get(name).and_then(text_of);
    let name = text_of(value)
        .or_else(|| member("displayName"))
        .or_else(|| member("name"))?;
    Some(Named {
        kind,
        id: id.trim().to_owned(),
        name: name.trim().to_owned(),
        color: member("color"),
        shown: value
            .get("shouldDisplayToAgent")
            .and_then(flag_of)
            .unwrap_or(true),
    })
}
