//! Several connections on one file: writes, searches and builds beside each other.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use scv_desk::store::search::{Built, Document, Extent, MIGRATION, SearchIndex, append, rebuild};

use super::{ask, build, check_agrees, person, put, rows};

/// A store's file with two connections, as two processes have.
struct Shared {
    _folder: tempfile::TempDir,
    path: std::path::PathBuf,
}

impl Shared {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let shared = Self {
            _folder: folder,
            path,
        };
        let conn = shared.connect();
        conn.pragma_update(None, "journal_mode", "WAL").unwrap();
        conn.execute_batch(MIGRATION).unwrap();
        shared
    }

    fn connect(&self) -> Connection {
        let conn = Connection::open(&self.path).unwrap();
        conn.busy_timeout(Duration::from_secs(20)).unwrap();
        conn
    }
}

#[test]
fn another_process_finds_a_write_once_it_is_acknowledged() {
    let shared = Shared::new();
    let (writer, reader) = (shared.connect(), shared.connect());
    let mut index = SearchIndex::open(&reader).unwrap();
    let mut own = SearchIndex::open(&writer).unwrap();
    let transaction = writer.unchecked_transaction().unwrap();
    put(&transaction, &person(1, "Ann", "Lee"));
    assert_eq!(ask(&writer, &mut own, "ann").total, 1);
    assert_eq!(ask(&reader, &mut index, "ann").total, 0);
    transaction.commit().unwrap();
    assert_eq!(ask(&reader, &mut index, "ann").total, 1);

    // What was rolled back is forgotten again, though its number is given to another write.
    let transaction = writer.unchecked_transaction().unwrap();
    put(&transaction, &person(2, "Ann", "Kay"));
    assert_eq!(ask(&writer, &mut own, "ann").total, 2);
    transaction.rollback().unwrap();
    assert_eq!(ask(&writer, &mut own, "ann").total, 1);

    build(&writer, Extent::Everything);
    append(&writer, 1, None).unwrap();
    assert_eq!(ask(&reader, &mut index, "ann").total, 0);
    put(&writer, &person(3, "Ann", "Ray"));
    assert_eq!(rows(&ask(&reader, &mut index, "ann")), [3]);
}

#[test]
fn an_older_snapshot_sees_what_it_saw() {
    let shared = Shared::new();
    let (writer, reader) = (shared.connect(), shared.connect());
    (1..=30).for_each(|id| put(&writer, &person(id, "Ann", "Lee")));
    build(&writer, Extent::Everything);
    let mut index = SearchIndex::open(&reader).unwrap();
    let snapshot = reader.unchecked_transaction().unwrap();
    assert_eq!(ask(&snapshot, &mut index, "ann").total, 30);
    put(&writer, &person(31, "Ann", "Lee"));
    build(&writer, Extent::Everything);
    put(&writer, &person(32, "Ann", "Lee"));
    assert_eq!(ask(&snapshot, &mut index, "ann").total, 30);
    // The same reader on a newer snapshot, and back.
    assert_eq!(ask(&writer, &mut index, "ann").total, 32);
    assert_eq!(ask(&snapshot, &mut index, "ann").total, 30);
}

#[test]
fn writes_and_searches_go_on_during_a_build() {
    let shared = Shared::new();
    let builder = shared.connect();
    let transaction = builder.unchecked_transaction().unwrap();
    (1..=3_000).for_each(|id| put(&transaction, &person(id, "Ann", &format!("Lee{id}"))));
    transaction.commit().unwrap();
    let (writer, reader) = (shared.connect(), shared.connect());
    let mut index = SearchIndex::open(&reader).unwrap();
    let mut next = 3_001;
    let mut slowest = Duration::ZERO;
    let mut steps = 0;
    let built = rebuild(&builder, Extent::Everything, &mut |_, _| {
        let start = Instant::now();
        put(&writer, &person(next, "Ann", &format!("Lee{next}")));
        append(&writer, i64::from(next) - 3_000, None).unwrap();
        slowest = slowest.max(start.elapsed());
        assert_eq!(ask(&reader, &mut index, "ann").total, 3_000);
        next += 1;
        steps += 1;
        ControlFlow::Continue(())
    });
    assert_eq!(built.unwrap(), Built::Done(3_000));
    assert!(steps >= 2 && slowest < Duration::from_secs(5));
    assert_eq!(ask(&reader, &mut index, "ann").total, 3_000);
    let expected: Vec<Document> = (next - 3_000..next)
        .map(|id| person(id, "Ann", &format!("Lee{id}")))
        .collect();
    check_agrees(&reader, &expected);
    // Replaced documents and finished writes are gone from the file.
    let left: i64 = reader
        .query_row("SELECT count(*) FROM search_delta", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 2 * i64::from(next - 3_001));
}

#[test]
fn a_build_that_stops_or_dies_leaves_the_index_as_it_was() {
    let shared = Shared::new();
    let conn = shared.connect();
    (1..=50).for_each(|id| put(&conn, &person(id, "Ann", "Lee")));
    build(&conn, Extent::Everything);
    put(&conn, &person(51, "Ann", "Lee"));
    let mut index = SearchIndex::open(&conn).unwrap();
    let mut stop = |_, _| ControlFlow::Break(());
    assert_eq!(
        rebuild(&conn, Extent::Everything, &mut stop).unwrap(),
        Built::Stopped
    );
    assert_eq!(ask(&conn, &mut index, "ann").total, 51);

    // A builder that died: its lease is held, its blocks are there.
    conn.execute_batch(
        "UPDATE search_state SET builder = 5, builder_seen = unixepoch(), next_segment = next_segment + 1;
         INSERT INTO search_block SELECT ((SELECT next_segment - 1 FROM search_state) << 32) + key % 1000,
             zeroblob(50) FROM search_block;",
    )
    .unwrap();
    assert_eq!(ask(&conn, &mut index, "ann").total, 51);
    assert_eq!(build(&conn, Extent::Everything), Built::Busy);
    conn.execute_batch("UPDATE search_state SET builder_seen = builder_seen - 3600")
        .unwrap();
    assert_eq!(build(&conn, Extent::Everything), Built::Done(51));
    assert_eq!(ask(&conn, &mut index, "ann").total, 51);
    let segments: i64 = conn
        .query_row(
            "SELECT count(DISTINCT key >> 32) FROM search_block",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(segments, 1);

    // A builder that was taken for dead and comes back finds that another took over.
    put(&conn, &person(52, "Ann", "Lee"));
    let other = shared.connect();
    let mut first = true;
    let built = rebuild(&conn, Extent::Everything, &mut |_, _| {
        if std::mem::take(&mut first) {
            other
                .execute_batch("UPDATE search_state SET builder_seen = builder_seen - 3600")
                .unwrap();
            assert_eq!(build(&other, Extent::Everything), Built::Done(52));
        }
        ControlFlow::Continue(())
    });
    assert_eq!(built.unwrap(), Built::Busy);
    assert_eq!(ask(&conn, &mut index, "ann").total, 52);
}
