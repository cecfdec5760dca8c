//! The store holds what the world in memory does: after any course of events both know the same facts.

use proptest::prelude::*;

use scv_desk::domain::command::{Action, Command, EntryId};
use scv_desk::domain::facts::{FactKey, Facts};
use scv_desk::domain::identifier::Identifier;
use scv_desk::engine::{self, Context, shared};
use scv_desk::store::{Decision, Keep, NotApplied, Store};
use uuid::Uuid;

use super::step::{courses, settings};
use crate::store::Place;
use crate::world::*;

proptest! {
    // A store takes a hundred times as long as the world.
    #![proptest_config(ProptestConfig {
        cases: super::config().cases.div_ceil(16),
        ..super::config()
    })]

    /// Decided by the same rules from the facts of its own, the store refuses and journals the same.
    #[test]
    fn the_store_and_the_world_in_memory_hold_the_same(
        course in courses(40),
        options in settings(),
    ) {
        let mut world = World::new();
        world.options = options;
        let (mut decisions, mut outcomes) = (Vec::new(), Vec::new());
        for step in course {
            step.wait(&mut world);
            if let Some(command) = step.command(&world) {
                decisions.push(decision(&world, command.clone()));
                outcomes.push(world.act("admin", command));
            }
        }
        let place = Place::new();
        let store = place.open();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let stored = runtime.block_on(store.decide_all(decisions, Keep::Commit));
        for (stored, expected) in stored.into_iter().zip(outcomes) {
            let stored = match stored {
                Ok(applied) => Ok(applied.entry),
                Err(NotApplied::Refused(refusal)) => Err(*refusal),
                Err(NotApplied::Store(error)) => panic!("{error}\n{}", world.story()),
            };
            prop_assert_eq!(stored, expected.map(|done| done.entry), "{}", world.story());
        }
        prop_assert_eq!(runtime.block_on(store.check()).unwrap(), Vec::<String>::new());
        let keys = keys(&world);
        let there = runtime.block_on(store.load(keys.clone(), Facts::default())).unwrap();
        let mut here = Facts::default();
        for key in &keys {
            world.load(key.clone(), &mut here);
        }
        for key in &keys {
            let (there, here) = (told(&there, key), told(&here, key));
            prop_assert_eq!(there, here, "{:?}\n{}", key, world.story());
        }
    }
}

/// What the world is about to decide, as the store is asked for it.
pub fn decision(world: &World, command: Command) -> Decision {
    let context = Context {
        actor: ava("admin"),
        at: world.now,
        seed: Uuid::from_u128(world.seed),
        options: world.options.clone(),
    };
    Decision {
        actor: context.actor.name.clone(),
        at: context.at,
        batch: None,
        request: None,
        planner: Box::new(move |facts| engine::plan(&command, &context, facts)),
    }
}

/// Everything that can be asked about a world.
fn keys(world: &World) -> Vec<FactKey> {
    let mut keys = Vec::new();
    for id in world.contacts.keys().chain(&world.gone).copied() {
        keys.extend([FactKey::Contact(id), FactKey::ClaimsOf(id)]);
        keys.extend([
            FactKey::Linked(id),
            FactKey::AllLinked(id),
            FactKey::NotesOf(id),
        ]);
        keys.push(FactKey::NotSameAs(id));
    }
    keys.extend(world.gone.iter().copied().map(FactKey::Deleted));
    let carried = world.contacts.values().map(|one| one.fields.identifiers());
    let mut identifiers: Vec<Identifier> = carried.flatten().collect();
    identifiers.extend(world.claims.keys().cloned());
    identifiers.sort();
    identifiers.dedup();
    for identifier in identifiers {
        keys.push(FactKey::Shared(shared::key(&identifier)));
        keys.push(FactKey::Claim(identifier.clone()));
        keys.push(FactKey::Carriers(identifier));
    }
    keys.extend(world.marks.keys().cloned().map(FactKey::Shared));
    let conversations = world.conversations.keys().copied();
    keys.extend(conversations.map(FactKey::Conversation));
    keys.extend(world.visits.keys().copied().map(FactKey::Visit));
    keys.extend(world.notes.keys().copied().map(FactKey::Note));
    for (id, organization) in &world.organizations {
        keys.extend([FactKey::Organization(*id), FactKey::MembersOf(*id)]);
        keys.push(FactKey::OrganizationNamed(organization.name.clone()));
    }
    let entries = (1..=world.entries.len() as u64).map(EntryId);
    keys.extend(entries.map(FactKey::Entry));
    keys.push(FactKey::GoneBefore);
    keys.sort();
    keys.dedup();
    keys
}

/// A fact in text. Where a fact is up to two of many, which two is the store's to choose.
fn told(facts: &Facts, key: &FactKey) -> String {
    match key {
        FactKey::Contact(id) => format!("{:?}", facts.contact_if_any(id)),
        FactKey::Deleted(id) => format!("{:?}", facts.deleted(id)),
        FactKey::Claim(one) => format!("{:?}", facts.claim(one)),
        FactKey::Carriers(one) => format!("{:?}", facts.carriers(one)),
        FactKey::ClaimsOf(id) => {
            let mut held = facts.claims_of(id).unwrap().clone();
            held.sort_by(|(one, _), (other, _)| one.cmp(other));
            format!("{held:?}")
        }
        FactKey::Conversation(id) => format!("{:?}", facts.conversation_if_any(id)),
        FactKey::Visit(id) => format!("{:?}", facts.visit_if_any(id)),
        FactKey::Linked(id) => {
            let linked = facts.linked(id).unwrap();
            format!("{} {}", linked.conversations.len(), linked.visits.len())
        }
        FactKey::AllLinked(id) => {
            let mut linked = facts.all_linked(id).unwrap().clone();
            linked.conversations.sort_unstable();
            linked.visits.sort_unstable();
            format!("{linked:?}")
        }
        FactKey::NotesOf(id) => format!("{:?}", facts.notes_of(id)),
        FactKey::Note(id) => format!("{:?}", facts.note_if_any(id)),
        FactKey::NotSame(one, other) => format!("{:?}", facts.not_same(*one, *other)),
        FactKey::NotSameAs(id) => {
            let mut others = facts.not_same_as(id).unwrap().clone();
            others.sort_unstable();
            format!("{others:?}")
        }
        FactKey::Shared(one) => format!("{:?}", facts.shared(one)),
        FactKey::Organization(id) => format!("{:?}", facts.organization_if_any(id)),
        FactKey::OrganizationNamed(name) => format!("{:?}", facts.organization_named(name)),
        FactKey::MembersOf(id) => format!("{:?}", facts.members_of(id)),
        FactKey::Review(key) => format!("{:?}", facts.review(key)),
        FactKey::GoneBefore => format!("{:?}", facts.gone_before(&())),
        FactKey::Entry(id) => {
            let mut entry = facts.entry_if_any(id).unwrap().clone().unwrap();
            // What was seen is never undone, and the store forgets it with the conversation.
            if entry.action == Action::Resolve {
                entry.changes = None;
            }
            format!("{entry:?}")
        }
    }
}
