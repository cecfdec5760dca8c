//! What the system tells the desk by signals: to end, and that the window has another size.

use std::io;
use std::task::{Context, Poll};

#[cfg(unix)]
use ratatui::layout::Size;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::input::Input;
#[cfg(unix)]
use super::screen::terminal_size;

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

/// Tells when the window has another size. crossterm does too, but it can lose that to a key that comes at the
/// same moment, and then what is drawn does not fit until the next key.
#[cfg(unix)]
pub(super) struct Window(Signal);

#[cfg(unix)]
impl Window {
    /// `None` where signals cannot be listened to.
    pub(super) fn listen() -> Option<Self> {
        let listened = signal(SignalKind::window_change());
        listened
            .inspect_err(|error| tracing::warn!(%error, "changes of the window may be missed"))
            .ok()
            .map(Self)
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Input> {
        match self.0.poll_recv(context) {
            Poll::Ready(Some(())) => {
                let Size { width, height } = terminal_size();
                Poll::Ready(Input::Resize { width, height })
            }
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}

/// Nothing tells of it but crossterm.
#[cfg(not(unix))]
pub(super) struct Window;

#[cfg(not(unix))]
impl Window {
    pub(super) fn listen() -> Option<Self> {
        None
    }

    pub(super) fn poll(&mut self, _: &mut Context<'_>) -> Poll<Input> {
        Poll::Pending
    }
}
