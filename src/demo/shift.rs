//! Bundled JSON made fresh: timestamps moved from the base to now, ids of the script made new on each pass,
//! and a conversation shown as it was at a moment.

use serde_json::Value;

use crate::domain::Moment;

/// The moment that the bundled data call *now*.
pub const BASE: &str = "2026-01-01T12:00:00.000Z";

/// `BASE` in milliseconds since 1970.
pub const BASE_MOMENT: Moment = Moment(1_767_268_800_000);

/// Moves every RFC 3339 timestamp (with milliseconds and Z) in `value` by `ms`, and writes the number of the
/// pass over the last four zeros of the script's own ids.
pub fn freshen(value: &mut Value, ms: i64, pass: u16) {
    match value {
        Value::String(text) => {
            if is_timestamp(text) {
                if let Ok(moment) = text.parse::<Moment>() {
                    *text = moment.plus_ms(ms).to_string();
                }
            } else if pass > 0 && is_script_id(text) {
                text.truncate(text.len() - 4);
                text.push_str(&format!("{pass:04x}"));
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| freshen(value, ms, pass)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|value| freshen(value, ms, pass)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 24
        && bytes.ends_with(b"Z")
        && bytes.get(10) == Some(&b'T')
        && bytes.get(4) == Some(&b'-')
}

/// A UUID that ends in 0000 belongs to the script.
fn is_script_id(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 36
        && bytes.ends_with(b"0000")
        && [8, 13, 18, 23]
            .iter()
            .all(|at| bytes.get(*at) == Some(&b'-'))
}

/// The conversation as the API would show it at `moment` (a timestamp of the same form, before any shift):
/// later segments, ends and participants are left out.
pub fn clip(conversation: &Value, moment: &str) -> Value {
    let mut shown = conversation.clone();
    let later = |value: Option<&Value>| value.and_then(Value::as_str).is_some_and(|at| at > moment);
    if let Some(members) = shown.as_object_mut() {
        for name in ["conversationEnd", "conferenceStart"] {
            if later(members.get(name)) {
                members.remove(name);
            }
        }
    }
    if let Some(participants) = shown.get_mut("participants").and_then(Value::as_array_mut) {
        for participant in participants.iter_mut() {
            clip_sessions(participant, &later);
        }
        participants.retain(|one| {
            has_segments(one) || one.get("purpose").and_then(Value::as_str) == Some("campaign")
        });
    }
    shown
}

fn clip_sessions(participant: &mut Value, later: &impl Fn(Option<&Value>) -> bool) {
    let Some(sessions) = participant
        .get_mut("sessions")
        .and_then(Value::as_array_mut)
    else {
        return;
    };
    for session in sessions.iter_mut() {
        let Some(segments) = session.get_mut("segments").and_then(Value::as_array_mut) else {
            continue;
        };
        segments.retain(|segment| {
            let wrapup = segment.get("segmentType").and_then(Value::as_str) == Some("wrapup");
            !later(segment.get("segmentStart")) && (!wrapup || !later(segment.get("segmentEnd")))
        });
        for segment in segments.iter_mut().filter_map(Value::as_object_mut) {
            if later(segment.get("segmentEnd")) {
                segment.remove("segmentEnd");
                segment.remove("disconnectType");
            }
        }
    }
}

fn has_segments(participant: &Value) -> bool {
    let sessions = participant.get("sessions").and_then(Value::as_array);
    let segments = |session: &Value| {
        session
            .get("segments")
            .and_then(Value::as_array)
            .map_or(0, Vec::len)
    };
    sessions.is_some_and(|sessions| sessions.iter().any(|session| segments(session) > 0))
}
