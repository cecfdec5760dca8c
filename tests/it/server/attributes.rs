//! Attributes of participants: who may give them, what becomes of them, and what is refused.

use scv_desk::domain::ConversationRecord;
use scv_desk::store::Store;
use scv_desk::store::account::AccountKind;
use serde_json::{Value, json};

use super::journeys::{call, ingest, linked};
use super::place::{Caller, Place, Reply};
use super::seen::{FOREIGN, LINDSAY, OWN, floor, signed_in};

fn lindsay(place: &Place) -> Caller<'_> {
    signed_in(place, AccountKind::User, "Lindsay Keady-Miskell", "agent")
}

fn give(caller: &Caller, medium: &str, participant: &str, attributes: Value) -> Reply {
    let path = format!("/api/v2/conversations/{medium}{OWN}/participants/{participant}/attributes");
    caller.patch(&path, json!({ "attributes": attributes }))
}

/// The attributes of the customer of a conversation.
fn attributes(caller: &Caller, conversation: &str) -> Value {
    let path = format!("/api/v2/conversations/{conversation}");
    caller.get(&path).is(200).json()["participants"][0]["attributes"].clone()
}

fn record(place: &Place) -> ConversationRecord {
    let found = place.store.conversation(OWN.parse().unwrap());
    place.runtime.block_on(found).unwrap().expect("it is there")
}

#[test]
fn who_has_part_gives_attributes_and_everything_else_stays() {
    let place = floor();
    let caller = lindsay(&place);
    let (contact, before) = (linked(&caller, OWN), record(&place));
    let head = |caller: &Caller| caller.get("/api/scv/v1/audit/head").is(200).text;
    let journal = head(&place.as_role("admin"));

    give(&caller, "", "p1", json!({"order": "77", "floor": "2"})).is(202);
    assert_eq!(
        attributes(&caller, OWN),
        json!({"order": "77", "floor": "2"})
    );
    let now = give(&caller, "calls/", "p1", json!({"floor": "3"})).is(202);
    let both = json!({"order": "77", "floor": "3"});
    assert_eq!(now.json(), json!({ "attributes": both }));
    assert_eq!(attributes(&caller, OWN), both);
    let as_call = caller
        .get(&format!("/api/v2/conversations/calls/{OWN}"))
        .is(200)
        .json();
    assert_eq!(as_call["participants"][0]["attributes"], both);
    // Nothing to give changes nothing.
    give(&caller, "", "p1", json!({})).is(202);
    assert_eq!(attributes(&caller, OWN), both);

    assert_eq!(linked(&caller, OWN), contact);
    let mut after = record(&place);
    let given = after.conversation.participants[0].rest.remove("attributes");
    assert_eq!((given, after), (Some(both), before));
    assert_eq!(head(&place.as_role("admin")), journal, "nobody decided");
}

#[test]
fn what_comes_in_later_leaves_the_attributes_that_it_does_not_name() {
    let place = floor();
    let caller = lindsay(&place);
    let admin = place.as_role("admin");
    give(&caller, "", "p1", json!({"order": "77", "floor": "2"})).is(202);
    let mut again = call(OWN, "+353861110001", LINDSAY);
    assert_eq!(ingest(&admin, &[again.clone()])["known"], 1);
    again["participants"][0]["attributes"] = json!({"floor": "3", "menu": "b"});
    again["conversationEnd"] = "2026-11-23T11:58:00Z".into();
    ingest(&admin, &[again.clone()]);
    let all = json!({"order": "77", "floor": "3", "menu": "b"});
    assert_eq!(attributes(&caller, OWN), all);
    assert!(record(&place).conversation.end.is_some());
    assert_eq!(ingest(&admin, &[again])["known"], 1);
}

#[test]
fn a_desk_hears_of_attributes() {
    let place = floor();
    let caller = lindsay(&place);
    let changes = "/api/scv/v1/desk/changes";
    let begun = caller.get(changes).is(200).json()["place"].to_string();
    give(&caller, "", "p1", json!({"order": "77"})).is(202);
    let told = caller.get(&format!("{changes}?after={begun}&wait=20"));
    assert!(told.is(200).text.contains(OWN));
}

#[test]
fn who_has_no_part_gives_none() {
    let place = floor();
    let order = || json!({"order": "77"});
    // He sees the call, since he had one with that person before.
    let diarmuid = signed_in(&place, AccountKind::User, "Diarmuid Melvin", "agent");
    let refused = give(&diarmuid, "", "p1", order()).is(403);
    assert_eq!(refused.code(), "not.authorized");
    for (kind, role) in [
        (AccountKind::User, "agent"),
        (AccountKind::User, "supervisor"),
        (AccountKind::Client, "agent"),
    ] {
        let name = format!("somebody {role} {kind:?}");
        let caller = signed_in(&place, kind, &name, role);
        give(&caller, "", "p1", order()).is(403);
        give(&caller, "calls/", "p1", order()).is(403);
    }
    let admin = place.as_role("admin");
    assert_eq!(attributes(&admin, OWN), Value::Null);
    // Who brings conversations in may say what is known of them.
    let flow = signed_in(&place, AccountKind::Client, "flow", "admin");
    give(&flow, "", "p1", order()).is(202);
    assert_eq!(attributes(&admin, OWN), order());
    assert_eq!(attributes(&admin, FOREIGN), Value::Null);
}

#[test]
fn attributes_that_are_no_texts_or_of_nobody_are_refused() {
    let place = floor();
    let caller = lindsay(&place);
    for wrong in [
        json!([]),
        json!("x"),
        json!({"order": 77}),
        json!({"order": null}),
    ] {
        give(&caller, "", "p1", wrong).is(400);
    }
    let large = "x".repeat(40_000);
    let refused = give(&caller, "", "p1", json!({ "order": large })).is(400);
    assert!(refused.text.contains("32000"), "{}", refused.text);
    assert_eq!(attributes(&caller, OWN), Value::Null);

    let order = json!({"order": "77"});
    assert_eq!(
        give(&caller, "", "p9", order.clone()).is(404).code(),
        "not.found"
    );
    for other in ["emails/", "callbacks/", "messages/"] {
        give(&caller, other, "p1", order.clone()).is(404);
    }
    let body = json!({ "attributes": order });
    for (id, status) in [
        ("7c9e6679-7425-40de-944b-e07fc1f90aff", 404),
        ("nonsense", 400),
    ] {
        let path = format!("/api/v2/conversations/{id}/participants/p1/attributes");
        caller.patch(&path, body.clone()).is(status);
    }
}
