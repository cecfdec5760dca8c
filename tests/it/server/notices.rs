//! Notifications: who hears of what, over which channel, and for how long.

use std::time::{Duration, Instant};

use scv_desk::domain::command::Command;
use scv_desk::domain::{Permission, Role};
use scv_desk::store::account::AccountKind;
use scv_desk::wire;
use serde_json::{Value, json};

use super::journeys::{call, ingest, linked};
use super::place::{Caller, Place};
use super::shape::conforms;
use super::socket::{CHANNELS, dial, open, subscribe};

const CONTACTS: &str = "/api/v2/externalcontacts/contacts";
const ONE: &str = "11111111-0000-4000-8000-000000000001";
const TWO: &str = "11111111-0000-4000-8000-000000000002";
const LINDSAY: &str = "aaa3e7bb-b955-4a80-b3b8-284c703923f1";

fn add(caller: &Caller, first: &str) -> String {
    let body = json!({"firstName": first, "lastName": "Byrne"});
    caller.post(CONTACTS, body).is(200).id()
}

fn topic(contact: &str) -> String {
    format!("v2.externalcontacts.contacts.{contact}")
}

fn sessions(contact: &str) -> String {
    format!("{}.journey.sessions", topic(contact))
}

fn rename(caller: &Caller, contact: &str, first: &str) {
    let change = json!({"changes": [{"field": "$.firstName", "value": first, "action": "Update"}]});
    caller
        .patch(&format!("{CONTACTS}/{contact}"), change)
        .is(200);
}

fn a_call(text: Value) -> Command {
    let text = text.to_string();
    let mut items = wire::ingest::Reader::new(std::io::Cursor::new(text.into_bytes()));
    match items.next().unwrap().unwrap() {
        wire::ingest::Item::Conversation(one) => Command::Resolve(one),
        wire::ingest::Item::Visit(one) => Command::ResolveVisit(one),
        wire::ingest::Item::Message(one) => Command::TakeMessage(one),
    }
}

#[test]
fn two_subscribers_see_each_others_changes_within_a_second() {
    let place = Place::new();
    let (ada, ben) = (place.as_role("admin"), place.as_role("admin"));
    let contact = add(&ada, "Efa");
    let mut of_ada = open(&ada, &[topic(&contact)]);
    let mut of_ben = open(&ben, &[topic(&contact)]);
    let mut fastest = Duration::MAX;
    for (caller, first) in [(&ada, "Eva"), (&ben, "Eve"), (&ada, "Evi")] {
        let begun = Instant::now();
        rename(caller, &contact, first);
        for channel in [&mut of_ada, &mut of_ben] {
            let body = channel.hear(&topic(&contact));
            conforms("ExternalContactsContactChangedTopicContact", &body).unwrap();
            assert_eq!(body["firstName"], first);
            assert_eq!(body["id"], contact.as_str());
        }
        fastest = fastest.min(begun.elapsed());
    }
    assert!(fastest < Duration::from_secs(1), "{fastest:?}");
}

#[test]
fn a_merge_is_told_to_who_follows_any_of_them() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let (one, other) = (add(&caller, "Efa"), add(&caller, "Eva"));
    let conversation = call(ONE, "+353861234567", "u1");
    ingest(&caller, &[conversation]);
    let auto = linked(&caller, ONE);
    let raw = format!("{}.unresolved", topic(&auto));
    let topics = [topic(&auto), raw.clone(), topic(&one), topic(&other)];
    let mut channel = open(&caller, &topics);
    let merged = caller
        .post(
            &format!("{CONTACTS}/merge"),
            json!({"contactIds": [one, auto]}),
        )
        .is(200)
        .id();
    for followed in [&auto, &one] {
        let body = channel.hear(&topic(followed));
        assert_eq!(body["id"], merged.as_str());
        assert_eq!(body["canonicalContactId"], merged.as_str());
        let set = body["mergeSet"].as_array().unwrap();
        assert!(
            set.contains(&json!(one)) && set.contains(&json!(auto)),
            "{body}"
        );
        assert_eq!(body["mergedFrom"].as_array().unwrap().len(), 2);
    }
    let body = channel.hear(&raw);
    conforms(
        "ExternalContactsUnresolvedContactChangedTopicContact",
        &body,
    )
    .unwrap();
    assert_eq!(body["id"], auto.as_str());
    assert_eq!(body["mergedTo"], merged.as_str());
    // Who follows an ancestor goes on hearing of the person.
    rename(&caller, &merged, "Aoife");
    let body = channel.hear_one(&topic(&auto), |body| body["firstName"] == "Aoife");
    assert_eq!(body["id"], merged.as_str());
    let strangers = channel.flush();
    let strangers = strangers
        .iter()
        .filter(|event| event["topicName"] == topic(&other));
    assert_eq!(strangers.count(), 0);
}

