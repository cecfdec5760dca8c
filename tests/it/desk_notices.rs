//! What the desk says: a few notices at a time, all of them in the log, newest first, with the time, to copy.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use scv_desk::domain::Moment;
use scv_desk::tui::notice::{KEPT_MAX, Notices, Tone};
use scv_desk::tui::time::Clock;
use scv_desk::tui::{Options, notice};

use super::fake::{Fake, now};
use super::people::world;
use super::stage::{Stage, options};

const MINUTE_MS: i64 = 60_000;

/// A desk whose clock stands until it is moved on.
async fn stage(notices: Vec<String>) -> (Stage, Arc<AtomicI64>) {
    let passed = Arc::new(AtomicI64::new(0));
    let clock = Arc::clone(&passed);
    let options = Options {
        notices,
        clock: Clock::of(move || now().plus_ms(clock.load(Ordering::SeqCst))),
        ..options()
    };
    let backend = Arc::new(Fake::new("admin", world()));
    (Stage::with(140, 42, options, backend).await, passed)
}

#[tokio::test]
async fn all_that_was_said_is_in_the_log_newest_first_with_its_time() {
    let (mut stage, passed) = stage(vec!["The theme is not readable".to_owned()]).await;
    passed.store(3 * MINUTE_MS, Ordering::SeqCst);
    stage.press("s").await;
    passed.store(24 * 60 * MINUTE_MS, Ordering::SeqCst);
    stage.press("u a a !").await;
    let lines = stage.lines();
    let at = |words: &str| lines.iter().position(|line| line.contains(words));
    let wanted = [
        "14:02        ⚠ Add to contacts: already Curated (said 2 times)",
        "14:02        ✓ No longer shared: +353 86 123 4567",
        "23 Nov 14:05 ✓ Marked as shared: +353 86 123 4567",
        "23 Nov 14:02 ⚠ The theme is not readable",
    ];
    let places: Vec<usize> = wanted
        .iter()
        .map(|words| {
            at(words.trim_start()).unwrap_or_else(|| panic!("{words}\n{}", lines.join("\n")))
        })
        .collect();
    assert!(places.is_sorted(), "{places:?}\n{}", lines.join("\n"));
}

#[tokio::test]
async fn a_notice_is_copied_from_the_log() {
    let (mut stage, _) = stage(vec!["One \u{202e}thing".to_owned(), "Another".to_owned()]).await;
    stage.press("!").await;
    stage.shows("c copy");
    stage.press("down c").await;
    stage.shows("sent to the clipboard");
    assert_eq!(stage.glass.copied(), ["One <U+202E>thing"]);
    stage.press("down").await;
    stage.hides("sent to the clipboard");
}

#[tokio::test]
async fn what_is_said_while_the_log_is_open_comes_on_top_and_the_reader_stays() {
    let (mut stage, _) = stage(vec!["One thing".to_owned(), "Another thing".to_owned()]).await;
    stage.press("! down").await;
    assert!(stage.cursor_row().contains("One thing"));
    stage
        .backend
        .with(|world| world.roster.lines[2].agent = None);
    let mut line = stage.backend.with(|world| world.roster.lines[0].clone());
    line.id = super::fake::conversation_id(77);
    stage.backend.with(|world| world.roster.lines.push(line));
    stage.backend.tell(scv_desk::live::Topic::Elsewhere);
    stage.desk.settle().await.unwrap();
    assert!(stage.cursor_row().contains("One thing"), "{}", stage.text());
    stage.press("home").await;
    assert!(stage.cursor_row().contains("• "), "{}", stage.text());
}

#[test]
fn a_long_session_keeps_the_newest_and_says_how_many_it_does_not() {
    let mut notices = Notices::default();
    for number in 0..KEPT_MAX + 12 {
        notices.say(Tone::Done, format!("Change {number}"), Moment(0));
    }
    assert_eq!(notices.log().len(), KEPT_MAX);
    assert_eq!(notices.forgotten(), 12);
    let newest = notices.log().front().map(|one| one.text.clone());
    assert_eq!(newest, Some(format!("Change {}", KEPT_MAX + 11)));
}

#[test]
fn a_few_stand_at_a_time_and_what_asks_for_a_look_stays() {
    let mut notices = Notices::default();
    let stands = |notices: &Notices| -> Vec<String> {
        notices.standing().map(|one| one.text.clone()).collect()
    };
    notices.say(Tone::Trouble, "No way to the server", Moment(0));
    notices.say(Tone::Done, "Linked", Moment(1));
    notices.say(Tone::Done, "Merged", Moment(2));
    assert_eq!(
        stands(&notices),
        ["Merged", "Linked", "No way to the server"]
    );
    notices.give_way();
    assert_eq!(stands(&notices), ["No way to the server"]);
    assert!(notices.dismiss());
    assert_eq!(stands(&notices), Vec::<String>::new());
    assert_eq!(notices.log().len(), 3);
    assert!((2..=5).contains(&notice::STANDING_MAX));
}
