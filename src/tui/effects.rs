//! Carries out reads and writes and sends back what came of them. It counts what is in flight.
//!
//! Invariant: every effect that was begun is answered once or was a read that a newer one took the place
//! of. Writes run one after another, in the order in which they were asked for.

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use uuid::Uuid;

use super::effect::{Read, Slot, Stride, Write};
use super::msg::{LastUndo, Reply, Subject};
use crate::backend::sheet::{Form, export};
use crate::backend::view::{Past, Standing, Whose};
use crate::backend::{Backend, Trouble};
use crate::domain::Moment;
use crate::domain::command::{Command, EntryId};
use crate::domain::review::Reach;

/// The most writes that wait for their turn; a person does not press that fast.
const WRITES_MAX: usize = 256;

/// The effects of a session.
pub struct Effects {
    backend: Arc<dyn Backend>,
    replies: mpsc::UnboundedSender<Answer>,
    answers: mpsc::UnboundedReceiver<Answer>,
    writer: mpsc::Sender<(u64, Job)>,
    /// The read that runs for each slot.
    reads: HashMap<Slot, (u64, AbortHandle)>,
    writes: usize,
    next: u64,
}

/// What came of the effect with this number.
struct Answer {
    number: u64,
    of: Of,
    reply: Reply,
}

/// What an answer is of.
enum Of {
    Read(Slot),
    Write,
    /// A write that was answered before, when nobody knew what became of it.
    Fate,
}

enum Job {
    Write(Write),
    UndoLast,
}

impl Effects {
    /// The role that the backend acts in now.
    pub fn role(&self) -> crate::domain::Role {
        self.backend.actor().1
    }

    /// How what is behind the backend can be reached now.
    pub fn standing(&self) -> Standing {
        self.backend.standing()
    }

    /// Effects on a backend. Needs the runtime.
    pub fn new(backend: Arc<dyn Backend>) -> Self {
        // At most one read a slot and `WRITES_MAX` writes are ever on their way, so that it stays short.
        let (replies, answers) = mpsc::unbounded_channel();
        let (writer, jobs) = mpsc::channel(WRITES_MAX);
        tokio::spawn(write_in_turn(backend.clone(), jobs, replies.clone()));
        Self {
            backend,
            replies,
            answers,
            writer,
            reads: HashMap::new(),
            writes: 0,
            next: 0,
        }
    }

    /// Begins a read. An older one of the same slot is given up.
    pub fn read(&mut self, read: Read) {
        let (number, slot) = (self.number(), read.slot());
        let (backend, replies) = (self.backend.clone(), self.replies.clone());
        let task = tokio::spawn(async move {
            let reply = answer(backend.as_ref(), read).await;
            let of = Of::Read(slot);
            // Nobody listens any more when the desk is closed.
            let _ = replies.send(Answer { number, of, reply });
        });
        if let Some((_, older)) = self.reads.insert(slot, (number, task.abort_handle())) {
            older.abort();
        }
    }

    /// Gives up reads; nothing is answered to them.
    pub fn give_up(&mut self, slots: &[Slot]) {
        for slot in slots {
            if let Some((_, task)) = self.reads.remove(slot) {
                task.abort();
            }
        }
    }

    /// Begins a write. It is done even if nobody waits for it.
    pub fn write(&mut self, write: Write) -> Result<(), Trouble> {
        self.enqueue(Job::Write(write))
    }

    /// Takes back the last action.
    pub fn undo_last(&mut self) -> Result<(), Trouble> {
        self.enqueue(Job::UndoLast)
    }

    /// The next answer. Never answers while nothing is in flight.
    pub async fn next(&mut self) -> Reply {
        loop {
            match self.answers.recv().await {
                Some(answer) => {
                    if let Some(reply) = self.settle(answer) {
                        return reply;
                    }
                }
                // Cannot happen: a sender lives in `self`.
                None => std::future::pending().await,
            }
        }
    }

    /// An answer that is here already.
    pub fn try_next(&mut self) -> Option<Reply> {
        while let Ok(answer) = self.answers.try_recv() {
            if let Some(reply) = self.settle(answer) {
                return Some(reply);
            }
        }
        None
    }

