//! `Conversation`, as those of a user come: participants with their communications by medium. It is turned
//! into the shape of an `AnalyticsConversation`, which is read by one reader.

use serde_json::{Value, json};

use crate::domain::Conversation;

use super::super::Unreadable;
use super::super::channel::part_of;
use super::super::member::{Object, text_of};
use crate::domain::conversation::Part;

/// The lists of communications, each with the `mediaType` that it stands for.
const MEDIA: [(&str, &str); 7] = [
    ("calls", "voice"),
    ("callbacks", "callback"),
    ("chats", "chat"),
    ("emails", "email"),
    ("messages", "message"),
    ("socialExpressions", "unknown"),
    ("videos", "video"),
];
/// The same of what goes on beside those.
const BESIDE: [(&str, &str); 4] = [
    ("cobrowsesessions", "cobrowse"),
    ("screenshares", "screenshare"),
    ("internalMessages", "internalmessage"),
    ("screenMonitorings", "screenmonitoring"),
];

/// Reads a `Conversation`. Of a communication counts who has it, since when, to when, and by which address.
pub fn from_live(value: &Value) -> Result<Conversation, Unreadable> {
    let Some(object) = value.as_object() else {
        return Err(Unreadable::NoObject("conversation"));
    };
    let participants = list(object, "participants");
    let participants: Vec<Value> = participants.filter_map(participant).collect();
    let divisions = list(object, "divisions");
    let divisions = divisions.filter_map(|one| text_of(one.get("division")?.get("id")?));
    super::from_json(json!({
        "conversationId": object.get("id"),
        "conversationStart": object.get("startTime"),
        "conversationEnd": object.get("endTime"),
        "divisionIds": divisions.collect::<Vec<_>>(),
        "participants": participants,
    }))
}

fn list<'v>(object: &'v Object, name: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    let list = object.get(name).and_then(Value::as_array);
    list.into_iter().flatten()
}

fn participant(value: &Value) -> Option<Value> {
    let one = value.as_object()?;
    let text = |name: &str| one.get(name).and_then(text_of);
    let is_outside = part_of(&text("purpose").unwrap_or_default()) == Part::Outside;
    let mut sessions = Vec::new();
    for (name, media) in MEDIA {
        for communication in list(one, name).filter_map(Value::as_object) {
            let mut session = session(one, communication, media);
            if is_outside {
                put_address(&mut session, one, communication, media);
            }
            sessions.push(session);
        }
    }
    if let Some(wrapup) = one.get("wrapup").filter(|wrapup| wrapup.is_object()) {
        put_wrapup(&mut sessions, one, wrapup);
    }
    sessions.extend(beside(one));
    Some(json!({
        "participantId": one.get("id"),
        "participantName": one.get("name"),
        "purpose": one.get("purpose"),
        "userId": one.get("userId"),
        "externalContactId": one.get("externalContactId"),
        "attributes": one.get("attributes"),
        "sessions": sessions,
    }))
}

/// Communications beside the conversation, and those over a medium that is not known here: each of them is a session
/// of that name.
fn beside(one: &Object) -> Vec<Value> {
    let is_known = |name: &str| MEDIA.iter().any(|(known, _)| *known == name);
    let media = |name: &str| {
        let mut known = BESIDE.iter().filter(|(list, _)| *list == name);
        known
            .next()
            .map_or(name.to_owned(), |(_, media)| (*media).to_owned())
    };
    let is_communication = |one: &&Object| {
        let states = ["state", "connectedTime", "disconnectedTime"];
        one.contains_key("id") && states.iter().any(|name| one.contains_key(*name))
    };
    let lists = one.iter().filter(|(name, _)| !is_known(name));
    let found = lists.flat_map(|(name, value)| {
        let list = value.as_array().into_iter().flatten();
        let own = list.filter_map(Value::as_object).filter(is_communication);
        own.map(|communication| session(one, communication, &media(name)))
            .collect::<Vec<_>>()
    });
    found.collect()
}

