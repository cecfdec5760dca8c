//! `scv completions`: completions for a shell.

use clap::Args;
use clap_complete::Shell;

use super::output::Output;
use super::trouble::Exit;

#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub fn run(&self, output: &mut Output) -> anyhow::Result<Exit> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::command(), "scv", &mut script);
        output.raw(&script)?;
        output.flush()?;
        Ok(Exit::Done)
    }
}
