//! Requests about what is kept of a person: who asked for what, and what became of it. The person stands here by the
//! id of the contact alone.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::contact::ContactId;
use crate::domain::moment::Moment;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestKind {
    Export,
    /// Values of the person are replaced by others.
    Update,
    Delete,
}

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestStatus {
    /// It was begun, and nobody wrote down how it ended.
    Begun,
    Completed,
    Failed,
}

/// A request about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRequest {
    pub id: Uuid,
    pub kind: RequestKind,
    pub status: RequestStatus,
    /// The account that asked.
    pub by: Uuid,
    pub at: Moment,
    pub contact: ContactId,
}

/// A page of requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestPage {
    pub found: Vec<PersonRequest>,
    pub total: usize,
}
