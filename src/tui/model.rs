//! The state of the desk. `update` changes it, `view` draws it, neither of them waits for anything.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use jiff::tz::TimeZone;
use ratatui::layout::{Position, Rect, Size};

use super::action::Action;
use super::context::{Context, Scene};
use super::dialog::{Drafts, Review};
use super::effect::{Effect, Read, Write};
use super::input::Press;
use super::keymap::Keymap;
use super::layer::Layer;
use super::load::Load;
use super::memory::Memory;
use super::msg::Subject;
use super::notice::{Notices, Tone, Words};
use super::pane::Place;
use super::pane::journey::JourneyPane;
use super::pane::profile::ProfilePane;
use super::pane::roster::RosterPane;
use super::presenter::Presenter;
use super::theme::Theme;
use super::time::{self, Clock};
use super::view::{Hits, Layout, Widths, status};
use super::widget::{Buttons, waiting_changes_after};
use super::{Bell, Kiosk, Options, ProfileActions};
use crate::backend::Trouble;
use crate::backend::view::{
    Brief, Header, Journey, JourneyConversation, JourneyFilter, JourneyItem, Lacks, NameList,
    Profile, Roster, RosterLine, Standing,
};
use crate::domain::command::EntryId;
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::domain::{Moment, Role};

/// How many contacts are remembered as recently viewed.
const RECENT_MAX: usize = 30;
/// How many changes are remembered by their words, for undo.
const SAID_MAX: usize = 200;
const NO_ROSTER: &Roster = &Roster {
    lines: Vec::new(),
    unknown_agent: false,
};
const SECOND_MS: i64 = 1_000;

/// The whole desk.
pub struct Model {
    pub(super) session: Session,
    pub(super) shown: Shown,
    pub(super) panes: Panes,
    pub(super) layers: Vec<Layer>,
    pub(super) notices: Notices,
    /// Presses of a chord that is not complete.
    pub(super) presses: Vec<Press>,
    /// What the last frame drew where, for clicks.
    pub(super) hits: Hits,
    pub(super) size: Size,
    /// What was said about changes, so that an undo can name them.
    said: HashMap<EntryId, String>,
    /// What was said of the outage that lasts.
    outage: Option<String>,
    /// The review whose row is shown, to go back to.
    pub(super) reviewed: Option<(Subject, Box<Review>)>,
    /// What is done once the conversation that it is about is shown, unless another key comes first.
    pub(super) intended: Option<(ConversationId, Action)>,
    /// The pane whose right border the mouse holds.
    pub(super) dragged: Option<Place>,
}

/// What belongs to the person and the terminal, and stays for the session.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub theme: Theme,
    pub keymap: Keymap,
    pub tz: TimeZone,
    pub clock: Clock,
    pub agent: String,
    pub role: Role,
    /// What the backend has not.
    lacks: Lacks,
    pub badge: Option<String>,
    pub presenter: Option<Presenter>,
    pub region: Option<String>,
    pub bell: Bell,
    pub profile_actions: ProfileActions,
    /// Whether what was typed and not saved outlives the desk.
    pub keeps_drafts: bool,
    pub has_editor: bool,
    pub kiosk: Kiosk,
    /// Where the last frame has keys to click on.
    pub buttons: Buttons,
}

/// What was read from the backend.
#[derive(Debug)]
pub(super) struct Shown {
    pub header: Load<Header>,
    pub standing: Standing,
    /// Changes of which nobody knows yet whether they were made; nothing for taking back the last one. Each with
    /// what was said of it.
    pub unknown: Vec<(Option<Write>, String)>,
    /// Since when changes are being made, one after the other.
    pub saving: Option<Moment>,
    pub names: NameList,
    pub roster: Load<Roster>,
    pub subject: Option<Subject>,
    pub profile: Load<Profile>,
    pub journey: Load<Journey>,
    /// Whose journey that is.
    pub journey_of: Option<ContactId>,
    /// Since when what stood at a past moment is being read.
    pub looking_back: Option<Moment>,
    /// The last person of whom it was recorded that they were looked at.
    pub looked_at: Option<ContactId>,
    /// What is left of it; another person's is whole again.
    pub filter: JourneyFilter,
    /// Set while profile and journey are those of a past moment.
    pub past: Option<Bygone>,
    pub recent: Vec<Brief>,
    /// What was typed into dialogs and not saved.
    pub drafts: Drafts,
}

