//! The undo of an edit: other fields that somebody has edited since stay as they are (`design/rules.md` §7).

use scv_desk::domain::{ContactId, Field, Refusal};

use crate::world::*;

/// Ava edits city and phone of Efa, then Bea edits her title.
fn edited_twice() -> (World, ContactId) {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let edits = [edit(Field::City, "Cork"), edit(Field::CellPhone, CLAIRE)];
    world.edit(efa, &edits).unwrap();
    (world, efa)
}

fn bea_edits(world: &mut World, contact: ContactId, field: Field, text: &str) -> Done {
    world.now = START.plus_ms(90_000);
    let edits = vec![edit(field, text)];
    let command = scv_desk::domain::Command::Edit { contact, edits };
    world.run(&by("Bea", "agent"), &command).unwrap()
}

#[test]
fn an_edit_is_undone_although_somebody_edited_another_field_since() {
    let (mut world, efa) = edited_twice();
    let hers = world.last();
    bea_edits(&mut world, efa, Field::Title, "Dr");
    let both = world.dump();
    let undone = world.undo(hers).unwrap().entry.unwrap();
    let now = world.contact(efa);
    assert_eq!(
        (now.fields.city.as_deref(), now.fields.title.as_deref()),
        (None, Some("Dr"))
    );
    assert_eq!(
        now.modified_by.as_deref(),
        Some("Bea"),
        "hers is the last edit that stands"
    );
    assert_eq!(world.holder(&phone(EFA)), Some(efa));
    assert_eq!(world.holder(&phone(CLAIRE)), None);
    world.undo(undone).unwrap();
    assert_eq!(world.dump(), both);
}

#[test]
fn an_undo_of_an_edit_is_undone_by_the_same_rule() {
    let (mut world, efa) = edited_twice();
    let undone = world.undo(world.last()).unwrap().entry.unwrap();
    bea_edits(&mut world, efa, Field::Title, "Dr");
    world.undo(undone).unwrap();
    let fields = &world.contact(efa).fields;
    let [city, title] = [&fields.city, &fields.title].map(Option::as_deref);
    assert_eq!((city, title), (Some("Cork"), Some("Dr")));
    assert_eq!(world.holder(&phone(CLAIRE)), Some(efa));
}

#[test]
fn an_edit_of_the_same_field_stands_in_the_way_and_is_named() {
    let (mut world, efa) = edited_twice();
    let hers = world.last();
    bea_edits(&mut world, efa, Field::City, "Galway");
    let Refusal::ChangedSince { what, .. } = world.undo(hers).unwrap_err() else {
        panic!("the city was changed since");
    };
    assert_eq!(what, format!("the city of contact {efa}"));
}

#[test]
fn a_value_that_another_field_holds_by_now_is_not_left_without_its_claim() {
    let (mut world, efa) = edited_twice();
    let hers = world.last();
    bea_edits(&mut world, efa, Field::OtherPhone, CLAIRE);
    let Refusal::ChangedSince { what, .. } = world.undo(hers).unwrap_err() else {
        panic!("her other phone would claim nothing");
    };
    assert_eq!(what, "the claim on its phone");
}

#[test]
fn who_was_added_to_the_contacts_by_an_edit_stays_once_somebody_edited_more() {
    let mut world = World::new();
    let call = world.call(1, CLAIRE);
    let caller = world.who(call);
    let city = [edit(Field::City, "Cork")];
    let hers = world.edit(caller, &city).unwrap().entry.unwrap();
    bea_edits(&mut world, caller, Field::Title, "Dr");
    let refused = world.undo(hers).unwrap_err();
    assert!(matches!(refused, Refusal::ChangedSince { .. }), "{refused}");
}
