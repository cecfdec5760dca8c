//! A document about a person in a file of its own, which only its owner may read.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde_json::Value as Json;

use super::Trouble;

/// Writes JSON into a file that nobody else may read, and that was not there.
pub(super) fn save(path: &Path, document: &Json) -> Result<(), Trouble> {
    write_new(path, |file| {
        serde_json::to_writer_pretty(&mut *file, document)?;
        writeln!(file)
    })
}

/// A file that nobody else may read, and that was not there.
pub type NewFile = BufWriter<File>;

/// Makes a file that nobody else may read, and that was not there.
pub fn open_new(path: &Path) -> Result<NewFile, Trouble> {
    let mut options = OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(path);
    opened
        .map(BufWriter::new)
        .map_err(|error| trouble(path, &error))
}

/// Why a new file cannot be written.
pub fn trouble(path: &Path, error: &io::Error) -> Trouble {
    let path = path.display();
    Trouble::Broken(match error.kind() {
        io::ErrorKind::AlreadyExists => {
            format!("{path}: the file is there already; name another")
        }
        _ => format!("{path}: {error}"),
    })
}

/// Writes a file that nobody else may read, and that was not there.
pub fn write_new(
    path: &Path,
    fill: impl FnOnce(&mut NewFile) -> io::Result<()>,
) -> Result<(), Trouble> {
    let mut file = open_new(path)?;
    let write = || -> io::Result<()> {
        fill(&mut file)?;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()
    };
    write().map_err(|error| trouble(path, &error))
}
