//! External contacts over HTTP.

use scv_desk::domain::permission::MergeRules;
use scv_desk::engine;
use serde_json::{Value, json};

use super::place::{Caller, Place};

const CONTACTS: &str = "/api/v2/externalcontacts/contacts";
const NOBODY: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

fn add(caller: &Caller, first: &str, phone: &str) -> String {
    let body = json!({"firstName": first, "lastName": "Byrne", "cellPhone": {"display": phone}});
    caller.post(CONTACTS, body).is(200).id()
}

fn one(id: &str) -> String {
    format!("{CONTACTS}/{id}")
}

/// Names of what a listing has.
fn names(listing: &Value) -> Vec<&str> {
    let entities = listing["entities"].as_array().unwrap().iter();
    entities
        .map(|one| one["firstName"].as_str().unwrap())
        .collect()
}

#[test]
fn a_contact_is_made_read_replaced_changed_and_deleted() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let body = json!({
        "firstName": "Efa", "lastName": "Byrne", "cellPhone": {"display": "+353 86 123 4567"},
        "workEmail": "Efa@Example.com", "address": {"city": "Cork", "countryCode": "IE"},
        "externalIds": [{"externalSource": {"name": "CRM"}, "value": "20418"}],
    });
    let made = caller.post(CONTACTS, body).is(200).json();
    assert_eq!(made["type"], "Curated");
    assert_eq!(made["cellPhone"]["e164"], "+353861234567");
    assert!(made.get("identifiers").is_none(), "nobody asked for them");
    let id = made["id"].as_str().unwrap();

    let read = caller
        .get(&format!(
            "{}?expand=identifiers,externalOrganization",
            one(id)
        ))
        .is(200)
        .json();
    assert_eq!(read["identifiers"].as_array().unwrap().len(), 3);
    let again = caller
        .get(&format!("{}?expand=identifiers&expand=division", one(id)))
        .is(200)
        .json();
    assert_eq!(
        read["identifiers"], again["identifiers"],
        "joined or repeated is one"
    );

    let replaced = json!({"firstName": "Efa", "lastName": "Byrne-Daly"});
    let replaced = caller.put(&one(id), replaced).is(200).json();
    assert_eq!(replaced["lastName"], "Byrne-Daly");
    assert!(
        replaced.get("cellPhone").is_none(),
        "what was not sent is gone"
    );

    let changes = json!({"changes": [
        {"field": "$.title", "action": "UpdateIfEmpty", "value": "Dr"},
        {"field": "$.firstName", "action": "UpdateIfEmpty", "value": "Nobody"},
        {"field": "$.address.city", "action": "Update", "value": "Galway"},
        {"field": "$.externalIds", "action": "AppendToCollection",
            "value": {"externalSource": {"name": "CRM"}, "value": "7"}},
    ]});
    let changed = caller.patch(&one(id), changes).is(200).json();
    assert_eq!(
        (&changed["title"], &changed["firstName"]),
        (&json!("Dr"), &json!("Efa"))
    );
    assert_eq!(changed["address"]["city"], "Galway");
    assert_eq!(changed["externalIds"][0]["value"], "7");
    let removal = json!({"changes": [{"field": "$.title", "action": "Remove"},
        {"field": "$.externalIds", "action": "RemoveFromCollection", "value": {"value": "7"}}]});
    let removed = caller.patch(&one(id), removal).is(200).json();
    assert!(removed.get("title").is_none() && removed.get("externalIds").is_none());

    assert_eq!(caller.delete(&one(id)).is(200).json(), json!({}));
    assert_eq!(caller.get(&one(id)).is(404).code(), "not.found");
}

