//! Enrichment: who is meant, what wins, what a dry run leaves alone.

use scv_desk::domain::permission::MergeRules;
use scv_desk::domain::{Permission, Role};
use scv_desk::engine;
use serde_json::{Value, json};

use super::journeys::{call, ingest, linked};
use super::place::{Caller, Place};

const CONTACTS: &str = "/api/v2/externalcontacts/contacts";
const ENRICH: &str = "/api/v2/externalcontacts/contacts/enrich";
const BULK: &str = "/api/v2/externalcontacts/bulk/contacts/enrich";
const NOBODY: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

fn email(value: &str) -> Value {
    json!({"type": "Email", "value": value})
}

fn wish(action: &str, matching: &[Value], contact: Value) -> Value {
    json!({"action": action, "matchingIdentifiers": matching, "contact": contact})
}

fn ruled(mut wish: Value, rules: Value) -> Value {
    wish["fieldRules"] = rules;
    wish
}

fn add(caller: &Caller, first: &str, address: &str) -> String {
    let body = json!({"firstName": first, "lastName": "Byrne", "workEmail": address});
    caller.post(CONTACTS, body).is(200).id()
}

fn read(caller: &Caller, id: &str) -> Value {
    caller
        .get(&format!("{CONTACTS}/{id}?expand=identifiers"))
        .is(200)
        .json()
}

#[test]
fn nobody_found_is_made_and_found_the_next_time() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let cookie = json!({"type": "Cookie", "value": "c1"});
    let new = wish(
        "Upsert",
        std::slice::from_ref(&cookie),
        json!({"firstName": "Efa", "workEmail": "efa@mail.example"}),
    );
    let made = caller.post(ENRICH, new.clone()).is(201).json();
    assert_eq!(made["type"], "Curated");
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        read(&caller, id)["identifiers"].as_array().unwrap().len(),
        2,
        "the cookie is claimed too"
    );
    assert_eq!(caller.post(ENRICH, new).is(200).id(), id);
    let insert = wish("Insert", &[cookie], json!({"firstName": "Ada"}));
    assert_eq!(caller.post(ENRICH, insert).is(409).code(), "conflict");
    let update = wish(
        "Update",
        &[email("nobody@mail.example")],
        json!({"firstName": "Ada"}),
    );
    assert_eq!(caller.post(ENRICH, update).is(404).code(), "not.found");
    let nothing = wish("Upsert", &[email("nobody@mail.example")], json!({}));
    caller.post(ENRICH, nothing).is(400);
}

#[test]
fn the_first_identifier_that_leads_to_somebody_counts() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let (efa, ada) = (
        add(&caller, "Efa", "efa@mail.example"),
        add(&caller, "Ada", "ada@mail.example"),
    );
    let order = [
        email("nobody@mail.example"),
        email("ada@mail.example"),
        email("efa@mail.example"),
    ];
    assert_eq!(
        caller
            .post(ENRICH, wish("Update", &order, json!({"title": "Dr"})))
            .is(200)
            .id(),
        ada
    );
    assert_eq!(read(&caller, &efa).get("title"), None);
    let held = caller.post(
        "/api/v2/externalcontacts/identifierlookup/contacts",
        email("nobody@mail.example"),
    );
    assert_eq!(held.is(200).id(), ada, "what nobody held is hers now");
}

#[test]
fn what_is_sent_wins_unless_a_rule_says_otherwise() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let body = json!({"firstName": "Efa", "lastName": "Byrne", "title": "Dr", "workEmail": "efa@mail.example",
        "address": {"city": "Cork", "countryCode": "IE"}});
    let id = caller.post(CONTACTS, body).is(200).id();
    let by = [email("efa@mail.example")];
    let sent = json!({"firstName": "Eva", "middleName": "Q", "title": null, "address": {"city": "Galway"}});

    let preferred = wish("Update", &by, sent.clone());
    let existing = ruled(
        preferred.clone(),
        json!({"defaultAction": "PreferExisting"}),
    );
    let kept = caller.post(ENRICH, existing).is(200).json();
    assert_eq!(
        (&kept["firstName"], &kept["middleName"]),
        (&json!("Efa"), &json!("Q"))
    );
    assert_eq!(kept["address"]["city"], "Cork");

    let won = caller.post(ENRICH, preferred.clone()).is(200).json();
    assert_eq!(
        (&won["firstName"], &won["title"]),
        (&json!("Eva"), &json!("Dr")),
        "null changes nothing"
    );
    assert_eq!(
        won["address"],
        json!({"city": "Galway", "countryCode": "IE"})
    );

    let rules = json!({"rules": [
        {"field": "$.title", "action": "AlwaysUseProvided"}, {"field": "$.address", "action": "PreferExisting"}]});
    let mixed = wish(
        "Update",
        &by,
        json!({"lastName": "Quinn", "address": {"city": "Sligo"}}),
    );
    let mixed = caller.post(ENRICH, ruled(mixed, rules)).is(200).json();
    assert_eq!(
        (&mixed["lastName"], mixed.get("title")),
        (&json!("Quinn"), None)
    );
    assert_eq!(mixed["address"]["city"], "Galway");

    let always = ruled(
        wish("Update", &by, json!({"firstName": "Efa"})),
        json!({"defaultAction": "AlwaysUseProvided"}),
    );
    let bare = caller.post(ENRICH, always).is(200).json();
    assert_eq!((bare.get("lastName"), bare.get("workEmail")), (None, None));
    assert_eq!(bare["id"], json!(id));
}

