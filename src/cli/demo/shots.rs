//! `scv demo --screenshot`: pictures of the real screens, on the demo's data at a moment that is always the
//! same; only the ids are new each time.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use jiff::tz::TimeZone;

use super::{BADGE, directory, site};
use crate::cli::output::Output;
use crate::cli::session::Session;
use crate::cli::trouble::Exit;
use crate::demo::player::Player;
use crate::demo::{act, bundled_script};
use crate::domain::{Moment, Role};
use crate::tui::picture::still;
use crate::tui::theme::{Depth, Theme};
use crate::tui::time::Clock;
use crate::tui::{self, Options};

/// When the demo of the pictures starts.
const START: &str = "2026-11-25T14:00:00Z";
const LARGE: (u16, u16) = (140, 36);
const SMALL: (u16, u16) = (80, 24);

/// A picture: how many seconds the demo has run, the name of its file, columns and rows, and the keys that
/// lead there.
struct Shot(i64, &'static str, (u16, u16), &'static str);

/// In the order of their time. Efa rings, then Jon Ortega writes from another address, then Luana writes.
const SHOTS: [Shot; 8] = [
    Shot(20, "main", LARGE, "g enter"),
    Shot(20, "why", LARGE, "g enter w"),
    Shot(20, "search", LARGE, "/ b y r n e"),
    Shot(20, "help", LARGE, "?"),
    Shot(20, "small", SMALL, "g enter"),
    Shot(180, "merge", LARGE, "g enter m enter"),
    Shot(280, "unknown", LARGE, "g enter"),
    Shot(280, "add", LARGE, "g enter a"),
];

/// Writes every picture into a directory, which is made where it is missing.
pub async fn write(dir: &Path, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
    let start: Moment = START.parse()?;
    let now = Arc::new(Mutex::new(start));
    let script = Arc::new(bundled_script()?);
    let stores = directory(None)?;
    let mut site = site(session, stores.path().into(), &script, {
        let now = Arc::clone(&now);
        Arc::new(move || *now.lock().unwrap_or_else(PoisonError::into_inner))
    });
    site.zone = TimeZone::UTC;
    let role = Role::bundled(&script.role).context("the role of the demo is missing")?;
    let house = site.build(start, role).await?;
    let mut player = Player::new(script, 0, start, &house.visits);
    fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
    for Shot(seconds, name, size, keys) in SHOTS {
        let taken = start.plus_ms(seconds * 1_000);
        *now.lock().unwrap_or_else(PoisonError::into_inner) = taken;
        for due in player.due(taken) {
            act(due, &house.feed).await?;
        }
        let picture = still(house.desk.clone(), options(taken)?, size, keys).await?;
        let path = dir.join(name).with_extension("svg");
        fs::write(&path, picture.svg())
            .with_context(|| format!("{} cannot be written", path.display()))?;
        output.line(&path.display().to_string())?;
    }
    Ok(Exit::Done)
}

/// The looks that every terminal of today has, whatever this one has.
fn options(now: Moment) -> anyhow::Result<Options> {
    Ok(Options {
        tz: TimeZone::UTC,
        clock: Clock::fixed(now),
        badge: Some(BADGE.to_owned()),
        ..tui::Options::new(Theme::load("dark", Depth::True)?)
    })
}
