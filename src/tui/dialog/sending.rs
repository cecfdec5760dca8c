//! The write of a dialog: sent once, waited for, and its refusal told where the person looks.

use crate::backend::Trouble;
use crate::domain::command::{Command, Outcome};
use crate::tui::effect::{Effect, Said, Write};
use crate::tui::msg::Reply;
use crate::tui::pane::sign::sentence;
use crate::tui::theme::Role;

const NOT_MADE: &str = "It was not made: send it again if it is still wanted";

/// What a dialog sent and what came of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Sending {
    sent: Option<Write>,
    /// What was sent and may have been made.
    unknown: Option<Write>,
    told: Option<(String, Role)>,
}

impl Sending {
    /// Sends a command. What a person presses meanwhile must not send it again: ask `is_busy` first.
    pub fn send(&mut self, command: Command, said: impl Into<Said>) -> Effect {
        let write = Write::new(command, said);
        self.told = None;
        self.unknown = None;
        self.sent = Some(write.clone());
        Effect::Write(write)
    }

    pub const fn is_busy(&self) -> bool {
        self.sent.is_some()
    }

    /// What to read first: why the last write was refused, or what the dialog said itself.
    pub fn told(&self) -> Option<(&str, Role)> {
        self.told
            .as_ref()
            .map(|(words, role)| (words.as_str(), *role))
    }

    /// Says something in the place of a refusal, such as what a person forgot.
    pub fn say(&mut self, words: impl Into<String>, role: Role) {
        self.told = Some((words.into(), role));
    }

    pub fn hush(&mut self) {
        self.told = None;
    }

    /// What came of the own write; nothing when the reply is for somebody else.
    pub fn take<'a>(&mut self, reply: &'a Reply) -> Option<Result<&'a Outcome, &'a Trouble>> {
        if let Reply::Fate(Some(write), fate) = reply {
            return self.take_fate(write, fate);
        }
        let Reply::Written(write, result) = reply else {
            return None;
        };
        if self.sent.as_ref() != Some(write) {
            return None;
        }
        self.sent = None;
        if let Err(trouble) = result {
            self.told = Some((sentence(&trouble.to_string()), Role::Danger));
            let is_unknown = matches!(trouble, Trouble::Unknown { .. });
            self.unknown = is_unknown.then(|| write.clone());
        }
        Some(result.as_ref())
    }

    /// What became of the own write that was not known; one that was not made may be sent again.
    fn take_fate<'a>(
        &mut self,
        write: &Write,
        fate: &'a Result<Option<Outcome>, Trouble>,
    ) -> Option<Result<&'a Outcome, &'a Trouble>> {
        if self.unknown.as_ref() != Some(write) {
            return None;
        }
        self.unknown = None;
        match fate {
            Ok(Some(outcome)) => return Some(Ok(outcome)),
            Ok(None) => self.told = Some((NOT_MADE.to_owned(), Role::Warning)),
            Err(trouble) => self.told = Some((sentence(&trouble.to_string()), Role::Danger)),
        }
        None
    }
}
