//! A terminal that tells its background, one that tells it late, and one that never does.

use portable_pty::CommandBuilder;

use super::place::{AGENT, NOW, Place};
use super::window::{Size, Window};

const ASKS: &str = "\x1b]11;?\x1b\\";
const LIGHT: &str = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\";

/// A colour that only the light theme has, of the 256: its border.
fn is_light(desk: &Window) -> bool {
    desk.written().contains(&border("light"))
}

fn border(name: &str) -> String {
    use ratatui::style::Color;
    use scv_desk::tui::theme::{Depth, Role, Theme};
    let theme = Theme::load(name, Depth::Ansi256).unwrap();
    match theme.style(Role::Border).fg {
        Some(Color::Indexed(index)) => format!("38;5;{index}m"),
        other => panic!("{other:?} is not one of 256"),
    }
}

#[test]
fn the_answer_of_a_terminal_gives_the_theme_whenever_it_comes() {
    let place = Place::new();
    let mut desk = place.desk("agent");
    assert!(desk.written().contains(ASKS));
    assert!(desk.written().contains(&border("dark")) && !is_light(&desk));
    // Letters before and behind it are a person's; those in between are none.
    desk.send(format!("w{LIGHT}").as_bytes());
    desk.shows("Why this contact?");
    desk.until("the desk did not turn light", is_light);
    desk.escape("Why this contact?");
    assert!(!desk.text().contains("▸ Journey"));
    desk.draws_anew(|desk| desk.press("f5"));
    assert_eq!(desk.written().matches(ASKS).count(), 2, "it asks again");
    desk.press("ctrl-c");
    assert!(desk.ends());
}

#[test]
fn an_answer_that_comes_while_the_desk_is_left_does_not_end_up_in_the_shell() {
    let place = Place::new();
    let mut command = CommandBuilder::new("sh");
    let scv = env!("CARGO_BIN_EXE_scv");
    command.args([
        "-c",
        &format!("{scv} --agent '{AGENT}'; echo back; read -r line; echo \"left [$line]\""),
    ]);
    let mut shell = Window::start(command, &place, Size::WIDE, NOW);
    shell.until("it did not ask", |shell| shell.written().contains(ASKS));
    shell.press("ctrl-c");
    shell.send(LIGHT.as_bytes());
    shell.shows("back");
    shell.send(b"ok\n");
    shell.shows("left [ok]");
    assert!(shell.ends());
}

#[test]
fn a_theme_with_a_mistake_is_told_on_the_desk() {
    let place = Place::new();
    place.configure("[theme]\nname = \"mine\"\n");
    std::fs::create_dir(place.path().join("themes")).unwrap();
    let file = place.path().join("themes/mine.toml");
    std::fs::write(&file, "base = \"light\"\ngoood = \"#86d993\"\n").unwrap();
    let mut desk = place.desk("agent");
    desk.shows("theme `mine`, line 2: role `goood` is not known");
    assert!(!desk.written().contains(ASKS), "nobody asked to follow");
    desk.press("ctrl-c");
    assert!(desk.ends());
    std::fs::write(&file, "base = \"light\"\n").unwrap();
    let mut desk = place.desk("agent");
    assert!(is_light(&desk));
    desk.press("ctrl-c");
    assert!(desk.ends());
}
