//! `scv audit export`: the journal's public part as JSON lines or CSV, streamed, oldest first.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::{Args, ValueEnum};
use serde_json::json;

use super::super::given;
use super::super::output::{Output, escaped};
use super::super::session::Session;
use super::super::table;
use super::super::trouble::Exit;
use crate::domain::Permission;
use crate::domain::command::EntryId;
use crate::store::Store;
use crate::store::journal::{Sealed, hexadecimal};
use crate::store::sqlite::Open;
use crate::wire::csv::SafeWriter;

/// Entries that are read at once.
const PAGE: usize = 5000;
/// Rights of the file: it says who did what.
const MODE: u32 = 0o600;
const HEADINGS: [&str; 11] = [
    "entry",
    "at",
    "actor",
    "action",
    "contactId",
    "conversationId",
    "contactIds",
    "batch",
    "undoes",
    "digest",
    "hash",
];

#[derive(Debug, Args)]
pub struct Export {
    /// The file; - writes to standard output
    file: PathBuf,
    /// JSON lines, or CSV in which no spreadsheet finds formulas
    #[arg(long, value_enum, default_value_t = Shape::Jsonl)]
    format: Shape,
    /// The first entry to write
    #[arg(long, value_name = "N", default_value = "1")]
    from: EntryId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shape {
    Jsonl,
    Csv,
}

/// Where entries go, in their shape.
enum Sink {
    Jsonl(Box<dyn Write>),
    Csv(Box<SafeWriter<Box<dyn Write>>>),
}

impl Export {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        session.need(Permission::Export)?;
        let backend = session.open(Open::Existing)?;
        let store = backend.store().as_ref();
        let total = store.counts().await?.entries;
        let mut sink = self.sink(output)?;
        if !given::is_stdin(&self.file) {
            output.start_progress(Some(total));
        }
        let done = self.write(store, &mut sink, output).await;
        output.end_progress();
        let written = done?;
        sink.finish().map_err(|error| self.unwritable(error))?;
        if !given::is_stdin(&self.file) {
            let entries = table::count(written, "entry", "entries");
            output.say(&format!("{}: {entries}", self.shown()));
        }
        Ok(Exit::Done)
    }

    async fn write(
        &self,
        store: &dyn Store,
        sink: &mut Sink,
        output: &mut Output,
    ) -> anyhow::Result<u64> {
        let mut after = EntryId(self.from.0.saturating_sub(1));
        let mut written = 0;
        loop {
            let page = store.sealed(after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(written);
            };
            after = last.id();
            for entry in &page {
                sink.entry(entry).map_err(|error| self.unwritable(error))?;
            }
            written += page.len() as u64;
            output.progress(after.0, &table::count(written, "entry", "entries"));
        }
    }

    fn sink(&self, output: &mut Output) -> anyhow::Result<Sink> {
        let file: Box<dyn Write> = match given::is_stdin(&self.file) {
            true => output.stream()?,
            false => {
                let file = create(&self.file).map_err(|error| self.unwritable(error))?;
                Box::new(BufWriter::new(file))
            }
        };
        Ok(match self.format {
            Shape::Jsonl => Sink::Jsonl(file),
            Shape::Csv => {
                let mut writer = SafeWriter::new(file);
                writer
                    .row(HEADINGS)
                    .map_err(|error| self.unwritable(error))?;
                Sink::Csv(Box::new(writer))
            }
        })
    }

    fn shown(&self) -> String {
        match given::is_stdin(&self.file) {
            true => "standard output".to_owned(),
            false => self.file.display().to_string(),
        }
    }

    fn unwritable(&self, error: io::Error) -> anyhow::Error {
        match error.kind() {
            // Whoever read it went away, which is no trouble.
            io::ErrorKind::BrokenPipe => error.into(),
            io::ErrorKind::AlreadyExists => {
                anyhow!("{}: it is there already; name another file", self.shown())
            }
            _ => anyhow!("{}: it cannot be written ({error})", self.shown()),
        }
    }
}

/// Makes the file. Nothing that is there is written over: an export may be evidence.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(MODE).open(path)
}

impl Sink {
    fn entry(&mut self, entry: &Sealed) -> io::Result<()> {
        match self {
            Self::Jsonl(out) => {
                let contacts: Vec<String> =
                    entry.contacts.iter().map(ToString::to_string).collect();
                let line = json!({
                    "entry": entry.id(),
                    "at": entry.at.to_string(),
                    "actor": entry.actor,
                    "action": entry.action.name(),
                    "contactId": entry.contact,
                    "conversationId": entry.conversation,
                    "contactIds": contacts,
                    "batch": entry.batch,
                    "undoes": entry.undoes,
                    "digest": entry.digest.as_ref().map(hexadecimal),
                    "hash": hexadecimal(&entry.hash),
                });
                writeln!(out, "{}", escaped(&line.to_string()))
            }
            Self::Csv(writer) => writer.row(cells(entry)),
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Jsonl(mut out) => out.flush(),
            Self::Csv(writer) => writer.finish(),
        }
    }
}

fn cells(entry: &Sealed) -> [String; 11] {
    let contacts: Vec<String> = entry.contacts.iter().map(ToString::to_string).collect();
    let text = |value: Option<String>| value.unwrap_or_default();
    [
        entry.id().to_string(),
        entry.at.to_string(),
        // A name may come from a command line, and a terminal may be what reads this.
        crate::tui::text::clean_line(&entry.actor).into_owned(),
        entry.action.name().to_owned(),
        text(entry.contact.map(|id| id.to_string())),
        text(entry.conversation.map(|id| id.to_string())),
        contacts.join(" "),
        text(entry.batch.map(|batch| batch.to_string())),
        text(entry.undoes.map(|id| id.to_string())),
        text(entry.digest.as_ref().map(hexadecimal)),
        hexadecimal(&entry.hash),
    ]
}
