//! Notifications: channels that somebody opened, what they are subscribed to, and the sockets that they are
//! connected by. `feed` finds out what changed, each socket's `teller` what of it its channel is told, `event`
//! writes it, `socket` sends it.
//!
//! A channel lives in this program only: it is gone when the server ends. Its id is its secret. What changes
//! while it is not connected is not told: who connects reads first what it shows.

mod door;
mod event;
mod feed;
mod socket;
mod teller;
mod topic;
mod touched;
mod watched;

pub use door::{add, list, remove, replace};
pub use door::{available, channels, create, lives};
pub use feed::run;
pub use socket::connect;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::identity::Session;
use crate::domain::Moment;
use crate::domain::command::EntryId;
use crate::domain::moment::DAY_MS;
use crate::store::account::TokenHash;

use topic::Subject;
use touched::{Pending, Touched};

/// Channels of a user or client with one app.
const CHANNELS_MAX: usize = 20;
/// Topics of a channel.
const TOPICS_MAX: usize = 1000;
/// How long a channel lives after its last subscription.
const LIFE_MS: i64 = DAY_MS;
/// Sockets that are open at once.
const SOCKETS_MAX: usize = 4096;

/// Who opened a channel: a user or client, and by which app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    account: Uuid,
    client: Uuid,
}

impl Owner {
    fn of(session: &Session) -> Self {
        Self {
            account: session.grant.owner,
            client: session.grant.client,
        }
    }
}

/// Why a socket is closed from this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The channel was connected once more.
    Replaced,
    /// The owner opened too many.
    Dropped,
    Expired,
    /// The token that it was subscribed with is over.
    Revoked,
    /// The server ends.
    Ending,
}

/// Why a channel cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoChannel {
    Gone,
    TooManyTopics,
    TooManySockets,
    Ending,
}

/// What a subscription does with those that the channel has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    Add,
    Replace,
}

/// Topics by their text.
pub type Topics = Arc<BTreeMap<String, Subject>>;

struct Channel {
    owner: Owner,
    /// Who it was opened or subscribed for last.
    session: Arc<Session>,
    expires: Moment,
    /// When it was used last, by a count of uses.
    used: u64,
    topics: Topics,
    /// Changes with the topics.
    revision: u64,
    line: Option<Line>,
}

/// The way to a socket.
struct Line {
    number: u64,
    pending: Arc<Pending>,
    stop: watch::Sender<Option<Stop>>,
}

/// What a socket listens to.
struct Wire {
    number: u64,
    pending: Arc<Pending>,
    stop: watch::Receiver<Option<Stop>>,
}

/// What a channel is subscribed to, and for whom.
struct Subscribed {
    session: Arc<Session>,
    topics: Topics,
    revision: u64,
}

/// Every channel.
pub struct Notices {
    held: Mutex<Held>,
    /// Somebody connected or subscribed.
    changed: Notify,
    sockets: watch::Sender<usize>,
}

#[derive(Default)]
struct Held {
    channels: HashMap<Arc<str>, Channel>,
    /// The journal's last entry that the sockets know of; `None` while there is no socket.
    seen: Option<EntryId>,
    /// Counts uses, revisions and sockets.
    count: u64,
    is_ending: bool,
}

impl Held {
    fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// Takes a channel away and closes its socket.
    fn remove(&mut self, id: &str, stop: Stop) {
        if let Some(line) = self.channels.remove(id).and_then(|channel| channel.line) {
            line.stop(stop);
        }
    }

    fn own(&mut self, id: &str, owner: Owner, now: Moment) -> Result<&mut Channel, NoChannel> {
        let channel = self.channels.get_mut(id).ok_or(NoChannel::Gone)?;
        match channel.owner == owner && now < channel.expires {
            true => Ok(channel),
            false => Err(NoChannel::Gone),
        }
    }
}

impl Line {
    fn stop(&self, stop: Stop) {
        // The first reason stands; nobody listening is no fault.
        self.stop.send_if_modified(|known| {
            let is_first = known.is_none();
            known.get_or_insert(stop);
            is_first
        });
    }
}

impl Default for Notices {
    fn default() -> Self {
        Self {
            held: Mutex::default(),
            changed: Notify::new(),
            sockets: watch::Sender::new(0),
        }
    }
}

impl Notices {
    /// Opens a channel; the owner's least recently used one goes when there are too many, unconnected ones first.
    fn open(&self, id: &str, session: Arc<Session>, now: Moment) -> Moment {
        let owner = Owner::of(&session);
        let mut held = self.lock();
        let over = held.channels.iter().filter(|(_, one)| one.expires <= now);
        let over: Vec<_> = over.map(|(id, _)| Arc::clone(id)).collect();
        for id in over {
            held.remove(&id, Stop::Expired);
        }
        let own = held.channels.iter().filter(|(_, one)| one.owner == owner);
        let mut own: Vec<_> = own
            .map(|(id, one)| (one.line.is_some(), one.used, Arc::clone(id)))
            .collect();
        own.sort_unstable();
        let more = (own.len() + 1).saturating_sub(CHANNELS_MAX);
        for (_, _, id) in own.into_iter().take(more) {
            held.remove(&id, Stop::Dropped);
        }
        let (used, revision) = (held.next(), held.next());
        let expires = now.plus_ms(LIFE_MS);
        let channel = Channel {
            owner,
            session,
            expires,
            used,
            topics: Topics::default(),
            revision,
            line: None,
        };
        held.channels.insert(Arc::from(id), channel);
        expires
    }

