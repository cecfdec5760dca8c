//! The door for foreign text: names, notes, subjects, page titles and error bodies come from outside.
//!
//! What could steer the terminal or deceive the eye is made visible (`^[`, `<U+202E>`), not removed:
//! an agent must see that a name is odd. Text that a person types or pastes here takes the second door,
//! which drops the same characters, because nobody means to type them.
//! Every function gives the same result when applied to its own result.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::iter::Peekable;

use ratatui::buffer::CellWidth;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use super::kind::{Kind, ZWJ, ZWNJ, kind, shares_joining_script};

/// The most characters that pass: a megabyte sent as a name must cost nothing.
pub const CHARS_MAX: usize = 40_000;
/// The most combining marks that one letter carries; more would climb into the rows above.
pub const MARKS_MAX: usize = 4;

const CLUSTER_CHARS_MAX: usize = 24;
const TAB: &str = "    ";
const DOTTED_CIRCLE: char = '\u{25CC}';

/// For logs, titles and printed lines: every control character is shown, line breaks as `^J`.
pub fn clean(text: &str) -> Cow<'_, str> {
    pass(
        text,
        Policy {
            breaks: Breaks::Control,
            hostile: Hostile::Shown,
        },
    )
}

/// For one row of the screen: line breaks are shown as `⏎`.
pub fn clean_line(text: &str) -> Cow<'_, str> {
    pass(
        text,
        Policy {
            breaks: Breaks::Sign,
            hostile: Hostile::Shown,
        },
    )
}

/// For notes and other text of several lines: line breaks stay.
pub fn clean_block(text: &str) -> Cow<'_, str> {
    pass(
        text,
        Policy {
            breaks: Breaks::Kept,
            hostile: Hostile::Shown,
        },
    )
}

/// What a person typed or pasted into a single line: hostile characters are dropped, breaks become blanks.
pub fn typed_line(text: &str) -> Cow<'_, str> {
    settle(
        text,
        Policy {
            breaks: Breaks::Blank,
            hostile: Hostile::Dropped,
        },
    )
}

/// What a person typed or pasted into a text area: hostile characters are dropped, line breaks stay.
pub fn typed_block(text: &str) -> Cow<'_, str> {
    settle(
        text,
        Policy {
            breaks: Breaks::Kept,
            hostile: Hostile::Dropped,
        },
    )
}

/// Whether a text has nothing in it that could steer the terminal or hide: the last gate before the wire.
pub fn is_clean(text: &str) -> bool {
    is_printable(text)
        || text
            .chars()
            .all(|c| !matches!(kind(c), Kind::Hidden | Kind::Break | Kind::Tab))
}

#[derive(Clone, Copy)]
struct Policy {
    breaks: Breaks,
    hostile: Hostile,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Breaks {
    Control,
    Sign,
    Kept,
    Blank,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Hostile {
    Shown,
    Dropped,
}

fn is_printable(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7F).contains(&byte))
}

fn settle(text: &str, policy: Policy) -> Cow<'_, str> {
    // Dropping a character can bring its neighbours together, which may compose or hide another one.
    let mut text = pass(text, policy);
    while let Cow::Owned(next) = pass(&text, policy) {
        text = Cow::Owned(next);
    }
    text
}

fn pass(text: &str, policy: Policy) -> Cow<'_, str> {
    if text.len() <= CHARS_MAX && is_printable(text) {
        return Cow::Borrowed(text);
    }
    let mut marked = Writer::new(policy);
    let mut chars = text.chars().take(CHARS_MAX).nfc().peekable();
    while let Some(c) = chars.next() {
        if !marked.take(c, &mut chars) {
            break;
        }
    }
    if text.chars().nth(CHARS_MAX).is_some() {
        marked.cut();
    }
    let mut written = Writer::new(policy);
    for cluster in marked.text.graphemes(true) {
        if !written.take_cluster(cluster) {
            break;
        }
    }
    if written.text == text {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(written.text)
    }
}

struct Writer {
    policy: Policy,
    text: String,
    chars: usize,
    /// The marks on the current letter, or nothing while there is no letter that could carry one.
    marks: Option<usize>,
    is_cut: bool,
}

impl Writer {
    fn new(policy: Policy) -> Self {
        Self {
            policy,
            text: String::new(),
            chars: 0,
            marks: None,
            is_cut: false,
        }
    }

    /// Takes one character with sight of the next; answers whether there is room for more.
    fn take<I: Iterator<Item = char>>(&mut self, c: char, rest: &mut Peekable<I>) -> bool {
        match kind(c) {
            Kind::Base => self.base(c),
            Kind::Blank => self.base(' '),
            Kind::Mark => self.mark(c),
            Kind::Joiner if self.joins(c, rest.peek().copied()) => {
                self.put(c.encode_utf8(&mut [0; 4]))
            }
            Kind::Selector if self.selects(c) => self.mark(c),
            Kind::Joiner | Kind::Selector => self.hidden(c),
            Kind::Break => self.line_break(c),
            Kind::Tab if self.policy.breaks == Breaks::Blank => self.base(' '),
            Kind::Tab => {
                self.marks = Some(0);
                self.put(TAB)
            }
            // A return before a line break is half of one break, except where every control is shown.
            Kind::Hidden
                if c == '\r'
                    && rest.peek() == Some(&'\n')
                    && self.policy.breaks != Breaks::Control =>
            {
                true
            }
            Kind::Hidden => self.hidden(c),
        }
    }