#[test]
fn lists_are_filled_extended_or_replaced() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let ids = |values: std::ops::Range<usize>| -> Value {
        let ids =
            values.map(|n| json!({"externalSource": {"name": "CRM"}, "value": n.to_string()}));
        ids.collect()
    };
    let body =
        json!({"firstName": "Efa", "workEmail": "efa@mail.example", "externalIds": ids(0..8)});
    caller.post(CONTACTS, body).is(200);
    let by = [email("efa@mail.example")];
    let joined = |action: &str, values| {
        let sent = wish("Update", &by, json!({"externalIds": values}));
        caller.post(ENRICH, ruled(sent, json!({"defaultArrayAction": action})))
    };
    joined("Extend", ids(6..14)).is(400);
    let filled = joined("Fill", ids(6..14)).is(200).json();
    let values: Vec<&str> = filled["externalIds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id["value"].as_str().unwrap())
        .collect();
    assert_eq!(values, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    let replaced = joined("Replace", ids(3..5)).is(200).json();
    assert_eq!(replaced["externalIds"].as_array().unwrap().len(), 2);
    let kept = joined("Replace", json!([])).is(200).json();
    assert_eq!(
        kept["externalIds"].as_array().unwrap().len(),
        2,
        "an empty list is none"
    );
}

#[test]
fn a_merge_joins_everybody_who_is_found_in_one_decision_that_can_be_undone() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let efa = add(&caller, "Efa", "efa@mail.example");
    ingest(&caller, &[call(NOBODY, "+353861119999", "u1")]);
    let called = linked(&caller, NOBODY);
    let by = [
        email("efa@mail.example"),
        json!({"type": "Phone", "value": "+353861119999"}),
    ];
    let both = wish("Merge", &by, json!({"title": "Dr"}));
    let one = caller.post(ENRICH, both.clone()).is(200).json();
    let id = one["id"].as_str().unwrap();
    assert_eq!(
        (&one["firstName"], &one["title"], &one["type"]),
        (&json!("Efa"), &json!("Dr"), &json!("Curated"))
    );
    assert_eq!(one["mergeSet"].as_array().unwrap().len(), 3);
    let history = caller.get("/api/scv/v1/history?limit=1").is(200).json();
    let entry = &history["entries"][0];
    assert_eq!(entry["action"], "enrich");
    assert!(
        entry["sentence"]
            .as_str()
            .is_some_and(|said| said.contains("Efa Byrne")),
        "{entry}"
    );
    caller
        .post("/api/scv/v1/undo", json!({"entry": entry["entry"]}))
        .is(200);
    caller.get(&format!("{CONTACTS}/{id}")).is(404);
    assert_eq!(read(&caller, &efa).get("title"), None);
    assert_eq!(read(&caller, &called)["type"], "Identified");
    assert_eq!(
        caller
            .post(ENRICH, wish("Merge", &by[..1], json!({"title": "Dr"})))
            .is(200)
            .id(),
        efa
    );
}

#[test]
fn a_merge_follows_the_rules_of_the_server() {
    let by = [email("efa@mail.example"), email("ada@mail.example")];
    let both = wish("Merge", &by, json!({"title": "Dr"}));
    let deck = Place::new();
    let caller = deck.as_role("admin");
    add(&caller, "Efa", "efa@mail.example");
    add(&caller, "Ada", "ada@mail.example");
    caller.post(ENRICH, both.clone()).is(400);
    let rules = engine::Options {
        merge: MergeRules::Current,
        ..engine::Options::default()
    };
    let current = Place::ruled(rules, |_| {});
    let caller = current.as_role("admin");
    let efa = add(&caller, "Efa", "efa@mail.example");
    let ada = add(&caller, "Ada", "ada@mail.example");
    let apart = json!({"contactIds": [efa, ada]});
    caller.post("/api/scv/v1/not-same", apart).is(200);
    caller.post(ENRICH, both).is(409);
}

