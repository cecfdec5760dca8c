//! What must hold for every text, however hostile: nothing steers, nothing hides, nothing is too wide.

use std::borrow::Cow;

use proptest::prelude::*;
use scv_desk::tui::text;

/// Characters that have hurt somebody: controls, bidi, joiners, selectors, marks, jamo, tags, emoji.
const NASTY: &[char] = &[
    'a',
    'e',
    ' ',
    ' ',
    '\n',
    '\r',
    '\t',
    '\0',
    '\u{7}',
    '\u{1b}',
    '\u{7f}',
    '\u{85}',
    '\u{9b}',
    '\u{9d}',
    '\u{a0}',
    '\u{ad}',
    '\u{300}',
    '\u{301}',
    '\u{316}',
    '\u{338}',
    '\u{344}',
    '\u{34f}',
    '\u{600}',
    '\u{61c}',
    '\u{627}',
    '\u{653}',
    '\u{64b}',
    '\u{915}',
    '\u{93c}',
    '\u{94d}',
    '\u{958}',
    '\u{9b0}',
    '\u{9cd}',
    '\u{9af}',
    '\u{9c7}',
    '\u{9be}',
    '\u{e33}',
    '\u{1100}',
    '\u{115f}',
    '\u{1161}',
    '\u{11a8}',
    '\u{ac00}',
    '\u{17b4}',
    '\u{180b}',
    '\u{200b}',
    '\u{200c}',
    '\u{200d}',
    '\u{200e}',
    '\u{200f}',
    '\u{2028}',
    '\u{2029}',
    '\u{202a}',
    '\u{202e}',
    '\u{2060}',
    '\u{2066}',
    '\u{2069}',
    '\u{23ce}',
    '\u{25cc}',
    '\u{2764}',
    '\u{2800}',
    '\u{3000}',
    '\u{3164}',
    '\u{6771}',
    '\u{fe0e}',
    '\u{fe0f}',
    '\u{fe00}',
    '\u{feff}',
    '\u{ff9e}',
    '\u{fffd}',
    '\u{ffff}',
    '\u{1f1e6}',
    '\u{1f3fb}',
    '\u{1f469}',
    '\u{1f467}',
    '\u{20e3}',
    '\u{e0041}',
    '\u{e0100}',
    '\u{e000}',
    '1',
    '>',
    '…',
];

fn nasty() -> impl Strategy<Value = String> {
    let choice = prop_oneof![4 => prop::sample::select(NASTY), 1 => any::<char>()];
    prop::collection::vec(choice, 0..40).prop_map(|chars| chars.into_iter().collect())
}

fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nothing_hostile_passes_a_door(given in nasty()) {
        for seen in [text::clean(&given), text::clean_line(&given), text::typed_line(&given)] {
            prop_assert!(!seen.chars().any(is_forbidden), "{given:?} became {seen:?}");
            prop_assert!(text::is_clean(&seen));
        }
        for seen in [text::clean_block(&given), text::typed_block(&given)] {
            prop_assert!(!seen.chars().any(|c| c != '\n' && is_forbidden(c)), "{given:?} became {seen:?}");
        }
    }

    #[test]
    fn a_second_pass_changes_nothing(given in nasty()) {
        for door in [text::clean, text::clean_line, text::clean_block, text::typed_line, text::typed_block] {
            let once = door(&given).into_owned();
            prop_assert_eq!(&door(&once), &once, "from {:?}", given);
        }
    }

    #[test]
    fn what_was_typed_is_shown_as_it_is(given in nasty()) {
        let typed = text::typed_line(&given).into_owned();
        prop_assert_eq!(&text::clean_line(&typed), &typed);
        let typed = text::typed_block(&given).into_owned();
        prop_assert_eq!(&text::clean_block(&typed), &typed);
    }

    #[test]
    fn every_grapheme_is_seen(given in nasty()) {
        use unicode_segmentation::UnicodeSegmentation;
        let seen = text::clean_line(&given).into_owned();
        for grapheme in seen.graphemes(true) {
            prop_assert!(0 < text::grapheme_width(grapheme), "{grapheme:?} of {given:?}");
        }
    }

    #[test]
    fn widths_hold(given in nasty(), width in 0_usize..30) {
        let seen = text::clean_line(&given).into_owned();
        prop_assert!(text::width(&text::fit(&seen, width)) <= width);
        prop_assert!(text::width(&text::fit_middle(&seen, width)) <= width);
        prop_assert_eq!(text::width(&text::pad(&seen, width)), width);
        prop_assert_eq!(text::width(&text::pad_left(&seen, width)), width);
        for line in text::wrap(&text::clean_block(&given), width) {
            prop_assert!(text::width(&line) <= width, "{line:?}");
        }
    }

    #[test]
    fn rows_hold_every_byte(given in nasty(), width in 1_usize..12) {
        let block = text::clean_block(&given).into_owned();
        let rows = text::rows(&block, width);
        let joined: String = rows.iter().map(|row| &block[row.clone()]).collect();
        prop_assert_eq!(joined, block.replace('\n', ""));
        prop_assert!(rows.windows(2).all(|pair| pair[0].end <= pair[1].start));
    }
}

