//! `scv login`, `logout` and `whoami`: who the desk is on a server. No secret stands on the command line or
//! is printed.

use std::io::{BufRead, IsTerminal};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use reqwest::Url;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::Global;
use super::kept::{Home, Kept};
use super::output::{Format, Output};
use super::remote::{self, Remote};
use super::session::{self, variable};
use super::trouble::Exit;
use crate::backend::remote::Server;
use crate::backend::remote::auth::{NoToken, Proof, Secret, Tokens, client_tokens};
use crate::backend::remote::http::{self, Again, Call};
use crate::domain::Moment;

/// How long the browser may take.
const SIGN_IN_TIME_MAX: Duration = Duration::from_secs(5 * 60);
/// Most bytes of a request to the way back.
const REQUEST_BYTES_MAX: usize = 16 << 10;
/// Most bytes of a secret or an address that somebody types.
const TYPED_BYTES_MAX: usize = 8 << 10;
/// The port that the way back names when a person pastes the address.
const PASTE_PORT: u16 = 8400;

const DONE_PAGE: &str = "<!doctype html><html lang=\"en\"><title>scv</title><h1>You are signed in</h1>\
<p>Close this window and go back to the terminal.</p></html>";
const NOT_DONE_PAGE: &str = "<!doctype html><html lang=\"en\"><title>scv</title><h1>Not signed in</h1>\
<p>The terminal says why.</p></html>";

#[derive(Debug, Args)]
pub struct Login {
    /// Sign in as the client itself; its secret is read from SCV_CLIENT_SECRET, else asked for
    #[arg(long)]
    client_credentials: bool,
    /// For a machine without a browser: sign in elsewhere and paste the address that it ends at
    #[arg(long, conflicts_with = "client_credentials")]
    paste: bool,
    /// Keep the sign-in in a file that only you may read, and beyond a restart, not in the kernel's keyring
    #[arg(long)]
    file: bool,
}

#[derive(Debug, Args)]
pub struct Logout {}

#[derive(Debug, Args)]
pub struct Whoami {}

impl Login {
    pub async fn run(&self, global: &Global, output: &mut Output) -> anyhow::Result<Exit> {
        let remote = remote::named(global)?;
        let client = remote.client()?.to_owned();
        let now = (session::clock()?)();
        let kept = match self.client_credentials {
            true => {
                let secret = secret(output)?;
                let way = http::client()?;
                let tokens = client_tokens(&way, &remote.login, &client, &secret, now);
                Kept {
                    tokens: tokens.await?,
                    client_id: client,
                    client_secret: Some(secret),
                }
            }
            false => Kept {
                tokens: self.sign_in(&remote, &client, now, output).await?,
                client_id: client,
                client_secret: None,
            },
        };
        let shelf = remote.shelf()?;
        let wanted = match self.file {
            true => Home::File,
            false => Home::Keyring,
        };
        let place = remote.place();
        match shelf.save(&kept, wanted).map_err(|why| anyhow!(why))? {
            Home::Keyring => output.line(&format!(
                "Signed in at {place}; kept in the kernel's keyring, until this machine restarts or it is not \
                 used for days (--file keeps it longer)"
            ))?,
            Home::File => output.line(&format!(
                "Signed in at {place}; kept in {}, which only you may read",
                shelf.file().display()
            ))?,
        }
        Ok(Exit::Done)
    }

