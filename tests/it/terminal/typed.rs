//! What is typed and not saved: it outlives the desk, and the agent's own editor changes it.

use portable_pty::CommandBuilder;

use super::place::{AGENT, NOW, Place, THEODORE};
use super::window::{Size, Window};

/// An editor that adds a line to what it is given; an interrupt is typed while it has the terminal.
const EDITOR: &str = "#!/bin/sh\ntrap '' INT\nkill -INT 0\nprintf '\\nSecond line' >> \"$1\"\n";

fn desk(place: &Place, editor: &str) -> Window {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_scv"));
    command.args(["--agent", AGENT, "--role", "agent"]);
    command.env_clear();
    command.env("EDITOR", editor);
    let mut desk = Window::start(command, place, Size::WIDE, NOW);
    desk.shows("Theodore");
    desk
}

fn script(place: &Place, name: &str, text: &str) -> String {
    let path = place.path().join(name);
    std::fs::write(&path, text).unwrap();
    format!("/bin/sh {}", path.display())
}

#[test]
fn a_desk_that_is_killed_loses_no_letter() {
    let place = Place::new();
    let before = place.dump();
    let mut killed = place.desk("agent");
    killed.press("n");
    killed.shows("Note on Theodore Meza");
    killed.type_text("Wants a call back");
    killed.shows("Wants a call back");
    drop(killed);
    let mut desk = place.desk("agent");
    desk.shows("What you typed and did not save is back where you typed it");
    desk.press("n");
    desk.shows("Wants a call back");
    place.is_again(&before);
}

#[test]
fn a_long_note_is_written_in_the_agents_own_editor() {
    let place = Place::new();
    let editor = script(&place, "adds", EDITOR);
    let mut desk = desk(&place, &editor);
    desk.press("n");
    desk.shows("^O editor");
    desk.type_text("First line");
    desk.press("ctrl-o");
    desk.shows("Second line");
    desk.type_text(", and on");
    desk.press("ctrl-s");
    desk.shows("Note on Theodore Meza saved");
    let contact = place.contact_of(THEODORE).id;
    let notes = place.notes(contact);
    let texts: Vec<String> = notes.into_iter().map(|note| note.text).collect();
    assert_eq!(texts, ["First line\nSecond line, and on"]);
}

#[test]
fn an_editor_that_fails_leaves_the_note_as_it_was() {
    let place = Place::new();
    let editor = script(&place, "fails", "exit 3\n");
    let mut desk = desk(&place, &editor);
    desk.press("n");
    desk.type_text("Kept");
    desk.press("ctrl-o");
    desk.shows("The editor ended with exit status: 3, so the note is as it was");
    desk.shows("Kept");
}
