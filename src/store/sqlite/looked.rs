//! What supervisors keep and look through: marks and saved filters in their tables, and lists by filter.

mod ask;
mod clause;
mod list;
mod reach;
mod sum;

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Row};

use super::column::{IdColumn, damaged, moment_at, text_at};
use super::fault::Step;
use super::seal::{fits, opened, sealed};
use crate::domain::command::EntryId;
use crate::domain::conversation::ConversationId;
use crate::domain::reason::Rule;
use crate::domain::review::{Filter, Kept, Key, Mark, Verdict};

pub use list::{conversations, count, decisions, sample};
pub use sum::precision;

/// Room for most filters, and for most notes.
const FILTER_BYTES: usize = 512;
const NOTE_BYTES: usize = 128;

/// The columns that `mark_at` takes a mark from.
const MARK: &str = "review_mark.seq, review_mark.verdict, review_mark.marked_by, review_mark.at,
    review_mark.note, review_mark.sum = row_sum(review_mark.seq, review_mark.verdict,
        review_mark.marked_by, review_mark.at)";

/// The number of a verdict in its column; never reused.
pub const fn verdict_code(verdict: Verdict) -> i64 {
    match verdict {
        Verdict::Right => 1,
        Verdict::Wrong => 2,
        Verdict::CannotTell => 3,
    }
}

/// The number of a rule in its column; never reused.
pub const fn rule_code(rule: Rule) -> i64 {
    match rule {
        Rule::FirstClaimed => 1,
        Rule::NoClaim => 2,
        Rule::NothingProvided => 3,
        Rule::SwitchedOff => 4,
        Rule::SharedOnly => 5,
        Rule::ByPerson => 6,
        Rule::Unlinked => 7,
        Rule::Unmerged => 8,
    }
}

/// Teaches SQL `text_holds`: whether a text has another in it, in any case. The other is in lower case.
pub fn add_function(connection: &Connection) -> Step<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("text_holds", 2, flags, |arguments| {
        let text = arguments.get_raw(0).as_str_or_null();
        let (text, held) = (
            text.map_err(rusqlite::Error::from)?,
            arguments.get_raw(1).as_str(),
        );
        let held = held.map_err(rusqlite::Error::from)?;
        Ok(text.is_some_and(|text| text.to_lowercase().contains(held)))
    })?;
    Ok(())
}

/// The rule in column `index`, when there is one.
pub fn rule_at(row: &Row<'_>, index: usize) -> Step<Option<Rule>> {
    let Some(code) = row.get::<_, Option<i64>>(index)? else {
        return Ok(None);
    };
    let found = Rule::ALL.into_iter().find(|rule| rule_code(*rule) == code);
    found.map(Some).ok_or_else(|| damaged("a rule"))
}

/// What is kept under a key.
pub fn kept(connection: &Connection, key: &Key) -> Step<Option<Kept>> {
    match key {
        Key::Mark(entry) => {
            let sql = format!("SELECT {MARK} FROM review_mark WHERE seq = ?1");
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query([entry.0.cast_signed()])?;
            match rows.next()? {
                Some(row) => Ok(mark_at(row, 0)?.map(Kept::Mark)),
                None => Ok(None),
            }
        }
        Key::Filter { owner, name } => {
            let sql = "SELECT body FROM review_filter WHERE owner = ?1 AND name = ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query((owner, name))?;
            match rows.next()? {
                Some(row) => Ok(Some(Kept::Filter(opened(text_at(row, 0)?)?))),
                None => Ok(None),
            }
        }
    }
}

/// Puts what is kept under a key, or takes it away.
pub fn put(connection: &Connection, key: &Key, after: Option<&Kept>) -> Step<()> {
    match (key, after) {
        (Key::Mark(entry), Some(Kept::Mark(mark))) => put_mark(connection, *entry, mark),
        (Key::Filter { owner, name }, Some(Kept::Filter(filter))) => {
            let sql =
                "INSERT OR REPLACE INTO review_filter (owner, name, body) VALUES (?1, ?2, ?3)";
            let body = sealed(filter, FILTER_BYTES)?;
            connection
                .prepare_cached(sql)?
                .execute((owner, name, &body))?;
            Ok(())
        }
        (Key::Mark(_), Some(Kept::Filter(_))) | (Key::Filter { .. }, Some(Kept::Mark(_))) => {
            let what = "a plan keeps one thing under the key of another".to_owned();
            Err(super::fault::Fault::Misfit(what))
        }
        (Key::Mark(entry), None) => {
            let sql = "DELETE FROM review_mark WHERE seq = ?1";
            connection
                .prepare_cached(sql)?
                .execute([entry.0.cast_signed()])?;
            Ok(())
        }
        (Key::Filter { owner, name }, None) => {
            let sql = "DELETE FROM review_filter WHERE owner = ?1 AND name = ?2";
            connection.prepare_cached(sql)?.execute((owner, name))?;
            Ok(())
        }
    }
}

