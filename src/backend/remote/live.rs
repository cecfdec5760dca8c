//! What a desk on a server hears of while it is open: over the socket of a notification channel, and where there is
//! none by asking again and again. After every time in which something may have been missed, all that is shown is
//! read anew.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use uuid::Uuid;

use super::changes::Place;
use super::http::{Http, jittered};
use super::socket::{Channel, Event, Heard, NoSocket, Socket};
use crate::backend::ask::{CHANGES_TOPIC, Changes};
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::live::Topic;

/// Contacts that are followed at once: with their sessions they fit into a channel.
const CONTACTS_MAX: usize = 400;
/// A step through the roster subscribes once.
const GATHER: Duration = Duration::from_millis(300);
/// Sockets that are tried for in a row before changes are asked for instead.
const TRIES_MAX: u32 = 3;
/// A socket that lived so long is no failed try.
const LIVED: Duration = Duration::from_secs(30);
/// A channel lives a day; it is left for a new one before.
const RENEWED: Duration = Duration::from_secs(22 * 3600);
/// Between two questions when there is much to tell.
const POLL_PAUSE: Duration = Duration::from_millis(300);
/// Between two when the server cannot be asked.
const AWAY_PAUSE: Duration = Duration::from_secs(2);

const CONTACTS: &str = "v2.externalcontacts.contacts.";
const SESSIONS: &str = ".journey.sessions";
const USERS: &str = "v2.users.";
const CONVERSATIONS: &str = ".conversations";
const CLOSING: &str = "v2.system.socket_closing";
/// The channel was dropped for another, or its token is over.
const DROPPED: [&str; 2] = ["v2.system.no_longer_subscribed", "v2.system.token_revoked"];

/// Whom a desk follows, whatever it shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subjects {
    /// The id of the user whose conversations are followed; `None` for a client.
    pub user: Option<String>,
    /// The topic of a server of ours that tells of everything: beside it no other is needed.
    pub own: Option<&'static str>,
}

/// How long things are waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// A silence after which the other end is asked whether it is there.
    pub quiet: Duration,
    /// How long it may take to answer.
    pub answer: Duration,
    /// How long changes are asked for before a socket is tried again.
    pub polling: Duration,
    /// Between two looks at a server that cannot be asked what changed.
    pub look: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            quiet: Duration::from_secs(45),
            answer: Duration::from_secs(10),
            polling: Duration::from_secs(60),
            look: Duration::from_secs(15),
        }
    }
}

/// Follows until it is dropped.
pub struct Live {
    shown: watch::Sender<Vec<ContactId>>,
    task: JoinHandle<()>,
}

impl Live {
    /// Begins to follow; what changes is told to `topics`. Needs the runtime.
    pub fn start(http: Arc<Http>, subjects: Subjects, topics: broadcast::Sender<Topic>) -> Self {
        Self::with(http, subjects, topics, Patience::default())
    }

    /// The same with other times.
    pub fn with(
        http: Arc<Http>,
        subjects: Subjects,
        topics: broadcast::Sender<Topic>,
        patience: Patience,
    ) -> Self {
        let (shown, shows) = watch::channel(Vec::new());
        let follower = Follower {
            http,
            subjects,
            topics,
            shows,
            patience,
            channel: None,
            place: Place::default(),
            tries: 0,
            is_missing: false,
        };
        Self {
            shown,
            task: tokio::spawn(follower.run()),
        }
    }

