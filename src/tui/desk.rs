//! The loop around the model: inputs and replies in, effects and frames out.
//!
//! It waits once, then takes a bounded batch: a flood of messages costs one frame, not many.

use std::future::poll_fn;
use std::io::{self, Write};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::StreamExt;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, sleep_until};

use super::dialog::Drafts;
use super::effect::{Effect, Slot};
use super::effects::Effects;
use super::input::{Input, Inputs};
use super::model::Model;
use super::msg::{Msg, Reply};
use super::picture::Picture;
use super::presenter::{Presenter, Said};
use super::screen::{Mode, Screen};
use super::signals::Shield;
use super::theme::Ground;
use super::{Exit, Options};
use crate::backend::{Backend, Trouble};
use crate::live::{TOPICS_MAX, Topic};

mod ground;
mod kept;
mod lent;

use ground::next_ground;

/// The most messages between two frames.
const BATCH_MAX: usize = 64;
/// At most 60 frames a second.
const FRAME_MS: u64 = 16;
/// A frame waits this long for a profile that is being read, so that a step through the roster is one frame
/// and not an empty one before it.
const GRACE_MS: u64 = 40;
/// The first frame waits this long for what the terminal answers about its background, so that nobody sees a dark
/// desk turn light; a later answer is taken too.
const ANSWER_MS: u64 = 80;
/// At most four refreshes a second, whatever the store tells.
const REFRESH_MS: u64 = 250;
/// How long a change that is being made is waited for when the desk is left.
const LEAVE_MS_MAX: u64 = 3_000;

/// A running desk. `run` drives it; tests step it by hand.
pub struct Desk<W: Write> {
    model: Model,
    effects: Effects,
    screen: Screen<W>,
    /// Nothing once nobody is left who could tell.
    topics: Option<broadcast::Receiver<Topic>>,
    /// Topics that were told since the last refresh.
    stale: Vec<Topic>,
    refreshed: Option<Instant>,
    drawn: Option<Instant>,
    /// Since when there is something to draw.
    dirty: Option<Instant>,
    exit: Option<Exit>,
    suspends: bool,
    /// What the agent's editor is to be opened on.
    composes: Option<String>,
    /// Keeps an interrupt that is the editor's from ending the desk.
    shield: Shield,
    presenter: Option<Presenter>,
    /// What was typed and not saved, as it is kept.
    kept: Drafts,
    /// Whether that worked the last time.
    keeps: bool,
    /// What the terminal tells of its background, if the desk follows it.
    ground: Option<watch::Receiver<Option<Ground>>>,
    /// When it was asked, while it has not answered.
    asked: Option<Instant>,
    /// What the desk was made with, for beginning anew.
    options: Options,
}

enum Event {
    Input(Option<Input>),
    Reply(Box<Reply>),
    Topic(Result<Topic, broadcast::error::RecvError>),
    Refresh,
    Draw,
    Tick,
    Said(Said),
    Ground(Ground),
}

impl<W: Write> Desk<W> {
    /// A desk that has begun to read.
    pub fn new(backend: Arc<dyn Backend>, screen: Screen<W>, options: Options) -> io::Result<Self> {
        let (agent, role) = backend.actor();
        let lacks = backend.lacks();
        let presenter = options.presenter.clone();
        let topics = Some(backend.watch());
        let mut desk = Self {
            model: Model::new(options.clone(), agent, role, lacks, screen.size()),
            effects: Effects::new(backend),
            screen,
            topics,
            stale: Vec::new(),
            refreshed: None,
            drawn: None,
            dirty: Some(Instant::now()),
            exit: None,
            suspends: false,
            composes: None,
            shield: Shield::default(),
            presenter,
            kept: Drafts::default(),
            keeps: true,
            ground: options.follows.as_ref().map(|one| one.told.subscribe()),
            asked: None,
            options,
        };
        desk.ask_ground()?;
        let title = desk.model.title();
        desk.screen.set_title(&title)?;
        desk.recall_unsaved();
        let effects = desk.model.start();
        desk.carry_out(effects)?;
        Ok(desk)
    }

