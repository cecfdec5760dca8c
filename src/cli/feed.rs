//! Files that stream in: opening, counting what was read, reading ahead on a thread of its own, and reporting
//! what was bad without flooding anybody.

use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::bail;
use tokio::sync::mpsc;

use super::given;
use super::output::Output;
use super::table;
use crate::wire::csv::is_of_contacts;

/// Items that are decided on in one go.
pub const CHUNK: usize = 1000;
/// Bytes that are looked at in one go for whether there are any.
const FRONT_BYTES: u64 = 256;
/// Chunks that are read ahead.
const AHEAD: usize = 2;
/// Reports printed one by one; the rest is counted.
const REPORTS_MAX: usize = 20;

/// A file, or standard input, that is being read.
pub struct Source {
    pub input: Box<dyn Read + Send>,
    /// Bytes that there are; `None` when nobody knows.
    pub total: Option<u64>,
    /// Bytes read so far.
    pub read: Arc<AtomicU64>,
}

/// Opens a file, or standard input for `-`.
pub fn open(path: &Path) -> anyhow::Result<Source> {
    let read = Arc::new(AtomicU64::new(0));
    if given::is_stdin(path) {
        let input = Box::new(Counted {
            input: io::stdin(),
            read: Arc::clone(&read),
        });
        return Ok(Source {
            input,
            total: None,
            read,
        });
    }
    let (file, kind) = given::open(path)?;
    let total = kind.is_file().then_some(kind.len());
    let input = Box::new(Counted {
        input: file,
        read: Arc::clone(&read),
    });
    Ok(Source { input, total, read })
}

impl Source {
    /// Refuses a file that has nothing in it: whatever was to write it did not. `what` is what it should hold.
    /// One of contacts is refused as well.
    pub fn filled(mut self, path: &Path, what: &str) -> anyhow::Result<Self> {
        let mut front = Vec::new();
        let is_blank = |front: &[u8]| front.iter().all(u8::is_ascii_whitespace);
        while is_blank(&front) {
            front.clear();
            let mut part = self.input.by_ref().take(FRONT_BYTES);
            let read = part.read_to_end(&mut front);
            if read.map_err(|error| given::unreadable(path, &error))? == 0 {
                bail!(
                    "{}: the file is empty, it holds no {what}; check what wrote it",
                    given::shown(path)
                );
            }
        }
        if is_of_contacts(&front) {
            bail!(
                "{}: it is a CSV file of contacts and holds no {what}; `scv import contacts` reads it",
                given::shown(path)
            );
        }
        self.input = Box::new(Cursor::new(front).chain(self.input));
        Ok(self)
    }
}

/// Reads `items` ahead on a thread, in chunks.
pub fn chunks<T: Send + 'static>(
    items: impl Iterator<Item = T> + Send + 'static,
) -> mpsc::Receiver<Vec<T>> {
    let (send, receive) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let mut items = items.peekable();
        while items.peek().is_some() {
            let chunk: Vec<T> = items.by_ref().take(CHUNK).collect();
            // Whoever asked has gone: nobody wants the rest.
            if send.blocking_send(chunk).is_err() {
                return;
            }
        }
    });
    receive
}

/// How a feed goes on: shown on a terminal, with its rate.
pub struct Pace {
    start: Instant,
    read: Arc<AtomicU64>,
    done: u64,
}

impl Pace {
    pub fn start(source: &Source, output: &mut Output) -> Self {
        output.start_progress(source.total);
        Self {
            start: Instant::now(),
            read: Arc::clone(&source.read),
            done: 0,
        }
    }

    /// `more` items are done.
    pub fn step(&mut self, more: usize, output: &Output) {
        self.done += more as u64;
        let seconds = self.start.elapsed().as_secs_f64().max(0.001);
        let rate = (self.done as f64 / seconds) as u64;
        let message = format!(
            "{} done, {}/s",
            table::number(self.done),
            table::number(rate)
        );
        output.progress(self.read.load(Ordering::Relaxed), &message);
    }
}

/// Says what was odd, the first times in words and then by number.
#[derive(Default)]
pub struct Reports {
    told: usize,
    untold: u64,
}

impl Reports {
    pub fn tell(&mut self, sentence: &str, output: &mut Output) {
        match self.told < REPORTS_MAX {
            true => {
                self.told += 1;
                output.say(sentence);
            }
            false => self.untold += 1,
        }
    }

    /// Says how many were not told.
    pub fn end(&self, what: &str, output: &mut Output) {
        if self.untold > 0 {
            output.say(&format!("and {} more; {what}", table::number(self.untold)));
        }
    }
}

/// Counts the bytes that were read.
struct Counted<R> {
    input: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
