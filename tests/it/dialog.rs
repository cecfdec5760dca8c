//! Dialogs without the desk around them: keys and replies in, effects and frames out.

use jiff::tz::TimeZone;
use ratatui::layout::Position;
use scv_desk::backend::Trouble;
use scv_desk::backend::view::{Brief, JourneyFilter, Profile, Roster};
use scv_desk::domain::command::{Command, EntryId, Outcome};
use scv_desk::domain::refusal::Refusal;
use scv_desk::domain::{ContactId, ConversationId, Role};
use scv_desk::tui::action::Action;
use scv_desk::tui::context::{Context, Scene};
use scv_desk::tui::dialog::{self, Drafts};
use scv_desk::tui::effect::{Effect, Read, Write};
use scv_desk::tui::input::{Input, Press};
use scv_desk::tui::keymap::Keymap;
use scv_desk::tui::layer::{Layer, Reaction, Then};
use scv_desk::tui::msg::Reply;
use scv_desk::tui::theme::Theme;
use scv_desk::tui::widget::Buttons;
use scv_desk::tui::{Kiosk, ProfileActions};

use super::canvas::{canvas, lines, theme};
use super::fake::{World, conversation_id, now};
use super::people;

mod ask;
mod chosen;
mod erase;
mod form;
pub mod history;
mod merge;
mod review;
mod search;
pub mod sizes;
mod text;
mod unmerge;

/// One dialog, and what would stand on the screen behind it.
pub struct Bench {
    pub world: World,
    pub profile: Option<Profile>,
    /// The conversation that is chosen in the roster.
    pub conversation: Option<ConversationId>,
    pub recent: Vec<Brief>,
    /// What the journey behind it counts.
    pub interactions: Option<usize>,
    pub filter: JourneyFilter,
    pub drafts: Drafts,
    pub roster: Roster,
    pub role: Role,
    pub layer: Option<Layer>,
    /// What the dialog wanted done, in order.
    pub effects: Vec<Effect>,
    /// What became of the dialog when it was not just closed.
    pub then: Option<Then>,
    buttons: Buttons,
    keymap: Keymap,
    theme: Theme,
    tz: TimeZone,
}

impl Bench {
    /// Behind the dialog stands the conversation with this number.
    pub fn on(conversation: u128) -> Self {
        let world = people::world();
        let profile = world.profiles.get(&conversation_id(conversation)).cloned();
        Self {
            roster: world.roster.clone(),
            world,
            profile,
            conversation: None,
            recent: Vec::new(),
            interactions: None,
            filter: JourneyFilter::default(),
            drafts: Drafts::default(),
            role: Role::bundled("admin").unwrap(),
            layer: None,
            effects: Vec::new(),
            then: None,
            buttons: Buttons::default(),
            keymap: Keymap::default(),
            theme: theme(),
            tz: TimeZone::UTC,
        }
    }

    /// Nothing stands behind it.
    pub fn on_nothing() -> Self {
        Self {
            profile: None,
            ..Self::on(1)
        }
    }

    pub fn open(mut self, action: Action) -> Self {
        self.open_again(action);
        self
    }

    pub fn open_again(&mut self, action: Action) {
        let (layer, effects) = dialog::open(action, &self.context()).unwrap();
        self.layer = Some(layer);
        self.effects.extend(effects);
    }

    /// Whom `y` would link the conversation to.
    pub fn suggests(&self) -> Option<ContactId> {
        self.context().suggested().map(|brief| brief.id)
    }

