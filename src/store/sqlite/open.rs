//! Opening a file: what it must be, how it is made, and how each connection is set.
//!
//! A new store is built under another name and then linked into place, so that no other program ever sees
//! half of one and two that make the same store at once end up sharing it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::fault::{Fault, Step};
use super::{DamagedLog, Options, checkpoint, log, looked, seal};
use crate::store::{StoreError, words_of};

/// `scvd` in the header of every store.
const APPLICATION_ID: i64 = 0x7363_7664;
/// First bytes of every SQLite file.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Bytes of a SQLite header.
const HEADER_BYTES: usize = 100;

/// How long a checkpoint waits for others, while it may keep the writer waiting.
const CHECKPOINT_WAIT: Duration = Duration::from_millis(20);
/// Bytes that the log may keep on disk once it starts anew.
const LOG_BYTES_KEPT: i64 = 256 << 20;

/// Each schema with its number, oldest first.
const MIGRATIONS: [(i64, &str); 12] = [
    (
        1,
        include_str!("../../../assets/migrations/sqlite/0001_store.sql"),
    ),
    (2, crate::store::search::MIGRATION),
    (
        3,
        include_str!("../../../assets/migrations/sqlite/0003_seal.sql"),
    ),
    (
        4,
        include_str!("../../../assets/migrations/sqlite/0004_sums.sql"),
    ),
    (
        5,
        include_str!("../../../assets/migrations/sqlite/0005_later_links.sql"),
    ),
    (
        6,
        include_str!("../../../assets/migrations/sqlite/0006_accounts.sql"),
    ),
    (
        7,
        include_str!("../../../assets/migrations/sqlite/0007_sources.sql"),
    ),
    (
        8,
        include_str!("../../../assets/migrations/sqlite/0008_requests.sql"),
    ),
    (
        9,
        include_str!("../../../assets/migrations/sqlite/0009_person_requests.sql"),
    ),
    (
        10,
        include_str!("../../../assets/migrations/sqlite/0010_exports.sql"),
    ),
    (
        11,
        include_str!("../../../assets/migrations/sqlite/0011_review.sql"),
    ),
    (
        12,
        include_str!("../../../assets/migrations/sqlite/0012_messages.sql"),
    ),
];

/// Whether a store that is not there is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// Makes the file, and the directory it is in.
    Create,
    /// Says that it is missing.
    Existing,
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Write,
    Read,
    /// Reads a file that nobody can write, without the files that programs on one store share.
    ReadFrozen,
    Checkpoint,
}

/// How a store that cannot be written is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Beside other programs, which may write.
    Shared,
    /// As it lies there. Only where no log stands beside it: what is in the log would be missed.
    Frozen,
}

impl Reading {
    pub const fn purpose(self) -> Purpose {
        match self {
            Self::Shared => Purpose::Read,
            Self::Frozen => Purpose::ReadFrozen,
        }
    }
}

/// Sees to it that a store of this schema can be read at `path`; nothing is made and nothing is written.
pub fn prepare_reading(path: &Path, reading: Reading, options: &Options) -> Result<(), StoreError> {
    let Found::Store { page } = inspect(path)? else {
        return Err(StoreError::Missing(path.to_owned()));
    };
    // Something may stand in the log that is not in the file yet, or may at any time.
    if reading == Reading::Frozen && log::of(path).exists() {
        return Err(StoreError::ReadOnly(path.to_owned()));
    }
    inspect_log(path, page, options)?;
    let version =
        connect(path, reading.purpose(), options).and_then(|connection| version_of(&connection));
    match version.map_err(|fault| fault.to_error(path, options.wait))? {
        found if found > newest() => Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known: newest(),
        }),
        // It would have to be brought up to the newest schema first.
        found if found < newest() => Err(StoreError::ReadOnly(path.to_owned())),
        _ => Ok(()),
    }
}

/// Looks into the log before SQLite cuts it where it is damaged.
pub(super) fn inspect_log(path: &Path, page: usize, options: &Options) -> Result<(), StoreError> {
    if options.damaged_log == DamagedLog::Cut {
        return Ok(());
    }
    match log::damage(path, page).map_err(|error| of_io(path, &error))? {
        None => Ok(()),
        Some(damage) => Err(StoreError::DamagedLog {
            path: log::of(path),
            at: damage.at,
            lost: damage.lost,
        }),
    }
}

