//! `scv demo`: the desk on bundled stories, on a store that is gone afterwards.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use clap::Args;
use clap::builder::{RangedU64ValueParser, TypedValueParser};
use tokio::sync::{mpsc, watch};

use super::Global;
use super::desk;
use super::output::Output;
use super::session::Session;
use super::trouble::{Exit, Usage};
use crate::backend::Backend;
use crate::backend::local::{Clock, LocalBackend};
use crate::demo::clock::{SPEED_MAX, SPEED_MIN, ScaledClock};
use crate::demo::house::{House, Laying, Site};
use crate::demo::limits::Limits;
use crate::demo::script::Script;
use crate::demo::{self, Control, DemoState, Play, Stage};
use crate::domain::{Moment, Role};
use crate::tui::input::{Key, Press};
use crate::tui::presenter::{Banner, Presenter, Steer, SteerKey};
use crate::tui::{Endings, Kiosk};
use kiosk::{Stands, Visit};

/// What is always in sight: nothing here is real.
const BADGE: &str = "DEMO";
/// Presses that may wait.
const PRESSES_MAX: usize = 16;
/// The longest visit.
const TIME_MAX: Duration = Duration::from_secs(24 * 3_600);
/// The key that lists the stories.
const LIST: u8 = 2;

/// The keys that steer the demo: the number of the F key, what it does, its word in full and in short. Those that
/// matter most come first.
#[rustfmt::skip]
const KEYS: [(u8, Option<Control>, &str, &str); 7] = [
    (LIST, None,                       "stories",    "list"),
    (3,    Some(Control::NextStory),   "next story", "next"),
    (4,    Some(Control::TogglePause), "pause",      "pause"),
    (5,    Some(Control::Restart),     "restart",    "restart"),
    (8,    Some(Control::NextRole),    "role",       "role"),
    (6,    Some(Control::Slower),      "slower",     "slow"),
    (7,    Some(Control::Faster),      "faster",     "fast"),
];

const AFTER_HELP: &str = "Keys of the presenter: F2 lists the stories, F3 starts the next, F4 pauses and goes \
on, F5 starts the story again on a fresh store, F6 and F7 change the speed, F8 the role.\n\
The desk is Mara Lindt's, in the role agent-merge unless --role names another; --store, --agent and --json \
are refused, because the demo has a store and an agent of its own.";

mod kiosk;
mod shots;
mod ssh;

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Demo {
    /// How fast the demo's clock runs
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = speed)]
    speed: f64,
    /// The story to start with, by its number
    #[arg(long, value_name = "N", default_value_t = 1)]
    story: usize,
    /// Number that the demo's chances start from
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Write pictures of the screens into this directory and end
    #[arg(long, value_name = "DIR")]
    screenshot: Option<PathBuf>,
    /// For a visitor from elsewhere: nothing of this machine is to be had, and the visit ends by itself
    #[arg(long, group = "visited", conflicts_with = "screenshot")]
    kiosk: bool,
    /// How long a visitor may press no key
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = time, requires = "visited")]
    idle: Duration,
    /// How long a visit lasts at most
    #[arg(long, value_name = "TIME", default_value = "30m", value_parser = time, requires = "visited")]
    total: Duration,
    /// The socket where a kiosk asks to be let in
    #[arg(long, value_name = "PATH", hide = true, requires = "kiosk")]
    door: Option<PathBuf>,
    /// Only make a store with the demo's organization
    #[arg(long, value_name = "FILE", hide = true, requires = "start")]
    lay: Option<PathBuf>,
    /// When the past of that store ends
    #[arg(long, value_name = "TIME", hide = true, requires = "lay")]
    start: Option<Moment>,
    /// Let others visit the demo over SSH: the address and port to listen at
    #[arg(long, value_name = "ADDRESS:PORT", group = "visited", conflicts_with_all = ["kiosk", "screenshot"])]
    ssh: Option<SocketAddr>,
    /// Visitors at once
    #[arg(long, value_name = "N", default_value_t = 20, requires = "ssh", value_parser = most())]
    most: usize,
}

/// What it is shown to, and how.
struct Showing {
    endings: Endings,
    visit: Option<Visit>,
}

