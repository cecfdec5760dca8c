//! `scv config`: where the configuration is, and what is in force.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Map, Value as Json};

use super::Global;
use super::looks;
use super::output::{Format, Output};
use super::session;
use super::trouble::Exit;
use crate::config::{BadConfig, KEYS, Settings};
use crate::tui::keymap::Keymap;

#[derive(Debug, Args)]
pub struct Config {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print where the configuration file is
    Path,
    /// Print every setting in force
    Show,
    /// Look for what is wrong in the file, keys of the desk included
    Check,
}

impl Config {
    pub fn run(&self, global: &Global, output: &mut Output) -> anyhow::Result<Exit> {
        match self.what {
            Some(What::Path) => path(global, output)?,
            Some(What::Show) | None => show(global, output)?,
            Some(What::Check) => {
                let exit = check(global, output)?;
                output.flush()?;
                return Ok(exit);
            }
        }
        output.flush()?;
        Ok(Exit::Done)
    }
}

fn path(global: &Global, output: &mut Output) -> anyhow::Result<()> {
    let (path, _) = session::config_place(global)?;
    match output.format() {
        Format::Text => output.line(&path.display().to_string())?,
        Format::Json => {
            output.json(&serde_json::json!({ "path": path, "exists": path.exists() }))?
        }
    }
    Ok(())
}

/// Something that is wrong, and where.
struct Wrong {
    path: PathBuf,
    line: Option<usize>,
    what: String,
}

impl Wrong {
    fn shape(&self) -> Json {
        serde_json::json!({ "path": self.path, "line": self.line, "what": self.what })
    }
}

/// Everything that is wrong in the file: what keeps the program from starting, and what the desk would say of
/// its keys and its themes. Refused where anything is.
fn check(global: &Global, output: &mut Output) -> anyhow::Result<Exit> {
    let (path, presence) = session::config_place(global)?;
    let (settings, findings) = match Settings::load(&path, presence) {
        Ok(settings) => (settings, Vec::new()),
        Err(BadConfig::Wrong { findings, .. }) => {
            let text = std::fs::read_to_string(&path)?;
            (Settings::read(&text).0, findings)
        }
        Err(error @ (BadConfig::Missing(_) | BadConfig::Unreadable { .. })) => {
            return Err(error.into());
        }
    };
    let wrong_at = |line, what| Wrong {
        path: path.clone(),
        line,
        what,
    };
    let lines = findings.into_iter();
    let mut wrong: Vec<Wrong> = lines
        .map(|one| wrong_at(Some(one.line), one.what))
        .collect();
    let keys = Keymap::with(&settings.keys).1.into_iter();
    wrong.extend(keys.map(|said| wrong_at(None, said)));
    for bad in looks::wrong(&settings, session::themes_place(global).as_deref()) {
        match bad.path {
            Some(file) if !bad.wrong.is_empty() => {
                wrong.extend(bad.wrong.into_iter().map(|one| Wrong {
                    path: file.clone(),
                    line: one.line,
                    what: one.what,
                }))
            }
            Some(_) | None => wrong.push(wrong_at(None, bad.says)),
        }
    }
    match output.format() {
        Format::Text => {
            for Wrong { path, line, what } in &wrong {
                let place = line.map_or_else(String::new, |line| format!(" line {line}"));
                output.line(&format!("{}{place}: {what}", path.display()))?;
            }
            if wrong.is_empty() {
                let there = if path.exists() {
                    "nothing is wrong"
                } else {
                    "not there: the defaults are in force"
                };
                output.line(&format!("{}: {there}", path.display()))?;
            }
        }
        Format::Json => {
            let wrong: Vec<Json> = wrong.iter().map(Wrong::shape).collect();
            output.json(&serde_json::json!({ "path": path, "wrong": wrong }))?;
        }
    }
    Ok(match wrong.is_empty() {
        true => Exit::Done,
        false => Exit::Refused,
    })
}

/// Options and environment are laid over the file, as every command does.
fn show(global: &Global, output: &mut Output) -> anyhow::Result<()> {
    let mut settings = session::settings(global)?;
    let actor = session::actor(global, &settings)?;
    settings.store = Some(session::store_place(global, &settings)?);
    settings.agent = Some(actor.name);
    settings.role = actor.role.name;
    match output.format() {
        Format::Text => text(&settings, output),
        Format::Json => json(&settings, output),
    }
}

fn text(settings: &Settings, output: &mut Output) -> anyhow::Result<()> {
    let mut open = "";
    for key in &KEYS {
        let (table, name) = key.name.split_once('.').unwrap_or(("", key.name));
        if table != open {
            output.line("")?;
            output.line(&format!("[{table}]"))?;
            open = table;
        }
        output.line(&format!("{name} = {}", (key.get)(settings)))?;
    }
    for role in settings.roles.values() {
        let permissions: Vec<String> = role
            .permissions()
            .map(|one| format!("{:?}", one.name()))
            .collect();
        output.line("")?;
        output.line(&format!("[roles.{}]", role.name))?;
        output.line(&format!("permissions = [{}]", permissions.join(", ")))?;
    }
    if !settings.keys.is_empty() {
        output.line("")?;
        output.line("[keys]")?;
    }
    for (action, chords) in &settings.keys {
        output.line(&format!("{action} = {chords:?}"))?;
    }
    Ok(())
}

fn json(settings: &Settings, output: &mut Output) -> anyhow::Result<()> {
    let mut shown = Map::new();
    for key in &KEYS {
        let value: toml::Table = format!("value = {}", (key.get)(settings)).parse()?;
        let value = value
            .get("value")
            .cloned()
            .map(serde_json::to_value)
            .transpose()?;
        shown.insert(key.name.to_owned(), value.unwrap_or(Json::Null));
    }
    let roles = settings.roles.values();
    let roles = roles.map(|role| {
        (
            role.name.clone(),
            role.permissions().map(|one| one.name()).collect(),
        )
    });
    shown.insert("roles".to_owned(), Json::Object(roles.collect()));
    shown.insert("keys".to_owned(), serde_json::to_value(&settings.keys)?);
    Ok(output.json(&shown)?)
}
