//! Requests about what is kept of a person.

use scv_desk::domain::{Permission, Role};
use serde_json::{Value, json};

use super::journeys::{call, ingest, linked};
use super::place::{Caller, Place};

const CONTACTS: &str = "/api/v2/externalcontacts/contacts";
const REQUESTS: &str = "/api/v2/gdpr/requests";
const NOBODY: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
const NUMBER: &str = "+353861234567";

fn efa(caller: &Caller) -> String {
    let body = json!({
        "firstName": "Efa", "lastName": "Byrne", "cellPhone": {"display": NUMBER}, "workEmail": "efa@mail.example",
        "address": {"city": "Cork", "countryCode": "IE"}, "whatsAppId": {"phoneNumber": {"display": NUMBER}},
        "externalIds": [{"externalSource": {"name": "CRM"}, "value": "20418"}],
    });
    caller.post(CONTACTS, body).is(200).id()
}

fn subjects(caller: &Caller, kind: &str, value: &str) -> Vec<Value> {
    let value = value.replace('+', "%2B").replace(' ', "%20");
    let path = format!("/api/v2/gdpr/subjects?searchType={kind}&searchValue={value}");
    let found = caller.get(&path).is(200).json();
    found["entities"].as_array().unwrap().clone()
}

fn wish(kind: &str, subject: Value) -> Value {
    json!({"requestType": kind, "subject": subject})
}

#[test]
fn a_subject_is_found_by_a_name_or_by_what_identifies_it() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let id = efa(&caller);
    let found = [
        ("NAME", "efa byrne"),
        ("PHONE", NUMBER),
        ("EMAIL", "EFA@mail.example"),
        ("EXTERNAL_ID", "20418"),
        ("WHATSAPP", NUMBER),
    ];
    for (kind, value) in found {
        let people = subjects(&caller, kind, value);
        assert_eq!(people.len(), 1, "{kind}");
        let person = &people[0];
        assert_eq!(person["externalContactId"], json!(id), "{kind}");
        assert_eq!(person["name"], "Efa Byrne");
        assert_eq!(person["phoneNumbers"], json!([NUMBER]));
        assert_eq!(person["emailAddresses"], json!(["efa@mail.example"]));
        assert_eq!(person["addresses"], json!(["Cork, IE"]));
        assert_eq!(person["externalId"], "20418");
    }
    // Whoever called is found too, kept or not.
    ingest(&caller, &[call(NOBODY, "+353861119999", "u1")]);
    let people = subjects(&caller, "PHONE", "+353861119999");
    assert_eq!(
        people[0]["externalContactId"],
        json!(linked(&caller, NOBODY))
    );
    assert!(subjects(&caller, "FACEBOOK", "nobody").is_empty());
    for query in [
        "",
        "searchType=PHONE",
        "searchType=SHOE&searchValue=9",
        "searchType=PHONE&searchValue=9",
    ] {
        caller
            .get(&format!("/api/v2/gdpr/subjects?{query}"))
            .is(400);
    }
    let address = caller
        .get("/api/v2/gdpr/subjects?searchType=ADDRESS&searchValue=Cork")
        .is(400);
    assert_eq!(address.code(), "not.supported");
}

#[test]
fn an_export_is_read_by_who_asked_for_it_alone() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let id = efa(&caller);
    let asked = caller.post(
        REQUESTS,
        wish(
            "GDPR_EXPORT",
            json!({"emailAddresses": ["efa@mail.example"]}),
        ),
    );
    let asked = asked.is(200).json();
    assert_eq!(
        (&asked["status"], &asked["subject"]),
        (&json!("COMPLETED"), &json!({"externalContactId": id}))
    );
    let result = asked["resultsUrl"].as_str().unwrap();
    let person = caller.get(result).is(200).text;
    assert!(
        person.contains("efa@mail.example") && person.contains("Byrne"),
        "{person}"
    );

    let other = place.as_role("admin");
    assert_eq!(other.get(result).is(403).code(), "not.authorized");
    let read = other.get(asked["selfUri"].as_str().unwrap()).is(200);
    assert!(!read.text.contains("efa@mail.example"), "{}", read.text);
    place.as_role("supervisor").get(result).is(403);
    caller.get(&format!("{REQUESTS}/{NOBODY}")).is(404);
    caller.get(&format!("{REQUESTS}/nonsense")).is(400);
}

#[test]
fn a_deletion_takes_everybody_who_was_merged_and_leaves_no_value() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let id = efa(&caller);
    ingest(&caller, &[call(NOBODY, "+353861119999", "u1")]);
    let called = linked(&caller, NOBODY);
    let both = json!({"contactIds": [id, called]});
    let one = caller
        .post("/api/v2/externalcontacts/contacts/merge", both)
        .is(200)
        .id();

    let by_ancestor = wish("GDPR_DELETE", json!({"externalContactId": id}));
    caller.post(REQUESTS, by_ancestor.clone()).is(400);
    caller.get(&format!("{CONTACTS}/{one}")).is(200);
    assert_eq!(
        caller.get(REQUESTS).is(200).json()["total"],
        0,
        "a refused one is none"
    );

    let done = caller
        .post(
            &format!("{REQUESTS}?deleteConfirmed=true"),
            by_ancestor.clone(),
        )
        .is(200)
        .json();
    assert_eq!(
        (&done["status"], &done["requestType"]),
        (&json!("COMPLETED"), &json!("GDPR_DELETE"))
    );
    for gone in [&one, &id, &called] {
        let gone = caller.get(&format!("{CONTACTS}/{gone}/unresolved")).is(404);
        assert!(gone.text.contains("erased"), "{}", gone.text);
    }
    caller
        .get(&format!("/api/v2/conversations/{NOBODY}"))
        .is(404);
    let listed = caller.get(REQUESTS).is(200);
    assert_eq!(listed.json()["total"], 1);
    for value in ["Efa", "Byrne", "861234567", "mail.example"] {
        assert!(!listed.text.contains(value), "{}", listed.text);
    }
    let read = caller
        .get(&format!("{REQUESTS}/{}", done["id"].as_str().unwrap()))
        .is(200)
        .json();
    assert_eq!(read["status"], "COMPLETED");
    caller
        .post(&format!("{REQUESTS}?deleteConfirmed=true"), by_ancestor)
        .is(404);
    let result = format!(
        "/api/scv/v1/gdpr/requests/{}/result",
        done["id"].as_str().unwrap()
    );
    caller.get(&result).is(404);
}

