//! A server on a store of its own, and a plain client. Every answer of a route is held against the contract.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::tz::TimeZone;
use scv_desk::backend::Backend;
use scv_desk::backend::local::{Clock, LocalBackend};
use scv_desk::domain::command::{Actor, Command};
use scv_desk::domain::{Moment, Role};
use scv_desk::engine;
use scv_desk::server::{Exposure, Options, Ports, Server};
use scv_desk::store::account::{Account, AccountKind, Accounts, Grant, GrantKind};
use scv_desk::store::sqlite::{self, Open, SqliteStore};
use scv_desk::store::{Keep, Store};
use scv_desk::wire;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::shape;

/// *Now* of these tests.
pub const NOW: &str = "2026-11-23T12:00:00Z";

/// A server that runs.
pub struct Place {
    pub address: SocketAddr,
    pub store: Arc<SqliteStore>,
    pub runtime: Runtime,
    pub dir: tempfile::TempDir,
    now: Arc<AtomicI64>,
    end: Option<oneshot::Sender<()>>,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The code of an `ErrorBody`.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The id of what was answered.
    #[track_caller]
    pub fn id(&self) -> String {
        self.json()["id"].as_str().expect("an id").to_owned()
    }
}

fn options() -> Options {
    Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        exposure: Exposure::Loopback,
        tls: None,
        hosts: Vec::new(),
        roles: Vec::new(),
        rate: 100_000,
    }
}

impl Place {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// A server with other options or rules.
    pub fn with(change: impl FnOnce(&mut Options)) -> Self {
        Self::ruled(engine::Options::default(), change)
    }

    pub fn ruled(rules: engine::Options, change: impl FnOnce(&mut Options)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("scv.db");
        let store = SqliteStore::open(&path, Open::Create, sqlite::Options::default()).unwrap();
        let store = Arc::new(store);
        let now = Arc::new(AtomicI64::new(NOW.parse::<Moment>().unwrap().0));
        let told = Arc::clone(&now);
        let clock: Clock = Arc::new(move || Moment(told.load(Ordering::Relaxed)));
        let nobody = Actor {
            name: "nobody".to_owned(),
            role: Role::new("nobody", []),
        };
        let ports = Ports {
            backend: LocalBackend::new(
                Arc::clone(&store) as _,
                nobody,
                rules,
                clock,
                TimeZone::UTC,
            ),
            accounts: Arc::clone(&store) as _,
            catalog: Arc::clone(&store) as _,
        };
        let mut options = options();
        change(&mut options);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let server = runtime.block_on(Server::bind(&options, ports)).unwrap();
        let address = server.address();
        let (end, ended) = oneshot::channel();
        runtime.spawn(server.run(async move {
            let _ = ended.await;
        }));
        Self {
            address,
            store,
            runtime,
            dir,
            now,
            end: Some(end),
        }
    }

    /// What a server of these tests is made with.
    pub fn options(&self) -> Options {
        options()
    }

    /// A server with the conversations, visits and contacts of `load`.
    pub fn filled() -> Self {
        let place = Self::new();
        place.fill();
        place
    }

    pub fn fill(&self) {
        let backend = self.backend("switch", "admin");
        let names = wire::names::read(include_str!("../../data/org/names.json")).unwrap();
        self.runtime.block_on(backend.learn_names(names)).unwrap();
        let lines = [
            include_str!("../../data/org/conversations.ndjson"),
            include_str!("../../data/org/sessions.ndjson"),
        ];
        let mut commands = Vec::new();
        for text in lines {
            let text: Vec<&str> = text.lines().rev().take(60).collect();
            let text = text.join("\n");
            for item in wire::ingest::Reader::new(std::io::Cursor::new(text.into_bytes())) {
                commands.push(match item.unwrap() {
                    wire::ingest::Item::Conversation(one) => Command::Resolve(one),
                    wire::ingest::Item::Visit(one) => Command::ResolveVisit(one),
                    wire::ingest::Item::Message(one) => Command::TakeMessage(one),
                });
            }
        }
        let done = self
            .runtime
            .block_on(backend.run_all(commands, None, Keep::Commit));
        assert!(done.iter().all(Result::is_ok));
    }

