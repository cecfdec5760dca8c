//! The write-ahead log, looked at before SQLite reads it. SQLite takes the log up to the first frame whose sum
//! does not fit and drops the rest: right for a write that the power cut short, and silent where something
//! damaged decisions that had been acknowledged.
//!
//! A transaction is written after the one before it has reached the disk (`synchronous=FULL`), so a power cut
//! can spoil the last one only. Whole transactions after a frame that does not fit are damage. What hits the
//! last transaction alone cannot be told from a power cut.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

const HEADER_BYTES: usize = 32;
/// The header's own sum is of what stands before it.
const HEADER_SUMMED: usize = 24;
const FRAME_HEADER_BYTES: usize = 24;
/// Of a frame's header the page's number and the size are in its sum.
const FRAME_SUMMED: usize = 8;
/// The last bit tells the order of bytes in sums: 0 for little endian.
const MAGIC: u32 = 0x377f_0682;
/// A disk writes so many bytes whole or not at all.
const SECTOR_BYTES: u64 = 512;
/// After so many strange frames in a row come those of a log before this one.
const STRANGE_MAX: usize = 16;
/// Another program may write while the log is looked at: only what is seen twice is so.
const LOOKS_MAX: usize = 4;

type Salts = [u8; 8];
type Sum = (u32, u32);

/// Where the log of a store is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Bytes of the log before it.
    pub at: u64,
    /// Transactions after it that are whole, and that SQLite would drop.
    pub lost: u64,
    salts: Salts,
}

/// The name of a store's log.
pub fn of(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// The damage in a store's log, if there is any; `page` is the store's page size in bytes.
pub fn damage(store: &Path, page: usize) -> io::Result<Option<Damage>> {
    let mut before = None;
    for _ in 0..LOOKS_MAX {
        let found = match File::open(of(store)) {
            Ok(file) => look(&mut BufReader::with_capacity(1 << 16, file), page)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        match found {
            None => return Ok(None),
            Some(_) if found == before => return Ok(found),
            Some(_) => before = found,
        }
    }
    Ok(None)
}

/// Copies the log beside itself, before SQLite cuts it at the damage. Gives the copy's name.
pub fn keep_copy(store: &Path) -> io::Result<PathBuf> {
    let (to, name) = new_copy(store)?;
    let copied = File::open(of(store)).and_then(|mut from| {
        let mut to = to;
        io::copy(&mut from, &mut to)?;
        to.sync_all()
    });
    match copied {
        Ok(()) => Ok(name),
        Err(error) => {
            fs::remove_file(&name)?;
            Err(error)
        }
    }
}

/// A file that was not there, for a copy of the log.
fn new_copy(store: &Path) -> io::Result<(File, PathBuf)> {
    let mut number = 1;
    loop {
        let mut name = of(store).into_os_string();
        name.push(format!(".damaged-{number}"));
        let made = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&name);
        match made {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            made => return Ok((made?, PathBuf::from(name))),
        }
    }
}

fn look(log: &mut impl Read, page: usize) -> io::Result<Option<Damage>> {
    let mut header = [0; HEADER_BYTES];
    if !read_whole(log, &mut header)? {
        return Ok(None);
    }
    let mut frames = Frames {
        log,
        bytes: vec![0; FRAME_HEADER_BYTES + page],
        at: HEADER_BYTES as u64,
    };
    let salts = salts_of(&header[16..]);
    let little = word(&header) & 1 == MAGIC & 1;
    let is_ours = word(&header) & !1 == MAGIC;
    if is_ours && header_fits(&header, salts, little) {
        let walk = Walk::new(salts, sum_at(&header[HEADER_SUMMED..]), little);
        return walk.through(&mut frames);
    }
    without_header(&header, &mut frames)
}

/// A header is on the disk before the first frame after it, and a disk writes it whole: when it does not fit
/// and the frames after it do, something damaged it.
fn without_header(
    header: &[u8; HEADER_BYTES],
    frames: &mut Frames<'_, impl Read>,
) -> io::Result<Option<Damage>> {
    let mut seed = sum_at(&header[HEADER_SUMMED..]);
    let mut damage: Option<Damage> = None;
    while frames.next()? {
        let salts = salts_of(&frames.bytes[8..]);
        let is_its_own = salts == salts_of(&header[16..])
            || [true, false]
                .into_iter()
                .any(|little| header_fits(header, salts, little));
        if !is_its_own || damage.is_some_and(|damage| damage.salts != salts) {
            break;
        }
        let fits = [true, false]
            .into_iter()
            .any(|little| sum_of_frame(seed, &frames.bytes, little) == frames.sum());
        seed = frames.sum();
        let known = damage.map_or(0, |damage| damage.lost);
        damage = Some(Damage {
            at: 0,
            lost: known + u64::from(fits && frames.commits()),
            salts,
        });
    }
    Ok(damage.filter(|damage| damage.lost > 0))
}

/// The frames of a log, one after the other.
struct Frames<'a, R> {
    log: &'a mut R,
    bytes: Vec<u8>,
    at: u64,
}

