//! The terminal as a screen: its modes, its frames, its title, and giving it back.
//!
//! A screen works over any writer, so that tests and remote sessions have their own. Reading keys is
//! not here (`input`), nor is what is drawn.

use std::io::{self, Write};

use base64ct::{Base64, Encoding};
use ratatui::buffer::{Buffer, Cell, CellDiffOption, CellWidth};
use ratatui::layout::{Position, Rect, Size};
use ratatui::{Frame, Terminal};

use super::text;

mod modes;
mod pen;
mod surface;

pub use modes::{Mode, Modes, restore_on_panic};
pub use surface::Surface;

/// The largest screen that is drawn: a window of 65,535 columns would cost gigabytes.
pub const SIZE_MAX: Size = Size {
    width: 1_000,
    height: 500,
};
/// What a terminal that does not know its size is taken for.
pub const SIZE_DEFAULT: Size = Size {
    width: 80,
    height: 24,
};

const TITLE_COLUMNS_MAX: usize = 80;
/// The longest text that is copied: some terminals ignore longer orders whole.
const COPY_BYTES_MAX: usize = 4 * 1024;

/// A terminal that is drawn on. All modes that it set are undone when it is dropped.
pub struct Screen<W: Write> {
    terminal: Terminal<Surface<W>>,
    modes: Modes,
    /// The modes to come back to after a pause.
    paused: Option<Vec<Mode>>,
    title: String,
    /// Where the last frame has letters of two columns.
    wide: Vec<Position>,
}

impl<W: Write> Screen<W> {
    /// Takes the terminal. `modes` is shared with the panic hook; `wanted` are the modes to set.
    pub fn enter(writer: W, size: Size, modes: &Modes, wanted: &[Mode]) -> io::Result<Self> {
        let terminal = Terminal::new(Surface::new(writer, sane(size)))?;
        let mut screen = Self {
            terminal,
            modes: modes.clone(),
            paused: None,
            title: String::new(),
            wide: Vec::new(),
        };
        for mode in Mode::ALL.into_iter().filter(|mode| wanted.contains(mode)) {
            screen.set(mode)?;
        }
        screen.redraw()?;
        Ok(screen)
    }

    /// Draws one frame in one write and answers its bytes; nothing is written when nothing changed.
    /// The cursor stands where the frame put it, and is hidden if the frame put it nowhere.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<u64> {
        let before = self.bytes();
        if self.paused.is_some() {
            return Ok(0);
        }
        let wide = std::mem::take(&mut self.wide);
        let completed = self.terminal.draw(|frame| {
            view(frame);
            refresh_halves(frame.buffer_mut(), &wide);
            isolate(frame.buffer_mut());
        })?;
        self.wide = wide_cells(completed.buffer);
        Ok(self.bytes() - before)
    }

    pub fn size(&self) -> Size {
        self.terminal.size().unwrap_or(SIZE_DEFAULT)
    }

    /// Takes a new size; the next frame draws everything.
    pub fn resize(&mut self, size: Size) -> io::Result<()> {
        self.terminal.backend_mut().set_size(sane(size));
        self.redraw()
    }

    /// Makes the next frame draw everything, for a terminal that somebody else wrote on.
    pub fn redraw(&mut self) -> io::Result<()> {
        let size = self.size();
        self.terminal.backend_mut().forget();
        self.terminal.resize(Rect::from((Position::ORIGIN, size)))
    }

    /// Sets a mode while running, such as the mouse.
    pub fn set(&mut self, mode: Mode) -> io::Result<()> {
        self.modes.set(mode, &mut Raw(self.terminal.backend_mut()))
    }

    /// Undoes a mode while running.
    pub fn undo(&mut self, mode: Mode) -> io::Result<()> {
        self.modes.undo(mode, &mut Raw(self.terminal.backend_mut()))
    }

    pub fn is_set(&self, mode: Mode) -> bool {
        self.modes.is_set(mode)
    }

    /// Writes the title of the window, if the title was asked for and is another one.
    pub fn set_title(&mut self, title: &str) -> io::Result<()> {
        let title = text::fit(&text::clean(title), TITLE_COLUMNS_MAX);
        if !self.is_set(Mode::Title) || title == self.title {
            return Ok(());
        }
        let order = format!("\x1b]2;{title}\x1b\\");
        self.title = title;
        self.terminal.backend_mut().write_raw(order.as_bytes())
    }

    /// Asks the terminal to put a text on the clipboard of its own machine, however far that is (OSC 52).
    /// Terminals that do not know it, or were told not to, leave it: nobody can tell.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        let text = text::clean_line(text);
        let kept = &text[..text::boundary_before(&text, COPY_BYTES_MAX)];
        let order = format!("\x1b]52;c;{}\x1b\\", Base64::encode_string(kept.as_bytes()));
        self.terminal.backend_mut().write_raw(order.as_bytes())
    }

    /// Asks the terminal for its background (OSC 11). What it answers arrives among the keys; terminals that do
    /// not know the question leave it.
    pub fn ask_ground(&mut self) -> io::Result<()> {
        self.terminal.backend_mut().write_raw(b"\x1b]11;?\x1b\\")
    }

    /// Rings the terminal's bell.
    pub fn ring(&mut self) -> io::Result<()> {
        self.terminal.backend_mut().write_raw(b"\x07")
    }

    /// Gives the terminal to somebody else: an editor, or the shell. Drawing does nothing meanwhile.
    pub fn suspend(&mut self) -> io::Result<()> {
        if self.paused.is_some() {
            return Ok(());
        }
        let modes = self.modes.clone();
        self.paused = Some(modes.undo_all(&mut Raw(self.terminal.backend_mut()))?);
        Ok(())
    }

    /// Takes the terminal back, at the size it has now.
    pub fn resume(&mut self, size: Size) -> io::Result<()> {
        let Some(modes) = self.paused.take() else {
            return Ok(());
        };
        for mode in modes {
            self.set(mode)?;
        }
        let title = std::mem::take(&mut self.title);
        self.set_title(&title)?;
        self.resize(size)
    }

    /// All bytes that were written since the start.
    pub fn bytes(&self) -> u64 {
        self.terminal.backend().bytes()
    }

    /// What tests look at.
    pub fn writer(&self) -> &W {
        self.terminal.backend().writer()
    }

    /// Gives the terminal back and says whether that went well; dropping the screen does it silently.
    pub fn leave(mut self) -> io::Result<()> {
        self.restore()
    }

    fn restore(&mut self) -> io::Result<()> {
        let modes = self.modes.clone();
        modes
            .undo_all(&mut Raw(self.terminal.backend_mut()))
            .map(|_| ())
    }
}