/// The past moment that is shown, and when the person's history changed before and after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bygone {
    pub at: Moment,
    pub earlier: Option<Moment>,
    pub later: Option<Moment>,
}

/// The panes, and which of them has the keys.
#[derive(Debug)]
pub(super) struct Panes {
    pub focus: Place,
    /// The place beside the roster where only two have room.
    pub detail: Place,
    pub widths: Widths,
    pub roster: RosterPane,
    pub profile: ProfilePane,
    pub journey: JourneyPane,
}

impl Model {
    /// The desk before anything was read, for an agent in a role.
    pub fn new(options: Options, agent: String, role: Role, lacks: Lacks, size: Size) -> Self {
        let (keymap, complaints) = Keymap::with(&options.keys);
        let mut model = Self {
            session: Session {
                theme: options.theme,
                keymap,
                tz: options.tz,
                clock: options.clock,
                agent,
                role,
                lacks,
                badge: options.badge,
                presenter: options.presenter,
                region: options.region,
                bell: options.bell,
                profile_actions: options.profile_actions,
                keeps_drafts: options.unsaved.is_some(),
                has_editor: options.editor.is_some(),
                kiosk: options.kiosk,
                buttons: Buttons::default(),
            },
            shown: Shown::default(),
            panes: Panes {
                focus: Place::Roster,
                detail: match options.profile_actions {
                    ProfileActions::Shown => Place::Profile,
                    ProfileActions::Hidden => Place::Journey,
                },
                widths: options
                    .memory
                    .as_ref()
                    .map(Memory::recall)
                    .unwrap_or_default(),
                roster: RosterPane::default(),
                profile: ProfilePane::default(),
                journey: JourneyPane::default(),
            },
            layers: Vec::new(),
            notices: Notices::default(),
            presses: Vec::new(),
            hits: Hits::default(),
            size,
            said: HashMap::new(),
            outage: None,
            reviewed: None,
            intended: None,
            dragged: None,
        };
        for complaint in options.notices.into_iter().chain(complaints) {
            model.say(Tone::Warning, complaint);
        }
        model
    }

    /// What to read at the start.
    pub fn start(&mut self) -> Vec<Effect> {
        self.shown.header.begin(self.session.now());
        self.shown.roster.begin(self.session.now());
        [Read::Header, Read::Names, Read::Roster]
            .map(Effect::Read)
            .into()
    }

    pub fn theme(&self) -> &Theme {
        &self.session.theme
    }

    pub(super) fn set_theme(&mut self, theme: Theme) {
        self.session.theme = theme;
    }

    /// The title of the window.
    pub fn title(&self) -> String {
        format!("scv · {}", self.session.agent)
    }

    /// Takes what the last frame drew where.
    pub fn keep_hits(&mut self, hits: Hits) {
        self.hits = hits;
    }

    pub fn set_size(&mut self, size: Size) {
        self.size = size;
    }

    /// Notes how many changes are on their way.
    pub(super) fn set_saving(&mut self, writes: usize) {
        let now = self.session.now();
        self.shown.saving = match writes {
            0 => None,
            _ => self.shown.saving.or(Some(now)),
        };
    }

    /// When the screen changes by itself: seconds that count, words about a wait, the clock of the header.
    pub fn wakes_in(&self) -> Duration {
        let now = self.session.now();
        let minute = time::until_minute_ms(now);
        let second = self
            .counts_seconds()
            .then(|| SECOND_MS - now.0.rem_euclid(SECOND_MS));
        let waits = [
            self.shown.roster.waiting_since(),
            self.shown.profile.waiting_since(),
            self.shown.journey.waiting_since(),
            self.layers.last().and_then(Layer::waiting_since),
            self.shown.looking_back,
            self.shown.saving,
        ];
        let word = waits.into_iter().flatten().map(|since| {
            let waited = u64::try_from(now.since_ms(since)).unwrap_or(0);
            i64::try_from(waiting_changes_after(waited)).unwrap_or(SECOND_MS)
        });
        let next = word.chain(second).chain([minute]).min().unwrap_or(minute);
        Duration::from_millis(u64::try_from(next.max(1)).unwrap_or(1))
    }

