//! The nouns of the product: no I/O, no clock, no SQL, no JSON of the API.
//!
//! Types derive `serde` for one reason only: the journal and the store keep them as they are, so that an
//! undo restores exactly what was there. The Platform API's JSON lives in `wire`, never here.

pub mod assignment;
pub mod change;
pub mod command;
pub mod contact;
pub mod conversation;
pub mod course;
pub mod enrichment;
pub mod erasure;
pub mod facts;
pub mod field;
pub mod identifier;
pub mod moment;
pub mod permission;
pub mod phone;
pub mod reason;
pub mod record;
pub mod refusal;
pub mod remark;
pub mod review;
pub mod statistics;
pub mod transcript;
pub mod unmerge;
pub mod visit;

pub use change::{Change, Observation, Plan};
pub use command::{Actor, Command, Outcome};
pub use contact::{Contact, ContactId, ContactType, Fields};
pub use conversation::{Channel, Conversation, ConversationId, Direction};
pub use facts::{FactKey, Facts, Halt};
pub use field::{Field, Value};
pub use identifier::{Identifier, IdentifierType};
pub use moment::Moment;
pub use permission::{Permission, Role};
pub use reason::{Claim, Link, Reason, Rule};
pub use record::ConversationRecord;
pub use refusal::Refusal;
