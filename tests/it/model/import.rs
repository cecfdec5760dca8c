//! A row of an import (§3): ingest and import give the same people in either order.

use scv_desk::domain::command::{ImportRow, Match};
use scv_desk::domain::contact::{Organization, OrganizationId, Origin};
use scv_desk::domain::conversation::Trust;
use scv_desk::domain::field::FIELDS;
use scv_desk::domain::reason::{ClaimOrigin, Rule};
use scv_desk::domain::{
    Claim, Contact, ContactId, ContactType, Fields, Identifier, IdentifierType, Refusal,
};

use super::turn::Turn;
use super::world::{Key, Thing, Tie, World, carries};
use super::{claims, edit, merge};

pub fn row(turn: &mut Turn<'_>, row: &ImportRow) -> Result<(), Refusal> {
    let mut fields = row.fields.clone();
    if fields == Fields::default() {
        return Err(Refusal::BadValue(String::new()));
    }
    fields.organization = row.company.as_deref().map(|name| organization(turn, name));
    let kept = kept(&turn.world, row);
    let (autos, left) = auto_made(&turn.world, row, kept.as_ref());
    let inputs: Vec<Contact> = kept.iter().cloned().chain(autos.iter().cloned()).collect();
    let was = match &inputs[..] {
        [] => turn.new_contact(ContactType::Curated, Origin::Import),
        [one] => one.clone(),
        _ => {
            let takes = merge::kept_sides(&inputs);
            merge::join(turn, &inputs, &takes, Some(turn.actor.name.clone()))
        }
    };
    let own = kept.map(|kept| kept.fields).unwrap_or_default();
    let contact = filled(turn, &was, &own, &fields)?;
    turn.contact = Some(contact.id);
    if contact == was && inputs.len() == 1 {
        return Ok(());
    }
    put(turn, &own, contact.clone(), row);
    for from in left {
        follow(turn, from, contact.id);
    }
    Ok(())
}

/// The organization of this exact name, made when there is none.
fn organization(turn: &mut Turn<'_>, name: &str) -> OrganizationId {
    let name = name.trim();
    let known = turn.world.organizations().find(|(_, one)| one.name == name);
    if let Some((id, _)) = known {
        return *id;
    }
    let id = OrganizationId(turn.fresh());
    let rest = serde_json::Map::new();
    let made = Organization {
        id,
        name: name.to_owned(),
        created: turn.at,
        rest,
    };
    turn.world
        .put(Key::Organization(id), Thing::Organization(made));
    id
}

/// The row's identifiers of what it is matched by, in that order.
fn matching(row: &ImportRow) -> Vec<Identifier> {
    let all = row.fields.identifiers();
    let of = |kind: &Match| match kind {
        Match::ExternalId => IdentifierType::ExternalId,
        Match::Phone => IdentifierType::Phone,
        Match::Email => IdentifierType::Email,
    };
    let kinds = row.matching.iter().map(of);
    kinds
        .flat_map(|kind| all.iter().filter(move |one| one.kind == kind).cloned())
        .collect()
}

/// The Curated contact that the row is about: who holds its external id, or a namesake that carries its phone
/// or e-mail and has no other id of that source.
fn kept(world: &World, row: &ImportRow) -> Option<Contact> {
    let by_id = matching(row).into_iter();
    for identifier in by_id.filter(|one| one.kind == IdentifierType::ExternalId) {
        let claim = world.claim(&identifier);
        let holder = claim.and_then(|claim| world.head(claim.contact));
        if let Some(holder) = holder.filter(|holder| holder.is_curated()) {
            return Some(holder.clone());
        }
    }
    let mut rest = matching(row)
        .into_iter()
        .filter(|one| one.kind != IdentifierType::ExternalId);
    rest.find_map(|identifier| {
        let mut carriers = world.carriers(&identifier).into_iter();
        carriers.find(|one| is_namesake(one, row)).cloned()
    })
}

fn is_namesake(one: &Contact, row: &ImportRow) -> bool {
    let name = row.fields.full_name().to_lowercase();
    let mut pairs = row.fields.external_ids.iter().flat_map(|own| {
        let others = one.fields.external_ids.iter();
        others.map(move |other| own.source == other.source && own.value != other.value)
    });
    one.is_curated()
        && !name.is_empty()
        && one.fields.full_name().to_lowercase() == name
        && !pairs.any(|other| other)
}

