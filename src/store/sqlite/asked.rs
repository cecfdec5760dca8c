//! Requests that may be asked again, because their answer may be lost: each comes to one entry.

use rusqlite::Connection;
use uuid::Uuid;

use super::column::IdColumn;
use super::entry;
use super::fault::Step;
use crate::domain::Moment;
use crate::domain::command::EntryId;
use crate::store::Applied;

/// Days that a request is remembered.
const DAYS_KEPT: i64 = 1;

/// Who asked a request before and what came of it; without remarks, which the journal does not keep.
pub fn applied(connection: &Connection, request: Uuid) -> Step<Option<(String, Applied)>> {
    let sql = "SELECT entry FROM request WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([IdColumn(&request)])?;
    let entry: i64 = match rows.next()? {
        Some(row) => row.get(0)?,
        None => return Ok(None),
    };
    entry::applied(connection, EntryId(entry.cast_unsigned()))
}

/// Remembers what came of a request, and forgets those of old.
pub fn keep(connection: &Connection, request: Uuid, entry: EntryId, at: Moment) -> Step<()> {
    let sql = "INSERT INTO request (id, entry, at) VALUES (?1, ?2, ?3)";
    connection
        .prepare_cached(sql)?
        .execute((IdColumn(&request), entry.0.cast_signed(), at.0))?;
    let sql = "DELETE FROM request WHERE at < ?1";
    connection
        .prepare_cached(sql)?
        .execute([at.minus_days(DAYS_KEPT).0])?;
    Ok(())
}
