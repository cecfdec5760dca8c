//! The demo: bundled data on a throw-away store, and a script that plays on a clock of its own. It drives a
//! backend exactly as a switch and agents would; nothing here draws.

pub mod clock;
pub mod load;
pub mod player;
pub mod script;
pub mod shift;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{mpsc, watch};

use crate::backend::local::LocalBackend;
use crate::backend::{Backend, Trouble};
use crate::domain::command::Command;
use crate::domain::permission::BUNDLED_ROLES;
use crate::domain::{Moment, Role};
use crate::wire;

use clock::ScaledClock;
use player::{Due, Player};
use script::{Script, Turn};

/// How often the player looks whether something is due, in real milliseconds.
const BEAT_MS: u64 = 100;
/// Controls that may wait.
const CONTROLS_MAX: usize = 16;

/// What the presenter does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    TogglePause,
    Restart,
    NextStory,
    PreviousStory,
    /// Starts the story with this number, from 0.
    Story(usize),
    Faster,
    Slower,
    /// The next of the bundled roles.
    NextRole,
}

/// What the desk says about the demo.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DemoState {
    pub story: usize,
    pub stories: Vec<String>,
    pub title: String,
    pub caption: String,
    /// Names of the actions that the caption asks for.
    pub actions: Vec<String>,
    pub paused: bool,
    pub speed: f64,
    pub role: String,
    /// The last thing that went wrong in the player itself.
    pub trouble: Option<String>,
}

/// The presenter's end of a running demo.
#[derive(Clone, Debug)]
pub struct Stage {
    pub controls: mpsc::Sender<Control>,
    pub state: watch::Receiver<DemoState>,
}

/// The script that is bundled.
pub fn bundled_script() -> Result<Script, script::BadScript> {
    Script::read(include_str!("../assets/demo/scenario.ndjson"))
}

/// Plays `script` on a backend until every `Stage` is gone. `feed` acts for the switch (role admin), `desk` is
/// the viewer's backend, whose role the presenter changes.
pub fn play(
    script: Arc<Script>,
    clock: Arc<ScaledClock>,
    visits: &[Value],
    feed: Arc<LocalBackend>,
    desk: Arc<LocalBackend>,
) -> Stage {
    let (controls, mut asked) = mpsc::channel(CONTROLS_MAX);
    let mut player = Player::new(Arc::clone(&script), clock.now(), visits);
    let state = DemoState {
        stories: script
            .stories
            .iter()
            .map(|story| story.title.clone())
            .collect(),
        ..DemoState::default()
    };
    let (told, state) = watch::channel(state);
    tokio::spawn(async move {
        let mut beat = tokio::time::interval(Duration::from_millis(BEAT_MS));
        loop {
            tokio::select! {
                control = asked.recv() => match control {
                    Some(control) => steer(control, &mut player, &clock, &desk),
                    None => return,
                },
                _ = beat.tick() => {}
            }
            for due in player.due(clock.now()) {
                let failed = match due {
                    Due::Caption { text, actions } => {
                        told.send_modify(|state| (state.caption, state.actions) = (text, actions));
                        None
                    }
                    other => act(other, &feed).await.err(),
                };
                if let Some(trouble) = failed {
                    told.send_modify(|state| state.trouble = Some(trouble.to_string()));
                }
            }
            told.send_if_modified(|state| refresh(state, &script, &player, &clock, &desk));
        }
    });
    Stage { controls, state }
}

/// Does what a step says.
pub async fn act(due: Due, feed: &LocalBackend) -> Result<(), Trouble> {
    let broken = |error: wire::Unreadable| Trouble::Broken(error.to_string());
    match due {
        Due::Caption { .. } => Ok(()),
        Due::Conversation { json, turn } => {
            let conversation = wire::conversation::from_json(json).map_err(broken)?;
            if turn == Turn::WrapsUp {
                let record = feed.store().conversation(conversation.id).await?;
                if record.is_some_and(|record| record.wrapup.is_some()) {
                    return Ok(());
                }
            }
            feed.run(Command::Resolve(Box::new(conversation)))
                .await
                .map(drop)
        }
        Due::Visit(json) => {
            let visit = wire::visit::from_json(json).map_err(broken)?;
            feed.run(Command::ResolveVisit(Box::new(visit)))
                .await
                .map(drop)
        }
    }
}

fn steer(control: Control, player: &mut Player, clock: &ScaledClock, desk: &LocalBackend) {
    let now: Moment = clock.now();
    match control {
        Control::TogglePause => clock.toggle_pause(),
        Control::Restart => player.jump(player.story(), now),
        Control::NextStory => player.jump(player.story() + 1, now),
        Control::PreviousStory => player.jump(player.story().saturating_sub(1), now),
        Control::Story(story) => player.jump(story, now),
        Control::Faster => clock.set_speed(clock.speed() * 2.0),
        Control::Slower => clock.set_speed(clock.speed() / 2.0),
        Control::NextRole => {
            let role = desk.actor().1.name;
            let next = BUNDLED_ROLES
                .iter()
                .position(|name| *name == role)
                .map_or(0, |at| at + 1);
            let next = BUNDLED_ROLES
                .get(next % BUNDLED_ROLES.len())
                .copied()
                .unwrap_or("agent");
            if let Some(role) = Role::bundled(next) {
                // The local backend takes every role.
                let _ = desk.set_role(role);
            }
        }
    }
}

/// Brings the state up to date; true when something changed.
fn refresh(
    state: &mut DemoState,
    script: &Script,
    player: &Player,
    clock: &ScaledClock,
    desk: &LocalBackend,
) -> bool {
    let before = state.clone();
    state.story = player.story();
    state.title = script
        .stories
        .get(player.story())
        .map(|story| story.title.clone())
        .unwrap_or_default();
    state.paused = clock.is_paused();
    state.speed = clock.speed();
    state.role = desk.actor().1.name;
    *state != before
}
