//! `scv demo --kiosk`: the demo for somebody on another machine. It reads no configuration, writes nothing but its
//! own throw-away store, keeps within limits of time, memory and work, and ends with one sentence.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::Stream;
use rustix::process::{self as system, Resource, Rlimit, setrlimit};
use tokio::io::AsyncReadExt;
use tokio::net::UnixStream;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::demo::door::{ANSWER_MAX, FULL};
use crate::demo::limits::{Left, Limit, Limits};
use crate::store::sqlite::Options as StoreOptions;
use crate::tui::input::{Input, Inputs, Reader};

/// What a visitor's program may use: bytes of memory of its own, of one file, files at once.
const MEMORY_MAX: u64 = 512 << 20;
const FILE_MAX: u64 = 256 << 20;
const STORE_MAX: i64 = 64 << 20;
const FILES_MAX: u64 = 256;
/// Seconds of the processor for each minute of a visit, and for the beginning.
const CPU_A_MINUTE: u64 = 6;
const CPU_BEGIN: u64 = 30;
/// How long after its end a visit may go on where its terminal takes nothing more.
const STUCK_MAX: Duration = Duration::from_secs(30);

/// How a visit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    Open,
    /// So many seconds to the end.
    Ending(u64, Limit),
    Over(Why),
}

/// Why a visit is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Limit(Limit),
    /// Its host has closed the demo.
    Closed,
    /// It used up its time of the processor.
    Spent,
}

/// One visit.
pub struct Visit {
    limits: Limits,
    stands: watch::Receiver<Stands>,
    touched: Arc<Mutex<Instant>>,
    /// Where its store may be; nothing for the machine's place of temporary files.
    room: Option<PathBuf>,
    _awake: Option<mpsc::Sender<()>>,
}

/// Nobody is let in for now.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the demo is full, with {0} visitors; come again in a few minutes")]
struct Full(usize);

impl Visit {
    /// Begins a visit: limits the program, and asks at the door where there is one.
    pub async fn begin(limits: Limits, door: Option<&Path>) -> anyhow::Result<Self> {
        limit(limits).context("this program cannot be limited")?;
        let entered = match door {
            Some(door) => Some(enter(door).await?),
            None => None,
        };
        let (room, mut line) = entered.unzip();
        let touched = Arc::new(Mutex::new(Instant::now()));
        let (told, stands) = watch::channel(Stands::Open);
        let keys = Arc::clone(&touched);
        tokio::spawn(async move {
            watch_over(limits, keys, &mut line, told).await;
            // The line lasts as long as the program: whoever holds the door waits for the terminal to be given back.
            std::future::pending::<()>().await;
            drop(line);
        });
        Ok(Self {
            limits,
            stands,
            touched,
            room,
            _awake: None,
        })
    }

    /// Where the store may be.
    pub fn room(&self) -> Option<&Path> {
        self.room.as_deref()
    }

    pub fn stands(&self) -> watch::Receiver<Stands> {
        self.stands.clone()
    }

    /// The inputs of the visit, which end with it. `dir` goes even where the terminal takes nothing more and the
    /// desk is stuck with it.
    pub fn inputs(&mut self, dir: &Path) -> VisitInputs {
        self._awake = Some(end_if_stuck(self.limits.total + STUCK_MAX, dir.to_owned()));
        let mut stands = self.stands.clone();
        VisitInputs {
            reader: Reader::new(),
            touched: Arc::clone(&self.touched),
            over: Some(Box::pin(async move {
                let is_over = |stands: &Stands| matches!(stands, Stands::Over(_));
                // Where nobody tells any more the visit goes on: signals end it.
                if stands.wait_for(is_over).await.is_err() {
                    std::future::pending::<()>().await;
                }
            })),
        }
    }

    /// What is said of a visit that did not end by the visitor's wish.
    pub fn farewell(&self) -> Option<String> {
        let Stands::Over(why) = *self.stands.borrow() else {
            return None;
        };
        Some(match why {
            Why::Limit(Limit::Idle) => format!(
                "The demo has ended, because no key was pressed for {}; come again for a new one.",
                in_words(self.limits.idle)
            ),
            Why::Limit(Limit::Total) => format!(
                "The demo has ended, because a visit lasts {}; come again for a new one.",
                in_words(self.limits.total)
            ),
            Why::Closed => "The demo has ended, because its host closed it.".to_owned(),
            Why::Spent => {
                "The demo has ended, because this visit used up its computing time.".to_owned()
            }
        })
    }
}

/// What the desk says of a visit that ends soon: the few words of the head, and the sentence.
pub fn warning(stands: Stands) -> Option<(String, String)> {
    let Stands::Ending(seconds, limit) = stands else {
        return None;
    };
    let clock = format!("{}:{:02}", seconds / 60, seconds % 60);
    let sentence = match limit {
        Limit::Idle => format!("The demo ends in {clock}: press any key to stay"),
        Limit::Total => format!("The demo ends in {clock}: the time of this visit is over then"),
    };
    Some((format!("ends in {clock}"), sentence))
}

/// How a store is opened that holds one small demo: little memory, and no room to grow in.
pub fn small_store() -> StoreOptions {
    StoreOptions {
        readers: 1,
        cache_kib: 1024,
        bulk_cache_kib: 2 * 1024,
        mmap_bytes: 0,
        bytes_max: Some(STORE_MAX),
        ..StoreOptions::default()
    }
}

/// A time in words: `10 minutes`.
pub fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    let (count, unit) = match (seconds % 3_600, seconds % 60) {
        (0, _) => (seconds / 3_600, "hour"),
        (_, 0) => (seconds / 60, "minute"),
        (_, _) => (seconds, "second"),
    };
    match count {
        1 => format!("1 {unit}"),
        _ => format!("{count} {unit}s"),
    }
}

