//! One way to the server: tokens, time limits, waiting as long as the server says, and what may be sent
//! again. Answers are hostile: their size is limited, and a redirect to another place is refused.

mod course;
mod failure;

pub use failure::Failure;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode, Url};
use serde_json::Value;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::auth::{Auth, NoToken};
use crate::backend::local::Clock;
use crate::backend::view::Standing;
use crate::domain::Moment;

use course::Course;

/// Most bytes of an answer.
const ANSWER_BYTES_MAX: usize = 16 << 20;
/// How long a connection may take to stand.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
/// How long an answer may take, and one to a read, which is asked again.
pub const ANSWER_TIME_MAX: Duration = Duration::from_secs(15);
const READ_TIME_MAX: Duration = Duration::from_secs(8);
/// How long a read waits for a server that is away.
const AWAY_TIME_MAX: Duration = Duration::from_secs(3);
/// How long a server that names no time is left alone.
const LIMIT_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause that a server may ask for.
const PAUSE_MAX: Duration = Duration::from_secs(24 * 3600);

/// Whether something may be sent again when nobody knows whether it came to anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// A read: it changes nothing.
    Read,
    /// A change under a number of its own, which is not made twice.
    Numbered,
    /// A change that is read back before it is sent again.
    Never,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Call<'c> {
    pub method: Method,
    /// Behind the base, with a slash first.
    pub path: &'c str,
    pub query: Vec<(&'static str, String)>,
    pub body: Option<Value>,
    pub again: Again,
    /// How long the answer may take.
    pub time: Duration,
}

impl<'c> Call<'c> {
    /// A read.
    pub fn get(path: &'c str) -> Self {
        Self {
            method: Method::GET,
            path,
            query: Vec::new(),
            body: None,
            again: Again::Read,
            time: READ_TIME_MAX,
        }
    }

    /// Something with a body.
    pub fn with(method: Method, path: &'c str, body: Value, again: Again) -> Self {
        Self {
            method,
            body: Some(body),
            again,
            time: match again {
                Again::Read => READ_TIME_MAX,
                Again::Numbered | Again::Never => ANSWER_TIME_MAX,
            },
            ..Self::get(path)
        }
    }

    pub fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }
}

/// How long is waited before something is sent again, and until when.
#[derive(Clone, Copy, Debug)]
pub struct Pauses {
    pub first: Duration,
    pub longest: Duration,
    /// How long a change is sent again and again that must not get lost, before nobody knows what came of it.
    pub write: Duration,
    /// How long after that it may still be on its way.
    pub late: Duration,
}

impl Default for Pauses {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(200),
            longest: Duration::from_secs(5),
            write: Duration::from_secs(60),
            late: Duration::from_secs(60),
        }
    }
}

/// What became of one try.
enum Tried {
    Answer(Value),
    /// The server says when to come again, and has done nothing.
    Wait(Duration),
    /// Nothing was sent.
    Unsent,
    /// It was sent, or may have been.
    Lost,
    /// The token is not taken.
    Stranger(Failure),
    Failed(Failure),
}

/// The way to a server.
pub struct Http {
    client: reqwest::Client,
    tls: Arc<rustls::ClientConfig>,
    base: Url,
    auth: Auth,
    clock: Clock,
    pauses: Pauses,
    standing: Mutex<Standing>,
    /// What changes is asked for again and again: there is no socket.
    is_polling: AtomicBool,
    /// Nothing is sent before.
    not_before: Mutex<Option<Instant>>,
}

impl Http {
    /// The way to `base`, which ends in a slash.
    pub fn new(base: Url, auth: Auth, clock: Clock, pauses: Pauses) -> Result<Self, Failure> {
        Self::with_tls(base, auth, clock, pauses, tls()?)
    }

    /// The same for who trusts others than the machine does.
    pub fn with_tls(
        base: Url,
        auth: Auth,
        clock: Clock,
        pauses: Pauses,
        tls: rustls::ClientConfig,
    ) -> Result<Self, Failure> {
        Ok(Self {
            client: client_with(&tls)?,
            tls: Arc::new(tls),
            base,
            auth,
            clock,
            pauses,
            standing: Mutex::new(Standing::Fine),
            is_polling: AtomicBool::new(false),
            not_before: Mutex::new(None),
        })
    }

    /// The server's name, for people.
    pub fn place(&self) -> String {
        place(&self.base)
    }

