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