    async fn sign_in(
        &self,
        remote: &Remote,
        client: &str,
        now: Moment,
        output: &mut Output,
    ) -> anyhow::Result<Tokens> {
        let proof = Proof::new().ok_or_else(|| anyhow!("the machine gives no random numbers"))?;
        let port = remote.redirect_port.unwrap_or(0);
        let (redirect, listener) = match self.paste {
            true => {
                let port = if port == 0 { PASTE_PORT } else { port };
                (format!("http://127.0.0.1:{port}/"), None)
            }
            false => {
                let listener = TcpListener::bind(("127.0.0.1", port)).await;
                let listener =
                    listener.context("the way back from the browser cannot be opened")?;
                let port = listener.local_addr()?.port();
                (format!("http://127.0.0.1:{port}/"), Some(listener))
            }
        };
        let page = proof.page(&remote.login, client, &redirect);
        let page = page.ok_or_else(|| anyhow!(NoToken::Strange))?;
        output.say("Sign in at this address:");
        output.say(page.as_str());
        let code = match listener {
            Some(listener) => {
                open_browser(&page);
                let back = come_back(&listener, &proof.state);
                let back = tokio::time::timeout(SIGN_IN_TIME_MAX, back).await;
                back.map_err(|_| {
                    anyhow!("nobody signed in for five minutes; say `scv login` again")
                })??
            }
            None => {
                output.say("Then paste the address of the page that it ends at (it need not load), and press Enter:");
                pasted(&proof.state)?
            }
        };
        let client_of = http::client()?;
        let tokens = proof.exchange(&client_of, &remote.login, client, &redirect, &code, now);
        Ok(tokens.await?)
    }
}

impl Logout {
    pub async fn run(&self, global: &Global, output: &mut Output) -> anyhow::Result<Exit> {
        let remote = remote::named(global)?;
        let shelf = remote.shelf()?;
        if remote.is_given() {
            bail!("SCV_TOKEN is set, and what it holds is not kept here; unset it, then sign out");
        }
        if remote.kept()?.is_none() {
            output.line(&format!("Nobody is signed in at {}", remote.place()))?;
            return Ok(Exit::Done);
        }
        let ended = async {
            let http = remote.http(session::clock()?)?;
            let mut call = Call::get("/api/v2/tokens/me");
            call.method = reqwest::Method::DELETE;
            call.again = Again::Never;
            anyhow::Ok(http.ask(&call).await?)
        };
        let ended = ended.await;
        shelf.remove().map_err(|why| anyhow!(why))?;
        match ended {
            Ok(_) => output.line(&format!("Signed out at {}", remote.place()))?,
            Err(why) => output.line(&format!(
                "Forgotten here; the token at {} was not ended ({why}) and runs out by itself",
                remote.place()
            ))?,
        }
        Ok(Exit::Done)
    }
}

impl Whoami {
    pub async fn run(&self, global: &Global, output: &mut Output) -> anyhow::Result<Exit> {
        let remote = remote::named(global)?;
        let server = Server::connect(remote.http(session::clock()?)?, None).await?;
        let place = remote.place();
        let program = match &server {
            Server::Ours(backend) => Some(backend.greeting().program.clone()),
            Server::Platform(_) => None,
        };
        let (agent, role) = server.into_backend().actor();
        match output.format() {
            Format::Json => output.json(&json!({
                "place": place,
                "agent": agent,
                "role": role.name,
                "permissions": role.permissions().collect::<Vec<_>>(),
                "server": program,
            }))?,
            Format::Text => output.line(&format!("{agent} ({}) at {place}", role.name))?,
        }
        Ok(Exit::Done)
    }
}

/// The client's secret: from the environment, a pipe, or typed unseen.
fn secret(output: &mut Output) -> anyhow::Result<Secret> {
    if let Some(secret) = variable("SCV_CLIENT_SECRET") {
        return Ok(Secret::new(secret.trim()));
    }
    let typed = match std::io::stdin().is_terminal() {
        true => {
            output.say("Secret of the client (it is not shown):");
            unseen()?
        }
        false => line_of_input()?,
    };
    match typed.trim() {
        "" => Err(anyhow!("no secret came; set SCV_CLIENT_SECRET or type it")),
        secret => Ok(Secret::new(secret)),
    }
}

fn line_of_input() -> anyhow::Result<String> {
    let mut line = String::new();
    let mut input = std::io::Read::take(std::io::stdin().lock(), TYPED_BYTES_MAX as u64);
    input.read_line(&mut line)?;
    Ok(line)
}