/// The auto-made contacts that hold what the row is matched by: those that become one with it, and those that
/// were found by typed values only and have something else. Never who was marked as not the same.
fn auto_made(
    world: &World,
    row: &ImportRow,
    kept: Option<&Contact>,
) -> (Vec<Contact>, Vec<ContactId>) {
    let mut left = Vec::new();
    let mut found: Vec<Contact> = kept.into_iter().cloned().collect();
    let matched = matching(row);
    for identifier in row.fields.identifiers() {
        if !matched.contains(&identifier) {
            continue;
        }
        let Some(claim) = world.claim(&identifier) else {
            continue;
        };
        let Some(holder) = world.head(claim.contact) else {
            continue;
        };
        let known = found.iter().any(|one| one.id == holder.id);
        if known || holder.is_curated() || !merge::may_join_itself(world, &found, holder) {
            continue;
        }
        let held = world.claims_of(holder.id);
        let carried = row.fields.identifiers();
        let only = held.iter().all(|(one, _)| carried.contains(one));
        let proven = |(one, claim): &(Identifier, Claim)| {
            matched.contains(one) && claim.trust == Trust::Verified
        };
        match held.iter().any(proven) || only {
            true => found.push(holder.clone()),
            false => left.push(holder.id),
        }
    }
    (found.split_off(usize::from(kept.is_some())), left)
}

/// The contact with the values of the row, which win. What an auto-made contact brought moves to a free
/// field;
/// what the record itself held is replaced.
fn filled(
    turn: &Turn<'_>,
    was: &Contact,
    own: &Fields,
    fields: &Fields,
) -> Result<Contact, Refusal> {
    let mut contact = was.clone();
    contact.kind = ContactType::Curated;
    for spec in FIELDS {
        if let Some(value) = fields.get(spec.field) {
            contact.fields.set(spec.field, Some(value));
        }
    }
    let mut brought = was.fields.clone();
    let held = own.identifiers();
    for field in merge::NUMBERED {
        let mut alone = Fields::default();
        alone.set(field, was.fields.get(field));
        if alone.identifiers().iter().all(|one| held.contains(one)) {
            brought.set(field, None);
        }
    }
    merge::spill(&mut contact.fields, &brought);
    for id in &fields.external_ids {
        if !contact.fields.external_ids.contains(id) {
            contact.fields.external_ids.push(id.clone());
        }
    }
    edit::check_fields(turn, &contact.fields)?;
    Ok(contact)
}

/// What a row replaced is released, and all that the contact carries is claimed.
fn put(turn: &mut Turn<'_>, own: &Fields, contact: Contact, row: &ImportRow) {
    turn.put_modified(contact.clone());
    for identifier in own.identifiers() {
        let claim = turn.world.claim(&identifier);
        let own = claim.is_some_and(|claim| claim.contact == contact.id);
        if own && !carries(&contact, &identifier) {
            claims::let_go(turn, &identifier, contact.id);
        }
    }
    claims::claim_fields(turn, &contact, &ClaimOrigin::Import(row.batch));
    for identifier in row.fields.identifiers() {
        prove(turn, &identifier, contact.id, row.batch);
    }
}

/// What a row of the record carries is proven by it; a form only repeats what was typed.
fn prove(turn: &mut Turn<'_>, identifier: &Identifier, contact: ContactId, batch: u64) {
    if let Some(held) = turn.world.claim(identifier).cloned()
        && held.contact == contact
        && held.trust == Trust::Typed
    {
        claims::bind(
            turn,
            identifier,
            contact,
            ClaimOrigin::Import(batch),
            Trust::Verified,
        );
    }
}

/// What rules linked to a contact that stays follows the row, where what decides first is the row's by now.
fn follow(turn: &mut Turn<'_>, from: ContactId, to: ContactId) {
    let set = turn.world.merge_set(from);
    let ties = turn
        .world
        .ties()
        .filter(|(_, tie)| set.contains(&tie.contact));
    let ties: Vec<(Key, Tie)> = ties.map(|(key, tie)| (key.clone(), tie.clone())).collect();
    for (key, tie) in ties {
        let holds = |one: &Identifier| {
            let claim = turn.world.claim(one).filter(|_| !turn.world.is_shared(one));
            claim.map(|claim| claim.contact)
        };
        let mut all = tie.provided.iter().enumerate();
        let first = all.find_map(|(n, one)| Some((n, holds(&one.identifier)?)));
        let by_rule = matches!(tie.rule, Rule::FirstClaimed | Rule::NoClaim);
        let Some((index, _)) = first.filter(|(_, holder)| by_rule && *holder == to) else {
            continue;
        };
        let (contact, rule, decided, at) = (to, Rule::FirstClaimed, Some(index), turn.at);
        let tie = Tie {
            contact,
            rule,
            decided,
            at,
            by: None,
            ..tie
        };
        turn.world.put(key, Thing::Tie(tie));
    }
}
