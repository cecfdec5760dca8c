//! The only place that prints. Foreign text goes out through the cleaner, JSON with what could steer a terminal
//! escaped, and progress only to a terminal.

use std::fmt::Write as _;
use std::io::{self, BufWriter, IsTerminal, StderrLock, Stdout, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::tui::text;

/// Columns of what goes to a file or a pipe: nothing is cut there.
const UNLIMITED: usize = usize::MAX;

/// What a command prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text,
    Json,
}

/// Standard output and standard error of one run.
pub struct Output {
    out: BufWriter<Stdout>,
    format: Format,
    bar: Option<ProgressBar>,
}

/// Where the log of a server goes: JSON of the program's own, one object a line.
pub fn log_writer() -> Box<dyn Write + Send> {
    Box::new(io::stderr())
}

impl Output {
    pub fn new(format: Format) -> Self {
        Self {
            out: BufWriter::new(io::stdout()),
            format,
            bar: None,
        }
    }

    pub fn format(&self) -> Format {
        self.format
    }

    /// True when a person reads it on a terminal.
    pub fn is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Columns that a line may take before it is cut.
    pub fn width(&self) -> usize {
        columns(self.is_terminal())
    }

    /// Prints a line; one that is longer than the terminal goes on below, broken between words.
    pub fn line(&mut self, line: &str) -> io::Result<()> {
        let line = text::clean(line);
        for row in broken(&line, self.width()) {
            writeln!(self.out, "{row}")?;
        }
        Ok(())
    }

    /// Prints text of several lines, such as a note.
    pub fn block(&mut self, block: &str) -> io::Result<()> {
        writeln!(self.out, "{}", text::clean_block(block))
    }

    /// Prints a value as JSON: indented on a terminal, else on one line.
    pub fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        let json = match self.is_terminal() {
            true => serde_json::to_string_pretty(value),
            false => serde_json::to_string(value),
        };
        let json = json.map_err(io::Error::other)?;
        writeln!(self.out, "{}", escaped(&json))
    }

    /// Prints bytes that this program made itself: completions, the manual.
    pub fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    /// Standard output for something that streams bytes which cannot steer a terminal; what was printed stands
    /// before it.
    pub fn stream(&mut self) -> io::Result<Box<dyn Write>> {
        self.out.flush()?;
        Ok(Box::new(BufWriter::new(io::stdout())))
    }

    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Says something beside the result.
    pub fn say(&mut self, sentence: &str) {
        let sentence = text::clean(sentence);
        let rows = broken(&sentence, beside_width()).join("\n");
        self.beside(|mut err| writeln!(err, "{rows}"));
    }

    /// Says something of several lines beside the result.
    pub fn say_block(&mut self, block: &str) {
        let block = text::clean_block(block.trim_end());
        let rows = block.lines().flat_map(|line| broken(line, beside_width()));
        let rows = rows.collect::<Vec<_>>().join("\n");
        self.beside(|mut err| writeln!(err, "{rows}"));
    }

    /// Says why the command could not be done.
    pub fn error(&mut self, sentence: &str) {
        let sentence = format!("scv: {}", text::clean(sentence));
        let rows = broken(&sentence, beside_width()).join("\n");
        self.beside(|mut err| writeln!(err, "{rows}"));
    }

    /// Shows progress on a terminal; `total` in bytes, `None` when it is not known.
    pub fn start_progress(&mut self, total: Option<u64>) {
        if !io::stderr().is_terminal() {
            return;
        }
        let bar = match total {
            Some(total) => ProgressBar::new(total),
            None => ProgressBar::new_spinner(),
        };
        let look = match total {
            Some(_) => "{bar:24} {percent:>3} %  {msg}  {eta} left",
            None => "{spinner} {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(look) {
            bar.set_style(style);
        }
        bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(5));
        self.bar = Some(bar);
    }

    /// Moves the progress to `done` bytes.
    pub fn progress(&self, done: u64, message: &str) {
        if let Some(bar) = &self.bar {
            bar.set_position(done);
            bar.set_message(text::clean(message).into_owned());
        }
    }

    pub fn end_progress(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    /// Writes to standard error; nobody can be told when that fails.
    fn beside(&mut self, write: impl FnOnce(StderrLock<'static>) -> io::Result<()>) {
        // What was printed before stands before it.
        let _ = self.out.flush();
        let _ = match &self.bar {
            Some(bar) => bar.suspend(|| write(io::stderr().lock())),
            None => write(io::stderr().lock()),
        };
    }
}

/// Columns of standard error.
fn beside_width() -> usize {
    columns(io::stderr().is_terminal())
}

fn columns(is_terminal: bool) -> usize {
    // A terminal that does not know its size says 0.
    match crossterm::terminal::size() {
        Ok((columns, _)) if is_terminal && columns > 0 => usize::from(columns),
        Ok(_) | Err(_) => UNLIMITED,
    }
}

/// The rows of a line; further ones stand as far in as the first.
fn broken(line: &str, width: usize) -> Vec<String> {
    if text::width(line) <= width {
        return vec![line.to_owned()];
    }
    let words = line.trim_start_matches(' ');
    let indent = " ".repeat((line.len() - words.len()).min(width / 2));
    let rows = text::wrap(words, width - indent.len());
    rows.iter().map(|row| format!("{indent}{row}")).collect()
}

/// JSON in which no character can steer a terminal or turn text around. Outside of strings JSON is plain ASCII,
/// so that an escape stands for the same character everywhere.
pub fn escaped(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for letter in json.chars() {
        if !is_hostile(letter) {
            safe.push(letter);
            continue;
        }
        let mut units = [0; 2];
        for unit in letter.encode_utf16(&mut units) {
            // Writing to a string cannot go wrong.
            let _ = write!(safe, "\\u{unit:04x}");
        }
    }
    safe
}

/// Controls but the line breaks of indented JSON, marks of direction, and what is not seen.
fn is_hostile(letter: char) -> bool {
    match letter {
        '\n' => false,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{FEFF}' => true,
        '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' => true,
        '\u{E0000}'..='\u{E007F}' => true,
        _ => letter.is_control(),
    }
}
