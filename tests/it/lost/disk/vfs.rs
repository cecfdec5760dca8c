//! The disk as SQLite calls it: a VFS around the system's own, and the default of all tests. The only place
//! with unsafe code.

#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rusqlite::ffi;

use super::{Disk, Failure, lock, name_of};
use crate::lost::trace::{Event, FileId};

/// The system's VFS, as an address: it lives as long as the program.
static SYSTEM: OnceLock<usize> = OnceLock::new();

/// An open file of a watched directory. SQLite sees the first field, the system's own file follows the last.
#[repr(C)]
struct Watched {
    base: ffi::sqlite3_file,
    /// What is known of it; owned, freed when it is closed.
    place: *mut Place,
}

struct Place {
    disk: Arc<Disk>,
    file: FileId,
    /// The first sync of a new journal or log syncs its directory too, as SQLite's own VFS does.
    syncs_names: bool,
}

/// The system's file behind a watched one.
unsafe fn inner(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: SQLite reserved `szOsFile` bytes for it: those of `Watched` and those of the system's file.
    unsafe { file.byte_add(size_of::<Watched>()) }
}

unsafe fn place<'f>(file: *mut ffi::sqlite3_file) -> &'f Place {
    // SAFETY: `open` set it before SQLite got the file, and `close` frees it last.
    unsafe { &*(*file.cast::<Watched>()).place }
}

/// Calls a method of the system's file.
macro_rules! system {
    ($file:expr, $method:ident $(, $argument:expr)*) => {{
        // SAFETY: the system's file was opened by the system's VFS, whose methods are all there (version 3).
        unsafe {
            let file = inner($file);
            ((*(*file).pMethods).$method.unwrap())(file $(, $argument)*)
        }
    }};
}

extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    let code = system!(file, xClose);
    // SAFETY: `open` made it with `Box::into_raw`, and SQLite closes a file once.
    drop(unsafe { Box::from_raw((*file.cast::<Watched>()).place) });
    code
}

extern "C" fn read(file: *mut ffi::sqlite3_file, to: *mut c_void, n: c_int, at: i64) -> c_int {
    // SAFETY: SQLite calls with an open file.
    let place = unsafe { place(file) };
    if lock(&place.disk.state).fails(&[Failure::Read]).is_some() {
        return ffi::SQLITE_IOERR_READ;
    }
    system!(file, xRead, to, n, at)
}

extern "C" fn write(file: *mut ffi::sqlite3_file, from: *const c_void, n: c_int, at: i64) -> c_int {
    // SAFETY: SQLite calls with an open file and `n` bytes to write.
    let (place, bytes) = unsafe {
        let bytes = std::slice::from_raw_parts(from.cast::<u8>(), n as usize);
        (place(file), bytes)
    };
    // Held over the call, so that the order of what is recorded is the order of what is done.
    let mut state = lock(&place.disk.state);
    let failed = state.fails(&[Failure::Full, Failure::Write, Failure::Short]);
    let (kept, code) = match failed {
        None => (n, ffi::SQLITE_OK),
        Some(Failure::Short) => (n / 2, ffi::SQLITE_FULL),
        Some(Failure::Full) => (0, ffi::SQLITE_FULL),
        Some(_) => (0, ffi::SQLITE_IOERR_WRITE),
    };
    if kept > 0 {
        let written = bytes[..kept as usize].to_vec();
        let event = Event::Write(place.file, at as usize, written);
        state.events.push(event);
        let done = system!(file, xWrite, from, kept, at);
        if done != ffi::SQLITE_OK {
            return done;
        }
    }
    code
}

extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    // SAFETY: SQLite calls with an open file.
    let place = unsafe { place(file) };
    let mut state = lock(&place.disk.state);
    state
        .events
        .push(Event::Truncate(place.file, size as usize));
    system!(file, xTruncate, size)
}

extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: SQLite calls with an open file, and syncs one file on one thread at a time.
    let place = unsafe { &mut *(*file.cast::<Watched>()).place };
    let disk = place.disk.clone();
    let mut state = lock(&disk.state);
    if state.fails(&[Failure::Sync]).is_some() {
        state.events.push(Event::SyncFailed(place.file));
        return ffi::SQLITE_IOERR_FSYNC;
    }
    state.events.push(Event::Sync(place.file));
    if std::mem::take(&mut place.syncs_names) {
        state.events.push(Event::NamesSynced);
    }
    ffi::SQLITE_OK
}

extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut i64) -> c_int {
    system!(file, xFileSize, size)
}

extern "C" fn take_lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    system!(file, xLock, level)
}

extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    system!(file, xUnlock, level)
}

extern "C" fn check_lock(file: *mut ffi::sqlite3_file, found: *mut c_int) -> c_int {
    system!(file, xCheckReservedLock, found)
}

