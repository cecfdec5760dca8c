//! Merging: the preview, a side that is chosen for one field, and taking a merge back.

use scv_desk::domain::command::Action;
use scv_desk::domain::contact::ContactType;
use scv_desk::domain::field::{Field, Value};

use super::identity::{number, take_back};
use super::place::{Place, SETH, THEODORE, call, chat, id_of};

#[test]
fn the_suggested_duplicate_is_merged_with_a_side_chosen_for_one_field() {
    let place = Place::with(&[chat(1, "Seth", "preston57358@example.com", "+14152616832")]);
    let (before, seth, theodore) = (
        place.dump(),
        place.contact_of(&id_of(1)),
        place.contact_of(THEODORE),
    );
    assert_eq!(seth.id, place.contact_of(SETH).id);
    let mut desk = place.desk("agent-merge");
    desk.press("2");
    desk.shows("May be the same person");
    desk.press("m");
    desk.shows("maybe the same");
    desk.press("enter");
    desk.stands_on("+1 415-076-6557 ◀");
    desk.press("space");
    desk.stands_on("+1 415-261-6832 ◀");
    desk.press("enter");
    desk.shows("Merged: ");
    place.last_was(Action::Merge);
    let person = place.last().contact.unwrap();
    for input in [seth.id, theodore.id] {
        assert_eq!(place.contact(input).unwrap().merged_to, Some(person));
    }
    let person = place.contact(person).unwrap();
    assert_eq!(person.kind, ContactType::Curated);
    assert_eq!(person.fields.full_name(), "Seth Bates");
    let cell = person.fields.get(Field::CellPhone);
    assert!(
        matches!(cell, Some(Value::Phone(phone)) if phone.e164.as_deref() == Some("+14152616832"))
    );
    take_back(
        &mut desk,
        &place,
        "Apart again: Seth Bates and Theodore Meza",
        &before,
    );
}

#[test]
fn a_caller_that_nobody_kept_is_merged_into_a_kept_contact() {
    let place = Place::new();
    let before = place.dump();
    let mut desk = place.desk("agent-merge");
    desk.press("m");
    desk.type_text("dawn mckel");
    desk.shows("1 of 258");
    desk.press("enter");
    desk.shows("the result");
    desk.press("enter");
    desk.shows("Merged: Theodore Meza and Dawn McKelvey. u undoes it");
    let person = place.contact_of(THEODORE).merged_to.unwrap();
    let person = place.contact(person).unwrap();
    assert_eq!(person.fields.full_name(), "Dawn McKelvey");
    assert_eq!(person.kind, ContactType::Curated);
    desk.shows("from 2 contacts");
    take_back(
        &mut desk,
        &place,
        "Apart again: Theodore Meza and Dawn McKelvey",
        &before,
    );
}

#[test]
fn a_merge_is_taken_back_after_things_came_and_each_goes_to_a_side() {
    let place = Place::new();
    let theodore = place.contact_of(THEODORE).id;
    let mut desk = place.desk("agent-merge");
    desk.press("m");
    desk.type_text("dawn mckel");
    desk.shows("1 of 258");
    desk.press("enter");
    desk.shows("the result");
    desk.press("enter");
    desk.shows("Merged: ");
    let merge = place.last().id;
    let person = place.last().contact.unwrap();
    let dawn = place.contact(person).unwrap().merged_from;
    let dawn = dawn.into_iter().find(|id| *id != theodore).unwrap();
    place.ingest(&[call(2, "Theodore", &number().value)]);
    desk.shows("A new call from Dawn McKelvey is here");
    desk.press("u");
    desk.shows("Take the merge back");
    desk.shows("1 thing came since");
    desk.shows("belongs there");
    desk.press("space");
    desk.stands_on("▸ Dawn McKelvey");
    desk.press("space");
    desk.stands_on("▸ Theodore Meza");
    desk.press("enter");
    desk.shows("Apart again: ");
    assert_eq!(place.last().undoes, Some(merge));
    assert!(place.contact(person).is_none());
    assert_eq!(place.contact_of(&id_of(2)).id, theodore);
    assert_eq!(place.contact(dawn).unwrap().merged_to, None);
}

#[test]
fn two_kept_contacts_are_merged_where_the_rules_allow_it() {
    let place = Place::new();
    place.configure("[merge]\nrules = \"current\"\n");
    let before = place.dump();
    let mut desk = place.desk("agent-merge");
    desk.press("2");
    desk.shows("Linked to Seth Bates");
    desk.press("m");
    desk.type_text("dawn mckel");
    desk.shows("1 of 258");
    desk.press("enter");
    desk.shows("the result");
    desk.press("enter");
    desk.shows("differ");
    desk.press("y");
    desk.shows("Merged: Seth Bates and Dawn McKelvey. u undoes it");
    assert!(place.contact_of(SETH).merged_to.is_some());
    take_back(
        &mut desk,
        &place,
        "Apart again: Seth Bates and Dawn McKelvey",
        &before,
    );
}
