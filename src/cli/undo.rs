//! `scv undo`: takes an action back.

use anyhow::anyhow;
use clap::Args;

use super::outcome;
use super::output::Output;
use super::session::Session;
use super::trouble::Exit;
use crate::backend::Backend;
use crate::backend::local::LocalBackend;
use crate::domain::command::{Command, EntryId};
use crate::store::EntryFilter;
use crate::store::sqlite::Open;

#[derive(Debug, Args)]
pub struct Undo {
    /// Number of the journal entry [default: the last action of the agent]
    entry: Option<EntryId>,
}

impl Undo {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let backend = session.open(Open::Existing)?;
        let entry = match self.entry {
            Some(entry) => entry,
            None => backend.last_undoable().await?.ok_or_else(|| {
                anyhow!("{} has done nothing that can be undone", session.actor.name)
            })?,
        };
        let what = action(&backend, entry).await?;
        let outcome = backend.run(Command::Undo { entry }).await?;
        outcome::tell(
            output,
            &outcome,
            &format!("{what} of entry {entry} was undone"),
        )
    }
}

/// The action of an entry, for a sentence.
async fn action(backend: &LocalBackend, entry: EntryId) -> anyhow::Result<String> {
    let filter = EntryFilter {
        before: Some(EntryId(entry.0.saturating_add(1))),
        limit: 1,
        ..EntryFilter::default()
    };
    let entries = backend.store().entries(filter).await?;
    let found = entries.first().filter(|found| found.id == entry);
    Ok(found.map_or_else(
        || "The action".to_owned(),
        |found| format!("The {}", found.action.name()),
    ))
}
