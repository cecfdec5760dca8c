//! Web visits in their table.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row};

use super::column::{IdColumn, id_at, moment_at, text_at};
use super::contact;
use super::conversation::{keep_entry, row_of};
use super::fault::Step;
use super::seal::{of_id, opened, sealed};
use super::tally::Counted;
use super::turn::Turn;
use crate::domain::contact::ContactId;
use crate::domain::facts::VisitRecord;
use crate::domain::moment::Moment;
use crate::domain::visit::VisitId;
use crate::store::{After, Equals, VisitFilter};

/// Room for most visits.
const BODY_BYTES: usize = 2048;

/// The visit with this id.
pub fn load(connection: &Connection, id: VisitId) -> Step<Option<VisitRecord>> {
    let sql = "SELECT link, body FROM visit WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([IdColumn(&id.0)])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    of_id(read(row, 0)?, |record| record.visit.id == id).map(Some)
}

/// The record in the columns link, body from `index` on.
pub fn read(row: &Row<'_>, index: usize) -> Step<VisitRecord> {
    Ok(VisitRecord {
        link: opened(text_at(row, index)?)?,
        visit: opened(text_at(row, index + 1)?)?,
    })
}

/// Puts the record `after` where `before` stood. `entry` is the journal entry of the plan.
pub fn put(
    turn: &mut Turn<'_>,
    before: Option<&VisitRecord>,
    after: &VisitRecord,
    entry: Option<i64>,
) -> Step<()> {
    let connection = turn.connection;
    let own = contact::row_or_new(turn, after.link.contact)?;
    let (link, body) = (
        sealed(&after.link, BODY_BYTES)?,
        sealed(&after.visit, BODY_BYTES)?,
    );
    let id = IdColumn(&after.visit.id.0);
    let columns = (
        id,
        own,
        after.visit.start.0,
        after.visit.over().0,
        &link,
        &body,
    );
    match before {
        None => {
            let sql = "INSERT INTO visit (id, contact, started, until, link, body, entry)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let (id, own, started, until, link, body) = columns;
            let columns = (id, own, started, until, link, body, entry);
            connection.prepare_cached(sql)?.execute(columns)?;
        }
        Some(before) => {
            if before.link.contact != after.link.contact {
                let first = first_entry(connection, after.visit.id)?;
                keep_entry(turn, before.link.contact, first)?;
            }
            let sql =
                "UPDATE visit SET contact = ?2, started = ?3, until = ?4, link = ?5, body = ?6
                WHERE id = ?1";
            connection.prepare_cached(sql)?.execute(columns)?;
        }
    }
    turn.tally.moved(Counted::Visits, before.is_some(), true);
    Ok(())
}

/// Ids of at most `limit` visits of a contact, newest first.
pub fn linked(connection: &Connection, id: ContactId, limit: i64) -> Step<Vec<VisitId>> {
    let sql = "SELECT id FROM visit WHERE contact = (SELECT row FROM contact WHERE id = ?1)
        ORDER BY started DESC LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((IdColumn(&id.0), limit))?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.push(VisitId(id_at(row, 0)?));
    }
    Ok(ids)
}

/// Visits by filter, newest first.
pub fn list(connection: &Connection, filter: &VisitFilter) -> Step<Vec<VisitRecord>> {
    let mut found = Vec::new();
    match &filter.contacts {
        Some(contacts) => {
            for contact in contacts {
                collect(connection, filter, Some(contact), &mut found)?;
            }
        }
        None => collect(connection, filter, None, &mut found)?,
    }
    found.sort_by(|(one, _), (other, _)| other.cmp(one));
    // Invariant: a visit has one contact, so it appears twice only when a contact was asked for twice.
    found.dedup_by_key(|(place, _)| *place);
    found.truncate(filter.limit);
    Ok(found.into_iter().map(|(_, record)| record).collect())
}

/// Where a visit stands: when it began, and its row.
type Place = (i64, i64);

/// Adds the visits of a contact, or of everybody. Those that were heard of lately are found by that: they are few,
/// and a contact may have many.
fn collect(
    connection: &Connection,
    filter: &VisitFilter,
    contact: Option<&ContactId>,
    found: &mut Vec<(Place, VisitRecord)>,
) -> Step<()> {
    let sql = match (filter.seen_since, contact) {
        (None, Some(_)) => {
            "SELECT link, body, started, row FROM visit
            WHERE contact = (SELECT row FROM contact WHERE id = ?1) AND started >= ?2
                AND started <= ?4 AND (started < ?4 OR row < ?5) AND ?6 IS NULL
            ORDER BY started DESC, row DESC LIMIT ?3"
        }
        (Some(_), _) | (None, None) => {
            "SELECT link, body, started, row FROM visit INDEXED BY visit_until
            WHERE until > ?6 AND (?1 IS NULL OR contact = (SELECT row FROM contact WHERE id = ?1))
                AND started >= ?2 AND started <= ?4 AND (started < ?4 OR row < ?5)
            ORDER BY started DESC, row DESC LIMIT ?3"
        }
    };
    let (before, row) = bound(connection, filter.after)?;
    let seen_since = match contact {
        Some(_) => filter.seen_since.map(|since| since.0),
        None => Some(filter.seen_since.map_or(i64::MIN, |since| since.0)),
    };
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((
        contact.map(|contact| IdColumn(&contact.0)),
        filter.started_since.map_or(i64::MIN, |since| since.0),
        i64::try_from(filter.limit).unwrap_or(i64::MAX),
        before,
        row,
        seen_since,
    ))?;
    while let Some(row) = rows.next()? {
        let place: Place = (row.get(2)?, row.get(3)?);
        found.push((place, read(row, 0)?));
    }
    Ok(())
}

/// The moment and the row that visits stand behind.
fn bound(connection: &Connection, after: Option<After<VisitId>>) -> Step<(i64, i64)> {
    let Some(after) = after else {
        return Ok((i64::MAX, i64::MAX));
    };
    let row = match after.of_equals {
        Equals::All => i64::MAX,
        Equals::Nothing => i64::MIN,
        Equals::Behind(id) => {
            let sql = "SELECT row FROM visit WHERE id = ?1";
            row_of(connection, sql, &id.0)?.unwrap_or(i64::MAX)
        }
    };
    Ok((after.started.0, row))
}

/// When the visits of these contacts began, at or after `since`; at most `limit`.
pub fn starts(
    connection: &Connection,
    contacts: &[ContactId],
    since: Moment,
    limit: usize,
) -> Step<Vec<Moment>> {
    let sql = "SELECT row, started FROM visit
        WHERE contact = (SELECT row FROM contact WHERE id = ?1) AND started >= ?2 LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut found = BTreeMap::new();
    for contact in contacts {
        let mut rows = statement.query((IdColumn(&contact.0), since.0, most))?;
        while let Some(row) = rows.next()? {
            let visit: i64 = row.get(0)?;
            found.insert(visit, moment_at(row, 1)?);
        }
    }
    Ok(found.into_values().take(limit).collect())
}

fn first_entry(connection: &Connection, id: VisitId) -> Step<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT entry FROM visit WHERE id = ?1")?;
    Ok(statement.query_one([IdColumn(&id.0)], |row| row.get(0))?)
}
