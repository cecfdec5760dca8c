//! The help of the program itself: its commands by what they are for. Each command's own help is clap's.

use std::fmt::Write as _;
use std::io::{self, IsTerminal};

use clap::Command;
use clap::builder::StyledStr;

use crate::tui::text;

/// Heading of the options of every command.
pub const GLOBAL: &str = "Global options";

/// The commands by what they are for; every one stands in exactly one group.
pub const GROUPS: [(&str, &[&str]); 8] = [
    (
        "People",
        &[
            "contact",
            "note",
            "identifier",
            "shared",
            "promote",
            "merge",
            "not-same",
            "person",
        ],
    ),
    (
        "Conversations",
        &[
            "conversation",
            "journey",
            "link",
            "unlink",
            "wrapup",
            "take",
            "reopen",
        ],
    ),
    (
        "Why, history and undo",
        &["why", "why-not", "history", "review", "undo", "audit"],
    ),
    ("Bring in", &["import", "ingest"]),
    (
        "The store",
        &["stats", "check", "expire", "backup", "restore"],
    ),
    ("The API", &["serve", "user", "client"]),
    ("On a server", &["login", "logout", "whoami"]),
    (
        "The program",
        &["demo", "doctor", "config", "completions", "man"],
    ),
];

/// Most columns of a line of help.
const WIDTH_MAX: usize = 100;
/// Blanks before a command.
const INDENT: &str = "  ";

/// The command line with its commands grouped in its own help.
pub fn grouped(command: Command) -> Command {
    let help = page(command.clone());
    command.override_help(help)
}

fn page(command: Command) -> StyledStr {
    let mut groups = String::new();
    for (heading, names) in GROUPS {
        groups.push_str(&group(&command, heading, names));
    }
    // What clap would list itself is hidden here, so that the options alone are left to it.
    let names = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned());
    let names: Vec<String> = names.collect();
    let bare = names.iter().fold(command, |command, name| {
        command.mut_subcommand(name, |sub| sub.hide(true))
    });
    bare.help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} scv [OPTIONS] [COMMAND]\n\nWithout a command the desk opens.\n\n\
         {groups}{{all-args}}{{after-help}}"
    ))
    .render_help()
}

/// One group: its heading, and each command with what it does.
fn group(command: &Command, heading: &str, names: &[&str]) -> String {
    let look = command.get_styles().get_header();
    let name_look = command.get_styles().get_literal();
    let all = command.get_subcommands();
    let widest = all.map(|sub| sub.get_name().len()).max().unwrap_or(0);
    let column = INDENT.len() + widest + 2;
    let mut told = format!("{look}{heading}:{look:#}\n");
    for name in names {
        let about = command
            .find_subcommand(name)
            .and_then(Command::get_about)
            .map(ToString::to_string)
            .unwrap_or_default();
        let lines = text::wrap(&about, width().saturating_sub(column).max(widest));
        let about = lines.join(&format!("\n{}", " ".repeat(column)));
        // Writing to a string cannot go wrong.
        let _ = writeln!(
            told,
            "{INDENT}{name_look}{name:widest$}{name_look:#}  {about}"
        );
    }
    told.push('\n');
    told
}

fn width() -> usize {
    match crossterm::terminal::size() {
        Ok((columns, _)) if io::stdout().is_terminal() && columns > 0 => {
            usize::from(columns).min(WIDTH_MAX)
        }
        Ok(_) | Err(_) => WIDTH_MAX,
    }
}
