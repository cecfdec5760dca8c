//! What goes wrong inside the SQLite store, and the sentence it becomes.

use std::path::Path;
use std::time::Duration;

use rusqlite::{ErrorCode, ffi};

use crate::store::StoreError;

/// Why a step inside the store stopped.
#[derive(Debug)]
pub enum Fault {
    Sql(rusqlite::Error),
    /// What is stored cannot be read back.
    Damaged(String),
    /// A plan does not fit what is stored: a bug of its planner.
    Misfit(String),
}

/// The result of a step inside the store.
pub type Step<T> = Result<T, Fault>;

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        // The error's own words may quote what was stored, so only its place is kept.
        Self::Damaged(format!(
            "stored JSON does not read, at byte {}",
            error.column()
        ))
    }
}

impl Fault {
    /// True when the file or the machine is at fault, so that nothing else would go better.
    pub fn is_of_the_world(&self) -> bool {
        match self {
            Self::Sql(error) => match error.sqlite_error_code() {
                Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch) => false,
                Some(ErrorCode::TooBig | ErrorCode::ParameterOutOfRange) => false,
                Some(_) => true,
                None => false,
            },
            Self::Damaged(_) | Self::Misfit(_) => false,
        }
    }

    /// What is damaged, when that is what went wrong.
    pub fn damage(&self) -> Option<String> {
        match self {
            Self::Damaged(what) => Some(what.clone()),
            Self::Misfit(_) => None,
            Self::Sql(error) if does_not_read(error) => {
                Some("a stored value does not read".to_owned())
            }
            Self::Sql(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Some(plain(error)),
                _ => None,
            },
        }
    }

    /// The error for callers of a store at `path` that waited for `wait`.
    pub fn to_error(&self, path: &Path, wait: Duration) -> StoreError {
        let path = path.to_owned();
        if let Some(what) = self.damage() {
            return StoreError::Damaged { path, what };
        }
        match self {
            Self::Damaged(what) | Self::Misfit(what) => StoreError::Other {
                path,
                what: what.clone(),
            },
            Self::Sql(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => StoreError::Full(path),
                Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                    StoreError::ReadOnly(path)
                }
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy {
                    path,
                    seconds: wait.as_secs(),
                },
                Some(ErrorCode::SystemIoFailure) => match is_of_reading(error) {
                    true => StoreError::Unread(path),
                    false => StoreError::Unsaved(path),
                },
                _ => StoreError::Other {
                    path,
                    what: plain(error),
                },
            },
        }
    }
}

/// True when a column holds what it never was given.
fn does_not_read(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{
        FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error,
    };
    matches!(
        error,
        FromSqlConversionFailure(..)
            | IntegralValueOutOfRange(..)
            | InvalidColumnType(..)
            | Utf8Error(..)
    )
}

fn is_of_reading(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    matches!(
        code,
        Some(ffi::SQLITE_IOERR_READ | ffi::SQLITE_IOERR_SHORT_READ)
    )
}

/// SQLite's own words, without the crate's frame around them.
fn plain(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(text)) => text.clone(),
        other => other.to_string(),
    }
}
