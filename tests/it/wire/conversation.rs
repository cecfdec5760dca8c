//! `AnalyticsConversation`: what is read, what survives, what comes out.

use scv_desk::domain::conversation::{Channel, Direction, Part};
use scv_desk::domain::{Conversation, Moment};
use scv_desk::wire::Unreadable;
use scv_desk::wire::conversation::{from_json, to_json};
use serde_json::{Value, json};

use super::fixture;

const ID: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

fn read(value: Value) -> Conversation {
    from_json(value).unwrap()
}

/// A conversation with one session of somebody outside.
fn outside(session: Value) -> Value {
    json!({
        "conversationId": ID,
        "conversationStart": "2026-11-20T10:00:00.000Z",
        "originatingDirection": session.get("direction").cloned().unwrap_or("inbound".into()),
        "participants": [{"participantId": "p", "purpose": "customer", "sessions": [session]}],
    })
}

fn addresses(session: Value) -> Vec<String> {
    let mut conversation = read(outside(session));
    conversation.participants.remove(0).legs.remove(0).addresses
}

fn channel(session: Value) -> Channel {
    read(outside(session)).channel
}

#[test]
fn a_call_is_read_into_every_field() {
    let conversation = read(fixture("conversation-call.json"));
    assert_eq!(conversation.id.to_string(), ID);
    assert_eq!(
        conversation.end.unwrap().since_ms(conversation.start),
        330_250
    );
    assert_eq!(conversation.direction, Direction::Inbound);
    assert_eq!(conversation.channel, Channel::Call);
    assert_eq!(conversation.divisions.len(), 1);
    assert_eq!(conversation.provided_name(), Some("Efa Byrne"));
    assert_eq!(conversation.address(), Some("+353861234567"));
    assert_eq!(
        conversation.queue(),
        Some("aef35028-ca85-4229-822e-96f7e6fa2f38")
    );
    let parts: Vec<Part> = conversation
        .participants
        .iter()
        .map(|one| one.part)
        .collect();
    assert_eq!(parts, [Part::Outside, Part::Queue, Part::Agent]);
    let (agent, segment) = conversation.wrapup().unwrap();
    assert_eq!(
        agent.user.as_deref(),
        Some("aaa3e7bb-b955-4a80-b3b8-284c703923f1")
    );
    assert_eq!(segment.wrapup_note.as_deref(), Some("Refund agreed"));
    assert_eq!(
        conversation.rest["somethingNew"],
        json!({"kept": [1, 2.5, null, "x"]})
    );
    assert!(!conversation.rest.contains_key("conversationId"));
    let legs = conversation.participants.iter().flat_map(|one| &one.legs);
    assert_eq!(
        legs.filter(|leg| !leg.addresses.is_empty()).count(),
        1,
        "only the person outside"
    );
}

#[test]
fn what_came_in_goes_out_again() {
    let call = fixture("conversation-call.json");
    assert_eq!(to_json(&read(call.clone())), call);
    let odd = [
        json!({"conversationId": ID, "conversationStart": "2026-11-20T10:00:00Z"}),
        json!({"conversationId": ID, "conversationStart": 1_795_168_800_000_i64, "conversationEnd": null}),
        json!({"conversationId": ID, "conversationEnd": "2026-11-20T10:00:00.000Z", "participants": []}),
        json!({"conversationId": ID.to_uppercase(), "conversationStart": "1795168800", "participants": null}),
        json!({"conversationId": ID, "conversationStart": "2026-11-20T10:00:00.000Z", "divisionIds": [],
            "participants": [null, 7, [], {}, {"sessions": [null, {}, {"segments": [null, {}]}]}]}),
        json!({"conversationId": ID, "conversationStart": "2026-11-20T10:00:00.000Z",
            "participants": {"purpose": "customer"}, "originatingDirection": "INBOUND"}),
        json!({"conversationId": ID, "conversationStart": "2026-11-20T10:00:00.000Z",
            "scv:absent": ["participants"], "scv:was": 1, "scv:scv:x": 2,
            "participants": [{"scv:was": "gotcha", "purpose": 4, "participantName": "  Efa  "}]}),
        outside(
            json!({"mediaType": 7, "direction": "sideways", "authenticated": "yes",
            "journeyCustomerId": 12, "callbackNumbers": "+353861234567", "flow": null}),
        ),
        outside(json!({"mediaType": "callback", "callbackUserName": "Efa", "callbackNumbers": []})),
    ];
    for value in odd {
        assert_eq!(to_json(&read(value.clone())), value);
    }
}

