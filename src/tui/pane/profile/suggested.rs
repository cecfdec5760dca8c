//! The *Suggested* box of somebody unknown: what the conversation provided, and how to keep it.

use super::fields::SHARED;
use super::{Body, Points, Row};
use crate::backend::view::{Profile, ProfileState};
use crate::domain::IdentifierType;
use crate::domain::conversation::{Provided, Trust};
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::pane::Line;
use crate::tui::theme::Role;

const LABEL_COLUMNS: usize = 8;

/// The box, where the profile is one of nobody known.
pub fn rows(profile: &Profile, context: &Context<'_>) -> Vec<Row> {
    if !is_shown(profile) {
        return Vec::new();
    }
    // After an unlink the name is no suggestion: the agent may have said just now that it is somebody else.
    let title = if profile.state == ProfileState::Unlinked {
        "Came with the conversation"
    } else {
        "Suggested"
    };
    let mut rows = vec![Row::blank(), Row::plain(Body::BoxTop(title.to_owned()))];
    let name = profile
        .provided_name
        .as_deref()
        .map(str::trim)
        .filter(|name| !name.is_empty());
    rows.push(boxed(match name {
        Some(name) => labelled("name").and_strong(name, Role::Text),
        None => labelled("name").and("not given", Role::Muted),
    }));
    for kind in [IdentifierType::Phone, IdentifierType::Email] {
        if profile
            .provided
            .iter()
            .all(|given| given.identifier.kind != kind)
        {
            rows.push(boxed(labelled(kind.word()).and("not given", Role::Muted)));
        }
    }
    rows.extend(profile.provided.iter().map(|one| given(one, profile)));
    rows.push(Row::plain(Body::BoxBottom(ways(context))));
    rows
}

/// Whether the box is part of a profile.
pub fn is_shown(profile: &Profile) -> bool {
    match profile.state {
        ProfileState::Provided | ProfileState::Unlinked => true,
        ProfileState::Linked | ProfileState::Rivals | ProfileState::Alone | ProfileState::Gone => {
            false
        }
    }
}

fn given(given: &Provided, profile: &Profile) -> Row {
    let line = labelled(given.identifier.kind.word()).and(given.identifier.shown(), Role::Text);
    let line = match given.trust {
        _ if profile.is_shared(&given.identifier) => line.right(SHARED, Role::Warning),
        Trust::Verified => line,
        Trust::Typed => line.right("not verified", Role::Warning),
    };
    boxed(line).at(Points::Identifier(given.identifier.clone()))
}

fn labelled(label: &str) -> Line {
    Line::of(format!("{label:<LABEL_COLUMNS$} "), Role::Muted)
}

fn boxed(line: Line) -> Row {
    Row::plain(Body::BoxLine(line))
}

/// What turns the suggestion into a contact. Ways that the role lacks are named by help, not here.
fn ways(context: &Context<'_>) -> Line {
    let mut line = Line::default();
    for action in [Action::Promote, Action::Link, Action::Create] {
        let spec = action.spec();
        let Some(key) = context.keymap.label(action) else {
            continue;
        };
        if context.denied(spec.needs).is_some() || context.scene.past.is_some() {
            continue;
        }
        if !line.is_empty() {
            line = line.and(" · ", Role::Border);
        }
        line = line
            .and(key, Role::Accent)
            .and(format!(" {}", spec.word), Role::Muted);
    }
    line
}
