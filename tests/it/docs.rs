//! What is written about the program is what it does: README tables, the example configuration, the manual and
//! the completions. `UPDATE=1` rewrites what is made from tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use scv_desk::config::{self, KEYS, Settings};
use scv_desk::domain::Permission;
use scv_desk::server::route::{Needs, ROUTES};
use scv_desk::tui::action::Action;

fn top(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Compares a file with what it must be; `UPDATE=1` writes it.
fn same(path: &Path, wanted: &str) {
    let found = fs::read_to_string(path).unwrap_or_default();
    if found == wanted {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, wanted).unwrap();
        return;
    }
    panic!(
        "{} is out of date; run the tests with UPDATE=1",
        path.display()
    );
}

/// Puts `table` between the markers of `name`.
fn with_table(readme: &str, name: &str, table: &str) -> String {
    let (begin, end) = (
        format!("<!-- begin {name} -->\n"),
        format!("<!-- end {name} -->"),
    );
    let start = readme.find(&begin).expect("the README has the marker") + begin.len();
    let stop = start
        + readme[start..]
            .find(&end)
            .expect("the README has the end marker");
    format!("{}{table}{}", &readme[..start], &readme[stop..])
}

/// Every command that does something: its words, its usage, what it does.
fn commands(command: &clap::Command, path: &str) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for sub in command.get_subcommands() {
        let path = format!("{path} {}", sub.get_name());
        let below = commands(sub, &path);
        if below.is_empty() || !sub.is_subcommand_required_set() {
            let usage = sub.clone().render_usage().to_string();
            let usage = usage
                .trim_start_matches("Usage:")
                .trim()
                .replace(" [OPTIONS]", " [options]");
            let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
            found.push((path, usage, about));
        }
        found.extend(below);
    }
    found
}

fn built() -> clap::Command {
    let mut command = scv_desk::cli::command();
    command.build();
    command
}

#[test]
fn example_configuration_is_made_from_the_table_and_says_the_defaults() {
    let example = config::example();
    same(&top("config.example.toml"), &example);
    let (settings, findings) = Settings::read(&example);
    assert_eq!(findings, []);
    assert_eq!(settings, Settings::default());
}

#[test]
fn every_command_and_key_is_in_the_readme() {
    let path = top("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let readme = with_table(&readme, "commands", &command_table());
    let readme = with_table(&readme, "keys", &key_table());
    let readme = with_table(&readme, "routes", &route_table());
    let readme = with_table(&readme, "unserved", &unserved_table());
    same(
        &path,
        &with_table(&readme, "configuration", &configuration_table()),
    );
}

fn configuration_table() -> String {
    let mut table = String::from("| key | default | allowed | |\n|---|---|---|---|\n");
    for key in &KEYS {
        let default = (key.get)(&Settings::default());
        writeln!(
            table,
            "| `{}` | `{default}` | {} | {} |",
            key.name, key.allowed, key.meaning
        )
        .unwrap();
    }
    table
}

fn route_table() -> String {
    let mut table = String::from("| method | path | needs |\n|---|---|---|\n");
    for route in ROUTES {
        let needs = match route.needs {
            Needs::Any(of) => known(of).join(" or "),
            Needs::All(of) => known(of).join(" and "),
            Needs::Token => "a token".to_owned(),
            Needs::Nothing => String::new(),
        };
        let path = route.path.strip_prefix("/api/v2").unwrap_or(route.path);
        writeln!(table, "| {} | `{path}` | {needs} |", route.method.name()).unwrap();
    }
    table
}

/// The rights that some role can hold; those that the contract names besides are held by nobody here.
fn known(of: &[&'static str]) -> Vec<&'static str> {
    let known = of
        .iter()
        .copied()
        .filter(|name| Permission::of_name(name).is_some());
    known.collect()
}

/// How many operations of each part of the contract are not served, and their paths without the common part.
fn unserved_table() -> String {
    let contract = super::server::shape::contract();
    let mut parts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in contract["operations"].as_array().unwrap() {
        let (method, path) = (
            one["method"].as_str().unwrap(),
            one["path"].as_str().unwrap(),
        );
        let is_served = ROUTES
            .iter()
            .any(|row| row.method.name() == method && row.path == path);
        if !is_served {
            let path = path.strip_prefix("/api/v2").unwrap_or(path);
            let tag = one["tag"].as_str().unwrap().to_owned();
            parts
                .entry(tag)
                .or_default()
                .insert(format!("{method} `{path}`"));
        }
    }
    let mut table = String::from("| part | operations | |\n|---|---|---|\n");
    for (tag, operations) in parts {
        let list: Vec<String> = operations.iter().cloned().collect();
        writeln!(
            table,
            "| {tag} | {} | {} |",
            operations.len(),
            list.join(", ")
        )
        .unwrap();
    }
    table
}

fn key_table() -> String {
    let mut table =
        String::from("| keys | action | needs | name in the configuration |\n|---|---|---|---|\n");
    for action in Action::ALL {
        let spec = action.spec();
        let keys: Vec<String> = spec.keys.iter().map(|key| format!("`{key}`")).collect();
        let needs: Vec<&str> = spec.needs.iter().map(|right| right.name()).collect();
        let (keys, needs) = (keys.join(" "), needs.join(", "));
        writeln!(
            table,
            "| {keys} | {} | {needs} | `{}` |",
            spec.title, spec.name
        )
        .unwrap();
    }
    table
}

fn command_table() -> String {
    let mut table = String::from("| command | |\n|---|---|\n| `scv` | The desk |\n");
    for (_, usage, about) in commands(&built(), "scv") {
        writeln!(table, "| `{}` | {about} |", usage.replace('|', "\\|")).unwrap();
    }
    table
}

#[test]
fn manual_and_completions_know_every_command() {
    let manual = super::cli::scv().args(["man"]).output().unwrap();
    let manual = String::from_utf8(manual.stdout).unwrap().replace('\\', "");
    for (path, _, about) in commands(&built(), "scv") {
        assert!(manual.contains(&path), "the manual has {path}");
        assert!(manual.contains(&about), "the manual has {about}");
    }
    for code in 0..=3 {
        assert!(
            manual.contains(&format!("{code}: ")),
            "the manual has exit code {code}"
        );
    }
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = super::cli::scv()
            .args(["completions", shell])
            .output()
            .unwrap();
        let script = String::from_utf8(script.stdout).unwrap();
        for word in ["not-same", "wrapup", "first-name"] {
            assert!(script.contains(word), "completions of {shell} have {word}");
        }
    }
}
