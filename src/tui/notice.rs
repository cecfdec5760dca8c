//! What the desk tells: the newest notices on the status line, all of them in a log.

use std::collections::VecDeque;

use crate::domain::Moment;

/// The most notices that are kept.
pub const KEPT_MAX: usize = 200;
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
}

/// All that was said in a session.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    /// The newest first.
    log: VecDeque<Notice>,
    /// How many of the newest still stand on the screen.
    standing: usize,
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
    pub fn say(&mut self, tone: Tone, text: impl Into<String>, at: Moment) {
        let text = text.into();
        if let Some(last) = self.log.front_mut().filter(|last| last.text == text) {
            last.times = last.times.saturating_add(1);
            last.at = at;
            self.standing = self.standing.max(1);
            return;
        }
        let replaces =
            self.standing == 1 && self.log.front().is_some_and(|last| last.tone.gives_way());
        self.standing = if replaces { 1 } else { self.standing + 1 };
        self.log.push_front(Notice {
            tone,
            text,
            at,
            times: 1,
        });
        self.log.truncate(KEPT_MAX);
        self.standing = self.standing.min(self.log.len());
    }

    /// Takes what stands there off the screen; the log keeps it. Answers whether anything stood there.
    pub fn dismiss(&mut self) -> bool {
        std::mem::take(&mut self.standing) != 0
    }

    /// Takes what asks for no look off the screen, where nothing else stands there.
    pub fn give_way(&mut self) {
        if self.standing().all(|notice| notice.tone.gives_way()) {
            self.standing = 0;
        }
    }

    /// What stands on the screen, the newest first.
    pub fn standing(&self) -> impl Iterator<Item = &Notice> {
        self.log.iter().take(self.standing)
    }

    /// Everything that was said, the newest first.
    pub fn log(&self) -> &VecDeque<Notice> {
        &self.log
    }
}
