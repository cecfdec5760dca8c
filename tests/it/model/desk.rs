//! Engine and SQLite as they ship, asked step by step. The file is in memory where there is such a place:
//! durability is tested elsewhere.

use std::path::Path;
use std::sync::{Arc, Mutex};

use scv_desk::domain::{Actor, Command, FactKey, Facts, Moment, Plan, Refusal};
use scv_desk::engine::{self, Automerge, Context, PromoteOnEdit};
use scv_desk::store::sqlite::{Open, SqliteStore};
use scv_desk::store::{Applied, Counts, Decision, NotApplied, Store};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::turn::Settings;

/// A store with the engine before it.
pub struct Desk {
    store: SqliteStore,
    runtime: Runtime,
    _place: TempDir,
}

/// What a command came to, with the plan that was applied.
pub type Answer = Result<(Applied, Plan), Refusal>;

impl Desk {
    pub fn open() -> Self {
        let memory = Path::new("/dev/shm");
        let place = match memory.is_dir() {
            true => tempfile::tempdir_in(memory),
            false => tempfile::tempdir(),
        };
        let place = place.unwrap();
        let options = scv_desk::store::sqlite::Options {
            readers: 1,
            ..Default::default()
        };
        let store = SqliteStore::open(&place.path().join("desk.scv"), Open::Create, options);
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        Self {
            store: store.unwrap(),
            runtime: runtime.unwrap(),
            _place: place,
        }
    }

    /// Does a command.
    pub fn act(
        &self,
        actor: &Actor,
        at: Moment,
        seed: u64,
        settings: &Settings,
        command: &Command,
    ) -> Answer {
        let context = Context {
            actor: actor.clone(),
            at,
            seed: Uuid::from_u128(u128::from(seed)),
            options: options(settings),
        };
        let made: Arc<Mutex<Option<Plan>>> = Arc::default();
        let (kept, command) = (made.clone(), command.clone());
        let decision = Decision {
            actor: actor.name.clone(),
            at,
            batch: None,
            request: None,
            planner: Box::new(move |facts| {
                let plan = engine::plan(&command, &context, facts)?;
                *kept.lock().unwrap() = Some(plan.clone());
                Ok(plan)
            }),
        };
        match self.runtime.block_on(self.store.decide(decision)) {
            Ok(applied) => Ok((applied, made.lock().unwrap().take().unwrap())),
            Err(NotApplied::Refused(refusal)) => Err(*refusal),
            Err(NotApplied::Store(error)) => panic!("{error}"),
        }
    }

    pub fn drop_older(&self, before: Moment) -> usize {
        self.runtime
            .block_on(self.store.drop_older(before, usize::MAX))
            .unwrap()
    }

    pub fn load(&self, keys: Vec<FactKey>) -> Facts {
        self.runtime
            .block_on(self.store.load(keys, Facts::default()))
            .unwrap()
    }

    pub fn counts(&self) -> Counts {
        self.runtime.block_on(self.store.counts()).unwrap()
    }

    pub fn check(&self) -> Vec<String> {
        self.runtime.block_on(self.store.check()).unwrap()
    }

    pub fn dump(&self) -> Vec<String> {
        let lines = self.runtime.block_on(self.store.logical_dump()).unwrap();
        lines.into_iter().map(unseen).collect()
    }
}

fn options(settings: &Settings) -> engine::Options {
    let automerge = |on| if on { Automerge::On } else { Automerge::Off };
    engine::Options {
        merge: settings.rules,
        promote_on_edit: match settings.promote_on_edit {
            true => PromoteOnEdit::Yes,
            false => PromoteOnEdit::No,
        },
        channels_off: settings.off.clone(),
        automerge_web_tracking: automerge(settings.web_automerge),
        automerge_authenticated: automerge(settings.signed_in_automerge),
        ..engine::Options::default()
    }
}

/// A line of the dump without the last interaction, which no undo takes back.
fn unseen(mut line: String) -> String {
    if line.starts_with("contact ")
        && let Some(from) = line.find(",\"seen\":")
    {
        let number = line[from + 8..].find([',', '}']).unwrap();
        line.replace_range(from..from + 8 + number, "");
    }
    line
}
