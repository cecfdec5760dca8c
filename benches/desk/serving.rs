//! The real server on the store that was filled: requests a second over loopback and how long they take, its
//! memory, and channels of notifications that are all connected at once. The client is here, so that both share
//! the machine.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use scv_desk::domain::Moment;
use scv_desk::wire::conversation::to_json;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::organization::{Dice, call};
use crate::{private_mb, said};

/// Connections that ask at once.
const CONNECTIONS: u64 = 64;
/// Contacts that are asked for.
const SAMPLE: usize = 1000;
/// Clients, and channels of each.
const CLIENTS: usize = 50;
const CHANNELS: usize = 20;
const CONTACTS: &str = "/api/v2/externalcontacts/contacts";

/// A server in a program of its own.
struct Serving {
    child: Child,
    address: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn scv(store: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scv"));
    command.env("SCV_STORE", store);
    command
}

impl Serving {
    fn start(store: &Path) -> Self {
        let mut command = scv(store);
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "warn"]);
        command.args(["--rate-limit", "10000000"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut first).unwrap();
        let address = first.trim().strip_prefix("listening on http://").unwrap();
        let address = address.to_owned();
        Self { child, address }
    }

    fn memory(&self, when: &str) {
        let used = private_mb(&self.child.id().to_string());
        println!("private memory of the server, {when:<16} {used:>9.1} MB");
    }
}

/// A connection that asks one thing after the other.
struct Asking {
    stream: TcpStream,
    host: String,
    token: String,
    read: Vec<u8>,
}

impl Asking {
    async fn open(host: &str, token: &str) -> Self {
        let stream = TcpStream::connect(host).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            host: host.to_owned(),
            token: token.to_owned(),
            read: Vec::new(),
        }
    }

    async fn ask(&mut self, method: &str, path: &str, kind: &str, body: &str) -> Value {
        let authorization = match self.token.as_str() {
            "" => String::new(),
            token => format!("Authorization: Bearer {token}\r\n"),
        };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{authorization}Content-Type: {kind}\r\n\
            Content-Length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        );
        self.stream.write_all(head.as_bytes()).await.unwrap();
        self.read.clear();
        let end = self.until(b"\r\n\r\n").await;
        let head = String::from_utf8_lossy(&self.read[..end]).to_lowercase();
        assert!(head.starts_with("http/1.1 2"), "{method} {path}: {head}");
        let length = head.split("content-length: ").nth(1).unwrap_or("0");
        let length: usize = length.lines().next().unwrap().trim().parse().unwrap();
        while self.read.len() < end + length {
            self.more().await;
        }
        serde_json::from_slice(&self.read[end..end + length]).unwrap_or_default()
    }

    async fn json(&mut self, method: &str, path: &str, body: Value) -> Value {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        self.ask(method, path, "application/json", &body).await
    }

    /// Reads until a text has come; where it ends.
    async fn until(&mut self, text: &[u8]) -> usize {
        loop {
            let at = self.read.windows(text.len()).position(|part| part == text);
            if let Some(at) = at {
                return at + text.len();
            }
            self.more().await;
        }
    }

    async fn more(&mut self) {
        let count = self.stream.read_buf(&mut self.read).await.unwrap();
        assert!(0 < count, "the server closed the connection");
    }
}

/// A token of a new client.
async fn token(store: &Path, host: &str, name: &str) -> String {
    let mut command = scv(store);
    command.args(["client", "add", name, "--role", "admin", "--json"]);
    let made: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let text = |member: &str| made[member].as_str().unwrap().to_owned();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        text("clientId"),
        text("clientSecret")
    );
    let mut asking = Asking::open(host, "").await;
    let kind = "application/x-www-form-urlencoded";
    let tokens = asking.ask("POST", "/oauth/token", kind, &form).await;
    tokens["access_token"].as_str().unwrap().to_owned()
}

pub async fn measure(store: &Path, people: u64, seconds: u64) {
    let serving = Serving::start(store);
    let host = serving.address.clone();
    let run = Moment::of_machine().0;
    let own = token(store, &host, &format!("bench {run}")).await;
    let mut asking = Asking::open(&host, &own).await;
    let ids = Arc::new(sample(&mut asking).await);
    serving.memory("at first");
    let names = ["joh smi", "maria", "ber", "anna lin", "petra mor"];
    let of = |ids: &Arc<Vec<String>>, dice: &mut Dice| {
        let at = dice.below(ids.len() as u64) as usize;
        format!("{CONTACTS}/{}", ids[at])
    };
    let get = move |ids: &Arc<Vec<String>>, dice: &mut Dice| (of(ids, dice), String::new());
    load(&host, &own, seconds, "a contact by id", &ids, get).await;
    let search = move |_: &Arc<Vec<String>>, dice: &mut Dice| {
        let name = names[dice.below(names.len() as u64) as usize].replace(' ', "+");
        (format!("{CONTACTS}?q={name}"), String::new())
    };
    load(&host, &own, seconds, "a search", &ids, search).await;
    let journey = move |ids: &Arc<Vec<String>>, dice: &mut Dice| {
        let path = of(ids, dice) + "/journey/sessions?includeMerged=true";
        (path, String::new())
    };
    load(&host, &own, seconds, "a journey", &ids, journey).await;
    let ingest = move |_: &Arc<Vec<String>>, dice: &mut Dice| {
        let number = dice.below(u64::MAX);
        let one = call(number, people, dice, Moment::of_machine());
        ("/api/scv/v1/ingest".to_owned(), to_json(&one).to_string())
    };
    load(&host, &own, seconds, "a resolution (ingest)", &ids, ingest).await;
    serving.memory("after them");
    sockets(store, &serving, run, &ids[0]).await;
}

