//! The terminal lent to another program: the agent's editor, or the shell.

use std::io::{self, Write};

use tokio::time::Instant;

use super::Desk;
use crate::live::Topic;
use crate::tui::input::Inputs;
use crate::tui::msg::{Msg, Reply};
use crate::tui::screen::{stop_program, terminal_size};
use crate::tui::signals::Shield;

impl<W: Write> Desk<W> {
    /// Takes the shield of who listens to the system's wishes.
    pub(in crate::tui) fn shield(&mut self, shield: Shield) {
        self.shield = shield;
    }

    /// Gives the terminal to the agent's editor until it has ended.
    pub(super) fn compose<I: Inputs>(&mut self, text: &str, inputs: &mut I) -> io::Result<()> {
        let Some(editor) = self.options.editor.clone() else {
            let none = "no editor is known: set EDITOR before the desk is opened".to_owned();
            return self.hand_over(Msg::Reply(Box::new(Reply::Composed(Err(none)))));
        };
        inputs.pause();
        self.screen.suspend()?;
        self.shield.raise();
        let composed = editor.change(text);
        self.shield.lower();
        self.screen.resume(terminal_size())?;
        self.model.set_size(self.screen.size());
        inputs.resume();
        // Anything may have happened meanwhile.
        self.stale.push(Topic::Elsewhere);
        self.hand_over(Msg::Reply(Box::new(Reply::Composed(composed))))
    }

    /// Gives the terminal to the shell and takes it back when the program is continued.
    pub(super) fn suspend<I: Inputs>(&mut self, inputs: &mut I) -> io::Result<()> {
        inputs.pause();
        self.screen.suspend()?;
        stop_program()?;
        self.screen.resume(terminal_size())?;
        self.model.set_size(self.screen.size());
        inputs.resume();
        self.ask_ground()?;
        self.dirty = Some(Instant::now());
        // Anything may have happened meanwhile.
        self.stale.push(Topic::Elsewhere);
        Ok(())
    }
}
