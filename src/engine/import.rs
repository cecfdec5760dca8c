//! One row of a bulk import: updates the Curated contact with its External ID and takes in every auto-made
//! contact that holds its phone or e-mail (issue *The desk works on the bundled engine*, `design/rules.md`
//! §3).

use std::collections::BTreeMap;

use crate::domain::change::Change;
use crate::domain::command::{Action, ImportRow, Imported, Match, Remark};
use crate::domain::contact::{
    Contact, ContactId, ContactType, Fields, Organization, OrganizationId, Origin,
};
use crate::domain::conversation::Trust;
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::field::{EMAIL_SPILL, FIELDS, Field, PHONE_SPILL};
use crate::domain::identifier::{Identifier, IdentifierType};
use crate::domain::reason::ClaimOrigin;
use crate::domain::{Plan, Refusal};

use super::draft::Draft;
use super::{Context, claims, edit, follow, limits, merge};

/// Plans one row. Two Curated contacts are never merged: such a row updates the one that it is about and
/// remarks who keeps the value.
pub fn row(row: &ImportRow, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    limits::check_fields(&row.fields)?;
    limits::check_organization(row.fields.get(Field::Organization).as_ref(), facts)?;
    if row.fields == Fields::default() {
        return Err(Refusal::BadValue("the row holds no value".to_owned()).into());
    }
    let identifiers = row.fields.identifiers();
    claims::want(facts, &identifiers)?;
    let mut draft = Draft::new(Action::Import, context, facts);
    let holders = holders(&draft, row, &identifiers)?;
    let kept = match kept(&draft, &holders)? {
        Some(id) => Some(id),
        None => namesake(&draft, row, &identifiers)?,
    };
    let taken_in = taken_in(&draft, kept, &holders, &identifiers)?;
    let organization = organization(&mut draft, row.company.as_deref())?;
    // What the row replaces in the record that it updates is released; what auto-made contacts brought is
    // not.
    let replaced = match kept {
        Some(id) => draft.contact(id)?.fields.clone(),
        None => Fields::default(),
    };
    let (before, what) = target(&mut draft, kept, &taken_in.whole)?;
    let mut after = before.clone();
    fill(&mut after, row, organization);
    make_room(&mut after.fields, &before.fields, &replaced);
    after.kind = ContactType::Curated;
    draft.plan.contact = Some(after.id);
    let id = after.id;
    if after == before && what == Imported::Updated {
        draft.remark(Remark::Imported {
            what: Imported::Unchanged,
        });
        return Ok(Plan {
            changes: Vec::new(),
            ..draft.plan
        });
    }
    let origin = ClaimOrigin::Import(row.batch);
    edit::save(&mut draft, &replaced, after, &origin)?;
    verify(&mut draft, id, &identifiers, &origin)?;
    for from in taken_in.left {
        follow::follow(&mut draft, from, id)?;
    }
    draft.remark(Remark::Imported { what });
    draft.finish()
}

/// The contact that the row goes to, joined from everybody that it takes in, and what becomes of it.
fn target(
    draft: &mut Draft,
    kept: Option<ContactId>,
    taken_in: &[ContactId],
) -> Result<(Contact, Imported), Halt> {
    match (kept, taken_in) {
        (Some(id), []) => Ok((draft.contact(id)?.clone(), Imported::Updated)),
        (None, [one]) => Ok((draft.contact(*one)?.clone(), Imported::Promoted)),
        (None, []) => {
            let new = draft.new_contact(ContactType::Curated, Origin::Import, Fields::default());
            draft.put(new.clone());
            Ok((new, Imported::Created))
        }
        (kept, several) => {
            let inputs: Vec<ContactId> = kept.into_iter().chain(several.iter().copied()).collect();
            merge::allowed(draft, &inputs)?;
            let mut contacts = Vec::new();
            for id in &inputs {
                contacts.push(draft.contact(*id)?.clone());
            }
            let takes: BTreeMap<Field, ContactId> = merge::curated_takes(&contacts);
            let id = merge::join(draft, &inputs, &takes)?;
            Ok((draft.contact(id)?.clone(), Imported::Merged))
        }
    }
}

