//! `scv config`: where the configuration is, and what is in force.

use clap::{Args, Subcommand};
use serde_json::{Map, Value as Json};

use super::Global;
use super::output::{Format, Output};
use super::session;
use super::trouble::Exit;
use crate::config::{KEYS, Settings};

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
}

impl Config {
    pub fn run(&self, global: &Global, output: &mut Output) -> anyhow::Result<Exit> {
        match self.what {
            Some(What::Path) => path(global, output)?,
            Some(What::Show) | None => show(global, output)?,
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