/// Sees to it that a store of this schema stands at `path`.
pub fn prepare(path: &Path, open: Open, options: &Options) -> Result<(), StoreError> {
    match (inspect(path)?, open) {
        (Found::Store { page }, _) => inspect_log(path, page, options)?,
        (Found::Nothing, Open::Existing) => return Err(StoreError::Missing(path.to_owned())),
        (Found::Nothing, Open::Create) => create(path, options)?,
    }
    let migrated = connect(path, Purpose::Write, options).and_then(|mut connection| {
        let version = version_of(&connection)?;
        if version < newest() {
            migrate(&mut connection)?;
        }
        Ok((version, connection.is_readonly("main")?))
    });
    match migrated {
        Ok((found, _)) if found > newest() => Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known: newest(),
        }),
        Ok((_, true)) => Err(StoreError::ReadOnly(path.to_owned())),
        Ok((_, false)) => Ok(()),
        Err(fault) => Err(fault.to_error(path, options.wait)),
    }
}

/// Opens and sets a connection to the store at `path`.
pub fn connect(path: &Path, purpose: Purpose, options: &Options) -> Step<Connection> {
    let single = OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let (read, write) = (
        OpenFlags::SQLITE_OPEN_READ_ONLY | single,
        OpenFlags::SQLITE_OPEN_READ_WRITE | single,
    );
    let connection = match purpose {
        Purpose::Write | Purpose::Checkpoint => Connection::open_with_flags(path, write)?,
        Purpose::Read => Connection::open_with_flags(path, read)?,
        Purpose::ReadFrozen => {
            let uri = frozen_uri(path);
            Connection::open_with_flags(uri, read | OpenFlags::SQLITE_OPEN_URI)?
        }
    };
    connection.busy_timeout(options.wait)?;
    connection.set_prepared_statement_cache_capacity(200);
    connection.pragma_update(None, "foreign_keys", false)?;
    // Without this SQLite plans many a cached statement anew whenever its values change: over a quarter of
    // the writer's time.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    seal::add_function(&connection)?;
    looked::add_function(&connection)?;
    // A schema of a damaged or hostile file must not run functions of its own.
    connection.pragma_update(None, "trusted_schema", false)?;
    match purpose {
        Purpose::Write => {
            connection.pragma_update(None, "synchronous", "full")?;
            connection.pragma_update(None, "secure_delete", true)?;
            // Checkpoints have a thread of their own, off the writer's path.
            connection.pragma_update(None, "wal_autocheckpoint", 0)?;
            connection.pragma_update(None, "journal_size_limit", LOG_BYTES_KEPT)?;
            connection.pragma_update(None, "cache_size", -options.cache_kib)?;
            // What the writer only reads it reads in place.
            connection.pragma_update(None, "mmap_size", options.mmap_bytes)?;
            if let Some(bytes) = options.bytes_max {
                connection.pragma_update(None, "max_page_count", (bytes / 4096).max(1))?;
            }
        }
        Purpose::Read | Purpose::ReadFrozen => {
            connection.pragma_update(None, "query_only", true)?;
            connection.pragma_update(None, "mmap_size", options.mmap_bytes)?;
        }
        Purpose::Checkpoint => {
            connection.busy_timeout(CHECKPOINT_WAIT)?;
            connection.pragma_update(None, "synchronous", "full")?;
            connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        }
    }
    Ok(connection)
}

/// The path as the URI of a file that nobody changes.
fn frozen_uri(path: &Path) -> String {
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                uri.push(char::from(*byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri + "?immutable=1"
}

/// What stands at a path, as far as its first bytes tell.
pub(super) enum Found {
    Nothing,
    Store {
        /// Bytes of a page.
        page: usize,
    },
}

/// Reads the header before SQLite touches the file: a file that is not ours is left exactly as it is.
pub(super) fn inspect(path: &Path) -> Result<Found, StoreError> {
    let foreign = || StoreError::Foreign(path.to_owned());
    let about = match fs::metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(unreadable(path, &error)),
    };
    if !about.is_file() {
        return Err(foreign());
    }
    let mut header = [0; HEADER_BYTES];
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    match file.read_exact(&mut header) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(foreign()),
        Err(error) => return Err(of_io(path, &error)),
    }
    let number = |at: usize| {
        header[at..at + 4]
            .iter()
            .fold(0, |sum, byte| (sum << 8) | i64::from(*byte))
    };
    let (found, application) = (number(60), number(68));
    if !header.starts_with(MAGIC) || application != APPLICATION_ID {
        return Err(foreign());
    }
    if found > newest() {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known: newest(),
        });
    }
    // 1 stands for 65536, which two bytes cannot tell.
    let page = match usize::from(u16::from_be_bytes([header[16], header[17]])) {
        1 => 1 << 16,
        bytes => bytes,
    };
    Ok(Found::Store { page })
}

