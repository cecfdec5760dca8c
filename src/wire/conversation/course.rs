//! How a conversation went, read out of its legs and of the members that the domain keeps without a name for
//! them: metrics, flows, campaigns, deliveries, conferences.

use serde_json::Value;

use super::super::channel::plain;
use super::super::member::{Object, flag_of, moment_of, number_of, text_of};
use crate::domain::conversation::{Conversation, Direction, Leg, Part, Participant, Segment};
use crate::domain::course::{BotPart, Course, Handover, Stint};
use crate::domain::moment::Moment;

/// Members of a conversation that are understood here or say nothing about how it went.
const KNOWN: [&str; 13] = [
    "conversationInitiator",
    "consultationConversationIds",
    "associatedConversationId",
    "conferenceStart",
    "conversationStart",
    "conversationEnd",
    "originatingDirection",
    "participants",
    "divisionIds",
    "accessAttributes",
    "externalTag",
    "mediaStatsMinConversationMos",
    "mediaStatsMinConversationRFactor",
];

/// How a conversation went. Ids of queues and users stand where names may come.
pub fn course(conversation: &Conversation) -> Course {
    let mut stints: Vec<Stint> = Vec::new();
    let first = conversation.outside().next().map(|one| one.id.as_str());
    for one in &conversation.participants {
        let own = one.part == Part::Outside && first == Some(one.id.as_str());
        let legs = one.legs.iter().skip(usize::from(own));
        stints.extend(legs.map(|leg| stint(conversation, one, leg)));
    }
    stints.sort_by_key(|one| one.start);
    let legs = || conversation.participants.iter().flat_map(|one| &one.legs);
    let of_any = |name: &str| legs().find_map(|leg| leg.rest.get(name).and_then(text_of));
    Course {
        stints,
        campaign: campaign(conversation).or_else(|| of_any("outboundCampaignId")),
        agentless: is_agentless(conversation),
        delivery: of_any("deliveryStatus"),
        callback_at: legs().find_map(|leg| moment_of(leg.rest.get("callbackScheduledTime")?)),
        consultations: conversation
            .rest
            .get("consultationConversationIds")
            .and_then(Value::as_array)
            .map_or(0, Vec::len),
        other: unknown(&conversation.rest),
    }
}

fn stint(conversation: &Conversation, one: &Participant, leg: &Leg) -> Stint {
    let segments = || leg.segments.iter();
    let is_work = |segment: &&Segment| plain(&segment.kind) != "wrapup";
    let start = segments().map(|one| one.start).min();
    let over = |segment: &Segment| segment.end.or(conversation.end);
    let ends: Option<Vec<Moment>> = segments().filter(is_work).map(over).collect();
    let flag = |name: &str| {
        segments().any(|segment| segment.rest.get(name).and_then(flag_of) == Some(true))
    };
    let (talked_ms, held_ms, wrapped_ms, other) = times(conversation, leg);
    Stint {
        part: one.part,
        purpose: one.purpose.clone(),
        name: one.name.clone(),
        user: one.user.clone(),
        queue: segments().find_map(|segment| segment.queue.clone()),
        channel: leg.channel,
        media: leg.message.clone().unwrap_or_else(|| leg.media.clone()),
        start: start.unwrap_or(conversation.start),
        end: match leg.segments.is_empty() {
            true => conversation.end,
            false => ends.map(|ends| {
                ends.into_iter()
                    .max()
                    .or(start)
                    .unwrap_or(conversation.start)
            }),
        },
        talked_ms,
        held_ms,
        wrapped_ms,
        handed: handed(one.part, leg),
        conference: flag("conference"),
        consulted: segments()
            .any(|segment| segment.rest.get("destinationConversationId").is_some()),
        bot: bot(one, leg),
        other,
    }
}

/// What a leg was spent on, in milliseconds: talk, hold, wrap-up, and what is not understood. The metrics say it
/// where there are any, else the segments.
fn times(conversation: &Conversation, leg: &Leg) -> (i64, i64, i64, Vec<(String, i64)>) {
    let length = |segment: &Segment| {
        let end = segment.end.or(conversation.end).unwrap_or(segment.start);
        end.since_ms(segment.start).max(0)
    };
    let (mut talked, mut held, mut wrapped, mut other) = (0, 0, 0, Vec::new());
    for segment in &leg.segments {
        let ms = length(segment);
        match plain(&segment.kind).as_str() {
            "interact" => talked += ms - overlapped(conversation, leg, segment),
            "hold" => held += ms,
            "wrapup" => wrapped += ms,
            // Ways to the conversation: nobody talks yet.
            "alert" | "dialing" | "contacting" | "delay" | "system" | "ivr" | "scheduled" => {}
            _ => other.push((segment.kind.clone(), ms)),
        }
    }
    (
        metric(leg, "tTalk").unwrap_or(talked.max(0)),
        metric(leg, "tHeld").unwrap_or(held),
        wrapped,
        other,
    )
}

