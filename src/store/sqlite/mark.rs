//! Marks in their tables: shared identifiers, pairs that are not the same person, and names of the
//! organization.

use rusqlite::Connection;

use super::column::{
    IdColumn, id_at, moment_at, name_kind_code, name_kind_of_code, source_of, text_at,
};
use super::fault::Step;
use super::seal::{opened, sealed};
use super::tally::Counted;
use super::turn::Turn;
use crate::domain::contact::ContactId;
use crate::domain::identifier::Identifier;
use crate::domain::reason::{NotSame, SharedMark};
use crate::store::Name;

/// Room for most marks.
const MARK_BYTES: usize = 256;

/// The shared mark with this key.
pub fn shared(connection: &Connection, key: &Identifier) -> Step<Option<SharedMark>> {
    let sql = "SELECT body FROM shared WHERE kind = ?1 AND value = ?2 AND source = ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((key.kind.code(), &key.value, source_of(key)))?;
    match rows.next()? {
        Some(row) => Ok(Some(opened(text_at(row, 0)?)?)),
        None => Ok(None),
    }
}

/// Every shared mark, the latest first.
pub fn all_shared(connection: &Connection) -> Step<Vec<SharedMark>> {
    let mut statement = connection.prepare_cached("SELECT body FROM shared")?;
    let mut rows = statement.query(())?;
    let mut marks: Vec<SharedMark> = Vec::new();
    while let Some(row) = rows.next()? {
        marks.push(opened(text_at(row, 0)?)?);
    }
    marks.sort_by(|one, other| (other.at, &one.identifier).cmp(&(one.at, &other.identifier)));
    Ok(marks)
}

/// Puts the shared mark `after` where `before` stood.
pub fn put_shared(
    turn: &mut Turn<'_>,
    key: &Identifier,
    before: Option<&SharedMark>,
    after: Option<&SharedMark>,
) -> Step<()> {
    let columns = (key.kind.code(), &key.value, source_of(key));
    match after {
        Some(mark) => {
            let sql =
                "INSERT OR REPLACE INTO shared (kind, value, source, body) VALUES (?1, ?2, ?3, ?4)";
            let (kind, value, source) = columns;
            let body = sealed(mark, MARK_BYTES)?;
            turn.connection
                .prepare_cached(sql)?
                .execute((kind, value, source, &body))?;
        }
        None => {
            let sql = "DELETE FROM shared WHERE kind = ?1 AND value = ?2 AND source = ?3";
            turn.connection.prepare_cached(sql)?.execute(columns)?;
        }
    }
    turn.tally
        .moved(Counted::Shared, before.is_some(), after.is_some());
    Ok(())
}

/// The mark that two contacts are different people; the smaller id first.
pub fn not_same(connection: &Connection, pair: &(ContactId, ContactId)) -> Step<Option<NotSame>> {
    let sql = "SELECT marked_by, at FROM not_same WHERE one = ?1 AND other = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((IdColumn(&pair.0.0), IdColumn(&pair.1.0)))?;
    match rows.next()? {
        Some(row) => Ok(Some(NotSame {
            by: row.get(0)?,
            at: moment_at(row, 1)?,
        })),
        None => Ok(None),
    }
}

/// Whom a contact was marked as not the same as.
pub fn not_same_as(connection: &Connection, id: ContactId) -> Step<Vec<ContactId>> {
    let sql = "SELECT CASE WHEN one = ?1 THEN other ELSE one END FROM not_same
        WHERE one = ?1 OR other = ?1 ORDER BY one, other";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([IdColumn(&id.0)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(ContactId(id_at(row, 0)?));
    }
    Ok(found)
}

/// Puts or removes the mark that two contacts are different people.
pub fn put_not_same(
    connection: &Connection,
    pair: &(ContactId, ContactId),
    after: Option<&NotSame>,
) -> Step<()> {
    let (one, other) = (IdColumn(&pair.0.0), IdColumn(&pair.1.0));
    match after {
        Some(mark) => {
            let sql = "INSERT OR REPLACE INTO not_same (one, other, marked_by, at) VALUES (?1, ?2, ?3, ?4)";
            connection
                .prepare_cached(sql)?
                .execute((one, other, &mark.by, mark.at.0))?;
        }
        None => {
            let sql = "DELETE FROM not_same WHERE one = ?1 AND other = ?2";
            connection.prepare_cached(sql)?.execute((one, other))?;
        }
    }
    Ok(())
}

/// Every name, by kind and id.
pub fn names(connection: &Connection) -> Step<Vec<Name>> {
    let sql = "SELECT kind, id, name, color, shown FROM name ORDER BY kind, id";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(())?;
    let mut names = Vec::new();
    while let Some(row) = rows.next()? {
        names.push(Name {
            kind: name_kind_of_code(row.get(0)?)?,
            id: row.get(1)?,
            name: row.get(2)?,
            color: row.get(3)?,
            shown: row.get(4)?,
        });
    }
    Ok(names)
}

/// Adds or replaces names.
pub fn put_names(connection: &Connection, names: &[Name]) -> Step<()> {
    let sql =
        "INSERT OR REPLACE INTO name (kind, id, name, color, shown) VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut statement = connection.prepare_cached(sql)?;
    for name in names {
        let kind = name_kind_code(name.kind);
        statement.execute((kind, &name.id, &name.name, &name.color, name.shown))?;
    }
    Ok(())
}
