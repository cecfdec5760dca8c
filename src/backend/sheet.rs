//! Lists of a review as rows: CSV in which no spreadsheet finds formulas, and JSON, a row a line. Every list that
//! is taken out is in the journal.

use std::fs;
use std::io::Write;
use std::path::Path;

use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

use super::document::{self, NewFile};
use super::view::{Brief, DecisionLine, ReviewPage, ReviewQuery, Reviewed};
use super::{Backend, Trouble};
use crate::domain::command::Command;
use crate::domain::review::{Filter, List, Mark, Precision, Zoned};
use crate::domain::{Permission, Refusal};
use crate::wire::csv::SafeWriter;

/// Rows that are read at once.
const PAGE: usize = 500;

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Csv,
    /// An object a line.
    JsonLines,
}

impl Form {
    /// The form that the end of a file's name says: JSON for `.json`, `.jsonl` and `.ndjson`, else CSV.
    pub fn of_name(path: &Path) -> Self {
        let end = path.extension().and_then(|end| end.to_str());
        match end.map(str::to_ascii_lowercase).as_deref() {
            Some("json" | "jsonl" | "ndjson") => Self::JsonLines,
            Some(_) | None => Self::Csv,
        }
    }
}

const DECISION: [&str; 18] = [
    "entry",
    "at",
    "kind",
    "action",
    "by",
    "contact",
    "name",
    "conversation",
    "channel",
    "queue",
    "agent",
    "rule",
    "lowConfidence",
    "undoneBy",
    "batch",
    "mark",
    "markedBy",
    "markNote",
];
const CONVERSATION: [&str; 21] = [
    "conversation",
    "entry",
    "contact",
    "name",
    "channel",
    "direction",
    "status",
    "start",
    "end",
    "seconds",
    "queue",
    "agent",
    "wrapUp",
    "notes",
    "subject",
    "address",
    "rule",
    "lowConfidence",
    "mark",
    "markedBy",
    "markNote",
];

/// Writes everything that the filter has into a new file that nobody else may read; the number of rows. Needs
/// `scv:export`.
pub async fn export(
    backend: &dyn Backend,
    list: List,
    filter: &Filter,
    form: Form,
    path: &Path,
) -> Result<u64, Trouble> {
    if !backend.actor().1.may(Permission::Export) {
        return Err(Refusal::Denied(Permission::Export).into());
    }
    let file = document::open_new(path)?;
    let written = match write(backend, list, filter, form, file, path).await {
        Ok(rows) => noted(backend, list, filter, rows).await,
        Err(trouble) => Err(trouble),
    };
    if written.is_err() {
        // A half list, or one that nobody knows of, is none. The first trouble is the one to tell.
        let _ = fs::remove_file(path);
    }
    written
}

/// What is taken out is in the journal before it may be used.
async fn noted(
    backend: &dyn Backend,
    list: List,
    filter: &Filter,
    rows: u64,
) -> Result<u64, Trouble> {
    let what = match list {
        List::Decisions => "decisions",
        List::Conversations => "conversations",
    };
    let words = Zoned(filter, &TimeZone::UTC).to_string();
    let what = format!("{what} {words}").trim_end().to_owned();
    backend.run(Command::Export { what, rows }).await?;
    Ok(rows)
}

