//! `scv contact search`: kept contacts, best first.

use clap::Args;

use super::super::lookup;
use super::super::output::{Format, Output};
use super::super::session::Session;
use super::super::table;
use super::super::trouble::{Exit, Usage};
use crate::backend::Backend;
use crate::backend::local::LocalBackend;
use crate::backend::view::SearchResult;
use crate::wire::journey::Found;

/// Most hits of one page, and the window that can be paged through.
const PAGE_MAX: usize = 100;
const WINDOW_MAX: usize = 1000;
const BLANK: &str = "the search is blank; give part of a name, an e-mail address, digits of a number or an \
external id";

#[derive(Debug, Args)]
pub struct Search {
    /// Parts of names, an organization, an e-mail address, digits of a phone number, an external id
    #[arg(required = true, num_args = 1..)]
    query: Vec<String>,
    /// Hits to print
    #[arg(long, value_name = "N", default_value = "20", value_parser = limit)]
    limit: usize,
    /// Hits to leave out at the start
    #[arg(long, value_name = "N", default_value = "0", value_parser = offset)]
    offset: usize,
}

impl Search {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let query = self.query.join(" ");
        if query.trim().is_empty() {
            return Err(Usage(BLANK.to_owned()).into());
        }
        let backend = session.open_reading()?;
        let found = backend.search(query, self.limit, self.offset).await?;
        match output.format() {
            Format::Json => json(&backend, &found, output).await?,
            Format::Text => text(&found, output)?,
        }
        Ok(Exit::Done)
    }
}

async fn json(
    backend: &LocalBackend,
    found: &SearchResult,
    output: &mut Output,
) -> anyhow::Result<()> {
    let store = backend.store().as_ref();
    let ids = found.hits.iter().map(|hit| hit.contact).collect();
    let contacts = store.contacts(ids).await?;
    let mut entities = Vec::new();
    for hit in &found.hits {
        // One that was deleted meanwhile is left out.
        if let Some(contact) = contacts.iter().find(|contact| contact.id == hit.contact) {
            entities.push(lookup::external_contact(store, contact).await?);
        }
    }
    let found = Found {
        total: found.total,
        entities,
    };
    Ok(output.json(&found)?)
}

fn text(found: &SearchResult, output: &mut Output) -> anyhow::Result<()> {
    if found.hits.is_empty() {
        output.say(&match found.total {
            0 => "No kept contact matches".to_owned(),
            total => {
                let hits = table::count(total as u64, "contact matches", "contacts match");
                format!("Only {hits}; a smaller --offset prints them")
            }
        });
        return Ok(());
    }
    let rows: Vec<Vec<String>> = found
        .hits
        .iter()
        .map(|hit| {
            let place = hit.place.clone().unwrap_or_default();
            vec![
                hit.name.clone(),
                hit.detail.clone(),
                place,
                hit.contact.to_string(),
            ]
        })
        .collect();
    table::rows(output, &["NAME", "FOUND BY", "CITY", "ID"], &rows)?;
    let more = found.total.saturating_sub(found.hits.len());
    if more > 0 {
        let hits = table::count(found.total as u64, "contact matches", "contacts match");
        output.say(&format!("{hits}; --limit and --offset print others"));
    }
    Ok(())
}

fn limit(text: &str) -> Result<usize, String> {
    let read = text.trim().parse();
    let read = read.ok().filter(|limit| (1..=PAGE_MAX).contains(limit));
    read.ok_or_else(|| format!("give how many to print, 1 to {PAGE_MAX}"))
}

fn offset(text: &str) -> Result<usize, String> {
    let read = text.trim().parse();
    let read = read.ok().filter(|offset| *offset < WINDOW_MAX);
    read.ok_or_else(|| {
        let most = WINDOW_MAX - 1;
        format!("give how many to leave out, 0 to {most}; a narrower search finds what comes later")
    })
}