    pub fn standing(&self) -> Standing {
        let standing = *self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        let is_polling = self.is_polling.load(Ordering::Relaxed);
        match standing {
            Standing::Offline(_) => standing,
            Standing::Waiting(_) if self.held_until().is_some() => standing,
            Standing::Waiting(_) | Standing::Fine | Standing::Polling => match is_polling {
                true => Standing::Polling,
                false => Standing::Fine,
            },
        }
    }

    /// Says whether what changes is asked for again and again, because there is no socket.
    pub fn set_polling(&self, is_polling: bool) {
        self.is_polling.store(is_polling, Ordering::Relaxed);
    }

    /// Where the API is; it ends in a slash.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// What TLS is spoken with.
    pub fn tls(&self) -> Arc<rustls::ClientConfig> {
        Arc::clone(&self.tls)
    }

    /// Now, by the clock of the desk.
    pub fn now(&self) -> Moment {
        (self.clock)()
    }

    pub fn pauses(&self) -> Pauses {
        self.pauses
    }

    pub fn auth(&self) -> &Auth {
        &self.auth
    }

    /// Asks, again where that is safe, and answers JSON; `null` for an empty answer.
    pub async fn ask(&self, call: &Call<'_>) -> Result<Value, Failure> {
        let mut course = Course::new(call.again, self.pauses);
        // Who waits for a long answer asks whether the server is back.
        let is_usual = call.again == Again::Read && call.time <= READ_TIME_MAX;
        if is_usual && self.is_away() {
            course.hurry();
        }
        while course.may_try() {
            if let Err(limited) = self.wait(course.patience()).await {
                return Err(course.end(limited, self.place()));
            }
            match self.try_once(call).await {
                Tried::Answer(value) => {
                    self.is_fine();
                    return Ok(value);
                }
                Tried::Wait(wait) => {
                    self.hold(wait);
                    course.limited(wait);
                    continue;
                }
                Tried::Stranger(failure) => {
                    if !course.may_renew() || self.auth.renew(&self.client).await.is_err() {
                        let failure = self.not_taken(failure);
                        return Err(course.end(failure, self.place()));
                    }
                    continue;
                }
                Tried::Failed(failure) => {
                    self.is_fine();
                    return Err(course.end(failure, self.place()));
                }
                Tried::Lost => course.lost(),
                Tried::Unsent => course.unsent(),
            }
            self.is_offline();
            if let Some(pause) = course.pause() {
                sleep(jittered(pause)).await;
            }
        }
        Err(course.given_up(self.place()))
    }

    async fn try_once(&self, call: &Call<'_>) -> Tried {
        let token = match self.auth.token(&self.client).await {
            Ok(token) => token,
            Err(NoToken::Away) => return Tried::Unsent,
            Err(failure) => return Tried::Failed(Failure::NoToken(failure.to_string())),
        };
        let Ok(mut url) = self.base.join(call.path.trim_start_matches('/')) else {
            return Tried::Failed(Failure::Strange(self.place(), "a path"));
        };
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        let mut request = self.client.request(call.method.clone(), url);
        request = request.header(AUTHORIZATION, token.header());
        if let Some(body) = &call.body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        let is_usual = call.again == Again::Read && call.time <= READ_TIME_MAX;
        let time = match is_usual && self.is_away() {
            true => AWAY_TIME_MAX,
            false => call.time,
        };
        match timeout(time, self.exchange(request)).await {
            Ok(tried) => tried,
            Err(_) => Tried::Lost,
        }
    }

