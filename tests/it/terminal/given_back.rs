//! The terminal is given back as it was found, however the desk ends.

use std::sync::Arc;

use futures_util::StreamExt;
use portable_pty::CommandBuilder;
use rustix::process::Signal;
use scv_desk::tui::input::{Input, Piped, Press, Reader};
use scv_desk::tui::screen::{
    Mode, Modes, Screen, restore_on_panic, terminal_size, terminal_writer,
};
use scv_desk::tui::theme::{Depth, Theme};
use scv_desk::tui::time::Clock;
use scv_desk::tui::{self, Endings, Options};

use super::place::{AGENT, NOW, Place, backend};
use super::window::{Size, Window};

/// What each mode that the desk sets is undone with: the alternate screen, pasting, the title, the mouse.
const UNDONE: [(&str, &str); 5] = [
    ("\x1b[?1049h", "\x1b[?1049l"),
    ("\x1b[?2004h", "\x1b[?2004l"),
    ("\x1b[22;2t", "\x1b[23;2t"),
    ("\x1b[?1000h", "\x1b[?1000l"),
    ("\x1b[?1006h", "\x1b[?1006l"),
];

/// Tells the test binary to be a desk that panics, and on which store.
const PANICS: &str = "SCV_TEST_PANICS";

/// Checks that the terminal is as it was before the desk.
#[track_caller]
fn is_given_back(window: &Window) {
    let (now, before) = window.settings();
    assert_eq!(now, before, "raw mode is over");
    let written = window.written();
    for (set, undone) in UNDONE {
        assert_eq!(
            written.matches(set).count(),
            written.matches(undone).count(),
            "{set:?} is undone as often as it is set"
        );
    }
    let screen = window.screen();
    assert!(!screen.alternate_screen(), "the alternate screen is left");
    assert!(!screen.hide_cursor(), "the cursor is shown");
    assert!(!screen.bracketed_paste(), "a paste is plain again");
    assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
}

/// Checks that the desk has taken the terminal.
#[track_caller]
fn is_taken(window: &Window) {
    let (now, before) = window.settings();
    assert_ne!(now, before, "raw mode");
    assert!(window.screen().alternate_screen() && window.screen().bracketed_paste());
}

#[test]
fn after_quitting() {
    let place = Place::new();
    let mut desk = place.desk("agent");
    is_taken(&desk);
    desk.press("q");
    desk.shows("You have 4 active conversations");
    desk.press("enter");
    assert!(desk.ends());
    is_given_back(&desk);
}

#[test]
fn after_leaving_at_once_with_a_form_open() {
    let place = Place::new();
    let mut desk = place.desk("agent");
    desk.press("a");
    desk.shows("^S save");
    desk.press("ctrl-c");
    assert!(desk.ends());
    is_given_back(&desk);
    place.is_sound();
}

#[test]
fn after_signals() {
    for signal in [Signal::TERM, Signal::HUP] {
        let place = Place::new();
        let mut desk = place.desk("agent");
        is_taken(&desk);
        desk.signal(signal);
        desk.ends();
        is_given_back(&desk);
        place.is_sound();
    }
}

#[test]
fn where_the_store_is_a_directory_the_terminal_is_not_even_taken() {
    let place = Place::empty();
    std::fs::create_dir(place.store()).unwrap();
    let mut desk = Window::open_on_store(&place, "agent", NOW);
    assert!(!desk.ends());
    assert!(desk.text().contains("org.db"), "{}", desk.text());
    is_given_back(&desk);
}

#[test]
fn where_the_named_store_is_not_there_none_is_made() {
    let place = Place::empty();
    let mut desk = Window::open_on_store(&place, "agent", NOW);
    assert!(!desk.ends());
    assert!(desk.text().contains("no such store"), "{}", desk.text());
    assert!(desk.text().contains("scv demo"), "{}", desk.text());
    assert!(!place.store().exists());
    is_given_back(&desk);
}

