//! Loads the bundled data through the same import and ingest that files go through.

use serde_json::Value;

use super::shift::{BASE_MOMENT, freshen};
use crate::backend::Trouble;
use crate::backend::local::LocalBackend;
use crate::domain::Moment;
use crate::domain::command::Command;
use crate::store::Keep;
use crate::wire;

const CONTACTS: &str = include_str!("../../assets/demo/contacts.csv");
const NAMES: &str = include_str!("../../assets/demo/names.json");
const HISTORY: &str = include_str!("../../assets/demo/history.ndjson");
const MESSAGES: &str = include_str!("../../assets/demo/messages.ndjson");
const VISITS: &str = include_str!("../../assets/demo/visits.ndjson");

/// Fills a store with the bundled organization, its past ending at `start`. The sessions of the visits, for
/// the player to go on with.
pub async fn load(feed: &LocalBackend, start: Moment) -> Result<Vec<Value>, Trouble> {
    let names = wire::names::read(NAMES).map_err(|error| Trouble::Broken(error.to_string()))?;
    feed.learn_names(names).await?;
    let batch = feed.store().next_batch().await?;
    let options = wire::csv::Options {
        batch,
        ..wire::csv::Options::default()
    };
    let rows = wire::csv::Rows::open(CONTACTS.as_bytes(), options);
    let rows = rows.map_err(|error| Trouble::Broken(error.to_string()))?;
    let mut commands = Vec::new();
    for row in rows {
        let row = row.map_err(|error| Trouble::Broken(error.to_string()))?;
        let read = row
            .read
            .as_ref()
            .map_err(|_| Trouble::Broken(row.reason()))?;
        commands.push(Command::Import(Box::new(read.clone())));
    }
    all(feed.run_all(commands, Some(batch), Keep::Commit).await)?;

    let shift = start.since_ms(BASE_MOMENT);
    let mut commands = Vec::new();
    for value in fresh(HISTORY, shift)? {
        let conversation = wire::conversation::from_json(value);
        let conversation = conversation.map_err(|error| Trouble::Broken(error.to_string()))?;
        commands.push(Command::Resolve(Box::new(conversation)));
    }
    for value in fresh(MESSAGES, shift)? {
        let message =
            wire::message::from_json(value).map_err(|error| Trouble::Broken(error.to_string()))?;
        commands.push(Command::TakeMessage(Box::new(message)));
    }
    let visits = visits(start)?;
    for value in visits.clone() {
        let visit =
            wire::visit::from_json(value).map_err(|error| Trouble::Broken(error.to_string()))?;
        commands.push(Command::ResolveVisit(Box::new(visit)));
    }
    all(feed.run_all(commands, None, Keep::Commit).await)?;
    feed.store().tidy_up(Box::new(|_, _| {})).await?;
    Ok(visits)
}

/// The sessions of the visits, for the player to go on with.
pub fn visits(start: Moment) -> Result<Vec<Value>, Trouble> {
    fresh(VISITS, start.since_ms(BASE_MOMENT))
}

/// The JSON of each line, its timestamps moved.
fn fresh(lines: &str, shift: i64) -> Result<Vec<Value>, Trouble> {
    let read = |line: &str| {
        let mut value: Value =
            serde_json::from_str(line).map_err(|error| Trouble::Broken(error.to_string()))?;
        freshen(&mut value, shift, 0);
        Ok(value)
    };
    lines
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(read)
        .collect()
}

/// The first trouble, if there was any.
fn all<T>(results: Vec<Result<T, Trouble>>) -> Result<(), Trouble> {
    results.into_iter().try_for_each(|result| result.map(drop))
}
