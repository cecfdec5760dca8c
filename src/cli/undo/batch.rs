//! `scv undo --batch`: a whole import, its last row first. Each row is undone exactly, or stands with its reason.

use anyhow::anyhow;
use serde_json::{Value as Json, json};

use super::super::asked;
use super::super::feed::Reports;
use super::super::output::{Format, Output};
use super::super::session::Session;
use super::super::table;
use super::super::trouble::{self, Exit};
use crate::backend::Trouble;
use crate::backend::local::{BatchAbout, BatchUndone, LocalBackend};
use crate::domain::Permission;
use crate::domain::command::{Action, EntryId};
use crate::store::sqlite::Open;

/// Most rows that stand and are listed as JSON; the rest is counted.
const STAND_MAX: usize = 100;

/// How the undo of a batch was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Only to see what it would come to.
    Preview,
    /// To be asked first.
    Unsure,
    Sure,
}

pub async fn undo(
    batch: u64,
    asked: Asked,
    session: &Session,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    session.need(Permission::ImportJobAdd)?;
    let backend = session.open(Open::Existing)?;
    let about = backend.batch_about(batch).await?;
    let open = about.rows - about.before;
    match asked {
        Asked::Preview => return preview(batch, &about, &backend, session, output).await,
        Asked::Unsure if 0 < open => {
            let rows = table::count(open, "row", "rows");
            let what = format!(
                "this takes back {rows} of {}",
                words(batch, &about, session)
            );
            asked::sure(&what, "to undo them", output)?;
        }
        Asked::Unsure | Asked::Sure => {}
    }
    output.start_progress(None);
    let mut reports = Reports::default();
    let mut stand: Vec<Json> = Vec::new();
    let done = backend
        .undo_batch(batch, |so_far, refused| {
            for (entry, trouble) in refused {
                let why = reason(*entry, trouble);
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
        Trouble::Refused(_) | Trouble::NotFound(_) | Trouble::Offline(_) => trouble.into(),
        Trouble::Limited(_) | Trouble::Unknown { .. } => trouble.into(),
    })?;
    backend.store().tidy_up(Box::new(|_, _| {})).await?;
    let all = format!("`scv history --batch {batch}` has every row");
    reports.end(&all, output);
    tell(batch, &done, stand, output)?;
    Ok(match done.stand {
        0 => Exit::Done,
        _ => Exit::SomeBad,
    })
}

/// What a batch was, who did it and when.
fn words(batch: u64, about: &BatchAbout, session: &Session) -> String {
    let what = match about.action {
        Action::Undo => format!("batch {batch}, an undo"),
        _ => format!("import #{batch}"),
    };
    let (from, to) = (session.time(about.from), session.time(about.to));
    let when = match from == to {
        true => format!("on {from}"),
        false => format!("from {from} to {to}"),
    };
    let by = about.by.join(" and ");
    let before = match about.before {
        0 => String::new(),
        before => format!(
            "; {} undone before",
            table::count(before, "row was", "rows were")
        ),
    };
    format!("{what} by {by} {when}{before}")
}

/// Why a row stands, without its number.
fn reason(entry: EntryId, trouble: &Trouble) -> String {
    let why = trouble::sentence_of(trouble);
    match why.strip_prefix(&format!("entry {entry} ")) {
        Some(rest) => format!("it {rest}"),
        None => why,
    }
}

/// Says what the undo would come to, and does nothing.
async fn preview(
    batch: u64,
    about: &BatchAbout,
    backend: &LocalBackend,
    session: &Session,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (would, stand) = backend.rehearse_batch(batch).await?;
    let stands = stand.iter().take(STAND_MAX);
    if output.format() == Format::Json {
        let stands = stands
            .map(|(entry, trouble)| json!({"entry": entry, "reason": reason(*entry, trouble)}));
        output.json(&json!({
            "batch": batch,
            "action": about.action.name(),
            "by": about.by,
            "from": about.from.to_string(),
            "to": about.to.to_string(),
            "rows": about.rows,
            "wouldUndo": would.undone,
            "undoneBefore": would.before,
            "stand": would.stand,
            "refusals": stands.collect::<Vec<Json>>(),
        }))?;
        return Ok(Exit::Done);
    }
    let rows = table::count(about.rows, "row", "rows");
    output.line(&format!("{rows} of {}", words(batch, about, session)))?;
    let undone = table::count(would.undone, "row", "rows");
    let kept = table::number(would.stand);
    output.line(&format!("{undone} would be undone, {kept} would stand"))?;
    for (entry, trouble) in stands {
        output.line(&format!(
            "entry {entry} stands: {}",
            reason(*entry, trouble)
        ))?;
    }
    if (STAND_MAX as u64) < would.stand {
        let more = table::number(would.stand - STAND_MAX as u64);
        output.line(&format!("and {more} more"))?;
    }
    Ok(Exit::Done)
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
