//! `scv undo --batch`: a whole import, its last row first. Each row is undone exactly, or stands with its reason.

use anyhow::anyhow;
use serde_json::{Value as Json, json};

use super::super::feed::Reports;
use super::super::output::{Format, Output};
use super::super::session::Session;
use super::super::table;
use super::super::trouble::{self, Exit};
use crate::backend::Trouble;
use crate::backend::local::BatchUndone;
use crate::domain::Permission;
use crate::store::sqlite::Open;

/// Most rows that stand and are listed as JSON; the rest is counted.
const STAND_MAX: usize = 100;

pub async fn undo(batch: u64, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
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
