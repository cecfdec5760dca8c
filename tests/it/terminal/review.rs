//! The review on the real program: into a row and back to it.

use super::place::Place;

#[test]
fn the_way_back_from_a_row_of_the_review_leads_to_the_review() {
    let place = Place::new();
    let mut desk = place.desk("supervisor");
    desk.press("R");
    desk.shows("▸ Review · decisions");
    desk.press("/");
    desk.type_text("channel:call");
    desk.press("enter");
    desk.shows("channel:call");
    // On a server the rows take a moment.
    desk.shows("Not marked yet");
    desk.press("j enter");
    desk.shows("▸ Profile");
    desk.hides("opened without a conversation");
    desk.press("esc");
    desk.shows("▸ Review · decisions");
    desk.shows("channel:call");
}
