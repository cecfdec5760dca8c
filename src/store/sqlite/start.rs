//! Opening a store: its connections and the threads that work on it.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;

use super::open::{self, Open, Purpose, connect};
use super::readers::Readers;
use super::upkeep::{Keeper, Upkeep};
use super::writer::Writer;
use super::{DamagedLog, Options, SqliteStore, checkpoint, log, searched};
use crate::store::StoreError;

impl SqliteStore {
    /// Opens the store at `path`. Blocks for as long as it takes to make or migrate the file.
    pub fn open(path: &Path, open: Open, options: Options) -> Result<Self, StoreError> {
        open::prepare(path, open, &options)?;
        let connected = |purpose| {
            connect(path, purpose, &options).map_err(|fault| fault.to_error(path, options.wait))
        };
        let (write, checkpoint) = (connected(Purpose::Write)?, connected(Purpose::Checkpoint)?);
        let watch = connected(Purpose::Read)?;
        let is_index_due = searched::is_due(&write);
        let (jobs, queue) = channel();
        let (stop, stopped) = channel();
        let (upkeep, wishes) = channel();
        let last = Arc::new(AtomicBool::new(false));
        let closing = Arc::new(AtomicBool::new(false));
        let place = path.to_owned();
        let writer = Writer::new(write, place, &options, last.clone(), upkeep.clone());
        let keeper = Keeper::new(path.to_owned(), options.clone(), closing.clone());
        let spawned = |name: &str, work: Box<dyn FnOnce() + Send>| {
            let thread = thread::Builder::new().name(name.to_owned()).spawn(work);
            thread.map_err(|error| StoreError::Other {
                path: path.to_owned(),
                what: error.to_string(),
            })
        };
        let threads = vec![
            spawned("store-writer", Box::new(move || writer.run(&queue)))?,
            spawned("store-upkeep", Box::new(move || keeper.run(&wishes)))?,
            spawned(
                "store-checkpoint",
                Box::new(move || checkpoint::run(&checkpoint, &last, &stopped)),
            )?,
        ];
        // What an older version built is built anew, while the store is in use.
        if is_index_due {
            drop(upkeep.send(Upkeep::Written));
        }
        Ok(Self {
            path: path.to_owned(),
            readers: Readers::new(path.to_owned(), Purpose::Read, options.clone()),
            index: Arc::default(),
            watch: Arc::new(Mutex::new(watch)),
            options,
            jobs: Some(jobs),
            stop: Some(stop),
            upkeep: Some(upkeep),
            closing,
            threads,
        })
    }

    /// Opens a store whose log is damaged, up to the damage; a copy of the log is kept. Gives the copy's place, or
    /// `None` when the log is whole.
    pub fn cut_log(path: &Path, options: Options) -> Result<Option<PathBuf>, StoreError> {
        let cut = Options {
            damaged_log: DamagedLog::Cut,
            ..options.clone()
        };
        let copy = match Self::open(path, Open::Existing, options) {
            Ok(_) => return Ok(None),
            Err(StoreError::DamagedLog { .. }) => {
                log::keep_copy(path).map_err(|error| open::of_io(path, &error))?
            }
            Err(error) => return Err(error),
        };
        Self::open(path, Open::Existing, cut)?;
        Ok(Some(copy))
    }
}
