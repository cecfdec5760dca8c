//! Loading facts by key, for decisions and for previews.

use rusqlite::Connection;

use super::fault::Step;
use super::turn::Rows;
use super::{contact, conversation, entry, identifier, looked, mark, note, retention, visit};
use crate::domain::contact::ContactId;
use crate::domain::facts::{FactKey, Facts, Linked};

/// `FactKey::Linked` lists at most this many of each.
const LINKED_MAX: i64 = 2;
/// `FactKey::MembersOf` lists at most this many: one more than a merge set has.
const MEMBERS_MAX: usize = 53;

/// Loads what `keys` ask for; what is loaded already is read again.
pub fn load(
    connection: &Connection,
    rows: &mut Rows,
    keys: Vec<FactKey>,
    facts: &mut Facts,
) -> Step<()> {
    for key in keys {
        one(connection, rows, key, facts)?;
    }
    Ok(())
}

fn one(connection: &Connection, rows: &mut Rows, key: FactKey, facts: &mut Facts) -> Step<()> {
    match key {
        FactKey::Contact(id) => {
            let found = contact::load(connection, id)?.map(|(row, contact)| {
                rows.put(id, row);
                contact
            });
            facts.put_contact(id, found);
        }
        FactKey::Deleted(id) => facts.put_deleted(id, entry::deleted(connection, id)?),
        FactKey::Claim(identifier) => {
            let found = identifier::claim(connection, &identifier)?;
            let claim = found.map(|(claim, holder)| {
                if let Some(holder) = holder {
                    rows.put(claim.contact, holder.row);
                    facts.put_contact(claim.contact, Some(holder.contact));
                }
                claim
            });
            facts.put_claim(identifier, claim);
        }
        FactKey::Carriers(identifier) => {
            let carriers = identifier::carriers(connection, &identifier)?;
            facts.put_carriers(identifier, carriers);
        }
        FactKey::ClaimsOf(id) => facts.put_claims_of(id, identifier::claims_of(connection, id)?),
        FactKey::Conversation(id) => {
            facts.put_conversation(id, conversation::load(connection, id)?)
        }
        FactKey::Visit(id) => facts.put_visit(id, visit::load(connection, id)?),
        FactKey::Linked(id) => facts.put_linked(id, linked(connection, id, LINKED_MAX)?),
        FactKey::AllLinked(id) => facts.put_all_linked(id, linked(connection, id, i64::MAX)?),
        FactKey::NotesOf(id) => facts.put_notes_of(id, note::ids_of(connection, id)?),
        FactKey::Note(id) => facts.put_note(id, note::load(connection, id)?),
        FactKey::NotSame(one, other) => {
            let pair = if one < other {
                (one, other)
            } else {
                (other, one)
            };
            facts.put_not_same((one, other), mark::not_same(connection, &pair)?);
        }
        FactKey::NotSameAs(id) => facts.put_not_same_as(id, mark::not_same_as(connection, id)?),
        FactKey::Shared(identifier) => {
            let mark = mark::shared(connection, &identifier)?;
            facts.put_shared(identifier, mark);
        }
        FactKey::Organization(id) => {
            facts.put_organization(id, note::organization(connection, id)?)
        }
        FactKey::OrganizationNamed(name) => {
            let found = note::organization_named(connection, &name)?;
            facts.put_organization_named(name, found);
        }
        FactKey::MembersOf(id) => {
            let members = contact::members_of(connection, id, MEMBERS_MAX)?;
            facts.put_members_of(id, members);
        }
        FactKey::Review(key) => {
            let found = looked::kept(connection, &key)?;
            facts.put_review(key, found);
        }
        FactKey::GoneBefore => facts.put_gone_before((), retention::gone_before(connection)?),
        FactKey::Entry(id) => facts.put_entry(id, entry::fact(connection, id)?),
    }
    Ok(())
}

fn linked(connection: &Connection, id: ContactId, limit: i64) -> Step<Linked> {
    Ok(Linked {
        conversations: conversation::linked(connection, id, limit)?,
        visits: visit::linked(connection, id, limit)?,
    })
}
