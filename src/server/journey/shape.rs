//! Sessions and events as the contract has them.

use serde_json::{Value, json};

use super::super::call::Call;
use crate::domain::contact::ContactId;
use crate::domain::conversation::{Channel, Direction, Participant, Status};
use crate::domain::facts::VisitRecord;
use crate::domain::visit::{Happened, Visit};
use crate::domain::{ConversationRecord, Moment, Permission};
use crate::wire::visit::to_json;

const CONTACTS: &str = "/api/v2/externalcontacts/contacts";
/// Days that an assignment of a session's segment stands: as long as its visit is shown.
const ASSIGNED_DAYS: i64 = crate::backend::local::JOURNEY_DAYS;

/// A reference with its address.
fn reference(path: &str, id: &str) -> Value {
    json!({"id": id, "selfUri": format!("{path}/{id}")})
}

fn contact(id: ContactId) -> Value {
    reference(CONTACTS, &id.to_string())
}

/// A conversation as a `Session`.
pub fn of_conversation(call: &Call, record: &ConversationRecord) -> Value {
    let conversation = &record.conversation;
    let id = conversation.id.to_string();
    let status = record.status();
    let (kind, message) = channel_words(conversation.channel);
    let mut session = json!({
        "id": id,
        "type": "conversation",
        "externalContact": contact(record.link.contact),
        "conversation": reference("/api/v2/conversations", &id),
        "conversationChannels": [{"type": kind, "messageType": message}],
        "originatingDirection": match conversation.direction {
            Direction::Inbound => "Inbound",
            Direction::Outbound => "Outbound",
        },
        "conversationSubject": conversation.subject(),
        "lastAcdOutcome": match status {
            Status::Abandoned => "Abandon",
            Status::Active | Status::Ended | Status::WrapupDue => "Answered",
            Status::Waiting => "Unknown",
        },
        "authenticated": conversation.outside().flat_map(|one| &one.legs).any(|leg| leg.authenticated),
        "divisionIds": conversation.divisions,
        "eventCount": 0,
        "lastEvent": last_event(&id, conversation.end, conversation.start),
        "createdDate": conversation.start.to_string(),
        "endedDate": conversation.end.map(|end| end.to_string()),
        "durationInSeconds": conversation.duration_ms(call.site.now()) / 1000,
        "selfUri": format!("/api/v2/journey/sessions/{id}"),
    });
    put_handling(call, record, &mut session);
    call.site.contract.fit("Session", session)
}

/// The last event of a conversation is that it began or ended.
fn last_event(id: &str, end: Option<Moment>, start: Moment) -> Value {
    let name = if end.is_some() { "ended" } else { "started" };
    json!({"id": id, "eventName": name, "createdDate": end.unwrap_or(start).to_string()})
}

/// Who handled it last, where, and with which wrap-up.
fn put_handling(call: &Call, record: &ConversationRecord, session: &mut Value) {
    let conversation = &record.conversation;
    let queue = conversation
        .queue()
        .filter(|_| call.may(Permission::QueueView));
    if let Some(queue) = queue {
        session["lastConnectedQueue"] = reference("/api/v2/routing/queues", queue);
    }
    let user = conversation
        .agent()
        .and_then(|agent: &Participant| agent.user.as_deref());
    if let Some(user) = user {
        session["lastConnectedUser"] = reference("/api/v2/users", user);
    }
    let code = record
        .wrapup_code()
        .filter(|_| call.may(Permission::WrapupCodeView));
    if let Some(code) = code {
        session["lastUserDisposition"] = json!({
            "code": code,
            "notes": record.wrapup_notes(),
            "user": user.map_or_else(|| json!({}), |user| reference("/api/v2/users", user)),
        });
    }
}

/// The contract's words for a channel: the type, and of messages the kind.
pub const fn channel_words(channel: Channel) -> (&'static str, Option<&'static str>) {
    match channel {
        Channel::Call => ("Call", None),
        Channel::Callback => ("Callback", None),
        Channel::Email => ("Email", None),
        Channel::Chat => ("Chat", None),
        Channel::Cobrowse => ("Cobrowse", None),
        Channel::Video => ("Video", None),
        Channel::Sms => ("Message", Some("Sms")),
        Channel::Whatsapp => ("Message", Some("WhatsApp")),
        Channel::Facebook => ("Message", Some("Facebook")),
        Channel::Twitter => ("Message", Some("Twitter")),
        Channel::Line => ("Message", Some("Line")),
        Channel::Instagram => ("Message", Some("Instagram")),
        Channel::Apple => ("Message", Some("Apple")),
        Channel::WebMessaging => ("Message", Some("WebMessaging")),
        Channel::Open => ("Message", Some("Open")),
        Channel::Web | Channel::Other => ("Unknown", None),
    }
}

