//! What an update of a person replaces: values of their contact, found where they stand.

use serde_json::{Map, Value as Json};

use super::super::problem::Problem;
use crate::domain::Fields;
use crate::domain::command::{Edit, Expected};
use crate::domain::contact::ExternalId;
use crate::domain::field::{FIELDS, Field, LISTS, Value};

/// Most terms of a request.
const TERMS_MAX: usize = 100;
const MEMBER: &str = "replacementTerms";
/// The fields that a term of a type looks in, in the contract's words.
#[rustfmt::skip]
const KINDS: [(&str, &[Field]); 10] = [
    ("NAME",           &[Field::FirstName, Field::MiddleName, Field::LastName]),
    ("ADDRESS",        &super::subject::ADDRESS),
    ("PHONE",          &[Field::WorkPhone, Field::CellPhone, Field::HomePhone, Field::OtherPhone]),
    ("EMAIL",          &[Field::WorkEmail, Field::PersonalEmail, Field::OtherEmail]),
    ("TWITTER",        &[Field::Twitter]),
    ("INSTAGRAM",      &[Field::Instagram]),
    ("FACEBOOK",       &[Field::Facebook]),
    ("APPLE_MESSAGES", &[Field::AppleIds]),
    ("WHATSAPP",       &[Field::Whatsapp]),
    ("EXTERNAL_ID",    &[Field::ExternalIds]),
];

/// A value, and what takes its place.
pub struct Term {
    kind: &'static str,
    fields: &'static [Field],
    existing: String,
    updated: String,
}

/// The terms of a body.
pub fn read(body: &Map<String, Json>) -> Result<Vec<Term>, Problem> {
    let terms = body.get(MEMBER).and_then(Json::as_array);
    let terms = terms.filter(|terms| (1..=TERMS_MAX).contains(&terms.len()));
    let terms = terms.ok_or_else(|| bad("an update has 1 to 100 of them"))?;
    let read = terms.iter().map(|term| {
        let text = |name: &str| {
            let text = term.get(name).and_then(Json::as_str).map(str::trim);
            let text = text.filter(|text| !text.is_empty());
            text.ok_or_else(|| bad(format!("each has {name}, a text")))
        };
        let wanted = text("type")?;
        let known = KINDS.iter().find(|(name, _)| *name == wanted);
        let names = || KINDS.map(|(name, _)| name).join(", ");
        let &(kind, fields) = known.ok_or_else(|| bad(format!("type is one of {}", names())))?;
        Ok(Term {
            kind,
            fields,
            existing: text("existingValue")?.to_owned(),
            updated: text("updatedValue")?.to_owned(),
        })
    });
    read.collect()
}

/// The edits that put every term through; one that is found nowhere puts none through.
pub fn edits(before: &Fields, terms: &[Term], region: Option<&str>) -> Result<Vec<Edit>, Problem> {
    let mut after = before.clone();
    for term in terms {
        let mut is_found = false;
        for field in term.fields {
            let value = after.get(*field);
            if let Some(value) = value
                && let Some(now) = term.replaced(*field, &value, region)?
            {
                is_found = true;
                after.set(*field, Some(now));
            }
        }
        if !is_found {
            // The value is a person's, so it is not quoted.
            let what = format!("a value of type {} that is to be replaced", term.kind);
            return Err(Problem::not_found(&what));
        }
    }
    let all = FIELDS.iter().chain(&LISTS);
    let changed = all.filter(|spec| before.get(spec.field) != after.get(spec.field));
    let edits = changed.map(|spec| Edit {
        field: spec.field,
        before: Expected::Exactly(before.get(spec.field)),
        after: after.get(spec.field),
    });
    Ok(edits.collect())
}

impl Term {
    /// What a field holds then; nothing when it does not hold the value.
    fn replaced(
        &self,
        field: Field,
        value: &Value,
        region: Option<&str>,
    ) -> Result<Option<Value>, Problem> {
        match value {
            Value::ExternalIds(ids) => {
                let has = ids.iter().any(|id| id.value == self.existing);
                let ids = ids.iter().map(|id| ExternalId {
                    source: id.source.clone(),
                    value: self.in_place_of(&id.value),
                });
                Ok(has.then(|| Value::ExternalIds(ids.collect())))
            }
            Value::AppleIds(ids) => {
                let has = ids.contains(&self.existing);
                let ids = ids.iter().map(|id| self.in_place_of(id));
                Ok(has.then(|| Value::AppleIds(ids.collect())))
            }
            Value::Text(_)
            | Value::Phone(_)
            | Value::Social(_)
            | Value::Organization(_)
            | Value::Flag(_) => {
                let wanted = Value::read(field, &self.existing, region).ok().flatten();
                if !wanted.is_some_and(|wanted| is_same(&wanted, value)) {
                    return Ok(None);
                }
                let now = Value::read(field, &self.updated, region);
                now.map_err(|error| bad(error.to_string()))
            }
        }
    }

    fn in_place_of(&self, value: &str) -> String {
        match value == self.existing {
            true => self.updated.clone(),
            false => value.to_owned(),
        }
    }
}

/// Whether two values of a field say the same, however somebody wrote them.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Phone(one), Value::Phone(other)) => match (&one.e164, &other.e164) {
            (Some(one), Some(other)) => one == other,
            _ => one.typed == other.typed,
        },
        (Value::Social(one), Value::Social(other)) => one.id == other.id,
        (Value::Text(one), Value::Text(other)) => one.to_lowercase() == other.to_lowercase(),
        _ => false,
    }
}

fn bad(why: impl Into<String>) -> Problem {
    Problem::bad_value(MEMBER, why)
}
