//! What every form of the statistics says: measures under names, in sections.

pub mod plot;

use jiff::tz::TimeZone;

use crate::domain::identifier::Identifier;
use crate::domain::statistics::{Share, Spans, Statistics};
use crate::tui::text::clean_line;

/// What a conversation without a queue stands under.
pub const NO_QUEUE: &str = "(no queue)";

/// A name with its measures. The name is cleaned of what could steer a reader's program.
#[derive(Clone, Debug)]
pub struct Line {
    pub name: String,
    pub measures: Vec<(&'static str, i128)>,
}

/// Lines that are measured alike.
#[derive(Clone, Debug)]
pub struct Section {
    pub title: &'static str,
    /// What its lines are, as one word for machines.
    pub key: &'static str,
    pub lines: Vec<Line>,
}

/// The statistics in words.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub share: Share,
    pub first: String,
    pub last: String,
    pub sections: Vec<Section>,
}

impl Sheet {
    pub fn new(statistics: &Statistics, zone: &TimeZone) -> Self {
        let dates: Vec<String> = statistics
            .days
            .dates(zone)
            .iter()
            .map(ToString::to_string)
            .collect();
        let sections = vec![
            section(
                "Conversations",
                "conversations",
                [("all".to_owned(), shares(statistics.conversations))],
            ),
            section(
                "By day",
                "day",
                dates
                    .iter()
                    .cloned()
                    .zip(statistics.by_day.iter().copied().map(shares)),
            ),
            section(
                "By channel",
                "channel",
                statistics
                    .by_channel
                    .iter()
                    .map(|(channel, share)| (channel.word().to_owned(), shares(*share))),
            ),
            section(
                "By queue",
                "queue",
                statistics.by_queue.iter().map(|(queue, share)| {
                    (
                        queue.clone().unwrap_or_else(|| NO_QUEUE.to_owned()),
                        shares(*share),
                    )
                }),
            ),
            section(
                "Time to identify",
                "identify",
                [
                    (
                        "from a conversation's start to a person's link".to_owned(),
                        spans(statistics.linking),
                    ),
                    (
                        "from first seen to added to the contacts".to_owned(),
                        spans(statistics.adding),
                    ),
                ],
            ),
            section(
                "Decisions",
                "decision",
                statistics.decisions.iter().map(|made| {
                    let measures = vec![("made", made.made.into()), ("undone", made.undone.into())];
                    (made.action.name().to_owned(), measures)
                }),
            ),
            expiring(statistics),
            section(
                "Shared identifiers",
                "shared",
                statistics.shared.iter().map(|used| {
                    let measures = vec![
                        ("contacts", used.contacts.into()),
                        ("marked", used.is_marked.into()),
                    ];
                    (identifier(&used.identifier), measures)
                }),
            ),
        ];
        Self {
            share: statistics.conversations,
            first: dates.first().cloned().unwrap_or_default(),
            last: dates.last().cloned().unwrap_or_default(),
            sections,
        }
    }

    pub fn title(&self) -> String {
        format!("what happened from {} to {}", self.first, self.last)
    }

    pub fn lines(&self, key: &str) -> &[Line] {
        let found = self.sections.iter().find(|section| section.key == key);
        found.map_or(&[], |section| &section.lines)
    }
}

impl Line {
    /// A measure by its name; 0 where the line has none of it.
    pub fn measure(&self, name: &str) -> i128 {
        let found = self.measures.iter().find(|(measure, _)| *measure == name);
        found.map_or(0, |(_, value)| *value)
    }
}

/// An identifier with its type: `phone +1 415-555-0100`.
pub fn identifier(identifier: &Identifier) -> String {
    let kind = identifier.kind.word();
    match &identifier.source {
        Some(source) => format!("{kind} {} of {source}", identifier.value),
        None => format!("{kind} {}", identifier.value),
    }
}

fn section(
    title: &'static str,
    key: &'static str,
    lines: impl IntoIterator<Item = (String, Vec<(&'static str, i128)>)>,
) -> Section {
    let lines = lines.into_iter().map(|(name, measures)| Line {
        name: clean_line(&name).into_owned(),
        measures,
    });
    Section {
        title,
        key,
        lines: lines.collect(),
    }
}

fn shares(share: Share) -> Vec<(&'static str, i128)> {
    vec![
        ("conversations", share.all().into()),
        ("automatic", share.automatic.into()),
        ("corrected", share.corrected.into()),
        ("unknown", share.unknown.into()),
    ]
}

fn spans(spans: Spans) -> Vec<(&'static str, i128)> {
    vec![
        ("count", spans.count.into()),
        ("halfMs", spans.half_ms.into()),
        ("mostMs", spans.most_ms.into()),
    ]
}

fn expiring(statistics: &Statistics) -> Section {
    let last = statistics.expiring.len().saturating_sub(1);
    let lines = statistics.expiring.iter().enumerate();
    let lines = lines.map(|(ahead, span)| {
        let name = match ahead {
            0 => "within a day".to_owned(),
            ahead if ahead == last => format!("after {ahead} days"),
            ahead => format!("in {ahead} to {} days", ahead + 1),
        };
        let measures = vec![
            ("ephemeral", span.ephemeral.into()),
            ("identified", span.identified.into()),
        ];
        (name, measures)
    });
    section(
        "Contacts that expire unless they are seen again",
        "expiring",
        lines,
    )
}