impl<R: Read> Frames<'_, R> {
    /// False at the end of the log.
    fn next(&mut self) -> io::Result<bool> {
        read_whole(self.log, &mut self.bytes)
    }

    fn commits(&self) -> bool {
        word(&self.bytes[4..]) != 0
    }

    fn sum(&self) -> Sum {
        sum_at(&self.bytes[16..])
    }
}

/// A way through the log, from its header on.
struct Walk {
    salts: Salts,
    seed: Sum,
    little: bool,
    hole: Option<u64>,
    /// A transaction that the hole is in, or one after it, has ended.
    has_ended: bool,
    lost: u64,
    strange: usize,
}

impl Walk {
    fn new(salts: Salts, seed: Sum, little: bool) -> Self {
        Self {
            salts,
            seed,
            little,
            hole: None,
            has_ended: false,
            lost: 0,
            strange: 0,
        }
    }

    fn through(mut self, frames: &mut Frames<'_, impl Read>) -> io::Result<Option<Damage>> {
        while self.strange < STRANGE_MAX && frames.next()? {
            self.pass(&frames.bytes, frames.at, frames.commits());
            self.seed = frames.sum();
            frames.at += frames.bytes.len() as u64;
        }
        Ok(self.hole.filter(|_| self.lost > 0).map(|at| Damage {
            at,
            lost: self.lost,
            salts: self.salts,
        }))
    }

    fn pass(&mut self, bytes: &[u8], at: u64, commits: bool) {
        let is_ours = salts_of(&bytes[8..]) == self.salts;
        if is_ours && sum_of_frame(self.seed, bytes, self.little) == sum_at(&bytes[16..]) {
            self.strange = 0;
            self.lost += u64::from(self.has_ended && commits);
            self.has_ended |= self.hole.is_some() && commits;
            return;
        }
        self.strange += 1;
        self.hole.get_or_insert(at);
        // The size and the salts of a write that was cut short may be of two writes, unless one sector has both.
        let in_one_sector = at / SECTOR_BYTES == (at + 15) / SECTOR_BYTES;
        self.has_ended |= is_ours && commits && in_one_sector;
    }
}

/// Fills `bytes`; false when there are fewer.
fn read_whole(from: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match from.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// True when the header, had it these salts, has the sum that it tells.
fn header_fits(header: &[u8; HEADER_BYTES], salts: Salts, little: bool) -> bool {
    let mut repaired = *header;
    repaired[16..HEADER_SUMMED].copy_from_slice(&salts);
    sum((0, 0), &repaired[..HEADER_SUMMED], little) == sum_at(&header[HEADER_SUMMED..])
}

fn sum_of_frame(seed: Sum, frame: &[u8], little: bool) -> Sum {
    let seed = sum(seed, &frame[..FRAME_SUMMED], little);
    sum(seed, &frame[FRAME_HEADER_BYTES..], little)
}

/// The sum of SQLite's log format, over pairs of words.
fn sum(seed: Sum, bytes: &[u8], little: bool) -> Sum {
    let words = |pair: &[u8; 8]| {
        let [a, b, c, d, e, f, g, h] = *pair;
        match little {
            true => (
                u32::from_le_bytes([a, b, c, d]),
                u32::from_le_bytes([e, f, g, h]),
            ),
            false => (
                u32::from_be_bytes([a, b, c, d]),
                u32::from_be_bytes([e, f, g, h]),
            ),
        }
    };
    let pairs = bytes.as_chunks::<8>().0.iter().map(words);
    pairs.fold(seed, |(one, other), (first, second)| {
        let one = one.wrapping_add(first).wrapping_add(other);
        (one, other.wrapping_add(second).wrapping_add(one))
    })
}

fn sum_at(bytes: &[u8]) -> Sum {
    (word(bytes), word(&bytes[4..]))
}

fn salts_of(bytes: &[u8]) -> Salts {
    std::array::from_fn(|at| bytes[at])
}

fn word(bytes: &[u8]) -> u32 {
    u32::from_be_bytes(std::array::from_fn(|at| bytes[at]))
}