#[test]
fn a_contact_that_goes_is_told_by_its_id() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let contact = add(&caller, "Efa");
    let mut channel = open(&caller, &[topic(&contact)]);
    caller.delete(&format!("{CONTACTS}/{contact}")).is(200);
    assert_eq!(channel.hear(&topic(&contact)), json!({"id": contact}));
}

#[test]
fn a_link_is_told_to_both_journeys() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let efa = add(&caller, "Efa");
    ingest(&caller, &[call(ONE, "+353861234567", "u1")]);
    let auto = linked(&caller, ONE);
    let mut channel = open(&caller, &[sessions(&efa), sessions(&auto)]);
    let body = json!({"conversationId": ONE, "communicationId": "s1", "mediaType": "CALL",
        "externalContactId": efa});
    let path = format!("/api/v2/externalcontacts/conversations/{ONE}");
    caller.put(&path, body).is(202);
    for followed in [&efa, &auto] {
        let body = channel.hear(&sessions(followed));
        conforms("JourneySessionEventsNotificationSessionEvent", &body).unwrap();
        assert_eq!(body["id"], ONE);
        assert_eq!(body["externalContact"]["id"], efa.as_str());
    }
}

#[test]
fn a_visit_and_a_call_are_told_as_they_go_on() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let number = "+353861234567";
    let made = caller.post(
        CONTACTS,
        json!({"firstName": "Efa", "cellPhone": {"display": number}}),
    );
    let efa = made.is(200).id();
    let mut channel = open(&caller, &[sessions(&efa)]);
    ingest(&caller, &[call(ONE, number, "u1")]);
    let body = channel.hear(&sessions(&efa));
    assert_eq!(
        (&body["id"], &body["type"]),
        (&json!(ONE), &json!("conversation"))
    );
    // The same call again, ended: no decision, so that the journal has nothing.
    let mut ended = call(ONE, number, "u1");
    ended["conversationEnd"] = "2026-11-23T11:58:00Z".into();
    ingest(&caller, &[ended]);
    let body = channel.hear(&sessions(&efa));
    assert_eq!(body["endedDate"], "2026-11-23T11:58:00.000Z", "{body}");
}

#[test]
fn a_visit_is_told_page_by_page() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let visit = |id: &str, pages: usize| {
        let events = (0..pages).map(|at| {
            json!({
                "eventType": "com.genesys.journey.WebEvent", "id": format!("e{at}"),
                "createdDate": format!("2026-11-23T11:5{at}:00Z"),
                "webEvent": {"eventName": "page_viewed", "page": {"url": "https://shop.example/", "title": "x"}},
            })
        });
        json!({"id": id, "type": "web", "customerId": "c-1", "customerIdType": "cookie",
            "createdDate": "2026-11-23T11:50:00Z", "events": events.collect::<Vec<_>>()})
    };
    ingest(&caller, &[visit(ONE, 1)]);
    let shown = caller
        .get(&format!("/api/v2/journey/sessions/{ONE}"))
        .is(200)
        .json();
    let visitor = shown["externalContact"]["id"].as_str().unwrap().to_owned();
    let mut channel = open(&caller, &[sessions(&visitor)]);
    channel.flush();
    ingest(&caller, &[visit(ONE, 2)]);
    let body = channel.hear(&sessions(&visitor));
    conforms("JourneySessionEventsNotificationSessionEvent", &body).unwrap();
    assert_eq!((&body["id"], &body["eventCount"]), (&json!(ONE), &json!(2)));
    // The same cookie once more.
    ingest(&caller, &[visit(TWO, 1)]);
    channel.hear_one(&sessions(&visitor), |body| body["id"] == TWO);
}