/// Who holds what the row is matched by: identifier, canonical contact, trust.
fn holders(
    draft: &Draft,
    row: &ImportRow,
    identifiers: &[Identifier],
) -> Result<Vec<(Identifier, ContactId, Trust)>, Halt> {
    let claims = identifiers
        .iter()
        .filter_map(|identifier| draft.claim(identifier).ok()?);
    draft.canonicals(&claims.map(|claim| claim.contact).collect::<Vec<_>>())?;
    let mut holders = Vec::new();
    for identifier in identifiers {
        let matched = match identifier.kind {
            IdentifierType::ExternalId => row.matching.contains(&Match::ExternalId),
            IdentifierType::Phone => row.matching.contains(&Match::Phone),
            IdentifierType::Email => row.matching.contains(&Match::Email),
            _ => false,
        };
        if !matched {
            continue;
        }
        if let Some(claim) = draft.claim(identifier)? {
            let holder = draft.canonical(claim.contact)?.id;
            holders.push((identifier.clone(), holder, claim.trust));
        }
    }
    Ok(holders)
}

/// The Curated contact that the row updates: the one that holds its External ID.
fn kept(
    draft: &Draft,
    holders: &[(Identifier, ContactId, Trust)],
) -> Result<Option<ContactId>, Halt> {
    for (identifier, id, _) in holders {
        if identifier.kind == IdentifierType::ExternalId && draft.contact(*id)?.is_curated() {
            return Ok(Some(*id));
        }
    }
    Ok(None)
}

/// The oldest Curated contact that carries a phone or e-mail of the row under the same name and has no
/// other External ID of the row's source: the same record, so that a file without ids imports twice without
/// doubling anybody, while two people who share a number stay two.
fn namesake(
    draft: &Draft,
    row: &ImportRow,
    identifiers: &[Identifier],
) -> Result<Option<ContactId>, Halt> {
    let name = row.fields.full_name().to_lowercase();
    if name.is_empty() {
        return Ok(None);
    }
    let other_id = |fields: &Fields| {
        let mut pairs = row.fields.external_ids.iter();
        pairs.any(|own| {
            let mut ids = fields.external_ids.iter();
            ids.any(|id| id.source == own.source && id.value != own.value)
        })
    };
    // Who carries a value need not hold it: somebody may have released it.
    let carried = || {
        let kinds = row.matching.iter().filter_map(|criterion| match criterion {
            Match::ExternalId => None,
            Match::Phone => Some(IdentifierType::Phone),
            Match::Email => Some(IdentifierType::Email),
        });
        kinds.flat_map(|kind| identifiers.iter().filter(move |one| one.kind == kind))
    };
    let keys = carried().cloned().map(FactKey::Carriers);
    draft.facts.want(keys)?;
    for identifier in carried() {
        let mut carriers = draft.carriers(identifier)?.into_iter();
        let same = carriers.find(|contact| {
            let named = contact.fields.full_name().to_lowercase() == name;
            contact.is_curated() && named && !other_id(&contact.fields)
        });
        if let Some(contact) = same {
            return Ok(Some(contact.id));
        }
    }
    Ok(None)
}

/// The auto-made contacts that a row meets.
#[derive(Default)]
struct TakenIn {
    /// They become one with the row's contact.
    whole: Vec<ContactId>,
    /// They stay, and lose what the row's values alone had linked to them.
    left: Vec<ContactId>,
}

