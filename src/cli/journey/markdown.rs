//! A journey as Markdown: a heading a day, a point an interaction.

use std::fmt::Write as _;

use super::Sheet;
use super::told::{Told, by_day, counted, day};
use crate::tui::time::clock;

/// The whole document.
pub fn document(sheet: &Sheet, told: &[Told]) -> String {
    let mut text = String::new();
    // Writing to a string cannot go wrong.
    let _ = writeln!(text, "# {}\n", escaped(&sheet.name));
    let until = format!(
        "{} {}",
        day(sheet.now, &sheet.zone),
        clock(sheet.now, &sheet.zone)
    );
    let _ = writeln!(text, "{} in the 60 days to {until}\n", counted(told));
    for (day, all) in by_day(told, &sheet.zone) {
        let _ = writeln!(text, "## {day}\n");
        for one in all {
            point(&mut text, one, sheet);
        }
        text.push('\n');
    }
    text
}

fn point(text: &mut String, one: &Told, sheet: &Sheet) {
    let at = clock(one.start, &sheet.zone);
    let _ = write!(text, "- {at} **{}**", escaped(&one.what));
    for part in [one.handling(), one.subject.clone()] {
        if !part.is_empty() {
            let _ = write!(text, " · {}", escaped(&part));
        }
    }
    let _ = writeln!(text, " · {}, {}", one.state, one.lasted(sheet.now));
    for line in one.notes.lines().filter(|line| !line.trim().is_empty()) {
        let _ = writeln!(text, "  > {}", escaped(line));
    }
    for line in &one.visited {
        let _ = writeln!(text, "  - {}", escaped(line));
    }
    for message in &one.said {
        let lines: Vec<String> = message.text.lines().map(escaped).collect();
        let _ = writeln!(
            text,
            "  - {} **{}**: {}",
            message.at,
            escaped(&message.who),
            lines.join("<br>"),
        );
    }
}

/// A text that stays the text it is: what Markdown or HTML would read something into has a backslash.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii_punctuation()
            && !matches!(letter, '.' | ',' | ':' | ';' | '/' | '%' | '\'' | '?')
        {
            safe.push('\\');
        }
        safe.push(letter);
    }
    safe
}
