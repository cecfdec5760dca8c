//! What stands in the way of an undo (`design/rules.md` §7): it is exact or it is refused with the reason.

use scv_desk::domain::command::{Claiming, Command, EntryId, ImportRow, Match, Sharing};
use scv_desk::domain::{Channel, ContactType, Field, Refusal};

use crate::world::*;

/// Does `first`, then `later`, and says why the first cannot be undone.
fn obstacle(
    world: &mut World,
    first: impl FnOnce(&mut World) -> Done,
    later: impl FnOnce(&mut World),
) -> String {
    match refusal(world, first, later) {
        Refusal::ChangedSince { what, .. } => what,
        other => panic!("{other}"),
    }
}

/// The same for a merge: how many things came since that have to be given to a side.
fn to_assign(
    world: &mut World,
    first: impl FnOnce(&mut World) -> Done,
    later: impl FnOnce(&mut World),
) -> usize {
    match refusal(world, first, later) {
        Refusal::ToAssign { items, .. } => items,
        other => panic!("{other}"),
    }
}

fn refusal(
    world: &mut World,
    first: impl FnOnce(&mut World) -> Done,
    later: impl FnOnce(&mut World),
) -> Refusal {
    let asked = first(world).entry.unwrap();
    later(world);
    let dump = world.dump();
    let refused = world.undo(asked).unwrap_err();
    assert_eq!(world.dump(), dump, "a refusal changes nothing");
    match &refused {
        Refusal::ChangedSince { entry, .. } | Refusal::ToAssign { entry, .. } => {
            assert_eq!(*entry, asked);
        }
        other => panic!("{other}"),
    }
    refused
}

#[test]
fn an_undo_is_refused_when_what_it_touched_was_changed_since() {
    let mut world = World::new();
    let efa = world.keep(
        "Efa Nolan",
        &[(Field::CellPhone, EFA), (Field::City, "Cork")],
    );
    let call = world.call(1, CLAIRE);
    let caller = world.who(call);
    let what = obstacle(
        &mut world,
        |world| world.edit(efa, &[edit(Field::City, "Galway")]).unwrap(),
        |world| drop(world.edit(efa, &[edit(Field::City, "Sligo")]).unwrap()),
    );
    assert_eq!(what, format!("the city of contact {efa}"));
    obstacle(
        &mut world,
        |world| world.promote(caller).unwrap(),
        |world| drop(world.edit(caller, &[edit(Field::Title, "Dr")]).unwrap()),
    );
}

#[test]
fn a_merge_is_not_undone_unasked_under_a_later_conversation_note_or_merge() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let mail = world.sees(&seen(1, Channel::Email, &["efa@example.ie"]));
    let auto = world.who(mail);
    let merge = |world: &mut World| world.merge(&[efa, auto]).unwrap();
    let mut called = world.clone();
    let items = to_assign(&mut called, merge, |world| {
        world.call(2, EFA);
    });
    assert_eq!(items, 1);
    let items = to_assign(&mut world.clone(), merge, |world| {
        drop(world.note(efa, "x").unwrap())
    });
    assert_eq!(items, 1);
    let items = to_assign(&mut world.clone(), merge, |world| {
        let other = world.sees(&seen(3, Channel::Email, &["b@example.ie"]));
        world.merge(&[efa, world.who(other)]).unwrap();
    });
    assert_eq!(items, 1);
    // Once the later conversation has left, the merge can be undone.
    let entry = EntryId(called.entries.len() as u64 - 1);
    called.unlink(conversation_id(2), Sharing::Leave).unwrap();
    called.undo(entry).unwrap();
    assert_eq!(called.who(mail), auto);
}

#[test]
fn a_new_contact_is_not_undone_when_somebody_else_came_to_it_in_the_same_conversation() {
    let mut world = World::new();
    let mut conference = seen(1, Channel::Call, &[EFA]);
    let call = world.sees(&conference);
    let create = |world: &mut World| {
        let form = Box::new(fields(&[
            (Field::LastName, "Nolan"),
            (Field::CellPhone, EFA),
        ]));
        let link = Some(call);
        world
            .act("agent", Command::Create { fields: form, link })
            .unwrap()
    };
    obstacle(&mut world, create, |world| {
        conference
            .participants
            .push(party("p2", Channel::Call, &[EFA]));
        world.sees(&conference);
    });
}

