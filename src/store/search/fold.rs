//! Folding: the same letters for the search however they were typed. Case, accents, vowel points, width,
//! final and presentation forms go; letters that merely look like marks (Indic vowel signs, the Japanese
//! voicing marks, Thai tones) stay.

use unicode_normalization::char::{
    canonical_combining_class, decompose_compatible, is_combining_mark,
};

/// A folded letter and the bytes of the text that it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub folded: char,
    /// Index of the field in its document.
    pub field: u16,
    pub start: u32,
    pub end: u32,
}

/// Appends the folded letters of a text.
pub(super) fn fold(text: &str, field: u16, out: &mut Vec<Letter>) {
    for (start, c) in text.char_indices() {
        let (start, end) = (start as u32, (start + c.len_utf8()) as u32);
        let mut push = |folded: char| {
            out.push(Letter {
                folded,
                field,
                start,
                end,
            });
        };
        if c.is_ascii_control() && !c.is_ascii_whitespace() {
            continue;
        }
        if c.is_ascii() {
            push(c.to_ascii_lowercase());
        } else if is_apostrophe(c) {
            push('\'');
        } else if !is_ignored(c) {
            fold_char(c, &mut push);
            settle_mark(out);
        }
    }
}

/// True for what words are made of.
pub(super) fn is_word_letter(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric()
    } else {
        c.is_alphanumeric() || is_combining_mark(c)
    }
}

/// True for folded letters of scripts written without spaces between words: Han, Kana, Bopomofo, Hangul.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{11FF}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{30FA}'
        | '\u{30FC}'..='\u{312F}'
        | '\u{31A0}'..='\u{31BF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{A960}'..='\u{A97F}'
        | '\u{D7B0}'..='\u{D7FF}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// True where a word of an unspaced script may begin: not within a Hangul syllable or before a voicing mark.
pub(super) fn may_begin(c: char) -> bool {
    !matches!(c, '\u{1160}'..='\u{11FF}' | '\u{3099}' | '\u{309A}')
}

/// True for letters and their marks, as opposed to digits and signs.
pub(super) fn is_letter(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphabetic()
    } else {
        c.is_alphabetic() || is_combining_mark(c)
    }
}

fn fold_char(c: char, push: &mut impl FnMut(char)) {
    decompose_compatible(c, |part| {
        if is_dropped_mark(part) || is_ignored(part) {
            return;
        }
        for lower in part.to_lowercase() {
            // Lower-casing may bring a mark of its own, as the dot of the Turkish capital I.
            if !is_dropped_mark(lower) {
                plain(lower, push);
            }
        }
    });
}

/// Marks are kept in canonical order, so that the order in which they were typed does not matter.
fn settle_mark(out: &mut [Letter]) {
    let mut at = out.len();
    while at >= 2 {
        let (before, after) = (out[at - 2].folded, out[at - 1].folded);
        let class = canonical_combining_class(after);
        if after.is_ascii() || class == 0 || canonical_combining_class(before) <= class {
            return;
        }
        out.swap(at - 2, at - 1);
        at -= 1;
    }
}

/// Nukta, Hebrew, Arabic and Syriac points, and the marks above and below letters of the European scripts.
/// Viramas (9), voicing marks (8), Thai and Lao vowels and tones (103-122) are letters to their readers.
fn is_dropped_mark(c: char) -> bool {
    !c.is_ascii() && matches!(canonical_combining_class(c), 1 | 7 | 10..=36 | 202..=240)
}

/// Invisible characters, tatweel and variation selectors: they neither are letters nor divide words.
fn is_ignored(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{0640}' | '\u{061C}' | '\u{180B}'..='\u{180E}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E01EF}')
        || (c.is_control() && !c.is_whitespace())
}

fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\u{00B4}'
            | '\u{02B9}'
            | '\u{02BB}'
            | '\u{02BC}'
            | '\u{02BF}'
            | '\u{2018}'
            | '\u{2019}'
            | '\u{201B}'
            | '\u{2032}'
            | '\u{FF07}'
    )
}

