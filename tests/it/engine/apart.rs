//! Unmerge after more has happened: deletions, undos, and merges inside others (`design/rules.md` §7).

use scv_desk::domain::command::{Command, Sure};
use scv_desk::domain::unmerge::Since;
use scv_desk::domain::{Channel, Field, Refusal};

use super::unmerge::{Merged, merged, unmerge};
use crate::world::*;

#[test]
fn a_person_whose_deletion_was_undone_was_merged_by_the_merge_and_not_by_the_undo() {
    let Merged {
        mut world,
        entry,
        head,
        efa,
        ..
    } = merged();
    let delete = Command::Delete { contact: head };
    let deleted = world.act("admin", delete).unwrap().entry.unwrap();
    let back = world.undo(deleted).unwrap().entry.unwrap();
    let again = Command::Unmerge {
        entry: back,
        sides: Vec::new(),
    };
    let refused = world.act("admin", again).unwrap_err();
    assert_eq!(refused, Refusal::NoMerge(back));
    unmerge(&mut world, entry, &[]).unwrap();
    assert_eq!(world.contact(efa).merged_to, None);
}

#[test]
fn what_came_since_a_merge_came_since_it_although_it_was_undone_and_done_again() {
    let Merged {
        mut world,
        entry,
        head,
        efa,
        ..
    } = merged();
    world.edit(head, &[edit(Field::City, "Cork")]).unwrap();
    let apart = unmerge(&mut world, entry, &[]).unwrap().entry.unwrap();
    let again = world.undo(apart).unwrap().entry.unwrap();
    unmerge(&mut world, again, &[]).unwrap();
    assert_eq!(world.contact(efa).fields.city.as_deref(), Some("Cork"));
}

#[test]
fn who_left_an_inner_merge_takes_nothing_from_the_others_when_the_outer_one_comes_apart() {
    let Merged {
        mut world,
        entry,
        efa,
        caller,
        ..
    } = merged();
    world.undo(entry).unwrap();
    let before = world.contact(efa).clone();
    let inner = Command::Merge {
        contacts: vec![efa, caller],
        takes: vec![(Field::CellPhone, caller)],
        sure: Sure::AskedOnce,
    };
    let inner = world.act("agent-merge", inner).unwrap();
    let mail = world.sees(&seen(4, Channel::Email, &["quinn@example.ie"]));
    let third = world.who(mail);
    let outer = world.merge(&[inner.contact.unwrap(), third]).unwrap();
    unmerge(&mut world, inner.entry.unwrap(), &[]).unwrap();
    unmerge(&mut world, outer.entry.unwrap(), &[]).unwrap();
    let efa = world.contact(efa);
    assert_eq!(efa.fields, before.fields, "nobody edited her");
    assert_eq!(efa.modified_by, before.modified_by);
}

#[test]
fn two_lists_that_were_edited_may_go_to_two_sides() {
    let Merged {
        mut world,
        entry,
        efa,
        caller,
        head,
        ..
    } = merged();
    let edits = [
        edit(Field::ExternalIds, "crm-7 (CRM)"),
        edit(Field::AppleIds, "apple-7"),
    ];
    world.edit(head, &edits).unwrap();
    let sides = [
        (Since::Edit(Field::ExternalIds), efa),
        (Since::Edit(Field::AppleIds), caller),
    ];
    unmerge(&mut world, entry, &sides).unwrap();
    let lists = |id| {
        let fields = &world.contact(id).fields;
        (fields.external_ids.len(), fields.apple_opaque_ids.len())
    };
    assert_eq!((lists(efa), lists(caller)), ((1, 0), (0, 1)));
}

#[test]
fn a_number_goes_with_the_participant_who_called_from_it() {
    let Merged {
        mut world,
        entry,
        efa,
        caller,
        ..
    } = merged();
    let mut conference = seen(9, Channel::Call, &[EFA]);
    conference
        .participants
        .push(party("p2", Channel::Whatsapp, &[CLAIRE, ADA]));
    let call = world.sees(&conference);
    let came = world
        .claims
        .keys()
        .filter(|one| one.value.contains("53456789"));
    assert!(came.count() > 0, "her other number came with her");
    let (hers, his) = (None, Some("p2".to_owned()));
    let sides = [
        (Since::Conversation(call, hers), efa),
        (Since::Conversation(call, his), caller),
    ];
    unmerge(&mut world, entry, &sides).unwrap();
    assert_eq!(world.holder(&phone(ADA)), Some(caller));
}