    /// Runs until the agent or the terminal has gone.
    pub(super) async fn run<I: Inputs>(&mut self, inputs: &mut I) -> io::Result<Exit> {
        loop {
            let event = self.wait(inputs).await;
            self.take(event)?;
            for _ in 0..BATCH_MAX {
                let Some(event) = self.waiting(inputs).await else {
                    break;
                };
                self.take(event)?;
            }
            if std::mem::take(&mut self.suspends) {
                self.suspend(inputs)?;
            }
            if let Some(text) = self.composes.take() {
                self.compose(&text, inputs)?;
            }
            if let Some(exit) = self.exit.take() {
                self.finish_writes().await;
                if exit == Exit::Quit {
                    self.await_answer(inputs).await;
                }
                return Ok(exit);
            }
        }
    }

    /// Takes one input, as if the terminal had sent it.
    pub fn input(&mut self, input: Input) -> io::Result<()> {
        self.take(Event::Input(Some(input)))
    }

    /// Lets the clock tick, as the loop does when it is time, and draws.
    pub fn tick(&mut self) -> io::Result<()> {
        self.take(Event::Tick)?;
        self.draw()
    }

    /// How long the desk sleeps when nobody does anything and nothing comes.
    pub fn sleeps_for(&self) -> Duration {
        self.model.wakes_in()
    }

    /// Waits until nothing is in flight and draws. Never sleeps.
    pub async fn settle(&mut self) -> io::Result<()> {
        loop {
            while let Some(Ok(topic)) = self.topics.as_mut().map(broadcast::Receiver::try_recv) {
                self.note(Ok(topic));
            }
            if !self.stale.is_empty() {
                self.refresh()?;
            }
            if self.effects.in_flight() == 0 {
                break;
            }
            let reply = self.effects.next().await;
            self.take(Event::Reply(Box::new(reply)))?;
        }
        self.draw()
    }

    /// Waits for what the presenter says next and takes it, as the loop does.
    pub async fn hear(&mut self) -> io::Result<()> {
        let said = next_said(&mut self.presenter).await;
        self.take(Event::Said(said))
    }

    /// Waits for what the terminal tells of its background and takes it, as the loop does.
    pub async fn see_ground(&mut self) -> io::Result<()> {
        let ground = next_ground(&mut self.ground).await;
        self.take(Event::Ground(ground))
    }

    /// Waits for the next answer and takes it, as the loop does.
    pub async fn learn(&mut self) -> io::Result<()> {
        let reply = self.effects.next().await;
        self.take(Event::Reply(Box::new(reply)))
    }

    pub fn screen(&self) -> &Screen<W> {
        &self.screen
    }

    /// What the desk shows now, as a picture.
    pub fn picture(&self) -> Picture {
        let size = self.screen.size();
        let Ok(mut terminal) = Terminal::new(TestBackend::new(size.width, size.height));
        let Ok(drawn) = terminal.draw(|frame| {
            self.model.view(frame);
        });
        Picture::of(drawn.buffer.clone())
    }

    /// How the desk was left, once it was.
    pub fn exit(&self) -> Option<Exit> {
        self.exit
    }

    /// Waits for the changes that are being made, but not for ever.
    pub(super) async fn finish_writes(&mut self) {
        let limit = Instant::now() + Duration::from_millis(LEAVE_MS_MAX);
        while 0 < self.effects.writes_in_flight() {
            tokio::select! {
                _ = self.effects.next() => {}
                () = sleep_until(limit) => {
                    tracing::warn!("a change was still being made when the desk was left");
                    return;
                }
            }
        }
    }

