//! An `ExternalContact` as a server answered it: hostile input, of which is taken what is understood.

use serde_json::Value;

use crate::domain::contact::{Contact, ContactId, ContactType, Origin};
use crate::domain::{Identifier, Moment};

use super::super::identifier;
use super::super::member::{Object, moment_of};
use super::read::{Reading, understood};

/// Most contacts of a merge tree (`design/rules.md` §6), and most identifiers that are shown.
const SET_MAX: usize = 52;
const IDENTIFIERS_MAX: usize = 500;

/// A contact with what the API shows beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    pub contact: Contact,
    /// Identifiers that are claimed for it; empty where they were not asked for.
    pub identifiers: Vec<Identifier>,
    pub organization: Option<String>,
    /// Every contact of the merge tree, the canonical one first; the contact alone when it was never merged.
    pub set: Vec<ContactId>,
}

/// Reads what a server answered; `None` when it is no contact.
pub fn answered(value: &Value, reading: &Reading) -> Option<Answered> {
    let object = value.as_object()?;
    let id = id_of(object)?;
    let body = understood(object, reading);
    let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::trim);
    let kinds = [
        ContactType::Ephemeral,
        ContactType::Identified,
        ContactType::Curated,
    ];
    let kind = kinds
        .into_iter()
        .find(|kind| text("type") == Some(kind.name()));
    let moment = |name: &str| object.get(name).and_then(moment_of);
    let created = moment("createDate").unwrap_or(Moment(0));
    let canonical = object.get("canonicalContact").and_then(reference);
    let mut set: Vec<ContactId> = canonical.or(Some(id)).into_iter().collect();
    for one in references(object.get("mergeSet")) {
        if !set.contains(&one) && set.len() < SET_MAX {
            set.push(one);
        }
    }
    let held = object.get("identifiers").and_then(Value::as_array);
    let held = held.into_iter().flatten().take(IDENTIFIERS_MAX);
    let identifiers = held.filter_map(|one| identifier::from_json(one, reading.sources).ok());
    let organization = object.get("externalOrganization");
    let organization = organization.and_then(|one| one.get("name")?.as_str());
    Some(Answered {
        identifiers: identifiers.collect(),
        organization: organization.map(|name| name.trim().to_owned()),
        set,
        contact: Contact {
            id,
            // A type that a later version of the API may know is no reason to show nobody.
            kind: kind.unwrap_or(ContactType::Curated),
            origin: Origin::Person,
            division: body.division.unwrap_or_else(|| "*".to_owned()),
            fields: body.fields,
            created,
            modified: moment("modifyDate").unwrap_or(created),
            modified_by: None,
            seen: None,
            merged_from: references(object.get("mergedFrom")),
            merged_to: object.get("mergedTo").and_then(reference),
        },
    })
}

fn id_of(object: &Object) -> Option<ContactId> {
    object.get("id")?.as_str()?.parse().ok()
}

fn reference(value: &Value) -> Option<ContactId> {
    id_of(value.as_object()?)
}

fn references(list: Option<&Value>) -> Vec<ContactId> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.take(SET_MAX).filter_map(reference).collect()
}
