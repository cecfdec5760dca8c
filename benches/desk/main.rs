//! Measures the engine and the store on a generated organization. Run on demand:
//! `cargo bench --bench desk -- --contacts 1000000 --conversations 5000000 --dir DIR`; a directory that holds
//! a store already is measured as it is, `--more N` resolves N more in bulk first, `--visits N` visits of the
//! website; `--only review` measures journeys, the review and the statistics alone. Prints one line a figure.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used)]

mod organization;
mod review;
mod search;
mod serving;
mod terminal;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use scv_desk::backend::Backend;
use scv_desk::backend::local::LocalBackend;
use scv_desk::domain::command::{Actor, Command};
use scv_desk::domain::{Moment, Role};
use scv_desk::engine;
use scv_desk::store::sqlite::{Open, Options, SqliteStore};
use scv_desk::store::{Keep, Name, NameKind};

use organization::{AGENT, Dice, call, row};

/// Decisions that are handed over at once.
const CHUNK: usize = 20_000;
/// Conversations that go on while the desk is looked at.
const GOING_ON: u64 = 60;

fn percentile(times: &mut [Duration], share: f64) -> Duration {
    times.sort();
    times[((times.len() - 1) as f64 * share) as usize]
}

fn said(what: &str, times: &mut [Duration]) {
    let (half, tail) = (percentile(times, 0.5), percentile(times, 0.99));
    println!(
        "{what:<44} p50 {:>9.3} ms   p99 {:>9.3} ms",
        half.as_secs_f64() * 1e3,
        tail.as_secs_f64() * 1e3
    );
}

/// Memory of a process that is its own and not a mapped file, in MB as Linux tells it.
fn private_mb(process: &str) -> f64 {
    let field = "RssAnon";
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with(field))
        .unwrap_or_default();
    let kib = line
        .split_whitespace()
        .nth(1)
        .and_then(|text| text.parse::<f64>().ok())
        .unwrap_or(0.0);
    kib / 1024.0
}

/// Seconds of processor that the writer's thread has used, as Linux counts them in hundredths.
fn writer_cpu() -> f64 {
    let mut used = 0.0;
    for task in std::fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten()
    {
        let read = |name: &str| std::fs::read_to_string(task.path().join(name)).unwrap_or_default();
        if read("comm").trim() != "store-writer" {
            continue;
        }
        let stat = read("stat");
        let after = stat.rsplit(')').next().unwrap_or_default();
        let field = |index: usize| -> f64 {
            let text = after.split_whitespace().nth(index).unwrap_or("0");
            text.parse().unwrap_or(0.0)
        };
        used += (field(11) + field(12)) / 100.0;
    }
    used
}

/// A rate, and beside it what each cost the writer: that holds on a busy machine too.
fn rated(what: &str, count: u64, took: f64, cpu: f64) {
    let each = cpu * 1e6 / count.max(1) as f64;
    println!(
        "{what:<44} {:>10.0} /s   {each:>6.1} µs of the writer each",
        count as f64 / took
    );
}

struct Args {
    contacts: u64,
    conversations: u64,
    /// Conversations that are resolved in bulk on a store that is there already.
    more: u64,
    visits: u64,
    seconds: u64,
    /// Whether journeys, the review and the statistics alone are measured.
    is_review: bool,
    dir: Option<PathBuf>,
}

fn args() -> Args {
    let mut args = Args {
        contacts: 20_000,
        conversations: 100_000,
        more: 0,
        visits: 0,
        seconds: 5,
        is_review: false,
        dir: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--contacts" => args.contacts = words.next().unwrap().parse().unwrap(),
            "--conversations" => args.conversations = words.next().unwrap().parse().unwrap(),
            "--more" => args.more = words.next().unwrap().parse().unwrap(),
            "--visits" => args.visits = words.next().unwrap().parse().unwrap(),
            "--only" => args.is_review = words.next().unwrap() == "review",
            "--seconds" => args.seconds = words.next().unwrap().parse().unwrap(),
            "--dir" => args.dir = words.next().map(PathBuf::from),
            _ => {}
        }
    }
    args
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let args = args();
    let temp = tempfile::tempdir().unwrap();
    let dir = args.dir.clone().unwrap_or_else(|| temp.path().to_owned());
    let path = dir.join("bench.db");
    let is_new = !path.exists();
    let opened = Instant::now();
    let store = Arc::new(SqliteStore::open(&path, Open::Create, Options::default()).unwrap());
    println!(
        "open                                         {:>13.3} ms",
        opened.elapsed().as_secs_f64() * 1e3
    );
    let actor = Actor {
        name: "Bench".to_owned(),
        role: Role::bundled("admin").unwrap(),
    };
    let options = engine::Options::default();
    let clock = Arc::new(Moment::of_machine);
    let backend = LocalBackend::new(
        store.clone(),
        actor,
        options,
        clock,
        jiff::tz::TimeZone::UTC,
    );
    let backend = Arc::new(backend);
    if is_new {
        fill(&backend, &args).await;
    }
    if args.more > 0 {
        history(&backend, &args, args.more, 1).await;
    }
    println!(
        "private memory after filling                 {:>10.1} MB (with what the benchmark itself holds)",
        private_mb("self")
    );
    if args.visits > 0 {
        visits(&backend, &args).await;
    }
    review::measure(&backend, &args.contacts).await;
    if args.is_review {
        return;
    }
    one_by_one(&backend, &args).await;
    many_writers(&backend, &args).await;
    search::measure(&backend, args.contacts).await;
    go_on(&backend, &args).await;
    drop(backend);
    drop(store);
    terminal::measure(&path);
    serving::measure(&path, args.contacts, args.seconds).await;
}