#[test]
fn a_claim_never_comes_back_to_an_ancestor_or_under_a_mark() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let release = |world: &mut World| {
        let identifier = phone(EFA);
        let contact = efa;
        world
            .act(
                "agent",
                Command::Release {
                    contact,
                    identifier,
                },
            )
            .unwrap()
    };
    let what = obstacle(&mut world.clone(), release, |world| {
        let mail = world.sees(&seen(1, Channel::Email, &["efa@example.ie"]));
        world.merge(&[efa, world.who(mail)]).unwrap();
    });
    assert_eq!(what, format!("contact {efa}"));
    let what = obstacle(&mut world.clone(), release, |world| {
        world
            .act(
                "agent",
                Command::Share {
                    identifier: phone(EFA),
                },
            )
            .unwrap();
    });
    assert_eq!(what, "a shared mark");
}

#[test]
fn a_mark_never_comes_back_over_a_claim() {
    let mut world = World::new();
    world
        .act(
            "agent",
            Command::Share {
                identifier: phone(EFA),
            },
        )
        .unwrap();
    let unshare = |world: &mut World| {
        let identifier = phone(EFA);
        world.act("agent", Command::Unshare { identifier }).unwrap()
    };
    obstacle(&mut world, unshare, |world| {
        world.call(1, EFA);
    });
}

#[test]
fn a_conversation_never_goes_back_to_a_contact_that_was_cleared_away() {
    let mut world = World::new();
    let claire = world.keep("Claire Byrne", &[]);
    let (one, other) = (world.call(1, EFA), world.call(2, EFA));
    let caller = world.who(one);
    let what = obstacle(
        &mut world,
        |world| world.link(one, claire, Claiming::Leave).unwrap(),
        |world| {
            world.link(other, claire, Claiming::Move).unwrap();
            assert!(!world.contacts.contains_key(&caller));
        },
    );
    assert_eq!(what, format!("contact {caller}"));
}

#[test]
fn a_note_never_comes_back_to_a_contact_that_is_gone() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    world.note(efa, "first").unwrap();
    let note = *world.notes.keys().next().unwrap();
    obstacle(
        &mut world,
        |world| world.act("agent", Command::DeleteNote { note }).unwrap(),
        |world| {
            drop(
                world
                    .act("admin", Command::Delete { contact: efa })
                    .unwrap(),
            )
        },
    );
}

#[test]
fn no_undo_makes_a_contact_ephemeral_that_is_known_by_a_number() {
    let mut world = World::new();
    let chat = world.sees(&web(1, Some("c-1"), None, &[]));
    let visitor = world.who(chat);
    assert_eq!(world.contact(visitor).kind, ContactType::Ephemeral);
    obstacle(
        &mut world,
        |world| world.promote(visitor).unwrap(),
        |world| {
            let mut open = web(2, Some("c-1"), Some("crm-7"), &[]);
            open.participants.truncate(1);
            world.sees(&open);
            assert_eq!(world.holder(&external("crm-7")), Some(visitor));
        },
    );
}

#[test]
fn a_merge_is_not_undone_unasked_while_its_contact_is_marked_as_not_somebody_else() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let other = world.keep("Claire Byrne", &[]);
    let mail = world.sees(&seen(1, Channel::Email, &["efa@example.ie"]));
    let auto = world.who(mail);
    let merge = |world: &mut World| world.merge(&[efa, auto]).unwrap();
    let items = to_assign(&mut world, merge, |world| {
        let one = world.who(mail);
        world.act("agent", Command::NotSame { one, other }).unwrap();
    });
    assert_eq!(items, 1);
    let marked = EntryId(world.entries.len() as u64);
    world.undo(marked).unwrap();
    world.undo(EntryId(marked.0 - 1)).unwrap();
    assert_eq!(world.who(mail), auto);
}

