//! A window of a terminal with the program in it: keys in, screen and bytes out. Every wait has a deadline and
//! says what stood on the screen; a window that goes takes its program with it.

use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use scv_desk::tui::input::{Key, Press};

use super::place::{AGENT, Place, is_remote};

/// How long words may take to appear on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// A frame begins and ends with these.
const FRAME_START: &[u8] = b"\x1b[?2026h";
const FRAME_END: &[u8] = b"\x1b[?2026l";
/// The whole screen is drawn anew behind this.
const CLEARED: &[u8] = b"\x1b[2J";

/// Columns and rows of a window.
#[derive(Clone, Copy)]
pub struct Size(pub u16, pub u16);

impl Size {
    pub const WIDE: Self = Self(140, 42);

    fn pty(self) -> PtySize {
        PtySize {
            cols: self.0,
            rows: self.1,
            pixel_width: 0,
            pixel_height: 0,
        }
    }

    fn grid(self) -> (NonZero<u16>, NonZero<u16>) {
        (NonZero::new(self.1).unwrap(), NonZero::new(self.0).unwrap())
    }
}

/// A window.
pub struct Window {
    pid: Pid,
    exit: Receiver<ExitStatus>,
    has_ended: bool,
    line: Box<dyn MasterPty + Send>,
    before: String,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    raw: Vec<u8>,
    /// Keys that were pressed since the last count, but not the letters of a text.
    pressed: usize,
}

