//! Many at once: concurrent callers, two stores on one file, readers beside a writer.

use std::sync::Arc;

use scv_desk::domain::change::Change;
use scv_desk::domain::command::Action;
use scv_desk::domain::contact::Contact;
use scv_desk::domain::{Facts, Refusal};
use scv_desk::store::sqlite::{Open, Options, SqliteStore};
use scv_desk::store::{Decision, Keep, Store};

use super::given::*;
use super::{Place, sound};

/// A decision that counts up in a contact's title: it reads, adds one and writes.
fn count_up() -> Decision {
    let planner = Box::new(|facts: &Facts| {
        let before = facts.contact(contact_id(1))?.clone();
        let count: u64 = before
            .fields
            .title
            .as_deref()
            .unwrap_or("0")
            .parse()
            .unwrap();
        let mut after = before.clone();
        after.fields.title = Some((count + 1).to_string());
        let (id, before, after) = (before.id, Some(Box::new(before)), Some(Box::new(after)));
        Ok(plan(
            Action::Edit,
            vec![Change::Contact { id, before, after }],
        ))
    });
    Decision {
        actor: "Ann".to_owned(),
        at: NOON,
        batch: None,
        request: None,
        planner,
    }
}

async fn title(store: &impl Store) -> Option<String> {
    let contact: Contact = stored(store, contact_id(1)).await.unwrap();
    contact.fields.title
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_callers_see_each_other() {
    let place = Place::new();
    let store = Arc::new(place.open());
    make(&*store, contact(1)).await;
    let callers: Vec<_> = (0..64)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..10 {
                    let applied = store.decide(count_up()).await.unwrap();
                    let entry = applied.entry.unwrap();
                    assert!(
                        store.changes(entry).await.unwrap().is_some(),
                        "acknowledged too early"
                    );
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    assert_eq!(title(&*store).await.as_deref(), Some("640"));
    assert_eq!(store.counts().await.unwrap().entries, 641);
    sound(&*store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_stores_on_one_file_work_together() {
    let place = Place::new();
    let (one, other) = (Arc::new(place.open()), Arc::new(place.open()));
    make(&*one, contact(1)).await;
    let version = other.version().await.unwrap();
    let callers: Vec<_> = [one.clone(), other.clone()]
        .into_iter()
        .map(|store| {
            tokio::spawn(async move {
                for _ in 0..50 {
                    store.decide(count_up()).await.unwrap();
                }
                let many = (0..50).map(|_| count_up()).collect();
                assert!(
                    store
                        .decide_all(many, Keep::Commit)
                        .await
                        .iter()
                        .all(Result::is_ok)
                );
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    assert_eq!(title(&*one).await.as_deref(), Some("200"));
    assert_ne!(other.version().await.unwrap(), version);
    sound(&*one).await;
    sound(&*other).await;
}

#[tokio::test]
async fn the_version_changes_with_every_write_only() {
    let place = Place::new();
    let (store, other) = (place.open(), place.open());
    make(&store, contact(1)).await;
    let before = store.version().await.unwrap();
    assert_eq!(store.version().await.unwrap(), before);
    store.decide(count_up()).await.unwrap();
    let own = store.version().await.unwrap();
    assert_ne!(own, before);
    other.decide(count_up()).await.unwrap();
    assert_ne!(store.version().await.unwrap(), own);
}

#[tokio::test]
async fn two_that_make_one_store_share_it() {
    let place = Place::new();
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let path = place.path();
            std::thread::spawn(move || SqliteStore::open(&path, Open::Create, Options::default()))
        })
        .collect();
    let stores: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap().unwrap())
        .collect();
    make(&stores[0], contact(1)).await;
    for store in &stores {
        assert!(stored(store, contact_id(1)).await.is_some());
    }
    drop(stores);
    let left: Vec<_> = std::fs::read_dir(place.path().parent().unwrap())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert_eq!(
        left,
        ["desk.scv"],
        "nothing is left beside a store that was closed"
    );
}

#[tokio::test]
async fn a_caller_that_gives_up_loses_nothing() {
    let place = Place::new();
    let store = place.open();
    make(&store, contact(1)).await;
    let call = store.decide(count_up());
    // Polled once, then dropped.
    let polled = tokio::time::timeout(std::time::Duration::ZERO, call).await;
    drop(polled);
    store.decide(count_up()).await.unwrap();
    assert_eq!(title(&store).await.as_deref(), Some("2"));
}

#[tokio::test]
async fn a_refusal_among_many_stops_nobody() {
    let place = Place::new();
    let store = Arc::new(place.open());
    make(&*store, contact(1)).await;
    let refused = Decision {
        planner: Box::new(|_| Err(Refusal::NoNote.into())),
        ..count_up()
    };
    let (one, two, three) = tokio::join!(
        store.decide(count_up()),
        store.decide(refused),
        store.decide(count_up())
    );
    assert!(one.is_ok() && two.is_err() && three.is_ok());
    assert_eq!(title(&*store).await.as_deref(), Some("2"));
}
