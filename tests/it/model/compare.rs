//! What the store holds, held against the model.

use std::collections::BTreeSet;

use scv_desk::domain::change::Observation;
use scv_desk::domain::{
    Change, Claim, Contact, ContactId, ContactType, FactKey, Facts, Link, Plan,
};

use super::desk::Desk;
use super::world::{Entry, Key, Moved, Tie, World};

/// The facts that tell what stands under a key.
fn fact(key: &Key) -> FactKey {
    match key {
        Key::Contact(id) => FactKey::Contact(*id),
        Key::Claim(identifier) => FactKey::Claim(identifier.clone()),
        Key::Link(id, _) | Key::Wrapup(id) => FactKey::Conversation(*id),
        Key::VisitLink(id) => FactKey::Visit(*id),
        Key::Note(id) => FactKey::Note(*id),
        Key::NotSame(one, other) => FactKey::NotSame(*one, *other),
        Key::Mark(key) => FactKey::Shared(key.clone()),
        Key::Organization(id) => FactKey::Organization(*id),
    }
}

/// The facts that a change of the engine's speaks of.
fn fact_of(change: &Change) -> FactKey {
    match change {
        Change::Contact { id, .. } => FactKey::Contact(*id),
        Change::Claim { identifier, .. } => FactKey::Claim(identifier.clone()),
        Change::Link { conversation, .. }
        | Change::Wrapup { conversation, .. }
        | Change::Assign { conversation, .. } => FactKey::Conversation(*conversation),
        Change::VisitLink { visit, .. } => FactKey::Visit(*visit),
        Change::Note { id, .. } => FactKey::Note(*id),
        Change::NotSame { pair, .. } => FactKey::NotSame(pair.0, pair.1),
        Change::Shared { identifier, .. } => FactKey::Shared(identifier.clone()),
        Change::Organization { id, .. } => FactKey::Organization(*id),
        Change::Review { key, .. } => FactKey::Review(key.clone()),
    }
}

/// What a step touched, by the model or by the engine, is the same in both.
pub fn touched(
    desk: &Desk,
    was: &World,
    is: &World,
    moved: &[Moved],
    plan: &Plan,
) -> Result<(), String> {
    let mut keys: BTreeSet<FactKey> = moved.iter().map(|one| fact(&one.key)).collect();
    keys.extend(plan.changes.iter().map(fact_of));
    keys.extend(plan.conversation.map(FactKey::Conversation));
    keys.extend(plan.observations.iter().filter_map(|one| match one {
        Observation::Visit(seen) => Some(FactKey::Visit(seen.id)),
        Observation::Seen { contact, .. } => Some(FactKey::Contact(*contact)),
        Observation::Conversation(_) | Observation::DropJourney { .. } => None,
        Observation::Erase(_) | Observation::Message(_) => None,
    }));
    let renewed = is
        .seen
        .iter()
        .filter(|(id, at)| was.seen.get(id) != Some(*at));
    keys.extend(renewed.map(|(id, _)| FactKey::Contact(*id)));
    held(desk, is, keys)
}

/// Everything is the same in both, and neither holds more than the other.
pub fn whole(desk: &Desk, world: &World, journal: &[Entry]) -> Result<(), String> {
    let mut keys: BTreeSet<FactKey> = world.things.keys().map(fact).collect();
    keys.insert(FactKey::GoneBefore);
    keys.extend(world.deleted.iter().map(|id| FactKey::Deleted(*id)));
    held(desk, world, keys)?;
    let counts = desk.counts();
    let count = |kind: ContactType| {
        let live = world.contacts().filter(|one| one.merged_to.is_none());
        (kind, live.filter(|one| one.kind == kind).count() as u64)
    };
    let kinds = [
        ContactType::Ephemeral,
        ContactType::Identified,
        ContactType::Curated,
    ];
    let contacts = kinds.map(count).to_vec();
    let counted = [
        (
            "ancestors",
            counts.ancestors,
            world.contacts().filter(|one| one.is_ancestor()).count(),
        ),
        ("claims", counts.claims, world.claims().count()),
        (
            "conversations",
            counts.conversations,
            world.conversations.len(),
        ),
        ("visits", counts.visits, world.visits.len()),
        ("notes", counts.notes, world.notes().count()),
        (
            "organizations",
            counts.organizations,
            world.organizations().count(),
        ),
        ("shared", counts.shared, world.marks().count()),
        ("entries", counts.entries, journal.len()),
    ];
    for (what, store, model) in counted {
        same(&format!("the number of {what}"), &store, &(model as u64))?;
    }
    let of_store = counts.contacts.into_iter().filter(|(_, count)| *count > 0);
    let of_model = contacts.into_iter().filter(|(_, count)| *count > 0);
    same(
        "contacts by type",
        &Vec::from_iter(of_store),
        &Vec::from_iter(of_model),
    )
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, store: &T, model: &T) -> Result<(), String> {
    match store == model {
        true => Ok(()),
        false => Err(format!("{what}\n  store: {store:?}\n  model: {model:?}")),
    }
}

