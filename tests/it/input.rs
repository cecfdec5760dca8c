//! Presses have one value however they were sent, and one name in both directions.

use std::io;

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseEvent, MouseEventKind,
};
use futures_util::stream::{self, StreamExt};
use proptest::prelude::*;
use scv_desk::tui::input::{Chord, Input, Key, Mouse, MouseKind, PASTE_BYTES_MAX, Press, Reader};

fn press(code: KeyCode, modifiers: KeyModifiers) -> Press {
    Press::from_event(KeyEvent::new(code, modifiers)).unwrap()
}

#[test]
fn presses_have_names() {
    let cases = [
        (
            press(KeyCode::Char('k'), KeyModifiers::CONTROL),
            "ctrl-k",
            "^K",
        ),
        (
            press(
                KeyCode::Char('K'),
                KeyModifiers::CONTROL | KeyModifiers::SHIFT,
            ),
            "ctrl-k",
            "^K",
        ),
        (
            press(KeyCode::Char('7'), KeyModifiers::CONTROL),
            "ctrl-_",
            "^_",
        ),
        (
            press(KeyCode::Char(' '), KeyModifiers::CONTROL),
            "ctrl-space",
            "Ctrl-Space",
        ),
        (
            press(KeyCode::Char('x'), KeyModifiers::ALT),
            "alt-x",
            "Alt-x",
        ),
        (press(KeyCode::Char('D'), KeyModifiers::SHIFT), "D", "D"),
        (press(KeyCode::Char('d'), KeyModifiers::SHIFT), "D", "D"),
        (
            press(KeyCode::Char(' '), KeyModifiers::NONE),
            "space",
            "Space",
        ),
        (press(KeyCode::Char('-'), KeyModifiers::NONE), "-", "-"),
        (
            press(KeyCode::Char('-'), KeyModifiers::CONTROL),
            "ctrl--",
            "^-",
        ),
        (
            press(KeyCode::BackTab, KeyModifiers::SHIFT),
            "shift-tab",
            "Shift-Tab",
        ),
        (press(KeyCode::F(1), KeyModifiers::NONE), "f1", "F1"),
        (press(KeyCode::Esc, KeyModifiers::NONE), "esc", "Esc"),
        (
            press(KeyCode::Left, KeyModifiers::CONTROL),
            "ctrl-left",
            "Ctrl-←",
        ),
        (
            press(KeyCode::PageDown, KeyModifiers::NONE),
            "pagedown",
            "PgDn",
        ),
    ];
    for (press, name, label) in cases {
        assert_eq!(press.to_string(), name);
        assert_eq!(press.label(), label);
        assert_eq!(name.parse(), Ok(press));
    }
    assert_eq!("ctrl-/".parse::<Press>(), "ctrl-_".parse::<Press>());
    assert_eq!("ctrl-m".parse::<Press>(), "enter".parse::<Press>());
    assert_eq!("shift-d".parse::<Press>(), "D".parse::<Press>());
}

#[test]
fn chords_are_presses_in_a_row() {
    let chord: Chord = "g ctrl-m".parse().unwrap();
    assert_eq!(
        chord.presses(),
        [Press::char('g'), Press::plain(Key::Enter)]
    );
    assert_eq!(chord.to_string(), "g enter");
    assert_eq!(chord.label(), "g Enter");
}

#[test]
fn unknown_names_are_refused_with_an_example() {
    for name in [
        "",
        "ctrl-",
        "ctrl-ctrl-x",
        "strg-k",
        "f0",
        "f99",
        "entr",
        "a b c d e",
        "alt-f1x",
    ] {
        let error = name.parse::<Chord>().unwrap_err().to_string();
        assert!(
            error.contains("write for example ctrl-k"),
            "{name}: {error}"
        );
    }
}

#[test]
fn releases_and_motion_are_nothing() {
    let mut release = KeyEvent::new(KeyCode::Char('a'), KeyModifiers::NONE);
    release.kind = KeyEventKind::Release;
    assert_eq!(Input::from_event(Event::Key(release)), None);
    let mouse = |kind| {
        Event::Mouse(MouseEvent {
            kind,
            column: 3,
            row: 4,
            modifiers: KeyModifiers::NONE,
        })
    };
    assert_eq!(Input::from_event(mouse(MouseEventKind::Moved)), None);
    let wheel = Mouse {
        kind: MouseKind::WheelUp,
        column: 3,
        row: 4,
        ctrl: false,
        alt: false,
        shift: false,
    };
    assert_eq!(
        Input::from_event(mouse(MouseEventKind::ScrollUp)),
        Some(Input::Mouse(wheel))
    );
}

#[test]
fn a_paste_is_capped_at_a_letter() {
    let Some(Input::Paste(pasted)) = Input::from_event(Event::Paste("é€".repeat(40_000))) else {
        panic!("a paste is a paste");
    };
    assert!(PASTE_BYTES_MAX - 4 < pasted.len() && pasted.len() <= PASTE_BYTES_MAX);
}

#[tokio::test]
async fn the_reader_skips_ends_and_pauses() {
    let key = |c| {
        Ok(Event::Key(KeyEvent::new(
            KeyCode::Char(c),
            KeyModifiers::NONE,
        )))
    };
    let mut release = KeyEvent::new(KeyCode::Char('x'), KeyModifiers::NONE);
    release.kind = KeyEventKind::Release;
    let events = vec![
        key('a'),
        Ok(Event::Key(release)),
        key('b'),
        Err(io::Error::other("the line is gone")),
        key('c'),
    ];
    let read: Vec<Input> = Reader::over(stream::iter(events)).collect().await;
    assert_eq!(
        read,
        [Input::Key(Press::char('a')), Input::Key(Press::char('b'))]
    );

    let mut paused = Reader::over(stream::iter(vec![key('a')]));
    paused.pause();
    assert!(futures_util::FutureExt::now_or_never(paused.next()).is_none());
}

proptest! {
    #[test]
    fn every_press_survives_its_name(
        c: char,
        ctrl: bool,
        alt: bool,
        shift: bool,
        which in 0..18,
    ) {
        let c = if c.is_control() || c.is_whitespace() { ' ' } else { c };
        let codes = [
            KeyCode::Enter, KeyCode::Esc, KeyCode::Tab, KeyCode::Backspace, KeyCode::Delete, KeyCode::Insert,
            KeyCode::Home, KeyCode::End, KeyCode::PageUp, KeyCode::PageDown, KeyCode::Up, KeyCode::Down,
            KeyCode::Left, KeyCode::Right, KeyCode::F(24), KeyCode::BackTab, KeyCode::Char('4'),
        ];
        let code = codes.get(which as usize).copied().unwrap_or(KeyCode::Char(c));
        let mut modifiers = KeyModifiers::NONE;
        modifiers.set(KeyModifiers::CONTROL, ctrl);
        modifiers.set(KeyModifiers::ALT, alt);
        modifiers.set(KeyModifiers::SHIFT, shift);
        let press = press(code, modifiers);
        prop_assert_eq!(press.to_string().parse(), Ok(press));
    }
}
