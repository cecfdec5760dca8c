//! The cells of a row, read into what an import takes.

use crate::domain::Field;
use crate::domain::command::ImportRow;
use crate::domain::contact::{ExternalId, Fields, Social};
use crate::domain::field::{self, BadValue, Value, Why};
use crate::domain::identifier::VALUE_CHARS_MAX;
use crate::domain::phone::{Phone, is_region};

use super::rows::{Defect, Options};
use super::{Column, Columns, plain_cell};

const COMPANY_CHARS_MAX: usize = 1000;
const CODE_CHARS_MAX: usize = 25;
const SOURCE_CHARS_MAX: usize = 200;

/// The cells of a row as text, one a column, guards and blanks off.
pub struct Cells<'a>(Vec<&'a str>);

impl<'a> Cells<'a> {
    /// Refuses rows that do not fit the header and cells that are no text.
    pub fn of(record: &'a csv::ByteRecord, columns: &Columns) -> Result<Self, Vec<Defect>> {
        if record.len() != columns.count() {
            let (has, needs) = (record.len(), columns.count());
            let why = format!(
                "the row has {has} cells and the header {needs}; quote cells that hold commas"
            );
            return Err(vec![defect("", why)]);
        }
        let mut cells = Vec::with_capacity(record.len());
        let mut defects = Vec::new();
        for (cell, (column, heading)) in record.iter().zip(columns.iter()) {
            match std::str::from_utf8(cell) {
                Ok(text) => cells.push(plain_cell(text).trim()),
                Err(_) => {
                    cells.push("");
                    defects.push(defect(
                        heading,
                        "it is not UTF-8; save the file as CSV UTF-8",
                    ));
                }
            }
            let text = cells.last().copied().unwrap_or_default();
            if column != Column::Unknown && column != Column::Reason {
                defects.extend(control_character(text, column).map(|why| defect(heading, why)));
            }
        }
        if defects.is_empty() {
            Ok(Self(cells))
        } else {
            Err(defects)
        }
    }

    fn at(&self, columns: &Columns, column: Column) -> Option<&'a str> {
        let text = self.0.get(columns.position(column)?).copied()?;
        (!text.is_empty()).then_some(text)
    }
}

/// Reads a row. Everything that is wrong comes back at once.
pub fn row(
    cells: &Cells,
    columns: &Columns,
    options: &Options,
    warnings: &mut Vec<Defect>,
) -> Result<ImportRow, Vec<Defect>> {
    let mut draft = Draft {
        region: region(cells, columns, options, warnings),
        source: cells
            .at(columns, Column::ExternalSource)
            .unwrap_or(&options.source),
        fields: Fields::default(),
        company: None,
        warnings,
    };
    let all = cells.0.iter().zip(columns.iter());
    let filled = all.filter(|(text, _)| !text.is_empty());
    let mut defects: Vec<Defect> = filled
        .filter_map(|(text, (column, heading))| {
            let why = draft.take(column, heading, text).err()?;
            Some(defect(heading, why))
        })
        .collect();
    let fields = draft.fields;
    if defects.is_empty() && fields.full_name().is_empty() && fields.identifiers().is_empty() {
        let why = "the row has no name and no phone, e-mail or id to know the contact by; add one";
        defects.push(defect("", why));
    }
    match defects.is_empty() {
        true => Ok(ImportRow {
            fields,
            company: draft.company,
            matching: options.matching.clone(),
            batch: options.batch,
        }),
        false => Err(defects),
    }
}

/// A row that is being read.
struct Draft<'a> {
    region: Option<String>,
    source: &'a str,
    fields: Fields,
    company: Option<String>,
    warnings: &'a mut Vec<Defect>,
}

impl Draft<'_> {
    fn take(&mut self, column: Column, heading: &str, text: &str) -> Result<(), String> {
        match column {
            Column::Field(field) => {
                let warning = put(&mut self.fields, field, text, self.region.as_deref())?;
                let warning = warning.map(|why| defect(heading, why));
                self.warnings.extend(warning);
            }
            Column::ExternalId => {
                short(text, VALUE_CHARS_MAX)?;
                self.fields.external_ids.push(ExternalId {
                    source: self.source.to_owned(),
                    value: text.to_owned(),
                });
            }
            Column::ExternalSource => short(text, SOURCE_CHARS_MAX)?,
            Column::Company => {
                short(text, COMPANY_CHARS_MAX)?;
                match text.parse() {
                    Ok(id) => self.fields.organization = Some(id),
                    Err(_) => self.company = Some(text.to_owned()),
                }
            }
            Column::AppleOpaqueId => {
                short(text, VALUE_CHARS_MAX)?;
                self.fields.apple_opaque_ids.push(text.to_owned());
            }
            Column::Reason | Column::Unknown => {}
        }
        Ok(())
    }
}

fn defect(column: &str, why: impl Into<String>) -> Defect {
    Defect {
        column: column.to_owned(),
        why: why.into(),
    }
}

