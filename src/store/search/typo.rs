//! One typo: a letter wrong, missing, too many, or two neighbours swapped.

use fst::Automaton;

/// How a term answers a word with one typo in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Near {
    Whole,
    Prefix,
}

/// Follows a term letter by letter and knows every place in the word that it can have reached.
///
/// Bit n of a state stands for n letters of the word. Words have at most 48 letters, so 64 bits do.
#[derive(Clone, Debug)]
pub(super) struct OneTypo {
    word: Vec<char>,
}

/// Places reached without a typo, with one, and halfway through a swap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reached {
    clean: u64,
    typo: u64,
    swap: u64,
    /// A character of which not all bytes have come: the bytes, and how many there are.
    partial: [u8; 4],
    bytes: u8,
    done: bool,
}

impl OneTypo {
    pub fn new(word: &str) -> Self {
        Self {
            word: word.chars().take(60).collect(),
        }
    }

    /// How `term` is met by the word with at most one typo.
    pub fn meets(&self, term: &str) -> Option<Near> {
        let mut reached = self.start();
        let mut letters = 0;
        for letter in term.chars() {
            if reached.clean | reached.typo | reached.swap == 0 {
                break;
            }
            reached = self.step(&reached, letter);
            letters += 1;
        }
        let whole = self.ends(&reached) && letters == term.chars().count();
        match (whole, reached.done) {
            (true, _) => Some(Near::Whole),
            (false, true) => Some(Near::Prefix),
            (false, false) => None,
        }
    }

    fn ends(&self, reached: &Reached) -> bool {
        (reached.clean | reached.typo) & (1 << self.word.len()) != 0
    }

    fn step(&self, from: &Reached, letter: char) -> Reached {
        let here = self.places(letter);
        // A swap takes the letter after the one that was skipped, then the skipped one.
        let swap = from.clean & (here >> 1);
        let swapped = from.swap & here;
        let clean = (from.clean & here) << 1;
        let wrong = (from.clean << 1) | from.clean;
        let typo = ((from.typo & here) << 1) | wrong | (swapped << 2);
        let typo = (typo | clean << 1) & self.limit();
        let mut reached = Reached {
            clean: clean & self.limit(),
            typo,
            swap,
            done: from.done,
            ..Reached::default()
        };
        reached.done |= self.ends(&reached);
        reached
    }

    /// The places whose next letter is this one.
    fn places(&self, letter: char) -> u64 {
        self.word.iter().enumerate().fold(0, |places, (at, own)| {
            places | (u64::from(*own == letter) << at)
        })
    }

    fn limit(&self) -> u64 {
        (1 << (self.word.len() + 1)) - 1
    }
}

impl Automaton for OneTypo {
    type State = Reached;

    fn start(&self) -> Reached {
        Reached {
            clean: 1,
            // The first letter of the word may be missing in the term.
            typo: 0b10,
            ..Reached::default()
        }
    }

    fn is_match(&self, state: &Reached) -> bool {
        state.done
    }

    fn can_match(&self, state: &Reached) -> bool {
        state.done || state.clean | state.typo | state.swap != 0
    }

    fn will_always_match(&self, state: &Reached) -> bool {
        state.done
    }

    fn accept(&self, state: &Reached, byte: u8) -> Reached {
        let mut next = *state;
        if let Some(place) = next.partial.get_mut(usize::from(next.bytes)) {
            *place = byte;
            next.bytes += 1;
        }
        match std::str::from_utf8(&next.partial[..usize::from(next.bytes)]) {
            Ok(text) => text
                .chars()
                .next()
                .map_or(next, |letter| self.step(state, letter)),
            Err(_) => next,
        }
    }
}
