//! `scv backup` and `scv restore`: the store as one file, and a store of such a file.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::Exit;
use crate::domain::Permission;
use crate::store::sqlite::{self, Copied, Options};

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
    pub fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        session.need(Permission::Export)?;
        let copied = sqlite::backup(&session.store, &self.file, &Options::default())?;
        tell(
            output,
            &copied,
            &format!("{}: backup made", self.file.display()),
        )
    }
}

impl Restore {
    pub fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        session.need(Permission::Ingest)?;
        let copied = sqlite::restore(&self.file, &session.store, &Options::default())?;
        tell(
            output,
            &copied,
            &format!("{}: store made", session.store.display()),
        )
    }
}

fn tell(output: &mut Output, copied: &Copied, sentence: &str) -> anyhow::Result<Exit> {
    match output.format() {
        Format::Json => output.json(&json!({
            "bytes": copied.bytes, "entries": copied.entries, "head": copied.head,
        }))?,
        Format::Text => {
            let entries = table::count(copied.entries, "journal entry", "journal entries");
            output.line(&format!(
                "{sentence} and verified: {entries}, the last sealed {}",
                copied.head
            ))?;
        }
    }
    Ok(Exit::Done)
}
