//! `scv import contacts`: many contacts at once. A bad row goes to the errors file, the good ones in; a dry run
//! is the same code in a transaction that is taken back.

mod errors;
mod tally;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::anyhow;
use clap::{Args, Subcommand, ValueEnum};

use super::feed::{self, Pace, Reports};
use super::given;
use super::outcome;
use super::output::Output;
use super::session::Session;
use super::trouble::{self, Exit};
use crate::backend::Trouble;
use crate::backend::local::LocalBackend;
use crate::domain::Permission;
use crate::domain::command::{Command, Match, Outcome, Remark};
use crate::domain::contact::ContactId;
use crate::domain::phone::is_region;
use crate::store::Keep;
use crate::store::sqlite::Open;
use crate::wire::csv::{Ended, Options, Row, Rows};

use errors::Errors;
use tally::Tally;

#[derive(Debug, Subcommand)]
pub enum Import {
    /// Import contacts from a CSV file
    Contacts(Contacts),
}

#[derive(Debug, Args)]
pub struct Contacts {
    /// The CSV file, UTF-8 with a header row; - reads standard input
    file: PathBuf,
    /// Say what the import would do and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Write the bad rows, each with its reason, to this file
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// Region of phone numbers without a country code, for rows without a country
    #[arg(long, value_name = "CC", value_parser = region)]
    region: Option<String>,
    /// The system of the external ids [default: CRM]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// What a row is matched by
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "external-id,phone,email"
    )]
    r#match: Vec<MatchBy>,
}

/// What a row is matched by, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MatchBy {
    ExternalId,
    Phone,
    Email,
}

impl Import {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        match self {
            Self::Contacts(one) => one.run(session, output).await,
        }
    }
}

impl Contacts {
    async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        session.need(Permission::ImportJobAdd)?;
        let source = feed::open(&self.file)?;
        let pace_source = feed::Source {
            input: Box::new(std::io::empty()),
            ..source
        };
        let rows = Rows::open(source.input, self.options(session));
        let rows = rows.map_err(|bad| anyhow!("{}: {bad}", given::shown(&self.file)))?;
        let unknown = rows.columns().unknown();
        if !unknown.is_empty() {
            output.say(&format!(
                "Columns that are not known are skipped: {}",
                unknown.join(", ")
            ));
        }
        let errors = match &self.errors {
            Some(path) => Some(Errors::create(path, &self.file, rows.columns())?),
            None => None,
        };
        // The directory of a rehearsal's own store goes when the rehearsal is over.
        let (backend, _scratch) = self.backend(session)?;
        let keep = match self.dry_run {
            true => Keep::Rehearse,
            false => Keep::Commit,
        };
        let batch = match keep {
            Keep::Commit => backend.store().next_batch().await?,
            Keep::Rehearse => 0,
        };
        let mut run = Run {
            backend,
            keep,
            batch,
            errors,
            tally: Tally::default(),
            reports: Reports::default(),
        };
        let pace = Pace::start(&pace_source, output);
        let done = run.rows(rows, pace, output).await;
        output.end_progress();
        done?;
        run.finish(output).await
    }

    /// The store that is imported into; for a dry run without a store, an empty one that is thrown away.
    fn backend(
        &self,
        session: &Session,
    ) -> anyhow::Result<(Arc<LocalBackend>, Option<tempfile::TempDir>)> {
        if !self.dry_run || session.store.exists() {
            return Ok((session.open(Open::Create)?, None));
        }
        let scratch = tempfile::tempdir()?;
        let path = scratch.path().join("rehearsal.db");
        let backend = session.open_at(&path, Open::Create, session.settings.engine())?;
        Ok((backend, Some(scratch)))
    }

    fn options(&self, session: &Session) -> Options {
        let settings = &session.settings;
        Options {
            region: self.region.clone().or_else(|| settings.region.clone()),
            source: self
                .source
                .clone()
                .unwrap_or_else(|| settings.source.clone()),
            matching: self
                .r#match
                .iter()
                .map(|by| match by {
                    MatchBy::ExternalId => Match::ExternalId,
                    MatchBy::Phone => Match::Phone,
                    MatchBy::Email => Match::Email,
                })
                .collect(),
            batch: 0,
        }
    }
}

/// An import that goes on.
struct Run {
    backend: Arc<LocalBackend>,
    keep: Keep,
    batch: u64,
    errors: Option<Errors>,
    tally: Tally,
    reports: Reports,
}

impl Run {
    async fn rows(
        &mut self,
        rows: Rows<Box<dyn std::io::Read + Send>>,
        mut pace: Pace,
        output: &mut Output,
    ) -> anyhow::Result<()> {
        let mut chunks = feed::chunks(rows);
        let mut held = Vec::new();
        while let Some(chunk) = chunks.recv().await {
            pace.step(chunk.len(), output);
            let good = self.read(chunk, output)?;
            match self.keep {
                Keep::Commit => self.decide(good, output).await?,
                // A rehearsal is one transaction, so that later rows see what earlier ones would do.
                Keep::Rehearse => held.extend(good),
            }
        }
        self.decide(held, output).await
    }

