//! The bar of a presenter under the desk: what is being shown, what to do, and the keys that steer it. The desk
//! knows nothing of what stands behind it: keys go out as numbers, words come in.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tokio::sync::{mpsc, watch};

use super::action::Action;
use super::input::Press;
use super::keymap::Keymap;
use super::text;
use super::theme::{Role, Theme};
use super::widget::{put, put_right};

/// Below this height the bar gives its room to the desk; the header says the title then.
const HEIGHT_MIN: u16 = 16;
/// Most rows of words.
const WORDS_MAX: usize = 2;

/// What the bar says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Banner {
    pub title: String,
    pub text: String,
    /// Names of actions that the words ask for; their keys are shown.
    pub actions: Vec<String>,
    /// How it runs, for example `paused`.
    pub state: String,
}

/// A presenter: words that change, and keys that steer.
#[derive(Clone, Debug)]
pub struct Presenter {
    pub banner: watch::Receiver<Banner>,
    /// Keys, the number that each sends, and its word.
    pub keys: Vec<(Press, u8, &'static str)>,
    pub pressed: mpsc::Sender<u8>,
}

impl Presenter {
    /// Takes a press that steers; true when it did.
    pub fn takes(&self, press: &Press) -> bool {
        let Some((_, number, _)) = self.keys.iter().find(|(key, ..)| key == press) else {
            return false;
        };
        // A presenter who hammers a key loses presses, not the desk.
        let _ = self.pressed.try_send(*number);
        true
    }

    /// What is being shown, in a few words.
    pub fn title(&self) -> String {
        format!("▶ {}", self.banner.borrow().title)
    }

    /// Rows that the bar takes from an area.
    pub fn rows(&self, area: Rect) -> u16 {
        if area.height < HEIGHT_MIN {
            return 0;
        }
        let words = words(&self.banner.borrow(), area.width);
        1 + words.len() as u16
    }

    /// Draws the bar.
    pub fn view(&self, area: Rect, buf: &mut Buffer, theme: &Theme, keymap: &Keymap) {
        if area.height == 0 {
            return;
        }
        let banner = self.banner.borrow();
        // A blank column at the right edge, as everywhere on the desk.
        let area = Rect {
            width: area.width.saturating_sub(1),
            ..area
        };
        let row = |at: u16| Rect {
            y: area.y + at,
            height: 1,
            ..area
        };
        let head = format!(" ▶ {} · {} ", text::clean_line(&banner.title), banner.state);
        put(buf, row(0), &head, theme.style(Role::Mark));
        let keys: Vec<String> = self
            .keys
            .iter()
            .map(|(press, _, word)| format!("{} {word}", press.label()))
            .collect();
        let asked = asked(&banner, keymap);
        put_right(
            buf,
            row(0),
            &fit(&keys, area.width, &head),
            theme.style(Role::Muted),
        );
        let lines = words(&banner, area.width);
        for (at, line) in (1..area.height).zip(&lines) {
            put(buf, row(at), &format!("   {line}"), theme.style(Role::Text));
        }
        if let Some(last) = lines.last()
            && !asked.is_empty()
            && text::width(last) + text::width(&asked) + 6 <= usize::from(area.width)
        {
            put_right(
                buf,
                row(lines.len() as u16),
                &asked,
                theme.style(Role::Accent),
            );
        }
    }
}

/// As many keys as there is room for beside the title.
fn fit(keys: &[String], width: u16, head: &str) -> String {
    let room = usize::from(width).saturating_sub(text::width(head) + 2);
    let mut line = String::new();
    for key in keys {
        if text::width(&line) + text::width(key) + 3 > room {
            break;
        }
        if !line.is_empty() {
            line.push_str(" · ");
        }
        line.push_str(key);
    }
    line
}

fn words(banner: &Banner, width: u16) -> Vec<String> {
    let room = usize::from(width).saturating_sub(6).max(1);
    let mut lines = text::wrap(&text::clean_line(&banner.text), room);
    if lines.len() > WORDS_MAX {
        let rest = lines.split_off(WORDS_MAX - 1).join(" ");
        lines.push(text::fit(&rest, room));
    }
    lines
}

/// The keys of the actions that the words ask for.
fn asked(banner: &Banner, keymap: &Keymap) -> String {
    let keys = banner.actions.iter().filter_map(|name| {
        let action = Action::of_name(name)?;
        Some(format!("{} {}", keymap.label(action)?, action.spec().word))
    });
    keys.collect::<Vec<_>>().join(" · ")
}
