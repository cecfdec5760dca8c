//! One typo: a letter wrong, missing, doubled or swapped with its neighbour, anywhere in what was typed.

use super::fold::is_letter;

/// How a word is like what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// The word begins with something at most one typo away.
    Begins,
    /// The word itself is at most one typo away.
    Whole,
}

/// A word is not like what was typed, nor is any other that shares so much of its beginning. More than the
/// word's length when only its end came too soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unlike(pub usize);

/// A word as it was typed, ready to be compared with many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Typed {
    letters: Vec<char>,
    /// The same, when it is ASCII: most words are, and need no decoding.
    ascii: Option<Vec<u8>>,
}

impl Typed {
    pub(super) fn new(text: &str) -> Self {
        let ascii = text.is_ascii().then(|| text.as_bytes().to_vec());
        Self {
            letters: text.chars().collect(),
            ascii,
        }
    }

    /// Compares by letters; words with digits or signs are never like anything. `Unlike` counts bytes.
    pub(super) fn like(&self, word: &[u8]) -> Result<Likeness, Unlike> {
        if let Some(typed) = &self.ascii
            && word.is_ascii()
        {
            let found = compare(typed, word)?;
            return match word.iter().position(|byte| !byte.is_ascii_alphabetic()) {
                Some(at) => Err(Unlike(at + 1)),
                None => Ok(found),
            };
        }
        let valid = match str::from_utf8(word) {
            Ok(valid) => valid,
            Err(cut) => str::from_utf8(&word[..cut.valid_up_to()]).unwrap_or_default(),
        };
        if let Some((at, sign)) = valid.char_indices().find(|(_, c)| !is_letter(*c)) {
            return Err(Unlike(at + sign.len_utf8()));
        }
        let letters: Vec<char> = valid.chars().collect();
        compare(&self.letters, &letters).map_err(|Unlike(length)| {
            let bytes = letters
                .iter()
                .take(length)
                .map(|letter| letter.len_utf8())
                .sum::<usize>();
            Unlike(if length > letters.len() {
                word.len() + 1
            } else {
                bytes
            })
        })
    }

    /// False when no word that begins with these bytes can be like it.
    pub(super) fn could_begin(&self, start: &[u8]) -> bool {
        self.like(start)
            .map_or_else(|Unlike(length)| length > start.len(), |_| true)
    }
}

/// Compares what was typed with a word.
fn compare<T: PartialEq + Copy>(typed: &[T], word: &[T]) -> Result<Likeness, Unlike> {
    // Most words differ from the start in a way that no typo explains.
    if let ([t, u, ..], [v, w, ..]) = (typed, word)
        && t != v
        && u != v
        && t != w
        && u != w
    {
        return Err(Unlike(2));
    }
    let shared = agree(typed, word);
    let (typed, rest) = (&typed[shared..], &word[shared..]);
    let Some((first, after)) = typed.split_first() else {
        return Ok(if rest.len() <= 1 {
            Likeness::Whole
        } else {
            Likeness::Begins
        });
    };
    let wrong = repaired(after, rest, 1);
    let extra = repaired(after, rest, 0);
    let missing = repaired(typed, rest, 1);
    let swapped = match (after, rest) {
        ([second, after @ ..], [third, fourth, ..]) if second == third && first == fourth => {
            repaired(after, rest, 2)
        }
        ([second, ..], [third, ..]) if second != third => Err(1),
        (_, [_, _, ..]) => Err(2),
        _ => Err(rest.len() + 1),
    };
    let found = [wrong, extra, missing, swapped];
    match found.iter().flatten().max() {
        Some(likeness) => Ok(*likeness),
        None => Err(Unlike(
            shared + found.into_iter().filter_map(Result::err).max().unwrap_or(0),
        )),
    }
}

/// Compares the rest of what was typed with a word from `from` on; an error says how much of the word rules
/// this repair out.
fn repaired<T: PartialEq>(typed: &[T], word: &[T], from: usize) -> Result<Likeness, usize> {
    let Some(rest) = word.get(from..) else {
        return Err(word.len() + 1);
    };
    let shared = agree(typed, rest);
    match (typed.len() == shared, rest.len() == shared) {
        (true, true) => Ok(Likeness::Whole),
        (true, false) => Ok(Likeness::Begins),
        (false, true) => Err(word.len() + 1),
        (false, false) => Err(from + shared + 1),
    }
}

fn agree<T: PartialEq>(left: &[T], right: &[T]) -> usize {
    left.iter()
        .zip(right)
        .take_while(|(left, right)| left == right)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(typed: &str, word: &str) -> Option<Likeness> {
        Typed::new(typed).like(word.as_bytes()).ok()
    }

    #[test]
    fn each_kind_of_typo_is_forgiven_once() {
        let typos = [
            "smith", "smyth", "smoth", "smth", "mith", "smmith", "msith", "smiht", "xmith",
            "asmith",
        ];
        for typed in typos {
            assert_eq!(like(typed, "smith"), Some(Likeness::Whole), "{typed}");
            assert_eq!(like(typed, "smithers"), Some(Likeness::Begins), "{typed}");
        }
        for typed in ["smythe", "misth", "htims", "smixx"] {
            assert_eq!(like(typed, "smith"), None, "{typed}");
        }
        assert_eq!(like("müler", "müller"), Some(Likeness::Whole));
        assert_eq!(like("smith", "smit8"), None);
    }

    #[test]
    fn what_is_ruled_out_by_a_beginning_is_so_for_all_words() {
        let alphabet = ["a", "b", "é", "1"];
        let mut words = vec![String::new()];
        for length in 0..6 {
            let longer: Vec<String> = words
                .iter()
                .filter(|word| word.chars().count() == length)
                .flat_map(|word| alphabet.map(|letter| format!("{word}{letter}")))
                .collect();
            words.extend(longer);
        }
        for typed in ["aabb", "abéa", "ababa", "éa"].map(Typed::new) {
            for word in &words {
                if !typed.could_begin(word.as_bytes()) {
                    assert!(typed.like(word.as_bytes()).is_err(), "{typed:?} {word}");
                }
                let Err(Unlike(length)) = typed.like(word.as_bytes()) else {
                    continue;
                };
                let Some(start) = word.get(..length) else {
                    continue;
                };
                for other in words.iter().filter(|other| other.starts_with(start)) {
                    assert!(
                        typed.like(other.as_bytes()).is_err(),
                        "{typed:?} {word} {other}"
                    );
                }
            }
        }
    }
}
