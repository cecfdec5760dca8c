//! Checks of contacts, merge trees and identifiers.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Row};

use super::super::column::{IdColumn, id_at, id_if_any_at, identifier_at, kind_code};
use super::super::contact::{self, carried};
use super::super::fault::Step;
use crate::domain::contact::{Contact, ContactId};
use crate::domain::identifier::{Identifier, IdentifierType};

/// Most contacts of a merge set (`design/rules.md` §6).
const SET_MAX: usize = 52;

/// A contact's place in its merge tree.
struct Place {
    merged_from: Vec<ContactId>,
    merged_to: Option<ContactId>,
}

/// Contacts against their columns, what they carry, and their merge trees.
pub fn problems(connection: &Connection) -> Step<Vec<String>> {
    let mut problems = Vec::new();
    let mut places = BTreeMap::new();
    let sql = "SELECT contact.row, contact.id, kind, created, merged_to, body, seen, due,
            alive.contact IS NOT NULL
        FROM contact LEFT JOIN alive ON alive.contact = contact.row WHERE body IS NOT NULL";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let id = ContactId(id_at(row, 1)?);
        let Ok(contact) = contact::read(row, 5) else {
            problems.push(format!("contact {id} does not read"));
            continue;
        };
        if !columns_fit(row, id, &contact)? {
            problems.push(format!("the columns of contact {id} differ from its body"));
        }
        if carried_by(connection, row.get(0)?)? != sorted(carried(Some(&contact))) {
            problems.push(format!(
                "contact {id} is not found by what its fields carry"
            ));
        }
        if contact.merged_to.is_some() || !contact.merged_from.is_empty() {
            let Contact {
                merged_from,
                merged_to,
                ..
            } = contact;
            places.insert(
                id,
                Place {
                    merged_from,
                    merged_to,
                },
            );
        }
    }
    problems.extend(trees(&places));
    Ok(problems)
}

/// Claims and carried values against the contacts they lead to.
pub fn identifiers(connection: &Connection) -> Step<Vec<String>> {
    let mut problems = Vec::new();
    let sql = "SELECT kind, count(*) FROM identifier WHERE claimed = 1
        GROUP BY kind, value, source HAVING count(*) > 1";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let (kind, times): (u8, i64) = (row.get(0)?, row.get(1)?);
        problems.push(format!("a {} is claimed {times} times", word(kind)));
    }
    let sql = "SELECT identifier.kind, contact.id, claimed, carried, contact.body IS NULL
        FROM identifier LEFT JOIN contact ON contact.row = identifier.contact
        WHERE contact.body IS NULL OR claimed = 1 AND merged_to IS NOT NULL OR claimed = 0 AND carried = 0";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let kind: u8 = row.get(0)?;
        let id = id_if_any_at(row, 1)?
            .map(|id| ContactId(id).to_string())
            .unwrap_or_default();
        let (claimed, carried, gone): (bool, bool, bool) = (row.get(2)?, row.get(3)?, row.get(4)?);
        let kind = word(kind);
        problems.push(match (gone, claimed, carried) {
            (true, true, _) => format!("a {kind} is claimed by contact {id}, which is not there"),
            (true, false, _) => format!("a {kind} is carried by contact {id}, which is not there"),
            (false, true, _) => format!("a {kind} is claimed by contact {id}, which was merged"),
            (false, false, _) => format!("a {kind} of contact {id} is neither claimed nor carried"),
        });
    }
    Ok(problems)
}

/// Every contact of the merge tree under the head of `id`.
pub fn merge_set(connection: &Connection, id: ContactId) -> Step<BTreeSet<ContactId>> {
    let mut head = id;
    for _ in 0..=SET_MAX {
        match contact::load(connection, head)?.and_then(|(_, contact)| contact.merged_to) {
            Some(next) => head = next,
            None => break,
        }
    }
    let (mut set, mut next) = (BTreeSet::new(), vec![head]);
    while let Some(id) = next.pop() {
        if set.insert(id) && set.len() <= 2 * SET_MAX {
            let found = contact::load(connection, id)?;
            next.extend(
                found
                    .into_iter()
                    .flat_map(|(_, contact)| contact.merged_from),
            );
        }
    }
    Ok(set)
}

fn columns_fit(row: &Row<'_>, id: ContactId, contact: &Contact) -> Step<bool> {
    let due = contact.expires().then(|| contact.last_alive().0);
    Ok(contact.id == id
        && row.get::<_, Option<i64>>(2)? == Some(kind_code(contact.kind))
        && row.get::<_, Option<i64>>(3)? == Some(contact.created.0)
        && id_if_any_at(row, 4)?.map(ContactId) == contact.merged_to
        && row.get::<_, Option<i64>>(7)? == due
        && row.get::<_, bool>(8)?)
}

fn carried_by(connection: &Connection, row: i64) -> Step<Vec<Identifier>> {
    let sql = "SELECT kind, value, source FROM identifier WHERE contact = ?1 AND carried = 1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([row])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(identifier_at(row, 0)?);
    }
    Ok(sorted(found))
}

fn sorted(mut identifiers: Vec<Identifier>) -> Vec<Identifier> {
    identifiers.sort_unstable();
    identifiers
}

/// Merge trees: both directions agree, no circles, no set that is too large.
fn trees(places: &BTreeMap<ContactId, Place>) -> Vec<String> {
    let mut problems = Vec::new();
    for (id, place) in places {
        for input in &place.merged_from {
            if places
                .get(input)
                .is_none_or(|input| input.merged_to != Some(*id))
            {
                problems.push(format!(
                    "contact {id} was made of {input}, which does not lead to it"
                ));
            }
        }
        if let Some(head) = place.merged_to
            && places
                .get(&head)
                .is_none_or(|head| !head.merged_from.contains(id))
        {
            problems.push(format!(
                "contact {id} was merged into {head}, which was not made of it"
            ));
        }
    }
    let mut reached = BTreeSet::new();
    for (id, _) in places.iter().filter(|(_, place)| place.merged_to.is_none()) {
        let size = walk(*id, places, &mut reached);
        if size > SET_MAX {
            problems.push(format!("the merge set of contact {id} has {size} contacts"));
        }
    }
    for id in places.keys().filter(|id| !reached.contains(id)) {
        problems.push(format!(
            "contact {id} stands in a merge tree that has no head"
        ));
    }
    problems
}

/// Walks the tree under a head; the number of contacts in it.
fn walk(
    head: ContactId,
    places: &BTreeMap<ContactId, Place>,
    reached: &mut BTreeSet<ContactId>,
) -> usize {
    let (mut size, mut next) = (0, vec![head]);
    while let Some(id) = next.pop() {
        if reached.insert(id) {
            size += 1;
            next.extend(
                places
                    .get(&id)
                    .into_iter()
                    .flat_map(|place| &place.merged_from),
            );
        }
    }
    size
}

fn word(kind: u8) -> &'static str {
    IdentifierType::of_code(kind).map_or("identifier of an unknown type", IdentifierType::word)
}

/// The row number of a contact that is there.
pub fn is_there(connection: &Connection, id: ContactId) -> Step<bool> {
    let sql = "SELECT 1 FROM contact WHERE id = ?1 AND body IS NOT NULL";
    Ok(connection.prepare_cached(sql)?.exists([IdColumn(&id.0)])?)
}
