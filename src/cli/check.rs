//! `scv check`: verifies every invariant of the store and names each breach.

use serde_json::json;

use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::Exit;

pub async fn run(session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
    let backend = session.open_reading()?;
    let breaches = backend.check().await?;
    match output.format() {
        Format::Json => output.json(&json!({"ok": breaches.is_empty(), "breaches": breaches}))?,
        Format::Text if breaches.is_empty() => output.line("Every invariant holds")?,
        Format::Text => {
            for breach in &breaches {
                output.line(breach)?;
            }
        }
    }
    if breaches.is_empty() {
        return Ok(Exit::Done);
    }
    let count = table::count(breaches.len() as u64, "invariant is", "invariants are");
    output.error(&format!("{count} broken; restore a backup or report it"));
    Ok(Exit::Refused)
}
