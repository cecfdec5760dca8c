//! What the system tells the desk by signals: to end.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The system's wishes that the program end: SIGTERM and SIGINT, or SIGHUP when the line is gone. Listen
/// before a screen takes the terminal: a signal that nobody listens to ends the program at once, and the
/// terminal stays taken.
#[cfg(unix)]
pub struct Endings {
    term: Signal,
    interrupt: Signal,
    hang_up: Signal,
    shield: Shield,
}

#[cfg(unix)]
impl Endings {
    /// Listens from now on. Within a runtime only.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
            shield: Shield::default(),
        })
    }

    /// Waits for one.
    pub async fn wished(&mut self) {
        loop {
            tokio::select! {
                _ = self.term.recv() => return,
                _ = self.hang_up.recv() => return,
                _ = self.interrupt.recv() => {
                    if !self.shield.is_up() {
                        return;
                    }
                }
            }
        }
    }

    pub(super) fn shield(&self) -> Shield {
        self.shield.clone()
    }
}

/// There are no such wishes.
#[cfg(not(unix))]
pub struct Endings;

#[cfg(not(unix))]
impl Endings {
    pub fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    /// Waits for one.
    pub async fn wished(&mut self) {
        std::future::pending().await
    }

    pub(super) fn shield(&self) -> Shield {
        Shield::default()
    }
}

/// An interrupt that was typed for another program on the terminal reaches this one too, and is heard only once that
/// program has ended.
const HEARD_LATE: Duration = Duration::from_millis(500);

/// Keeps interrupts that are another program's from ending the desk.
#[derive(Clone, Debug, Default)]
pub(super) struct Shield(Arc<Mutex<Option<Instant>>>);

impl Shield {
    pub fn raise(&self) {
        self.set(Instant::now().checked_add(Duration::from_secs(u32::MAX.into())));
    }

    /// It stays up for what is heard late.
    pub fn lower(&self) {
        self.set(Instant::now().checked_add(HEARD_LATE));
    }

    fn set(&self, until: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }

    #[cfg(unix)]
    fn is_up(&self) -> bool {
        let until = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }
}
