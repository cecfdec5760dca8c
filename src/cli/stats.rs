//! `scv stats`: what is in the store.

use serde_json::json;

use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::Exit;
use crate::domain::Permission;
use crate::domain::contact::ContactType;
use crate::store::Counts;

pub async fn run(session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
    session.need(Permission::ContactView)?;
    let backend = session.open_reading()?;
    let counts = backend.store().counts().await?;
    match output.format() {
        Format::Json => output.json(&shape(&counts))?,
        Format::Text => text(&counts, output)?,
    }
    Ok(Exit::Done)
}

fn of(counts: &Counts, kind: ContactType) -> u64 {
    let found = counts.contacts.iter().find(|(counted, _)| *counted == kind);
    found.map_or(0, |(_, count)| *count)
}

fn text(counts: &Counts, output: &mut Output) -> anyhow::Result<()> {
    let pairs = [
        ("Curated contacts", of(counts, ContactType::Curated)),
        ("Identified contacts", of(counts, ContactType::Identified)),
        ("Ephemeral contacts", of(counts, ContactType::Ephemeral)),
        ("merged contacts", counts.ancestors),
        ("organizations", counts.organizations),
        ("identifiers", counts.claims),
        ("shared identifiers", counts.shared),
        ("conversations", counts.conversations),
        ("active conversations", counts.active),
        ("web visits", counts.visits),
        ("notes", counts.notes),
        ("journal entries", counts.entries),
    ]
    .map(|(label, count)| (label, table::number(count)));
    Ok(table::pairs(output, &pairs)?)
}

fn shape(counts: &Counts) -> serde_json::Value {
    json!({
        "curated": of(counts, ContactType::Curated),
        "identified": of(counts, ContactType::Identified),
        "ephemeral": of(counts, ContactType::Ephemeral),
        "ancestors": counts.ancestors,
        "organizations": counts.organizations,
        "identifiers": counts.claims,
        "sharedIdentifiers": counts.shared,
        "conversations": counts.conversations,
        "active": counts.active,
        "visits": counts.visits,
        "notes": counts.notes,
        "entries": counts.entries,
    })
}
