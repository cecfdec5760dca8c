//! One row of a bulk import: updates the Curated contact with its External ID and takes in every auto-made
//! contact that holds its phone or e-mail (issue *The desk works on the bundled engine*, `design/rules.md` §3).

use std::collections::BTreeMap;

use crate::domain::change::Change;
use crate::domain::command::{Action, ImportRow, Imported, Match, Remark};
use crate::domain::contact::{
    Contact, ContactId, ContactType, Fields, Organization, OrganizationId, Origin,
};
use crate::domain::conversation::Trust;
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::field::{FIELDS, Field};
use crate::domain::identifier::{Identifier, IdentifierType};
use crate::domain::reason::ClaimOrigin;
use crate::domain::{Plan, Refusal};

use super::draft::Draft;
use super::{Context, claims, edit, merge};

/// Plans one row. Two Curated contacts are never merged: such a row updates the one with its External ID and
/// remarks who keeps the value.
pub fn row(row: &ImportRow, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let identifiers = row.fields.identifiers();
    claims::want(facts, &identifiers)?;
    let mut draft = Draft::new(Action::Import, context, facts);
    let holders = holders(&draft, row, &identifiers)?;
    let kept = kept(&draft, &holders)?;
    let taken_in = taken_in(&draft, &holders, &identifiers)?;
    let organization = organization(&mut draft, row.company.as_deref())?;
    let origin = ClaimOrigin::Import(row.batch);

    let (before, what) = match (kept, taken_in.as_slice()) {
        (Some(id), []) => (draft.contact(id)?.clone(), Imported::Updated),
        (None, [one]) => (draft.contact(*one)?.clone(), Imported::Promoted),
        (None, []) => {
            let new = draft.new_contact(ContactType::Curated, Origin::Import, Fields::default());
            draft.put(new.clone());
            (new, Imported::Created)
        }
        (kept, several) => {
            let inputs: Vec<ContactId> = kept.into_iter().chain(several.iter().copied()).collect();
            merge::allowed(&draft, &inputs)?;
            let mut contacts = Vec::new();
            for id in &inputs {
                contacts.push(draft.contact(*id)?.clone());
            }
            let takes: BTreeMap<Field, ContactId> = merge::curated_takes(&contacts);
            let id = merge::join(&mut draft, &inputs, &takes)?;
            (draft.contact(id)?.clone(), Imported::Merged)
        }
    };
    let mut after = before.clone();
    fill(&mut after, row, organization);
    after.kind = ContactType::Curated;
    draft.plan.contact = Some(after.id);
    if after == before && what == Imported::Updated {
        draft.remark(Remark::Imported {
            what: Imported::Unchanged,
        });
        return Ok(Plan {
            changes: Vec::new(),
            ..draft.plan
        });
    }
    edit::save(&mut draft, &before, after, &origin)?;
    draft.remark(Remark::Imported { what });
    draft.finish()
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

/// The auto-made contacts that the row takes in. One that the row meets only by a value that a visitor typed,
/// and that holds other identifiers, is left alone: what was typed moves nothing onto a Curated contact.
fn taken_in(
    draft: &Draft,
    holders: &[(Identifier, ContactId, Trust)],
    identifiers: &[Identifier],
) -> Result<Vec<ContactId>, Halt> {
    let mut ids: Vec<ContactId> = Vec::new();
    for (_, id, _) in holders {
        if ids.contains(id) || draft.contact(*id)?.is_curated() {
            continue;
        }
        let proven = holders
            .iter()
            .any(|(_, holder, trust)| holder == id && *trust == Trust::Verified);
        let foreign = |held: &Identifier| !identifiers.contains(held);
        if !proven && draft.claims_of(*id)?.iter().any(|(held, _)| foreign(held)) {
            continue;
        }
        ids.push(*id);
    }
    Ok(ids)
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
