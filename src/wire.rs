//! The Platform API's JSON and the import's CSV, to and from the domain. This layer knows shapes only: it
//! decides nothing about who somebody is, and it imports nothing but `domain`.
//!
//! Reading is lenient, because real exports lack members now and then. What a type of the domain cannot
//! carry exactly stays in its `rest`, so that what came in goes out again (`member`).

pub mod contact;
pub mod conversation;
pub mod csv;
pub mod explained;
pub mod identifier;
pub mod ingest;
pub mod journey;
pub mod message;
pub mod names;
pub mod note;
pub mod person;
pub mod problem;
pub mod session;
pub mod source;
pub mod visit;

mod address;
mod channel;
mod member;

/// Why a JSON value is no conversation, visit or message. Everything else that is odd about it survives.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the {0} is not a JSON object")]
    NoObject(&'static str),
    #[error("the {what} has no {member}, so there is nothing to know it by")]
    NoId {
        what: &'static str,
        member: &'static str,
    },
    #[error("{member} {value:?} is not a UUID such as 7c9e6679-7425-40de-944b-e07fc1f90ae7")]
    BadId { member: &'static str, value: String },
    #[error("the {what} has no {member} and no other time to stand in for it")]
    NoTime {
        what: &'static str,
        member: &'static str,
    },
    #[error("the session belongs to a conversation; ingest that conversation instead")]
    OfConversation,
}
