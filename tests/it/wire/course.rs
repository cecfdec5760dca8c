//! How a conversation went, out of what the API says of it.

use scv_desk::domain::conversation::{Channel, Part};
use scv_desk::domain::course::{Course, Handover};
use scv_desk::wire::conversation::{course, from_json, from_live, to_json};
use serde_json::{Value, json};

use super::fixture;

const ID: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

fn at(seconds: u32) -> String {
    format!("2026-11-20T10:{:02}:{:02}.000Z", seconds / 60, seconds % 60)
}

fn segment(kind: &str, from: u32, to: u32) -> Value {
    json!({"segmentType": kind, "segmentStart": at(from), "segmentEnd": at(to)})
}

fn with(mut segment: Value, more: Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        segment[name] = value.clone();
    }
    segment
}

fn participant(purpose: &str, name: &str, media: &str, segments: Vec<Value>) -> Value {
    json!({"participantId": format!("{purpose} {name}"), "purpose": purpose, "participantName": name,
        "sessions": [{"sessionId": name, "mediaType": media, "direction": "inbound", "segments": segments}]})
}

fn conversation(participants: Vec<Value>) -> Value {
    json!({"conversationId": ID, "conversationStart": at(0), "conversationEnd": at(600),
        "originatingDirection": "inbound", "participants": participants})
}

fn customer() -> Value {
    participant(
        "customer",
        "Efa Byrne",
        "voice",
        vec![segment("interact", 0, 600)],
    )
}

/// What went on, after it came in and went out again as it was.
fn read(value: Value) -> Course {
    let conversation = from_json(value.clone()).unwrap();
    assert_eq!(to_json(&conversation), value, "nothing of it is lost");
    course(&conversation)
}

fn who(course: &Course) -> Vec<(Part, &str)> {
    course
        .stints
        .iter()
        .map(|one| (one.part, one.who()))
        .collect()
}

#[test]
fn a_call_went_from_a_bot_over_a_queue_to_two_agents() {
    let bot = with(
        participant("botflow", "Menu", "voice", vec![segment("interact", 0, 20)]),
        json!({}),
    );
    let mut bot = bot;
    bot["sessions"][0]["flow"] =
        json!({"flowName": "Menu", "flowType": "DIGITALBOT", "exitReason": "TRANSFER"});
    let queue = with(
        segment("interact", 20, 50),
        json!({"queueId": "q-1", "disconnectType": "transfer"}),
    );
    let first = vec![
        segment("alert", 45, 50),
        segment("interact", 50, 100),
        segment("hold", 100, 140),
        with(
            segment("interact", 140, 200),
            json!({"disconnectType": "consultTransfer"}),
        ),
        segment("wrapup", 200, 230),
    ];
    let second = vec![with(
        segment("interact", 200, 600),
        json!({"disconnectType": "client"}),
    )];
    let course = read(conversation(vec![
        customer(),
        participant("agent", "Olu", "voice", second),
        bot,
        participant("acd", "Billing", "voice", vec![queue]),
        participant("agent", "Niamh", "voice", first),
    ]));
    assert_eq!(
        who(&course),
        [
            (Part::Bot, "Menu"),
            (Part::Queue, "q-1"),
            (Part::Agent, "Niamh"),
            (Part::Agent, "Olu")
        ]
    );
    let niamh = &course.stints[2];
    assert_eq!(
        (niamh.talked_ms, niamh.held_ms, niamh.wrapped_ms),
        (110_000, 40_000, 30_000)
    );
    assert_eq!(niamh.handed, Some(Handover::Consult));
    assert_eq!(
        niamh.end.unwrap().to_string(),
        at(200),
        "without the wrap-up"
    );
    assert_eq!(
        course.stints[1].handed, None,
        "a queue hands on, which is no transfer"
    );
    assert_eq!(course.talked_and_held_ms(), (510_000, 40_000));
    let bot = course.stints[0].bot.as_ref().unwrap();
    assert_eq!(
        (bot.kind.as_deref(), bot.outcome.as_deref()),
        (Some("DIGITALBOT"), Some("TRANSFER"))
    );
    let brief = course.in_brief(Channel::Call, &|ms| format!("{} s", ms / 1000));
    assert_eq!(
        brief,
        [
            "2 agents",
            "transferred after consulting",
            "held 40 s",
            "bot Menu: TRANSFER"
        ]
    );
}