/// A line that is typed without an echo.
fn unseen() -> anyhow::Result<String> {
    use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, read};
    crossterm::terminal::enable_raw_mode()?;
    let mut typed = String::new();
    let read_all = || -> anyhow::Result<()> {
        loop {
            let Event::Key(key) = read()? else { continue };
            if key.kind == KeyEventKind::Release {
                continue;
            }
            match key.code {
                KeyCode::Enter => return Ok(()),
                KeyCode::Char('c' | 'd') if key.modifiers.contains(KeyModifiers::CONTROL) => {
                    return Err(anyhow!("left without signing in"));
                }
                KeyCode::Backspace => drop(typed.pop()),
                KeyCode::Char(letter) if typed.len() < TYPED_BYTES_MAX => typed.push(letter),
                _ => {}
            }
        }
    };
    let mut read_all = read_all;
    let done = read_all();
    crossterm::terminal::disable_raw_mode()?;
    done?;
    Ok(typed)
}

/// The code of the address that somebody pasted.
fn pasted(state: &str) -> anyhow::Result<String> {
    let line = line_of_input()?;
    let url: Url = line
        .trim()
        .parse()
        .map_err(|_| anyhow!("that is no address; it begins with http://127.0.0.1"))?;
    code(&url, state)
}

/// Waits for the browser to come back, whatever else knocks.
async fn come_back(listener: &TcpListener, state: &str) -> anyhow::Result<String> {
    loop {
        let (mut stream, _) = listener.accept().await?;
        let Some(url) = asked(&mut stream).await else {
            continue;
        };
        if url.path() != "/" || url.query().is_none() {
            answer(&mut stream, "404 Not Found", NOT_DONE_PAGE).await;
            continue;
        }
        let code = code(&url, state);
        let page = if code.is_ok() {
            DONE_PAGE
        } else {
            NOT_DONE_PAGE
        };
        answer(&mut stream, "200 OK", page).await;
        return code;
    }
}

/// The address that a request asks for.
async fn asked(stream: &mut TcpStream) -> Option<Url> {
    let mut bytes = Vec::new();
    let mut part = [0_u8; 2048];
    while !bytes.windows(4).any(|four| four == b"\r\n\r\n") {
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut part));
        let count = read.await.ok()?.ok()?;
        if count == 0 || REQUEST_BYTES_MAX < bytes.len() + count {
            return None;
        }
        bytes.extend_from_slice(part.get(..count)?);
    }
    let text = String::from_utf8(bytes).ok()?;
    let target = text
        .lines()
        .next()?
        .strip_prefix("GET ")?
        .split(' ')
        .next()?;
    Url::parse("http://127.0.0.1/").ok()?.join(target).ok()
}

async fn answer(stream: &mut TcpStream, status: &str, page: &str) {
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         cache-control: no-store\r\nconnection: close\r\n\r\n{page}",
        page.len()
    );
    // A browser that went away misses a page only.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// The code of an address, if it is the answer to this sign-in.
fn code(url: &Url, state: &str) -> anyhow::Result<String> {
    let value = |wanted: &str| {
        let mut pairs = url.query_pairs();
        let found = pairs.find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.into_owned())
    };
    if value("state").as_deref() != Some(state) {
        return Err(anyhow!(
            "the answer belongs to another sign-in; say `scv login` again"
        ));
    }
    if let Some(error) = value("error") {
        let why = value("error_description").unwrap_or(error);
        return Err(anyhow!("the server refuses to sign in: {why}"));
    }
    value("code").ok_or_else(|| anyhow!("the address has no code; paste the whole of it"))
}

/// Opens a page in the system's browser; the address stands in the terminal for who has none.
fn open_browser(page: &Url) {
    let named = variable("BROWSER");
    let usual = match cfg!(target_os = "macos") {
        true => "open",
        false => "xdg-open",
    };
    let program = named.as_deref().unwrap_or(usual);
    let mut browser = std::process::Command::new(program);
    browser.arg(page.as_str());
    let quiet = std::process::Stdio::null;
    let started = browser
        .stdin(quiet())
        .stdout(quiet())
        .stderr(quiet())
        .spawn();
    if let Err(error) = started {
        tracing::debug!(%error, "no browser could be opened");
    }
}
