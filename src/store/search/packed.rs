//! Sorted strings packed into two allocations: what a reader keeps in memory of a long list.

use super::document::{put_number, take_number};

/// Sorted byte strings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Packed {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Packed {
    /// Appends a string, which must not be less than the last.
    pub fn push(&mut self, string: &[u8]) {
        self.bytes.extend_from_slice(string);
        self.ends.push(self.bytes.len() as u32);
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, number: usize) -> &[u8] {
        let start = number
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        let end = self.ends.get(number).copied().unwrap_or(start);
        self.bytes
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }

    /// How many strings are less than `string`.
    pub fn below(&self, string: &[u8]) -> usize {
        self.point(|other| other < string)
    }

    /// How many strings are less than or equal to `string`.
    pub fn up_to(&self, string: &[u8]) -> usize {
        self.point(|other| other <= string)
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut encoded = Vec::with_capacity(self.bytes.len() + self.ends.len() + 8);
        put_number(&mut encoded, self.ends.len() as u64);
        let mut start = 0;
        for end in &self.ends {
            put_number(&mut encoded, u64::from(end - start));
            start = *end;
        }
        encoded.extend_from_slice(&self.bytes);
        encoded
    }

    pub fn decode(mut encoded: &[u8]) -> Option<Self> {
        let count = usize::try_from(take_number(&mut encoded)?).ok()?;
        let mut ends = Vec::with_capacity(count.min(encoded.len()));
        let mut end = 0_u32;
        for _ in 0..count {
            end = end.checked_add(u32::try_from(take_number(&mut encoded)?).ok()?)?;
            ends.push(end);
        }
        (encoded.len() == end as usize).then(|| Self {
            bytes: encoded.to_vec(),
            ends,
        })
    }

    fn point(&self, before: impl Fn(&[u8]) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if before(self.get(middle)) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        low
    }
}