fn session(one: &Object, communication: &Object, media: &str) -> Value {
    let member = |name: &str| communication.get(name).filter(|value| !value.is_null());
    let is_alerting = member("state").and_then(Value::as_str) == Some("alerting");
    let alerted = member("startAlertingTime");
    let own = |name: &str| one.get(name).filter(|value| !value.is_null());
    let began = own("connectedTime").or_else(|| own("startTime"));
    let start = member("connectedTime").or(alerted).or(began);
    let segment = json!({
        "segmentType": if is_alerting { "alert" } else { "interact" },
        "segmentStart": start,
        "segmentEnd": member("disconnectedTime").or_else(|| own("endTime")),
        "queueId": one.get("queueId"),
        "subject": member("subject"),
        "disconnectType": member("disconnectType"),
    });
    let mut segments = vec![segment];
    segments.extend(holds(communication));
    let customer = member("journeyContext").and_then(|context| context.get("customer"));
    json!({
        "sessionId": member("id"),
        "mediaType": media,
        "messageType": member("type").filter(|_| media == "message"),
        "direction": member("direction"),
        "provider": member("provider"),
        "authenticated": member("authenticated"),
        "journeyCustomerId": customer.and_then(|one| one.get("id")),
        "journeyCustomerIdType": customer.and_then(|one| one.get("idType")),
        "callbackScheduledTime": member("callbackScheduledTime"),
        "segments": segments,
    })
}

/// When the person was on hold: what is over by the segments, what goes on by when it began.
fn holds(communication: &Object) -> Vec<Value> {
    let is_hold = |segment: &&Value| {
        let kind = segment.get("type").and_then(Value::as_str);
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case("hold"))
    };
    let segments = list(communication, "segments").filter(is_hold);
    let mut holds: Vec<Value> = segments
        .map(|segment| {
            json!({
                "segmentType": "hold",
                "segmentStart": segment.get("startTime"),
                "segmentEnd": segment.get("endTime"),
            })
        })
        .collect();
    let is_held = communication.get("held").and_then(Value::as_bool) == Some(true);
    let since = communication
        .get("startHoldTime")
        .filter(|at| !at.is_null());
    let is_open = |hold: &Value| hold.get("segmentEnd").is_none_or(Value::is_null);
    if let Some(since) = since.filter(|_| is_held && !holds.iter().any(is_open)) {
        holds.push(json!({"segmentType": "hold", "segmentStart": since}));
    }
    holds
}

/// The address of somebody outside: as the communication has it, else the participant's own.
fn put_address(session: &mut Value, one: &Object, communication: &Object, media: &str) {
    let is_outbound = session.get("direction").and_then(Value::as_str) == Some("outbound");
    let of = |name: &str| {
        let address = communication.get(name)?;
        let texts = ["addressNormalized", "addressRaw", "addressDisplayable"];
        texts
            .into_iter()
            .find_map(|text| address.get(text).and_then(text_of))
    };
    let whose = if is_outbound {
        "toAddress"
    } else {
        "fromAddress"
    };
    let text = |name: &str| one.get(name).and_then(text_of);
    let address = of(whose)
        .or_else(|| text("address"))
        .or_else(|| text("ani"));
    let name = match (media, is_outbound) {
        ("voice" | "callback" | "video", false) => "ani",
        ("voice" | "callback" | "video", true) => "dnis",
        (_, false) => "addressFrom",
        (_, true) => "addressTo",
    };
    session[name] = address.map_or(Value::Null, Value::from);
    for member in ["callbackNumbers", "callbackUserName"] {
        if let Some(value) = communication.get(member).filter(|_| media == "callback") {
            session[member] = value.clone();
        }
    }
}

/// The wrap-up of an agent, at the end of the last communication.
fn put_wrapup(sessions: &mut [Value], one: &Object, wrapup: &Value) {
    let Some(code) = wrapup.get("code").and_then(text_of) else {
        return;
    };
    let at = wrapup
        .get("endTime")
        .filter(|at| !at.is_null())
        .or_else(|| one.get("endTime"));
    let segment = json!({
        "segmentType": "wrapup",
        "segmentStart": at,
        "segmentEnd": at,
        "wrapUpCode": code,
        "wrapUpNote": wrapup.get("notes"),
    });
    let segments = sessions
        .last_mut()
        .and_then(|last| last.get_mut("segments"));
    if let Some(segments) = segments.and_then(Value::as_array_mut) {
        segments.push(segment);
    }
}
