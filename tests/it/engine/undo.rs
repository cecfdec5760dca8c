//! Undo: every action, exact or refused with the reason, and undo of undo (`design/rules.md` §7).

use scv_desk::domain::command::{Claiming, Command, Sharing, Sure};
use scv_desk::domain::{Channel, ContactId, ContactType, ConversationId, Field, Refusal};

use crate::world::*;

/// A world in which every action can be done: a kept person with a number and a note, a caller, a shared
/// number.
struct Scene {
    world: World,
    efa: ContactId,
    caller: ContactId,
    call: ConversationId,
}

fn scene() -> Scene {
    let mut world = World::new();
    let efa = world.keep(
        "Efa Nolan",
        &[(Field::CellPhone, EFA), (Field::City, "Cork")],
    );
    world.keep("Claire Byrne", &[(Field::HomePhone, EFA)]);
    world.note(efa, "first").unwrap();
    let call = world.call(1, CLAIRE);
    let caller = world.who(call);
    world
        .act(
            "agent",
            Command::Share {
                identifier: phone(ADA),
            },
        )
        .unwrap();
    Scene {
        world,
        efa,
        caller,
        call,
    }
}

/// One command for each action that can be undone.
fn actions(scene: &Scene) -> Vec<Command> {
    let (efa, caller, call) = (scene.efa, scene.caller, scene.call);
    let note = *scene.world.notes.keys().next().unwrap();
    let text = || "second".to_owned();
    let contact = efa;
    let named = || {
        Box::new(fields(&[
            (Field::LastName, "Quinn"),
            (Field::CellPhone, CLAIRE),
        ]))
    };
    let identifier = phone(EFA);
    vec![
        Command::Promote {
            contact: caller,
            edits: vec![
                edit(Field::FirstName, "Ann"),
                edit(Field::LastName, "Quinn"),
            ],
        },
        Command::Create {
            fields: named(),
            link: None,
        },
        Command::Create {
            fields: named(),
            link: Some(call),
        },
        Command::Edit {
            contact,
            edits: vec![edit(Field::CellPhone, CLAIRE), edit(Field::City, "")],
        },
        Command::Link {
            conversation: call,
            contact,
            claiming: Claiming::Leave,
        },
        Command::Link {
            conversation: call,
            contact,
            claiming: Claiming::Move,
        },
        Command::Unlink {
            conversation: call,
            sharing: Sharing::Leave,
        },
        Command::Unlink {
            conversation: call,
            sharing: Sharing::Mark,
        },
        Command::Merge {
            contacts: vec![efa, caller],
            takes: Vec::new(),
            sure: Sure::AskedOnce,
        },
        Command::AddNote {
            contact,
            text: text(),
        },
        Command::EditNote { note, text: text() },
        Command::DeleteNote { note },
        Command::Delete { contact },
        Command::NotSame {
            one: efa,
            other: caller,
        },
        Command::Claim {
            contact,
            identifier: cookie("c-1"),
        },
        Command::Release {
            contact,
            identifier: identifier.clone(),
        },
        Command::Share { identifier },
        Command::Unshare {
            identifier: phone(ADA),
        },
        Command::WrapUp {
            conversation: call,
            code: text(),
            notes: None,
        },
        row(with_ids(
            fields(&[(Field::LastName, "Quinn"), (Field::CellPhone, CLAIRE)]),
            &["C-1"],
        )),
    ]
}

#[test]
fn every_action_is_undone_redone_and_undone_again() {
    let scene = scene();
    for command in actions(&scene) {
        let mut world = scene.world.clone();
        let before = world.dump();
        let done = world.act("admin", command.clone()).unwrap().entry;
        let after = world.dump();
        assert_ne!(before, after, "{command:?}");
        let undone = world.undo(done.unwrap()).unwrap().entry.unwrap();
        assert_eq!(world.dump(), before, "undo of {command:?}");
        let twice = world.undo(done.unwrap()).unwrap_err();
        assert_eq!(twice, Refusal::AlreadyUndone(done.unwrap()));
        let redone = world.undo(undone).unwrap().entry.unwrap();
        assert_eq!(world.dump(), after, "undo of the undo of {command:?}");
        world.undo(redone).unwrap();
        assert_eq!(world.dump(), before);
        let again = world.act("admin", command.clone()).unwrap();
        world.undo(again.entry.unwrap()).unwrap();
        assert_eq!(world.dump(), before, "a second time {command:?}");
    }
}

#[test]
fn a_deleted_person_with_a_journey_is_deleted_again_by_undoing_the_undo() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    world.note(efa, "first").unwrap();
    let call = world.call(1, EFA);
    let deleted = world
        .act("admin", Command::Delete { contact: efa })
        .unwrap();
    let dump = world.dump();
    let undone = world.undo(deleted.entry.unwrap()).unwrap();
    world.undo(undone.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), dump);
    assert_eq!(world.linked_to(call), efa);
}

