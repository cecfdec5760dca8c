//! Sorting more records than memory should hold: runs sorted in memory go to an unnamed temporary file beside
//! the store and are merged from there.

use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes and number of records kept in memory before they are written out as a run.
const RUN_BYTES: usize = 4 << 20;
const RUN_RECORDS: usize = 128 << 10;
/// Bytes read ahead from each run while merging.
const AHEAD_BYTES: usize = 32 << 10;

/// Collects records of a key and a value.
pub(super) struct Sorter {
    folder: Option<PathBuf>,
    text: Vec<u8>,
    records: Vec<Record>,
    run_bytes: usize,
    file: Option<File>,
    /// End of each run in the file.
    ends: Vec<u64>,
}

/// Where a record lies; the first bytes of the key decide most comparisons.
#[derive(Clone, Copy)]
pub(super) struct Record {
    begins: u64,
    start: u32,
    key: u32,
    value: u32,
}

impl Sorter {
    /// Sorts in memory and in `folder`, or in the system's place for temporary files.
    pub(super) fn new(folder: Option<&Path>) -> Self {
        Self {
            folder: folder.map(Path::to_owned),
            text: Vec::new(),
            records: Vec::new(),
            run_bytes: RUN_BYTES,
            file: None,
            ends: Vec::new(),
        }
    }

    pub(super) fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        let full = self.text.len() + key.len() + value.len() > self.run_bytes
            || self.records.len() == RUN_RECORDS;
        if full && !self.records.is_empty() {
            self.write_run()?;
        }
        let start = self.text.len() as u32;
        self.text.extend_from_slice(key);
        self.text.extend_from_slice(value);
        let record = Record {
            begins: begins(key),
            start,
            key: key.len() as u32,
            value: value.len() as u32,
        };
        self.records.push(record);
        Ok(())
    }

    /// The records in the order of their keys.
    pub(super) fn sorted(mut self) -> Result<Sorted> {
        if self.file.is_none() {
            self.sort();
            return Ok(Sorted::Memory {
                text: self.text,
                records: self.records.into_iter(),
            });
        }
        self.write_run()?;
        let Some(file) = self.file else {
            return Ok(Sorted::Memory {
                text: Vec::new(),
                records: Vec::new().into_iter(),
            });
        };
        Merge::new(file, &self.ends).map(Sorted::File)
    }

    fn sort(&mut self) {
        let text = &self.text;
        self.records.sort_unstable_by(|left, right| {
            left.begins
                .cmp(&right.begins)
                .then_with(|| left.key_in(text).cmp(right.key_in(text)))
        });
    }

    fn write_run(&mut self) -> Result<()> {
        self.sort();
        let file = match &mut self.file {
            Some(file) => file,
            empty => empty.insert(match &self.folder {
                Some(folder) => tempfile::tempfile_in(folder)?,
                None => tempfile::tempfile()?,
            }),
        };
        let mut written = self.ends.last().copied().unwrap_or(0);
        let mut out = Vec::with_capacity(AHEAD_BYTES + 1024);
        for record in &self.records {
            out.extend_from_slice(&record.key.to_le_bytes());
            out.extend_from_slice(&record.value.to_le_bytes());
            out.extend_from_slice(record.whole_in(&self.text));
            if out.len() >= AHEAD_BYTES {
                file.write_all(&out)?;
                written += out.len() as u64;
                out.clear();
            }
        }
        file.write_all(&out)?;
        self.ends.push(written + out.len() as u64);
        self.records.clear();
        self.text.clear();
        Ok(())
    }
}

impl Record {
    fn key_in(self, text: &[u8]) -> &[u8] {
        &text[self.start as usize..(self.start + self.key) as usize]
    }

    fn whole_in(self, text: &[u8]) -> &[u8] {
        &text[self.start as usize..(self.start + self.key + self.value) as usize]
    }
}

/// Records in order.
pub(super) enum Sorted {
    Memory {
        text: Vec<u8>,
        records: std::vec::IntoIter<Record>,
    },
    File(Merge),
}

impl Sorted {
    /// The next key and value.
    pub(super) fn next(&mut self) -> Result<Option<(&[u8], &[u8])>> {
        match self {
            Self::Memory { text, records } => {
                let next = records.next();
                Ok(next.map(|record| record.whole_in(text).split_at(record.key as usize)))
            }
            Self::File(merge) => merge.next(),
        }
    }
}

/// Merges the runs of a file.
pub(super) struct Merge {
    file: File,
    runs: Vec<Run>,
    /// Runs with a record left, as a heap by their keys.
    heap: Vec<usize>,
    /// True once the record of the first run was handed out.
    taken: bool,
}

