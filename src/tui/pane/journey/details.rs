//! An opened card: everything that is known of the interaction, line by line.

use super::card::{SEGMENT, path_of};
use super::going;
use crate::backend::view::{Journey, JourneyConversation, JourneyItem};
use crate::domain::conversation::{Status, Trust};
use crate::domain::visit::{Happened, Visit, VisitEvent};
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::pane::{Line, sign};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::time;

pub(super) const LABEL_COLUMNS: usize = 9;
const BAR_COLUMNS: usize = 10;

/// A line below an opened card.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    Line(Line),
    Sentence(String),
    /// Enter opens what was said.
    Transcript(Line),
}

pub fn of(item: &JourneyItem, journey: &Journey, context: &Context<'_>) -> Vec<Detail> {
    match item {
        JourneyItem::Conversation(conversation) => of_conversation(conversation, context),
        JourneyItem::Visit(id, visit, status) => {
            let mut details = of_visit(visit, *status, context);
            let events = visit.events.iter().enumerate();
            details.extend(
                events.filter_map(|(at, event)| {
                    of_event(event, stayed_ms(visit, at), journey, context)
                }),
            );
            details.extend(scores(visit, journey));
            details.push(labelled("id", id.to_string()));
            details
        }
    }
}

fn of_conversation(conversation: &JourneyConversation, context: &Context<'_>) -> Vec<Detail> {
    let way = format!(
        "{}, {}bound",
        conversation.channel.word(),
        sign::direction(conversation.direction)
    );
    let mut details = vec![labelled("channel", way)];
    if let Some(address) = &conversation.address {
        details.push(labelled(
            "address",
            sign::address(conversation.channel, address),
        ));
    }
    if let Some(subject) = &conversation.subject {
        details.push(labelled("subject", subject.clone()));
    }
    details.push(labelled(
        "started",
        time::stamp(conversation.start, context.tz),
    ));
    if let Some(end) = conversation.end {
        details.push(labelled("ended", time::stamp(end, context.tz)));
        details.push(labelled(
            "duration",
            time::span(end.since_ms(conversation.start)),
        ));
    }
    details.extend(handling(conversation));
    details.extend(said(conversation, context));
    if let Some(course) = &conversation.course {
        details.extend(going::of(course, conversation, context));
    }
    if let Some(notes) = &conversation.notes {
        details.push(labelled("notes", String::new()));
        details.push(Detail::Sentence(notes.clone()));
    }
    details.push(labelled("id", conversation.id.to_string()));
    details
}

/// How much was said, and how to read it.
fn said(conversation: &JourneyConversation, context: &Context<'_>) -> Option<Detail> {
    let is_shown = conversation.may_have_transcript()
        && context.denied(Action::Transcript.spec().needs).is_none();
    let words = conversation.messages_in_words();
    is_shown.then(|| {
        let line = label("said").and(words.unwrap_or_else(|| "messages".to_owned()), Role::Text);
        Detail::Transcript(line.and("  Enter reads them", Role::Accent))
    })
}

/// Who handled it, and how it ended.
fn handling(conversation: &JourneyConversation) -> [Detail; 4] {
    let named = |name: &Option<String>, none: &str| name.clone().unwrap_or_else(|| none.to_owned());
    let no_code = match conversation.status {
        Status::WrapupDue => "due",
        Status::Active | Status::Waiting => "not yet",
        Status::Ended | Status::Abandoned => "none",
    };
    [
        labelled("status", conversation.state_word().to_owned()),
        labelled("queue", named(&conversation.queue, "none")),
        labelled("agent", named(&conversation.agent, "nobody was connected")),
        labelled("wrap-up", named(&conversation.wrapup_code, no_code)),
    ]
}

fn of_visit(visit: &Visit, status: Status, context: &Context<'_>) -> Vec<Detail> {
    let mut details = vec![labelled("started", time::stamp(visit.start, context.tz))];
    match (status, visit.ended(context.now)) {
        (Status::Active, _) | (_, None) => {
            details.push(labelled("status", "on the website now".to_owned()))
        }
        (_, Some(end)) => {
            details.push(labelled("ended", time::stamp(end, context.tz)));
            details.push(labelled("duration", time::span(end.since_ms(visit.start))));
        }
    }
    let signed_in = if visit.authenticated {
        "signed in"
    } else {
        "not signed in"
    };
    details.push(labelled("visitor", format!("{}, {signed_in}", visit.kind)));
    let facts = [
        ("device", visit.device.clone()),
        ("browser", visit.browser.clone()),
        ("place", visit.place.clone()),
        ("came from", visit.referrer.clone()),
        ("campaign", visit.campaign.clone()),
        (
            "searched",
            (!visit.search_terms.is_empty()).then(|| visit.search_terms.join(", ")),
        ),
    ];
    details.extend(
        facts
            .into_iter()
            .filter_map(|(label, fact)| Some(labelled(label, fact?))),
    );
    for (name, value) in &visit.traits {
        let line = label("typed").and(format!("{name} {value}"), Role::Text);
        details.push(Detail::Line(unproven(line, visit)));
    }
    details
}

