//! Many histories on every core, and what is said of one that fails: a command that replays it.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::history::{Counted, Fault, History};

/// Histories after which progress is told.
const TOLD_EVERY: usize = 100;
/// Times that a failing history is run again to find a shorter one.
const TRIES: usize = 60;

/// Which histories to run.
pub struct Wish {
    pub seed: usize,
    pub histories: usize,
    /// Steps of each.
    pub steps: usize,
    pub threads: usize,
}

/// A number that the environment gives.
pub fn number(name: &str) -> Option<usize> {
    let text = std::env::var(name).ok()?;
    Some(text.replace('_', "").parse().expect("a number"))
}

/// Runs histories; fails with the first one that model and engine do not agree about.
pub fn histories(wish: &Wish) -> Counted {
    let (next, start) = (AtomicUsize::new(0), Instant::now());
    let (done, failed) = (Mutex::new(Counted::default()), Mutex::new(None));
    std::thread::scope(|scope| {
        for _ in 0..wish.threads {
            scope.spawn(|| {
                while failed.lock().unwrap().is_none() {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= wish.histories {
                        break;
                    }
                    let seed = wish.seed + index;
                    match History::new(seed as u64).go(wish.steps, &|_| true) {
                        Ok(counted) => tell(&done, counted, index + 1, start),
                        Err(fault) => *failed.lock().unwrap() = Some((seed, fault)),
                    }
                }
            });
        }
    });
    if let Some((seed, fault)) = failed.into_inner().unwrap() {
        fail(seed, fault);
    }
    let done = done.into_inner().unwrap();
    say(&format!(
        "{} histories: {done:?} in {:?}",
        wish.histories,
        start.elapsed()
    ));
    done
}

fn tell(done: &Mutex<Counted>, counted: Counted, histories: usize, start: Instant) {
    let mut done = done.lock().unwrap();
    done.steps += counted.steps;
    done.refused += counted.refused;
    done.entries += counted.entries;
    done.undone += counted.undone;
    done.unmerged += counted.unmerged;
    done.erased += counted.erased;
    if histories.is_multiple_of(TOLD_EVERY) {
        let rate = done.steps as u64 / start.elapsed().as_secs().max(1);
        say(&format!(
            "{histories} histories, {} steps, {rate} a second",
            done.steps
        ));
    }
}

fn say(line: &str) {
    let mut terminal = std::io::stderr();
    writeln!(terminal, "{line}").unwrap();
}

/// Says how to replay a failing history, with as few steps as a few tries find.
fn fail(seed: usize, fault: Fault) -> ! {
    let (kept, fault) = shrink(seed, fault);
    let steps = fault.step + 1;
    let list: Vec<String> = kept.iter().map(usize::to_string).collect();
    panic!(
        "{}\n{}\nreplay with\n  SCV_SEED={seed} SCV_STEPS={steps} SCV_KEEP={} \
        cargo test --test it -- --ignored --nocapture model::replay",
        fault.told.join("\n"),
        fault.what,
        list.join(",")
    );
}

/// Drops steps for as long as the history fails without them.
fn shrink(seed: usize, mut fault: Fault) -> (BTreeSet<usize>, Fault) {
    let mut kept: BTreeSet<usize> = (0..=fault.step).collect();
    let (mut tries, mut size) = (TRIES, kept.len() / 2);
    while size > 0 && tries > 0 {
        let all: Vec<usize> = kept.iter().copied().collect();
        for chunk in all.rchunks(size) {
            if tries == 0 {
                break;
            }
            tries -= 1;
            let mut fewer = kept.clone();
            fewer.retain(|step| !chunk.contains(step));
            let steps = fault.step + 1;
            if let Err(found) = History::new(seed as u64).go(steps, &|step| fewer.contains(&step)) {
                kept = fewer
                    .into_iter()
                    .filter(|step| *step <= found.step)
                    .collect();
                fault = found;
            }
        }
        size /= 2;
    }
    (kept, fault)
}

/// Runs one history, of the steps that `SCV_KEEP` lists, and tells what happened.
pub fn replay_told(seed: usize, steps: usize) {
    let kept = std::env::var("SCV_KEEP")
        .ok()
        .filter(|list| !list.is_empty());
    let kept = kept.map(|list| {
        let steps = list
            .split(',')
            .map(|step| step.parse().expect("the number of a step"));
        steps.collect::<BTreeSet<usize>>()
    });
    let is_kept = |step: usize| kept.as_ref().is_none_or(|kept| kept.contains(&step));
    match History::new(seed as u64).go(steps, &is_kept) {
        Ok(done) => say(&format!("history {seed}: {done:?}")),
        Err(fault) => panic!(
            "{}\nstep {}: {}",
            fault.told.join("\n"),
            fault.step,
            fault.what
        ),
    }
}
