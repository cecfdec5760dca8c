//! The history: who did what to a contact or a conversation, when and why, and taking any of it back.

mod view;

use std::cell::Cell;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::undo::undo;
use super::unmerge::Unmerge;
use super::words::{name_of_line, name_of_profile};
use crate::backend::view::{History as Page, HistoryLine, HistoryQuery};
use crate::domain::Permission;
use crate::domain::command::EntryId;
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::effect::{Effect, Read};
use crate::tui::input::{Input, Key, Press};
use crate::tui::keymap::Meaning;
use crate::tui::layer::{Layer, Reaction, Then};
use crate::tui::load::Load;
use crate::tui::msg::Reply;
use crate::tui::widget::{Hint, ListState, Motion};

/// Entries that are read at once, and the most that are read anew when something changed.
const PAGE: usize = 40;
const RENEWED_MAX: usize = 400;
/// Rows before the end at which the next page is read.
const AHEAD: usize = 10;

/// What the history is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// A contact's whole merge set, and its name.
    Contact(ContactId, String),
    Conversation(ConversationId),
    Own,
    Everybody,
}

/// Which part has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    List,
    Details,
}

/// The list of entries, and what the selected one changed.
#[derive(Clone, Debug)]
pub struct History {
    /// What can be looked at, in the order of Tab.
    scopes: Vec<Scope>,
    scope: usize,
    page: Load<Page>,
    /// The query that is waited for; what else comes is old.
    asked: HistoryQuery,
    list: ListState,
    /// The selected entry, which stays selected when others come before it.
    selected: Option<EntryId>,
    part: Part,
    /// The first row of the details in sight, the rows there are and those in sight, as the last frame had
    /// it.
    top: usize,
    seen: Cell<(usize, usize)>,
    /// Why the last key did nothing.
    told: Option<String>,
}