impl Demo {
    pub async fn run(
        &self,
        global: &Global,
        session: &Session,
        output: &mut Output,
    ) -> anyhow::Result<Exit> {
        refuse_what_is_not_here(global)?;
        if let Some(dir) = &self.screenshot {
            return shots::write(dir, session, output).await;
        }
        if let (Some(file), Some(start)) = (&self.lay, self.start) {
            return lay(file, start, session).await;
        }
        if let Some(listen) = self.ssh {
            let wish = ssh::Wish {
                listen,
                most: self.most,
                limits: self.limits(),
            };
            return ssh::run(wish, output).await;
        }
        let visit = match self.kiosk {
            true => Some(Visit::begin(self.limits(), self.door.as_deref()).await?),
            false => None,
        };
        let script = Arc::new(demo::bundled_script()?.shuffled(self.seed));
        let story = self.first(&script)?;
        let role = role(global, session, &script)?;
        desk::need_terminal()?;
        // Before there is a directory: a signal that nobody listens to would leave it behind.
        let mut endings = Endings::listen().context("signals cannot be listened to")?;
        let dir = directory(visit.as_ref().and_then(Visit::room))?;
        let clock = Arc::new(ScaledClock::new(session.now(), self.speed));
        let telling = Arc::clone(&clock);
        let mut site = site(session, dir.path().into(), &script, {
            Arc::new(move || telling.now())
        });
        if visit.is_some() {
            site.store = kiosk::small_store();
            let program = std::env::current_exe().context("this program does not find itself")?;
            site.laying = Laying::Apart(program);
        }
        let play = Play {
            site,
            wall: Arc::clone(&session.clock),
            script,
            story,
            clock,
        };
        let house = tokio::select! {
            house = play.site.build(play.clock.now(), role) => house?,
            () = endings.wished() => return Ok(Exit::Done),
        };
        let showing = Showing { endings, visit };
        let farewell = self.show(play, house, session, showing, dir.path()).await?;
        drop(dir);
        if let Some(farewell) = farewell {
            output.line(&farewell)?;
        }
        Ok(Exit::Done)
    }

    /// Whether somebody from elsewhere is at the desk, who brings the environment too.
    pub fn is_kiosk(&self) -> bool {
        self.kiosk || self.lay.is_some()
    }

    fn limits(&self) -> Limits {
        Limits {
            idle: self.idle,
            total: self.total,
        }
    }

    /// Shows the desk until it is left. Answers what is to be said then.
    async fn show(
        &self,
        play: Play,
        house: House,
        session: &Session,
        showing: Showing,
        dir: &Path,
    ) -> anyhow::Result<Option<String>> {
        let Showing { endings, mut visit } = showing;
        let mut options = desk::options(session)?;
        if visit.is_some() {
            options.kiosk = Kiosk::On;
            options.follows = None;
        }
        options.badge = Some(BADGE.to_owned());
        options.clock = crate::tui::time::Clock::of({
            let clock = Arc::clone(&play.clock);
            move || clock.now()
        });
        let desk = Arc::clone(&house.desk);
        let (moved, backend) = watch::channel::<Arc<dyn Backend>>(desk.clone());
        let (stage, playing) = play.start(house, move |desk: Arc<LocalBackend>| {
            moved.send_replace(desk);
        });
        let stands = visit.as_ref().map(Visit::stands);
        options.presenter = Some(presenter(stage, stands, backend));
        let settings = &session.settings;
        let shown = match &mut visit {
            Some(visit) => {
                let inputs = visit.inputs(dir);
                desk::show(desk, inputs, options, settings, endings).await
            }
            None => {
                let reader = desk::reader(&options);
                desk::show(desk, reader, options, settings, endings).await
            }
        };
        // Nothing is written any more once the directory goes.
        playing.abort();
        let _ = playing.await;
        shown?;
        Ok(visit.as_ref().and_then(Visit::farewell))
    }

    /// The story to start with, from 0.
    fn first(&self, script: &Script) -> anyhow::Result<usize> {
        let count = script.stories.len();
        let story = self.story.checked_sub(1).filter(|story| *story < count);
        story.ok_or_else(|| Usage(format!("--story: the stories are 1 to {count}")).into())
    }
}

/// Makes a store, as the desk of a visitor has it made.
async fn lay(file: &Path, start: Moment, session: &Session) -> anyhow::Result<Exit> {
    let script = demo::bundled_script()?;
    let mut site = site(session, PathBuf::new(), &script, Arc::new(move || start));
    site.store = kiosk::small_store();
    site.lay(file, start).await?;
    Ok(Exit::Done)
}

/// A directory that is gone with everything in it when this is dropped, in another one where that is named.
fn directory(within: Option<&Path>) -> anyhow::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    let builder = builder.prefix("scv-demo-");
    let made = match within {
        Some(room) => builder.tempdir_in(room),
        None => builder.tempdir(),
    };
    made.context("the demo has no temporary directory; set TMPDIR to one that can be written to")
}

fn site(session: &Session, dir: PathBuf, script: &Script, clock: Clock) -> Site {
    Site {
        dir,
        rules: session.settings.engine(),
        zone: session.zone.clone(),
        clock,
        agent: script.agent.clone(),
        store: crate::store::sqlite::Options::default(),
        laying: Laying::Here,
    }
}

/// Refuses options that mean nothing here, rather than to let somebody believe that they did.
fn refuse_what_is_not_here(global: &Global) -> anyhow::Result<()> {
    let refused = [
        (
            global.store.is_some(),
            "--store",
            "a store of its own, gone afterwards",
        ),
        (
            global.agent.is_some(),
            "--agent",
            "an agent of its own, Mara Lindt",
        ),
        (global.json, "--json", "no JSON to print"),
    ];
    match refused.iter().find(|(given, ..)| *given) {
        Some((_, option, has)) => {
            Err(Usage(format!("{option}: the demo has {has}; leave {option} out")).into())
        }
        None => Ok(()),
    }
}

