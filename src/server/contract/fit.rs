//! Making a value fit a type of the contract. What came in from elsewhere may have members that the contract does
//! not have, or has otherwise; who reads our answers relies on the contract.

use serde_json::{Map, Value};

use super::Contract;
use crate::domain::Moment;

/// Deepest nesting of types.
const DEPTH_MAX: usize = 24;

impl Contract {
    /// The value without what a type of the contract does not have. Members that lack what they need go as a
    /// whole; the outermost object stays, whatever it lacks.
    pub fn fit(&self, name: &str, value: Value) -> Value {
        let Some(schema) = self.schema(name) else {
            return value;
        };
        match value {
            Value::Object(members) => Value::Object(self.members(schema, members, 0)),
            other => other,
        }
    }

    fn fitted(&self, schema: &Value, value: Value, depth: usize) -> Option<Value> {
        if DEPTH_MAX < depth {
            return None;
        }
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            let name = name.rsplit('/').next()?;
            return self.fitted(self.schema(name)?, value, depth + 1);
        }
        if let Some(one) = schema.get("allOf").and_then(|all| all.get(0)) {
            return self.fitted(one, value, depth + 1);
        }
        let kind = schema.get("type").and_then(Value::as_str);
        match (kind, value) {
            (None, value) => Some(value),
            (Some("object"), Value::Object(members)) => {
                let members = self.members(schema, members, depth);
                let has_needed = required(schema).all(|name| members.contains_key(name));
                has_needed.then_some(Value::Object(members))
            }
            (Some("array"), Value::Array(list)) => {
                let nothing = Value::Null;
                let items = schema.get("items").unwrap_or(&nothing);
                let fitted = list.into_iter();
                let fitted = fitted.filter_map(|one| self.fitted(items, one, depth + 1));
                Some(Value::Array(fitted.collect()))
            }
            (Some("string"), Value::String(text)) => fitting_text(schema, text),
            (Some("integer"), Value::Number(number)) => {
                let is_whole = number.is_i64() || number.is_u64();
                is_whole.then_some(Value::Number(number))
            }
            (Some("number"), value @ Value::Number(_)) => Some(value),
            (Some("boolean"), value @ Value::Bool(_)) => Some(value),
            (Some(_), _) => None,
        }
    }

    fn members(
        &self,
        schema: &Value,
        members: Map<String, Value>,
        depth: usize,
    ) -> Map<String, Value> {
        let known = schema.get("properties").and_then(Value::as_object);
        let more = schema
            .get("additionalProperties")
            .filter(|more| more.is_object());
        let fitted = members.into_iter().filter_map(|(name, value)| {
            let schema = known.and_then(|known| known.get(&name)).or(more);
            let value = match (schema, known) {
                (Some(schema), _) => self.fitted(schema, value, depth + 1)?,
                // An object without any description takes everything.
                (None, None) => value,
                (None, Some(_)) => return None,
            };
            Some((name, value))
        });
        fitted.collect()
    }
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    let names = schema.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str)
}

/// A text that the type has: one of its words, in its spelling, or a time where it wants one.
fn fitting_text(schema: &Value, text: String) -> Option<Value> {
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        let mut words = words.iter().filter_map(Value::as_str);
        let word = words.find(|word| word.eq_ignore_ascii_case(&text))?;
        return Some(word.into());
    }
    if schema.get("format").and_then(Value::as_str) == Some("date-time") {
        let moment: Moment = text.parse().ok()?;
        return Some(moment.to_string().into());
    }
    let most = schema.get("maxLength").and_then(Value::as_u64);
    let is_short = most.is_none_or(|most| text.chars().count() as u64 <= most);
    is_short.then(|| text.into())
}
