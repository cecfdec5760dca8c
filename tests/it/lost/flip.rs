//! Bits that flip in the file or its log: what is read is right, or said to be damaged, or found by the
//! check; never a panic.
//!
//! The log is read up to the first page whose sum does not fit, as after a power cut: the store is then as it
//! was at an earlier decision, whole. Nothing tells that more had been acknowledged.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use scv_desk::backend::local::LocalBackend;
use scv_desk::backend::view::JourneyQuery;
use scv_desk::backend::{Backend, Trouble};
use scv_desk::domain::contact::ContactId;
use scv_desk::domain::conversation::ConversationId;
use scv_desk::engine;
use scv_desk::store::sqlite::{Open, Options, SqliteStore};
use scv_desk::store::{ConversationFilter, EntryFilter, Store};

use super::disk::Disk;
use super::{Dice, course, long, runtime};
use crate::store::{Place, given};
use crate::world;

/// Whom and what is looked at in a damaged store.
const LOOKS: usize = 24;
const WORDS: [&str; 3] = ["efa", "efa1", "+35386"];

/// A store as it was written, and what it answers.
struct Sample {
    file: Vec<u8>,
    /// The log as it stood beside a younger file.
    log: Vec<u8>,
    entries: usize,
    contacts: Vec<ContactId>,
    conversations: Vec<ConversationId>,
    answers: BTreeMap<String, Result<String, Trouble>>,
}

/// What became of one flip.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// Opening or reading says that the file is damaged.
    Said,
    /// All that was asked is answered as before.
    Harmless,
    /// All is as it was before the last decisions in the log.
    Older,
    /// Something else is answered; the check says that the file is damaged.
    Found(String),
    /// Something else is answered, and nothing says so.
    Silent(String),
}

fn backend(store: SqliteStore) -> LocalBackend {
    let zone = jiff::tz::TimeZone::UTC;
    let now = Arc::new(|| world::START.plus_ms(1_000_000));
    let options = engine::Options::default();
    LocalBackend::new(
        Arc::new(store),
        world::by("Ava", "admin"),
        options,
        now,
        zone,
    )
}

/// How a program left the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    Closed,
    Killed,
}

fn sample(seed: u64, left: Left) -> Sample {
    let place = Place::new();
    let runtime = runtime();
    let course = course::run(Arc::new(place.open()), seed, 60, Arc::new(|_| {}));
    runtime.block_on(course).unwrap();
    let store = place.open();
    if left == Left::Killed {
        // The store stays open, so its log stays.
        runtime.block_on(async {
            for n in 1..20 {
                given::make(&store, given::contact(n)).await;
            }
        });
    }
    let (mut contacts, conversations, count) = runtime.block_on(async {
        store.tidy_up(Box::new(|_, _| {})).await.unwrap();
        let filter = EntryFilter {
            limit: 10_000,
            ..EntryFilter::default()
        };
        let entries = store.entries(filter).await.unwrap();
        let contacts: Vec<_> = entries
            .iter()
            .flat_map(|entry| entry.contacts.clone())
            .collect();
        let filter = ConversationFilter {
            limit: LOOKS,
            ..ConversationFilter::default()
        };
        let lines = store.conversations(filter).await.unwrap();
        let lines = lines.iter().map(|line| line.id).collect();
        (contacts, lines, entries.len())
    });
    contacts.sort_unstable();
    contacts.dedup();
    let step = contacts.len() / LOOKS + 1;
    let mut sample = Sample {
        file: Vec::new(),
        log: Vec::new(),
        entries: count,
        contacts: contacts.into_iter().step_by(step).collect(),
        conversations,
        answers: BTreeMap::new(),
    };
    let backend = backend(store);
    sample.answers = runtime.block_on(answers(&backend, &sample));
    if left == Left::Closed {
        drop(backend);
        sample.file = std::fs::read(place.path()).unwrap();
        return sample;
    }
    sample.file = std::fs::read(place.path()).unwrap();
    sample.log = std::fs::read(log_of(&place.path())).unwrap();
    assert!(sample.log.len() > 100_000, "the log has something in it");
    sample
}

fn log_of(path: &Path) -> std::path::PathBuf {
    path.with_extension("scv-wal")
}

