//! The demo in a window: it leaves nothing behind, and says where it cannot be shown.

use std::path::PathBuf;

use portable_pty::CommandBuilder;
use rustix::process::Signal;

use super::place::{NOW, Place};
use super::window::{Size, Window};

/// A demo whose temporary directory is inside the place.
fn demo(place: &Place, size: Size, args: &[&str], environment: &[(&str, &str)]) -> Window {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_scv"));
    command.arg("demo");
    command.args(args);
    command.env_clear();
    std::fs::create_dir_all(temporary(place)).unwrap();
    command.env("TMPDIR", temporary(place));
    for (name, value) in environment {
        command.env(name, value);
    }
    Window::start(command, place, size, NOW)
}

fn temporary(place: &Place) -> PathBuf {
    place.path().join("tmp")
}

/// What stands in the temporary directory.
fn left_behind(place: &Place) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(temporary(place)).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn nothing_is_left_behind_however_the_demo_ends() {
    for ending in [
        None,
        Some(Signal::TERM),
        Some(Signal::HUP),
        Some(Signal::INT),
    ] {
        let place = Place::empty();
        let mut window = demo(&place, Size::WIDE, &["--speed", "32"], &[]);
        window.shows("contacts");
        assert_eq!(left_behind(&place).len(), 1, "one directory while it runs");
        window.press("f5");
        window.shows("1/7");
        match ending {
            Some(signal) => window.signal(signal),
            None => window.press("ctrl-c"),
        }
        window.ends();
        assert_eq!(left_behind(&place), Vec::<PathBuf>::new(), "{ending:?}");
    }
}

#[test]
fn a_story_is_chosen_by_its_number_and_told_again() {
    let place = Place::empty();
    let mut window = demo(&place, Size(80, 24), &["--role", "admin"], &[]);
    window.shows("Claire rings on Efa's phone");
    window.shows("· admin");
    window.press("f4");
    window.shows("paused");
    window.press("f2");
    window.shows("5 A withheld number");
    window.press("5");
    window.shows("5/7 A withheld number");
    window.shows("Nothing to go by");
    window.press("f5");
    window.shows("5/7 A withheld number");
    window.press("ctrl-c");
    window.ends();
}

#[test]
fn another_role_sees_its_conversations_even_while_the_demo_is_paused() {
    let place = Place::empty();
    let mut window = demo(&place, Size::WIDE, &[], &[]);
    window.shows("Jürgen");
    window.press("f4");
    window.shows("paused");
    assert!(!window.text().contains("Íñigo"), "{}", window.text());
    window.press("f8");
    window.shows("· supervisor");
    window.shows("Íñigo");
    window.press("f8");
    window.shows("· admin");
    window.press("f8");
    window.shows("Mara Lindt · agent ");
    window.hides("Íñigo");
}

#[test]
fn a_terminal_that_cannot_draw_is_told_so_in_one_sentence() {
    let place = Place::empty();
    let mut command = CommandBuilder::new("/bin/sh");
    command.args([
        "-c",
        "TERM=dumb exec \"$0\" demo",
        env!("CARGO_BIN_EXE_scv"),
    ]);
    command.env_clear();
    let mut window = Window::start(command, &place, Size::WIDE, NOW);
    assert!(!window.ends());
    assert!(window.text().contains("TERM is dumb"), "{}", window.text());
}
