//! Sorts more records than should be in memory: sorted batches go to unnamed temporary files, and are merged
//! when they are read. Records are bytes and come back in the order of their bytes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::PathBuf;

/// Bytes of records in memory before they go to a file.
const BATCH_BYTES: usize = 12 << 20;
/// Bytes read from each file at a time.
const READ_BYTES: usize = 64 << 10;

/// Gathers records.
pub(super) struct Sorter {
    /// Where the files go: beside the store, where there is room for as much again.
    folder: PathBuf,
    bytes: Vec<u8>,
    records: Vec<Record>,
    files: Vec<File>,
    pushed: u64,
}

/// A record of the batch in memory, with its first bytes to compare most pairs by.
#[derive(Clone, Copy)]
struct Record {
    first: u64,
    start: u32,
    length: u32,
}

impl Sorter {
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            bytes: Vec::new(),
            records: Vec::new(),
            files: Vec::new(),
            pushed: 0,
        }
    }

    /// How many records there are.
    pub fn pushed(&self) -> u64 {
        self.pushed
    }

    pub fn push(&mut self, record: &[u8]) -> io::Result<()> {
        if self.bytes.len() + self.records.len() * size_of::<Record>() + record.len() > BATCH_BYTES
        {
            self.spill()?;
        }
        self.pushed += 1;
        let mut first = [0; 8];
        let known = record.len().min(8);
        first[..known].copy_from_slice(&record[..known]);
        self.records.push(Record {
            first: u64::from_be_bytes(first),
            start: self.bytes.len() as u32,
            length: record.len() as u32,
        });
        self.bytes.extend_from_slice(record);
        Ok(())
    }

    /// All records, ascending.
    pub fn sorted(mut self) -> io::Result<Sorted> {
        self.spill()?;
        let mut sorted = Sorted {
            files: Vec::with_capacity(self.files.len()),
            heads: BinaryHeap::new(),
        };
        for mut file in self.files {
            file.rewind()?;
            sorted
                .files
                .push(BufReader::with_capacity(READ_BYTES, file));
            sorted.refill(sorted.files.len() - 1, Vec::new())?;
        }
        Ok(sorted)
    }

    fn spill(&mut self) -> io::Result<()> {
        if self.records.is_empty() {
            return Ok(());
        }
        let bytes = &self.bytes;
        self.records.sort_unstable_by(|one, other| {
            one.first
                .cmp(&other.first)
                .then_with(|| text(bytes, one).cmp(text(bytes, other)))
        });
        let mut file = BufWriter::new(tempfile::tempfile_in(&self.folder)?);
        for record in &self.records {
            file.write_all(&record.length.to_le_bytes())?;
            file.write_all(text(bytes, record))?;
        }
        self.files
            .push(file.into_inner().map_err(io::IntoInnerError::into_error)?);
        self.bytes.clear();
        self.records.clear();
        Ok(())
    }
}

fn text<'a>(bytes: &'a [u8], record: &Record) -> &'a [u8] {
    let start = record.start as usize;
    bytes
        .get(start..start + record.length as usize)
        .unwrap_or_default()
}

/// Reads the records back, ascending.
pub(super) struct Sorted {
    files: Vec<BufReader<File>>,
    heads: BinaryHeap<Reverse<(Vec<u8>, usize)>>,
}

impl Sorted {
    /// Puts the next record into `record`; false at the end.
    pub fn next(&mut self, record: &mut Vec<u8>) -> io::Result<bool> {
        let Some(Reverse((mut next, file))) = self.heads.pop() else {
            return Ok(false);
        };
        std::mem::swap(record, &mut next);
        self.refill(file, next)?;
        Ok(true)
    }

    /// Reads the next record of a file into `space` and queues it.
    fn refill(&mut self, number: usize, mut space: Vec<u8>) -> io::Result<()> {
        let file = &mut self.files[number];
        let mut length = [0; 4];
        match file.read_exact(&mut length) {
            Ok(()) => {}
            Err(trouble) if trouble.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(trouble) => return Err(trouble),
        }
        space.resize(u32::from_le_bytes(length) as usize, 0);
        file.read_exact(&mut space)?;
        self.heads.push(Reverse((space, number)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn records_come_back_sorted_from_memory_and_files() {
        let mut sorter = Sorter::new(std::env::temp_dir());
        let mut expected = Vec::new();
        for number in 0..3_000_u32 {
            let key = number.wrapping_mul(2_654_435_761);
            let record = key.to_be_bytes()[..1 + number as usize % 4].to_vec();
            sorter.push(&record).unwrap();
            expected.push(record);
            if number % 1_000 == 999 {
                sorter.spill().unwrap();
            }
        }
        expected.sort();
        let mut sorted = sorter.sorted().unwrap();
        let mut found = Vec::new();
        let mut record = Vec::new();
        while sorted.next(&mut record).unwrap() {
            found.push(record.clone());
        }
        assert_eq!(found, expected);
    }
}