    async fn wait<I: Inputs>(&mut self, inputs: &mut I) -> Event {
        let draw_at = self.draw_at();
        let refresh_at = self.refresh_at();
        let tick_at = Instant::now() + self.model.wakes_in();
        let at = |when: Option<Instant>| async move {
            match when {
                Some(when) => sleep_until(when).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = at(draw_at.filter(|when| *when <= Instant::now())) => Event::Draw,
            input = inputs.next() => Event::Input(input),
            reply = self.effects.next() => Event::Reply(Box::new(reply)),
            () = at(draw_at) => Event::Draw,
            () = at(refresh_at) => Event::Refresh,
            said = next_said(&mut self.presenter) => Event::Said(said),
            ground = next_ground(&mut self.ground) => Event::Ground(ground),
            topic = next_topic(&mut self.topics), if self.stale.len() < TOPICS_MAX => Event::Topic(topic),
            () = sleep_until(tick_at) => Event::Tick,
        }
    }

    /// What is here without waiting.
    async fn waiting<I: Inputs>(&mut self, inputs: &mut I) -> Option<Event> {
        // Polled as this task and not as nobody: a terminal wakes only whoever polled it first.
        let polled = poll_fn(|context| Poll::Ready(inputs.poll_next_unpin(context))).await;
        if let Poll::Ready(input) = polled {
            return Some(Event::Input(input));
        }
        self.effects
            .try_next()
            .map(|reply| Event::Reply(Box::new(reply)))
    }

    fn take(&mut self, event: Event) -> io::Result<()> {
        let msg = match event {
            Event::Input(None) => {
                self.exit.get_or_insert(Exit::Gone);
                return Ok(());
            }
            Event::Input(Some(Input::Resize { width, height })) => {
                self.resize(Size { width, height })?;
                Msg::Input(Input::Resize { width, height })
            }
            Event::Input(Some(Input::Key(press)))
                if self.presenter.as_ref().is_some_and(|one| one.takes(&press)) =>
            {
                return Ok(());
            }
            Event::Input(Some(input)) => Msg::Input(input),
            Event::Reply(reply) => Msg::Reply(reply),
            Event::Topic(topic) => {
                self.note(topic);
                return Ok(());
            }
            Event::Refresh => return self.refresh(),
            Event::Draw => return self.draw(),
            Event::Tick => Msg::Tick,
            Event::Ground(ground) => {
                self.stand_on(ground);
                return Ok(());
            }
            Event::Said(Said::Moved(backend)) => return self.begin_anew(backend),
            Event::Said(Said::Words) => {
                if self.model.set_role(self.effects.role()) {
                    // Another role sees other conversations.
                    self.note(Ok(Topic::Elsewhere));
                }
                self.dirty.get_or_insert_with(Instant::now);
                return Ok(());
            }
        };
        self.hand_over(msg)
    }

    fn hand_over(&mut self, msg: Msg) -> io::Result<()> {
        self.model.set_standing(self.effects.standing());
        let effects = self.model.update(msg);
        self.dirty.get_or_insert_with(Instant::now);
        self.carry_out(effects)?;
        self.model.set_saving(self.effects.writes_in_flight());
        self.keep_unsaved();
        Ok(())
    }

    fn carry_out(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        for effect in effects {
            let begun = match effect {
                Effect::Read(read) => {
                    self.effects.read(read);
                    Ok(())
                }
                Effect::Write(write) => self.effects.write(write),
                Effect::UndoLast => self.effects.undo_last(),
                Effect::Ring => {
                    self.screen.ring()?;
                    Ok(())
                }
                Effect::Redraw => {
                    self.screen.redraw()?;
                    self.ask_ground()?;
                    Ok(())
                }
                Effect::GiveUp(slots) => {
                    self.effects.give_up(&slots);
                    Ok(())
                }
                Effect::Remember(widths) => {
                    self.remember(widths);
                    Ok(())
                }
                Effect::Compose(text) => {
                    self.composes = Some(text);
                    Ok(())
                }
                Effect::Copy(text) => {
                    self.screen.copy(&text)?;
                    Ok(())
                }
                Effect::ToggleMouse => {
                    self.toggle_mouse()?;
                    Ok(())
                }
                Effect::Suspend => {
                    self.suspends = true;
                    Ok(())
                }
                Effect::Quit => {
                    self.exit.get_or_insert(Exit::Quit);
                    Ok(())
                }
            };
            if let Err(trouble) = begun {
                self.complain(&trouble);
            }
        }
        Ok(())
    }

    /// Forgets everything and reads from another backend, as if the desk had just been opened on it.
    fn begin_anew(&mut self, backend: Arc<dyn Backend>) -> io::Result<()> {
        let (agent, role) = backend.actor();
        let lacks = backend.lacks();
        self.topics = Some(backend.watch());
        self.stale.clear();
        self.effects = Effects::new(backend);
        let mut said = std::mem::take(&mut self.model.notices);
        said.dismiss();
        self.model = Model::new(self.options.clone(), agent, role, lacks, self.screen.size());
        // What was said before stays in the log.
        self.model.notices = said;
        self.dirty.get_or_insert_with(Instant::now);
        let effects = self.model.start();
        self.carry_out(effects)
    }

    fn toggle_mouse(&mut self) -> io::Result<()> {
        let said = if self.screen.is_set(Mode::Mouse) {
            self.screen.undo(Mode::Mouse)?;
            "The mouse is the terminal's: it selects text"
        } else {
            self.screen.set(Mode::Mouse)?;
            "The mouse is the desk's: it selects and opens"
        };
        self.model.say(super::notice::Tone::Told, said);
        Ok(())
    }

    fn complain(&mut self, trouble: &Trouble) {
        self.model
            .say(super::notice::Tone::Trouble, trouble.to_string());
    }

    fn resize(&mut self, size: Size) -> io::Result<()> {
        self.screen.resize(size)?;
        self.model.set_size(self.screen.size());
        Ok(())
    }

    fn note(&mut self, topic: Result<Topic, broadcast::error::RecvError>) {
        match topic {
            Ok(topic) if self.stale.contains(&topic) => {}
            Ok(topic) => self.stale.push(topic),
            // It missed some: anything may have changed.
            Err(broadcast::error::RecvError::Lagged(_)) => self.stale.push(Topic::Elsewhere),
            Err(broadcast::error::RecvError::Closed) => self.topics = None,
        }
    }

    fn refresh_at(&self) -> Option<Instant> {
        if self.stale.is_empty() {
            return None;
        }
        let now = Instant::now();
        Some(
            self.refreshed
                .map_or(now, |last| last + Duration::from_millis(REFRESH_MS)),
        )
    }

    fn refresh(&mut self) -> io::Result<()> {
        self.refreshed = Some(Instant::now());
        let topics = std::mem::take(&mut self.stale);
        self.hand_over(Msg::Stale(topics))
    }

    fn draw_at(&self) -> Option<Instant> {
        let dirty = self.dirty?;
        let is_reading =
            self.effects.is_reading(Slot::Profile) || self.effects.is_reading(Slot::Journey);
        let grace = if is_reading { GRACE_MS } else { 0 };
        let wanted = dirty + Duration::from_millis(grace);
        let allowed = match (self.drawn, self.asked) {
            (Some(drawn), _) => drawn + Duration::from_millis(FRAME_MS),
            (None, Some(asked)) => asked + Duration::from_millis(ANSWER_MS),
            (None, None) => dirty,
        };
        Some(wanted.max(allowed))
    }

    fn draw(&mut self) -> io::Result<()> {
        let model = &self.model;
        let mut hits = None;
        self.screen.draw(|frame| hits = Some(model.view(frame)))?;
        if let Some(hits) = hits {
            self.model.keep_hits(hits);
        }
        self.drawn = Some(Instant::now());
        self.dirty = None;
        Ok(())
    }
}

/// Waits for what the presenter says; for ever where there is none.
async fn next_said(presenter: &mut Option<Presenter>) -> Said {
    if let Some(one) = presenter
        && let Some(said) = one.said().await
    {
        return said;
    }
    // Nobody is left who could say anything.
    *presenter = None;
    std::future::pending().await
}

async fn next_topic(
    topics: &mut Option<broadcast::Receiver<Topic>>,
) -> Result<Topic, broadcast::error::RecvError> {
    match topics {
        Some(topics) => topics.recv().await,
        None => std::future::pending().await,
    }
}
