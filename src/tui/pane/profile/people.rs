//! The lower part of the profile: others who use an identifier, who may be the same, notes, and where the
//! contact comes from.

use super::head::mark;
use super::{Body, Points, Row, suggested};
use crate::backend::view::{Brief, Feature, Profile};
use crate::domain::contact::{Contact, ContactType, Note, Origin};
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::pane::Line;
use crate::tui::pane::person::called;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::time;

const NAME_COLUMNS: usize = 15;
/// With these an id fits in one row of the narrowest of three panes.
const LABEL_COLUMNS: usize = 7;

/// Kept contacts that use an identifier of this one.
pub fn rivals(profile: &Profile, context: &Context<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut heading = String::new();
    let asks = suggested::is_shown(profile) && !profile.is_unshared_since();
    let mut rivals = profile.rivals.iter().map(|(rival, _)| rival.id);
    let first = rivals.find(|id| !profile.left.contains(id));
    for (rival, identifier) in &profile.rivals {
        let title = match asks {
            true => format!("Whose is {identifier}?"),
            false => format!("Others with {identifier}"),
        };
        if title != heading {
            rows.extend([Row::blank(), Row::heading(title.clone())]);
            heading = title;
        }
        let accept = context
            .offers(Action::Accept)
            .filter(|_| first == Some(rival.id));
        rows.push(person(rival, accept));
        rows.extend(sign_of(profile, rival));
    }
    rows
}

/// What speaks for somebody, under the name.
fn sign_of(profile: &Profile, rival: &Brief) -> Option<Row> {
    let mut signs = profile.signs.iter();
    let (_, words) = signs.find(|(contact, words)| *contact == rival.id && !words.is_empty())?;
    Some(Row::line(Line::of(format!("    {words}"), Role::Muted)))
}

/// Contacts that may be the same person.
pub fn suggestions(profile: &Profile, context: &Context<'_>) -> Vec<Row> {
    if profile.suggestions.is_empty() {
        return Vec::new();
    }
    let title = match context.scene.past {
        None => "May be the same person",
        Some(_) => "The same person by now",
    };
    let mut rows = vec![Row::blank(), Row::heading(title)];
    rows.extend(profile.suggestions.iter().map(|brief| person(brief, None)));
    rows
}

/// Notes of the whole merge set.
pub fn notes(profile: &Profile, context: &Context<'_>) -> Vec<Row> {
    if profile.notes.is_empty() {
        return Vec::new();
    }
    let title = format!("✎ Notes ({})", profile.notes.len());
    let mut rows = vec![Row::blank(), Row::heading(title)];
    rows.extend(profile.notes.iter().map(|note| written(note, context)));
    rows
}

/// Ids, dates, and the contacts that were merged into this one.
pub fn origins(profile: &Profile, context: &Context<'_>) -> Vec<Row> {
    let Some(contact) = &profile.contact else {
        return Vec::new();
    };
    let mut rows = vec![Row::blank(), Row::heading("Record")];
    let mut say = |label: &str, value: String| {
        // A longer label pushes its value aside rather than being cut.
        rows.push(Row::line(
            Line::of(format!("  {label:<LABEL_COLUMNS$} "), Role::Muted).and(value, Role::Muted),
        ));
    };
    say("id", contact.id.to_string());
    say("made", made(contact, context));
    if contact.modified != contact.created {
        let by = contact
            .modified_by
            .as_deref()
            .map(|name| format!(" by {name}"))
            .unwrap_or_default();
        say(
            "changed",
            format!("{}{by}", time::stamp(contact.modified, context.tz)),
        );
    }
    if contact.division != "*" {
        say("division", contact.division.clone());
    }
    if !profile.ancestors.is_empty() {
        say(
            "merged",
            format!("from {} contacts", profile.ancestors.len()),
        );
        for ancestor in &profile.ancestors {
            say("", ancestor.to_string());
        }
    }
    rows
}

/// The sign says the type; the word follows where the type is not the one that is expected. `accept` is the key
/// that links the conversation to this person.
fn person(brief: &Brief, accept: Option<String>) -> Row {
    let (mark, role) = mark(brief.kind);
    let name = called(&brief.name, brief.says.as_deref());
    // A longer name goes on in the next row rather than being cut.
    let name = text::clean_line(&name);
    let name = format!(
        "{name}{}",
        " ".repeat(NAME_COLUMNS.saturating_sub(text::width(&name)))
    );
    let line = Line::of(format!("{mark} "), role)
        .and(format!("{name} "), Role::Text)
        .and(&brief.detail, Role::Muted);
    let line = match brief.kind {
        ContactType::Curated => line,
        ContactType::Identified | ContactType::Ephemeral => line.right(brief.kind.name(), role),
    };
    let line = match accept {
        Some(key) => line.right("link ", Role::Muted).right(key, Role::Accent),
        None => line,
    };
    Row::line(line).at(Points::Contact(brief.id))
}

fn written(note: &Note, context: &Context<'_>) -> Row {
    let head = Line::of(time::stamp(note.created, context.tz), Role::Muted)
        .and(format!(" · {}", note.author), Role::Muted);
    let head = if note.modified == note.created {
        head
    } else {
        head.right("edited", Role::Muted)
    };
    Row::plain(Body::Note(head, note.text.clone())).at(Points::Note(note.id))
}

fn made(contact: &Contact, context: &Context<'_>) -> String {
    let at = time::stamp(contact.created, context.tz);
    // Where the reasons are not told, how it came to be is not either.
    if context.lacking(Feature::Why).is_some() {
        return at;
    }
    let how = match contact.origin {
        Origin::Resolution => "by resolution",
        Origin::Unlink => "by an unlink",
        Origin::Person => "by a person",
        Origin::Import => "by an import",
        Origin::Merge => "by a merge",
    };
    format!("{at} {how}")
}
