//! A journey of ten thousand interactions, page by page, narrowed, and who is on the website now: on a store.

use std::collections::HashSet;

use scv_desk::backend::view::{JourneyFilter, JourneyItem, JourneyPlace, JourneyQuery};
use scv_desk::backend::{Backend, Trouble};
use scv_desk::domain::command::Command;
use scv_desk::domain::conversation::{Channel, Direction};
use scv_desk::domain::visit::Visit;
use scv_desk::domain::{ContactId, Conversation, Moment, Permission, Refusal, Role};
use scv_desk::store::Keep;

use super::explained::Here;
use super::world::{seen, visit};

const NUMBER: &str = "+353861234567";
const COOKIE: &str = "cookie-of-efa";

/// A conversation of the person, so many minutes ago; every seventh began at the same moment as the one before.
fn conversation(here: &Here, n: usize, minutes_ago: i64) -> Conversation {
    let (channel, address) = match n % 3 {
        0 => (Channel::Sms, NUMBER),
        _ => (Channel::Call, NUMBER),
    };
    let mut one = seen(n as u128 + 1, channel, &[address]);
    one.start = here.now().plus_ms(-minutes_ago * 60_000);
    one.end = Some(one.start.plus_ms(30_000));
    if n.is_multiple_of(4) {
        one.direction = Direction::Outbound;
    }
    one
}

async fn bring(here: &Here, all: Vec<Conversation>) {
    let commands = all.into_iter().map(|one| Command::Resolve(Box::new(one)));
    let done = here
        .backend
        .run_all(commands.collect(), None, Keep::Commit)
        .await;
    assert!(done.iter().all(Result::is_ok));
}

async fn person(here: &Here) -> ContactId {
    here.keep(
        "Efa",
        "Byrne",
        &[(scv_desk::domain::Field::CellPhone, NUMBER)],
    )
    .await
}

fn page(limit: usize, after: Option<JourneyPlace>, filter: &JourneyFilter) -> JourneyQuery {
    JourneyQuery {
        limit,
        after,
        filter: filter.clone(),
    }
}

/// The whole journey by pages; how many pages it took, and the most items of one.
async fn by_pages(
    here: &Here,
    contact: ContactId,
    limit: usize,
    filter: &JourneyFilter,
) -> (Vec<JourneyItem>, usize) {
    let (mut all, mut pages): (Vec<JourneyItem>, usize) = (Vec::new(), 0);
    loop {
        let after = all.last().map(JourneyItem::place);
        let read = here
            .backend
            .journey(contact, page(limit, after, filter))
            .await
            .unwrap();
        pages += 1;
        assert!(read.items.len() <= limit);
        assert_eq!(
            read.starts.is_empty(),
            after.is_some(),
            "the strip is read once"
        );
        all.extend(read.items);
        if !read.more {
            return (all, pages);
        }
    }
}

fn is_ordered(items: &[JourneyItem]) -> bool {
    items
        .windows(2)
        .all(|pair| pair[1].position() <= pair[0].position())
}

#[tokio::test]
async fn ten_thousand_interactions_come_page_by_page_each_once_and_in_order() {
    let here = Here::new();
    let contact = person(&here).await;
    let all = (0..10_000).map(|n| conversation(&here, n, 10 + (n / 7) as i64 * 30));
    bring(&here, all.collect()).await;
    let whole = JourneyFilter::default();
    let (items, pages) = by_pages(&here, contact, 200, &whole).await;
    assert_eq!((items.len(), pages), (10_000, 50));
    assert!(is_ordered(&items));
    let ids: HashSet<_> = items.iter().map(JourneyItem::id).collect();
    assert_eq!(ids.len(), 10_000);
    // What comes in above while somebody reads on moves nothing below.
    let place = items[399].place();
    bring(&here, vec![conversation(&here, 20_000, 1)]).await;
    let next = here
        .backend
        .journey(contact, page(200, Some(place), &whole))
        .await
        .unwrap();
    assert_eq!(next.items, items[400..600]);
    // Pages of another length stand in the same order.
    let (again, _) = by_pages(&here, contact, 999, &whole).await;
    assert_eq!(again[1..], items[..]);
}

