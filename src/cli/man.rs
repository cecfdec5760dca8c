//! `scv man`: the manual, one page for the program or a page a command.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use clap_mangen::Man as Page;
use clap_mangen::roff::{Roff, bold, roman};

use super::output::Output;
use super::trouble::Exit;

/// What the options do not say, by section.
const SECTIONS: [(&str, &[&str]); 4] = [
    (
        "EXIT STATUS",
        &[
            "0: done.",
            "1: the rules refused it, or it was not possible; one sentence on standard error says why.",
            "2: the command line was wrong.",
            "3: an import, an ingest or the undo of an import was done, but some rows or lines were bad or stand.",
        ],
    ),
    (
        "ENVIRONMENT",
        &[
            "SCV_STORE, SCV_CONFIG, SCV_AGENT, SCV_ROLE: as --store, --config, --agent, --role.",
            "SCV_NOW: sets the clock, for tests and demos, for example 2026-11-23T12:00:00Z.",
            "SCV_LOG: names a file for the log, which is off otherwise; RUST_LOG sets what is logged.",
            "NO_COLOR: no colours on the desk.",
        ],
    ),
    (
        "FILES",
        &[
            "scv/scv.db in the data directory of the user: the store.",
            "scv/config.toml in the configuration directory of the user: the configuration.",
        ],
    ),
    (
        "SECURITY",
        &[
            "On a local file --role is a declaration, not security: who can write the file can do anything.",
        ],
    ),
];

#[derive(Debug, Args)]
pub struct Man {
    /// Write a page for every command into this directory
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Man {
    pub fn run(&self, output: &mut Output) -> anyhow::Result<Exit> {
        let mut command = super::command();
        command.build();
        match &self.dir {
            Some(dir) => {
                fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
                pages(&command, "scv", dir)?;
            }
            None => {
                output.raw(&page(&command, true)?)?;
                output.flush()?;
            }
        }
        Ok(Exit::Done)
    }
}

/// Writes the page of a command and of everything below it.
fn pages(command: &clap::Command, name: &str, dir: &Path) -> anyhow::Result<()> {
    let file = dir.join(format!("{name}.1"));
    let is_top = name == command.get_name();
    fs::write(&file, page(command, is_top)?).with_context(|| file.display().to_string())?;
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        pages(sub, &format!("{name}-{}", sub.get_name()), dir)?;
    }
    Ok(())
}

/// The page of a command; the one of the program has every command and what the options do not say.
fn page(command: &clap::Command, is_top: bool) -> std::io::Result<Vec<u8>> {
    let page = Page::new(command.clone());
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    let mut roff = Roff::new();
    if command.has_subcommands() {
        roff.control("SH", ["COMMANDS"]);
        commands(command, "scv", &mut roff);
    }
    if is_top {
        for (title, paragraphs) in SECTIONS {
            roff.control("SH", [title]);
            for paragraph in paragraphs {
                roff.control("PP", []);
                roff.text([roman(*paragraph)]);
            }
        }
    }
    roff.to_writer(&mut text)?;
    Ok(text)
}

/// Every command that does something, with its usage.
fn commands(command: &clap::Command, path: &str, roff: &mut Roff) {
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        let path = format!("{path} {}", sub.get_name());
        if sub.has_subcommands() && sub.is_subcommand_required_set() {
            commands(sub, &path, roff);
            continue;
        }
        let usage = sub.clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage:").trim();
        roff.control("TP", []);
        roff.text([bold(usage)]);
        roff.text([roman(
            sub.get_about().map(ToString::to_string).unwrap_or_default(),
        )]);
        commands(sub, &path, roff);
    }
}
