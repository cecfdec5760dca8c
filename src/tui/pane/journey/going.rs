//! How a conversation went, below its opened card: who had it in which order, and what is kept besides.

use super::details::{Detail, LABEL_COLUMNS, labelled};
use crate::backend::view::JourneyConversation;
use crate::domain::conversation::Part;
use crate::domain::course::{Course, Stint};
use crate::tui::context::Context;
use crate::tui::pane::Line;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::time;

/// The lines of a course.
pub fn of(
    course: &Course,
    conversation: &JourneyConversation,
    context: &Context<'_>,
) -> Vec<Detail> {
    let mut details = Vec::new();
    let (talked, held) = course.talked_and_held_ms();
    if 0 < talked {
        details.push(labelled("talked", time::span(talked)));
    }
    if 0 < held {
        details.push(labelled("held", time::span(held)));
    }
    let facts = [
        ("campaign", course.campaign.clone()),
        (
            "call back",
            course.callback_at.map(|at| time::stamp(at, context.tz)),
        ),
        ("delivery", course.delivery.clone()),
        (
            "consulted",
            (0 < course.consultations).then(|| match course.consultations {
                1 => "in another conversation".to_owned(),
                many => format!("in {many} other conversations"),
            }),
        ),
    ];
    let known = facts
        .into_iter()
        .filter_map(|(name, fact)| Some(labelled(name, fact?)));
    details.extend(known);
    details.extend(
        course
            .stints
            .iter()
            .map(|one| stint(one, conversation, context)),
    );
    if !course.other.is_empty() {
        details.push(labelled(
            "other",
            format!("kept: {}", course.other.join(", ")),
        ));
    }
    details
}

/// `16:20:04  agent K. Osei  talked 5:12, held 0:40, transferred`.
fn stint(one: &Stint, conversation: &JourneyConversation, context: &Context<'_>) -> Detail {
    let at = time::clock_seconds(one.start, context.tz);
    let role = match one.part {
        Part::Agent => Role::Text,
        Part::Queue | Part::Bot | Part::Campaign => Role::Accent,
        Part::Outside => Role::Link,
        Part::Other => Role::Muted,
    };
    let who = match one.part {
        Part::Agent if one.name.as_deref() == Some(context.agent) => "you",
        _ => one.who(),
    };
    let words = one.in_words(conversation.channel, context.now, &time::span);
    let line = Line::of(format!("{} ", text::pad(&at, LABEL_COLUMNS)), Role::Muted)
        .and(format!("{} ", one.kind()), Role::Muted)
        .and(who.to_owned(), role)
        .and(format!("  {words}"), Role::Muted);
    Detail::Line(line)
}
