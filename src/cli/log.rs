//! The log, for who looks for a fault. Off unless `SCV_LOG` names a file; a server writes it to standard error, one
//! JSON object a line, or to that file.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use anyhow::anyhow;
use clap::ValueEnum;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::output;
use super::session::variable;
use crate::store::words_of;

/// Variable that names the file.
const LOG: &str = "SCV_LOG";
/// What is written when `RUST_LOG` does not say otherwise.
const LEVEL: &str = "scv_desk=info";
/// Lines that wait to be written. Who reads them slowly loses some, and holds no request up.
const LINES_MAX: usize = 8192;
/// How long the last lines may take at the end.
const END_TIME_MAX: Duration = Duration::from_secs(1);

/// How much a server writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// What failed
    Error,
    /// And what had to wait or was lost
    Warn,
    /// And every request
    Info,
    /// And connections that broke off
    Debug,
}

impl Level {
    const fn filter(self) -> &'static str {
        match self {
            Self::Error => "scv_desk=error",
            Self::Warn => "scv_desk=warn",
            Self::Info => LEVEL,
            Self::Debug => "scv_desk=debug",
        }
    }
}

/// Starts the log; only its owner can read it.
pub fn start() -> anyhow::Result<()> {
    let Some(file) = named_file()? else {
        return Ok(());
    };
    let log = tracing_subscriber::fmt().with_env_filter(filter(None));
    let log = log.with_ansi(false).with_writer(Mutex::new(file));
    log.try_init().map_err(not_started)
}

/// Starts the log of a server; the last lines are written when what is answered is dropped.
pub fn serve(level: Option<Level>) -> anyhow::Result<Lines> {
    let out: Box<dyn Write + Send> = match named_file()? {
        Some(file) => Box::new(file),
        None => output::log_writer(),
    };
    let (sender, lines) = sync_channel(LINES_MAX);
    std::thread::Builder::new()
        .name("log".to_owned())
        .spawn(move || write(out, &lines))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter(level));
    let log = log.json().flatten_event(true).with_target(false);
    let log = log.with_current_span(false).with_span_list(false);
    let queue = Queue {
        sender: sender.clone(),
        lost: AtomicU64::new(0),
    };
    log.with_writer(queue).try_init().map_err(not_started)?;
    Ok(Lines(sender))
}

fn not_started(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("{LOG}: the log cannot be started ({error})")
}

/// What is written: as somebody said on the command line, else in `RUST_LOG`, else requests and faults.
fn filter(level: Option<Level>) -> EnvFilter {
    match level {
        Some(level) => EnvFilter::new(level.filter()),
        None => EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LEVEL)),
    }
}

fn named_file() -> anyhow::Result<Option<File>> {
    let Some(path) = variable(LOG) else {
        return Ok(None);
    };
    let opened = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(&path);
    let file = opened.map_err(|error| {
        let why = words_of(&error);
        anyhow!("{LOG}: {path} cannot be written ({why})")
    })?;
    Ok(Some(file))
}

/// What goes to the thread that writes.
enum Line {
    Text(Vec<u8>),
    /// Everything before is written once this is answered.
    Last(SyncSender<()>),
}

/// The log of a server, until it is dropped.
pub struct Lines(SyncSender<Line>);

impl Drop for Lines {
    fn drop(&mut self) {
        let (written, last) = sync_channel(1);
        // A full queue has nobody who reads it.
        if self.0.try_send(Line::Last(written)).is_ok() {
            let _ = last.recv_timeout(END_TIME_MAX);
        }
    }
}

/// The queue before the thread that writes.
struct Queue {
    sender: SyncSender<Line>,
    /// Lines that found no place since the last that did.
    lost: AtomicU64,
}

/// The place of one line in the queue.
struct Place<'q>(&'q Queue);

impl<'q> MakeWriter<'q> for Queue {
    type Writer = Place<'q>;

    fn make_writer(&'q self) -> Place<'q> {
        Place(self)
    }
}

impl Write for Place<'_> {
    /// Takes a whole line, as the formatter hands it over.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut text = Vec::with_capacity(line.len());
        let lost = self.0.lost.swap(0, Ordering::Relaxed);
        if 0 < lost {
            let told = format!(
                "{{\"level\":\"WARN\",\"message\":\"lines were lost\",\"lines\":{lost}}}\n"
            );
            text.extend_from_slice(told.as_bytes());
        }
        text.extend_from_slice(line);
        if let Err(TrySendError::Full(_)) = self.0.sender.try_send(Line::Text(text)) {
            self.0.lost.fetch_add(lost + 1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write(mut out: Box<dyn Write + Send>, lines: &Receiver<Line>) {
    while let Ok(line) = lines.recv() {
        // A log that cannot be written has nowhere to say so.
        match line {
            Line::Text(text) => drop(out.write_all(&text)),
            Line::Last(written) => {
                let _ = out.flush();
                let _ = written.send(());
            }
        }
    }
}
