//! Sets of a segment's document numbers: a sorted list while few, a bitmap when many; their packed form.

use super::bytes::{Cursor, put_number};
use super::rank::Answer;

const LIST: u8 = 0;
const BITMAP: u8 = 1;

/// A set of document numbers.
#[derive(Clone, Debug)]
pub(super) enum Set {
    /// Sorted, each once.
    Few(Vec<u32>),
    Many(Vec<u64>),
}

impl Default for Set {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Set {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Few(list) => list.len(),
            Self::Many(bits) => bits.iter().map(|word| word.count_ones() as usize).sum(),
        }
    }

    pub(super) fn contains(&self, document: u32) -> bool {
        match self {
            Self::Few(list) => list.binary_search(&document).is_ok(),
            Self::Many(bits) => has(bits, document),
        }
    }

    pub(super) fn members(&self) -> Members<'_> {
        match self {
            Self::Few(list) => Members::Few(list.iter()),
            Self::Many(bits) => Members::Many {
                bits,
                at: 0,
                word: bits.first().copied().unwrap_or(0),
            },
        }
    }

    pub(super) fn without(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Few(mut list), other) => {
                list.retain(|document| !other.contains(*document));
                Self::Few(list)
            }
            (Self::Many(mut bits), Self::Few(list)) => {
                list.iter().for_each(|document| clear(&mut bits, *document));
                Self::Many(bits)
            }
            (Self::Many(mut bits), Self::Many(other)) => {
                bits.iter_mut()
                    .zip(other)
                    .for_each(|(word, other)| *word &= !other);
                Self::Many(bits)
            }
        }
    }
}

impl Answer for Set {
    fn or(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Few(left), Self::Few(right)) if left.is_empty() => Self::Few(right.clone()),
            (left, Self::Few(right)) if right.is_empty() => left,
            (Self::Few(mut left), Self::Few(right)) => {
                left.extend_from_slice(right);
                left.sort_unstable();
                left.dedup();
                Self::Few(left)
            }
            (Self::Many(mut bits), Self::Few(list)) => {
                list.iter().for_each(|document| put(&mut bits, *document));
                Self::Many(bits)
            }
            (Self::Few(list), Self::Many(bits)) => Self::Many(bits.clone()).or(&Self::Few(list)),
            (Self::Many(mut bits), Self::Many(other)) => {
                bits.iter_mut()
                    .zip(other)
                    .for_each(|(word, other)| *word |= other);
                Self::Many(bits)
            }
        }
    }

    fn and(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Few(mut list), other) => {
                list.retain(|document| other.contains(*document));
                Self::Few(list)
            }
            (Self::Many(bits), Self::Few(list)) => Self::Few(
                list.iter()
                    .copied()
                    .filter(|document| has(&bits, *document))
                    .collect(),
            ),
            (Self::Many(mut bits), Self::Many(other)) => {
                bits.iter_mut()
                    .zip(other)
                    .for_each(|(word, other)| *word &= other);
                Self::Many(bits)
            }
        }
    }
}

/// The members of a set in ascending order.
pub(super) enum Members<'a> {
    Few(std::slice::Iter<'a, u32>),
    Many {
        bits: &'a [u64],
        at: usize,
        word: u64,
    },
}

impl Iterator for Members<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        match self {
            Self::Few(list) => list.next().copied(),
            Self::Many { bits, at, word } => {
                while *word == 0 {
                    *at += 1;
                    *word = *bits.get(*at)?;
                }
                let found = *at as u32 * 64 + word.trailing_zeros();
                *word &= *word - 1;
                Some(found)
            }
        }
    }
}

/// Collects documents in any order into a set.
#[derive(Debug)]
pub(super) struct Gather {
    universe: u32,
    list: Vec<u32>,
    bits: Option<Vec<u64>>,
}

impl Gather {
    /// For documents numbered below `universe`.
    pub(super) fn new(universe: u32) -> Self {
        Self {
            universe,
            list: Vec::new(),
            bits: None,
        }
    }

    pub(super) fn add(&mut self, document: u32) {
        match &mut self.bits {
            Some(bits) => put(bits, document),
            None => {
                self.list.push(document);
                // A bitmap is cheaper than sorting a list of even some thousands.
                if self.list.len() > (self.universe as usize / 256).max(1_024) {
                    self.spread();
                }
            }
        }
    }

