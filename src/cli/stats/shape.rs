//! Statistics as JSON.

use serde_json::{Map, Value, json};

use crate::domain::statistics::{Share, Spans, Statistics};
use crate::tui::counted::Sheet;

/// Numbers as they are, times in milliseconds, days as dates.
pub fn shape(statistics: &Statistics, sheet: &Sheet) -> Value {
    let days = sheet.lines("day").iter().zip(&statistics.by_day);
    let by_day = days.map(|(line, share)| with(share_of(*share), "day", json!(line.name)));
    let by_channel = statistics.by_channel.iter();
    let by_channel =
        by_channel.map(|(channel, share)| with(share_of(*share), "channel", json!(channel.name())));
    let by_queue = statistics.by_queue.iter();
    let by_queue = by_queue.map(|(queue, share)| with(share_of(*share), "queue", json!(queue)));
    let decisions = statistics.decisions.iter().map(
        |made| json!({"action": made.action.name(), "made": made.made, "undone": made.undone}),
    );
    let expiring = statistics
        .expiring
        .iter()
        .map(|span| json!({"ephemeral": span.ephemeral, "identified": span.identified}));
    let shared = statistics.shared.iter().map(|used| {
        json!({
            "type": used.identifier.kind.name(),
            "value": used.identifier.value,
            "source": used.identifier.source,
            "contacts": used.contacts,
            "marked": used.is_marked,
        })
    });
    json!({
        "from": statistics.days.start().to_string(),
        "to": statistics.days.end().to_string(),
        "conversations": share_of(statistics.conversations),
        "byDay": by_day.collect::<Vec<_>>(),
        "byChannel": by_channel.collect::<Vec<_>>(),
        "byQueue": by_queue.collect::<Vec<_>>(),
        "timeToLink": spans_of(statistics.linking),
        "timeToAdd": spans_of(statistics.adding),
        "decisions": decisions.collect::<Vec<_>>(),
        "expiringByDayAhead": expiring.collect::<Vec<_>>(),
        "shared": shared.collect::<Vec<_>>(),
    })
}

fn share_of(share: Share) -> Map<String, Value> {
    let members = [
        ("all", share.all()),
        ("automatic", share.automatic),
        ("corrected", share.corrected),
        ("unknown", share.unknown),
    ];
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect()
}

fn with(mut object: Map<String, Value>, name: &str, value: Value) -> Map<String, Value> {
    object.insert(name.to_owned(), value);
    object
}

fn spans_of(spans: Spans) -> Value {
    json!({"count": spans.count, "medianMs": spans.half_ms, "p90Ms": spans.most_ms})
}