#[test]
fn a_merge_is_not_done_again_over_what_its_contacts_are_known_by_meanwhile() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let mail = world.sees(&seen(1, Channel::Email, &["efa@example.ie"]));
    let merged = world.merge(&[efa, world.who(mail)]).unwrap();
    let what = obstacle(
        &mut world,
        |world| world.undo(merged.entry.unwrap()).unwrap(),
        |world| {
            world.sees(&seen(2, Channel::Open, &["crm-7", EFA]));
            assert_eq!(world.holder(&external("crm-7")), Some(efa));
        },
    );
    assert_eq!(what, format!("what contact {efa} is known by"));
}

#[test]
fn a_conversation_never_goes_back_to_a_deleted_contact_that_came_back_and_was_cleared_away() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    let contact = world.who(call);
    let delete = Command::Delete { contact };
    let deleted = world.act("admin", delete).unwrap().entry.unwrap();
    let what = obstacle(
        &mut world,
        |world| world.unlink(call, Sharing::Leave).unwrap(),
        |world| {
            world.undo(deleted).unwrap();
            world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
            assert!(!world.contacts.contains_key(&contact));
        },
    );
    assert_eq!(what, format!("contact {contact}"));
}

#[test]
fn a_new_contact_that_was_deleted_does_not_come_back_by_an_older_undo() {
    let mut world = World::new();
    let contact = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let created = EntryId(world.entries.len() as u64);
    let undone = world.undo(created).unwrap().entry.unwrap();
    let again = world.undo(undone).unwrap().entry.unwrap();
    let twice = world.undo(again).unwrap().entry.unwrap();
    // The first undo is in force by the last one, so undoing either does the same.
    world.undo(undone).unwrap();
    world.act("admin", Command::Delete { contact }).unwrap();
    let refused = world.undo(twice).unwrap_err();
    assert_eq!(refused, Refusal::AlreadyUndone(twice));
    assert!(!world.contacts.contains_key(&contact));
}

/// Imports a person who works for Dunne & Sons.
fn works_at_dunne(world: &mut World, last_name: &str) -> Done {
    let row = ImportRow {
        fields: fields(&[(Field::LastName, last_name)]),
        company: Some("Dunne & Sons".to_owned()),
        matching: vec![Match::ExternalId],
        batch: 1,
    };
    world.act("admin", Command::Import(Box::new(row))).unwrap()
}

#[test]
fn the_row_that_made_an_organization_is_not_undone_while_somebody_else_belongs_to_it() {
    let mut world = World::new();
    let before = world.dump();
    let first = works_at_dunne(&mut world, "Nolan").entry.unwrap();
    let second = works_at_dunne(&mut world, "Byrne");
    let refused = world.undo(first).unwrap_err();
    let (name, member) = ("Dunne & Sons".to_owned(), second.contact.unwrap());
    let expected = Refusal::HasMembers {
        entry: first,
        name,
        member,
    };
    assert_eq!(refused, expected);
    world.undo(second.entry.unwrap()).unwrap();
    world.undo(first).unwrap();
    assert_eq!(world.dump(), before);
}

#[test]
fn nobody_goes_back_to_an_organization_that_is_gone() {
    let mut world = World::new();
    let first = works_at_dunne(&mut world, "Nolan").entry.unwrap();
    let contact = works_at_dunne(&mut world, "Byrne").contact.unwrap();
    let what = obstacle(
        &mut world,
        |world| world.act("admin", Command::Delete { contact }).unwrap(),
        |world| drop(world.undo(first).unwrap()),
    );
    assert_eq!(what, format!("the organization of contact {contact}"));
}

#[test]
fn a_mark_of_not_the_same_never_comes_back_to_a_contact_that_is_gone() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let withheld = world.sees(&seen(1, Channel::Call, &[]));
    let stranger = world.who(withheld);
    let other = world.keep("Claire Byrne", &[]);
    let mark = Command::NotSame {
        one: stranger,
        other,
    };
    world.act("agent", mark).unwrap();
    let what = obstacle(
        &mut world,
        |world| world.link(withheld, efa, Claiming::Leave).unwrap(),
        |world| {
            assert!(!world.contacts.contains_key(&stranger));
            let delete = Command::Delete { contact: other };
            world.act("admin", delete).unwrap();
        },
    );
    assert_eq!(what, format!("contact {other}"));
}
