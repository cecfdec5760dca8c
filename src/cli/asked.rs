//! Asking before something that is not lightly done: on a terminal in words, in scripts by `--yes`.

use std::io::{self, IsTerminal};

use anyhow::anyhow;

use super::output::{Format, Output};

/// Says `what` and asks whether to go on; an error where the answer is no. Without a terminal nobody can be
/// asked, so that `--yes` is needed, which is there `to` do it.
pub fn sure(what: &str, to: &str, output: &mut Output) -> anyhow::Result<()> {
    if !io::stdin().is_terminal() || output.format() == Format::Json {
        return Err(anyhow!("{what}; add --yes {to}"));
    }
    output.say(&capital(what));
    output.say(&format!("Type y {to}, anything else to leave it:"));
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    match line.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(anyhow!("nothing was done")),
    }
}

/// The sentence with a capital letter.
fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