    /// A backend on the server's store, as another program would have it.
    pub fn backend(&self, name: &str, role: &str) -> LocalBackend {
        let told = Arc::clone(&self.now);
        LocalBackend::new(
            Arc::clone(&self.store) as Arc<dyn Store>,
            Actor {
                name: name.to_owned(),
                role: Role::bundled(role).unwrap(),
            },
            engine::Options::default(),
            Arc::new(move || Moment(told.load(Ordering::Relaxed))),
            TimeZone::UTC,
        )
    }

    pub fn run(&self, role: &str, command: Command) -> scv_desk::domain::command::Outcome {
        let backend = self.backend("switch", role);
        self.runtime.block_on(backend.run(command)).unwrap()
    }

    pub fn now(&self) -> Moment {
        Moment(self.now.load(Ordering::Relaxed))
    }

    pub fn wait_ms(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::Relaxed);
    }

    /// An account without a secret: its tokens are granted here.
    pub fn account(&self, kind: AccountKind, name: &str, role: &str) -> Account {
        let account = Account {
            id: Uuid::new_v4(),
            kind,
            name: name.to_owned(),
            role: role.to_owned(),
            secret: None,
            redirects: Vec::new(),
            created: self.now(),
            revoked: None,
        };
        let added = self
            .runtime
            .block_on(self.store.add_account(account.clone()));
        assert!(added.unwrap());
        account
    }

    /// A token of an account.
    pub fn grant(&self, account: &Account) -> String {
        let token = Uuid::new_v4().to_string();
        let grant = Grant {
            hash: Sha256::digest(token.as_bytes()).into(),
            kind: GrantKind::Access,
            owner: account.id,
            client: account.id,
            created: self.now(),
            expires: self.now().plus_days(1),
            redirect: None,
            challenge: None,
        };
        let added = self.store.add_grants(vec![grant], self.now());
        self.runtime.block_on(added).unwrap();
        token
    }

    /// The token of a user in a role.
    pub fn token(&self, role: &str) -> String {
        let name = format!("{role} {}", Uuid::new_v4());
        let account = self.account(AccountKind::User, &name, role);
        self.grant(&account)
    }

    pub fn as_role(&self, role: &str) -> Caller<'_> {
        Caller {
            place: self,
            token: Some(self.token(role)),
        }
    }

    pub fn as_nobody(&self) -> Caller<'_> {
        Caller {
            place: self,
            token: None,
        }
    }

    /// Sends a request as it is and reads the answer to its end.
    pub fn send(&self, request: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        // A server that refuses early may have closed its end already.
        let _ = stream.write_all(request);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let whole = String::from_utf8(bytes).unwrap();
        let (head, text) = whole.split_once("\r\n\r\n").expect("a whole answer");
        let mut lines = head.lines();
        let status = lines
            .next()
            .unwrap()
            .split(' ')
            .nth(1)
            .unwrap()
            .parse()
            .unwrap();
        let headers = lines.filter_map(|line| line.split_once(": "));
        Reply {
            status,
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            text: text.to_owned(),
        }
    }

    pub fn end(&mut self) {
        if let Some(end) = self.end.take() {
            let _ = end.send(());
        }
    }
}

/// Who asks.
pub struct Caller<'p> {
    pub place: &'p Place,
    pub token: Option<String>,
}

impl Caller<'_> {
    pub fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, None)
    }

    pub fn delete(&self, path: &str) -> Reply {
        self.ask("DELETE", path, None)
    }

    pub fn post(&self, path: &str, body: Value) -> Reply {
        self.ask("POST", path, Some(body))
    }

    pub fn put(&self, path: &str, body: Value) -> Reply {
        self.ask("PUT", path, Some(body))
    }

    pub fn patch(&self, path: &str, body: Value) -> Reply {
        self.ask("PATCH", path, Some(body))
    }

    /// Asks, and holds the answer against the contract.
    pub fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        self.ask_with(method, path, "application/json", &body)
    }

    pub fn ask_with(&self, method: &str, path: &str, kind: &str, body: &str) -> Reply {
        let token = self.token.as_ref();
        let token = token.map(|token| format!("Authorization: Bearer {token}\r\n"));
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: {kind}\r\n{}\
            Content-Length: {}\r\n\r\n{body}",
            self.place.address,
            token.unwrap_or_default(),
            body.len()
        );
        let reply = self.place.send(request.as_bytes());
        shape::check(method, path, &reply);
        reply
    }
}
