//! The desk follows its terminal: what the terminal answers, and that nothing of the answer is taken for typing.

use std::io;
use std::sync::Arc;
use std::task::Poll;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use futures_util::FutureExt;
use futures_util::stream::{self, Stream, StreamExt};
use ratatui::style::Color;
use scv_desk::tui::Options;
use scv_desk::tui::input::{Input, Press, Reader};
use scv_desk::tui::theme::{Depth, Follows, Ground, Role, Theme};
use tokio::sync::watch;

use crate::fake::Fake;
use crate::people::world;
use crate::stage::{Stage, options};

/// The events in what a terminal sends, each letter of it a press.
fn events(sent: &str) -> Vec<io::Result<Event>> {
    let mut modifiers = KeyModifiers::NONE;
    let mut events = Vec::new();
    for letter in sent.chars() {
        let key = match letter {
            '\x1b' => {
                modifiers = KeyModifiers::ALT;
                continue;
            }
            '\x07' => KeyEvent::new(KeyCode::Char('g'), KeyModifiers::CONTROL),
            letter => KeyEvent::new(KeyCode::Char(letter), modifiers),
        };
        modifiers = KeyModifiers::NONE;
        events.push(Ok(Event::Key(key)));
    }
    events
}

/// What a person typed and what the terminal told, in events that arrive in bursts.
fn read(bursts: &[&str]) -> (Vec<Input>, Option<Ground>) {
    let told = watch::Sender::new(None);
    let mut waiting: Vec<Poll<io::Result<Event>>> = Vec::new();
    for burst in bursts {
        waiting.extend(events(burst).into_iter().map(Poll::Ready));
        waiting.push(Poll::Pending);
    }
    let mut waiting = waiting.into_iter();
    let sent = stream::poll_fn(move |context| match waiting.next() {
        Some(Poll::Ready(event)) => Poll::Ready(Some(event)),
        Some(Poll::Pending) => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
        None => Poll::Ready(None),
    });
    let reader = Reader::over(sent).telling(told.clone());
    let typed = collect(reader);
    (typed, *told.borrow())
}

fn collect(inputs: impl Stream<Item = Input>) -> Vec<Input> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(inputs.collect())
}

fn typed(letters: &str) -> Vec<Input> {
    let presses = letters.chars().map(Press::char);
    presses.map(Input::Key).collect()
}

#[test]
fn an_answer_is_told_and_no_letter_of_it_is_typed() {
    for end in ["\x1b\\", "\x07"] {
        let answer = format!("ab\x1b]11;rgb:ffff/ffff/ffff{end}cd");
        assert_eq!(read(&[&answer]), (typed("abcd"), Some(Ground::Light)));
    }
    let dark = "\x1b]11;rgb:1e/1E/1e\x1b\\";
    assert_eq!(read(&[dark]), (Vec::new(), Some(Ground::Dark)));
}

#[test]
fn an_answer_in_pieces_or_without_an_end_is_not_typed_either() {
    let (kept, told) = read(&["x\x1b]11;rg", "b:ffff/ffff/ff", "ff\x1b\\y"]);
    assert_eq!((kept, told), (typed("xy"), Some(Ground::Light)));
    assert_eq!(read(&["\x1b]11;rgb:ff", "qk"]), (typed("qk"), None));
    assert_eq!(read(&["\x1b]11;rgb:\x07q"]), (typed("q"), None));
    let long = format!("\x1b]11;rgb:{}q", "f".repeat(40));
    let (kept, told) = read(&[&long]);
    assert_eq!((kept.last(), told), (typed("q").last(), None));
}

#[test]
fn a_person_who_presses_the_same_key_is_heard() {
    let bracket = Input::Key(Press::alt(']'));
    let (kept, told) = read(&["\x1b]", "1"]);
    assert_eq!(kept, [vec![bracket.clone()], typed("1")].concat());
    assert_eq!(told, None);
    let (kept, _) = read(&["\x1b]q"]);
    assert_eq!(kept, [vec![bracket], typed("q")].concat());
}

#[tokio::test]
async fn a_key_that_nothing_follows_is_not_held_for_ever() {
    let sent = stream::iter(events("\x1b]")).chain(stream::pending());
    let mut reader = Reader::over(sent).telling(watch::Sender::new(None));
    assert_eq!(reader.next().await, Some(Input::Key(Press::alt(']'))));
}

#[test]
fn a_ground_is_read_from_what_terminals_say() {
    for (answer, wanted) in [
        ("11;rgb:0000/0000/0000", Some(Ground::Dark)),
        ("11;rgb:f/f/f", Some(Ground::Light)),
        ("11;rgba:fd00/f600/e300/ffff", Some(Ground::Light)),
        ("11;rgb:0000/2b2b/3636", Some(Ground::Dark)),
        ("11;rgb:00/00", None),
        ("11;rgb:00/00/+1", None),
        ("11;rgb:00/00/00000", None),
        ("10;rgb:00/00/00", None),
        ("", None),
    ] {
        assert_eq!(Ground::of_answer(answer), wanted, "{answer}");
    }
    let of = Ground::of_environment;
    assert_eq!(of(Some("0;15")), Some(Ground::Light));
    assert_eq!(of(Some("12;default;7")), Some(Ground::Light));
    assert_eq!(of(Some("15;0")), Some(Ground::Dark));
    assert_eq!((of(Some("15;default")), of(None)), (None, None));
}

fn following() -> (Options, watch::Sender<Option<Ground>>) {
    let load = |name| Theme::load(name, Depth::True).unwrap();
    let follows = Follows::new(load("dark"), load("light"));
    let told = follows.told.clone();
    let options = Options {
        follows: Some(follows),
        ..options()
    };
    (options, told)
}

fn accent(name: &str) -> vt100::Color {
    let style = Theme::load(name, Depth::True).unwrap().style(Role::Good);
    match style.fg {
        Some(Color::Rgb(red, green, blue)) => vt100::Color::Rgb(red, green, blue),
        other => panic!("{other:?} is not fixed"),
    }
}

#[tokio::test]
async fn the_desk_takes_the_theme_that_the_terminal_tells_of() {
    let (options, told) = following();
    let backend = Arc::new(Fake::new("agent", world()));
    let mut stage = Stage::with(140, 42, options, backend).await;
    assert_eq!(stage.colour("Curated"), accent("dark"));
    for (ground, name) in [(Ground::Light, "light"), (Ground::Dark, "dark")] {
        told.send_replace(Some(ground));
        stage.desk.see_ground().await.unwrap();
        stage.desk.settle().await.unwrap();
        assert_eq!(stage.colour("Curated"), accent(name));
    }
    assert!(stage.desk.see_ground().now_or_never().is_none());
}
