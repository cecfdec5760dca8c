//! Keys in, frame out: the desk on a backend in memory.

use std::io::{self, Write};
use std::num::NonZero;
use std::sync::{Arc, Mutex};

use jiff::tz::TimeZone;
use ratatui::layout::Size;
use scv_desk::tui::input::{Input, Press};
use scv_desk::tui::screen::{Modes, Screen};
use scv_desk::tui::theme::{Depth, Theme};
use scv_desk::tui::time::Clock;
use scv_desk::tui::{Desk, Options};

use super::fake::{Fake, World, now};

/// A terminal in memory, shared with the test.
#[derive(Clone)]
pub struct Glass(Arc<Mutex<vt100::Parser>>);

impl Glass {
    pub fn new(width: u16, height: u16) -> Self {
        let (width, height) = (NonZero::new(width).unwrap(), NonZero::new(height).unwrap());
        Self(Arc::new(Mutex::new(vt100::Parser::new(height, width, 0))))
    }

    pub fn with<T>(&self, look: impl FnOnce(&mut vt100::Parser) -> T) -> T {
        look(&mut self.0.lock().unwrap())
    }
}

impl Write for Glass {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.with(|parser| parser.process(bytes));
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

    pub fn lines(&self) -> Vec<String> {
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
}

#[tokio::test]
async fn dump() {
    for (width, height) in [(140, 42), (80, 24), (40, 12)] {
        let mut stage = Stage::new(width, height, "agent-merge", super::people::world()).await;
        println!("{}", stage.text());
        stage.press("tab").await;
        println!("{}", stage.text());
    }
}
