//! Editing the fields of a contact (`design/rules.md` §2, §3, §5).

use crate::domain::command::{Action, Edit, Expected, Remark};
use crate::domain::contact::{Contact, ContactId, ContactType};
use crate::domain::facts::{Facts, Halt};
use crate::domain::field::Field;
use crate::domain::reason::ClaimOrigin;
use crate::domain::{Fields, Plan, Refusal};

use super::draft::Draft;
use super::{Context, claims, edit_promotes, expire, limits};

/// Edits fields one by one; an edit of a value that somebody else changed meanwhile is refused, nothing lost.
pub fn edit(id: ContactId, edits: &[Edit], context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::Edit, context, facts);
    let before = draft.act_on(id)?;
    let mut after = before.clone();
    apply(&mut after, edits, facts)?;
    draft.plan.contact = Some(after.id);
    if after.fields == before.fields {
        return Ok(Plan {
            changes: Vec::new(),
            ..draft.plan
        });
    }
    if after.is_auto_made() && edit_promotes(context) {
        after.kind = ContactType::Curated;
    }
    save(&mut draft, &before.fields, after, &ClaimOrigin::Edited)?;
    draft.finish()
}

/// Applies edits to a contact's fields.
pub(super) fn apply(contact: &mut Contact, edits: &[Edit], facts: &Facts) -> Result<(), Halt> {
    for edit in edits {
        if let Some(value) = &edit.after {
            limits::check_value(edit.field, value)?;
        }
        limits::check_organization(edit.after.as_ref(), facts)?;
        let now = contact.fields.get(edit.field);
        let expected = match &edit.before {
            Expected::Anything => true,
            Expected::Exactly(seen) => *seen == now || edit.after == now,
        };
        if !expected {
            return Err(Refusal::ChangedMeanwhile {
                field: edit.field.label().into(),
                by: contact
                    .modified_by
                    .clone()
                    .unwrap_or_else(|| "somebody".to_owned()),
                now: now.map(|value| value.shown(edit.field)).unwrap_or_default(),
            }
            .into());
        }
        // What an import brought in may stand there until somebody changes it.
        if edit.field == Field::CountryCode && edit.after != now {
            limits::check_country(edit.after.as_ref())?;
        }
        contact.fields.set(edit.field, edit.after.clone());
    }
    Ok(())
}

/// Puts an edited contact: releases what the fields `before` held and none holds now, claims what a field
/// holds now, and says when a contact that was not kept expires.
pub(super) fn save(
    draft: &mut Draft,
    before: &Fields,
    mut after: Contact,
    origin: &ClaimOrigin,
) -> Result<(), Halt> {
    limits::check_lists(&after.fields)?;
    after.modified = draft.at();
    after.modified_by = Some(draft.context.actor.name.clone());
    let carried = after.fields.identifiers();
    if after.kind == ContactType::Ephemeral && !carried.is_empty() {
        after.kind = ContactType::Identified;
    }
    let id = after.id;
    draft.put(after.clone());
    let gone: Vec<_> = before
        .identifiers()
        .into_iter()
        .filter(|identifier| !carried.contains(identifier))
        .collect();
    claims::want(draft.facts, &gone)?;
    for identifier in gone {
        if draft
            .claim(&identifier)?
            .is_some_and(|claim| claim.contact == id)
        {
            claims::offer(draft, &identifier, Some(id))?;
        }
    }
    claims::claim_fields(draft, &after, origin)?;
    if after.expires() {
        let last = expire::last_interaction(&after, draft.facts)?;
        let due = last.plus_days(draft.context.options.life_days);
        let expires = (!expire::is_open(id, draft.facts)?).then_some(due);
        draft.remark(Remark::KeepsType { expires });
    }
    Ok(())
}
