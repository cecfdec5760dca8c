//! What holds for any course of events: undo is exact, trees stay forests, an identifier has one holder, a
//! refusal changes nothing. The world checks every invariant after every step.

mod order;
pub mod step;
pub mod stored;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use scv_desk::domain::command::{Command, EntryId};
use scv_desk::domain::{Change, FactKey, Facts, Halt};
use scv_desk::engine::{self, Context};

use crate::world::*;
use step::{Step, courses, dense_steps, settings, steps};

/// 192 courses, or as many as `PROPTEST_CASES` says. The seed of a failing one is kept beside the data of the
/// tests and tried first from then on; what it came down to is printed with the journal that led there.
pub fn config() -> ProptestConfig {
    let seeds = FileFailurePersistence::Direct("tests/data/property-seeds.txt");
    let mut config = ProptestConfig {
        failure_persistence: Some(Box::new(seeds)),
        ..ProptestConfig::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 192;
    }
    config
}

/// Fails the case with a sentence instead of a panic of its own.
macro_rules! same {
    ($one:expr, $other:expr, $($why:tt)+) => {{
        let (one, other) = (&$one, &$other);
        prop_assert!(
            one.is_as(other),
            "{}: {:#?}\n{}",
            format!($($why)+),
            differences(one, other),
            other.story()
        );
    }};
}

/// The lines that only one of two worlds dumps.
fn differences(one: &World, other: &World) -> Vec<String> {
    let (one, other) = (one.dump(), other.dump());
    let only = one.iter().filter(|line| !other.contains(line));
    let rest = other.iter().filter(|line| !one.contains(line));
    only.chain(rest).cloned().collect()
}

