//! Connections that read, each on a thread that may block, so that no asynchronous caller does.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::Options;
use super::fault::Step;
use super::open::{Purpose, connect};
use crate::store::StoreError;

/// A few connections that read, opened when they are first needed.
pub struct Readers {
    path: PathBuf,
    options: Options,
    purpose: Purpose,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub fn new(path: PathBuf, purpose: Purpose, options: Options) -> Arc<Self> {
        let permits = Arc::new(Semaphore::new(options.readers.max(1)));
        Arc::new(Self {
            path,
            options,
            purpose,
            idle: Mutex::new(Vec::new()),
            permits,
        })
    }

    /// Runs `step` on one state of the store, whatever is written meanwhile.
    pub async fn read<T, F>(self: &Arc<Self>, step: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Step<T> + Send + 'static,
    {
        let permit = self
            .permits
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| StoreError::Closed)?;
        let readers = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            // The permit ends with the work, also when the caller has given up.
            let _permit = permit;
            readers.run(step)
        });
        done.await.map_err(|_| StoreError::Closed)?
    }

    fn run<T>(&self, step: impl FnOnce(&Connection) -> Step<T>) -> Result<T, StoreError> {
        let done = self.take().and_then(|connection| {
            let transaction = connection.unchecked_transaction()?;
            let value = step(&transaction)?;
            transaction.commit()?;
            self.put_back(connection);
            Ok(value)
        });
        done.map_err(|fault| fault.to_error(&self.path, self.options.wait))
    }

    fn take(&self) -> Step<Connection> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        idle.map_or_else(|| connect(&self.path, self.purpose, &self.options), Ok)
    }

    fn put_back(&self, connection: Connection) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
    }

    /// Closes what is idle.
    pub fn close(&self) {
        self.permits.close();
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}
