//! The one thread that writes: it takes what is queued, shares a transaction among it, commits, and only then
//! answers. Bulk work runs in slices between, so that a person never waits for an import to end.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::Options;
use super::apply::{self, Untaken};
use super::bulk::Bulk;
use super::checkpoint;
use super::fault::{Fault, Step};
use super::turn::{Rows, Turn};
use super::upkeep::Upkeep;
use crate::store::{Applied, Decision, NotApplied, StoreError};

/// Most decisions that share a transaction.
const GROUP_MAX: usize = 1000;
/// A transaction of single decisions takes no more in after this time.
const GROUP_TIME_MAX: Duration = Duration::from_millis(5);
/// Pause between two tries to begin while another program writes.
const RETRY_PAUSE: Duration = Duration::from_millis(1);
/// Pause after a slice of bulk work, so that another program gets its turn.
const BULK_PAUSE: Duration = Duration::from_millis(2);

/// From so many writes on the upkeep of the search index is told of them.
pub const SEARCHABLE_MAX: usize = 1000;
/// The same for bulk work: two that write at once keep the log from starting anew and empty each other's
/// caches, and most bulk work asks for upkeep at its end.
pub const SEARCHABLE_BULK_MAX: usize = 200_000;

/// What a decision came to.
pub type Answer = Result<Applied, NotApplied>;

/// Something else to do in a transaction of its own.
pub type Task = Box<dyn FnOnce(&mut Writer) + Send>;

/// The answer to one decision, and the decision: taking it apart is the caller's work.
pub type Reply = (Answer, Box<Decision>);

/// What the writer is asked.
pub enum Job {
    One(Box<Decision>, oneshot::Sender<Reply>),
    Bulk(Bulk),
    Task(Task),
}

/// A decision that waits for its answer.
struct Waiting {
    decision: Box<Decision>,
    reply: oneshot::Sender<Reply>,
}

impl Waiting {
    /// Tells the caller. Nobody may be waiting any more; what was decided stands all the same.
    fn answer(self, answer: Answer) {
        drop(self.reply.send((answer, self.decision)));
    }
}

/// The writer's own connection and queues.
pub struct Writer {
    pub connection: Connection,
    pub path: PathBuf,
    pub wait: Duration,
    /// Memory for pages, and while bulk work goes on.
    cache_kib: [i64; 2],
    /// Whether there is room for bulk work.
    has_room: bool,
    /// Set when the writer is to copy the end of the log into the file.
    last: Arc<AtomicBool>,
    upkeep: Sender<Upkeep>,
    /// Writes that the search has to follow and upkeep was not told of.
    searchable: usize,
    rows: Rows,
    waiting: VecDeque<Waiting>,
    bulk: VecDeque<Bulk>,
    tasks: VecDeque<Task>,
}

impl Writer {
    pub fn new(
        connection: Connection,
        path: PathBuf,
        options: &Options,
        last: Arc<AtomicBool>,
        upkeep: Sender<Upkeep>,
    ) -> Self {
        Self {
            connection,
            path,
            wait: options.wait,
            cache_kib: [options.cache_kib, options.bulk_cache_kib],
            has_room: false,
            last,
            upkeep,
            // What an earlier program left is looked at with the first write.
            searchable: SEARCHABLE_MAX,
            rows: Rows::default(),
            waiting: VecDeque::new(),
            bulk: VecDeque::new(),
            tasks: VecDeque::new(),
        }
    }

    /// Works until nobody can ask any more and all that was asked is done.
    pub fn run(mut self, jobs: &Receiver<Job>) {
        while self.take(jobs) {
            if self.last.load(Ordering::Acquire) {
                checkpoint::finish(&self.connection);
                self.last.store(false, Ordering::Release);
            }
            if !self.waiting.is_empty() {
                self.group();
            }
            if let Some(task) = self.tasks.pop_front() {
                task(&mut self);
            }
            self.make_room(!self.bulk.is_empty());
            if let Some(mut bulk) = self.bulk.pop_front() {
                match bulk.slice(&mut self) {
                    true => bulk.answer(),
                    false => self.bulk.push_front(bulk),
                }
                thread::sleep(BULK_PAUSE);
            }
        }
    }

    /// Takes more memory for pages while bulk work goes on: its transactions touch many.
    fn make_room(&mut self, is_bulk: bool) {
        if is_bulk == self.has_room {
            return;
        }
        let kib = self.cache_kib[usize::from(is_bulk)];
        if let Err(error) = self.connection.pragma_update(None, "cache_size", -kib) {
            tracing::warn!(%error, "the writer keeps the memory that it has");
        }
        self.has_room = is_bulk;
    }

