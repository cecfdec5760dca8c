//! The bar of a presenter under the desk: what is being shown, what to do, and the keys that steer it. The desk
//! knows nothing of what stands behind it: keys go out as numbers, words come in.

use std::fmt;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tokio::sync::{mpsc, watch};

use super::action::Action;
use super::input::{Key, Press};
use super::keymap::Keymap;
use super::text;
use super::theme::{Role, Theme};
use super::widget::{put, put_right};
use crate::backend::Backend;

/// Below this height the bar is one row of few words; the header says the title then.
const HEIGHT_MIN: u16 = 16;
/// Below this height the desk needs every row.
const BRIEF_HEIGHT_MIN: u16 = 10;
/// Most rows of words, and of things to choose from.
const WORDS_MAX: usize = 2;
/// From this width on one row is enough for a caption. The rows are there even for shorter words, so that the
/// desk does not move at every caption.
const ONE_ROW_WIDTH_MIN: u16 = 130;
const CHOICES_MAX: usize = 5;
/// Columns left of the words.
const INDENT: usize = 3;
/// Columns between two keys, and between words and keys.
const GAP: &str = "  ";
const CHOICE_GAP: &str = "   ";

/// What the bar says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Banner {
    pub title: String,
    pub text: String,
    /// The text in a few words, for a small screen.
    pub brief: String,
    /// Names of actions that the words ask for; their keys are shown.
    pub actions: Vec<String>,
    /// Something that the viewer must know now; it stands in place of the text and the choices.
    pub warning: Option<String>,
    /// How it runs, for example `paused`; empty as long as it just runs.
    pub state: String,
    /// What can be chosen by its number, from 1. While there is something, it stands in place of the text.
    pub choices: Vec<String>,
}

/// What a presenter asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steer {
    /// The number of the key.
    Key(u8),
    /// A choice, from 0.
    Choose(usize),
    /// None of the choices.
    Leave,
}

/// A key that steers.
#[derive(Clone, Copy, Debug)]
pub struct SteerKey {
    pub press: Press,
    /// What is sent for it.
    pub number: u8,
    pub word: &'static str,
    /// The word where there is little room.
    pub brief: &'static str,
}

/// A presenter: words that change, keys that steer, and the backend that the desk is on.
#[derive(Clone)]
pub struct Presenter {
    pub banner: watch::Receiver<Banner>,
    /// The keys, the likeliest first.
    pub keys: Vec<SteerKey>,
    pub pressed: mpsc::Sender<Steer>,
    /// When it changes, the desk begins anew on it.
    pub backend: watch::Receiver<Arc<dyn Backend>>,
}

impl Banner {
    /// What can be chosen now.
    fn offered(&self) -> &[String] {
        match self.warning {
            Some(_) => &[],
            None => &self.choices,
        }
    }
}

impl fmt::Debug for Presenter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Presenter");
        shown
            .field("banner", &self.banner)
            .field("keys", &self.keys);
        shown.finish_non_exhaustive()
    }
}

impl Presenter {
    /// Takes a press that steers; true when it did.
    pub fn takes(&self, press: &Press) -> bool {
        let key = self.keys.iter().find(|key| key.press == *press);
        let steer = key.map(|key| Steer::Key(key.number));
        let Some(steer) = steer.or_else(|| self.choice(press)) else {
            return false;
        };
        // A presenter who hammers a key loses presses, not the desk.
        let _ = self.pressed.try_send(steer);
        true
    }

    /// What a press chooses while there are choices; only then is it the presenter's.
    fn choice(&self, press: &Press) -> Option<Steer> {
        let count = self.banner.borrow().offered().len();
        if count == 0 {
            return None;
        }
        if *press == Press::plain(Key::Esc) {
            return Some(Steer::Leave);
        }
        let is = |number: &usize| {
            let digit = char::from_digit(*number as u32, 10);
            digit.is_some_and(|digit| *press == Press::plain(Key::Char(digit)))
        };
        (1..=count).find(is).map(|number| Steer::Choose(number - 1))
    }

    /// Waits for what the presenter says next; nothing when nobody is left to say it.
    pub(super) async fn said(&mut self) -> Option<Said> {
        tokio::select! {
            changed = self.banner.changed() => changed.ok().map(|()| Said::Words),
            changed = self.backend.changed() => {
                changed.ok()?;
                Some(Said::Moved(self.backend.borrow_and_update().clone()))
            }
        }
    }

    /// What is being shown, in a few words.
    pub fn title(&self) -> String {
        let banner = self.banner.borrow();
        match banner.state.as_str() {
            "" => format!("▶ {}", banner.title),
            state => format!("▶ {state} · {}", banner.title),
        }
    }

    /// Whether the bar says the title, in an area of the whole desk.
    pub fn has_title(&self, area: Rect) -> bool {
        HEIGHT_MIN <= area.height
    }

    /// Rows that the bar takes from an area.
    pub fn rows(&self, area: Rect, keymap: &Keymap) -> u16 {
        if area.height < BRIEF_HEIGHT_MIN {
            return 0;
        }
        if !self.has_title(area) {
            return 1;
        }
        let least = match area.width < ONE_ROW_WIDTH_MIN {
            true => WORDS_MAX,
            false => 1,
        };
        let lines = words(&self.banner.borrow(), area.width, keymap).0.len();
        1 + lines.max(least) as u16
    }

