//! What happens when something happened: a message comes in, effects go out, nothing waits.

use super::action::Action;
use super::context::Context;
use super::dialog::{self, Review};
use super::effect::{Effect, Read, Slot};
use super::input::{Chord, Input, Press};
use super::keymap::Meaning;
use super::layer::{Layer, Reaction, Then};
use super::model::Model;
use super::msg::{Msg, Subject};
use super::notice::Tone;
use super::overlay::{Help, Log, Recent};
use super::pane::Place;
use super::pane::sign;
use super::time;
use super::widget::Motion;
use super::{Kiosk, ProfileActions};
use crate::backend::view::{InteractionId, JourneyConversation, JourneyFilter, JourneyItem};
use crate::domain::assignment;

mod copy;
mod mouse;
mod moves;
mod past;
mod reply;
mod resize;
mod show;

pub(super) use moves::motion;
use resize::STEP;

impl Model {
    /// Takes a message and answers what is to be done.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Input(input) => self.input(input),
            Msg::Reply(reply) => self.reply(*reply),
            Msg::Stale(topics) => self.stale(&topics),
            Msg::Tick => Vec::new(),
        }
    }

    fn input(&mut self, input: Input) -> Vec<Effect> {
        if let Some(effects) = self.always(&input) {
            return effects;
        }
        if !self.layers.is_empty() {
            self.presses.clear();
            return match input {
                Input::Mouse(mouse) => self.mouse_on_layer(mouse),
                Input::Key(press) if self.session.keymap.refreshes(press) => {
                    let mut effects = self.refresh_all();
                    effects.extend(self.layer_input(input));
                    effects
                }
                input => self.layer_input(input),
            };
        }
        match input {
            Input::Key(press) => self.press(press),
            Input::Mouse(mouse) => self.mouse(mouse),
            // The panes take no text, and the loop has resized the screen already.
            Input::Paste(_) | Input::Resize { .. } | Input::FocusGained | Input::FocusLost => {
                Vec::new()
            }
        }
    }

    /// The keys that no dialog may keep: leaving and suspending.
    fn always(&mut self, input: &Input) -> Option<Vec<Effect>> {
        let Input::Key(press) = input else {
            return None;
        };
        // A plain letter may be text in a dialog, whatever the configuration binds it to.
        if press.typed().is_some() {
            return None;
        }
        match self.session.keymap.meaning(&[*press]) {
            Meaning::Run {
                action: Action::Leave,
                ..
            } => Some(vec![Effect::Quit]),
            Meaning::Run {
                action: Action::Suspend,
                ..
            } if self.session.kiosk == Kiosk::Off => Some(vec![Effect::Suspend]),
            Meaning::Run { .. } | Meaning::Pending(_) | Meaning::Unknown => None,
        }
    }

    pub(super) fn layer_input(&mut self, input: Input) -> Vec<Effect> {
        let context = self.session.context(&self.shown);
        let Some(layer) = self.layers.last_mut() else {
            return Vec::new();
        };
        let reaction = layer.update(input, &context);
        self.react(self.layers.len() - 1, reaction)
    }

    /// Does what the layer at a place answered.
    fn react(&mut self, at_layer: usize, reaction: Reaction) -> Vec<Effect> {
        let before = self.layers[at_layer].reads();
        let mut effects = reaction.effects;
        if let Some(drafting) = reaction.drafting {
            self.shown.drafts.apply(drafting);
        }
        match reaction.then {
            Then::Stay => return effects,
            Then::Close => drop(self.layers.remove(at_layer)),
            Then::Become(layer) => self.layers[at_layer] = *layer,
            Then::Push(layer) => {
                self.lay(*layer);
                return effects;
            }
            Then::Show(subject) => {
                if let Layer::Review(review) = self.layers.remove(at_layer) {
                    self.reviewed = Some((subject, review));
                }
                effects.extend(self.show(subject));
                let home = self.home();
                self.panes.focus_on(home);
            }
            Then::Past(at) => {
                self.layers.remove(at_layer);
                effects.extend(self.read_past(at));
            }
            Then::Narrow(filter) => {
                self.layers.remove(at_layer);
                effects.extend(self.narrow(filter));
            }
            Then::Act(action) => {
                self.layers.remove(at_layer);
                effects.extend(self.act(action, 0));
            }
        }
        // First, so that what is read from now on is not given up with it.
        effects.splice(..0, self.given_up(before));
        effects
    }

    /// What only a layer waited for that is no longer there.
    fn given_up(&self, reads: &[Slot]) -> Option<Effect> {
        let is_wanted = |slot: &Slot| self.layers.iter().any(|one| one.reads().contains(slot));
        let mut slots = reads.to_vec();
        slots.retain(|slot| !is_wanted(slot));
        (!slots.is_empty()).then_some(Effect::GiveUp(slots))
    }

    /// Lays a dialog over the desk. What was done before it no longer stands under it.
    pub(super) fn lay(&mut self, layer: Layer) {
        self.notices.give_way();
        self.layers.push(layer);
    }

    pub(super) fn press(&mut self, press: Press) -> Vec<Effect> {
        self.intended = None;
        self.presses.push(press);
        match self.session.keymap.meaning(&self.presses) {
            Meaning::Run { action, nth } => {
                self.presses.clear();
                self.act(action, nth)
            }
            Meaning::Pending(_) => Vec::new(),
            Meaning::Unknown => {
                self.presses.clear();
                Vec::new()
            }
        }
    }

    /// Runs an action, or says why not. `nth` tells which of its keys was pressed.
    pub(super) fn act(&mut self, action: Action, nth: usize) -> Vec<Effect> {
        if let Some(effects) = self.act_on_row(action) {
            return effects;
        }
        let context = self.session.context(&self.shown);
        if let Some(why) = context.refusal(action) {
            self.say(Tone::Warning, format!("{}: {why}", action.spec().title));
            return Vec::new();
        }
        // Searching and what is found there belong to now.
        if matches!(action, Action::Search | Action::Recent | Action::Online)
            && self.shown.past.is_some()
        {
            let mut effects = self.leave_past();
            effects.extend(self.act(action, nth));
            return effects;
        }
        let mut context = context;
        context.scene.pointed = self.pointed(&context);
        if let Some((layer, effects)) = dialog::open(action, &context) {
            self.lay(layer);
            return effects;
        }
        if let Some(motion) = motion(action) {
            return self.go(motion);
        }
        self.act_alone(action, nth)
    }

    /// The actions that need no dialog.
    fn act_alone(&mut self, action: Action, nth: usize) -> Vec<Effect> {
        match action {
            Action::Undo => return vec![Effect::UndoLast],
            Action::Earlier => return self.earlier(),
            Action::Later => return self.later(),
            Action::Share => return self.share(),
            Action::Open => return self.open(),
            Action::Back => return self.back(),
            Action::NextPane => self.panes.focus_on(self.beside(1)),
            Action::PreviousPane => self.panes.focus_on(self.beside(-1)),
            Action::Jump => return self.jump(nth),
            Action::Refresh => return self.refresh_all(),
            Action::Recent => {
                self.lay(Layer::Recent(Recent::default()));
                return self.read_recent();
            }
            Action::History => return self.open_history(),
            Action::Transcript => return self.open_transcript(),
            Action::NextOfChannel => return self.go_along_channel(Motion::Down),
            Action::PreviousOfChannel => return self.go_along_channel(Motion::Up),
            Action::Online | Action::Filter => {}
            Action::Review => return self.open_review(),
            Action::Notices => {
                self.lay(Layer::Log(Log::of(&self.notices)));
                self.notices.dismiss();
            }
            Action::Help => self.lay(Layer::Help(Help::default())),
            Action::Copy => return self.copy(),
            Action::Wider => return self.widen(STEP),
            Action::Narrower => return self.widen(-STEP),
            Action::Mouse => return vec![Effect::ToggleMouse],
            Action::Suspend => return vec![Effect::Suspend],
            Action::Quit => return self.quit(),
            Action::Leave => return vec![Effect::Quit],
            Action::Up | Action::Down | Action::PageUp | Action::PageDown => {}
            Action::First | Action::Last => {}
            Action::Search | Action::Promote | Action::Create | Action::Link | Action::Merge => {}
            Action::Accept
            | Action::Unlink
            | Action::NotSame
            | Action::Why
            | Action::Edit
            | Action::Note => {}
            Action::Delete | Action::Export | Action::Erase | Action::WrapUp | Action::Take => {}
            Action::AsOf | Action::Statistics => {}
        }
        Vec::new()
    }

    fn open_history(&mut self) -> Vec<Effect> {
        let context = self.session.context(&self.shown);
        let (history, effects) = dialog::History::open(&context);
        self.lay(Layer::History(Box::new(history)));
        effects
    }

    /// The conversation whose messages can be read: the selected one of the journey, else the one that is shown.
    pub(super) fn spoken(&self) -> Option<&JourneyConversation> {
        let selected = match self.panes.focus {
            Place::Journey => self.panes.journey.selected(),
            Place::Roster | Place::Profile => None,
        };
        let shown = match self.shown.subject {
            Some(Subject::Conversation(id)) => Some(InteractionId::Conversation(id)),
            Some(Subject::Contact(_)) | None => None,
        };
        let wanted = selected.or(shown)?;
        let mut items = self.shown.journey.value()?.items.iter();
        match items.find(|item| item.id() == wanted)? {
            JourneyItem::Conversation(one) => one.may_have_transcript().then_some(one),
            JourneyItem::Visit(..) => None,
        }
    }

    /// Whether the journey's cursor is on messages or an e-mail that have ended and that the role may open again.
    pub(super) fn is_on_ended_message(&self, context: &Context<'_>) -> bool {
        let selected = self.panes.journey.selected();
        let items = self.shown.journey.value().map(|journey| &journey.items);
        let mut items = items.into_iter().flatten();
        match items.find(|item| Some(item.id()) == selected) {
            Some(JourneyItem::Conversation(one)) => {
                let right = assignment::right(one.channel);
                one.end.is_some()
                    && one.channel.is_asynchronous()
                    && right.is_some_and(|right| context.role.may(right))
            }
            Some(JourneyItem::Visit(..)) | None => false,
        }
    }

    /// Opens what was said, or says that there is nothing.
    pub(super) fn open_transcript(&mut self) -> Vec<Effect> {
        match self.spoken().cloned() {
            Some(one) => {
                let context = self.session.context(&self.shown);
                let (transcript, effects) = dialog::Transcript::open(&one, &context);
                self.lay(Layer::Transcript(Box::new(transcript)));
                effects
            }
            None => {
                let title = Action::Transcript.spec().title;
                let text = format!("{title}: no message of this one is kept here");
                self.say(Tone::Warning, text);
                Vec::new()
            }
        }
    }

    fn open_review(&mut self) -> Vec<Effect> {
        if let Some((_, review)) = self.reviewed.take() {
            return self.go_on_with(review);
        }
        let context = self.session.context(&self.shown);
        let (review, effects) = dialog::Review::open(&context);
        self.lay(Layer::Review(Box::new(review)));
        effects
    }

    /// Back to the review as it was left, with its filter and its row.
    fn go_on_with(&mut self, mut review: Box<Review>) -> Vec<Effect> {
        let effects = review.resume(&self.session.context(&self.shown));
        self.lay(Layer::Review(review));
        effects
    }

    fn refresh_all(&mut self) -> Vec<Effect> {
        let mut effects = vec![Effect::Redraw, Effect::Read(Read::Names)];
        effects.extend(self.refresh());
        effects
    }

    fn back(&mut self) -> Vec<Effect> {
        if self.shown.looking_back.take().is_some() {
            return vec![Effect::GiveUp(vec![Slot::Past])];
        }
        if self.notices.dismiss() {
            return Vec::new();
        }
        if self.shown.past.is_some() {
            return self.leave_past();
        }
        if self.panes.focus == Place::Journey && !self.shown.filter.is_empty() {
            return self.narrow(JourneyFilter::default());
        }
        // From a row of the review the way back leads to that row.
        if let Some((_, review)) = self
            .reviewed
            .take_if(|(subject, _)| self.shown.subject == Some(*subject))
        {
            return self.go_on_with(review);
        }
        match (self.shown.subject, self.panes.roster.selected()) {
            (Some(subject), Some(id)) if subject != Subject::Conversation(id) => {
                self.show(Subject::Conversation(id))
            }
            _ => {
                self.panes.focus_on(Place::Roster);
                Vec::new()
            }
        }
    }

    /// The places that can have the keys, in the order of Tab.
    fn places(&self) -> &'static [Place] {
        match self.session.profile_actions {
            ProfileActions::Shown => &Place::ALL,
            ProfileActions::Hidden => &[Place::Roster, Place::Journey],
        }
    }

    fn beside(&self, step: isize) -> Place {
        let places = self.places();
        let at = places
            .iter()
            .position(|place| *place == self.panes.focus)
            .unwrap_or(0);
        let next = (at as isize + step).rem_euclid(places.len() as isize);
        places[next as usize]
    }

    /// The place where a person is looked at.
    pub(super) fn home(&self) -> Place {
        match self.session.profile_actions {
            ProfileActions::Shown => Place::Profile,
            ProfileActions::Hidden => Place::Journey,
        }
    }

    fn quit(&mut self) -> Vec<Effect> {
        let agent = &self.session.agent;
        let lines = self.shown.roster().lines.iter();
        let own = lines.filter(|line| {
            line.status == crate::domain::conversation::Status::Active
                && line.agent.as_ref() == Some(agent)
        });
        let number = |count: usize| time::count(count as u64);
        let going_on = match own.count() {
            0 => None,
            1 => Some("You have an active conversation. It goes on without the desk.".to_owned()),
            many => Some(format!(
                "You have {} active conversations. They go on without the desk.",
                number(many)
            )),
        };
        let lost = match self.shown.drafts.count() {
            _ if self.session.keeps_drafts => None,
            0 => None,
            1 => Some("What you typed and did not save is lost.".to_owned()),
            many => Some(format!(
                "What you typed in {} places and did not save is lost.",
                number(many)
            )),
        };
        let said: Vec<String> = lost.into_iter().chain(going_on).collect();
        if said.is_empty() {
            return vec![Effect::Quit];
        }
        let question = format!("{} Quit?", said.join(" "));
        let confirm = dialog::Confirm::new("Quit", &question, "quit", Effect::Quit);
        self.lay(Layer::Confirm(confirm));
        Vec::new()
    }

    /// The presses so far and what can follow, while a chord is not complete.
    pub(super) fn continuations(&self) -> Option<(String, Vec<(Chord, Action)>)> {
        if self.presses.is_empty() {
            return None;
        }
        let Meaning::Pending(longer) = self.session.keymap.meaning(&self.presses) else {
            return None;
        };
        let pressed: Vec<String> = self.presses.iter().map(|press| press.label()).collect();
        Some((pressed.join(" "), longer))
    }

    /// The same in one line.
    pub(super) fn pending(&self) -> Option<String> {
        let (pressed, longer) = self.continuations()?;
        let rest = longer.iter().map(|(chord, action)| {
            format!("{} {}", chord.label(), sign::sentence(action.spec().title))
        });
        let rest = rest.collect::<Vec<_>>().join(" · ");
        Some(format!("{pressed} … {rest}"))
    }
}