extern "C" fn control(file: *mut ffi::sqlite3_file, op: c_int, about: *mut c_void) -> c_int {
    system!(file, xFileControl, op, about)
}

extern "C" fn sector_size(file: *mut ffi::sqlite3_file) -> c_int {
    system!(file, xSectorSize)
}

extern "C" fn traits(file: *mut ffi::sqlite3_file) -> c_int {
    system!(file, xDeviceCharacteristics)
}

extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    page: c_int,
    size: c_int,
    extend: c_int,
    to: *mut *mut c_void,
) -> c_int {
    system!(file, xShmMap, page, size, extend, to)
}

extern "C" fn shm_lock(file: *mut ffi::sqlite3_file, at: c_int, n: c_int, flags: c_int) -> c_int {
    system!(file, xShmLock, at, n, flags)
}

extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    system!(file, xShmBarrier)
}

extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, delete: c_int) -> c_int {
    system!(file, xShmUnmap, delete)
}

extern "C" fn fetch(
    file: *mut ffi::sqlite3_file,
    at: i64,
    n: c_int,
    to: *mut *mut c_void,
) -> c_int {
    system!(file, xFetch, at, n, to)
}

extern "C" fn unfetch(file: *mut ffi::sqlite3_file, at: i64, from: *mut c_void) -> c_int {
    system!(file, xUnfetch, at, from)
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 3,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(take_lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_lock),
    xFileControl: Some(control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(traits),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: Some(fetch),
    xUnfetch: Some(unfetch),
};

fn system_vfs() -> *mut ffi::sqlite3_vfs {
    *SYSTEM.get().unwrap() as *mut ffi::sqlite3_vfs
}

/// The path that SQLite names; `None` for a file without a name.
unsafe fn path_of(name: *const c_char) -> Option<PathBuf> {
    // SAFETY: SQLite's names end with a zero byte.
    let name = (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) })?;
    Some(PathBuf::from(name.to_str().ok()?))
}

unsafe extern "C" fn open(
    _vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    flags_out: *mut c_int,
) -> c_int {
    let system = system_vfs();
    // SAFETY: `system` is SQLite's own VFS; `name`, `file` and the flags are what it wants of us.
    let opens = |file| unsafe { (*system).xOpen.unwrap()(system, name, file, flags, flags_out) };
    // SAFETY: `name` is SQLite's.
    let path = unsafe { path_of(name) };
    let watched = path.and_then(|path| Disk::of(&path).map(|disk| (path, disk)));
    let Some((path, disk)) = watched else {
        return opens(file);
    };
    let mut state = lock(&disk.state);
    let was_there = path.exists();
    // SAFETY: SQLite reserved room for both; no methods mean that a failed open is not closed.
    let code = unsafe {
        (*file).pMethods = std::ptr::null();
        opens(inner(file))
    };
    if code != ffi::SQLITE_OK {
        return code;
    }
    let id = state.opened(&path, was_there);
    drop(state);
    let is_journal = flags & (ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL) != 0;
    let place = Place {
        disk,
        file: id,
        syncs_names: is_journal && flags & ffi::SQLITE_OPEN_CREATE != 0,
    };
    // SAFETY: `file` has room for a `Watched`.
    unsafe {
        (*file.cast::<Watched>()).place = Box::into_raw(Box::new(place));
        (*file).pMethods = &METHODS;
    }
    code
}

unsafe extern "C" fn delete(
    _vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_names: c_int,
) -> c_int {
    let system = system_vfs();
    // SAFETY: `system` is SQLite's own VFS, `name` is SQLite's.
    let (path, deletes) = unsafe {
        let deletes = |flag| (*system).xDelete.unwrap()(system, name, flag);
        (path_of(name), deletes)
    };
    let watched = path.and_then(|path| Disk::of(&path).map(|disk| (path, disk)));
    let Some((path, disk)) = watched else {
        return deletes(sync_names);
    };
    let mut state = lock(&disk.state);
    let name = name_of(&path);
    if state.names.remove(&name).is_some() {
        state.events.push(Event::Unnamed(name));
        if sync_names != 0 {
            state.events.push(Event::NamesSynced);
        }
    }
    deletes(0)
}

/// Makes the watching VFS SQLite's default.
pub fn register() {
    // SAFETY: the system's VFS is found, copied and never changed; the copy and its name live forever. Its
    // functions take any VFS with the same private part.
    unsafe {
        let system = ffi::sqlite3_vfs_find(std::ptr::null());
        SYSTEM.get_or_init(|| system as usize);
        let mut own = std::ptr::read(system);
        own.zName = c"watched".as_ptr();
        own.szOsFile += size_of::<Watched>() as c_int;
        own.pNext = std::ptr::null_mut();
        own.xOpen = Some(open);
        own.xDelete = Some(delete);
        let code = ffi::sqlite3_vfs_register(Box::into_raw(Box::new(own)), 1);
        assert_eq!(code, ffi::SQLITE_OK);
    }
}
