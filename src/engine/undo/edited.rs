//! The undo of an edit goes field by field: what somebody has changed since in other fields of the contact stays
//! as it is (`design/rules.md` §7).

use std::borrow::Cow;

use crate::domain::change::Change;
use crate::domain::command::EntryId;
use crate::domain::contact::{Contact, ContactId};
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::field::{FIELDS, Field, LISTS};
use crate::domain::refusal::Refusal;

/// The changes of an edit as though it had been made last, to the contact as it stands now: its inverse then
/// puts back the fields of the edit and nothing else. They stay as they are where nothing was changed since,
/// and where more than other fields was: the undo is refused for that.
pub(super) fn made_last<'c>(
    entry: EntryId,
    changes: &'c [Change],
    facts: &Facts,
) -> Result<Cow<'c, [Change]>, Halt> {
    let edited = changes.iter().find_map(|change| match change {
        Change::Contact {
            id,
            before: Some(before),
            after: Some(after),
        } => Some((*id, before.as_ref(), after.as_ref())),
        Change::Contact { .. } | Change::Claim { .. } | Change::Link { .. } => None,
        Change::VisitLink { .. }
        | Change::Wrapup { .. }
        | Change::Assign { .. }
        | Change::Note { .. } => None,
        Change::NotSame { .. }
        | Change::Shared { .. }
        | Change::Organization { .. }
        | Change::Review { .. } => None,
    });
    let Some((id, before, after)) = edited else {
        return Ok(Cow::Borrowed(changes));
    };
    facts.want([FactKey::Contact(id)])?;
    let Some(now) = facts.contact_if_any(&id)? else {
        return Ok(Cow::Borrowed(changes));
    };
    let is_left = now.same_but_seen(after);
    if is_left || before.kind != after.kind || !differs_in_fields_only(now, after) {
        return Ok(Cow::Borrowed(changes));
    }
    let back = taken_out(before, after, now).map_err(|field| Refusal::ChangedSince {
        entry,
        what: format!("the {} of contact {id}", field.label()),
    })?;
    if let Some(what) = still_carried(id, &back, changes) {
        return Err(Refusal::ChangedSince { entry, what }.into());
    }
    let made_last = |change: &Change| match change {
        Change::Contact { id: own, .. } if *own == id => Change::Contact {
            id,
            before: Some(Box::new(back.clone())),
            after: Some(Box::new(now.clone())),
        },
        other => other.clone(),
    };
    Ok(changes.iter().map(made_last).collect())
}

/// True when two states of a contact have the same type and the same merge relations.
fn differs_in_fields_only(now: &Contact, after: &Contact) -> bool {
    let twin = Contact {
        fields: after.fields.clone(),
        modified: after.modified,
        modified_by: after.modified_by.clone(),
        ..now.clone()
    };
    twin.same_but_seen(after)
}

/// The contact with the fields of an edit as they were before it; the field that was changed since, if any.
fn taken_out(before: &Contact, after: &Contact, now: &Contact) -> Result<Contact, Field> {
    let mut back = now.clone();
    for spec in FIELDS.iter().chain(&LISTS) {
        let [was, left, is] = [before, after, now].map(|one| one.fields.get(spec.field));
        if was == left {
            continue;
        }
        if left != is {
            return Err(spec.field);
        }
        back.fields.set(spec.field, was);
    }
    Ok(back)
}

/// A value whose claim the undo would take away although another field has come to hold it since.
fn still_carried(id: ContactId, back: &Contact, changes: &[Change]) -> Option<String> {
    let carried = back.fields.identifiers();
    changes.iter().find_map(|change| match change {
        Change::Claim {
            identifier,
            before,
            after: Some(after),
        } => {
            let had = before.as_ref().is_some_and(|before| before.contact == id);
            let loses = after.contact == id && !had && carried.contains(identifier);
            loses.then(|| format!("the claim on its {}", identifier.kind.word()))
        }
        Change::Claim { .. } | Change::Contact { .. } | Change::Link { .. } => None,
        Change::VisitLink { .. }
        | Change::Wrapup { .. }
        | Change::Assign { .. }
        | Change::Note { .. } => None,
        Change::NotSame { .. }
        | Change::Shared { .. }
        | Change::Organization { .. }
        | Change::Review { .. } => None,
    })
}
