//! Merging contacts into one canonical contact (§6).

use std::collections::BTreeMap;

use scv_desk::domain::command::Sure;
use scv_desk::domain::contact::Origin;
use scv_desk::domain::field::{EMAIL_SPILL, FIELDS, PHONE_SPILL};
use scv_desk::domain::permission::MergeRules;
use scv_desk::domain::reason::ClaimOrigin;
use scv_desk::domain::{
    Claim, Contact, ContactId, ContactType, Field, Fields, Identifier, IdentifierType, Refusal,
    Value,
};

use super::turn::Turn;
use super::world::{Key, Thing, World};

/// Most contacts in a merge set.
const SET_MAX: usize = 52;

pub fn merge(
    turn: &mut Turn<'_>,
    contacts: &[ContactId],
    takes: &[(Field, ContactId)],
    sure: Sure,
) -> Result<(), Refusal> {
    if !(2..=25).contains(&contacts.len()) {
        return Err(Refusal::MergeCount(contacts.len()));
    }
    let heads = contacts.iter().map(|id| turn.head(*id));
    let heads: Vec<Contact> = heads.collect::<Result<_, _>>()?;
    for (n, (id, head)) in contacts.iter().zip(&heads).enumerate() {
        if contacts[..n].contains(id) {
            return Err(Refusal::SameContact);
        }
        if heads[..n].iter().any(|other| other.id == head.id) {
            return Err(Refusal::OnePerson);
        }
    }
    let curated = heads.iter().filter(|head| head.is_curated()).count();
    if turn.settings.rules == MergeRules::Deck && curated > 1 {
        return Err(Refusal::BothCurated);
    }
    let sets = heads.iter().map(|head| turn.world.merge_set(head.id));
    let sets: Vec<Vec<ContactId>> = sets.collect();
    let size = 1 + sets.iter().map(Vec::len).sum::<usize>();
    if size > SET_MAX {
        return Err(Refusal::SetTooLarge(size));
    }
    if sure == Sure::AskedOnce && marked_apart(&turn.world, &sets) {
        return Err(Refusal::AskTwice(String::new()));
    }
    let takes = takes.iter().filter_map(|(field, id)| {
        let head = turn.world.head(*id)?.id;
        Some((*field, head))
    });
    let takes = takes.collect();
    let by = Some(turn.actor.name.clone());
    let canonical = join(turn, &heads, &takes, by);
    turn.contact = Some(canonical.id);
    Ok(())
}

/// True when somebody said that two of these people are not the same.
fn marked_apart(world: &World, sets: &[Vec<ContactId>]) -> bool {
    let mut pairs = sets.iter().enumerate().flat_map(|(n, one)| {
        let later = sets.iter().skip(n + 1).flatten();
        later.flat_map(move |other| one.iter().map(move |one| (*one, *other)))
    });
    pairs.any(|(one, other)| world.not_same(one, other))
}

/// True when rules may merge `other` with these by themselves: never two Curated contacts, never who was
/// marked as not the same, and no set that grows too large.
pub fn may_join_itself(world: &World, inputs: &[Contact], other: &Contact) -> bool {
    let mut sets: Vec<_> = inputs.iter().map(|one| world.merge_set(one.id)).collect();
    sets.push(world.merge_set(other.id));
    let curated = other.is_curated() && inputs.iter().any(Contact::is_curated);
    let size = 1 + sets.iter().map(Vec::len).sum::<usize>();
    !curated && size <= SET_MAX && !marked_apart(world, &sets)
}