/// What a store answers to all that is asked.
async fn answers(
    backend: &LocalBackend,
    sample: &Sample,
) -> BTreeMap<String, Result<String, Trouble>> {
    let mut told = BTreeMap::new();
    for id in &sample.contacts {
        let profile = backend.profile(*id).await;
        told.insert(
            format!("profile {id}"),
            profile.map(|one| format!("{one:#?}")),
        );
        let journey = backend.journey(*id, JourneyQuery::default()).await;
        told.insert(
            format!("journey {id}"),
            journey.map(|one| format!("{one:#?}")),
        );
    }
    for id in &sample.conversations {
        let profile = backend.profile_of(*id).await;
        told.insert(
            format!("profile of {id}"),
            profile.map(|one| format!("{one:#?}")),
        );
        let why = backend.why(*id).await;
        told.insert(format!("why {id}"), why.map(|one| format!("{one:#?}")));
    }
    for word in WORDS {
        let found = backend.search(word.to_owned(), 10, 0).await;
        told.insert(
            format!("search {word}"),
            found.map(|one| format!("{one:#?}")),
        );
    }
    told
}

/// Opens a damaged file and asks for everything.
async fn end_of(path: &Path, sample: &Sample) -> End {
    let Ok(store) = SqliteStore::open(path, Open::Existing, Options::default()) else {
        return End::Said;
    };
    let backend = backend(store);
    let mut other = None;
    for (key, told) in answers(&backend, sample).await {
        let before = &sample.answers[&key];
        match told {
            told if told == *before => {}
            Err(Trouble::Broken(_)) => return End::Said,
            // Also where it is said to be gone: nothing in that tells of damage.
            told => other = other.or(Some(difference(&key, before, &told))),
        }
    }
    let problems = backend.store().check().await;
    let older =
        backend.store().counts().await.is_ok_and(|counts| {
            (counts.entries as usize) < sample.entries && !sample.log.is_empty()
        });
    match (other, problems) {
        (None, _) => End::Harmless,
        (Some(_), Ok(problems)) if problems.is_empty() && older => End::Older,
        (Some(other), Ok(problems)) if problems.is_empty() => End::Silent(other),
        (Some(other), _) => End::Found(other),
    }
}

fn difference(
    key: &str,
    before: &Result<String, Trouble>,
    now: &Result<String, Trouble>,
) -> String {
    let (Ok(before), Ok(now)) = (before, now) else {
        return format!("{key}: there and gone");
    };
    let mut lines = before.lines().zip(now.lines());
    let first = lines.find(|(before, now)| before != now);
    let (before, now) = first.unwrap_or(("more", "less"));
    format!("{key}: {} became {}", before.trim(), now.trim())
}

#[derive(Default)]
struct Tally {
    said: u64,
    harmless: u64,
    older: u64,
    found: Vec<String>,
    silent: Vec<String>,
}

fn flip_often(flips: u64, seed: u64, left: Left) -> Tally {
    let (sample, runtime, mut tally) = (sample(seed, left), runtime(), Tally::default());
    for flip in 0..flips {
        let mut dice = Dice::new(seed.wrapping_add(flip));
        let (mut file, mut log) = (sample.file.clone(), sample.log.clone());
        let (name, bytes) = match log.is_empty() || flip % 2 == 0 {
            true => ("file", &mut file),
            false => ("log", &mut log),
        };
        let (at, bit) = (dice.below(bytes.len()), dice.below(8));
        bytes[at] ^= 1 << bit;
        let place = Place::new();
        let directory = place.path().parent().unwrap().to_owned();
        std::fs::write(place.path(), &file).unwrap();
        if !log.is_empty() {
            std::fs::write(log_of(&place.path()), &log).unwrap();
        }
        let disk = Disk::watch(&directory);
        let what = format!("{left:?} {flip}: bit {bit} of byte {at} of the {name}");
        match runtime.block_on(end_of(&place.path(), &sample)) {
            End::Said => tally.said += 1,
            End::Harmless => tally.harmless += 1,
            End::Older => tally.older += 1,
            End::Found(other) => tally.found.push(format!("{what}: {other}")),
            End::Silent(other) => tally.silent.push(format!("{what}: {other}")),
        }
        disk.leave();
    }
    tally
}

#[test]
fn a_bit_that_flips_is_told_or_found() {
    for left in [Left::Closed, Left::Killed] {
        let tally = flip_often(15, 1, left);
        assert!(tally.silent.is_empty(), "{:#?}", tally.silent);
    }
}

#[test]
#[ignore = "long: SCV_FLIPS says how many"]
#[allow(clippy::print_stdout)]
fn many_flips() {
    let (flips, seed) = long("SCV_FLIPS");
    for left in [Left::Closed, Left::Killed] {
        let start = Instant::now();
        let tally = flip_often(flips.div_ceil(2), seed, left);
        println!("{:#?}\nsilent: {:#?}", tally.found, tally.silent);
        println!(
            "{} flips from seed {seed} ({left:?}) in {:.0} s: {} said, {} harmless, {} as before \
             the last decisions, {} found by the check, {} silent",
            flips.div_ceil(2),
            start.elapsed().as_secs_f64(),
            tally.said,
            tally.harmless,
            tally.older,
            tally.found.len(),
            tally.silent.len()
        );
    }
}