impl History {
    /// The history of whom the profile shows; of what the agent did where it shows nobody.
    pub fn open(context: &Context<'_>) -> (Self, Vec<Effect>) {
        let mut history = Self {
            scopes: scopes(context),
            scope: 0,
            page: Load::Empty,
            asked: HistoryQuery::default(),
            list: ListState::default(),
            selected: None,
            part: Part::List,
            top: 0,
            seen: Cell::new((0, 0)),
            told: None,
        };
        let effects = history.read(None, PAGE, context);
        (history, effects)
    }

    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        self.told = None;
        match input {
            Input::Key(press) => self.press(press, context),
            Input::Mouse(mouse) => {
                if let Some(row) = mouse.click().and_then(|at| self.list.row_at(at)) {
                    self.list.select(row);
                    self.chosen();
                }
                Reaction::stay()
            }
            Input::Paste(_) | Input::Resize { .. } => Reaction::stay(),
            Input::FocusGained | Input::FocusLost => Reaction::stay(),
        }
    }

    /// Takes a page. After a change of its own it reads anew, as after anybody's.
    pub fn reply(&mut self, reply: &Reply, context: &Context<'_>) -> Option<Reaction> {
        match reply {
            Reply::History(query, result) if *query == self.asked => {
                let result = result.clone();
                self.page.finish(match (query.before, self.page.value()) {
                    (Some(_), Some(old)) => result.map(|page| extended(old, page)),
                    (Some(_), None) | (None, _) => result,
                });
                self.keep_selection();
                Some(Reaction::stay())
            }
            Reply::Written(_, Ok(_)) | Reply::Undone(Ok(_)) | Reply::Fate(_, Ok(Some(_))) => {
                let effects = self.renew(context);
                Some(Reaction {
                    effects,
                    ..Reaction::stay()
                })
            }
            _ => None,
        }
    }

    /// Reads anew because something changed; what is selected stays so.
    pub fn renew(&mut self, context: &Context<'_>) -> Vec<Effect> {
        let known = self.lines().len();
        let limit = known.next_multiple_of(PAGE).clamp(PAGE, RENEWED_MAX);
        self.read(None, limit, context)
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        view::view(self, screen, buf, context)
    }

    pub fn hints(&self, context: &Context<'_>) -> Vec<Hint> {
        let comes_apart = self.line().is_some_and(|line| 0 < line.to_assign);
        let word = if comes_apart { "take apart" } else { "undo" };
        let undo = context.keymap.label(Action::Undo).map(|key| {
            let hint = Hint::new(key, word);
            match self.line().is_some_and(|line| line.refusal.is_none()) {
                true => hint,
                false => hint.greyed(),
            }
        });
        let mut hints: Vec<Hint> = undo.into_iter().collect();
        match self.part {
            Part::List => {
                let details = Hint::new("Enter", "details");
                hints.push(match self.line() {
                    Some(_) => details,
                    None => details.greyed(),
                });
                hints.push(Hint::new("Tab", self.next_word(context)));
                hints.push(Hint::new("Esc", "close"));
            }
            Part::Details => {
                hints.push(Hint::new("↑↓", "scroll"));
                hints.push(Hint::new("Esc", "back to the list"));
            }
        }
        hints
    }

    fn press(&mut self, press: Press, context: &Context<'_>) -> Reaction {
        let means = match context.keymap.meaning(&[press]) {
            Meaning::Run { action, .. } => Some(action),
            Meaning::Pending(_) | Meaning::Unknown => None,
        };
        match (press.key, means) {
            (Key::Esc, _) | (_, Some(Action::Back)) if self.part == Part::Details => {
                self.part = Part::List;
                Reaction::stay()
            }
            (Key::Esc, _) => Reaction::close(),
            (_, Some(Action::Back | Action::Quit | Action::History)) => Reaction::close(),
            (_, Some(Action::Undo)) => self.undo(context),
            (Key::Enter, _) => {
                self.part = match self.part {
                    Part::List if self.line().is_some() => Part::Details,
                    Part::List | Part::Details => Part::List,
                };
                Reaction::stay()
            }
            (_, Some(Action::NextPane)) => self.turn(1, context),
            (_, Some(Action::PreviousPane)) => self.turn(self.scopes.len() - 1, context),
            (_, Some(action)) => match crate::tui::update::motion(action) {
                Some(motion) => self.go(motion, context),
                None => Reaction::stay(),
            },
            (_, None) => Reaction::stay(),
        }
    }

    fn go(&mut self, motion: Motion, context: &Context<'_>) -> Reaction {
        if self.part == Part::Details {
            self.scroll(motion);
            return Reaction::stay();
        }
        let len = self.lines().len();
        self.list.go(motion, len);
        self.chosen();
        let is_near = len <= self.list.selected().saturating_add(AHEAD);
        let is_ready = matches!(&self.page, Load::Ready(page) if page.more);
        let last = self.lines().last().map(|line| line.id);
        match last.filter(|_| is_near && is_ready) {
            Some(last) => Reaction {
                effects: self.read(Some(last), PAGE, context),
                ..Reaction::stay()
            },
            None => Reaction::stay(),
        }
    }

    fn scroll(&mut self, motion: Motion) {
        let (room, len) = self.seen.get();
        let last = len.saturating_sub(room);
        let page = room.saturating_sub(1).max(1);
        self.top = match motion {
            Motion::Up => self.top.saturating_sub(1),
            Motion::Down => self.top + 1,
            Motion::PageUp => self.top.saturating_sub(page),
            Motion::PageDown => self.top + page,
            Motion::First => 0,
            Motion::Last => last,
        }
        .min(last);
    }

    /// Asks before anything is taken back; what came since a merge is given to its sides first.
    fn undo(&mut self, context: &Context<'_>) -> Reaction {
        let Some(line) = self.line() else {
            return Reaction::stay();
        };
        if let Some(refusal) = &line.refusal {
            self.told = Some(refusal.clone());
            return Reaction::stay();
        }
        if 0 < line.to_assign {
            let (unmerge, effects) = Unmerge::open(line.id, context);
            return Reaction {
                effects,
                ..Reaction::then(Then::Push(Box::new(Layer::Unmerge(Box::new(unmerge)))))
            };
        }
        let ask = undo(line);
        Reaction::then(Then::Push(Box::new(Layer::Ask(Box::new(ask)))))
    }

    /// Looks at something else.
    fn turn(&mut self, by: usize, context: &Context<'_>) -> Reaction {
        match self.is_of_nobody() && is_of_somebody(&scopes(context)) {
            // Somebody is shown by now.
            true => (self.scopes, self.scope) = (scopes(context), 0),
            false => self.scope = (self.scope + by) % self.scopes.len(),
        }
        self.page = Load::Empty;
        self.list = ListState::default();
        self.selected = None;
        self.part = Part::List;
        self.top = 0;
        Reaction {
            effects: self.read(None, PAGE, context),
            ..Reaction::stay()
        }
    }

    fn read(
        &mut self,
        before: Option<EntryId>,
        limit: usize,
        context: &Context<'_>,
    ) -> Vec<Effect> {
        let all = HistoryQuery {
            before,
            limit,
            ..HistoryQuery::default()
        };
        self.asked = match self.scopes.get(self.scope) {
            Some(Scope::Contact(contact, _)) => HistoryQuery {
                contact: Some(*contact),
                ..all
            },
            Some(Scope::Conversation(conversation)) => HistoryQuery {
                conversation: Some(*conversation),
                ..all
            },
            Some(Scope::Own) | None => HistoryQuery {
                by: Some(context.agent.to_owned()),
                ..all
            },
            Some(Scope::Everybody) => all,
        };
        self.page.begin(context.now);
        vec![Effect::Read(Read::History(self.asked.clone()))]
    }

    fn lines(&self) -> &[HistoryLine] {
        self.page.value().map_or(&[], |page| &page.lines)
    }

    /// The selected entry.
    fn line(&self) -> Option<&HistoryLine> {
        let lines = self.lines();
        lines.get(self.list.selected_of(lines.len())?)
    }

    fn chosen(&mut self) {
        self.selected = self.line().map(|line| line.id);
        self.top = 0;
    }

    fn keep_selection(&mut self) {
        let selected = self.selected;
        let at = self
            .lines()
            .iter()
            .position(|line| Some(line.id) == selected);
        match at {
            Some(at) => self.list.select(at),
            None => self.chosen(),
        }
    }

    /// Whether no contact could be offered: nothing was shown when it was opened.
    fn is_of_nobody(&self) -> bool {
        !is_of_somebody(&self.scopes)
    }

    /// How to come to the history of a contact, where none could be offered.
    fn way_to_somebody(&self, context: &Context<'_>) -> Option<String> {
        let all = scopes(context);
        match self.is_of_nobody() {
            false => None,
            true if is_of_somebody(&all) => {
                Some("These are your own; Tab shows those of the contact".to_owned())
            }
            true => {
                let key = context.keymap.label(Action::History);
                let key = key.unwrap_or_else(|| "the same key".to_owned());
                Some(format!(
                    "Nobody is shown yet: choose a conversation, and {key} shows its contact's"
                ))
            }
        }
    }

    fn next_word(&self, context: &Context<'_>) -> &'static str {
        if self.is_of_nobody() && is_of_somebody(&scopes(context)) {
            return "the contact";
        }
        match self.scopes.get((self.scope + 1) % self.scopes.len()) {
            Some(Scope::Contact(..)) => "the contact",
            Some(Scope::Conversation(_)) => "the conversation",
            Some(Scope::Own) | None => "your own",
            Some(Scope::Everybody) => "everybody's",
        }
    }
}