/// A run being read.
struct Run {
    /// What is not yet read of it.
    next: u64,
    end: u64,
    buffer: Vec<u8>,
    at: usize,
    key: usize,
    value: usize,
}

/// Before each record in a file: the lengths of key and value.
const HEAD: usize = 8;

impl Merge {
    fn new(file: File, ends: &[u64]) -> Result<Self> {
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let run = |(next, end): (u64, &u64)| Run {
            next,
            end: *end,
            buffer: Vec::new(),
            at: 0,
            key: 0,
            value: 0,
        };
        let runs = starts.zip(ends).map(run).collect();
        let mut merge = Self {
            file,
            runs,
            heap: Vec::new(),
            taken: false,
        };
        for at in 0..merge.runs.len() {
            if merge.runs[at].advance(&mut merge.file)? {
                merge.heap.push(at);
            }
        }
        for at in (0..merge.heap.len() / 2).rev() {
            merge.sink(at);
        }
        Ok(merge)
    }

    fn next(&mut self) -> Result<Option<(&[u8], &[u8])>> {
        if self.taken {
            if !self.runs[self.heap[0]].advance(&mut self.file)? {
                self.heap.swap_remove(0);
            }
            self.sink(0);
        }
        self.taken = !self.heap.is_empty();
        Ok(self.heap.first().map(|run| self.runs[*run].record()))
    }

    fn sink(&mut self, mut at: usize) {
        loop {
            let mut least = at;
            for child in [2 * at + 1, 2 * at + 2] {
                if child < self.heap.len() && self.key(child) < self.key(least) {
                    least = child;
                }
            }
            if least == at {
                return;
            }
            self.heap.swap(at, least);
            at = least;
        }
    }

    fn key(&self, at: usize) -> &[u8] {
        self.runs[self.heap[at]].record().0
    }
}

impl Run {
    fn record(&self) -> (&[u8], &[u8]) {
        let start = self.at + HEAD;
        self.buffer[start..start + self.key + self.value].split_at(self.key)
    }

    /// Moves to the next record; false at the end.
    fn advance(&mut self, file: &mut File) -> Result<bool> {
        if !self.buffer.is_empty() {
            self.at += HEAD + self.key + self.value;
        }
        if !self.hold(HEAD, file)? {
            return Ok(false);
        }
        let length = |at: usize| {
            let bytes = &self.buffer[at..at + 4];
            u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize
        };
        (self.key, self.value) = (length(self.at), length(self.at + 4));
        self.hold(HEAD + self.key + self.value, file)
    }

    /// Makes sure that so many bytes are in the buffer; false at the end of the run.
    fn hold(&mut self, length: usize, file: &mut File) -> Result<bool> {
        let have = self.buffer.len() - self.at;
        if have >= length {
            return Ok(true);
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let left = (self.end - self.next) as usize;
        let read = left.min(AHEAD_BYTES.max(length - have));
        self.buffer.resize(have + read, 0);
        file.seek(SeekFrom::Start(self.next))?;
        file.read_exact(&mut self.buffer[have..])?;
        self.next += read as u64;
        Ok(self.buffer.len() >= length)
    }
}

fn begins(key: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let length = key.len().min(8);
    bytes[..length].copy_from_slice(&key[..length]);
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn sorted(run_bytes: usize, count: u32) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut sorter = Sorter::new(None);
        sorter.run_bytes = run_bytes;
        for at in 0..count {
            let key = format!("{}", at.wrapping_mul(2_654_435_761) % 100_000);
            sorter
                .put(key.as_bytes(), &vec![at as u8; at as usize % 300])
                .unwrap();
        }
        let mut records = sorter.sorted().unwrap();
        let mut out = Vec::new();
        while let Some((key, value)) = records.next().unwrap() {
            out.push((key.to_vec(), value.to_vec()));
        }
        out
    }

    #[test]
    fn runs_give_the_same_order_as_memory() {
        let keys = |records: &[(Vec<u8>, Vec<u8>)]| {
            records
                .iter()
                .map(|(key, _)| key.clone())
                .collect::<Vec<_>>()
        };
        let mut memory = sorted(usize::MAX, 3_000);
        let mut runs = sorted(10_000, 3_000);
        assert!(keys(&memory).is_sorted());
        assert_eq!(keys(&memory), keys(&runs));
        memory.sort();
        runs.sort();
        assert_eq!(memory, runs);
        assert!(sorted(10, 0).is_empty());
    }
}
