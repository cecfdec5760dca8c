//! A disk that fails: whoever asked hears it in words, nothing is half written, and the store goes on once
//! the disk does.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use scv_desk::backend::Trouble;
use scv_desk::domain::command::Action;
use scv_desk::store::sqlite::{Open, Options, SqliteStore};
use scv_desk::store::{Applied, Keep, NotApplied, Store, StoreError};

use super::course::Ack;
use super::disk::{Disk, Failure, Fault};
use super::trace::Image;
use super::{Dice, proof};
use crate::people::world;
use crate::stage::Stage;
use crate::store::Place;
use crate::store::given::*;

const FAILURES: [Failure; 5] = [
    Failure::Full,
    Failure::Write,
    Failure::Short,
    Failure::Sync,
    Failure::Read,
];

/// A store on a disk that can fail, what it acknowledged, and whom it could not make.
struct Failing {
    place: Place,
    disk: Arc<Disk>,
    acks: Vec<Ack>,
    failed: Vec<u128>,
}

impl Failing {
    fn new() -> Self {
        let place = Place::new();
        let disk = Disk::watch(place.path().parent().unwrap());
        Self {
            place,
            disk,
            acks: Vec::new(),
            failed: Vec::new(),
        }
    }

    fn heard(&mut self, n: u128, answer: Result<Applied, NotApplied>, failure: Option<Failure>) {
        match (answer, failure) {
            (Ok(applied), _) => self.acks.push(Ack::Entry {
                id: applied.entry.unwrap(),
                action: applied.action,
                contact: applied.contact,
                conversation: applied.conversation,
            }),
            (Err(NotApplied::Store(error)), Some(failure)) => {
                is_told(&error, failure, &self.place.path());
                self.failed.push(n);
            }
            (Err(error), _) => panic!("contact {n}: {error}"),
        }
    }

    /// Makes contacts one by one, then some at once.
    async fn decide(&mut self, store: &SqliteStore, first: u128, failure: Option<Failure>) {
        for n in first..first + 3 {
            let answer = store.decide(decision(creation(n))).await;
            self.heard(n, answer, failure);
        }
        let many = (first + 3..first + 6).map(|n| decision(creation(n)));
        let answers = store.decide_all(many.collect(), Keep::Commit).await;
        for (n, answer) in (first + 3..).zip(answers) {
            self.heard(n, answer, failure);
        }
    }

    /// Everything acknowledged is there, now and after a power cut, and nothing of what failed.
    async fn prove(&self, store: &SqliteStore, what: &Fault) {
        let wrongs = proof::wrongs(store, &self.acks).await.unwrap();
        assert!(wrongs.is_empty(), "{what:?}: {wrongs:#?}");
        // What a failed sync was for may be there after all, whole: the sentence does not say otherwise.
        let failed = self.failed.iter();
        for n in failed.filter(|_| what.failure != Failure::Sync) {
            let there = stored(store, contact_id(*n)).await;
            assert!(there.is_none(), "{what:?}: contact {n} was not saved");
        }
        let mut image = Image::default();
        let events = self.disk.events();
        events.iter().for_each(|event| image.follow(event));
        let after = Place::new();
        let directory = after.path().parent().unwrap().to_owned();
        for (name, bytes) in image.cut(&mut Dice::new(events.len() as u64)) {
            std::fs::write(directory.join(name), bytes).unwrap();
        }
        let left = Disk::watch(&directory);
        let wrongs = proof::wrongs(&after.open(), &self.acks).await.unwrap();
        assert!(wrongs.is_empty(), "{what:?}, then a power cut: {wrongs:#?}");
        left.leave();
    }
}

fn creation(n: u128) -> scv_desk::domain::Plan {
    let claimed = claimed(phone(n), contact_id(n));
    scv_desk::domain::Plan {
        contact: Some(contact_id(n)),
        ..plan(Action::Create, vec![made(contact(n)), claimed])
    }
}

/// The sentence names the file, what is wrong and what to do.
fn is_told(error: &StoreError, failure: Failure, path: &Path) {
    let fits = match failure {
        Failure::Full | Failure::Short => matches!(error, StoreError::Full(_)),
        Failure::Write | Failure::Sync => matches!(error, StoreError::Unsaved(_)),
        Failure::Read => matches!(error, StoreError::Unread(_)),
    };
    assert!(fits, "{failure:?}: {error:?}");
    let sentence = error.to_string();
    assert!(
        sentence.starts_with(&path.display().to_string()),
        "{sentence}"
    );
    assert!(sentence.ends_with("try again"), "{sentence}");
}

