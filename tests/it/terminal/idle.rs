//! The real program with nothing to do: its clock ticks, and its terminal stays silent.

use super::place::Place;
use super::window::{Size, Window};

/// One millisecond before a minute is over: a clock that stands there ticks a thousand times a second.
const ALMOST: &str = "2026-11-23T12:00:59.999Z";
const TICKS: u64 = 400;

#[test]
fn nothing_is_written_over_many_ticks_of_the_clock_where_nothing_runs() {
    let place = Place::empty();
    place.run_at(
        ALMOST,
        &[
            "contact",
            "add",
            "--first-name",
            "Efa",
            "--last-name",
            "Byrne",
        ],
    );
    let mut desk = Window::open_on_store_at(&place, Size::WIDE, "agent", ALMOST);
    desk.shows("No conversation");
    desk.is_silent_for_wakes(TICKS);
    desk.press("?");
    desk.shows("▸ Help");
    desk.is_silent_for_wakes(TICKS);
    desk.press("ctrl-c");
    assert!(desk.ends());
}
