//! Statistics as CSV: one row a measure, cells that no spreadsheet computes.

use std::io::{self, Write};

use crate::tui::counted::Sheet;
use crate::wire::csv::SafeWriter;

/// Writes every measure.
pub fn write(out: impl Write, sheet: &Sheet) -> io::Result<()> {
    let mut writer = SafeWriter::new(out);
    writer.row(["section", "name", "measure", "value"])?;
    for section in &sheet.sections {
        for line in &section.lines {
            for (measure, value) in &line.measures {
                let value = value.to_string();
                writer.row([section.key, line.name.as_str(), *measure, value.as_str()])?;
            }
        }
    }
    writer.finish()
}