#[test]
fn what_cannot_be_taken_is_named() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let id = add(&caller, "Efa", "+353861234567");
    let bad = caller
        .post(CONTACTS, json!({"firstName": 7, "colour": "red"}))
        .is(400)
        .json();
    assert_eq!(bad["code"], "invalid.value");
    let members = bad["details"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["fieldName"].as_str().unwrap());
    assert_eq!(members.collect::<Vec<_>>(), ["colour", "firstName"]);
    caller
        .post(CONTACTS, json!({"firstName": "x".repeat(1001)}))
        .is(400);
    // What does not read is told from what the rules refuse.
    assert_eq!(
        caller.post(CONTACTS, json!({})).is(422).code(),
        "unprocessable.entity"
    );
    caller.post(CONTACTS, Value::Null).is(400);
    caller.get(&one("12")).is(400);
    caller.get(&one(NOBODY)).is(404);
    caller.get(&format!("{}?expand=colour", one(&id))).is(400);
    let both = json!({"changes": [{"field": "$.address", "action": "Remove"},
        {"field": "$.address.city", "action": "Update", "value": "Cork"}]});
    assert_eq!(caller.patch(&one(&id), both).is(409).code(), "conflict");
    let unknown = json!({"changes": [{"field": "$.colour", "action": "Update", "value": "red"}]});
    caller.patch(&one(&id), unknown).is(400);
    let id_change = json!({"changes": [{"field": "$.id", "action": "Update", "value": NOBODY}]});
    caller.patch(&one(&id), id_change).is(400);
    caller
        .patch(
            &one(&id),
            json!({"changes": [{"field": "title", "action": "Remove"}]}),
        )
        .is(400);
    caller
        .patch(
            &one(&id),
            json!({"changes": [{"field": "$.title", "action": "Paint"}]}),
        )
        .is(400);
}

#[test]
fn pages_have_the_contracts_members_and_limits() {
    let place = Place::new();
    let caller = place.as_role("agent");
    for (first, phone) in [
        ("Ada", "+353861000001"),
        ("Bea", "+353861000002"),
        ("Cea", "+353861000003"),
    ] {
        add(&caller, first, phone);
    }
    let first = caller.get(&format!("{CONTACTS}?pageSize=2")).is(200).json();
    assert_eq!(names(&first), ["Ada", "Bea"]);
    assert_eq!(
        (&first["total"], &first["pageCount"]),
        (&json!(3), &json!(2))
    );
    assert!(first.get("previousUri").is_none());
    let next = first["nextUri"].as_str().unwrap();
    let second = caller.get(next).is(200).json();
    assert_eq!(names(&second), ["Cea"]);
    assert_eq!(second["pageNumber"], 2);
    assert!(second.get("nextUri").is_none());
    let back = caller
        .get(second["previousUri"].as_str().unwrap())
        .is(200)
        .json();
    assert_eq!(names(&back), ["Ada", "Bea"]);

    let found = caller
        .get(&format!("{CONTACTS}?q=bea%20byrne"))
        .is(200)
        .json();
    assert_eq!(names(&found), ["Bea"]);
    let sorted = caller
        .get(&format!("{CONTACTS}?q=byrne&sortOrder=firstName:desc"))
        .is(200)
        .json();
    assert_eq!(names(&sorted), ["Cea", "Bea", "Ada"]);
    let body = json!({"pageSize": 10, "operation": {"simpleSearch": {"query": "byrne", "sortOrder": ["firstName:asc"]}}});
    let searched = caller
        .post(&format!("{CONTACTS}/search"), body)
        .is(200)
        .json();
    assert_eq!(names(&searched), ["Ada", "Bea", "Cea"]);
    let id = searched["entities"][1]["id"].clone();
    let body = json!({"operation": {"simpleSearch": {"ids": [id]}}});
    assert_eq!(
        names(
            &caller
                .post(&format!("{CONTACTS}/search"), body)
                .is(200)
                .json()
        ),
        ["Bea"]
    );

    caller
        .get(&format!("{CONTACTS}?pageSize=100&pageNumber=11"))
        .is(400);
    caller.get(&format!("{CONTACTS}?pageSize=101")).is(400);
    caller.get(&format!("{CONTACTS}?pageSize=x")).is(400);
    caller
        .get(&format!("{CONTACTS}?sortOrder=colour:asc"))
        .is(400);
    let ids: Vec<String> = (0..101).map(|_| NOBODY.to_owned()).collect();
    let body = json!({"operation": {"simpleSearch": {"ids": ids}}});
    caller.post(&format!("{CONTACTS}/search"), body).is(400);
}

