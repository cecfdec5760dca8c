//! CSV that goes out: exports, and the rows that could not be imported with the reason beside them.

use std::io::Write;

use super::{Column, Columns, Row, plain_cell, safe_cell};

/// Heading of the column with the reason.
const REASON: &str = "reason";

/// Writes rows whose cells no spreadsheet takes for formulas.
pub struct SafeWriter<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> SafeWriter<W> {
    pub fn new(output: W) -> Self {
        let writer = csv::WriterBuilder::new().flexible(true).from_writer(output);
        Self { writer }
    }

    /// The same to the letter of RFC 4180: lines end in CR LF.
    pub fn strict(output: W) -> Self {
        let writer = csv::WriterBuilder::new()
            .flexible(true)
            .terminator(csv::Terminator::CRLF)
            .from_writer(output);
        Self { writer }
    }

    /// Writes a row.
    pub fn row<T: AsRef<str>>(
        &mut self,
        cells: impl IntoIterator<Item = T>,
    ) -> std::io::Result<()> {
        for cell in cells {
            let cell = safe_cell(cell.as_ref());
            self.writer
                .write_field(cell.as_bytes())
                .map_err(plain_error)?;
        }
        self.writer
            .write_record(None::<&[u8]>)
            .map_err(plain_error)?;
        Ok(())
    }

    /// Writes out what is still held back.
    pub fn finish(mut self) -> std::io::Result<()> {
        self.writer.flush()
    }

    /// Writes a row of cells that may not be UTF-8; those are guarded by their first byte.
    fn raw<'a>(&mut self, cells: impl IntoIterator<Item = &'a [u8]>) -> std::io::Result<()> {
        for cell in cells {
            match std::str::from_utf8(cell) {
                Ok(text) => self.writer.write_field(safe_cell(text).as_bytes())?,
                Err(_) => {
                    let lossy = String::from_utf8_lossy(cell);
                    let is_guarded = safe_cell(&lossy).len() > lossy.len();
                    let guard: &[u8] = if is_guarded { b"'" } else { b"" };
                    self.writer.write_field([guard, cell].concat())?;
                }
            }
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(())
    }
}

/// The error of the output itself, so that callers can tell a full disk from a reader that went away.
fn plain_error(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    }
}

/// The rows that were not imported, as they came, with a reason: correct it and import it again.
pub struct ErrorsFile<W: Write> {
    writer: SafeWriter<W>,
    columns: usize,
    /// Where the file that was imported has the reasons of an earlier import.
    reason: Option<usize>,
}

impl<W: Write> ErrorsFile<W> {
    /// Writes the header row.
    pub fn new(output: W, columns: &Columns) -> std::io::Result<Self> {
        let mut writer = SafeWriter::new(output);
        let reason = columns.position(Column::Reason);
        let headings = columns.headings().iter().map(String::as_str);
        let added = reason.is_none().then_some(REASON);
        writer.row(headings.chain(added))?;
        Ok(Self {
            writer,
            columns: columns.count(),
            reason,
        })
    }

    /// Writes a row with its reason.
    pub fn row(&mut self, row: &Row, reason: &str) -> std::io::Result<()> {
        let cells = row.cells.iter().map(unguarded);
        let mut cells: Vec<&[u8]> = cells.collect();
        if cells.len() < self.columns {
            // Nobody knows which cells are missing. A row that were filled up would be whole when it came again,
            // and so would one that got its reason in a file that has a column for it.
            if self.reason.is_none() {
                cells.push(reason.as_bytes());
            }
            return self.writer.raw(cells);
        }
        // The reason stands under its heading, whatever the row has too much.
        let extra = cells.split_off(self.columns);
        match self.reason.and_then(|index| cells.get_mut(index)) {
            Some(cell) => *cell = reason.as_bytes(),
            None => cells.push(reason.as_bytes()),
        }
        cells.extend(extra);
        self.writer.raw(cells)
    }

    /// Writes out what is still held back.
    pub fn finish(self) -> std::io::Result<()> {
        self.writer.finish()
    }
}

/// Guards come off before they go on again, so that a file can go round any number of times.
fn unguarded(cell: &[u8]) -> &[u8] {
    match std::str::from_utf8(cell) {
        Ok(text) => plain_cell(text).as_bytes(),
        Err(_) => cell,
    }
}