async fn fill(backend: &LocalBackend, args: &Args) {
    let (started, cpu) = (Instant::now(), writer_cpu());
    for from in (0..args.contacts).step_by(CHUNK) {
        let rows = from..(from + CHUNK as u64).min(args.contacts);
        let commands = rows
            .map(|person| Command::Import(Box::new(row(person, 1))))
            .collect();
        for result in backend.run_all(commands, Some(1), Keep::Commit).await {
            result.unwrap();
        }
    }
    let took = started.elapsed().as_secs_f64();
    rated(
        "bulk import of rows",
        args.contacts,
        took,
        writer_cpu() - cpu,
    );
    let started = Instant::now();
    backend.store().tidy_up(Box::new(|_, _| {})).await.unwrap();
    println!(
        "search index built in                        {:>10.1} s",
        started.elapsed().as_secs_f64()
    );
    history(backend, args, args.conversations, 59).await;
}

/// Resolves so many conversations of the last days, as exports are sorted: by start, some minutes out of order.
async fn history(backend: &LocalBackend, args: &Args, count: u64, days: u64) {
    let mut dice = Dice(42 + count);
    let (mut working, cpu) = (Duration::ZERO, writer_cpu());
    for from in (0..count).step_by(CHUNK) {
        let now = backend.now();
        let numbers = from..(from + CHUNK as u64).min(count);
        let mut start = |number: u64| {
            let share = days * 86_400_000 / count.max(1) * (count - number);
            now.plus_ms(-(share as i64) - dice.below(600_000) as i64)
        };
        let starts: Vec<(u64, Moment)> = numbers.map(|number| (number, start(number))).collect();
        let calls = starts
            .into_iter()
            .map(|(number, start)| call(number, args.contacts, &mut dice, start));
        let commands = calls.map(|one| Command::Resolve(Box::new(one))).collect();
        let started = Instant::now();
        for result in backend.run_all(commands, None, Keep::Commit).await {
            result.unwrap();
        }
        working += started.elapsed();
    }
    let took = working.as_secs_f64();
    rated("bulk resolutions", count, took, writer_cpu() - cpu);
}

/// Visits of the last days.
async fn visits(backend: &LocalBackend, args: &Args) {
    let mut dice = Dice(77);
    let (mut working, cpu) = (Duration::ZERO, writer_cpu());
    for from in (0..args.visits).step_by(CHUNK) {
        let numbers = from..(from + CHUNK as u64).min(args.visits);
        let commands = numbers.map(|number| {
            let share = 59 * 86_400_000 / args.visits * (args.visits - number);
            let start = backend.now().plus_ms(-(share as i64) - 3_600_000);
            let visit = organization::visit(args.contacts, &mut dice, start);
            Command::ResolveVisit(Box::new(visit))
        });
        let commands = commands.collect();
        let started = Instant::now();
        for result in backend.run_all(commands, None, Keep::Commit).await {
            result.unwrap();
        }
        working += started.elapsed();
    }
    let took = working.as_secs_f64();
    rated("bulk visits", args.visits, took, writer_cpu() - cpu);
}

/// Calls that go on now, for an agent who has a name.
async fn go_on(backend: &LocalBackend, args: &Args) {
    let name = Name {
        kind: NameKind::User,
        id: AGENT.to_owned(),
        name: terminal::AGENT_NAME.to_owned(),
        color: None,
        shown: true,
    };
    backend.store().put_names(vec![name]).await.unwrap();
    let mut dice = Dice(2026);
    for number in 0..GOING_ON {
        let start = backend.now().plus_ms(-60_000 * number as i64);
        let mut one = call(number, args.contacts, &mut dice, start);
        one.end = None;
        for party in one.participants.iter_mut().filter(|one| one.user.is_some()) {
            party.user = Some(AGENT.to_owned());
        }
        for segment in one.participants.iter_mut().flat_map(|one| &mut one.legs) {
            segment.segments.iter_mut().for_each(|one| one.end = None);
        }
        backend.run(Command::Resolve(Box::new(one))).await.unwrap();
    }
}

async fn one_by_one(backend: &LocalBackend, args: &Args) {
    let mut dice = Dice(7);
    let mut times = Vec::new();
    let (started, cpu) = (Instant::now(), writer_cpu());
    while started.elapsed() < Duration::from_secs(args.seconds) {
        let one = call(times.len() as u64, args.contacts, &mut dice, backend.now());
        let began = Instant::now();
        backend.run(Command::Resolve(Box::new(one))).await.unwrap();
        times.push(began.elapsed());
    }
    let took = started.elapsed().as_secs_f64();
    rated(
        "one writer, durable",
        times.len() as u64,
        took,
        writer_cpu() - cpu,
    );
    said("  each", &mut times);
}

async fn many_writers(backend: &Arc<LocalBackend>, args: &Args) {
    let mut tasks = Vec::new();
    let (seconds, people) = (args.seconds, args.contacts);
    let (started, cpu) = (Instant::now(), writer_cpu());
    for writer in 0..64_u64 {
        let backend = backend.clone();
        tasks.push(tokio::spawn(async move {
            let mut dice = Dice(writer * 977 + 13);
            let mut times = Vec::new();
            while started.elapsed() < Duration::from_secs(seconds) {
                let one = call(times.len() as u64, people, &mut dice, backend.now());
                let began = Instant::now();
                backend.run(Command::Resolve(Box::new(one))).await.unwrap();
                times.push(began.elapsed());
            }
            times
        }));
    }
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    let took = started.elapsed().as_secs_f64();
    rated(
        "64 writers, durable",
        times.len() as u64,
        took,
        writer_cpu() - cpu,
    );
    said("  each", &mut times);
}
