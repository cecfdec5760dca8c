//! Members of a JSON object, read leniently and written back exactly. Owns the rule of `rest`; knows no
//! shape of the API.
//!
//! A member is *taken* when the domain's value prints to exactly the JSON that came. Otherwise it is read as
//! well as possible and left in `rest`, which wins when the object is written. Three names in `rest` are
//! ours: `scv:absent` lists members that the domain had to fill in because they did not come, `scv:was` holds
//! an element that was no object. A foreign name that starts with `scv:` is kept as `scv:scv:...`.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::domain::Moment;
use crate::domain::conversation::Direction;

/// A JSON object.
pub type Object = Map<String, Value>;

const ABSENT: &str = "scv:absent";
const WAS: &str = "scv:was";
const OURS: &str = "scv:";
/// Numbers below this are seconds since 1970, others milliseconds.
const SECONDS_BELOW: i64 = 100_000_000_000;

/// An object that is being read.
pub struct Members {
    left: Object,
    absent: Vec<&'static str>,
    was: Option<Value>,
}

impl Members {
    /// Reads an element of an array; one that is no object has no members and is kept whole.
    pub fn of(value: Value) -> Self {
        match value {
            Value::Object(left) => Self {
                left,
                absent: Vec::new(),
                was: None,
            },
            other => Self {
                left: Object::new(),
                absent: Vec::new(),
                was: Some(other),
            },
        }
    }

    /// The member as it stands, not taken.
    pub fn peek(&self, name: &str) -> Option<&Value> {
        self.left.get(name)
    }

    /// The member as text, not taken; numbers and flags count as text, blanks do not.
    pub fn peek_text(&self, name: &str) -> Option<String> {
        self.left.get(name).and_then(text_of)
    }

    /// A text; taken when it is a string.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let found = self.left.get(name).and_then(text_of)?;
        if self.left.get(name).and_then(Value::as_str) == Some(found.as_str()) {
            self.left.remove(name);
        }
        Some(found)
    }

    /// A UUID; `Err` has the text that is none.
    pub fn uuid(&mut self, name: &str) -> Option<Result<Uuid, String>> {
        let text = self.left.get(name).and_then(text_of)?;
        let Ok(id) = text.trim().parse::<Uuid>() else {
            return Some(Err(text.chars().take(60).collect()));
        };
        if text == id.to_string() {
            self.left.remove(name);
        }
        Some(Ok(id))
    }

    /// A time; taken when it is written as the API writes times.
    pub fn moment(&mut self, name: &str) -> Option<Moment> {
        let value = self.left.get(name)?;
        let moment = moment_of(value)?;
        if value.as_str() == Some(moment.to_string().as_str()) {
            self.left.remove(name);
        }
        Some(moment)
    }

    /// A direction; taken when it is written as the API writes it.
    pub fn direction(&mut self, name: &str) -> Option<Direction> {
        let value = self.left.get(name)?;
        let direction = direction_of(value)?;
        if value.as_str() == Some(direction.name()) {
            self.left.remove(name);
        }
        Some(direction)
    }

    /// A flag that stands for *no* when it is missing; taken when it says *yes*.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.left.get(name)?;
        let flag = flag_of(value)?;
        if value == &Value::Bool(true) {
            self.left.remove(name);
        }
        Some(flag)
    }

    /// A list of texts; taken when it is a list of nothing but texts.
    pub fn texts(&mut self, name: &str) -> Vec<String> {
        let Some(value) = self.left.get(name) else {
            return Vec::new();
        };
        let texts = texts_of(value);
        let exact = value
            .as_array()
            .is_some_and(|list| list.iter().eq(texts.iter()));
        if exact && !texts.is_empty() {
            self.left.remove(name);
        }
        texts
    }

    /// The elements of a list; a single object counts as a list of one.
    pub fn elements(&mut self, name: &'static str) -> Vec<Value> {
        match self.left.get_mut(name) {
            Some(Value::Array(list)) if !list.is_empty() => {
                let list = std::mem::take(list);
                self.left.remove(name);
                list
            }
            Some(one @ Value::Object(_)) => {
                let one = one.clone();
                self.absent(name);
                vec![one]
            }
            Some(_) | None => Vec::new(),
        }
    }

    /// Notes that the domain's value does not come from this member, so writing must not make it up.
    pub fn absent(&mut self, name: &'static str) {
        self.absent.push(name);
    }

    /// `found`, else what stands in for it; the member is then noted as absent.
    pub fn or_absent<T>(&mut self, name: &'static str, found: Option<T>, stand_in: T) -> T {
        found.unwrap_or_else(|| {
            self.absent(name);
            stand_in
        })
    }

    /// Takes a member that a derived value can reproduce.
    pub fn take(&mut self, name: &str) {
        self.left.remove(name);
    }

    /// What was not taken, for `rest`.
    pub fn rest(self) -> Object {
        let mut rest: Object = self
            .left
            .into_iter()
            .map(|(name, value)| match name.starts_with(OURS) {
                true => (format!("{OURS}{name}"), value),
                false => (name, value),
            })
            .collect();
        if let Some(was) = self.was {
            rest.insert(WAS.to_owned(), was);
        }
        if !self.absent.is_empty() {
            rest.insert(ABSENT.to_owned(), self.absent.into());
        }
        rest
    }
}

