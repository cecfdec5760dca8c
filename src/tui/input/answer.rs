//! The terminal's answer to the question after its background, which arrives among the keys and as keys: it is
//! picked out, so that no part of it is ever taken for somebody's typing.

use super::{Input, Key, Press};
use crate::tui::theme::Ground;

/// What every such answer begins with, behind the press that opens it.
const START: &str = "11;";
/// The longest answer, four parts of four digits.
const LETTERS_MAX: usize = 32;

/// Looks at the inputs one after the other.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// Inputs that may be the start of an answer.
    held: Vec<Input>,
    /// What they say behind the opening press.
    letters: String,
}

/// What came of an input.
#[derive(Debug)]
pub(super) enum Taken {
    /// It may belong to an answer.
    Held,
    /// These are a person's.
    Passed(Vec<Input>),
    /// An answer is complete; nothing where it says no colour.
    Told(Option<Ground>),
}

impl Answers {
    pub fn take(&mut self, input: Input) -> Taken {
        let press = match &input {
            Input::Key(press) => Some(*press),
            Input::Paste(_) | Input::Mouse(_) | Input::Resize { .. } => None,
            Input::FocusGained | Input::FocusLost => None,
        };
        if self.held.is_empty() {
            return match press.is_some_and(opens) {
                true => {
                    self.held.push(input);
                    Taken::Held
                }
                false => Taken::Passed(vec![input]),
            };
        }
        match press {
            Some(press) if ends(press) && self.has_begun() => {
                let told = Ground::of_answer(&self.letters);
                self.forget();
                return Taken::Told(told);
            }
            // An end that arrived in two pieces.
            Some(Press { key: Key::Esc, .. }) if self.has_begun() => return Taken::Held,
            Some(press) => {
                let letter = press.typed().filter(|letter| fits(&self.letters, *letter));
                if let Some(letter) = letter {
                    self.letters.push(letter);
                    self.held.push(input);
                    return Taken::Held;
                }
            }
            None => {}
        }
        let mut passed = self.let_go();
        passed.push(input);
        Taken::Passed(passed)
    }

    /// Whether what is held may just as well be somebody's typing.
    pub fn may_be_typed(&self) -> bool {
        !self.held.is_empty() && !self.has_begun()
    }

    /// Gives back what was held, because nothing that belongs to an answer followed. The start of an answer is
    /// dropped: it is nobody's typing even when its end never comes.
    pub fn let_go(&mut self) -> Vec<Input> {
        if self.has_begun() {
            self.forget();
            return Vec::new();
        }
        let held = std::mem::take(&mut self.held);
        self.forget();
        held
    }

    /// Whether more than the first letters have come, so that it is certainly an answer.
    fn has_begun(&self) -> bool {
        self.letters.starts_with(START)
    }

    fn forget(&mut self) {
        self.held.clear();
        self.letters.clear();
    }
}

/// `ESC ]` arrives as this press.
fn opens(press: Press) -> bool {
    press == Press::alt(']')
}

/// `ESC \`, in one piece or its second half, or the bell.
fn ends(press: Press) -> bool {
    [Press::alt('\\'), Press::char('\\'), Press::ctrl('g')].contains(&press)
}

/// Whether a letter can be the next one of an answer.
fn fits(letters: &str, letter: char) -> bool {
    match START.chars().nth(letters.len()) {
        Some(wanted) => letter == wanted,
        None => {
            letters.len() < LETTERS_MAX && (letter.is_ascii_hexdigit() || "rgba:/".contains(letter))
        }
    }
}