impl Window {
    /// Opens a desk on the store of a place.
    pub fn open(place: &Place, size: Size, role: &str, now: &str) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_scv"));
        command.args(["--agent", AGENT, "--role", role]);
        command.env_clear();
        if is_remote() {
            Self::on_server(command, place, size, role, now)
        } else {
            Self::start(command, place, size, now)
        }
    }

    /// The desk on the store itself, however the other walks go.
    pub fn open_on_store(place: &Place, role: &str, now: &str) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_scv"));
        command.args(["--agent", AGENT, "--role", role]);
        command.env_clear();
        Self::start(command, place, Size::WIDE, now)
    }

    /// The same in a window of a size, at a moment that need not be the others'.
    pub fn open_on_store_at(place: &Place, size: Size, role: &str, now: &str) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_scv"));
        command.args(["--agent", AGENT, "--role", role]);
        command.env_clear();
        Self::start(command, place, size, now)
    }

    /// The desk on a server that has the place's store.
    pub fn open_on_server(place: &Place, role: &str, now: &str) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_scv"));
        command.env_clear();
        Self::on_server(command, place, Size::WIDE, role, now)
    }

    fn on_server(
        mut command: CommandBuilder,
        place: &Place,
        size: Size,
        role: &str,
        now: &str,
    ) -> Self {
        for (name, value) in place.served(role, now) {
            command.env(name, value);
        }
        Self::start(command, place, size, now)
    }

    /// Starts any program in a window. It finds the place around it; what the machine has around the tests is
    /// for the caller to clear.
    pub fn start(mut command: CommandBuilder, place: &Place, size: Size, now: &str) -> Self {
        for (name, value) in place.surroundings(now) {
            command.env(name, value);
        }
        command.env("TERM", "xterm-256color");
        command.cwd(place.path());
        let pair = native_pty_system().openpty(size.pty()).unwrap();
        let before = format!("{:?}", pair.master.get_termios().unwrap());
        let mut child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let pid = Pid::from_raw(child.process_id().unwrap().cast_signed()).unwrap();
        let (ended, exit) = channel();
        std::thread::spawn(move || ended.send(child.wait().unwrap()));
        let (rows, columns) = size.grid();
        Self {
            pid,
            exit,
            has_ended: false,
            output: read(pair.master.try_clone_reader().unwrap()),
            keys: pair.master.take_writer().unwrap(),
            line: pair.master,
            before,
            screen: vt100::Parser::new(rows, columns, 0),
            raw: Vec::new(),
            pressed: 0,
        }
    }

    /// Presses keys, named as in the configuration: `a`, `enter`, `ctrl-s`.
    pub fn press(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            self.pressed += 1;
            self.send(&bytes_of(key.parse().unwrap()));
        }
    }

    /// Types a text, letter by letter.
    pub fn type_text(&mut self, text: &str) {
        self.send(text.as_bytes());
    }

    /// Presses Esc and waits until the words of what it closes are gone: a key that follows at once would be
    /// another one, with Alt.
    #[track_caller]
    pub fn escape(&mut self, words: &str) {
        self.shows(words);
        self.press("esc");
        self.hides(words);
    }

    /// Pastes a text, as a terminal does for a program that asked for it.
    pub fn paste(&mut self, text: &str) {
        self.send(format!("\x1b[200~{text}\x1b[201~").as_bytes());
    }

    /// Sends bytes as they are, such as a terminal's answer.
    pub fn send(&mut self, bytes: &[u8]) {
        self.keys.write_all(bytes).unwrap();
        self.keys.flush().unwrap();
    }

    /// How many keys were pressed since this was asked last.
    pub fn count(&mut self) -> usize {
        std::mem::take(&mut self.pressed)
    }

    /// Waits until the screen shows the words.
    #[track_caller]
    pub fn shows(&mut self, words: &str) {
        self.until(&format!("{words:?} did not come up"), |window| {
            window.text().contains(words)
        });
    }

    /// Waits until the screen shows the words no more.
    #[track_caller]
    pub fn hides(&mut self, words: &str) {
        self.until(&format!("{words:?} did not go away"), |window| {
            !window.text().contains(words)
        });
    }

    /// Waits until the row of the cursor has the words.
    #[track_caller]
    pub fn stands_on(&mut self, words: &str) {
        self.until(&format!("the cursor did not come to {words:?}"), |window| {
            window.cursor_row().contains(words)
        });
    }

    /// Waits for a condition between two frames; where it does not come, says so with the screen.
    #[track_caller]
    pub fn until(&mut self, otherwise: &str, is_so: impl Fn(&Self) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !(self.is_whole() && is_so(self)) {
            let left = until.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.take(bytes),
                Err(why) => panic!("{otherwise} ({why}; {}):\n{}", self.state(), self.text()),
            }
        }
    }

    /// What the system says of the program, for who looks for a fault.
    fn state(&self) -> String {
        let process = format!("/proc/{}", self.pid.as_raw_nonzero());
        let tasks = std::fs::read_dir(format!("{process}/task")).into_iter();
        let waits = tasks.flatten().flatten().map(|task| {
            let read = |name| std::fs::read_to_string(task.path().join(name)).unwrap_or_default();
            format!("{} in {}", read("comm").trim(), read("wchan").trim())
        });
        let end: Vec<u8> = self.raw.iter().rev().take(80).rev().copied().collect();
        let waits = waits.collect::<Vec<_>>().join(", ");
        format!(
            "threads: {waits}; last written: {:?}",
            String::from_utf8_lossy(&end)
        )
    }

    /// Waits for the end of the program and answers whether it ended well.
    #[track_caller]
    pub fn ends(&mut self) -> bool {
        let until = Instant::now() + PATIENCE;
        let left = || until.saturating_duration_since(Instant::now());
        while let Ok(bytes) = self.output.recv_timeout(left()) {
            self.take(bytes);
        }
        match self.exit.recv_timeout(left().max(Duration::from_secs(1))) {
            Ok(status) => {
                self.has_ended = true;
                status.success()
            }
            Err(why) => panic!("the program goes on ({why}):\n{}", self.text()),
        }
    }

    /// Sends the program a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal).unwrap();
    }

    /// Gives the window another size and waits until it is drawn anew.
    #[track_caller]
    pub fn resize(&mut self, size: Size) {
        let (rows, columns) = size.grid();
        self.screen.screen_mut().set_size(rows, columns);
        self.draws_anew(|window| window.line.resize(size.pty()).unwrap());
    }

    /// Does something and waits until the whole screen is drawn anew.
    #[track_caller]
    pub fn draws_anew(&mut self, act: impl FnOnce(&mut Self)) {
        let before = self.raw.len();
        act(self);
        self.until("nothing was drawn anew", |window| {
            let since = &window.raw[before..];
            since.windows(CLEARED.len()).any(|at| at == CLEARED)
        });
    }

    /// Waits until the program woke up so many times, and sees that it wrote nothing meanwhile. What was on its way
    /// when this began may still come.
    #[track_caller]
    pub fn is_silent_for_wakes(&mut self, wakes: u64) {
        let until = Instant::now() + PATIENCE;
        let (mut from, mut settled) = (self.wakes(), false);
        while self.wakes() < from + wakes {
            assert!(Instant::now() < until, "it does not wake: {}", self.state());
            match self.output.recv_timeout(Duration::from_millis(5)) {
                Ok(bytes) if settled => {
                    panic!("it wrote {:?}", String::from_utf8_lossy(&bytes))
                }
                Ok(bytes) => self.take(bytes),
                Err(RecvTimeoutError::Timeout) if !settled && from + 20 <= self.wakes() => {
                    (from, settled) = (self.wakes(), true);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => panic!("the program has ended"),
            }
        }
        assert!(settled);
    }

    /// How often the thread that draws has woken up.
    fn wakes(&self) -> u64 {
        let status = format!("/proc/{}/status", self.pid.as_raw_nonzero());
        let status = std::fs::read_to_string(status).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        line.unwrap().trim().parse().unwrap()
    }

    pub fn text(&self) -> String {
        self.screen.screen().contents()
    }

    pub fn screen(&self) -> &vt100::Screen {
        self.screen.screen()
    }

    /// Everything that the program wrote.
    pub fn written(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }

    pub fn cursor_row(&self) -> String {
        let screen = self.screen.screen();
        let ((row, _), (_, columns)) = (screen.cursor_position(), screen.size());
        screen.rows(0, columns.into()).nth(row.into()).unwrap()
    }

    /// The settings of the line, in words to compare, as they are now and as they were before the program.
    pub fn settings(&self) -> (String, String) {
        (
            format!("{:?}", self.line.get_termios().unwrap()),
            self.before.clone(),
        )
    }

    fn take(&mut self, bytes: Vec<u8>) {
        self.screen.process(&bytes);
        self.raw.extend(bytes);
    }

    /// True between two frames.
    fn is_whole(&self) -> bool {
        let last = |order: &[u8]| self.raw.windows(order.len()).rposition(|at| at == order);
        last(FRAME_START) <= last(FRAME_END)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if self.has_ended || self.exit.try_recv().is_ok() {
            return;
        }
        // It may be gone in this moment; then there is nothing to end.
        let _ = kill_process(self.pid, Signal::KILL);
        let _ = self.exit.recv_timeout(PATIENCE);
    }
}