/// A visit as a `Session`.
pub fn of_visit(call: &Call, record: &VisitRecord) -> Value {
    let visit = &record.visit;
    let now = call.site.now();
    let end = visit.ended(now);
    let mut session = to_json(visit);
    let id = visit.id.to_string();
    let last = visit.events.iter().max_by_key(|event| event.at);
    let mut put = |name: &str, value: Value| session[name] = value;
    put("externalContact", contact(record.link.contact));
    put("authenticated", visit.authenticated.into());
    put("eventCount", visit.events.len().into());
    put("pageviewCount", visit.pageviews.into());
    put("createdDate", visit.start.to_string().into());
    put(
        "endedDate",
        end.map_or(Value::Null, |end| end.to_string().into()),
    );
    let duration = end.unwrap_or(now).since_ms(visit.start).max(0) / 1000;
    put("durationInSeconds", duration.into());
    put("selfUri", format!("/api/v2/journey/sessions/{id}").into());
    put(
        "lastEvent",
        json!({
            "id": last.map_or(id.as_str(), |event| event.id.as_str()),
            "eventName": last.map_or("visited", |event| event_name(&event.what)),
            "createdDate": visit.last.to_string(),
        }),
    );
    if call.may(Permission::JourneySegmentView) {
        put("segmentAssignments", assignments(visit));
    }
    if call.may(Permission::JourneyOutcomeView) {
        put("outcomeAchievements", achievements(visit));
    }
    if !call.may(Permission::JourneyEventView) {
        put("lastPage", Value::Null);
        put("searchTerms", Value::Null);
    }
    call.site.contract.fit("Session", session)
}

fn event_name(what: &Happened) -> &str {
    match what {
        Happened::Page { name, .. } | Happened::Custom { name } => name,
        Happened::Segment { .. } => "segment_assigned",
        Happened::Outcome { .. } => "outcome_achieved",
        Happened::Action { .. } => "web_action",
        Happened::Other { kind } => kind,
    }
}

/// The contract's name for what an event says, where it came without one.
fn event_type(what: &Happened) -> String {
    let kind = match what {
        Happened::Page { .. } | Happened::Custom { .. } => "WebEvent",
        Happened::Segment { .. } => "SegmentAssignmentEvent",
        Happened::Outcome { .. } => "OutcomeAchievedEvent",
        Happened::Action { .. } => "WebActionEvent",
        Happened::Other { kind } => kind,
    };
    format!("com.genesys.journey.{kind}")
}

fn assignments(visit: &Visit) -> Value {
    let events = visit.events.iter();
    let assigned = events.filter_map(|event| match &event.what {
        Happened::Segment { id } => Some(json!({
            "segment": reference("/api/v2/journey/segments", id),
            "assignedDate": event.at.to_string(),
        })),
        _ => None,
    });
    assigned.collect()
}

fn achievements(visit: &Visit) -> Value {
    let events = visit.events.iter();
    let achieved = events.filter_map(|event| match &event.what {
        Happened::Outcome { id, .. } => Some(json!({
            "outcome": reference("/api/v2/journey/outcomes", id),
            "achievedDate": event.at.to_string(),
        })),
        _ => None,
    });
    achieved.collect()
}

/// The segment of a visit as a `SegmentAssignment`.
pub fn assignment(record: &VisitRecord, segment: &str, at: Moment) -> Value {
    let visit = &record.visit;
    json!({
        "dateAssigned": at.to_string(),
        "dateForUnassignment": at.plus_days(ASSIGNED_DAYS).to_string(),
        "segment": reference("/api/v2/journey/segments", segment),
        "externalContact": contact(record.link.contact),
        "session": {
            "id": visit.id.to_string(),
            "type": visit.kind,
            "selfUri": format!("/api/v2/journey/sessions/{}", visit.id),
        },
    })
}

/// The events of a visit that who asks may see, oldest first.
pub fn events(call: &Call, record: &VisitRecord) -> Vec<Value> {
    let visit = &record.visit;
    let written = to_json(visit);
    let written = written.get("events").and_then(Value::as_array);
    let pairs = visit.events.iter().zip(written.into_iter().flatten());
    let seen = pairs.filter(|(event, _)| {
        let needs = match event.what {
            Happened::Segment { .. } => Permission::JourneySegmentView,
            Happened::Outcome { .. } => Permission::JourneyOutcomeView,
            Happened::Page { .. } | Happened::Action { .. } => Permission::JourneyEventView,
            Happened::Custom { .. } | Happened::Other { .. } => Permission::JourneyEventView,
        };
        call.may(needs)
    });
    let mut seen: Vec<_> = seen.collect();
    seen.sort_by_key(|(event, _)| event.at);
    let shown = seen.into_iter().map(|(event, written)| {
        let mut shown = written.clone();
        let id = visit.id.to_string();
        shown["id"] = event.id.clone().into();
        shown["createdDate"] = event.at.to_string().into();
        shown["session"] = json!({"id": id, "type": visit.kind,
            "selfUri": format!("/api/v2/journey/sessions/{id}")});
        if shown.get("correlationId").is_none_or(|id| !id.is_string()) {
            shown["correlationId"] = event.id.clone().into();
        }
        if shown.get("eventType").is_none_or(|kind| !kind.is_string()) {
            shown["eventType"] = event_type(&event.what).into();
        }
        call.site.contract.fit("Event", shown)
    });
    shown.collect()
}

/// The scores of a visit as an `OutcomeScoresResult`.
pub fn scores(call: &Call, record: &VisitRecord) -> Value {
    let visit = &record.visit;
    let kept = visit
        .rest
        .get("outcomeScores")
        .and_then(Value::as_array)
        .cloned();
    let own = || {
        let scores = visit.scores.iter();
        let scores = scores.map(|(id, score)| json!({"outcome": {"id": id}, "probability": score}));
        scores.collect()
    };
    let result = json!({
        "outcomeScores": kept.unwrap_or_else(own),
        "modifiedDate": visit.last.to_string(),
    });
    call.site.contract.fit("OutcomeScoresResult", result)
}
