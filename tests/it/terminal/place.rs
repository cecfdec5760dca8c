//! A store with the organization in it, and what it holds while a desk works on it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex};

use scv_desk::backend::local::LocalBackend;
use scv_desk::domain::command::{Action, Actor};
use scv_desk::domain::contact::{Contact, ContactId, Note};
use scv_desk::domain::identifier::Identifier;
use scv_desk::domain::{ConversationId, ConversationRecord, FactKey, Facts, Moment, Role};
use scv_desk::engine;
use scv_desk::store::account::{Account, AccountKind, Accounts, Grant, GrantKind};
use scv_desk::store::sqlite::{Open, Options, SqliteStore};
use scv_desk::store::{Entry, EntryFilter, Only, Search, Store};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::window::{Size, Window};

/// *Now* of the organization.
pub const NOW: &str = "2026-11-23T12:00:00Z";
/// The user of the organization who sits at the desk.
pub const AGENT: &str = "Lindsay Keady-Miskell";
const AGENT_ID: &str = "aaa3e7bb-b955-4a80-b3b8-284c703923f1";

/// The call of Theodore Meza, whom nobody has kept. It is the first one on the agent's roster.
pub const THEODORE: &str = "8674caf8-31b0-41f1-a799-31a43266f3e5";
/// The e-mail of Seth Bates, who is Curated; the second one.
pub const SETH: &str = "a42fb798-c3e3-4177-8dfc-76758e480ca9";

/// The organization, imported and ingested once by the program itself. What is past the retention is gone, so
/// that the desk's own upkeep changes nothing under a walk.
static ORGANIZATION: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let place = Place::empty();
    place.run_at(NOW, &["import", "contacts", &file("contacts.csv")]);
    let names = file("names.json");
    place.run_at(
        NOW,
        &["ingest", &file("conversations.ndjson"), "--names", &names],
    );
    place.run_at(NOW, &["expire"]);
    std::fs::read(place.store()).unwrap()
});

