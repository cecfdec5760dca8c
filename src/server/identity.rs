//! Who asks: what a token stands for, remembered for a moment, with the requests that it may make in a minute.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::problem::Problem;
use super::site::Site;
use crate::backend::local::LocalBackend;
use crate::domain::Role;
use crate::domain::command::Actor;
use crate::store::account::{Account, Grant, GrantKind, TokenHash};

/// How long what a token stands for is remembered: one that was revoked works no longer than this.
const REMEMBERED: Duration = Duration::from_secs(1);
/// Tokens that are remembered before the ones that nobody used lately are forgotten.
const TOKENS_MAX: usize = 10_000;
/// Nobody counts on a token that was not used for so long.
const UNUSED: Duration = Duration::from_secs(120);
/// The window in which requests are counted.
const WINDOW: Duration = Duration::from_secs(60);

/// What a token stands for.
pub struct Session {
    /// Acts for who asks.
    pub backend: LocalBackend,
    pub role: Role,
    pub account: Account,
    pub grant: Grant,
}

/// Tokens that were used lately.
#[derive(Default)]
pub struct Sessions(Mutex<HashMap<TokenHash, Remembered>>);

struct Remembered {
    session: Arc<Session>,
    looked_at: Instant,
    window: Window,
}

/// Requests that were counted.
#[derive(Clone, Copy)]
struct Window {
    began: Instant,
    count: u32,
}

/// How many requests a token has made, for the headers of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub count: u32,
    pub allowed: u32,
    /// Until the count begins anew.
    pub reset: Duration,
}

impl Counted {
    pub fn is_over(&self) -> bool {
        self.allowed < self.count
    }
}

/// What a token is known by.
pub fn hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

impl Sessions {
    /// What the token stands for, and its requests with this one.
    pub async fn find(&self, site: &Site, token: &str) -> Result<(Arc<Session>, Counted), Problem> {
        let hash = hash(token);
        if let Some(found) = self.remembered(site, &hash) {
            return Ok(found);
        }
        let session = Arc::new(load(site, hash).await?);
        Ok(self.remember(site, hash, session))
    }

    /// What the token with this hash stands for, without counting a request: nobody asked.
    pub async fn current(&self, site: &Site, hash: TokenHash) -> Result<Arc<Session>, Problem> {
        let known = {
            let held = self.lock();
            let known = held.get(&hash);
            let fresh = known.filter(|one| one.looked_at.elapsed() < REMEMBERED);
            fresh.map(|one| Arc::clone(&one.session))
        };
        let session = match known.filter(|one| site.now() < one.grant.expires) {
            Some(session) => session,
            None => Arc::new(load(site, hash).await?),
        };
        Ok(session)
    }

    /// Forgets a token at once.
    pub fn forget(&self, hash: &TokenHash) {
        self.lock().remove(hash);
    }

    fn remembered(&self, site: &Site, hash: &TokenHash) -> Option<(Arc<Session>, Counted)> {
        let mut held = self.lock();
        let one = held.get_mut(hash)?;
        let is_fresh = one.looked_at.elapsed() < REMEMBERED;
        let is_valid = site.now() < one.session.grant.expires;
        (is_fresh && is_valid).then(|| {
            let counted = one.window.count(site.rate);
            (Arc::clone(&one.session), counted)
        })
    }

    fn remember(
        &self,
        site: &Site,
        hash: TokenHash,
        session: Arc<Session>,
    ) -> (Arc<Session>, Counted) {
        let mut held = self.lock();
        if TOKENS_MAX <= held.len() {
            held.retain(|_, one| one.looked_at.elapsed() < UNUSED);
        }
        let window = held.get(&hash).map_or_else(Window::new, |one| one.window);
        let one = Remembered {
            session: Arc::clone(&session),
            looked_at: Instant::now(),
            window,
        };
        held.insert(hash, one);
        let counted = match held.get_mut(&hash) {
            Some(one) => one.window.count(site.rate),
            None => Window::new().count(site.rate),
        };
        (session, counted)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<TokenHash, Remembered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            count: 0,
        }
    }

    /// Counts a request.
    fn count(&mut self, allowed: u32) -> Counted {
        if WINDOW <= self.began.elapsed() {
            *self = Self::new();
        }
        self.count = self.count.saturating_add(1);
        let left = WINDOW.saturating_sub(self.began.elapsed());
        Counted {
            count: self.count,
            allowed,
            // Whole seconds, so that who waits them out never comes too early.
            reset: Duration::from_secs(left.as_secs() + 1),
        }
    }
}

/// Looks a token up.
async fn load(site: &Site, hash: TokenHash) -> Result<Session, Problem> {
    let grant = site.accounts.grant(hash).await?;
    let grant = grant.filter(|grant| grant.kind == GrantKind::Access);
    let grant = grant.filter(|grant| site.now() < grant.expires);
    let grant = grant.ok_or_else(Problem::bad_token)?;
    let account = site.accounts.account(grant.owner).await?;
    let account = account.filter(Account::is_active);
    let account = account.ok_or_else(Problem::bad_token)?;
    // A role that the configuration no longer has may do nothing.
    let role = site.role(&account.role);
    let role = role.unwrap_or_else(|| Role::new(&account.role, []));
    let actor = Actor {
        name: account.name.clone(),
        role: role.clone(),
    };
    Ok(Session {
        backend: site.backend.acting(actor),
        role,
        account,
        grant,
    })
}
