//! A request on its way through the server: what its answer can be quoted by, who asks, and the line in the log.
//! Ids and the pattern of the path are told, never names and never what stands in the path.

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::identity::{Counted, Session};
use super::route::Method;
use crate::store::account::AccountKind;

/// What the log says where no route was found, and of a method that nobody knows.
const NONE: &str = "-";

/// A request on its way.
pub struct Passage {
    begun: Instant,
    method: &'static str,
    /// What the answer can be quoted by.
    pub context: Uuid,
    pub counted: Option<Counted>,
    caller: Option<(AccountKind, Uuid)>,
}

impl Passage {
    pub fn begin(method: &str) -> Self {
        Self {
            begun: Instant::now(),
            method: Method::of_name(method).map_or(NONE, Method::name),
            context: Uuid::new_v4(),
            counted: None,
            caller: None,
        }
    }

    /// Who asks is known now, with how often they have.
    pub fn meet(&mut self, session: &Session, counted: Counted) {
        self.counted = Some(counted);
        self.caller = Some((session.account.kind, session.account.id));
    }

    pub fn took(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Writes the line of the log. `route` is the pattern of the path.
    pub fn log(&self, route: Option<&str>, status: u16) {
        let of = |wanted| self.caller.filter(|(kind, _)| *kind == wanted);
        let user = of(AccountKind::User).map(|(_, id)| id.to_string());
        let client = of(AccountKind::Client).map(|(_, id)| id.to_string());
        // Microseconds are enough.
        let ms = (self.took().as_secs_f64() * 1_000_000.0).round() / 1000.0;
        let (method, route) = (self.method, route.unwrap_or(NONE));
        let context = self.context.to_string();
        tracing::info!(method, route, status, ms, context, user, client, "request");
    }
}
