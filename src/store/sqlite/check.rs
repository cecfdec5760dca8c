//! The check of a store: every invariant that its tables must hold, one sentence for each that is broken.
//!
//! Sentences name contacts, conversations and entries by id, never a value.

mod contacts;
pub mod decisions;
mod exports;
mod journeys;
mod marks;
mod search;

use rusqlite::Connection;

use super::entry;
use super::fault::Step;
use super::looked;
use super::tally::{Counted, count};
use crate::store::decided::Judge;

/// Most sentences of one check; the rest is counted.
const PROBLEMS_MAX: usize = 100;

/// A part of the check: the sentences it has to say.
type Part = fn(&Connection) -> Step<Vec<String>>;

/// Every broken invariant.
pub fn problems(connection: &Connection) -> Step<Vec<String>> {
    let parts: [Part; 14] = [
        file,
        sums,
        contacts::problems,
        contacts::identifiers,
        journeys::conversations,
        journeys::visits,
        journeys::messages,
        marks::problems,
        looked::problems,
        exports::problems,
        search::problems,
        counts,
        journal,
        entries,
    ];
    let mut all = Vec::new();
    for part in parts {
        all.extend(with_damage(part(connection))?);
    }
    // Several parts may meet the same row.
    all.dedup();
    Ok(all)
}

/// Every broken invariant, and every stored decision that does not read or is not the journal's. None is decided
/// again: by other rules it may be another one, and the copy is whole.
pub fn of_copy(connection: &Connection) -> Step<Vec<String>> {
    let mut all = problems(connection)?;
    let mut judge: Judge = Box::new(|_| Vec::new());
    all.extend(with_damage(decisions::problems(connection, &mut judge))?);
    all.dedup();
    Ok(all)
}

/// What a part of the check found. One damaged row ends that part, not the check.
fn with_damage(found: Step<Vec<String>>) -> Step<Vec<String>> {
    match found {
        Ok(problems) => Ok(capped(problems)),
        Err(fault) => match fault.damage() {
            Some(what) => Ok(vec![format!("the file is damaged: {what}")]),
            None => Err(fault),
        },
    }
}

/// The chain of the journal.
fn journal(connection: &Connection) -> Step<Vec<String>> {
    let audit = entry::verify(connection, None, Box::new(|_, _| {}))?;
    let mut sentences: Vec<String> = audit.breaks.iter().map(ToString::to_string).collect();
    if audit.more > 0 {
        sentences.push(format!("the journal has {} more breaks", audit.more));
    }
    Ok(sentences)
}

/// A damaged store may break one rule a million times.
fn capped(mut problems: Vec<String>) -> Vec<String> {
    let more = problems.len().saturating_sub(PROBLEMS_MAX);
    problems.truncate(PROBLEMS_MAX);
    if more > 0 {
        problems.push(format!("{more} more of this kind"));
    }
    problems
}

/// The file as SQLite sees it.
fn file(connection: &Connection) -> Step<Vec<String>> {
    let mut statement = connection.prepare("PRAGMA integrity_check(100)")?;
    let rows = statement.query_map((), |row| row.get::<_, String>(0))?;
    let mut problems = Vec::new();
    for line in rows {
        let line = line?;
        if line != "ok" {
            problems.push(format!("the file is damaged: {line}"));
        }
    }
    Ok(problems)
}

/// Small rows against their sums.
fn sums(connection: &Connection) -> Step<Vec<String>> {
    let rows = [
        (
            "last interaction",
            "alive WHERE sum <> row_sum(contact, seen)",
        ),
        (
            "claim",
            "identifier WHERE sum <> row_sum(kind, value, source, contact, at, origin, origin_id, trust)",
        ),
        (
            "name",
            "name WHERE sum <> row_sum(kind, id, name, color, shown)",
        ),
        (
            "pair",
            "not_same WHERE sum <> row_sum(one, other, marked_by, at)",
        ),
    ];
    let mut problems = Vec::new();
    for (what, strange) in rows {
        let sql = format!("SELECT count(*) FROM {strange}");
        let found: i64 = connection.query_one(&sql, (), |row| row.get(0))?;
        if found > 0 {
            problems.push(format!("{found} times a {what} is not what was written"));
        }
    }
    Ok(problems)
}

/// The kept counts against the rows.
fn counts(connection: &Connection) -> Step<Vec<String>> {
    let kind = |kind: i64| {
        format!(
            "SELECT count(*) FROM contact WHERE body IS NOT NULL AND merged_to IS NULL AND kind = {kind}"
        )
    };
    let all = |table: &str| format!("SELECT count(*) FROM {table}");
    let mut problems = Vec::new();
    for counted in Counted::ALL {
        let sql = match counted {
            Counted::Ephemeral => kind(1),
            Counted::Identified => kind(2),
            Counted::Curated => kind(3),
            Counted::Ancestors => all("contact WHERE body IS NOT NULL AND merged_to IS NOT NULL"),
            Counted::Claims => all("identifier WHERE claimed = 1"),
            Counted::Conversations => all("conversation"),
            Counted::Active => all("conversation WHERE until IS NULL"),
            Counted::Visits => all("visit"),
            Counted::Notes => all("note"),
            Counted::Organizations => all("organization"),
            Counted::Shared => all("shared"),
            Counted::Entries => all("entry"),
            Counted::Batch => continue,
        };
        let there: i64 = connection.query_one(&sql, (), |row| row.get(0))?;
        let kept = count(connection, counted)?;
        if kept != there.cast_unsigned() {
            problems.push(format!(
                "the count of {} is {kept}, but {there} are there",
                counted.name()
            ));
        }
    }
    Ok(problems)
}

/// What leads to journal entries, and payloads.
fn entries(connection: &Connection) -> Step<Vec<String>> {
    let lost = [
        (
            "payload",
            "SELECT count(*) FROM payload WHERE seq NOT IN (SELECT seq FROM entry)",
        ),
        (
            "line of a history",
            "SELECT count(*) FROM entry_contact WHERE seq NOT IN (SELECT seq FROM entry)",
        ),
        (
            "conversation",
            "SELECT count(*) FROM conversation
            WHERE entry IS NOT NULL AND entry NOT IN (SELECT seq FROM entry)",
        ),
        (
            "visit",
            "SELECT count(*) FROM visit WHERE entry IS NOT NULL AND entry NOT IN (SELECT seq FROM entry)",
        ),
    ];
    let mut problems = Vec::new();
    for (what, sql) in lost {
        let found: i64 = connection.query_one(sql, (), |row| row.get(0))?;
        if found > 0 {
            problems.push(format!(
                "{found} times a {what} names a journal entry that is not there"
            ));
        }
    }
    Ok(problems)
}
