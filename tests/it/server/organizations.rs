//! External organizations over HTTP.

use serde_json::{Value, json};

use super::place::{Caller, Place};

const ORGANIZATIONS: &str = "/api/v2/externalcontacts/organizations";
const CONTACTS: &str = "/api/v2/externalcontacts/contacts";
const NOBODY: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

fn add(caller: &Caller, name: &str) -> String {
    caller
        .post(ORGANIZATIONS, json!({"name": name}))
        .is(200)
        .id()
}

fn one(id: &str) -> String {
    format!("{ORGANIZATIONS}/{id}")
}

fn last_entry(caller: &Caller) -> Value {
    let history = caller.get("/api/scv/v1/history?limit=1").is(200).json();
    history["entries"][0].clone()
}

#[test]
fn many_organizations_are_added_read_changed_and_removed_together() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let bulk = |path: &str, entities: Value| {
        let path = format!("/api/v2/externalcontacts/bulk/organizations{path}");
        caller.post(&path, json!({ "entities": entities }))
    };
    let added = json!([{"name": "Cooper Mill"}, {"name": ""}, "x", {"name": "Bakery", "industry": "Baking"}]);
    let added = bulk("/add", added).is(200).json();
    let done = |done: &Value| (done["errorCount"].clone(), done["errorIndexes"].clone());
    assert_eq!(done(&added), (json!(2), json!([1, 2])));
    let id = |at: usize| added["results"][at]["id"].clone();
    assert_eq!(added["results"][3]["entity"]["industry"], "Baking");
    let ids = json!([{"id": id(0)}, {"id": NOBODY}, {"id": "nonsense"}]);
    let found = bulk("", ids.clone()).is(200).json();
    assert_eq!(done(&found), (json!(2), json!([1, 2])));
    assert_eq!(found["results"][0]["entity"]["name"], "Cooper Mill");
    let changed = json!([{"id": id(3), "name": "Bakery & Sons"}, {"id": NOBODY, "name": "x"}]);
    let changed = bulk("/update", changed).is(200).json();
    assert_eq!(done(&changed), (json!(1), json!([1])));
    let bakery = caller.get(&one(id(3).as_str().unwrap())).is(200).json();
    assert_eq!(
        (&bakery["name"], bakery.get("industry")),
        (&json!("Bakery & Sons"), None)
    );
    // One that somebody belongs to stays.
    let member = json!({"firstName": "Ada", "externalOrganization": {"id": id(3)}});
    caller.post(CONTACTS, member).is(200);
    let gone = bulk("/remove", json!([{"id": id(0)}, {"id": id(3)}]));
    let gone = gone.is(200).json();
    assert_eq!(gone["results"][1]["status"], 409);
    caller.get(&one(id(0).as_str().unwrap())).is(404);
    caller.get(&one(id(3).as_str().unwrap())).is(200);
    for path in ["", "/add", "/update", "/remove"] {
        bulk(path, json!([])).is(400);
        bulk(path, json!(vec![json!({"name": "x"}); 1001])).is(400);
    }
}

#[test]
fn an_organization_is_made_read_changed_found_and_deleted() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let body = json!({"name": " Cooper Mill ", "industry": "Milling", "employeeCount": 12, "websites": ["mill.example"],
        "address": {"city": "Cork"}, "tickers": [{"symbol": "MILL", "exchange": "ISE"}], "division": {"id": "*"}});
    let made = caller.post(ORGANIZATIONS, body).is(200).json();
    assert_eq!(
        (&made["name"], &made["industry"]),
        (&json!("Cooper Mill"), &json!("Milling"))
    );
    assert_eq!(made["createDate"], made["modifyDate"]);
    let id = made["id"].as_str().unwrap();
    assert_eq!(caller.get(&one(id)).is(200).json(), made);
    add(&caller, "Other");

    place.wait_ms(1000);
    let mut sent = made.clone();
    sent["industry"] = "Baking".into();
    sent.as_object_mut().unwrap().remove("websites");
    let changed = caller.put(&one(id), sent).is(200).json();
    assert_eq!(
        (&changed["industry"], changed.get("websites")),
        (&json!("Baking"), None)
    );
    assert_ne!(changed["createDate"], changed["modifyDate"]);
    let changes = json!({"changes": [
        {"field": "$.address.city", "value": "Galway", "action": "Update"},
        {"field": "$.name", "value": "Cooper Bakery", "action": "Update"}]});
    let patched = caller.patch(&one(id), changes).is(200).json();
    assert_eq!(
        (&patched["name"], &patched["address"]["city"]),
        (&json!("Cooper Bakery"), &json!("Galway"))
    );
    caller
        .patch(
            &one(id),
            json!({"changes": [{"field": "$.id", "value": NOBODY, "action": "Update"}]}),
        )
        .is(400);

    let found = caller
        .get(&format!("{ORGANIZATIONS}?q=bakery"))
        .is(200)
        .json();
    assert_eq!(
        (&found["total"], &found["entities"][0]["id"]),
        (&json!(1), &json!(id))
    );
    caller.delete(&one(id)).is(200);
    for reply in [
        caller.get(&one(id)),
        caller.put(&one(id), json!({"name": "X"})),
        caller.delete(&one(id)),
    ] {
        assert_eq!(reply.is(404).code(), "not.found");
    }
}