#[test]
fn a_user_hears_of_the_own_conversations() {
    let place = Place::new();
    place.fill();
    let switch = place.as_role("admin");
    let account = place.account(AccountKind::User, "Lindsay Keady-Miskell", "agent");
    let lindsay = Caller {
        place: &place,
        token: Some(place.grant(&account)),
    };
    let own = format!("v2.users.{LINDSAY}.conversations");
    let mut channel = open(&lindsay, std::slice::from_ref(&own));
    ingest(
        &switch,
        &[
            call(ONE, "+353861234567", LINDSAY),
            call(TWO, "+353861234568", "u2"),
        ],
    );
    let body = channel.hear(&own);
    conforms("ConversationEventTopicConversation", &body).unwrap();
    assert_eq!(body["id"], ONE);
    let customer = &body["participants"][0];
    assert_eq!(customer["externalContactId"], linked(&switch, ONE).as_str());
    // The end takes no decision.
    let mut ended = call(ONE, "+353861234567", LINDSAY);
    ended["conversationEnd"] = "2026-11-23T11:58:00Z".into();
    ingest(&switch, &[ended]);
    let body = channel.hear(&own);
    assert_eq!(
        body["participants"][1]["calls"][0]["state"], "disconnected",
        "{body}"
    );
    let others = channel.flush();
    assert!(
        others.iter().all(|event| event["eventBody"]["id"] != TWO),
        "{others:?}"
    );
}

#[test]
fn what_another_program_writes_is_told() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let efa = add(&caller, "Efa");
    let id = efa.parse().unwrap();
    let own = format!("v2.users.{LINDSAY}.conversations");
    let mut channel = open(&caller, &[topic(&efa), own.clone()]);
    // `run` has a backend of its own, whose bus the server does not hear.
    place.run(
        "admin",
        Command::AddNote {
            contact: id,
            text: "Prefers mornings".to_owned(),
        },
    );
    assert_eq!(channel.hear(&topic(&efa))["id"], efa.as_str());
    place.run("admin", a_call(call(ONE, "+353861234567", LINDSAY)));
    assert_eq!(channel.hear(&own)["id"], ONE);
    let mut ended = call(ONE, "+353861234567", LINDSAY);
    ended["conversationEnd"] = "2026-11-23T11:58:00Z".into();
    place.run("admin", a_call(ended));
    let is_over = |body: &Value| body["participants"][1]["calls"][0]["state"] == "disconnected";
    channel.hear_one(&own, is_over);
}

#[test]
fn a_note_is_told_when_it_changes_and_when_it_goes() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let efa = add(&caller, "Efa");
    let notes = format!("{CONTACTS}/{efa}/notes");
    let note = caller
        .post(&notes, json!({"noteText": "Prefers mornings"}))
        .is(200)
        .id();
    let followed = format!("{}.notes.{note}", topic(&efa));
    let mut channel = open(&caller, std::slice::from_ref(&followed));
    caller
        .put(
            &format!("{notes}/{note}"),
            json!({"noteText": "Prefers evenings"}),
        )
        .is(200);
    let body = channel.hear(&followed);
    conforms("ExternalContactsContactNoteChangedTopicNote", &body).unwrap();
    assert_eq!(
        (&body["noteText"], &body["entityType"]),
        (&json!("Prefers evenings"), &json!("Contact"))
    );
    caller.delete(&format!("{notes}/{note}")).is(200);
    assert_eq!(channel.hear(&followed), json!({"id": note}));
}

