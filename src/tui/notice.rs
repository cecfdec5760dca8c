//! What the desk tells: the newest notices on the status line, all of them in a log.

use std::collections::VecDeque;

use crate::domain::Moment;

/// The most notices that are kept.
pub const KEPT_MAX: usize = 2_000;
/// The most notices that stand on the screen at once.
pub const STANDING_MAX: usize = 3;

/// How a notice is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// A change was made.
    Done,
    /// Something to know, such as a new conversation.
    Told,
    /// Something was refused, or needs a look.
    Warning,
    /// The world says no.
    Trouble,
}

/// Something that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub tone: Tone,
    pub text: String,
    pub at: Moment,
    /// How often it was said in a row.
    pub times: u32,
    /// Whether it still stands on the screen.
    stands: bool,
    /// Where its sentences end, in bytes: what comes last is left out first where there is little room.
    ends: Vec<usize>,
}

/// Words of a notice: one sentence, or several with what matters most first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    text: String,
    ends: Vec<usize>,
}

impl From<Vec<String>> for Words {
    fn from(sentences: Vec<String>) -> Self {
        let mut words = Self::from("");
        words.ends.clear();
        for sentence in sentences {
            if !words.text.is_empty() {
                words.text.push_str(". ");
            }
            words.text.push_str(&sentence);
            words.ends.push(words.text.len());
        }
        words
    }
}

impl From<String> for Words {
    fn from(text: String) -> Self {
        let ends = vec![text.len()];
        Self { text, ends }
    }
}

impl From<&str> for Words {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl Notice {
    /// As many of its sentences as fit, and the first one whatever its length.
    pub fn brief(&self, fits: impl Fn(&str) -> bool) -> &str {
        let heads = || self.ends.iter().filter_map(|end| self.text.get(..*end));
        let fitting = heads().take_while(|head| fits(head)).last();
        fitting.or(heads().next()).unwrap_or(&self.text)
    }
}

/// All that was said in a session.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    /// The newest first.
    log: VecDeque<Notice>,
    /// How many were said before those and are not kept.
    forgotten: usize,
}

impl Tone {
    /// The sign that goes with the colour.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Done => "✓",
            Self::Told => "•",
            Self::Warning => "⚠",
            Self::Trouble => "✗",
        }
    }

    /// A notice gives way to the next one unless it asks for a look.
    const fn gives_way(self) -> bool {
        match self {
            Self::Done | Self::Told => true,
            Self::Warning | Self::Trouble => false,
        }
    }
}

impl Notices {
    pub fn say(&mut self, tone: Tone, words: impl Into<Words>, at: Moment) {
        let Words { text, ends } = words.into();
        if let Some(last) = self.log.front_mut().filter(|last| last.text == text) {
            last.times = last.times.saturating_add(1);
            last.at = at;
            last.stands = true;
            return;
        }
        if self.standing().count() == 1 {
            self.give_way();
        }
        self.log.push_front(Notice {
            tone,
            text,
            at,
            times: 1,
            stands: true,
            ends,
        });
        if KEPT_MAX < self.log.len() {
            self.log.truncate(KEPT_MAX);
            self.forgotten = self.forgotten.saturating_add(1);
        }
    }

    /// Takes what stands there off the screen; the log keeps it. Answers whether anything stood there.
    pub fn dismiss(&mut self) -> bool {
        let any = self.standing().next().is_some();
        for notice in &mut self.log {
            notice.stands = false;
        }
        any
    }

    /// Takes a notice off the screen that is no longer so; the log keeps it.
    pub fn take_back(&mut self, text: &str) {
        for notice in self.log.iter_mut().filter(|notice| notice.text == text) {
            notice.stands = false;
        }
    }

    /// Takes what asks for no look off the screen.
    pub fn give_way(&mut self) {
        for notice in &mut self.log {
            notice.stands &= !notice.tone.gives_way();
        }
    }

    /// What stands on the screen, the newest first.
    pub fn standing(&self) -> impl Iterator<Item = &Notice> {
        self.log.iter().filter(|notice| notice.stands)
    }

    /// How many were said before those in the log.
    pub fn forgotten(&self) -> usize {
        self.forgotten
    }

    /// Everything that was said, the newest first.
    pub fn log(&self) -> &VecDeque<Notice> {
        &self.log
    }
}
