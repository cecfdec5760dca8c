//! What expiry and retention remove: conversations and visits, and the values that the journal kept of them.

use rusqlite::Connection;

use super::contact;
use super::conversation::{self, keep_entry};
use super::entry;
use super::fault::Step;
use super::tally::Counted;
use super::turn::Turn;
use super::visit;
use crate::domain::contact::ContactId;
use crate::domain::facts::VisitRecord;
use crate::domain::moment::Moment;
use crate::domain::record::ConversationRecord;

/// The row of the counters that says how far what went reaches.
const GONE_BEFORE: &str = "gone-before";

/// Removes the journey of a contact whose life is over, and remembers how far what went reaches.
pub fn drop_journey(turn: &mut Turn<'_>, id: ContactId) -> Step<()> {
    let last = remove_journey(turn, id)?;
    note_gone(turn.connection, last)
}

/// Removes the journey of a contact: its own conversations and visits. Of a conversation that belongs to
/// somebody else only the contact's part goes. When the last of it was over.
pub fn remove_journey(turn: &mut Turn<'_>, id: ContactId) -> Step<Option<Moment>> {
    let own = contact::row_or_new(turn, id)?;
    let mut last = last_visit(turn.connection, own)?;
    for (row, record) in conversations_of(turn.connection, own)? {
        if record.link.contact == id {
            last = last.max(record.conversation.over());
            conversation::remove(turn, row, &record)?;
            continue;
        }
        let mut after = record.clone();
        after.others.retain(|(_, link)| link.contact != id);
        conversation::put(turn, Some(&record), &after, None)?;
    }
    let sql = "DELETE FROM visit WHERE contact = ?1";
    let removed = turn.connection.prepare_cached(sql)?.execute([own])?;
    turn.tally.add(Counted::Visits, -(removed as i64));
    Ok(last)
}

/// The moment before whose conversations and visits some went with the retention; `None` when none did.
pub fn gone_before(connection: &Connection) -> Step<Option<Moment>> {
    let mut statement = connection.prepare_cached("SELECT value FROM counter WHERE name = ?1")?;
    let mut rows = statement.query([GONE_BEFORE])?;
    let row = rows.next()?;
    Ok(row.map(|row| row.get(0).map(Moment)).transpose()?)
}

/// Remembers that what ended at `last` has gone, so that seeing it again does not bring it back.
fn note_gone(connection: &Connection, last: Option<Moment>) -> Step<()> {
    let Some(last) = last else { return Ok(()) };
    let sql = "INSERT INTO counter (name, value) VALUES (?1, ?2)
        ON CONFLICT (name) DO UPDATE SET value = max(value, ?2)";
    connection
        .prepare_cached(sql)?
        .execute((GONE_BEFORE, last.0 + 1))?;
    Ok(())
}

fn last_visit(connection: &Connection, contact: i64) -> Step<Option<Moment>> {
    let sql = "SELECT max(until) FROM visit WHERE contact = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let last: Option<i64> = statement.query_one([contact], |row| row.get(0))?;
    Ok(last.map(Moment))
}

/// Removes at most `limit` conversations and visits that were over before `before`, with the values that
/// the journal kept of their links; the number removed.
pub fn drop_older(turn: &mut Turn<'_>, before: Moment, limit: usize) -> Step<usize> {
    let conversations = old_conversations(turn.connection, before, limit)?;
    let visits = old_visits(turn.connection, before, limit - conversations.len())?;
    let removed = conversations.len() + visits.len();
    let ends = conversations
        .iter()
        .map(|old| old.record.conversation.over());
    let ends = ends.chain(visits.iter().map(|old| Some(old.record.visit.over())));
    note_gone(turn.connection, ends.max().flatten())?;
    for Old { row, entry, record } in conversations {
        forget(turn, record.link.contact, entry)?;
        conversation::remove(turn, row, &record)?;
    }
    for Old { row, entry, record } in visits {
        forget(turn, record.link.contact, entry)?;
        turn.connection
            .prepare_cached("DELETE FROM visit WHERE row = ?1")?
            .execute([row])?;
        turn.tally.add(Counted::Visits, -1);
    }
    Ok(removed)
}

/// A record that is to go, with the entry that linked it first.
struct Old<T> {
    row: i64,
    entry: Option<i64>,
    record: T,
}

/// The public part of the entry stays in the contact's history, its values go.
fn forget(turn: &mut Turn<'_>, contact: ContactId, entry: Option<i64>) -> Step<()> {
    keep_entry(turn, contact, entry)?;
    match entry {
        Some(entry) => entry::forget_entry(turn.connection, entry),
        None => Ok(()),
    }
}

/// The conversations that a contact takes part in, with their rows.
pub fn conversations_of(
    connection: &Connection,
    contact: i64,
) -> Step<Vec<(i64, ConversationRecord)>> {
    let sql = "SELECT conversation.row, link, others, wrapup, body FROM party
        JOIN conversation ON conversation.row = party.conversation WHERE party.contact = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([contact])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((row.get(0)?, conversation::read(row, 1)?));
    }
    Ok(found)
}

fn old_conversations(
    connection: &Connection,
    before: Moment,
    limit: usize,
) -> Step<Vec<Old<ConversationRecord>>> {
    let sql = "SELECT row, entry, link, others, wrapup, body FROM conversation
        WHERE until < ?1 ORDER BY until LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((before.0, i64::try_from(limit).unwrap_or(i64::MAX)))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let record = conversation::read(row, 2)?;
        found.push(Old {
            row: row.get(0)?,
            entry: row.get(1)?,
            record,
        });
    }
    Ok(found)
}

fn old_visits(
    connection: &Connection,
    before: Moment,
    limit: usize,
) -> Step<Vec<Old<VisitRecord>>> {
    let sql = "SELECT row, entry, link, body FROM visit WHERE until < ?1 ORDER BY until LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((before.0, i64::try_from(limit).unwrap_or(i64::MAX)))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let record = visit::read(row, 2)?;
        found.push(Old {
            row: row.get(0)?,
            entry: row.get(1)?,
            record,
        });
    }
    Ok(found)
}
