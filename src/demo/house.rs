//! The house that a demo plays in: a store with the bundled organization, laid anew for every telling and
//! gone afterwards.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::load;
use crate::backend::Trouble;
use crate::backend::local::{Clock, LocalBackend};
use crate::domain::command::Actor;
use crate::domain::{Moment, Role};
use crate::engine;
use crate::store::Store;
use crate::store::sqlite::{Open, Options, SqliteStore};

/// The options of a run that only lays a store: the file, and when its past ends.
pub const LAY_OPTION: &str = "--lay";
pub const START_OPTION: &str = "--start";

/// Who brings conversations into the demo.
const SWITCH: &str = "demo switch";

/// What every house of a demo is built with.
pub struct Site {
    /// Where the stores are; whoever made this directory removes it.
    pub dir: PathBuf,
    pub rules: engine::Options,
    pub zone: TimeZone,
    /// The demo's clock.
    pub clock: Clock,
    /// The name of the agent whose desk it is.
    pub agent: String,
    /// How the stores are opened.
    pub store: Options,
    pub laying: Laying,
}

/// Where the bundled organization is brought into a store.
#[derive(Clone, Debug)]
pub enum Laying {
    Here,
    /// In a run of this program that ends with it: what reading so much leaves in memory goes at once.
    Apart(PathBuf),
}

/// A store with the bundled organization. The files go when this is dropped.
pub struct House {
    /// Acts for the switch.
    pub feed: Arc<LocalBackend>,
    /// The viewer's.
    pub desk: Arc<LocalBackend>,
    /// The sessions of the visits, for the player to go on with.
    pub visits: Vec<Value>,
    _files: tempfile::TempDir,
}

impl Site {
    /// Lays a store whose past ends at `start`, with the viewer in `role`.
    pub async fn build(&self, start: Moment, role: Role) -> Result<House, Trouble> {
        let files = tempfile::tempdir_in(&self.dir).map_err(|error| {
            Trouble::Broken(format!("the demo has no room for a store: {error}"))
        })?;
        let path = files.path().join("demo.db");
        if let Laying::Apart(program) = &self.laying {
            lay_apart(program, &path, start).await?;
        }
        let store = self.open(&path)?;
        let feed = self.backend(&store, SWITCH, admin()?);
        let visits = match self.laying {
            Laying::Here => load::load(&feed, start).await?,
            Laying::Apart(_) => load::visits(start)?,
        };
        let desk = self.backend(&store, &self.agent, role);
        // The watch ends with the backend.
        drop(desk.watch_store().await);
        Ok(House {
            desk,
            feed,
            visits,
            _files: files,
        })
    }

    /// Makes a store with the bundled organization at `path`, its past ending at `start`.
    pub async fn lay(&self, path: &Path, start: Moment) -> Result<(), Trouble> {
        let store = self.open(path)?;
        let feed = self.backend(&store, SWITCH, admin()?);
        load::load(&feed, start).await.map(drop)
    }

    fn open(&self, path: &Path) -> Result<Arc<dyn Store>, Trouble> {
        let store = SqliteStore::open(path, Open::Create, self.store.clone());
        let store = store.map_err(|error| Trouble::Broken(error.to_string()))?;
        Ok(Arc::new(store))
    }

    fn backend(&self, store: &Arc<dyn Store>, name: &str, role: Role) -> Arc<LocalBackend> {
        let name = name.to_owned();
        Arc::new(LocalBackend::new(
            Arc::clone(store),
            Actor { name, role },
            self.rules.clone(),
            Arc::clone(&self.clock),
            self.zone.clone(),
        ))
    }
}

fn admin() -> Result<Role, Trouble> {
    let role = Role::bundled("admin");
    role.ok_or_else(|| Trouble::Broken("the role admin is missing".to_owned()))
}

/// Has another run of the program lay the store.
async fn lay_apart(program: &Path, path: &Path, start: Moment) -> Result<(), Trouble> {
    let mut command = tokio::process::Command::new(program);
    command.args(["demo", LAY_OPTION]).arg(path);
    command.args([START_OPTION, &start.to_string()]);
    // The terminal is the desk's alone, and the environment may be a visitor's.
    command
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let ended = command.stderr(Stdio::null()).kill_on_drop(true).status();
    let ended = ended.await.map_err(|error| error.to_string());
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("laying it ended with {status}")),
        Err(error) => Err(error),
    }
    .map_err(|why| Trouble::Broken(format!("the demo has no store: {why}")))
}
