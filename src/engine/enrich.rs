//! Enrichment: who is meant is looked up by identifiers, made, changed or joined, and combined with what is brought
//! in of them (`design/domain.md` §7.1; what the contract leaves open is said in the README).

use crate::domain::command::{Action, Imported, Remark};
use crate::domain::contact::{Contact, ContactId, ContactType, Fields, LIST_MAX, Origin};
use crate::domain::conversation::Trust;
use crate::domain::enrichment::{Doing, Enrichment, Joining, Wins};
use crate::domain::facts::{Facts, Halt};
use crate::domain::field::{FIELDS, Field};
use crate::domain::identifier::Identifier;
use crate::domain::reason::ClaimOrigin;
use crate::domain::{Plan, Refusal};

use super::draft::Draft;
use super::{Context, claims, edit, limits, merge};

/// Most identifiers that somebody is looked up by.
pub const MATCHING_MAX: usize = 25;

/// Plans an enrichment.
pub fn enrich(one: &Enrichment, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    if !(1..=MATCHING_MAX).contains(&one.matching.len()) {
        let why = format!("an enrichment takes 1 to {MATCHING_MAX} identifiers");
        return Err(Refusal::BadValue(why).into());
    }
    limits::check_fields(&one.fields)?;
    limits::check_organization(one.fields.get(Field::Organization).as_ref(), facts)?;
    limits::check_country(one.fields.get(Field::CountryCode).as_ref())?;
    claims::want(facts, &one.matching)?;
    let mut draft = Draft::new(Action::Enrich, context, facts);
    let found = found(&draft, &one.matching)?;
    let (id, what) = match (one.doing, found.as_slice()) {
        (Doing::Insert, [(identifier, holder), ..]) => {
            let (identifier, holder) = (identifier.clone(), *holder);
            return Err(Refusal::Held { identifier, holder }.into());
        }
        (Doing::Update, []) => return Err(Refusal::NoMatch.into()),
        (Doing::Insert | Doing::Upsert | Doing::Merge, []) => {
            (make(&mut draft, &one.fields)?, Imported::Created)
        }
        (Doing::Upsert | Doing::Update, [(_, first), ..]) | (Doing::Merge, [(_, first)]) => {
            (change(&mut draft, *first, one)?, Imported::Updated)
        }
        (Doing::Merge, [_, _, ..]) => {
            let inputs: Vec<ContactId> = found.iter().map(|(_, id)| *id).collect();
            let joined = join(&mut draft, &inputs)?;
            (change(&mut draft, joined, one)?, Imported::Merged)
        }
    };
    draft.plan.contact = Some(id);
    claim_free(&mut draft, id, &one.matching)?;
    let mut plan = draft.finish()?;
    let what = match plan.changes.is_empty() {
        true => Imported::Unchanged,
        false => what,
    };
    plan.remarks.push(Remark::Imported { what });
    Ok(plan)
}

/// The canonical contacts that the identifiers lead to, each once, with the first that leads there.
fn found(draft: &Draft, matching: &[Identifier]) -> Result<Vec<(Identifier, ContactId)>, Halt> {
    let mut held = Vec::new();
    for identifier in matching {
        if let Some(claim) = draft.claim(identifier)? {
            held.push((identifier.clone(), claim.contact));
        }
    }
    let holders: Vec<ContactId> = held.iter().map(|(_, holder)| *holder).collect();
    let heads = draft.canonicals(&holders)?;
    let mut found: Vec<(Identifier, ContactId)> = Vec::new();
    for ((identifier, _), head) in held.into_iter().zip(heads) {
        if found.iter().all(|(_, known)| *known != head) {
            found.push((identifier, head));
        }
    }
    Ok(found)
}

/// A new Curated contact.
fn make(draft: &mut Draft, fields: &Fields) -> Result<ContactId, Halt> {
    if *fields == Fields::default() {
        return Err(Refusal::NameRequired(vec![Field::FirstName, Field::LastName]).into());
    }
    let mut contact = draft.new_contact(ContactType::Curated, Origin::Person, fields.clone());
    contact.modified_by = Some(draft.context.actor.name.clone());
    draft.put(contact.clone());
    claims::claim_fields(draft, &contact, &ClaimOrigin::Created)?;
    Ok(contact.id)
}

/// Joins everybody into one. Nobody is there to be asked twice, so people whom somebody marked as different stay so.
fn join(draft: &mut Draft, inputs: &[ContactId]) -> Result<ContactId, Halt> {
    merge::allowed(draft, inputs)?;
    if merge::marked_not_same(draft, inputs)? {
        let why = "somebody marked these contacts as different people".to_owned();
        return Err(Refusal::AskTwice(why).into());
    }
    let mut contacts = Vec::new();
    for id in inputs {
        contacts.push(draft.contact(*id)?.clone());
    }
    merge::join(draft, inputs, &merge::curated_takes(&contacts))
}

/// Combines a contact with what is brought in.
fn change(draft: &mut Draft, id: ContactId, one: &Enrichment) -> Result<ContactId, Halt> {
    let before = draft.contact(id)?.clone();
    let mut after = before.clone();
    combine(&mut after, one)?;
    if one.promotes {
        after.kind = ContactType::Curated;
    }
    if after != before {
        edit::save(draft, &before.fields, after, &ClaimOrigin::Edited)?;
    }
    Ok(id)
}

fn combine(contact: &mut Contact, one: &Enrichment) -> Result<(), Refusal> {
    for field in FIELDS.iter().map(|spec| spec.field) {
        let (known, given) = (contact.fields.get(field), one.fields.get(field));
        let value = match one.rules.wins(field) {
            Wins::Provided => given.or_else(|| known.clone()),
            Wins::Existing => known.clone().or(given),
            Wins::Always => given,
        };
        if value != known {
            contact.fields.set(field, value);
        }
    }
    combine_list(
        &mut contact.fields.external_ids,
        &one.fields.external_ids,
        Field::ExternalIds,
        one,
    )?;
    combine_list(
        &mut contact.fields.apple_opaque_ids,
        &one.fields.apple_opaque_ids,
        Field::AppleIds,
        one,
    )
}

/// A list that is not brought in stays, unless it shall always be as it is brought in.
fn combine_list<T: Clone + PartialEq>(
    known: &mut Vec<T>,
    given: &[T],
    field: Field,
    one: &Enrichment,
) -> Result<(), Refusal> {
    let joining = one.rules.joining(field);
    if joining == Joining::Replace {
        if !given.is_empty() || one.rules.wins(field) == Wins::Always {
            *known = given.to_vec();
        }
        return Ok(());
    }
    for value in given {
        if known.contains(value) {
            continue;
        }
        match (known.len() < LIST_MAX, joining) {
            (true, _) => known.push(value.clone()),
            (false, Joining::Extend) => return Err(Refusal::ListFull(field.label().into())),
            (false, Joining::Fill | Joining::Replace) => return Ok(()),
        }
    }
    Ok(())
}

/// Claims for the contact what it was looked up by and nobody holds, so that the next look-up finds it.
fn claim_free(draft: &mut Draft, id: ContactId, matching: &[Identifier]) -> Result<(), Halt> {
    for identifier in matching {
        if draft.is_shared(identifier)? || draft.claim(identifier)?.is_some() {
            continue;
        }
        let origin = ClaimOrigin::Explicit;
        draft.put_claim(identifier.clone(), id, origin, Trust::Verified);
        let mut contact = draft.contact(id)?.clone();
        if contact.kind == ContactType::Ephemeral && identifier.kind.is_personal() {
            contact.kind = ContactType::Identified;
            draft.put(contact);
        }
    }
    Ok(())
}
