//! Who sees which conversation, and conversations of one medium.

use scv_desk::store::account::AccountKind;
use serde_json::{Value, json};

use super::journeys::{call, ingest};
use super::place::{Caller, Place};

pub const OWN: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae1";
const EARLIER: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae2";
pub const FOREIGN: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae3";
pub const WAITING: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae4";
pub const LINDSAY: &str = "aaa3e7bb-b955-4a80-b3b8-284c703923f1";
const DIARMUID: &str = "e86f5ba7-25d6-4ee3-91b2-381164ad34e1";

/// Lindsay has a call with somebody whom Diarmuid had one with before; Diarmuid has one with somebody else; one
/// more waits.
pub fn floor() -> Place {
    let place = Place::filled();
    let caller = place.as_role("admin");
    let mut waiting = call(WAITING, "+353861110003", "nobody");
    waiting["participants"].as_array_mut().unwrap().truncate(1);
    let lines = [
        call(OWN, "+353861110001", LINDSAY),
        call(EARLIER, "+353861110001", DIARMUID),
        call(FOREIGN, "+353861110002", DIARMUID),
        waiting,
    ];
    assert_eq!(ingest(&caller, &lines)["new"], 4);
    place
}

pub fn signed_in<'p>(place: &'p Place, kind: AccountKind, name: &str, role: &str) -> Caller<'p> {
    let account = place.account(kind, name, role);
    Caller {
        place,
        token: Some(place.grant(&account)),
    }
}

fn sees(caller: &Caller) -> Vec<bool> {
    let statuses = [OWN, EARLIER, FOREIGN, WAITING].map(|id| {
        let whole = caller.get(&format!("/api/v2/conversations/{id}"));
        let as_call = caller.get(&format!("/api/v2/conversations/calls/{id}"));
        assert_eq!(whole.status, as_call.status);
        if whole.status == 403 {
            assert!(
                whole.text.contains("externalContacts:conversation:viewAll"),
                "{}",
                whole.text
            );
            let wrapup = format!("/api/v2/conversations/{id}/participants/p2");
            caller.get(&format!("{wrapup}/wrapup")).is(403);
            caller
                .patch(&wrapup, json!({"wrapup": {"code": "x"}}))
                .is(403);
        }
        whole.status == 200
    });
    statuses.to_vec()
}

#[test]
fn an_agent_sees_the_own_conversations_and_those_of_the_own_contacts() {
    let place = floor();
    let lindsay = signed_in(&place, AccountKind::User, "Lindsay Keady-Miskell", "agent");
    assert_eq!(sees(&lindsay), [true, true, false, true]);
    let diarmuid = signed_in(&place, AccountKind::User, "Diarmuid Melvin", "agent");
    assert_eq!(sees(&diarmuid), [true, true, true, true]);
    let stranger = signed_in(&place, AccountKind::User, "Somebody Else", "agent");
    assert_eq!(sees(&stranger), [false, false, false, true]);
    let supervisor = signed_in(&place, AccountKind::User, "Somebody Above", "supervisor");
    for id in [OWN, EARLIER, FOREIGN, WAITING] {
        supervisor
            .get(&format!("/api/v2/conversations/{id}"))
            .is(200);
    }
}

#[test]
fn a_client_sees_what_its_role_sees() {
    let place = floor();
    let agent = signed_in(&place, AccountKind::Client, "desk", "agent");
    assert_eq!(sees(&agent), [false, false, false, true]);
    let admin = signed_in(&place, AccountKind::Client, "switch", "admin");
    assert_eq!(sees(&admin), [true; 4]);
}

#[test]
fn a_conversation_is_read_as_its_medium() {
    let place = floor();
    let lindsay = signed_in(&place, AccountKind::User, "Lindsay Keady-Miskell", "agent");
    let one = lindsay
        .get(&format!("/api/v2/conversations/calls/{OWN}"))
        .is(200)
        .json();
    let [customer, agent] = one["participants"].as_array().unwrap().as_slice() else {
        panic!("{one}");
    };
    assert_eq!(
        (&customer["purpose"], &customer["state"]),
        (&json!("customer"), &json!("connected"))
    );
    assert!(customer["externalContact"]["id"].is_string(), "{customer}");
    assert_eq!(
        (&agent["user"]["id"], &agent["queue"]["id"]),
        (&json!(LINDSAY), &json!("q1"))
    );
    for other in ["emails", "callbacks", "messages"] {
        let refused = lindsay
            .get(&format!("/api/v2/conversations/{other}/{OWN}"))
            .is(404);
        assert_eq!(refused.code(), "not.found");
        let ids = listed(&lindsay, other);
        assert!(!ids.contains(&json!(OWN)), "{other}: {ids:?}");
    }
    assert!(listed(&lindsay, "calls").contains(&json!(OWN)));
}

fn listed(caller: &Caller, medium: &str) -> Vec<Value> {
    let page = caller
        .get(&format!("/api/v2/conversations/{medium}"))
        .is(200)
        .json();
    let entities = page["entities"].as_array().unwrap().iter();
    entities.map(|one| one["id"].clone()).collect()
}

#[test]
fn every_conversation_of_real_data_is_of_the_contract_in_each_of_its_media() {
    let place = Place::filled();
    let caller = place.as_role("admin");
    let query = json!({"interval": "2026-11-01T00:00:00Z/2026-11-30T00:00:00Z", "paging": {"pageSize": 100, "pageNumber": 1}});
    let found = caller
        .post("/api/v2/analytics/conversations/details/query", query)
        .is(200)
        .json();
    let mut seen = 0;
    for one in found["conversations"].as_array().unwrap() {
        let id = one["conversationId"].as_str().unwrap();
        for medium in ["calls", "callbacks", "emails", "messages"] {
            let reply = caller.get(&format!("/api/v2/conversations/{medium}/{id}"));
            assert!([200, 404].contains(&reply.status), "{reply:?}");
            seen += usize::from(reply.status == 200);
        }
    }
    assert!(20 < seen, "{seen}");
}