/// The auto-made contacts that the row takes in. One that the row meets only by a value that a visitor
/// typed, and that holds other identifiers, stays: what was typed moves nothing else onto a Curated contact
/// (`design/rules.md` §3). One that somebody marked as another person is left alone, since nobody is there
/// to be asked twice.
fn taken_in(
    draft: &Draft,
    kept: Option<ContactId>,
    holders: &[(Identifier, ContactId, Trust)],
    identifiers: &[Identifier],
) -> Result<TakenIn, Halt> {
    let mut met = TakenIn::default();
    for (_, id, _) in holders {
        let known = met.whole.contains(id) || met.left.contains(id);
        if known || draft.contact(*id)?.is_curated() {
            continue;
        }
        let proven = holders
            .iter()
            .any(|(_, holder, trust)| holder == id && *trust == Trust::Verified);
        let foreign = |held: &Identifier| !identifiers.contains(held);
        let others: Vec<ContactId> = kept.into_iter().chain(met.whole.iter().copied()).collect();
        if merge::marked_apart(draft, *id, &others)? {
            continue;
        }
        match !proven && draft.claims_of(*id)?.iter().any(|(held, _)| foreign(held)) {
            true => met.left.push(*id),
            false => met.whole.push(*id),
        }
    }
    Ok(met)
}

/// The organization with exactly this name, else a new one.
fn organization(draft: &mut Draft, name: Option<&str>) -> Result<Option<OrganizationId>, Halt> {
    let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else {
        return Ok(None);
    };
    if name.chars().count() > 1000 {
        return Err(
            Refusal::BadValue("the company is longer than 1000 characters".to_owned()).into(),
        );
    }
    draft
        .facts
        .want([FactKey::OrganizationNamed(name.to_owned())])?;
    if let Some(id) = draft.facts.organization_named(&name.to_owned())? {
        return Ok(Some(*id));
    }
    let id = OrganizationId(draft.fresh());
    let made = Organization {
        id,
        name: name.to_owned(),
        created: draft.at(),
        rest: serde_json::Map::new(),
    };
    draft.plan.changes.push(Change::Organization {
        id,
        before: None,
        after: Some(Box::new(made)),
    });
    Ok(Some(id))
}

/// Puts the row's non-empty cells into the contact; an empty cell changes nothing.
fn fill(contact: &mut Contact, row: &ImportRow, organization: Option<OrganizationId>) {
    for spec in FIELDS {
        if let Some(value) = row.fields.get(spec.field) {
            contact.fields.set(spec.field, Some(value));
        }
    }
    if organization.is_some() {
        contact.fields.organization = organization;
    }
    for id in &row.fields.external_ids {
        if !contact.fields.external_ids.contains(id) {
            contact.fields.external_ids.push(id.clone());
        }
    }
    for id in &row.fields.apple_opaque_ids {
        if !contact.fields.apple_opaque_ids.contains(id) {
            contact.fields.apple_opaque_ids.push(id.clone());
        }
    }
}

/// Gives phones and e-mails that the row displaced, but that the updated record did not hold itself, a free
/// slot of their kind; with none free the value keeps its identifier (`design/rules.md` §6).
fn make_room(after: &mut Fields, before: &Fields, replaced: &Fields) {
    let own = replaced.identifiers();
    for spill in [PHONE_SPILL.as_slice(), EMAIL_SPILL.as_slice()] {
        for spec in FIELDS.iter().filter(|spec| spill.contains(&spec.field)) {
            let mut alone = Fields::default();
            alone.set(spec.field, before.get(spec.field));
            let carried = alone.identifiers();
            let there = after.identifiers();
            let stays = |one: &Identifier| there.contains(one) || own.contains(one);
            if carried.is_empty() || carried.iter().all(stays) {
                continue;
            }
            if let Some(slot) = spill.iter().find(|slot| after.get(**slot).is_none()) {
                after.set(*slot, before.get(spec.field));
            }
        }
    }
}

/// What a visitor merely typed is proven once the record itself carries it.
fn verify(
    draft: &mut Draft,
    id: ContactId,
    identifiers: &[Identifier],
    origin: &ClaimOrigin,
) -> Result<(), Halt> {
    for identifier in identifiers {
        let typed = draft
            .claim(identifier)?
            .is_some_and(|claim| claim.contact == id && claim.trust == Trust::Typed);
        if typed {
            draft.put_claim(identifier.clone(), id, origin.clone(), Trust::Verified);
        }
    }
    Ok(())
}
