//! Pictures of the real screens: the desk on the demo's data, drawn by the program. `UPDATE=1` writes them to
//! `assets/screenshots`; without it the test sees that each shows what it is a picture of.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use jiff::tz::TimeZone;
use ratatui::layout::Size;
use scv_desk::backend::local::{Clock, LocalBackend};
use scv_desk::demo::player::Player;
use scv_desk::demo::{act, bundled_script, load};
use scv_desk::domain::command::Actor;
use scv_desk::domain::{Moment, Role};
use scv_desk::engine;
use scv_desk::store::Store;
use scv_desk::store::sqlite::{Open, Options as StoreOptions, SqliteStore};
use scv_desk::tui::input::{Input, Press};
use scv_desk::tui::screen::{Modes, Screen};
use scv_desk::tui::theme::{Depth, Theme};
use scv_desk::tui::{Desk, Options};

use super::stage::Glass;

/// Size of a cell and of the letters in it, in the units of the picture.
const CELL: (f32, f32) = (8.4, 18.0);
const LETTER: u32 = 14;
/// Ground and letters where the desk leaves them to the terminal.
const GROUND: &str = "#161616";
const TEXT: &str = "#d4d4d4";

/// The desk on the demo's data, so many seconds after its start.
struct Shot {
    desk: Desk<Glass>,
    glass: Glass,
    _dir: tempfile::TempDir,
}

impl Shot {
    async fn at(seconds: i64, width: u16, height: u16) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(
            &dir.path().join("demo.db"),
            Open::Create,
            StoreOptions::default(),
        );
        let store: Arc<dyn Store> = Arc::new(store.unwrap());
        let start: Moment = "2026-11-25T14:00:00Z".parse().unwrap();
        let now = Arc::new(Mutex::new(start));
        let clock: Clock = {
            let now = now.clone();
            Arc::new(move || *now.lock().unwrap())
        };
        let backend = |name: &str, role: &str| {
            let actor = Actor {
                name: name.to_owned(),
                role: Role::bundled(role).unwrap(),
            };
            let rules = engine::Options::default();
            Arc::new(LocalBackend::new(
                store.clone(),
                actor,
                rules,
                clock.clone(),
                TimeZone::UTC,
            ))
        };
        let feed = backend("demo switch", "admin");
        let script = Arc::new(bundled_script().unwrap());
        let agent = backend(&script.agent, &script.role);
        let visits = load::load(&feed, start).await.unwrap();
        let mut player = Player::new(script, start, &visits);
        let moment = start.plus_ms(seconds * 1000);
        *now.lock().unwrap() = moment;
        for due in player.due(moment) {
            act(due, &feed).await.unwrap();
        }
        let glass = Glass::new(width, height);
        let screen = Screen::enter(
            glass.clone(),
            Size { width, height },
            &Modes::default(),
            &[],
        )
        .unwrap();
        let options = Options {
            tz: TimeZone::UTC,
            clock: scv_desk::tui::time::Clock::fixed(moment),
            badge: Some("DEMO".to_owned()),
            ..Options::new(Theme::load("dark", Depth::True).unwrap())
        };
        let mut desk = Desk::new(agent, screen, options).unwrap();
        desk.settle().await.unwrap();
        Self {
            desk,
            glass,
            _dir: dir,
        }
    }

    async fn press(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            let press: Press = key.parse().unwrap();
            self.desk.input(Input::Key(press)).unwrap();
            self.desk.settle().await.unwrap();
        }
    }

    /// Writes the picture when asked to, and sees that it shows the words.
    fn take(&self, name: &str, words: &[&str]) {
        let text = self.glass.with(|parser| parser.screen().contents());
        for word in words {
            assert!(
                text.contains(word),
                "{word:?} is not in the picture {name}:\n{text}"
            );
        }
        let svg = self.glass.with(|parser| picture(parser.screen()));
        assert!(svg.ends_with("</svg>\n"));
        if std::env::var_os("UPDATE").is_some() {
            let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "assets/screenshots", name]
                .iter()
                .collect();
            std::fs::write(path.with_extension("svg"), svg).unwrap();
        }
    }
}

