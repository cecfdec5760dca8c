//! The store in one SQLite file: one thread that writes with group commit, a few connections that read, a
//! thread that copies the log into the file, and one that keeps the search index up to date. What it keeps is
//! in `assets/migrations/sqlite`.

mod account;
mod apply;
mod asked;
mod backup;
mod bulk;
mod catalog;
mod check;
mod checkpoint;
mod column;
mod contact;
mod conversation;
mod dump;
mod entry;
mod erase;
mod export;
mod facts;
mod fault;
mod identifier;
mod list;
mod log;
mod looked;
mod mark;
mod message;
mod note;
mod open;
mod options;
mod readers;
mod request;
mod retention;
mod review;
mod scrub;
mod seal;
mod searched;
mod start;
mod statistics;
mod tally;
mod trace;
mod turn;
mod unwritable;
mod upkeep;
mod visit;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use async_trait::async_trait;
use rusqlite::Connection;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::decided::Judge;
use super::{
    Applied, Audit, ConversationFilter, ConversationLine, Counts, Decision, Entry, EntryFilter,
    Found, InteractionStarts, Keep, Name, NotApplied, Progress, Scrubbed, Search, Store,
    StoreError, VisitFilter,
};
use crate::domain::command::EntryId;
use crate::domain::contact::{Contact, ContactId, Note, Organization, OrganizationId};
use crate::domain::conversation::ConversationId;
use crate::domain::facts::{FactKey, Facts, VisitRecord};
use crate::domain::identifier::Identifier;
use crate::domain::moment::Moment;
use crate::domain::reason::{Claim, SharedMark};
use crate::domain::statistics::{Days, Statistics};
use crate::domain::transcript::{Message, Transcript};
use crate::domain::{Change, ConversationRecord};
use crate::store::journal::{Head, Sealed};
use crate::store::search::SearchIndex;

use bulk::Bulk;
use fault::Step;
use readers::Readers;
use tally::{Counted, count};
use turn::{Rows, Turn};
use upkeep::Upkeep;
use writer::{Job, Writer};

pub use backup::{Copied, Stage, backup, restore};
pub use open::{Open, Reading};
pub use options::{DamagedLog, Options};