/// An object that is being written.
#[derive(Default)]
pub struct Written(Object);

impl Written {
    /// Writes a text, unless it is empty.
    pub fn text(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.0.insert(name.to_owned(), text.into());
        }
    }

    /// Writes what is there.
    pub fn maybe(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value.into());
        }
    }

    /// Writes a list, unless it is empty.
    pub fn list(&mut self, name: &str, list: Vec<Value>) {
        if !list.is_empty() {
            self.0.insert(name.to_owned(), list.into());
        }
    }

    /// The object with `rest` laid over it.
    pub fn over(mut self, rest: &Object) -> Value {
        if let Some(was) = rest.get(WAS) {
            return was.clone();
        }
        for name in texts_of(rest.get(ABSENT).unwrap_or(&Value::Null)) {
            self.0.remove(&name);
        }
        for (name, value) in rest.iter().filter(|(name, _)| *name != ABSENT) {
            let name = name.strip_prefix(OURS).unwrap_or(name);
            // A member that came as null never took part, so it yields to what the domain knows by now.
            if !value.is_null() || !self.0.contains_key(name) {
                self.0.insert(name.to_owned(), value.clone());
            }
        }
        Value::Object(self.0)
    }
}

/// A value as text; blanks and everything nested are none.
pub fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The texts of a list; a single text counts as a list of one.
pub fn texts_of(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().filter_map(text_of).collect(),
        one => text_of(one).into_iter().collect(),
    }
}

/// A time as RFC 3339 (UTC when no offset is given), or as a number of seconds or milliseconds since 1970.
pub fn moment_of(value: &Value) -> Option<Moment> {
    let text = text_of(value)?;
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        let ms = match number.abs() < SECONDS_BELOW {
            true => number.checked_mul(1000)?,
            false => number,
        };
        // Only times that a calendar knows: sums of them cannot overflow.
        let timestamp = jiff::Timestamp::from_millisecond(ms).ok()?;
        return Some(Moment(timestamp.as_millisecond()));
    }
    text.parse().or_else(|_| format!("{text}Z").parse()).ok()
}

/// A direction in any case.
pub fn direction_of(value: &Value) -> Option<Direction> {
    let text = text_of(value)?;
    [Direction::Inbound, Direction::Outbound]
        .into_iter()
        .find(|direction| direction.name().eq_ignore_ascii_case(text.trim()))
}

/// A flag, also as a word or a number.
pub fn flag_of(value: &Value) -> Option<bool> {
    match text_of(value)?.trim().to_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// A number, also as a text.
pub fn number_of(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        other => text_of(other)?.trim().parse().ok(),
    };
    number.filter(|number| number.is_finite())
}
