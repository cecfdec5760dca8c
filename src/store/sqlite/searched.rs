//! What of a contact can be found, handed to the search index, and its hits as the port gives them.

use std::ops::{ControlFlow, Range};

use rusqlite::Connection;

use super::contact;
use super::fault::{Fault, Step};
use super::note;
use super::turn::Turn;
use crate::domain::Change;
use crate::domain::contact::{Contact, ContactId, OrganizationId};
use crate::store::search::{
    self, Document, Extent, FieldKind, Query, SearchError, SearchIndex, append, rebuild_due,
};
use crate::store::{Found, Hit, HitField, Search};

/// Records what can be found from now on, once a change is written.
pub fn follow(turn: &mut Turn<'_>, change: &Change) -> Step<()> {
    match change {
        Change::Contact { id, before, after } => {
            let row = contact::row_or_new(turn, *id)?;
            note(turn, row, before.as_deref(), after.as_deref())
        }
        Change::Organization {
            id,
            before: Some(before),
            after: Some(after),
        } if before.name != after.name => note_members(turn, *id),
        Change::Organization { .. } | Change::Claim { .. } | Change::Link { .. } => Ok(()),
        Change::VisitLink { .. }
        | Change::Wrapup { .. }
        | Change::Assign { .. }
        | Change::Note { .. } => Ok(()),
        Change::NotSame { .. } | Change::Shared { .. } | Change::Review { .. } => Ok(()),
    }
}

/// Records the contacts of an organization anew. A rename is rare, so it may look at every contact.
fn note_members(turn: &mut Turn<'_>, id: OrganizationId) -> Step<()> {
    let sql = "SELECT row, body, NULL FROM contact WHERE instr(body, ?1) > 0";
    let mut statement = turn.connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.to_string()])?;
    while let Some(row) = rows.next()? {
        let contact = contact::read(row, 1)?;
        if contact.fields.organization == Some(id) {
            note(turn, row.get(0)?, None, Some(&contact))?;
        }
    }
    Ok(())
}

/// Records what can be found of a contact from now on, when that changes.
fn note(
    turn: &mut Turn<'_>,
    row: i64,
    before: Option<&Contact>,
    after: Option<&Contact>,
) -> Step<()> {
    let had = before.filter(|contact| is_found(contact));
    let has = after.filter(|contact| is_found(contact));
    if let (Some(had), Some(has)) = (had, has)
        && had.fields == has.fields
    {
        return Ok(());
    }
    let connection = turn.connection;
    match has {
        Some(contact) => append(connection, row, Some(&document(connection, contact)?))?,
        None if had.is_some() => append(connection, row, None)?,
        None => return Ok(()),
    }
    turn.searchable += 1;
    Ok(())
}

/// Only kept contacts are found, and of merged ones only the canonical (`design/rules.md` §2).
pub fn is_found(contact: &Contact) -> bool {
    contact.is_curated() && !contact.is_ancestor()
}

/// Finds contacts as they stand now.
pub fn find(index: &mut SearchIndex, connection: &Connection, search: Search) -> Step<Found> {
    let query = Query {
        text: &search.text,
        limit: search.limit,
        offset: search.offset,
    };
    let page = index.search(connection, query)?;
    let hits = page.hits.into_iter().map(hit).collect();
    Ok(Found {
        hits,
        total: page.total,
        of: page.of,
    })
}

impl From<SearchError> for Fault {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Sqlite(error) => Self::Sql(error),
            SearchError::Damaged(_) => Self::Damaged(error.to_string()),
            SearchError::Sort(_) | SearchError::Superseded => Self::Misfit(error.to_string()),
        }
    }
}

/// True when the index should be built anew; what is wrong with it is for a search to say.
pub fn is_due(connection: &Connection) -> bool {
    rebuild_due(connection).unwrap_or(false)
}

/// Builds what was written since the last time into the index, when it is enough.
pub fn rebuild(
    connection: &Connection,
    progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Step<()> {
    if rebuild_due(connection)? {
        search::rebuild(connection, Extent::Recent, progress)?;
    }
    Ok(())
}

/// The searchable texts of a contact.
pub fn document(connection: &Connection, contact: &Contact) -> Step<Document> {
    let fields = &contact.fields;
    let mut texts: Vec<(FieldKind, String)> = Vec::new();
    let names = [
        (FieldKind::Given, &fields.first_name),
        (FieldKind::Middle, &fields.middle_name),
        (FieldKind::Family, &fields.last_name),
    ];
    texts.extend(
        names
            .into_iter()
            .filter_map(|(kind, text)| Some((kind, text.clone()?))),
    );
    if let Some(id) = fields.organization
        && let Some(organization) = note::organization(connection, id)?
    {
        texts.push((FieldKind::Organization, organization.name));
    }
    for (_, phone) in fields.phones() {
        let Some(phone) = phone else { continue };
        // A number that did not parse is kept as typed and is not searchable (`design/rules.md` §3).
        if phone.e164.is_none() {
            continue;
        }
        texts.push((FieldKind::PhoneInternational, phone.display.clone()));
        // The international form has the country code as its first group.
        if let Some((_, national)) = phone.display.split_once(' ') {
            texts.push((FieldKind::PhoneNational, national.to_owned()));
        }
    }
    let emails = fields.emails().into_iter().filter_map(|(_, text)| text);
    texts.extend(emails.map(|text| (FieldKind::Email, text.to_owned())));
    texts.extend(
        fields
            .external_ids
            .iter()
            .map(|id| (FieldKind::ExternalId, id.value.clone())),
    );
    texts.extend(fields.city.clone().map(|city| (FieldKind::City, city)));
    Ok(Document {
        contact: *contact.id.0.as_bytes(),
        fields: texts,
    })
}

/// A hit with its names joined into one line.
fn hit(found: search::Hit) -> Hit {
    let matched = |field: usize| -> Vec<Range<usize>> {
        let ranges = found.matches.iter().filter(|(number, _)| *number == field);
        ranges.map(|(_, range)| range.clone()).collect()
    };
    let mut name = HitField {
        label: "name",
        text: String::new(),
        matched: Vec::new(),
    };
    let mut lines = Vec::new();
    for (field, (kind, text)) in found.document.fields.iter().enumerate() {
        let label = match kind {
            FieldKind::Given | FieldKind::Middle | FieldKind::Family => {
                if !name.text.is_empty() {
                    name.text.push(' ');
                }
                let start = name.text.len();
                let moved = matched(field).into_iter();
                name.matched
                    .extend(moved.map(|range| range.start + start..range.end + start));
                name.text.push_str(text);
                continue;
            }
            // The international form stands for it.
            FieldKind::PhoneNational => continue,
            FieldKind::PhoneInternational | FieldKind::PhoneTyped => "phone",
            FieldKind::Organization => "organization",
            FieldKind::Email => "e-mail",
            FieldKind::ExternalId => "external id",
            FieldKind::City => "city",
        };
        lines.push(HitField {
            label,
            text: text.clone(),
            matched: matched(field),
        });
    }
    lines.insert(0, name);
    let contact = ContactId(uuid::Uuid::from_bytes(found.document.contact));
    Hit {
        contact,
        lines,
        by_typo: found.by_typo,
    }
}
