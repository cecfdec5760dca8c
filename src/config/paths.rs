//! Where the store and the configuration are when nobody names another place.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

/// Name of the directory in the user's data and configuration directories.
const NAME: &str = "scv";
/// Name of the store in the data directory.
const STORE: &str = "scv.db";
/// Name of the directory of kept sign-ins in the data directory.
const TOKENS: &str = "remotes";
/// Name of the file of how the desk was left in the state directory.
const STATE: &str = "desk";
/// Name of the host's key in the state directory.
const HOST_KEY: &str = "demo_host_key";
/// Name of the configuration in the configuration directory.
const CONFIG: &str = "config.toml";

/// The user has no home directory, so there is no default place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the home directory is not known; name the {what} with {flag}")]
pub struct NoHome {
    what: &'static str,
    flag: &'static str,
}

/// The default store.
pub fn store() -> Result<PathBuf, NoHome> {
    let home = NoHome {
        what: "store",
        flag: "--store",
    };
    let places = ProjectDirs::from("", "", NAME).ok_or(home)?;
    Ok(places.data_dir().join(STORE))
}

/// The directory of kept sign-ins.
pub fn tokens() -> Result<PathBuf, NoHome> {
    let home = NoHome {
        what: "token",
        flag: "SCV_TOKEN",
    };
    let places = ProjectDirs::from("", "", NAME).ok_or(home)?;
    Ok(places.data_dir().join(TOKENS))
}

/// The key of the host that demos over SSH have: it stays the same, so that nobody is warned of another one.
pub fn host_key() -> Result<PathBuf, NoHome> {
    let home = NoHome {
        what: "state directory",
        flag: "HOME",
    };
    Ok(state().ok_or(home)?.join(HOST_KEY))
}

/// The default configuration file.
pub fn config() -> Result<PathBuf, NoHome> {
    let home = NoHome {
        what: "configuration",
        flag: "--config",
    };
    let places = ProjectDirs::from("", "", NAME).ok_or(home)?;
    Ok(places.config_dir().join(CONFIG))
}

/// The directory of how the desk was left; nothing without a home, which a desk can do without.
pub fn state() -> Option<PathBuf> {
    let places = ProjectDirs::from("", "", NAME)?;
    let directory = places.state_dir().unwrap_or_else(|| places.data_dir());
    Some(directory.to_owned())
}

/// The file of how the desk was left, in that directory.
pub fn desk(state: &Path) -> PathBuf {
    state.join(STATE)
}
