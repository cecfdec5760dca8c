//! Who is this: each action of `design/rules.md` §5 that changes it, by keys, and its undo.

use scv_desk::domain::command::Action;
use scv_desk::domain::contact::{ContactType, Origin};
use scv_desk::domain::identifier::{Identifier, IdentifierType};

use super::place::{Place, SETH, THEODORE, call, id_of};
use super::window::Window;

/// Theodore's number.
pub fn number() -> Identifier {
    phone("+14152616832")
}

pub fn phone(value: &str) -> Identifier {
    Identifier {
        kind: IdentifierType::Phone,
        value: value.to_owned(),
        source: None,
    }
}

/// Presses the key of undo and checks that the store is what it was before.
#[track_caller]
pub fn take_back(desk: &mut Window, place: &Place, said: &str, before: &[String]) {
    desk.press("u");
    desk.shows(&format!("✓ {said}"));
    place.last_was(Action::Undo);
    place.is_again(before);
    place.is_sound();
}

#[test]
fn an_unknown_caller_is_added_to_the_contacts() {
    let place = Place::new();
    let (before, caller) = (place.dump(), place.contact_of(THEODORE));
    assert_eq!(caller.kind, ContactType::Identified);
    let mut desk = place.desk("agent");
    desk.press("a");
    desk.stands_on("Theodore");
    desk.shows("cell phone         +1 415-261-6832");
    desk.press("pagedown pagedown");
    desk.stands_on("work e-mail");
    desk.type_text("theo@example.com");
    desk.press("ctrl-s");
    desk.shows("Theodore Meza added to contacts. u undoes it");
    place.last_was(Action::Promote);
    let kept = place.contact_of(THEODORE);
    assert_eq!((kept.id, kept.kind), (caller.id, ContactType::Curated));
    assert_eq!(kept.fields.full_name(), "Theodore Meza");
    assert_eq!(place.found("theo@example.com"), [kept]);
    take_back(
        &mut desk,
        &place,
        "No longer in the contacts: Theodore Meza",
        &before,
    );
}

#[test]
fn a_link_moves_the_number_when_the_agent_says_so() {
    let place = Place::new();
    let before = place.dump();
    let mut desk = place.desk("agent");
    link_to_dawn(&mut desk);
    desk.press("y");
    desk.shows("The call of 11:59 linked to Dawn McKelvey. u undoes it");
    place.last_was(Action::Link);
    let dawn = place.contact_of(THEODORE);
    assert_eq!(dawn.fields.full_name(), "Dawn McKelvey");
    assert_eq!(place.holder(&number()), Some(dawn.id));
    take_back(
        &mut desk,
        &place,
        "No longer with Dawn McKelvey: the call of 11:59",
        &before,
    );
}

#[test]
fn a_link_of_this_conversation_only_leaves_the_number() {
    let place = Place::new();
    let (before, caller) = (place.dump(), place.contact_of(THEODORE));
    let mut desk = place.desk("agent");
    link_to_dawn(&mut desk);
    desk.press("n");
    desk.shows("The call of 11:59 linked to Dawn McKelvey. u undoes it");
    assert_ne!(place.contact_of(THEODORE).id, caller.id);
    assert_eq!(place.holder(&number()), Some(caller.id));
    take_back(
        &mut desk,
        &place,
        "No longer with Dawn McKelvey: the call of 11:59",
        &before,
    );
}

fn link_to_dawn(desk: &mut Window) {
    desk.press("l");
    desk.shows("Link the call of 11:59 to …");
    desk.type_text("dawn mckel");
    desk.shows("1 of 258");
    desk.press("enter");
    desk.shows("from now on +1 415-261-6832 is Dawn's");
}

#[test]
fn a_new_contact_is_made_for_the_conversation() {
    let place = Place::new();
    let (before, caller) = (place.dump(), place.contact_of(THEODORE));
    let mut desk = place.desk("agent");
    desk.press("N");
    desk.shows("linked to the call of 11:59");
    desk.stands_on("Theodore");
    desk.press("ctrl-s");
    desk.shows("Theodore Meza created and linked. u undoes it");
    place.last_was(Action::Create);
    let made = place.contact_of(THEODORE);
    assert_ne!(made.id, caller.id);
    assert_eq!(made.kind, ContactType::Curated);
    assert_eq!(place.holder(&number()), Some(made.id));
    take_back(&mut desk, &place, "Gone again: Theodore Meza", &before);
}