#[test]
fn only_an_id_and_a_time_are_needed() {
    let no_id = from_json(json!({"conversationStart": "2026-11-20T10:00:00.000Z"}));
    assert!(matches!(no_id, Err(Unreadable::NoId { .. })));
    let bad_id = from_json(json!({"conversationId": "x1", "conversationStart": 0}));
    assert_eq!(
        bad_id.unwrap_err().to_string(),
        "conversationId \"x1\" is not a UUID such as 7c9e6679-7425-40de-944b-e07fc1f90ae7"
    );
    let no_time = from_json(json!({"conversationId": ID}));
    assert!(matches!(no_time, Err(Unreadable::NoTime { .. })));
    assert!(matches!(from_json(json!([])), Err(Unreadable::NoObject(_))));
    let by_segment = read(
        json!({"conversationId": ID, "participants": [{"sessions": [{"segments": [
        {"segmentStart": "2026-11-20T10:00:05.000Z"}, {"segmentStart": "2026-11-20T10:00:00.000Z"}]}]}]}),
    );
    assert_eq!(
        by_segment.start,
        "2026-11-20T10:00:00Z".parse::<Moment>().unwrap()
    );
}

#[test]
fn channels_are_told_apart() {
    let message = |kind: &str| channel(json!({"mediaType": "message", "messageType": kind}));
    assert_eq!(channel(json!({"mediaType": "voice"})), Channel::Call);
    assert_eq!(channel(json!({"mediaType": "VOICE"})), Channel::Call);
    assert_eq!(channel(json!({"mediaType": "callback"})), Channel::Callback);
    assert_eq!(channel(json!({"mediaType": "email"})), Channel::Email);
    assert_eq!(channel(json!({"mediaType": "chat"})), Channel::Chat);
    assert_eq!(channel(json!({"mediaType": "cobrowse"})), Channel::Cobrowse);
    assert_eq!(channel(json!({"mediaType": "video"})), Channel::Video);
    assert_eq!(channel(json!({"mediaType": "holography"})), Channel::Other);
    assert_eq!(channel(json!({})), Channel::Other);
    assert_eq!(message("sms"), Channel::Sms);
    assert_eq!(message("WhatsApp"), Channel::Whatsapp);
    assert_eq!(message("facebook"), Channel::Facebook);
    assert_eq!(message("twitter"), Channel::Twitter);
    assert_eq!(message("line"), Channel::Line);
    assert_eq!(message("instagram"), Channel::Instagram);
    assert_eq!(message("apple"), Channel::Apple);
    assert_eq!(message("webmessaging"), Channel::WebMessaging);
    assert_eq!(message("open"), Channel::Open);
    assert_eq!(message("telepathy"), Channel::Other);
    let by_provider = json!({"mediaType": "message", "provider": "PureCloud WebMessaging"});
    assert_eq!(channel(by_provider), Channel::WebMessaging);
}

#[test]
fn legs_that_do_not_say_their_kind_of_message_take_it_from_the_person_outside() {
    let mut value = outside(json!({"mediaType": "message", "messageType": "sms"}));
    let agent = json!({"purpose": "agent", "sessions": [{"mediaType": "message"}]});
    value["participants"]
        .as_array_mut()
        .unwrap()
        .insert(0, agent);
    let conversation = read(value);
    assert_eq!(conversation.participants[0].legs[0].channel, Channel::Sms);
    assert_eq!(conversation.channel, Channel::Sms);
}

#[test]
fn addresses_are_those_of_the_person_outside() {
    let call =
        |ani: &str| addresses(json!({"mediaType": "voice", "direction": "inbound", "ani": ani}));
    assert_eq!(call("tel:+353861234567"), ["+353861234567"]);
    assert_eq!(
        call("TEL:%2B353861234567;phone-context=acme"),
        ["+353861234567"]
    );
    assert_eq!(
        call("sip:+353861234567@10.0.0.1:5060;user=phone"),
        ["+353861234567"]
    );
    assert_eq!(call("sip:alice@acme.example"), ["alice@acme.example"]);
    assert_eq!(call("0861234567"), ["0861234567"]);
    let both = json!({"mediaType": "voice", "direction": "inbound", "ani": "tel:+353861234567",
        "dnis": "tel:+35312345678", "remote": "+353861234567"});
    assert_eq!(addresses(both), ["+353861234567"]);
    let out = json!({"mediaType": "voice", "direction": "outbound", "ani": "tel:+35312345678",
        "dnis": "tel:+353861234567", "remote": "Efa Byrne"});
    assert_eq!(addresses(out), ["+353861234567"]);
    let callback = json!({"mediaType": "callback", "direction": "inbound",
        "ani": "tel:+35312345678", "callbackNumbers": ["tel:+353861234567", "", null]});
    assert_eq!(addresses(callback), ["+353861234567"], "not our own number");
}