/// How long holds of the leg cover one of its segments: where a segment spans the whole, holds lie within it.
fn overlapped(conversation: &Conversation, leg: &Leg, whole: &Segment) -> i64 {
    let end = |segment: &Segment| segment.end.or(conversation.end).unwrap_or(segment.start);
    let holds = leg.segments.iter().filter(|one| plain(&one.kind) == "hold");
    let covered = holds.map(|hold| {
        let since = hold.start.max(whole.start);
        end(hold).min(end(whole)).since_ms(since).max(0)
    });
    covered.sum()
}

/// A time that the leg's metrics tell in milliseconds: as a whole, else the sum of its parts.
fn metric(leg: &Leg, name: &str) -> Option<i64> {
    let metrics = leg.rest.get("metrics")?.as_array()?;
    let of = |wanted: &str| {
        let own = metrics
            .iter()
            .filter(|one| one.get("name").and_then(Value::as_str) == Some(wanted));
        let values: Vec<f64> = own.filter_map(|one| number_of(one.get("value")?)).collect();
        (!values.is_empty()).then_some(values)
    };
    let complete = of(&format!("{name}Complete"));
    let whole = complete.and_then(|values| values.into_iter().reduce(f64::max));
    let ms = whole.or_else(|| of(name).map(|values| values.into_iter().sum()))?;
    // Invariant: numbers are finite; beyond an i64 they saturate.
    Some((ms as i64).max(0))
}

/// How the leg ended, where that took the conversation to somebody else. Queues hand on to agents, which is no
/// transfer.
fn handed(part: Part, leg: &Leg) -> Option<Handover> {
    if part == Part::Queue {
        return None;
    }
    let work = leg
        .segments
        .iter()
        .rev()
        .filter(|one| plain(&one.kind) != "wrapup");
    let word = work.filter_map(|one| one.disconnect.as_deref()).next()?;
    match plain(word).as_str() {
        "transfer" | "dndtransfer" | "transferdonotdisturb" => Some(Handover::Blind),
        "consulttransfer" | "transferconsult" => Some(Handover::Consult),
        "conferencetransfer" | "transferconference" => Some(Handover::Conference),
        "forwardtransfer" | "transferforward" => Some(Handover::Forward),
        "noanswertransfer" | "transfernoanswer" => Some(Handover::NoAnswer),
        "notavailabletransfer" | "transfernotavailable" => Some(Handover::NotAvailable),
        _ => None,
    }
}

fn bot(one: &Participant, leg: &Leg) -> Option<BotPart> {
    let flow = leg.rest.get("flow");
    let text = |name: &str| flow.and_then(|flow| flow.get(name)).and_then(text_of);
    let name = leg.bot.as_ref().map(|bot| bot.name.clone());
    let named = name.or_else(|| text("flowName")).or_else(|| text("flowId"));
    let outcome = leg.bot.as_ref().and_then(|bot| bot.outcome.clone());
    Some(BotPart {
        name: named.or_else(|| one.name.clone().filter(|_| one.part == Part::Bot))?,
        kind: text("flowType"),
        outcome: outcome.or_else(|| text("exitReason")),
    })
}

fn campaign(conversation: &Conversation) -> Option<String> {
    let mut participants = conversation.participants.iter();
    participants
        .find(|one| one.part == Part::Campaign)
        .and_then(|one| one.name.clone())
        .filter(|name| !name.trim().is_empty())
}

/// A message or mail that went out and that no agent has had.
fn is_agentless(conversation: &Conversation) -> bool {
    conversation.direction == Direction::Outbound
        && conversation.channel.is_asynchronous()
        && conversation.agents().next().is_none()
}

/// Names of members that nobody here understands.
fn unknown(rest: &Object) -> Vec<String> {
    let names = rest.iter().filter(|(name, value)| {
        let is_said = !value.is_null() && !name.starts_with("scv:");
        is_said && !KNOWN.contains(&name.as_str()) && !is_empty(value)
    });
    names.map(|(name, _)| name.clone()).collect()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