    /// Follows the contact that is shown, by the ids of its merge set, instead of the one before.
    pub fn shows(&self, contacts: &[ContactId]) {
        self.shown.send_if_modified(|shown| {
            let is_new = shown.as_slice() != contacts;
            if is_new {
                *shown = contacts.to_vec();
            }
            is_new
        });
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Why a socket is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It broke off, or the server closes it: the channel may be connected again.
    Lost,
    /// The channel is over, or soon will be.
    Over,
}

struct Follower {
    http: Arc<Http>,
    subjects: Subjects,
    topics: broadcast::Sender<Topic>,
    shows: watch::Receiver<Vec<ContactId>>,
    patience: Patience,
    /// The channel that was connected last.
    channel: Option<Channel>,
    /// Where the server's row of changes was asked last.
    place: Place,
    /// Sockets that were tried for since one lived.
    tries: u32,
    /// Something may be missed, and the desk knows.
    is_missing: bool,
}

impl Follower {
    async fn run(mut self) {
        let pauses = self.http.pauses();
        let mut pause = pauses.first;
        loop {
            match self.open().await {
                Ok((channel, socket)) => {
                    if LIVED <= self.live(channel, socket).await {
                        (self.tries, pause) = (0, pauses.first);
                    }
                }
                Err(why) => {
                    tracing::debug!(%why, "no socket");
                    self.miss();
                }
            }
            self.tries += 1;
            if TRIES_MAX <= self.tries {
                self.poll().await;
            } else {
                sleep(jittered(pause)).await;
                pause = (pause * 2).min(pauses.longest);
            }
        }
    }

    /// Hears what is told as long as the socket lives; answers how long that was.
    async fn live(&mut self, channel: Channel, socket: Socket) -> Duration {
        let begun = Instant::now();
        self.http.set_polling(false);
        self.is_missing = false;
        self.place.forget();
        self.tell(Topic::Elsewhere);
        if self.listen(&channel, socket).await == End::Lost {
            self.channel = Some(channel);
        }
        begun.elapsed()
    }

    /// Connects the channel that there is, else a new one.
    async fn open(&mut self) -> Result<(Channel, Socket), NoSocket> {
        if let Some(channel) = self.channel.take()
            && channel.made().elapsed() < RENEWED
            && let Ok(socket) = channel.connect(&self.http).await
        {
            return Ok((channel, socket));
        }
        let channel = Channel::make(&self.http).await?;
        let shown = self.shows.borrow_and_update().clone();
        subscribe(&channel, &self.http, &self.subjects, &shown).await?;
        let socket = channel.connect(&self.http).await?;
        Ok((channel, socket))
    }

    /// Passes on what is told, until the socket is left.
    async fn listen(&self, channel: &Channel, mut socket: Socket) -> End {
        let renew_at = channel.made() + RENEWED;
        // Of a channel that was connected before, what was shown since is not known to be subscribed.
        let following = follow_shown(
            channel,
            &self.http,
            &self.subjects,
            self.shows.clone(),
            &self.topics,
        );
        tokio::pin!(following);
        let mut quiet_at = Instant::now() + self.patience.quiet;
        let mut is_asked = false;
        loop {
            tokio::select! {
                heard = socket.next() => {
                    (quiet_at, is_asked) = (Instant::now() + self.patience.quiet, false);
                    match heard {
                        Heard::Event(event) => if let Some(end) = self.hear(&event) {
                            return end;
                        },
                        Heard::Nothing => {}
                        Heard::Gone => return End::Lost,
                    }
                }
                () = sleep_until(quiet_at) => {
                    if is_asked || !socket.ping().await {
                        return End::Lost;
                    }
                    (quiet_at, is_asked) = (Instant::now() + self.patience.answer, true);
                }
                () = &mut following => return End::Lost,
                () = sleep_until(renew_at) => return End::Over,
            }
        }
    }

    /// Takes an event. Answers why the socket is to be left, if it is.
    fn hear(&self, event: &Event) -> Option<End> {
        let name = event.topic.as_str();
        if name == CLOSING {
            return Some(End::Lost);
        }
        if DROPPED.iter().any(|dropped| name.starts_with(dropped)) {
            return Some(End::Over);
        }
        for topic in told(event) {
            self.tell(topic);
        }
        None
    }

    /// Asks what changed until a socket is to be tried for again.
    async fn poll(&mut self) {
        self.http.set_polling(true);
        if self.subjects.own.is_none() {
            self.tell(Topic::Elsewhere);
        }
        let until = Instant::now() + self.patience.polling;
        let mut was_away = false;
        // After one more try that comes to nothing it goes on like this.
        self.tries = TRIES_MAX - 1;
        loop {
            match timeout_at(until, self.polled()).await {
                Err(_) => return,
                Ok(Ok(topics)) => {
                    self.is_missing = false;
                    topics.into_iter().for_each(|topic| self.tell(topic));
                    if was_away {
                        return;
                    }
                    sleep(POLL_PAUSE).await;
                }
                Ok(Err(why)) => {
                    tracing::debug!(%why, "changes cannot be asked for");
                    was_away = true;
                    self.place.forget();
                    self.miss();
                    sleep(AWAY_PAUSE.min(self.http.pauses().longest)).await;
                }
            }
        }
    }