    /// Runs `step` in a transaction, and commits when it went well.
    pub fn transact<T>(&mut self, step: impl FnOnce(&mut Turn<'_>) -> Step<T>) -> Step<T> {
        self.begin()?;
        let done = Turn::new(&self.connection, &mut self.rows).and_then(|mut turn| {
            let value = step(&mut turn)?;
            turn.save()?;
            Ok((value, turn.searchable))
        });
        let done = done.and_then(|(value, searchable)| {
            self.commit()?;
            self.wrote(searchable, SEARCHABLE_MAX);
            Ok(value)
        });
        if done.is_err() {
            self.roll_back();
        }
        done
    }

    /// Begins a transaction with the right to write, however long another program writes.
    pub fn begin(&self) -> Step<()> {
        let started = Instant::now();
        loop {
            match self.connection.execute_batch("BEGIN IMMEDIATE") {
                Ok(()) => return Ok(()),
                Err(error) if is_busy(&error) && started.elapsed() < self.wait => {
                    thread::sleep(RETRY_PAUSE);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// A turn in the transaction that was begun.
    pub fn turn(&mut self) -> Step<Turn<'_>> {
        Turn::new(&self.connection, &mut self.rows)
    }

    pub fn commit(&self) -> Step<()> {
        Ok(self.connection.execute_batch("COMMIT")?)
    }

    /// Counts what was committed for the search, and tells its upkeep once that is worth a look.
    pub fn wrote(&mut self, searchable: usize, most: usize) {
        self.searchable += searchable;
        if searchable > 0 && self.searchable >= most {
            self.searchable = 0;
            // It ends only when the store closes.
            drop(self.upkeep.send(Upkeep::Written));
        }
    }

    /// Takes a transaction back, unless SQLite has done so already.
    pub fn roll_back(&mut self) {
        self.rows.forget();
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be taken back");
        }
    }

    pub fn error(&self, fault: &Fault) -> StoreError {
        if let Fault::Misfit(what) = fault {
            tracing::error!(%what, "a decision was not applied");
        }
        fault.to_error(&self.path, self.wait)
    }

    /// What a caller hears of a decision that left nothing behind.
    pub fn not_applied(&self, untaken: Untaken) -> NotApplied {
        match untaken {
            Untaken::Refused(refusal) => NotApplied::Refused(refusal),
            Untaken::Broken(fault) => NotApplied::Store(self.error(&fault)),
        }
    }

    /// Takes in what is queued; waits for something when there is nothing to do. False when all is done.
    fn take(&mut self, jobs: &Receiver<Job>) -> bool {
        let idle = self.waiting.is_empty() && self.bulk.is_empty() && self.tasks.is_empty();
        if idle {
            match jobs.recv() {
                Ok(job) => self.accept(job),
                Err(_) => return false,
            }
        }
        while self.waiting.len() < GROUP_MAX {
            match jobs.try_recv() {
                Ok(job) => self.accept(job),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        true
    }

    fn accept(&mut self, job: Job) {
        match job {
            Job::One(decision, reply) => self.waiting.push_back(Waiting { decision, reply }),
            Job::Bulk(bulk) => self.bulk.push_back(bulk),
            Job::Task(task) => self.tasks.push_back(task),
        }
    }

    /// One transaction of waiting decisions.
    fn group(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        let mut done: Vec<(Waiting, Result<Applied, Untaken>)> = Vec::new();
        let outcome = self.share(&mut waiting, &mut done);
        match outcome {
            Ok(()) => {
                for (one, outcome) in done {
                    one.answer(outcome.map_err(|untaken| self.not_applied(untaken)));
                }
            }
            Err(Stopped { fault, mut failed }) => {
                self.roll_back();
                let taken = done.into_iter().map(|(one, _)| one);
                match fault.is_of_the_world() {
                    true => failed.extend(taken),
                    // With nobody to blame it would stop there again, and all would wait forever.
                    false if failed.is_empty() => failed.extend(taken.chain(waiting.drain(..))),
                    // Nothing is wrong with the others: they are decided again without the one to blame.
                    false => taken.rev().for_each(|one| waiting.push_front(one)),
                }
                for one in failed {
                    one.answer(Err(NotApplied::Store(self.error(&fault))));
                }
            }
        }
        self.waiting = waiting;
    }

    /// Decides from the front of `waiting` until time or number is up, and commits.
    fn share(
        &mut self,
        waiting: &mut VecDeque<Waiting>,
        done: &mut Vec<(Waiting, Result<Applied, Untaken>)>,
    ) -> Result<(), Stopped> {
        if let Err(fault) = self.begin() {
            return Err(Stopped {
                fault,
                failed: waiting.drain(..).collect(),
            });
        }
        let started = Instant::now();
        let mut turn = Turn::new(&self.connection, &mut self.rows).map_err(Stopped::of)?;
        while let Some(one) = waiting.pop_front() {
            match apply::decide(&mut turn, &one.decision) {
                Ok(outcome) => done.push((one, outcome)),
                Err(fault) => {
                    return Err(Stopped {
                        fault,
                        failed: vec![one],
                    });
                }
            }
            if done.len() >= GROUP_MAX || started.elapsed() >= GROUP_TIME_MAX {
                break;
            }
        }
        turn.save().map_err(Stopped::of)?;
        let searchable = turn.searchable;
        self.commit().map_err(Stopped::of)?;
        self.wrote(searchable, SEARCHABLE_MAX);
        Ok(())
    }
}

/// Why a transaction was given up, and the decisions that are to blame or could not be tried.
struct Stopped {
    fault: Fault,
    failed: Vec<Waiting>,
}

impl Stopped {
    fn of(fault: Fault) -> Self {
        Self {
            fault,
            failed: Vec::new(),
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
    matches!(
        error.sqlite_error_code(),
        Some(DatabaseBusy | DatabaseLocked)
    )
}
