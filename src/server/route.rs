//! The routes as one table: the router, the check of rights, the served document, the README's table and the
//! test of every route in every role are all read from it.

use std::future::Future;
use std::pin::Pin;

use super::call::{Answer, Call, Knock};
use super::problem::Problem;

mod table;

pub use table::ROUTES;

/// A method of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    const ALL: [Self; 6] = [
        Self::Get,
        Self::Head,
        Self::Post,
        Self::Put,
        Self::Patch,
        Self::Delete,
    ];

    /// The method with this name, as requests write it.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// What a route asks of who calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// One of these rights.
    Any(&'static [&'static str]),
    /// Every one of these rights.
    All(&'static [&'static str]),
    /// A valid token.
    Token,
    /// Nobody has to say who they are.
    Nothing,
}

impl Needs {
    /// Whether who holds the rights that `may` tells of may call the route. A right of the contract that this
    /// program does not know is held by nobody.
    pub fn are_met(self, may: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Any(of) => of.iter().any(|name| may(name)),
            Self::All(of) => of.iter().all(|name| may(name)),
            Self::Token | Self::Nothing => true,
        }
    }
}

/// What a route takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Nothing,
    /// JSON of this type of the contract.
    Json(&'static str),
    /// A JSON array of this type of the contract.
    List(&'static str),
    /// A JSON array of texts.
    Texts,
    /// A form.
    Form,
    /// JSON objects, one a line.
    Lines,
}

/// What a route answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// JSON of this type of the contract.
    Json(&'static str),
    /// The same, with 202.
    Accepted(&'static str),
    /// A JSON array of this type of the contract.
    List(&'static str),
    /// Our own JSON, described in words.
    Own(&'static str),
    /// An empty JSON object.
    Object,
    /// A text in JSON, with 202.
    Word,
    /// Nothing, with this status.
    Empty(u16),
    /// A page for people.
    Page,
    /// Plain text.
    Plain,
    /// CSV.
    Csv,
}

/// An answer under way.
pub type Answering = Pin<Box<dyn Future<Output = Result<Answer, Problem>> + Send>>;

/// What answers a route.
#[derive(Clone, Copy)]
pub enum Act {
    /// Somebody with a token.
    Known(fn(Call) -> Answering),
    /// Anybody.
    Anybody(fn(Knock) -> Answering),
    /// A WebSocket: the path holds a secret that only its owner was told.
    Socket,
}

/// A route.
#[derive(Clone, Copy)]
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub needs: Needs,
    pub takes: Takes,
    pub gives: Gives,
    pub act: Act,
}
