//! What was typed and not saved, kept in a file of the user's own until it is: a desk that ends at once loses nothing
//! of it. It may be about a person, so nobody else reads the file, and it goes after a week.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{private, put};
use crate::domain::Moment;
use crate::tui::dialog::Drafts;

/// Desks of one person on one store that keep what they have not saved at the same time.
const DESKS_MAX: usize = 8;
const DAYS_MAX: i64 = 7;
/// More is nobody's typing.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The file, which no other desk has while this one does.
#[derive(Debug)]
pub struct Unsaved {
    path: PathBuf,
    /// Held as long as the desk is.
    _lock: File,
}

#[derive(Serialize, Deserialize)]
struct Written {
    at: Moment,
    drafts: Drafts,
}

impl Unsaved {
    /// The first file in a directory for a place and a person that no other desk has; none where all are taken.
    pub fn open(directory: &Path, place: &str, person: &str) -> io::Result<Option<Self>> {
        fs::create_dir_all(directory)?;
        let digest = Sha256::digest(format!("{place}\0{person}"));
        let name: String = digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        for number in 1..=DESKS_MAX {
            let path = directory.join(format!("unsaved-{name}-{number}"));
            let lock = private().open(path.with_extension("lock"))?;
            match lock.try_lock() {
                Ok(()) => return Ok(Some(Self { path, _lock: lock })),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Ok(None)
    }

    /// What was kept; nothing of what is too old.
    pub fn recall(&self, now: Moment) -> io::Result<Drafts> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Drafts::default()),
            Err(error) => return Err(error),
        };
        let mut text = String::new();
        file.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
        // The parser's own words may quote what was typed.
        let written: Written = serde_json::from_str(&text)
            .map_err(|_| io::Error::other("the file of it is damaged"))?;
        match now < written.at.plus_days(DAYS_MAX) {
            true => Ok(written.drafts),
            false => {
                fs::remove_file(&self.path)?;
                Ok(Drafts::default())
            }
        }
    }

    /// Keeps it; no file where there is nothing to keep.
    pub fn keep(&self, drafts: &Drafts, at: Moment) -> io::Result<()> {
        if drafts.count() == 0 {
            return match fs::remove_file(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                Ok(()) | Err(_) => Ok(()),
            };
        }
        let written = Written {
            at,
            drafts: drafts.clone(),
        };
        let text = serde_json::to_vec(&written).map_err(io::Error::other)?;
        put(&self.path, &text)
    }
}