#[test]
fn withheld_callers_have_no_address() {
    let words = [
        "tel:anonymous",
        "Restricted",
        "unavailable",
        "Private",
        "unknown",
        "withheld",
        "",
        " ",
    ];
    for ani in words
        .into_iter()
        .chain(["sip:anonymous@anonymous.invalid", "tel:", "+266696687"])
    {
        let session = json!({"mediaType": "voice", "direction": "inbound", "ani": ani});
        assert_eq!(addresses(session), Vec::<String>::new(), "{ani:?}");
    }
}

#[test]
fn who_withholds_the_number_is_not_found_by_another_member() {
    let withheld = json!({"mediaType": "voice", "direction": "inbound", "ani": "tel:anonymous",
        "addressFrom": "tel:+353861234567", "remote": "+353861234567"});
    assert_eq!(addresses(withheld), Vec::<String>::new());
    let missing =
        json!({"mediaType": "voice", "direction": "inbound", "ani": "", "remote": "+353861234567"});
    assert_eq!(addresses(missing), ["+353861234567"]);
}

#[test]
fn every_channel_has_its_own_kind_of_address() {
    let mail = json!({"mediaType": "email", "direction": "outbound", "addressFrom": "care@acme.example",
        "addressTo": "Efa <mailto:Efa@Example.org>; sean@example.org"});
    assert_eq!(addresses(mail), ["Efa@Example.org"], "not somebody else");
    let comma = json!({"mediaType": "email", "direction": "inbound",
        "addressFrom": "Byrne, Efa <efa@example.org>"});
    assert_eq!(addresses(comma), ["efa@example.org"]);
    let odd_mail =
        json!({"mediaType": "email", "direction": "inbound", "addressFrom": "no address"});
    assert_eq!(addresses(odd_mail), ["no address"], "the engine decides");
    let whatsapp = json!({"mediaType": "message", "messageType": "whatsapp", "direction": "inbound",
        "addressFrom": "+353 86 123 4567", "addressTo": "acme"});
    assert_eq!(addresses(whatsapp), ["353861234567"]);
    let social = json!({"mediaType": "message", "messageType": "line", "direction": "inbound",
        "addressFrom": "U593a0a89bd81"});
    assert_eq!(addresses(social), ["U593a0a89bd81"]);
    let open = json!({"mediaType": "message", "messageType": "open", "direction": "inbound",
        "addressFrom": "sap:CRM-100217"});
    assert_eq!(addresses(open), ["sap:CRM-100217"]);
    let chat = json!({"mediaType": "chat", "direction": "inbound", "remote": "Louise Moran",
        "addressFrom": "louise@example.org"});
    assert_eq!(addresses(chat), ["louise@example.org"]);
}

#[test]
fn a_web_visitor_is_a_customer_and_not_an_address() {
    let visitor = "744556cb-0133-4051-91fd-3af92c9a79eb";
    let mut value = outside(
        json!({"mediaType": "message", "messageType": "webmessaging",
        "addressFrom": visitor, "journeyCustomerId": visitor}),
    );
    value["participants"][0]["attributes"] = json!({
        "context.email": "efa@example.org", "context.phone": "0861234567", "context.name": "x",
    });
    let conversation = read(value.clone());
    let leg = &conversation.participants[0].legs[0];
    assert_eq!(
        leg.customer,
        Some((visitor.to_owned(), "cookie".to_owned()))
    );
    assert!(!leg.authenticated);
    assert_eq!(leg.addresses, ["efa@example.org", "0861234567"]);
    assert_eq!(to_json(&conversation), value);
    value["participants"][0]["sessions"][0]["authenticated"] = true.into();
    let conversation = read(value.clone());
    let leg = &conversation.participants[0].legs[0];
    assert!(leg.authenticated);
    assert!(leg.addresses.is_empty(), "what was typed is not proven");
    assert_eq!(to_json(&conversation), value);
}

