//! Text in columns: lists, and labels with values. Widths are what is seen.

use std::io;

use super::output::Output;
use crate::tui::text;

/// Fewest columns that a cell is cut to before the row is folded onto lines instead.
const CELL_MIN: usize = 10;
/// Columns of whom nothing is cut: they are copied into the next command.
const WHOLE: [&str; 3] = ["ENTRY", "ID", "ITEM"];
/// Blanks between two cells.
const GAP: &str = "  ";
/// Blanks before the further lines of a folded row.
const INDENT: &str = "    ";

/// The columns of one line, with the widths that they get.
type Line = Vec<(usize, usize)>;

/// Prints rows under headings, each column as wide as its widest cell. Where the terminal is too narrow cells
/// are cut, but never an id; where that would leave too little of them, each row takes several lines. What goes
/// to a pipe or a file is never cut.
pub fn rows(output: &mut Output, headings: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    print(output, headings, rows, Narrow::Cut)
}

/// The same for rows that end in a sentence, of which nothing may be lost: where it does not fit it goes below.
pub fn told(output: &mut Output, headings: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    print(output, headings, rows, Narrow::Fold)
}

/// What becomes of cells that a terminal is too narrow for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Narrow {
    Cut,
    Fold,
}

fn print(
    output: &mut Output,
    headings: &[&str],
    rows: &[Vec<String>],
    narrow: Narrow,
) -> io::Result<()> {
    let clean = |cell: &str| text::clean_line(cell).into_owned();
    let head = headings.iter().map(|heading| clean(heading)).collect();
    let body = rows
        .iter()
        .map(|row| row.iter().map(|cell| clean(cell)).collect());
    let all: Vec<Vec<String>> = std::iter::once(head).chain(body).collect();
    // On a terminal room is dear, and an empty column says nothing.
    let is_full = |column: usize| all.iter().skip(1).any(|row| !cell(row, column).is_empty());
    let is_used = |column: &usize| !output.is_terminal() || is_full(*column);
    let natural: Vec<(usize, usize)> = (0..headings.len())
        .filter(is_used)
        .map(|column| {
            let widths = all.iter().map(|row| text::width(cell(row, column)));
            (column, widths.max().unwrap_or(0))
        })
        .collect();
    let whole = |column: usize| is_whole(headings, column);
    let lines = lines(&natural, whole, output.width(), narrow);
    for row in &all {
        for (index, line) in lines.iter().enumerate() {
            let words = of_line(row, line);
            if index == 0 {
                output.line(&words)?;
            } else if !words.is_empty() {
                output.line(&format!("{INDENT}{words}"))?;
            }
        }
    }
    Ok(())
}

/// The cells of a line, side by side; one that stands alone is whole.
fn of_line(row: &[String], line: &[(usize, usize)]) -> String {
    if let [(column, _)] = line {
        return cell(row, *column).to_owned();
    }
    let cells = line
        .iter()
        .map(|(column, width)| text::pad(cell(row, *column), *width));
    cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
}

/// Prints labels and values; what is empty is left out.
pub fn pairs(output: &mut Output, pairs: &[(&str, String)]) -> io::Result<()> {
    let widest = pairs
        .iter()
        .map(|(label, _)| text::width(label))
        .max()
        .unwrap_or(0);
    let beside = widest + GAP.len();
    let room = output.width().saturating_sub(beside).max(CELL_MIN);
    for (label, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        let value = text::clean_line(value);
        let rows = match text::width(&value) <= room {
            true => vec![value.into_owned()],
            false => text::wrap(&value, room),
        };
        for (index, row) in rows.iter().enumerate() {
            let label = if index == 0 { *label } else { "" };
            output.line(&format!("{}{GAP}{row}", text::pad(label, widest)))?;
        }
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

/// `Efa, Claire and Bo`.
pub fn joined<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// `1 row`, `2 rows`.
pub fn count(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

fn cell(row: &[String], column: usize) -> &str {
    row.get(column).map_or("", String::as_str)
}

fn is_whole(headings: &[&str], column: usize) -> bool {
    headings
        .get(column)
        .is_some_and(|heading| WHOLE.contains(heading))
}

/// How the columns, with their natural widths, stand in `width` columns of a terminal.
fn lines(
    natural: &[(usize, usize)],
    whole: impl Fn(usize) -> bool,
    width: usize,
    narrow: Narrow,
) -> Vec<Line> {
    let gaps = GAP.len() * natural.len().saturating_sub(1);
    let room = width.saturating_sub(gaps);
    let sum: usize = natural.iter().map(|(_, wide)| wide).sum();
    if sum <= room {
        return vec![natural.to_vec()];
    }
    let capped = |cap: usize| -> Line {
        let one = |(column, wide): &(usize, usize)| match whole(*column) {
            true => (*column, *wide),
            false => (*column, cap.min(*wide)),
        };
        natural.iter().map(one).collect()
    };
    let fits = |cap: &usize| capped(*cap).iter().map(|(_, wide)| wide).sum::<usize>() <= room;
    match (CELL_MIN..room).take_while(fits).last() {
        Some(cap) if narrow == Narrow::Cut => vec![given_rest(capped(cap), natural, room)],
        Some(_) | None => folded(natural, whole, width),
    }
}

/// Gives what is left of the room to the first column that was cut.
fn given_rest(mut line: Line, natural: &[(usize, usize)], room: usize) -> Line {
    let used: usize = line.iter().map(|(_, wide)| wide).sum();
    let cut = line
        .iter_mut()
        .zip(natural)
        .find(|((_, wide), (_, natural))| wide < natural);
    if let Some(((_, wide), _)) = cut {
        *wide += room - used;
    }
    line
}

/// As many columns on a line as it holds.
fn folded(natural: &[(usize, usize)], whole: impl Fn(usize) -> bool, width: usize) -> Vec<Line> {
    let mut lines: Vec<Line> = vec![Vec::new()];
    let mut used = 0;
    for (column, wide) in natural {
        let most = width.saturating_sub(INDENT.len()).max(CELL_MIN);
        let wide = match whole(*column) {
            true => *wide,
            false => most.min(*wide),
        };
        match lines.last_mut() {
            Some(line) if line.is_empty() || used + GAP.len() + wide <= width => {
                used += wide + if line.is_empty() { 0 } else { GAP.len() };
                line.push((*column, wide));
            }
            Some(_) | None => {
                used = INDENT.len() + wide;
                lines.push(vec![(*column, wide)]);
            }
        }
    }
    lines
}
