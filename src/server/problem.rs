//! The only place that turns what cannot be done into a status and an `ErrorBody`: refusals of the rules,
//! troubles of the world, and whatever is wrong with a request.

use std::time::Duration;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::backend::Trouble;
use crate::domain::contact::NotAnId;
use crate::domain::facts::Halt;
use crate::domain::{Permission, Refusal};
use crate::store::{NotApplied, StoreError};
use crate::wire::problem::Problems;

use super::route::Needs;

/// Why a request is not answered as it was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub status: u16,
    /// The contract's dotted word, for example `not.found`.
    pub code: &'static str,
    pub message: String,
    /// Members at fault.
    details: Vec<String>,
    /// A header that tells what can be done instead.
    pub header: Option<Box<(&'static str, String)>>,
    /// When to ask again.
    pub retry_after: Option<Duration>,
    /// What stands in the log and not in the answer.
    pub cause: Option<String>,
    /// The request reads, and the rules say no to what it asks for.
    is_refusal: bool,
}

impl Problem {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            details: Vec::new(),
            header: None,
            retry_after: None,
            cause: None,
            is_refusal: false,
        }
    }

    /// The request does not read.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(400, "bad.request", message)
    }

    /// A value that cannot be taken; `member` is a member of the body or a name of the query.
    pub fn bad_value(member: &str, why: impl Into<String>) -> Self {
        let message = format!("{member}: {}", why.into());
        Self {
            details: vec![member.to_owned()],
            ..Self::new(400, "invalid.value", message)
        }
    }

    pub fn not_found(what: &str) -> Self {
        Self::new(404, "not.found", format!("{what} is not there"))
    }

    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, "conflict", message)
    }

    /// Nobody knows who asks.
    pub fn unknown_caller() -> Self {
        let message = "no valid token came with the request; get one at /oauth/token";
        Self::new(401, "authentication.required", message)
    }

    /// The token was taken back, or is over.
    pub fn bad_token() -> Self {
        let message = "the token is not known or has expired; get a new one at /oauth/token";
        Self::new(401, "bad.credentials", message)
    }

    /// The role lacks what the route needs.
    pub fn denied(needs: Needs) -> Self {
        let (code, of, how) = match needs {
            Needs::Any(of) => ("missing.any.permissions", of, "any of"),
            Needs::All(of) => ("missing.permissions", of, "all of"),
            Needs::Token | Needs::Nothing => ("not.authorized", &[][..], "more than the token has"),
        };
        let names = of.join(", ");
        let message = match of {
            [one] => format!("needs {one}"),
            _ => format!("needs {how} {names}"),
        };
        Self::new(403, code, message)
    }

    /// For people only: a client has no user.
    pub fn no_user() -> Self {
        let message = "a client has no user; sign in as a user to ask this";
        Self::new(403, "not.authorized", message)
    }

    /// Somebody else's, and nobody but them may read it.
    pub fn of_another() -> Self {
        let message = "somebody else asked for it; ask for one of your own";
        Self::new(403, "not.authorized", message)
    }

    /// Of conversations that others have, and who asks may not bring conversations in either.
    pub fn no_part() -> Self {
        let message = "you have no part in the conversation; ask as one who has, or as one who may ingest (scv:ingest)";
        Self::new(403, "not.authorized", message)
    }

    pub fn no_route(path: &str) -> Self {
        let path: String = path.chars().take(200).collect();
        Self::new(
            404,
            "not.found",
            format!("{path} is no path of this server"),
        )
    }

    pub fn wrong_method(allowed: &str) -> Self {
        let message = format!("the path takes {allowed}");
        Self {
            header: Some(Box::new(("allow", allowed.to_owned()))),
            ..Self::new(405, "method.not.allowed", message)
        }
    }

    /// The contract has it, this server does not serve it.
    pub fn unserved(what: &str) -> Self {
        Self::new(501, "not.implemented", format!("{what} is not served here"))
    }

    /// A part of a route that is not served: the rest of the route is.
    pub fn unserved_part(what: &str) -> Self {
        Self::new(
            400,
            "not.supported",
            format!("{what} is not served here; leave it out"),
        )
    }

    /// A topic that there is not.
    pub fn bad_topic(message: impl Into<String>) -> Self {
        Self::new(400, "notification.invalid.topic", message)
    }

    /// A topic that who asks may not hear of.
    pub fn denied_topic(message: impl Into<String>) -> Self {
        Self::new(403, "missing.any.permissions", message)
    }

    /// A request for a socket that is none.
    pub fn no_socket() -> Self {
        let message =
            "the channel is connected as a WebSocket; open its connectUri with a client for those";
        Self::new(426, "upgrade.required", message)
    }

    pub fn too_large() -> Self {
        let message = "the body is larger than 1 MB; send it in parts";
        Self::new(413, "request.entity.too.large", message)
    }

    pub fn wrong_type() -> Self {
        let message =
            "the body is sent as another type than the route takes; send application/json";
        Self::new(415, "unsupported.media.type", message)
    }

    pub fn wrong_host() -> Self {
        let message = "the Host header names another place; ask by the address that the server listens on, \
            or start it with --public-host";
        Self::new(421, "misdirected.request", message)
    }

    pub fn slow_request() -> Self {
        Self::new(
            408,
            "request.timeout",
            "the body did not come in time; send it again",
        )
    }

    /// The answer took too long. What was to be written may be written all the same.
    pub fn slow_answer() -> Self {
        let message =
            "the answer took too long; read what you meant to change before you send it again";
        Self::new(504, "request.timeout", message)
    }

    pub fn too_many(wait: Duration) -> Self {
        let message = format!("too many requests; ask again in {} s", wait.as_secs());
        Self {
            retry_after: Some(wait),
            ..Self::new(429, "too.many.requests", message)
        }
    }

    /// Not now: the server ends, or something that it needs is away.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(503, "service.unavailable", message)
    }

    /// What nobody who asks can help.
    pub fn broken(cause: impl Into<String>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..Self::new(
                500,
                "internal.server.error",
                "the server failed; quote the contextId to who runs it",
            )
        }
    }

    /// The same where the contract tells what does not read (400) from what the rules refuse (422).
    pub fn told_apart(self) -> Self {
        match self.is_refusal && self.status == 400 {
            true => Self {
                status: 422,
                code: "unprocessable.entity",
                ..self
            },
            false => self,
        }
    }

    /// The body of the answer.
    pub fn to_json(&self, context: Uuid) -> Value {
        let mut body = Map::new();
        body.insert("message".to_owned(), self.message.clone().into());
        body.insert("code".to_owned(), self.code.into());
        body.insert("status".to_owned(), self.status.into());
        body.insert("contextId".to_owned(), context.to_string().into());
        if !self.details.is_empty() {
            // The contract's detail has no text of its own: what is wrong stands in the message.
            let details = self.details.iter();
            let details =
                details.map(|member| json!({"errorCode": self.code, "fieldName": member}));
            body.insert("details".to_owned(), details.collect());
        }
        body.into()
    }

    /// The members of a result of a bulk request.
    pub fn to_bulk_json(&self) -> Value {
        json!({
            "code": self.code,
            "message": self.message,
            "status": self.status,
            "retryable": self.status == 429 || 500 <= self.status,
        })
    }
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused(refusal) => (*refusal).into(),
            Trouble::Broken(what) | Trouble::Offline(what) => Self::broken(what),
            Trouble::Limited(said) | Trouble::Unknown { said, .. } => Self::broken(said),
            Trouble::NotFound(what) => Self::not_found(&what),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let cause = Some(error.to_string());
        let problem = match error {
            StoreError::Full(_) => {
                Self::unavailable("the disk of the server is full; try again later")
            }
            StoreError::Busy { .. } | StoreError::Closed => {
                Self::unavailable("the store of the server is busy; try again")
            }
            StoreError::Unsaved(_) | StoreError::Unread(_) | StoreError::Missing(_) => {
                Self::broken("")
            }
            StoreError::Exists(_) | StoreError::Foreign(_) | StoreError::ReadOnly(_) => {
                Self::broken("")
            }
            StoreError::Newer { .. } | StoreError::Damaged { .. } => Self::broken(""),
            StoreError::DamagedLog { .. } | StoreError::Other { .. } => Self::broken(""),
        };
        Self { cause, ..problem }
    }
}