/// The screen as an SVG: grounds first, then one text for each run of cells of one look.
fn picture(screen: &vt100::Screen) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let (width, height) = (
        f32::from(columns) * CELL.0 + 24.0,
        f32::from(rows) * CELL.1 + 24.0,
    );
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"{LETTER}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{GROUND}\"/>"
    );
    for row in 0..rows {
        let y = 12.0 + f32::from(row) * CELL.1;
        let mut column = 0;
        while column < columns {
            let Some(first) = screen.cell(row, column) else {
                break;
            };
            let look = look_of(first);
            let start = column;
            let mut text = String::new();
            while let Some(cell) = screen
                .cell(row, column)
                .filter(|cell| look_of(cell) == look)
            {
                if !cell.is_wide_continuation() {
                    text.push_str(if cell.has_contents() {
                        cell.contents()
                    } else {
                        " "
                    });
                }
                column += 1;
                // A run ends at each gap, so that no viewer's font can shift what comes after it.
                if text.ends_with("  ") && !text.trim().is_empty() {
                    break;
                }
            }
            run(&mut svg, (start, column), y, &text, &look);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

type Look = (String, String, bool, bool);

/// Letters, ground, bold, underlined.
fn look_of(cell: &vt100::Cell) -> Look {
    let named = |color, default: &str| match color {
        vt100::Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        vt100::Color::Default | vt100::Color::Idx(_) => default.to_owned(),
    };
    let (text, ground) = (named(cell.fgcolor(), TEXT), named(cell.bgcolor(), GROUND));
    let (text, ground) = if cell.inverse() {
        (ground, text)
    } else {
        (text, ground)
    };
    (text, ground, cell.bold(), cell.underline())
}

fn run(svg: &mut String, (start, end): (u16, u16), y: f32, text: &str, look: &Look) {
    let (color, ground, bold, underlined) = look;
    let x = 12.0 + f32::from(start) * CELL.0;
    let width = f32::from(end - start) * CELL.0;
    if ground != GROUND {
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{:.1}\" fill=\"{ground}\"/>",
            CELL.1
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let lead = text.len() - text.trim_start().len();
    let x = x + lead as f32 * CELL.0;
    let shown = text.trim();
    let cells = scv_desk::tui::text::width(shown) as f32;
    let weight = if *bold { " font-weight=\"bold\"" } else { "" };
    let line = if *underlined {
        " text-decoration=\"underline\""
    } else {
        ""
    };
    let escaped = shown
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{:.1}\" textLength=\"{:.1}\" lengthAdjust=\"spacingAndGlyphs\" \
         fill=\"{color}\"{weight}{line} xml:space=\"preserve\">{escaped}</text>",
        y + 13.5,
        cells * CELL.0,
    );
}

#[tokio::test]
async fn the_main_screen_is_drawn() {
    let mut shot = Shot::at(20, 140, 36).await;
    shot.press("g enter").await;
    shot.take(
        "main",
        &["Efa Byrne", "Byrne & Daughters", "Journey", "DEMO"],
    );
    shot.press("w").await;
    shot.take("why", &["phone +353 86 123 4567"]);
}

#[tokio::test]
async fn the_search_is_drawn() {
    let mut shot = Shot::at(20, 140, 36).await;
    shot.press("/ b y r n e").await;
    shot.take("search", &["Efa Byrne", "Claire Byrne", "Tom O'Byrne"]);
}

#[tokio::test]
async fn a_small_screen_is_drawn() {
    let mut shot = Shot::at(20, 80, 24).await;
    shot.press("g enter").await;
    shot.take("small", &["Efa Byrne", "Profile"]);
}