/// Ids of contacts from all over.
async fn sample(asking: &mut Asking) -> Vec<String> {
    let mut ids = Vec::new();
    let mut path = "/api/v2/externalcontacts/scan/contacts?limit=200".to_owned();
    while ids.len() < SAMPLE {
        let part = asking.json("GET", &path, Value::Null).await;
        let entities = part["entities"].as_array().unwrap().iter();
        ids.extend(entities.map(|one| one["id"].as_str().unwrap().to_owned()));
        match part["nextUri"].as_str() {
            Some(next) => path = next.to_owned(),
            None => break,
        }
    }
    ids
}

/// Asks over all connections for some seconds. What has a body is sent as lines.
async fn load<F>(host: &str, token: &str, seconds: u64, what: &str, ids: &Arc<Vec<String>>, next: F)
where
    F: Fn(&Arc<Vec<String>>, &mut Dice) -> (String, String) + Copy + Send + 'static,
{
    let started = Instant::now();
    let mut tasks = Vec::new();
    for number in 0..CONNECTIONS {
        let (ids, mut asking) = (Arc::clone(ids), Asking::open(host, token).await);
        tasks.push(tokio::spawn(async move {
            let mut dice = Dice(number * 7919 + 17);
            let mut times = Vec::new();
            while started.elapsed() < Duration::from_secs(seconds) {
                let (path, body) = next(&ids, &mut dice);
                let began = Instant::now();
                match body.is_empty() {
                    true => drop(asking.json("GET", &path, Value::Null).await),
                    false => drop(
                        asking
                            .ask("POST", &path, "application/x-ndjson", &body)
                            .await,
                    ),
                }
                times.push(began.elapsed());
            }
            times
        }));
    }
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    let rate = times.len() as f64 / started.elapsed().as_secs_f64();
    println!(
        "{:<44} {rate:>10.0} /s",
        format!("served to {CONNECTIONS}: {what}")
    );
    said("  each", &mut times);
}

/// Connects every channel; then one contact changes, and each hears of it.
async fn sockets(store: &Path, serving: &Serving, run: i64, contact: &str) {
    let host = &serving.address;
    let topic = format!("v2.externalcontacts.contacts.{contact}");
    let mut connected = Vec::new();
    let mut last = None;
    for client in 0..CLIENTS {
        let token = token(store, host, &format!("bench {run} {client}")).await;
        for _ in 0..CHANNELS {
            let mut asking = Asking::open(host, &token).await;
            let channels = "/api/v2/notifications/channels";
            let made = asking.json("POST", channels, json!({})).await;
            let id = made["id"].as_str().unwrap();
            let path = format!("{channels}/{id}/subscriptions");
            asking.json("POST", &path, json!([{"id": topic}])).await;
            connected.push(upgraded(asking, id).await);
        }
        last = Some(token);
    }
    serving.memory("all connected");
    let mut asking = Asking::open(host, &last.unwrap()).await;
    let changed = json!({"changes": [{"field": "$.title", "value": "Dr", "action": "Update"}]});
    let began = Instant::now();
    let heard = Arc::new(AtomicU64::new(0));
    let path = format!("{CONTACTS}/{contact}");
    asking.json("PATCH", &path, changed).await;
    let mut tasks = Vec::new();
    for mut one in connected {
        let (heard, text) = (Arc::clone(&heard), topic.clone());
        tasks.push(tokio::spawn(async move {
            one.until(text.as_bytes()).await;
            heard.fetch_add(1, Ordering::Relaxed);
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    println!(
        "a change until {:>5} sockets have heard of it {:>11.3} ms",
        heard.load(Ordering::Relaxed),
        began.elapsed().as_secs_f64() * 1e3
    );
}

/// The connection as a WebSocket.
async fn upgraded(mut asking: Asking, id: &str) -> Asking {
    let head = format!(
        "GET /channels/{id} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2N2IGJlbmNoIHNjdiBiZQ==\r\n\r\n",
        asking.host
    );
    asking.stream.write_all(head.as_bytes()).await.unwrap();
    asking.read.clear();
    let end = asking.until(b"\r\n\r\n").await;
    assert!(asking.read.starts_with(b"HTTP/1.1 101"), "no socket");
    asking.read.drain(..end);
    asking
}
