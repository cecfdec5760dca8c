//! Conversations, journeys, analytics and our own routes over HTTP.

use scv_desk::store::account::AccountKind;
use serde_json::{Value, json};

use super::place::{Caller, Place};

const CONTACTS: &str = "/api/v2/externalcontacts/contacts";
const NOBODY: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

/// A call from a number, connected to an agent and still open.
pub fn call(id: &str, from: &str, agent: &str) -> Value {
    json!({
        "conversationId": id, "conversationStart": "2026-11-23T11:50:00Z", "originatingDirection": "inbound",
        "nonsense": {"colour": "red"},
        "participants": [
            {"participantId": "p1", "purpose": "customer", "sessions": [{"sessionId": "s1", "mediaType": "voice",
                "ani": format!("tel:{from}"), "direction": "inbound", "segments": [
                    {"segmentStart": "2026-11-23T11:50:00Z", "segmentType": "interact"}]}]},
            {"participantId": "p2", "purpose": "agent", "userId": agent, "participantName": "Niamh",
                "sessions": [{"sessionId": "s2", "mediaType": "voice", "direction": "inbound", "segments": [
                    {"segmentStart": "2026-11-23T11:51:00Z", "segmentType": "interact", "queueId": "q1"}]}]},
        ],
    })
}

pub fn ingest(caller: &Caller, lines: &[Value]) -> Value {
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    let path = "/api/scv/v1/ingest";
    caller
        .ask_with("POST", path, "application/x-ndjson", &lines.join("\n"))
        .is(200)
        .json()
}

/// The contact that a conversation is linked to.
pub fn linked(caller: &Caller, conversation: &str) -> String {
    // Whoever asks may have no part in it.
    let admin = caller.place.as_role("admin");
    let shown = admin
        .get(&format!("/api/v2/conversations/{conversation}"))
        .is(200)
        .json();
    let participants = shown["participants"].as_array().unwrap().iter();
    let mut contacts = participants.filter_map(|one| one["externalContactId"].as_str());
    contacts.next().expect("a contact").to_owned()
}

fn association(conversation: &str, contact: Option<&str>) -> Value {
    let mut body =
        json!({"conversationId": conversation, "communicationId": "s1", "mediaType": "CALL"});
    if let Some(contact) = contact {
        body["externalContactId"] = contact.into();
    }
    body
}

