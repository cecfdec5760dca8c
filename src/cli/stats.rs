//! `scv stats`: what is in the store, and for supervisors what happened: how conversations were linked, what people
//! decided, what expires, which identifiers are shared.

mod cells;
mod page;
mod shape;
mod words;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::output::{Format, Output};
use super::session::Session;
use super::trouble::{Exit, Usage};
use crate::backend::document::write_new;
use crate::backend::{Backend, Trouble};
use crate::domain::contact::ContactType;
use crate::domain::statistics::Days;
use crate::domain::{Permission, Refusal};
use crate::store::Counts;
use crate::tui::counted::Sheet;

#[derive(Debug, Args)]
pub struct Stats {
    /// How many days are counted, today included
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = super::given::days)]
    days: usize,
    /// Print CSV: section, name, measure, value
    #[arg(long, conflicts_with = "html")]
    csv: bool,
    /// Write one page with plots into a new file that only you may read
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

impl Stats {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        session.need(Permission::ContactView)?;
        let is_json = output.format() == Format::Json;
        let is_form = self.csv || self.html.is_some();
        if is_json && is_form {
            let why = "--json and another form exclude each other; leave one of them out";
            return Err(Usage(why.to_owned()).into());
        }
        let backend = session.open_reading()?;
        let counts = backend.store().counts().await?;
        let days = Days::until(session.now(), &session.zone, self.days)?;
        let statistics = match backend.statistics(days).await {
            Ok(statistics) => statistics,
            Err(Trouble::Refused(refusal)) if !is_form => {
                return self.only_counts(&counts, *refusal, output);
            }
            Err(trouble) => return Err(trouble.into()),
        };
        let sheet = Sheet::new(&statistics, &session.zone);
        if is_json {
            let mut all = shape(&counts);
            all["statistics"] = shape::shape(&statistics, &sheet);
            output.json(&all)?;
        } else if self.csv {
            cells::write(output.stream()?, &sheet)?;
        } else if let Some(file) = &self.html {
            let document = page::document(&sheet, session.now(), &session.zone);
            write_new(file, |file| file.write_all(document.as_bytes()))?;
            output.say(&format!("{}: {}", file.display(), sheet.title()));
        } else {
            words::counts(&counts, output)?;
            words::statistics(&sheet, output)?;
        }
        Ok(Exit::Done)
    }

    /// What everybody may see, and the right that the rest needs.
    fn only_counts(
        &self,
        counts: &Counts,
        refusal: Refusal,
        output: &mut Output,
    ) -> anyhow::Result<Exit> {
        match output.format() {
            Format::Json => output.json(&shape(counts))?,
            Format::Text => words::counts(counts, output)?,
        }
        if let Refusal::Denied(permission) = refusal {
            output.say(&format!(
                "What happened in the organization is left out: it needs {permission}"
            ));
        }
        Ok(Exit::Done)
    }
}

fn of(counts: &Counts, kind: ContactType) -> u64 {
    let found = counts.contacts.iter().find(|(counted, _)| *counted == kind);
    found.map_or(0, |(_, count)| *count)
}

fn shape(counts: &Counts) -> Value {
    json!({
        "curated": of(counts, ContactType::Curated),
        "identified": of(counts, ContactType::Identified),
        "ephemeral": of(counts, ContactType::Ephemeral),
        "ancestors": counts.ancestors,
        "organizations": counts.organizations,
        "identifiers": counts.claims,
        "sharedIdentifiers": counts.shared,
        "conversations": counts.conversations,
        "active": counts.active,
        "visits": counts.visits,
        "notes": counts.notes,
        "entries": counts.entries,
    })
}