#[test]
fn whom_the_search_does_not_find_is_made_from_what_was_typed() {
    let place = Place::new();
    let before = place.dump();
    let mut desk = place.desk("agent");
    desk.press("2");
    desk.shows("Linked to Seth Bates");
    desk.press("/");
    desk.type_text("Zebulon Quill");
    desk.shows("New contact: Zebulon Quill");
    desk.press("enter");
    desk.stands_on("Zebulon");
    desk.press("ctrl-s");
    desk.shows("Zebulon Quill created and linked. u undoes it");
    assert_eq!(place.contact_of(SETH).fields.full_name(), "Zebulon Quill");
    take_back(&mut desk, &place, "Gone again: Zebulon Quill", &before);
}

#[test]
fn an_unlinked_conversation_gets_a_fresh_contact() {
    let place = Place::new();
    let (before, caller) = (place.dump(), place.contact_of(THEODORE));
    let mut desk = place.desk("agent");
    desk.press("x");
    desk.shows("The call of 11:59 leaves Theodore Meza");
    desk.press("enter");
    desk.shows("The call of 11:59 unlinked from Theodore Meza. u undoes it");
    desk.shows("(unlinked)");
    place.last_was(Action::Unlink);
    assert_eq!(place.contact_of(THEODORE).origin, Origin::Unlink);
    assert_eq!(place.holder(&number()), Some(caller.id));
    take_back(
        &mut desk,
        &place,
        "With Theodore Meza again: the call of 11:59",
        &before,
    );
}

#[test]
fn an_unlink_can_mark_the_number_as_shared() {
    let place = Place::new();
    let before = place.dump();
    let mut desk = place.desk("agent");
    desk.press("x");
    desk.shows("marks +1 415-261-6832 as shared");
    desk.press("s");
    desk.shows("unlinked from Theodore Meza, +1 415-261-6832 marked as shared. u undoes it");
    place.last_was(Action::Unlink);
    assert_eq!(place.contact_of(THEODORE).origin, Origin::Unlink);
    assert_eq!(place.holder(&number()), None);
    // The next call from there is nobody's by itself.
    place.ingest(&[call(1, "Second Caller", "+14152616832")]);
    assert_ne!(
        place.contact_of(&id_of(1)).id,
        place.contact_of(THEODORE).id
    );
    desk.shows("says Second");
    place.is_sound();
    desk.press("u");
    desk.shows("With Theodore Meza again: the call of 11:59, +1 415-261-6832 no longer marked");
    place.is_sound();
    assert_ne!(place.dump(), before, "the second call stays");
}

#[test]
fn a_shared_mark_is_set_with_one_key_and_taken_off_after_a_question() {
    let place = Place::new();
    let (before, caller) = (place.dump(), place.contact_of(THEODORE));
    let mut desk = place.desk("agent");
    desk.press("s");
    desk.shows("Marked as shared: +1 415-261-6832");
    place.last_was(Action::Share);
    assert_eq!(place.holder(&number()), None);
    desk.press("s");
    desk.shows("Theodore Meza gets it: the next conversation");
    place.last_was(Action::Share);
    desk.press("y");
    desk.shows("No longer shared: +1 415-261-6832. u undoes it");
    place.last_was(Action::Unshare);
    assert_eq!(place.holder(&number()), Some(caller.id));
    desk.press("u");
    desk.shows("Shared again: +1 415-261-6832");
    assert_eq!(place.holder(&number()), None);
    take_back(
        &mut desk,
        &place,
        "No longer shared: +1 415-261-6832",
        &before,
    );
}

#[test]
fn two_people_are_told_apart_and_a_merge_of_them_asks_twice() {
    let place = Place::new();
    let before = place.dump();
    let mut desk = place.desk("agent-merge");
    desk.press("=");
    desk.shows("Who is not Theodore Meza?");
    desk.type_text("dawn mckel");
    desk.shows("1 of 258");
    desk.press("enter");
    desk.shows("Theodore Meza and Dawn McKelvey are different people?");
    desk.press("y");
    desk.shows("marked as different people. u undoes it");
    place.last_was(Action::NotSame);
    let told_apart = place.dump();
    desk.press("m");
    desk.type_text("dawn mckel");
    desk.shows("1 of 258");
    desk.press("enter");
    desk.shows("the result");
    desk.press("enter");
    desk.shows("merge all the same");
    desk.press("esc");
    desk.hides("merge all the same");
    desk.escape("the result");
    desk.escape("Merge Theodore Meza with …");
    place.is_again(&told_apart);
    take_back(
        &mut desk,
        &place,
        "No longer told apart: Theodore Meza and Dawn McKelvey",
        &before,
    );
}
