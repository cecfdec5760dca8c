//! Help and palette in one: every action with its keys, filtered while typing. Enter runs the row.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::input::{Input, Key, Mouse, Press};
use crate::tui::layer::{Reaction, Then};
use crate::tui::pane::heading;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widget::{
    Field, Focus, Hint, List, ListState, Modal, Motion, list_height, matches, put, put_block,
    put_matched,
};

const WIDTH: u16 = 92;
const KEYS_COLUMNS: u16 = 14;
const FILTER_CHARS_MAX: usize = 60;
/// From so many rows on the selected action is told below the list.
const TOLD_FROM_ROWS: u16 = 5;
/// Below so many columns that takes two rows.
const TOLD_WIDTH: u16 = 70;

/// The list of actions with a filter.
#[derive(Clone, Debug)]
pub struct Help {
    filter: Field,
    list: ListState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    Heading(&'static str),
    Action(Action),
}

impl Default for Help {
    fn default() -> Self {
        let mut list = ListState::default();
        // The first row is a heading.
        list.select(1);
        Self {
            filter: Field::new(FILTER_CHARS_MAX).with_placeholder("type to filter"),
            list,
        }
    }
}

impl Help {
    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        match input {
            Input::Key(press) => self.press(press, context),
            Input::Paste(pasted) => {
                self.filter.paste(&pasted);
                self.top();
                Reaction::stay()
            }
            Input::Mouse(mouse) => self.click(mouse, context),
            Input::Resize { .. } | Input::FocusGained | Input::FocusLost => Reaction::stay(),
        }
    }

    /// A click selects an action; a click on the selected one runs it.
    fn click(&mut self, mouse: Mouse, context: &Context<'_>) -> Reaction {
        let rows = self.rows(context);
        let row = mouse.click().and_then(|at| self.list.row_at(at));
        match row.and_then(|row| Some((row, rows.get(row)?))) {
            Some((row, Row::Action(action))) if row == self.list.selected() => {
                Reaction::then(Then::Act(*action))
            }
            Some((row, Row::Action(_))) => {
                self.list.select(row);
                Reaction::stay()
            }
            Some((_, Row::Heading(_))) | None => Reaction::stay(),
        }
    }

    fn press(&mut self, press: Press, context: &Context<'_>) -> Reaction {
        match (press.key, press.ctrl) {
            (Key::Esc, _) if self.filter.is_empty() => return Reaction::close(),
            (Key::Esc, _) => {
                self.filter.clear();
                self.top();
            }
            (Key::Char('?'), false) if self.filter.is_empty() => return Reaction::close(),
            (Key::Enter, _) => {
                let rows = self.rows(context);
                let at = self.list.selected_of(rows.len());
                if let Some(Row::Action(action)) = at.map(|at| rows[at]) {
                    return Reaction::then(Then::Act(action));
                }
            }
            (Key::Up, _) | (Key::Char('p'), true) => self.go(Motion::Up, context),
            (Key::Down, _) | (Key::Char('n'), true) => self.go(Motion::Down, context),
            (Key::PageUp, _) => self.go(Motion::PageUp, context),
            (Key::PageDown, _) => self.go(Motion::PageDown, context),
            _ => {
                self.filter.apply(&press);
                self.top();
            }
        }
        Reaction::stay()
    }

    fn go(&mut self, motion: Motion, context: &Context<'_>) {
        let rows = self.rows(context);
        let can_rest = |row: usize| matches!(rows.get(row), Some(Row::Action(_)));
        crate::tui::pane::step(&mut self.list, motion, rows.len(), can_rest);
    }

    /// The first action: while typing there are no headings.
    fn top(&mut self) {
        self.list.select(usize::from(self.filter.is_empty()));
    }

    fn rows(&self, context: &Context<'_>) -> Vec<Row> {
        if self.filter.is_empty() {
            let mut rows = Vec::new();
            let mut group = None;
            let mut actions = Action::ALL.to_vec();
            actions.sort_by_key(|action| action.spec().group as u8);
            for action in actions {
                let here = action.spec().group;
                if group != Some(here) {
                    rows.push(Row::Heading(here.title()));
                    group = Some(here);
                }
                rows.push(Row::Action(action));
            }
            return rows;
        }
        let found = found(self.filter.text(), context);
        found.into_iter().map(Row::Action).collect()
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let rows = self.rows(context);
        let modal = Modal {
            title: "Help",
            right: "",
            size: Size {
                width: WIDTH.min(screen.width.saturating_sub(2)).max(1),
                height: list_height(screen, usize::from(u16::MAX)),
            },
        };
        let inner = modal.view(screen, buf, context.theme);
        let (filter, below) = split(inner);
        let (below, told) = off_bottom(below);
        let cursor = self.draw_filter(filter, buf, context);
        let list = List {
            len: rows.len(),
            empty: "No action has these words",
            focus: Focus::Focused,
            theme: context.theme,
        };
        list.view(&self.list, below, buf, |row, place, buf| match rows[row] {
            Row::Heading(title) => heading(title, place, buf, context.theme),
            Row::Action(action) => self.draw_action(action, place, buf, context),
        });
        let at = self.list.selected_of(rows.len());
        if let Some(Row::Action(action)) = at.map(|at| rows[at]) {
            tell(action, told, buf, context);
        }
        cursor
    }

