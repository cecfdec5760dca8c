//! Who the desk is to a server: tokens, how they are got and renewed, and where they are kept. No secret is in
//! any error or `Debug`.

use std::fmt;
use std::time::Duration;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use crate::backend::local::Clock;
use crate::domain::Moment;

/// A token is renewed when it has no longer than this.
const MARGIN_MS: i64 = 30_000;
/// Most bytes of an answer with tokens.
const ANSWER_BYTES_MAX: usize = 64 << 10;
/// How long getting one may take.
const TIME_MAX: Duration = Duration::from_secs(20);
/// Bytes of chance in a verifier and a state.
const CHANCE_BYTES: usize = 48;

/// A text that nobody is to read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The header of a request.
    pub fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Tokens of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    pub access: Secret,
    pub refresh: Option<Secret>,
    /// When the access token ends, by this machine's clock.
    pub expires: Moment,
}

/// Where tokens stay between two runs. Both may fail; the sentence says what to do.
pub trait Keep: Send + Sync {
    fn load(&self) -> Result<Option<Tokens>, String>;
    fn save(&self, tokens: &Tokens) -> Result<(), String>;
}

/// How tokens are got without a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// A token that somebody gave; it is not renewed.
    Given(Secret),
    /// The secret of a client.
    Client { id: String, secret: Secret },
    /// What a person signed in for, with the id of the client that they did it with.
    SignedIn { client: String },
}

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoToken {
    #[error("nobody is signed in; say `scv login`")]
    SignedOut,
    #[error("the token that was given is not taken; give a new one")]
    NotTaken,
    #[error("the server takes neither the client's id nor its secret; check both")]
    Unknown,
    #[error("the server cannot be reached")]
    Away,
    #[error("{0}")]
    NotKept(String),
    #[error("the server gives tokens in a way that this program does not understand")]
    Strange,
}

/// Who the desk is.
pub struct Auth {
    login: Url,
    credentials: Credentials,
    keep: Box<dyn Keep>,
    clock: Clock,
    held: Mutex<Option<Tokens>>,
}

impl Auth {
    /// `login` is the base of `oauth/token`.
    pub fn new(login: Url, credentials: Credentials, keep: Box<dyn Keep>, clock: Clock) -> Self {
        Self {
            login,
            credentials,
            keep,
            clock,
            held: Mutex::new(None),
        }
    }

    /// A token that is good for a moment.
    pub async fn token(&self, client: &reqwest::Client) -> Result<Secret, NoToken> {
        if let Credentials::Given(token) = &self.credentials {
            return Ok(token.clone());
        }
        let mut held = self.held.lock().await;
        if held.is_none() {
            *held = self.keep.load().map_err(NoToken::NotKept)?;
        }
        let now = (self.clock)();
        match held.as_ref() {
            Some(tokens) if now.plus_ms(MARGIN_MS) < tokens.expires => Ok(tokens.access.clone()),
            old => {
                let tokens = self.fetch(client, old.cloned()).await?;
                let access = tokens.access.clone();
                *held = Some(tokens);
                Ok(access)
            }
        }
    }

    /// A new token in place of one that is not taken.
    pub async fn renew(&self, client: &reqwest::Client) -> Result<(), NoToken> {
        if let Credentials::Given(_) = self.credentials {
            return Err(NoToken::NotTaken);
        }
        let mut held = self.held.lock().await;
        let old = held.take();
        *held = Some(self.fetch(client, old).await?);
        Ok(())
    }

    async fn fetch(
        &self,
        client: &reqwest::Client,
        old: Option<Tokens>,
    ) -> Result<Tokens, NoToken> {
        // Another program of this person may have renewed it meanwhile.
        if let Some(kept) = self.keep.load().map_err(NoToken::NotKept)?
            && (self.clock)().plus_ms(MARGIN_MS) < kept.expires
            && old.as_ref().is_some_and(|old| old.access != kept.access)
        {
            return Ok(kept);
        }
        let form = match &self.credentials {
            Credentials::Given(_) => return Err(NoToken::NotTaken),
            Credentials::Client { .. } => vec![("grant_type", "client_credentials".to_owned())],
            Credentials::SignedIn { client } => {
                let refresh = old.and_then(|old| old.refresh).ok_or(NoToken::SignedOut)?;
                vec![
                    ("grant_type", "refresh_token".to_owned()),
                    ("refresh_token", refresh.reveal().to_owned()),
                    ("client_id", client.clone()),
                ]
            }
        };
        let basic = match &self.credentials {
            Credentials::Client { id, secret } => Some((id.as_str(), secret)),
            Credentials::Given(_) | Credentials::SignedIn { .. } => None,
        };
        let tokens = ask(client, &self.login, &form, basic, (self.clock)()).await?;
        self.keep.save(&tokens).map_err(NoToken::NotKept)?;
        Ok(tokens)
    }
}