#[test]
fn a_number_is_no_name() {
    let named = |name: Value, session: Value| {
        let mut value = outside(session);
        value["participants"][0]["participantName"] = name;
        let conversation = read(value.clone());
        assert_eq!(to_json(&conversation), value);
        conversation.provided_name().map(str::to_owned)
    };
    let call = || json!({"mediaType": "voice"});
    for name in [
        "",
        "+353 86 123 4567",
        "tel:+353861234567",
        "efa@example.org",
        "Anonymous",
        "-",
    ] {
        assert_eq!(named(name.into(), call()), None, "{name:?}");
    }
    assert_eq!(
        named(" Efa Byrne ".into(), call()).as_deref(),
        Some("Efa Byrne")
    );
    assert_eq!(
        named("直樹 清水".into(), call()).as_deref(),
        Some("直樹 清水")
    );
    let callback = json!({"mediaType": "callback", "callbackUserName": "秀华 柳"});
    assert_eq!(
        named("+8613883252269".into(), callback).as_deref(),
        Some("秀华 柳")
    );
    let chat = json!({"mediaType": "chat", "remote": "Louise Moran"});
    assert_eq!(named(Value::Null, chat).as_deref(), Some("Louise Moran"));
}

#[test]
fn purposes_become_parts() {
    let purposes = [
        "customer",
        "EXTERNAL",
        "agent",
        "acd",
        "botflow",
        "workflow",
        "ivr",
        "campaign",
        "dialer",
        "outbound",
        "user",
        "station",
        "api",
        "holograph",
    ];
    let participants: Vec<Value> = purposes
        .iter()
        .map(|purpose| json!({"purpose": purpose}))
        .collect();
    let value = json!({"conversationId": ID, "conversationStart": 0, "participants": participants});
    let parts: Vec<Part> = read(value)
        .participants
        .iter()
        .map(|one| one.part)
        .collect();
    use Part::{Agent, Bot, Campaign, Other, Outside, Queue};
    assert_eq!(
        parts,
        [
            Outside, Outside, Agent, Queue, Bot, Bot, Bot, Campaign, Campaign, Campaign, Other,
            Other, Other, Other
        ]
    );
}

#[test]
fn a_participant_without_a_purpose_may_still_be_the_person_outside() {
    let value = json!({"conversationId": ID, "conversationStart": 0, "participants": [
        {"userId": "u", "sessions": [{"mediaType": "voice", "ani": "tel:+35312345678"}]},
        {"sessions": [{"mediaType": "voice", "direction": "inbound", "ani": "tel:+353861234567"}]},
        {"sessions": [{"mediaType": "voice", "direction": "inbound", "ani": "tel:+353861234567"}]}]});
    let conversation = read(value);
    let parts: Vec<Part> = conversation
        .participants
        .iter()
        .map(|one| one.part)
        .collect();
    assert_eq!(parts, [Part::Agent, Part::Outside, Part::Other]);
    assert_eq!(conversation.address(), Some("+353861234567"));
    let ids: Vec<&str> = conversation
        .participants
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    assert_eq!(ids, ["participant-1", "participant-2", "participant-3"]);
}

#[test]
fn a_bot_has_a_name_and_an_outcome() {
    let mut value = outside(json!({"mediaType": "message", "messageType": "sms"}));
    let flow = json!({"flowId": "f", "flowName": "Help bot", "flowType": "BOT", "exitReason": "TRANSFER",
        "outcomes": [{"flowOutcome": "Solved", "flowOutcomeValue": "SUCCESS"}]});
    let bot =
        json!({"purpose": "botflow", "participantName": "Bot", "sessions": [{"flow": flow}, {}]});
    value["participants"].as_array_mut().unwrap().push(bot);
    let conversation = read(value.clone());
    let legs = &conversation.participants[1].legs;
    let first = legs[0].bot.as_ref().unwrap();
    assert_eq!(
        (first.name.as_str(), first.outcome.as_deref()),
        ("Help bot", Some("Solved"))
    );
    assert_eq!(legs[1].bot.as_ref().unwrap().name, "Bot");
    assert_eq!(to_json(&conversation), value);
}

#[test]
fn a_conversation_of_our_own_survives_the_way_out_and_back() {
    let strip = |mut conversation: Conversation| {
        for leg in conversation
            .participants
            .iter_mut()
            .flat_map(|one| &mut one.legs)
        {
            leg.rest.clear();
        }
        conversation
    };
    let mut own = strip(read(fixture("conversation-call.json")));
    own.rest.clear();
    own.participants.iter_mut().for_each(|one| one.rest.clear());
    assert_eq!(strip(read(to_json(&own))), own);
    let leg = &mut own.participants[0].legs[0];
    leg.channel = Channel::Whatsapp;
    (leg.media, leg.message) = ("message".to_owned(), Some("whatsapp".to_owned()));
    leg.addresses = vec!["353861234567".to_owned()];
    own.channel = Channel::Whatsapp;
    assert_eq!(strip(read(to_json(&own))), own);
}