fn held(desk: &Desk, world: &World, keys: BTreeSet<FactKey>) -> Result<(), String> {
    if keys.is_empty() {
        return Ok(());
    }
    let facts = desk.load(keys.iter().cloned().collect());
    keys.iter().try_for_each(|key| one(&facts, world, key))
}

fn one(facts: &Facts, world: &World, key: &FactKey) -> Result<(), String> {
    let what = format!("{key:?}");
    match key {
        FactKey::Contact(id) => contact(facts, world, *id),
        FactKey::Claim(identifier) => {
            let stored = facts.claim(identifier).unwrap().as_ref();
            let told = |claim: &Claim| (claim.contact, claim.trust, claim.at);
            same(&what, &stored.map(told), &world.claim(identifier).map(told))
        }
        FactKey::Conversation(_) => conversation(facts, world, key),
        FactKey::Visit(id) => {
            let stored = facts.visit_if_any(id).unwrap().as_ref();
            let seen = world.visits.get(id).map(|seen| seen.as_ref());
            same(&what, &stored.map(|one| &one.visit), &seen)?;
            let tie = world.visit_tie(id).map(told);
            same(&what, &stored.map(|one| told_by(&one.link)), &tie)
        }
        FactKey::Note(id) => same(
            &what,
            &facts.note_if_any(id).unwrap().as_ref(),
            &world.note(id),
        ),
        FactKey::NotSame(a, b) => {
            let stored = facts.not_same(*a, *b).unwrap().is_some();
            same(&what, &stored, &world.not_same(*a, *b))
        }
        FactKey::Shared(key) => same(
            &what,
            &facts.shared(key).unwrap().as_ref(),
            &world.mark(key),
        ),
        FactKey::Organization(id) => {
            let stored = facts.organization_if_any(id).unwrap().as_ref();
            same(&what, &stored, &world.organization(id))
        }
        FactKey::Deleted(id) => same(
            &what,
            facts.deleted(id).unwrap(),
            &world.deleted.contains(id),
        ),
        FactKey::GoneBefore => same(&what, facts.gone_before(&()).unwrap(), &world.gone_before),
        other => panic!("{other:?} is not compared"),
    }
}

/// A contact is the same in all but the last interaction, which counts where it expires.
fn contact(facts: &Facts, world: &World, id: ContactId) -> Result<(), String> {
    let what = format!("contact {id}");
    let stored = facts.contact_if_any(&id).unwrap().as_ref();
    let plain = |one: &Contact| Contact {
        seen: None,
        ..one.clone()
    };
    let (store, model) = (stored.map(plain), world.contact(&id).map(plain));
    if store != model {
        let shown = |one| serde_json::to_string(&one).unwrap();
        return Err(format!(
            "{what}\n  store: {}\n  model: {}",
            shown(store),
            shown(model)
        ));
    }
    let Some(stored) = stored else { return Ok(()) };
    let alive = world.last_alive(stored);
    same(
        &format!("{what} was last seen"),
        &stored.last_alive(),
        &alive,
    )
}

/// By whom and how somebody was linked.
type Told = (ContactId, scv_desk::domain::Rule, Option<String>);

fn told(tie: &Tie) -> Told {
    (tie.contact, tie.rule, tie.by.clone())
}

fn told_by(link: &Link) -> Told {
    (link.contact, link.reason.rule, link.reason.actor.clone())
}

fn conversation(facts: &Facts, world: &World, key: &FactKey) -> Result<(), String> {
    let FactKey::Conversation(id) = key else {
        return Ok(());
    };
    let what = format!("conversation {id}");
    let stored = facts.conversation_if_any(id).unwrap().as_ref();
    let seen = world.conversations.get(id).map(|seen| seen.as_ref());
    same(&what, &stored.map(|one| &one.conversation), &seen)?;
    let Some(stored) = stored else { return Ok(()) };
    let mut links = vec![(String::new(), told_by(&stored.link))];
    links.extend(
        stored
            .others
            .iter()
            .map(|(id, link)| (id.clone(), told_by(link))),
    );
    links.sort_by(|(one, _), (other, _)| one.cmp(other));
    let from = Key::Link(*id, String::new());
    let ties = world.things.range(from..).map_while(|(key, _)| match key {
        Key::Link(other, party) if other == id => Some(party.clone()),
        _ => None,
    });
    let ties: Vec<_> = ties
        .map(|party| {
            let tie = told(world.tie(*id, &party).unwrap());
            (party, tie)
        })
        .collect();
    same(&format!("{what} is linked"), &links, &ties)?;
    same(
        &format!("{what} wrap-up"),
        &stored.wrapup.as_ref(),
        &world.wrapup(id),
    )
}
