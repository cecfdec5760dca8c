//! The demo: bundled data on a throw-away store, and a script that plays on a clock of its own. It drives a
//! backend exactly as a switch and agents would; nothing here draws.

pub mod clock;
pub mod door;
pub mod house;
pub mod limits;
pub mod load;
pub mod player;
pub mod script;
pub mod shift;
pub mod sshd;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::backend::local::{Clock, LocalBackend};
use crate::backend::{Backend, Trouble};
use crate::domain::Role;
use crate::domain::command::Command;
use crate::domain::permission::BUNDLED_ROLES;
use crate::wire;

use clock::ScaledClock;
use house::{House, Site};
use player::{Due, Player};
use script::{Caption, Script, Turn};

/// How often the player looks whether something is due, in real milliseconds.
const BEAT_MS: u64 = 100;
/// Controls that may wait.
const CONTROLS_MAX: usize = 16;

/// What the presenter does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    TogglePause,
    Restart,
    /// The next story, and the first after the last.
    NextStory,
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
    pub caption: Caption,
    pub paused: bool,
    pub speed: f64,
    pub role: String,
    /// What went wrong in the player itself, until the next caption.
    pub trouble: Option<String>,
}

/// The presenter's end of a running demo.
#[derive(Clone, Debug)]
pub struct Stage {
    pub controls: mpsc::Sender<Control>,
    pub state: watch::Receiver<DemoState>,
}

/// What a demo plays.
pub struct Play {
    pub script: Arc<Script>,
    /// The story that comes first, from 0.
    pub story: usize,
    pub clock: Arc<ScaledClock>,
    /// The moment at which each telling starts: the machine's now.
    pub wall: Clock,
    pub site: Site,
}

/// The script that is bundled.
pub fn bundled_script() -> Result<Script, script::BadScript> {
    Script::read(include_str!("../assets/demo/scenario.ndjson"))
}

impl Play {
    /// Plays in `house` until every `Stage` is gone. A story that the store has seen starts in a new house:
    /// `moved` gets the viewer's backend there, before the old house goes.
    pub fn start(
        self,
        house: House,
        moved: impl Fn(Arc<LocalBackend>) + Send + 'static,
    ) -> (Stage, JoinHandle<()>) {
        let (controls, asked) = mpsc::channel(CONTROLS_MAX);
        let titles = self.script.stories.iter().map(|story| story.title.clone());
        let (told, state) = watch::channel(DemoState {
            stories: titles.collect(),
            ..DemoState::default()
        });
        let player = Player::new(
            Arc::clone(&self.script),
            self.story,
            self.clock.now(),
            &house.visits,
        );
        let mut show = Show {
            play: self,
            house,
            player,
            told,
            moved: Box::new(moved),
        };
        let playing = tokio::spawn(async move { show.run(asked).await });
        (Stage { controls, state }, playing)
    }
}

/// A play that runs.
struct Show {
    play: Play,
    house: House,
    player: Player,
    told: watch::Sender<DemoState>,
    moved: Box<dyn Fn(Arc<LocalBackend>) + Send>,
}

impl Show {
    async fn run(&mut self, mut asked: mpsc::Receiver<Control>) {
        let mut beat = tokio::time::interval(Duration::from_millis(BEAT_MS));
        self.open_story();
        loop {
            tokio::select! {
                control = asked.recv() => match control {
                    Some(control) => self.steer(control).await,
                    None => return,
                },
                _ = beat.tick() => {}
            }
            self.catch_up().await;
            let (player, play, desk) = (&self.player, &self.play, &self.house.desk);
            self.told
                .send_if_modified(|state| refresh(state, play, player, desk));
        }
    }

    /// Does everything that is due.
    async fn catch_up(&mut self) {
        let before = self.player.story();
        let due = self.player.due(self.play.clock.now());
        if self.player.story() != before {
            self.open_story();
        }
        for due in due {
            if let Due::Caption(caption) = due {
                self.tell(caption);
            } else if let Err(trouble) = act(due, &self.house.feed).await {
                self.complain(&trouble);
            }
        }
    }

    /// Says what the story is about, until its first caption.
    fn open_story(&self) {
        let story = self.play.script.stories.get(self.player.story());
        self.tell(story.map(script::Story::opening).unwrap_or_default());
    }

    fn tell(&self, caption: Caption) {
        self.told
            .send_modify(|state| (state.caption, state.trouble) = (caption, None));
    }

    fn complain(&self, trouble: &Trouble) {
        let said = trouble.to_string();
        self.told.send_modify(|state| state.trouble = Some(said));
    }

    async fn steer(&mut self, control: Control) {
        let stories = self.play.script.stories.len().max(1);
        let clock = &self.play.clock;
        match control {
            Control::TogglePause => clock.toggle_pause(),
            Control::Restart => self.begin(self.player.story()).await,
            Control::NextStory => self.begin((self.player.story() + 1) % stories).await,
            Control::Story(story) => self.begin(story.min(stories - 1)).await,
            Control::Faster => clock.set_speed(clock.speed() * 2.0),
            Control::Slower => clock.set_speed(clock.speed() / 2.0),
            Control::NextRole => {
                // The local backend takes every role.
                let _ = self.house.desk.set_role(role_after(&self.house.desk));
            }
        }
    }

    /// Starts a story; in a new house when this one has seen it, so that it can be told again and again.
    async fn begin(&mut self, story: usize) {
        if self.player.has_played(story) {
            if let Err(trouble) = self.move_house(story).await {
                self.complain(&trouble);
                return;
            }
        } else {
            self.player.jump(story, self.play.clock.now());
        }
        self.open_story();
    }

    async fn move_house(&mut self, story: usize) -> Result<(), Trouble> {
        let start = (self.play.wall)();
        let left = self.play.clock.now();
        // Before the store is laid: what is in it bears this time.
        self.play.clock.set(start);
        let role = self.house.desk.actor().1;
        let house = self.play.site.build(start, role).await;
        let house = house.inspect_err(|_| self.play.clock.set(left))?;
        let script = Arc::clone(&self.play.script);
        self.player = Player::new(script, story, start, &house.visits);
        (self.moved)(Arc::clone(&house.desk));
        self.house = house;
        Ok(())
    }
}

/// Does what a step says.
pub async fn act(due: Due, feed: &LocalBackend) -> Result<(), Trouble> {
    let broken = |error: wire::Unreadable| Trouble::Broken(error.to_string());
    match due {
        Due::Caption(_) => Ok(()),
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

/// The bundled role after the one that a desk has.
fn role_after(desk: &LocalBackend) -> Role {
    let now = desk.actor().1;
    let at = BUNDLED_ROLES.iter().position(|name| *name == now.name);
    let next = at.map_or(0, |at| (at + 1) % BUNDLED_ROLES.len());
    BUNDLED_ROLES
        .get(next)
        .and_then(|name| Role::bundled(name))
        .unwrap_or(now)
}

/// Brings the state up to date; true when something changed.
fn refresh(state: &mut DemoState, play: &Play, player: &Player, desk: &LocalBackend) -> bool {
    let before = state.clone();
    state.story = player.story();
    state.title = play
        .script
        .stories
        .get(player.story())
        .map(|story| story.title.clone())
        .unwrap_or_default();
    state.paused = play.clock.is_paused();
    state.speed = play.clock.speed();
    state.role = desk.actor().1.name;
    *state != before
}
