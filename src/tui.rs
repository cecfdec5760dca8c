//! The terminal desk. Only this module knows ratatui; it never imports the store, the engine or the wire.
//!
//! What happens arrives as a `Msg`, `update` changes the `Model` and answers `Effect`s, `view` draws it.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::backend::Backend;

pub mod action;
pub mod context;
pub mod counted;
pub mod desk;
pub mod dialog;
pub mod editor;
pub mod effect;
mod effects;
pub mod input;
pub mod keymap;
pub mod layer;
pub mod load;
pub mod memory;
pub mod model;
pub mod msg;
pub mod notice;
pub mod overlay;
pub mod pane;
pub mod picture;
pub mod presenter;
pub mod refusal;
pub mod screen;
mod signals;
pub mod text;
pub mod theme;
pub mod time;
mod update;
pub mod view;
pub mod widget;
mod words;

pub use desk::Desk;
pub use signals::Endings;

use input::Inputs;
use screen::Screen;
use theme::{Follows, Theme};
use time::Clock;

/// What a session is told at its start.
#[derive(Clone, Debug)]
pub struct Options {
    pub theme: Theme,
    /// The themes to take as the terminal tells what it is, if the desk follows it.
    pub follows: Option<Follows>,
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
    /// The agent's editor for long notes.
    pub editor: Option<editor::Editor>,
    /// A bar under the desk that somebody steers, as in the demo.
    pub presenter: Option<presenter::Presenter>,
    /// Where it is kept how the desk was left; nothing for a desk that leaves nothing behind.
    pub memory: Option<memory::Memory>,
    /// Where it is kept what was typed and not saved; nothing for a desk that leaves nothing behind.
    pub unsaved: Option<Arc<memory::Unsaved>>,
    pub kiosk: Kiosk,
}

/// Whether somebody from elsewhere sits at the desk, who gets nothing of this machine: no files, no shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kiosk {
    On,
    Off,
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
            follows: None,
            keys: BTreeMap::new(),
            tz: TimeZone::system(),
            clock: Clock::machine(),
            badge: None,
            region: None,
            bell: Bell::Silent,
            profile_actions: ProfileActions::Shown,
            notices: Vec::new(),
            presenter: None,
            editor: None,
            memory: None,
            unsaved: None,
            kiosk: Kiosk::Off,
        }
    }
}

/// How a desk was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The agent quit.
    Quit,
    /// The terminal has gone: there are no more inputs.
    Gone,
    /// The system asked the program to end.
    Terminated,
}

/// Runs a desk until it is left, and gives the terminal back. Changes that are being made are finished first.
pub async fn run<W: io::Write, I: Inputs>(
    backend: Arc<dyn Backend>,
    mut inputs: I,
    screen: Screen<W>,
    mut endings: Endings,
    options: Options,
) -> io::Result<Exit> {
    let mut desk = Desk::new(backend, screen, options)?;
    desk.shield(endings.shield());
    let exit = tokio::select! {
        exit = desk.run(&mut inputs) => exit?,
        () = endings.wished() => Exit::Terminated,
    };
    desk.finish_writes().await;
    Ok(exit)
}
