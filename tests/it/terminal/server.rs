//! The desk on a server: the same keys, and two desks that see each other.

use scv_desk::domain::command::Action;

use super::place::{NOW, Place, THEODORE};
use super::window::Window;

#[test]
fn a_desk_on_a_server_adds_a_contact_and_takes_it_back() {
    let place = Place::new();
    let before = place.dump();
    let mut desk = Window::open_on_server(&place, "agent", NOW);
    desk.shows("127.0.0.1:");
    desk.shows("Theodore");
    desk.press("a");
    desk.shows("cell phone         +1 415-261-6832");
    desk.press("ctrl-s");
    desk.shows("Theodore Meza added to contacts. u undoes it");
    place.last_was(Action::Promote);
    let mut other = Window::open_on_server(&place, "supervisor", NOW);
    other.shows("Theodore");
    desk.press("u");
    desk.shows("No longer in the contacts: Theodore Meza");
    place.is_again(&before);
    place.is_sound();
    desk.press("x");
    desk.press("enter");
    desk.shows("unlinked");
    let left = place.contact_of(THEODORE).id;
    assert!(place.contact(left).is_some());
    other.shows("unlinked");
}
