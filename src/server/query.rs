//! The query of a request: names with values. A list may come joined by commas or repeated; both are one.

use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str};

use super::problem::Problem;

/// What has to be written otherwise in an address (RFC 3986 §2.3).
const RESERVED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Names and values in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads what stands behind the question mark, or a form.
    pub fn read(text: &str) -> Result<Self, Problem> {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decoded(name)?, decoded(value)?))
        });
        pairs.collect::<Result<_, Problem>>().map(Self)
    }

    /// The value of a name; an empty one is none.
    pub fn text(&self, name: &str) -> Option<&str> {
        let values = self.0.iter().filter(|(other, _)| other == name);
        let mut values = values.map(|(_, value)| value.trim());
        values.find(|value| !value.is_empty())
    }

    /// A value that is required.
    pub fn required(&self, name: &str) -> Result<&str, Problem> {
        self.text(name)
            .ok_or_else(|| Problem::bad_value(name, "it is required"))
    }

    /// Every value of a name.
    pub fn list(&self, name: &str) -> Vec<&str> {
        let values = self.0.iter().filter(|(other, _)| other == name);
        let parts = values.flat_map(|(_, value)| value.split(','));
        parts
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect()
    }

    /// Every value of a name, each one of those that are known.
    pub fn known(&self, name: &str, known: &[&str]) -> Result<Vec<&str>, Problem> {
        let values = self.list(name);
        match values.iter().find(|value| !known.contains(value)) {
            Some(value) => {
                let value: String = value.chars().take(60).collect();
                let why = format!("{value:?} is none of {}", known.join(", "));
                Err(Problem::bad_value(name, why))
            }
            None => Ok(values),
        }
    }

    /// A number within bounds; `fallback` when none is given.
    pub fn number(
        &self,
        name: &str,
        fallback: usize,
        least: usize,
        most: usize,
    ) -> Result<usize, Problem> {
        let Some(text) = self.text(name) else {
            return Ok(fallback);
        };
        let number = usize::from_str(text).ok();
        number
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| {
                Problem::bad_value(name, format!("it is a number from {least} to {most}"))
            })
    }

    /// True or false; false when it is not given.
    pub fn flag(&self, name: &str) -> Result<bool, Problem> {
        match self.text(name).map(str::to_ascii_lowercase).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Problem::bad_value(name, "it is true or false")),
        }
    }

    /// The query again with other values of a name.
    pub fn with(&self, name: &str, value: &str) -> String {
        let kept = self.0.iter().filter(|(other, _)| other != name);
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        let pairs = kept.chain([(name, value)]);
        let pairs = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        pairs.collect::<Vec<_>>().join("&")
    }
}

/// A text as a part of an address.
pub fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, &RESERVED).to_string()
}

fn decoded(text: &str) -> Result<String, Problem> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    let decoded = decoded.map_err(|_| Problem::bad("the query is not UTF-8"))?;
    Ok(decoded.into_owned())
}
