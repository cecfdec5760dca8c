//! The real program in a pseudo-terminal, on the store that was filled: from start to the first frame, from
//! key to frame, bytes for each, and the memory of the desk.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use crate::{percentile, private_mb, said};

pub const AGENT_NAME: &str = "Bench Agent";
const ROWS: u16 = 42;
const COLUMNS: u16 = 140;
/// How a frame ends: the terminal is told to show what it got.
const END: &[u8] = b"\x1b[?2026l";
/// A frame that nothing follows for so long was the last one.
const QUIET: Duration = Duration::from_millis(300);
/// How long the desk may take to show anything.
const PATIENCE: Duration = Duration::from_secs(60);
const STARTS: usize = 20;
const MOVES: usize = 40;

/// A desk that is watched.
struct Desk {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    output: Receiver<(Instant, Vec<u8>)>,
    screen: vt100::Parser,
    started: Instant,
}

/// What a key brought about.
struct Brought {
    first_frame: Duration,
    bytes: usize,
    frames: usize,
}

impl Desk {
    fn start(store: &Path) -> Self {
        let size = PtySize {
            rows: ROWS,
            cols: COLUMNS,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_scv"));
        command.args(["--agent", AGENT_NAME, "--role", "supervisor", "--store"]);
        command.arg(store);
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let (sender, output) = channel();
        std::thread::spawn(move || {
            // The terminal lives as long as somebody reads from it.
            let _master = pair.master;
            let mut bytes = [0; 65536];
            while let Ok(count) = reader.read(&mut bytes) {
                let read = (Instant::now(), bytes[..count].to_vec());
                if count == 0 || sender.send(read).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            keys,
            output,
            screen: vt100::Parser::new(ROWS.try_into().unwrap(), COLUMNS.try_into().unwrap(), 0),
            started,
        }
    }

    /// Reads until nothing comes any more; when the first frame was complete, and how much came.
    fn settle(&mut self, since: Instant) -> Brought {
        let (mut first, mut all) = (None, Vec::new());
        while let Ok((at, bytes)) = self.output.recv_timeout(QUIET) {
            self.screen.process(&bytes);
            all.extend(bytes);
            if first.is_none() && all.windows(END.len()).any(|part| part == END) {
                first = Some(at.saturating_duration_since(since));
            }
        }
        Brought {
            first_frame: first.unwrap_or_default(),
            bytes: all.len(),
            frames: all.windows(END.len()).filter(|part| *part == END).count(),
        }
    }

    /// Presses a key and waits for all that comes of it.
    fn press(&mut self, key: &str) -> Brought {
        let pressed = Instant::now();
        self.keys.write_all(key.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        self.settle(pressed)
    }

    /// Waits until words stand on the screen; how long after the start.
    fn shows(&mut self, words: &str) -> Duration {
        loop {
            let (at, bytes) = self.output.recv_timeout(PATIENCE).unwrap();
            self.screen.process(&bytes);
            let since = at.saturating_duration_since(self.started);
            if self.screen.screen().contents().contains(words) {
                return since;
            }
            assert!(since < PATIENCE, "{words} never stood on the screen");
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub fn measure(store: &Path) {
    let (mut frames, mut filled) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        frames.push(Desk::start(store).shows("Conversations"));
        filled.push(Desk::start(store).shows("Active"));
    }
    said("start to the first frame", &mut frames);
    said("start to the first frame with conversations", &mut filled);
    let mut desk = Desk::start(store);
    let started = desk.started;
    desk.settle(started);
    moves(
        "the selection moves in the roster, panes follow",
        &mut desk,
        "j",
    );
    desk.press("/");
    desk.press("smi");
    moves(
        "the selection moves among hits of a search",
        &mut desk,
        "\x1b[B",
    );
    let process = desk.child.process_id().unwrap_or_default().to_string();
    println!(
        "{:<44} {:>10.1} MB",
        "private memory of the desk after that",
        private_mb(&process)
    );
}

/// Presses a key that moves the selection, again and again.
fn moves(what: &str, desk: &mut Desk, key: &str) {
    let mut brought: Vec<Brought> = (0..MOVES).map(|_| desk.press(key)).collect();
    let mut times: Vec<Duration> = brought.iter().map(|one| one.first_frame).collect();
    brought.sort_by_key(|one| one.bytes);
    let middle = &brought[brought.len() / 2];
    let most = brought.last().map_or(0, |one| one.bytes);
    println!(
        "{what:<44} {:>6} bytes ({most} at most) in {} frames, p50 {:.2} ms to the first",
        middle.bytes,
        middle.frames,
        percentile(&mut times, 0.5).as_secs_f64() * 1e3
    );
}