/// Makes the canonical contact; the inputs become its ancestors, and their identifiers move.
pub fn join(
    turn: &mut Turn<'_>,
    inputs: &[Contact],
    takes: &BTreeMap<Field, ContactId>,
    by: Option<String>,
) -> Contact {
    let kind = inputs.iter().map(|input| input.kind).max();
    let mut canonical = turn.new_contact(kind.unwrap_or(ContactType::Ephemeral), Origin::Merge);
    canonical.modified_by = by;
    canonical.merged_from = inputs.iter().map(|input| input.id).collect();
    canonical.fields = fields(inputs, takes);
    for input in inputs {
        if let Some(seen) = turn.world.seen.get(&input.id).copied() {
            turn.renew(canonical.id, seen);
        }
        let ancestor = Contact {
            merged_to: Some(canonical.id),
            ..input.clone()
        };
        turn.world.put_contact(ancestor);
        for (identifier, claim) in turn.world.claims_of(input.id) {
            let origin = ClaimOrigin::Merged(input.id);
            let claim = Claim {
                contact: canonical.id,
                origin,
                at: turn.at,
                ..claim
            };
            turn.world.put(Key::Claim(identifier), Thing::Claim(claim));
        }
    }
    turn.world.put_contact(canonical.clone());
    canonical
}

/// Per field the chosen side, else the most recently modified input that has a value.
pub fn fields(inputs: &[Contact], takes: &BTreeMap<Field, ContactId>) -> Fields {
    let mut newest: Vec<&Contact> = inputs.iter().collect();
    newest.sort_by_key(|input| (std::cmp::Reverse(input.modified), input.id));
    let mut result = Fields::default();
    for spec in FIELDS {
        let chosen = takes.get(&spec.field);
        let chosen = inputs.iter().find(|input| Some(&input.id) == chosen);
        let sides = chosen.into_iter().chain(newest.iter().copied());
        let value = sides
            .into_iter()
            .find_map(|input| input.fields.get(spec.field));
        result.set(spec.field, value);
    }
    for input in &newest {
        for id in &input.fields.external_ids {
            if !result.external_ids.contains(id) && result.external_ids.len() < 10 {
                result.external_ids.push(id.clone());
            }
        }
        for id in &input.fields.apple_opaque_ids {
            let ids = &mut result.apple_opaque_ids;
            if !ids.contains(id) && ids.len() < 10 {
                ids.push(id.clone());
            }
        }
    }
    let units = newest.iter().find_map(|input| input.fields.custom.clone());
    result.custom = units;
    for input in &newest {
        spill(&mut result, &input.fields);
    }
    result
}

/// The fields that may move to another slot.
pub const NUMBERED: [Field; 7] = [
    Field::WorkPhone,
    Field::CellPhone,
    Field::HomePhone,
    Field::OtherPhone,
    Field::WorkEmail,
    Field::PersonalEmail,
    Field::OtherEmail,
];

/// The Curated side of each field that it has a value for.
pub fn kept_sides(inputs: &[Contact]) -> BTreeMap<Field, ContactId> {
    let mut sides = BTreeMap::new();
    for input in inputs.iter().filter(|input| input.is_curated()) {
        let has = FIELDS
            .iter()
            .filter(|spec| input.fields.get(spec.field).is_some());
        sides.extend(has.map(|spec| (spec.field, input.id)));
    }
    sides
}

/// Phones and e-mails that lost their slot move to a free one of the same kind.
pub fn spill(result: &mut Fields, from: &Fields) {
    let phones = from.phones().into_iter().filter_map(|(_, phone)| phone);
    let phones: Vec<Value> = phones.map(|phone| Value::Phone(phone.clone())).collect();
    let emails = from.emails().into_iter().filter_map(|(_, text)| text);
    let emails: Vec<Value> = emails.map(|text| Value::Text(text.to_owned())).collect();
    for (values, slots) in [(phones, &PHONE_SPILL[..]), (emails, &EMAIL_SPILL[..])] {
        for value in values {
            let there = slots.iter().filter_map(|slot| result.get(*slot));
            if there
                .map(|there| same(&there))
                .any(|there| there == same(&value))
            {
                continue;
            }
            if let Some(free) = slots.iter().find(|slot| result.get(**slot).is_none()) {
                result.set(*free, Some(value));
            }
        }
    }
}

/// The form in which two values are compared.
pub fn same(value: &Value) -> String {
    match value {
        Value::Phone(phone) => phone.e164.clone().unwrap_or_else(|| phone.display.clone()),
        Value::Text(text) => {
            let read = Identifier::read(IdentifierType::Email, text, None, None);
            read.map_or_else(|_| text.clone(), |one| one.value)
        }
        other => format!("{other:?}"),
    }
}
