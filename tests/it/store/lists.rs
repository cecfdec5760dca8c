//! Lists of conversations: filters, order, pages.

use scv_desk::domain::conversation::{Channel, ConversationId};
use scv_desk::store::{ConversationFilter, Store};

use super::contract;
use super::given::*;

contract!(
    active_ones_come_first_then_the_newest,
    by_agent_and_what_waits,
    by_time,
    pages_follow_each_other,
    every_start_is_counted_once,
);

/// Calls 1 to 6: 1 and 2 go on (2 waits), 3 to 6 ended; contact 1 has the odd ones, contact 2 the others.
async fn calls(store: &impl Store) {
    make(store, contact(1)).await;
    make(store, contact(2)).await;
    for (n, agent) in [(3, Some("u1")), (4, Some("u2")), (5, Some("u1")), (6, None)] {
        let call = ended(call(n, n as i64 * 10, agent), 5);
        decide(store, resolved(call, contact_id(2 - n % 2)))
            .await
            .unwrap();
    }
    decide(store, resolved(call(1, 1, Some("u2")), contact_id(1)))
        .await
        .unwrap();
    decide(store, resolved(call(2, 2, None), contact_id(2)))
        .await
        .unwrap();
}

fn all() -> ConversationFilter {
    ConversationFilter {
        limit: 100,
        ..ConversationFilter::default()
    }
}

async fn ids(store: &impl Store, filter: ConversationFilter) -> Vec<u128> {
    let lines = store.conversations(filter).await.unwrap();
    let number = |id: ConversationId| id.0.as_u128() & 0xff;
    lines.into_iter().map(|line| number(line.id)).collect()
}

async fn active_ones_come_first_then_the_newest(store: &impl Store) {
    calls(store).await;
    assert_eq!(ids(store, all()).await, [2, 1, 6, 5, 4, 3]);
    let contacts = Some(vec![contact_id(1)]);
    assert_eq!(
        ids(store, ConversationFilter { contacts, ..all() }).await,
        [1, 5, 3]
    );
    let contacts = Some(vec![
        contact_id(1),
        contact_id(2),
        contact_id(1),
        contact_id(9),
    ]);
    assert_eq!(
        ids(store, ConversationFilter { contacts, ..all() }).await,
        [2, 1, 6, 5, 4, 3]
    );
    let contacts = Some(Vec::new());
    assert!(
        ids(store, ConversationFilter { contacts, ..all() })
            .await
            .is_empty()
    );
}

async fn by_agent_and_what_waits(store: &impl Store) {
    calls(store).await;
    let agent = |user: &str| ConversationFilter {
        agent: Some(user.to_owned()),
        ..all()
    };
    assert_eq!(ids(store, agent("u1")).await, [2, 5, 3]);
    assert_eq!(ids(store, agent("u2")).await, [2, 1, 4]);
    let contacts = Some(vec![contact_id(1)]);
    assert_eq!(
        ids(
            store,
            ConversationFilter {
                contacts,
                ..agent("u2")
            }
        )
        .await,
        [1]
    );
}

async fn by_time(store: &impl Store) {
    calls(store).await;
    let minute = |n: i64| Some(NOON.plus_ms(n * 60_000));
    let ended_since = minute(55);
    assert_eq!(
        ids(
            store,
            ConversationFilter {
                ended_since,
                ..all()
            }
        )
        .await,
        [2, 1, 6, 5]
    );
    let started_since = minute(2);
    assert_eq!(
        ids(
            store,
            ConversationFilter {
                started_since,
                ..all()
            }
        )
        .await,
        [2, 6, 5, 4, 3]
    );
    let contacts = Some(vec![contact_id(1)]);
    let filter = ConversationFilter {
        ended_since,
        started_since,
        contacts,
        ..all()
    };
    assert_eq!(ids(store, filter).await, [5]);
}

async fn pages_follow_each_other(store: &impl Store) {
    calls(store).await;
    for contacts in [None, Some(vec![contact_id(1), contact_id(2)])] {
        let mut seen = Vec::new();
        for offset in [0, 2, 4, 6] {
            let page = ConversationFilter {
                contacts: contacts.clone(),
                offset,
                limit: 2,
                ..all()
            };
            seen.extend(ids(store, page).await);
        }
        assert_eq!(seen, [2, 1, 6, 5, 4, 3]);
    }
}

async fn every_start_is_counted_once(store: &impl Store) {
    calls(store).await;
    decide(store, visited(visit(1, 30), contact_id(1)))
        .await
        .unwrap();
    let minute = |minutes: i64| NOON.plus_ms(minutes * 60_000);
    let both = vec![contact_id(1), contact_id(2), contact_id(1)];
    let starts = async |contacts: &[scv_desk::domain::ContactId], minutes: i64, limit: usize| {
        let since = minute(minutes);
        store.starts(contacts.to_vec(), since, limit).await.unwrap()
    };
    let all = starts(&both, 0, 100).await;
    assert_eq!(all.conversations.len(), 6);
    assert!(all.conversations.contains(&(minute(50), Channel::Call)));
    assert_eq!(all.visits, [minute(30)]);
    let late = starts(&both[..1], 31, 100).await;
    assert_eq!(late.conversations, [(minute(50), Channel::Call)]);
    assert!(late.visits.is_empty());
    assert_eq!(starts(&both, 0, 2).await.conversations.len(), 2);
}