/// Fails calls while decisions are made and the log is copied, then no more; how many calls failed.
async fn fail_at(fault: Fault) -> usize {
    let mut failing = Failing::new();
    let store = failing.place.open();
    failing.decide(&store, 1, None).await;
    failing.disk.fail(Some(fault));
    failing.decide(&store, 11, Some(fault.failure)).await;
    // Closing copies the log into the file, also on a disk that fails.
    drop(store);
    let failed = failing.disk.failed();
    failing.disk.fail(None);
    let store = failing.place.open();
    failing.decide(&store, 21, None).await;
    failing.prove(&store, &fault).await;
    drop(store);
    failing.disk.leave();
    failed
}

/// Fails calls, and decides on with the same store once they go well.
async fn go_on_after(fault: Fault) -> usize {
    let mut failing = Failing::new();
    let store = failing.place.open();
    failing.decide(&store, 1, None).await;
    failing.disk.fail(Some(fault));
    failing.decide(&store, 11, Some(fault.failure)).await;
    let failed = failing.disk.failed();
    failing.disk.fail(None);
    failing.decide(&store, 21, None).await;
    failing.prove(&store, &fault).await;
    drop(store);
    failing.prove(&failing.place.open(), &fault).await;
    failing.disk.leave();
    failed
}

/// Fails calls while a store is made; the next try makes it, and nothing is left beside it.
async fn open_at(fault: Fault) -> usize {
    let failing = Failing::new();
    failing.disk.fail(Some(fault));
    let path = failing.place.path();
    if let Err(error) = SqliteStore::open(&path, Open::Create, Options::default()) {
        is_told(&error, fault.failure, &path);
    }
    let failed = failing.disk.failed();
    failing.disk.fail(None);
    let store = failing.place.open();
    make(&store, contact(1)).await;
    failing.prove(&store, &fault).await;
    drop(store);
    let left = std::fs::read_dir(path.parent().unwrap()).unwrap();
    let left: Vec<_> = left.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["desk.scv"], "{fault:?}");
    failing.disk.leave();
    failed
}

/// Every `step`th call of each kind, the first ones always, until there are no more.
async fn at_each<F>(step: usize, course: impl Fn(Fault) -> F) -> usize
where
    F: Future<Output = usize>,
{
    let mut count = 0;
    for (failure, times) in FAILURES.into_iter().flat_map(|one| [(one, 1), (one, 1000)]) {
        for after in (0..3).chain((3..).step_by(step)) {
            let fault = Fault {
                failure,
                after,
                times,
            };
            match course(fault).await {
                0 => break,
                _ => count += 1,
            }
        }
    }
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fails_is_told_and_loses_nothing() {
    let failed = at_each(29, fail_at).await;
    assert!(failed >= 10, "{failed} courses met a failure");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_store_goes_on_when_the_disk_does() {
    let failed = at_each(29, go_on_after).await;
    assert!(failed >= 10, "{failed} courses met a failure");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_could_not_be_made_is_made_by_the_next_try() {
    let failed = at_each(29, open_at).await;
    assert!(failed >= 5, "{failed} courses met a failure");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: every call of a course fails once"]
#[allow(clippy::print_stdout)]
async fn every_call_of_a_disk_may_fail() {
    let counts = [
        at_each(1, fail_at).await,
        at_each(1, go_on_after).await,
        at_each(1, open_at).await,
    ];
    println!("{counts:?} calls failed: while closing, going on, making a store; none lost");
}

/// Whoever asks for something on a damaged journal gets an answer, and so do those who ask next.
#[tokio::test]
async fn a_journal_without_an_end_is_told_and_keeps_nobody_waiting() {
    let place = Place::new();
    drop(place.open());
    let store = place.open();
    make(&store, contact(1)).await;
    let other = rusqlite::Connection::open(place.path()).unwrap();
    other
        .execute_batch("UPDATE entry SET hash = x'00'")
        .unwrap();
    for n in 2..4 {
        let asked = store.decide(decision(creation(n)));
        let answer = tokio::time::timeout(Duration::from_secs(5), asked).await;
        let error = answer.expect("an answer").unwrap_err();
        let is_damaged = matches!(error, NotApplied::Store(StoreError::Damaged { .. }));
        assert!(is_damaged, "{error:?}");
    }
}

#[tokio::test]
async fn the_desk_says_what_is_not_saved_and_goes_on() {
    let path = std::path::PathBuf::from("/tmp/desk.scv");
    for (error, words) in [
        (StoreError::Full(path.clone()), "the disk is full"),
        (StoreError::Unsaved(path), "not safely saved"),
    ] {
        let mut stage = Stage::new(200, 42, "agent-merge", world()).await;
        stage
            .backend
            .with(|world| world.refusal = Some(Trouble::from(error)));
        stage.press("s").await;
        stage.shows("✗ Share: /tmp/desk.scv: the disk");
        stage.shows(words);
        stage.press("s").await;
        stage.shows("Marked as shared");
    }
}
