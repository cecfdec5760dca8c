//! Contacts that were viewed lately, one key away.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::notices::{closes, motion};
use crate::backend::view::Brief;
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::input::{Input, Key};
use crate::tui::layer::{Reaction, Then};
use crate::tui::msg::Subject;
use crate::tui::pane::person::called;
use crate::tui::pane::profile::badge;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widget::table::{Align, Cell, Column, row, widths};
use crate::tui::widget::{Focus, Hint, List, ListState, Modal, list_height};

const WIDTH: u16 = 76;
const NAME_COLUMNS: (u16, u16) = (12, 30);
const DETAIL_COLUMNS: (u16, u16) = (10, 40);
/// The longest type with its sign: a word that is cut says nothing.
const KIND_COLUMNS: u16 = 12;

/// The list of contacts that were viewed lately.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    list: ListState,
}

impl Recent {
    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        let recent = context.scene.recent;
        match input {
            Input::Key(press) if closes(press, Action::Recent, context) => Reaction::close(),
            Input::Key(press) if press.key == Key::Enter => {
                match self.list.selected_of(recent.len()) {
                    Some(at) => Reaction::then(Then::Show(Subject::Contact(recent[at].id))),
                    None => Reaction::close(),
                }
            }
            Input::Key(press) => {
                if let Some(motion) = motion(press, context) {
                    self.list.go(motion, recent.len());
                }
                Reaction::stay()
            }
            Input::Mouse(mouse) => {
                let row = mouse.click().and_then(|at| self.list.row_at(at));
                match row.and_then(|row| recent.get(row)) {
                    Some(brief) => Reaction::then(Then::Show(Subject::Contact(brief.id))),
                    None => Reaction::stay(),
                }
            }
            Input::Paste(_) | Input::Resize { .. } => Reaction::stay(),
            Input::FocusGained | Input::FocusLost => Reaction::stay(),
        }
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let recent = context.scene.recent;
        let modal = Modal {
            title: "Recently viewed",
            right: "",
            size: Size {
                width: WIDTH.min(screen.width.saturating_sub(2)).max(1),
                height: list_height(screen, recent.len()),
            },
        };
        let inner = modal.view(screen, buf, context.theme);
        let list = List {
            len: recent.len(),
            empty: "No contact was viewed yet",
            focus: Focus::Focused,
            theme: context.theme,
        };
        let columns = columns(recent, inner.width);
        let shown = list.view(&self.list, inner, buf, |at, place, buf| {
            draw(&recent[at], &columns, place, buf, context);
        });
        shown.cursor
    }

    pub fn hints(&self, _context: &Context<'_>) -> Vec<Hint> {
        vec![Hint::new("Enter", "open"), Hint::new("Esc", "close")]
    }
}

/// Name, type and detail; no name takes more than the longest one needs, or half of the room, so that details
/// stand whole.
fn columns(recent: &[Brief], room: u16) -> [Column; 3] {
    let names = recent
        .iter()
        .map(|brief| text::width(&called(&brief.name, brief.says.as_deref())));
    let longest = names.max().unwrap_or_default().min(usize::from(u16::MAX)) as u16;
    let column = |(min, ideal), priority| Column {
        min,
        ideal,
        priority,
    };
    let (least, most) = NAME_COLUMNS;
    let most = most.min(room / 2).max(least);
    [
        column((least, longest.clamp(least, most)), 3),
        column((KIND_COLUMNS, KIND_COLUMNS), 1),
        column(DETAIL_COLUMNS, 2),
    ]
}

fn draw(brief: &Brief, columns: &[Column], place: Rect, buf: &mut Buffer, context: &Context<'_>) {
    let (kind, role) = badge(brief.kind);
    let name = called(&brief.name, brief.says.as_deref());
    let cell = |text, role| Cell {
        text,
        style: context.theme.style(role),
        align: Align::Left,
    };
    let cells = [
        cell(&name, Role::Text),
        cell(&kind, role),
        cell(&brief.detail, Role::Muted),
    ];
    row(buf, place, &widths(columns, place.width), &cells);
}
