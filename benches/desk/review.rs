//! What supervisors look through: corrections are made, then first pages by filter, quick counts, how long it takes
//! until a rare list is whole, a journey of ten thousand interactions, and the statistics.

use std::time::{Duration, Instant};

use scv_desk::backend::Backend;
use scv_desk::backend::local::LocalBackend;
use scv_desk::backend::view::{JourneyQuery, ReviewQuery};
use scv_desk::domain::command::{Command, Sharing, Sure};
use scv_desk::domain::conversation::Channel;
use scv_desk::domain::review::{Filter, List, Reach};
use scv_desk::domain::statistics::Days;
use scv_desk::store::Keep;

use crate::organization::{Dice, agent, code, queue, talk};
use crate::{percentile, said};

/// Corrections that are made first, where none are there yet.
const UNLINKS: usize = 2_000;
const MERGES: usize = 300;
/// The interactions of somebody who calls all day.
const CALLS: u64 = 10_000;
const BUSY: &str = "+441632960961";
const TIMES: usize = 20;
const PAGE: usize = 50;

/// Measures on a store of so many contacts.
pub async fn measure(backend: &LocalBackend, contacts: &u64) {
    println!("review, of a store of {contacts} contacts:");
    let busy = calls(backend).await;
    correct(backend).await;
    journey(backend, busy).await;
    for list in [List::Decisions, List::Conversations] {
        for words in filters(list) {
            look(backend, list, &words).await;
        }
    }
    statistics(backend).await;
}

fn filters(list: List) -> Vec<String> {
    let (busiest, quiet) = (queue(0), queue(39));
    let mut filters = vec![
        String::new(),
        "order:oldest".to_owned(),
        "channel:call".to_owned(),
        // Nobody has used it.
        "channel:facebook".to_owned(),
        format!("queue:{busiest}"),
        format!("queue:{quiet} channel:email"),
        format!("agent:{}", agent(299)),
        format!("agent:{} queue:{quiet} status:abandoned", agent(0)),
        format!("wrapup:{}", code(29)),
        format!("wrapup:{} channel:email", code(0)),
        "status:abandoned".to_owned(),
        "rule:no-identifier".to_owned(),
        "doubtful".to_owned(),
        "unlinked".to_owned(),
        "merged".to_owned(),
        "mark:wrong".to_owned(),
        "text:invoice".to_owned(),
        "text:\"nobody wrote this\"".to_owned(),
    ];
    let own = match list {
        List::Decisions => ["kind:merge,unlink", "undone", "kind:erase", "by:Nobody"],
        List::Conversations => [
            "to:2026-01-01",
            "status:waiting",
            "rule:linked-by-person",
            "order:longest",
        ],
    };
    filters.extend(own.map(str::to_owned));
    filters
}

async fn look(backend: &LocalBackend, list: List, words: &str) {
    let filter = Filter::read(words, &jiff::tz::TimeZone::UTC).unwrap();
    let mut query = ReviewQuery {
        list,
        filter: filter.clone(),
        after: None,
        limit: PAGE,
    };
    let (mut pages, mut counts) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let began = Instant::now();
        backend.review(query.clone()).await.unwrap();
        pages.push(began.elapsed());
        let began = Instant::now();
        backend
            .review_count(list, filter.clone(), Reach::Quick)
            .await
            .unwrap();
        counts.push(began.elapsed());
    }
    // Until as many rows as fit a page were found, or everything was looked at.
    let (began, mut found, mut asked, mut slowest) = (Instant::now(), 0, 0, Duration::ZERO);
    loop {
        let each = Instant::now();
        let page = backend.review(query.clone()).await.unwrap();
        slowest = slowest.max(each.elapsed());
        (found, asked) = (found + page.len(), asked + 1);
        match page.next {
            Some(next) if found < PAGE => query.after = Some(next),
            Some(_) | None => break,
        }
    }
    let whole = began.elapsed().as_secs_f64();
    let ms = |times: &mut [Duration], share| percentile(times, share).as_secs_f64() * 1e3;
    println!(
        "{list:?} {words:.58}: first page p50 {:.1} p99 {:.1} ms, count p50 {:.1} ms, \
        {found} rows in {asked} pages of at most {:.1} ms, {whole:.2} s",
        ms(&mut pages, 0.5),
        ms(&mut pages, 0.99),
        ms(&mut counts, 0.5),
        slowest.as_secs_f64() * 1e3,
    );
}

/// Somebody who called ten thousand times, the same on every run.
async fn calls(backend: &LocalBackend) -> scv_desk::domain::ContactId {
    let mut dice = Dice(4242);
    let commands = (0..CALLS).map(|number| {
        let start = backend.now().plus_ms(-(400_000 * number as i64) - 700_000);
        let mut one = talk(number, Channel::Call, BUSY.to_owned(), &mut dice, start);
        // Seen again on a second run.
        one.id = scv_desk::domain::ConversationId(uuid::Uuid::from_u128(
            0xB5 << 64 | u128::from(number),
        ));
        Command::Resolve(Box::new(one))
    });
    let commands = commands.collect();
    let done = backend.run_all(commands, None, Keep::Commit).await;
    let last = done.into_iter().last().unwrap().unwrap();
    last.contact.unwrap()
}

async fn journey(backend: &LocalBackend, busy: scv_desk::domain::ContactId) {
    let query = JourneyQuery {
        limit: PAGE,
        ..JourneyQuery::default()
    };
    let mut times = Vec::new();
    for _ in 0..50 {
        let began = Instant::now();
        backend.journey(busy, query.clone()).await.unwrap();
        times.push(began.elapsed());
    }
    said("first page of a journey of 10,000", &mut times);
}

/// Takes conversations from their contacts and joins some contacts, once.
async fn correct(backend: &LocalBackend) {
    let unlinks = Filter::read("kind:unlink", &jiff::tz::TimeZone::UTC).unwrap();
    let made = backend.review_count(List::Decisions, unlinks, Reach::Whole);
    if made.await.unwrap().count >= UNLINKS as u64 {
        return;
    }
    let (mut seed, mut picked) = (1, Vec::new());
    while picked.len() < UNLINKS {
        picked.extend(
            backend
                .review_sample(Filter::default(), 500, seed)
                .await
                .unwrap(),
        );
        seed += 1;
    }
    for pair in picked[..MERGES * 2].chunks(2) {
        let contacts: Vec<_> = pair.iter().filter_map(|line| line.contact).collect();
        let command = Command::Merge {
            contacts,
            takes: Vec::new(),
            sure: Sure::AskedTwice,
        };
        // Two kept contacts, or one and the same, are refused.
        let _ = backend.run(command).await;
    }
    for line in picked {
        let conversation = line.conversation.unwrap();
        let sharing = Sharing::Leave;
        // One that was drawn twice is on a contact of its own already.
        let _ = backend
            .run(Command::Unlink {
                conversation,
                sharing,
            })
            .await;
    }
}

async fn statistics(backend: &LocalBackend) {
    let now = backend.now();
    let starts = (0..=60).map(|day| now.plus_ms(-86_400_000 * (60 - day)));
    let days = Days::new(starts.collect()).unwrap();
    let began = Instant::now();
    backend.statistics(days).await.unwrap();
    println!(
        "statistics of 60 days: {:.2} s",
        began.elapsed().as_secs_f64()
    );
}
