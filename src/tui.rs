//! The terminal desk. Only this module knows ratatui; it never imports the store, the engine or the wire.
//!
//! What happens arrives as a `Msg`, `update` changes the `Model` and answers `Effect`s, `view` draws it.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

pub mod action;
pub mod context;
pub mod dialog;
pub mod effect;
pub mod input;
pub mod keymap;
pub mod layer;
pub mod load;
pub mod model;
pub mod msg;
pub mod notice;
pub mod overlay;
pub mod pane;
pub mod refusal;
pub mod screen;
pub mod text;
pub mod theme;
pub mod time;
mod update;
pub mod view;
pub mod widget;
mod words;

use theme::Theme;
use time::Clock;

/// What a session is told at its start.
#[derive(Clone, Debug)]
pub struct Options {
    pub theme: Theme,
    /// Keys of the configuration: action name to chords.
    pub keys: BTreeMap<String, Vec<String>>,
    pub tz: TimeZone,
    pub clock: Clock,
    /// A word that is always in sight, such as `DEMO`.
    pub badge: Option<String>,
    /// The region of phone numbers typed without a country code, two letters.
    pub region: Option<String>,
    pub bell: Bell,
    pub profile_actions: ProfileActions,
    /// What the configuration has to say, shown at the start.
    pub notices: Vec<String>,
}

/// Whether a new conversation rings the terminal's bell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bell {
    Ring,
    Silent,
}

/// Whether the desk shows the profile and acts on it, or the journey only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileActions {
    Shown,
    Hidden,
}

impl Options {
    /// The defaults around a theme: the machine's clock and time zone, no badge, no bell.
    pub fn new(theme: Theme) -> Self {
        Self {
            theme,
            keys: BTreeMap::new(),
            tz: TimeZone::system(),
            clock: Clock::machine(),
            badge: None,
            region: None,
            bell: Bell::Silent,
            profile_actions: ProfileActions::Shown,
            notices: Vec::new(),
        }
    }
}