    /// Takes a cluster of the marked text: one that would not be seen is shown, an endless one is cut.
    fn take_cluster(&mut self, cluster: &str) -> bool {
        if cluster == "\n" || is_printable(cluster) {
            return self.put(cluster);
        }
        if let Some((end, _)) = cluster.char_indices().nth(CLUSTER_CHARS_MAX) {
            let kept = cluster[..end].trim_end_matches([ZWJ, ZWNJ]);
            return self.put(kept)
                && (self.policy.hostile == Hostile::Dropped || self.put(super::ELLIPSIS));
        }
        if cluster.cell_width() == 0 {
            return cluster.chars().all(|c| self.hidden(c));
        }
        self.put(cluster)
    }

    fn base(&mut self, c: char) -> bool {
        self.marks = Some(0);
        self.put(c.encode_utf8(&mut [0; 4]))
    }

    fn mark(&mut self, c: char) -> bool {
        match self.marks {
            Some(marks) if MARKS_MAX <= marks => true,
            Some(marks) => {
                self.marks = Some(marks + 1);
                self.put(c.encode_utf8(&mut [0; 4]))
            }
            None if self.policy.hostile == Hostile::Dropped => true,
            // A mark without a letter would sit on whatever was drawn before it.
            None => self.base(DOTTED_CIRCLE) && self.mark(c),
        }
    }

    fn line_break(&mut self, c: char) -> bool {
        self.marks = None;
        match self.policy.breaks {
            Breaks::Control => self.hidden(c),
            Breaks::Sign => self.put("⏎"),
            Breaks::Kept => self.put("\n"),
            Breaks::Blank => self.base(' '),
        }
    }

    fn hidden(&mut self, c: char) -> bool {
        if self.policy.hostile == Hostile::Dropped {
            return true;
        }
        self.marks = None;
        let mut shown = String::with_capacity(10);
        match c {
            '\u{0}'..='\u{1F}' => shown.extend(['^', char::from(c as u8 + b'@')]),
            '\u{7F}' => shown.push_str("^?"),
            _ => {
                // Writing into a String cannot go wrong.
                let _ = write!(shown, "<U+{:04X}>", u32::from(c));
            }
        }
        self.put(&shown)
    }

    fn put(&mut self, piece: &str) -> bool {
        let chars = piece.chars().count();
        if CHARS_MAX <= self.chars + chars {
            self.cut();
        }
        if !self.is_cut {
            self.text.push_str(piece);
            self.chars += chars;
        }
        !self.is_cut
    }

    fn cut(&mut self) {
        if self.is_cut {
            return;
        }
        self.is_cut = true;
        // A joiner at the end joins nothing; left there it would be shown by the next pass.
        let kept = self.text.trim_end_matches([ZWJ, ZWNJ]).len();
        self.text.truncate(kept);
        if self.policy.hostile == Hostile::Shown {
            self.text.push_str(super::ELLIPSIS);
        }
    }

    /// A joiner is honest between letters of a joining script and inside an emoji sequence.
    fn joins(&self, joiner: char, next: Option<char>) -> bool {
        let (Some(last), Some(next)) = (self.text.chars().next_back(), next) else {
            return false;
        };
        let follows = match kind(next) {
            Kind::Base => true,
            Kind::Mark => self.marks.is_some_and(|marks| marks < MARKS_MAX),
            Kind::Blank
            | Kind::Joiner
            | Kind::Selector
            | Kind::Break
            | Kind::Tab
            | Kind::Hidden => false,
        };
        if !follows || kind(last) == Kind::Joiner || self.marks.is_none() {
            return false;
        }
        shares_joining_script(last, next)
            || (joiner == ZWJ && kind(next) == Kind::Base && self.clusters_with(next))
    }

    fn clusters_with(&self, next: char) -> bool {
        let is_carried =
            |c: &char| is_combining_mark(*c) || ('\u{1F3FB}'..='\u{1F3FF}').contains(c);
        let carried = self
            .text
            .chars()
            .rev()
            .take(8)
            .take_while(is_carried)
            .count();
        let mut sequence: Vec<char> = self.text.chars().rev().take(carried + 1).collect();
        sequence.reverse();
        sequence.extend([ZWJ, next]);
        let sequence: String = sequence.into_iter().collect();
        !sequence.starts_with(|c: char| c.is_ascii()) && sequence.graphemes(true).count() == 1
    }

    /// A variation selector is honest on what has variants: emoji, symbols and ideographs.
    fn selects(&self, selector: char) -> bool {
        let Some(last) = self.text.chars().next_back() else {
            return false;
        };
        if self.marks != Some(0) {
            return false;
        }
        match selector {
            '\u{FE0E}' | '\u{FE0F}' => {
                matches!(last, '0'..='9' | '#' | '*' | '©' | '®' | '\u{2000}'..)
            }
            _ => {
                matches!(last, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
            }
        }
    }
}
