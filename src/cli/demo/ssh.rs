//! `scv demo --ssh`: everybody with a key may visit the demo, each with a desk and a store of their own.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, anyhow};

use super::kiosk::in_words;
use crate::cli::output::Output;
use crate::cli::trouble::Exit;
use crate::config::paths;
use crate::demo::door::Door;
use crate::demo::limits::Limits;
use crate::demo::sshd::{Service, fingerprint, user};
use crate::tui::Endings;

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    pub listen: SocketAddr,
    pub most: usize,
    pub limits: Limits,
}

/// Serves until somebody ends it. All visits end with it.
pub async fn run(wish: Wish, output: &mut Output) -> anyhow::Result<Exit> {
    // Before there is a directory: a signal that nobody listens to would leave it behind.
    let mut endings = Endings::listen().context("signals cannot be listened to")?;
    let dir = super::directory(None)?;
    let door = dir.path().join("door");
    let service = Service {
        listen: wish.listen,
        user: user()?,
        host_key: paths::host_key()?,
        command: command(&wish, &door)?,
        most: wish.most,
    };
    let mut sshd = service.start(dir.path()).await?;
    let open = Door::open(&door, dir.path().to_owned(), wish.most)
        .with_context(|| format!("{} cannot be opened", door.display()))?;
    welcome(&wish, &service, output)?;
    let ended = tokio::select! {
        why = sshd.ended() => Err(why),
        () = endings.wished() => Ok(()),
    };
    open.close().await;
    sshd.close().await;
    drop(dir);
    ended?;
    output.line("The demo is closed, and every visit has ended")?;
    Ok(Exit::Done)
}

/// What each visitor gets: this program as a kiosk.
fn command(wish: &Wish, door: &std::path::Path) -> anyhow::Result<Vec<String>> {
    let program = std::env::current_exe().context("this program does not find itself")?;
    let text = |path: PathBuf| {
        let text = path
            .to_str()
            .filter(|text| !text.chars().any(char::is_control));
        text.map(str::to_owned)
            .ok_or_else(|| anyhow!("{}: sshd takes no such path", path.display()))
    };
    let seconds = |time: std::time::Duration| format!("{}s", time.as_secs());
    let (program, door) = (text(program)?, text(door.to_owned())?);
    let (idle, total) = (seconds(wish.limits.idle), seconds(wish.limits.total));
    let words = [
        "demo", "--kiosk", "--idle", &idle, "--total", &total, "--door", &door,
    ];
    let words = words.map(str::to_owned);
    Ok([program].into_iter().chain(words).collect())
}

fn welcome(wish: &Wish, service: &Service, output: &mut Output) -> anyhow::Result<()> {
    let (most, port) = (wish.most, wish.listen.port());
    let host = match wish.listen.ip() {
        ip if ip.is_unspecified() => rustix::system::uname()
            .nodename()
            .to_string_lossy()
            .into_owned(),
        ip => ip.to_string(),
    };
    let (idle, total) = (in_words(wish.limits.idle), in_words(wish.limits.total));
    output.line(&format!(
        "The demo is open for everybody with an SSH key, {most} at once, {total} each and {idle} without a key \
         pressed; Ctrl-C closes it"
    ))?;
    if service.user == "root" {
        output.line(
            "Visits run as root, who may do everything here: better start this as an ordinary user",
        )?;
    }
    if let Some(fingerprint) = fingerprint(&service.host_key) {
        output.line(&format!("The host's key is {fingerprint}"))?;
    }
    output.line(&format!("  ssh -p {port} {}@{host}", service.user))?;
    output.flush()?;
    Ok(())
}
