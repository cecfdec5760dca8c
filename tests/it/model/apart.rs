//! Putting a merge apart: contacts, claims, links, notes and marks go to their sides (§7).

use std::collections::BTreeMap;

use scv_desk::domain::contact::ExternalId;
use scv_desk::domain::field::{EMAIL_SPILL, FIELDS, PHONE_SPILL};
use scv_desk::domain::reason::{ClaimOrigin, Rule};
use scv_desk::domain::unmerge::Since;
use scv_desk::domain::{Claim, Contact, ContactId, Field, Fields, Value};

use super::turn::Turn;
use super::unmerge::{Item, Split, contact, joined};
use super::world::{Key, Thing, Tie, pair};
use super::{claims, merge};

/// Puts everything to its side. `stays` is the side that stays in the tree above.
pub fn put(turn: &mut Turn<'_>, split: &Split, stays: Option<ContactId>, items: &[Item]) {
    let leaving = split.sides.iter().filter(|side| Some(side.id) != stays);
    let leaving: Vec<ContactId> = leaving
        .flat_map(|side| turn.world.merge_set(side.id))
        .collect();
    let leaving: Vec<Contact> = leaving.iter().map(|id| contact(&turn.world, *id)).collect();
    let mut sides: BTreeMap<ContactId, Contact> = BTreeMap::new();
    for side in &split.sides {
        let mut side = side.clone();
        side.merged_to = match stays == Some(side.id) {
            true => split.above.first().map(|above| above.id),
            false => None,
        };
        sides.insert(side.id, side);
    }
    edit(&mut sides, split, items);
    bring_home(turn, &mut sides, split, stays, items);
    give_back(turn, &mut sides, split, stays, items);
    for side in sides.into_values() {
        turn.world.put_contact(side);
    }
    tie(turn, split, stays, items);
    move_notes_and_marks(turn, split, items);
    turn.remove(&Key::Contact(split.now.id));
    if let Some(stays) = stays {
        shrink_above(turn, split, stays, &leaving);
    }
}

/// Edits go to their side, and make it modified when the canonical contact was.
fn edit(sides: &mut BTreeMap<ContactId, Contact>, split: &Split, items: &[Item]) {
    for item in items {
        let side = sides.get_mut(&item.side).expect("a side");
        match &item.what {
            Since::Kept => side.kind = scv_desk::domain::ContactType::Curated,
            Since::Edit(field) => {
                edit_field(&mut side.fields, *field, split);
                for identifier in side.fields.identifiers() {
                    claims::identify(side, &identifier);
                }
            }
            _ => continue,
        }
        side.modified = split.now.modified;
        side.modified_by = split.now.modified_by.clone();
    }
}

/// A value goes over whole; of a list what was added and what was removed.
pub fn edit_field(fields: &mut Fields, field: Field, split: &Split) {
    let (then, now) = (&split.base, &split.now.fields);
    match field {
        Field::ExternalIds => edit_list(
            &mut fields.external_ids,
            &then.external_ids,
            &now.external_ids,
        ),
        Field::AppleIds => edit_list(
            &mut fields.apple_opaque_ids,
            &then.apple_opaque_ids,
            &now.apple_opaque_ids,
        ),
        _ => fields.set(field, now.get(field)),
    }
}

fn edit_list<T: Clone + PartialEq>(list: &mut Vec<T>, then: &[T], now: &[T]) {
    list.retain(|one| now.contains(one) || !then.contains(one));
    let added = now.iter().filter(|one| !then.contains(one));
    for one in added {
        if !list.contains(one) {
            list.push(one.clone());
        }
    }
}

/// The identifiers go home; those of the side that stays stay with the head of the tree.
fn bring_home(
    turn: &mut Turn<'_>,
    sides: &mut BTreeMap<ContactId, Contact>,
    split: &Split,
    stays: Option<ContactId>,
    items: &[Item],
) {
    for (identifier, claim) in turn.world.claims_of(split.head()) {
        let what = Since::Claim(identifier.clone());
        let assigned = items.iter().find(|item| item.what == what);
        let assigned = assigned.map(|item| item.side);
        let Some(home) = assigned.or_else(|| split.home(&turn.world, &identifier)) else {
            continue;
        };
        let before = split.held_before(&identifier).cloned();
        let came = matches!(claim.origin, ClaimOrigin::Merged(_));
        let claim = match before.filter(|_| came) {
            _ if stays == Some(home) => Claim {
                origin: ClaimOrigin::Merged(home),
                ..claim
            },
            Some(before) => Claim {
                contact: home,
                ..before
            },
            // It did not come by this merge any more: an unmerge further out must not take it for what it
            // found.
            None if came => Claim {
                contact: home,
                origin: ClaimOrigin::Offered(split.now.id),
                ..claim
            },
            None => Claim {
                contact: home,
                ..claim
            },
        };
        claims::identify(sides.get_mut(&home).expect("a side"), &identifier);
        turn.world.put(Key::Claim(identifier), Thing::Claim(claim));
    }
}

