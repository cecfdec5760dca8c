//! A conversation as `Conversation` has it: participants with their communications by medium.

use serde_json::{Map, Value, json};

use super::super::call::Call;
use super::super::journey::channel_words;
use crate::domain::conversation::{Channel, Conversation, Leg, Part, Participant, Segment};
use crate::domain::{ConversationRecord, Moment, Permission};

/// A `Conversation`.
pub fn conversation(call: &Call, record: &ConversationRecord) -> Value {
    let conversation = &record.conversation;
    let participants = conversation.participants.iter();
    let participants = participants.map(|one| participant(call, record, one));
    let divisions = conversation.divisions.iter();
    let divisions = divisions.map(|id| json!({"division": {"id": id}, "entities": []}));
    let shown = json!({
        "id": conversation.id.to_string(),
        "startTime": conversation.start.to_string(),
        "endTime": conversation.end.map(|end| end.to_string()),
        "address": conversation.address(),
        "participants": participants.collect::<Vec<_>>(),
        "divisions": divisions.collect::<Vec<_>>(),
        "selfUri": format!("/api/v2/conversations/{}", conversation.id),
    });
    call.site.contract.fit("Conversation", without_nulls(shown))
}

/// What is not known is left out.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, value)| !value.is_null());
            kept.map(|(name, value)| (name, without_nulls(value)))
                .collect::<Map<_, _>>()
                .into()
        }
        Value::Array(list) => list.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

fn participant(call: &Call, record: &ConversationRecord, one: &Participant) -> Value {
    let conversation = &record.conversation;
    let segments = || one.legs.iter().flat_map(|leg| &leg.segments);
    let queue = segments().find_map(|segment| segment.queue.as_deref());
    let queue = queue.filter(|_| call.may(Permission::QueueView));
    let address = one.legs.iter().flat_map(|leg| &leg.addresses).next();
    let talk = || segments().filter(|segment| segment.kind != "alert" && segment.kind != "wrapup");
    let mut shown = json!({
        "id": one.id,
        "name": one.name,
        "purpose": one.purpose,
        "userId": one.user,
        "userUri": one.user.as_ref().map(|user| format!("/api/v2/users/{user}")),
        "queueId": queue,
        "address": address,
        "startTime": segments().map(|segment| segment.start).min().map(|at| at.to_string()),
        "connectedTime": talk().map(|segment| segment.start).min().map(|at| at.to_string()),
        "endTime": ended(conversation, segments()).map(|at| at.to_string()),
        "externalContactId": contact(record, one),
        "attributes": one.rest.get("attributes"),
        "wrapup": wrapup(record, one).filter(|_| call.may(Permission::WrapupCodeView)),
        "wrapupRequired": one.part == Part::Agent,
    });
    for leg in &one.legs {
        let (list, communication) = communication(conversation, leg);
        match shown.get_mut(list).and_then(Value::as_array_mut) {
            Some(known) => known.push(communication),
            None => shown[list] = json!([communication]),
        }
    }
    shown
}

/// The contact of somebody outside, as the conversation is linked here.
fn contact(record: &ConversationRecord, one: &Participant) -> Option<String> {
    if one.part != Part::Outside {
        return None;
    }
    let is_first = record
        .conversation
        .outside()
        .next()
        .is_some_and(|first| first.id == one.id);
    let link = record.link_of((!is_first).then_some(one.id.as_str()));
    link.map(|link| link.contact.to_string())
}

/// When the last of some segments ended; `None` while one goes on.
fn ended<'s>(
    conversation: &Conversation,
    segments: impl Iterator<Item = &'s Segment>,
) -> Option<Moment> {
    let ends: Option<Vec<Moment>> = segments
        .map(|segment| segment.end.or(conversation.end))
        .collect();
    ends?.into_iter().max()
}

/// The last wrap-up of an agent: the one made here, else the one that came with the data.
pub fn wrapup(record: &ConversationRecord, one: &Participant) -> Option<Value> {
    let is_last = record
        .conversation
        .agent()
        .is_some_and(|agent| agent.id == one.id);
    if let Some(wrapup) = record.wrapup.as_ref().filter(|_| is_last) {
        return Some(json!({
            "code": wrapup.code,
            "notes": wrapup.notes.clone().unwrap_or_default(),
            "endTime": wrapup.at.to_string(),
        }));
    }
    let segments = one.legs.iter().flat_map(|leg| &leg.segments);
    let coded = segments.filter(|segment| segment.wrapup_code.is_some());
    let last = coded.max_by_key(|segment| segment.start)?;
    let end = last.end.unwrap_or(last.start);
    Some(json!({
        "code": last.wrapup_code,
        "notes": last.wrapup_note.clone().unwrap_or_default(),
        "durationSeconds": end.since_ms(last.start).max(0) / 1000,
        "endTime": end.to_string(),
    }))
}

/// The list that a communication is in, and the communication.
fn communication(conversation: &Conversation, leg: &Leg) -> (&'static str, Value) {
    let end = ended(conversation, leg.segments.iter());
    let is_alerting = leg
        .segments
        .last()
        .is_some_and(|segment| segment.kind == "alert");
    let state = match (end, is_alerting) {
        (Some(_), _) => "disconnected",
        (None, true) => "alerting",
        (None, false) => "connected",
    };
    let talk = leg
        .segments
        .iter()
        .filter(|segment| segment.kind != "alert");
    let list = match leg.channel {
        Channel::Call | Channel::Cobrowse | Channel::Other | Channel::Web => "calls",
        Channel::Callback => "callbacks",
        Channel::Email => "emails",
        Channel::Chat => "chats",
        Channel::Video => "videos",
        Channel::Sms | Channel::WebMessaging | Channel::Facebook | Channel::Twitter => "messages",
        Channel::Line | Channel::Instagram | Channel::Apple | Channel::Whatsapp => "messages",
        Channel::Open => "messages",
    };
    let mut shown = json!({
        "id": leg.id,
        "state": state,
        "direction": leg.direction.name(),
        "connectedTime": talk.map(|segment| segment.start).min().map(|at| at.to_string()),
        "disconnectedTime": end.map(|at| at.to_string()),
        "provider": leg.rest.get("provider"),
        "held": leg.segments.last().is_some_and(|last| last.kind == "hold" && last.end.is_none()),
    });
    match list {
        "emails" => shown["subject"] = conversation.subject().into(),
        "callbacks" => shown["callbackNumbers"] = leg.addresses.clone().into(),
        "messages" => {
            shown["type"] = channel_words(leg.channel).1.into();
            shown["authenticated"] = leg.authenticated.into();
            if let Some((id, kind)) = &leg.customer {
                shown["journeyContext"] = json!({"customer": {"id": id, "idType": kind}});
            }
        }
        _ => {}
    }
    (list, shown)
}
