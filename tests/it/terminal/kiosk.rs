//! The demo for visitors from elsewhere: nothing of the machine is to be had, and a visit ends by itself.

use std::path::PathBuf;

use portable_pty::CommandBuilder;
use rustix::process::Signal;

use super::place::{NOW, Place};
use super::window::{Size, Window};

/// Variables that a visitor's line may bring, each of them up to something.
const HOSTILE: &str = "\
export SCV_STORE=\"$PWD/made.db\" SCV_CONFIG=\"$PWD/none.toml\" SCV_LOG=\"$PWD/made.log\" SCV_ROLE=root \
SCV_AGENT='a\x1b]2;b' SCV_BACKEND=remote SCV_REMOTE_URL=http://127.0.0.1:1 SCV_NOW=never \
LANG=../../../../dev/zero LC_ALL='\x1b[2J' TZ=/dev/zero COLORTERM='\x1b[2J' COLORFGBG='7;;;\x1b' \
COLUMNS=99999999 LINES=-1 EDITOR='touch made' VISUAL='touch made' TERM=\"../../\x1b[?1049l\"; ";

/// A visit in a window. Its temporary files are inside the place.
fn visit(place: &Place, size: Size, before: &str, args: &[&str]) -> Window {
    let mut command = CommandBuilder::new("/bin/sh");
    let script = format!("{before}exec \"$0\" demo --kiosk \"$@\"");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_scv")]);
    command.args(args);
    command.env_clear();
    std::fs::create_dir_all(place.path().join("tmp")).unwrap();
    command.env("TMPDIR", place.path().join("tmp"));
    Window::start(command, place, size, NOW)
}

/// Everything in the place but its temporary directory itself.
fn files(place: &Place) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut next = vec![place.path().to_owned()];
    while let Some(dir) = next.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                next.push(path.clone());
            }
            found.push(path);
        }
    }
    found.retain(|path| !path.ends_with("tmp"));
    found
}

#[test]
fn a_visit_leaves_nothing_behind_however_it_ends() {
    for ending in [
        None,
        Some(Signal::TERM),
        Some(Signal::HUP),
        Some(Signal::INT),
        Some(Signal::XCPU),
    ] {
        let place = Place::empty();
        let mut window = visit(&place, Size(80, 24), "", &[]);
        window.shows("Claire rings on Efa's phone");
        assert!(!files(&place).is_empty(), "a store while it runs");
        match ending {
            Some(signal) => window.signal(signal),
            None => window.press("ctrl-c"),
        }
        assert!(window.ends(), "{ending:?}");
        assert_eq!(files(&place), Vec::<PathBuf>::new(), "{ending:?}");
        let (now, before) = window.settings();
        assert_eq!(now, before, "{ending:?}: raw mode is over");
    }
}

#[test]
fn whatever_a_visitor_s_environment_says_no_file_is_made_and_the_desk_is_the_demo_s() {
    let place = Place::empty();
    let mut window = visit(&place, Size(80, 24), HOSTILE, &["--role", "admin"]);
    window.shows("Claire rings on Efa's phone");
    let made = files(&place);
    assert!(
        made.iter()
            .all(|path| path.starts_with(place.path().join("tmp"))),
        "{made:?}"
    );
    window.press("f4");
    window.shows("paused");
    window.press("ctrl-c");
    assert!(window.ends());
    assert_eq!(files(&place), Vec::<PathBuf>::new());
}

#[test]
fn what_needs_the_machine_is_greyed_and_says_so() {
    let place = Place::empty();
    let mut window = visit(&place, Size::WIDE, "", &["--role", "admin"]);
    window.shows("Jürgen");
    window.press("g enter");
    window.shows("DEMO");
    window.press("O");
    window.shows("Export everything known of the person: not in this demo");
    window.press("ctrl-z");
    window.shows("Suspend the desk: not in this demo");
    window.press("R");
    window.shows("Review · decisions");
    window.press("e");
    window.shows("Not in this demo");
    window.press("ctrl-c");
    assert!(window.ends());
}

#[test]
fn a_visit_without_keys_is_warned_and_ends_with_one_sentence_on_a_terminal_given_back() {
    let place = Place::empty();
    let mut window = visit(&place, Size(80, 24), "", &["--idle", "6s"]);
    window.shows("press any key to stay");
    window.shows("ends in 0:0");
    assert!(window.ends());
    let sentence = "The demo has ended, because no key was pressed for 6 seconds";
    assert!(window.text().contains(sentence), "{}", window.text());
    assert!(!window.screen().alternate_screen());
    assert_eq!(files(&place), Vec::<PathBuf>::new());
}

#[test]
fn a_visit_ends_after_its_time_whatever_is_pressed() {
    let place = Place::empty();
    let mut window = visit(&place, Size(40, 12), "", &["--idle", "1h", "--total", "6s"]);
    window.shows("The demo ends in 0:0");
    window.press("j k j k");
    assert!(window.ends());
    let told = window.text().replace('\n', " ");
    assert!(told.contains("because a visit lasts 6 seconds"), "{told}");
}

#[test]
fn a_key_keeps_a_visit_from_ending() {
    let place = Place::empty();
    let mut window = visit(&place, Size(80, 24), "", &["--idle", "63s"]);
    window.shows("press any key to stay");
    window.press("j");
    window.hides("press any key to stay");
    window.press("ctrl-c");
    assert!(window.ends());
}

#[test]
fn a_time_that_is_none_is_refused_and_so_are_limits_of_nothing() {
    for args in [
        &["demo", "--kiosk", "--idle", "0s"][..],
        &["demo", "--kiosk", "--total", "25h"],
        &["demo", "--kiosk", "--total", "10"],
        &["demo", "--idle", "10m"],
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_scv"));
        let output = command.args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}
