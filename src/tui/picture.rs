//! A frame as a picture: an SVG that looks like the terminal, for documentation.

use std::fmt::Write;
use std::io;
use std::sync::Arc;

use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::layout::Size;
use ratatui::style::{Color, Modifier};

use super::input::{Input, Press};
use super::screen::{Modes, Screen};
use super::{Desk, Options, text};
use crate::backend::Backend;

/// Size of a cell and of the letters in it, in the units of the picture.
const CELL: (f32, f32) = (8.4, 18.0);
const LETTER: u32 = 14;
const MARGIN: f32 = 12.0;
/// From the top of a cell to the line that letters stand on.
const BASELINE: f32 = 13.5;
/// Ground and letters where the desk leaves them to the terminal.
const GROUND: &str = "#161616";
const TEXT: &str = "#d4d4d4";

/// One frame of a desk.
#[derive(Clone, Debug)]
pub struct Picture(Buffer);

/// A desk on no terminal, of so many columns and rows, after some keys as the configuration writes them.
pub async fn still(
    backend: Arc<dyn Backend>,
    options: Options,
    (width, height): (u16, u16),
    keys: &str,
) -> io::Result<Picture> {
    let size = Size { width, height };
    let screen = Screen::enter(io::sink(), size, &Modes::default(), &[])?;
    let mut desk = Desk::new(backend, screen, options)?;
    desk.settle().await?;
    for key in keys.split_whitespace() {
        let press: Press = key
            .parse()
            .map_err(|bad| io::Error::new(io::ErrorKind::InvalidInput, bad))?;
        desk.input(Input::Key(press))?;
        desk.settle().await?;
    }
    Ok(desk.picture())
}

/// Letters, ground, bold, underlined.
type Look = (String, String, bool, bool);

impl Picture {
    pub(super) fn of(frame: Buffer) -> Self {
        Self(frame)
    }

    /// The frame as an SVG: each run of cells of one look is a text, on a ground where it has one.
    pub fn svg(&self) -> String {
        let area = self.0.area;
        let (width, height) = (
            f32::from(area.width) * CELL.0 + 2.0 * MARGIN,
            f32::from(area.height) * CELL.1 + 2.0 * MARGIN,
        );
        let mut svg = String::new();
        // Writing into a string cannot go wrong.
        let _ = writeln!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
             font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" \
             font-size=\"{LETTER}\">\n\
             <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{GROUND}\"/>"
        );
        for y in 0..area.height {
            self.row(y, &mut svg);
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn row(&self, y: u16, svg: &mut String) {
        let mut x = 0;
        while let Some(first) = self.0.cell((x, y)) {
            let look = look_of(first);
            let start = x;
            let mut words = String::new();
            while let Some(cell) = self.0.cell((x, y)).filter(|cell| look_of(cell) == look) {
                words.push_str(cell.symbol());
                x += cell.cell_width().max(1);
                // A run ends at each gap, so that no viewer's font can shift what comes after it.
                if words.ends_with("  ") && !words.trim().is_empty() {
                    break;
                }
            }
            run(svg, (start, x), y, &words, &look);
        }
    }
}

fn look_of(cell: &Cell) -> Look {
    let named = |color, default: &str| match color {
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        _ => default.to_owned(),
    };
    let (text, ground) = (named(cell.fg, TEXT), named(cell.bg, GROUND));
    let (text, ground) = match cell.modifier.contains(Modifier::REVERSED) {
        true => (ground, text),
        false => (text, ground),
    };
    let has = |modifier| cell.modifier.contains(modifier);
    (text, ground, has(Modifier::BOLD), has(Modifier::UNDERLINED))
}

fn run(svg: &mut String, (start, end): (u16, u16), y: u16, words: &str, look: &Look) {
    let (color, ground, bold, underlined) = look;
    let (x, y) = (
        MARGIN + f32::from(start) * CELL.0,
        MARGIN + f32::from(y) * CELL.1,
    );
    if ground != GROUND {
        let width = f32::from(end - start) * CELL.0;
        let height = CELL.1;
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{ground}\"/>"
        );
    }
    let shown = words.trim();
    if shown.is_empty() {
        return;
    }
    let lead = words.len() - words.trim_start().len();
    let x = x + lead as f32 * CELL.0;
    let length = text::width(shown) as f32 * CELL.0;
    let weight = match bold {
        true => " font-weight=\"bold\"",
        false => "",
    };
    let line = match underlined {
        true => " text-decoration=\"underline\"",
        false => "",
    };
    let y = y + BASELINE;
    let escaped = escaped(shown);
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{length:.1}\" lengthAdjust=\"spacingAndGlyphs\" \
         fill=\"{color}\"{weight}{line} xml:space=\"preserve\">{escaped}</text>"
    );
}

fn escaped(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
