//! Every key of the configuration, described once: reading, `scv config show`, `config.example.toml` and the
//! README's table are made from these rows.

use std::fmt::Write as _;

use toml::de::DeValue;

use super::{Expiry, Place, Settings};
use crate::domain::conversation::Channel;
use crate::domain::permission::MergeRules;
use crate::domain::phone::is_region;
use crate::engine::{Automerge, PromoteOnEdit};
use crate::tui::theme::is_name;

/// Most days that auto-made contacts may live.
const DAYS_MAX: i64 = 3_650;
/// Names in `resolve.automerge`.
const AUTOMERGE: [&str; 2] = ["web_tracking", "authenticated_messaging"];

/// A key of the configuration.
pub struct KeySpec {
    /// `table.key`, or `key` for the ones before the first table.
    pub name: &'static str,
    /// What may stand there.
    pub allowed: &'static str,
    /// What it does, in one sentence.
    pub meaning: &'static str,
    /// The value as TOML.
    pub get: fn(&Settings) -> String,
    /// Takes a value; `None` when it is not allowed.
    pub set: fn(&mut Settings, &DeValue<'_>) -> Option<()>,
}

/// Every key but those of `[roles.NAME]` and `[keys]`, whose names are open.
pub const KEYS: [KeySpec; 21] = [
    KeySpec {
        name: "store",
        allowed: "a path, or \"\" for scv/scv.db in the data directory",
        meaning: "The file of the store.",
        get: |s| {
            quoted(
                &s.store
                    .as_deref()
                    .map(|path| path.display().to_string())
                    .unwrap_or_default(),
            )
        },
        set: |s, value| text(value).map(|path| s.store = some(path).map(Into::into)),
    },
    KeySpec {
        name: "backend",
        allowed: "\"local\" or \"remote\"",
        meaning: "Where the desk reads and writes: the store, or the server of [remote].",
        get: |s| {
            quoted(match s.backend {
                Place::Local => "local",
                Place::Remote => "remote",
            })
        },
        set: |s, value| {
            s.backend = match text(value)?.as_str() {
                "local" => Place::Local,
                "remote" => Place::Remote,
                _ => return None,
            };
            Some(())
        },
    },
    KeySpec {
        name: "region",
        allowed: "two letters such as \"IE\", or \"\" for none",
        meaning: "The region of phone numbers that come without a country code.",
        get: |s| quoted(s.region.as_deref().unwrap_or_default()),
        set: |s, value| {
            let code = text(value).filter(|code| code.is_empty() || is_region(code))?;
            s.region = some(code).map(|code| code.to_ascii_uppercase());
            Some(())
        },
    },
    KeySpec {
        name: "source",
        allowed: "a name",
        meaning: "The external source of ids that come without one.",
        get: |s| quoted(&s.source),
        set: |s, value| text(value).and_then(some).map(|name| s.source = name),
    },
    KeySpec {
        name: "promote_on_edit",
        allowed: "true or false",
        meaning: "An edit keeps the contact, when the role may promote.",
        get: |s| (s.promote_on_edit == PromoteOnEdit::Yes).to_string(),
        set: |s, value| {
            let yes = value.as_bool()?;
            s.promote_on_edit = if yes {
                PromoteOnEdit::Yes
            } else {
                PromoteOnEdit::No
            };
            Some(())
        },
    },
    KeySpec {
        name: "agent.name",
        allowed: "a name, or \"\" for the user's",
        meaning: "Who acts: the name of a user of the organization.",
        get: |s| quoted(s.agent.as_deref().unwrap_or_default()),
        set: |s, value| text(value).map(|name| s.agent = some(name)),
    },
    KeySpec {
        name: "agent.role",
        allowed: "\"agent\", \"agent-merge\", \"supervisor\", \"admin\" or a name of [roles]",
        meaning: "The role; on a local file it is a declaration, not security.",
        get: |s| quoted(&s.role),
        set: |s, value| text(value).and_then(some).map(|name| s.role = name),
    },
    KeySpec {
        name: "merge.rules",
        allowed: "\"deck\" or \"current\"",
        meaning: "`deck` never merges two Curated contacts; `current` merges 2 to 25 of any type.",
        get: |s| {
            quoted(match s.merge {
                MergeRules::Deck => "deck",
                MergeRules::Current => "current",
            })
        },
        set: |s, value| {
            s.merge = match value.as_str()? {
                "deck" => MergeRules::Deck,
                "current" => MergeRules::Current,
                _ => return None,
            };
            Some(())
        },
    },
    KeySpec {
        name: "resolve.channels",
        allowed: "a table of channels, each true or false, such as { email = false }",
        meaning: "Channels that are resolved; one that is off gives every conversation a contact of its own.",
        get: channels,
        set: set_channels,
    },
    KeySpec {
        name: "resolve.automerge",
        allowed: "a list of \"web_tracking\" and \"authenticated_messaging\"",
        meaning: "What merges by itself when one source identifies two contacts; never two Curated ones.",
        get: automerge,
        set: set_automerge,
    },
    KeySpec {
        name: "retention.expire",
        allowed: "true or false",
        meaning: "Auto-made contacts expire, and conversations past the retention go.",
        get: |s| (s.expire == Expiry::On).to_string(),
        set: |s, value| {
            value
                .as_bool()
                .map(|on| s.expire = if on { Expiry::On } else { Expiry::Off })
        },
    },
    KeySpec {
        name: "retention.days",
        allowed: "a number from 1 to 3650",
        meaning: "Days after the last interaction until an auto-made contact expires.",
        get: |s| s.days.to_string(),
        set: |s, value| {
            let days: i64 = value.as_integer()?.as_str().parse().ok()?;
            (1..=DAYS_MAX).contains(&days).then(|| s.days = days)
        },
    },
    KeySpec {
        name: "theme.name",
        allowed: "\"auto\", \"dark\", \"light\", \"high-contrast\", \"high-contrast-light\", \"colour-blind\", \
                  \"colour-blind-light\", \"mono\", or the name of a file in themes beside this one",
        meaning: "The colours of the desk; `auto` is dark or light as the terminal is.",
        get: |s| quoted(&s.theme),
        set: |s, value| theme(value).map(|name| s.theme = name),
    },
    KeySpec {
        name: "theme.dark",
        allowed: "the name of a theme",
        meaning: "What `auto` takes on a dark terminal.",
        get: |s| quoted(&s.theme_dark),
        set: |s, value| one_theme(value).map(|name| s.theme_dark = name),
    },
    KeySpec {
        name: "theme.light",
        allowed: "the name of a theme",
        meaning: "What `auto` takes on a light terminal.",
        get: |s| quoted(&s.theme_light),
        set: |s, value| one_theme(value).map(|name| s.theme_light = name),
    },
    KeySpec {
        name: "theme.background",
        allowed: "true or false",
        meaning: "The desk draws the background of its theme; off leaves the terminal's.",
        get: |s| s.theme_background.to_string(),
        set: |s, value| value.as_bool().map(|on| s.theme_background = on),
    },
    KeySpec {
        name: "theme.depth",
        allowed: "\"auto\", \"mono\", \"16\", \"256\" or \"true\"",
        meaning: "How many colours the terminal has; `auto` asks the environment.",
        get: |s| {
            quoted(
                &s.depth
                    .map_or_else(|| "auto".to_owned(), |depth| depth.to_string()),
            )
        },
        set: |s, value| {
            s.depth = match value.as_str()? {
                "auto" => None,
                name => Some(name.parse().ok()?),
            };
            Some(())
        },
    },
    KeySpec {
        name: "ui.mouse",
        allowed: "true or false",
        meaning: "Clicks select and open; off leaves the mouse to the terminal.",
        get: |s| s.mouse.to_string(),
        set: |s, value| value.as_bool().map(|on| s.mouse = on),
    },
    KeySpec {
        name: "ui.bell",
        allowed: "true or false",
        meaning: "A new conversation rings the terminal's bell.",
        get: |s| s.bell.to_string(),
        set: |s, value| value.as_bool().map(|on| s.bell = on),
    },
    KeySpec {
        name: "ui.profile_actions",
        allowed: "true or false",
        meaning: "Off is the embedded mode: the journey only, no actions on the profile.",
        get: |s| s.profile_actions.to_string(),
        set: |s, value| value.as_bool().map(|on| s.profile_actions = on),
    },
    KeySpec {
        name: "ui.zone",
        allowed: "a time zone such as \"Europe/Dublin\", or \"\" for the machine's",
        meaning: "The time zone of the times that are shown.",
        get: |s| quoted(s.zone.as_deref().unwrap_or_default()),
        set: |s, value| {
            let zone = text(value)
                .filter(|zone| zone.is_empty() || jiff::tz::TimeZone::get(zone).is_ok())?;
            s.zone = some(zone);
            Some(())
        },
    },
];

/// The example file: every key with its default.
pub fn example() -> String {
    let mut file = String::from(
        "# Configuration of scv. Every key is here with its default; leave out what you do not change.\n\
         # `scv config path` names the file that is read, `scv config show` what is in force.\n",
    );
    let defaults = Settings::default();
    let mut open = "";
    for key in &KEYS {
        let (table, name) = key.name.split_once('.').unwrap_or(("", key.name));
        if table != open {
            // Writing to a string cannot go wrong.
            let _ = write!(file, "\n[{table}]");
            open = table;
        }
        let _ = write!(
            file,
            "\n# {}\n# Allowed: {}.\n{name} = {}\n",
            key.meaning,
            key.allowed,
            (key.get)(&defaults)
        );
    }
    file.push_str(OPEN_TABLES);
    file
}

/// The tables whose keys are open, as comments: they are empty by default.
const OPEN_TABLES: &str = "
# Roles beside agent, agent-merge, supervisor and admin; `scv doctor` names a permission that is not known.
# [roles.reviewer]
# permissions = [\"externalContacts:contact:view\", \"scv:history:view\"]

# The server of a desk with `backend = \"remote\"`; more than one as [remote.NAME], taken with --remote NAME.
# base_url is for `scv serve`, region for Genesys Cloud; client_id is the OAuth client that people sign in
# with, and redirect_port the port of its redirect where that is registered.
# [remote]
# base_url = \"https://scv.example.com\"
# client_id = \"\"

# Keys of the desk: an action and its chords. They replace the defaults; [] unbinds. `?` in the desk lists
# the actions, `scv config check` tells of keys that hide each other.
[keys]
# merge = [\"m\", \"z m\"]
";

fn channels(settings: &Settings) -> String {
    let off = settings.channels_off.iter();
    let off: Vec<String> = off
        .map(|channel| format!("{} = false", channel.name()))
        .collect();
    match off.is_empty() {
        true => "{}".to_owned(),
        false => format!("{{ {} }}", off.join(", ")),
    }
}

fn set_channels(settings: &mut Settings, value: &DeValue<'_>) -> Option<()> {
    let mut off = Vec::new();
    for (name, on) in value.as_table()? {
        let channel = Channel::of_name(name.get_ref())?;
        if !on.get_ref().as_bool()? {
            off.push(channel);
        }
    }
    settings.channels_off = off;
    Some(())
}

fn automerge(settings: &Settings) -> String {
    let on = [
        settings.automerge_web_tracking,
        settings.automerge_authenticated,
    ];
    let names = AUTOMERGE.iter().zip(on);
    let names: Vec<String> = names
        .filter(|(_, on)| *on == Automerge::On)
        .map(|(name, _)| quoted(name))
        .collect();
    format!("[{}]", names.join(", "))
}

fn set_automerge(settings: &mut Settings, value: &DeValue<'_>) -> Option<()> {
    let names: Option<Vec<&str>> = value
        .as_array()?
        .iter()
        .map(|name| name.get_ref().as_str())
        .collect();
    let names = names?;
    if names.iter().any(|name| !AUTOMERGE.contains(name)) {
        return None;
    }
    let switch = |name| match names.contains(&name) {
        true => Automerge::On,
        false => Automerge::Off,
    };
    settings.automerge_web_tracking = switch(AUTOMERGE[0]);
    settings.automerge_authenticated = switch(AUTOMERGE[1]);
    Some(())
}

/// What can be the name of a theme; whether there is one is found when it is looked for.
fn theme(value: &DeValue<'_>) -> Option<String> {
    text(value).filter(|name| is_name(name))
}

fn one_theme(value: &DeValue<'_>) -> Option<String> {
    theme(value).filter(|name| name != "auto")
}

fn text(value: &DeValue<'_>) -> Option<String> {
    value.as_str().map(|text| text.trim().to_owned())
}

/// An empty text is no value.
fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// A text as TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