fn put_mark(connection: &Connection, entry: EntryId, mark: &Mark) -> Step<()> {
    let sql = "INSERT OR REPLACE INTO review_mark (seq, verdict, marked_by, at, note, sum)
        VALUES (?1, ?2, ?3, ?4, ?5, row_sum(?1, ?2, ?3, ?4))";
    let note = mark.note.as_ref();
    let note = note.map(|note| sealed(note, NOTE_BYTES)).transpose()?;
    let columns = (
        entry.0.cast_signed(),
        verdict_code(mark.verdict),
        &mark.by,
        mark.at.0,
        note.as_ref(),
    );
    connection.prepare_cached(sql)?.execute(columns)?;
    Ok(())
}

/// The mark in the columns `MARK` from `index` on; nothing where no row was joined.
fn mark_at(row: &Row<'_>, index: usize) -> Step<Option<Mark>> {
    let Some(code) = row.get::<_, Option<i64>>(index + 1)? else {
        return Ok(None);
    };
    fits(row, index + 5)?;
    let verdict = Verdict::ALL
        .into_iter()
        .find(|verdict| verdict_code(*verdict) == code)
        .ok_or_else(|| damaged("a mark"))?;
    let note = row.get_ref(index + 4)?.as_str_or_null();
    let note = note.map_err(rusqlite::Error::from)?;
    Ok(Some(Mark {
        verdict,
        by: row.get(index + 2)?,
        at: moment_at(row, index + 3)?,
        note: note.map(opened).transpose()?,
    }))
}

/// The entry that linked a conversation first.
pub fn first_entry(connection: &Connection, id: ConversationId) -> Step<Option<EntryId>> {
    let sql = "SELECT entry FROM conversation WHERE id = ?1 AND entry IS NOT NULL";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([IdColumn(&id.0)])?;
    match rows.next()? {
        Some(row) => Ok(Some(EntryId(row.get::<_, i64>(0)?.cast_unsigned()))),
        None => Ok(None),
    }
}

/// The saved filters of somebody, by name.
pub fn filters_of(connection: &Connection, owner: &str) -> Step<Vec<(String, Filter)>> {
    let sql = "SELECT name, body FROM review_filter WHERE owner = ?1 ORDER BY name";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([owner])?;
    let mut filters = Vec::new();
    while let Some(row) = rows.next()? {
        filters.push((row.get(0)?, opened(text_at(row, 1)?)?));
    }
    Ok(filters)
}

/// Every mark and every saved filter as a line of the dump.
pub fn lines(connection: &Connection, lines: &mut Vec<String>) -> Step<()> {
    let sql = format!("SELECT {MARK} FROM review_mark ORDER BY seq");
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let (entry, mark): (i64, _) = (row.get(0)?, mark_at(row, 0)?);
        lines.push(format!("mark {entry} {mark:?}"));
    }
    let sql = "SELECT owner, name, body FROM review_filter ORDER BY owner, name";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let (owner, name): (String, String) = (row.get(0)?, row.get(1)?);
        lines.push(format!("filter {owner:?} {name:?} {}", text_at(row, 2)?));
    }
    Ok(())
}

/// Marks and filters that are not what was written, or are on nothing.
pub fn problems(connection: &Connection) -> Step<Vec<String>> {
    lines(connection, &mut Vec::new())?;
    let mut problems = Vec::new();
    let sql = "SELECT owner, body FROM review_filter";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        opened::<Filter>(text_at(row, 1)?)?;
    }
    let sql = "SELECT seq FROM review_mark WHERE seq NOT IN (SELECT seq FROM entry)";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let entry: i64 = row.get(0)?;
        problems.push(format!("a mark is on entry {entry}, which is not there"));
    }
    Ok(problems)
}
