//! Finds out what changed: from the journal, which records every decision whoever took it, from the backend's bus
//! for what is not journalled, and from the store's version for what another program wrote without an entry.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep};

use super::super::site::Site;
use super::touched::Touched;
use crate::backend::Backend;
use crate::backend::local::WATCH_MS;
use crate::domain::command::EntryId;
use crate::live::Topic;
use crate::store::StoreError;

/// What changes within this time is told at once.
const GATHER: Duration = Duration::from_millis(20);
/// How often the store is looked at for what other programs wrote.
const LOOK: Duration = Duration::from_millis(WATCH_MS);
/// Least time between two comparisons of what goes on, and how much more each socket adds: comparing takes work.
const COMPARE: Duration = Duration::from_millis(500);
const COMPARE_PER_SOCKET: Duration = Duration::from_millis(1);
/// Entries that are read at once, and in one round: above it everything counts as changed.
const ENTRIES: usize = 1000;
const ENTRIES_MAX: usize = 5000;
/// Pause after a bug, before all begins anew.
const ANEW: Duration = Duration::from_secs(1);

/// Tells every socket what changed, as long as the server runs.
pub async fn run(site: Arc<Site>) {
    loop {
        let feed = Feed::new(Arc::clone(&site));
        if AssertUnwindSafe(feed.run()).catch_unwind().await.is_err() {
            tracing::error!("notifications ended in a bug and begin anew");
            sleep(ANEW).await;
        }
    }
}

struct Feed {
    site: Arc<Site>,
    bus: broadcast::Receiver<Topic>,
    version: Option<u64>,
    /// The store changed in a way that the sockets were not told of yet.
    is_stale: bool,
    compared: Instant,
}

impl Feed {
    fn new(site: Arc<Site>) -> Self {
        let bus = site.backend.watch();
        Self {
            site,
            bus,
            version: None,
            is_stale: false,
            compared: Instant::now(),
        }
    }

    async fn run(mut self) {
        loop {
            let mut touched = Touched::default();
            if self.site.notices.open_sockets() == 0 {
                // Nobody is told anything: what came meanwhile need not be kept.
                self.site.notices.changed.notified().await;
                self.bus = self.bus.resubscribe();
                self.version = None;
                // What was written before the version is known is found by looking.
                self.is_stale = true;
            }
            self.wait(&mut touched).await;
            if let Err(error) = self.round(&mut touched).await {
                tracing::warn!(%error, "notifications wait for the store");
                // What was heard on the bus is lost: what goes on is compared instead.
                self.is_stale = true;
                sleep(LOOK).await;
            }
        }
    }

    /// Waits until something may have changed.
    async fn wait(&mut self, touched: &mut Touched) {
        tokio::select! {
            topic = self.bus.recv() => self.hear(topic, touched),
            () = sleep(LOOK) => return,
        }
        sleep(GATHER).await;
        while let Ok(topic) = self.bus.try_recv() {
            self.hear(Ok(topic), touched);
        }
    }

    fn hear(&mut self, topic: Result<Topic, RecvError>, touched: &mut Touched) {
        match topic {
            Ok(Topic::Conversation(id)) => touched.add_conversation(id),
            // What changed of the contact stands in the journal; a visit that was seen again does not.
            Ok(Topic::Contact(id)) => touched.add_contact(id),
            Ok(Topic::Elsewhere) | Err(RecvError::Lagged(_)) => self.is_stale = true,
            // The site holds the bus: it does not close.
            Err(RecvError::Closed) => {}
        }
    }

    /// Reads what changed and tells it.
    async fn round(&mut self, touched: &mut Touched) -> Result<(), StoreError> {
        let version = self.site.store().version().await?;
        self.is_stale |= self.version.is_some_and(|known| known != version);
        self.version = Some(version);
        let seen = self.entries(touched).await?;
        let sockets = u32::try_from(self.site.notices.open_sockets()).unwrap_or(u32::MAX);
        let pause = COMPARE + COMPARE_PER_SOCKET * sockets;
        if self.is_stale && pause <= self.compared.elapsed() {
            (touched.is_stale, self.is_stale) = (true, false);
            self.compared = Instant::now();
        }
        if !touched.is_empty() {
            self.site.notices.tell(touched);
        }
        if let Some(seen) = seen {
            self.site.notices.see(seen);
        }
        Ok(())
    }

    /// Takes what the journal has behind what the sockets know of; its last entry.
    async fn entries(&mut self, touched: &mut Touched) -> Result<Option<EntryId>, StoreError> {
        let Some(mut seen) = self.site.notices.seen() else {
            return Ok(None);
        };
        for _ in 0..ENTRIES_MAX / ENTRIES {
            let entries = self.site.store().sealed(seen, ENTRIES).await?;
            for entry in &entries {
                touched.add_entry(entry);
                seen = entry.id();
            }
            if entries.len() < ENTRIES {
                return Ok(Some(seen));
            }
        }
        // An import: nobody is told of each of its rows.
        *touched = Touched::everything();
        Ok(Some(self.site.store().head().await?.id))
    }
}
