//! The store's contract: what every store does, run on SQLite in a directory of its own.

mod check;
mod decide;
mod file;
pub mod given;
mod journal;
mod lists;
mod look;
mod marks;
mod observe;
mod race;
mod search;

use scv_desk::store::Store;
use scv_desk::store::sqlite::{Open, Options, SqliteStore};
use tempfile::TempDir;

/// A directory for a store.
pub struct Place(TempDir);

impl Place {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> std::path::PathBuf {
        self.0.path().join("desk.scv")
    }

    pub fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.path(), Open::Create, Options::default()).unwrap()
    }
}

/// Runs each part of the contract on a fresh store, which must then pass its own check.
macro_rules! contract {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let place = crate::store::Place::new();
                let store = place.open();
                super::$name(&store).await;
                crate::store::sound(&store).await;
            })*
        }
    };
}
pub(crate) use contract;

/// Every invariant of the store holds.
pub async fn sound(store: &impl Store) {
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
}
