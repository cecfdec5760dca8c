//! The text under a cursor that a field and an area share: moving, typing, killing, undoing.
//!
//! Invariants: the cursor stands between graphemes, and the text has passed the door for typed text, so
//! that what is edited, what is shown and what is saved are the same.

use std::borrow::Cow;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::tui::input::{Key, Press};
use crate::tui::text::{ZWJ, ZWNJ, boundary_before};

const UNDO_STEPS_MAX: usize = 100;

/// What a press did to a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// The text is another one.
    Changed,
    /// The cursor may have moved; the press is used up.
    Moved,
    /// The press means nothing here and is free for others.
    Ignored,
}

pub(super) type Door = fn(&str) -> Cow<'_, str>;

#[derive(Clone, Debug)]
pub(super) struct Edit {
    text: String,
    cursor: usize,
    chars_max: usize,
    door: Door,
    killed: String,
    past: Vec<(String, usize)>,
    future: Vec<(String, usize)>,
    /// Where the last typed letter ended: letters of one word are undone together.
    typing: Option<usize>,
    /// A joiner that was typed here and joins nothing yet: it waits for the next letter.
    joiner: Option<(usize, char)>,
}

impl Edit {
    pub fn new(chars_max: usize, door: Door) -> Self {
        Self {
            text: String::new(),
            cursor: 0,
            chars_max,
            door,
            killed: String::new(),
            past: Vec::new(),
            future: Vec::new(),
            typing: None,
            joiner: None,
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Puts another text in place, without a way back.
    pub fn set(&mut self, text: &str) {
        let cut: String = text.chars().take(self.chars_max).collect();
        self.text = (self.door)(&cut).into_owned();
        self.cursor = self.text.len();
        self.past.clear();
        self.future.clear();
        self.typing = None;
    }

    pub fn move_to(&mut self, at: usize) -> Edited {
        self.cursor = boundary_before(&self.text, at);
        self.typing = None;
        Edited::Moved
    }

    /// Puts a text in at the cursor, as far as there is room for it.
    pub fn insert(&mut self, text: &str) -> Edited {
        self.typing = None;
        self.replace(self.cursor..self.cursor, text)
    }

    /// The presses that mean the same in one line and in many.
    pub fn apply(&mut self, press: &Press) -> Edited {
        if let Some(c) = press.typed() {
            return self.type_letter(c);
        }
        match self.target(press) {
            Some(at) => self.move_to(at),
            None => self.change(press),
        }
    }

    /// The line of the cursor, without its break.
    pub fn line(&self) -> Range<usize> {
        let start = self.text[..self.cursor].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[self.cursor..]
            .find('\n')
            .map_or(self.text.len(), |at| self.cursor + at);
        start..end
    }

    /// Where a press moves the cursor, if that is what it does.
    fn target(&self, press: &Press) -> Option<usize> {
        let target = match (press.key, press.ctrl, press.alt) {
            (Key::Left, false, false) | (Key::Char('b'), true, false) => self.before(),
            (Key::Right, false, false) | (Key::Char('f'), true, false) => self.after(),
            (Key::Left, true, false) | (Key::Left | Key::Char('b'), false, true) => {
                self.word_start()
            }
            (Key::Right, true, false) | (Key::Right | Key::Char('f'), false, true) => {
                self.word_end()
            }
            (Key::Home, false, false) | (Key::Char('a'), true, false) => self.line().start,
            (Key::End, false, false) | (Key::Char('e'), true, false) => self.line().end,
            _ => return None,
        };
        Some(target)
    }

    fn change(&mut self, press: &Press) -> Edited {
        match (press.key, press.ctrl, press.alt) {
            (Key::Backspace, false, false) | (Key::Char('h'), true, false) => {
                self.delete(self.before()..self.cursor)
            }
            (Key::Delete, false, false) | (Key::Char('d'), true, false) => {
                self.delete(self.cursor..self.after())
            }
            (Key::Backspace, true, false) | (Key::Backspace, false, true) => {
                self.kill(self.word_start()..self.cursor)
            }
            (Key::Delete, true, false) | (Key::Char('d') | Key::Delete, false, true) => {
                self.kill(self.cursor..self.word_end())
            }
            (Key::Char('w'), true, false) => self.kill(self.blank_start()..self.cursor),
            (Key::Char('u'), true, false) => self.kill(self.line().start..self.cursor),
            (Key::Char('k'), true, false) => self.kill_to_end(self.line().end),
            (Key::Char('y'), true, false) => self.insert(&self.killed.clone()),
            (Key::Char('_'), true, false) | (Key::Char('u'), false, true) => self.undo(),
            (Key::Char('r'), false, true) => self.redo(),
            _ => Edited::Ignored,
        }
    }

    fn type_letter(&mut self, c: char) -> Edited {
        let is_same_word = self.typing == Some(self.cursor) && !c.is_whitespace();
        let steps = self.past.len();
        let waited = self.joiner.take().filter(|(at, _)| *at == self.cursor);
        let text: String = waited
            .map(|(_, joiner)| joiner)
            .into_iter()
            .chain([c])
            .collect();
        let edited = self.replace(self.cursor..self.cursor, &text);
        if edited == Edited::Moved && matches!(c, ZWJ | ZWNJ) {
            self.joiner = Some((self.cursor, c));
        }
        if edited == Edited::Changed {
            if is_same_word && steps < self.past.len() {
                self.past.pop();
            }
            self.typing = Some(self.cursor);
        }
        edited
    }

    fn delete(&mut self, range: Range<usize>) -> Edited {
        self.typing = None;
        if range.is_empty() {
            Edited::Moved
        } else {
            self.replace(range, "")
        }
    }

    fn kill(&mut self, range: Range<usize>) -> Edited {
        if !range.is_empty() {
            self.killed = self.text[range.clone()].to_owned();
        }
        self.delete(range)
    }

    /// At the end of a line its break is what is left to kill.
    fn kill_to_end(&mut self, end: usize) -> Edited {
        let end = if end == self.cursor && end < self.text.len() {
            end + 1
        } else {
            end
        };
        self.kill(self.cursor..end)
    }

    fn replace(&mut self, range: Range<usize>, with: &str) -> Edited {
        let after = self.text.len() - range.end;
        let next = self.replaced(range, with);
        if next == self.text {
            return Edited::Moved;
        }
        let before = (std::mem::replace(&mut self.text, next), self.cursor);
        if self.past.len() == UNDO_STEPS_MAX {
            self.past.remove(0);
        }
        self.past.push(before);
        self.future.clear();
        self.cursor = boundary_before(&self.text, self.text.len().saturating_sub(after));
        Edited::Changed
    }

    /// The text with a range replaced, by less than `with` if there is no room for all of it.
    fn replaced(&self, range: Range<usize>, with: &str) -> String {
        let (before, after) = (&self.text[..range.start], &self.text[range.end..]);
        let mut room = self
            .chars_max
            .saturating_sub(before.chars().count() + after.chars().count());
        loop {
            let taken = with
                .char_indices()
                .nth(room)
                .map_or(with, |(end, _)| &with[..end]);
            // Letters that meet may compose or make a joiner hostile: the door sees the whole text.
            let next = (self.door)(&format!("{before}{taken}{after}")).into_owned();
            let over = next.chars().count().saturating_sub(self.chars_max);
            if over == 0 || taken.is_empty() {
                return next;
            }
            // A tab became several blanks.
            room = taken.chars().count().saturating_sub(over);
        }
    }

    fn undo(&mut self) -> Edited {
        let Some(before) = self.past.pop() else {
            return Edited::Moved;
        };
        let now = self.go_to(before);
        self.future.push(now);
        Edited::Changed
    }

    fn redo(&mut self) -> Edited {
        let Some(after) = self.future.pop() else {
            return Edited::Moved;
        };
        let now = self.go_to(after);
        self.past.push(now);
        Edited::Changed
    }

    fn go_to(&mut self, (text, cursor): (String, usize)) -> (String, usize) {
        self.typing = None;
        let cursor = std::mem::replace(&mut self.cursor, cursor);
        (std::mem::replace(&mut self.text, text), cursor)
    }

    fn before(&self) -> usize {
        self.text[..self.cursor]
            .grapheme_indices(true)
            .next_back()
            .map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        self.cursor
            + self.text[self.cursor..]
                .graphemes(true)
                .next()
                .map_or(0, str::len)
    }

    fn word_start(&self) -> usize {
        let head = self.text[..self.cursor].trim_end_matches(|c: char| !c.is_alphanumeric());
        let start = head.trim_end_matches(is_in_word).len();
        boundary_before(&self.text, start)
    }

    fn word_end(&self) -> usize {
        let tail = self.text[self.cursor..].trim_start_matches(|c: char| !c.is_alphanumeric());
        let end = self.text.len() - tail.trim_start_matches(is_in_word).len();
        boundary_before(&self.text, end)
    }

    fn blank_start(&self) -> usize {
        let head = self.text[..self.cursor].trim_end();
        boundary_before(
            &self.text,
            head.trim_end_matches(|c: char| !c.is_whitespace()).len(),
        )
    }
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}