/// What can be looked at: what is shown, what the agent did, and what everybody did who may see that.
fn scopes(context: &Context<'_>) -> Vec<Scope> {
    let mut scopes = Vec::new();
    match (context.scene.profile, context.scene.conversation) {
        (Some(profile), _) => {
            let own = profile.contact.as_ref().map(|contact| contact.id);
            if let Some(contact) = own.or(profile.linked) {
                scopes.push(Scope::Contact(contact, name_of_profile(profile)));
            }
            scopes.extend(profile.conversation.map(Scope::Conversation));
        }
        // Its profile is on its way.
        (None, Some(line)) => {
            let contact = line.contact;
            scopes.extend(contact.map(|id| Scope::Contact(id, name_of_line(line))));
            scopes.push(Scope::Conversation(line.id));
        }
        (None, None) => {}
    }
    scopes.push(Scope::Own);
    if context.role.may(Permission::HistoryView) {
        scopes.push(Scope::Everybody);
    }
    scopes
}

fn is_of_somebody(scopes: &[Scope]) -> bool {
    let mut scopes = scopes.iter();
    scopes.any(|scope| matches!(scope, Scope::Contact(..) | Scope::Conversation(_)))
}

/// What was read so far with the next page behind it.
fn extended(old: &Page, page: Page) -> Page {
    let mut whole = old.clone();
    let last = whole.lines.last().map(|line| line.id);
    let is_older = |line: &HistoryLine| last.is_none_or(|last| line.id < last);
    whole.lines.extend(page.lines.into_iter().filter(is_older));
    whole.more = page.more;
    whole
}
