//! `PATCH`: changes of single members, each with what it does where something stands already.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::call::{Answer, Call};
use super::super::problem::Problem;
use super::shown::Resolved;
use super::{after, edit_to, found, read_body, source_names, with_organization};
use crate::backend::Backend;
use crate::domain::Field;
use crate::domain::command::{Command, Edit, Expected};
use crate::domain::contact::ContactId;
use crate::domain::field::{FIELDS, LISTS};
use crate::wire::contact::fields_json;

/// Most changes of a request.
const CHANGES_MAX: usize = 100;
/// Members that nobody can change.
const READ_ONLY: [&str; 12] = [
    "id",
    "type",
    "identifiers",
    "createDate",
    "modifyDate",
    "canonicalContact",
    "mergeSet",
    "mergedFrom",
    "mergedTo",
    "mergeOperation",
    "externalDataSources",
    "selfUri",
];

/// A change of one member.
struct Change {
    /// The members that lead to it, outermost first.
    path: Vec<String>,
    value: Value,
    action: Action,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    UpdateIfEmpty,
    UpdateIfExists,
    Update,
    AppendToCollection,
    Remove,
    RemoveFromCollection,
}

const ACTIONS: [(&str, Action); 6] = [
    ("UpdateIfEmpty", Action::UpdateIfEmpty),
    ("UpdateIfExists", Action::UpdateIfExists),
    ("Update", Action::Update),
    ("AppendToCollection", Action::AppendToCollection),
    ("Remove", Action::Remove),
    ("RemoveFromCollection", Action::RemoveFromCollection),
];

/// `PATCH contacts/{contactId}`.
pub async fn patch(call: Call) -> Result<Answer, Problem> {
    let id: ContactId = call.id(0)?;
    let contact = found(&call, id, Resolved::Canonical).await?;
    let mut now = fields_json(&contact.fields, None);
    let touched = changed(&call.object()?, &mut now)?;
    let fields = touched_fields(&touched)?;
    // What was not touched is left out: it need not read back.
    now.retain(|name, _| touched.contains(name));
    let sources = source_names(&call).await?;
    let body = read_body(call.backend(), &now.into(), &sources)?;
    let wanted = with_organization(call.backend(), body).await?;
    let edits = fields.into_iter().map(|field| {
        let before = Expected::Exactly(contact.fields.get(field));
        edit_to(field, before, &wanted)
    });
    let edits: Vec<Edit> = edits.collect();
    let contact = id;
    let outcome = call.backend().run(Command::Edit { contact, edits }).await?;
    after(&call, outcome.contact).await
}

/// The fields of the members that were touched.
fn touched_fields(touched: &BTreeSet<String>) -> Result<BTreeSet<Field>, Problem> {
    let mut fields = BTreeSet::new();
    for name in touched {
        if READ_ONLY.contains(&name.as_str()) {
            return Err(Problem::bad_value(name, "nobody can change it"));
        }
        if ["customFields", "schema"].contains(&name.as_str()) {
            return Err(Problem::unserved_part("a change of custom fields"));
        }
        let within = format!("{name}.");
        let specs = FIELDS.iter().chain(&LISTS);
        fields.extend(
            specs
                .filter(|spec| spec.api == name || spec.api.starts_with(&within))
                .map(|spec| spec.field),
        );
    }
    Ok(fields)
}

/// Applies the changes of a body to an object; the names of the members that were touched.
pub fn changed(
    body: &Map<String, Value>,
    object: &mut Map<String, Value>,
) -> Result<BTreeSet<String>, Problem> {
    let changes = read(body)?;
    let mut whole = Value::Object(std::mem::take(object));
    let mut touched = BTreeSet::new();
    for change in &changes {
        change.apply(&mut whole)?;
        touched.extend(change.path.first().cloned());
    }
    if let Value::Object(members) = whole {
        *object = members;
    }
    Ok(touched)
}

