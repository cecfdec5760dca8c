//! A sign-in between two runs: in the kernel's keyring, which no disk has, else in a file that only its owner may
//! read.

#[cfg(not(target_os = "linux"))]
mod no_ring;
#[cfg(target_os = "linux")]
mod ring;

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::backend::remote::auth::{Keep, Secret, Tokens};
use crate::store::words_of;

#[cfg(not(target_os = "linux"))]
use no_ring as ring;

/// What is kept of a sign-in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    pub client_id: String,
    /// Of a client that signs in for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
    pub tokens: Tokens,
}

/// Where a sign-in is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// The kernel's: it is gone when the machine restarts, or after days without use.
    Keyring,
    File,
}

/// The place of the sign-in at one server.
#[derive(Clone, Debug)]
pub struct Shelf {
    file: PathBuf,
}

impl Shelf {
    /// The keyring has it under the name of the file that it would be in.
    pub fn new(file: PathBuf) -> Self {
        Self { file }
    }

    pub fn file(&self) -> &Path {
        &self.file
    }

    fn name(&self) -> String {
        format!("scv:{}", self.file.display())
    }

    /// What is kept; `None` when nobody signed in.
    pub fn load(&self) -> Result<Option<Kept>, String> {
        let text = match ring::read(&self.name()) {
            Some(text) => text,
            None => match std::fs::read(&self.file) {
                Ok(text) => text,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(self.not_kept(&error)),
            },
        };
        let kept = serde_json::from_slice(&text);
        kept.map(Some).map_err(|_| {
            format!(
                "{}: the kept sign-in does not read; say `scv login` again",
                self.file.display()
            )
        })
    }

    /// Keeps it in one place alone, and says where: in the file where that is wanted, or where there is no keyring.
    pub fn save(&self, kept: &Kept, wanted: Home) -> Result<Home, String> {
        let text = serde_json::to_vec(kept).map_err(|error| self.not_kept(&error.into()))?;
        if wanted == Home::Keyring && ring::write(&self.name(), &text) {
            self.remove_file()?;
            return Ok(Home::Keyring);
        }
        self.write(&text).map_err(|error| self.not_kept(&error))?;
        ring::remove(&self.name());
        Ok(Home::File)
    }

    /// Forgets it.
    pub fn remove(&self) -> Result<(), String> {
        ring::remove(&self.name());
        self.remove_file()
    }

    /// Where it is kept now.
    fn home(&self) -> Home {
        match ring::read(&self.name()) {
            Some(_) => Home::Keyring,
            None => Home::File,
        }
    }

    fn remove_file(&self) -> Result<(), String> {
        match std::fs::remove_file(&self.file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(self.not_kept(&error))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Writes the file, whole or not at all.
    fn write(&self, text: &[u8]) -> std::io::Result<()> {
        let directory = self.file.parent().unwrap_or(Path::new("."));
        make_directory(directory)?;
        // Made for its owner alone from the start.
        let mut fresh = tempfile::NamedTempFile::new_in(directory)?;
        fresh.write_all(text)?;
        fresh.as_file().sync_all()?;
        fresh.persist(&self.file).map_err(|error| error.error)?;
        Ok(())
    }

    fn not_kept(&self, error: &std::io::Error) -> String {
        format!(
            "{}: the sign-in cannot be kept there ({})",
            self.file.display(),
            words_of(error)
        )
    }
}

fn make_directory(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(directory)
}

/// Keeps the tokens of a sign-in where it is kept itself.
pub struct TokenKeep {
    pub shelf: Shelf,
    pub kept: Kept,
}

impl Keep for TokenKeep {
    fn load(&self) -> Result<Option<Tokens>, String> {
        Ok(self.shelf.load()?.map(|kept| kept.tokens))
    }

    fn save(&self, tokens: &Tokens) -> Result<(), String> {
        let kept = Kept {
            tokens: tokens.clone(),
            ..self.kept.clone()
        };
        let home = self.shelf.home();
        if self.shelf.save(&kept, home)? != home {
            tracing::warn!("the keyring takes no more; the sign-in is kept in a file");
        }
        Ok(())
    }
}