#[test]
fn a_scan_reads_everything_once() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let bulk: Vec<Value> = (0..25)
        .map(|n| json!({"firstName": format!("n{n}")}))
        .collect();
    let done = caller.post(
        "/api/v2/externalcontacts/bulk/contacts/add",
        json!({"entities": bulk}),
    );
    assert_eq!(done.is(200).json()["errorCount"], 0);
    let scan = "/api/v2/externalcontacts/scan/contacts";
    let mut path = format!("{scan}?limit=10");
    let mut seen = Vec::new();
    for part in 0..3 {
        let page = caller.get(&path).is(200).json();
        seen.extend(names(&page).into_iter().map(str::to_owned));
        match page["cursors"]["after"].as_str() {
            Some(after) => path = format!("{scan}?limit=10&cursor={after}"),
            None => assert_eq!(part, 2, "the last part leads nowhere"),
        }
    }
    let all: Vec<String> = (0..25).map(|n| format!("n{n}")).collect();
    assert_eq!(seen, all);
    caller.get(&format!("{scan}?limit=9")).is(400);
    caller.get(&format!("{scan}?limit=201")).is(400);
    caller.get(&format!("{scan}?cursor=nonsense")).is(400);
    let first = caller.get(&format!("{scan}?limit=10")).json();
    let next = first["nextUri"].as_str().unwrap();
    place.wait_ms(25 * 3_600_000);
    let caller = place.as_role("admin");
    caller.get(next).is(400);
    let of_notes = first["cursors"]["after"].as_str().unwrap();
    caller
        .get(&format!(
            "/api/v2/externalcontacts/scan/notes?cursor={of_notes}"
        ))
        .is(400);
}

#[test]
fn an_identifier_is_claimed_looked_up_released_and_held() {
    let place = Place::new();
    let caller = place.as_role("agent");
    let (ada, bea) = (
        add(&caller, "Ada", "+353861000001"),
        add(&caller, "Bea", "+353861000002"),
    );
    let phone = json!({"type": "Phone", "value": "+353861000009"});
    let identifiers = format!("{}/identifiers", one(&ada));
    let claim = |operation: &str| json!({"operation": operation, "identifier": phone});
    let claimed = caller.patch(&identifiers, claim("Claim")).is(200).json();
    assert_eq!(claimed["value"], "+353861000009");
    let listed = caller.get(&identifiers).is(200).json();
    assert_eq!(listed["entities"].as_array().unwrap().len(), 2);
    let held = caller
        .patch(&format!("{}/identifiers", one(&bea)), claim("Claim"))
        .is(409)
        .json();
    assert!(
        held["message"].as_str().unwrap().contains(&ada),
        "the holder is named: {held}"
    );

    for path in ["identifierlookup", "identifierlookup/contacts"] {
        let path = format!("/api/v2/externalcontacts/{path}");
        assert_eq!(caller.post(&path, phone.clone()).is(200).id(), ada);
        caller
            .post(&path, json!({"type": "Phone", "value": "0861000001"}))
            .is(400);
        caller
            .post(&path, json!({"type": "Colour", "value": "red"}))
            .is(400);
        let nobodys = json!({"type": "Email", "value": "nobody@example.com"});
        assert_eq!(caller.post(&path, nobodys).is(404).code(), "not.found");
    }
    caller.patch(&identifiers, claim("Release")).is(200);
    caller.patch(&identifiers, claim("Release")).is(404);

    let reverse = "/api/v2/externalcontacts/reversewhitepageslookup";
    let found = caller
        .get(&format!("{reverse}?lookupVal=%2B353861000002"))
        .is(200)
        .json();
    assert_eq!(found["contacts"][0]["id"], bea);
    assert_eq!(
        caller
            .get(&format!("{reverse}?lookupVal=nobody@example.com"))
            .json(),
        json!({"contacts": []})
    );
    caller.get(reverse).is(400);
}

