//! Lists that somebody pages through: what a server answers beside what the desk asks. Reads only, but for the
//! external sources that somebody names, the requests about what is kept of a person, and exports.

use async_trait::async_trait;
use uuid::Uuid;

use super::StoreError;
use super::account::{NamedSource, SourceDropped};
use super::export::Exports;
use super::request::{PersonRequest, RequestPage};
use crate::domain::contact::{Contact, ContactId, Note, Organization};
use crate::domain::conversation::ConversationId;
use crate::domain::moment::Moment;

/// A part of everything of a kind, in the order in which it came. `after` is what the next part begins behind;
/// `None` at the end.
#[derive(Clone, Debug, PartialEq)]
pub struct Scanned<T> {
    pub found: Vec<T>,
    pub after: Option<u64>,
}

/// A page of organizations, by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OrganizationPage {
    pub found: Vec<Organization>,
    pub total: usize,
}

/// Which conversations of a span of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Of those that go on or ended in it: from this moment, up to this one.
    pub from: Moment,
    pub to: Moment,
    /// Of one of these contacts; `None` for all.
    pub contacts: Option<Vec<ContactId>>,
    /// That hold one of these texts anywhere, in any case; empty for all. Each is of letters, digits and marks
    /// that JSON writes as they are.
    pub mentions: Vec<String>,
    /// Most of them; one more is looked for to tell that there are more.
    pub limit: usize,
}

/// Reads lists.
#[async_trait]
pub trait Catalog: Exports {
    /// Curated contacts that are no ancestors, the oldest first.
    async fn scan_contacts(&self, after: u64, limit: usize)
    -> Result<Scanned<Contact>, StoreError>;
    /// Contacts of every type that are no ancestors, the oldest first.
    async fn scan_everybody(
        &self,
        after: u64,
        limit: usize,
    ) -> Result<Scanned<Contact>, StoreError>;
    /// Notes, the oldest first.
    async fn scan_notes(&self, after: u64, limit: usize) -> Result<Scanned<Note>, StoreError>;
    /// Organizations, the oldest first.
    async fn scan_organizations(
        &self,
        after: u64,
        limit: usize,
    ) -> Result<Scanned<Organization>, StoreError>;
    /// Organizations whose name holds a text, in any case.
    async fn organizations_with(
        &self,
        text: String,
        limit: usize,
        offset: usize,
    ) -> Result<OrganizationPage, StoreError>;
    /// Names of the external sources of ids that contacts have, and of those that somebody named.
    async fn sources(&self) -> Result<Vec<NamedSource>, StoreError>;
    /// Names an external source, or changes what is known of it; `id` is derived from the name.
    async fn put_source(&self, id: Uuid, source: NamedSource) -> Result<(), StoreError>;
    /// Forgets what is known of an external source, unless ids of contacts carry its name.
    async fn drop_source(&self, name: String) -> Result<SourceDropped, StoreError>;
    /// Keeps a request about a person, or what became of it.
    async fn put_request(&self, request: PersonRequest) -> Result<(), StoreError>;
    /// The request with this id.
    async fn request(&self, id: Uuid) -> Result<Option<PersonRequest>, StoreError>;
    /// Requests about people, the newest first.
    async fn requests(&self, limit: usize, offset: usize) -> Result<RequestPage, StoreError>;
    /// Conversations of a span of time, in the order of their start.
    async fn conversations_in(&self, span: Span) -> Result<Vec<ConversationId>, StoreError>;
}