    /// Channels of an owner, or of one of their tokens alone; the latest first.
    fn of(&self, owner: Owner, token: Option<&TokenHash>, now: Moment) -> Vec<(Arc<str>, Moment)> {
        let held = self.lock();
        let own = held.channels.iter().filter(|(_, one)| {
            let is_of_token = token.is_none_or(|token| one.session.grant.hash == *token);
            one.owner == owner && is_of_token && now < one.expires
        });
        let mut own: Vec<_> = own
            .map(|(id, one)| (one.used, Arc::clone(id), one.expires))
            .collect();
        own.sort_unstable_by_key(|(used, ..)| std::cmp::Reverse(*used));
        own.into_iter()
            .map(|(_, id, expires)| (id, expires))
            .collect()
    }

    /// What a channel is subscribed to.
    fn topics(&self, id: &str, owner: Owner, now: Moment) -> Result<Topics, NoChannel> {
        Ok(Arc::clone(&self.lock().own(id, owner, now)?.topics))
    }

    /// Subscribes a channel, which renews it.
    fn subscribe(
        &self,
        id: &str,
        session: Arc<Session>,
        now: Moment,
        topics: Vec<(String, Subject)>,
        keeping: Keeping,
    ) -> Result<Topics, NoChannel> {
        let mut held = self.lock();
        let (used, revision) = (held.next(), held.next());
        let channel = held.own(id, Owner::of(&session), now)?;
        let mut wanted = match keeping {
            Keeping::Add => BTreeMap::clone(&channel.topics),
            Keeping::Replace => BTreeMap::new(),
        };
        wanted.extend(topics);
        if TOPICS_MAX < wanted.len() {
            return Err(NoChannel::TooManyTopics);
        }
        channel.topics = Arc::new(wanted);
        channel.session = session;
        channel.expires = now.plus_ms(LIFE_MS);
        (channel.used, channel.revision) = (used, revision);
        let topics = Arc::clone(&channel.topics);
        if let Some(line) = &channel.line {
            line.pending.add(&Touched::subscribed());
        }
        Ok(topics)
    }

    /// Connects a channel; a socket that it had is closed. `head` is the journal's end, read before.
    fn connect(&self, id: &str, now: Moment, head: EntryId) -> Result<Wire, NoChannel> {
        let mut held = self.lock();
        if held.is_ending {
            return Err(NoChannel::Ending);
        }
        if SOCKETS_MAX <= self.open_sockets() {
            return Err(NoChannel::TooManySockets);
        }
        let (number, used) = (held.next(), held.next());
        let channel = held.channels.get_mut(id);
        let channel = channel.filter(|channel| now < channel.expires);
        let channel = channel.ok_or(NoChannel::Gone)?;
        let pending = Arc::new(Pending::default());
        let (stop, stopped) = watch::channel(None);
        let line = Line {
            number,
            pending: Arc::clone(&pending),
            stop,
        };
        if let Some(before) = channel.line.replace(line) {
            before.stop(Stop::Replaced);
        }
        channel.used = used;
        held.seen.get_or_insert(head);
        // Under the lock, so that the last socket that goes and the next that comes agree on `seen`.
        self.sockets.send_modify(|open| *open += 1);
        drop(held);
        self.changed.notify_one();
        Ok(Wire {
            number,
            pending,
            stop: stopped,
        })
    }

    /// A socket is gone.
    fn disconnect(&self, id: &str, number: u64) {
        let mut held = self.lock();
        if let Some(channel) = held.channels.get_mut(id)
            && channel
                .line
                .as_ref()
                .is_some_and(|line| line.number == number)
        {
            channel.line = None;
        }
        self.sockets
            .send_modify(|open| *open = open.saturating_sub(1));
        if self.open_sockets() == 0 {
            held.seen = None;
        }
    }

    /// What a channel is subscribed to that a socket belongs to.
    fn subscribed(&self, id: &str, number: u64, now: Moment) -> Result<Subscribed, Stop> {
        let mut held = self.lock();
        let channel = held.channels.get(id).ok_or(Stop::Dropped)?;
        if channel
            .line
            .as_ref()
            .is_none_or(|line| line.number != number)
        {
            return Err(Stop::Replaced);
        }
        if channel.expires <= now {
            held.channels.remove(id);
            return Err(Stop::Expired);
        }
        Ok(Subscribed {
            session: Arc::clone(&channel.session),
            topics: Arc::clone(&channel.topics),
            revision: channel.revision,
        })
    }

    /// Tells every socket what changed.
    fn tell(&self, touched: &Touched) {
        let held = self.lock();
        for line in held.channels.values().filter_map(|one| one.line.as_ref()) {
            line.pending.add(touched);
        }
    }

    /// The journal's last entry that the sockets know of; `None` while there is no socket.
    fn seen(&self) -> Option<EntryId> {
        self.lock().seen
    }

    /// The sockets know of the journal up to an entry.
    fn see(&self, entry: EntryId) {
        let mut held = self.lock();
        held.seen = held.seen.map(|seen| EntryId(seen.0.max(entry.0)));
    }

    /// Takes a channel away that may not be connected once more.
    fn forget(&self, id: &str) {
        self.lock().channels.remove(id);
    }

    /// Sockets that are open.
    pub fn open_sockets(&self) -> usize {
        *self.sockets.borrow()
    }

    /// Closes every socket and waits until all are gone.
    pub async fn end(&self) {
        self.stop_all();
        let mut sockets = self.sockets.subscribe();
        // The sender lives as long as `self`.
        let _ = sockets.wait_for(|open| *open == 0).await;
    }

    fn stop_all(&self) {
        let mut held = self.lock();
        held.is_ending = true;
        for line in held.channels.values().filter_map(|one| one.line.as_ref()) {
            line.stop(Stop::Ending);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
