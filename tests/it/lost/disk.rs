//! A disk under SQLite that a test watches: it records what is written and synced, and fails when it is told.
//!
//! Files of directories that nobody watches go to the system untouched.

mod vfs;

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::course::Ack;
use super::trace::{Event, FileId};

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Failure {
    /// A write finds the disk full (ENOSPC).
    Full,
    /// A write fails (EIO).
    Write,
    /// Half of a write is done, then the disk is full.
    Short,
    /// A sync fails.
    Sync,
    /// A read fails (EIO).
    Read,
}

/// Which calls fail.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub failure: Failure,
    /// So many calls of its kind go well first.
    pub after: usize,
    /// How many fail then.
    pub times: usize,
}

#[derive(Default)]
struct State {
    events: Vec<Event>,
    /// Files by inode, and how many there were.
    files: BTreeMap<u64, FileId>,
    count: FileId,
    names: BTreeMap<String, FileId>,
    fault: Option<Fault>,
    failed: usize,
}

/// A directory that is watched.
pub struct Disk {
    directory: PathBuf,
    state: Mutex<State>,
}

/// Every disk that is watched.
#[derive(Default)]
struct Registry {
    disks: Mutex<Vec<Arc<Disk>>>,
}

static REGISTRY: OnceLock<Registry> = OnceLock::new();

impl Disk {
    /// Watches a directory. Nothing in it is really synced: what a power cut leaves is worked out.
    pub fn watch(directory: &Path) -> Arc<Self> {
        let registry = REGISTRY.get_or_init(|| {
            vfs::register();
            Registry::default()
        });
        let disk = Arc::new(Self {
            directory: directory.to_owned(),
            state: Mutex::default(),
        });
        lock(&registry.disks).push(disk.clone());
        disk
    }

    /// Watches it no longer.
    pub fn leave(&self) {
        if let Some(registry) = REGISTRY.get() {
            lock(&registry.disks).retain(|disk| disk.directory != self.directory);
        }
    }

    /// Records an acknowledgement between what is written.
    pub fn told(&self, ack: Ack) {
        lock(&self.state).events.push(Event::Told(ack));
    }

    /// What was recorded so far.
    pub fn events(&self) -> Vec<Event> {
        lock(&self.state).events.clone()
    }

    /// Lets calls fail from now on, or no more.
    pub fn fail(&self, fault: Option<Fault>) {
        let mut state = lock(&self.state);
        state.fault = fault;
        state.failed = 0;
    }

    /// How many calls have failed.
    pub fn failed(&self) -> usize {
        lock(&self.state).failed
    }

    fn of(path: &Path) -> Option<Arc<Self>> {
        let disks = lock(&REGISTRY.get()?.disks);
        let parent = path.parent()?;
        disks.iter().find(|disk| disk.directory == parent).cloned()
    }
}

impl State {
    /// True when this call of a kind is to fail.
    fn fails(&mut self, failures: &[Failure]) -> Option<Failure> {
        let fault = self.fault.as_mut()?;
        if !failures.contains(&fault.failure) || fault.times == 0 {
            return None;
        }
        if fault.after > 0 {
            fault.after -= 1;
            return None;
        }
        fault.times -= 1;
        self.failed += 1;
        Some(fault.failure)
    }

    /// The file of an opened path; one that is new, or known under another name, is recorded.
    fn opened(&mut self, path: &Path, was_there: bool) -> FileId {
        let about = std::fs::metadata(path).unwrap();
        let (inode, name) = (about.ino(), name_of(path));
        let known = self.files.get(&inode).copied().filter(|_| was_there);
        // An empty file under another name has the inode of one that is gone.
        let known = known.filter(|id| about.len() > 0 || self.names.get(&name) == Some(id));
        let id = known.unwrap_or_else(|| {
            self.count += 1;
            self.files.insert(inode, self.count);
            if was_there {
                let bytes = std::fs::read(path).unwrap();
                self.events.push(Event::Found(self.count, bytes));
            }
            self.count
        });
        if self.names.insert(name.clone(), id) != Some(id) {
            self.events.push(Event::Named(name, id));
            // What SQLite finds was put there by the store, which syncs the directory before it goes on.
            if was_there {
                self.events.push(Event::NamesSynced);
            }
        }
        id
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
