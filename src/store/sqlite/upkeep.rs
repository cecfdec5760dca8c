//! Upkeep of the search index, on a thread of its own: it moves what was written into segments while
//! everybody writes and searches. It begins by itself once enough was written, and whenever it is asked.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;

use tokio::sync::oneshot;

use super::Options;
use super::fault::Step;
use super::open::{Purpose, connect};
use super::{scrub, searched};
use crate::store::{Scrubbed, StoreError};

/// Told of what is done and the total.
pub type Progress = Box<dyn FnMut(u64, u64) + Send>;

/// What the thread is told.
pub enum Upkeep {
    /// Things that can be found were written.
    Written,
    /// Somebody waits for the index to be up to date.
    Asked(Progress, oneshot::Sender<Result<(), StoreError>>),
    /// Somebody waits for what was erased to be gone from the files.
    Scrub(oneshot::Sender<Result<Scrubbed, StoreError>>),
}

/// The thread.
pub struct Keeper {
    path: PathBuf,
    options: Options,
    /// Set when the store closes: a build that nobody waits for ends early, and the next one begins anew.
    closing: Arc<AtomicBool>,
}

impl Keeper {
    pub fn new(path: PathBuf, options: Options, closing: Arc<AtomicBool>) -> Self {
        Self {
            path,
            options,
            closing,
        }
    }

    /// Works until nobody can ask any more. A program that died after an erasure left its scrub to be done.
    pub fn run(self, wishes: &Receiver<Upkeep>) {
        if let Err(fault) = self.scrub() {
            tracing::warn!(?fault, "what was erased is not gone from the files yet");
        }
        while let Ok(wish) = wishes.recv() {
            match wish {
                Upkeep::Written => {
                    if let Err(fault) = self.build(&mut |_, _| self.until_closing()) {
                        tracing::warn!(?fault, "the search index could not be brought up to date");
                    }
                }
                Upkeep::Scrub(reply) => {
                    let done = self.scrub();
                    let done = done.map_err(|fault| fault.to_error(&self.path, self.options.wait));
                    // Nobody may be waiting any more; what is gone is gone.
                    drop(reply.send(done));
                }
                Upkeep::Asked(mut progress, reply) => {
                    let done = self.build(&mut |done, total| {
                        progress(done, total);
                        match reply.is_closed() {
                            true => self.until_closing(),
                            false => ControlFlow::Continue(()),
                        }
                    });
                    let done = done.map_err(|fault| fault.to_error(&self.path, self.options.wait));
                    // Nobody may be waiting any more; the index is the better for it all the same.
                    drop(reply.send(done));
                }
            }
        }
    }

    fn scrub(&self) -> Step<Scrubbed> {
        let looking = connect(&self.path, Purpose::Read, &self.options)?;
        if !scrub::is_due(&looking)? {
            return Ok(Scrubbed::Clean);
        }
        drop(looking);
        let connection = connect(&self.path, Purpose::Write, &self.options)?;
        scrub::scrub(&connection, self.options.wait)
    }

    fn until_closing(&self) -> ControlFlow<()> {
        match self.closing.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    /// Builds what is due, on a connection that is open no longer than that.
    fn build(&self, progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>) -> Step<()> {
        if self.until_closing().is_break() {
            return Ok(());
        }
        let connection = connect(&self.path, Purpose::Write, &self.options)?;
        searched::rebuild(&connection, progress)
    }
}
