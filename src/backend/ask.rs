//! What a desk asks of a server of ours beside the Platform API, which has no place for it: the desk's own views,
//! whole, and its changes under numbers that make asking twice safe. Owns the shapes of `/api/scv/v1/desk`, which
//! the server answers and `remote` asks.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::view::{HistoryQuery, JourneyQuery, ReviewQuery, Whose};
use super::{Backend, Trouble};
use crate::domain::command::{Command, EntryId};
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::domain::field::Field;
use crate::domain::review::{Filter, List, Reach};
use crate::domain::statistics::Days;
use crate::domain::unmerge::Since;
use crate::domain::{Identifier, Moment, Permission, Refusal};
use crate::live::Topic;

/// The version of these shapes; another one is not understood.
pub const VERSION: u32 = 3;
/// The topic under which a channel is told what `GET /api/scv/v1/desk/changes` answers, as soon as it changes.
pub const CHANGES_TOPIC: &str = "v2.scv.desk.changes";
/// Most questions that are asked at once.
pub const ASKS_MAX: usize = 32;
/// Seconds that an answer about changes may wait for one.
pub const WAIT_SECONDS_MAX: u64 = 25;

/// Who asks, and what is understood here: the answer of `GET /api/scv/v1/desk`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Greeting {
    pub version: u32,
    /// The version of the program.
    pub program: String,
    pub agent: String,
    pub role: String,
    /// Those of a later server that are not known here are left out.
    #[serde(deserialize_with = "known")]
    pub permissions: Vec<Permission>,
}

fn known<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Permission>, D::Error> {
    let names = Vec::<String>::deserialize(from)?;
    let known = names.iter().filter_map(|name| Permission::of_name(name));
    Ok(known.collect())
}

/// A question; the answer is the view that `Backend`'s method of that name gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ask {
    Header,
    Roster,
    Names,
    Statistics(Days),
    ProfileOf(ConversationId),
    Profile(ContactId),
    LinesOf(Vec<ContactId>),
    Journey(ContactId, JourneyQuery),
    Transcript(ConversationId),
    Online,
    Search {
        text: String,
        limit: usize,
        offset: usize,
    },
    Why(ConversationId),
    WhyContact(ContactId),
    WhyNot(ConversationId, ContactId),
    Past(Whose, Moment),
    PreviewMerge {
        contacts: Vec<ContactId>,
        takes: Vec<(Field, ContactId)>,
    },
    PreviewUnmerge {
        entry: EntryId,
        sides: Vec<(Since, ContactId)>,
    },
    PreviewUnshare(Identifier),
    PreviewErase(ContactId),
    OrganizationNamed(String),
    LastUndoable,
    History(HistoryQuery),
    Review(Box<ReviewQuery>),
    ReviewCount(List, Box<Filter>, Reach),
    ReviewSample {
        filter: Box<Filter>,
        count: usize,
        seed: u64,
    },
    ReviewPrecision(Box<Filter>),
    ReviewFilters,
    /// What became of the change under a number.
    Fate(Uuid),
}

/// What came of a question or a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Told {
    Told(Value),
    Refused(Box<Refusal>),
    NotFound(String),
    Broken(String),
}

/// A change under a number of its own: asked again it is not made again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    pub request: Uuid,
    pub command: Command,
}

/// What changed behind a place in the server's row of changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Changes {
    /// The place to ask from the next time.
    pub place: u64,
    pub topics: Vec<Topic>,
}

impl Ask {
    /// Whether the answer is shown for a while, and may be old where the server is away. What a change is decided
    /// by may not.
    pub const fn is_shown(&self) -> bool {
        match self {
            Self::Header | Self::Roster | Self::Names | Self::ProfileOf(_) => true,
            Self::Profile(_) | Self::LinesOf(_) | Self::Journey(..) | Self::Search { .. } => true,
            Self::Online | Self::Transcript(_) => true,
            Self::Why(_) | Self::WhyContact(_) | Self::WhyNot(..) | Self::Past(..) => true,
            Self::History(_) | Self::Review(_) | Self::ReviewCount(..) => true,
            Self::ReviewPrecision(_) | Self::ReviewFilters => true,
            Self::ReviewSample { .. } => false,
            Self::Statistics(_) => true,
            Self::PreviewMerge { .. } | Self::PreviewUnmerge { .. } => false,
            Self::PreviewUnshare(_) | Self::PreviewErase(_) => false,
            Self::OrganizationNamed(_) | Self::LastUndoable | Self::Fate(_) => false,
        }
    }