#[test]
fn a_dry_run_shows_the_result_and_changes_nothing() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let before = || caller.get("/api/scv/v1/history?limit=200").is(200).text;
    let efa = add(&caller, "Efa", "efa@mail.example");
    ingest(&caller, &[call(NOBODY, "+353861119999", "u1")]);
    let stood = before();
    let dry = format!("{ENRICH}?dryRun=true");
    let new = wish(
        "Upsert",
        &[email("ada@mail.example")],
        json!({"firstName": "Ada"}),
    );
    assert_eq!(caller.post(&dry, new).is(201).json()["firstName"], "Ada");
    let by = [
        email("efa@mail.example"),
        json!({"type": "Phone", "value": "+353861119999"}),
    ];
    let joined = caller
        .post(&dry, wish("Merge", &by, json!({"title": "Dr"})))
        .is(200)
        .json();
    assert_eq!(
        (&joined["firstName"], &joined["title"]),
        (&json!("Efa"), &json!("Dr"))
    );
    assert_eq!(joined["mergeSet"].as_array().unwrap().len(), 3);
    let same = caller
        .post(&dry, wish("Update", &by[..1], json!({"firstName": "Efa"})))
        .is(200);
    assert_eq!(same.id(), efa);
    caller
        .post(&dry, wish("Insert", &by, json!({"firstName": "Efa"})))
        .is(409);
    let several = json!({"entities": [wish("Update", &by[..1], json!({"title": "Dr"}))]});
    let several = caller
        .post(&format!("{BULK}?dryRun=true"), several)
        .is(200)
        .json();
    assert_eq!(several["results"][0]["entity"]["title"], "Dr");
    assert_eq!(before(), stood);
    assert_eq!(read(&caller, &efa).get("title"), None);
    caller
        .post(&format!("{ENRICH}?dryRun=perhaps"), json!({}))
        .is(400);
}

#[test]
fn of_several_each_is_done_or_says_why_not() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let mut wrong = wish(
        "Insert",
        &[email("efa@mail.example")],
        json!({"firstName": "Ada"}),
    );
    wrong["id"] = "second".into();
    let several = json!({"entities": [
        wish("Upsert", &[email("efa@mail.example")], json!({"firstName": "Efa"})), wrong, {"action": "Upsert"},
        wish("Update", &[email("efa@mail.example")], json!({"title": "Dr"}))]});
    let done = caller.post(BULK, several).is(200).json();
    assert_eq!(
        (&done["errorCount"], &done["errorIndexes"]),
        (&json!(2), &json!([1, 2]))
    );
    let statuses: Vec<&Value> = done["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["status"])
        .collect();
    assert_eq!(statuses, [201, 409, 400, 200]);
    assert_eq!(done["results"][1]["id"], "second");
    assert_eq!(done["results"][1]["error"]["entity"]["action"], "Insert");
    assert_eq!(done["results"][3]["entity"]["title"], "Dr");
    let many: Vec<Value> = vec![
        wish(
            "Upsert",
            &[email("a@mail.example")],
            json!({"firstName": "A"})
        );
        11
    ];
    caller.post(BULK, json!({"entities": many})).is(400);
    caller.post(BULK, json!({"entities": []})).is(400);
}

#[test]
fn who_was_found_is_promoted_where_that_is_asked_for_and_allowed() {
    let place = Place::with(|options| {
        options.roles = vec![Role::new(
            "loader",
            [Permission::ContactEnrich, Permission::ContactView],
        )];
    });
    let caller = place.as_role("admin");
    ingest(&caller, &[call(NOBODY, "+353861119999", "u1")]);
    let by = [json!({"type": "Phone", "value": "+353861119999"})];
    let plain = wish("Update", &by, json!({"firstName": "Efa"}));
    assert_eq!(
        caller.post(ENRICH, plain.clone()).is(200).json()["type"],
        "Identified"
    );
    let mut promoted = plain;
    promoted["options"] = json!({"promote": true});
    place
        .as_role("loader")
        .post(ENRICH, promoted.clone())
        .is(403);
    assert_eq!(
        caller.post(ENRICH, promoted).is(200).json()["type"],
        "Curated"
    );
}

#[test]
fn what_does_not_read_is_refused() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let good = wish(
        "Upsert",
        &[email("efa@mail.example")],
        json!({"firstName": "Efa"}),
    );
    let with = |member: &str, value: Value| {
        let mut body = good.clone();
        body[member] = value;
        body
    };
    for body in [
        json!({}),
        json!([]),
        with("action", json!("Guess")),
        with("matchingIdentifiers", json!([])),
        with(
            "matchingIdentifiers",
            json!(vec![email("efa@mail.example"); 26]),
        ),
        with(
            "contact",
            json!({"customFields": {"a": 1}, "schema": {"id": "s", "version": 1}}),
        ),
        with("division", json!({"id": NOBODY})),
        with("fieldRules", json!({"defaultAction": "Guess"})),
        with(
            "fieldRules",
            json!({"rules": [{"field": "$.shoes", "action": "PreferExisting"}]}),
        ),
        with("fieldRules", json!([])),
    ] {
        caller.post(ENRICH, body).is(400);
    }
    place.as_role("agent").post(ENRICH, good).is(403);
}
