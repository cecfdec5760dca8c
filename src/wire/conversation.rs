//! `AnalyticsConversation`, read into the domain and written back exactly. Owns which member is what; which
//! identifiers a conversation provides is the engine's.

use serde_json::Value;

use crate::domain::conversation::{Channel, ConversationId, Direction, Part, Participant};
use crate::domain::{Conversation, Moment};

use super::Unreadable;
use super::channel::{channel_of, part_of};
use super::member::{Members, Written, direction_of, moment_of, text_of};

mod course;
mod leg;
mod live;

pub use course::course;
pub use live::from_live;

/// What the parts of a conversation fall back on when they lack something themselves.
struct Around {
    start: Moment,
    direction: Direction,
    /// Channel of the first outside message: legs of queues, bots and agents often do not say theirs.
    message: Option<Channel>,
}

/// Reads an `AnalyticsConversation`. Only an id and some time are needed; whatever else is missing, null,
/// unknown or of another type survives in `rest`.
pub fn from_json(value: Value) -> Result<Conversation, Unreadable> {
    if !value.is_object() {
        return Err(Unreadable::NoObject("conversation"));
    }
    let mut members = Members::of(value);
    let id = conversation_id(&mut members)?;
    let start = members.moment("conversationStart");
    let end = members.moment("conversationEnd");
    let direction = members.direction("originatingDirection");
    let divisions = members.texts("divisionIds");
    let elements = members.elements("participants");
    let parts = parts_of(&elements);
    let earliest = start.or_else(|| earliest(&elements)).or(end);
    let around = Around {
        start: earliest.ok_or(Unreadable::NoTime {
            what: "conversation",
            member: "conversationStart",
        })?,
        direction: direction
            .or_else(|| first_direction(&elements, &parts))
            .unwrap_or(Direction::Inbound),
        message: first_message(&elements, &parts),
    };
    let participants: Vec<Participant> = elements
        .into_iter()
        .zip(parts)
        .enumerate()
        .map(|(index, (value, part))| participant(Members::of(value), part, index, &around))
        .collect();
    Ok(Conversation {
        id,
        start: members.or_absent("conversationStart", start, around.start),
        end,
        direction: members.or_absent("originatingDirection", direction, around.direction),
        channel: channel(&participants),
        divisions,
        participants,
        rest: members.rest(),
    })
}

/// Writes a conversation as an `AnalyticsConversation`; one that was read comes out as it came in.
pub fn to_json(conversation: &Conversation) -> Value {
    let mut written = Written::default();
    written.text("conversationId", &conversation.id.to_string());
    written.text("conversationStart", &conversation.start.to_string());
    written.maybe(
        "conversationEnd",
        conversation.end.map(|end| end.to_string()),
    );
    written.text("originatingDirection", conversation.direction.name());
    let divisions = conversation.divisions.iter().cloned().map(Value::from);
    written.list("divisionIds", divisions.collect());
    let participants = conversation.participants.iter().map(participant_json);
    written.list("participants", participants.collect());
    written.over(&conversation.rest)
}

fn conversation_id(members: &mut Members) -> Result<ConversationId, Unreadable> {
    let member = "conversationId";
    let what = "conversation";
    match members.uuid(member) {
        Some(Ok(id)) => Ok(ConversationId(id)),
        Some(Err(value)) => Err(Unreadable::BadId { member, value }),
        None => Err(Unreadable::NoId { what, member }),
    }
}

/// The part of each participant. When nobody is said to be outside, the first participant without a purpose
/// that has an address is: real exports lack the purpose now and then.
fn parts_of(elements: &[Value]) -> Vec<Part> {
    let purpose = |value: &Value| value.get("purpose").and_then(text_of);
    let mut parts: Vec<Part> = elements
        .iter()
        .map(|value| match purpose(value) {
            Some(purpose) => part_of(&purpose),
            None if value.get("userId").and_then(text_of).is_some() => Part::Agent,
            None => Part::Other,
        })
        .collect();
    if !parts.contains(&Part::Outside) {
        let nameless = elements.iter().zip(&parts).position(|(value, part)| {
            *part == Part::Other
                && purpose(value).is_none()
                && sessions(value).any(leg::has_address)
        });
        if let Some(part) = nameless.and_then(|index| parts.get_mut(index)) {
            *part = Part::Outside;
        }
    }
    parts
}

