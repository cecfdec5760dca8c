//! What was typed, read as units that must all be found; a unit may be found in more than one way.

use std::ops::Range;

use super::fold::{is_unspaced, plain};
use super::term::{NATIONAL, chunks, cut, words};

/// Most characters of a search that are read.
const CHARACTERS_MAX: usize = 256;
/// Most units that are read.
const UNITS_MAX: usize = 12;
/// Most words of a unit that are read.
const WORDS_MAX: usize = 12;
/// Fewest letters of a word in which a typo is forgiven, and most.
const TYPO_LETTERS: Range<usize> = 5..49;

/// A search as it was typed, folded and split.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Typed {
    pub units: Vec<Unit>,
}

/// One thing that must be found: every word of at least one of the options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub options: Vec<Vec<Word>>,
}

/// A word: at least one of its forms must begin a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub forms: Vec<String>,
}

impl Typed {
    pub fn read(text: &str) -> Self {
        let text: String = text.chars().take(CHARACTERS_MAX).collect();
        let text = plain(&text);
        let mut units = Vec::new();
        let mut number = Number::default();
        for chunk in chunks(&text) {
            let chunk = &text[chunk];
            if number.take(chunk) {
                continue;
            }
            units.extend(std::mem::take(&mut number).unit());
            units.extend(unit(chunk));
        }
        units.extend(number.unit());
        units.truncate(UNITS_MAX);
        Self { units }
    }

    /// The words of every option.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        self.units
            .iter()
            .flat_map(|unit| unit.options.iter().flatten())
    }
}

impl Word {
    fn of(form: &str) -> Self {
        Self {
            forms: vec![cut(form).to_owned()],
        }
    }

    /// The word when a typo is forgiven in it: letters only, and enough of them.
    pub fn forgiving(&self) -> Option<&str> {
        let [form] = self.forms.as_slice() else {
            return None;
        };
        let letters = form
            .chars()
            .filter(|letter| !letter.is_numeric() && !is_unspaced(*letter))
            .count();
        let plain = !form.contains(['@', '#']) && letters == form.chars().count();
        (plain && TYPO_LETTERS.contains(&letters)).then_some(form)
    }
}

/// A chunk with letters: an e-mail address as it stands, else its words one by one or joined.
fn unit(chunk: &str) -> Option<Unit> {
    if chunk.contains('@') {
        let foreign = |character: char| !character.is_alphanumeric() && character != '@';
        let address = chunk.trim_matches(foreign);
        return (address != "@").then(|| Unit {
            options: vec![vec![Word::of(address)]],
        });
    }
    let found: Vec<&str> = words(chunk)
        .into_iter()
        .take(WORDS_MAX)
        .map(|word| &chunk[word])
        .collect();
    if found.is_empty() {
        return None;
    }
    let mut options = vec![found.iter().map(|word| Word::of(word)).collect::<Vec<_>>()];
    if found.len() > 1 {
        options.push(vec![Word::of(&found.concat())]);
    }
    Some(Unit { options })
}

/// Digits in any grouping, gathered over chunks without letters.
#[derive(Default)]
struct Number {
    groups: Vec<String>,
    international: bool,
}

impl Number {
    /// Takes a chunk without letters; false when the chunk is something else.
    fn take(&mut self, chunk: &str) -> bool {
        let groups = words(chunk);
        let digits = |group: &Range<usize>| {
            chunk[group.clone()]
                .bytes()
                .all(|byte| byte.is_ascii_digit())
        };
        if chunk.contains('@') || groups.is_empty() || !groups.iter().all(digits) {
            // Lone punctuation (`086 - 123`) does not end a number.
            return groups.is_empty() && !self.groups.is_empty() && !chunk.contains('@');
        }
        if self.groups.is_empty() {
            self.international = chunk[..groups[0].start].contains('+');
        }
        for group in groups {
            // `+353 (0)86`: the trunk 0 that is not dialled from abroad.
            let trunk =
                self.international && !self.groups.is_empty() && &chunk[group.clone()] == "0";
            if !trunk {
                self.groups.push(chunk[group].to_owned());
            }
        }
        true
    }

    fn unit(self) -> Option<Unit> {
        if self.groups.is_empty() {
            return None;
        }
        let joined = self.groups.concat();
        let mut forms = vec![cut(&joined).to_owned()];
        if !self.international {
            let national = joined.strip_prefix('0').unwrap_or(&joined);
            let abroad = joined.strip_prefix("00");
            match abroad {
                Some(rest) if !rest.is_empty() => forms.push(cut(rest).to_owned()),
                _ if national.is_empty() => {}
                _ => forms.push(cut(&format!("{NATIONAL}{national}")).to_owned()),
            }
        }
        let mut options = vec![vec![Word { forms }]];
        if self.groups.len() > 1 && !self.international {
            options.push(self.groups.iter().map(|group| Word::of(group)).collect());
        }
        Some(Unit { options })
    }
}
