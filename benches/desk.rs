//! Measures the engine and the store on a generated organization. Run on demand:
//! `cargo bench --bench desk -- --contacts 1000000 --conversations 5000000 --dir DIR`; a directory that holds
//! a store already is measured as it is. Prints one line a figure.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use scv_desk::backend::Backend;
use scv_desk::backend::local::LocalBackend;
use scv_desk::domain::command::{Actor, Command, ImportRow, Match};
use scv_desk::domain::contact::ExternalId;
use scv_desk::domain::conversation::{
    Channel, Conversation, Direction, Leg, Part, Participant, Segment,
};
use scv_desk::domain::phone::Phone;
use scv_desk::domain::{ConversationId, Fields, Moment, Role};
use scv_desk::engine;
use scv_desk::store::Keep;
use scv_desk::store::sqlite::{Open, Options, SqliteStore};

const CHUNK: usize = 20_000;
const FIRST: [&str; 40] = [
    "John", "Joan", "Jonas", "José", "Maria", "Mary", "Mark", "Martin", "Anna", "Anton", "Li",
    "Wei", "Yuki", "Sara", "Samuel", "Peter", "Petra", "Paul", "Pauline", "Oskar", "Olga", "Nina",
    "Niamh", "Aoife", "Eoin", "Fatima", "Omar", "Ahmed", "Noa", "David", "Daniel", "Dora", "Emil",
    "Emma", "Erik", "Eva", "Igor", "Ivana", "Klaus", "Katja",
];
const SYLLABLE: [&str; 24] = [
    "smi", "ber", "gar", "lin", "mor", "ton", "ney", "sen", "son", "wal", "ker", "ham", "ley",
    "ford", "ros", "vic", "dal", "fer", "nan", "dez", "mül", "ler", "bry", "ne",
];

/// A small generator: deterministic, not for secrets.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }
}

fn phone_of(person: u64) -> String {
    format!("+35385{:07}", person % 10_000_000)
}

