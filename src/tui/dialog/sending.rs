//! The write of a dialog: sent once, waited for, and its refusal told where the person looks.

use crate::backend::Trouble;
use crate::domain::command::{Command, Outcome};
use crate::tui::effect::{Effect, Write};
use crate::tui::msg::Reply;

/// What a dialog sent and what came of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Sending {
    sent: Option<Write>,
    trouble: Option<String>,
}

impl Sending {
    /// Sends a command. What a person presses meanwhile must not send it again: ask `is_busy` first.
    pub fn send(&mut self, command: Command, said: impl Into<String>) -> Effect {
        let write = Write {
            command: Box::new(command),
            said: said.into(),
        };
        self.trouble = None;
        self.sent = Some(write.clone());
        Effect::Write(write)
    }

    pub const fn is_busy(&self) -> bool {
        self.sent.is_some()
    }

    /// Why the last write was refused.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// Says something in the place of a refusal, such as what a person forgot.
    pub fn say(&mut self, words: impl Into<String>) {
        self.trouble = Some(words.into());
    }

    pub fn hush(&mut self) {
        self.trouble = None;
    }

    /// What came of the own write; nothing when the reply is for somebody else.
    pub fn take<'a>(&mut self, reply: &'a Reply) -> Option<Result<&'a Outcome, &'a Trouble>> {
        let Reply::Written(write, result) = reply else {
            return None;
        };
        if self.sent.as_ref() != Some(write) {
            return None;
        }
        self.sent = None;
        if let Err(trouble) = result {
            self.trouble = Some(trouble.to_string());
        }
        Some(result.as_ref())
    }
}
