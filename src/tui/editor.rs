//! A long note in the agent's own editor. The terminal is the editor's meanwhile.

use std::fs;
use std::io::{self, Read, Write};
use std::process::{Command, Stdio};

/// What is read back at most.
const BYTES_MAX: u64 = 1024 * 1024;
const SHELL: &str = "sh";

/// The command of the agent's editor, as a shell reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor(String);

impl Editor {
    /// The editor of `VISUAL` or `EDITOR`; nobody's where neither is set.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let set = |name| variable(name).filter(|command| !command.trim().is_empty());
        set("VISUAL").or_else(|| set("EDITOR")).map(Self)
    }

    /// Lets the agent change a text and waits for the end of it. The text stands in a file of the agent's own, which
    /// goes with the editor. An error is one sentence.
    pub fn change(&self, text: &str) -> Result<String, String> {
        self.run(text)
            .map_err(|error| format!("the editor was not used: {error}"))?
    }

    fn run(&self, text: &str) -> io::Result<Result<String, String>> {
        let mut file = tempfile::Builder::new()
            .prefix("note-")
            .suffix(".txt")
            .tempfile()?;
        file.write_all(text.as_bytes())?;
        file.flush()?;
        let status = Command::new(SHELL)
            .arg("-c")
            // An interrupt that is typed in the editor would end a shell that waits for it.
            .arg(format!("exec env {} \"$1\"", self.0))
            .arg(SHELL)
            .arg(file.path())
            .stdin(Stdio::inherit())
            .status()?;
        if !status.success() {
            return Ok(Err(format!(
                "the editor ended with {status}, so the note is as it was; EDITOR names it"
            )));
        }
        // Most editors put a new file in the place of the old one.
        let mut read = Vec::new();
        let size = fs::File::open(file.path())?
            .take(BYTES_MAX + 1)
            .read_to_end(&mut read)? as u64;
        if BYTES_MAX < size {
            return Ok(Err(
                "the text is longer than 1 MiB, so the note is as it was".to_owned(),
            ));
        }
        Ok(String::from_utf8(read)
            .map_err(|_| "the text is not UTF-8, so the note is as it was".to_owned()))
    }
}