async fn write(
    backend: &dyn Backend,
    list: List,
    filter: &Filter,
    form: Form,
    file: NewFile,
    path: &Path,
) -> Result<u64, Trouble> {
    let mut sheet =
        Sheet::begin(form, list, file).map_err(|error| document::trouble(path, &error))?;
    let mut query = ReviewQuery {
        list,
        filter: filter.clone(),
        after: None,
        limit: PAGE,
    };
    let mut rows = 0;
    loop {
        let page = backend.review(query.clone()).await?;
        rows += page.len() as u64;
        sheet
            .page(&page)
            .map_err(|error| document::trouble(path, &error))?;
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    let ended = sheet.finish();
    ended.map_err(|error| document::trouble(path, &error))?;
    Ok(rows)
}

/// A file that is being written.
enum Sheet {
    Csv(Box<SafeWriter<NewFile>>),
    JsonLines(NewFile),
}

impl Sheet {
    fn begin(form: Form, list: List, file: NewFile) -> std::io::Result<Self> {
        Ok(match form {
            Form::Csv => {
                let mut writer = SafeWriter::strict(file);
                match list {
                    List::Decisions => writer.row(DECISION)?,
                    List::Conversations => writer.row(CONVERSATION)?,
                }
                Self::Csv(Box::new(writer))
            }
            Form::JsonLines => Self::JsonLines(file),
        })
    }

    fn page(&mut self, page: &ReviewPage) -> std::io::Result<()> {
        match self {
            Self::Csv(writer) => {
                for line in &page.decisions {
                    writer.row(decision_cells(line))?;
                }
                for line in &page.conversations {
                    writer.row(conversation_cells(line))?;
                }
            }
            Self::JsonLines(file) => {
                for line in page.decisions.iter().map(decision) {
                    writeln!(file, "{line}")?;
                }
                for line in page.conversations.iter().map(conversation) {
                    writeln!(file, "{line}")?;
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> std::io::Result<()> {
        match self {
            Self::Csv(writer) => writer.finish(),
            Self::JsonLines(mut file) => file.flush(),
        }
    }
}

fn name(person: Option<&Brief>) -> String {
    person.map_or_else(String::new, |brief| brief.called().to_owned())
}

fn text(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn mark_cells(mark: Option<&Mark>) -> [String; 3] {
    match mark {
        Some(mark) => [
            mark.verdict.name().to_owned(),
            mark.by.clone(),
            mark.note.clone().unwrap_or_default(),
        ],
        None => Default::default(),
    }
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

fn decision_cells(line: &DecisionLine) -> Vec<String> {
    let about = line.about.as_ref();
    let own = [
        line.entry.to_string(),
        line.at.to_string(),
        line.kind.name().to_owned(),
        line.action.name().to_owned(),
        line.by.clone(),
        text(line.contact),
        name(line.person.as_ref()),
        text(line.conversation),
        text(about.map(|talk| talk.channel.name())),
        text(about.and_then(|talk| talk.queue.as_deref())),
        text(about.and_then(|talk| talk.agent.as_deref())),
        text(line.rule.map(|rule| rule.name())),
        yes(line.doubtful),
        text(line.undone_by),
        text(line.batch),
    ];
    own.into_iter()
        .chain(mark_cells(line.mark.as_ref()))
        .collect()
}

fn conversation_cells(line: &Reviewed) -> Vec<String> {
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let seconds = line.end.map(|end| end.since_ms(line.start).max(0) / 1000);
    let own = [
        line.id.to_string(),
        text(line.entry),
        line.contact.to_string(),
        name(line.person.as_ref()),
        line.channel.name().to_owned(),
        line.direction.name().to_owned(),
        line.status.word().to_owned(),
        line.start.to_string(),
        text(line.end),
        text(seconds),
        optional(&line.queue),
        optional(&line.agent),
        optional(&line.wrapup),
        optional(&line.notes),
        optional(&line.subject),
        optional(&line.address),
        text(line.rule.map(|rule| rule.name())),
        yes(line.doubtful),
    ];
    own.into_iter()
        .chain(mark_cells(line.mark.as_ref()))
        .collect()
}

fn mark(mark: Option<&Mark>) -> Json {
    mark.map_or(Json::Null, |mark| {
        json!({
            "verdict": mark.verdict.name(),
            "note": mark.note,
            "by": mark.by,
            "at": mark.at.to_string(),
        })
    })
}

/// A decision as JSON.
pub fn decision(line: &DecisionLine) -> Json {
    json!({
        "entry": line.entry,
        "at": line.at.to_string(),
        "kind": line.kind.name(),
        "action": line.action.name(),
        "by": line.by,
        "contactId": line.contact,
        "name": line.person.as_ref().map(Brief::called),
        "conversationId": line.conversation,
        "channel": line.about.as_ref().map(|talk| talk.channel.name()),
        "queue": line.about.as_ref().and_then(|talk| talk.queue.as_deref()),
        "agent": line.about.as_ref().and_then(|talk| talk.agent.as_deref()),
        "rule": line.rule.map(|rule| rule.name()),
        "lowConfidence": line.doubtful,
        "undoes": line.undoes,
        "undoneBy": line.undone_by,
        "kept": line.kept,
        "batch": line.batch,
        "mark": mark(line.mark.as_ref()),
    })
}

/// A conversation as JSON.
pub fn conversation(line: &Reviewed) -> Json {
    json!({
        "conversationId": line.id,
        "entry": line.entry,
        "contactId": line.contact,
        "name": line.person.as_ref().map(Brief::called),
        "channel": line.channel.name(),
        "direction": line.direction.name(),
        "status": line.status.word(),
        "start": line.start.to_string(),
        "end": line.end.map(|end| end.to_string()),
        "queue": line.queue,
        "agent": line.agent,
        "wrapUpCode": line.wrapup,
        "notes": line.notes,
        "subject": line.subject,
        "address": line.address,
        "rule": line.rule.map(|rule| rule.name()),
        "lowConfidence": line.doubtful,
        "mark": mark(line.mark.as_ref()),
    })
}

/// What marks and corrections come to, as JSON.
pub fn precision(found: &Precision) -> Json {
    let counts = |counts: &[(String, u64)]| {
        let counts = counts
            .iter()
            .map(|(name, count)| json!({"name": name, "corrected": count}));
        counts.collect::<Vec<_>>()
    };
    let interval = found.interval();
    json!({
        "right": found.right,
        "wrong": found.wrong,
        "cannotTell": found.cannot_tell,
        "precision": found.share(),
        "low": interval.map(|(low, _)| low),
        "high": interval.map(|(_, high)| high),
        "corrected": found.corrected,
        "byAgent": counts(&found.by_agent),
        "byQueue": counts(&found.by_queue),
        "byRule": counts(&found.by_rule),
    })
}
