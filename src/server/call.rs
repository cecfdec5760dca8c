//! A request as a handler sees it, and what a handler answers.

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use futures_util::stream;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::identity::Session;
use super::problem::Problem;
use super::query::Query;
use super::site::Site;
use crate::backend::local::LocalBackend;
use crate::domain::Permission;
use crate::store::catalog::Catalog;

/// A request of somebody whose token was looked at.
pub struct Call {
    pub site: Arc<Site>,
    pub session: Arc<Session>,
    /// Values of the path's parameters, in their order.
    pub path: Vec<String>,
    /// The path as it was asked for, without its query.
    pub uri: String,
    pub query: Query,
    pub body: Bytes,
    pub reached: Reached,
}

/// How a request came to the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// The host that it named, with its port; one of those that the server goes by.
    pub host: String,
    /// Whether the client's connection is encrypted: to the server, or to the proxy before it.
    pub is_encrypted: bool,
}

/// A request of anybody.
pub struct Knock {
    pub site: Arc<Site>,
    pub query: Query,
    pub body: Bytes,
    /// The `Authorization` header, as it came.
    pub authorization: Option<String>,
}

impl Call {
    /// Nobody's request: what is told unasked is written as an answer to who listens.
    pub fn unasked(site: &Arc<Site>, session: &Arc<Session>) -> Self {
        Self {
            site: Arc::clone(site),
            session: Arc::clone(session),
            path: Vec::new(),
            uri: String::new(),
            query: Query::default(),
            body: Bytes::new(),
            reached: Reached::default(),
        }
    }

    /// The backend that acts for who asks.
    pub fn backend(&self) -> &LocalBackend {
        &self.session.backend
    }

    /// Whether who asks holds a right.
    pub fn may(&self, permission: Permission) -> bool {
        self.session.role.may(permission)
    }

    /// The id in the path at `index`.
    pub fn id<T>(&self, index: usize) -> Result<T, Problem>
    where
        T: std::str::FromStr,
        Problem: From<T::Err>,
    {
        Ok(self.text(index).parse()?)
    }

    /// The text in the path at `index`.
    pub fn text(&self, index: usize) -> &str {
        self.path.get(index).map_or("", String::as_str)
    }

    /// The body as a JSON object. An empty body and `null` are an object without members.
    pub fn object(&self) -> Result<Map<String, Value>, Problem> {
        match self.json()? {
            Value::Object(object) => Ok(object),
            Value::Null => Ok(Map::new()),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(Problem::bad("the body is no JSON object"))
            }
        }
    }

    /// The body as JSON; `null` when there is none.
    pub fn json(&self) -> Result<Value, Problem> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        // The parser's own words may quote the body, so only the place is told.
        serde_json::from_slice(&self.body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Problem::bad(format!(
                "the body is not JSON, at line {line}, column {column}"
            ))
        })
    }
}

/// What is sent back.
pub struct Answer {
    pub status: u16,
    pub content: Content,
    /// Headers beside those of every answer.
    pub headers: Vec<(&'static str, String)>,
}

/// The body of an answer.
pub enum Content {
    Nothing,
    Json(Value),
    Page(String),
    Plain(String),
    Csv(Download),
}

/// The file of an export, which is read from the store in parts while it is sent.
pub struct Download {
    pub catalog: Arc<dyn Catalog>,
    pub export: Uuid,
    pub parts: u64,
}

impl Download {
    /// The body that the file is sent as; it breaks off when the file goes meanwhile.
    pub fn body(self) -> Body {
        let parts = stream::try_unfold((self, 0), |(file, number)| async move {
            if number == file.parts {
                return Ok(None);
            }
            let part = file.catalog.export_part(file.export, number).await;
            let part = part.map_err(|error| io::Error::other(error.to_string()))?;
            let gone = || io::Error::other("the file of an export went while it was sent");
            let bytes = Bytes::from(part.ok_or_else(gone)?);
            Ok::<_, io::Error>(Some((bytes, (file, number + 1))))
        });
        Body::from_stream(parts)
    }
}

impl Answer {
    pub fn json(value: Value) -> Self {
        Self {
            status: 200,
            content: Content::Json(value),
            headers: Vec::new(),
        }
    }

    /// An empty JSON object.
    pub fn object() -> Self {
        Self::json(Value::Object(Map::new()))
    }

    pub fn empty(status: u16) -> Self {
        Self {
            status,
            content: Content::Nothing,
            headers: Vec::new(),
        }
    }

    pub fn page(status: u16, page: String) -> Self {
        Self {
            status,
            content: Content::Page(page),
            headers: Vec::new(),
        }
    }
}