/// The role that was asked for on the command line, else the one that the stories need.
fn role(global: &Global, session: &Session, script: &Script) -> anyhow::Result<Role> {
    if global.role.is_some() {
        return Ok(session.actor.role.clone());
    }
    let needed = Role::bundled(&script.role);
    needed.ok_or_else(|| anyhow!("the role {} is missing", script.role))
}

/// The demo's stage as the desk's bar.
fn presenter(
    stage: Stage,
    stands: Option<watch::Receiver<Stands>>,
    backend: watch::Receiver<Arc<dyn Backend>>,
) -> Presenter {
    let (pressed, presses) = mpsc::channel::<Steer>(PRESSES_MAX);
    // Nobody tells where the visit has no end.
    let stands = stands.unwrap_or_else(|| watch::channel(Stands::Open).1);
    let first = banner(&stage.state.borrow(), *stands.borrow(), Choosing::No);
    let (told, banner) = watch::channel(first);
    tokio::spawn(steer(stage, stands, presses, told));
    let keys = KEYS.map(|(number, _, word, brief)| SteerKey {
        press: Press::plain(Key::F(number)),
        number,
        word,
        brief,
    });
    Presenter {
        banner,
        keys: keys.into(),
        pressed,
        backend,
    }
}

/// Whether the presenter is choosing a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choosing {
    Yes,
    No,
}

/// Hands presses to the stage, and what the stage says to the bar.
async fn steer(
    stage: Stage,
    mut stands: watch::Receiver<Stands>,
    mut presses: mpsc::Receiver<Steer>,
    told: watch::Sender<Banner>,
) {
    let Stage {
        controls,
        mut state,
    } = stage;
    let mut choosing = Choosing::No;
    loop {
        let control = tokio::select! {
            press = presses.recv() => {
                let Some(press) = press else { return };
                let control;
                (choosing, control) = after(press, choosing);
                control
            }
            changed = state.changed() => {
                if changed.is_err() {
                    return;
                }
                None
            }
            () = changed(&mut stands) => None,
        };
        if let Some(control) = control
            && controls.send(control).await.is_err()
        {
            return;
        }
        let now = *stands.borrow_and_update();
        told.send_replace(banner(&state.borrow_and_update(), now, choosing));
    }
}

/// Waits until the visit stands otherwise; for ever where nobody tells.
async fn changed(stands: &mut watch::Receiver<Stands>) {
    if stands.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// What a press does.
fn after(press: Steer, choosing: Choosing) -> (Choosing, Option<Control>) {
    match press {
        Steer::Choose(story) => (Choosing::No, Some(Control::Story(story))),
        Steer::Leave => (Choosing::No, None),
        Steer::Key(LIST) if choosing == Choosing::No => (Choosing::Yes, None),
        Steer::Key(pressed) => {
            let key = KEYS.iter().find(|(number, ..)| *number == pressed);
            (Choosing::No, key.and_then(|(_, control, ..)| *control))
        }
    }
}

fn banner(state: &DemoState, stands: Stands, choosing: Choosing) -> Banner {
    let (brief_warning, warning) = kiosk::warning(stands).unzip();
    let (text, brief) = match &state.trouble {
        Some(trouble) => (trouble, trouble),
        None => (&state.caption.text, &state.caption.brief),
    };
    Banner {
        title: match choosing {
            Choosing::Yes => "Which story? Press its number".to_owned(),
            Choosing::No => story_title(state),
        },
        text: text.clone(),
        brief: brief.clone(),
        actions: state.caption.actions.clone(),
        warning,
        state: brief_warning.unwrap_or_else(|| run(state)),
        choices: match choosing {
            Choosing::Yes => state.stories.clone(),
            Choosing::No => Vec::new(),
        },
    }
}

fn story_title(state: &DemoState) -> String {
    let (number, count) = (state.story + 1, state.stories.len());
    format!("{number}/{count} {}", state.title)
}

/// How the demo runs, where it does not just run.
fn run(state: &DemoState) -> String {
    let speed = (state.speed != 1.0).then(|| format!("{}×", state.speed));
    let paused = state.paused.then(|| "paused".to_owned());
    paused
        .into_iter()
        .chain(speed)
        .collect::<Vec<_>>()
        .join(" · ")
}

/// How many visitors there may be at once.
fn most() -> impl TypedValueParser<Value = usize> {
    RangedU64ValueParser::<usize>::new().range(1..=1_000)
}

/// A time such as `90s`, `10m` or `1h`.
fn time(text: &str) -> Result<Duration, String> {
    let units = [('s', 1), ('m', 60), ('h', 3_600)];
    let read = units.iter().find_map(|(unit, seconds)| {
        let count: u64 = text.strip_suffix(*unit)?.parse().ok()?;
        count.checked_mul(*seconds)
    });
    let seconds = read.filter(|seconds| (1..=TIME_MAX.as_secs()).contains(seconds));
    let seconds = seconds.ok_or("write a time from 1s to 24h, such as 90s, 10m or 1h")?;
    Ok(Duration::from_secs(seconds))
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