    async fn exchange(&self, request: reqwest::RequestBuilder) -> Tried {
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() || error.is_builder() => return Tried::Unsent,
            Err(_) => return Tried::Lost,
        };
        let status = response.status();
        let wait = retry_after(&response);
        let read = bytes(response).await;
        let body: Value = match read {
            Ok(bytes) if bytes.iter().all(u8::is_ascii_whitespace) => Value::Null,
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            Err(Unread::Large) => {
                return Tried::Failed(Failure::Strange(self.place(), "an answer is too large"));
            }
            Err(Unread::Broken) => return Tried::Lost,
        };
        self.judged(status, wait, body)
    }

    fn judged(&self, status: StatusCode, wait: Option<Duration>, body: Value) -> Tried {
        if status.is_success() {
            return Tried::Answer(body);
        }
        if status.is_redirection() {
            return Tried::Failed(Failure::Strange(self.place(), "it sends to another place"));
        }
        let text = |name: &str| {
            let text = body.get(name).and_then(Value::as_str).unwrap_or_default();
            text.chars().take(500).collect::<String>()
        };
        let failure = Failure::Status {
            status: status.as_u16(),
            code: text("code"),
            message: text("message"),
        };
        match (status, wait) {
            (StatusCode::UNAUTHORIZED, _) => Tried::Stranger(failure),
            (StatusCode::TOO_MANY_REQUESTS, wait) => Tried::Wait(wait.unwrap_or(LIMIT_PAUSE)),
            (
                StatusCode::BAD_GATEWAY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT,
                wait,
            ) => {
                if let Some(wait) = wait {
                    self.hold(wait);
                }
                // What stands between may have passed the request on.
                Tried::Lost
            }
            _ => Tried::Failed(failure),
        }
    }

    /// Waits until the server takes requests again, unless that takes longer than somebody waits.
    async fn wait(&self, patience: Duration) -> Result<(), Failure> {
        loop {
            let Some(until) = self.held_until() else {
                return Ok(());
            };
            let left = until.saturating_duration_since(Instant::now());
            if patience < left {
                return Err(Failure::Limited(self.place(), left));
            }
            sleep_until(until).await;
        }
    }

    /// Before when nothing may be sent; `None` when it may be now.
    fn held_until(&self) -> Option<Instant> {
        let held = self.not_before.lock();
        let until = *held.unwrap_or_else(PoisonError::into_inner);
        until.filter(|until| Instant::now() < *until)
    }

    /// Sends nothing for so long.
    fn hold(&self, wait: Duration) {
        let wait = wait.min(PAUSE_MAX);
        let until = Instant::now() + wait;
        let held = self.not_before.lock();
        let mut held = held.unwrap_or_else(PoisonError::into_inner);
        *held = Some(held.map_or(until, |held| held.max(until)));
        drop(held);
        let ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        self.stand(Standing::Waiting((self.clock)().plus_ms(ms)));
    }

    fn is_away(&self) -> bool {
        matches!(self.standing(), Standing::Offline(_))
    }

    /// A token that the server does not take, in words that say what to do.
    fn not_taken(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Status { status: 401, .. } => Failure::NoToken(format!(
                "{} does not take the token; say `scv login`, or give another in SCV_TOKEN",
                self.place()
            )),
            other => other,
        }
    }

    fn is_fine(&self) {
        self.stand(Standing::Fine);
    }

    fn is_offline(&self) {
        // It may be away only because it asked for a pause.
        if self.held_until().is_some() {
            return;
        }
        let now: Moment = (self.clock)();
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*standing, Standing::Offline(_)) {
            *standing = Standing::Offline(now);
        }
    }

    fn stand(&self, standing: Standing) {
        *self.standing.lock().unwrap_or_else(PoisonError::into_inner) = standing;
    }
}

/// Host and port of an address, for people.
pub fn place(base: &Url) -> String {
    let host = base.host_str().unwrap_or_default();
    match base.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// A client that follows no redirect, speaks TLS by the machine's roots, and takes no proxy's word.
pub fn client() -> Result<reqwest::Client, Failure> {
    client_with(&tls()?)
}

fn failed(what: &'static str) -> Failure {
    Failure::Strange("this machine".to_owned(), what)
}

/// TLS by the machine's roots.
fn tls() -> Result<rustls::ClientConfig, Failure> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| failed("TLS is not to be had"))?;
    use rustls_platform_verifier::BuilderVerifierExt;
    let builder = builder
        .with_platform_verifier()
        .map_err(|_| failed("its certificates cannot be read"))?;
    Ok(builder.with_no_client_auth())
}

fn client_with(tls: &rustls::ClientConfig) -> Result<reqwest::Client, Failure> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIME_MAX)
        .user_agent(concat!("scv/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|_| failed("no client can be made"))
}

enum Unread {
    Large,
    Broken,
}

async fn bytes(mut response: Response) -> Result<Vec<u8>, Unread> {
    let mut all = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if ANSWER_BYTES_MAX < all.len() + chunk.len() => {
                return Err(Unread::Large);
            }
            Ok(Some(chunk)) => all.extend_from_slice(&chunk),
            Ok(None) => return Ok(all),
            Err(_) => return Err(Unread::Broken),
        }
    }
}

/// Whole seconds; a date is not what the contract sends.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

/// A pause that is not the same for all who lost the same server: three quarters to five quarters.
pub fn jittered(pause: Duration) -> Duration {
    let mut byte = [0_u8; 1];
    // Without chance the pause is as it is.
    let _ = getrandom::fill(&mut byte);
    pause.mul_f64(0.75 + f64::from(byte[0]) / 512.0)
}
