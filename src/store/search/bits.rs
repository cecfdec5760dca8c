//! A set of document numbers, one bit each.

/// A set of numbers below its size.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    pub fn none(size: usize) -> Self {
        Self {
            words: vec![0; size.div_ceil(64)],
        }
    }

    /// All numbers below `size`.
    pub fn all(size: usize) -> Self {
        let mut all = Self {
            words: vec![u64::MAX; size.div_ceil(64)],
        };
        if let Some(last) = all.words.last_mut()
            && !size.is_multiple_of(64)
        {
            *last = (1 << (size % 64)) - 1;
        }
        all
    }

    pub fn add(&mut self, number: usize) {
        if let Some(word) = self.words.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    pub fn remove(&mut self, number: usize) {
        if let Some(word) = self.words.get_mut(number / 64) {
            *word &= !(1 << (number % 64));
        }
    }

    /// Makes room for numbers below `size`.
    pub fn grow(&mut self, size: usize) {
        let words = size.div_ceil(64);
        if words > self.words.len() {
            self.words.resize(words, 0);
        }
    }

    pub fn and(&mut self, other: &Self) {
        self.pair(other, |mine, theirs| mine & theirs);
    }

    pub fn or(&mut self, other: &Self) {
        self.pair(other, |mine, theirs| mine | theirs);
    }

    pub fn without(&mut self, other: &Self) {
        self.pair(other, |mine, theirs| mine & !theirs);
    }

    /// Adds the numbers of a set that `to_bytes` wrote.
    pub fn or_bytes(&mut self, bytes: &[u8]) {
        let (words, _) = bytes.as_chunks::<8>();
        for (mine, theirs) in self.words.iter_mut().zip(words) {
            *mine |= u64::from_le_bytes(*theirs);
        }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        self.words
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect()
    }

    pub fn count(&self) -> usize {
        self.words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            std::iter::successors((word != 0).then_some(word), |rest| {
                let rest = rest & (rest - 1);
                (rest != 0).then_some(rest)
            })
            .map(move |rest| at * 64 + rest.trailing_zeros() as usize)
        })
    }

    fn pair(&mut self, other: &Self, combine: impl Fn(u64, u64) -> u64) {
        let theirs = other.words.iter().copied().chain(std::iter::repeat(0));
        for (mine, theirs) in self.words.iter_mut().zip(theirs) {
            *mine = combine(*mine, theirs);
        }
    }
}
