//! `scv` without a command: the desk. Owns what it takes to show one on the program's own terminal.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};

use super::Global;
use super::looks;
use super::remote::Remote;
use super::session::{Session, variable};
use super::trouble::Exit;
use crate::backend::Backend;
use crate::backend::local::LocalBackend;
use crate::backend::remote::Server;
use crate::config::{Expiry, Settings, paths};
use crate::domain::Role;
use crate::domain::command::Actor;
use crate::tui::editor::Editor;
use crate::tui::input::{Inputs, Reader};
use crate::tui::memory::{Memory, Unsaved};
use crate::tui::screen::{
    Mode, Modes, Screen, has_terminal, restore_on_panic, terminal_size, terminal_writer,
};
use crate::tui::time::Clock;
use crate::tui::{self, Bell, Endings, Options, ProfileActions};

/// Contacts, conversations and visits of one slice of upkeep.
const SLICE: usize = 100;
/// Between two slices, and between two rounds.
const SLICE_PAUSE: Duration = Duration::from_secs(1);
const ROUND_PAUSE: Duration = Duration::from_secs(15 * 60);
/// Who the journal says did the upkeep.
const UPKEEP: &str = "scv upkeep";

pub async fn run(session: &Session) -> anyhow::Result<Exit> {
    need_terminal()?;
    let backend = session.open(session.begin)?;
    let place = std::path::absolute(&session.store)?;
    let place = place.to_string_lossy().into_owned();
    let person = backend.actor().0;
    let watching = backend.watch_store().await;
    let upkeep = tokio::spawn(keep_up(
        session.settings.clone(),
        upkeep(session, &backend)?,
    ));
    let endings = Endings::listen().context("signals cannot be listened to")?;
    let options = remembering(options(session)?, &place, &person);
    let shown = show(
        backend,
        reader(&options),
        options,
        &session.settings,
        endings,
    )
    .await;
    watching.abort();
    upkeep.abort();
    shown
}

/// The desk on a server.
pub async fn run_remote(global: &Global, session: &Session) -> anyhow::Result<Exit> {
    need_terminal()?;
    let remote = Remote::of(global, &session.settings)?;
    let http = remote.http(Arc::clone(&session.clock))?;
    let server = Server::connect(http, session.settings.region.clone()).await?;
    server.follow();
    let endings = Endings::listen().context("signals cannot be listened to")?;
    let backend = server.into_backend();
    let person = backend.actor().0;
    let options = remembering(options(session)?, remote.base.as_str(), &person);
    show(
        backend,
        reader(&options),
        options,
        &session.settings,
        endings,
    )
    .await
}

/// Refuses where nobody could see a desk.
pub fn need_terminal() -> anyhow::Result<()> {
    if !has_terminal() {
        return Err(anyhow!(
            "the desk needs a terminal; `scv --help` lists the commands for scripts"
        ));
    }
    match variable("TERM").as_deref() {
        Some("dumb") => Err(anyhow!(
            "the desk draws on its terminal, and TERM is dumb; set TERM to what the terminal is, \
             or see `scv --help` for the commands for scripts"
        )),
        Some(_) | None => Ok(()),
    }
}

/// The desk's options from the settings.
pub fn options(session: &Session) -> anyhow::Result<Options> {
    let settings = &session.settings;
    let looks = looks::of(settings, session.themes.as_deref());
    let clock = Arc::clone(&session.clock);
    Ok(Options {
        keys: settings.keys.clone(),
        tz: session.zone.clone(),
        clock: Clock::of(move || clock()),
        region: settings.region.clone(),
        bell: if settings.bell {
            Bell::Ring
        } else {
            Bell::Silent
        },
        profile_actions: match settings.profile_actions {
            true => ProfileActions::Shown,
            false => ProfileActions::Hidden,
        },
        follows: looks.follows,
        notices: looks.notices,
        ..Options::new(looks.theme)
    })
}

/// The same of a desk that is opened again as it was left; demos leave nothing behind.
fn remembering(options: Options, place: &str, person: &str) -> Options {
    let Some(state) = paths::state() else {
        return options;
    };
    let mut notices = options.notices;
    let unsaved = Unsaved::open(&state, place, person).unwrap_or_else(|error| {
        notices.push(format!(
            "What is typed and not saved is lost when the desk ends: {error}"
        ));
        None
    });
    Options {
        editor: Editor::of(variable),
        memory: Some(Memory::at(paths::desk(&state))),
        unsaved: unsaved.map(Arc::new),
        notices,
        ..options
    }
}

/// What reads the terminal, its answers about its background included.
pub fn reader(options: &Options) -> Reader {
    match &options.follows {
        Some(follows) => Reader::new().telling(follows.told.clone()),
        None => Reader::new(),
    }
}

/// Shows a desk until it is left.
pub async fn show(
    backend: Arc<dyn Backend>,
    inputs: impl Inputs,
    options: Options,
    settings: &Settings,
    endings: Endings,
) -> anyhow::Result<Exit> {
    let modes = Modes::default();
    restore_on_panic(&modes);
    let mut wanted = vec![Mode::Raw, Mode::Title, Mode::AlternateScreen, Mode::Paste];
    if settings.mouse {
        wanted.push(Mode::Mouse);
    }
    let writer = terminal_writer().context("the terminal cannot be written to")?;
    let screen = Screen::enter(writer, terminal_size(), &modes, &wanted);
    let screen = screen.context("the terminal cannot be set up")?;
    tui::run(backend, inputs, screen, endings, options)
        .await
        .context("the terminal is gone")?;
    Ok(Exit::Done)
}

/// A backend of its own for upkeep, which no agent's role allows.
pub(super) fn upkeep(session: &Session, backend: &LocalBackend) -> anyhow::Result<LocalBackend> {
    let role = Role::bundled("admin").ok_or_else(|| anyhow!("the role admin is missing"))?;
    Ok(LocalBackend::new(
        Arc::clone(backend.store()),
        Actor {
            name: UPKEEP.to_owned(),
            role,
        },
        session.settings.engine(),
        Arc::clone(&session.clock),
        session.zone.clone(),
    ))
}

/// Expires in small slices, so that nobody waits.
pub(super) async fn keep_up(settings: Settings, backend: LocalBackend) {
    if settings.expire == Expiry::Off {
        return;
    }
    loop {
        tokio::time::sleep(SLICE_PAUSE).await;
        let gone = backend.expire(SLICE).await;
        let dropped = backend.drop_older(SLICE).await;
        match (gone, dropped) {
            (Ok(0), Ok(0)) => tokio::time::sleep(ROUND_PAUSE).await,
            (Ok(_), Ok(_)) => {}
            (Err(trouble), _) | (_, Err(trouble)) => {
                tracing::warn!(%trouble, "upkeep waits");
                tokio::time::sleep(ROUND_PAUSE).await;
            }
        }
    }
}