/// What was let go since comes back as the merge had found it; of whom stays in a tree above, its head holds it.
fn give_back(
    turn: &mut Turn<'_>,
    sides: &mut BTreeMap<ContactId, Contact>,
    split: &Split,
    stays: Option<ContactId>,
    items: &[Item],
) {
    for item in items {
        let Since::Released(identifier) = &item.what else {
            continue;
        };
        let mut claim = split.held_before(identifier).cloned().expect("a claim");
        claim.contact = item.side;
        if stays == Some(item.side) {
            claim.contact = split.head();
            claim.origin = ClaimOrigin::Merged(item.side);
        }
        claims::identify(sides.get_mut(&item.side).expect("a side"), identifier);
        let key = Key::Claim(identifier.clone());
        turn.world.put(key, Thing::Claim(claim));
    }
}

/// What the merge had moved goes back, and what came since goes to its side by the word of who unmerges.
fn tie(turn: &mut Turn<'_>, split: &Split, stays: Option<ContactId>, items: &[Item]) {
    for moved in &split.moved {
        let is_tie = matches!(moved.key, Key::Link(..) | Key::VisitLink(_));
        if is_tie && split.goes_back(turn.was, &moved.key).is_some() {
            let before = moved.before.clone().expect("where it goes back to");
            turn.world.things.insert(moved.key.clone(), before);
        }
    }
    for item in items {
        let key = match &item.what {
            Since::Conversation(id, party) => Key::Link(*id, party.clone().unwrap_or_default()),
            Since::Visit(id) => Key::VisitLink(*id),
            _ => continue,
        };
        let Some(Thing::Tie(tie)) = turn.world.things.get(&key).map(AsRef::as_ref).cloned() else {
            continue;
        };
        if stays == Some(item.side) && tie.contact != split.now.id {
            continue;
        }
        let own = |identifier| {
            tie.provided
                .iter()
                .position(|one| one.identifier == identifier)
        };
        let tie = Tie {
            contact: item.side,
            rule: Rule::Unmerged,
            decided: item.told.clone().and_then(own),
            by: Some(turn.actor.name.clone()),
            at: turn.at,
            provided: tie.provided,
        };
        turn.world.put(key, Thing::Tie(tie));
    }
}

fn move_notes_and_marks(turn: &mut Turn<'_>, split: &Split, items: &[Item]) {
    for item in items {
        match &item.what {
            Since::Note(id) => {
                let mut note = turn.world.note(id).cloned().expect("a note");
                note.contact = item.side;
                turn.world.put(Key::Note(*id), Thing::Note(note));
            }
            Since::NotSame(other) => {
                let mark = turn.world.things.remove(&pair(split.now.id, *other));
                // The side may have been marked so before the merge.
                let key = pair(item.side, *other);
                if item.side != *other && !turn.world.things.contains_key(&key) {
                    turn.world.things.insert(key, mark.expect("a mark"));
                }
            }
            _ => {}
        }
    }
}

/// The tree above has the side that stays instead of whom the merge had made, and what only who left carried
/// leaves it.
fn shrink_above(turn: &mut Turn<'_>, split: &Split, stays: ContactId, leaving: &[Contact]) {
    for above in &split.above {
        let mut above = above.clone();
        for id in &mut above.merged_from {
            if *id == split.now.id {
                *id = stays;
            }
        }
        let rest = above.merged_from.iter();
        let rest: Vec<Contact> = rest.map(|id| contact(&turn.world, *id)).collect();
        leave(&mut above.fields, leaving, &rest);
        turn.world.put_contact(above);
    }
}

/// Takes from fields what only `leaving` carry; a place that becomes free is filled as a merge of who is left
/// would fill it.
pub fn leave(fields: &mut Fields, leaving: &[Contact], rest: &[Contact]) {
    let left = joined(rest);
    for spec in FIELDS {
        let Some(value) = fields.get(spec.field) else {
            continue;
        };
        let has = |one: &&Contact| holds(&one.fields, spec.field, &value);
        if leaving.iter().any(|one| has(&one)) && !rest.iter().any(|one| has(&one)) {
            let next = left.get(spec.field);
            let next = next.filter(|next| !holds(fields, spec.field, next));
            fields.set(spec.field, next);
        }
    }
    let goes = |has: &dyn Fn(&Fields) -> bool| {
        let left = leaving.iter().any(|one| has(&one.fields));
        left && !rest.iter().any(|one| has(&one.fields))
    };
    let ids = |id: &ExternalId| !goes(&|fields| fields.external_ids.contains(id));
    fields.external_ids.retain(ids);
    let apple = |id: &String| !goes(&|fields| fields.apple_opaque_ids.contains(id));
    fields.apple_opaque_ids.retain(apple);
    if fields.custom.is_some() && goes(&|other| other.custom == fields.custom) {
        fields.custom = left.custom;
    }
}

/// True when a field of the same kind holds the value.
fn holds(fields: &Fields, field: Field, value: &Value) -> bool {
    let kinds = [&PHONE_SPILL[..], &EMAIL_SPILL[..]];
    let kind = kinds.into_iter().find(|kind| kind.contains(&field));
    let alone = [field];
    let mut slots = kind.unwrap_or(&alone).iter();
    slots.any(|slot| {
        let held = fields.get(*slot);
        held.is_some_and(|held| merge::same(&held) == merge::same(value))
    })
}
