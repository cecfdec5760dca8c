//! The power is cut at any moment: what was acknowledged is there when it comes back.
//!
//! A course is recorded once, then cut at many points. What a cut leaves is written to a directory of its own
//! and opened as any store is.

use std::sync::Arc;
use std::time::Instant;

use scv_desk::store::sqlite::{Open, Options, SqliteStore};

use super::course::{self, Ack};
use super::disk::Disk;
use super::trace::{Event, Image};
use super::{Dice, long, proof, runtime};
use crate::store::Place;

/// So many cuts are made in one course.
const CUTS_OF_ONE: u64 = 40;

/// A course of a few sessions, from the making of the store on.
fn recorded(seed: u64) -> Vec<Event> {
    let place = Place::new();
    let disk = Disk::watch(place.path().parent().unwrap());
    let runtime = runtime();
    let mut dice = Dice::new(seed);
    for session in 0..1 + dice.below(3) as u64 {
        let store = Arc::new(place.open());
        disk.told(Ack::Opened);
        let told = disk.clone();
        let told: course::Told = Arc::new(move |ack| told.told(ack));
        let course = course::run(store, seed * 10 + session, 1 + dice.below(12), told);
        runtime.block_on(course).unwrap();
    }
    disk.leave();
    disk.events()
}

/// Where to cut: anywhere, or right after an acknowledgement, where most can be lost.
fn moment(events: &[Event], dice: &mut Dice) -> usize {
    let any = dice.below(events.len() + 1);
    match dice.coin() {
        true => any,
        false => events[any..]
            .iter()
            .position(|event| matches!(event, Event::Told(_)))
            .map_or(any, |after| any + after + 1),
    }
}

#[derive(Default)]
struct Tally {
    cuts: u64,
    events: usize,
    acks: usize,
}

fn cut_often(cuts: u64, seed: u64) -> Tally {
    let mut tally = Tally::default();
    for seed in seed.. {
        if tally.cuts >= cuts {
            break;
        }
        let events = recorded(seed);
        let mut dice = Dice::new(seed);
        let many = CUTS_OF_ONE.min(cuts - tally.cuts);
        let mut moments: Vec<usize> = (0..many).map(|_| moment(&events, &mut dice)).collect();
        moments.sort_unstable();
        let (mut image, mut done) = (Image::default(), 0);
        for at in moments {
            events[done..at]
                .iter()
                .for_each(|event| image.follow(event));
            done = at;
            prove(&image, &mut dice, seed);
            tally.cuts += 1;
            tally.acks += image.acks.len();
        }
        tally.events += events.len();
    }
    tally
}

/// Opens what a cut leaves and looks for everything that was acknowledged before it.
fn prove(image: &Image, dice: &mut Dice, seed: u64) {
    let place = Place::new();
    let directory = place.path().parent().unwrap().to_owned();
    let left = image.cut(dice);
    for (name, bytes) in &left {
        std::fs::write(directory.join(name), bytes).unwrap();
    }
    let names: Vec<&String> = left.keys().collect();
    let again = format!(
        "found {names:?}\nagain: SCV_SEED={seed} SCV_CUTS={CUTS_OF_ONE} \
         cargo test --test it lost::power::many -- --ignored --nocapture"
    );
    // What is opened here is not cut again, so nothing of it has to reach a disk.
    let disk = Disk::watch(&directory);
    let open = match image.acks.is_empty() {
        true => Open::Create,
        false => Open::Existing,
    };
    let store = SqliteStore::open(&place.path(), open, Options::default());
    let store = store.unwrap_or_else(|error| panic!("{error}; {again}"));
    let wrongs = runtime().block_on(proof::wrongs(&store, &image.acks));
    let wrongs = wrongs.unwrap_or_else(|error| vec![error.to_string()]);
    assert!(wrongs.is_empty(), "{wrongs:#?}; {again}");
    drop(store);
    disk.leave();
}

#[test]
fn a_power_cut_loses_nothing_that_was_acknowledged() {
    let tally = cut_often(60, 1);
    assert!(tally.events > 100, "{} recorded", tally.events);
    assert!(tally.acks > 100, "{} acknowledged", tally.acks);
}

#[test]
#[ignore = "long: SCV_CUTS says how many"]
#[allow(clippy::print_stdout)]
fn many_cuts() {
    let (cuts, seed) = long("SCV_CUTS");
    let start = Instant::now();
    let tally = cut_often(cuts, seed);
    println!(
        "{} cuts from seed {seed} in {:.0} s; {} acknowledgements looked for, none lost",
        tally.cuts,
        start.elapsed().as_secs_f64(),
        tally.acks
    );
}