fn file(name: &str) -> String {
    format!("{}/tests/data/org/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A directory with a store, and nothing else that the program could read.
pub struct Place {
    dir: tempfile::TempDir,
    /// The server that desks are on, when the walks go over one.
    server: Mutex<Option<Served>>,
}

/// A server on the place's store.
struct Served {
    child: Child,
    address: String,
    /// Tokens by role.
    tokens: BTreeMap<String, String>,
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether the walks go over a server: `SCV_WALKS=remote` runs them all so.
pub fn is_remote() -> bool {
    std::env::var("SCV_WALKS").is_ok_and(|how| how == "remote")
}

impl Place {
    /// A copy of the organization.
    pub fn new() -> Self {
        let place = Self::empty();
        std::fs::write(place.store(), ORGANIZATION.as_slice()).unwrap();
        place
    }

    /// The organization, and conversations that came in after it.
    pub fn with(conversations: &[Value]) -> Self {
        let place = Self::new();
        place.ingest(conversations);
        place
    }

    /// A directory without a store.
    pub fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let server = Mutex::new(None);
        Self { dir, server }
    }

    /// What leads a desk in a role to a server on this store, which is started once.
    pub fn served(&self, role: &str, now: &str) -> Vec<(&'static str, String)> {
        let mut server = self.server.lock().unwrap();
        let served = server.get_or_insert_with(|| self.serve(now));
        let token = match served.tokens.get(role) {
            Some(token) => token.clone(),
            None => {
                let token = self.token(role, served.tokens.len(), now);
                served.tokens.insert(role.to_owned(), token.clone());
                token
            }
        };
        vec![
            ("SCV_BACKEND", "remote".to_owned()),
            ("SCV_REMOTE_URL", served.address.clone()),
            ("SCV_TOKEN", token),
        ]
    }

    fn serve(&self, now: &str) -> Served {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scv"));
        command.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--rate-limit",
            "1000000",
        ]);
        command.env_clear().envs(self.surroundings(now));
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut first = String::new();
        let mut told = BufReader::new(child.stdout.take().unwrap());
        told.read_line(&mut first).unwrap();
        let address = first
            .trim()
            .strip_prefix("listening on ")
            .unwrap()
            .to_owned();
        Served {
            child,
            address,
            tokens: BTreeMap::new(),
        }
    }

    /// A token of the agent in a role. A name is of one user and one client.
    fn token(&self, role: &str, nth: usize, now: &str) -> String {
        let now: Moment = now.parse().unwrap();
        let account = Account {
            id: Uuid::new_v4(),
            kind: [AccountKind::User, AccountKind::Client][nth],
            name: AGENT.to_owned(),
            role: role.to_owned(),
            secret: None,
            redirects: Vec::new(),
            created: now,
            revoked: None,
        };
        let token = Uuid::new_v4().to_string();
        let grant = Grant {
            hash: Sha256::digest(token.as_bytes()).into(),
            kind: GrantKind::Access,
            owner: account.id,
            client: account.id,
            created: now,
            expires: now.plus_days(1),
            redirect: None,
            challenge: None,
        };
        self.ask(async |store| {
            assert!(store.add_account(account).await.unwrap());
            store.add_grants(vec![grant], now).await.unwrap();
        });
        token
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn store(&self) -> PathBuf {
        self.path().join("org.db")
    }

    /// Writes the configuration that every program here reads.
    pub fn configure(&self, text: &str) {
        std::fs::write(self.config(), text).unwrap();
    }

    pub fn config(&self) -> PathBuf {
        self.path().join("config.toml")
    }

    /// Opens the desk in a wide window and waits for the first conversation.
    pub fn desk(&self, role: &str) -> Window {
        let mut desk = Window::open(self, Size::WIDE, role, NOW);
        desk.shows("Theodore");
        desk
    }

    /// Runs a command at a moment, as somebody who may do everything, and checks that it did its work.
    #[track_caller]
    pub fn run_at(&self, now: &str, words: &[&str]) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scv"));
        command.args(words).env_clear();
        command
            .envs(self.surroundings(now))
            .env("SCV_ROLE", "admin");
        let output = command.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {told}");
    }

    /// Brings in conversations with another process.
    pub fn ingest(&self, conversations: &[Value]) {
        let lines: Vec<String> = conversations.iter().map(Value::to_string).collect();
        let file = self.path().join("more.ndjson");
        std::fs::write(&file, lines.join("\n")).unwrap();
        self.run_at(NOW, &["ingest", &file.to_string_lossy()]);
    }

    /// What the program finds around it: this place, and nothing of the machine's user.
    pub fn surroundings(&self, now: &str) -> Vec<(&'static str, PathBuf)> {
        let config = self.config();
        let mut variables = vec![
            ("SCV_STORE", self.store()),
            ("SCV_NOW", now.into()),
            ("HOME", self.path().to_owned()),
            ("TZ", "UTC".into()),
        ];
        variables.extend(config.exists().then_some(("SCV_CONFIG", config)));
        variables
    }

    /// Asks the store as it stands, beside the desk.
    fn ask<T>(&self, question: impl AsyncFnOnce(&SqliteStore) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(async {
            let store = SqliteStore::open(&self.store(), Open::Existing, Options::default());
            question(&store.unwrap()).await
        })
    }

    /// The journal's newest entry by the agent.
    #[track_caller]
    pub fn last(&self) -> Entry {
        self.ask(async |store| {
            let filter = EntryFilter {
                actor: Some(AGENT.to_owned()),
                by_people: Only::Narrowed,
                limit: 1,
                ..EntryFilter::default()
            };
            store.entries(filter).await.unwrap().remove(0)
        })
    }

    /// Checks what the agent did last.
    #[track_caller]
    pub fn last_was(&self, action: Action) {
        assert_eq!(self.last().action, action);
    }

    pub fn conversation(&self, id: &str) -> ConversationRecord {
        let id: ConversationId = id.parse().unwrap();
        self.ask(async |store| store.conversation(id).await.unwrap().unwrap())
    }

    /// The contact that a conversation is linked to.
    pub fn contact_of(&self, conversation: &str) -> Contact {
        let id = self.conversation(conversation).link.contact;
        self.contact(id).unwrap()
    }

    pub fn contact(&self, id: ContactId) -> Option<Contact> {
        self.ask(async |store| store.contacts(vec![id]).await.unwrap().pop())
    }

    pub fn notes(&self, contact: ContactId) -> Vec<Note> {
        self.ask(async |store| store.notes(vec![contact]).await.unwrap())
    }

    /// The contact that holds an identifier.
    pub fn holder(&self, identifier: &Identifier) -> Option<ContactId> {
        let key = FactKey::Claim(identifier.clone());
        self.ask(async |store| {
            let facts = store.load(vec![key], Facts::default()).await.unwrap();
            facts
                .claim(identifier)
                .unwrap()
                .clone()
                .map(|claim| claim.contact)
        })
    }

    /// The Curated contacts that a search finds.
    pub fn found(&self, text: &str) -> Vec<Contact> {
        self.ask(async |store| {
            let (text, limit, offset) = (text.to_owned(), 20, 0);
            let found = store
                .search(Search {
                    text,
                    limit,
                    offset,
                })
                .await
                .unwrap();
            let ids = found.hits.iter().map(|hit| hit.contact).collect();
            store.contacts(ids).await.unwrap()
        })
    }

    /// Everything but the journal, and but the times of last interactions, which never go back.
    pub fn dump(&self) -> Vec<String> {
        let dump = self.ask(async |store| store.logical_dump().await.unwrap());
        dump.into_iter().map(without_seen).collect()
    }

    /// Checks that everything but the journal is what it was before.
    #[track_caller]
    pub fn is_again(&self, before: &[String]) {
        let now = self.dump();
        let came: Vec<&String> = now.iter().filter(|line| !before.contains(line)).collect();
        let went: Vec<&String> = before.iter().filter(|line| !now.contains(line)).collect();
        assert!(now == before, "came: {came:#?}\nwent: {went:#?}");
    }

    #[track_caller]
    pub fn is_sound(&self) {
        let broken = self.ask(async |store| store.check().await.unwrap());
        assert_eq!(broken, Vec::<String>::new());
    }
}

