//! Folding: what makes `Muller` and `Müller` the same word. One character at a time, so that every folded
//! byte knows which bytes of the original it came from. Languages keep what carries meaning (vowel signs of
//! Indic scripts and Thai) and lose what people leave out when they type (accents, niqqud, tashkeel).

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A folded text and, for each of its bytes, the bytes of the original that it stands for.
#[derive(Clone, Debug, Default)]
pub(super) struct Folded {
    pub text: String,
    from: Vec<(u32, u32)>,
}

impl Folded {
    pub fn new(original: &str) -> Self {
        let mut folded = Self {
            text: String::with_capacity(original.len()),
            from: Vec::with_capacity(original.len()),
        };
        for (start, character) in original.char_indices() {
            let end = start + character.len_utf8();
            fold_character(character, &mut folded.text);
            folded
                .from
                .resize(folded.text.len(), (start as u32, end as u32));
        }
        folded
    }

    /// The bytes of the original behind these folded bytes.
    pub fn original(&self, range: &Range<usize>) -> Range<usize> {
        let first = self.from.get(range.start);
        let last = range.end.checked_sub(1).and_then(|at| self.from.get(at));
        match (first, last) {
            (Some(first), Some(last)) => first.0 as usize..last.1 as usize,
            _ => 0..0,
        }
    }

    /// True when a character of the original starts at this folded byte.
    pub fn starts_character(&self, at: usize) -> bool {
        at == 0 || self.from.get(at - 1).map(|from| from.0) != self.from.get(at).map(|from| from.0)
    }
}

/// A folded text alone.
pub(super) fn plain(original: &str) -> String {
    let mut text = String::with_capacity(original.len());
    for character in original.chars() {
        fold_character(character, &mut text);
    }
    text
}

/// True for what words are made of.
pub(super) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || (!character.is_ascii() && is_combining_mark(character))
}

/// True for scripts that are written without spaces, where a word may start at any character.
pub(super) fn is_unspaced(character: char) -> bool {
    matches!(character,
        '\u{1100}'..='\u{11ff}' // Hangul, decomposed
        | '\u{2e80}'..='\u{2fdf}' // radicals
        | '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{30ff}' // kana
        | '\u{3105}'..='\u{312f}' // bopomofo
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}')
}

fn fold_character(character: char, into: &mut String) {
    if character.is_ascii() {
        into.push(character.to_ascii_lowercase());
        return;
    }
    for part in std::iter::once(character).nfkd() {
        for lower in part.to_lowercase() {
            // Lower-casing may leave a composed letter or a mark of its own (`İ`), hence once more.
            std::iter::once(lower)
                .nfkd()
                .filter(|part| !is_left_out(*part))
                .for_each(|part| {
                    push_plain(part, into);
                });
        }
    }
}

/// Marks that people leave out, and characters that nobody sees.
fn is_left_out(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
        // Hebrew points and accents.
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}'
        // Arabic: tashkeel, tatweel, Koranic marks.
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}'
        // Devanagari and Bengali nukta.
        | '\u{93c}' | '\u{9bc}')
}

/// Letters that do not decompose but are typed as their plain cousins.
fn push_plain(character: char, into: &mut String) {
    match character {
        'ß' => into.push_str("ss"),
        'æ' => into.push_str("ae"),
        'œ' => into.push_str("oe"),
        'þ' => into.push_str("th"),
        'ø' => into.push('o'),
        'ł' => into.push('l'),
        'đ' | 'ð' => into.push('d'),
        'ħ' => into.push('h'),
        'ı' => into.push('i'),
        'ς' => into.push('σ'),
        '\u{671}' => into.push('\u{627}'),
        '\u{649}' | '\u{6cc}' => into.push('\u{64a}'),
        '\u{629}' | '\u{6c1}' | '\u{6d5}' => into.push('\u{647}'),
        '\u{6a9}' => into.push('\u{643}'),
        '\u{660}'..='\u{669}' => push_digit(character as u32 - 0x660, into),
        '\u{6f0}'..='\u{6f9}' => push_digit(character as u32 - 0x6f0, into),
        '\u{966}'..='\u{96f}' => push_digit(character as u32 - 0x966, into),
        _ => into.push(character),
    }
}

fn push_digit(digit: u32, into: &mut String) {
    into.extend(char::from_digit(digit, 10));
}
