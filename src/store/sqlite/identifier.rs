//! The table of identifiers: who claims one, and which live contacts carry it in a field.

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::column::{
    IdColumn, claim_at, id_at, identifier_at, origin_columns, source_of, trust_code,
};
use super::contact;
use super::fault::Step;
use super::seal::fits;
use super::tally::Counted;
use super::turn::Turn;
use crate::domain::contact::{Contact, ContactId};
use crate::domain::identifier::Identifier;
use crate::domain::reason::Claim;

/// A contact that holds a claim, with its row number.
pub struct Holder {
    pub row: i64,
    pub contact: Contact,
}

/// The claim on an identifier, and who holds it: whoever asks for the one needs the other next.
pub fn claim(
    connection: &Connection,
    identifier: &Identifier,
) -> Step<Option<(Claim, Option<Holder>)>> {
    let sql = "SELECT contact.id, at, origin, origin_id, trust, contact.row, body, alive.seen,
            identifier.sum = row_sum(
                identifier.kind, value, source, identifier.contact, at, origin, origin_id, trust)
        FROM identifier JOIN contact ON contact.row = identifier.contact
        LEFT JOIN alive ON alive.contact = identifier.contact
        WHERE identifier.kind = ?1 AND value = ?2 AND source = ?3 AND claimed = 1";
    let mut statement = connection.prepare_cached(sql)?;
    let key = (
        identifier.kind.code(),
        &identifier.value,
        source_of(identifier),
    );
    let mut rows = statement.query(key)?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    fits(row, 8)?;
    let claim = claim_at(row, 1, ContactId(id_at(row, 0)?))?;
    let holder = match row.get_ref(6)? {
        ValueRef::Null => None,
        _ => Some(Holder {
            row: row.get(5)?,
            contact: contact::read(row, 6)?,
        }),
    };
    Ok(Some((claim, holder)))
}

/// Live contacts whose fields carry an identifier, oldest first.
pub fn carriers(connection: &Connection, identifier: &Identifier) -> Step<Vec<ContactId>> {
    let sql = "SELECT contact.id FROM identifier JOIN contact ON contact.row = identifier.contact
        WHERE identifier.kind = ?1 AND value = ?2 AND source = ?3 AND carried = 1
        ORDER BY contact.created, contact.id";
    let mut statement = connection.prepare_cached(sql)?;
    let key = (
        identifier.kind.code(),
        &identifier.value,
        source_of(identifier),
    );
    let mut rows = statement.query(key)?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.push(ContactId(id_at(row, 0)?));
    }
    Ok(ids)
}

/// Every claim that a contact holds, in the order of identifiers.
pub fn claims_of(connection: &Connection, id: ContactId) -> Step<Vec<(Identifier, Claim)>> {
    let sql = "SELECT kind, value, source, at, origin, origin_id, trust,
            sum = row_sum(kind, value, source, contact, at, origin, origin_id, trust)
        FROM identifier WHERE contact = (SELECT row FROM contact WHERE id = ?1) AND claimed = 1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([IdColumn(&id.0)])?;
    let mut claims = Vec::new();
    while let Some(row) = rows.next()? {
        fits(row, 7)?;
        claims.push((identifier_at(row, 0)?, claim_at(row, 3, id)?));
    }
    claims.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(claims)
}

/// Puts the claim `after` where `before` stood.
pub fn put_claim(
    turn: &mut Turn<'_>,
    identifier: &Identifier,
    before: Option<&Claim>,
    after: Option<&Claim>,
) -> Step<()> {
    if let Some(before) = before {
        let row = contact::row_or_new(turn, before.contact)?;
        drop_claim(turn.connection, identifier, row)?;
    }
    if let Some(after) = after {
        let row = contact::row_or_new(turn, after.contact)?;
        add_claim(turn.connection, identifier, row, after)?;
    }
    turn.tally
        .moved(Counted::Claims, before.is_some(), after.is_some());
    Ok(())
}

/// Notes that a contact that was not there before carries the identifier, and claims it when `claim` says so.
pub fn make(
    turn: &mut Turn<'_>,
    identifier: &Identifier,
    row: i64,
    claim: Option<&Claim>,
) -> Step<()> {
    match claim {
        Some(claim) => {
            insert_claim(turn.connection, identifier, row, claim, true)?;
            turn.tally.add(Counted::Claims, 1);
        }
        None => insert_carried(turn.connection, identifier, row)?,
    }
    Ok(())
}

