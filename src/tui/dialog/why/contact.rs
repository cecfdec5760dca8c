//! The evidence of a contact: the entry that made it, and each identifier with its claim.

use super::super::words::{name_of_brief, short};
use super::{Evidence, origin_words};
use crate::backend::view::{ContactExplanation, Held, Made};
use crate::domain::conversation::Trust;
use crate::tui::context::Context;
use crate::tui::theme::Role;
use crate::tui::time;

/// What is known of how the contact came to be and to hold what it holds.
pub(super) fn evidence(explanation: &ContactExplanation, context: &Context<'_>) -> Vec<Evidence> {
    let mut lines = Vec::from_iter(explanation.made.iter().flat_map(|one| made(one, context)));
    for held in &explanation.held {
        lines.extend(holds(held, context));
    }
    for input in &explanation.merged_from {
        let words = format!("{} · {}", name_of_brief(input), input.id);
        lines.push(("merged", words, Role::Muted));
    }
    let contact = &explanation.contact;
    let words = format!("{} · {}", name_of_brief(contact), contact.id);
    lines.push(("contact", words, Role::Muted));
    lines
}

fn made(made: &Made, context: &Context<'_>) -> [Evidence; 2] {
    let at = time::stamp(made.at, context.tz);
    let words = format!("{at} by {} (entry {})", short(&made.by), made.entry);
    let rule = format!("{} (version {})", made.rule, made.version);
    [("made", words, Role::Text), ("rule", rule, Role::Text)]
}

fn holds(held: &Held, context: &Context<'_>) -> Vec<Evidence> {
    let claim = &held.claim;
    let at = time::stamp(claim.at, context.tz);
    let origin = origin_words(&claim.origin, context);
    let mut lines = vec![
        ("holds", held.identifier.to_string(), Role::Text),
        ("claimed", format!("{at} {origin}"), Role::Muted),
    ];
    let typed = held.typed.as_ref();
    if let Some(typed) = typed.filter(|typed| **typed != held.identifier.value) {
        let words = format!("{typed} = {}", held.identifier.value);
        lines.push(("as sent", words, Role::Muted));
    }
    if claim.trust == Trust::Typed {
        let words = "typed by the visitor, not verified".to_owned();
        lines.push(("⚠", words, Role::Warning));
    }
    lines
}
