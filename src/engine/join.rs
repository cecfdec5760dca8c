//! Joining the fields of contacts that become one (`design/rules.md` §6): whose value wins, where a value
//! goes that lost its slot, what lists hold.

use std::collections::BTreeMap;

use crate::domain::contact::{Contact, ContactId, Fields, LIST_MAX};
use crate::domain::field::{EMAIL_SPILL, FIELDS, Field, PHONE_SPILL, Value};
use crate::domain::identifier::email;

/// Joined fields, and values that found no free slot.
#[derive(Clone, Debug, PartialEq)]
pub struct Joined {
    pub fields: Fields,
    pub homeless: Vec<(Field, String)>,
}

/// Joins the fields of merge inputs: what `takes` names, else the most recently modified input that has a
/// value. Phones and e-mails that lose their slot move to a free one of the same kind.
pub fn join_fields(contacts: &[Contact], takes: &BTreeMap<Field, ContactId>) -> Joined {
    let newest = newest_first(contacts);
    let mut fields = Fields::default();
    for spec in FIELDS {
        fields.set(
            spec.field,
            winner(spec.field, contacts, takes).map(|(_, value)| value),
        );
    }
    let mut homeless = Vec::new();
    for spill in [PHONE_SPILL.as_slice(), EMAIL_SPILL.as_slice()] {
        for contact in &newest {
            spill_into(&mut fields, contact, spill, &mut homeless);
        }
    }
    for contact in &newest {
        unite(&mut fields.external_ids, &contact.fields.external_ids);
        unite(
            &mut fields.apple_opaque_ids,
            &contact.fields.apple_opaque_ids,
        );
    }
    fields.custom = newest
        .iter()
        .find_map(|contact| contact.fields.custom.clone());
    Joined { fields, homeless }
}

/// Moves what a contact lost of one kind to free slots, in the order of the form, so that a loser's work
/// phone comes before its home phone; what finds none is put to the homeless.
fn spill_into(
    fields: &mut Fields,
    contact: &Contact,
    spill: &[Field],
    homeless: &mut Vec<(Field, String)>,
) {
    for spec in FIELDS.iter().filter(|spec| spill.contains(&spec.field)) {
        let Some(value) = contact.fields.get(spec.field) else {
            continue;
        };
        let holds = |slot: &Field| {
            fields
                .get(*slot)
                .is_some_and(|held| same_value(&held, &value))
        };
        if spill.iter().any(holds) {
            continue;
        }
        match spill.iter().find(|slot| fields.get(**slot).is_none()) {
            Some(slot) => fields.set(*slot, Some(value)),
            None => homeless.push((spec.field, value.shown(spec.field))),
        }
    }
}

/// Adds what is not there yet, as long as the list has room.
fn unite<T: Clone + PartialEq>(list: &mut Vec<T>, more: &[T]) {
    for one in more {
        if list.len() < LIST_MAX && !list.contains(one) {
            list.push(one.clone());
        }
    }
}

/// The input whose value of `field` wins, and the value.
pub fn winner(
    field: Field,
    contacts: &[Contact],
    takes: &BTreeMap<Field, ContactId>,
) -> Option<(ContactId, Value)> {
    let value_of = |contact: &Contact| contact.fields.get(field).map(|value| (contact.id, value));
    let taken = takes
        .get(&field)
        .and_then(|id| contacts.iter().find(|contact| contact.id == *id));
    // Null never erases: a side without a value loses even when it was chosen.
    taken
        .and_then(value_of)
        .or_else(|| newest_first(contacts).into_iter().find_map(value_of))
}

/// The choice that the desk and `scv merge` make before anybody flips a side: the Curated input, then the
/// newest, so that a nickname from a chat never replaces a kept name.
pub fn curated_takes(contacts: &[Contact]) -> BTreeMap<Field, ContactId> {
    let mut order = newest_first(contacts);
    order.sort_by_key(|contact| !contact.is_curated());
    FIELDS
        .iter()
        .filter_map(|spec| {
            let first = order
                .iter()
                .find(|contact| contact.fields.get(spec.field).is_some())?;
            Some((spec.field, first.id))
        })
        .collect()
}

fn newest_first(contacts: &[Contact]) -> Vec<&Contact> {
    let mut order: Vec<&Contact> = contacts.iter().collect();
    order.sort_by_key(|contact| (std::cmp::Reverse(contact.modified), contact.id));
    order
}

pub(super) fn same_value(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Phone(one), Value::Phone(other)) => match (&one.e164, &other.e164) {
            (Some(one), Some(other)) => one == other,
            _ => one.display == other.display,
        },
        (Value::Text(one), Value::Text(other)) => match (email(one), email(other)) {
            (Some(one), Some(other)) => one == other,
            _ => one == other,
        },
        _ => one == other,
    }
}
