//! Lists of journal entries.

use rusqlite::Connection;

use super::super::column::{IdColumn, moment_at};
use super::super::contact;
use super::super::fault::Step;
use super::{ENTRY, read, undone_by, unsealed};
use crate::domain::command::EntryId;
use crate::domain::moment::Moment;
use crate::store::{Entry, EntryFilter, Only};

/// Entries by filter, newest first.
pub fn entries(connection: &Connection, filter: &EntryFilter) -> Step<Vec<Entry>> {
    let row = match filter.contact {
        Some(id) => contact::row_of(connection, id)?,
        None => None,
    };
    let before = filter
        .before
        .map_or(i64::MAX, |id| i64::try_from(id.0).unwrap_or(i64::MAX));
    let mut statement = connection.prepare_cached(&listing(filter))?;
    // Every number up to the last is a parameter, also where a part of the filter is left out.
    statement.raw_bind_parameter(1, before)?;
    statement.raw_bind_parameter(2, row)?;
    statement.raw_bind_parameter(3, filter.contact.as_ref().map(|id| IdColumn(&id.0)))?;
    statement.raw_bind_parameter(4, filter.conversation.as_ref().map(|id| IdColumn(&id.0)))?;
    statement.raw_bind_parameter(5, &filter.actor)?;
    statement.raw_bind_parameter(6, filter.batch.map(u64::cast_signed))?;
    statement.raw_bind_parameter(7, i64::try_from(filter.limit).unwrap_or(i64::MAX))?;
    let mut rows = statement.raw_query();
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let sealed = read(row)?;
        let undone_by = undone_by(connection, sealed.id())?;
        entries.push(unsealed(sealed, undone_by, row.get(11)?));
    }
    Ok(entries)
}

/// The entry with this number.
pub fn entry(connection: &Connection, id: EntryId) -> Step<Option<Entry>> {
    let filter = EntryFilter {
        before: Some(EntryId(id.0.saturating_add(1))),
        limit: 1,
        ..EntryFilter::default()
    };
    let found = entries(connection, &filter)?.into_iter().next();
    Ok(found.filter(|entry| entry.id == id))
}

/// Entries after a moment that may have changed what no contact leads to (a shared mark, an organization), newest
/// first. Reading ends at the first
/// entry that is not after it, as everywhere where the past is read: an import before it may have many.
pub fn loose_since(connection: &Connection, after: Moment) -> Step<Vec<EntryId>> {
    let sql = "SELECT seq, at, action IN ('share', 'unshare', 'unlink', 'undo',
            'create-organization', 'edit-organization', 'delete-organization') FROM entry
        WHERE action NOT IN ('resolve', 'expire') ORDER BY seq DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(())?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        if moment_at(row, 1)? <= after {
            break;
        }
        if row.get(2)? {
            entries.push(EntryId(row.get::<_, i64>(0)?.cast_unsigned()));
        }
    }
    Ok(entries)
}

/// The statement that lists entries by `filter`.
fn listing(filter: &EntryFilter) -> String {
    let mut sql = format!(
        "SELECT {ENTRY}, payload.seq IS NOT NULL FROM entry
        LEFT JOIN payload ON payload.seq = entry.seq WHERE entry.seq < ?1"
    );
    if filter.contact.is_some() {
        sql.push_str(
            " AND entry.seq IN (SELECT seq FROM entry_contact WHERE contact = ?2
            UNION ALL SELECT conversation.entry FROM party
                JOIN conversation ON conversation.row = party.conversation
                JOIN entry AS first ON first.seq = conversation.entry
                WHERE party.contact = ?2 AND first.contact = ?3
            UNION ALL SELECT visit.entry FROM visit
                JOIN entry AS first ON first.seq = visit.entry
                WHERE visit.contact = ?2 AND first.contact = ?3)",
        );
    }
    if filter.conversation.is_some() {
        sql.push_str(
            " AND entry.seq IN (
            SELECT seq FROM entry WHERE conversation = ?4 AND action <> 'resolve'
            UNION ALL SELECT entry FROM conversation WHERE id = ?4 AND entry IS NOT NULL)",
        );
    }
    if filter.actor.is_some() {
        sql.push_str(" AND entry.actor = ?5");
    }
    if filter.batch.is_some() {
        sql.push_str(" AND entry.batch = ?6");
    }
    if filter.by_people == Only::Narrowed {
        sql.push_str(" AND entry.action NOT IN ('resolve', 'expire')");
    }
    sql.push_str(" ORDER BY entry.seq DESC LIMIT ?7");
    sql
}