#[test]
fn the_metrics_say_how_long_where_there_are_any() {
    let mut agent = participant("agent", "Niamh", "voice", vec![segment("interact", 0, 600)]);
    agent["sessions"][0]["metrics"] = json!([
        {"name": "tTalk", "value": 100_000, "emitDate": at(100)},
        {"name": "tTalk", "value": 250_000, "emitDate": at(600)},
        {"name": "tTalkComplete", "value": 350_000, "emitDate": at(600)},
        {"name": "tHeld", "value": 5_000, "emitDate": at(300)},
        {"name": "tHeld", "value": 7_000, "emitDate": at(400)},
    ]);
    let course = read(conversation(vec![customer(), agent]));
    assert_eq!(course.talked_and_held_ms(), (350_000, 12_000));
}

#[test]
fn a_conference_and_a_shared_screen_are_told_beside_the_call() {
    let together = with(segment("interact", 300, 600), json!({"conference": true}));
    let mut efa = customer();
    let screen = json!({"sessionId": "s-2", "mediaType": "cobrowse", "direction": "inbound",
        "segments": [segment("sharing", 400, 500)]});
    efa["sessions"].as_array_mut().unwrap().push(screen);
    let course = read(conversation(vec![
        efa,
        participant(
            "agent",
            "Niamh",
            "voice",
            vec![segment("interact", 0, 300), together.clone()],
        ),
        participant("external", "Claire Byrne", "voice", vec![together]),
    ]));
    assert!(course.has_conference());
    let names = [
        (Part::Agent, "Niamh"),
        (Part::Outside, "Claire Byrne"),
        (Part::Outside, "Efa Byrne"),
    ];
    assert_eq!(who(&course), names);
    assert_eq!(course.channels_beside(Channel::Call), [Channel::Cobrowse]);
    assert_eq!(course.stints[2].other, [("sharing".to_owned(), 100_000)]);
}

#[test]
fn a_message_that_nobody_handles_was_sent_and_not_abandoned() {
    let mut efa = participant(
        "customer",
        "Efa",
        "message",
        vec![segment("interact", 0, 600)],
    );
    efa["sessions"][0]["messageType"] = "sms".into();
    efa["sessions"][0]["direction"] = "outbound".into();
    efa["sessions"][0]["deliveryStatus"] = "DeliverySuccess".into();
    let campaign = participant(
        "campaign",
        "Spring",
        "message",
        vec![segment("interact", 0, 1)],
    );
    let mut sms = conversation(vec![efa, campaign]);
    sms["originatingDirection"] = "outbound".into();
    let course = read(sms);
    assert!(course.agentless);
    assert_eq!(course.campaign.as_deref(), Some("Spring"));
    let brief = course.in_brief(Channel::Sms, &|_| String::new());
    assert_eq!(brief, ["campaign Spring", "notification, DeliverySuccess"]);
}

#[test]
fn what_is_not_understood_is_named_as_other() {
    let course = read(fixture("conversation-call.json"));
    assert_eq!(course.other, ["somethingNew"]);
    let fax = participant("fax", "", "hologram", vec![segment("coaching", 5, 15)]);
    let course = read(conversation(vec![customer(), fax]));
    let fax = &course.stints[0];
    assert_eq!(
        (fax.kind(), fax.who(), fax.channel),
        ("other", "fax", Channel::Other)
    );
    let words = fax.in_words(Channel::Call, fax.start, &|ms| format!("{} s", ms / 1000));
    assert_eq!(words, "10 s, other: hologram, other: coaching 10 s");
}

#[test]
fn a_live_conversation_says_who_holds_shares_and_what_else_there_is() {
    let call = json!({"id": "c", "state": "connected", "direction": "inbound", "connectedTime": at(10),
        "held": true, "startHoldTime": at(60),
        "segments": [{"type": "Hold", "startTime": at(20), "endTime": at(30)}]});
    let agent = json!({"id": "a", "purpose": "agent", "userId": "u-1", "name": "Niamh", "calls": [call],
        "cobrowsesessions": [{"id": "b", "state": "connected", "connectedTime": at(40)}],
        "holograms": [{"id": "h", "state": "connected", "connectedTime": at(50)}],
        "mediaRoles": ["full"], "wrapup": {"code": "w-1", "endTime": at(70)}});
    let live = json!({"id": ID, "startTime": at(0), "participants": [agent]});
    let conversation = from_live(&live).unwrap();
    assert_eq!(
        conversation.wrapup().unwrap().1.wrapup_code.as_deref(),
        Some("w-1")
    );
    let course = course(&conversation);
    let media: Vec<(&str, Channel)> = course
        .stints
        .iter()
        .map(|one| (one.media.as_str(), one.channel))
        .collect();
    assert_eq!(
        media,
        [
            ("voice", Channel::Call),
            ("cobrowse", Channel::Cobrowse),
            ("holograms", Channel::Other)
        ]
    );
    assert_eq!(
        course.stints[0].held_ms, 10_000,
        "what goes on is not counted yet"
    );
}
