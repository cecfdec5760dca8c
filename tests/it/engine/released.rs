//! Unmerge after the whole let go of an identifier: who comes back has it again, unless somebody else holds it
//! by now (`design/rules.md` §7).

use scv_desk::domain::command::{Command, EntryId, Remark};
use scv_desk::domain::unmerge::{Lead, Since};
use scv_desk::domain::{Channel, ContactId, Field, Refusal};

use super::unmerge::{Merged, merged, review, side_of, unmerge};
use crate::world::*;

const MAIL: &str = "quinn@example.ie";

fn release(world: &mut World, contact: ContactId, number: &str) -> EntryId {
    let identifier = phone(number);
    let command = Command::Release {
        contact,
        identifier,
    };
    world.act("agent", command).unwrap().entry.unwrap()
}

#[test]
fn an_identifier_that_was_released_since_goes_back_to_whose_it_was() {
    let Merged {
        mut world,
        entry,
        efa,
        caller,
        head,
        ..
    } = merged();
    release(&mut world, head, CLAIRE);
    let looked = review(&world, entry);
    let item = Since::Released(phone(CLAIRE));
    let lead = Lead::Identifier(phone(CLAIRE));
    assert_eq!(side_of(&looked, &item), (caller, lead));
    let refused = world.undo(entry).unwrap_err();
    assert_eq!(refused, Refusal::ToAssign { entry, items: 1 });

    let before = world.dump();
    let apart = unmerge(&mut world, entry, &[]).unwrap().entry.unwrap();
    assert_eq!(world.holder(&phone(CLAIRE)), Some(caller));
    world.undo(apart).unwrap();
    assert_eq!(world.dump(), before);
    unmerge(&mut world, entry, &[(item, efa)]).unwrap();
    let next = world.call(7, CLAIRE);
    assert_eq!(world.who(next), efa, "a choice stands above the rule");
}

#[test]
fn a_number_that_an_edit_overwrote_goes_back_unless_the_edit_goes_there_too() {
    let overwritten = |sides: &dyn Fn(ContactId) -> Vec<(Since, ContactId)>| {
        let mut merged = merged();
        let edits = [edit(Field::OtherPhone, ADA)];
        merged.world.edit(merged.head, &edits).unwrap();
        assert_eq!(merged.world.holder(&phone(CLAIRE)), None);
        unmerge(&mut merged.world, merged.entry, &sides(merged.caller)).unwrap();
        merged
    };
    let apart = overwritten(&|_| Vec::new());
    let caller = Some(apart.caller);
    assert_eq!(apart.world.holder(&phone(CLAIRE)), caller);
    assert_eq!(apart.world.holder(&phone(ADA)), Some(apart.efa));

    // His number stands in another field of his than the one that was edited, so he has both.
    let apart = overwritten(&|caller| vec![(Since::Edit(Field::OtherPhone), caller)]);
    let caller = Some(apart.caller);
    assert_eq!(apart.world.holder(&phone(ADA)), caller);
    assert_eq!(apart.world.holder(&phone(CLAIRE)), caller);

    // Here the edit takes it out of his own field.
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let call = world.call(1, CLAIRE);
    let caller = world.who(call);
    let done = world.merge(&[efa, caller]).unwrap();
    let edits = [edit(Field::CellPhone, ADA)];
    world.edit(done.contact.unwrap(), &edits).unwrap();
    unmerge(&mut world, done.entry.unwrap(), &[]).unwrap();
    let carried = world.contact(caller).fields.identifiers();
    assert_eq!(carried, [phone(ADA)]);
    assert_eq!(world.holder(&phone(ADA)), Some(caller));
    assert_eq!(world.holder(&phone(CLAIRE)), None);
}

#[test]
fn an_identifier_that_somebody_else_holds_by_now_stays_there_and_the_outcome_says_so() {
    let Merged {
        mut world,
        entry,
        head,
        ..
    } = merged();
    release(&mut world, head, CLAIRE);
    let next = world.call(7, CLAIRE);
    let holder = world.who(next);
    assert_ne!(holder, head, "a new caller");
    let identifier = phone(CLAIRE);
    let looked = review(&world, entry);
    assert_eq!(looked.elsewhere, [(identifier.clone(), holder)]);

    let done = unmerge(&mut world, entry, &[]).unwrap();
    assert_eq!(world.holder(&identifier), Some(holder));
    assert_eq!(done.remarks, [Remark::HeldBy { identifier, holder }]);
}

#[test]
fn what_a_row_took_out_of_a_field_and_others_let_go_goes_back_to_whose_it_was() {
    let mut world = World::new();
    let kept = fields(&[(Field::LastName, "Byrne"), (Field::WorkEmail, MAIL)]);
    let done = world.act("admin", row(with_ids(kept, &["C-1"])));
    let efa = done.unwrap().contact.unwrap();
    let other = world.keep("Jo Dunne", &[(Field::PersonalEmail, MAIL)]);
    let call = world.call(1, CLAIRE);
    let caller = world.who(call);
    // Her new address takes the place of the old one, which goes to the other who carries it.
    let newer = fields(&[
        (Field::LastName, "Byrne"),
        (Field::CellPhone, CLAIRE),
        (Field::WorkEmail, "efa@example.ie"),
    ]);
    let done = world.act("admin", row(with_ids(newer, &["C-1"]))).unwrap();
    assert_eq!(world.contact(caller).merged_to, done.contact);
    assert_eq!(world.holder(&email(MAIL)), Some(other));
    let entry = done.entry.unwrap();
    let released = Command::Release {
        contact: other,
        identifier: email(MAIL),
    };
    world.act("admin", released).unwrap();
    let sides = Vec::new();
    let apart = Command::Unmerge { entry, sides };
    world.act("admin", apart).unwrap();
    assert_eq!(world.holder(&email(MAIL)), Some(efa));
}

#[test]
fn a_number_that_was_marked_as_shared_since_goes_back_to_nobody() {
    let Merged {
        mut world, entry, ..
    } = merged();
    let identifier = phone(CLAIRE);
    let share = Command::Share { identifier };
    world.act("admin", share).unwrap();
    unmerge(&mut world, entry, &[]).unwrap();
    assert_eq!(world.holder(&phone(CLAIRE)), None);
}

#[test]
fn what_the_whole_let_go_comes_back_with_who_leaves_it_and_when_the_whole_comes_apart() {
    let Merged {
        mut world,
        entry,
        efa,
        caller,
        head,
        ..
    } = merged();
    let mail = world.sees(&seen(4, Channel::Email, &[MAIL]));
    let third = world.who(mail);
    let outer = world.merge(&[head, third]).unwrap();
    let whole = outer.contact.unwrap();
    release(&mut world, whole, CLAIRE);
    release(&mut world, whole, EFA);
    unmerge(&mut world, entry, &[]).unwrap();
    assert_eq!(world.holder(&phone(CLAIRE)), Some(caller));
    assert_eq!(world.holder(&phone(EFA)), None, "she stays in the whole");
    unmerge(&mut world, outer.entry.unwrap(), &[]).unwrap();
    assert_eq!(world.holder(&phone(EFA)), Some(efa));
    assert_eq!(world.holder(&phone(CLAIRE)), Some(caller));
}
