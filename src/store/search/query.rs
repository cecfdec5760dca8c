//! What a typed text asks for: needs that must all be met, each by probes into the words of a document.

use super::fold::{Letter, fold, is_letter};
use super::typo::Typed;
use super::words::{
    BACKWARDS, INTERNATIONAL, NATIONAL, Space, WORD_LETTERS_MAX, chunks, joined, parts, text_of,
    trimmed,
};

/// Letters of a query that are looked at.
const LETTERS_MAX: usize = 256;
/// Words of a query that are looked at.
const NEEDS_MAX: usize = 12;
/// A word must have so many letters before a typo in it is forgiven.
const TYPO_LETTERS_MIN: usize = 5;
/// From so many digits on the end of a phone number finds it: fewer would find a tenth of a percent of all.
const END_DIGITS_MIN: usize = 4;
/// So many last digits are what people call a whole number where the area goes without saying.
const END_DIGITS_WHOLE: usize = 7;

/// Something a document must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Need {
    One(Leaf),
    /// One of these lists must be met whole.
    Either(Vec<Vec<Need>>),
}

/// Met by a word that one of the probes finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    pub probes: Vec<Probe>,
    /// The word, when a typo in it can be forgiven.
    pub typo: Option<Typed>,
}

/// Finds the words of a space that begin with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Probe {
    pub space: Space,
    pub text: String,
    pub strength: Strength,
}

/// What a word that was found counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    /// Whole when it is just the text of the probe, else begun.
    WhenEqual,
    /// Always whole: the beginning of an address already holds whole words.
    Whole,
    /// Less than begun: a few digits end numbers of many people.
    Least,
}

/// Reads a query; empty when nothing can be searched for.
pub(super) fn read(text: &str) -> Vec<Need> {
    let mut letters = Vec::new();
    let end = text
        .char_indices()
        .nth(LETTERS_MAX)
        .map_or(text.len(), |(at, _)| at);
    fold(&text[..end], 0, &mut letters);
    let found: Vec<&[Letter]> = chunks(&letters).collect();
    let mut needs: Vec<Need> = Vec::new();
    let mut at = 0;
    while at < found.len() && needs.len() < NEEDS_MAX {
        let numbers = found[at..]
            .iter()
            .take_while(|chunk| is_numeric(chunk))
            .count();
        let need = if numbers > 0 {
            number(&found[at..at + numbers])
        } else {
            word(found[at])
        };
        at += numbers.max(1);
        if let Some(need) = need
            && !needs.contains(&need)
        {
            needs.push(need);
        }
    }
    needs
}

/// True when a typo in some word could be forgiven.
pub(super) fn forgives(needs: &[Need]) -> bool {
    needs.iter().any(|need| match need {
        Need::One(leaf) => leaf.typo.is_some(),
        Need::Either(lists) => lists.iter().any(|list| forgives(list)),
    })
}

fn is_numeric(chunk: &[Letter]) -> bool {
    let allowed = |letter: &Letter| {
        letter.folded.is_ascii_digit()
            || matches!(
                letter.folded,
                '+' | '-' | '.' | '/' | '(' | ')' | '\u{2010}'..='\u{2015}'
            )
    };
    chunk.iter().all(allowed) && chunk.iter().any(|letter| letter.folded.is_ascii_digit())
}

/// Groups of digits: together a phone number or a code in any grouping, or each a word of its own.
fn number(groups: &[&[Letter]]) -> Option<Need> {
    let typed: String = groups
        .iter()
        .flat_map(|group| group.iter())
        .map(|l| l.folded)
        .collect();
    if typed.contains('+') {
        // Some write the trunk zero in brackets after the country code.
        return Some(international(&digits_of(&typed.replace("(0)", ""))));
    }
    let together = digit_word(&digits_of(&typed));
    let words = groups.iter().flat_map(|group| parts(group));
    let apart = each_once(words.map(|part| digit_word(&text_of(part))));
    if apart.len() == 1 && groups.len() == 1 {
        return Some(together);
    }
    let mut lists = vec![vec![together]];
    if groups.iter().all(|group| parts(group).nth(1).is_some()) {
        lists.push(each_once(
            groups.iter().map(|group| address(text_of(trimmed(group)))),
        ));
    }
    lists.push(apart);
    Some(either(lists))
}