impl<W: Write> Drop for Screen<W> {
    fn drop(&mut self) {
        // There is nobody left to tell.
        let _ = self.restore();
    }
}

/// True when the program has a terminal to read keys from and to draw on.
pub fn has_terminal() -> bool {
    use io::IsTerminal;
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// The size of the program's own terminal.
pub fn terminal_size() -> Size {
    let (width, height) = crossterm::terminal::size().unwrap_or_default();
    sane(Size { width, height })
}

/// The program's own terminal, unbuffered: a frame is one write to it.
#[cfg(unix)]
pub fn terminal_writer() -> io::Result<std::fs::File> {
    use std::os::fd::AsFd;
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

/// The program's own terminal.
#[cfg(not(unix))]
pub fn terminal_writer() -> io::Result<io::Stdout> {
    Ok(io::stdout())
}

/// Stops the program as Ctrl-Z does in a shell, and comes back when it is continued. Suspend the screen
/// and pause the keys before. Without a shell behind it the system ignores the stop, and so nothing happens.
pub fn stop_program() -> io::Result<()> {
    #[cfg(unix)]
    {
        // The whole group stops, as the terminal would do it: a program that started this one waits too.
        rustix::process::kill_current_process_group(rustix::process::Signal::TSTP)?;
        // The signal may be taken by another thread; this one must not draw in that moment.
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    Ok(())
}

/// Writes past the cells, and counts.
struct Raw<'a, W: Write>(&'a mut Surface<W>);

impl<W: Write> Write for Raw<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_raw(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn wide_cells(buf: &Buffer) -> Vec<Position> {
    let is_wide =
        |(_, cell): &(usize, &Cell)| 1 < cell.symbol().len() && 1 < cell.symbol().cell_width();
    let wide = buf.content().iter().enumerate().filter(is_wide);
    wide.map(|(at, _)| buf.pos_of(at).into()).collect()
}

/// Draws again what stands where the second half of a wide letter was: terminals do not agree on how
/// that half looks once the first half is overwritten.
fn refresh_halves(buf: &mut Buffer, wide: &[Position]) {
    for at in wide {
        let is_gone = buf
            .cell(*at)
            .is_some_and(|cell| cell.symbol().len() == 1 || cell.symbol().cell_width() < 2);
        if let Some(half) = buf.cell_mut((at.x + 1, at.y)).filter(|_| is_gone) {
            half.set_diff_option(CellDiffOption::AlwaysUpdate);
        }
    }
}

/// Puts a mark on both sides of what runs from right to left: a terminal that turns it round for the eye leaves
/// what stands beside it, such as a time or a border, in its place. Nobody else can bring such a mark here: it is
/// shown as a code wherever foreign text has one.
fn isolate(buf: &mut Buffer) {
    let width = usize::from(buf.area.width).max(1);
    for row in buf.content.chunks_mut(width) {
        let is_rtl = |cell: &Cell| cell.symbol().chars().any(text::is_rtl);
        let mut at = 0;
        while let Some(first) = (at..row.len()).find(|at| is_rtl(&row[*at])) {
            let mut last = first;
            // A blank between two words of it belongs to it.
            while let Some(next) =
                (last + 1..row.len().min(last + 3)).find(|next| is_rtl(&row[*next]))
            {
                if next == last + 2 && row[last + 1].symbol() != " " {
                    break;
                }
                last = next;
            }
            for side in first.checked_sub(1).into_iter().chain([last]) {
                let marked = format!("{}{}", row[side].symbol(), text::LRM);
                row[side].set_symbol(&marked);
            }
            at = last + 1;
        }
    }
}

fn sane(size: Size) -> Size {
    if size.width == 0 || size.height == 0 {
        return SIZE_DEFAULT;
    }
    Size {
        width: size.width.min(SIZE_MAX.width),
        height: size.height.min(SIZE_MAX.height),
    }
}