#[test]
fn a_topic_needs_its_right_and_says_which() {
    let place = Place::with(|options| {
        options.roles = vec![Role::new("reader", [Permission::ContactView])];
    });
    let reader = place.as_role("reader");
    let id = reader.post(CHANNELS, json!({})).is(200).id();
    let path = format!("{CHANNELS}/{id}/subscriptions");
    let topics = json!([{"id": topic(ONE)}, {"id": sessions(ONE)}, {"id": "v2.nonsense"},
        {"id": format!("v2.users.{LINDSAY}.conversations")}, {"id": "v2.routing.queues.1.users"},
        {"id": topic("nonsense")}]);
    let one = |at: usize| json!([topics[at]]);
    assert_eq!(
        reader.post(&path, one(1)).is(403).code(),
        "missing.any.permissions"
    );
    assert_eq!(
        reader.post(&path, one(3)).is(403).code(),
        "missing.any.permissions"
    );
    for at in [2, 4, 5] {
        assert_eq!(
            reader.post(&path, one(at)).is(400).code(),
            "notification.invalid.topic"
        );
    }
    assert_eq!(reader.post(&path, topics.clone()).is(403).status, 403);
    assert_eq!(
        reader.get(&path).is(200).json()["entities"],
        json!([]),
        "nothing was taken of it"
    );
    let taken = reader
        .post(&format!("{path}?ignoreErrors=true"), topics)
        .is(200)
        .json();
    let states: Vec<&str> = taken["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["state"].as_str().unwrap())
        .collect();
    assert_eq!(
        states,
        [
            "Permitted",
            "Rejected",
            "Rejected",
            "Rejected",
            "Rejected",
            "Rejected"
        ]
    );
    assert_eq!(
        taken["entities"][1]["missingPermissions"],
        json!(["externalContacts:session:view"])
    );
    assert!(
        taken["entities"][2]["rejectionReason"]
            .as_str()
            .unwrap()
            .contains("availabletopics")
    );
    let kept = reader.get(&path).is(200).json();
    assert_eq!(
        kept["entities"],
        json!([{"id": topic(ONE), "state": "Permitted"}])
    );
    // Whoever sees all conversations may follow those of anybody; an agent may not.
    let other = json!([{"id": format!("v2.users.{LINDSAY}.conversations")}]);
    for (role, status) in [("agent", 403), ("supervisor", 200)] {
        let caller = place.as_role(role);
        let id = caller.post(CHANNELS, json!({})).is(200).id();
        caller
            .post(&format!("{CHANNELS}/{id}/subscriptions"), other.clone())
            .is(status);
    }
}

#[test]
fn topics_are_listed_with_what_they_need() {
    let place = Place::new();
    let caller = place.as_role("agent");
    let path = "/api/v2/notifications/availabletopics";
    let plain = caller.get(path).is(200).json();
    assert_eq!(
        plain["entities"][0],
        json!({"id": "v2.externalcontacts.contacts.{id}"})
    );
    let expand =
        "?expand=description,requiresPermissions,schema,permissionDetails,transports,visibility";
    let told = caller.get(&format!("{path}{expand}")).is(200).json();
    let first = &told["entities"][0];
    assert_eq!(
        first["requiresPermissions"],
        json!(["externalContacts:contact:view"])
    );
    assert!(first["schema"]["properties"]["canonicalContactId"].is_object());
    caller.get(&format!("{path}?expand=nonsense")).is(400);
}

#[test]
fn subscriptions_are_added_replaced_and_taken_away() {
    let place = Place::new();
    let caller = place.as_role("agent");
    let id = caller.post(CHANNELS, json!({})).is(200).id();
    let path = format!("{CHANNELS}/{id}/subscriptions");
    let ids = || {
        let shown = caller.get(&path).is(200).json();
        let all = shown["entities"].as_array().unwrap().iter();
        all.map(|one| one["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    subscribe(&caller, &id, &[topic(ONE)]);
    subscribe(&caller, &id, &[topic(TWO), "channel.metadata".to_owned()]);
    assert_eq!(
        ids(),
        ["channel.metadata".to_owned(), topic(ONE), topic(TWO)]
    );
    caller.put(&path, json!([{"id": topic(TWO)}])).is(200);
    assert_eq!(ids(), [topic(TWO)]);
    caller.delete(&path).is(204);
    assert_eq!(ids(), [""; 0]);
    let many = |from: usize, to: usize| {
        let all =
            (from..to).map(|at| json!({"id": topic(&format!("11111111-0000-4000-8000-{at:012}"))}));
        Value::Array(all.collect())
    };
    caller.post(&path, many(0, 600)).is(200);
    caller.post(&path, many(600, 1001)).is(400);
    caller.post(&path, many(600, 1000)).is(200);
    assert_eq!(ids().len(), 1000);
    caller.post(&path, json!({"id": topic(ONE)})).is(400);
    caller.post(&path, json!([{"name": "x"}])).is(400);
}

#[test]
fn a_channel_is_its_owners_alone_and_lives_a_day() {
    let place = Place::new();
    // Tokens live as long as channels: this one is granted later.
    let account = place.account(AccountKind::User, "Niamh", "agent");
    let grant = || Caller {
        place: &place,
        token: Some(place.grant(&account)),
    };
    let (caller, other) = (grant(), place.as_role("admin"));
    let made = caller.post(CHANNELS, json!({})).is(200).json();
    let id = made["id"].as_str().unwrap();
    assert!(40 < id.len(), "nobody guesses it");
    assert_eq!(made["expires"], "2026-11-24T12:00:00.000Z");
    assert_eq!(
        made["connectUri"],
        format!("ws://{}/channels/{id}", place.address)
    );
    let one = format!("{CHANNELS}/{id}");
    caller.ask("HEAD", &one, None).is(200);
    other.ask("HEAD", &one, None).is(404);
    for method in ["GET", "DELETE"] {
        other
            .ask(method, &format!("{one}/subscriptions"), None)
            .is(404);
    }
    other
        .post(&format!("{one}/subscriptions"), json!([{"id": topic(ONE)}]))
        .is(404);
    assert_eq!(caller.get(CHANNELS).is(200).json()["entities"][0]["id"], id);
    assert_eq!(other.get(CHANNELS).is(200).json()["entities"], json!([]));
    // Of another token of the same user it is seen where the app as a whole is asked for.
    place.wait_ms(20 * 3_600_000);
    let caller = grant();
    assert_eq!(caller.get(CHANNELS).is(200).json()["entities"], json!([]));
    let all = format!("{CHANNELS}?includechannels=oauthclient");
    assert_eq!(caller.get(&all).is(200).json()["entities"][0]["id"], id);
    subscribe(&caller, id, &[topic(ONE)]);
    place.wait_ms(20 * 3_600_000);
    let caller = grant();
    caller.ask("HEAD", &one, None).is(200);
    place.wait_ms(5 * 3_600_000);
    caller.ask("HEAD", &one, None).is(404);
    let uri = made["connectUri"].as_str().unwrap();
    assert_eq!(dial(&place, uri).err(), Some(404));
}

#[test]
fn the_twenty_first_channel_takes_the_place_of_the_least_used() {
    let place = Place::new();
    let caller = place.as_role("agent");
    let mut connected = open(&caller, &[]);
    let made: Vec<String> = (0..19)
        .map(|_| caller.post(CHANNELS, json!({})).is(200).id())
        .collect();
    let lives = |id: &str| caller.ask("HEAD", &format!("{CHANNELS}/{id}"), None).status;
    subscribe(&caller, &made[0], &[topic(ONE)]);
    caller.post(CHANNELS, json!({})).is(200);
    // The connected one is older, and the first of the others was used since.
    assert_eq!(
        [
            lives(&connected.id),
            lives(&made[0]),
            lives(&made[1]),
            lives(&made[2])
        ],
        [200, 200, 404, 200]
    );
    connected.flush();
    // Another's channels are not counted with them.
    place.as_role("agent").post(CHANNELS, json!({})).is(200);
    assert_eq!(lives(&made[2]), 200);
}

#[test]
fn a_socket_answers_pings_and_is_one_for_its_channel() {
    let place = Place::new();
    let caller = place.as_role("agent");
    let mut channel = open(&caller, &[topic(ONE)]);
    assert_eq!(channel.flush(), Vec::<Value>::new());
    channel.say("nonsense");
    channel.say("{\"message\": 7}");
    assert_eq!(channel.flush(), Vec::<Value>::new());
    let counted = || place.as_nobody().get("/metrics").is(200).text;
    assert!(counted().contains("\nscv_sockets 1\n"), "{}", counted());
    let uri = format!("ws://{}/channels/{}", place.address, channel.id);
    let _second = dial(&place, &uri).unwrap();
    assert_eq!(channel.closed(), (Vec::new(), 4000));
}

#[test]
fn a_socket_needs_the_secret_the_host_and_a_handshake() {
    let place = Place::new();
    let caller = place.as_role("agent");
    let id = caller.post(CHANNELS, json!({})).is(200).id();
    let at = |id: &str| format!("ws://{}/channels/{id}", place.address);
    assert_eq!(dial(&place, &at("nonsense")).err(), Some(404));
    assert_eq!(
        dial(&place, &format!("ws://evil.example/channels/{id}")).err(),
        Some(421)
    );
    let plain = place.as_nobody().get(&format!("/channels/{id}"));
    assert_eq!(plain.is(426).code(), "upgrade.required");
    let mut channel = open(&caller, &[]);
    channel.say(&"x".repeat(5000));
    assert_eq!(channel.gone(), None, "what is too long ends the socket");
    caller
        .ask("HEAD", &format!("{CHANNELS}/{}", channel.id), None)
        .is(200);
}

#[test]
fn a_channel_ends_with_the_token_that_it_was_subscribed_with() {
    let place = Place::new();
    let (ada, ben) = (place.as_role("admin"), place.as_role("admin"));
    let contact = add(&ada, "Efa");
    let mut channel = open(&ben, &[topic(&contact)]);
    ben.delete("/api/v2/tokens/me").is(200);
    rename(&ada, &contact, "Eva");
    let (came, code) = channel.closed();
    assert_eq!(code, 4003);
    assert!(
        came[0]["topicName"]
            .as_str()
            .unwrap()
            .starts_with("v2.system.token_revoked"),
        "{came:?}"
    );
    assert_eq!(came.len(), 1, "nothing was told after that: {came:?}");
}

#[test]
fn a_slow_reader_holds_nobody_up() {
    let place = Place::new();
    let (ada, ben) = (place.as_role("admin"), place.as_role("admin"));
    let contact = add(&ada, "Efa");
    // The same contact under many spellings of its id: one change is a thousand events.
    let spelled = (0..900_u32).map(|mask| {
        let letters = contact
            .chars()
            .enumerate()
            .map(|(at, letter)| match mask >> (at % 10) & 1 {
                1 => letter.to_ascii_uppercase(),
                _ => letter,
            });
        format!(
            "v2.externalcontacts.contacts.{}",
            letters.collect::<String>()
        )
    });
    let spelled: std::collections::BTreeSet<String> = spelled.collect();
    let _slow = open(&ben, &spelled.into_iter().collect::<Vec<_>>());
    let mut channel = open(&ada, &[topic(&contact)]);
    for count in 0..40 {
        let first = format!("Efa {count} {}", "x".repeat(900));
        rename(&ada, &contact, &first);
        channel.hear_one(&topic(&contact), |body| body["firstName"] == first.as_str());
    }
}

#[test]
fn the_end_of_the_server_is_said() {
    let mut place = Place::new();
    let token = place.token("agent");
    let mut channel = {
        let caller = Caller {
            place: &place,
            token: Some(token),
        };
        open(&caller, &[topic(ONE)])
    };
    channel.flush();
    place.end();
    let (came, code) = channel.closed();
    assert_eq!(came[0]["topicName"], "v2.system.socket_closing");
    conforms("SystemMessageSystemMessage", &came[0]["eventBody"]).unwrap();
    assert_eq!(code, 1001);
}

#[test]
fn where_to_connect_is_told_as_the_client_came() {
    let place = Place::with(|options| {
        options.exposure = scv_desk::server::Exposure::BehindProxy;
        options.hosts = vec!["scv.example".to_owned()];
    });
    let token = place.token("agent");
    let made = |more: &str| {
        let head = format!(
            "POST {CHANNELS} HTTP/1.1\r\nHost: scv.example\r\nAuthorization: Bearer {token}\r\n{more}\
            Connection: close\r\nContent-Length: 0\r\n\r\n"
        );
        place.send(head.as_bytes()).is(200).json()["connectUri"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(made("").starts_with("wss://scv.example/channels/"));
    assert!(made("X-Forwarded-Proto: https\r\n").starts_with("wss://"));
    assert!(made("X-Forwarded-Proto: http\r\n").starts_with("ws://"));
}
