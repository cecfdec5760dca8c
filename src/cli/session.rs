//! What every command starts from: settings, who acts, the clock, the store. Owns precedence: option,
//! environment, configuration, default.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::Global;
use super::trouble::{self, Usage};
use crate::backend::Backend;
use crate::backend::local::{Clock, LocalBackend};
use crate::config::{Presence, Settings, paths};
use crate::domain::command::{Actor, Command};
use crate::domain::contact::ContactId;
use crate::domain::permission::BUNDLED_ROLES;
use crate::domain::{Moment, Permission, Role};
use crate::engine;
use crate::store::sqlite::{Open, Options, SqliteStore};

/// Threads that answer; the store has its own.
pub const THREADS: usize = 2;
/// Variable that sets the clock.
pub const NOW: &str = "SCV_NOW";
/// Name of the directory of themes beside the configuration.
const THEMES: &str = "themes";
/// Name of who acts when nobody says it.
const NOBODY: &str = "unknown";

/// What a command starts from.
pub struct Session {
    pub settings: Settings,
    pub actor: Actor,
    pub clock: Clock,
    pub zone: TimeZone,
    pub store: PathBuf,
    /// Where themes of one's own are.
    pub themes: Option<PathBuf>,
    /// How the desk opens the store: it may begin on a new one at the default place only.
    pub begin: Open,
}

/// Where the configuration is, and whether it must be there.
pub fn config_place(global: &Global) -> Result<(PathBuf, Presence), paths::NoHome> {
    match given(&global.config, "SCV_CONFIG") {
        Some(path) => Ok((path, Presence::Required)),
        None => Ok((paths::config()?, Presence::Optional)),
    }
}

/// Where themes of one's own are: beside the configuration.
pub fn themes_place(global: &Global) -> Option<PathBuf> {
    let (config, _) = config_place(global).ok()?;
    Some(config.parent()?.join(THEMES))
}

/// The settings of the file that is in force; the defaults where there is no home and no file.
pub fn settings(global: &Global) -> anyhow::Result<Settings> {
    match config_place(global) {
        Ok((path, presence)) => Ok(Settings::load(&path, presence)?),
        Err(_) => Ok(Settings::default()),
    }
}

/// Where the store is.
pub fn store_place(global: &Global, settings: &Settings) -> Result<PathBuf, paths::NoHome> {
    named_store(global, settings).map_or_else(paths::store, Ok)
}

/// The place that somebody named; a mistyped one must not become an empty store.
fn named_store(global: &Global, settings: &Settings) -> Option<PathBuf> {
    given(&global.store, "SCV_STORE").or_else(|| settings.store.clone())
}

/// The machine's clock, or the moment of `SCV_NOW`.
pub fn clock() -> anyhow::Result<Clock> {
    let Some(text) = variable(NOW) else {
        return Ok(Arc::new(Moment::of_machine));
    };
    let now: Moment = text
        .parse()
        .map_err(|error| Usage(format!("{NOW}: {error}")))?;
    Ok(Arc::new(move || now))
}

/// A variable of the environment; a blank one is not set.
pub fn variable(name: &str) -> Option<String> {
    let text = std::env::var(name).ok();
    text.filter(|text| !text.trim().is_empty())
}

impl Session {
    pub fn new(global: &Global) -> anyhow::Result<Self> {
        let settings = settings(global)?;
        let zone = match &settings.zone {
            Some(name) => TimeZone::get(name)?,
            None => TimeZone::system(),
        };
        Ok(Self {
            actor: actor(global, &settings)?,
            clock: clock()?,
            zone,
            store: store_place(global, &settings)?,
            themes: themes_place(global),
            begin: match named_store(global, &settings) {
                Some(_) => Open::Existing,
                None => Open::Create,
            },
            settings,
        })
    }

