//! Checks of the search index against the contacts that can be found.

use rusqlite::Connection;

use super::super::fault::Step;
use super::super::searched::{document, is_found};
use super::super::{column::id_at, contact};
use crate::domain::contact::ContactId;
use crate::store::search::{Query, SearchIndex};

/// The number of contacts that can be found, and what was written since the index was built last.
pub fn problems(connection: &Connection) -> Step<Vec<String>> {
    let mut problems = recent(connection)?;
    let kept =
        "SELECT count(*) FROM contact WHERE kind = 3 AND body IS NOT NULL AND merged_to IS NULL";
    let kept: i64 = connection.query_one(kept, (), |row| row.get(0))?;
    let of = SearchIndex::new().search(connection, &Query::default())?.of;
    if usize::try_from(kept) != Ok(of) {
        problems.push(format!(
            "the search knows {of} contacts, but {kept} can be found"
        ));
    }
    Ok(problems)
}

/// Each contact that was written since: what the search knows of it is what it holds.
fn recent(connection: &Connection) -> Step<Vec<String>> {
    let mut problems = Vec::new();
    let sql =
        "SELECT contact.id, document FROM search_delta JOIN contact ON contact.row = contact_row
        WHERE sequence IN (SELECT max(sequence) FROM search_delta GROUP BY contact_row)";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let id = ContactId(id_at(row, 0)?);
        let known: Option<Vec<u8>> = row.get(1)?;
        let stored = contact::load(connection, id)?.map(|(_, contact)| contact);
        let holds = match stored.filter(is_found) {
            Some(contact) => Some(document(connection, &contact)?.encode()),
            None => None,
        };
        if known != holds {
            problems.push(format!(
                "what the search knows of contact {id} is not what it holds"
            ));
        }
    }
    Ok(problems)
}
