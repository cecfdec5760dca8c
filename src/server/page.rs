//! Paging: pages by number, and cursors.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value, json};

use super::call::Call;
use super::problem::Problem;
use crate::domain::moment::DAY_MS;

/// Most records that can be paged through by number.
pub const WINDOW_MAX: usize = 1000;
/// Entities of a page when nobody says how many.
const SIZE: usize = 20;
/// Largest page.
pub const SIZE_MAX: usize = 100;
/// Entities of a part of a scan, when nobody says how many, and the bounds.
const PART: usize = 100;
const PART_MIN: usize = 10;
const PART_MAX: usize = 200;
/// How long a cursor leads on.
const CURSOR_MS: i64 = DAY_MS;

/// A page by number, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub size: usize,
    pub number: usize,
}

impl Page {
    /// The page of the query.
    pub fn of(call: &Call) -> Result<Self, Problem> {
        let query = &call.query;
        Self::checked(
            query.number("pageSize", SIZE, 1, SIZE_MAX)?,
            query.number("pageNumber", 1, 1, WINDOW_MAX)?,
        )
    }

    /// The page of a body.
    pub fn of_body(body: &Map<String, Value>) -> Result<Self, Problem> {
        let number = |name: &str, fallback: usize, most: usize| match body.get(name) {
            None | Some(Value::Null) => Ok(fallback),
            Some(value) => {
                let number = value
                    .as_u64()
                    .and_then(|number| usize::try_from(number).ok());
                let number = number.filter(|number| (1..=most).contains(number));
                let why = || Problem::bad_value(name, format!("it is a number from 1 to {most}"));
                number.ok_or_else(why)
            }
        };
        Self::checked(
            number("pageSize", SIZE, SIZE_MAX)?,
            number("pageNumber", 1, WINDOW_MAX)?,
        )
    }

    fn checked(size: usize, number: usize) -> Result<Self, Problem> {
        match size * number <= WINDOW_MAX {
            true => Ok(Self { size, number }),
            false => Err(Problem::bad_value(
                "pageNumber",
                format!("pageSize times pageNumber is at most {WINDOW_MAX}; scan to read more"),
            )),
        }
    }

    pub fn offset(&self) -> usize {
        self.size * (self.number - 1)
    }

    /// The part of a list that the page shows.
    pub fn cut<T>(&self, list: Vec<T>) -> Vec<T> {
        list.into_iter()
            .skip(self.offset())
            .take(self.size)
            .collect()
    }

    /// An `...EntityListing` with this page.
    pub fn listing(&self, call: &Call, entities: Vec<Value>, total: usize) -> Value {
        let count = total.div_ceil(self.size);
        // What lies behind the window cannot be paged to.
        let last = count.min(WINDOW_MAX / self.size).max(1);
        let uri = |number: usize| {
            let query = call.query.with("pageNumber", &number.to_string());
            format!("{}?{query}", call.uri)
        };
        let mut listing = json!({
            "entities": entities,
            "pageSize": self.size,
            "pageNumber": self.number,
            "total": total,
            "pageCount": count,
            "firstUri": uri(1),
            "selfUri": uri(self.number),
            "lastUri": uri(last),
        });
        if self.number < last {
            listing["nextUri"] = uri(self.number + 1).into();
        }
        if 1 < self.number {
            listing["previousUri"] = uri((self.number - 1).min(last)).into();
        }
        listing
    }
}

/// How many a part of a scan has.
pub fn part_size(call: &Call) -> Result<usize, Problem> {
    call.query.number("limit", PART, PART_MIN, PART_MAX)
}

/// Where a scan goes on: behind the place that the cursor of the query names, or at the start.
pub fn place(call: &Call, what: &str, name: &str) -> Result<u64, Problem> {
    let Some(cursor) = call.query.text(name) else {
        return Ok(0);
    };
    let bad = || Problem::bad_value(name, "it is no cursor of this list; begin anew without one");
    let bytes = Base64UrlUnpadded::decode_vec(cursor).map_err(|_| bad())?;
    let text = String::from_utf8(bytes).map_err(|_| bad())?;
    let mut parts = text.split(':');
    let (of, at, after) = (parts.next(), parts.next(), parts.next());
    let at: i64 = at.and_then(|at| at.parse().ok()).ok_or_else(bad)?;
    let after: u64 = after.and_then(|after| after.parse().ok()).ok_or_else(bad)?;
    if of != Some(what) || parts.next().is_some() {
        return Err(bad());
    }
    match call.site.now().0.saturating_sub(at) <= CURSOR_MS {
        true => Ok(after),
        false => Err(Problem::bad_value(
            name,
            "the cursor is older than 24 hours; begin anew without one",
        )),
    }
}

/// The cursor that leads on behind a place.
pub fn cursor(call: &Call, what: &str, after: u64) -> String {
    let text = format!("{what}:{}:{after}", call.site.now().0);
    Base64UrlUnpadded::encode_string(text.as_bytes())
}

/// A `Cursor...Listing`.
pub fn scanned(call: &Call, what: &str, entities: Vec<Value>, after: Option<u64>) -> Value {
    let own = call.query.text("cursor").unwrap_or_default();
    let mut listing = json!({
        "entities": entities,
        "selfUri": format!("{}?{}", call.uri, call.query.with("cursor", own)),
        "cursors": {},
    });
    if let Some(after) = after {
        let next = cursor(call, what, after);
        let query = call.query.with("cursor", &next);
        listing["nextUri"] = format!("{}?{query}", call.uri).into();
        listing["cursors"]["after"] = next.into();
    }
    listing
}

/// A listing whose cursor stands in `nextUri` alone.
pub fn behind(call: &Call, what: &str, entities: Vec<Value>, next: Option<u64>) -> Value {
    let own = call.query.text("after").unwrap_or_default();
    let uri = |after: &str| format!("{}?{}", call.uri, call.query.with("after", after));
    let mut listing = json!({"entities": entities, "selfUri": uri(own)});
    if let Some(next) = next {
        listing["nextUri"] = uri(&cursor(call, what, next)).into();
    }
    listing
}
