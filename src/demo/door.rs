//! The door of a demo that others visit: lets in so many at once, gives each a directory that goes when the visitor
//! does, however that happens, and ends every visit with itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, watch};

/// What the door says to a visitor too many, before the number of those who are in.
pub const FULL: &str = "full ";
/// The most bytes that it says.
pub const ANSWER_MAX: usize = 4096;
/// How long visits may take to end.
const LEAVE_MAX: Duration = Duration::from_secs(5);

/// A door that is open until this is closed or dropped.
pub struct Door {
    closing: watch::Sender<bool>,
    inside: Arc<Semaphore>,
    most: usize,
    waiting: tokio::task::JoinHandle<()>,
}

impl Door {
    /// Opens the door as a socket at `path`, for so many visitors at once; their directories are made in `rooms`.
    pub fn open(path: &Path, rooms: PathBuf, most: usize) -> std::io::Result<Self> {
        let listener = UnixListener::bind(path)?;
        let inside = Arc::new(Semaphore::new(most));
        let (closing, closed) = watch::channel(false);
        let seats = Arc::clone(&inside);
        let waiting = tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                let (seats, rooms, closed) = (Arc::clone(&seats), rooms.clone(), closed.clone());
                tokio::spawn(async move { visit(line, &rooms, most, seats, closed).await });
            }
        });
        Ok(Self {
            closing,
            inside,
            most,
            waiting,
        })
    }

    /// How many are in.
    pub fn visitors(&self) -> usize {
        self.most.saturating_sub(self.inside.available_permits())
    }

    /// Ends every visit, and waits until all have left, but not for ever.
    pub async fn close(self) {
        self.waiting.abort();
        self.closing.send_replace(true);
        let all = u32::try_from(self.most).unwrap_or(u32::MAX);
        // Whoever has not left by then has no directory any more.
        let _ = tokio::time::timeout(LEAVE_MAX, self.inside.acquire_many(all)).await;
    }
}

/// One visitor, from the question to the end.
async fn visit(
    mut line: UnixStream,
    rooms: &Path,
    most: usize,
    seats: Arc<Semaphore>,
    mut closed: watch::Receiver<bool>,
) {
    let Ok(_seat) = seats.try_acquire() else {
        // A visitor who has gone need not know.
        let _ = line.write_all(format!("{FULL}{most}\n").as_bytes()).await;
        return;
    };
    let made = tempfile::Builder::new().prefix("visit-").tempdir_in(rooms);
    let room = match made {
        Ok(room) => room,
        Err(error) => {
            tracing::warn!(%error, "a visitor gets no directory");
            return;
        }
    };
    let answer = format!("{}\n", room.path().display());
    if line.write_all(answer.as_bytes()).await.is_err() {
        return;
    }
    tokio::select! {
        () = gone(&mut line) => return,
        _ = closed.wait_for(|closed| *closed) => {}
    }
    // The end of what the door says is the end of the visit; the directory goes once the visitor has.
    if line.shutdown().await.is_ok() {
        gone(&mut line).await;
    }
}

/// Waits until the visitor has gone. Nothing is ever said in this direction.
async fn gone(line: &mut UnixStream) {
    let mut said = [0];
    while matches!(line.read(&mut said).await, Ok(1..)) {}
}
