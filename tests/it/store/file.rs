//! The file: who may read it, and the one sentence for each that is not as it should be.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use scv_desk::store::sqlite::{Open, Options, Reading, SqliteStore};
use scv_desk::store::{NotApplied, Search, Store, StoreError};

use super::given::*;
use super::{Place, sound};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn open(path: &Path, how: Open) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(path, how, Options::default())
}

fn refused(path: &Path, how: Open) -> StoreError {
    match open(path, how) {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(error) => error,
    }
}

#[tokio::test]
async fn only_the_owner_may_read_it() {
    let place = Place::new();
    let directory = place.path().with_file_name("new").join("deep");
    let path = directory.join("desk.scv");
    let store = open(&path, Open::Create).unwrap();
    make(&store, contact(1)).await;
    assert_eq!(mode(&directory), 0o700);
    for name in ["desk.scv", "desk.scv-wal", "desk.scv-shm"] {
        assert_eq!(mode(&directory.join(name)), 0o600, "{name}");
    }
}

#[test]
fn a_missing_store_is_not_made_by_the_way() {
    let place = Place::new();
    assert!(matches!(
        refused(&place.path(), Open::Existing),
        StoreError::Missing(_)
    ));
    assert!(!place.path().exists());
}

#[tokio::test]
async fn what_was_kept_is_there_again() {
    let place = Place::new();
    let store = place.open();
    make(&store, contact(1)).await;
    drop(store);
    assert!(!place.path().with_extension("scv-wal").exists());
    let store = open(&place.path(), Open::Existing).unwrap();
    assert_eq!(stored(&store, contact_id(1)).await, Some(contact(1)));
    sound(&store).await;
}

#[test]
fn a_file_that_is_not_ours_is_left_as_it_is() {
    let place = Place::new();
    let directory = place.path().with_file_name("directory");
    fs::create_dir(&directory).unwrap();
    assert!(matches!(
        refused(&directory, Open::Create),
        StoreError::Foreign(_)
    ));

    let text = place.path().with_file_name("notes.txt");
    let empty = place.path().with_file_name("empty");
    let database = place.path().with_file_name("other.db");
    let blank = place.path().with_file_name("blank.db");
    fs::write(&text, "Efa called at nine. ".repeat(20)).unwrap();
    fs::write(&empty, "").unwrap();
    let connection = Connection::open(&database).unwrap();
    connection
        .execute_batch("CREATE TABLE song (name TEXT); PRAGMA application_id = 7")
        .unwrap();
    let connection = Connection::open(&blank).unwrap();
    connection.execute_batch("VACUUM").unwrap();
    for path in [text, empty, database, blank] {
        let before = fs::read(&path).unwrap();
        for how in [Open::Create, Open::Existing] {
            assert!(
                matches!(refused(&path, how), StoreError::Foreign(_)),
                "{}",
                path.display()
            );
        }
        assert_eq!(fs::read(&path).unwrap(), before);
        assert!(!path.with_extension("db-wal").exists());
    }
}

#[test]
fn a_newer_store_is_left_as_it_is() {
    let place = Place::new();
    drop(place.open());
    let connection = Connection::open(place.path()).unwrap();
    connection
        .execute_batch("PRAGMA user_version = 99")
        .unwrap();
    // The number stands in the log, not yet in the file.
    let error = refused(&place.path(), Open::Create);
    assert!(
        matches!(error, StoreError::Newer { found: 99, .. }),
        "{error}"
    );
    drop(connection);
    let before = fs::read(place.path()).unwrap();
    let error = refused(&place.path(), Open::Existing);
    assert!(error.to_string().ends_with("update scv"), "{error}");
    assert_eq!(fs::read(place.path()).unwrap(), before);
}

#[tokio::test]
async fn a_store_of_before_learns_the_index_of_sources() {
    let place = Place::new();
    drop(place.open());
    let connection = Connection::open(place.path()).unwrap();
    let before = "DROP INDEX identifier_source; DROP TABLE request; DROP TABLE person_request;
        DROP TABLE export; DROP TABLE export_part; DROP TRIGGER message_gone; DROP TABLE message;
        DROP TRIGGER review_mark_forgotten; DROP TABLE review_mark; DROP TABLE review_filter;
        DROP INDEX conversation_review; DROP INDEX conversation_queue; DROP INDEX conversation_agent;
        DROP INDEX conversation_rule; DROP INDEX conversation_doubt; DROP INDEX entry_seen;
        DROP INDEX entry_by_action; DROP INDEX contact_merged;
        ALTER TABLE conversation DROP COLUMN rule; ALTER TABLE conversation DROP COLUMN first_rule;
        ALTER TABLE conversation DROP COLUMN doubt;
        PRAGMA user_version = 6";
    connection.execute_batch(before).unwrap();
    drop(connection);
    let store = open(&place.path(), Open::Existing).unwrap();
    make(&store, contact(1)).await;
    sound(&store).await;
    drop(store);
    let connection = Connection::open(place.path()).unwrap();
    // SQLite would rather look through every id; the store says which index it means.
    let sql = "EXPLAIN QUERY PLAN SELECT min(source) FROM identifier INDEXED BY identifier_source
        WHERE kind = 11 AND source > 'A'";
    let plan: String = connection.query_row(sql, (), |row| row.get(3)).unwrap();
    assert!(plan.contains("identifier_source (source>?)"), "{plan}");
}