/// What a sign-in in the browser is proved by.
pub struct Proof {
    pub state: String,
    verifier: Secret,
}

impl Proof {
    /// A new one; `None` when the machine gives no chance.
    pub fn new() -> Option<Self> {
        Some(Self {
            state: chance()?,
            verifier: Secret(chance()?),
        })
    }

    /// Where the person signs in (RFC 7636, S256).
    pub fn page(&self, login: &Url, client: &str, redirect: &str) -> Option<Url> {
        let challenge = Sha256::digest(self.verifier.reveal().as_bytes());
        let challenge = Base64UrlUnpadded::encode_string(&challenge);
        let mut page = login.join("oauth/authorize").ok()?;
        page.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client)
            .append_pair("redirect_uri", redirect)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .append_pair("state", &self.state);
        Some(page)
    }

    /// The tokens for the code that the browser came back with.
    pub async fn exchange(
        &self,
        client: &reqwest::Client,
        login: &Url,
        id: &str,
        redirect: &str,
        code: &str,
        now: Moment,
    ) -> Result<Tokens, NoToken> {
        let form = [
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("redirect_uri", redirect.to_owned()),
            ("code_verifier", self.verifier.reveal().to_owned()),
            ("client_id", id.to_owned()),
        ];
        ask(client, login, &form, None, now).await
    }
}

/// The tokens of a client that signs in for itself.
pub async fn client_tokens(
    client: &reqwest::Client,
    login: &Url,
    id: &str,
    secret: &Secret,
    now: Moment,
) -> Result<Tokens, NoToken> {
    let form = [("grant_type", "client_credentials".to_owned())];
    ask(client, login, &form, Some((id, secret)), now).await
}

fn chance() -> Option<String> {
    let mut bytes = [0_u8; CHANCE_BYTES];
    getrandom::fill(&mut bytes).ok()?;
    Some(Base64UrlUnpadded::encode_string(&bytes))
}

async fn ask(
    client: &reqwest::Client,
    login: &Url,
    form: &[(&str, String)],
    basic: Option<(&str, &Secret)>,
    now: Moment,
) -> Result<Tokens, NoToken> {
    let url = login.join("oauth/token").map_err(|_| NoToken::Strange)?;
    // A form is written as the query of an address is.
    let mut written = Url::parse("http://form/").map_err(|_| NoToken::Strange)?;
    written.query_pairs_mut().extend_pairs(form);
    let body = written.query().unwrap_or_default().to_owned();
    let mut request = client
        .post(url)
        .timeout(TIME_MAX)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body);
    if let Some((id, secret)) = basic {
        let pair = Base64::encode_string(format!("{id}:{}", secret.reveal()).as_bytes());
        request = request.header(AUTHORIZATION, format!("Basic {pair}"));
    }
    let mut response = request.send().await.map_err(|_| NoToken::Away)?;
    let status = response.status();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| NoToken::Away)? {
        bytes.extend_from_slice(&chunk);
        if ANSWER_BYTES_MAX < bytes.len() {
            return Err(NoToken::Strange);
        }
    }
    match status.as_u16() {
        200 => {}
        400 | 401 | 403 if basic.is_some() => return Err(NoToken::Unknown),
        400 | 401 | 403 => return Err(NoToken::SignedOut),
        429 | 502..=504 => return Err(NoToken::Away),
        _ => return Err(NoToken::Strange),
    }
    let body: Value = serde_json::from_slice(&bytes).map_err(|_| NoToken::Strange)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(Secret::new);
    let seconds = body.get("expires_in").and_then(Value::as_i64);
    Ok(Tokens {
        access: text("access_token").ok_or(NoToken::Strange)?,
        refresh: text("refresh_token"),
        expires: now.plus_ms(seconds.unwrap_or(0).clamp(0, 366 * 24 * 3600) * 1000),
    })
}
