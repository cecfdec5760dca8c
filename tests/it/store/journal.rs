//! The journal: entries by filter, undo, payloads, and the chain.

use rusqlite::Connection;
use scv_desk::domain::change::Change;
use scv_desk::domain::command::{Action, EntryId};
use scv_desk::domain::facts::FactKey;
use scv_desk::domain::{Facts, Plan};
use scv_desk::store::{Decision, Entry, EntryFilter, Only, Store};

use super::given::*;
use super::{Place, contract};

contract!(
    an_entry_says_who_when_and_of_whom,
    entries_by_filter,
    a_resolution_is_found_by_its_contact,
    an_undo_that_is_undone_no_longer_holds,
    batches_are_numbered,
);

async fn list(store: &impl Store, filter: EntryFilter) -> Vec<Entry> {
    store
        .entries(EntryFilter {
            limit: 100,
            ..filter
        })
        .await
        .unwrap()
}

async fn numbers(store: &impl Store, filter: EntryFilter) -> Vec<u64> {
    list(store, filter)
        .await
        .into_iter()
        .map(|entry| entry.id.0)
        .collect()
}

async fn an_entry_says_who_when_and_of_whom(store: &impl Store) {
    make(store, contact(1)).await;
    let moved = Change::Claim {
        identifier: phone(1),
        before: Some(claim(contact_id(1))),
        after: Some(claim(contact_id(2))),
    };
    let plan = Plan {
        contact: Some(contact_id(2)),
        ..plan(Action::Claim, vec![made(contact(2)), moved])
    };
    let decision = Decision {
        actor: "Bo".to_owned(),
        at: NOON.plus_ms(5),
        batch: Some(3),
        request: None,
        planner: Box::new(move |_: &Facts| Ok(plan.clone())),
    };
    let id = store.decide(decision).await.unwrap().entry.unwrap();
    let entry = list(store, EntryFilter::default()).await.remove(0);
    let expected = Entry {
        id,
        at: NOON.plus_ms(5),
        actor: "Bo".to_owned(),
        action: Action::Claim,
        contact: Some(contact_id(2)),
        conversation: None,
        contacts: vec![contact_id(1), contact_id(2)],
        batch: Some(3),
        undoes: None,
        undone_by: None,
        kept: true,
    };
    assert_eq!(entry, expected);
}

async fn entries_by_filter(store: &impl Store) {
    make(store, contact(1)).await; // 1
    make(store, contact(2)).await; // 2
    decide(store, resolved(call(1, 0, None), contact_id(1)))
        .await
        .unwrap(); // 3
    let wrapup = scv_desk::domain::record::Wrapup {
        code: "solved".to_owned(),
        notes: None,
        by: "Ann".to_owned(),
        at: NOON,
    };
    let (conversation, after) = (conversation_id(1), Some(wrapup));
    let change = Change::Wrapup {
        conversation,
        before: None,
        after,
    };
    let plan = Plan {
        contact: Some(contact_id(1)),
        conversation: Some(conversation),
        ..plan(Action::WrapUp, vec![change])
    };
    decide(store, plan.clone()).await.unwrap(); // 4
    let any = EntryFilter::default;
    assert_eq!(numbers(store, any()).await, [4, 3, 2, 1]);
    let before = Some(EntryId(3));
    assert_eq!(
        numbers(store, EntryFilter { before, ..any() }).await,
        [2, 1]
    );
    let by_people = Only::Narrowed;
    assert_eq!(
        numbers(store, EntryFilter { by_people, ..any() }).await,
        [4, 2, 1]
    );
    let contact = Some(contact_id(1));
    assert_eq!(
        numbers(store, EntryFilter { contact, ..any() }).await,
        [4, 3, 1]
    );
    let conversation = Some(conversation_id(1));
    assert_eq!(
        numbers(
            store,
            EntryFilter {
                conversation,
                ..any()
            }
        )
        .await,
        [4, 3]
    );
    let actor = Some("Ann".to_owned());
    assert_eq!(
        numbers(
            store,
            EntryFilter {
                actor,
                by_people,
                ..any()
            }
        )
        .await,
        [4, 2, 1]
    );
    let actor = Some("Bo".to_owned());
    assert!(
        numbers(store, EntryFilter { actor, ..any() })
            .await
            .is_empty()
    );
    let contact = Some(contact_id(9));
    assert!(
        numbers(store, EntryFilter { contact, ..any() })
            .await
            .is_empty()
    );
    let batch = Some(1);
    assert!(
        numbers(store, EntryFilter { batch, ..any() })
            .await
            .is_empty()
    );
    assert_eq!(
        store
            .entries(EntryFilter { limit: 1, ..any() })
            .await
            .unwrap()
            .len(),
        1
    );
}