    /// Whether something on the screen counts seconds. An idle desk is not woken for it.
    pub fn counts_seconds(&self) -> bool {
        let layout = self.layout(Rect::from((Position::ORIGIN, self.size)));
        let roster = self
            .shown
            .roster
            .value()
            .into_iter()
            .flat_map(|roster| &roster.lines);
        let journey = self
            .shown
            .journey
            .value()
            .into_iter()
            .flat_map(|journey| &journey.items);
        let shows = |place| layout.shows(place);
        (shows(Place::Roster)
            && roster
                .into_iter()
                .any(|line| super::pane::roster::is_running(line.status)))
            || (self.shown.past.is_none()
                && shows(Place::Journey)
                && journey.into_iter().any(super::pane::journey::is_running))
    }

    /// Takes how what is behind the backend can be reached.
    pub(super) fn set_standing(&mut self, standing: Standing) {
        self.shown.standing = standing;
    }

    /// Takes the role that the backend acts in; true when it is another one.
    pub(super) fn set_role(&mut self, role: Role) -> bool {
        let is_new = self.session.role != role;
        self.session.role = role;
        is_new
    }

    /// The part of an area that the presenter's bar takes.
    pub(super) fn bar(&self, area: Rect) -> Rect {
        let rows = self
            .session
            .presenter
            .as_ref()
            .map_or(0, |one| one.rows(area, &self.session.keymap));
        Rect {
            y: area.bottom() - rows,
            height: rows,
            ..area
        }
    }

    /// Where everything is drawn in an area.
    pub(super) fn layout(&self, area: Rect) -> Layout {
        let area = Rect {
            height: area.height - self.bar(area).height,
            ..area
        };
        let standing = status::rows_wanted(&self.notices, area);
        Layout::of(
            area,
            self.session.profile_actions,
            &self.panes,
            standing,
            self.session.badge.as_deref(),
        )
    }

    pub(super) fn say(&mut self, tone: Tone, words: impl Into<Words>) {
        let now = self.session.now();
        self.notices.say(tone, words, now);
        for layer in &mut self.layers {
            if let Layer::Log(log) = layer {
                log.renew(&self.notices);
            }
        }
    }

    /// Says once that there is no way to the server: the panes and the header go on saying it.
    pub(super) fn say_outage(&mut self, trouble: &Trouble) {
        if trouble.is_outage() && self.outage.is_none() {
            self.outage = Some(trouble.to_string());
            self.say(Tone::Trouble, trouble.to_string());
        }
    }

    /// There is a way again. Answers whether there was none.
    pub(super) fn end_outage(&mut self) -> bool {
        let Some(said) = self.outage.take() else {
            return false;
        };
        self.notices.take_back(&said);
        true
    }

    /// Everything that was typed and is not saved, that of the open dialogs included.
    pub(super) fn unsaved(&self) -> Cow<'_, Drafts> {
        let mut drafts = Cow::Borrowed(&self.shown.drafts);
        for drafting in self.layers.iter().filter_map(Layer::draft) {
            drafts.to_mut().apply(drafting);
        }
        drafts
    }

    /// Takes up what an earlier desk left unsaved.
    pub(super) fn take_up(&mut self, drafts: Drafts) {
        let said = match drafts.count() {
            0 => return,
            1 => "What you typed and did not save is back where you typed it".to_owned(),
            many => format!(
                "What you typed in {} places and did not save is back there",
                time::count(many as u64)
            ),
        };
        self.shown.drafts = drafts;
        self.say(Tone::Told, said);
    }

    /// Remembers the words for what is true again once a change was taken back.
    pub(super) fn remember_said(&mut self, entry: EntryId, said: String) {
        if SAID_MAX <= self.said.len() {
            self.said.clear();
        }
        self.said.insert(entry, said);
    }

    pub(super) fn said(&self, entry: EntryId) -> Option<&str> {
        self.said.get(&entry).map(String::as_str)
    }
}

