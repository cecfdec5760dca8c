//! What outlives a desk: what was typed and not saved, and how wide the panes were.

use std::io::Write;

use super::Desk;
use crate::tui::notice::Tone;
use crate::tui::view::Widths;

impl<W: Write> Desk<W> {
    pub(super) fn recall_unsaved(&mut self) {
        let Some(unsaved) = &self.options.unsaved else {
            return;
        };
        match unsaved.recall(self.options.clock.now()) {
            Ok(drafts) => {
                self.kept.clone_from(&drafts);
                self.model.take_up(drafts);
            }
            Err(error) => {
                let words = format!("What was typed and not saved before is lost: {error}");
                self.model.say(Tone::Warning, words);
            }
        }
    }

    /// Keeps what was typed and is not saved, when it is other than what is kept.
    pub(super) fn keep_unsaved(&mut self) {
        let Some(unsaved) = &self.options.unsaved else {
            return;
        };
        let now = self.model.unsaved();
        if *now == self.kept {
            return;
        }
        let now = now.into_owned();
        match unsaved.keep(&now, self.options.clock.now()) {
            Ok(()) => self.keeps = true,
            // Said once, and not with every key.
            Err(error) if std::mem::take(&mut self.keeps) => {
                let words =
                    format!("What is typed and not saved is lost when the desk ends: {error}");
                self.model.say(Tone::Warning, words);
            }
            Err(_) => {}
        }
        self.kept = now;
    }

    pub(super) fn remember(&mut self, widths: Widths) {
        let kept = self
            .options
            .memory
            .as_ref()
            .map(|memory| memory.keep(widths));
        if let Some(Err(error)) = kept {
            let words = format!("The widths of the panes are not kept for the next time: {error}");
            self.model.say(Tone::Warning, words);
        }
    }
}