    /// The rows that can be decided on; the bad ones are told.
    fn read(
        &mut self,
        chunk: Vec<Result<Row, Ended>>,
        output: &mut Output,
    ) -> anyhow::Result<Vec<(Row, Command)>> {
        let mut good = Vec::with_capacity(chunk.len());
        for row in chunk {
            let mut row = match row {
                Ok(row) => row,
                Err(ended) => {
                    self.tally.bad += 1;
                    self.reports.tell(&ended.to_string(), output);
                    continue;
                }
            };
            self.tally.rows += 1;
            for warning in &row.warnings {
                self.reports
                    .tell(&format!("line {}: {warning}", row.line), output);
            }
            match std::mem::replace(&mut row.read, Err(Vec::new())) {
                Ok(mut read) => {
                    read.batch = self.batch;
                    good.push((row, Command::Import(Box::new(read))));
                }
                Err(defects) => {
                    row.read = Err(defects);
                    let reason = row.reason();
                    self.bad(&row, &reason, output)?;
                }
            }
        }
        Ok(good)
    }

    async fn decide(
        &mut self,
        good: Vec<(Row, Command)>,
        output: &mut Output,
    ) -> anyhow::Result<()> {
        if good.is_empty() {
            return Ok(());
        }
        let (rows, commands): (Vec<Row>, Vec<Command>) = good.into_iter().unzip();
        let batch = match self.keep {
            Keep::Commit => Some(self.batch),
            Keep::Rehearse => None,
        };
        let results = self.backend.run_all(commands, batch, self.keep).await;
        for (row, result) in rows.iter().zip(results) {
            match result {
                Ok(outcome) => self.good(row, &outcome, output).await,
                Err(Trouble::Broken(what)) => {
                    let line = row.line;
                    return Err(anyhow!(
                        "{what}; rows before line {line} are in, import the file again to go on"
                    ));
                }
                Err(trouble) => self.bad(row, &trouble::sentence_of(&trouble), output)?,
            }
        }
        Ok(())
    }

    async fn good(&mut self, row: &Row, outcome: &Outcome, output: &mut Output) {
        let mut clashed = false;
        for remark in &outcome.remarks {
            let told = match remark {
                Remark::Imported { what } => {
                    self.tally.add(*what);
                    continue;
                }
                Remark::HeldBy { identifier, holder } => {
                    clashed = true;
                    format!("{identifier} stays with {}", self.holder(*holder).await)
                }
                Remark::NoSlot { .. } => remark.to_string(),
                Remark::OnCanonical { .. } | Remark::KeepsType { .. } | Remark::Took { .. } => {
                    continue;
                }
                Remark::Offered { .. } | Remark::Removed { .. } => continue,
                Remark::MarkedShared { .. } => continue,
                Remark::AlreadyCurated | Remark::AlreadyKnown => continue,
                // No row is told of what was seen or erased.
                Remark::PastRetention | Remark::Final | Remark::NotScrubbed { .. } => continue,
            };
            self.reports
                .tell(&format!("line {}: {told}", row.line), output);
        }
        self.tally.clashed += u64::from(clashed);
    }

    /// Who holds a value. What a rehearsal made is gone again by now.
    async fn holder(&self, id: ContactId) -> String {
        match outcome::named(&self.backend, id).await {
            Some(name) => format!("{name}, contact {id}"),
            None => "an earlier row's contact".to_owned(),
        }
    }

    fn bad(&mut self, row: &Row, reason: &str, output: &mut Output) -> anyhow::Result<()> {
        self.tally.bad += 1;
        self.reports
            .tell(&format!("line {}: {reason}", row.line), output);
        match &mut self.errors {
            Some(errors) => errors.row(row, reason),
            None => Ok(()),
        }
    }

    async fn finish(self, output: &mut Output) -> anyhow::Result<Exit> {
        if self.keep == Keep::Commit {
            self.backend.store().tidy_up(Box::new(|_, _| {})).await?;
        }
        let all = match &self.errors {
            Some(_) => "the errors file has every bad row",
            None => "--errors FILE keeps every bad row",
        };
        self.reports.end(all, output);
        if let Some(errors) = self.errors {
            errors.finish()?;
        }
        self.tally.tell(self.keep, self.batch, output)?;
        Ok(match self.tally.bad {
            0 => Exit::Done,
            _ => Exit::SomeBad,
        })
    }
}

fn region(code: &str) -> Result<String, String> {
    match is_region(code) {
        true => Ok(code.to_ascii_uppercase()),
        false => Err("a region is two letters such as IE".to_owned()),
    }
}
