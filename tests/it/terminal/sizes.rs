//! A window that changes its size under a form.

use super::place::{Place, THEODORE};
use super::window::Size;
use scv_desk::domain::field::{Field, Value};

#[test]
fn what_is_typed_into_a_form_survives_every_size() {
    let place = Place::new();
    let mut desk = place.desk("agent");
    desk.press("a");
    desk.stands_on("Theodore");
    desk.press("tab");
    desk.stands_on("middle name");
    desk.type_text("Ambrose");
    desk.stands_on("Ambrose");
    for size in [Size(80, 24), Size(40, 12), Size::WIDE] {
        desk.resize(size);
        desk.stands_on("Ambrose");
    }
    desk.press("ctrl-s");
    desk.shows("added to contacts. u undoes it");
    let middle = place.contact_of(THEODORE).fields.get(Field::MiddleName);
    assert_eq!(middle, Some(Value::Text("Ambrose".to_owned())));
    place.is_sound();
}

#[test]
fn no_letter_is_lost_beside_a_change_of_size() {
    let place = Place::new();
    let mut desk = place.desk("agent");
    desk.press("a");
    desk.stands_on("Theodore");
    desk.press("tab");
    desk.stands_on("middle name");
    let mut typed = String::new();
    for (letter, size) in ('a'..='z').zip([Size(80, 24), Size::WIDE].into_iter().cycle()) {
        typed.push(letter);
        desk.type_text(&letter.to_string());
        desk.resize(size);
        desk.stands_on(&typed);
    }
}
