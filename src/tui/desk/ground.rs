//! What the terminal tells of its background, and the theme for it.

use std::io::{self, Write};
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::Desk;
use crate::tui::input::Inputs;
use crate::tui::theme::Ground;

/// A desk that is left at once waits this long for it, so that it does not end up in a shell.
const LEAVE_ANSWER_MS: u64 = 500;

impl<W: Write> Desk<W> {
    /// Asks the terminal for its background, where the desk follows it.
    pub(super) fn ask_ground(&mut self) -> io::Result<()> {
        if self.ground.is_some() {
            self.asked = Some(Instant::now());
            self.screen.ask_ground()?;
        }
        Ok(())
    }

    /// Takes the theme for what the terminal stands on.
    pub(super) fn stand_on(&mut self, ground: Ground) {
        self.asked = None;
        let Some(follows) = &self.options.follows else {
            return;
        };
        let theme = follows.on(ground).clone();
        if theme != *self.model.theme() {
            self.options.theme = theme.clone();
            self.model.set_theme(theme);
            self.dirty.get_or_insert_with(Instant::now);
        }
    }

    /// Gives an answer that is still on its way a moment to arrive.
    pub(super) async fn await_answer<I: Inputs>(&mut self, inputs: &mut I) {
        let Some(asked) = self.asked else {
            return;
        };
        let until = asked + Duration::from_millis(LEAVE_ANSWER_MS);
        loop {
            tokio::select! {
                _ = next_ground(&mut self.ground) => return,
                input = inputs.next() => if input.is_none() { return },
                () = sleep_until(until) => return,
            }
        }
    }
}

/// Waits for what the terminal tells of its background; for ever where it is not asked.
pub(super) async fn next_ground(told: &mut Option<watch::Receiver<Option<Ground>>>) -> Ground {
    if let Some(told) = told {
        while told.changed().await.is_ok() {
            if let Some(ground) = *told.borrow_and_update() {
                return ground;
            }
        }
    }
    std::future::pending().await
}