#[test]
fn at_the_default_place_the_desk_begins_on_a_new_store() {
    let place = Place::empty();
    let mut command = CommandBuilder::new("/bin/sh");
    let script = "SCV_STORE= exec \"$0\" --agent Niamh";
    command.args(["-c", script, env!("CARGO_BIN_EXE_scv")]);
    command.env_clear();
    let mut desk = Window::start(command, &place, Size::WIDE, NOW);
    desk.shows("No conversation");
    assert!(place.path().join(".local/share/scv/scv.db").exists());
    desk.press("q");
    assert!(desk.ends());
}

#[test]
fn where_the_store_is_another_file_the_terminal_is_not_even_taken() {
    let place = Place::empty();
    std::fs::write(
        place.store(),
        "this is no store, but a text of some length ".repeat(50),
    )
    .unwrap();
    let mut desk = Window::open_on_store(&place, "agent", NOW);
    assert!(!desk.ends());
    assert!(desk.text().contains("not an scv store"), "{}", desk.text());
    is_given_back(&desk);
}

/// A shell with job control starts the desk, gets the terminal back at Ctrl-Z, and continues the desk.
#[test]
fn while_it_is_suspended() {
    let place = Place::new();
    let mut command = CommandBuilder::new("/bin/sh");
    let script =
        "set -m; \"$0\" --agent \"$1\"; echo 'the shell is back'; read answer; fg; echo 'it ended'";
    command.args(["-c", script, env!("CARGO_BIN_EXE_scv"), AGENT]);
    command.env_clear();
    let mut window = Window::start(command, &place, Size::WIDE, NOW);
    window.shows("Theodore");
    is_taken(&window);
    window.press("ctrl-z");
    window.shows("the shell is back");
    is_given_back(&window);
    window.press("enter");
    window.shows("name     Theodore Meza");
    is_taken(&window);
    window.press("x");
    window.shows("The call of 11:59 leaves Theodore Meza");
    window.press("ctrl-c");
    window.shows("it ended");
    window.ends();
    is_given_back(&window);
    place.is_sound();
}

/// A desk on the program's own terminal that panics at `!`. It does nothing unless the walk below started it:
/// the program itself has no way to panic on demand.
#[tokio::test]
async fn the_desk_that_panics() {
    let Some(store) = std::env::var_os(PANICS) else {
        return;
    };
    let modes = Modes::default();
    restore_on_panic(&modes);
    let endings = Endings::listen().unwrap();
    let (writer, size) = (terminal_writer().unwrap(), terminal_size());
    let screen = Screen::enter(writer, size, &modes, &Mode::ALL).unwrap();
    let options = Options {
        clock: Clock::fixed(NOW.parse().unwrap()),
        ..Options::new(Theme::load("dark", Depth::True).unwrap())
    };
    let inputs = Piped(Reader::new().inspect(|input| {
        assert_ne!(
            *input,
            Input::Key(Press::char('!')),
            "this panic is on purpose"
        );
    }));
    let backend = Arc::new(backend(store.as_ref()));
    tui::run(backend, inputs, screen, endings, options)
        .await
        .unwrap();
}

#[test]
fn after_a_panic_of_the_desk_which_is_told_then() {
    let place = Place::new();
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args(["the_desk_that_panics", "--nocapture", "--test-threads=1"]);
    command.env_clear();
    command.env(PANICS, place.store());
    command.env("RUST_BACKTRACE", "0");
    let mut window = Window::start(command, &place, Size::WIDE, NOW);
    window.shows("Theodore");
    is_taken(&window);
    window.press("!");
    assert!(!window.ends());
    is_given_back(&window);
    let written = window.written();
    let (back, told) = (written.find("\x1b[?1049l"), written.find("on purpose"));
    assert!(
        back.is_some() && back < told,
        "the panic is told on the screen that stays"
    );
    place.is_sound();
}