/// What Unicode does not decompose but people type plainly.
fn plain(c: char, push: &mut impl FnMut(char)) {
    let single = match c {
        'ß' => return "ss".chars().for_each(push),
        'æ' => return "ae".chars().for_each(push),
        'œ' => return "oe".chars().for_each(push),
        'þ' => return "th".chars().for_each(push),
        'ø' => 'o',
        'ł' => 'l',
        'đ' | 'ð' | 'ɖ' => 'd',
        'ħ' => 'h',
        'ı' => 'i',
        'ŋ' => 'n',
        'ŧ' => 't',
        'ς' => 'σ',
        // Arabic: wasla alef; dotless, Farsi and barred yeh; teh marbuta; Persian and Urdu kaf and heh.
        'ٱ' => 'ا',
        'ى' | 'ی' | 'ې' | 'ے' => 'ي',
        'ة' | 'ہ' | 'ھ' | 'ە' => 'ه',
        'ک' => 'ك',
        // Hebrew letters that change their form at the end of a word.
        'ך' => 'כ',
        'ם' => 'מ',
        'ן' => 'נ',
        'ף' => 'פ',
        'ץ' => 'צ',
        // Katakana and Hiragana are read the same.
        'ァ'..='ヶ' | 'ヽ' | 'ヾ' => char::from_u32(c as u32 - 0x60).unwrap_or(c),
        other => digit(other),
    };
    push(single);
}

/// Decimal digits of other scripts as ASCII.
fn digit(c: char) -> char {
    const ZEROS: [u32; 18] = [
        0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50,
        0xED0, 0xF20, 0x1040, 0x17E0, 0x1810,
    ];
    let code = c as u32;
    if !(0x660..0x1820).contains(&code) {
        return c;
    }
    let found = ZEROS
        .iter()
        .find(|zero| (**zero..**zero + 10).contains(&code));
    found
        .and_then(|zero| char::from_digit(code - zero, 10))
        .unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let mut letters = Vec::new();
        fold(text, 0, &mut letters);
        letters.iter().map(|letter| letter.folded).collect()
    }

    fn check(typed: &str, expect: &str) {
        assert_eq!(folded(typed), expect, "{typed}");
    }

    #[test]
    fn latin_loses_case_and_accents() {
        check("Müller JOSÉ Łódź Ørsted", "muller jose lodz orsted");
        check(
            "Straße ẞ Æsir œuvre Đorđe Þór",
            "strasse ss aesir oeuvre dorde thor",
        );
        check("İstanbul ışık", "istanbul isik");
        check("Nguyễn Thị", "nguyen thi");
        check("mu\u{308}ller ﬁn Ａ１", "muller fin a1");
        check("O’Brien O´Brien oʼbrien", "o'brien o'brien o'brien");
    }

    #[test]
    fn other_alphabets_lose_points_only() {
        check("Йосиф ЁЛКА", "иосиф елка");
        check("Άννα ΣΟΦΟΣ σοφος", "αννα σοφοσ σοφοσ");
        check("مُحَمَّد أحمد مـحـمـد", "محمد احمد محمد");
        check("فاطمة علی على", "فاطمه علي علي");
        check("שָׁלוֹם", "שלומ");
        check("٠٨٦ ۰۸۶ ०८६", "086 086 086");
    }

    #[test]
    fn indic_and_thai_vowels_stay() {
        check("हिन्दी", "हिन्दी");
        check("फ़िल्म", "फिल्म");
        check("ก้ำ", "ก\u{e49}\u{e4d}า");
    }

    #[test]
    fn japanese_and_korean_fold_width_and_kana() {
        check(
            "ﾔﾏﾀﾞ ヤマダ やまだ",
            "やまた\u{3099} やまた\u{3099} やまた\u{3099}",
        );
        check("ハナ バナ", "はな は\u{3099}な");
        check("김", "\u{1100}\u{1175}\u{11B7}");
    }

    #[test]
    fn letters_remember_their_bytes() {
        let mut letters = Vec::new();
        fold("xßé", 3, &mut letters);
        let spans: Vec<_> = letters
            .iter()
            .map(|l| (l.folded, l.start, l.end, l.field))
            .collect();
        assert_eq!(
            spans,
            [
                ('x', 0, 1, 3),
                ('s', 1, 3, 3),
                ('s', 1, 3, 3),
                ('e', 3, 5, 3)
            ]
        );
    }
}
