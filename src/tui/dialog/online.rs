//! Who is on the website now: name, page, how long, and what is likely. Enter opens the person.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use crate::backend::view::Online as Visitor;
use crate::domain::Moment;
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::effect::{Effect, Read};
use crate::tui::input::{Input, Key};
use crate::tui::keymap::Meaning;
use crate::tui::layer::{Reaction, Then};
use crate::tui::load::Load;
use crate::tui::msg::{Reply, Subject};
use crate::tui::pane::Line;
use crate::tui::pane::journey::path_of;
use crate::tui::pane::person::called;
use crate::tui::theme::Role;
use crate::tui::time;
use crate::tui::widget::{Focus, Hint, List, ListState, Modal, list_height, waiting};

const WIDTH: u16 = 76;

/// The list of visitors.
#[derive(Clone, Debug)]
pub struct Online {
    visitors: Load<Vec<Visitor>>,
    list: ListState,
}

impl Online {
    pub fn open(context: &Context<'_>) -> (Self, Vec<Effect>) {
        let mut online = Self {
            visitors: Load::Empty,
            list: ListState::default(),
        };
        let effects = online.renew(context);
        (online, effects)
    }

    /// Reads anew because something changed.
    pub fn renew(&mut self, context: &Context<'_>) -> Vec<Effect> {
        self.visitors.begin(context.now);
        vec![Effect::Read(Read::Online)]
    }

    pub fn reply(&mut self, reply: &Reply) -> Option<Reaction> {
        let Reply::Online(result) = reply else {
            return None;
        };
        let selected = self.selected().map(|one| one.visit.id);
        self.visitors.finish(result.clone());
        let at = self
            .all()
            .iter()
            .position(|one| Some(one.visit.id) == selected);
        self.list.select(at.unwrap_or(0));
        Some(Reaction::stay())
    }

    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        match input {
            Input::Key(press) => {
                let means = match context.keymap.meaning(&[press]) {
                    Meaning::Run { action, .. } => Some(action),
                    Meaning::Pending(_) | Meaning::Unknown => None,
                };
                match (press.key, means) {
                    (Key::Esc, _) => Reaction::close(),
                    (_, Some(Action::Back | Action::Quit | Action::Online)) => Reaction::close(),
                    (Key::Enter, _) => self.chosen(self.list.selected()),
                    (_, means) => {
                        let len = self.all().len();
                        if let Some(motion) = means.and_then(crate::tui::update::motion) {
                            self.list.go(motion, len);
                        }
                        Reaction::stay()
                    }
                }
            }
            Input::Mouse(mouse) => match mouse.click().and_then(|at| self.list.row_at(at)) {
                Some(row) => self.chosen(row),
                None => Reaction::stay(),
            },
            Input::Paste(_) | Input::Resize { .. } => Reaction::stay(),
            Input::FocusGained | Input::FocusLost => Reaction::stay(),
        }
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let count = match self.all().len() {
            0 => String::new(),
            many => time::count(many as u64),
        };
        let modal = Modal {
            title: "On the website now",
            right: &count,
            size: Size {
                width: WIDTH.min(screen.width.saturating_sub(2)).max(1),
                height: list_height(screen, self.all().len().max(1)),
            },
        };
        let inner = modal.view(screen, buf, context.theme);
        let wait = self.words(context);
        let list = List {
            len: self.all().len(),
            empty: &wait,
            focus: Focus::Focused,
            theme: context.theme,
        };
        let shown = list.view(&self.list, inner, buf, |at, place, buf| {
            if let Some(one) = self.all().get(at) {
                line(one, context).view(place, buf, context.theme);
            }
        });
        shown.cursor
    }

    pub fn hints(&self, _context: &Context<'_>) -> Vec<Hint> {
        vec![Hint::new("Enter", "open"), Hint::new("Esc", "close")]
    }

    pub fn waiting_since(&self) -> Option<Moment> {
        self.visitors.waiting_since()
    }

    /// What stands where nobody is listed.
    fn words(&self, context: &Context<'_>) -> String {
        if let Some(trouble) = self.visitors.trouble() {
            return format!("✗ {trouble}");
        }
        match self.visitors.waiting_since() {
            Some(since) => {
                let waited = u64::try_from(context.now.since_ms(since)).unwrap_or(0);
                waiting("Reading who is there", waited).unwrap_or_default()
            }
            None => "Nobody is on the website now".to_owned(),
        }
    }

    fn chosen(&self, row: usize) -> Reaction {
        match self.all().get(row) {
            Some(one) => Reaction::then(Then::Show(Subject::Contact(one.contact.id))),
            None => Reaction::stay(),
        }
    }

    fn selected(&self) -> Option<&Visitor> {
        self.all().get(self.list.selected())
    }

    fn all(&self) -> &[Visitor] {
        self.visitors.value().map_or(&[], Vec::as_slice)
    }
}

/// `Efa Byrne  /pay/failed  4:02`.
fn line(one: &Visitor, context: &Context<'_>) -> Line {
    let visit = &one.visit;
    let name = called(&one.contact.name, one.contact.says.as_deref());
    let page = visit.pages().last().map(|(_, url)| path_of(url).to_owned());
    let lasted = time::span(context.now.since_ms(visit.start));
    let place = visit.place.iter().map(|place| format!("  {place}"));
    // Who has no name is told apart by an address.
    let detail = match one.contact.name.is_empty() && !one.contact.detail.is_empty() {
        true => format!(" {}", one.contact.detail),
        false => String::new(),
    };
    Line::of("● ", Role::Good)
        .and(name.to_string(), Role::Text)
        .and(format!("{detail}  "), Role::Muted)
        .and(page.unwrap_or_else(|| "no page".to_owned()), Role::Link)
        .and(place.collect::<String>(), Role::Muted)
        .right(lasted, Role::Muted)
}
