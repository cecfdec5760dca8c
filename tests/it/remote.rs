//! The desk on a server: what it tells is what the engine tells, and a change is made once, however bad the
//! way.

mod faults;
mod live;
mod login;
mod platform;
mod views;

use std::sync::Arc;
use std::time::Duration;

use scv_desk::backend::local::Clock;
use scv_desk::backend::remote::RemoteBackend;
use scv_desk::backend::remote::auth::{Auth, Credentials, Keep, Secret, Tokens};
use scv_desk::backend::remote::http::{Http, Pauses};
use scv_desk::backend::{Backend, Trouble};
use scv_desk::domain::Moment;

use crate::server::place::Place;

/// Nothing is kept: a test gives its token.
pub struct Nowhere;

impl Keep for Nowhere {
    fn load(&self) -> Result<Option<Tokens>, String> {
        Ok(None)
    }

    fn save(&self, _tokens: &Tokens) -> Result<(), String> {
        Ok(())
    }
}

/// Pauses that no test waits for.
pub fn short() -> Pauses {
    Pauses {
        first: Duration::from_millis(1),
        longest: Duration::from_millis(20),
        ..Pauses::default()
    }
}

/// Where an address is, and who asks there.
pub fn auth(address: &str, token: &str, clock: &Clock) -> (reqwest::Url, Auth) {
    let base: reqwest::Url = address.parse().unwrap();
    let credentials = Credentials::Given(Secret::new(token));
    let auth = Auth::new(base.clone(), credentials, Box::new(Nowhere), clock.clone());
    (base, auth)
}

/// The way to an address, with a token.
pub fn http(address: &str, token: &str, pauses: Pauses) -> Http {
    let clock: Clock = Arc::new(Moment::of_machine);
    let (base, auth) = auth(address, token, &clock);
    Http::new(base, auth, clock, pauses).unwrap()
}

/// A desk at an address, with a token and no long pauses.
pub async fn desk(address: &str, token: &str) -> Result<RemoteBackend, Trouble> {
    RemoteBackend::connect(http(address, token, short())).await
}

/// The way to an address, as a desk goes it at a time.
pub fn way(address: &str, token: &str, now: impl Fn() -> Moment + Send + Sync + 'static) -> Http {
    let clock: Clock = Arc::new(now);
    let (base, auth) = auth(address, token, &clock);
    Http::new(base, auth, clock, short()).unwrap()
}

/// A desk of a user in a role, on a server of its own.
pub fn on(place: &Place, role: &str) -> RemoteBackend {
    let address = format!("http://{}/", place.address);
    let token = place.token(role);
    place.runtime.block_on(desk(&address, &token)).unwrap()
}

#[test]
fn a_desk_knows_who_it_is_from_the_server() {
    let place = Place::new();
    let desk = on(&place, "agent-merge");
    let (name, role) = desk.actor();
    assert!(name.starts_with("agent-merge "), "{name}");
    assert_eq!(role.name, "agent-merge");
    assert!(role.may(scv_desk::domain::Permission::IdentityMerge));
    let other = scv_desk::domain::Role::bundled("admin").unwrap();
    assert!(desk.set_role(other).is_err());
}

#[test]
fn a_token_that_is_not_taken_says_so() {
    let place = Place::new();
    let address = format!("http://{}/", place.address);
    let trouble = place.runtime.block_on(desk(&address, "not-a-token")).err();
    let said = trouble.unwrap().to_string();
    assert!(said.contains("token"), "{said}");
    assert!(!said.contains("not-a-token"), "{said}");
}

#[test]
fn a_server_that_is_not_there_says_so() {
    let place = Place::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let trouble = place
        .runtime
        .block_on(desk(&format!("http://{address}/"), "token"))
        .err();
    let said = trouble.unwrap().to_string();
    assert!(said.contains("cannot be reached"), "{said}");
}
