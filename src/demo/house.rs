//! The house that a demo plays in: a store with the bundled organization, laid anew for every telling and
//! gone afterwards.

use std::path::PathBuf;
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
        let store = SqliteStore::open(&path, Open::Create, self.store.clone())
            .map_err(|error| Trouble::Broken(error.to_string()))?;
        let store: Arc<dyn Store> = Arc::new(store);
        let admin = Role::bundled("admin")
            .ok_or_else(|| Trouble::Broken("the role admin is missing".to_owned()))?;
        let feed = self.backend(&store, SWITCH, admin);
        let visits = load::load(&feed, start).await?;
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
