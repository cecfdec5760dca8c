//! Rows of an import, one by one: bounded memory, and a bad row never stops the rest.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::domain::command::{ImportRow, Match};
use crate::domain::identifier::DEFAULT_SOURCE;

use super::quotes::Quotes;
use super::values::{self, Cells};
use super::{BadHeader, Columns};

/// Most bytes of a row. A longer one is a quote that nobody closed, so reading ends there.
pub const ROW_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What applies to every row.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Two-letter region for phones without a country code, when the row has no country code itself.
    pub region: Option<String>,
    /// Name of the external source, when the row has none itself.
    pub source: String,
    pub matching: Vec<Match>,
    pub batch: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            region: None,
            source: DEFAULT_SOURCE.to_owned(),
            matching: vec![Match::ExternalId, Match::Email, Match::Phone],
            batch: 0,
        }
    }
}

/// Something about a cell, with what to do. `column` is empty when it is about the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    pub column: String,
    pub why: String,
}

impl std::fmt::Display for Defect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.column.is_empty() {
            true => f.write_str(&self.why),
            false => write!(f, "{}: {}", self.column, self.why),
        }
    }
}

/// A row as it was read.
#[derive(Clone, Debug)]
pub struct Row {
    /// Line of the file on which the row begins.
    pub line: u64,
    /// What it holds, or everything that is wrong with it.
    pub read: Result<ImportRow, Vec<Defect>>,
    /// What the person should know although the row can be imported.
    pub warnings: Vec<Defect>,
    /// The cells as they stand in the file, for the errors file.
    pub cells: csv::ByteRecord,
}

impl Row {
    /// Everything that is wrong, as one text; empty for a good row.
    pub fn reason(&self) -> String {
        let defects = self.read.as_ref().err().into_iter().flatten();
        defects
            .map(Defect::to_string)
            .collect::<Vec<_>>()
            .join("; ")
    }
}

/// Why reading ended before the end of the file.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    #[error("line {line}: the row is longer than 4 MB; a quote before it is not closed")]
    TooLong { line: u64 },
    #[error("line {line}: the file could not be read further ({why}); try again")]
    Unreadable { line: u64, why: String },
}

/// Reads rows one by one.
pub struct Rows<R> {
    reader: csv::Reader<Counted<R>>,
    columns: Columns,
    options: Options,
    since: Arc<AtomicUsize>,
    is_over: bool,
}

impl<R: Read> Rows<R> {
    /// Reads the header row.
    pub fn open(input: R, options: Options) -> Result<Self, BadHeader> {
        let since = Arc::new(AtomicUsize::new(0));
        let counted = Counted {
            input,
            since: Arc::clone(&since),
            quotes: Quotes::default(),
        };
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .from_reader(counted);
        let mut header = csv::ByteRecord::new();
        let is_any = reader
            .read_byte_record(&mut header)
            .map_err(|error| BadHeader::Unreadable(error.to_string()))?;
        if !is_any {
            return Err(BadHeader::Empty);
        }
        reader.get_mut().quotes.next_row();
        let header = csv::StringRecord::from_byte_record(header).map_err(|_| BadHeader::NotUtf8)?;
        let columns = Columns::read(header.iter())?;
        Ok(Self {
            reader,
            columns,
            options,
            since,
            is_over: false,
        })
    }

    /// The columns of the file.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// What is wrong with the last row of a file that ends within a quote.
    fn never_closed(&self) -> Option<Defect> {
        let opened = self.reader.get_ref().quotes.never_closed()?;
        Some(Defect {
            column: String::new(),
            why: format!(
                "the quote on line {opened} is never closed, and all that follows stands in this row; close it"
            ),
        })
    }

    fn end(&mut self, error: &csv::Error) -> Ended {
        self.is_over = true;
        let line = self.reader.position().line();
        match self.since.load(Ordering::Relaxed) > ROW_BYTES_MAX {
            true => Ended::TooLong { line },
            false => Ended::Unreadable {
                line,
                why: error.to_string(),
            },
        }
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<Row, Ended>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.is_over {
                return None;
            }
            self.since.store(0, Ordering::Relaxed);
            let mut cells = csv::ByteRecord::new();
            match self.reader.read_byte_record(&mut cells) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(self.end(&error))),
            }
            let line = self.reader.get_mut().quotes.next_row().unwrap_or_default();
            // Spreadsheets leave rows of nothing but commas behind.
            let is_blank = |cell: &[u8]| cell.iter().all(u8::is_ascii_whitespace);
            if cells.iter().all(is_blank) {
                continue;
            }
            let mut warnings = Vec::new();
            let read = match self.never_closed() {
                Some(defect) => Err(vec![defect]),
                None => Cells::of(&cells, &self.columns).and_then(|read| {
                    values::row(&read, &self.columns, &self.options, &mut warnings)
                }),
            };
            return Some(Ok(Row {
                line,
                read,
                warnings,
                cells,
            }));
        }
    }
}

/// Counts the bytes that were read for the row at hand, and stops a row that never ends.
struct Counted<R> {
    input: R,
    since: Arc<AtomicUsize>,
    quotes: Quotes,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.since.load(Ordering::Relaxed) > ROW_BYTES_MAX {
            return Err(std::io::Error::other("the row is too long"));
        }
        let count = self.input.read(buffer)?;
        self.since.fetch_add(count, Ordering::Relaxed);
        self.quotes.follow(&buffer[..count]);
        Ok(count)
    }
}
