//! `scv ingest`: conversations, their messages and web visits. A bad line is told with its number and skipped.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::feed::{self, Pace, Reports, Source};
use super::given;
use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::{self, Exit};
use crate::backend::Trouble;
use crate::backend::local::LocalBackend;
use crate::domain::Permission;
use crate::domain::command::{Command, Outcome, Remark};
use crate::store::Keep;
use crate::store::sqlite::Open;
use crate::wire;
use crate::wire::ingest::{BadLine, Item, Reader};

#[derive(Debug, Args)]
pub struct Ingest {
    /// Files of conversations, their messages or web visits: a JSON object a line, a JSON array, or the answer
    /// of a conversation details query or of a bulk read of messages; - reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Names of queues, users, wrap-up codes, segments and outcomes by id
    #[arg(long, value_name = "FILE")]
    names: Option<PathBuf>,
    /// The system of external ids that come without one [default: CRM]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
}

/// What came in.
#[derive(Default)]
struct Tally {
    conversations: u64,
    visits: u64,
    messages: u64,
    /// Seen for the first time.
    new: u64,
    /// Past the retention, which has removed such before.
    gone: u64,
    /// Seen before as they are.
    known: u64,
    bad: u64,
    /// Those of the bad that could be read.
    refused: u64,
}

impl Ingest {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        session.need(Permission::Ingest)?;
        // A file that is not there or has nothing in it is told before anything is written.
        let sources = self
            .files
            .iter()
            .map(|path| feed::open(path)?.filled(path, "conversations or web visits"));
        let sources: Vec<Source> = sources.collect::<anyhow::Result<_>>()?;
        let mut options = session.settings.engine();
        if let Some(source) = &self.source {
            options.source = source.clone();
        }
        let names = self.names.as_deref().map(names).transpose()?;
        let backend = session.open_at(&session.store, Open::Create, options)?;
        if let Some(names) = names {
            backend.learn_names(names).await?;
        }
        let mut tally = Tally::default();
        let mut reports = Reports::default();
        for (path, source) in self.files.iter().zip(sources) {
            let mut feed = File {
                path,
                tally: &mut tally,
                reports: &mut reports,
            };
            feed.run(&backend, source, output).await?;
        }
        backend.store().tidy_up(Box::new(|_, _| {})).await?;
        reports.end("they are skipped as well", output);
        tell(&tally, output)?;
        Ok(match tally.bad {
            0 => Exit::Done,
            _ => Exit::SomeBad,
        })
    }
}

/// One file that is being ingested.
struct File<'a> {
    path: &'a Path,
    tally: &'a mut Tally,
    reports: &'a mut Reports,
}

impl File<'_> {
    async fn run(
        &mut self,
        backend: &LocalBackend,
        source: Source,
        output: &mut Output,
    ) -> anyhow::Result<()> {
        let mut pace = Pace::start(&source, output);
        let mut chunks = feed::chunks(places(Reader::new(source.input)));
        while let Some(chunk) = chunks.recv().await {
            let count = chunk.len();
            let done = self.chunk(backend, chunk, output).await;
            if done.is_err() {
                output.end_progress();
            }
            done?;
            pace.step(count, output);
        }
        output.end_progress();
        Ok(())
    }

    async fn chunk(
        &mut self,
        backend: &LocalBackend,
        chunk: Vec<(u64, Result<Item, BadLine>)>,
        output: &mut Output,
    ) -> anyhow::Result<()> {
        let mut commands = Vec::with_capacity(chunk.len());
        let mut ids = Vec::with_capacity(chunk.len());
        for (number, read) in chunk {
            match read {
                Ok(Item::Conversation(conversation)) => {
                    self.tally.conversations += 1;
                    ids.push(format!("item {number}, conversation {}", conversation.id));
                    commands.push(Command::Resolve(conversation));
                }
                Ok(Item::Visit(visit)) => {
                    self.tally.visits += 1;
                    ids.push(format!("item {number}, visit {}", visit.id));
                    commands.push(Command::ResolveVisit(visit));
                }
                Ok(Item::Message(message)) => {
                    self.tally.messages += 1;
                    ids.push(format!("item {number}, message {}", message.id));
                    commands.push(Command::TakeMessage(message));
                }
                Err(bad) => self.bad(&bad.at, &bad.why.to_string(), output),
            }
        }
        let results = backend.run_all(commands, None, Keep::Commit).await;
        for (id, result) in ids.iter().zip(results) {
            self.settle(id, result, output)?;
        }
        Ok(())
    }

    fn settle(
        &mut self,
        id: &str,
        result: Result<Outcome, Trouble>,
        output: &mut Output,
    ) -> anyhow::Result<()> {
        match result {
            Ok(outcome) => {
                let is_known = outcome.remarks.contains(&Remark::AlreadyKnown);
                let is_gone = outcome.remarks.contains(&Remark::PastRetention);
                self.tally.known += u64::from(is_known);
                self.tally.gone += u64::from(is_gone);
                self.tally.new += u64::from(outcome.entry.is_some());
            }
            Err(Trouble::Broken(what)) => return Err(Trouble::Broken(what).into()),
            Err(trouble) => {
                self.tally.refused += 1;
                self.bad(&id, &trouble::sentence_of(&trouble), output);
            }
        }
        Ok(())
    }

    fn bad(&mut self, at: &dyn std::fmt::Display, why: &str, output: &mut Output) {
        self.tally.bad += 1;
        let sentence = format!("{} {at}: {why}", given::shown(self.path));
        self.reports.tell(&sentence, output);
    }
}

/// Numbers the items, so that one that the rules refuse can be named too.
fn places<R: std::io::Read>(
    reader: Reader<R>,
) -> impl Iterator<Item = (u64, Result<Item, BadLine>)> {
    (1..).zip(reader)
}

fn names(path: &Path) -> anyhow::Result<Vec<wire::names::Named>> {
    let names = wire::names::read(&given::text(path)?);
    names.map_err(|error| anyhow::anyhow!("{}: {error}", given::shown(path)))
}

fn tell(tally: &Tally, output: &mut Output) -> anyhow::Result<()> {
    if output.format() == Format::Json {
        let shape = json!({
            "conversations": tally.conversations,
            "visits": tally.visits,
            "messages": tally.messages,
            "new": tally.new,
            "pastRetention": tally.gone,
            "bad": tally.bad,
        });
        return Ok(output.json(&shape)?);
    }
    let conversations = table::count(tally.conversations, "conversation", "conversations");
    let visits = table::count(tally.visits, "web visit", "web visits");
    let conversations = match tally.messages {
        0 => format!("{conversations} and {visits}"),
        messages => {
            let messages = table::count(messages, "message", "messages");
            format!("{conversations}, {messages} and {visits}")
        }
    };
    let seen = tally.conversations + tally.visits + tally.messages;
    if seen > 0 && tally.known == seen && tally.bad == 0 {
        let line = format!("{conversations} were known already: nothing changed");
        return Ok(output.line(&line)?);
    }
    let renewed = seen.saturating_sub(tally.new + tally.known + tally.gone + tally.refused);
    let mut parts = vec![format!("{} linked", table::number(tally.new))];
    for (count, what) in [
        (renewed, "updated"),
        (tally.known, "known already"),
        (tally.gone, "past the retention and left away"),
    ] {
        if count > 0 {
            parts.push(format!("{} {what}", table::number(count)));
        }
    }
    parts.push(format!("{} bad", table::number(tally.bad)));
    let parts = parts.join(", ");
    Ok(output.line(&format!("{conversations} came in: {parts}"))?)
}