    /// The answer of a backend, as JSON.
    pub async fn of(self, backend: &dyn Backend) -> Result<Value, Trouble> {
        match self {
            Self::Header => json(backend.header().await),
            Self::Roster => json(backend.roster().await),
            Self::Names => json(backend.names().await),
            Self::Statistics(days) => json(backend.statistics(days).await),
            Self::ProfileOf(id) => json(backend.profile_of(id).await),
            Self::Profile(id) => json(backend.profile(id).await),
            Self::LinesOf(ids) => json(backend.lines_of(ids).await),
            Self::Journey(id, query) => json(backend.journey(id, query).await),
            Self::Transcript(id) => json(backend.transcript(id).await),
            Self::Online => json(backend.online().await),
            Self::Search {
                text,
                limit,
                offset,
            } => json(backend.search(text, limit, offset).await),
            Self::Why(id) => json(backend.why(id).await),
            Self::WhyContact(id) => json(backend.why_contact(id).await),
            Self::WhyNot(conversation, contact) => {
                json(backend.why_not(conversation, contact).await)
            }
            Self::Past(whose, at) => json(backend.past(whose, at).await),
            Self::PreviewMerge { contacts, takes } => {
                json(backend.preview_merge(contacts, takes).await)
            }
            Self::PreviewUnmerge { entry, sides } => {
                json(backend.preview_unmerge(entry, sides).await)
            }
            Self::PreviewUnshare(identifier) => json(backend.preview_unshare(identifier).await),
            Self::PreviewErase(id) => json(backend.preview_erase(id).await),
            Self::OrganizationNamed(name) => json(backend.organization_named(name).await),
            Self::LastUndoable => json(backend.last_undoable().await),
            Self::History(query) => json(backend.history(query).await),
            Self::Review(query) => json(backend.review(*query).await),
            Self::ReviewCount(list, filter, reach) => {
                json(backend.review_count(list, *filter, reach).await)
            }
            Self::ReviewSample {
                filter,
                count,
                seed,
            } => json(backend.review_sample(*filter, count, seed).await),
            Self::ReviewPrecision(filter) => json(backend.review_precision(*filter).await),
            Self::ReviewFilters => json(backend.review_filters().await),
            Self::Fate(number) => json(backend.fate(number).await),
        }
    }
}

impl Told {
    /// The same as an answer, or what stands in its way.
    pub fn to_result(self) -> Result<Value, Trouble> {
        match self {
            Self::Told(value) => Ok(value),
            Self::Refused(refusal) => Err(Trouble::Refused(refusal)),
            Self::NotFound(what) => Err(Trouble::NotFound(what)),
            Self::Broken(what) => Err(Trouble::Broken(what)),
        }
    }
}

/// An answer as JSON.
pub fn json<T: Serialize>(answer: Result<T, Trouble>) -> Result<Value, Trouble> {
    let written = serde_json::to_value(answer?);
    written.map_err(|error| Trouble::Broken(format!("an answer cannot be written: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_of_a_later_server_are_left_out() {
        let greeting = serde_json::json!({
            "version": VERSION, "program": "9.0.0", "agent": "Mara", "role": "admin",
            "permissions": ["externalContacts:contact:view", "something:of:later"],
        });
        let greeting: Result<Greeting, _> = serde_json::from_value(greeting);
        let read = greeting.map(|greeting| greeting.permissions).ok();
        assert_eq!(read, Some(vec![Permission::ContactView]));
    }
}