/// Reads all that a program writes, until its terminal is closed.
fn read(mut reader: Box<dyn Read + Send>) -> Receiver<Vec<u8>> {
    let (sender, output) = channel();
    std::thread::spawn(move || {
        let mut buf = [0; 8192];
        while let Ok(count) = reader.read(&mut buf) {
            if count == 0 || sender.send(buf[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    output
}

/// What a terminal sends for a press.
fn bytes_of(press: Press) -> Vec<u8> {
    let word = match press.key {
        Key::Char(c) if press.ctrl => return vec![c as u8 & 0x1f],
        Key::Char(c) => return c.to_string().into_bytes(),
        Key::Tab if press.shift => "\x1b[Z",
        Key::Tab => "\t",
        Key::Enter => "\r",
        Key::Esc => "\x1b",
        Key::Backspace => "\x7f",
        Key::Up => "\x1b[A",
        Key::Down => "\x1b[B",
        Key::Right => "\x1b[C",
        Key::Left => "\x1b[D",
        Key::Home => "\x1b[H",
        Key::End => "\x1b[F",
        Key::Insert => "\x1b[2~",
        Key::Delete => "\x1b[3~",
        Key::PageUp => "\x1b[5~",
        Key::PageDown => "\x1b[6~",
        Key::F(1) => "\x1bOP",
        Key::F(2) => "\x1bOQ",
        Key::F(4) => "\x1bOS",
        Key::F(5) => "\x1b[15~",
        Key::F(8) => "\x1b[19~",
        Key::F(9) => "\x1b[20~",
        Key::F(number) => panic!("no walk presses f{number}"),
    };
    word.as_bytes().to_vec()
}
