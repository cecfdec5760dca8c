//! A desk on a backend in memory, driven by keys: what tests of frames stand on.

use std::io::{self, Write};
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64ct::{Base64, Encoding};
use jiff::tz::TimeZone;
use ratatui::layout::Size;
use scv_desk::tui::input::{Input, Press};
use scv_desk::tui::screen::{Modes, Screen};
use scv_desk::tui::text::LRM;
use scv_desk::tui::theme::{Depth, Theme};
use scv_desk::tui::time::Clock;
use scv_desk::tui::{Desk, Options};

use super::fake::{Fake, World, now};

/// A terminal in memory, shared with the test.
#[derive(Clone)]
pub struct Glass(
    Arc<Mutex<vt100::Parser>>,
    Arc<AtomicUsize>,
    Arc<Mutex<Vec<u8>>>,
);

impl Glass {
    pub fn new(width: u16, height: u16) -> Self {
        let (width, height) = (NonZero::new(width).unwrap(), NonZero::new(height).unwrap());
        let parser = vt100::Parser::new(height, width, 0);
        Self(Arc::new(Mutex::new(parser)), Arc::default(), Arc::default())
    }

    /// How often the bell rang.
    pub fn bells(&self) -> usize {
        self.1.load(Ordering::SeqCst)
    }

    /// What was sent to the clipboard, in order.
    pub fn copied(&self) -> Vec<String> {
        let written = String::from_utf8(self.2.lock().unwrap().clone()).unwrap();
        let orders = written.split("\x1b]52;c;").skip(1);
        let texts = orders.map(|order| order.split('\x1b').next().unwrap());
        let texts = texts.map(|text| Base64::decode_vec(text).unwrap());
        texts.map(|text| String::from_utf8(text).unwrap()).collect()
    }

    pub fn with<T>(&self, look: impl FnOnce(&mut vt100::Parser) -> T) -> T {
        look(&mut self.0.lock().unwrap())
    }
}

impl Write for Glass {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.with(|parser| parser.process(bytes));
        if bytes.starts_with(b"\x1b]52;") {
            self.2.lock().unwrap().extend(bytes);
        }
        let bells = bytes.iter().filter(|byte| **byte == 7).count();
        self.1.fetch_add(bells, Ordering::SeqCst);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A desk that a test drives with keys, and the terminal that it draws on.
pub struct Stage {
    pub desk: Desk<Glass>,
    pub glass: Glass,
    pub backend: Arc<Fake>,
}

pub fn options() -> Options {
    Options {
        tz: TimeZone::UTC,
        clock: Clock::fixed(now()),
        badge: Some("DEMO".to_owned()),
        ..Options::new(Theme::load("dark", Depth::True).unwrap())
    }
}

impl Stage {
    pub async fn new(width: u16, height: u16, role: &str, world: World) -> Self {
        Self::with(width, height, options(), Arc::new(Fake::new(role, world))).await
    }

    pub async fn with(width: u16, height: u16, options: Options, backend: Arc<Fake>) -> Self {
        let glass = Glass::new(width, height);
        let size = Size { width, height };
        let screen = Screen::enter(glass.clone(), size, &Modes::default(), &[]);
        let desk = Desk::new(backend.clone(), screen.unwrap(), options).unwrap();
        let mut stage = Self {
            desk,
            glass,
            backend,
        };
        stage.desk.settle().await.unwrap();
        stage
    }

    /// Presses keys, as the configuration writes them, and waits until everything has settled.
    pub async fn press(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            let press: Press = key.parse().unwrap();
            self.desk.input(Input::Key(press)).unwrap();
            self.desk.settle().await.unwrap();
        }
    }

    /// Types text into what has the keys.
    pub async fn types(&mut self, text: &str) {
        for letter in text.chars() {
            self.desk.input(Input::Key(Press::char(letter))).unwrap();
            self.desk.settle().await.unwrap();
        }
    }

    /// Waits until the desk has heard what its presenter says.
    pub async fn hears(&mut self) {
        self.desk.hear().await.unwrap();
        self.desk.settle().await.unwrap();
    }

    /// What is seen; the marks around what runs from right to left are not.
    pub fn lines(&self) -> Vec<String> {
        let written = self.written_lines().into_iter();
        written.map(|line| line.replace(LRM, "")).collect()
    }

    /// The same with those marks.
    pub fn written_lines(&self) -> Vec<String> {
        self.glass.with(|parser| {
            let screen = parser.screen();
            let (_, width) = screen.size();
            screen.rows(0, width.into()).collect()
        })
    }

    pub fn text(&self) -> String {
        self.lines().join("\n")
    }

    #[track_caller]
    pub fn shows(&self, words: &str) {
        assert!(
            self.text().contains(words),
            "{words:?} is not in\n{}",
            self.text()
        );
    }

    #[track_caller]
    pub fn hides(&self, words: &str) {
        assert!(
            !self.text().contains(words),
            "{words:?} is in\n{}",
            self.text()
        );
    }

    /// The row in which the cursor stands.
    pub fn cursor_row(&self) -> String {
        let (row, _) = self.glass.with(|parser| parser.screen().cursor_position());
        self.lines()[usize::from(row)].clone()
    }

    /// The row of the cursor, cut at the borders of the panes.
    pub fn cursor_cells(&self, border: &str) -> Vec<String> {
        self.cursor_row().split(border).map(str::to_owned).collect()
    }

    /// Gives the terminal another size.
    pub async fn resize(&mut self, width: u16, height: u16) {
        let size = (NonZero::new(height).unwrap(), NonZero::new(width).unwrap());
        self.glass
            .with(|parser| parser.screen_mut().set_size(size.0, size.1));
        self.desk.input(Input::Resize { width, height }).unwrap();
        self.desk.settle().await.unwrap();
    }

    /// The colour of the first letter of some words.
    #[track_caller]
    pub fn colour(&self, words: &str) -> vt100::Color {
        let lines = self.lines();
        let row = lines
            .iter()
            .position(|line| line.contains(words))
            .expect(words);
        let column = lines[row].split(words).next().unwrap();
        let column = scv_desk::tui::text::width(column) as u16;
        self.glass.with(|parser| {
            let cell = parser.screen().cell(row as u16, column).unwrap();
            cell.fgcolor()
        })
    }
}
