//! The header row: which column holds what.

use crate::domain::Field;
use crate::domain::field::FIELDS;

use super::headings;

/// Most columns of a file.
const COLUMNS_MAX: usize = 1000;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    Field(Field),
    /// Id in the system of record; under the source of the row, else of the import.
    ExternalId,
    /// Name of the source of the row's external id.
    ExternalSource,
    /// Name of the organization, or its id.
    Company,
    AppleOpaqueId,
    /// The reason that an errors file added: skipped, so that a corrected file goes back in as it is.
    Reason,
    /// Not understood: skipped, and named to who imports.
    Unknown,
}

/// The columns of a file, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    headings: Vec<String>,
    columns: Vec<Column>,
}

/// Why no row of a file can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadHeader {
    #[error("the file is empty; its first row names the columns")]
    Empty,
    #[error("the header row is not UTF-8; save the file as CSV UTF-8")]
    NotUtf8,
    #[error("the columns {first:?} and {second:?} hold the same; keep one of them")]
    Twice { first: String, second: String },
    #[error("it is JSON and no CSV file; `scv ingest` reads conversations and web visits")]
    Json,
    #[error("no column is known; name them like {}", known())]
    NoneKnown,
    #[error("the columns are separated by {0:?}; save the file with commas")]
    Separator(char),
    #[error("the file has more than {COLUMNS_MAX} columns; leave out those that are no field")]
    TooMany,
    #[error("the file could not be read ({0}); check that it is a CSV file")]
    Unreadable(String),
}

fn known() -> String {
    let fields = FIELDS.iter().map(|spec| spec.api);
    let fields = fields.filter(|api| *api != "externalOrganization").take(12);
    let all: Vec<&str> = ["externalId", "company"]
        .into_iter()
        .chain(fields)
        .collect();
    all.join(", ")
}

/// Whether a file that begins so is one of contacts: its first row names a column.
pub fn is_of_contacts(front: &[u8]) -> bool {
    let text = String::from_utf8_lossy(front);
    let row = text.trim_start().lines().next().unwrap_or_default();
    let cells = row.split(',').map(|cell| cell.trim().trim_matches('"'));
    row.contains(',') && Columns::read(cells).is_ok()
}

impl Columns {
    /// Reads the headings.
    pub fn read<'a>(headings: impl IntoIterator<Item = &'a str>) -> Result<Self, BadHeader> {
        let headings: Vec<String> = headings
            .into_iter()
            .map(|heading| {
                super::plain_cell(heading.trim_start_matches('\u{feff}'))
                    .trim()
                    .to_owned()
            })
            .collect();
        let columns: Vec<Column> = headings
            .iter()
            .map(|heading| headings::column(heading).unwrap_or(Column::Unknown))
            .collect();
        if headings.iter().all(String::is_empty) {
            return Err(BadHeader::Empty);
        }
        if headings
            .iter()
            .any(|heading| heading.starts_with(['{', '[']))
        {
            return Err(BadHeader::Json);
        }
        if headings.len() > COLUMNS_MAX {
            return Err(BadHeader::TooMany);
        }
        let is_value = |column: &Column| !matches!(column, Column::Unknown | Column::Reason);
        if !columns.iter().any(is_value) {
            let one = (headings.len() == 1).then(|| headings.first()).flatten();
            let separator = one.and_then(|one| one.chars().find(|letter| ";\t|".contains(*letter)));
            return Err(separator.map_or(BadHeader::NoneKnown, BadHeader::Separator));
        }
        let columns = Self { headings, columns };
        match columns.twice() {
            Some((first, second)) => Err(BadHeader::Twice { first, second }),
            None => Ok(columns),
        }
    }

    /// Two headings that mean the same column.
    fn twice(&self) -> Option<(String, String)> {
        let named = || self.headings.iter().zip(&self.columns);
        named().enumerate().find_map(|(index, (second, column))| {
            let is_same = |(heading, other): &(&String, &Column)| match column {
                Column::Unknown => !second.is_empty() && heading.eq_ignore_ascii_case(second),
                Column::Field(_) | Column::ExternalId | Column::ExternalSource => *other == column,
                Column::Company | Column::AppleOpaqueId | Column::Reason => *other == column,
            };
            let (first, _) = named().take(index).find(is_same)?;
            Some((first.clone(), second.clone()))
        })
    }

    /// Headings that are not understood, for a notice. An empty one is named by its place.
    pub fn unknown(&self) -> Vec<String> {
        let named = self.headings.iter().zip(&self.columns).enumerate();
        named
            .filter(|(_, (_, column))| **column == Column::Unknown)
            .map(|(index, (heading, _))| match heading.is_empty() {
                true => format!("(column {})", index + 1),
                false => heading.clone(),
            })
            .collect()
    }

    /// How many columns a row has.
    pub fn count(&self) -> usize {
        self.columns.len()
    }

    /// Headings as they stand in the file, without a byte-order mark.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// Each column with its heading.
    pub fn iter(&self) -> impl Iterator<Item = (Column, &str)> {
        let headings = self.headings.iter().map(String::as_str);
        self.columns.iter().copied().zip(headings)
    }

    /// Where a column stands.
    pub fn position(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|other| *other == column)
    }
}