    async fn polled(&mut self) -> Result<Vec<Topic>, NoSocket> {
        match self.subjects.own {
            Some(_) => Ok(self.place.next(&self.http).await?),
            None => {
                sleep(self.patience.look).await;
                Ok(vec![Topic::Elsewhere])
            }
        }
    }

    /// Something may be missed from here on: the desk looks how it stands, once.
    fn miss(&mut self) {
        if !std::mem::replace(&mut self.is_missing, true) {
            self.tell(Topic::Elsewhere);
        }
    }

    fn tell(&self, topic: Topic) {
        // Nobody watching is no fault.
        let _ = self.topics.send(topic);
    }
}

/// Subscribes a channel to all that is followed.
async fn subscribe(
    channel: &Channel,
    http: &Http,
    subjects: &Subjects,
    shown: &[ContactId],
) -> Result<(), NoSocket> {
    let needed: Vec<&str> = subjects.own.into_iter().collect();
    channel
        .subscribe(http, &topics(subjects, shown), &needed)
        .await
}

/// What a channel is subscribed to. What a role may not follow is not taken, and is read when something else is told.
fn topics(subjects: &Subjects, shown: &[ContactId]) -> Vec<String> {
    if let Some(own) = subjects.own {
        return vec![own.to_owned()];
    }
    let user = subjects.user.iter();
    let user = user.map(|id| format!("{USERS}{id}{CONVERSATIONS}"));
    let contacts = shown.iter().take(CONTACTS_MAX).flat_map(|id| {
        [
            format!("{CONTACTS}{id}"),
            format!("{CONTACTS}{id}{SESSIONS}"),
        ]
    });
    user.chain(contacts).collect()
}

/// Subscribes the channel anew whenever another contact is shown. Ends when that does not work.
async fn follow_shown(
    channel: &Channel,
    http: &Http,
    subjects: &Subjects,
    mut shows: watch::Receiver<Vec<ContactId>>,
    topics: &broadcast::Sender<Topic>,
) {
    loop {
        if subjects.own.is_some() || shows.changed().await.is_err() {
            return std::future::pending().await;
        }
        sleep(GATHER).await;
        let shown = shows.borrow_and_update().clone();
        if let Err(why) = subscribe(channel, http, subjects, &shown).await {
            tracing::debug!(%why, "the channel cannot be subscribed");
            return;
        }
        // It may have changed after it was read and before it was followed. Nobody watching is no fault.
        if let Some(first) = shown.first() {
            let _ = topics.send(Topic::Contact(*first));
        }
    }
}

/// What an event tells. The body of one that is followed and does not read tells that something changed.
fn told(event: &Event) -> Vec<Topic> {
    let name = event.topic.as_str();
    if name == CHANGES_TOPIC {
        let changes = serde_json::from_value::<Changes>(event.body.clone());
        return changes.map_or(vec![Topic::Elsewhere], |changes| changes.topics);
    }
    if name.starts_with(USERS) && name.ends_with(CONVERSATIONS) {
        let id = event.body.get("id").and_then(serde_json::Value::as_str);
        let id: Option<Uuid> = id.and_then(|id| id.parse().ok());
        let topic = id.map_or(Topic::Elsewhere, |id| {
            Topic::Conversation(ConversationId(id))
        });
        return vec![topic];
    }
    let contact = name.strip_prefix(CONTACTS);
    let contact = contact.map(|rest| rest.strip_suffix(SESSIONS).unwrap_or(rest));
    let contact: Option<ContactId> = contact.and_then(|id| id.parse().ok());
    contact.map(Topic::Contact).into_iter().collect()
}