    fn draw_filter(&self, area: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let used = put(buf, area, "> ", context.theme.style(Role::Accent));
        let field = Rect {
            x: area.x + used,
            width: area.width - used,
            ..area
        };
        self.filter.view(field, buf, context.theme)
    }

    fn draw_action(&self, action: Action, place: Rect, buf: &mut Buffer, context: &Context<'_>) {
        let theme = context.theme;
        let keys_width = KEYS_COLUMNS.min(place.width / 3);
        let refusal = context.refusal(action);
        let role = if refusal.is_some() {
            Role::Muted
        } else {
            Role::Text
        };
        let key_role = if refusal.is_some() {
            Role::Muted
        } else {
            Role::Accent
        };
        let keys_place = Rect {
            width: keys_width,
            ..place
        };
        put(
            buf,
            keys_place,
            &keys(action, context),
            theme.style(key_role),
        );
        let rest = Rect {
            x: place.x + keys_width,
            width: place.width - keys_width,
            ..place
        };
        let words: Vec<&str> = self.filter.text().split_whitespace().collect();
        let styles = (theme.style(role), theme.style(Role::Match));
        let used = put_matched(buf, rest, action.spec().title, &words, styles);
        if let Some(why) = refusal {
            let after = Rect {
                x: rest.x + used,
                width: rest.width - used,
                ..rest
            };
            put(buf, after, &format!("  {why}"), theme.style(Role::Warning));
        }
    }

    pub fn hints(&self, _context: &Context<'_>) -> Vec<Hint> {
        vec![
            Hint::new("Enter", "run"),
            Hint::new("↑↓", "choose"),
            Hint::new(
                "Esc",
                if self.filter.is_empty() {
                    "close"
                } else {
                    "clear"
                },
            ),
        ]
    }
}

/// The actions that a filter leaves: first those of exactly this key, then those that have all its words in
/// their title, name, footer word or keys. Where there are none, those with its letters in this order.
fn found(filter: &str, context: &Context<'_>) -> Vec<Action> {
    let filter = filter.trim();
    let words: Vec<&str> = filter.split_whitespace().collect();
    let written = |action: Action| -> Vec<String> {
        let chords = context.keymap.chords(action);
        chords
            .flat_map(|chord| [chord.label(), chord.to_string()])
            .collect()
    };
    let has_words = |action: &Action| {
        let spec = action.spec();
        let keys = written(*action).join(" ");
        let all = format!("{} {} {} {keys}", spec.title, spec.name, spec.word);
        words.iter().all(|word| !matches(&all, &[word]).is_empty())
    };
    let has_key = |action: &Action| written(*action).iter().any(|key| key == filter);
    let mut all: Vec<Action> = Action::ALL
        .into_iter()
        .filter(|action| has_key(action) || has_words(action))
        .collect();
    all.sort_by_key(|action| !has_key(action));
    if all.is_empty() {
        let letters = |action: &Action| {
            let spec = action.spec();
            has_letters(spec.title, filter) || has_letters(spec.name, filter)
        };
        all.extend(Action::ALL.into_iter().filter(letters));
    }
    all
}

/// Whether a text has the letters of another one in their order, with anything between them.
fn has_letters(text: &str, wanted: &str) -> bool {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    let mut wanted = wanted
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_lowercase);
    wanted.all(|one| letters.any(|letter| letter == one))
}

/// Says of the selected action what its key would say: why it cannot be done, else its name in the
/// configuration. Rows cut what this has room for.
fn tell(action: Action, area: Rect, buf: &mut Buffer, context: &Context<'_>) {
    let spec = action.spec();
    let (words, role) = match context.refusal(action) {
        Some(why) => (format!("{}: {why}", spec.title), Role::Warning),
        None if 1 < area.height => {
            let words = format!("{}\n{} in [keys]", spec.title, spec.name);
            (words, Role::Muted)
        }
        None => (format!("{} in [keys]", spec.name), Role::Muted),
    };
    put_block(buf, area, &words, context.theme.style(role));
}

/// An area without its last rows, and those: one where it is wide, two where sentences wrap.
fn off_bottom(area: Rect) -> (Rect, Rect) {
    let wanted = if area.width < TOLD_WIDTH { 2 } else { 1 };
    let rows = if area.height < TOLD_FROM_ROWS {
        0
    } else {
        wanted
    };
    let above = Rect {
        height: area.height - rows,
        ..area
    };
    let below = Rect {
        y: above.bottom(),
        height: rows,
        ..area
    };
    (above, below)
}

/// All chords of an action; the numbers of `jump` are one range.
fn keys(action: Action, context: &Context<'_>) -> String {
    let labels: Vec<String> = context
        .keymap
        .chords(action)
        .map(|chord| chord.label())
        .collect();
    match labels.as_slice() {
        [] => "—".to_owned(),
        [first, .., last] if 3 < labels.len() => format!("{first} … {last}"),
        labels => text::fit(&labels.join(" "), usize::from(KEYS_COLUMNS) - 1),
    }
}

/// The first row, and what is below a blank one.
fn split(area: Rect) -> (Rect, Rect) {
    let gap = if area.height < 8 { 1 } else { 2 };
    let first = Rect {
        height: area.height.min(1),
        ..area
    };
    let below = Rect {
        y: area.y + gap.min(area.height),
        height: area.height.saturating_sub(gap),
        ..area
    };
    (first, below)
}