proptest! {
    #![proptest_config(config())]

    /// Whatever happens, each action can be taken back at once, and done again by undoing that.
    #[test]
    fn undo_after_any_action_restores_the_dump(course in courses(30), options in settings()) {
        let mut world = World::new();
        world.options = options;
        for step in course {
            step.wait(&mut world);
            let Some(command) = step.command(&world) else { continue };
            let before = world.clone();
            let Ok(done) = world.act("admin", command.clone()) else {
                same!(before, world, "refused {command:?}");
                continue;
            };
            let Some(entry) = done.entry else { continue };
            if !world.entries[entry.0 as usize - 1].action.can_be_undone() {
                continue;
            }
            let mut back = world.clone();
            let undone = back.undo(entry);
            prop_assert!(undone.is_ok(), "{command:?}: {undone:?}\n{}", back.story());
            same!(before, back, "undo of {command:?}");
            let redone = back.undo(undone.unwrap().entry.unwrap());
            prop_assert!(redone.is_ok(), "again {command:?}: {redone:?}\n{}", back.story());
            same!(world, back, "undo of the undo of {command:?}");
        }
    }

    /// What an undo takes back, however long ago it was done, can be done again and taken back again.
    #[test]
    fn whatever_can_be_undone_can_be_done_again(
        course in dense_steps(40),
        options in settings(),
    ) {
        let mut world = World::new();
        world.options = options;
        for step in course {
            step.wait(&mut world);
            if let Some(command) = step.command(&world) {
                let _ = world.act("admin", command);
            }
        }
        for entry in (1..=world.entries.len() as u64).map(EntryId) {
            let mut back = world.clone();
            let Ok(undone) = back.undo(entry) else { continue };
            let action = world.entries[entry.0 as usize - 1].action;
            let before = back.clone();
            let redone = back.undo(undone.entry.unwrap());
            prop_assert!(redone.is_ok(), "again {entry} {action:?}: {redone:?}\n{}", back.story());
            same!(world, back, "undo of the undo of {entry} {action:?}");
            let undone = back.undo(redone.unwrap().entry.unwrap());
            prop_assert!(undone.is_ok(), "once more {entry} {action:?}: {undone:?}\n{}", back.story());
            same!(before, back, "undo of {entry} {action:?}, once more");
        }
    }

    /// Undoing everything that people did, the last first, leads back to where they began.
    #[test]
    fn undoing_everything_in_reverse_restores_everything(
        seen in courses(14),
        done in courses(30),
        options in settings(),
    ) {
        let mut world = World::new();
        world.options = options;
        for step in seen {
            if let Some(command) = step.command(&world) {
                let _ = world.act("admin", command);
            }
        }
        let begun = world.entries.len() as u64;
        let start = world.clone();
        for step in done.into_iter().filter(Step::is_by_people) {
            if let Some(command) = step.command(&world) {
                let older = matches!(command, Command::Undo { entry } | Command::Unmerge { entry, .. }
                    if entry.0 <= begun);
                if !older {
                    let _ = world.act("admin", command);
                }
            }
        }
        for entry in (begun + 1..=world.entries.len() as u64).rev().map(EntryId) {
            if world.undone_by(entry).is_none() {
                let action = world.entries[entry.0 as usize - 1].action;
                let undone = world.undo(entry);
                prop_assert!(undone.is_ok(), "{entry} {action:?}: {undone:?}\n{}", world.story());
            }
        }
        same!(start, world, "after undoing everything");
    }

    /// Seeing the same conversation or visit again changes nothing.
    #[test]
    fn resolving_twice_changes_nothing(course in courses(30), options in settings()) {
        let mut world = World::new();
        world.options = options;
        for step in course {
            step.wait(&mut world);
            let Some(command) = step.command(&world) else { continue };
            if world.act("admin", command.clone()).is_ok()
                && matches!(command, Command::Resolve(_) | Command::ResolveVisit(_))
            {
                let again = world.plan(&ava("admin"), &command).unwrap();
                prop_assert!(again.is_empty(), "{command:?}: {again:?}");
            }
        }
    }

    /// The same question about the same world has one answer, however its facts were loaded.
    #[test]
    fn planning_is_deterministic(course in steps(20), last in steps(4), options in settings()) {
        let mut world = World::new();
        world.options = options;
        for step in course {
            if let Some(command) = step.command(&world) {
                let _ = world.act("admin", command);
            }
        }
        for command in last.iter().filter_map(|step| step.command(&world)) {
            let one = world.plan(&ava("admin"), &command);
            let other = world.plan(&ava("admin"), &command);
            prop_assert_eq!(&one, &other);
            let known = with_everything(&world, &command);
            prop_assert_eq!(&one, &known);
        }
    }

    /// A plan says of each thing once what stood there and what stands there then, and never the same twice.
    #[test]
    fn a_plan_changes_each_thing_once_and_never_into_itself(
        course in courses(30),
        options in settings(),
    ) {
        let mut world = World::new();
        world.options = options;
        for step in course {
            step.wait(&mut world);
            let Some(command) = step.command(&world) else { continue };
            let Ok(done) = world.act("admin", command.clone()) else { continue };
            for (index, change) in done.changes.iter().enumerate() {
                let gone = matches!(change, Change::Contact { before: None, after: None, .. });
                prop_assert!(gone || change.clone().inverse() != *change, "{command:?}: {change:?}");
                let twice = done.changes.iter().skip(index + 1).any(|other| other == change);
                prop_assert!(!twice, "{command:?}: {change:?}");
            }
        }
    }
}

/// Plans with more facts than are needed.
fn with_everything(
    world: &World,
    command: &Command,
) -> Result<scv_desk::domain::Plan, scv_desk::domain::Refusal> {
    let mut facts = Facts::after(world.last());
    let contacts = world.contacts.keys().copied();
    let mut keys: Vec<FactKey> = contacts
        .flat_map(|id| {
            [
                FactKey::Contact(id),
                FactKey::ClaimsOf(id),
                FactKey::NotesOf(id),
                FactKey::Linked(id),
            ]
        })
        .collect();
    keys.extend(world.claims.keys().cloned().map(FactKey::Claim));
    keys.extend(world.claims.keys().cloned().map(FactKey::Carriers));
    keys.extend(
        world
            .conversations
            .keys()
            .copied()
            .map(FactKey::Conversation),
    );
    keys.extend(world.notes.keys().copied().map(FactKey::Note));
    keys.into_iter().for_each(|key| world.load(key, &mut facts));
    let context = Context {
        actor: ava("admin"),
        at: world.now,
        seed: uuid::Uuid::from_u128(world.seed),
        options: world.options.clone(),
    };
    loop {
        match engine::plan(command, &context, &facts) {
            Ok(plan) => return Ok(plan),
            Err(Halt::Refused(refusal)) => return Err(*refusal),
            Err(Halt::Missing(keys)) => {
                keys.into_iter().for_each(|key| world.load(key, &mut facts))
            }
        }
    }
}