fn read(body: &Map<String, Value>) -> Result<Vec<Change>, Problem> {
    let list = body.get("changes").and_then(Value::as_array);
    let list = list.ok_or_else(|| Problem::bad_value("changes", "it is a list of changes"))?;
    if list.is_empty() || CHANGES_MAX < list.len() {
        return Err(Problem::bad_value("changes", "it has 1 to 100 changes"));
    }
    let changes = list.iter().map(Change::read);
    let changes: Vec<Change> = changes.collect::<Result<_, _>>()?;
    for (index, one) in changes.iter().enumerate() {
        let clash = changes
            .iter()
            .skip(index + 1)
            .find(|other| one.clashes(other));
        if let Some(other) = clash {
            let (one, other) = (one.path.join("."), other.path.join("."));
            let message =
                format!("$.{one} and $.{other} are changed in one request; change one of them");
            return Err(Problem::conflict(message));
        }
    }
    Ok(changes)
}

impl Change {
    fn read(value: &Value) -> Result<Self, Problem> {
        let field = value.get("field").and_then(Value::as_str);
        let path = field.and_then(|field| field.strip_prefix("$."));
        let path: Vec<String> = path
            .unwrap_or_default()
            .split('.')
            .map(str::to_owned)
            .collect();
        let is_name = |part: &String| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_alphanumeric() || c == '_' || c == '-')
        };
        if !path.iter().all(is_name) {
            return Err(Problem::bad_value(
                "changes.field",
                "it is a path such as $.address.city",
            ));
        }
        let action = value
            .get("action")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let known = ACTIONS.iter().find(|(name, _)| *name == action);
        let names = ACTIONS.map(|(name, _)| name).join(", ");
        let unknown = || Problem::bad_value("changes.action", format!("it is one of {names}"));
        Ok(Self {
            path,
            value: value.get("value").cloned().unwrap_or_default(),
            action: known.map(|(_, action)| *action).ok_or_else(unknown)?,
        })
    }

    /// Whether one of two changes is of a member inside the other's.
    fn clashes(&self, other: &Self) -> bool {
        let (one, other) = (&self.path, &other.path);
        one.len() != other.len() && (one.starts_with(other) || other.starts_with(one))
    }

    fn apply(&self, whole: &mut Value) -> Result<(), Problem> {
        let held = whole.pointer(&format!("/{}", self.path.join("/"))).cloned();
        let held = held.unwrap_or_default();
        match self.action {
            Action::UpdateIfEmpty if !is_empty(&held) => Ok(()),
            Action::UpdateIfExists if held.is_null() => Ok(()),
            Action::Update | Action::UpdateIfEmpty | Action::UpdateIfExists => {
                self.set(whole, self.value.clone())
            }
            Action::Remove => self.set(whole, Value::Null),
            Action::AppendToCollection => {
                let mut list = self.list(held)?;
                match &self.value {
                    Value::Array(more) => list.extend(more.iter().cloned()),
                    one => list.push(one.clone()),
                }
                self.set(whole, list.into())
            }
            Action::RemoveFromCollection => {
                let mut list = self.list(held)?;
                list.retain(|one| !matches(one, &self.value));
                self.set(whole, list.into())
            }
        }
    }

    fn list(&self, held: Value) -> Result<Vec<Value>, Problem> {
        match held {
            Value::Null => Ok(Vec::new()),
            Value::Array(list) => Ok(list),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                Err(Problem::bad_value(&self.path.join("."), "it is no list"))
            }
        }
    }

    fn set(&self, whole: &mut Value, value: Value) -> Result<(), Problem> {
        let mut place = whole;
        let (last, above) = match self.path.split_last() {
            Some(parts) => parts,
            None => return Ok(()),
        };
        let no_object = || Problem::bad_value(&self.path.join("."), "it is in no object");
        for name in above {
            let members = place.as_object_mut().ok_or_else(no_object)?;
            let inner = members.entry(name.clone()).or_insert(Value::Null);
            if inner.is_null() {
                *inner = Value::Object(Map::new());
            }
            place = inner;
        }
        let members = place.as_object_mut().ok_or_else(no_object)?;
        match value {
            Value::Null => members.remove(last),
            value => members.insert(last.clone(), value),
        };
        Ok(())
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether an element of a list is the one that is meant: the same, or an object that has these members.
fn matches(one: &Value, wanted: &Value) -> bool {
    match (one, wanted) {
        (Value::Object(one), Value::Object(wanted)) => {
            let mut members = wanted.iter();
            members.all(|(name, value)| one.get(name).is_some_and(|held| matches(held, value)))
        }
        (one, wanted) => one == wanted,
    }
}
