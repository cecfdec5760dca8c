//! `scv undo`: takes an action back, or a whole import.

use anyhow::anyhow;
use clap::Args;
use serde_json::{Value as Json, json};

use super::feed::Reports;
use super::outcome;
use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::{self, Exit};
use crate::backend::local::{BatchUndone, LocalBackend};
use crate::backend::{Backend, Trouble};
use crate::domain::Permission;
use crate::domain::command::{Command, EntryId};
use crate::store::EntryFilter;
use crate::store::sqlite::Open;

/// Most rows that stand and are listed as JSON; the rest is counted.
const STAND_MAX: usize = 100;

#[derive(Debug, Args)]
pub struct Undo {
    /// Number of the journal entry [default: the last action of the agent]
    #[arg(conflicts_with = "batch")]
    entry: Option<EntryId>,
    /// Undo a whole import instead, its last row first; what cannot be undone stands and is named
    #[arg(long, value_name = "N")]
    batch: Option<u64>,
}

impl Undo {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        match self.batch {
            Some(batch) => undo_batch(batch, session, output).await,
            None => self.undo_one(session, output).await,
        }
    }

    async fn undo_one(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
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

async fn undo_batch(batch: u64, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
    session.need(Permission::ImportJobAdd)?;
    let backend = session.open(Open::Existing)?;
    output.start_progress(None);
    let mut reports = Reports::default();
    let mut stand: Vec<Json> = Vec::new();
    let done = backend
        .undo_batch(batch, |so_far, refused| {
            for (entry, trouble) in refused {
                let why = trouble::sentence_of(trouble);
                reports.tell(&format!("entry {entry} stands: {why}"), output);
                if stand.len() < STAND_MAX {
                    stand.push(json!({"entry": entry, "reason": why}));
                }
            }
            let passed = so_far.undone + so_far.before + so_far.stand;
            let words = table::count(so_far.undone, "row undone", "rows undone");
            output.progress(passed, &words);
        })
        .await;
    output.end_progress();
    let done = done.map_err(|trouble| match trouble {
        Trouble::Broken(what) => {
            anyhow!("{what}; what was undone stays so, undo the batch again to go on")
        }
        Trouble::Refused(_) | Trouble::NotFound(_) => trouble.into(),
    })?;
    backend.store().tidy_up(Box::new(|_, _| {})).await?;
    reports.end("`scv history --batch` has every row", output);
    tell(batch, &done, stand, output)?;
    Ok(match done.stand {
        0 => Exit::Done,
        _ => Exit::SomeBad,
    })
}

fn tell(
    batch: u64,
    done: &BatchUndone,
    stand: Vec<Json>,
    output: &mut Output,
) -> anyhow::Result<()> {
    if output.format() == Format::Json {
        output.json(&json!({
            "batch": batch,
            "undone": done.undone,
            "undoneBefore": done.before,
            "stand": done.stand,
            "undoneAs": done.batch,
            "refusals": stand,
        }))?;
        return Ok(());
    }
    let undone = table::count(done.undone, "row", "rows");
    let before = table::number(done.before);
    let stand = table::number(done.stand);
    output.line(&format!(
        "Batch {batch}: {undone} undone, {before} undone before, {stand} stand"
    ))?;
    if let Some(own) = done.batch.filter(|_| done.undone > 0) {
        output.line(&format!(
            "The undos are batch {own}; `scv undo --batch {own}` takes them back"
        ))?;
    }
    Ok(())
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
