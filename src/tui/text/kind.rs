//! Kinds of characters: which are letters, which need company, and which steer, reorder or hide.

use unicode_normalization::char::is_combining_mark;

pub const ZWNJ: char = '\u{200C}';
pub const ZWJ: char = '\u{200D}';

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Base,
    Blank,
    Mark,
    Joiner,
    Selector,
    Break,
    Tab,
    Hidden,
}

pub fn kind(c: char) -> Kind {
    match c {
        ' '..='~' => Kind::Base,
        '\t' => Kind::Tab,
        '\n' => Kind::Break,
        ZWJ | ZWNJ => Kind::Joiner,
        '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => Kind::Selector,
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' => Kind::Blank,
        _ if is_hidden(c) => Kind::Hidden,
        _ if is_combining_mark(c) => Kind::Mark,
        _ => Kind::Base,
    }
}

/// Left-to-right mark: what stands beyond it keeps its place, whatever is written on this side.
pub const LRM: char = '\u{200E}';

/// Letters of the scripts that run from right to left.
pub fn is_rtl(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

/// Whether a joiner between two letters shapes them, as it does in Persian or Bengali.
pub fn shares_joining_script(last: char, next: char) -> bool {
    let is_letter = |c: char| c.is_alphabetic() || is_combining_mark(c);
    let is_cursive = |c: char| {
        matches!(c, '\u{600}'..='\u{8FF}' | '\u{1800}'..='\u{18AF}' | '\u{FB50}'..='\u{FDFF}'
            | '\u{FE70}'..='\u{FEFC}')
    };
    // The scripts of India, Myanmar and Cambodia stack letters.
    let is_stacking = |c: char| {
        matches!(c, '\u{900}'..='\u{DFF}' | '\u{1000}'..='\u{109F}'
            | '\u{1780}'..='\u{17FF}')
    };
    if !is_letter(last) || !is_letter(next) {
        return false;
    }
    let is_same_block = u32::from(last) >> 7 == u32::from(next) >> 7;
    (is_cursive(last) && is_cursive(next))
        || (is_stacking(last) && is_stacking(next) && is_same_block)
}

/// Characters that steer, reorder or cannot be seen. Unicode calls most of them default ignorable.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || u32::from(c) & 0xFFFE == 0xFFFE
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{E000}'..='\u{F8FF}'
            | '\u{FDD0}'..='\u{FDEF}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFC}'
            | '\u{13430}'..='\u{1343F}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E00FF}' | '\u{E01F0}'..='\u{E0FFF}' | '\u{F0000}'..)
}
