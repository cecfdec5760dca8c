//! What an erasure takes besides contacts and notes: the journey, and every trace of the person's identifiers
//! (`design/rules.md` §7).

use super::contact::{ContactId, OrganizationId};
use super::identifier::Identifier;

/// What a store erases of a person, beside what the changes of the plan say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erasure {
    /// The whole merge set.
    pub people: Vec<ContactId>,
    /// The person's identifiers that are nobody else's: they go wherever they stand.
    pub own: Vec<Identifier>,
    /// How those were written: in fields, by conversations and visits.
    pub typed: Vec<String>,
    /// Identifiers that are nobody else's but were marked as shared: the journal forgets them, while
    /// conversations of others keep the number they came from.
    pub shared: Vec<Identifier>,
    /// How what is somebody else's too is written: conversations of others keep such texts, whatever else they
    /// stand for.
    pub theirs: Vec<String>,
    /// Organizations of the person alone: the journal forgets what was done to them, however short their names.
    pub organizations: Vec<OrganizationId>,
    /// What else the journal forgets: how the shared ones were written, and the names of those organizations.
    pub texts: Vec<String>,
}
