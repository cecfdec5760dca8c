//! `scv backup` and `scv restore`: the store as one file, and a store of such a file.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::Exit;
use crate::domain::Permission;
use crate::store::StoreError;
use crate::store::sqlite::{self, Copied, Options, Stage};

/// How often the progress is looked at.
const LOOK_MS: u64 = 200;

#[derive(Debug, Args)]
pub struct Backup {
    /// The file to make
    file: PathBuf,
}

#[derive(Debug, Args)]
pub struct Restore {
    /// The backup
    file: PathBuf,
}

impl Backup {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        session.need(Permission::Export)?;
        let (from, to) = (session.store.clone(), self.file.clone());
        let copy =
            move |told: &dyn Fn(Stage)| sqlite::backup(&from, &to, &Options::default(), told);
        let copied = watched(copy, output).await?;
        let file = self.file.display();
        if copied.problems.is_empty() {
            return tell(
                output,
                &copied,
                &format!("{file}: backup made and verified"),
            );
        }
        tell(output, &copied, &format!("{file}: backup made"))?;
        let broken = table::count(
            copied.problems.len() as u64,
            "invariant is",
            "invariants are",
        );
        output.error(&format!(
            "{}: the store itself is damaged, {broken} broken as `scv check` says, and so is the backup, which \
            stays; restore an older one",
            session.store.display()
        ));
        Ok(Exit::Refused)
    }
}

impl Restore {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        session.need(Permission::Ingest)?;
        let (from, to) = (self.file.clone(), session.store.clone());
        let copy =
            move |told: &dyn Fn(Stage)| sqlite::restore(&from, &to, &Options::default(), told);
        let copied = watched(copy, output).await?;
        let sentence = format!("{}: store made and verified", session.store.display());
        tell(output, &copied, &sentence)
    }
}

/// Makes a copy, and shows meanwhile what it is at.
async fn watched(
    copy: impl FnOnce(&dyn Fn(Stage)) -> Result<Copied, StoreError> + Send + 'static,
    output: &mut Output,
) -> anyhow::Result<Copied> {
    let is_verifying = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&is_verifying);
    let mut copying = tokio::task::spawn_blocking(move || {
        copy(&|stage| told.store(stage == Stage::Verifying, Ordering::Relaxed))
    });
    output.start_progress(None);
    let copied = loop {
        tokio::select! {
            copied = &mut copying => break copied,
            () = tokio::time::sleep(Duration::from_millis(LOOK_MS)) => {
                output.progress(0, match is_verifying.load(Ordering::Relaxed) {
                    true => "verifying the copy",
                    false => "copying",
                });
            }
        }
    };
    output.end_progress();
    Ok(copied??)
}

fn tell(output: &mut Output, copied: &Copied, sentence: &str) -> anyhow::Result<Exit> {
    match output.format() {
        Format::Json => output.json(&json!({
            "bytes": copied.bytes, "entries": copied.entries, "head": copied.head,
            "ok": copied.problems.is_empty(), "breaches": copied.problems,
        }))?,
        Format::Text => {
            let entries = table::count(copied.entries, "journal entry", "journal entries");
            output.line(&format!(
                "{sentence}: {entries}, the last sealed {}",
                copied.head
            ))?;
        }
    }
    Ok(Exit::Done)
}