impl Panes {
    pub fn focus_on(&mut self, place: Place) {
        self.focus = place;
        match place {
            Place::Profile | Place::Journey => self.detail = place,
            Place::Roster => {}
        }
    }
}

impl Session {
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// The context of a moment: what panes and dialogs may look at.
    pub fn context<'a>(&'a self, shown: &'a Shown) -> Context<'a> {
        Context {
            theme: &self.theme,
            now: shown.past.map_or_else(|| self.now(), |past| past.at),
            present: self.now(),
            agent: &self.agent,
            role: &self.role,
            lacks: self.lacks,
            names: &shown.names,
            keymap: &self.keymap,
            tz: &self.tz,
            region: self.region.as_deref(),
            profile_actions: self.profile_actions,
            kiosk: self.kiosk,
            buttons: &self.buttons,
            drafts: &shown.drafts,
            has_editor: self.has_editor,
            scene: Scene {
                profile: shown.profile.value(),
                conversation: shown.conversation(),
                earlier: shown.earlier(),
                roster: shown.roster(),
                pointed: None,
                interactions: shown.journey.value().map(|journey| journey.starts.len()),
                filter: &shown.filter,
                recent: &shown.recent,
                past: shown.past.map(|past| past.at),
            },
        }
    }
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            header: Load::Empty,
            standing: Standing::Fine,
            unknown: Vec::new(),
            saving: None,
            names: NameList::default(),
            roster: Load::Empty,
            subject: None,
            profile: Load::Empty,
            journey: Load::Empty,
            journey_of: None,
            looking_back: None,
            looked_at: None,
            filter: JourneyFilter::default(),
            past: None,
            recent: Vec::new(),
            drafts: Drafts::default(),
        }
    }
}

impl Shown {
    /// For how many milliseconds changes have been on their way.
    pub fn saving_for_ms(&self, now: Moment) -> Option<u64> {
        let ms = now.since_ms(self.saving?);
        Some(u64::try_from(ms).unwrap_or_default())
    }

    pub fn roster(&self) -> &Roster {
        self.roster.value().unwrap_or(NO_ROSTER)
    }

    pub fn line(&self, id: ConversationId) -> Option<&RosterLine> {
        self.roster().lines.iter().find(|line| line.id == id)
    }

    /// The conversation that is shown, as the roster has it.
    pub fn conversation(&self) -> Option<&RosterLine> {
        match self.subject? {
            Subject::Conversation(id) => self.line(id),
            Subject::Contact(_) => None,
        }
    }

    /// The conversation that is shown, as the journey has it; only where the roster does not have it.
    pub fn earlier(&self) -> Option<&JourneyConversation> {
        let Some(Subject::Conversation(id)) = self.subject else {
            return None;
        };
        let items = &self.journey.value()?.items;
        let mut conversations = items.iter().filter_map(|item| match item {
            JourneyItem::Conversation(one) => Some(one),
            JourneyItem::Visit(..) => None,
        });
        let found = conversations.find(|one| one.id == id);
        found.filter(|_| self.line(id).is_none())
    }

    /// Takes in how those are now who were viewed lately: nobody stays who is gone, and those who were merged
    /// are one.
    pub fn renew_recent(&mut self, asked: &[ContactId], lines: &[Option<Brief>]) {
        let mut renewed: Vec<Brief> = Vec::with_capacity(self.recent.len());
        for old in std::mem::take(&mut self.recent) {
            let at = asked.iter().position(|id| *id == old.id);
            let now = match at.and_then(|at| lines.get(at)) {
                None => Some(old),
                Some(line) => line.clone().map(|line| Brief {
                    detail: match line.detail.is_empty() {
                        true => old.detail,
                        false => line.detail,
                    },
                    ..line
                }),
            };
            renewed.extend(now.filter(|one| renewed.iter().all(|other| other.id != one.id)));
        }
        self.recent = renewed;
    }

    /// Puts a contact on top of those that were viewed lately.
    pub fn view_contact(&mut self, brief: Brief) {
        self.recent.retain(|recent| recent.id != brief.id);
        self.recent.insert(0, brief);
        self.recent.truncate(RECENT_MAX);
    }
}
