//! Checks of the search index against the contacts that can be found.

use rusqlite::Connection;

use super::super::contact;
use super::super::fault::{Fault, Step};
use super::super::searched::{document, is_found};
use crate::store::search::check;

/// Contacts that the search does not know as they are, or knows and should not, and faults of its index.
pub fn problems(connection: &Connection) -> Step<Vec<String>> {
    let snapshot = connection
        .is_autocommit()
        .then(|| connection.unchecked_transaction());
    let _snapshot = snapshot.transpose()?;
    let sql = "SELECT row, body, NULL FROM contact
        WHERE kind = 3 AND body IS NOT NULL AND merged_to IS NULL";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    let mut failed = None;
    let mut next = || -> Step<Option<_>> {
        while let Some(row) = rows.next()? {
            let contact = contact::read(row, 1)?;
            if is_found(&contact) {
                return Ok(Some((row.get(0)?, document(connection, &contact)?)));
            }
        }
        Ok(None)
    };
    let mut documents = std::iter::from_fn(|| match next() {
        Ok(found) => found.map(Ok),
        Err(fault) => {
            failed = Some(fault);
            None
        }
    });
    let problems = check(connection, &mut documents)?;
    failed.map_or(Ok(problems), Err::<_, Fault>)
}
