//! Reads the text of a configuration file against the table of keys, and finds the line of what is wrong.

use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::{Finding, KEYS, KeySpec, RemoteSettings, Settings};
use crate::domain::{Permission, Role};

/// Tables whose keys are open.
const ROLES: &str = "roles";
const KEYS_TABLE: &str = "keys";
const REMOTE: &str = "remote";
/// What stands in a table of a server.
const OF_REMOTE: &str = "base_url, region, client_id, redirect_port";
/// The name of `[remote]` itself.
const DEFAULT: &str = "default";
/// The key whose value depends on another table.
const ROLE: &str = "agent.role";

/// Reads everything that can be taken, and finds everything that cannot.
pub fn read(text: &str) -> (Settings, Vec<Finding>) {
    let mut reader = Reader {
        text,
        role_at: 0,
        settings: Settings::default(),
        findings: Vec::new(),
    };
    match DeTable::parse(text) {
        Ok(table) => reader.top(table.get_ref()),
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            let what = error.message().lines().next().unwrap_or_default();
            reader.find(at, format!("it is not TOML ({what})"));
        }
    }
    reader.check_role();
    reader.findings.sort_by_key(|finding| finding.line);
    (reader.settings, reader.findings)
}

struct Reader<'a> {
    text: &'a str,
    /// Where the role in force is named.
    role_at: usize,
    settings: Settings,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn top(&mut self, table: &DeTable<'_>) {
        for (name, value) in table {
            match name.get_ref().as_ref() {
                ROLES => self.roles(value),
                KEYS_TABLE => self.keys(value),
                REMOTE => self.remotes(value),
                plain if KEYS.iter().any(|key| key.name == plain) => self.set(plain, name, value),
                table if tables().contains(table) => self.table(table, value),
                unknown => {
                    let at = name.span().start;
                    self.find(
                        at,
                        format!("{unknown} is not known; known are {}", names_at_top()),
                    );
                }
            }
        }
    }

    fn table(&mut self, table: &str, value: &Spanned<DeValue<'_>>) {
        let Some(members) = value.get_ref().as_table() else {
            self.find(
                value.span().start,
                format!("{table} is a table; write [{table}]"),
            );
            return;
        };
        for (name, value) in members {
            let full = format!("{table}.{}", name.get_ref());
            match KEYS.iter().any(|key| key.name == full) {
                true => self.set(&full, name, value),
                false => {
                    let known = names_in(table);
                    let what = format!("{full} is not known; known in [{table}] are {known}");
                    self.find(name.span().start, what);
                }
            }
        }
    }

    /// Takes the value of a known key.
    fn set(&mut self, full: &str, name: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        let Some(key) = KEYS.iter().find(|key| key.name == full) else {
            return;
        };
        if full == ROLE {
            self.role_at = name.span().start;
        }
        if (key.set)(&mut self.settings, value.get_ref()).is_none() {
            let given = self.shown(value);
            let what = format!("{full} is {given}; allowed is {}", key.allowed);
            self.find(name.span().start, what);
        }
    }

    /// `[remote]` and every `[remote.NAME]`.
    fn remotes(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(members) = value.get_ref().as_table() else {
            let what = "remote is a table; write [remote]".to_owned();
            return self.find(value.span().start, what);
        };
        let mut own = RemoteSettings::default();
        let mut is_named = false;
        for (key, value) in members {
            match value.get_ref().as_table() {
                Some(inner) => {
                    let mut remote = RemoteSettings::default();
                    for (inner_key, value) in inner {
                        let full = format!("remote.{}.{}", key.get_ref(), inner_key.get_ref());
                        self.of_remote(&mut remote, inner_key, &full, value);
                    }
                    self.settings
                        .remotes
                        .insert(key.get_ref().to_string(), remote);
                }
                None => {
                    is_named = true;
                    let full = format!("remote.{}", key.get_ref());
                    self.of_remote(&mut own, key, &full, value);
                }
            }
        }
        if is_named {
            self.settings.remotes.insert(DEFAULT.to_owned(), own);
        }
    }

    fn of_remote(
        &mut self,
        remote: &mut RemoteSettings,
        key: &Spanned<DeString<'_>>,
        full: &str,
        value: &Spanned<DeValue<'_>>,
    ) {
        let text = value.get_ref().as_str().map(str::trim);
        let text = text.map(|text| (!text.is_empty()).then(|| text.to_owned()));
        let is_host = |text: &String| {
            let mut letters = text.chars();
            text.contains('.')
                && letters.all(|letter| letter.is_ascii_alphanumeric() || ".-".contains(letter))
        };
        let is_taken = match (key.get_ref().as_ref(), text) {
            ("base_url", Some(text)) => {
                remote.base_url = text;
                true
            }
            ("client_id", Some(text)) => {
                remote.client_id = text;
                true
            }
            ("region", Some(text)) if text.as_ref().is_none_or(is_host) => {
                remote.region = text;
                true
            }
            ("redirect_port", None) => {
                let number = value.get_ref().as_integer();
                let port = number.and_then(|number| number.as_str().parse().ok());
                remote.redirect_port = port;
                port.is_some()
            }
            ("base_url" | "client_id" | "region" | "redirect_port", _) => false,
            _ => {
                let what = format!("{full} is not known; known there are {OF_REMOTE}");
                return self.find(key.span().start, what);
            }
        };
        if !is_taken {
            let given = self.shown(value);
            let what = format!(
                "{full} is {given}; a base_url, region or client_id is a text, a redirect_port a number up to 65535"
            );
            self.find(key.span().start, what);
        }
    }

    fn roles(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(roles) = value.get_ref().as_table() else {
            self.find(
                value.span().start,
                "roles is a table; write [roles.NAME]".to_owned(),
            );
            return;
        };
        for (name, members) in roles {
            match members.get_ref().as_table() {
                Some(members) => self.role(name, members),
                None => self.find(
                    name.span().start,
                    format!(
                        "roles.{0} is a table; write [roles.{0}] with permissions = [...]",
                        name.get_ref()
                    ),
                ),
            }
        }
    }

    fn role(&mut self, name: &Spanned<DeString<'_>>, members: &DeTable<'_>) {
        let full = format!("roles.{}", name.get_ref());
        if Role::bundled(name.get_ref()).is_some() {
            let what = format!("{full} has the name of a bundled role; choose another");
            self.find(name.span().start, what);
            return;
        }
        let mut permissions = BTreeSet::new();
        for (key, value) in members {
            if key.get_ref() != "permissions" {
                let what = format!(
                    "{full}.{} is not known; known in it is permissions",
                    key.get_ref()
                );
                self.find(key.span().start, what);
                continue;
            }
            let Some(list) = value.get_ref().as_array() else {
                self.find(
                    key.span().start,
                    format!("{full}.permissions is a list of texts"),
                );
                continue;
            };
            for one in list {
                match one.get_ref().as_str().and_then(Permission::of_name) {
                    Some(permission) => drop(permissions.insert(permission)),
                    None => {
                        let given = self.shown(one);
                        let what = format!(
                            "{full}.permissions has {given}, which is no permission; \
                             one is written like externalContacts:contact:view"
                        );
                        self.find(one.span().start, what);
                    }
                }
            }
        }
        let role = Role::new(name.get_ref(), permissions);
        self.settings.roles.insert(role.name.clone(), role);
    }

    fn keys(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(keys) = value.get_ref().as_table() else {
            self.find(
                value.span().start,
                "keys is a table; write [keys]".to_owned(),
            );
            return;
        };
        for (action, chords) in keys {
            self.chords(action, chords);
        }
    }

    /// Takes the chords as they are written: the keymap tells of what it cannot take, and the desk opens all
    /// the same.
    fn chords(&mut self, action: &Spanned<DeString<'_>>, chords: &Spanned<DeValue<'_>>) {
        let full = format!("keys.{}", action.get_ref());
        let list: Option<Vec<String>> = match chords.get_ref() {
            DeValue::String(chord) => Some(vec![chord.to_string()]),
            other => other.as_array().and_then(|list| {
                let texts = list.iter().map(|one| one.get_ref().as_str());
                texts.map(|text| text.map(str::to_owned)).collect()
            }),
        };
        let Some(list) = list else {
            let given = self.shown(chords);
            let what =
                format!("{full} is {given}; allowed is a list of chords such as [\"m\", \"z m\"]");
            return self.find(action.span().start, what);
        };
        self.settings
            .keys
            .insert(action.get_ref().to_string(), list);
    }

    /// The role in force must exist; it is checked last, because `[roles]` may stand after it.
    fn check_role(&mut self) {
        let name = self.settings.role.clone();
        if self.settings.role_named(&name).is_none() {
            let at = self.role_at;
            let what = format!("agent.role is {name:?}; allowed is {}", role_spec().allowed);
            self.find(at, what);
        }
    }

    fn find(&mut self, at: usize, what: String) {
        let before = self.text.get(..at).unwrap_or_default();
        self.findings.push(Finding {
            line: before.matches('\n').count() + 1,
            what,
        });
    }

    /// The value as it is written, short.
    fn shown(&self, value: &Spanned<DeValue<'_>>) -> String {
        let written = self.text.get(value.span()).unwrap_or_default();
        let first = written.lines().next().unwrap_or_default();
        match first.char_indices().nth(40) {
            Some((end, _)) => format!("{}…", first.get(..end).unwrap_or_default()),
            None => first.to_owned(),
        }
    }
}

fn role_spec() -> &'static KeySpec {
    KEYS.iter().find(|key| key.name == ROLE).unwrap_or(&KEYS[0])
}

fn tables() -> BTreeSet<&'static str> {
    let split = KEYS.iter().filter_map(|key| key.name.split_once('.'));
    split.map(|(table, _)| table).collect()
}

fn names_in(table: &str) -> String {
    let names = KEYS.iter().filter_map(|key| key.name.split_once('.'));
    let names: Vec<&str> = names
        .filter(|(of, _)| *of == table)
        .map(|(_, name)| name)
        .collect();
    names.join(", ")
}

fn names_at_top() -> String {
    let plain = KEYS
        .iter()
        .map(|key| key.name)
        .filter(|name| !name.contains('.'));
    let tables = tables().into_iter().chain([ROLES, KEYS_TABLE]);
    let tables = tables.map(|table| format!("[{table}]"));
    let names: Vec<String> = plain.map(str::to_owned).chain(tables).collect();
    names.join(", ")
}
