//! `scv undo`: takes an action back, a merge to which things came since, or a whole import.

mod batch;
mod unmerge;

use anyhow::anyhow;
use clap::Args;

use super::outcome;
use super::output::Output;
use super::session::Session;
use super::trouble::Exit;
use crate::backend::local::LocalBackend;
use crate::backend::{Backend, Trouble};
use crate::domain::Refusal;
use crate::domain::command::{Command, EntryId};
use crate::domain::contact::ContactId;
use crate::store::EntryFilter;
use crate::store::sqlite::Open;

#[derive(Debug, Args)]
pub struct Undo {
    /// Number of the journal entry [default: the last action of the agent]
    #[arg(conflicts_with = "batch")]
    entry: Option<EntryId>,
    /// Only show what came since a merge, and where each would go
    #[arg(long)]
    preview: bool,
    /// Give what came since a merge to the contact with this ID; items are named as the preview names them
    #[arg(long, value_name = "ITEM=ID", value_parser = unmerge::assignment)]
    assign: Vec<(String, ContactId)>,
    /// Take a merge back with everything where the preview says
    #[arg(long)]
    yes: bool,
    /// Undo a whole import instead, its last row first; what cannot be undone stands and is named
    #[arg(long, value_name = "N", conflicts_with_all = ["preview", "assign", "yes"])]
    batch: Option<u64>,
}

impl Undo {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        match self.batch {
            Some(batch) => batch::undo(batch, session, output).await,
            None => self.undo_one(session, output).await,
        }
    }

    async fn undo_one(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let backend = session.open(Open::Existing)?;
        let entry = match self.entry {
            Some(entry) => entry,
            None => {
                let last = backend.last_undoable().await?.map(|line| line.id);
                last.ok_or_else(|| {
                    anyhow!("{} has done nothing that can be undone", session.actor.name)
                })?
            }
        };
        if self.preview {
            return self.show(&backend, entry, output).await;
        }
        let what = action(&backend, entry).await?;
        let outcome = match self.assign.is_empty() {
            true => backend.run(Command::Undo { entry }).await,
            false => Err(Refusal::ToAssign { entry, items: 0 }.into()),
        };
        let outcome = match outcome {
            Err(Trouble::Refused(refusal)) if matches!(*refusal, Refusal::ToAssign { .. }) => {
                self.unmerge(&backend, entry, output).await?
            }
            outcome => outcome?,
        };
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
