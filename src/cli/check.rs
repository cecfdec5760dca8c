//! `scv check`: verifies every invariant of the store and names each breach.

use clap::Args;
use serde_json::json;

use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::Exit;
use crate::domain::Permission;
use crate::store::sqlite::{Options, SqliteStore};

#[derive(Debug, Args)]
pub struct Check {
    /// Give up what a damaged log cannot tell any more; a copy of the log is kept beside it
    #[arg(long)]
    cut_log: bool,
}

impl Check {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        if self.cut_log {
            cut_log(session, output)?;
        }
        check(session, output).await
    }
}

fn cut_log(session: &Session, output: &mut Output) -> anyhow::Result<()> {
    session.need(Permission::Ingest)?;
    match SqliteStore::cut_log(&session.store, Options::default())? {
        Some(copy) => output.say(&format!(
            "{}: the log was damaged and is cut; it is kept here as it was",
            copy.display()
        )),
        None => output.say("The log is whole; nothing was cut"),
    }
    Ok(())
}

async fn check(session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
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
