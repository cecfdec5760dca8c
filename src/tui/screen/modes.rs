//! The modes of a terminal: each one that was set is undone once, in reverse, however the program ends.

use std::io::{self, Write};
use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;

/// A mode of the terminal, in the order in which modes are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Keys arrive one by one and unechoed. Only for the program's own terminal.
    Raw,
    /// The title is put aside and comes back.
    Title,
    AlternateScreen,
    /// A paste arrives as one piece of text.
    Paste,
    /// The terminal tells when its window gains or loses the focus.
    Focus,
    /// Presses and the wheel only: reports of every motion would flood a slow line.
    Mouse,
}

impl Mode {
    pub const ALL: [Self; 6] = [
        Self::Raw,
        Self::Title,
        Self::AlternateScreen,
        Self::Paste,
        Self::Focus,
        Self::Mouse,
    ];

    fn bit(self) -> u8 {
        1 << self as u8
    }

    fn set(self) -> &'static str {
        match self {
            Self::Raw => "",
            Self::Title => "\x1b[22;2t",
            Self::AlternateScreen => "\x1b[?1049h",
            Self::Paste => "\x1b[?2004h",
            Self::Focus => "\x1b[?1004h",
            Self::Mouse => "\x1b[?1000h\x1b[?1006h",
        }
    }

    fn undo(self) -> &'static str {
        match self {
            Self::Raw => "",
            Self::Title => "\x1b[23;2t",
            Self::AlternateScreen => "\x1b[?1049l",
            Self::Paste => "\x1b[?2004l",
            Self::Focus => "\x1b[?1004l",
            Self::Mouse => "\x1b[?1006l\x1b[?1000l",
        }
    }
}

/// The modes that are set now. Clones share them, so that a panic hook can undo what a screen set.
#[derive(Clone, Debug, Default)]
pub struct Modes(Arc<AtomicU8>);

impl Modes {
    pub fn is_set(&self, mode: Mode) -> bool {
        self.0.load(Ordering::SeqCst) & mode.bit() != 0
    }

    pub fn is_any_set(&self) -> bool {
        self.0.load(Ordering::SeqCst) != 0
    }

    /// Sets one mode unless it is set.
    pub fn set(&self, mode: Mode, writer: &mut impl Write) -> io::Result<()> {
        // Noted before it is done: undoing a mode that was not set is harmless, the reverse is not.
        if self.0.fetch_or(mode.bit(), Ordering::SeqCst) & mode.bit() != 0 {
            return Ok(());
        }
        if mode == Mode::Raw {
            return crossterm::terminal::enable_raw_mode();
        }
        writer.write_all(mode.set().as_bytes())?;
        writer.flush()
    }

    /// Undoes one mode if it is set.
    pub fn undo(&self, mode: Mode, writer: &mut impl Write) -> io::Result<()> {
        if self.0.fetch_and(!mode.bit(), Ordering::SeqCst) & mode.bit() == 0 {
            return Ok(());
        }
        if mode == Mode::Raw {
            return crossterm::terminal::disable_raw_mode();
        }
        writer.write_all(mode.undo().as_bytes())?;
        writer.flush()
    }

    /// Undoes all that is set and shows the cursor; a second call writes nothing. Answers what was set.
    pub fn undo_all(&self, writer: &mut impl Write) -> io::Result<Vec<Mode>> {
        let set = self.0.swap(0, Ordering::SeqCst);
        let was_set: Vec<Mode> = Mode::ALL
            .into_iter()
            .filter(|mode| set & mode.bit() != 0)
            .collect();
        if was_set.is_empty() {
            return Ok(was_set);
        }
        // A frame may have been cut in the middle: end its synchronisation, its string and its colours first.
        let mut orders = String::from("\x1b\\\x1b[?2026l\x1b[m\x1b[?25h");
        was_set
            .iter()
            .rev()
            .for_each(|mode| orders.push_str(mode.undo()));
        let written = writer
            .write_all(orders.as_bytes())
            .and_then(|()| writer.flush());
        // Raw mode ends even where nothing could be written: the line may be gone in one direction only.
        if was_set.contains(&Mode::Raw) {
            crossterm::terminal::disable_raw_mode()?;
        }
        written.map(|()| was_set)
    }
}

/// Makes a panic restore the terminal before it is printed. Call it once, on the thread that draws.
///
/// When another thread panics the screen lives on: it is only logged, because words printed into a
/// living screen would destroy it. The words of the panic stay out of the log: they may quote a customer.
pub fn restore_on_panic(modes: &Modes) {
    let modes = modes.clone();
    let drawing = thread::current().id();
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if thread::current().id() != drawing && modes.is_any_set() {
            let place = panic
                .location()
                .map(ToString::to_string)
                .unwrap_or_default();
            tracing::error!(place, "a task panicked");
            return;
        }
        // The panic is told even if the terminal is gone.
        let _ = modes.undo_all(&mut io::stdout());
        previous(panic);
    }));
}