    /// The session of a visitor from elsewhere: neither configuration nor environment say anything, but where the
    /// machine is.
    pub fn of_kiosk(global: &Global) -> anyhow::Result<Self> {
        let settings = Settings::default();
        let wanted = global.role.as_deref().unwrap_or(&settings.role).trim();
        let role = settings.role_named(wanted);
        let role = role.ok_or_else(|| unknown_role(wanted, &settings))?;
        Ok(Self {
            actor: Actor {
                name: NOBODY.to_owned(),
                role,
            },
            clock: Arc::new(Moment::of_machine),
            // Only names of zones: the variable may as well name a file.
            zone: match variable("TZ") {
                Some(name) => TimeZone::get(&name).unwrap_or(TimeZone::UTC),
                None => TimeZone::system(),
            },
            store: PathBuf::new(),
            themes: None,
            begin: Open::Existing,
            settings,
        })
    }

    /// The backend on the store; `open` says whether a missing one is made.
    pub fn open(&self, open: Open) -> anyhow::Result<Arc<LocalBackend>> {
        self.open_at(&self.store, open, self.settings.engine())
    }

    /// The backend on the store of a command that only reads: one that cannot be written will do.
    pub fn open_reading(&self) -> anyhow::Result<Arc<LocalBackend>> {
        let store = SqliteStore::open_reading(&self.store, Options::default())?;
        Ok(self.backend(store, self.settings.engine()))
    }

    /// The backend on a store at another place, by other rules.
    pub fn open_at(
        &self,
        path: &Path,
        open: Open,
        options: engine::Options,
    ) -> anyhow::Result<Arc<LocalBackend>> {
        let store = SqliteStore::open(path, open, Options::default())?;
        Ok(self.backend(store, options))
    }

    fn backend(&self, store: SqliteStore, options: engine::Options) -> Arc<LocalBackend> {
        Arc::new(LocalBackend::new(
            Arc::new(store),
            self.actor.clone(),
            options,
            Arc::clone(&self.clock),
            self.zone.clone(),
        ))
    }

    /// Records that somebody who sees everybody's conversations looks at a person; of others nothing is recorded.
    pub async fn record_look(&self, contact: ContactId) -> anyhow::Result<()> {
        if self.actor.role.may(Permission::ConversationViewAll) {
            let backend = self.open(Open::Existing)?;
            backend.run(Command::View { contact }).await?;
        }
        Ok(())
    }

    /// Refuses when the role lacks a right, before anything is read.
    pub fn need(&self, permission: Permission) -> anyhow::Result<()> {
        Ok(trouble::need(&self.actor.role, permission)?)
    }

    pub fn now(&self) -> Moment {
        (self.clock)()
    }

    /// A moment as people write it, in the session's time zone.
    pub fn time(&self, moment: Moment) -> String {
        let local = moment.timestamp().to_zoned_datetime(self.zone.clone());
        local.strftime("%Y-%m-%d %H:%M").to_string()
    }
}

/// Who acts, in which role.
pub fn actor(global: &Global, settings: &Settings) -> anyhow::Result<Actor> {
    let named = text(&global.agent, "SCV_AGENT").or_else(|| settings.agent.clone());
    let user = || variable("USER").or_else(|| variable("LOGNAME"));
    let name = named.or_else(user).unwrap_or_else(|| NOBODY.to_owned());
    let wanted = text(&global.role, "SCV_ROLE").unwrap_or_else(|| settings.role.clone());
    let role = settings
        .role_named(&wanted)
        .ok_or_else(|| unknown_role(&wanted, settings))?;
    Ok(Actor { name, role })
}

fn unknown_role(wanted: &str, settings: &Settings) -> Usage {
    let own = settings
        .roles
        .values()
        .map(|role: &Role| role.name.as_str());
    let names: Vec<&str> = BUNDLED_ROLES.into_iter().chain(own).collect();
    Usage(format!(
        "the role {wanted:?} is not known; roles are {}",
        names.join(", ")
    ))
}

/// The option, else the variable. A blank option was refused before; a blank variable is not set.
fn given(option: &Option<PathBuf>, name: &str) -> Option<PathBuf> {
    let is_blank = |text: &OsString| text.to_string_lossy().trim().is_empty();
    let variable = || std::env::var_os(name).filter(|text| !is_blank(text));
    let named = option.clone();
    named.or_else(|| variable().map(PathBuf::from))
}

fn text(option: &Option<String>, name: &str) -> Option<String> {
    let named = option.clone().or_else(|| variable(name));
    named.map(|text| text.trim().to_owned())
}
