//! What every request shares: the store behind its ports, the rules, the clock, and who was seen lately.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::CannotServe;
use super::contract::Contract;
use super::hashing::Hashing;
use super::identity::Sessions;
use super::metrics::Metrics;
use super::notice::Notices;
use super::secret::Tries;
use crate::backend::local::LocalBackend;
use crate::domain::{Moment, Role};
use crate::store::Store;
use crate::store::account::Accounts;
use crate::store::catalog::Catalog;

/// How clients reach the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// Unencrypted, from this machine.
    Plain,
    Tls,
    /// Through a proxy.
    Proxy,
}

/// What every request shares.
pub struct Site {
    /// Acts for nobody; `acting` makes the one of a session.
    pub backend: LocalBackend,
    pub accounts: Arc<dyn Accounts>,
    pub catalog: Arc<dyn Catalog>,
    pub contract: Contract,
    /// Roles beside the bundled ones.
    pub roles: Vec<Role>,
    /// Requests a minute and token.
    pub rate: u32,
    /// Hosts that a request may name, without their port.
    pub hosts: Vec<String>,
    pub sessions: Sessions,
    pub tries: Tries,
    pub metrics: Metrics,
    pub notices: Notices,
    /// How clients reach the server.
    pub entrance: Entrance,
    pub hashing: Hashing,
    closing: AtomicBool,
}

impl Site {
    pub fn new(
        ports: super::Ports,
        options: &super::Options,
        hosts: Vec<String>,
        entrance: Entrance,
    ) -> Result<Self, CannotServe> {
        Ok(Self {
            backend: ports.backend,
            accounts: ports.accounts,
            catalog: ports.catalog,
            contract: Contract::read()?,
            roles: options.roles.clone(),
            rate: options.rate,
            hosts,
            sessions: Sessions::default(),
            tries: Tries::default(),
            metrics: Metrics::default(),
            notices: Notices::default(),
            entrance,
            hashing: Hashing::start().map_err(CannotServe::NoThread)?,
            closing: AtomicBool::new(false),
        })
    }

    pub fn now(&self) -> Moment {
        self.backend.now()
    }

    pub fn store(&self) -> &dyn Store {
        self.backend.store().as_ref()
    }

    /// The role with this name, the configuration's first.
    pub fn role(&self, name: &str) -> Option<Role> {
        let own = self.roles.iter().find(|role| role.name == name);
        own.cloned().or_else(|| Role::bundled(name))
    }

    /// No more requests are taken from here on.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }
}
