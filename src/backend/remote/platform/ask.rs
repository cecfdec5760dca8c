//! Questions to the Platform API: one answer, what may be missing, and lists page by page.

use reqwest::Method;
use serde_json::Value;

use super::super::super::Trouble;
use super::super::http::{Again, Call, Failure};
use super::PlatformBackend;
use crate::domain::Moment;

/// Pages of a list that are read: names of an organization, sessions of a person.
const PAGES_MAX: usize = 10;

pub(super) type Query = Vec<(&'static str, String)>;

impl PlatformBackend {
    /// Now, by the clock of the desk.
    pub(super) fn now(&self) -> Moment {
        self.http.now()
    }

    pub(super) async fn get(&self, path: &str, query: Query) -> Result<Value, Failure> {
        let call = Call {
            query,
            ..Call::get(path)
        };
        self.http.ask(&call).await
    }

    /// `None` where there is no such thing.
    pub(super) async fn get_if_any(
        &self,
        path: &str,
        query: Query,
    ) -> Result<Option<Value>, Failure> {
        if_any(self.get(path, query).await)
    }

    /// A question whose body says what is asked.
    pub(super) async fn post_question(&self, path: &str, body: Value) -> Result<Value, Failure> {
        let call = Call::with(Method::POST, path, body, Again::Read);
        self.http.ask(&call).await
    }

    /// The entities of a list that is paged by number, each page this long; nothing for who may not see it.
    pub(super) async fn listed(
        &self,
        path: &str,
        query: Query,
        size: usize,
    ) -> Result<Vec<Value>, Failure> {
        let mut all = Vec::new();
        for number in 1..=PAGES_MAX {
            let mut query = query.clone();
            query.push(("pageSize", size.to_string()));
            query.push(("pageNumber", number.to_string()));
            let Some(mut page) = if_allowed(self.get(path, query).await)? else {
                return Ok(all);
            };
            let entities = entities(&mut page);
            let is_last = entities.len() < size;
            all.extend(entities);
            if is_last {
                break;
            }
        }
        Ok(all)
    }

    /// The entities of a list whose next page its `nextUri` names by a cursor, as long as a page holds one
    /// that is wanted.
    pub(super) async fn followed(
        &self,
        path: &str,
        query: Query,
        is_wanted: impl Fn(&Value) -> bool,
    ) -> Result<Vec<Value>, Failure> {
        let mut all = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let mut query = query.clone();
            query.extend(after.take().map(|after| ("after", after)));
            let mut page = self.get(path, query).await?;
            let next = page.get("nextUri").and_then(Value::as_str).and_then(cursor);
            let found = entities(&mut page);
            let holds = found.iter().any(&is_wanted);
            all.extend(found.into_iter().filter(&is_wanted));
            match next {
                Some(next) if holds => after = Some(next),
                Some(_) | None => break,
            }
        }
        Ok(all)
    }
}

/// `None` where there is no such thing.
pub(super) fn if_any(answer: Result<Value, Failure>) -> Result<Option<Value>, Failure> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(Failure::Status { status: 404, .. }) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// `None` for who may not see it, and where it is not served: then the desk shows less.
pub(super) fn if_allowed(answer: Result<Value, Failure>) -> Result<Option<Value>, Failure> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(Failure::Status {
            status: 403 | 404 | 501,
            ..
        }) => Ok(None),
        Err(failure) => Err(failure),
    }
}

pub(super) fn entities(page: &mut Value) -> Vec<Value> {
    match page.get_mut("entities").map(Value::take) {
        Some(Value::Array(entities)) => entities,
        Some(_) | None => Vec::new(),
    }
}

/// The cursor of the next page: it stands in its address alone.
fn cursor(next: &str) -> Option<String> {
    let whole = reqwest::Url::parse("http://server/")
        .ok()?
        .join(next)
        .ok()?;
    let mut pairs = whole.query_pairs();
    pairs.find_map(|(name, value)| (name == "after").then(|| value.into_owned()))
}

/// An answer of a shape that the contract does not have.
pub(super) fn strange(backend: &PlatformBackend, what: &'static str) -> Trouble {
    Failure::Strange(backend.http.place(), what).into()
}