/// Makes a new store at `path`; one that another program made meanwhile is as good.
fn create(path: &Path, options: &Options) -> Result<(), StoreError> {
    let directory = directory_of(path);
    let failed = |error: &io::Error| of_io(path, error);
    make_directory(&directory).map_err(|error| failed(&error))?;
    let draft = draft_of(path);
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .map_err(|error| failed(&error))?;
    let made = build(&draft, options).map_err(|fault| fault.to_error(path, options.wait));
    let placed = made.and_then(|()| place(&draft, path).map_err(|error| failed(&error)));
    clear(&draft);
    placed?;
    sync_names(&directory).map_err(|error| failed(&error))
}

/// Removes a draft and what SQLite may have left beside it on a disk that failed. The draft itself is gone
/// after a rename, and a second name of the store after a link.
fn clear(draft: &Path) {
    for end in ["", "-wal", "-shm", "-journal"] {
        let mut name = draft.as_os_str().to_owned();
        name.push(end);
        if let Err(error) = fs::remove_file(&name)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a draft of the store was left behind");
        }
    }
}

/// Makes a directory and those it is in. A name that its directory was not synced after is gone with the
/// power, and everything below it too.
fn make_directory(directory: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = directory
        .ancestors()
        .take_while(|above| !above.as_os_str().is_empty() && !above.exists())
        .collect();
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    missing
        .into_iter()
        .try_for_each(|made| sync_names(&directory_of(made)))
}

/// Makes the names in a directory durable.
fn sync_names(directory: &Path) -> io::Result<()> {
    File::open(directory).and_then(|directory| directory.sync_all())
}

/// Fills an empty file with the newest schema.
fn build(draft: &Path, options: &Options) -> Step<()> {
    let mut connection = connect(draft, Purpose::Write, options)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    migrate(&mut connection)?;
    // Closing copies the log into the file too, but says nothing when that fails; the file alone gets a name.
    checkpoint::truncate(&connection)?;
    connection.close().map_err(|(_, error)| Fault::from(error))
}

/// Gives a finished draft its name, unless something has that name by now.
fn place(draft: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(draft, path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        // Some file systems have no hard links.
        Err(_) if !path.exists() => fs::rename(draft, path),
        Err(error) => Err(error),
    }
}

/// Brings a store to the newest schema, whole or not at all. Another program may have done it meanwhile.
pub(super) fn migrate(connection: &mut Connection) -> Step<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    raise(&transaction)?;
    Ok(transaction.commit()?)
}

/// Brings what a transaction sees to the newest schema.
pub(super) fn raise(transaction: &Transaction<'_>) -> Step<()> {
    let from = version_of(transaction)?;
    for (version, sql) in MIGRATIONS
        .into_iter()
        .filter(|(version, _)| *version > from)
    {
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", version)?;
    }
    Ok(())
}

pub(super) fn version_of(connection: &Connection) -> Step<i64> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// The newest schema.
pub fn newest() -> i64 {
    MIGRATIONS
        .iter()
        .map(|(version, _)| *version)
        .max()
        .unwrap_or_default()
}

pub(super) fn directory_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        Some(_) | None => PathBuf::from("."),
    }
}

/// A name beside `path` that no other program uses.
pub(super) fn draft_of(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    directory_of(path).join(format!(".{name}.{}", uuid::Uuid::new_v4().simple()))
}

/// The sentence for a file that cannot even be looked into.
fn unreadable(path: &Path, error: &io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::PermissionDenied => StoreError::Other {
            path: path.to_owned(),
            what: "the file cannot be read; check its permissions".to_owned(),
        },
        _ => of_io(path, error),
    }
}

/// The sentence for an error of the file system.
pub(super) fn of_io(path: &Path, error: &io::Error) -> StoreError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly(path)
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full(path),
        _ => StoreError::Other {
            path,
            what: words_of(error),
        },
    }
}