/// The agent's own backend on a store, without the program around it.
pub fn backend(store: &Path) -> LocalBackend {
    let store = SqliteStore::open(store, Open::Existing, Options::default()).unwrap();
    let actor = Actor {
        name: AGENT.to_owned(),
        role: Role::bundled("agent").unwrap(),
    };
    let now = NOW.parse().unwrap();
    let (rules, zone) = (engine::Options::default(), jiff::tz::TimeZone::UTC);
    LocalBackend::new(Arc::new(store), actor, rules, Arc::new(move || now), zone)
}

/// A line of the dump without the time that a contact was seen last.
fn without_seen(mut line: String) -> String {
    const SEEN: &str = ",\"seen\":";
    if let Some(at) = line.find(SEEN) {
        let digits = line[at + SEEN.len()..]
            .bytes()
            .take_while(u8::is_ascii_digit);
        let end = at + SEEN.len() + digits.count();
        line.replace_range(at..end, "");
    }
    line
}

/// A call of the agent's from a number, still going on.
pub fn call(nth: u32, name: &str, number: &str) -> Value {
    let session = json!({
        "mediaType": "voice", "provider": "PureCloud Voice",
        "ani": format!("tel:{number}"), "dnis": "tel:+35312345678", "remote": number,
    });
    conversation(nth, name, session, json!({}))
}

/// A chat of the agent's whose visitor typed an address and a number.
pub fn chat(nth: u32, name: &str, address: &str, number: &str) -> Value {
    let session = json!({
        "mediaType": "chat", "provider": "PureCloud Chat", "remote": name, "addressFrom": address,
    });
    conversation(nth, name, session, json!({ "context.phone": number }))
}

/// The id of the conversation that `call` and `chat` make of a number.
pub fn id_of(nth: u32) -> String {
    format!("00000000-0000-4000-8000-{nth:012}")
}

fn conversation(nth: u32, name: &str, mut session: Value, attributes: Value) -> Value {
    let start = "2026-11-23T11:58:00.000Z";
    let media = session["mediaType"].clone();
    session["sessionId"] = json!(format!("00000000-0000-4000-9000-{nth:012}"));
    session["direction"] = json!("inbound");
    session["segments"] = json!([{ "segmentStart": start, "segmentType": "interact" }]);
    let handled = json!({
        "sessionId": format!("00000000-0000-4000-a000-{nth:012}"),
        "mediaType": media, "direction": "inbound",
        "segments": [{
            "segmentStart": start, "segmentType": "interact",
            "queueId": "4bfc9cf7-05cc-415e-bacb-702369f91295",
        }],
    });
    json!({
        "conversationId": id_of(nth),
        "conversationStart": start,
        "originatingDirection": "inbound",
        "participants": [
            {
                "participantId": format!("00000000-0000-4000-b000-{nth:012}"),
                "participantName": name, "purpose": "customer",
                "attributes": attributes, "sessions": [session],
            },
            {
                "participantId": format!("00000000-0000-4000-b001-{nth:012}"),
                "participantName": AGENT, "purpose": "agent", "userId": AGENT_ID,
                "sessions": [handled],
            },
        ],
    })
}