impl From<NotApplied> for Problem {
    fn from(error: NotApplied) -> Self {
        match error {
            NotApplied::Refused(refusal) => (*refusal).into(),
            NotApplied::Store(error) => error.into(),
        }
    }
}

impl From<Halt> for Problem {
    fn from(halt: Halt) -> Self {
        Trouble::of_halt(halt).into()
    }
}

impl From<NotAnId> for Problem {
    fn from(error: NotAnId) -> Self {
        Self::new(400, "invalid.value", error.to_string())
    }
}

impl From<Problems> for Problem {
    fn from(problems: Problems) -> Self {
        Self {
            details: problems.0.iter().map(|one| one.member.clone()).collect(),
            ..Self::new(400, "invalid.value", problems.to_string())
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        let (status, code) = match refusal {
            Refusal::Denied(_) | Refusal::NotYours { .. } => (403, "missing.permissions"),
            Refusal::NoContact(_) | Refusal::MergeUndone { .. } | Refusal::NoConversation(_) => {
                (404, "not.found")
            }
            Refusal::Erased { .. } | Refusal::Deleted { .. } => (404, "not.found"),
            Refusal::NoNote | Refusal::NoEntry(_) | Refusal::NotHeld { .. } => (404, "not.found"),
            Refusal::NotShared(_) | Refusal::NotThereYet(_) | Refusal::PastGone(_) => {
                (404, "not.found")
            }
            Refusal::ChangedMeanwhile { .. } | Refusal::Held { .. } => (409, "conflict"),
            Refusal::SharedIdentifier(_) | Refusal::AlreadyShared(_) => (409, "conflict"),
            Refusal::AskTwice(_) | Refusal::OnePerson | Refusal::Clash(_) => (409, "conflict"),
            Refusal::AlreadyLinked | Refusal::AlreadyFresh => (409, "conflict"),
            Refusal::NotDue(_) | Refusal::StillOpen => (409, "conflict"),
            Refusal::Handled(_) | Refusal::NotWaiting | Refusal::NotEnded => (409, "conflict"),
            Refusal::NoUser(_) => (400, "invalid.value"),
            Refusal::NotTaken(_) | Refusal::NotReopened(_) => (409, "conflict"),
            Refusal::NotUndoable(_) | Refusal::NoMerge(_) | Refusal::ToAssign { .. } => {
                (409, "conflict")
            }
            Refusal::AlreadyUndone(_) | Refusal::NoLongerKept(_) => (409, "conflict"),
            Refusal::ChangedSince { .. } | Refusal::ChangedLater { .. } => (409, "conflict"),
            Refusal::HasMembers { .. } | Refusal::InUse(_) => (409, "conflict"),
            Refusal::OrganizationGone(_) | Refusal::NoMatch => (404, "not.found"),
            Refusal::NoOrganization | Refusal::NameRequired(_) => (400, "invalid.value"),
            Refusal::SameContact | Refusal::BothCurated | Refusal::MergeCount(_) => {
                (400, "invalid.value")
            }
            Refusal::SetTooLarge(_) | Refusal::NothingToShare => (400, "invalid.value"),
            Refusal::NoteLength(_) | Refusal::ListFull(_) | Refusal::BadValue(_) => {
                (400, "invalid.value")
            }
            Refusal::ReasonRequired | Refusal::ReasonLength(_) | Refusal::ReasonNames => {
                (400, "invalid.value")
            }
            Refusal::NoCode | Refusal::NothingToDo => (400, "invalid.value"),
        };
        Self {
            is_refusal: true,
            ..Self::new(status, code, message)
        }
    }
}

/// A right that a part of a request needs beside those of its route.
pub fn need(may: bool, permission: Permission) -> Result<(), Problem> {
    match may {
        true => Ok(()),
        false => Err(Refusal::Denied(permission).into()),
    }
}
