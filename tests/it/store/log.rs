//! A log that is damaged before its end: the store is not opened, nothing is changed, and it can be cut.

use std::fs;
use std::path::{Path, PathBuf};

use scv_desk::store::sqlite::{Open, Options, SqliteStore};
use scv_desk::store::{Store, StoreError};

use super::{Place, given};

/// Bytes of a frame: its header and a page.
const FRAME: usize = 24 + 4096;
const HEADER: usize = 32;

/// A store with contacts in its log, as a program leaves it that is killed.
fn killed(contacts: u128) -> Place {
    let (used, left) = (Place::new(), Place::new());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let store = used.open();
    runtime.block_on(async {
        for n in 1..=contacts {
            given::make(&store, given::contact(n)).await;
        }
    });
    fs::copy(used.path(), left.path()).unwrap();
    fs::copy(log_of(&used.path()), log_of(&left.path())).unwrap();
    left
}

fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 4;
    fs::write(path, bytes).unwrap();
}

fn opened(place: &Place) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(&place.path(), Open::Existing, Options::default())
}

fn contacts(store: &SqliteStore) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(store.counts()).unwrap().entries
}

#[test]
fn the_log_of_a_program_that_was_killed_is_read() {
    let place = killed(9);
    assert_eq!(contacts(&opened(&place).unwrap()), 9);
}

#[test]
fn a_store_is_not_opened_when_its_log_is_damaged_before_its_end() {
    for at in [
        0,
        9,
        17,
        26,
        HEADER + 4,
        HEADER + 10,
        HEADER + 20,
        HEADER + 900,
        HEADER + FRAME + 70,
    ] {
        let place = killed(9);
        let log = log_of(&place.path());
        flip(&log, at);
        let before = fs::read(&log).unwrap();
        let Err(StoreError::DamagedLog { lost, .. }) = opened(&place) else {
            panic!("byte {at}: opened");
        };
        assert!((7..=10).contains(&lost), "byte {at}: {lost}");
        assert_eq!(fs::read(&log).unwrap(), before, "byte {at}");
    }
}

#[test]
fn a_log_that_ends_in_a_write_that_was_cut_short_is_read_up_to_it() {
    let place = killed(9);
    let log = log_of(&place.path());
    let bytes = fs::read(&log).unwrap();
    fs::write(&log, &bytes[..bytes.len() - 5_000]).unwrap();
    assert_eq!(contacts(&opened(&place).unwrap()), 8);
}

#[test]
fn a_damaged_log_is_cut_only_when_asked_and_kept_as_it_was() {
    let place = killed(9);
    let log = log_of(&place.path());
    flip(&log, fs::read(&log).unwrap().len() / 2);
    let damaged = fs::read(&log).unwrap();
    let copy = SqliteStore::cut_log(&place.path(), Options::default())
        .unwrap()
        .unwrap();
    assert_eq!(fs::read(copy).unwrap(), damaged);
    let left = contacts(&opened(&place).unwrap());
    assert!((1..9).contains(&left), "{left}");
    assert_eq!(
        SqliteStore::cut_log(&place.path(), Options::default()).unwrap(),
        None
    );
}