#[tokio::test]
async fn visits_and_conversations_stand_in_one_order_and_what_goes_on_stands_first() {
    let here = Here::new();
    let contact = person(&here).await;
    bring(
        &here,
        (0..40)
            .map(|n| conversation(&here, n, 300 + n as i64))
            .collect(),
    )
    .await;
    let now = here.now();
    // One that began before many others and still goes on.
    for (n, begun, last, is_over) in (0..40)
        .map(|n| (n, 300 + n, 299 + n, true))
        .chain([(90, 600, 1, false)])
    {
        let mut one = visit(n as u128 + 1, COOKIE, None, &[]);
        one.start = now.plus_ms(-begun * 60_000);
        one.last = now.plus_ms(-last * 60_000);
        one.end = is_over.then_some(one.last);
        here.backend
            .run(Command::ResolveVisit(Box::new(one)))
            .await
            .unwrap();
    }
    let visitor = here.backend.online().await.unwrap();
    assert_eq!(visitor.len(), 1);
    let merge = Command::Merge {
        contacts: vec![contact, visitor[0].contact.id],
        takes: Vec::new(),
        sure: scv_desk::domain::command::Sure::AskedTwice,
    };
    let head = here.backend.run(merge).await.unwrap().contact.unwrap();
    for limit in [1, 7, 200] {
        let (items, _) = by_pages(&here, head, limit, &JourneyFilter::default()).await;
        assert_eq!(items.len(), 81, "by {limit}");
        assert!(is_ordered(&items), "by {limit}");
        assert!(matches!(&items[0], JourneyItem::Visit(_, one, _) if one.is_active(now)));
        let ids: HashSet<_> = items.iter().map(JourneyItem::id).collect();
        assert_eq!(ids.len(), 81, "by {limit}");
    }
}

#[tokio::test]
async fn a_filter_leaves_what_it_says_page_by_page() {
    let here = Here::new();
    let contact = person(&here).await;
    bring(
        &here,
        (0..1300)
            .map(|n| conversation(&here, n, 10 + n as i64))
            .collect(),
    )
    .await;
    let filter = JourneyFilter::read("channel:sms direction:out").unwrap();
    let (items, pages) = by_pages(&here, contact, 50, &filter).await;
    let wanted = (0..1300).filter(|n| n % 3 == 0 && n % 4 == 0).count();
    assert_eq!((items.len(), pages), (wanted, wanted.div_ceil(50)));
    assert!(items.iter().all(|item| item.channel() == Channel::Sms));
    let none = JourneyFilter::read("status:active").unwrap();
    assert!(by_pages(&here, contact, 50, &none).await.0.is_empty());
}

#[test]
fn a_filter_reads_as_it_is_written() {
    let filter = JourneyFilter::read("channel:mail agent:\"Mara Lindt\" the 2nd invoice").unwrap();
    assert_eq!(filter.channel, Some(Channel::Email));
    assert_eq!(filter.agent.as_deref(), Some("Mara Lindt"));
    assert_eq!(filter.text.as_deref(), Some("the 2nd invoice"));
    let chips = filter.chips().join(" ");
    assert_eq!(JourneyFilter::read(&chips).unwrap(), filter);
    assert!(JourneyFilter::read("  ").unwrap().is_empty());
    for (wrong, says) in [
        (
            "channel:pigeon",
            "pigeon: no such channel; channels are call, ",
        ),
        ("status:odd", "odd: no such status"),
        ("direction:up", "up: no such direction"),
        ("colour:red", "colour: nothing is narrowed by that"),
        ("queue:", "queue: says nothing"),
    ] {
        let said = JourneyFilter::read(wrong).unwrap_err().to_string();
        assert!(said.starts_with(says), "{said}");
    }
}

fn going_on(n: u128, cookie: &str, now: Moment, minutes: i64) -> Visit {
    let mut one = visit(n, cookie, None, &[]);
    one.start = now.plus_ms(-40 * 60_000);
    one.last = now.plus_ms(-minutes * 60_000);
    one.end = None;
    one
}

#[tokio::test]
async fn who_is_on_the_website_now_needs_its_right() {
    let here = Here::new();
    let now = here.now();
    for (n, minutes) in [(1, 19), (2, 3), (3, 21)] {
        let one = going_on(n, &format!("cookie {n}"), now, minutes);
        here.backend
            .run(Command::ResolveVisit(Box::new(one)))
            .await
            .unwrap();
    }
    let found = here.backend.online().await.unwrap();
    let visits: Vec<u128> = found.iter().map(|one| one.visit.id.0.as_u128()).collect();
    let expected = [2, 1].map(|n| going_on(n, "", now, 0).id.0.as_u128());
    assert_eq!(
        visits, expected,
        "the latest sign of life first, none that is idle"
    );
    let all = Permission::ALL.iter().copied();
    let rights = all.filter(|right| *right != Permission::JourneyVisitView);
    here.backend.set_role(Role::new("blind", rights)).unwrap();
    let refused = Refusal::Denied(Permission::JourneyVisitView);
    assert_eq!(here.backend.online().await, Err(Trouble::from(refused)));
}