/// The inputs of a visit: the terminal's, until the visit is over.
pub struct VisitInputs {
    reader: Reader,
    touched: Arc<Mutex<Instant>>,
    /// Ready when the visit is over; nothing afterwards.
    over: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Stream for VisitInputs {
    type Item = Input;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Input>> {
        let this = self.get_mut();
        let over = this.over.as_mut();
        if over.is_none_or(|over| over.as_mut().poll(context).is_ready()) {
            this.over = None;
            return Poll::Ready(None);
        }
        let input = Pin::new(&mut this.reader).poll_next(context);
        if let Poll::Ready(Some(Input::Key(_) | Input::Paste(_) | Input::Mouse(_))) = input {
            *this.touched.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
        input
    }
}

impl Inputs for VisitInputs {
    fn pause(&mut self) {
        self.reader.pause();
    }

    fn resume(&mut self) {
        self.reader.resume();
    }
}

/// Limits this program, for good.
fn limit(limits: Limits) -> rustix::io::Result<()> {
    let cpu = CPU_BEGIN + limits.total.as_secs().div_ceil(60) * CPU_A_MINUTE;
    let at_most = |resource, soft: u64, hard: u64| {
        let wanted = Rlimit {
            current: Some(soft),
            maximum: Some(hard),
        };
        setrlimit(resource, wanted)
    };
    // At the lower limit there is a signal, which ends the visit in good order.
    at_most(Resource::Cpu, cpu, cpu + 10)?;
    at_most(Resource::Data, MEMORY_MAX, MEMORY_MAX)?;
    at_most(Resource::Fsize, FILE_MAX, FILE_MAX)?;
    at_most(Resource::Nofile, FILES_MAX, FILES_MAX)?;
    // A core would keep what the visitor typed.
    at_most(Resource::Core, 0, 0)
}

/// Asks at the door. Answers the directory that is the visitor's, and the line that lasts as long as the demo.
async fn enter(door: &Path) -> anyhow::Result<(PathBuf, UnixStream)> {
    const CLOSED: &str = "the demo is closed";
    let mut line = UnixStream::connect(door).await.context(CLOSED)?;
    let mut answer = Vec::new();
    loop {
        match line.read_u8().await.context(CLOSED)? {
            b'\n' => break,
            byte if answer.len() < ANSWER_MAX => answer.push(byte),
            _ => anyhow::bail!("the door of the demo says too much"),
        }
    }
    let answer = String::from_utf8(answer).context("the door of the demo says nothing readable")?;
    if let Some(most) = answer.strip_prefix(FULL) {
        return Err(Full(most.trim().parse().unwrap_or(0)).into());
    }
    Ok((PathBuf::from(answer), line))
}

/// Tells how the visit stands until it is over.
async fn watch_over(
    limits: Limits,
    touched: Arc<Mutex<Instant>>,
    line: &mut Option<UnixStream>,
    told: watch::Sender<Stands>,
) {
    let began = Instant::now();
    let mut spent = Spent::listen();
    loop {
        let last = *touched.lock().unwrap_or_else(PoisonError::into_inner);
        let left = limits.left(began.elapsed(), last.saturating_duration_since(began));
        let (stands, next) = match left {
            Left::Enough(time) => (Stands::Open, time.min(Duration::from_secs(1))),
            Left::Seconds(seconds, limit) => {
                (Stands::Ending(seconds, limit), Duration::from_millis(200))
            }
            Left::Nothing(limit) => (Stands::Over(Why::Limit(limit)), Duration::ZERO),
        };
        told.send_if_modified(|now| std::mem::replace(now, stands) != stands);
        if let Stands::Over(_) = stands {
            return;
        }
        tokio::select! {
            () = sleep(next) => {}
            () = hung_up(line) => {
                told.send_replace(Stands::Over(Why::Closed));
                return;
            }
            () = spent.wished() => {
                told.send_replace(Stands::Over(Why::Spent));
                return;
            }
        }
    }
}

/// Waits until whoever holds the door has gone; for ever where there is no door.
async fn hung_up(line: &mut Option<UnixStream>) {
    match line {
        // Nothing is ever said here any more: whatever comes is the end.
        Some(line) => drop(line.read_u8().await),
        None => std::future::pending().await,
    }
}

/// The system's word that a limit is reached.
struct Spent {
    time: Option<Signal>,
    /// Too large a file is refused where it is written; only without a listener it would end the program.
    _file: Option<Signal>,
}

impl Spent {
    fn listen() -> Self {
        let listen = |kind: system::Signal| signal(SignalKind::from_raw(kind.as_raw())).ok();
        Self {
            time: listen(system::Signal::XCPU),
            _file: listen(system::Signal::XFSZ),
        }
    }

    async fn wished(&mut self) {
        match &mut self.time {
            Some(time) => drop(time.recv().await),
            None => std::future::pending().await,
        }
    }
}

/// Ends the program after a time, unless what is answered goes before: the desk may wait for ever for a terminal
/// that takes nothing more.
fn end_if_stuck(after: Duration, dir: PathBuf) -> mpsc::Sender<()> {
    let (awake, gone) = mpsc::channel();
    thread::spawn(move || {
        if gone.recv_timeout(after) == Err(mpsc::RecvTimeoutError::Timeout) {
            // Whoever finds it later may remove what could not be removed now.
            let _ = std::fs::remove_dir_all(dir);
            std::process::exit(1);
        }
    });
    awake
}