#[test]
fn an_ancestor_leads_to_its_canonical_contact() {
    let rules = engine::Options {
        merge: MergeRules::Current,
        ..engine::Options::default()
    };
    let place = Place::ruled(rules, |_| {});
    let caller = place.as_role("admin");
    let (ada, bea) = (
        add(&caller, "Ada", "+353861000001"),
        add(&caller, "Bea", "+353861000002"),
    );
    let merge = "/api/v2/externalcontacts/contacts/merge";
    let body =
        json!({"contactIds": [ada, bea], "valueOverride": {"firstName": "Ada", "title": "Dr"}});
    let merged = caller.post(merge, body).is(200).json();
    assert_eq!(
        (&merged["firstName"], &merged["title"]),
        (&json!("Ada"), &json!("Dr"))
    );
    let id = merged["id"].as_str().unwrap();
    assert!(id != ada && id != bea, "a new contact is made");
    assert_eq!(merged["mergeSet"].as_array().unwrap().len(), 3);

    assert_eq!(caller.get(&one(&bea)).is(200).id(), id);
    let raw = caller
        .get(&format!("{}/unresolved", one(&bea)))
        .is(200)
        .json();
    assert_eq!(
        (&raw["id"], &raw["mergedTo"]["id"]),
        (&json!(bea), &json!(id))
    );
    let edited = json!({"changes": [{"field": "$.title", "action": "Update", "value": "Prof"}]});
    let edited = caller.patch(&one(&ada), edited).is(200).json();
    assert_eq!(
        (&edited["id"], &edited["title"]),
        (&json!(id), &json!("Prof"))
    );
    assert_eq!(
        caller
            .put(&one(&ada), json!({"firstName": "Ada"}))
            .is(200)
            .id(),
        id
    );

    let bulk = |path: &str| {
        let body = json!({"entities": [{"id": bea}, {"id": NOBODY}]});
        caller
            .post(
                &format!("/api/v2/externalcontacts/bulk/contacts{path}"),
                body,
            )
            .is(200)
            .json()
    };
    let found = bulk("");
    assert_eq!(found["results"][0]["entity"]["id"], id);
    assert_eq!(found["results"][1]["status"], 404);
    assert_eq!(found["errorIndexes"], json!([1]));
    assert_eq!(bulk("/unresolved")["results"][0]["entity"]["id"], bea);

    assert_eq!(
        caller
            .post(merge, json!({"contactIds": [ada, bea]}))
            .is(409)
            .code(),
        "conflict"
    );
    caller.post(merge, json!({"contactIds": [ada]})).is(400);
    caller.delete(&one(&ada)).is(200);
    caller.get(&one(id)).is(404);
}

#[test]
fn the_old_merge_never_takes_two_curated_contacts() {
    let rules = engine::Options {
        merge: MergeRules::Current,
        ..engine::Options::default()
    };
    let place = Place::ruled(rules, |_| {});
    let caller = place.as_role("agent-merge");
    let (ada, bea) = (
        add(&caller, "Ada", "+353861000001"),
        add(&caller, "Bea", "+353861000002"),
    );
    let body = json!({"sourceContactId": ada, "targetContactId": bea});
    let refused = caller
        .post("/api/v2/externalcontacts/merge/contacts", body)
        .is(400)
        .json();
    assert!(
        refused["message"].as_str().unwrap().contains("Curated"),
        "{refused}"
    );
    let body = json!({"contactIds": [ada, bea]});
    place
        .as_role("agent")
        .post("/api/v2/externalcontacts/contacts/merge", body.clone())
        .is(403);
    caller
        .post("/api/v2/externalcontacts/contacts/merge", body)
        .is(200);
}

