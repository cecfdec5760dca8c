//! `scv demo`: the desk on bundled data, on a store that is gone afterwards.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use clap::Args;
use jiff::tz::TimeZone;
use tokio::sync::{mpsc, watch};

use super::desk;
use super::output::Output;
use super::session::Session;
use super::trouble::Exit;
use crate::backend::local::{Clock, LocalBackend};
use crate::demo::clock::{SPEED_MAX, SPEED_MIN, ScaledClock};
use crate::demo::{self, Control, DemoState, Stage, load};
use crate::domain::Role;
use crate::domain::command::Actor;
use crate::engine;
use crate::store::Store;
use crate::store::sqlite::{Open, Options, SqliteStore};
use crate::tui::input::{Key, Press};
use crate::tui::presenter::{Banner, Presenter};

/// What is always in sight: nothing here is real.
const BADGE: &str = "DEMO";
/// Who brings conversations into the demo.
const SWITCH: &str = "demo switch";
/// The keys that steer the demo.
const KEYS: [(u8, Control, &str); 7] = [
    (2, Control::PreviousStory, "back"),
    (3, Control::NextStory, "next story"),
    (4, Control::TogglePause, "pause"),
    (5, Control::Restart, "restart"),
    (6, Control::Slower, "slower"),
    (7, Control::Faster, "faster"),
    (8, Control::NextRole, "role"),
];

mod shots;

#[derive(Debug, Args)]
pub struct Demo {
    /// How fast the demo's clock runs
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = speed)]
    speed: f64,
    /// Number that the demo's chances start from
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Write pictures of the screens into this directory and end
    #[arg(long, value_name = "DIR")]
    screenshot: Option<PathBuf>,
}

impl Demo {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        if let Some(dir) = &self.screenshot {
            return shots::write(dir, session, output).await;
        }
        desk::need_terminal()?;
        let start = session.now();
        let clock = Arc::new(ScaledClock::new(start, self.speed));
        let house = House::new(session, {
            let clock = Arc::clone(&clock);
            Arc::new(move || clock.now())
        })?;
        let script = Arc::new(demo::bundled_script()?.shuffled(self.seed));
        let feed = house.backend(SWITCH, "admin")?;
        let desk = house.backend(&script.agent, &script.role)?;
        let visits = load::load(&feed, start).await?;
        let stage = demo::play(script, Arc::clone(&clock), &visits, feed, Arc::clone(&desk));
        let watching = desk.watch_store().await;
        let mut options = desk::options(session)?;
        options.badge = Some(BADGE.to_owned());
        options.clock = crate::tui::time::Clock::of(move || clock.now());
        options.presenter = Some(presenter(stage));
        let shown = desk::show(desk, options, &session.settings).await;
        watching.abort();
        shown
    }
}

/// A store that is gone with everything in it when this is dropped, and what its backends are made of.
struct House {
    store: Arc<dyn Store>,
    rules: engine::Options,
    clock: Clock,
    zone: TimeZone,
    _dir: tempfile::TempDir,
}

impl House {
    fn new(session: &Session, clock: Clock) -> anyhow::Result<Self> {
        let dir = tempfile::Builder::new().prefix("scv-demo-").tempdir();
        let dir = dir.context("no temporary directory can be made for the demo")?;
        let path = dir.path().join("demo.db");
        let store = SqliteStore::open(&path, Open::Create, Options::default())?;
        Ok(Self {
            store: Arc::new(store),
            rules: session.settings.engine(),
            clock,
            zone: session.zone.clone(),
            _dir: dir,
        })
    }

    fn backend(&self, name: &str, role: &str) -> anyhow::Result<Arc<LocalBackend>> {
        let role = Role::bundled(role).ok_or_else(|| anyhow!("the role {role} is missing"))?;
        let actor = Actor {
            name: name.to_owned(),
            role,
        };
        Ok(Arc::new(LocalBackend::new(
            Arc::clone(&self.store),
            actor,
            self.rules.clone(),
            Arc::clone(&self.clock),
            self.zone.clone(),
        )))
    }
}

/// The demo's stage as the desk's bar.
fn presenter(stage: Stage) -> Presenter {
    let (pressed, mut presses) = mpsc::channel::<u8>(16);
    let Stage {
        controls,
        mut state,
    } = stage;
    let (told, said) = watch::channel(banner(&state.borrow()));
    tokio::spawn(async move {
        loop {
            tokio::select! {
                press = presses.recv() => {
                    let Some(press) = press else { return };
                    let control = KEYS.iter().find(|(number, ..)| *number == press);
                    if let Some((_, control, _)) = control
                        && controls.send(*control).await.is_err()
                    {
                        return;
                    }
                }
                changed = state.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    told.send_replace(banner(&state.borrow_and_update()));
                }
            }
        }
    });
    let keys = KEYS
        .iter()
        .map(|(number, _, word)| (Press::plain(Key::F(*number)), *number, *word));
    Presenter {
        banner: said,
        keys: keys.collect(),
        pressed,
    }
}

fn banner(state: &DemoState) -> Banner {
    let run = if state.paused {
        "paused".to_owned()
    } else {
        format!("{}×", state.speed)
    };
    let actions = state.actions.iter().map(|name| match name.as_str() {
        "add" => "promote".to_owned(),
        "wrapup" => "wrap-up".to_owned(),
        other => other.to_owned(),
    });
    Banner {
        title: format!(
            "{}/{} {}",
            state.story + 1,
            state.stories.len(),
            state.title
        ),
        text: state
            .trouble
            .clone()
            .unwrap_or_else(|| state.caption.clone()),
        actions: actions.collect(),
        state: format!("{run} · {}", state.role),
    }
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text
        .parse()
        .map_err(|_| "write a number such as 2".to_owned())?;
    match (SPEED_MIN..=SPEED_MAX).contains(&speed) {
        true => Ok(speed),
        false => Err(format!("the speed is from {SPEED_MIN} to {SPEED_MAX}")),
    }
}