    /// How many effects were begun and not answered yet.
    pub fn in_flight(&self) -> usize {
        self.reads.len() + self.writes
    }

    /// How many of those are writes.
    pub fn writes_in_flight(&self) -> usize {
        self.writes
    }

    pub fn is_reading(&self, slot: Slot) -> bool {
        self.reads.contains_key(&slot)
    }

    fn enqueue(&mut self, job: Job) -> Result<(), Trouble> {
        let number = self.number();
        let full = || Trouble::Broken("too many changes wait to be made; try again".to_owned());
        self.writer.try_send((number, job)).map_err(|_| full())?;
        self.writes += 1;
        Ok(())
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Notes that an effect was answered; a read that was given up answers nothing.
    fn settle(&mut self, answer: Answer) -> Option<Reply> {
        match answer.of {
            Of::Write => self.writes = self.writes.saturating_sub(1),
            Of::Fate => {}
            Of::Read(slot) => {
                self.reads
                    .get(&slot)
                    .filter(|(number, _)| *number == answer.number)?;
                self.reads.remove(&slot);
            }
        }
        Some(answer.reply)
    }
}

impl Drop for Effects {
    fn drop(&mut self) {
        for (_, task) in self.reads.values() {
            task.abort();
        }
    }
}

async fn write_in_turn(
    backend: Arc<dyn Backend>,
    mut jobs: mpsc::Receiver<(u64, Job)>,
    replies: mpsc::UnboundedSender<Answer>,
) {
    // What was done here: it is taken back without a question.
    let mut own = HashSet::new();
    while let Some((number, job)) = jobs.recv().await {
        let (reply, unknown) = match job {
            Job::Write(write) => {
                let result = guarded(backend.run(Command::clone(&write.command))).await;
                own.extend(result.as_ref().ok().and_then(|outcome| outcome.entry));
                let unknown = unknown(&result).map(|one| (one, Some(write.clone())));
                (Reply::Written(write, result), unknown)
            }
            Job::UndoLast => {
                let result = guarded(undo_last(backend.as_ref(), &own)).await;
                let unknown = unknown(&result).map(|one| (one, None));
                (Reply::Undone(result), unknown)
            }
        };
        let of = Of::Write;
        let _ = replies.send(Answer { number, of, reply });
        if let Some((change, write)) = unknown {
            let finding = find_out(Arc::clone(&backend), change, write, replies.clone());
            tokio::spawn(finding);
        }
    }
}

/// The number of a change of which nobody knows whether it was made.
fn unknown<T>(result: &Result<T, Trouble>) -> Option<Uuid> {
    match result {
        Err(Trouble::Unknown { number, .. }) => *number,
        Ok(_) | Err(_) => None,
    }
}

/// Tells what became of a change once that is known, however long it takes. What was asked for next does not wait.
async fn find_out(
    backend: Arc<dyn Backend>,
    change: Uuid,
    write: Option<Write>,
    replies: mpsc::UnboundedSender<Answer>,
) {
    tokio::select! {
        fate = guarded(backend.fate(change)) => {
            let reply = Reply::Fate(write, fate);
            // Nobody listens any more when the desk is closed.
            let _ = replies.send(Answer { number: 0, of: Of::Fate, reply });
        }
        () = replies.closed() => {}
    }
}

async fn undo_last(backend: &dyn Backend, own: &HashSet<EntryId>) -> Result<LastUndo, Trouble> {
    let Some(line) = backend.last_undoable().await? else {
        return Ok(LastUndo::Nothing);
    };
    if !own.contains(&line.id) {
        return Ok(LastUndo::Before(Box::new(line)));
    }
    let outcome = backend.run(Command::Undo { entry: line.id }).await?;
    Ok(LastUndo::Done(Box::new(line), outcome))
}

async fn answer(backend: &dyn Backend, read: Read) -> Reply {
    match read {
        Read::Header => Reply::Header(guarded(backend.header()).await),
        Read::Roster => Reply::Roster(guarded(backend.roster()).await),
        Read::Names => Reply::Names(guarded(backend.names()).await),
        Read::Profile(subject) => {
            let result = match subject {
                Subject::Conversation(id) => guarded(backend.profile_of(id)).await,
                Subject::Contact(id) => guarded(backend.profile(id)).await,
            };
            Reply::Profile(subject, result)
        }
        Read::Journey(contact, query) => {
            let result = guarded(backend.journey(contact, query.clone())).await;
            Reply::Journey(contact, query, result)
        }
        Read::Transcript(id) => Reply::Transcript(id, guarded(backend.transcript(id)).await),
        Read::Online => Reply::Online(guarded(backend.online()).await),
        Read::Search {
            text,
            limit,
            offset,
        } => {
            let result = guarded(backend.search(text.clone(), limit, offset)).await;
            Reply::Search {
                text,
                offset,
                result,
            }
        }
        Read::Other(contact) => Reply::Other(contact, guarded(backend.profile(contact)).await),
        Read::Recent(contacts) => {
            let lines = guarded(backend.lines_of(contacts.clone())).await;
            Reply::Recent(contacts, lines)
        }
        Read::MergePreview { contacts, takes } => {
            let result = guarded(backend.preview_merge(contacts.clone(), takes.clone())).await;
            Reply::MergePreview {
                contacts,
                takes,
                result,
            }
        }
        Read::UnmergePreview { entry, sides } => {
            let result = guarded(backend.preview_unmerge(entry, sides.clone())).await;
            Reply::UnmergePreview {
                entry,
                sides,
                result,
            }
        }
        Read::ErasePreview(id) => Reply::ErasePreview(id, guarded(backend.preview_erase(id)).await),
        Read::Heir(identifier) => {
            let heir = guarded(backend.preview_unshare(identifier.clone())).await;
            Reply::Heir(identifier, heir)
        }
        Read::Export(id, file) => {
            let done = guarded(backend.export(id, file.clone())).await;
            Reply::Exported(id, file, done)
        }
        Read::Why(id) => Reply::Why(id, guarded(backend.why(id)).await),
        Read::History(query) => {
            let result = guarded(backend.history(query.clone())).await;
            Reply::History(query, result)
        }
        Read::Statistics(days) => {
            let counted = guarded(backend.statistics(days)).await;
            Reply::Statistics(counted.map(Box::new))
        }
        Read::Review(query) => {
            let result = guarded(backend.review((*query).clone())).await;
            Reply::Review(query, result)
        }
        Read::ReviewCount(list, filter) => {
            let result = guarded(backend.review_count(list, (*filter).clone(), Reach::Quick)).await;
            Reply::ReviewCount(list, filter, result)
        }
        Read::ReviewExport(list, filter, file) => {
            let form = Form::of_name(&file);
            let done = guarded(export(backend, list, &filter, form, &file)).await;
            Reply::ReviewTaken(file, done)
        }
        Read::WhyContact(id) => Reply::WhyContact(id, guarded(backend.why_contact(id)).await),
        Read::WhyNot(id, contact) => {
            let result = guarded(backend.why_not(id, contact)).await;
            Reply::WhyNot(id, contact, result)
        }
        Read::Past(whose, at, stride) => {
            Reply::Past(whose, guarded(past(backend, whose, at, stride)).await)
        }
        Read::Organization(name) => {
            let result = guarded(backend.organization_named(name.clone())).await;
            Reply::Organization(name, result)
        }
    }
}

/// What stood at a moment, or at the change before it.
async fn past(
    backend: &dyn Backend,
    whose: Whose,
    at: Moment,
    stride: Stride,
) -> Result<Option<Box<Past>>, Trouble> {
    let found = backend.past(whose, at).await?;
    match (stride, found.earlier) {
        (Stride::Stay, _) => Ok(Some(Box::new(found))),
        (Stride::Back, Some(earlier)) => {
            let found = backend.past(whose, earlier).await?;
            Ok(Some(Box::new(found)))
        }
        (Stride::Back, None) => Ok(None),
    }
}

/// A bug in the backend becomes a sentence instead of an answer that never comes.
async fn guarded<T>(call: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    let caught = AssertUnwindSafe(call).catch_unwind().await;
    caught.unwrap_or_else(|_| {
        Err(Trouble::Broken(
            "something went wrong inside; the log says where".to_owned(),
        ))
    })
}
