//! Many notes in one request.

use serde_json::{Value, json};

use super::place::{Caller, Place, Reply};

const CONTACTS: &str = "/api/v2/externalcontacts/contacts";
const NOBODY: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

fn bulk(caller: &Caller, path: &str, entities: &[Value]) -> Reply {
    let path = format!("/api/v2/externalcontacts/bulk/notes{path}");
    caller.post(&path, json!({ "entities": entities }))
}

fn statuses(done: &Value) -> Vec<u64> {
    let results = done["results"].as_array().unwrap().iter();
    let statuses = results.map(|one| one["status"].as_u64().unwrap());
    statuses.collect()
}

#[test]
fn notes_are_added_read_changed_and_removed_together() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let body = json!({"firstName": "Ada", "lastName": "Byrne"});
    let ada = caller.post(CONTACTS, body).is(200).id();
    let note = |contact: &str, text: &str| {
        let mut note = json!({"entityType": "contact", "noteText": text, "createdBy": {}});
        note["entityId"] = contact.into();
        note
    };
    let mut of_works = note(NOBODY, "x");
    of_works["entityType"] = "organization".into();
    let wishes = [
        note(&ada, "likes tea"),
        note(&ada, ""),
        note(NOBODY, "x"),
        note("nonsense", "x"),
        of_works,
        json!({"noteText": "x"}),
        note(&ada, "and cake"),
    ];
    let done = bulk(&caller, "/add", &wishes).is(200).json();
    assert_eq!(statuses(&done), [200, 400, 404, 400, 400, 400, 200]);
    assert_eq!(
        (&done["errorCount"], &done["errorIndexes"]),
        (&json!(5), &json!([1, 2, 3, 4, 5]))
    );
    let (tea, cake) = (&done["results"][0]["id"], &done["results"][6]["id"]);
    let path = format!("{CONTACTS}/{ada}/notes");
    let listed = caller.get(&path).is(200).json();
    assert_eq!(listed["total"], 2);

    let ids = [
        json!({"id": tea}),
        json!({"id": NOBODY}),
        json!({"id": "nonsense"}),
        json!({"id": cake}),
    ];
    let found = bulk(&caller, "", &ids).is(200).json();
    assert_eq!(statuses(&found), [200, 404, 400, 200]);
    let texts = [0, 3].map(|at: usize| &found["results"][at]["entity"]["noteText"]);
    assert_eq!(texts, [&json!("likes tea"), &json!("and cake")]);

    let mut moved = note(NOBODY, "x");
    moved["id"] = cake.clone();
    let changed = json!({"id": tea, "noteText": "likes coffee"});
    let done = bulk(&caller, "/update", &[changed, moved]).is(200).json();
    assert_eq!(statuses(&done), [200, 400]);
    assert_eq!(done["results"][0]["entity"]["noteText"], "likes coffee");
    let read = caller.get(&format!("{path}/{}", tea.as_str().unwrap()));
    assert_eq!(read.is(200).json()["noteText"], "likes coffee");

    let done = bulk(&caller, "/remove", &ids).is(200).json();
    assert_eq!(statuses(&done), [200, 404, 400, 200]);
    assert_eq!(caller.get(&path).is(200).json()["total"], 0);
}

#[test]
fn many_notes_have_the_contracts_limits_and_rights() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let agent = place.as_role("agent");
    let many = |count: usize| vec![json!({"noteText": "x", "entityId": NOBODY}); count];
    for path in ["", "/add", "/update", "/remove"] {
        bulk(&caller, path, &[]).is(400);
        bulk(&caller, path, &many(1001)).is(400);
        let twice = [json!({"id": NOBODY}), json!({"id": NOBODY})];
        bulk(&caller, path, &twice).is(400);
        // An agent may see organizations and not change them, so the contract lets agents fetch alone.
        let status = if path.is_empty() { 200 } else { 403 };
        bulk(&agent, path, &[json!({"id": NOBODY})]).is(status);
    }
    let done = bulk(&caller, "/add", &many(1000)).is(200).json();
    assert_eq!(done["errorCount"], 1000);
}