fn sessions(participant: &Value) -> impl Iterator<Item = &Value> {
    let sessions = participant.get("sessions").and_then(Value::as_array);
    sessions.into_iter().flatten()
}

fn outside_sessions<'a>(
    elements: &'a [Value],
    parts: &'a [Part],
) -> impl Iterator<Item = &'a Value> {
    elements
        .iter()
        .zip(parts)
        .filter(|(_, part)| **part == Part::Outside)
        .flat_map(|(value, _)| sessions(value))
}

fn first_direction(elements: &[Value], parts: &[Part]) -> Option<Direction> {
    let outside = outside_sessions(elements, parts);
    let all = elements.iter().flat_map(sessions);
    outside
        .chain(all)
        .find_map(|session| direction_of(session.get("direction")?))
}

fn first_message(elements: &[Value], parts: &[Part]) -> Option<Channel> {
    outside_sessions(elements, parts).find_map(|session| {
        let text = |name| session.get(name).and_then(text_of);
        let media = text("mediaType").filter(|media| media.eq_ignore_ascii_case("message"))?;
        channel_of(
            &media,
            text("messageType").as_deref(),
            text("provider").as_deref(),
        )
    })
}

fn earliest(elements: &[Value]) -> Option<Moment> {
    elements
        .iter()
        .flat_map(sessions)
        .filter_map(|session| session.get("segments")?.as_array())
        .flatten()
        .filter_map(|segment| moment_of(segment.get("segmentStart")?))
        .min()
}

/// Channel of the first outside participant's first leg, else of the first leg.
fn channel(participants: &[Participant]) -> Channel {
    let outside = participants
        .iter()
        .filter(|participant| participant.part == Part::Outside);
    outside
        .chain(participants)
        .find_map(|participant| participant.legs.first())
        .map_or(Channel::Other, |leg| leg.channel)
}

fn participant(mut members: Members, part: Part, index: usize, around: &Around) -> Participant {
    let id = members.text("participantId");
    let id = members.or_absent("participantId", id, format!("participant-{}", index + 1));
    let purpose = members.text("purpose").unwrap_or_default();
    let user = members.text("userId");
    let external_contact = members.text("externalContactId");
    let sessions = members.elements("sessions");
    let name = participant_name(&mut members, part, &sessions);
    let owner = leg::Owner {
        part,
        name: name.as_deref(),
        typed: leg::typed_attributes(members.peek("attributes")),
    };
    let legs = sessions
        .into_iter()
        .map(|value| leg::from_json(Members::of(value), &owner, around))
        .collect();
    Participant {
        id,
        part,
        purpose,
        name,
        user,
        legs,
        external_contact,
        rest: members.rest(),
    }
}

/// The participant's name. Somebody outside may have a number or nothing there; then the name that was left
/// for a callback or in a chat form stands in.
fn participant_name(members: &mut Members, part: Part, sessions: &[Value]) -> Option<String> {
    let stated = members.peek_text("participantName");
    let named = match part {
        Part::Outside => stated.as_deref().and_then(super::address::person_name),
        Part::Agent | Part::Queue | Part::Bot | Part::Campaign | Part::Other => {
            stated.as_deref().map(str::trim)
        }
    };
    if let Some(name) = named {
        let exact = members.peek("participantName").and_then(Value::as_str) == Some(name);
        match exact {
            true => members.take("participantName"),
            false => members.absent("participantName"),
        }
        return Some(name.to_owned());
    }
    let left = (part == Part::Outside)
        .then(|| sessions.iter().find_map(leg::name_left))
        .flatten()?;
    members.absent("participantName");
    Some(left)
}

fn participant_json(participant: &Participant) -> Value {
    let mut written = Written::default();
    written.text("participantId", &participant.id);
    written.text("purpose", &participant.purpose);
    written.maybe("participantName", participant.name.clone());
    written.maybe("userId", participant.user.clone());
    written.maybe("externalContactId", participant.external_contact.clone());
    let legs = participant.legs.iter();
    written.list(
        "sessions",
        legs.map(|leg| leg::to_json(leg, participant.part))
            .collect(),
    );
    written.over(&participant.rest)
}