#[test]
fn texts_are_cut_by_what_is_seen() {
    let cases = [
        (text::fit("Efa Byrne", 20), "Efa Byrne"),
        (text::fit("Efa Byrne", 6), "Efa B…"),
        (text::fit("東京都", 5), "東京…"),
        (text::fit("東京都", 4), "東…"),
        (text::fit("Efa", 1), "…"),
        (text::fit("Efa", 0), ""),
        (text::fit_middle("+353 86 123 4567", 9), "+353…4567"),
        (text::pad("Efa", 5), "Efa  "),
        (text::pad("東京都", 4), "東… "),
        (text::pad_left("7", 3), "  7"),
    ];
    for (given, expected) in cases {
        assert_eq!(given, expected);
    }
}

#[test]
fn words_are_kept_whole_where_they_fit() {
    assert_eq!(
        text::wrap("asked for the second invoice", 10),
        ["asked for", "the second", "invoice"]
    );
    assert_eq!(text::wrap("one\n\ntwo", 9), ["one", "", "two"]);
    assert_eq!(text::wrap("abcdefgh ij", 4), ["abcd", "efgh", "ij"]);
    assert_eq!(text::wrap("東京都 は", 4), ["東京", "都", "は"]);
    assert_eq!(text::wrap("東", 1), ["…"]);
    assert!(text::wrap("x", 0).is_empty());
}

#[test]
fn a_megabyte_is_cut_to_what_is_shown() {
    for hostile in ["\u{202e}", "\u{301}", "👩\u{200d}", "\u{1100}", "\u{600}"] {
        let given = hostile.repeat(1_000_000 / hostile.len());
        let seen = text::clean_line(&given).into_owned();
        assert!(seen.chars().count() <= text::CHARS_MAX);
        assert_eq!(text::clean_line(&seen), seen);
    }
}

#[test]
fn hostile_characters_are_shown() {
    let cases = [
        ("\u{1b}]52;c;aGk=\u{7}", "^[]52;c;aGk=^G"),
        ("\u{9b}31m", "<U+009B>31m"),
        ("safe\u{202e}gpj.exe", "safe<U+202E>gpj.exe"),
        ("Ef\u{200b}a", "Ef<U+200B>a"),
        ("a\u{7f}", "a^?"),
        ("one\r\ntwo\nthree", "one⏎two⏎three"),
        ("a\tb", "a    b"),
        ("\u{301}x", "◌\u{301}x"),
        ("a\u{200d}b", "a<U+200D>b"),
        ("\u{e0041}", "<U+E0041>"),
        ("a\u{a0}b", "a b"),
    ];
    for (given, expected) in cases {
        assert_eq!(text::clean_line(given), expected, "{given:?}");
    }
}

#[test]
fn honest_text_stays_as_it_is() {
    let cases = [
        "Efa Byrne",
        "Müller",
        "אבגד",
        "مرحبا",
        "می\u{200c}خواهم",
        "👩\u{200d}👩\u{200d}👧",
        "❤\u{fe0f}",
        "1\u{fe0f}\u{20e3}",
        "👨🏽\u{200d}💻",
        "क्\u{200d}ष",
        "র\u{200d}্যাব",
        "東京",
        "한국",
        "ภาษาไทยนี้",
        "Ngọc",
        "葛\u{e0100}",
    ];
    for honest in cases {
        assert!(
            matches!(text::clean_line(honest), Cow::Borrowed(same) if same == honest),
            "{honest:?}"
        );
        assert_eq!(text::typed_line(honest), honest, "{honest:?}");
    }
}

#[test]
fn breaks_follow_the_door() {
    assert_eq!(text::clean("a\r\nb"), "a^M^Jb");
    assert_eq!(text::clean_block("a\r\nb\n\nc"), "a\nb\n\nc");
    assert_eq!(text::typed_line("a\r\nb\u{200b}"), "a b");
    assert_eq!(text::typed_block("a\u{1b}\r\nb"), "a\nb");
}

#[test]
fn marks_and_length_are_capped() {
    let zalgo = format!("e{}", "\u{316}".repeat(9));
    assert_eq!(
        text::clean_line(&zalgo).chars().count(),
        1 + text::MARKS_MAX
    );
    let endless = text::clean_line(&"x".repeat(1_000_000)).into_owned();
    assert_eq!(endless.chars().count(), text::CHARS_MAX);
    assert!(endless.ends_with('…'));
    assert_eq!(text::clean_line(&endless), endless);
}
