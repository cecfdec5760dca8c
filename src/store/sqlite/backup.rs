//! Copies of a store: a backup while others read and write, and a store made of one. Neither ever writes over
//! anything. A copy is built under another name, verified as `check` verifies a store, and then given its own.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::Options;
use super::check;
use super::entry::Head;
use super::fault::{Fault, Step};
use super::open::{
    Found, Purpose, connect, directory_of, draft_of, inspect, inspect_log, migrate, newest, of_io,
    raise, version_of,
};
use crate::store::StoreError;

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    pub bytes: u64,
    /// Journal entries, and the seal of the last one: two copies with the same seal tell the same.
    pub entries: u64,
    pub head: String,
    /// Broken invariants, one sentence each: what was copied is damaged, and so is the copy.
    pub problems: Vec<String>,
}

/// What the making of a copy is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Copying,
    Verifying,
}

/// Copies the store at `from`, as it stands at one moment, into the new file `to`. The copy of a damaged store
/// is made all the same: it may be the best that is left of it.
pub fn backup(
    from: &Path,
    to: &Path,
    options: &Options,
    told: &dyn Fn(Stage),
) -> Result<Copied, StoreError> {
    let made = Made::of(from, to, options, told, |draft| {
        let connection = connect(from, Purpose::Write, options)?;
        copy_into(&connection, draft)
    })?;
    made.draft.place(to)?;
    Ok(made.copied)
}

/// Makes a store at `to` of the backup `from`; not of one that is damaged.
pub fn restore(
    from: &Path,
    to: &Path,
    options: &Options,
    told: &dyn Fn(Stage),
) -> Result<Copied, StoreError> {
    // A log that another store left would be taken for the new one's.
    for end in ["-wal", "-journal"] {
        let mut name = to.as_os_str().to_owned();
        name.push(end);
        free(Path::new(&name))?;
    }
    let made = Made::of(from, to, options, told, |draft| {
        let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        copy_into(&source, draft)?;
        let mut connection = connect(draft, Purpose::Write, options)?;
        if version_of(&connection)? < newest() {
            migrate(&mut connection)?;
        }
        Ok(())
    })?;
    if let Some(first) = made.copied.problems.first() {
        let what = match made.copied.problems.len() {
            1 => first.clone(),
            many => format!("{many} broken invariants, the first: {first}"),
        };
        let path = from.to_owned();
        return Err(StoreError::Damaged { path, what });
    }
    let logged = log(&made.draft.0, options);
    logged.map_err(|fault| fault.to_error(from, options.wait))?;
    made.draft.place(to)?;
    Ok(made.copied)
}

/// Lets a store keep a log, as every store that is in use does.
fn log(draft: &Path, options: &Options) -> Step<()> {
    let connection = connect(draft, Purpose::Write, options)?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    // Closing the last connection removes the log.
    connection.close().map_err(|(_, error)| Fault::from(error))
}

/// A copy that is verified and has no name yet.
struct Made {
    draft: Draft,
    copied: Copied,
}

impl Made {
    /// Builds a copy of `from` beside `to` with `fill`, and verifies it.
    fn of(
        from: &Path,
        to: &Path,
        options: &Options,
        told: &dyn Fn(Stage),
        fill: impl FnOnce(&Path) -> Step<()>,
    ) -> Result<Self, StoreError> {
        match inspect(from)? {
            Found::Store { page } => inspect_log(from, page, options)?,
            Found::Nothing => return Err(StoreError::Missing(from.to_owned())),
        }
        free(to)?;
        let draft = Draft::make(to)?;
        told(Stage::Copying);
        let copied = fill(&draft.0).and_then(|()| {
            told(Stage::Verifying);
            verified(&draft.0, options)
        });
        match copied {
            Ok(copied) => Ok(Self { draft, copied }),
            Err(fault) => Err(fault.to_error(from, options.wait)),
        }
    }
}

/// Refuses a place where something is.
fn free(path: &Path) -> Result<(), StoreError> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(of_io(path, &error)),
        Ok(_) => Err(StoreError::Exists(path.to_owned())),
    }
}

/// Writes everything into an empty file, in one read of the store: others write meanwhile. Nothing of what was
/// deleted comes with it.
fn copy_into(connection: &Connection, draft: &Path) -> Step<()> {
    let name = draft.to_string_lossy();
    connection.execute("VACUUM INTO ?1", [name.as_ref()])?;
    Ok(())
}

fn verified(draft: &Path, options: &Options) -> Step<Copied> {
    let mut connection = connect(draft, Purpose::Write, options)?;
    let problems = {
        let transaction = connection.transaction()?;
        // A backup keeps the schema of its store, and what is checked stands in the newest only: the draft is
        // raised for the check and falls back with the transaction.
        if version_of(&transaction)? < newest() {
            raise(&transaction)?;
        }
        let problems = check::of_copy(&transaction)?;
        transaction.rollback()?;
        problems
    };
    let head = Head::load(&connection)?;
    let bytes = connection.query_row(
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
        (),
        |row| row.get::<_, i64>(0),
    )?;
    Ok(Copied {
        bytes: bytes.cast_unsigned(),
        entries: head.seq.cast_unsigned(),
        head: head.hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        problems,
    })
}

/// A file under a name of its own, that goes when it is not placed.
struct Draft(PathBuf);

impl Draft {
    fn make(to: &Path) -> Result<Self, StoreError> {
        let directory = directory_of(to);
        if !directory.is_dir() {
            let what = "the directory is not there; make it first".to_owned();
            return Err(StoreError::Other {
                path: directory,
                what,
            });
        }
        let draft = Self(draft_of(to));
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft.0)
            .map_err(|error| of_io(to, &error))?;
        Ok(draft)
    }

    fn place(&self, to: &Path) -> Result<(), StoreError> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::Exists(to.to_owned()),
            _ => of_io(to, &error),
        };
        let synced = File::open(&self.0).and_then(|file| file.sync_all());
        synced.map_err(failed)?;
        match fs::hard_link(&self.0, to) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists && !to.exists() => {
                // Some file systems have no hard links.
                fs::rename(&self.0, to).map_err(failed)?;
            }
            linked => linked.map_err(failed)?,
        }
        let directory = File::open(directory_of(to)).and_then(|directory| directory.sync_all());
        directory.map_err(failed)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // It is gone already where it was renamed.
        if let Err(error) = fs::remove_file(&self.0)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a draft of a copy was left behind");
        }
    }
}
