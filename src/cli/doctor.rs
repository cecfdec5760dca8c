//! `scv doctor`: looks over versions, paths, store, terminal and configuration. Every line is a finding; what
//! needs a hand is marked and makes the exit code 1.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::Global;
use super::looks;
use super::output::{Format, Output};
use super::session::{self, variable};
use super::table;
use super::trouble::Exit;
use crate::config::{BadConfig, Presence, Settings};
use crate::store::sqlite::{Options, SqliteStore};
use crate::tui::keymap::Keymap;
use crate::tui::theme::Depth;

/// Smallest terminal that the desk is usable on.
const COLUMNS_MIN: u16 = 40;
const ROWS_MIN: u16 = 12;

/// How a thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Good,
    /// Worth knowing.
    Note,
    /// Needs a hand.
    Bad,
}

struct Finding {
    about: &'static str,
    state: State,
    says: String,
}

pub fn run(global: &Global, output: &mut Output) -> anyhow::Result<Exit> {
    let mut findings = vec![good("scv", env!("CARGO_PKG_VERSION").to_owned())];
    let settings = configuration(global, &mut findings);
    for notice in Keymap::with(&settings.keys).1 {
        findings.push(note("keys", notice));
    }
    for theme in looks::wrong(&settings, session::themes_place(global).as_deref()) {
        findings.push(note("theme", theme.says));
    }
    actor(global, &settings, &mut findings);
    store(global, &settings, &mut findings);
    terminal(output, &mut findings);
    let is_bad = findings.iter().any(|finding| finding.state == State::Bad);
    match output.format() {
        Format::Json => output.json(&shape(&findings))?,
        Format::Text => {
            for finding in &findings {
                let mark = match finding.state {
                    State::Good => "ok  ",
                    State::Note => "note",
                    State::Bad => "BAD ",
                };
                let about = crate::tui::text::pad(finding.about, 13);
                output.line(&format!("{mark}  {about}  {}", finding.says))?;
            }
        }
    }
    output.flush()?;
    Ok(match is_bad {
        true => Exit::Refused,
        false => Exit::Done,
    })
}

/// The settings of the file; what can be taken of a file that is partly wrong.
fn configuration(global: &Global, findings: &mut Vec<Finding>) -> Settings {
    let (path, presence) = match session::config_place(global) {
        Ok(place) => place,
        Err(error) => {
            findings.push(bad("configuration", error.to_string()));
            return Settings::default();
        }
    };
    match Settings::load(&path, presence) {
        Ok(settings) => {
            let is_there = presence == Presence::Required || path.exists();
            let says = match is_there {
                true => path.display().to_string(),
                false => format!("{}, not there: the defaults are in force", path.display()),
            };
            findings.push(good("configuration", says));
            settings
        }
        Err(BadConfig::Wrong {
            path,
            findings: wrong,
        }) => {
            let each = wrong
                .iter()
                .map(|one| bad("configuration", format!("{} {one}", path.display())));
            findings.extend(each);
            fs::read_to_string(&path)
                .map(|text| Settings::read(&text).0)
                .unwrap_or_default()
        }
        Err(error @ (BadConfig::Missing(_) | BadConfig::Unreadable { .. })) => {
            findings.push(bad("configuration", error.to_string()));
            Settings::default()
        }
    }
}

fn actor(global: &Global, settings: &Settings, findings: &mut Vec<Finding>) {
    match session::actor(global, settings) {
        Ok(actor) => findings.push(good(
            "agent",
            format!("{}, role {}", actor.name, actor.role.name),
        )),
        Err(error) => findings.push(bad("agent", error.to_string())),
    }
    match (session::clock(), variable(session::NOW)) {
        (Err(error), _) => findings.push(bad("clock", error.to_string())),
        (Ok(clock), Some(_)) => {
            findings.push(note("clock", format!("{} by {}", clock(), session::NOW)))
        }
        (Ok(_), None) => {}
    }
}

fn store(global: &Global, settings: &Settings, findings: &mut Vec<Finding>) {
    let path = match session::store_place(global, settings) {
        Ok(path) => path,
        Err(error) => return findings.push(bad("store", error.to_string())),
    };
    let shown = path.display().to_string();
    if !path.exists() {
        let says = format!("{shown}, not there: `scv import` or `scv ingest` makes it");
        return findings.push(note("store", says));
    }
    match SqliteStore::open_reading(&path, Options::default()) {
        Ok(store) if !store.is_writable() => {
            let says =
                format!("{shown}, readable, but it cannot be written; check its permissions");
            findings.push(note("store", says));
        }
        Ok(_) => {
            let size = fs::metadata(&path).map_or(0, |found| found.len());
            findings.push(good(
                "store",
                format!(
                    "{shown}, {}, schema {}, readable and writable",
                    bytes(size),
                    SqliteStore::schema()
                ),
            ));
            findings.extend(rights(&path));
        }
        Err(error) => findings.push(bad("store", error.to_string())),
    }
}

/// The store holds personal values: nobody else should read it.
#[cfg(unix)]
fn rights(path: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then(|| {
        note(
            "store",
            format!(
                "others can read it (mode {mode:o}); chmod 600 {} keeps it yours",
                path.display()
            ),
        )
    })
}

#[cfg(not(unix))]
fn rights(_path: &Path) -> Option<Finding> {
    None
}

fn terminal(output: &Output, findings: &mut Vec<Finding>) {
    match (output.is_terminal(), crossterm::terminal::size()) {
        (true, Ok((columns, rows))) if columns < COLUMNS_MIN || rows < ROWS_MIN => {
            findings.push(bad(
                "terminal",
                format!(
                    "{columns}x{rows} is too small for the desk; it needs {COLUMNS_MIN}x{ROWS_MIN}"
                ),
            ))
        }
        (true, Ok((columns, rows))) => findings.push(good("terminal", format!("{columns}x{rows}"))),
        (false, _) | (true, Err(_)) => {
            findings.push(note(
                "terminal",
                "the output is no terminal; the desk needs one".to_owned(),
            ));
        }
    }
    let depth = match Depth::detect(variable) {
        Depth::Mono => "no colours",
        Depth::Ansi16 => "16 colours",
        Depth::Ansi256 => "256 colours",
        Depth::True => "true colour",
    };
    findings.push(good("colours", depth.to_owned()));
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(variable)
        .unwrap_or_default();
    let folded = locale.to_ascii_lowercase();
    match folded.contains("utf-8") || folded.contains("utf8") {
        true => findings.push(good("locale", locale)),
        false => findings.push(note(
            "locale",
            format!("{locale:?} is not UTF-8; set LANG to C.UTF-8 if names look odd"),
        )),
    }
}

fn bytes(size: u64) -> String {
    match size {
        0..1_000_000 => format!("{} KB", table::number(size.div_ceil(1000))),
        _ => format!("{} MB", table::number(size / 1_000_000)),
    }
}

fn shape(findings: &[Finding]) -> serde_json::Value {
    let findings = findings.iter().map(|finding| {
        let state = match finding.state {
            State::Good => "ok",
            State::Note => "note",
            State::Bad => "bad",
        };
        json!({"about": finding.about, "state": state, "says": finding.says})
    });
    findings.collect()
}

fn good(about: &'static str, says: String) -> Finding {
    Finding {
        about,
        state: State::Good,
        says,
    }
}

fn note(about: &'static str, says: String) -> Finding {
    Finding {
        about,
        state: State::Note,
        says,
    }
}

fn bad(about: &'static str, says: String) -> Finding {
    Finding {
        about,
        state: State::Bad,
        says,
    }
}
