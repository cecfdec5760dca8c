//! Text in columns: lists, and labels with values. Widths are what is seen.

use std::io;

use super::output::Output;
use crate::tui::text;

/// Most columns of a cell that is not the last: longer ones are cut.
const CELL_MAX: usize = 40;
/// Blanks between two cells.
const GAP: &str = "  ";

/// Prints rows under headings, each column as wide as its widest cell. The last column is cut only where the
/// terminal ends.
pub fn rows(output: &mut Output, headings: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    let clean = |cell: &str| text::clean_line(cell).into_owned();
    let head = headings.iter().map(|heading| clean(heading)).collect();
    let body = rows
        .iter()
        .map(|row| row.iter().map(|cell| clean(cell)).collect());
    let all: Vec<Vec<String>> = std::iter::once(head).chain(body).collect();
    let widths: Vec<usize> = (0..headings.len())
        .map(|column| {
            let cells = all.iter().filter_map(|row| row.get(column));
            cells
                .map(|cell| text::width(cell))
                .max()
                .unwrap_or(0)
                .min(CELL_MAX)
        })
        .collect();
    for row in &all {
        output.line(&line(row, &widths, output.width()))?;
    }
    Ok(())
}

/// Prints labels and values; what is empty is left out.
pub fn pairs(output: &mut Output, pairs: &[(&str, String)]) -> io::Result<()> {
    let widest = pairs
        .iter()
        .map(|(label, _)| text::width(label))
        .max()
        .unwrap_or(0);
    for (label, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        let value = text::clean_line(value);
        output.line(&format!("{}{GAP}{value}", text::pad(label, widest)))?;
    }
    Ok(())
}

/// A number with a comma between thousands.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 row`, `2 rows`.
pub fn count(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

fn line(row: &[String], widths: &[usize], width: usize) -> String {
    let last = row.len().saturating_sub(1);
    let cells = row.iter().zip(widths).enumerate();
    let cells = cells.map(|(index, (cell, width))| match index == last {
        true => cell.clone(),
        false => text::pad(cell, *width),
    });
    text::fit(cells.collect::<Vec<_>>().join(GAP).trim_end(), width)
}