async fn a_resolution_is_found_by_its_contact(store: &impl Store) {
    make(store, contact(1)).await;
    make(store, contact(2)).await;
    decide(store, resolved(call(1, 0, None), contact_id(1)))
        .await
        .unwrap(); // 3
    let of = |n| EntryFilter {
        contact: Some(contact_id(n)),
        ..EntryFilter::default()
    };
    assert_eq!(numbers(store, of(1)).await, [3, 1]);
    let relinked = Change::Link {
        conversation: conversation_id(1),
        participant: None,
        before: Some(Box::new(link(contact_id(1)))),
        after: Some(Box::new(link(contact_id(2)))),
    };
    let relink = plan(Action::Link, vec![relinked.clone()]);
    decide(store, relink).await.unwrap(); // 4
    assert_eq!(
        numbers(store, of(1)).await,
        [4, 3, 1],
        "it stays in the history of its contact"
    );
    assert_eq!(numbers(store, of(2)).await, [4, 2]);
    decide(store, plan(Action::Undo, vec![relinked.inverse()]))
        .await
        .unwrap(); // 5
    assert_eq!(numbers(store, of(1)).await, [5, 4, 3, 1]);
    assert_eq!(numbers(store, of(2)).await, [5, 4, 2]);
}

async fn an_undo_that_is_undone_no_longer_holds(store: &impl Store) {
    let created = plan(Action::Create, vec![made(contact(1))]);
    let first = decide(store, created).await.unwrap().entry.unwrap();
    let mut undone = first;
    let mut change = made(contact(1));
    for (times, holds) in [(1, true), (2, false), (3, true), (4, false)] {
        change = change.inverse();
        let undo = Plan {
            undoes: Some(undone),
            ..plan(Action::Undo, vec![change.clone()])
        };
        let entry = decide(store, undo).await.unwrap().entry.unwrap();
        let facts = load(store, [FactKey::Entry(first), FactKey::Entry(entry)]).await;
        let fact = facts.entry_if_any(&first).unwrap().clone().unwrap();
        assert_eq!(fact.undone_by.is_some(), holds, "after {times} undos");
        assert_eq!(fact.again, (!holds).then_some(entry), "after {times} undos");
        assert_eq!(fact.changes, Some(vec![made(contact(1))]));
        assert_eq!(
            facts
                .entry_if_any(&entry)
                .unwrap()
                .as_ref()
                .unwrap()
                .undone_by,
            None
        );
        undone = entry;
    }
    let entries = list(store, EntryFilter::default()).await;
    assert_eq!(entries.last().unwrap().undone_by, None);
    assert_eq!(entries[1].undone_by, Some(entries[0].id));
}

async fn batches_are_numbered(store: &impl Store) {
    assert_eq!(store.next_batch().await.unwrap(), 1);
    assert_eq!(store.next_batch().await.unwrap(), 2);
}

/// Opens the file behind the store's back.
fn tamper(place: &Place, sql: &str) {
    let connection = Connection::open(place.path()).unwrap();
    connection.execute_batch(sql).unwrap();
}

/// A store with three entries, closed again.
async fn written() -> Place {
    let place = Place::new();
    let store = place.open();
    for n in 1..=3 {
        make(&store, contact(n)).await;
    }
    super::sound(&store).await;
    place
}

#[tokio::test]
async fn a_deleted_payload_leaves_the_chain_whole() {
    let place = written().await;
    tamper(&place, "DELETE FROM payload WHERE seq = 2");
    let store = place.open();
    super::sound(&store).await;
    assert_eq!(store.changes(EntryId(2)).await.unwrap(), None);
    let entry = list(&store, EntryFilter::default()).await.remove(1);
    assert!(!entry.kept);
    let facts = load(&store, [FactKey::Entry(EntryId(2))]).await;
    assert_eq!(
        facts
            .entry_if_any(&EntryId(2))
            .unwrap()
            .as_ref()
            .unwrap()
            .changes,
        None
    );
}

#[tokio::test]
async fn any_edit_of_the_journal_is_found() {
    for sql in [
        "UPDATE entry SET actor = 'Bo' WHERE seq = 2",
        "UPDATE entry SET at = at + 1 WHERE seq = 3",
        "UPDATE entry SET action = 'edit' WHERE seq = 1",
        "UPDATE entry SET action = 'nothing' WHERE seq = 1",
        "UPDATE entry SET contact = NULL WHERE seq = 2",
        "UPDATE entry SET undoes = 1 WHERE seq = 2",
        "UPDATE entry SET batch = 1 WHERE seq = 2",
        "UPDATE entry SET digest = NULL WHERE seq = 2",
        "UPDATE payload SET body = '[]' WHERE seq = 2",
        "DELETE FROM entry WHERE seq = 2",
        "DELETE FROM entry WHERE seq = 3",
        "UPDATE entry SET hash = zeroblob(32) WHERE seq = 3",
    ] {
        let place = written().await;
        tamper(&place, sql);
        let audit = place.open().audit(None, Box::new(|_, _| {})).await.unwrap();
        assert!(!audit.breaks.is_empty(), "{sql} was not found");
    }
}

#[tokio::test]
async fn the_public_part_holds_no_values() {
    let place = written().await;
    tamper(&place, "DELETE FROM payload");
    let connection = Connection::open(place.path()).unwrap();
    let mut statement = connection.prepare("SELECT * FROM entry").unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query(()).unwrap();
    while let Some(row) = rows.next().unwrap() {
        for index in 0..columns {
            let text = format!("{:?}", row.get_ref(index).unwrap());
            let bytes = row
                .get_ref(index)
                .unwrap()
                .as_bytes()
                .unwrap_or_default()
                .to_vec();
            let text = text + &String::from_utf8_lossy(&bytes);
            assert!(!text.contains("Efa") && !text.contains("35386"), "{text}");
        }
    }
}