#[test]
fn a_value_override_that_nobody_may_write_merges_nobody() {
    use scv_desk::domain::{Permission, Role};
    let rules = engine::Options {
        merge: MergeRules::Current,
        ..engine::Options::default()
    };
    let place = Place::ruled(rules, |options| {
        let rights = [Permission::ContactView, Permission::IdentityMerge];
        options.roles = vec![Role::new("merger", rights)];
    });
    let agent = place.as_role("agent");
    let (ada, bea) = (
        add(&agent, "Ada", "+353861000001"),
        add(&agent, "Bea", "+353861000002"),
    );
    let body = json!({"contactIds": [ada, bea], "valueOverride": {"title": "Dr"}});
    place
        .as_role("merger")
        .post("/api/v2/externalcontacts/contacts/merge", body)
        .is(403);
    assert_eq!(
        agent.get(&one(&ada)).is(200).id(),
        ada,
        "nothing was merged"
    );
}

#[test]
fn many_are_changed_at_once_and_each_says_what_became_of_it() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let bulk = |path: &str, body: Value| {
        caller.post(
            &format!("/api/v2/externalcontacts/bulk/contacts/{path}"),
            body,
        )
    };
    let body = json!({"entities": [{"firstName": "Ada"}, {"firstName": 7}, {"firstName": "Bea"}]});
    let added = bulk("add", body).is(200).json();
    assert_eq!(
        (&added["errorCount"], &added["errorIndexes"]),
        (&json!(1), &json!([1]))
    );
    assert_eq!(added["results"][1]["error"]["code"], "invalid.value");
    let (ada, bea) = (
        added["results"][0]["id"].clone(),
        added["results"][2]["id"].clone(),
    );
    let body = json!({"entities": [{"id": ada, "firstName": "Ada", "title": "Dr"}, {"id": NOBODY, "firstName": "x"}]});
    let updated = bulk("update", body).is(200).json();
    assert_eq!(updated["results"][0]["entity"]["title"], "Dr");
    assert_eq!(updated["results"][1]["status"], 404);
    let removed = bulk("remove", json!({"entities": [{"id": ada}, {"id": bea}]}))
        .is(200)
        .json();
    assert_eq!(removed["errorCount"], 0);
    caller.get(&one(ada.as_str().unwrap())).is(404);
    bulk("add", json!({"entities": []})).is(400);
    bulk(
        "remove",
        json!({"entities": [{"id": NOBODY}, {"id": NOBODY}]}),
    )
    .is(400);
    let many: Vec<Value> = (0..1001)
        .map(|n| json!({"firstName": n.to_string()}))
        .collect();
    bulk("add", json!({"entities": many})).is(400);
}

#[test]
fn notes_are_written_read_and_taken_away() {
    let place = Place::new();
    let caller = place.as_role("agent");
    let ada = add(&caller, "Ada", "+353861000001");
    let notes = format!("{}/notes", one(&ada));
    let note = caller
        .post(&notes, json!({"noteText": "Call after six"}))
        .is(200)
        .json();
    let at = format!("{notes}/{}", note["id"].as_str().unwrap());
    assert_eq!(caller.get(&at).is(200).json(), note);
    assert_eq!(
        caller
            .put(&at, json!({"noteText": "Call after seven"}))
            .is(200)
            .json()["noteText"],
        "Call after seven"
    );
    let change =
        json!({"changes": [{"field": "$.noteText", "action": "Update", "value": "Call at eight"}]});
    caller.patch(&at, change).is(200);
    let listed = caller.get(&notes).is(200).json();
    assert_eq!(listed["entities"][0]["noteText"], "Call at eight");
    assert_eq!(listed["total"], 1);
    let scanned = caller
        .get("/api/v2/externalcontacts/scan/notes")
        .is(200)
        .json();
    assert_eq!(scanned["entities"].as_array().unwrap().len(), 1);
    caller.post(&notes, json!({"noteText": " "})).is(400);
    caller
        .post(&notes, json!({"noteText": "x".repeat(32_001)}))
        .is(400);
    let bea = add(&caller, "Bea", "+353861000002");
    caller.get(&at.replace(&ada, &bea)).is(404);
    assert_eq!(caller.delete(&at).is(200).json(), json!({}));
    caller.get(&at).is(404);
}

