//! Frames as a terminal would get them, for looking.
use super::sizes::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

fn ansi(buf: &Buffer) -> String {
    let mut out = String::from("\x1b[2J");
    for y in 0..buf.area.height {
        out += &format!("\x1b[{};1H", y + 1);
        let mut skip = 0;
        for x in 0..buf.area.width {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let cell = &buf[(x, y)];
            out += "\x1b[0";
            let m = cell.modifier;
            for (bit, code) in [
                (Modifier::BOLD, 1),
                (Modifier::ITALIC, 3),
                (Modifier::UNDERLINED, 4),
                (Modifier::REVERSED, 7),
            ] {
                if m.contains(bit) {
                    out += &format!(";{code}");
                }
            }
            if let Color::Rgb(r, g, b) = cell.fg {
                out += &format!(";38;2;{r};{g};{b}");
            }
            if let Color::Rgb(r, g, b) = cell.bg {
                out += &format!(";48;2;{r};{g};{b}");
            }
            out += "m";
            out += cell.symbol();
            skip = scv_desk::tui::text::width(cell.symbol()).saturating_sub(1);
        }
    }
    out
}

#[test]
fn dump() {
    let Ok(dir) = std::env::var("DUMP") else {
        return;
    };
    for (what, bench) in shots() {
        for (w, h) in [(140u16, 42u16), (80, 24), (40, 12)] {
            let area = Rect::new(0, 0, w, h - 2);
            let mut buf = Buffer::empty(Rect::new(0, 0, w, h));
            let cursor = bench.draw(area, &mut buf);
            let mut text = ansi(&buf);
            if let Some(c) = cursor {
                text += &format!("\x1b[{};{}H", c.y + 1, c.x + 1);
            }
            std::fs::write(format!("{dir}/{what}-{w}.ansi"), text).unwrap();
        }
    }
}