    pub fn context(&self) -> Context<'_> {
        Context {
            theme: &self.theme,
            now: now(),
            present: now(),
            agent: "Mara Lindt",
            role: &self.role,
            lacks: &[],
            names: &self.world.names,
            keymap: &self.keymap,
            tz: &self.tz,
            region: Some("IE"),
            profile_actions: ProfileActions::Shown,
            kiosk: Kiosk::Off,
            buttons: &self.buttons,
            drafts: &self.drafts,
            has_editor: true,
            scene: Scene {
                profile: self.profile.as_ref(),
                conversation: self
                    .conversation
                    .and_then(|id| self.roster.lines.iter().find(|line| line.id == id)),
                earlier: None,
                roster: &self.roster,
                pointed: None,
                interactions: self.interactions,
                recent: &self.recent,
                filter: &self.filter,
                past: None,
            },
        }
    }

    /// Presses keys, as the configuration writes them.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            let press: Press = key.parse().unwrap();
            self.input(Input::Key(press));
        }
        self
    }

    pub fn type_in(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.input(Input::Key(Press::char(c)));
        }
        self
    }

    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.input(Input::Paste(text.to_owned()));
        self
    }

    fn input(&mut self, input: Input) {
        let mut layer = self.layer.take().expect("the dialog is closed");
        let reaction = layer.update(input, &self.context());
        self.react(layer, reaction);
    }

    pub fn reply(&mut self, reply: &Reply) -> bool {
        let Some(mut layer) = self.layer.take() else {
            return false;
        };
        match layer.reply(reply, &self.context()) {
            Some(reaction) => {
                self.react(layer, reaction);
                true
            }
            None => {
                self.layer = Some(layer);
                false
            }
        }
    }

    fn react(&mut self, layer: Layer, reaction: Reaction) {
        self.effects.extend(reaction.effects);
        if let Some(drafting) = reaction.drafting {
            self.drafts.apply(drafting);
        }
        match reaction.then {
            Then::Stay => self.layer = Some(layer),
            Then::Become(layer) => self.layer = Some(*layer),
            Then::Close => self.layer = None,
            then @ (Then::Push(_)
            | Then::Show(_)
            | Then::Past(_)
            | Then::Narrow(_)
            | Then::Act(_)) => self.then = Some(then),
        }
    }

    /// The last command that was sent.
    pub fn written(&self) -> Write {
        let writes = self.effects.iter().rev().filter_map(|effect| match effect {
            Effect::Write(write) => Some(write.clone()),
            _ => None,
        });
        writes.into_iter().next().expect("nothing was sent")
    }

    pub fn command(&self) -> Command {
        *self.written().command
    }

    pub fn wrote_nothing(&self) -> bool {
        !self
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Write(_)))
    }

    /// The last thing that it wanted to read.
    pub fn asked(&self) -> Read {
        let reads = self.effects.iter().rev().filter_map(|effect| match effect {
            Effect::Read(read) => Some(read.clone()),
            _ => None,
        });
        reads.into_iter().next().expect("nothing was asked")
    }

    /// Lets the last command work.
    pub fn works(&mut self) -> &mut Self {
        let write = self.written();
        let outcome = Outcome {
            entry: Some(EntryId(401)),
            action: write.command.action(),
            contact: None,
            conversation: None,
            remarks: Vec::new(),
        };
        assert!(self.reply(&Reply::Written(write, Ok(outcome))));
        self
    }

    /// Lets the last command be refused.
    pub fn is_refused(&mut self, refusal: Refusal) -> &mut Self {
        let write = self.written();
        assert!(self.reply(&Reply::Written(write, Err(Trouble::from(refusal)))));
        self
    }

    pub fn is_open(&self) -> bool {
        self.layer.is_some()
    }

    pub fn frame(&self, width: u16, height: u16) -> (Vec<String>, Option<Position>) {
        let (area, mut buf) = canvas(width, height);
        let context = self.context();
        let cursor = self
            .layer
            .as_ref()
            .and_then(|layer| layer.view(area, &mut buf, &context));
        (lines(&buf), cursor)
    }

    pub fn text(&self) -> String {
        self.frame(100, 30).0.join("\n")
    }

    #[track_caller]
    pub fn shows(&self, words: &str) {
        let text = self.text();
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }

    #[track_caller]
    pub fn hides(&self, words: &str) {
        let text = self.text();
        assert!(!text.contains(words), "{words:?} is in\n{text}");
    }
}
