//! Everything that was said in this session, the newest first.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::input::{Input, Key, Press};
use crate::tui::keymap::Meaning;
use crate::tui::layer::Reaction;
use crate::tui::notice::{Notice, Notices, Tone};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::time;
use crate::tui::widget::{
    Focus, Hint, List, ListState, Modal, Motion, list_height, put, put_block,
};

const WIDTH: u16 = 100;
/// Columns of the time and the sign.
const START_COLUMNS: u16 = 8;

/// The log as it was when it was opened.
#[derive(Clone, Debug)]
pub struct Log {
    notices: Vec<Notice>,
    list: ListState,
}

/// The step that a press means in a list without a text field.
pub(super) fn motion(press: Press, context: &Context<'_>) -> Option<Motion> {
    match context.keymap.meaning(&[press]) {
        Meaning::Run { action, .. } => crate::tui::update::motion(action),
        Meaning::Pending(_) | Meaning::Unknown => None,
    }
}

/// Whether a press closes a list: Esc, quit, or the key that opened it.
pub(super) fn closes(press: Press, opener: Action, context: &Context<'_>) -> bool {
    let means = match context.keymap.meaning(&[press]) {
        Meaning::Run { action, .. } => {
            action == opener || matches!(action, Action::Back | Action::Quit)
        }
        Meaning::Pending(_) | Meaning::Unknown => false,
    };
    means || press.key == Key::Esc
}

impl Log {
    pub fn of(notices: &Notices) -> Self {
        Self {
            notices: notices.log().iter().cloned().collect(),
            list: ListState::default(),
        }
    }

    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        match input {
            Input::Key(press) if closes(press, Action::Notices, context) => {
                return Reaction::close();
            }
            Input::Key(press) => {
                if let Some(motion) = motion(press, context) {
                    self.list.go(motion, self.notices.len());
                }
            }
            Input::Mouse(mouse) => {
                if let Some(row) = mouse.click().and_then(|at| self.list.row_at(at)) {
                    self.list.select(row);
                }
            }
            Input::Paste(_) | Input::Resize { .. } | Input::FocusGained | Input::FocusLost => {}
        }
        Reaction::stay()
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let width = WIDTH.min(screen.width.saturating_sub(2)).max(1);
        let room = usize::from(width.saturating_sub(START_COLUMNS + 6)).max(1);
        let height = |row: usize| text::wrap(&said(&self.notices[row]), room).len() as u16;
        let rows: u16 = (0..self.notices.len())
            .map(height)
            .fold(0, u16::saturating_add);
        let modal = Modal {
            title: "Notices",
            right: "",
            size: Size {
                width,
                height: list_height(screen, usize::from(rows)),
            },
        };
        let inner = modal.view(screen, buf, context.theme);
        let list = List {
            len: self.notices.len(),
            empty: "Nothing was said yet",
            focus: Focus::Focused,
            theme: context.theme,
        };
        let shown = list.view_tall(&self.list, inner, buf, height, |row, place, buf| {
            draw(&self.notices[row], place, buf, context);
        });
        shown.cursor
    }

    pub fn hints(&self, _context: &Context<'_>) -> Vec<Hint> {
        vec![Hint::new("↑↓", "read"), Hint::new("Esc", "close")]
    }
}

/// The colour of a notice.
pub fn role(tone: Tone) -> Role {
    match tone {
        Tone::Done => Role::Good,
        Tone::Told => Role::Accent,
        Tone::Warning => Role::Warning,
        Tone::Trouble => Role::Danger,
    }
}

fn draw(notice: &Notice, place: Rect, buf: &mut Buffer, context: &Context<'_>) {
    let theme = context.theme;
    let start = format!(
        "{} {}",
        time::clock(notice.at, context.tz),
        notice.tone.sign()
    );
    put(buf, place, &start, theme.style(role(notice.tone)));
    let rest = Rect {
        x: place.x + START_COLUMNS.min(place.width),
        width: place.width.saturating_sub(START_COLUMNS),
        ..place
    };
    put_block(buf, rest, &said(notice), theme.style(Role::Text));
}

fn said(notice: &Notice) -> String {
    match notice.times {
        0 | 1 => notice.text.clone(),
        times => format!("{} (said {times} times)", notice.text),
    }
}