    /// Adds a packed set; `None` when it is damaged.
    pub(super) fn add_packed(&mut self, packed: &[u8]) -> Option<()> {
        match packed.split_first()? {
            (&LIST, deltas) => self.add_deltas(deltas),
            (&BITMAP, words) => {
                let bits = self.spread();
                if words.len() != bits.len() * 8 {
                    return None;
                }
                for (word, bytes) in bits.iter_mut().zip(words.chunks_exact(8)) {
                    *word |= u64::from_le_bytes(bytes.try_into().ok()?);
                }
                Some(())
            }
            _ => None,
        }
    }

    /// Adds a packed list without its kind.
    pub(super) fn add_deltas(&mut self, deltas: &[u8]) -> Option<()> {
        let mut cursor = Cursor::new(deltas);
        let mut next = 0u64;
        while !cursor.is_done() {
            next += cursor.number()?;
            let document = u32::try_from(next)
                .ok()
                .filter(|document| *document < self.universe)?;
            self.add(document);
            next += 1;
        }
        Some(())
    }

    /// What was collected; the collector is empty again.
    pub(super) fn take(&mut self) -> Set {
        if let Some(bits) = self.bits.take() {
            return Set::Many(bits);
        }
        let mut list = std::mem::take(&mut self.list);
        if !list.is_sorted_by(|left, right| left < right) {
            list.sort_unstable();
            list.dedup();
        }
        Set::Few(list)
    }

    /// Forgets what was collected and keeps the room for it.
    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.bits = None;
    }

    fn spread(&mut self) -> &mut Vec<u64> {
        let universe = self.universe as usize;
        let list = &mut self.list;
        self.bits.get_or_insert_with(|| {
            let mut bits = vec![0; universe.div_ceil(64)];
            list.drain(..).for_each(|document| put(&mut bits, document));
            bits
        })
    }
}

/// Packs a set of documents numbered below `universe`.
pub(super) fn pack(set: &Set, universe: u32) -> Vec<u8> {
    let count = set.len();
    if let Set::Many(bits) = set
        && count >= universe as usize / 16
    {
        let mut out = Vec::with_capacity(1 + bits.len() * 8);
        out.push(BITMAP);
        bits.iter()
            .for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
        return out;
    }
    let mut out = vec![LIST];
    put_deltas(&mut out, set.members());
    out
}

/// Appends ascending documents as distances.
pub(super) fn put_deltas(out: &mut Vec<u8>, documents: impl Iterator<Item = u32>) {
    let mut next = 0;
    for document in documents {
        put_number(out, u64::from(document - next));
        next = document + 1;
    }
}

fn has(bits: &[u64], document: u32) -> bool {
    let word = bits.get(document as usize / 64).copied().unwrap_or(0);
    word >> (document % 64) & 1 == 1
}

fn put(bits: &mut [u64], document: u32) {
    if let Some(word) = bits.get_mut(document as usize / 64) {
        *word |= 1 << (document % 64);
    }
}

fn clear(bits: &mut [u64], document: u32) {
    if let Some(word) = bits.get_mut(document as usize / 64) {
        *word &= !(1 << (document % 64));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const UNIVERSE: u32 = 5_000;

    fn gathered(documents: &[u32]) -> Set {
        let mut gather = Gather::new(UNIVERSE);
        documents.iter().for_each(|document| gather.add(*document));
        gather.take()
    }

    fn listed(set: &Set) -> Vec<u32> {
        let list: Vec<u32> = set.members().collect();
        assert_eq!(list.len(), set.len());
        list
    }

    fn documents() -> impl Strategy<Value = Vec<u32>> {
        let few = proptest::collection::vec(0..UNIVERSE, 0..20);
        let many = proptest::collection::vec(0..UNIVERSE, 1_500..3_000);
        prop_oneof![few, many]
    }

    proptest! {
        #[test]
        fn sets_do_what_sets_do(left in documents(), right in documents()) {
            let (a, b): (BTreeSet<u32>, BTreeSet<u32>) =
                (left.iter().copied().collect(), right.iter().copied().collect());
            let (x, y) = (gathered(&left), gathered(&right));
            prop_assert_eq!(listed(&x), a.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(listed(&x.clone().or(&y)), a.union(&b).copied().collect::<Vec<_>>());
            prop_assert_eq!(listed(&x.clone().and(&y)), a.intersection(&b).copied().collect::<Vec<_>>());
            prop_assert_eq!(listed(&x.clone().without(&y)), a.difference(&b).copied().collect::<Vec<_>>());
            let mut gather = Gather::new(UNIVERSE);
            gather.add_packed(&pack(&x, UNIVERSE)).unwrap();
            gather.add_packed(&pack(&y, UNIVERSE)).unwrap();
            prop_assert_eq!(listed(&gather.take()), listed(&x.or(&y)));
        }
    }
}
