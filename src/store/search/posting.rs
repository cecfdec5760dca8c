//! Lists of document numbers as bytes: of a name, of an organization, of anything else. A short list holds
//! the steps from number to number, a dense one a bit for every document.

use super::bits::Bits;
use super::document::{put_number, take_number};
use super::term::Class;

/// How many classes of terms there are.
pub(super) const CLASSES: [Class; 3] = [Class::Name, Class::Organization, Class::Other];

/// Encodes the lists of a term or of a prefix, in the order of `CLASSES`; `documents` is how many there are.
pub(super) fn encode(lists: &[List; 3], documents: usize) -> Vec<u8> {
    let mut bytes = vec![0];
    for (class, list) in lists.iter().enumerate() {
        let (encoded, dense) = list.encode(documents);
        if !encoded.is_empty() {
            bytes[0] |= 1 << class;
            put_number(&mut bytes, (encoded.len() as u64) << 1 | u64::from(dense));
            bytes.extend_from_slice(&encoded);
        }
    }
    bytes
}

/// One encoded list.
#[derive(Clone, Copy, Debug)]
pub(super) enum Encoded<'a> {
    Steps(&'a [u8]),
    Dense(&'a [u8]),
}

impl Encoded<'_> {
    /// Adds the list's documents to a set; `None` when the list is damaged.
    pub fn add_to(self, set: &mut Bits) -> Option<()> {
        match self {
            Self::Dense(bytes) => set.or_bytes(bytes),
            Self::Steps(mut steps) => {
                let mut document = 0_usize;
                while !steps.is_empty() {
                    document = document.checked_add(take_number(&mut steps)? as usize)?;
                    set.add(document);
                }
            }
        }
        Some(())
    }
}

/// Calls `visit` with each of the encoded lists; `None` when they are damaged.
pub(super) fn each(
    mut bytes: &[u8],
    mut visit: impl FnMut(Class, Encoded<'_>) -> Option<()>,
) -> Option<()> {
    let (&classes, rest) = bytes.split_first()?;
    bytes = rest;
    for (at, class) in CLASSES.into_iter().enumerate() {
        if classes & (1 << at) == 0 {
            continue;
        }
        let head = take_number(&mut bytes)?;
        let (list, rest) = bytes.split_at_checked(usize::try_from(head >> 1).ok()?)?;
        bytes = rest;
        visit(
            class,
            if head & 1 == 1 {
                Encoded::Dense(list)
            } else {
                Encoded::Steps(list)
            },
        )?;
    }
    Some(())
}

/// Document numbers being gathered, in any order; a set of bits once they are many.
#[derive(Clone, Debug)]
pub(super) enum List {
    Few(Vec<u32>),
    Many(Bits),
}

impl Default for List {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl List {
    pub fn add(&mut self, document: u32, documents: usize) {
        match self {
            Self::Few(few) => {
                few.push(document);
                self.settle(documents);
            }
            Self::Many(bits) => bits.add(document as usize),
        }
    }

    /// Adds all of another list.
    pub fn take(&mut self, other: Self, documents: usize) {
        if matches!(self, Self::Few(few) if few.is_empty()) {
            *self = other;
            return;
        }
        match (&mut *self, other) {
            (Self::Few(few), Self::Few(other)) => {
                few.extend(other);
                self.settle(documents);
            }
            (Self::Few(few), Self::Many(mut bits)) => {
                few.iter().for_each(|document| bits.add(*document as usize));
                *self = Self::Many(bits);
            }
            (Self::Many(bits), Self::Few(other)) => {
                other
                    .iter()
                    .for_each(|document| bits.add(*document as usize));
            }
            (Self::Many(bits), Self::Many(other)) => bits.or(&other),
        }
    }

    /// Bits take less room than many numbers do.
    fn settle(&mut self, documents: usize) {
        if let Self::Few(few) = self
            && few.len() > 64 + documents / 16
        {
            let mut bits = Bits::none(documents);
            few.iter().for_each(|document| bits.add(*document as usize));
            *self = Self::Many(bits);
        }
    }

    fn encode(&self, documents: usize) -> (Vec<u8>, bool) {
        let steps = match self {
            Self::Few(few) => {
                let mut sorted = few.clone();
                sorted.sort_unstable();
                sorted.dedup();
                steps(sorted.into_iter().map(|document| document as usize))
            }
            Self::Many(bits) if bits.count() > documents / 8 => return (bits.to_bytes(), true),
            Self::Many(bits) => steps(bits.iter()),
        };
        (steps, false)
    }
}

fn steps(documents: impl Iterator<Item = usize>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut last = 0;
    for document in documents {
        put_number(&mut bytes, (document - last) as u64);
        last = document;
    }
    bytes
}
