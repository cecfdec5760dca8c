//! The threads that work out slow hashes. They are always the same few: a hash takes a core and 19 MB for some
//! hundredths of a second, and a thread keeps the memory that it has worked with.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

/// Hashes that are worked out at once.
const THREADS: usize = 2;

type Work = Box<dyn FnOnce() + Send>;

/// The way to the threads; they end when it is dropped.
pub struct Hashing(Mutex<Sender<Work>>);

impl Hashing {
    pub fn start() -> io::Result<Self> {
        let (sender, works) = channel();
        let works = Arc::new(Mutex::new(works));
        for _ in 0..THREADS {
            let works = Arc::clone(&works);
            let thread = std::thread::Builder::new().name("hashing".to_owned());
            thread.spawn(move || work_all(&works))?;
        }
        Ok(Self(Mutex::new(sender)))
    }

    /// What `work` comes to; `None` when it ended in a bug. Nobody works for who has stopped to wait.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        let work: Work = Box::new(move || {
            if !reply.is_closed() {
                let _ = reply.send(work());
            }
        });
        let sent = {
            let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            sender.send(work)
        };
        sent.ok()?;
        answer.await.ok()
    }
}

fn work_all(works: &Mutex<Receiver<Work>>) {
    loop {
        let next = {
            let works = works.lock().unwrap_or_else(PoisonError::into_inner);
            works.recv()
        };
        let Ok(work) = next else { return };
        if catch_unwind(AssertUnwindSafe(work)).is_err() {
            tracing::error!("a hash ended in a bug");
        }
    }
}