#[test]
fn an_update_replaces_values_where_they_stand() {
    let place = Place::with(|options| {
        options.roles = vec![Role::new("clerk", [Permission::GdprRequestAdd])];
    });
    let caller = place.as_role("admin");
    let id = efa(&caller);
    let term = |kind: &str, existing: &str, updated: &str| {
        let mut term = json!({ "type": kind });
        term["existingValue"] = existing.into();
        term["updatedValue"] = updated.into();
        term
    };
    let update = |terms: Vec<Value>| {
        let mut body = wish("GDPR_UPDATE", json!({"externalContactId": id}));
        body["replacementTerms"] = terms.into();
        body
    };
    let before = caller.get(&format!("{CONTACTS}/{id}")).is(200).json();
    let other = "+353 86 765 4321";
    for (terms, status) in [
        (vec![], 400),
        (vec![term("SHOE", "9", "10")], 400),
        (vec![term("EMAIL", "efa@mail.example", "nonsense")], 400),
        (vec![term("NAME", "Efa", "")], 400),
        (
            vec![term("NAME", "Efa", "Eva"), term("NAME", "Nobody", "x")],
            404,
        ),
    ] {
        caller.post(REQUESTS, update(terms)).is(status);
    }
    let refused = place.as_role("clerk").post(REQUESTS, update(vec![]));
    assert!(
        refused
            .is(403)
            .text
            .contains("externalContacts:contact:edit")
    );
    let now = caller.get(&format!("{CONTACTS}/{id}")).is(200).json();
    assert_eq!(now, before, "a refused one changes nothing");

    let terms = vec![
        term("NAME", "byrne", "Burns"),
        term("PHONE", "+353 86 123 4567", other),
        term("EMAIL", "EFA@mail.example", "eva@mail.example"),
        term("WHATSAPP", NUMBER, other),
        term("EXTERNAL_ID", "20418", "20419"),
        term("ADDRESS", "Cork", "Galway"),
    ];
    let done = caller.post(REQUESTS, update(terms)).is(200);
    assert!(!done.text.contains("Burns"), "{}", done.text);
    let done = done.json();
    assert_eq!(
        (&done["status"], &done["requestType"]),
        (&json!("COMPLETED"), &json!("GDPR_UPDATE"))
    );
    let now = caller.get(&format!("{CONTACTS}/{id}")).is(200).json();
    assert_eq!(
        (&now["firstName"], &now["lastName"], &now["workEmail"]),
        (&json!("Efa"), &json!("Burns"), &json!("eva@mail.example"))
    );
    assert_eq!(now["cellPhone"]["e164"], "+353867654321");
    assert_eq!(now["address"]["city"], "Galway");
    assert_eq!(now["externalIds"][0]["value"], "20419");
    assert_eq!(subjects(&caller, "WHATSAPP", "+353867654321").len(), 1);
    let read = caller.get(done["selfUri"].as_str().unwrap()).is(200);
    assert!(!read.text.contains("eva@"), "{}", read.text);
    let result = format!(
        "/api/scv/v1/gdpr/requests/{}/result",
        done["id"].as_str().unwrap()
    );
    caller.get(&result).is(404);
}

#[test]
fn what_is_not_certain_or_not_served_is_refused() {
    let place = Place::with(|options| {
        options.roles = vec![Role::new("clerk", [Permission::GdprRequestAdd])];
    });
    let caller = place.as_role("admin");
    let id = efa(&caller);
    let other = json!({"firstName": "Ada", "lastName": "Byrne", "homePhone": {"display": NUMBER}});
    caller.post(CONTACTS, other).is(200);
    let subject = |subject| wish("GDPR_EXPORT", subject);
    let by_number = caller
        .post(REQUESTS, subject(json!({"phoneNumbers": [NUMBER]})))
        .is(409);
    assert!(
        by_number.text.contains("externalContactId"),
        "{}",
        by_number.text
    );
    caller
        .post(
            REQUESTS,
            subject(json!({"emailAddresses": ["nobody@mail.example"]})),
        )
        .is(404);
    for body in [
        json!({}),
        subject(Value::Null),
        subject(json!({"name": "Efa Byrne"})),
        subject(json!({"userId": NOBODY})),
        subject(json!({"externalContactId": "nonsense"})),
        subject(json!({"socialHandle": {"type": "SHOE", "value": "9"}})),
        wish("GDPR_UPDATE", json!({"externalContactId": id})),
    ] {
        caller.post(REQUESTS, body).is(400);
    }
    let delete = wish("GDPR_DELETE", json!({"externalContactId": id}));
    let clerk = place.as_role("clerk");
    let refused = clerk
        .post(&format!("{REQUESTS}?deleteConfirmed=true"), delete)
        .is(403);
    assert!(
        refused.text.contains("scv:person:erase"),
        "{}",
        refused.text
    );
    caller.get(&format!("{CONTACTS}/{id}")).is(200);
}