/// The region for the row's phones: its own country code, else the import's.
fn region(
    cells: &Cells,
    columns: &Columns,
    options: &Options,
    warnings: &mut Vec<Defect>,
) -> Option<String> {
    let column = Column::Field(Field::CountryCode);
    let Some(code) = cells.at(columns, column) else {
        return options.region.clone();
    };
    if is_region(code) {
        return Some(code.to_ascii_uppercase());
    }
    let heading = columns.iter().find(|(other, _)| *other == column);
    let heading = heading.map(|(_, heading)| heading).unwrap_or_default();
    let why = format!(
        "{:?} is no two-letter country code; write one like IE",
        cut(code)
    );
    warnings.push(defect(heading, why));
    options.region.clone()
}

/// Puts a cell into a field; a warning comes back when it is kept but of little use.
fn put(
    fields: &mut Fields,
    field: Field,
    text: &str,
    region: Option<&str>,
) -> Result<Option<String>, String> {
    let value = match Value::read(field, text, region) {
        // `region` has warned of it; it may be an address all the same.
        Err(BadValue {
            why: Why::NoRegion(_),
            ..
        }) => {
            short(text, CODE_CHARS_MAX)?;
            Some(Value::Text(text.to_owned()))
        }
        read => read.map_err(|error| advice(&error.why))?,
    };
    let mut warning = None;
    let value = match value {
        Some(Value::Phone(phone)) => {
            if is_rounded(text) {
                return Err(rounded(text));
            }
            warning = phone_warning(&phone, region);
            Some(Value::Phone(phone))
        }
        Some(Value::Social(account)) if field == Field::Whatsapp => {
            Some(Value::Social(whatsapp(account, region)?))
        }
        Some(Value::Social(account)) if field == Field::Twitter => {
            Some(Value::Social(twitter(account)))
        }
        other => other,
    };
    fields.set(field, value);
    Ok(warning)
}

/// What is wrong with a value, with what to do about it.
fn advice(why: &Why) -> String {
    match why {
        Why::TooLong(most) => format!("it is longer than {most} characters; shorten it"),
        Why::NoEmail(text) => {
            format!("{text:?} is not an e-mail address; correct it or empty the cell")
        }
        Why::NoId => "it is not the id of an organization; write its name".to_owned(),
        Why::NoFlag => "it takes yes or no".to_owned(),
        Why::NoSource(_) | Why::NoRegion(_) => why.to_string(),
        Why::LineBreak | Why::Control(_) => format!("it {why}"),
    }
}

fn short(text: &str, most: usize) -> Result<(), String> {
    match text.chars().count() > most {
        true => Err(advice(&Why::TooLong(most))),
        false => Ok(()),
    }
}

fn phone_warning(phone: &Phone, region: Option<&str>) -> Option<String> {
    let why = phone.unread(region)?;
    Some(format!("{:?} {}", cut(&phone.typed), why.advice()))
}

/// True for `3.53861E+11`: a spreadsheet took the number for a quantity and threw digits away.
fn is_rounded(text: &str) -> bool {
    let Some((front, exponent)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let is_front = |letter: char| letter.is_ascii_digit() || letter == '.' || letter == ',';
    let exponent = exponent.trim_start_matches(['+', '-']);
    !front.is_empty()
        && front.chars().all(is_front)
        && !exponent.is_empty()
        && exponent.chars().all(|letter| letter.is_ascii_digit())
}

fn rounded(text: &str) -> String {
    format!(
        "a spreadsheet rounded the number to {:?}; write all its digits and format the cell as text",
        cut(text)
    )
}

/// WhatsApp ids are the digits of a number with its country code. Bare digits have it already, unless they
/// begin with a zero as national numbers do.
fn whatsapp(account: Social, region: Option<&str>) -> Result<Social, String> {
    if is_rounded(&account.id) {
        return Err(rounded(&account.id));
    }
    let is_bare = account.id.chars().all(|letter| letter.is_ascii_digit());
    let is_whole = is_bare && !account.id.starts_with('0');
    let with_plus = is_whole.then(|| format!("+{}", account.id));
    let number = with_plus
        .and_then(|number| Phone::read(&number, None).e164)
        .or_else(|| Phone::read(&account.id, region).e164);
    match number {
        Some(number) => Ok(Social {
            id: number.trim_start_matches('+').to_owned(),
            ..account
        }),
        None if is_whole => Ok(account),
        None => Err(format!(
            "{:?} is not a WhatsApp number; write it with its country code",
            cut(&account.id)
        )),
    }
}

/// `@name` is a screen name, anything else an id.
fn twitter(account: Social) -> Social {
    match account.id.strip_prefix('@') {
        Some(handle) => Social {
            id: String::new(),
            handle: Some(handle.to_owned()),
            ..account
        },
        None => account,
    }
}

/// Control characters have no place in a contact; only an address may have several lines.
fn control_character(text: &str, column: Column) -> Option<String> {
    let field = match column {
        Column::Field(field) => field,
        // These are of one line too.
        Column::ExternalId | Column::ExternalSource | Column::Company => Field::ExternalIds,
        Column::AppleOpaqueId => Field::AppleIds,
        Column::Reason | Column::Unknown => return None,
    };
    field::control(field, text).map(|why| advice(&why))
}

fn cut(text: &str) -> String {
    text.chars().take(60).collect()
}
