//! What the system tells the desk by signals: to end.

use std::io;

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
}

#[cfg(unix)]
impl Endings {
    /// Listens from now on. Within a runtime only.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for one.
    pub async fn wished(&mut self) {
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = self.hang_up.recv() => {}
        }
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
}
