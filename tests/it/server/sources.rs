//! External sources: changed and taken away, where contacts do not refer to them.

use serde_json::{Value, json};

use super::place::{Caller, Place};

const SOURCES: &str = "/api/v2/externalcontacts/externalsources";
const CONTACTS: &str = "/api/v2/externalcontacts/contacts";
const NOBODY: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

fn one(source: &Value) -> String {
    format!("{SOURCES}/{}", source["id"].as_str().unwrap())
}

fn add(caller: &Caller, name: &str) -> Value {
    let link = json!({"uriTemplate": "https://l.example/{{id}}"});
    let body = json!({"name": name, "linkConfiguration": link});
    caller.post(SOURCES, body).is(200).json()
}

fn names(caller: &Caller) -> Vec<String> {
    let listed = caller.get(SOURCES).is(200).json();
    let entities = listed["entities"].as_array().unwrap().iter();
    let names = entities.map(|one| one["name"].as_str().unwrap().to_owned());
    names.collect()
}

#[test]
fn a_source_is_changed_but_for_its_name() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let made = add(&caller, "Loyalty");
    let mut sent = made.clone();
    sent["active"] = false.into();
    sent["linkConfiguration"]["uriTemplate"] = "https://m.example/{{id}}".into();
    let changed = caller.put(&one(&made), sent.clone()).is(200).json();
    assert_eq!(changed, sent);
    assert_eq!(caller.get(&one(&made)).is(200).json(), sent);
    let active = caller.get(&format!("{SOURCES}?active=true")).is(200).json();
    assert_eq!(active["entities"], json!([]));
    // What is not sent is gone.
    let bare = caller.put(&one(&made), json!({"name": "Loyalty"}));
    let bare = bare.is(200).json();
    assert_eq!(
        (&bare["active"], bare.get("linkConfiguration")),
        (&json!(true), None)
    );

    let refused = caller.put(&one(&made), json!({"name": "Billing"})).is(400);
    assert!(refused.text.contains("name"), "{}", refused.text);
    let long = "x".repeat(401);
    for body in [
        json!({}),
        json!({"name": "Loyalty", "active": "no"}),
        json!({"name": "Loyalty", "linkConfiguration": {"uriTemplate": long}}),
    ] {
        caller.put(&one(&made), body).is(400);
    }
    caller.put(&format!("{SOURCES}/{NOBODY}"), sent).is(404);
    caller
        .put(&format!("{SOURCES}/nonsense"), json!({"name": "Loyalty"}))
        .is(400);
    assert_eq!(caller.get(&one(&made)).is(200).json(), bare);
}

#[test]
fn a_source_goes_unless_contacts_have_ids_of_it() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let (made, kept) = (add(&caller, "Loyalty"), add(&caller, "Billing"));
    let ids = json!([{"externalSource": {"name": "Billing"}, "value": "7"}]);
    let body = json!({"firstName": "Ada", "externalIds": ids});
    let ada = caller.post(CONTACTS, body).is(200).id();
    assert_eq!(caller.delete(&one(&made)).is(200).json(), json!({}));
    assert_eq!(caller.delete(&one(&made)).is(404).code(), "not.found");
    assert_eq!(caller.delete(&one(&kept)).is(409).code(), "conflict");
    assert_eq!(names(&caller), ["Billing"]);
    assert_eq!(caller.get(&one(&kept)).is(200).json(), kept);

    caller.delete(&format!("{CONTACTS}/{ada}")).is(200);
    caller.delete(&one(&kept)).is(200);
    assert_eq!(names(&caller), Vec::<String>::new());
    caller.delete(&format!("{SOURCES}/nonsense")).is(400);
    let agent = place.as_role("agent");
    agent.delete(&one(&kept)).is(403);
    agent.put(&one(&kept), kept).is(403);
}
