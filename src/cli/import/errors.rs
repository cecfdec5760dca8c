//! The errors file of an import: the bad rows as they came with a reason, for nobody else's eyes.

use std::fs::{File, OpenOptions, Permissions};
use std::io::BufWriter;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::anyhow;

use crate::store::words_of;
use crate::wire::csv::{Columns, ErrorsFile, Row};

/// Rights of the file: it holds personal values.
const MODE: u32 = 0o600;

pub struct Errors {
    path: PathBuf,
    file: ErrorsFile<BufWriter<File>>,
}

impl Errors {
    /// Begins the file; an older one is replaced, but never the file that is being imported.
    pub fn create(path: &Path, imported: &Path, columns: &Columns) -> anyhow::Result<Self> {
        let is_same = match (path.canonicalize(), imported.canonicalize()) {
            (Ok(one), Ok(other)) => one == other,
            (Err(_), _) | (_, Err(_)) => false,
        };
        if is_same {
            return Err(anyhow!(
                "{}: the errors file is the imported file; name another",
                path.display()
            ));
        }
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(true).mode(MODE);
        let opened = options.open(path).and_then(|file| {
            file.set_permissions(Permissions::from_mode(MODE))?;
            ErrorsFile::new(BufWriter::new(file), columns)
        });
        let file = opened.map_err(|error| unwritable(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            file,
        })
    }

    pub fn row(&mut self, row: &Row, reason: &str) -> anyhow::Result<()> {
        self.file
            .row(row, reason)
            .map_err(|error| unwritable(&self.path, &error))
    }

    pub fn finish(self) -> anyhow::Result<()> {
        self.file
            .finish()
            .map_err(|error| unwritable(&self.path, &error))
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> anyhow::Error {
    anyhow!(
        "{}: the errors file cannot be written ({})",
        path.display(),
        words_of(error)
    )
}
