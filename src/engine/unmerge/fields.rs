//! Fields of a merge that is taken back: edits go to their side, and what only a leaving side gave leaves the
//! contacts above.

use std::collections::BTreeMap;

use crate::domain::contact::{Contact, Fields};
use crate::domain::field::{EMAIL_SPILL, FIELDS, Field, PHONE_SPILL, Value};

use super::super::join::{join_fields, same_value};

/// Does an edit of the canonical contact to a side: a value as a whole, a list entry by entry.
pub fn edit(side: &mut Fields, field: Field, then: &Fields, now: &Fields) {
    match field {
        Field::ExternalIds => follow(
            &mut side.external_ids,
            &then.external_ids,
            &now.external_ids,
        ),
        Field::AppleIds => follow(
            &mut side.apple_opaque_ids,
            &then.apple_opaque_ids,
            &now.apple_opaque_ids,
        ),
        _ => side.set(field, now.get(field)),
    }
}

/// Adds to a list what was added to another one, and removes what was removed there.
fn follow<T: Clone + PartialEq>(list: &mut Vec<T>, then: &[T], now: &[T]) {
    list.retain(|one| now.contains(one) || !then.contains(one));
    for one in now {
        if !then.contains(one) && !list.contains(one) {
            list.push(one.clone());
        }
    }
}

/// Takes out of a canonical contact's fields what only `leaving` contacts carry; a slot that becomes free goes
/// to who is left as a merge of them would fill it.
pub fn leave(fields: &mut Fields, leaving: &[&Contact], rest: &[Contact]) {
    let joined = join_fields(rest, &BTreeMap::new()).fields;
    for spec in FIELDS {
        let Some(value) = fields.get(spec.field) else {
            continue;
        };
        let goes = leaving
            .iter()
            .any(|one| carries(&one.fields, spec.field, &value));
        let stays = rest
            .iter()
            .any(|one| carries(&one.fields, spec.field, &value));
        if goes && !stays {
            let other = joined.get(spec.field);
            let there = |other: &Value| carries(fields, spec.field, other);
            let other = other.filter(|other| !there(other));
            fields.set(spec.field, other);
        }
    }
    drop_left(&mut fields.apple_opaque_ids, leaving, rest, |fields| {
        &fields.apple_opaque_ids
    });
    drop_left(&mut fields.external_ids, leaving, rest, |fields| {
        &fields.external_ids
    });
    let custom_of = |contact: &&Contact| contact.fields.custom == fields.custom;
    if fields.custom.is_some()
        && leaving.iter().any(custom_of)
        && !rest.iter().any(|one| custom_of(&one))
    {
        fields.custom = joined.custom;
    }
}

/// Removes the entries of a list that only leaving contacts have.
fn drop_left<T: PartialEq>(
    list: &mut Vec<T>,
    leaving: &[&Contact],
    rest: &[Contact],
    of: impl Fn(&Fields) -> &Vec<T>,
) {
    list.retain(|one| {
        let goes = leaving
            .iter()
            .any(|contact| of(&contact.fields).contains(one));
        !goes || rest.iter().any(|contact| of(&contact.fields).contains(one))
    });
}

/// True when a slot of the same kind holds the value.
fn carries(fields: &Fields, field: Field, value: &Value) -> bool {
    let kinds = [PHONE_SPILL.as_slice(), EMAIL_SPILL.as_slice()];
    let kind = kinds.into_iter().find(|slots| slots.contains(&field));
    let alone = [field];
    let mut slots = kind.unwrap_or(&alone).iter();
    slots.any(|slot| {
        fields
            .get(*slot)
            .is_some_and(|held| same_value(&held, value))
    })
}
