//! Which server a desk is on, who it is there, and where its tokens stay between two runs. Owns precedence:
//! option, environment, configuration.

use std::sync::Arc;

use anyhow::anyhow;
use reqwest::Url;
use sha2::{Digest, Sha256};

use super::Global;
use super::kept::{Kept, Shelf, TokenKeep};
use super::session::{self, variable};
use super::trouble::Usage;
use crate::backend::local::Clock;
use crate::backend::remote::auth::{Auth, Credentials, Keep, NoToken, Secret, Tokens};
use crate::backend::remote::http::{self, Http, Pauses};
use crate::config::{Place, RemoteSettings, Settings, paths};

/// The name of `[remote]` itself.
const UNNAMED: &str = "default";
/// A token that somebody gives instead of signing in.
const TOKEN: &str = "SCV_TOKEN";
const CLIENT_ID: &str = "SCV_CLIENT_ID";
const CLIENT_SECRET: &str = "SCV_CLIENT_SECRET";
const URL: &str = "SCV_REMOTE_URL";

/// A server, and the client of the organization that signs in there.
#[derive(Clone, Debug)]
pub struct Remote {
    /// The name in the configuration, which the kept tokens are called by too.
    pub name: String,
    /// The base of the API, and of signing in. Both end in a slash.
    pub base: Url,
    pub login: Url,
    pub client: Option<String>,
    pub redirect_port: Option<u16>,
}

/// Whether the desk is on a server.
pub fn is_wanted(global: &Global, settings: &Settings) -> anyhow::Result<bool> {
    if global.remote.is_some() {
        return Ok(true);
    }
    let named = global.backend.clone().or_else(|| variable("SCV_BACKEND"));
    match named.as_deref().map(str::trim) {
        None => Ok(settings.backend == Place::Remote),
        Some("remote") => Ok(true),
        Some("local") => Ok(false),
        Some(other) => Err(Usage(format!(
            "--backend {other:?} is not known; it is local or remote"
        ))
        .into()),
    }
}

impl Remote {
    /// The server that was named, else the one of `[remote]`.
    pub fn of(global: &Global, settings: &Settings) -> anyhow::Result<Self> {
        let name = global.remote.clone().or_else(|| variable("SCV_REMOTE"));
        let name = name.unwrap_or_else(|| UNNAMED.to_owned());
        let known = settings.remotes.get(&name);
        if known.is_none() && name != UNNAMED {
            let names: Vec<&str> = settings.remotes.keys().map(String::as_str).collect();
            let known = match names.is_empty() {
                true => "none is configured".to_owned(),
                false => format!("configured are {}", names.join(", ")),
            };
            let why = format!("the remote {name:?} is not known; {known} (write [remote.{name}])");
            return Err(Usage(why).into());
        }
        let known = known.cloned().unwrap_or_default();
        let [base, login] = bases(&known)?;
        Ok(Self {
            name,
            base,
            login,
            client: variable(CLIENT_ID).or(known.client_id),
            redirect_port: known.redirect_port,
        })
    }

    /// The client of the organization; a sentence when nobody says which.
    pub fn client(&self) -> anyhow::Result<&str> {
        self.client.as_deref().ok_or_else(|| {
            anyhow!(
                "no client is named; write client_id in [remote], or set {CLIENT_ID} (`scv client add` makes \
                 one where `scv serve` runs)"
            )
        })
    }

    /// Where the sign-in at this server is kept.
    pub fn shelf(&self) -> anyhow::Result<Shelf> {
        // By the address too: a token is never sent to another server than the one that gave it.
        let whole = format!("{} {} {}", self.name, self.base, self.login);
        let digest = Sha256::digest(whole.as_bytes());
        let digest: String = digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let letters = self.name.chars().filter(char::is_ascii_alphanumeric);
        let name: String = letters.take(40).collect();
        Ok(Shelf::new(
            paths::tokens()?.join(format!("{name}-{digest}.json")),
        ))
    }

    /// What was kept; `None` when nobody signed in.
    pub fn kept(&self) -> anyhow::Result<Option<Kept>> {
        self.shelf()?.load().map_err(|why| anyhow!(why))
    }

    /// The way there, as whoever the environment or the last sign-in says.
    pub fn http(&self, clock: Clock) -> anyhow::Result<Http> {
        let (credentials, keep) = self.credentials()?;
        let auth = Auth::new(self.login.clone(), credentials, keep, Arc::clone(&clock));
        Ok(Http::new(
            self.base.clone(),
            auth,
            clock,
            Pauses::default(),
        )?)
    }

    fn credentials(&self) -> anyhow::Result<(Credentials, Box<dyn Keep>)> {
        if let Some(token) = variable(TOKEN) {
            return Ok((
                Credentials::Given(Secret::new(token.trim())),
                Box::new(Nowhere),
            ));
        }
        if let Some(secret) = variable(CLIENT_SECRET) {
            let id = self.client()?.to_owned();
            let secret = Secret::new(secret.trim());
            return Ok((Credentials::Client { id, secret }, Box::new(Nowhere)));
        }
        let kept = self.kept()?;
        let kept = kept.ok_or_else(|| anyhow!("{}: {}", self.place(), NoToken::SignedOut))?;
        let keep = Box::new(TokenKeep {
            shelf: self.shelf()?,
            kept: kept.clone(),
        });
        let id = kept.client_id;
        Ok(match kept.client_secret {
            Some(secret) => (Credentials::Client { id, secret }, keep),
            None => (Credentials::SignedIn { client: id }, keep),
        })
    }

    /// Whether a token comes from the environment.
    pub fn is_given(&self) -> bool {
        variable(TOKEN).is_some()
    }

    /// Host and port, for people.
    pub fn place(&self) -> String {
        http::place(&self.base)
    }
}

/// Base of the API and of signing in.
fn bases(known: &RemoteSettings) -> anyhow::Result<[Url; 2]> {
    if let Some(text) = variable(URL).or_else(|| known.base_url.clone()) {
        let base = base(&text)?;
        return Ok([base.clone(), base]);
    }
    let region = known.region.as_deref().ok_or_else(|| {
        anyhow!("no server is named; write base_url or region in [remote], or set {URL}")
    })?;
    Ok([
        base(&format!("https://api.{region}"))?,
        base(&format!("https://login.{region}"))?,
    ])
}

fn base(text: &str) -> anyhow::Result<Url> {
    let mut url: Url = text.trim().parse().map_err(|_| {
        Usage(format!(
            "{text:?} is no address; write one like https://scv.example.com"
        ))
    })?;
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_matches(['[', ']']);
    let address: Option<std::net::IpAddr> = host.parse().ok();
    let is_near = host == "localhost" || address.is_some_and(|one| one.is_loopback());
    if url.scheme() != "https" && !(url.scheme() == "http" && is_near) {
        let why = format!("{text}: a token would go there unencrypted; write https://");
        return Err(Usage(why).into());
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        let why =
            "the address of a server has no name, password or query in it; write them elsewhere";
        return Err(Usage(why.to_owned()).into());
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

/// Tokens that are not kept: the environment gives what they are got with.
struct Nowhere;

impl Keep for Nowhere {
    fn load(&self) -> Result<Option<Tokens>, String> {
        Ok(None)
    }

    fn save(&self, _tokens: &Tokens) -> Result<(), String> {
        Ok(())
    }
}

/// The configuration and the server of a command that needs no store.
pub fn named(global: &Global) -> anyhow::Result<Remote> {
    let settings = session::settings(global)?;
    is_wanted(global, &settings)?;
    Remote::of(global, &settings)
}