fn email_of(person: u64) -> String {
    let mut dice = Dice(person.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    format!(
        "{}.{}{person}@example.com",
        name(&mut dice).0.to_lowercase(),
        name(&mut dice).1.to_lowercase()
    )
}

fn name(dice: &mut Dice) -> (String, String) {
    let first = FIRST[dice.below(FIRST.len() as u64) as usize];
    let parts = 2 + dice.below(2);
    let last: String = (0..parts)
        .map(|_| SYLLABLE[dice.below(SYLLABLE.len() as u64) as usize])
        .collect();
    let mut letters = last.chars();
    let last = letters
        .next()
        .map(|c| c.to_uppercase().collect::<String>() + letters.as_str());
    (first.to_owned(), last.unwrap_or_default())
}

fn row(person: u64, batch: u64) -> ImportRow {
    let mut dice = Dice(person.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let (first, last) = name(&mut dice);
    let e164 = phone_of(person);
    let fields = Fields {
        first_name: Some(first),
        last_name: Some(last),
        cell_phone: Some(Phone {
            display: format!("{} {} {}", &e164[..4], &e164[4..6], &e164[6..]),
            typed: e164.clone(),
            e164: Some(e164),
            country: Some("IE".to_owned()),
            ..Phone::default()
        }),
        personal_email: dice.below(4).ne(&0).then(|| email_of(person)),
        city: Some("Cork".to_owned()),
        external_ids: vec![ExternalId {
            source: "CRM".to_owned(),
            value: format!("CRM-{person}"),
        }],
        ..Fields::default()
    };
    let company =
        (dice.below(100) < 45).then(|| format!("{} Group {}", name(&mut dice).1, dice.below(2000)));
    let matching = vec![Match::ExternalId, Match::Phone, Match::Email];
    ImportRow {
        fields,
        company,
        matching,
        batch,
    }
}

/// A call of somebody known (every second one), or of a number that nobody knows yet, that began at `start`.
fn call(number: u64, people: u64, dice: &mut Dice, start: Moment) -> Conversation {
    let known = dice.below(2) == 0;
    let (channel, address) = match (known, dice.below(5)) {
        (true, 0) => (Channel::Email, email_of(dice.below(people))),
        (true, _) => (Channel::Call, phone_of(dice.below(people))),
        (false, _) => (
            Channel::Call,
            format!("+4479{:08}", dice.below(100_000_000)),
        ),
    };
    let end = Some(start.plus_ms(60_000 + dice.below(600_000) as i64));
    let segment = |kind: &str| Segment {
        kind: kind.to_owned(),
        start,
        end,
        queue: Some("aef35028-ca85-4229-822e-96f7e6fa2f38".to_owned()),
        wrapup_code: None,
        wrapup_note: None,
        subject: None,
        disconnect: None,
        rest: serde_json::Map::new(),
    };
    let media = if channel == Channel::Email {
        "email"
    } else {
        "voice"
    };
    let party = |part, purpose: &str, addresses: Vec<String>| Participant {
        id: uuid(number, dice_of(purpose)),
        part,
        purpose: purpose.to_owned(),
        name: None,
        user: (part == Part::Agent).then(|| "aaa3e7bb-b955-4a80-b3b8-284c703923f1".to_owned()),
        legs: vec![Leg {
            id: uuid(number, dice_of(purpose) + 1),
            channel,
            media: media.to_owned(),
            message: None,
            direction: Direction::Inbound,
            addresses,
            customer: None,
            authenticated: false,
            bot: None,
            segments: vec![segment("interact")],
            rest: serde_json::Map::new(),
        }],
        external_contact: None,
        rest: serde_json::Map::new(),
    };
    Conversation {
        id: ConversationId(uuid::Uuid::new_v4()),
        start,
        end,
        direction: Direction::Inbound,
        channel,
        divisions: Vec::new(),
        participants: vec![
            party(Part::Outside, "customer", vec![address]),
            party(Part::Agent, "agent", Vec::new()),
        ],
        rest: serde_json::Map::new(),
    }
}

fn dice_of(word: &str) -> u64 {
    word.len() as u64 * 7
}

fn uuid(number: u64, salt: u64) -> String {
    uuid::Uuid::from_u64_pair(number.wrapping_mul(0x9E37_79B9_7F4A_7C15), salt).to_string()
}

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

fn resident_mb(field: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
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
    for task in std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
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
    seconds: u64,
    dir: Option<PathBuf>,
}

fn args() -> Args {
    let mut args = Args {
        contacts: 20_000,
        conversations: 100_000,
        seconds: 5,
        dir: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--contacts" => args.contacts = words.next().unwrap().parse().unwrap(),
            "--conversations" => args.conversations = words.next().unwrap().parse().unwrap(),
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
    println!(
        "private memory after filling                 {:>10.1} MB (RssAnon)",
        resident_mb("RssAnon")
    );
    one_by_one(&backend, &args).await;
    many_writers(&backend, &args).await;
    searches(&backend, &args).await;
    println!(
        "private memory at the end                    {:>10.1} MB (RssAnon)",
        resident_mb("RssAnon")
    );
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
    rated("bulk import of rows", args.contacts, took, writer_cpu() - cpu);
    let started = Instant::now();
    backend.store().tidy_up(Box::new(|_, _| {})).await.unwrap();
    println!(
        "search index built in                        {:>10.1} s",
        started.elapsed().as_secs_f64()
    );
    let mut dice = Dice(42);
    let (mut working, cpu) = (Duration::ZERO, writer_cpu());
    for from in (0..args.conversations).step_by(CHUNK) {
        let now = backend.now();
        let numbers = from..(from + CHUNK as u64).min(args.conversations);
        // History comes as exports are sorted: by start, some minutes out of order.
        let mut start = |number: u64| {
            let share = 59 * 86_400_000 / args.conversations.max(1) * (args.conversations - number);
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
    rated("bulk resolutions", args.conversations, took, writer_cpu() - cpu);
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
    rated("one writer, durable", times.len() as u64, took, writer_cpu() - cpu);
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
    rated("64 writers, durable", times.len() as u64, took, writer_cpu() - cpu);
    said("  each", &mut times);
}

async fn searches(backend: &LocalBackend, args: &Args) {
    let began = Instant::now();
    backend.search("j".to_owned(), 20, 0).await.unwrap();
    println!(
        "first search                                 {:>10.1} ms",
        began.elapsed().as_secs_f64() * 1e3
    );
    let mut dice = Dice(99);
    let person = |dice: &mut Dice| dice.below(args.contacts);
    let mut classes: Vec<(&str, Vec<String>)> = Vec::new();
    let names: Vec<(String, String)> = (0..60).map(|_| name(&mut dice)).collect();
    let cut = |text: &str, letters: usize| {
        text.chars()
            .take(letters)
            .collect::<String>()
            .to_lowercase()
    };
    for letters in 1..=6 {
        let label = [
            "1 letter",
            "2 letters",
            "3 letters",
            "4 letters",
            "5 letters",
            "6 letters",
        ][letters - 1];
        classes.push((
            label,
            names.iter().map(|(_, last)| cut(last, letters)).collect(),
        ));
    }
    classes.push(("rare word", (0..60).map(|n| format!("zyx{n}")).collect()));
    classes.push((
        "two words",
        names.iter().map(|(a, b)| format!("{a} {b}")).collect(),
    ));
    let short = names
        .iter()
        .map(|(a, b)| format!("{} {}", cut(a, 2), cut(b, 2)))
        .collect();
    classes.push(("two short words", short));
    classes.push((
        "phone digits",
        (0..60)
            .map(|_| phone_of(person(&mut dice))[4..10].to_owned())
            .collect(),
    ));
    let mails = (0..60)
        .map(|_| email_of(person(&mut dice)).chars().take(9).collect())
        .collect();
    classes.push(("part of an e-mail", mails));
    let typo = |word: &str| {
        let mut letters: Vec<char> = word.to_lowercase().chars().collect();
        let at = letters.len() / 2;
        letters.swap(at, at - 1);
        letters.into_iter().collect::<String>()
    };
    classes.push(("typo", names.iter().map(|(_, last)| typo(last)).collect()));
    for (label, queries) in classes {
        let mut times = Vec::new();
        for query in queries {
            let began = Instant::now();
            backend.search(query, 20, 0).await.unwrap();
            times.push(began.elapsed());
        }
        said(&format!("search: {label}"), &mut times);
    }
}
