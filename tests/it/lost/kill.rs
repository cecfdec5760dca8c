//! A program that is killed at any moment: the next one finds all that was acknowledged.
//!
//! The program is this binary started again. It opens the store, lets callers decide, closes it, and so on,
//! and tells each acknowledgement once it has it. With `SCV_SEED` a long run begins at that seed again; what
//! a kill meets is up to the machine.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use scv_desk::store::Store;
use scv_desk::store::sqlite::{Open, Options, SqliteStore};

use super::course::{self, Ack};
use super::{Dice, asked, long, proof, runtime};
use crate::store::Place;

const PLACE: &str = "SCV_TEST_PLACE";
const CHILD_SEED: &str = "SCV_TEST_SEED";
/// So many times a store is killed before another is made.
const KILLS_OF_ONE: u64 = 6;

/// The program under test: it never ends by itself. It does nothing unless a test below started it.
#[test]
#[ignore = "the program that the other tests start and kill"]
#[allow(clippy::print_stdout)]
fn child() {
    let Ok(place) = std::env::var(PLACE) else {
        return;
    };
    let seed = asked(CHILD_SEED).unwrap();
    // A line is one write, so that none is half told.
    let told: course::Told = Arc::new(|ack| println!("{ack}"));
    let runtime = runtime();
    for session in 0.. {
        let path = Path::new(&place);
        let store = SqliteStore::open(path, Open::Create, Options::default()).unwrap();
        told(Ack::Opened);
        let rounds = 2 + seed as usize % 30;
        let course = course::run(Arc::new(store), seed + session, rounds, told.clone());
        runtime.block_on(course).unwrap();
    }
}

/// A child that works, and what it was told so far.
struct Working {
    child: Child,
    acks: Arc<Mutex<Vec<Ack>>>,
    reading: JoinHandle<()>,
}

impl Working {
    fn start(place: &Place, seed: u64) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["lost::kill::child", "--exact", "--ignored", "--nocapture"]);
        command.env(PLACE, place.path());
        command.env(CHILD_SEED, seed.to_string());
        let streams = command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = streams.stderr(Stdio::inherit()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let acks = Arc::new(Mutex::new(Vec::new()));
        let heard = acks.clone();
        let reading = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                // The first line begins with the name of the test.
                let line = line.rsplit("... ").next().unwrap_or_default();
                heard.lock().unwrap().extend(Ack::read(line));
            }
        });
        Self {
            child,
            acks,
            reading,
        }
    }

    /// Waits until so much was acknowledged, or so long.
    fn wait(&self, acks: usize, most: Duration) {
        let start = Instant::now();
        while start.elapsed() < most && self.acks.lock().unwrap().len() < acks {
            std::thread::yield_now();
        }
    }

    /// Kills it (SIGKILL); everything it told before.
    fn kill(mut self) -> Vec<Ack> {
        self.child.kill().unwrap();
        let ended = self.child.wait().unwrap();
        assert_eq!(ended.code(), None, "the program ended by itself");
        self.reading.join().unwrap();
        Arc::into_inner(self.acks).unwrap().into_inner().unwrap()
    }
}

/// What a run of kills came to.
#[derive(Default)]
struct Tally {
    kills: u64,
    acks: usize,
    /// Kills before the store was there.
    early: u64,
}

/// Kills until so many are done; panics with the seed of a store that lost something.
fn kill_often(kills: u64, seed: u64) -> Tally {
    let mut tally = Tally::default();
    for seed in seed.. {
        if tally.kills >= kills {
            break;
        }
        let place = Place::new();
        let (mut dice, mut acks) = (Dice::new(seed), Vec::new());
        for round in 0..KILLS_OF_ONE.min(kills - tally.kills) {
            acks.extend(kill_once(&place, seed * 100 + round * 10, &mut dice));
            tally.kills += 1;
            match acks.is_empty() {
                true => tally.early += 1,
                false => prove(&place, &acks, seed),
            }
        }
        tally.acks += acks.len();
    }
    tally
}

/// One kill, or two where two programs share the store: the other goes on over the first one's end.
fn kill_once(place: &Place, seed: u64, dice: &mut Dice) -> Vec<Ack> {
    let mut moment = |most: usize| match dice.below(3) {
        // Also before it has opened anything.
        0 => (usize::MAX, Duration::from_micros(dice.below(30_000) as u64)),
        1 => (1 + dice.below(4), Duration::from_secs(20)),
        _ => (dice.below(most), Duration::from_secs(20)),
    };
    let (first, second, is_shared) = (moment(150), moment(150), dice.below(4) == 0);
    let one = Working::start(place, seed);
    let other = is_shared.then(|| Working::start(place, seed + 5));
    one.wait(first.0, first.1);
    let mut acks = one.kill();
    if let Some(other) = other {
        let more = other.acks.lock().unwrap().len() + second.0 % 20;
        other.wait(more, second.1);
        acks.extend(other.kill());
    }
    acks
}

fn prove(place: &Place, acks: &[Ack], seed: u64) {
    let store = place.open();
    let wrongs = runtime().block_on(proof::wrongs(&store, acks)).unwrap();
    assert!(
        wrongs.is_empty(),
        "{wrongs:#?}\nagain: SCV_SEED={seed} SCV_KILLS=6 \
         cargo test --test it lost::kill::many -- --ignored --nocapture"
    );
}

#[test]
fn a_program_that_is_killed_loses_nothing_it_acknowledged() {
    let tally = kill_often(18, 1);
    assert!(tally.acks > 100, "{} acknowledged", tally.acks);
}

#[test]
#[ignore = "long: SCV_KILLS says how many"]
#[allow(clippy::print_stdout)]
fn many_kills() {
    let (kills, seed) = long("SCV_KILLS");
    let start = Instant::now();
    let tally = kill_often(kills, seed);
    println!(
        "{} kills from seed {seed} in {:.0} s, {} before anything was acknowledged; \
         {} acknowledged, none lost",
        tally.kills,
        start.elapsed().as_secs_f64(),
        tally.early,
        tally.acks
    );
}

/// The program itself brings conversations in and is killed; the next run takes up where it was, and in the
/// end all of them are there once.
#[test]
fn an_ingest_that_is_killed_is_taken_up_again() {
    let place = Place::new();
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/org/conversations.ndjson"
    );
    let ingest = || {
        let mut command = crate::cli::scv();
        command.args(["ingest", file, "--role", "admin"]);
        command.env("SCV_STORE", place.path());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let mut dice = Dice::new(1);
    for _ in 0..8 {
        let started = Instant::now();
        let mut child = ingest().spawn().unwrap();
        let most = Duration::from_millis(dice.below(250) as u64);
        while started.elapsed() < most && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        if place.path().exists() {
            prove(&place, &[], 1);
        }
    }
    assert!(ingest().status().unwrap().success());
    let store = place.open();
    let counts = runtime().block_on(store.counts()).unwrap();
    let lines = std::fs::read_to_string(file).unwrap();
    assert_eq!(counts.conversations as usize, lines.lines().count());
    drop(store);
    prove(&place, &[], 1);
}
