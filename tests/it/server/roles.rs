//! Every route in every role: who may not hears so, who may is answered.

use scv_desk::domain::permission::BUNDLED_ROLES;
use scv_desk::domain::{Permission, Role};
use scv_desk::server::route::{Needs, ROUTES, Route};
use scv_desk::store::account::AccountKind;
use serde_json::json;

use super::place::{Caller, Place};

/// A path with ids that nobody has.
fn path(route: &Route) -> String {
    let parts = route
        .path
        .split('/')
        .map(|part| match part.starts_with('{') {
            true => "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            false => part,
        });
    parts.collect::<Vec<_>>().join("/")
}

/// What the table says, read without the program's own check.
fn may(route: &Route, role: &Role) -> bool {
    let holds = |name: &&str| Permission::of_name(name).is_some_and(|right| role.may(right));
    match route.needs {
        Needs::Any(of) => of.iter().any(&holds),
        Needs::All(of) => of.iter().all(holds),
        Needs::Token | Needs::Nothing => true,
    }
}

#[test]
fn every_route_asks_for_its_right() {
    let place = Place::filled();
    let mut refused = 0;
    for name in BUNDLED_ROLES.into_iter().chain(["none"]) {
        let role = Role::bundled(name).unwrap_or_else(|| Role::new(name, []));
        let account = place.account(AccountKind::User, &format!("{name} walker"), name);
        for route in ROUTES.iter().filter(|route| route.needs != Needs::Nothing) {
            let caller = Caller {
                place: &place,
                // One of the routes ends the token.
                token: Some(place.grant(&account)),
            };
            let at = format!("{} {} as {name}", route.method.name(), route.path);
            let body =
                (!["GET", "HEAD", "DELETE"].contains(&route.method.name())).then(|| json!({}));
            let reply = caller.ask(route.method.name(), &path(route), body);
            match may(route, &role) {
                true => assert!(
                    ![401, 403, 500, 501].contains(&reply.status),
                    "{at}: {reply:?}"
                ),
                false => {
                    refused += 1;
                    assert_eq!(reply.status, 403, "{at}: {reply:?}");
                    let code = reply.code();
                    assert!(code.starts_with("missing."), "{at}: {code}");
                }
            }
        }
    }
    assert!(50 < refused, "{refused} were refused");
}

#[test]
fn without_a_token_nothing_but_the_doors_is_open() {
    let place = Place::new();
    for route in ROUTES.iter().filter(|route| route.needs != Needs::Nothing) {
        let at = format!("{} {}", route.method.name(), route.path);
        let ask = |token: Option<String>| {
            let caller = Caller {
                place: &place,
                token,
            };
            caller.ask(route.method.name(), &path(route), Some(json!({})))
        };
        if route.method.name() == "HEAD" {
            continue;
        }
        assert_eq!(ask(None).is(401).code(), "authentication.required", "{at}");
        assert_eq!(
            ask(Some("nonsense".to_owned())).is(401).code(),
            "bad.credentials",
            "{at}"
        );
    }
}

#[test]
fn a_role_that_the_configuration_lost_may_nothing() {
    let place = Place::new();
    let caller = place.as_role("reviewer");
    caller.get("/api/v2/externalcontacts/contacts").is(403);
    caller.get("/api/v2/tokens/me").is(200);
}

#[test]
fn a_configured_role_may_what_it_lists() {
    let place = Place::with(|options| {
        options.roles = vec![Role::new("reviewer", [Permission::ContactView])];
    });
    let caller = place.as_role("reviewer");
    caller.get("/api/v2/externalcontacts/contacts").is(200);
    caller
        .post(
            "/api/v2/externalcontacts/contacts",
            json!({"firstName": "Ada"}),
        )
        .is(403);
}