/// What a visitor typed is not verified, unless the site has authenticated them.
fn unproven(line: Line, visit: &Visit) -> Line {
    let trust = if visit.authenticated {
        Trust::Verified
    } else {
        Trust::Typed
    };
    match trust {
        Trust::Typed => line.right("not verified", Role::Warning),
        Trust::Verified => line,
    }
}

/// How long the visitor stayed on the page of an event: until the next page, else until the last sign of life.
fn stayed_ms(visit: &Visit, at: usize) -> i64 {
    let begun = visit.events.get(at).map_or(visit.last, |event| event.at);
    let is_page = |event: &&VisitEvent| matches!(event.what, Happened::Page { .. });
    let next = visit.events.iter().skip(at + 1).find(is_page);
    let until = next.map_or(visit.last, |event| event.at);
    until.since_ms(begun).max(0)
}

fn of_event(
    event: &VisitEvent,
    stayed_ms: i64,
    journey: &Journey,
    context: &Context<'_>,
) -> Option<Detail> {
    let at = time::clock_seconds(event.at, context.tz);
    let line = |text: String, role: Role| {
        Line::of(format!("{} ", text::pad(&at, LABEL_COLUMNS)), Role::Muted).and(text, role)
    };
    let line = match &event.what {
        Happened::Page { name, url, title } => {
            let called = title.as_ref().unwrap_or(name);
            let page = line(path_of(url).to_owned(), Role::Link);
            let page = match stayed_ms {
                0 => page,
                stayed => page.right(time::span(stayed), Role::Muted),
            };
            if called.is_empty() {
                page
            } else {
                page.and(format!("  {called}"), Role::Muted)
            }
        }
        // Segments without a name are those that are not displayed to agents.
        Happened::Segment { id } => {
            let name = format!("segment {}", journey.segments.get(id)?);
            match journey.colors.get(id) {
                Some(own) => line(String::new(), Role::Text)
                    .and_coloured(SEGMENT, Some(own), Role::Warning)
                    .and(name, Role::Text),
                None => line(name, Role::Warning),
            }
        }
        Happened::Outcome { id, name, value } => {
            let name = name.as_ref().or_else(|| journey.outcomes.get(id));
            let name = name.map_or("an outcome", String::as_str);
            let worth = value
                .map(|value| format!(" worth {value}"))
                .unwrap_or_default();
            line(format!("✓ {name}{worth}"), Role::Good)
        }
        Happened::Action { media, state } => line(format!("{media}: {state}"), Role::Muted),
        Happened::Custom { name } => {
            let said = event.attributes.iter();
            let said = said.map(|(name, value)| format!("  {name} {value}"));
            line(name.clone(), Role::Text).and(said.collect::<String>(), Role::Muted)
        }
        Happened::Other { kind } => line(kind.clone(), Role::Muted),
    };
    Some(Detail::Line(line))
}

/// How likely each outcome is, as a bar and in words.
fn scores(visit: &Visit, journey: &Journey) -> Vec<Detail> {
    let bar = |(id, score): &(String, f64)| {
        let name = journey.outcomes.get(id).map_or(id.as_str(), String::as_str);
        let share = score.clamp(0.0, 1.0);
        let full = (share * BAR_COLUMNS as f64).round() as usize;
        let line = label("score")
            .and("█".repeat(full), Role::Accent)
            .and("░".repeat(BAR_COLUMNS - full), Role::Border)
            .and(format!(" {:>3.0} % ", share * 100.0), Role::Text)
            .and(name, Role::Muted);
        Detail::Line(line)
    };
    visit.scores.iter().map(bar).collect()
}

pub(super) fn labelled(name: &str, value: String) -> Detail {
    Detail::Line(label(name).and(value, Role::Text))
}

pub(super) fn label(name: &str) -> Line {
    Line::of(format!("{name:<LABEL_COLUMNS$} "), Role::Muted)
}
