//! Stores that cannot be written: in a place that is read-only, or of somebody else. They are read without the
//! threads that write.

use std::path::Path;
use std::sync::{Arc, Mutex};

use super::open::{self, Open, Reading, connect};
use super::readers::Readers;
use super::{Options, SqliteStore};
use crate::store::StoreError;

impl SqliteStore {
    /// Opens the store at `path` to be read, whether or not it can be written. One that can be is opened like
    /// any other.
    pub fn open_reading(path: &Path, options: Options) -> Result<Self, StoreError> {
        let refused = match Self::open(path, Open::Existing, options.clone()) {
            Err(StoreError::ReadOnly(path)) => StoreError::ReadOnly(path),
            opened => return opened,
        };
        for reading in [Reading::Shared, Reading::Frozen] {
            if let Ok(store) = Self::open_unwritable(path, reading, options.clone()) {
                return Ok(store);
            }
        }
        Err(refused)
    }

    /// Opens a store that cannot be written. What would write is refused.
    pub fn open_unwritable(
        path: &Path,
        reading: Reading,
        options: Options,
    ) -> Result<Self, StoreError> {
        open::prepare_reading(path, reading, &options)?;
        let watch = connect(path, reading.purpose(), &options);
        let watch = watch.map_err(|fault| fault.to_error(path, options.wait))?;
        Ok(Self {
            path: path.to_owned(),
            readers: Readers::new(path.to_owned(), reading.purpose(), options.clone()),
            index: Arc::default(),
            watch: Arc::new(Mutex::new(watch)),
            options,
            jobs: None,
            stop: None,
            upkeep: None,
            closing: Arc::default(),
            threads: Vec::new(),
        })
    }

    /// True when it can be written.
    pub fn is_writable(&self) -> bool {
        !self.threads.is_empty()
    }

    /// Why nothing can be written.
    pub(super) fn unwritable(&self) -> StoreError {
        match self.is_writable() {
            true => StoreError::Closed,
            false => StoreError::ReadOnly(self.path.clone()),
        }
    }
}
