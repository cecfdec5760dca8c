//! `scv person`: everything that is known of a person, exported or erased.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use anyhow::anyhow;
use clap::{Args, Subcommand};

use super::given::is_stdin;
use super::outcome;
use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::Exit;
use crate::backend::Backend;
use crate::backend::view::ErasePreview;
use crate::domain::Permission;
use crate::domain::command::{Command, Remark};
use crate::domain::contact::ContactId;
use crate::store::sqlite::Open;

/// The word that is typed to erase.
const WORD: &str = "ERASE";

#[derive(Debug, Subcommand)]
pub enum PersonCommand {
    /// Write everything that is known of a person as one JSON document
    Export(Export),
    /// Erase a person for good, everyone merged into them included
    Erase(Erase),
}

#[derive(Debug, Args)]
pub struct Export {
    /// Id of any contact of the person
    contact: ContactId,
    /// The file to make; `-` for standard output
    #[arg(default_value = "-")]
    file: PathBuf,
}

#[derive(Debug, Args)]
pub struct Erase {
    /// Id of any contact of the person
    contact: ContactId,
    /// Why, for the journal; it stays, so it must not name the person
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Erase without asking
    #[arg(long)]
    yes: bool,
}

impl PersonCommand {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        match self {
            Self::Export(one) => one.run(session, output).await,
            Self::Erase(one) => one.run(session, output).await,
        }
    }
}

impl Export {
    async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        session.need(Permission::GdprRequestAdd)?;
        let backend = session.open(Open::Existing)?;
        if is_stdin(&self.file) {
            let document = backend.exported(self.contact).await?;
            backend.record_export(self.contact).await?;
            output.json(&document)?;
            return Ok(Exit::Done);
        }
        backend.export(self.contact, self.file.clone()).await?;
        output.say(&format!("{}: the person was exported", self.file.display()));
        Ok(Exit::Done)
    }
}

impl Erase {
    async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        session.need(Permission::PersonErase)?;
        session.need(Permission::GdprRequestAdd)?;
        let backend = session.open(Open::Existing)?;
        let preview = backend.preview_erase(self.contact).await?;
        if !self.yes && !asked(&preview, output)? {
            return Err(anyhow!("nothing was erased"));
        }
        let (contact, reason) = (self.contact, self.reason.clone());
        let mut outcome = backend.run(Command::Erase { contact, reason }).await?;
        // Who was erased was not changed, whichever of their ids was given.
        let is_change = |remark: &Remark| matches!(remark, Remark::OnCanonical { .. });
        outcome.remarks.retain(|remark| !is_change(remark));
        let erased = format!("The person was erased for good: {}", goes(&preview));
        let exit = outcome::tell(output, &backend, &outcome, &erased).await?;
        let not_scrubbed = |remark: &&Remark| matches!(remark, Remark::NotScrubbed { .. });
        match outcome.remarks.iter().find(not_scrubbed) {
            None => Ok(exit),
            Some(remark) => Err(anyhow!("{remark}")),
        }
    }
}

/// Says what goes and asks for the word; without a terminal nobody can be asked.
fn asked(preview: &ErasePreview, output: &mut Output) -> anyhow::Result<bool> {
    let goes = sentence(preview);
    if !io::stdin().is_terminal() || output.format() == Format::Json {
        return Err(anyhow!("{goes}; add --yes to erase"));
    }
    output.say(&goes);
    output.say("Nothing brings it back, no undo either");
    output.say(&format!("Type {WORD} to erase, anything else to leave it:"));
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim() == WORD)
}

/// Everything that goes, in one sentence.
fn sentence(preview: &ErasePreview) -> String {
    let who = match preview.names.as_slice() {
        [] => "a person without a name".to_owned(),
        names => names.join(", "),
    };
    format!("erasing {who} takes {}", goes(preview))
}

/// What goes, counted.
fn goes(preview: &ErasePreview) -> String {
    let counted = [
        (preview.contacts, "contact", "contacts"),
        (preview.identifiers, "identifier", "identifiers"),
        (preview.notes, "note", "notes"),
        (preview.conversations, "conversation", "conversations"),
        (
            preview.parts,
            "part in a conversation of others",
            "parts in conversations of others",
        ),
        (preview.visits, "web visit", "web visits"),
        (
            preview.entries,
            "journal entry's values",
            "journal entries' values",
        ),
    ];
    let counted = counted.into_iter().filter(|(count, ..)| 0 < *count);
    let goes: Vec<String> = counted
        .map(|(count, one, more)| table::count(count as u64, one, more))
        .collect();
    goes.join(", ")
}
