//! The terminal is given back, however a program ends: this binary runs itself in a pseudo-terminal.

use std::io::Read;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use ratatui::layout::Size;
use scv_desk::tui::screen::{
    Mode, Modes, Screen, restore_on_panic, stop_program, terminal_size, terminal_writer,
};

const ROLE: &str = "SCV_TEST_CHILD";
const ROWS: u16 = 12;
const COLUMNS: u16 = 40;

/// The program under test. It does nothing unless it was started by the tests below.
#[test]
fn the_child() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    let modes = Modes::default();
    restore_on_panic(&modes);
    let mut screen = Screen::enter(
        terminal_writer().unwrap(),
        terminal_size(),
        &modes,
        &Mode::ALL,
    )
    .unwrap();
    assert_eq!(screen.size(), Size::new(COLUMNS, ROWS));
    let draw = |screen: &mut Screen<_>, word: &str| {
        screen
            .draw(|frame| {
                frame
                    .buffer_mut()
                    .set_string(0, 0, word, ratatui::style::Style::new())
            })
            .unwrap();
    };
    draw(&mut screen, "before");
    match role.as_str() {
        "quit" => screen.leave().unwrap(),
        "panic" => panic!("this panic is on purpose"),
        "task" => {
            // The screen outlives a panic elsewhere, and that panic writes nothing into it.
            std::thread::spawn(|| panic!("a task gave up"))
                .join()
                .unwrap_err();
            draw(&mut screen, "LATER");
        }
        "stop" => {
            screen.suspend().unwrap();
            stop_program().unwrap();
            screen.resume(terminal_size()).unwrap();
            draw(&mut screen, "LATER");
        }
        other => panic!("{other} is no role"),
    }
}

/// Runs the child and answers all it wrote; checks that it left the terminal as it found it.
fn run(role: &str) -> String {
    let size = PtySize {
        rows: ROWS,
        cols: COLUMNS,
        pixel_width: 0,
        pixel_height: 0,
    };
    let pair = native_pty_system().openpty(size).unwrap();
    let before = format!("{:?}", pair.master.get_termios().unwrap());
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args([
        "guard::the_child",
        "--exact",
        "--nocapture",
        "--test-threads=1",
    ]);
    command.env(ROLE, role);
    command.env("RUST_BACKTRACE", "0");
    let mut child = pair.slave.spawn_command(command).unwrap();
    let mut reader = pair.master.try_clone_reader().unwrap();
    let reading = std::thread::spawn(move || {
        let mut written = Vec::new();
        // A pseudo-terminal ends with an error when the other side is closed.
        let _ = reader.read_to_end(&mut written);
        written
    });
    child.wait().unwrap();
    assert_eq!(
        format!("{:?}", pair.master.get_termios().unwrap()),
        before,
        "{role}: raw mode is over"
    );
    drop(pair);
    let written = reading.join().unwrap();
    let mut parser = vt100::Parser::new(ROWS.try_into().unwrap(), COLUMNS.try_into().unwrap(), 0);
    parser.process(&written);
    let screen = parser.screen();
    assert!(
        !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste(),
        "{role}"
    );
    assert_eq!(
        screen.mouse_protocol_mode(),
        vt100::MouseProtocolMode::None,
        "{role}"
    );
    String::from_utf8_lossy(&written).into_owned()
}

#[test]
fn a_quit_gives_the_terminal_back() {
    let written = run("quit");
    assert_eq!(written.matches("\x1b[?1049h").count(), 1);
    assert_eq!(written.matches("\x1b[?1049l").count(), 1);
}

#[test]
fn a_panic_is_told_after_the_terminal_is_back() {
    let written = run("panic");
    let (back, told) = (
        written.find("\x1b[?1049l").unwrap(),
        written.find("on purpose").unwrap(),
    );
    assert!(back < told);
    assert_eq!(written.matches("\x1b[?1049l").count(), 1);
}

#[test]
fn a_panic_elsewhere_leaves_the_screen_alone() {
    let written = run("task");
    assert!(!written.contains("gave up") && written.contains("LATER"));
}

#[test]
fn a_stop_without_a_shell_comes_back_at_once() {
    let written = run("stop");
    assert_eq!(written.matches("\x1b[?1049h").count(), 2);
    assert_eq!(written.matches("\x1b[?1049l").count(), 2);
    assert!(written.contains("LATER"));
}
