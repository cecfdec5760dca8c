//! `scv audit`: whether anybody changed the journal, the head to keep elsewhere, and the journal's public part
//! for those who look into it.

mod export;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::anyhow;
use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::{Exit, Usage};
use crate::domain::Permission;
use crate::store::journal::{Break, Head, hexadecimal, of_hexadecimal};
use crate::store::sqlite::Open;
use crate::store::{Audit as Found, Store};

/// How often progress is looked at.
const LOOK_MS: u64 = 200;
/// Most bytes of a file with a head.
const HEAD_BYTES_MAX: u64 = 4096;

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Walk the whole journal and name every entry that was edited, deleted, inserted or swapped
    Verify(Verify),
    /// Print the head of the journal, to be kept where nobody who can write the store can
    Head,
    /// Write the public part of the journal: who, when, what, ids and hashes, no personal values
    Export(export::Export),
}

#[derive(Debug, Args)]
pub struct Verify {
    /// A head that was kept, or the file it is in: finds a tail that was cut off, and what was sealed anew
    #[arg(long, value_name = "HEAD|FILE")]
    head: Option<String>,
}

impl Audit {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        match self {
            Self::Verify(one) => one.run(session, output).await,
            Self::Head => print_head(session, output).await,
            Self::Export(one) => one.run(session, output).await,
        }
    }
}

impl Verify {
    async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        session.need(Permission::HistoryView)?;
        let kept = self.head.as_deref().map(kept).transpose()?;
        let backend = session.open(Open::Existing)?;
        let found = walk(backend.store().as_ref(), kept, output).await?;
        match output.format() {
            Format::Json => output.json(&json_of(&found))?,
            Format::Text => tell(&found, kept, output)?,
        }
        if found.breaks.is_empty() {
            return Ok(Exit::Done);
        }
        let count = found.breaks.len() as u64 + found.more;
        let count = table::count(count, "break", "breaks");
        output.error(&format!(
            "the journal has {count}: somebody wrote to it behind the program's back; compare it with a backup"
        ));
        Ok(Exit::Refused)
    }
}

/// Walks the journal and shows how far it has come.
async fn walk(store: &dyn Store, kept: Option<Head>, output: &mut Output) -> anyhow::Result<Found> {
    let total = store.counts().await?.entries;
    let done = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&done);
    let progress = Box::new(move |entries, _| counter.store(entries, Ordering::Relaxed));
    output.start_progress(Some(total));
    let mut walking = store.audit(kept, progress);
    let found = loop {
        tokio::select! {
            found = &mut walking => break found,
            () = tokio::time::sleep(Duration::from_millis(LOOK_MS)) => {
                let entries = done.load(Ordering::Relaxed);
                output.progress(entries, &table::count(entries, "entry", "entries"));
            }
        }
    };
    output.end_progress();
    Ok(found?)
}

fn tell(found: &Found, kept: Option<Head>, output: &mut Output) -> anyhow::Result<()> {
    for broken in &found.breaks {
        output.line(&broken.to_string())?;
    }
    if found.more > 0 {
        output.line(&format!("and {} more", table::number(found.more)))?;
    }
    if found.breaks.is_empty() {
        let entries = table::count(found.entries, "entry fits", "entries fit");
        let as_kept = match kept {
            Some(head) => format!(", and entry {} is the one that was kept", head.id),
            None => String::new(),
        };
        output.line(&format!("{entries}{as_kept}"))?;
        output.line(&format!("The head is {}", found.head))?;
    }
    Ok(())
}

fn json_of(found: &Found) -> Json {
    let breaks: Vec<Json> = found
        .breaks
        .iter()
        .map(|broken| {
            json!({
                "kind": kind(broken),
                "entries": places(broken),
                "sentence": broken.to_string(),
            })
        })
        .collect();
    json!({
        "ok": found.breaks.is_empty(),
        "entries": found.entries,
        "head": found.head.to_string(),
        "breaks": breaks,
        "more": found.more,
    })
}

const fn kind(broken: &Break) -> &'static str {
    match broken {
        Break::Edited(_) => "edited",
        Break::HashEdited(_) => "hashEdited",
        Break::ValuesEdited(_) => "valuesEdited",
        Break::ValuesAdded(_) => "valuesAdded",
        Break::ValuesLeft(_) => "valuesLeft",
        Break::Deleted { .. } => "deleted",
        Break::Inserted(_) => "inserted",
        Break::Swapped(..) => "swapped",
        Break::TailCut { .. } => "tailCut",
        Break::NotAsKept(_) => "notAsKept",
    }
}

/// The entry, or the first and the last of those that a break is about.
fn places(broken: &Break) -> Vec<i64> {
    match *broken {
        Break::Edited(seq) | Break::HashEdited(seq) | Break::ValuesEdited(seq) => vec![seq],
        Break::ValuesAdded(seq) | Break::ValuesLeft(seq) => vec![seq],
        Break::Inserted(seq) | Break::NotAsKept(seq) => vec![seq],
        Break::Deleted { from, to } => vec![from, to],
        Break::Swapped(one, other) => vec![one, other],
        Break::TailCut { end, written } => vec![end + 1, written],
    }
}

async fn print_head(session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
    session.need(Permission::HistoryView)?;
    let backend = session.open(Open::Existing)?;
    let head = backend.store().head().await?;
    match output.format() {
        Format::Json => {
            output.json(&json!({"entry": head.id, "hash": hexadecimal(&head.hash)}))?;
        }
        Format::Text => output.line(&head.to_string())?,
    }
    Ok(Exit::Done)
}

/// The head that was typed, or that stands in a file as it was printed.
fn kept(typed: &str) -> anyhow::Result<Head> {
    if let Ok(head) = typed.parse() {
        return Ok(head);
    }
    let path = Path::new(typed);
    if !path.exists() {
        return Err(Usage(format!(
            "{typed:?} is no head of the journal and no file; `scv audit head` prints a head, such as 412:9f2c..."
        ))
        .into());
    }
    let unreadable = |why: String| anyhow!("{}: {why}", path.display());
    let kind = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
    if !kind.is_file() || kind.len() > HEAD_BYTES_MAX {
        return Err(unreadable(
            "it is no file with a head of the journal".to_owned(),
        ));
    }
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    if let Some(head) = head_of_json(&text) {
        return Ok(head);
    }
    let head = text.trim().parse::<Head>();
    head.map_err(|not| unreadable(not.to_string()))
}

fn head_of_json(text: &str) -> Option<Head> {
    let json: Json = serde_json::from_str(text).ok()?;
    Some(Head {
        id: crate::domain::command::EntryId(json.get("entry")?.as_u64()?),
        hash: of_hexadecimal(json.get("hash")?.as_str()?)?,
    })
}
