//! What changed lately, in order and with a place each, for desks that ask for it. A desk that comes after more
//! than is kept is told to read everything anew.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::broadcast::error::RecvError;

use crate::backend::Backend;
use crate::backend::ask::Changes as Told;
use crate::backend::local::{LocalBackend, WATCH_MS};
use crate::live::Topic;

/// Changes that are kept.
const KEPT_MAX: usize = 1024;
/// A pause in which changes that come together are gathered: each wakes every desk.
const GATHER: Duration = Duration::from_millis(50);

/// The row of changes.
#[derive(Default)]
pub struct Changes {
    row: Mutex<Row>,
    more: Notify,
}

#[derive(Default)]
struct Row {
    /// The place behind the last change.
    end: u64,
    topics: VecDeque<Topic>,
}

impl Changes {
    /// Follows a backend, and other programs that write to its store, until it is dropped.
    pub async fn follow(&self, backend: &LocalBackend) {
        let mut topics = backend.watch();
        let mut version = backend.store().version().await.ok();
        let mut tick = tokio::time::interval(Duration::from_millis(WATCH_MS));
        loop {
            tokio::select! {
                told = topics.recv() => match told {
                    Ok(topic) => self.put(topic),
                    Err(RecvError::Lagged(_)) => self.put(Topic::Elsewhere),
                    Err(RecvError::Closed) => return,
                },
                _ = tick.tick() => {
                    // What this program wrote changes the number too: then some read once too often.
                    if let Ok(now) = backend.store().version().await
                        && version.replace(now) != Some(now)
                    {
                        self.put(Topic::Elsewhere);
                    }
                }
            }
        }
    }

    /// The place behind the last change.
    pub fn place(&self) -> u64 {
        self.read(None).place
    }

    /// What came behind a place; waits for something as long as `wait`.
    pub async fn after(&self, place: Option<u64>, wait: Duration) -> Told {
        let waiting = self.more.notified();
        tokio::pin!(waiting);
        waiting.as_mut().enable();
        let now = self.read(place);
        if place.is_none() || !now.topics.is_empty() || wait.is_zero() {
            return now;
        }
        if tokio::time::timeout(wait, waiting).await.is_ok() {
            tokio::time::sleep(GATHER).await;
        }
        self.read(place)
    }

    /// Wakes everybody who waits.
    pub fn close(&self) {
        self.more.notify_waiters();
    }

    fn put(&self, topic: Topic) {
        let mut row = self.row.lock().unwrap_or_else(PoisonError::into_inner);
        if row.topics.len() == KEPT_MAX {
            row.topics.pop_front();
        }
        row.topics.push_back(topic);
        row.end += 1;
        drop(row);
        self.more.notify_waiters();
    }

    fn read(&self, place: Option<u64>) -> Told {
        let row = self.row.lock().unwrap_or_else(PoisonError::into_inner);
        let first = row.end - row.topics.len() as u64;
        let topics = match place {
            None => Vec::new(),
            Some(place) if (first..=row.end).contains(&place) => {
                let skipped = usize::try_from(place - first).unwrap_or(usize::MAX);
                let mut topics: Vec<Topic> = row.topics.iter().skip(skipped).cloned().collect();
                topics.dedup();
                topics
            }
            // Of a server that was started anew, or too long ago.
            Some(_) => vec![Topic::Elsewhere],
        };
        Told {
            place: row.end,
            topics,
        }
    }
}
