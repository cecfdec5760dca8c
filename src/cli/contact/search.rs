//! `scv contact search`: kept contacts, best first.

use clap::Args;

use super::super::lookup;
use super::super::output::{Format, Output};
use super::super::session::Session;
use super::super::table;
use super::super::trouble::Exit;
use crate::backend::Backend;
use crate::backend::local::LocalBackend;
use crate::backend::view::SearchResult;
use crate::wire::journey::Found;

/// Most hits of one page, and the window that can be paged through.
const PAGE_MAX: u64 = 100;
const WINDOW_MAX: u64 = 1000;

#[derive(Debug, Args)]
pub struct Search {
    /// Parts of names, an organization, an e-mail address, digits of a phone number, an external id
    #[arg(required = true, num_args = 1..)]
    query: Vec<String>,
    /// Hits to print
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=PAGE_MAX))]
    limit: u64,
    /// Hits to leave out at the start
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(..WINDOW_MAX))]
    offset: u64,
}

impl Search {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let backend = session.open_reading()?;
        let query = self.query.join(" ");
        let (limit, offset) = (self.limit as usize, self.offset as usize);
        let found = backend.search(query, limit, offset).await?;
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
        output.say("No kept contact matches");
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
