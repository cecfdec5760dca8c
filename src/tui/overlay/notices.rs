//! Everything that was said in this session, the newest first.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::effect::Effect;
use crate::tui::input::{Input, Key, Press};
use crate::tui::keymap::Meaning;
use crate::tui::layer::Reaction;
use crate::tui::notice::{Notice, Notices, Tone};
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::time;
use crate::tui::widget::{
    Focus, Hint, List, ListState, Modal, Motion, list_height, put, put_block,
};

const WIDTH: u16 = 100;
const COPIED: &str = "sent to the clipboard";

/// The log. What is said while it is open comes on top.
#[derive(Clone, Debug)]
pub struct Log {
    notices: Vec<Notice>,
    forgotten: usize,
    list: ListState,
    /// Whether the last press sent a row to the clipboard.
    has_copied: bool,
}

/// The step that a press means in a list without a text field.
pub(super) fn motion(press: Press, context: &Context<'_>) -> Option<Motion> {
    match context.keymap.meaning(&[press]) {
        Meaning::Run { action, .. } => crate::tui::update::motion(action),
        Meaning::Pending(_) | Meaning::Unknown => None,
    }
}

/// Whether a press is the key of an action.
fn means(press: Press, wanted: Action, context: &Context<'_>) -> bool {
    match context.keymap.meaning(&[press]) {
        Meaning::Run { action, .. } => action == wanted,
        Meaning::Pending(_) | Meaning::Unknown => false,
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
            forgotten: notices.forgotten(),
            list: ListState::default(),
            has_copied: false,
        }
    }

    /// Takes in what was said since. Who reads an older one goes on reading it.
    pub fn renew(&mut self, notices: &Notices) {
        let before = self.notices.len() + self.forgotten;
        let mut list = self.list.clone();
        *self = Self {
            has_copied: self.has_copied,
            ..Self::of(notices)
        };
        let new = (self.notices.len() + self.forgotten).saturating_sub(before);
        if 0 < list.selected() {
            list.select(list.selected() + new);
        }
        self.list = list;
    }

    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        self.has_copied = false;
        match input {
            Input::Key(press) if closes(press, Action::Notices, context) => {
                return Reaction::close();
            }
            Input::Key(press) if means(press, Action::Copy, context) => {
                let row = self.list.selected_of(self.notices.len());
                if let Some(notice) = row.and_then(|row| self.notices.get(row)) {
                    self.has_copied = true;
                    return Reaction::stay().with(Effect::Copy(said(notice)));
                }
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
        let stamps: Vec<String> = self.notices.iter().map(|one| stamp(one, context)).collect();
        let stamp_columns = stamps.iter().map(|one| text::width(one)).max();
        // Two blanks and the sign stand behind the time.
        let start = (stamp_columns.unwrap_or_default() + 3) as u16;
        let room = usize::from(width.saturating_sub(start + 6)).max(1);
        let height = |row: usize| text::wrap(&said(&self.notices[row]), room).len() as u16;
        let rows: u16 = (0..self.notices.len())
            .map(height)
            .fold(0, u16::saturating_add);
        let right = self.right();
        let modal = Modal {
            title: "Notices",
            right: &right,
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
            let from = (stamps[row].as_str(), start);
            draw(&self.notices[row], from, place, buf, context.theme);
        });
        shown.cursor
    }

    /// What stands in the corner: what was just done, else what the log has not.
    fn right(&self) -> String {
        match (self.has_copied, self.forgotten) {
            (true, _) => COPIED.to_owned(),
            (false, 0) => String::new(),
            (false, count) => format!("{} before are not kept", time::count(count as u64)),
        }
    }

    pub fn hints(&self, context: &Context<'_>) -> Vec<Hint> {
        let copy = context.keymap.label(Action::Copy);
        let copy = copy.filter(|_| !self.notices.is_empty());
        let mut hints = vec![Hint::new("↑↓", "read")];
        hints.extend(copy.map(|key| Hint::new(key, "copy")));
        hints.push(Hint::new("Esc", "close"));
        hints
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

/// When it was said, with the day where that is not today.
fn stamp(notice: &Notice, context: &Context<'_>) -> String {
    time::short_stamp(notice.at, context.present, context.tz)
}

fn draw(
    notice: &Notice,
    (stamp, start): (&str, u16),
    place: Rect,
    buf: &mut Buffer,
    theme: &Theme,
) {
    let stamp = text::pad(stamp, usize::from(start.saturating_sub(3)));
    let signed = format!("{stamp} {}", notice.tone.sign());
    put(buf, place, &signed, theme.style(role(notice.tone)));
    let rest = Rect {
        x: place.x + start.min(place.width),
        width: place.width.saturating_sub(start),
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
