//! Users and clients of a server and what was granted to them, behind a port of their own: the rules of the
//! product know nothing of them, and they stand in no journal.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::StoreError;
use crate::domain::moment::Moment;

/// Bytes of what a token is known by.
pub const HASH_BYTES: usize = 32;

/// What a token is known by: its SHA-256.
pub type TokenHash = [u8; HASH_BYTES];

/// A person who signs in, or a program with a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountKind {
    User,
    Client,
}

/// A user or a client.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub id: Uuid,
    pub kind: AccountKind,
    pub name: String,
    /// Name of the role; what it may do is looked up with every request.
    pub role: String,
    /// Slow hash of the password or the secret; `None` once the account was revoked.
    pub secret: Option<String>,
    /// Where a client may have codes sent to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirects: Vec<String>,
    pub created: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Moment>,
}

impl Account {
    pub fn is_active(&self) -> bool {
        self.revoked.is_none()
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Account({:?} {} {:?})",
            self.kind, self.name, self.revoked
        )
    }
}

/// What a grant is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GrantKind {
    /// Asks the API.
    Access,
    /// Gets a new access token, once.
    Refresh,
    /// Gets the first tokens of a sign-in, once.
    Code,
}

/// What was granted, known by the hash of what was handed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub hash: TokenHash,
    pub kind: GrantKind,
    /// Whose right it is: a user, or the client itself.
    pub owner: Uuid,
    /// The client that asked.
    pub client: Uuid,
    pub created: Moment,
    pub expires: Moment,
    /// Of a code: where it was sent, which the token request must repeat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// Of a code: the S256 challenge that the verifier must fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
}

/// An external source that somebody named, beside those that contacts carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedSource {
    pub name: String,
    pub active: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri_template: Option<String>,
}

/// What became of the wish to forget an external source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceDropped {
    Gone,
    /// Ids of contacts carry its name still, so nothing was changed.
    Carried,
}

/// Keeps accounts and grants.
#[async_trait]
pub trait Accounts: Send + Sync + 'static {
    /// All of a kind, by name.
    async fn accounts(&self, kind: AccountKind) -> Result<Vec<Account>, StoreError>;
    async fn account(&self, id: Uuid) -> Result<Option<Account>, StoreError>;
    async fn account_named(
        &self,
        kind: AccountKind,
        name: String,
    ) -> Result<Option<Account>, StoreError>;
    /// Adds an account; `false` when one of that kind and name is there already.
    async fn add_account(&self, account: Account) -> Result<bool, StoreError>;
    /// Replaces an account and drops everything that was granted to it or through it.
    async fn change_account(&self, account: Account) -> Result<(), StoreError>;

    /// What was granted under a hash, expired or not.
    async fn grant(&self, hash: TokenHash) -> Result<Option<Grant>, StoreError>;
    /// Adds grants, and drops what expired before `now`.
    async fn add_grants(&self, grants: Vec<Grant>, now: Moment) -> Result<(), StoreError>;
    /// Takes a grant out of the store: of two that ask for it at once, one gets it.
    async fn take_grant(&self, hash: TokenHash) -> Result<Option<Grant>, StoreError>;
}
