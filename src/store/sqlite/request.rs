//! Requests about people in their table.

use rusqlite::Connection;
use uuid::Uuid;

use super::column::{IdColumn, text_at};
use super::fault::Step;
use super::seal::{of_id, opened, sealed};
use crate::store::request::{PersonRequest, RequestPage};

/// Room for a request.
const BODY_BYTES: usize = 256;

/// Puts a request where the one with its id stood.
pub fn put(connection: &Connection, request: &PersonRequest) -> Step<()> {
    let sql = "INSERT INTO person_request (id, body) VALUES (?1, ?2)
        ON CONFLICT (id) DO UPDATE SET body = ?2";
    let body = sealed(request, BODY_BYTES)?;
    let mut statement = connection.prepare_cached(sql)?;
    statement.execute((IdColumn(&request.id), &body))?;
    Ok(())
}

/// The request with this id.
pub fn one(connection: &Connection, id: Uuid) -> Step<Option<PersonRequest>> {
    let sql = "SELECT body FROM person_request WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([IdColumn(&id)])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let request = opened(text_at(row, 0)?)?;
    of_id(request, |request: &PersonRequest| request.id == id).map(Some)
}

/// A page of all requests, the newest first.
pub fn page(connection: &Connection, limit: usize, offset: usize) -> Step<RequestPage> {
    let count = "SELECT count(*) FROM person_request";
    let total: i64 = connection.query_row(count, (), |row| row.get(0))?;
    let sql = "SELECT body FROM person_request ORDER BY row DESC LIMIT ?1 OFFSET ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let bound = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let mut rows = statement.query((bound(limit), bound(offset)))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(opened(text_at(row, 0)?)?);
    }
    Ok(RequestPage {
        found,
        total: usize::try_from(total).unwrap_or_default(),
    })
}