    /// Draws the bar.
    pub fn view(&self, area: Rect, buf: &mut Buffer, theme: &Theme, keymap: &Keymap) {
        if area.height == 0 {
            return;
        }
        // A blank column at the right edge, as everywhere on the desk.
        let area = Rect {
            width: area.width.saturating_sub(1),
            ..area
        };
        if area.height == 1 {
            self.view_brief(area, buf, theme, keymap);
            return;
        }
        self.view_head(area, buf, theme);
        let banner = self.banner.borrow();
        let (lines, asked) = words(&banner, area.width + 1, keymap);
        let role = match banner.warning {
            Some(_) => Role::Warning,
            None => Role::Text,
        };
        for (at, line) in (1..area.height).zip(&lines) {
            let row = row(area, at);
            let used = put(buf, row, &format!("   {line}"), theme.style(role));
            if usize::from(at) == lines.len() && !asked.is_empty() {
                let keys = format!("{GAP}{asked}");
                put(buf, after(row, used), &keys, theme.style(Role::Accent));
            }
        }
    }

    /// The title, and as many keys as there is room for: in full where all fit, else in short.
    fn view_head(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let width = usize::from(area.width);
        let title = format!(" {}", text::clean_line(&self.title()));
        let room = width.saturating_sub(text::width(&title) + GAP.len());
        let full = self.labels(|key| key.word).join(GAP);
        let keys = if text::width(&full) <= room {
            full
        } else {
            // The keys come before the end of the title, which the caption makes up for.
            let least = width / 2;
            join_fitting(&self.labels(|key| key.brief), room.max(least))
        };
        let room = width.saturating_sub(text::width(&keys) + GAP.len());
        let title = text::fit(&title, room);
        put(buf, row(area, 0), &title, theme.style(Role::Mark));
        put_right(buf, row(area, 0), &keys, theme.style(Role::Muted));
    }

    fn labels(&self, word: impl Fn(&SteerKey) -> &'static str) -> Vec<String> {
        let label = |key: &SteerKey| format!("{} {}", key.press.label(), word(key));
        self.keys.iter().map(label).collect()
    }

    /// One row: the few words, and the keys that they ask for.
    fn view_brief(&self, area: Rect, buf: &mut Buffer, theme: &Theme, keymap: &Keymap) {
        let banner = self.banner.borrow();
        let (brief, asked) = match (&banner.warning, banner.choices.len()) {
            (Some(warning), _) => (warning.clone(), String::new()),
            (None, 0) => (banner.brief.clone(), asked(&banner, keymap)),
            (None, count) => (format!("1 to {count} starts a story · Esc"), String::new()),
        };
        let keys = match asked.as_str() {
            "" => asked,
            _ => format!("{GAP}{asked}"),
        };
        let room = usize::from(area.width).saturating_sub(1 + text::width(&keys));
        let brief = format!(" {}", text::fit(&text::clean_line(&brief), room));
        let used = put(buf, area, &brief, theme.style(Role::Mark));
        put(buf, after(area, used), &keys, theme.style(Role::Accent));
    }
}

/// What a presenter said.
pub(super) enum Said {
    /// Other words, or another role.
    Words,
    /// The desk is to begin anew on this backend.
    Moved(Arc<dyn Backend>),
}

fn row(area: Rect, at: u16) -> Rect {
    Rect {
        y: area.y + at,
        height: 1,
        ..area
    }
}

/// The area right of the columns that were used.
fn after(area: Rect, used: u16) -> Rect {
    let used = used.min(area.width);
    Rect {
        x: area.x + used,
        width: area.width - used,
        ..area
    }
}

/// As many texts as there is room for.
fn join_fitting(texts: &[String], room: usize) -> String {
    let mut line = String::new();
    for one in texts {
        let gap = if line.is_empty() { "" } else { GAP };
        if room < text::width(&line) + gap.len() + text::width(one) {
            break;
        }
        line.push_str(gap);
        line.push_str(one);
    }
    line
}

/// The rows of words for a width, and the keys that stand behind the last one: the text, or the few words
/// where the text has no room.
fn words(banner: &Banner, width: u16, keymap: &Keymap) -> (Vec<String>, String) {
    let room = usize::from(width).saturating_sub(2 * INDENT).max(1);
    if let Some(warning) = &banner.warning {
        let mut lines = text::wrap(&text::clean_line(warning), room);
        lines.truncate(WORDS_MAX);
        return (lines, String::new());
    }
    if !banner.choices.is_empty() {
        return (choices(banner, room), String::new());
    }
    let asked = asked(banner, keymap);
    let keys_room = match asked.is_empty() {
        true => 0,
        false => GAP.len() + text::width(&asked),
    };
    // Rows of the whole width where the keys fit behind the last one, else all rows leave room for them.
    let narrow = room.saturating_sub(keys_room).max(1);
    for (said, width) in [
        (&banner.text, room),
        (&banner.text, narrow),
        (&banner.brief, room),
    ] {
        let lines = text::wrap(&text::clean_line(said), width);
        let last = lines.last().map_or(0, |line| text::width(line));
        if lines.len() <= WORDS_MAX && last + keys_room <= room {
            return (lines, asked);
        }
    }
    let said = text::fit(&text::clean_line(&banner.brief), narrow);
    (vec![said], asked)
}

/// What can be chosen, each whole in one row.
fn choices(banner: &Banner, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (choice, number) in banner.choices.iter().zip(1..) {
        let one = text::fit(&format!("{number} {}", text::clean_line(choice)), room);
        match lines.last_mut() {
            Some(line) if text::width(line) + CHOICE_GAP.len() + text::width(&one) <= room => {
                line.push_str(CHOICE_GAP);
                line.push_str(&one);
            }
            Some(_) | None => lines.push(one),
        }
    }
    lines.truncate(CHOICES_MAX);
    lines
}

/// The keys of the actions that the words ask for.
fn asked(banner: &Banner, keymap: &Keymap) -> String {
    let keys = banner.actions.iter().filter_map(|name| {
        let action = Action::of_name(name)?;
        Some(format!("{} {}", keymap.label(action)?, action.spec().word))
    });
    keys.collect::<Vec<_>>().join(GAP)
}
