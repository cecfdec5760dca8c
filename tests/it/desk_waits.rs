//! What takes long says so and can be left, and a desk where nothing happens does nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use scv_desk::domain::conversation::Status;
use scv_desk::tui::Options;
use scv_desk::tui::input::{Input, Press};
use scv_desk::tui::time::Clock;

use super::fake::{Fake, World, now};
use super::people::world;
use super::stage::{Stage, options};

/// A desk whose clock stands until it is moved on.
async fn stage(world: World) -> (Stage, Arc<AtomicI64>) {
    let passed = Arc::new(AtomicI64::new(0));
    let clock = Arc::clone(&passed);
    let options = Options {
        clock: Clock::of(move || now().plus_ms(clock.load(Ordering::SeqCst))),
        ..options()
    };
    let backend = Arc::new(Fake::new("admin", world));
    (Stage::with(140, 42, options, backend).await, passed)
}

/// Nobody talks or waits.
fn quiet() -> World {
    let mut world = world();
    for line in &mut world.roster.lines {
        line.status = Status::Ended;
        line.end.get_or_insert(now());
    }
    world.journeys.clear();
    world
}

fn key(stage: &mut Stage, key: &str) {
    let press: Press = key.parse().unwrap();
    stage.desk.input(Input::Key(press)).unwrap();
}

#[tokio::test]
async fn a_read_that_takes_long_says_so_and_is_given_up_with_esc() {
    for (pressed, words, over) in [
        ("S", "Counting …", "▸ Statistics"),
        ("[", "Looking back …", "Looking back"),
    ] {
        let (mut stage, passed) = stage(world()).await;
        stage.backend.with(|world| world.hangs = true);
        key(&mut stage, pressed);
        passed.store(199, Ordering::SeqCst);
        stage.desk.tick().unwrap();
        stage.hides(words);
        assert_eq!(stage.desk.sleeps_for(), Duration::from_millis(1));
        passed.store(200, Ordering::SeqCst);
        stage.desk.tick().unwrap();
        stage.shows(words);
        passed.store(7_300, Ordering::SeqCst);
        stage.desk.tick().unwrap();
        stage.shows(&format!("{words} 7 s"));
        // Nothing is in flight any more: it would never settle.
        stage.press("esc").await;
        stage.hides(over);
    }
}

#[tokio::test]
async fn a_change_that_takes_long_says_so() {
    let (mut stage, passed) = stage(world()).await;
    key(&mut stage, "s");
    passed.store(250, Ordering::SeqCst);
    stage.desk.tick().unwrap();
    stage.shows("saving …");
    stage.desk.settle().await.unwrap();
    stage.hides("saving …");
}

#[tokio::test]
async fn a_desk_where_nothing_runs_writes_no_byte_and_sleeps_until_the_minute_is_over() {
    let (mut stage, passed) = stage(quiet()).await;
    let before = stage.desk.screen().bytes();
    for second in 0..600 {
        // A minute of ticks, however many come.
        passed.store(second * 100 % 60_000, Ordering::SeqCst);
        stage.desk.tick().unwrap();
    }
    assert_eq!(stage.desk.screen().bytes() - before, 0);
    passed.store(0, Ordering::SeqCst);
    assert_eq!(stage.desk.sleeps_for(), Duration::from_secs(60));
    passed.store(60_000, Ordering::SeqCst);
    stage.desk.tick().unwrap();
    let clock = stage.desk.screen().bytes() - before;
    assert!(
        (1..=80).contains(&clock),
        "{clock} bytes for the clock alone"
    );
}

#[tokio::test]
async fn a_running_conversation_counts_its_seconds_in_few_bytes() {
    let (mut stage, passed) = stage(world()).await;
    assert!(stage.desk.sleeps_for() <= Duration::from_secs(1));
    let before = stage.desk.screen().bytes();
    passed.store(1_000, Ordering::SeqCst);
    stage.desk.tick().unwrap();
    let second = stage.desk.screen().bytes() - before;
    assert!((1..=300).contains(&second), "{second} bytes for a second");
}
