//! Marks, what they come to, and saved filters on the command line.

use serde_json::{Value as Json, json};

use super::{Forget, Mark, Precision, Save, marked};
use crate::backend::{Backend, sheet};
use crate::cli::outcome;
use crate::cli::output::{Format, Output};
use crate::cli::session::Session;
use crate::cli::table;
use crate::cli::trouble::Exit;
use crate::domain::command::Command;
use crate::domain::review::Zoned;
use crate::store::sqlite::Open;

impl Mark {
    pub(super) async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let entry = marked(&self.of, session).await?;
        let command = Command::Mark {
            entry,
            verdict: self.verdict,
            note: self.note.clone(),
        };
        let said = format!("Marked entry {entry} as {}", self.verdict.words());
        run(command, &said, session, output).await
    }
}

impl Save {
    pub(super) async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let backend = session.open_reading()?;
        let filter = self.narrow.read(backend.as_ref(), session).await?;
        drop(backend);
        let command = Command::SaveFilter {
            name: self.name.clone(),
            filter: Box::new(filter),
        };
        let said = format!("Saved the filter {}", self.name);
        run(command, &said, session, output).await
    }
}

impl Forget {
    pub(super) async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let command = Command::ForgetFilter {
            name: self.name.clone(),
        };
        let said = format!("Forgot the filter {}", self.name);
        run(command, &said, session, output).await
    }
}

async fn run(
    command: Command,
    sentence: &str,
    session: &Session,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let backend = session.open(Open::Existing)?;
    let outcome = backend.run(command).await?;
    outcome::tell(output, &backend, &outcome, sentence).await
}

/// `scv review filters`.
pub async fn filters(session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
    let backend = session.open_reading()?;
    let filters = backend.review_filters().await?;
    let words = |filter| Zoned(filter, &session.zone).to_string();
    if output.format() == Format::Json {
        let entities = filters
            .iter()
            .map(|(name, filter)| json!({"name": name, "filter": words(filter)}));
        let entities: Vec<Json> = entities.collect();
        output.json(&json!({ "entities": entities }))?;
        return Ok(Exit::Done);
    }
    if filters.is_empty() {
        output.say("No filter is saved; `scv review save NAME FILTER...` keeps one");
        return Ok(Exit::Done);
    }
    let rows = filters
        .iter()
        .map(|(name, filter)| vec![name.clone(), words(filter)]);
    let rows: Vec<Vec<String>> = rows.collect();
    table::rows(output, &["NAME", "FILTER"], &rows)?;
    Ok(Exit::Done)
}

impl Precision {
    pub(super) async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let backend = session.open_reading()?;
        let filter = self.narrow.read(backend.as_ref(), session).await?;
        let found = backend.review_precision(filter).await?;
        if output.format() == Format::Json {
            output.json(&sheet::precision(&found))?;
            return Ok(Exit::Done);
        }
        let share = match (found.share(), found.interval()) {
            (Some(share), Some((low, high))) => {
                let percent = |part: f64| format!("{:.1} %", 100.0 * part);
                let (low, high) = (percent(low), percent(high));
                format!(
                    "{}, with 95 % confidence between {low} and {high}",
                    percent(share)
                )
            }
            _ => "nothing is marked right or wrong yet".to_owned(),
        };
        let pairs = [
            ("right", table::number(found.right)),
            ("wrong", table::number(found.wrong)),
            ("cannot tell", table::number(found.cannot_tell)),
            ("precision", share),
            ("corrected", table::number(found.corrected)),
        ];
        table::pairs(output, &pairs)?;
        for (heading, counts) in [
            ("AGENT", &found.by_agent),
            ("QUEUE", &found.by_queue),
            ("RULE", &found.by_rule),
        ] {
            if !counts.is_empty() {
                output.line("")?;
                let rows = counts.iter().map(|(name, count)| row(name, *count));
                let rows: Vec<Vec<String>> = rows.collect();
                table::rows(output, &[heading, "CORRECTED"], &rows)?;
            }
        }
        Ok(Exit::Done)
    }
}

fn row(name: &str, count: u64) -> Vec<String> {
    let name = if name.is_empty() { "none" } else { name };
    vec![name.to_owned(), table::number(count)]
}