/// A store in one SQLite file. Closing or dropping it finishes what was asked and empties the log.
pub struct SqliteStore {
    path: PathBuf,
    options: Options,
    readers: Arc<Readers>,
    /// A connection that only ever asks whether anybody has written.
    watch: Arc<Mutex<Connection>>,
    /// What searches remember of the index between them.
    index: Arc<Mutex<SearchIndex>>,
    /// `None` once the store is closed, and for one that is only read.
    jobs: Option<Sender<Job>>,
    stop: Option<Sender<()>>,
    upkeep: Option<Sender<Upkeep>>,
    closing: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl SqliteStore {
    /// The schema of every store that is open: older ones are brought up to it.
    pub fn schema() -> i64 {
        open::newest()
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn ask(&self, job: Job) -> Result<(), StoreError> {
        let jobs = self.jobs.as_ref().ok_or_else(|| self.unwritable())?;
        jobs.send(job).map_err(|_| StoreError::Closed)
    }

    /// Runs `step` in a write transaction of its own.
    async fn write<T, F>(&self, step: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Turn<'_>) -> Step<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.ask(Job::Task(Box::new(move |writer: &mut Writer| {
            let done = writer.transact(step).map_err(|fault| writer.error(&fault));
            // Nobody may be waiting any more; what was written stands all the same.
            drop(reply.send(done));
        })))?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    async fn read<T, F>(&self, step: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Step<T> + Send + 'static,
    {
        self.readers.read(step).await
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.readers.close();
        self.jobs = None;
        self.upkeep = None;
        self.closing.store(true, Ordering::Relaxed);
        // They end in this order, so that the last checkpoint finds everything in the log and nobody reads it.
        let last = self.threads.len().saturating_sub(1);
        for (index, thread) in std::mem::take(&mut self.threads).into_iter().enumerate() {
            if index == last {
                self.stop = None;
            }
            if thread.join().is_err() {
                tracing::error!("a thread of the store ended in a bug");
            }
        }
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn decide(&self, decision: Decision) -> Result<Applied, NotApplied> {
        let (reply, answer) = oneshot::channel();
        self.ask(Job::One(Box::new(decision), reply))?;
        let (answer, _) = answer.await.map_err(|_| StoreError::Closed)?;
        answer
    }

    async fn asked(&self, request: Uuid) -> Result<Option<(String, Applied)>, StoreError> {
        self.read(move |connection| asked::applied(connection, request))
            .await
    }

    async fn decide_all(
        &self,
        decisions: Vec<Decision>,
        keep: Keep,
    ) -> Vec<Result<Applied, NotApplied>> {
        let asked = decisions.len();
        let (reply, answer) = oneshot::channel();
        let answers = match self.ask(Job::Bulk(Bulk::new(decisions, keep, reply))) {
            Ok(()) => answer.await.ok().map(|(answers, _)| answers),
            Err(_) => None,
        };
        answers.unwrap_or_else(|| (0..asked).map(|_| Err(self.unwritable().into())).collect())
    }

    async fn load(&self, keys: Vec<FactKey>, mut into: Facts) -> Result<Facts, StoreError> {
        self.read(move |connection| {
            facts::load(connection, &mut Rows::default(), keys, &mut into)?;
            Ok(into)
        })
        .await
    }

    async fn contacts(&self, ids: Vec<ContactId>) -> Result<Vec<Contact>, StoreError> {
        self.read(move |connection| {
            let found = ids.into_iter().map(|id| contact::load(connection, id));
            let found: Step<Vec<_>> = found.collect();
            Ok(found?
                .into_iter()
                .flatten()
                .map(|(_, contact)| contact)
                .collect())
        })
        .await
    }

    async fn claims(
        &self,
        contacts: Vec<ContactId>,
    ) -> Result<Vec<(Identifier, Claim)>, StoreError> {
        self.read(move |connection| {
            let claims = contacts
                .into_iter()
                .map(|id| identifier::claims_of(connection, id));
            let claims: Step<Vec<_>> = claims.collect();
            Ok(claims?.into_iter().flatten().collect())
        })
        .await
    }

    async fn notes(&self, contacts: Vec<ContactId>) -> Result<Vec<Note>, StoreError> {
        self.read(move |connection| note::list(connection, &contacts))
            .await
    }

    async fn organizations(
        &self,
        ids: Vec<OrganizationId>,
    ) -> Result<Vec<Organization>, StoreError> {
        self.read(move |connection| {
            let found = ids.into_iter().map(|id| note::organization(connection, id));
            let found: Step<Vec<_>> = found.collect();
            Ok(found?.into_iter().flatten().collect())
        })
        .await
    }

    async fn conversation(
        &self,
        id: ConversationId,
    ) -> Result<Option<ConversationRecord>, StoreError> {
        self.read(move |connection| conversation::load(connection, id))
            .await
    }

    async fn conversations(
        &self,
        filter: ConversationFilter,
    ) -> Result<Vec<ConversationLine>, StoreError> {
        self.read(move |connection| list::conversations(connection, &filter))
            .await
    }

    async fn transcript(
        &self,
        conversation: ConversationId,
        limit: usize,
    ) -> Result<Transcript, StoreError> {
        self.read(move |connection| message::transcript(connection, conversation, limit))
            .await
    }

    async fn messages(
        &self,
        conversation: ConversationId,
        ids: Vec<String>,
    ) -> Result<Vec<Message>, StoreError> {
        self.read(move |connection| message::with_ids(connection, conversation, &ids))
            .await
    }

    async fn message_counts(&self, ids: Vec<ConversationId>) -> Result<Vec<u64>, StoreError> {
        self.read(move |connection| message::counts(connection, &ids))
            .await
    }

    async fn visits(&self, filter: VisitFilter) -> Result<Vec<VisitRecord>, StoreError> {
        self.read(move |connection| visit::list(connection, &filter))
            .await
    }

    async fn starts(
        &self,
        contacts: Vec<ContactId>,
        since: Moment,
        limit: usize,
    ) -> Result<InteractionStarts, StoreError> {
        self.read(move |connection| {
            Ok(InteractionStarts {
                conversations: list::starts(connection, &contacts, since, limit)?,
                visits: visit::starts(connection, &contacts, since, limit)?,
            })
        })
        .await
    }

    async fn search(&self, search: Search) -> Result<Found, StoreError> {
        let index = self.index.clone();
        self.read(move |connection| {
            let mut index = index.lock().unwrap_or_else(PoisonError::into_inner);
            searched::find(&mut index, connection, search)
        })
        .await
    }

    async fn shared(&self) -> Result<Vec<SharedMark>, StoreError> {
        self.read(mark::all_shared).await
    }

    async fn names(&self) -> Result<Vec<Name>, StoreError> {
        self.read(mark::names).await
    }

    async fn put_names(&self, names: Vec<Name>) -> Result<(), StoreError> {
        self.write(move |turn| mark::put_names(turn.connection, &names))
            .await
    }

    async fn entries(&self, filter: EntryFilter) -> Result<Vec<Entry>, StoreError> {
        self.read(move |connection| entry::entries(connection, &filter))
            .await
    }

    async fn changes(&self, entry: EntryId) -> Result<Option<Vec<Change>>, StoreError> {
        self.read(move |connection| entry::changes(connection, entry))
            .await
    }

    async fn reason(&self, entry: EntryId) -> Result<Option<String>, StoreError> {
        self.read(move |connection| entry::reason(connection, entry))
            .await
    }

    async fn loose_since(&self, after: Moment) -> Result<Vec<EntryId>, StoreError> {
        self.read(move |connection| entry::loose_since(connection, after))
            .await
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        self.read(tally::counts).await
    }

    async fn statistics(
        &self,
        days: Days,
        expired: Moment,
        ahead: usize,
    ) -> Result<Statistics, StoreError> {
        self.read(move |connection| statistics::statistics(connection, &days, expired, ahead))
            .await
    }

    async fn expiring(&self, before: Moment, limit: usize) -> Result<Vec<ContactId>, StoreError> {
        self.read(move |connection| contact::expiring(connection, before, limit))
            .await
    }

    async fn drop_older(&self, before: Moment, limit: usize) -> Result<usize, StoreError> {
        self.write(move |turn| retention::drop_older(turn, before, limit))
            .await
    }

    async fn next_batch(&self) -> Result<u64, StoreError> {
        self.write(|turn| {
            turn.tally.add(Counted::Batch, 1);
            Ok(count(turn.connection, Counted::Batch)? + 1)
        })
        .await
    }

    async fn audit(&self, kept: Option<Head>, progress: Progress) -> Result<Audit, StoreError> {
        self.read(move |connection| entry::verify(connection, kept, progress))
            .await
    }

    async fn head(&self) -> Result<Head, StoreError> {
        self.read(|connection| Ok(entry::Head::load(connection)?.public()))
            .await
    }

    async fn sealed(&self, after: EntryId, limit: usize) -> Result<Vec<Sealed>, StoreError> {
        self.read(move |connection| entry::sealed(connection, after, limit))
            .await
    }

    async fn check(&self) -> Result<Vec<String>, StoreError> {
        self.read(check::problems).await
    }

    async fn judge(&self, mut judge: Judge) -> Result<Vec<String>, StoreError> {
        self.read(move |connection| check::decisions::problems(connection, &mut judge))
            .await
    }

    async fn logical_dump(&self) -> Result<Vec<String>, StoreError> {
        self.read(dump::lines).await
    }

    async fn version(&self) -> Result<u64, StoreError> {
        let (watch, path, wait) = (self.watch.clone(), self.path.clone(), self.options.wait);
        let asked = tokio::task::spawn_blocking(move || {
            let watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
            // SQLite raises this number whenever another connection, the writer's too, has committed.
            let version: rusqlite::Result<i64> =
                watch.pragma_query_value(None, "data_version", |row| row.get(0));
            version.map_err(|error| fault::Fault::from(error).to_error(&path, wait))
        });
        Ok(asked
            .await
            .map_err(|_| StoreError::Closed)??
            .cast_unsigned())
    }

    async fn scrub(&self) -> Result<Scrubbed, StoreError> {
        let (reply, answer) = oneshot::channel();
        let upkeep = self.upkeep.as_ref().ok_or_else(|| self.unwritable())?;
        let asked = upkeep.send(Upkeep::Scrub(reply));
        asked.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    async fn tidy_up(&self, progress: Progress) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        let upkeep = self.upkeep.as_ref().ok_or_else(|| self.unwritable())?;
        let asked = upkeep.send(Upkeep::Asked(progress, reply));
        asked.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}