#[test]
fn whoever_belongs_to_it_is_listed_and_keeps_it_from_going() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let id = add(&caller, "Cooper Mill");
    let member =
        json!({"firstName": "Efa", "externalOrganization": {"id": id, "name": "Cooper Mill"}});
    let efa = caller.post(CONTACTS, member).is(200).id();
    let members = caller.get(&format!("{}/contacts", one(&id))).is(200).json();
    assert_eq!(
        (&members["total"], &members["entities"][0]["id"]),
        (&json!(1), &json!(efa))
    );
    let refused = caller.delete(&one(&id)).is(409);
    assert!(refused.text.contains(&efa), "{}", refused.text);
    // Who is looked for by the organization is found by its new name.
    caller
        .put(&one(&id), json!({"name": "Quinn Bakery"}))
        .is(200);
    let found =
        |text: &str| caller.get(&format!("{CONTACTS}?q={text}")).is(200).json()["total"].clone();
    assert_eq!(
        (found("quinn%20bakery"), found("cooper%20mill")),
        (json!(1), json!(0))
    );
    caller
        .put(&format!("{CONTACTS}/{efa}"), json!({"firstName": "Efa"}))
        .is(200);
    caller.delete(&one(&id)).is(200);
}

#[test]
fn what_was_done_to_it_is_in_the_history_and_can_be_undone() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let undo = |entry: &Value| caller.post("/api/scv/v1/undo", json!({"entry": entry["entry"]}));
    let id = add(&caller, "Cooper Mill");
    let made = last_entry(&caller);
    assert_eq!(made["action"], "create-organization");
    caller
        .put(
            &one(&id),
            json!({"name": "Quinn Bakery", "industry": "Baking"}),
        )
        .is(200);
    let changed = last_entry(&caller);
    caller
        .put(
            &one(&id),
            json!({"name": "Quinn Bakery", "industry": "Baking"}),
        )
        .is(200);
    assert_eq!(last_entry(&caller), changed, "nothing was changed");
    caller.delete(&one(&id)).is(200);
    let deleted = last_entry(&caller);
    assert!(
        deleted["sentence"]
            .as_str()
            .is_some_and(|said| said.contains("Quinn Bakery")),
        "{deleted}"
    );

    undo(&changed).is(409);
    undo(&deleted).is(200);
    assert_eq!(caller.get(&one(&id)).is(200).json()["industry"], "Baking");
    undo(&changed).is(200);
    assert_eq!(caller.get(&one(&id)).is(200).json()["name"], "Cooper Mill");
    let member =
        json!({"firstName": "Efa", "externalOrganization": {"id": id, "name": "Cooper Mill"}});
    let efa = caller.post(CONTACTS, member).is(200).id();
    undo(&made).is(409);
    caller.delete(&format!("{CONTACTS}/{efa}")).is(200);
    undo(&made).is(200);
    caller.get(&one(&id)).is(404);
}

#[test]
fn what_cannot_be_kept_is_refused() {
    let place = Place::new();
    let caller = place.as_role("admin");
    for body in [
        json!({}),
        json!({"name": " "}),
        json!({"name": 7}),
        json!({"name": "a\u{1b}[31m"}),
        json!({"name": "a".repeat(1001)}),
        json!({"name": "Mill", "employeeCount": "many"}),
        json!({"name": "Mill", "shoes": 9}),
        json!({"name": "Mill", "tickers": [{"symbol": "M"}]}),
        json!({"name": "Mill", "division": {"id": NOBODY}}),
        json!({"name": "Mill", "customFields": {"a": 1}}),
        json!({"name": "Mill", "tags": ["a".repeat(40_000)]}),
    ] {
        let reply = caller.post(ORGANIZATIONS, body);
        assert!([400, 422].contains(&reply.status), "{reply:?}");
    }
    place
        .as_role("agent")
        .post(ORGANIZATIONS, json!({"name": "Mill"}))
        .is(403);
}