fn digits_of(typed: &str) -> String {
    typed
        .chars()
        .filter(char::is_ascii_digit)
        .take(WORD_LETTERS_MAX)
        .collect()
}

fn international(digits: &str) -> Need {
    let probes = vec![code(format!("{INTERNATIONAL}{digits}"))];
    Need::One(Leaf { probes, typo: None })
}

fn each_once(needs: impl Iterator<Item = Need>) -> Vec<Need> {
    let mut once = Vec::new();
    for need in needs {
        if !once.contains(&need) {
            once.push(need);
        }
    }
    once
}

/// One of the lists; those that ask for too much are left out.
fn either(mut lists: Vec<Vec<Need>>) -> Need {
    lists.retain(|list| list.len() <= NEEDS_MAX);
    Need::Either(lists)
}

/// Digits as a word of their own, as the beginning of a phone number (international, after `00` or national,
/// with and without the trunk zero), or as its end.
fn digit_word(digits: &str) -> Need {
    let mut probes = vec![
        letters(Space::Names, digits),
        letters(Space::Words, digits),
        code(format!("{NATIONAL}{digits}")),
        code(format!("{INTERNATIONAL}{digits}")),
    ];
    match digits.strip_prefix("00") {
        Some("") => {}
        Some(country) => probes.push(code(format!("{INTERNATIONAL}{country}"))),
        None => {
            if let Some(national) = digits.strip_prefix('0') {
                probes.push(code(format!("{NATIONAL}{national}")));
            }
        }
    }
    probes.extend(number_end(digits));
    Need::One(Leaf { probes, typo: None })
}

/// Finds the numbers that end so.
fn number_end(digits: &str) -> Option<Probe> {
    let strength = match digits.len() {
        0..END_DIGITS_MIN => return None,
        END_DIGITS_MIN..END_DIGITS_WHOLE => Strength::Least,
        END_DIGITS_WHOLE.. => Strength::Whole,
    };
    let backwards = digits.chars().rev();
    Some(Probe {
        strength,
        ..code([BACKWARDS].into_iter().chain(backwards).collect())
    })
}

fn word(chunk: &[Letter]) -> Option<Need> {
    if chunk.iter().any(|letter| letter.folded == '@') {
        return address_typed(chunk);
    }
    let found: Vec<&[Letter]> = parts(chunk).collect();
    let mut apart = each_once(found.iter().map(|part| plain(text_of(part))));
    if found.len() < 2 {
        return apart.pop();
    }
    let mut lists = vec![vec![address(text_of(trimmed(chunk)))]];
    lists.extend(joined(&found).map(|word| vec![plain(text_of(&word))]));
    lists.push(apart);
    Some(either(lists))
}

/// With an `@` only addresses are meant; what is typed after it may still be going on.
fn address_typed(chunk: &[Letter]) -> Option<Need> {
    let start = chunk
        .iter()
        .position(|letter| super::fold::is_word_letter(letter.folded))?;
    let text = text_of(&chunk[start..]);
    let text = text.trim_end_matches([',', ';', ':', '>', ')', ']', '"', '\'']);
    Some(address(text.to_owned()))
}

fn address(text: String) -> Need {
    let probes = vec![Probe {
        strength: Strength::Whole,
        ..code(text)
    }];
    Need::One(Leaf { probes, typo: None })
}

fn plain(text: String) -> Need {
    let forgiving = text.chars().count() >= TYPO_LETTERS_MIN && text.chars().all(is_letter);
    let typo = forgiving.then(|| Typed::new(&text));
    let probes = [Space::Names, Space::Words].map(|space| letters(space, &text));
    let probes = probes.to_vec();
    Need::One(Leaf { probes, typo })
}

fn letters(space: Space, text: &str) -> Probe {
    Probe {
        space,
        text: text.to_owned(),
        strength: Strength::WhenEqual,
    }
}

fn code(text: String) -> Probe {
    Probe {
        space: Space::Codes,
        text,
        strength: Strength::WhenEqual,
    }
}
