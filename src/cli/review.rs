//! `scv review`: what supervisors look through, mark and take out.

mod list;
mod marks;

use std::path::PathBuf;

use anyhow::anyhow;
use clap::{Args, Subcommand};

use super::given;
use super::output::Output;
use super::session::Session;
use super::trouble::{Exit, Usage};
use crate::backend::Backend;
use crate::domain::command::EntryId;
use crate::domain::conversation::ConversationId;
use crate::domain::review::{Cursor, Filter, List, Verdict};

/// What a filter is made of, for the help of every command that takes one.
const WORDS: &str = "Filters: kind:auto-link,link,unlink,promote,merge,undo,import,erase,other,review  by:NAME \
channel:NAME  queue:NAME  agent:NAME  wrapup:CODE  status:active|waiting|ended|wrap-up-due|abandoned \
from:DAY  to:DAY  rule:NAME  text:WORDS  mark:none|any|right|wrong|cannot-tell  order:newest|oldest|longest \
merged  unlinked  doubtful  undone  undone:no";

#[derive(Debug, Subcommand)]
pub enum Review {
    /// List decisions of the whole organization: links, unlinks, promotions, merges, undos, imports, erasures
    #[command(after_help = WORDS)]
    Decisions(Listed),
    /// List conversations of the whole organization
    #[command(after_help = WORDS)]
    Conversations(Listed),
    /// Pick automatic links at random, to be marked
    #[command(after_help = WORDS)]
    Sample(Sample),
    /// Say whether a decision is right, or the first link of a conversation
    Mark(Mark),
    /// How precise the automatic links are by what was marked, and what was corrected
    #[command(after_help = WORDS)]
    Precision(Precision),
    /// Keep a filter under a name of your own
    #[command(after_help = WORDS)]
    Save(Save),
    /// List your saved filters
    Filters,
    /// Forget a saved filter
    Forget(Forget),
}

/// A filter: words, and a saved one before them.
#[derive(Debug, Args)]
pub struct Narrow {
    /// What to narrow by, such as queue:Billing channel:call from:2026-11-01 unlinked
    #[arg(value_name = "FILTER")]
    words: Vec<String>,
    /// Begin with the saved filter of this name
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
}

#[derive(Debug, Args)]
pub struct Listed {
    #[command(flatten)]
    narrow: Narrow,
    /// Most lines of a page
    #[arg(long, value_name = "N", default_value = "50", value_parser = given::limit)]
    limit: usize,
    /// Go on behind the page that ended with this place
    #[arg(long, value_name = "PLACE")]
    after: Option<Cursor>,
    /// Write everything into a new CSV file in which no spreadsheet finds formulas
    #[arg(long, value_name = "FILE", conflicts_with = "jsonl")]
    csv: Option<PathBuf>,
    /// Write everything into a new file of JSON, an object a line
    #[arg(long, value_name = "FILE")]
    jsonl: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Sample {
    /// How many
    #[arg(value_name = "N", value_parser = given::limit)]
    count: usize,
    #[command(flatten)]
    narrow: Narrow,
    /// The same seed picks the same [default: another one each time, which is told]
    #[arg(long, value_name = "SEED")]
    seed: Option<u64>,
}

#[derive(Debug, Args)]
pub struct Mark {
    /// The number of an entry, or the id of a conversation
    #[arg(value_name = "ENTRY-or-CONVERSATION")]
    of: String,
    /// right, wrong or cannot-tell
    verdict: Verdict,
    /// Why
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

#[derive(Debug, Args)]
pub struct Precision {
    #[command(flatten)]
    narrow: Narrow,
}

#[derive(Debug, Args)]
pub struct Save {
    /// The name
    name: String,
    #[command(flatten)]
    narrow: Narrow,
}

#[derive(Debug, Args)]
pub struct Forget {
    /// The name
    name: String,
}

impl Review {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        match self {
            Self::Decisions(one) => one.run(List::Decisions, session, output).await,
            Self::Conversations(one) => one.run(List::Conversations, session, output).await,
            Self::Sample(one) => one.run(session, output).await,
            Self::Mark(one) => one.run(session, output).await,
            Self::Precision(one) => one.run(session, output).await,
            Self::Save(one) => one.run(session, output).await,
            Self::Filters => marks::filters(session, output).await,
            Self::Forget(one) => one.run(session, output).await,
        }
    }
}

impl Narrow {
    /// The filter: the saved one, narrowed further by each word.
    async fn read(&self, backend: &dyn Backend, session: &Session) -> anyhow::Result<Filter> {
        let mut filter = match &self.filter {
            Some(name) => saved(backend, name).await?,
            None => Filter::default(),
        };
        for word in &self.words {
            let (key, value) = word.split_once(':').unwrap_or((word, ""));
            let set = filter.set(key, value, &session.zone);
            set.map_err(|bad| Usage(bad.to_string()))?;
        }
        Ok(filter)
    }
}

async fn saved(backend: &dyn Backend, name: &str) -> anyhow::Result<Filter> {
    let filters = backend.review_filters().await?;
    let found = filters.into_iter().find(|(own, _)| own == name.trim());
    found
        .map(|(_, filter)| filter)
        .ok_or_else(|| anyhow!("there is no filter {name:?}; `scv review filters` lists yours"))
}

/// What a mark is on: an entry, or the entry that linked a conversation first.
async fn marked(of: &str, session: &Session) -> anyhow::Result<EntryId> {
    if let Ok(entry) = of.parse::<EntryId>() {
        return Ok(entry);
    }
    let conversation: ConversationId = of.parse().map_err(|_| {
        Usage(format!(
            "{:?} is neither the number of an entry nor the id of a conversation",
            of.chars().take(40).collect::<String>()
        ))
    })?;
    let backend = session.open_reading()?;
    let entry = backend.first_entry(conversation).await?;
    entry.ok_or_else(|| anyhow!("conversation {conversation} is not known here"))
}