#[tokio::test]
async fn a_damaged_store_is_named_so() {
    let place = Place::new();
    let store = place.open();
    for n in 1..=200 {
        make(&store, contact(n)).await;
    }
    drop(store);
    let mut bytes = fs::read(place.path()).unwrap();
    let from = 4096 * 2;
    bytes[from..].fill(0x5a);
    fs::write(place.path(), &bytes).unwrap();
    let what = match open(&place.path(), Open::Existing) {
        Err(error) => error,
        Ok(store) => match store.logical_dump().await {
            Err(error) => error,
            Ok(_) => panic!("the damage was not seen"),
        },
    };
    assert!(matches!(what, StoreError::Damaged { .. }), "{what}");
}

#[tokio::test]
async fn a_store_that_is_full_changes_nothing() {
    let place = Place::new();
    drop(place.open());
    let size = fs::metadata(place.path()).unwrap().len() as i64;
    let options = Options {
        bytes_max: Some(size + 40 * 4096),
        ..Options::default()
    };
    let store = SqliteStore::open(&place.path(), Open::Existing, options).unwrap();
    let mut kept = 0;
    let error = loop {
        let decision = decision(plan(
            scv_desk::domain::command::Action::Create,
            vec![made(contact(kept + 1))],
        ));
        match store.decide(decision).await {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 5000, "the store never got full");
    };
    assert!(
        matches!(&error, NotApplied::Store(StoreError::Full(_))),
        "{error}"
    );
    assert_eq!(store.counts().await.unwrap().entries, kept as u64);
    sound(&store).await;
    drop(store);
    let store = place.open();
    make(&store, contact(kept + 1)).await;
    sound(&store).await;
}

#[tokio::test]
async fn a_store_that_stays_busy_says_so() {
    let place = Place::new();
    let options = Options {
        wait: Duration::from_millis(300),
        ..Options::default()
    };
    let store = SqliteStore::open(&place.path(), Open::Create, options).unwrap();
    let other = Connection::open(place.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = decide(
        &store,
        plan(
            scv_desk::domain::command::Action::Create,
            vec![made(contact(1))],
        ),
    )
    .await
    .unwrap_err();
    assert!(
        matches!(&error, NotApplied::Store(StoreError::Busy { .. })),
        "{error}"
    );
    // Readers do not wait for a writer.
    assert_eq!(store.counts().await.unwrap().entries, 0);
    other.execute_batch("ROLLBACK").unwrap();
    make(&store, contact(1)).await;
}

/// True when permissions do not bind this user (root).
fn may_do_anything(directory: &Path) -> bool {
    fs::write(directory.join("probe"), "").is_ok()
}

#[test]
fn what_cannot_be_written_says_so() {
    let place = Place::new();
    let locked = place.path().with_file_name("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, Permissions::from_mode(0o500)).unwrap();
    if may_do_anything(&locked) {
        return;
    }
    assert!(matches!(
        refused(&locked.join("desk.scv"), Open::Create),
        StoreError::ReadOnly(_)
    ));
    drop(place.open());
    fs::set_permissions(place.path(), Permissions::from_mode(0o400)).unwrap();
    assert!(matches!(
        refused(&place.path(), Open::Existing),
        StoreError::ReadOnly(_)
    ));
}

#[tokio::test]
async fn a_store_that_cannot_be_written_is_read_all_the_same() {
    let place = Place::new();
    let store = place.open();
    make(&store, contact(1)).await;
    let read = |reading| SqliteStore::open_unwritable(&place.path(), reading, Options::default());
    let frozen = read(Reading::Frozen);
    assert!(
        matches!(frozen, Err(StoreError::ReadOnly(_))),
        "the log has what the file has not"
    );
    let beside = read(Reading::Shared).unwrap();
    assert_eq!(
        beside.contacts(vec![contact(1).id]).await.unwrap(),
        [contact(1)]
    );
    drop((beside, store));

    let before = fs::read(place.path()).unwrap();
    for reading in [Reading::Frozen, Reading::Shared] {
        let store = read(reading).unwrap();
        assert!(!store.is_writable());
        assert_eq!(
            store.contacts(vec![contact(1).id]).await.unwrap(),
            [contact(1)]
        );
        assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
        store.version().await.unwrap();
        let wanted = Search {
            text: "x".to_owned(),
            limit: 1,
            offset: 0,
        };
        store.search(wanted).await.unwrap();
        let refused = store.next_batch().await.unwrap_err();
        assert!(matches!(refused, StoreError::ReadOnly(_)), "{refused}");
        let refused = store.tidy_up(Box::new(|_, _| {})).await.unwrap_err();
        assert!(matches!(refused, StoreError::ReadOnly(_)), "{refused}");
    }
    assert_eq!(fs::read(place.path()).unwrap(), before);
    assert!(
        SqliteStore::open_reading(&place.path(), Options::default())
            .unwrap()
            .is_writable()
    );
}

#[test]
fn a_frozen_store_may_have_any_name() {
    let place = Place::new();
    drop(place.open());
    let odd = place.path().with_file_name("50% of a?b#c é.scv");
    fs::rename(place.path(), &odd).unwrap();
    SqliteStore::open_unwritable(&odd, Reading::Frozen, Options::default()).unwrap();
}

#[test]
fn a_path_below_a_file_has_a_sentence_too() {
    let place = Place::new();
    fs::write(place.path(), "text").unwrap();
    let error = refused(&place.path().join("desk.scv"), Open::Create);
    assert!(error.to_string().contains("desk.scv"), "{error}");
}
