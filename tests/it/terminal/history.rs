//! A change is found in the history of the contact and taken back there, and the undo taken back too.

use scv_desk::domain::command::Action;

use super::place::{Place, THEODORE};
use super::window::Window;

fn undo_selected(desk: &mut Window) {
    desk.press("u");
    desk.shows("Yes, undo it");
    desk.press("y");
    desk.hides("Yes, undo it");
}

#[test]
fn an_unlink_is_undone_in_the_history_and_done_again() {
    let place = Place::new();
    let before = place.dump();
    let own = place.contact_of(THEODORE).id;
    let mut desk = place.desk("agent");
    desk.press("enter");
    desk.shows("▸ Profile");
    desk.press("x");
    desk.shows("The call of 11:59 leaves Theodore Meza");
    desk.press("enter");
    desk.shows("The call of 11:59 unlinked");
    let fresh = place.contact_of(THEODORE).id;
    assert_ne!(fresh, own);

    desk.press("h");
    desk.shows("▸ History of");
    desk.shows("In force; u undoes it");
    undo_selected(&mut desk);
    desk.shows("undone by #");
    place.last_was(Action::Undo);
    assert_eq!(place.contact_of(THEODORE).id, own);
    place.is_again(&before);

    // The undo is in the list and can be undone.
    desk.press("home");
    desk.shows("undid #");
    undo_selected(&mut desk);
    desk.shows("is done again");
    assert_eq!(place.contact_of(THEODORE).id, fresh);
    place.is_sound();
}