#[test]
fn a_conversation_goes_back_to_the_id_of_a_contact_that_was_gone_before() {
    let mut world = World::new();
    let claire = world.keep("Claire Byrne", &[]);
    let call = world.call(1, EFA);
    let caller = world.who(call);
    world
        .act("admin", Command::Delete { contact: caller })
        .unwrap();
    let dump = world.dump();
    for command in [
        Command::Link {
            conversation: call,
            contact: claire,
            claiming: Claiming::Move,
        },
        Command::Unlink {
            conversation: call,
            sharing: Sharing::Leave,
        },
    ] {
        let done = world.act("agent", command).unwrap();
        world.undo(done.entry.unwrap()).unwrap();
        assert_eq!(world.dump(), dump);
    }
}

#[test]
fn a_link_away_from_a_contact_deleted_meanwhile_is_undone_and_redone() {
    let mut world = World::new();
    let claire = world.keep("Claire Byrne", &[]);
    let call = world.call(1, EFA);
    let caller = world.who(call);
    let linked = world
        .link(call, claire, Claiming::Leave)
        .unwrap()
        .entry
        .unwrap();
    world
        .act("admin", Command::Delete { contact: claire })
        .unwrap();
    let dump = world.dump();
    let undone = world.undo(linked).unwrap().entry.unwrap();
    assert_eq!(world.linked_to(call), caller);
    world.undo(undone).unwrap();
    assert_eq!(
        world.dump(),
        dump,
        "the conversation keeps the id of who was deleted"
    );
}

#[test]
fn a_later_interaction_does_not_stand_in_the_way_and_is_kept() {
    let mut world = World::new();
    let first = seen(1, Channel::Call, &[EFA]);
    let call = world.sees(&first);
    let caller = world.who(call);
    let promoted = world.promote(caller).unwrap();
    let mut ended = first;
    ended.end = Some(START.plus_days(3));
    world.sees(&ended);
    world.undo(promoted.entry.unwrap()).unwrap();
    assert_eq!(world.contact(caller).kind, ContactType::Identified);
    let seen = world.contact(caller).seen;
    assert_eq!(
        seen,
        Some(START.plus_days(3)),
        "it lives on from its last interaction"
    );
}

#[test]
fn values_that_are_no_longer_kept_cannot_be_undone() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let entry = world
        .edit(efa, &[edit(Field::Title, "Dr")])
        .unwrap()
        .entry
        .unwrap();
    world.entries[entry.0 as usize - 1].changes = None;
    assert_eq!(world.undo(entry).unwrap_err(), Refusal::NoLongerKept(entry));
}

#[test]
fn a_link_keeps_its_contact_alive_for_as_long_as_it_stands() {
    let mut world = World::new();
    let first = world.call(1, EFA);
    let efa = world.who(first);
    let began = world.now;
    for n in [1, 2] {
        world.now = began.plus_days(10 * i64::from(n > 1));
        let address = if n == 1 { EFA } else { CLAIRE };
        let mut ended = seen(n, Channel::Call, &[address]);
        ended.start = world.now;
        ended.end = Some(world.now);
        world
            .act("admin", Command::Resolve(Box::new(ended)))
            .unwrap();
    }
    let (before, call) = (world.contacts[&efa].seen, conversation_id(2));
    let linked = world.link(call, efa, Claiming::Leave).unwrap();
    assert_eq!(
        world.contacts[&efa].seen, before,
        "it is not heard of by it"
    );
    world.now = began.plus_days(65);
    let expire = Command::Expire { contact: efa };
    let refused = world.act("admin", expire.clone()).unwrap_err();
    assert!(matches!(refused, Refusal::NotDue(_)), "{refused}");
    world.undo(linked.entry.unwrap()).unwrap();
    world.act("admin", expire).unwrap();
    assert!(
        !world.contacts.contains_key(&efa),
        "what was linked by mistake is gone"
    );
}

#[test]
fn a_conversation_goes_back_to_a_deleted_contact_that_came_back() {
    let mut world = World::new();
    let claire = world.keep("Claire Byrne", &[]);
    let call = world.call(1, EFA);
    let caller = world.who(call);
    let delete = Command::Delete { contact: caller };
    let deleted = world.act("admin", delete).unwrap().entry.unwrap();
    let linked = world.link(call, claire, Claiming::Leave).unwrap();
    world.undo(deleted).unwrap();
    let undone = world.undo(linked.entry.unwrap()).unwrap();
    assert_eq!(world.linked_to(call), caller);
    world.undo(undone.entry.unwrap()).unwrap();
    assert_eq!(world.linked_to(call), claire);
}