#[test]
fn sources_are_known_by_what_contacts_carry_and_by_name() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let body = json!({"firstName": "Ada", "externalIds": [{"externalSource": {"name": "Billing"}, "value": "7"}]});
    let made = caller.post(CONTACTS, body).is(200).json();
    let sources = "/api/v2/externalcontacts/externalsources";
    let listed = caller.get(sources).is(200).json();
    assert_eq!(listed["entities"][0]["name"], "Billing");
    let id = listed["entities"][0]["id"].as_str().unwrap();
    assert_eq!(made["externalIds"][0]["externalSource"]["id"], id);
    caller.get(&format!("{sources}/{id}")).is(200);
    caller.get(&format!("{sources}/{NOBODY}")).is(404);
    for (first, source) in [("Cleo", "Archive"), ("Dana", "CRM"), ("Eoin", "Billing")] {
        let ids = json!([{"externalSource": {"name": source}, "value": first}]);
        let body = json!({"firstName": first, "externalIds": ids});
        caller.post(CONTACTS, body).is(200);
    }
    let listed = caller.get(sources).is(200).json();
    let known = listed["entities"].as_array().unwrap().iter();
    let known: Vec<&str> = known.map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(known, ["Archive", "Billing", "CRM"], "each once");
    let named = json!({"name": "Loyalty", "linkConfiguration": {"uriTemplate": "https://l.example/{{id}}"}});
    let named = caller.post(sources, named).is(200).json();
    let by_id = json!({"firstName": "Bea", "externalIds": [{"externalSource": {"id": named["id"]}, "value": "8"}]});
    let by_id = caller.post(CONTACTS, by_id).is(200).json();
    assert_eq!(by_id["externalIds"][0]["externalSource"]["name"], "Loyalty");
    caller.post(sources, json!({"name": ""})).is(400);
}

#[test]
fn only_curated_contacts_are_listed_and_promotion_lists_one() {
    let place = Place::filled();
    let caller = place.as_role("agent");
    assert_eq!(caller.get(CONTACTS).is(200).json()["total"], 0);
    let session = include_str!("../../data/org/conversations.ndjson")
        .lines()
        .last()
        .unwrap();
    let id = serde_json::from_str::<Value>(session).unwrap()["conversationId"].clone();
    let conversation = caller
        .get(&format!("/api/v2/conversations/{}", id.as_str().unwrap()))
        .is(200)
        .json();
    let outside = conversation["participants"].as_array().unwrap().iter();
    let contact = outside
        .filter_map(|one| one["externalContactId"].as_str())
        .next()
        .unwrap()
        .to_owned();
    let before = caller.get(&one(&contact)).is(200).json();
    assert_ne!(before["type"], "Curated");
    let promotion = format!("{}/promotion", one(&contact));
    assert!(
        caller.post(&promotion, Value::Null).is(400).json()["message"]
            .as_str()
            .unwrap()
            .contains("name")
    );
    let names = json!({"changes": [{"field": "$.firstName", "action": "Update", "value": "Ada"},
        {"field": "$.lastName", "action": "Update", "value": "Byrne"}]});
    caller.patch(&one(&contact), names).is(200);
    let promoted = caller.post(&promotion, Value::Null).is(200).json();
    assert_eq!(
        (&promoted["type"], &promoted["id"]),
        (&json!("Curated"), &json!(contact))
    );
    caller.post(&promotion, json!({})).is(200);
    assert_eq!(caller.get(CONTACTS).is(200).json()["total"], 1);
}
