//! What the desk remembers of how it was left: how wide the panes are; and what was typed and not saved, in a file of
//! its own.

mod unsaved;

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::view::Widths;

pub use unsaved::Unsaved;

const FILE_BYTES_MAX: u64 = 4 * 1024;
const ROSTER: &str = "roster";
const PROFILE: &str = "profile";

/// The file of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory(PathBuf);

impl Memory {
    pub const fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// What was kept; the desk's own measures where nothing was, or nothing that can be read.
    pub fn recall(&self) -> Widths {
        let mut text = String::new();
        let read = fs::File::open(&self.0)
            .and_then(|file| file.take(FILE_BYTES_MAX).read_to_string(&mut text));
        if let Err(error) = read
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "how the desk was left cannot be read");
            return Widths::default();
        }
        let mut widths = Widths::default();
        for (name, value) in text.lines().filter_map(|line| line.split_once(" = ")) {
            let value = value.trim().parse().ok();
            match name.trim() {
                ROSTER => widths.roster = value,
                PROFILE => widths.profile = value,
                _ => {}
            }
        }
        widths
    }

    /// Keeps it.
    pub fn keep(&self, widths: Widths) -> io::Result<()> {
        if let Some(above) = self.0.parent() {
            fs::create_dir_all(above)?;
        }
        let mut text = String::new();
        for (name, value) in [(ROSTER, widths.roster), (PROFILE, widths.profile)] {
            if let Some(value) = value {
                text.push_str(&format!("{name} = {value}\n"));
            }
        }
        put(&self.0, text.as_bytes())
    }
}

/// Puts a file in the place of an older one: the old or the new one is there, never a half.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension(format!("new-{}", std::process::id()));
    let mut file = private().truncate(true).open(&beside)?;
    file.write_all(bytes)?;
    drop(file);
    fs::rename(&beside, path)
}

/// A file that only its owner reads.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).mode(0o600);
    options
}