#[test]
fn what_comes_in_is_linked_counted_and_told_where_it_is_bad() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let lines = [
        call(NOBODY, "+353861234567", "u1"),
        json!({"colour": "red"}),
    ];
    let told = ingest(&caller, &lines);
    assert_eq!(
        (&told["conversations"], &told["new"], &told["bad"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert_eq!(told["errors"][0]["at"], "line 2");
    assert_eq!(ingest(&caller, &lines[..1])["known"], 1);
    place
        .as_role("supervisor")
        .ask_with("POST", "/api/scv/v1/ingest", "application/x-ndjson", "")
        .is(403);
}

#[test]
fn a_conversation_is_associated_with_exactly_that_contact_and_taken_away() {
    let place = Place::new();
    let admin = place.as_role("admin");
    ingest(&admin, &[call(NOBODY, "+353861234567", "u1")]);
    let caller = place.as_role("agent");
    let before = linked(&caller, NOBODY);
    let ada = caller
        .post(CONTACTS, json!({"firstName": "Ada", "lastName": "Byrne"}))
        .is(200)
        .id();
    let path = format!("/api/v2/externalcontacts/conversations/{NOBODY}");
    for _ in 0..2 {
        // Sent twice it is the same.
        caller.put(&path, association(NOBODY, Some(&ada))).is(202);
        assert_eq!(linked(&caller, NOBODY), ada);
    }
    caller.put(&path, association(NOBODY, None)).is(202);
    let fresh = linked(&caller, NOBODY);
    assert!(fresh != ada && fresh != before);
    caller
        .put(
            &path,
            association(NOBODY, Some("8c9e6679-7425-40de-944b-e07fc1f90ae8")),
        )
        .is(404);
    caller
        .put(
            &path,
            association("8c9e6679-7425-40de-944b-e07fc1f90ae8", Some(&ada)),
        )
        .is(400);
    caller.put(&path, json!({"conversationId": NOBODY})).is(400);
    let mut wrong = association(NOBODY, Some(&ada));
    wrong["mediaType"] = "PIGEON".into();
    caller.put(&path, wrong).is(400);
}

#[test]
fn a_journey_is_read_page_by_page_and_over_the_merge_set() {
    let place = Place::new();
    let admin = place.as_role("admin");
    let ids: Vec<String> = (1..=3)
        .map(|n| format!("7c9e6679-7425-40de-944b-e07fc1f90a0{n}"))
        .collect();
    let calls: Vec<Value> = ids
        .iter()
        .map(|id| call(id, "+353861234567", "u1"))
        .collect();
    ingest(&admin, &calls);
    let visit = json!({"id": NOBODY, "type": "web", "customerId": "c1", "customerIdType": "cookie",
        "createdDate": "2026-11-23T11:00:00Z", "browser": {"family": "Lynx"}, "events": [
            {"id": "e1", "createdDate": "2026-11-23T11:00:00Z", "webEvent": {"eventName": "page_viewed",
                "page": {"url": "https://acme.example/"}}},
            {"id": "e2", "createdDate": "2026-11-23T11:01:00Z",
                "segmentAssignmentEvent": {"segment": {"id": "seg-1"}}}]});
    ingest(&admin, &[visit]);
    let caller = place.as_role("agent-merge");
    let contact = linked(&caller, &ids[0]);
    let sessions = |id: &str, query: &str| {
        caller
            .get(&format!("{CONTACTS}/{id}/journey/sessions?{query}"))
            .is(200)
            .json()
    };
    let first = sessions(&contact, "pageSize=2");
    assert_eq!(first["entities"].as_array().unwrap().len(), 2);
    assert_eq!(first["entities"][0]["type"], "conversation");
    assert_eq!(first["entities"][0]["lastConnectedQueue"]["id"], "q1");
    let next = caller
        .get(first["nextUri"].as_str().unwrap())
        .is(200)
        .json();
    assert_eq!(next["entities"].as_array().unwrap().len(), 1);
    assert!(next.get("nextUri").is_none());
    caller
        .get(&format!(
            "{CONTACTS}/{contact}/journey/sessions?pageSize=201"
        ))
        .is(400);

    let web = caller
        .get(&format!("/api/v2/journey/sessions/{NOBODY}"))
        .is(200)
        .json();
    assert_eq!(
        (&web["eventCount"], &web["type"]),
        (&json!(2), &json!("web"))
    );
    assert!(
        web.get("browser").is_none(),
        "it lacks what the contract needs"
    );
    let events = format!("/api/v2/journey/sessions/{NOBODY}/events");
    assert_eq!(
        caller.get(&events).is(200).json()["entities"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let some = caller.get(&format!(
        "{events}?eventType=com.genesys.journey.SegmentAssignmentEvent"
    ));
    assert_eq!(some.is(200).json()["entities"][0]["id"], "e2");
    caller
        .get(&format!("/api/v2/journey/sessions/{NOBODY}/outcomescores"))
        .is(200);
    caller
        .get("/api/v2/journey/sessions/8c9e6679-7425-40de-944b-e07fc1f90ae8")
        .is(404);

    let visitor = web["externalContact"]["id"].as_str().unwrap();
    let segments = caller
        .get(&format!("{CONTACTS}/{visitor}/journey/segments"))
        .is(200)
        .json();
    assert_eq!(segments["entities"][0]["segment"]["id"], "seg-1");
    let body = json!({"contactIds": [contact, visitor]});
    let merged = caller.post(&format!("{CONTACTS}/merge"), body).is(200).id();
    assert_eq!(
        sessions(&merged, "")["entities"],
        json!([]),
        "nothing is rewritten"
    );
    let whole = sessions(&merged, "includeMerged=true");
    assert_eq!(whole["entities"].as_array().unwrap().len(), 4);
}

#[test]
fn every_session_and_conversation_of_real_data_is_of_the_contract() {
    let place = Place::filled();
    let caller = place.as_role("supervisor");
    let query = json!({"interval": "2026-10-24T00:00:00Z/2026-11-23T13:00:00Z", "order": "desc",
        "paging": {"pageSize": 100, "pageNumber": 1}});
    let found = caller
        .post("/api/v2/analytics/conversations/details/query", query)
        .is(200)
        .json();
    let conversations = found["conversations"].as_array().unwrap();
    assert!(30 < conversations.len(), "{}", conversations.len());
    let (mut sessions, mut events) = (0, 0);
    for one in conversations {
        let id = one["conversationId"].as_str().unwrap();
        caller
            .get(&format!("/api/v2/analytics/conversations/{id}/details"))
            .is(200);
        let contact = linked(&caller, id);
        let journey = caller.get(&format!(
            "{CONTACTS}/{contact}/journey/sessions?includeMerged=true"
        ));
        sessions += journey.is(200).json()["entities"].as_array().unwrap().len();
        caller
            .get(&format!("/api/v2/journey/sessions/{id}"))
            .is(200);
    }
    for line in include_str!("../../data/org/sessions.ndjson")
        .lines()
        .rev()
        .take(60)
    {
        let id = serde_json::from_str::<Value>(line).unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let session = caller
            .get(&format!("/api/v2/journey/sessions/{id}"))
            .is(200)
            .json();
        assert!(
            session.get("device").is_some(),
            "what fits stays: {session}"
        );
        let read = caller
            .get(&format!(
                "/api/v2/journey/sessions/{id}/events?pageSize=200"
            ))
            .is(200)
            .json();
        events += read["entities"].as_array().unwrap().len();
        caller
            .get(&format!("/api/v2/journey/sessions/{id}/outcomescores"))
            .is(200);
        let contact = session["externalContact"]["id"].as_str().unwrap();
        caller
            .get(&format!(
                "{CONTACTS}/{contact}/journey/segments?includeMerged=true"
            ))
            .is(200);
    }
    assert!(
        conversations.len() <= sessions && 60 < events,
        "{sessions} sessions, {events} events"
    );
}

#[test]
fn details_are_asked_for_by_contact_person_queue_and_agent() {
    let place = Place::new();
    let admin = place.as_role("admin");
    let (one, other) = (
        "7c9e6679-7425-40de-944b-e07fc1f90a01",
        "7c9e6679-7425-40de-944b-e07fc1f90a02",
    );
    ingest(
        &admin,
        &[
            call(one, "+353861000001", "u1"),
            call(other, "+353861000002", "u2"),
        ],
    );
    let (ada, bea) = (linked(&admin, one), linked(&admin, other));
    let ask = |dimension: &str, value: &str| {
        let filter = json!({"type": "or", "predicates": [{"type": "dimension", "dimension": dimension,
            "operator": "matches", "value": value}]});
        let body = json!({"interval": "2026-11-23T00:00:00Z/2026-11-24T00:00:00Z", "segmentFilters": [filter]});
        let found = admin
            .post("/api/v2/analytics/conversations/details/query", body)
            .is(200)
            .json();
        found["totalHits"].as_u64().unwrap()
    };
    assert_eq!(ask("externalContactId", &ada), 1);
    assert_eq!(ask("queueId", "q1"), 2);
    assert_eq!(ask("queueId", "q2"), 0);
    assert_eq!(ask("queueId", "Q1"), 2, "in any case");
    assert_eq!(ask("queueId", "q%"), 0);
    assert_eq!(ask("userId", "u2"), 1);
    assert_eq!(ask("mediaType", "VOICE"), 2);
    let merged = admin
        .post(
            &format!("{CONTACTS}/merge"),
            json!({"contactIds": [ada, bea]}),
        )
        .is(200)
        .id();
    assert_eq!(ask("canonicalExternalContactId", &merged), 2);
    assert_eq!(ask("externalContactId", &merged), 0);
    assert_eq!(ask("externalContactId", &ada), 1);

    let joined = |join: &str, wanted: &[(&str, &str)]| {
        let predicates = wanted.iter().map(|(dimension, value)| {
            json!({"dimension": dimension, "operator": "matches", "value": value})
        });
        let filter = json!({"type": join, "predicates": predicates.collect::<Vec<_>>()});
        let body = json!({"interval": "2026-11-23T00:00:00Z/2026-11-24T00:00:00Z", "segmentFilters": [filter]});
        let path = "/api/v2/analytics/conversations/details/query";
        let found = admin.post(path, body).is(200).json();
        found["totalHits"].as_u64().unwrap()
    };
    assert_eq!(joined("and", &[("queueId", "q1"), ("userId", "u1")]), 1);
    assert_eq!(
        joined("and", &[("mediaType", "voice"), ("userId", "u2")]),
        1
    );
    assert_eq!(
        joined("and", &[("externalContactId", &ada), ("userId", "u2")]),
        0
    );
    assert_eq!(joined("or", &[("userId", "u1"), ("userId", "u2")]), 2);
    assert_eq!(joined("or", &[("userId", "u1"), ("mediaType", "voice")]), 2);
    assert_eq!(
        joined("or", &[("externalContactId", &ada), ("userId", "u2")]),
        2
    );

    let refuse = |body: Value| {
        admin
            .post("/api/v2/analytics/conversations/details/query", body)
            .status
    };
    assert_eq!(refuse(json!({})), 400);
    assert_eq!(refuse(json!({"interval": "2026-11-23T00:00:00Z"})), 400);
    assert_eq!(
        refuse(json!({"interval": "2026-11-24T00:00:00Z/2026-11-23T00:00:00Z"})),
        400
    );
    assert_eq!(
        refuse(json!({"interval": "2026-01-01T00:00:00Z/2026-11-23T00:00:00Z"})),
        400
    );
    let odd =
        json!({"type": "and", "predicates": [{"dimension": "sipResponseCode", "value": "200"}]});
    let interval = "2026-11-23T00:00:00Z/2026-11-24T00:00:00Z";
    assert_eq!(
        refuse(json!({"interval": interval, "segmentFilters": [odd]})),
        400
    );
}

#[test]
fn an_agent_sees_the_own_conversations_and_wraps_one_up() {
    let place = Place::new();
    let admin = place.as_role("admin");
    place.fill();
    let names: Value = serde_json::from_str(include_str!("../../data/org/names.json")).unwrap();
    let (user, name) = names["users"].as_object().unwrap().iter().next().unwrap();
    let name = name.as_str().or(name["name"].as_str()).unwrap();
    let (code, _) = names["wrapupCodes"]
        .as_object()
        .unwrap()
        .iter()
        .next()
        .unwrap();
    ingest(&admin, &[call(NOBODY, "+353861234567", user)]);
    let account = place.account(AccountKind::User, name, "agent");
    let caller = Caller {
        place: &place,
        token: Some(place.grant(&account)),
    };
    let me = caller
        .get("/api/v2/users/me?expand=authorization,token")
        .is(200)
        .json();
    assert_eq!(
        (me["id"].as_str(), me["name"].as_str()),
        (Some(user.as_str()), Some(name))
    );
    let rights = me["authorization"]["permissions"].as_array().unwrap();
    assert!(rights.contains(&json!("externalContacts:contact:view")));
    let mine = caller.get("/api/v2/conversations").is(200).json();
    let ids: Vec<&str> = mine["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert!(ids.contains(&NOBODY), "{ids:?}");

    let at = format!("/api/v2/conversations/{NOBODY}/participants/p2");
    caller.get(&format!("{at}/wrapup")).is(404);
    assert!(
        !caller
            .get(&format!("{at}/wrapupcodes"))
            .is(200)
            .json()
            .as_array()
            .unwrap()
            .is_empty()
    );
    caller
        .patch(&at, json!({"wrapup": {"code": "nonsense"}}))
        .is(400);
    caller.patch(&at, json!({"state": "disconnected"})).is(400);
    caller
        .patch(
            &at,
            json!({"wrapup": {"code": code, "notes": "Sent the form"}}),
        )
        .is(202);
    assert_eq!(
        caller.get(&format!("{at}/wrapup")).is(200).json()["notes"],
        "Sent the form"
    );
    let communication =
        format!("/api/v2/conversations/calls/{NOBODY}/participants/p2/communications/s2/wrapup");
    caller
        .post(
            &communication,
            json!({"code": code, "notes": "Sent it again"}),
        )
        .is(202);
    caller
        .post(&communication.replace("s2", "s9"), json!({"code": code}))
        .is(404);
    assert_eq!(
        caller.get(&format!("{at}/wrapup")).is(200).json()["notes"],
        "Sent it again"
    );
    caller
        .get(&format!("{}/wrapup", at.replace("p2", "p9")))
        .is(404);

    let queues = caller
        .get("/api/v2/routing/queues?pageSize=3")
        .is(200)
        .json();
    let queue = queues["entities"][0]["id"].as_str().unwrap();
    caller
        .get(&format!("/api/v2/routing/queues/{queue}"))
        .is(200);
    caller
        .get(&format!("/api/v2/routing/queues/{queue}/wrapupcodes"))
        .is(200);
    caller.get("/api/v2/routing/queues/nonsense").is(404);
    caller
        .get(&format!("/api/v2/routing/wrapupcodes/{code}"))
        .is(200);
    assert_eq!(
        caller
            .get("/api/v2/authorization/subjects/me")
            .is(200)
            .json()["name"],
        name
    );
    let users = caller
        .get(&format!("/api/v2/users?id={user}"))
        .is(200)
        .json();
    assert_eq!(users["entities"][0]["name"].as_str(), Some(name));
    assert_eq!(
        caller.get(&format!("/api/v2/users/{user}")).is(200).id(),
        *user
    );
    caller.get("/api/v2/users/nonsense").is(404);
    caller.get("/api/v2/authorization/divisions").is(200);
    caller.get("/api/v2/authorization/divisions/home").is(200);
}

#[test]
fn a_client_has_no_user() {
    let place = Place::new();
    let account = place.account(AccountKind::Client, "billing", "admin");
    let caller = Caller {
        place: &place,
        token: Some(place.grant(&account)),
    };
    caller.get("/api/v2/users/me").is(403);
    caller.get("/api/v2/conversations").is(403);
    let token = caller.get("/api/v2/tokens/me").is(200).json();
    assert_eq!(
        token["OAuthClient"]["authorizedGrantType"],
        "CLIENT-CREDENTIALS"
    );
    assert_eq!(token["OAuthClient"]["name"], "billing");
    caller.get("/api/v2/authorization/subjects/me").is(200);
}

#[test]
fn decisions_are_told_explained_and_taken_back() {
    let place = Place::new();
    let admin = place.as_role("admin");
    ingest(&admin, &[call(NOBODY, "+353861234567", "u1")]);
    let caller = place.as_role("agent");
    let contact = linked(&caller, NOBODY);
    let ada = caller
        .post(CONTACTS, json!({"firstName": "Ada", "lastName": "Byrne"}))
        .is(200)
        .id();
    let path = format!("/api/v2/externalcontacts/conversations/{NOBODY}");
    caller.put(&path, association(NOBODY, Some(&ada))).is(202);

    let why = caller
        .get(&format!("/api/scv/v1/conversations/{NOBODY}/why"))
        .is(200)
        .json();
    assert_eq!(why["contactId"], ada);
    assert!(!why["sentences"].as_array().unwrap().is_empty());
    let not = caller.get(&format!(
        "/api/scv/v1/conversations/{NOBODY}/why-not/{contact}"
    ));
    not.is(200);
    assert_eq!(
        caller
            .get(&format!("/api/scv/v1/contacts/{ada}/why"))
            .is(200)
            .json()["contactId"],
        ada
    );

    let history = caller.get("/api/scv/v1/history").is(200).json();
    assert_eq!(history["ownOnly"], true, "an agent sees the own entries");
    let link = &history["entries"][0];
    assert_eq!(link["action"], "link");
    let undone = caller
        .post("/api/scv/v1/undo", json!({"entry": link["entry"]}))
        .is(200)
        .json();
    assert_eq!(undone["action"], "undo");
    assert_eq!(linked(&caller, NOBODY), contact, "the first link is back");
    assert_eq!(
        caller
            .post("/api/scv/v1/undo", json!({"entry": link["entry"]}))
            .is(409)
            .code(),
        "conflict"
    );
    caller
        .post("/api/scv/v1/undo", json!({"entry": 4096}))
        .is(404);
    caller
        .post("/api/scv/v1/undo", json!({"entry": "x"}))
        .is(400);
    let others = place
        .as_role("supervisor")
        .get("/api/scv/v1/history?limit=1")
        .is(200)
        .json();
    assert_eq!(
        (&others["more"], &others["ownOnly"]),
        (&json!(true), &json!(false))
    );

    let mark = |shared: bool| {
        let identifier = json!({"type": "Phone", "value": "+353861234567"});
        caller.post(
            "/api/scv/v1/shared",
            json!({"identifier": identifier, "shared": shared}),
        )
    };
    mark(true).is(200);
    assert_eq!(
        caller.get("/api/scv/v1/shared").is(200).json()["entities"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    mark(true).is(409);
    mark(false).is(200);
    caller
        .post(
            "/api/scv/v1/not-same",
            json!({"contactIds": [contact, ada]}),
        )
        .is(200);
    caller
        .post("/api/scv/v1/not-same", json!({"contactIds": [contact]}))
        .is(400);
    let head = admin.get("/api/scv/v1/audit/head").is(200).json();
    assert!(head["entry"].as_u64().is_some_and(|entry| 0 < entry));
}

#[test]
fn organizations_are_listed_with_their_people() {
    let place = Place::new();
    let row = "First Name,Last Name,Company\nAda,Byrne,Acme\nBea,Byrne,Acme\nCea,Byrne,Zeta\n";
    let rows = scv_desk::wire::csv::Rows::open(row.as_bytes(), Default::default()).unwrap();
    for row in rows {
        let row = row.unwrap().read.unwrap();
        place.run(
            "admin",
            scv_desk::domain::command::Command::Import(Box::new(row)),
        );
    }
    let caller = place.as_role("agent");
    let organizations = "/api/v2/externalcontacts/organizations";
    let listed = caller.get(organizations).is(200).json();
    assert_eq!(
        (&listed["total"], &listed["entities"][0]["name"]),
        (&json!(2), &json!("Acme"))
    );
    assert_eq!(
        caller.get(&format!("{organizations}?q=zet")).is(200).json()["total"],
        1
    );
    let id = listed["entities"][0]["id"].as_str().unwrap();
    assert_eq!(
        caller.get(&format!("{organizations}/{id}")).is(200).json()["name"],
        "Acme"
    );
    assert_eq!(
        caller
            .get(&format!("{organizations}/{id}/contacts"))
            .is(200)
            .json()["total"],
        2
    );
    caller.get(&format!("{organizations}/{NOBODY}")).is(404);
    let scanned = caller
        .get("/api/v2/externalcontacts/scan/organizations")
        .is(200)
        .json();
    assert_eq!(scanned["entities"].as_array().unwrap().len(), 2);
    let body = json!({"firstName": "Dea", "externalOrganization": {"name": "Acme"}});
    assert_eq!(
        caller.post(CONTACTS, body).is(200).json()["externalOrganization"]["id"],
        id
    );
    let unknown = json!({"firstName": "Dea", "externalOrganization": {"name": "Nix"}});
    caller.post(CONTACTS, unknown).is(400);
}

#[test]
fn a_merge_is_taken_apart_and_the_past_is_read() {
    let place = Place::new();
    let admin = place.as_role("admin");
    ingest(&admin, &[call(NOBODY, "+353861234567", "u1")]);
    let caller = place.as_role("agent-merge");
    let contact = linked(&caller, NOBODY);
    let ada = json!({"firstName": "Ada", "lastName": "Byrne"});
    let ada = caller.post(CONTACTS, ada).is(200).id();
    place.wait_ms(60_000);
    let body = json!({"contactIds": [ada, contact]});
    let merged = caller.post(&format!("{CONTACTS}/merge"), body).is(200).id();
    place.wait_ms(60_000);
    let note = json!({"noteText": "Call after six"});
    caller
        .post(&format!("{CONTACTS}/{merged}/notes"), note)
        .is(200);

    let history = caller.get("/api/scv/v1/history").is(200).json();
    let entries = history["entries"].as_array().unwrap().iter();
    let entry = entries
        .clone()
        .find(|one| one["action"] == "merge")
        .unwrap()["entry"]
        .clone();
    let path = format!("/api/scv/v1/entries/{entry}/unmerge");
    let preview = caller.get(&path).is(200).json();
    assert_eq!(preview["sides"].as_array().unwrap().len(), 2);
    let item = preview["items"][0]["item"].as_str().unwrap();
    caller
        .post(&path, json!({"sides": {"nonsense": ada}}))
        .is(400);
    place.as_role("agent").post(&path, json!({})).is(403);
    let done = caller
        .post(&path, json!({"sides": {item: contact}}))
        .is(200)
        .json();
    assert_eq!(done["action"], "unmerge");
    assert_eq!(caller.get(&format!("{CONTACTS}/{ada}")).is(200).id(), ada);
    let notes = caller
        .get(&format!("{CONTACTS}/{contact}/notes"))
        .is(200)
        .json();
    assert_eq!(notes["total"], 1, "the note went where somebody said");

    let as_of = format!("/api/scv/v1/contacts/{ada}/as-of");
    let then = caller
        .get(&format!("{as_of}?at=2026-11-23T12:01:30Z"))
        .is(200)
        .json();
    assert_eq!(then["contact"]["id"], merged, "then they were one person");
    caller.get(&as_of).is(400);
    caller
        .get(&format!("{as_of}?at=2026-11-23T11:00:00Z"))
        .is(404);
}