/// Notes that a live contact carries the identifier in a field.
pub fn add_carried(connection: &Connection, identifier: &Identifier, row: i64) -> Step<()> {
    let (kind, value, source) = (
        identifier.kind.code(),
        &identifier.value,
        source_of(identifier),
    );
    // A contact may claim a value before a field of it carries it; most often nobody knows the value yet.
    let sql = "UPDATE identifier SET carried = 1
        WHERE kind = ?1 AND value = ?2 AND source = ?3 AND claimed = 1 AND contact = ?4";
    if connection
        .prepare_cached(sql)?
        .execute((kind, value, source, row))?
        == 0
    {
        insert_carried(connection, identifier, row)?;
    }
    Ok(())
}

/// Notes that no field of the contact carries the identifier any longer.
pub fn drop_carried(connection: &Connection, identifier: &Identifier, row: i64) -> Step<()> {
    let (kind, value, source) = (
        identifier.kind.code(),
        &identifier.value,
        source_of(identifier),
    );
    let sql = "DELETE FROM identifier
        WHERE kind = ?1 AND value = ?2 AND source = ?3 AND claimed = 0 AND contact = ?4";
    if connection
        .prepare_cached(sql)?
        .execute((kind, value, source, row))?
        == 0
    {
        let sql = "UPDATE identifier SET carried = 0
            WHERE kind = ?1 AND value = ?2 AND source = ?3 AND claimed = 1 AND contact = ?4";
        connection
            .prepare_cached(sql)?
            .execute((kind, value, source, row))?;
    }
    Ok(())
}

fn add_claim(
    connection: &Connection,
    identifier: &Identifier,
    row: i64,
    claim: &Claim,
) -> Step<()> {
    let (kind, value, source) = (
        identifier.kind.code(),
        &identifier.value,
        source_of(identifier),
    );
    let (origin, origin_id) = origin_columns(&claim.origin);
    let trust = trust_code(claim.trust);
    let columns = (
        kind, value, source, row, claim.at.0, origin, origin_id, trust,
    );
    let sql = "UPDATE identifier SET claimed = 1, at = ?5, origin = ?6, origin_id = ?7, trust = ?8,
            sum = row_sum(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        WHERE kind = ?1 AND value = ?2 AND source = ?3 AND claimed = 0 AND contact = ?4";
    if connection.prepare_cached(sql)?.execute(columns)? == 0 {
        insert_claim(connection, identifier, row, claim, false)?;
    }
    Ok(())
}

fn insert_claim(
    connection: &Connection,
    identifier: &Identifier,
    row: i64,
    claim: &Claim,
    carried: bool,
) -> Step<()> {
    let (kind, value, source) = (
        identifier.kind.code(),
        &identifier.value,
        source_of(identifier),
    );
    let (origin, origin_id) = origin_columns(&claim.origin);
    let trust = trust_code(claim.trust);
    let columns = (
        kind, value, source, row, carried, claim.at.0, origin, origin_id, trust,
    );
    let sql = "INSERT INTO identifier
        (kind, value, source, claimed, contact, carried, at, origin, origin_id, trust, sum)
        VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8, ?9, row_sum(?1, ?2, ?3, ?4, ?6, ?7, ?8, ?9))";
    connection.prepare_cached(sql)?.execute(columns)?;
    Ok(())
}

fn insert_carried(connection: &Connection, identifier: &Identifier, row: i64) -> Step<()> {
    let (kind, value, source) = (
        identifier.kind.code(),
        &identifier.value,
        source_of(identifier),
    );
    let sql = "INSERT INTO identifier (kind, value, source, claimed, contact, carried)
        VALUES (?1, ?2, ?3, 0, ?4, 1)";
    connection
        .prepare_cached(sql)?
        .execute((kind, value, source, row))?;
    Ok(())
}

fn drop_claim(connection: &Connection, identifier: &Identifier, row: i64) -> Step<()> {
    let key = (
        identifier.kind.code(),
        &identifier.value,
        source_of(identifier),
        row,
    );
    let sql = "UPDATE identifier
        SET claimed = 0, at = NULL, origin = NULL, origin_id = NULL, trust = NULL, sum = NULL
        WHERE kind = ?1 AND value = ?2 AND source = ?3 AND claimed = 1 AND contact = ?4 AND carried = 1";
    if connection.prepare_cached(sql)?.execute(key)? == 0 {
        let sql = "DELETE FROM identifier
            WHERE kind = ?1 AND value = ?2 AND source = ?3 AND claimed = 1 AND contact = ?4";
        connection.prepare_cached(sql)?.execute(key)?;
    }
    Ok(())
}
