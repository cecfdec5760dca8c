//! Erasing a person: what goes, what stays somebody else's, and what no undo brings back (`design/rules.md` §7).

use scv_desk::domain::command::{Command, Sharing};
use scv_desk::domain::{Channel, ContactId, Field, Refusal};

use crate::world::*;

fn erase(contact: ContactId) -> Command {
    Command::Erase {
        contact,
        reason: "asked by letter".to_owned(),
    }
}

#[test]
fn the_whole_merge_set_goes_with_notes_marks_and_conversations() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let claire = world.keep("Claire Byrne", &[]);
    let mail = world.sees(&seen(1, Channel::Email, &["efa@example.ie"]));
    world.call(2, EFA);
    world.note(efa, "wants a call back").unwrap();
    let (one, other) = (efa, claire);
    world.act("agent", Command::NotSame { one, other }).unwrap();
    let before = world.contacts[&claire].clone();
    world.merge(&[efa, world.who(mail)]).unwrap();
    world.act("admin", erase(efa)).unwrap();
    assert_eq!(world.contacts.keys().collect::<Vec<_>>(), [&claire]);
    assert_eq!(world.contacts[&claire], before);
    assert!(world.notes.is_empty() && world.not_same.is_empty());
    assert!(world.claims.is_empty() && world.links.is_empty());
    assert!(world.conversations.is_empty());
    let kept = world.entries.iter().filter(|entry| entry.changes.is_some());
    assert_eq!(kept.count(), 1, "the one that made Claire");
}

#[test]
fn a_value_that_another_carries_is_offered_to_them() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let claire = world.keep("Claire Byrne", &[(Field::HomePhone, EFA)]);
    assert_eq!(world.holder(&phone(EFA)), Some(efa));
    world.act("admin", erase(efa)).unwrap();
    assert_eq!(world.holder(&phone(EFA)), Some(claire));
}

#[test]
fn a_shared_mark_goes_unless_somebody_else_carries_the_number() {
    for carried in [true, false] {
        let mut world = World::new();
        let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
        if carried {
            world.keep("Claire Byrne", &[(Field::HomePhone, EFA)]);
        }
        let identifier = phone(EFA);
        world.act("agent", Command::Share { identifier }).unwrap();
        world.act("admin", erase(efa)).unwrap();
        assert_eq!(!world.marks.is_empty(), carried);
    }
}

#[test]
fn an_erasure_cannot_be_undone_and_neither_can_what_came_before() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let call = world.call(1, EFA);
    let unlink = Command::Unlink {
        conversation: call,
        sharing: Sharing::Leave,
    };
    let unlinked = world.act("agent", unlink).unwrap().entry.unwrap();
    let erased = world.act("admin", erase(efa)).unwrap().entry.unwrap();
    assert_eq!(
        world.undo(erased).unwrap_err(),
        Refusal::NotUndoable(erased)
    );
    assert_eq!(
        world.undo(unlinked).unwrap_err(),
        Refusal::NoLongerKept(unlinked)
    );
}

#[test]
fn an_erasure_of_nobody_is_refused() {
    let mut world = World::new();
    let nobody = ContactId(uuid::Uuid::from_u128(7));
    let refused = world.act("admin", erase(nobody)).unwrap_err();
    assert_eq!(refused, Refusal::NoContact(nobody));
}
