//! The configuration file, turned into each module's options. Owns names, defaults and what is allowed; it is
//! read once and never stored. Precedence is the command line's: flag, environment, this file, default.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::domain::Role;
use crate::domain::conversation::Channel;
use crate::domain::identifier::DEFAULT_SOURCE;
use crate::domain::permission::MergeRules;
use crate::engine::{Automerge, LIFE_DAYS, Options, PromoteOnEdit};
use crate::store::words_of;
use crate::tui::theme::Depth;

pub mod paths;

mod reader;
mod table;

pub use table::{KEYS, KeySpec, example};

/// Largest configuration file that is read, in bytes.
pub const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Everything that can be configured, with its defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// `None` is the data directory of the user.
    pub store: Option<PathBuf>,
    /// `None` is the name of the user.
    pub agent: Option<String>,
    pub role: String,
    pub region: Option<String>,
    pub source: String,
    pub merge: MergeRules,
    pub promote_on_edit: PromoteOnEdit,
    pub channels_off: Vec<Channel>,
    pub automerge_web_tracking: Automerge,
    pub automerge_authenticated: Automerge,
    pub expire: Expiry,
    pub days: i64,
    /// Where the desk reads and writes.
    pub backend: Place,
    /// Servers by name; `[remote]` itself is `default`.
    pub remotes: BTreeMap<String, RemoteSettings>,
    /// Roles beside the bundled ones.
    pub roles: BTreeMap<String, Role>,
    /// Chords by the name of an action; none unbinds it.
    pub keys: BTreeMap<String, Vec<String>>,
    /// `auto`, or a theme of the program or of one's own.
    pub theme: String,
    /// What `auto` takes on a dark terminal, and on a light one.
    pub theme_dark: String,
    pub theme_light: String,
    /// Whether the theme's own background is drawn.
    pub theme_background: bool,
    /// `None` is what the environment says of the terminal.
    pub depth: Option<Depth>,
    pub mouse: bool,
    pub bell: bool,
    pub profile_actions: bool,
    /// `None` is the machine's.
    pub zone: Option<String>,
}

/// Where the desk reads and writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A store of this machine.
    Local,
    /// A server.
    Remote,
}

/// A server that a desk may be on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoteSettings {
    /// Where the API is, `https://...`; for `scv serve`.
    pub base_url: Option<String>,
    /// The region of Genesys Cloud, such as `mypurecloud.ie`.
    pub region: Option<String>,
    /// The OAuth client that people sign in with.
    pub client_id: Option<String>,
    /// The port of the way back from the browser, where the server wants one that was registered.
    pub redirect_port: Option<u16>,
}

/// Whether auto-made contacts expire by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    On,
    Off,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            store: None,
            agent: None,
            role: "agent".to_owned(),
            region: None,
            source: DEFAULT_SOURCE.to_owned(),
            merge: MergeRules::Deck,
            promote_on_edit: PromoteOnEdit::Yes,
            channels_off: Vec::new(),
            automerge_web_tracking: Automerge::Off,
            automerge_authenticated: Automerge::Off,
            expire: Expiry::On,
            days: LIFE_DAYS,
            backend: Place::Local,
            remotes: BTreeMap::new(),
            roles: BTreeMap::new(),
            keys: BTreeMap::new(),
            theme: "auto".to_owned(),
            theme_dark: "dark".to_owned(),
            theme_light: "light".to_owned(),
            theme_background: false,
            depth: None,
            mouse: true,
            bell: true,
            profile_actions: true,
            zone: None,
        }
    }
}

/// Something in the file that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong, with what is allowed.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// Why the configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadConfig {
    #[error("{}: no such configuration file; check the path", .0.display())]
    Missing(PathBuf),
    #[error("{}: the configuration cannot be read ({why})", .path.display())]
    Unreadable { path: PathBuf, why: String },
    #[error("{}", sentence(path, findings))]
    Wrong {
        path: PathBuf,
        findings: Vec<Finding>,
    },
}

/// Whether a file that is not there is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Somebody named it.
    Required,
    /// It is the default place.
    Optional,
}

impl Settings {
    /// Reads the file at `path`.
    pub fn load(path: &Path, presence: Presence) -> Result<Self, BadConfig> {
        let unreadable = |why: String| BadConfig::Unreadable {
            path: path.to_owned(),
            why,
        };
        let size = match std::fs::metadata(path) {
            Ok(found) => found.len(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return match presence {
                    Presence::Optional => Ok(Self::default()),
                    Presence::Required => Err(BadConfig::Missing(path.to_owned())),
                };
            }
            Err(error) => return Err(unreadable(words_of(&error))),
        };
        if size > FILE_BYTES_MAX {
            return Err(unreadable("it is larger than 1 MB".to_owned()));
        }
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(words_of(&error)))?;
        let (settings, findings) = Self::read(&text);
        match findings.is_empty() {
            true => Ok(settings),
            false => Err(BadConfig::Wrong {
                path: path.to_owned(),
                findings,
            }),
        }
    }

    /// Reads the text of a file: what can be taken, and everything that cannot.
    pub fn read(text: &str) -> (Self, Vec<Finding>) {
        reader::read(text)
    }

    /// The bundled or configured role with this name.
    pub fn role_named(&self, name: &str) -> Option<Role> {
        self.roles
            .get(name)
            .cloned()
            .or_else(|| Role::bundled(name))
    }

    /// What the rules depend on.
    pub fn engine(&self) -> Options {
        Options {
            merge: self.merge,
            promote_on_edit: self.promote_on_edit,
            channels_off: self.channels_off.clone(),
            automerge_web_tracking: self.automerge_web_tracking,
            automerge_authenticated: self.automerge_authenticated,
            region: self.region.clone(),
            source: self.source.clone(),
            life_days: self.days,
        }
    }
}

/// The first finding, and how many more there are.
fn sentence(path: &Path, findings: &[Finding]) -> String {
    let first = findings.first().map(Finding::to_string).unwrap_or_default();
    match findings.len() {
        0 | 1 => format!("{} {first}", path.display()),
        count => format!(
            "{} {first} (and {} more; `scv doctor` lists them)",
            path.display(),
            count - 1
        ),
    }
}
