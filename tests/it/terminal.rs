//! Walks through the real binary in a pseudo-terminal, on the organization with known truth; the store is looked
//! at afterwards. A walk waits for words on the screen, never for time.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use scv_desk::domain::command::Action;
use scv_desk::domain::contact::{Contact, ContactType, Origin};
use scv_desk::domain::{ConversationId, ConversationRecord};
use scv_desk::store::sqlite::{Open, Options, SqliteStore};
use scv_desk::store::{Entry, EntryFilter, Only, Store};

const NOW: &str = "2026-11-23T12:00:00Z";
const AGENT: &str = "Lindsay Keady-Miskell";
/// The call of Theodore Meza, whom nobody has kept; the first on the agent's roster.
const FIRST: &str = "Theodore";
/// How long words may take to appear on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A store with the organization in it.
struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        let data: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/data/org"]
            .iter()
            .collect();
        let file = |name: &str| data.join(name).into_os_string();
        place.run(&["import".into(), "contacts".into(), file("contacts.csv")]);
        place.run(&[
            "ingest".into(),
            file("conversations.ndjson"),
            "--names".into(),
            file("names.json"),
        ]);
        place
    }

    fn store(&self) -> PathBuf {
        self.dir.path().join("org.db")
    }

    fn run(&self, words: &[std::ffi::OsString]) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scv"));
        command
            .args(words)
            .env("SCV_STORE", self.store())
            .env("SCV_NOW", NOW)
            .env("SCV_ROLE", "admin");
        command
            .env_remove("SCV_CONFIG")
            .env("HOME", self.dir.path());
        let output = command.output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// The store as it stands, read beside the desk.
    async fn look<T, F>(&self, ask: impl FnOnce(SqliteStore) -> F) -> T
    where
        F: Future<Output = T>,
    {
        ask(SqliteStore::open(&self.store(), Open::Existing, Options::default()).unwrap()).await
    }

    async fn last(&self) -> Entry {
        let filter = EntryFilter {
            by_people: Only::Narrowed,
            limit: 1,
            ..EntryFilter::default()
        };
        let actor = Some(AGENT.to_owned());
        let filter = EntryFilter { actor, ..filter };
        self.look(|store| async move { store.entries(filter).await.unwrap().remove(0) })
            .await
    }

    async fn conversation(&self, id: ConversationId) -> (ConversationRecord, Contact) {
        self.look(|store| async move {
            let record = store.conversation(id).await.unwrap().unwrap();
            let contact = store
                .contacts(vec![record.link.contact])
                .await
                .unwrap()
                .remove(0);
            (record, contact)
        })
        .await
    }

    async fn is_sound(&self) {
        let broken = self
            .look(|store| async move { store.check().await.unwrap() })
            .await;
        assert_eq!(broken, Vec::<String>::new());
    }
}

/// A desk in a pseudo-terminal.
struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    raw: Vec<u8>,
}

impl Terminal {
    fn desk(store: &Path, role: &str) -> Self {
        let size = PtySize {
            rows: 42,
            cols: 140,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_scv"));
        command.args(["--agent", AGENT, "--role", role]);
        command.env("SCV_STORE", store);
        command.env("SCV_NOW", NOW);
        command.env("HOME", store.parent().unwrap());
        command.env("TERM", "xterm-256color");
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buf = [0; 8192];
            while let Ok(count) = reader.read(&mut buf) {
                if count == 0 || sender.send(buf[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let keys = pair.master.take_writer().unwrap();
        let (rows, columns) = (42.try_into().unwrap(), 140.try_into().unwrap());
        let screen = vt100::Parser::new(rows, columns, 0);
        Self {
            child,
            _master: pair.master,
            keys,
            output,
            screen,
            raw: Vec::new(),
        }
    }

    fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Waits until the screen shows the words.
    #[track_caller]
    fn shows(&mut self, words: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.text().contains(words) {
            let left = until.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => {
                    self.screen.process(&bytes);
                    self.raw.extend(bytes);
                }
                Err(_) => panic!("{words:?} did not come up:\n{}", self.text()),
            }
        }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Waits for the end and takes what was still written.
    fn ends(&mut self) -> bool {
        let status = self.child.wait().unwrap();
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_secs(5)) {
            self.raw.extend(bytes);
        }
        status.success()
    }

    fn wrote(&self, sequence: &[u8]) -> bool {
        self.raw
            .windows(sequence.len())
            .any(|window| window == sequence)
    }
}

const ENTER: &str = "\r";
const SAVE: &str = "\x13";

#[tokio::test]
async fn an_agent_goes_through_a_day_by_keys() {
    let place = Place::new();
    let mut desk = Terminal::desk(&place.store(), "agent-merge");
    desk.shows(FIRST);

    desk.press("x");
    desk.shows("Unlink");
    desk.press(ENTER);
    desk.shows("unlinked from");
    let unlink = place.last().await;
    assert_eq!(unlink.action, Action::Unlink);
    let conversation = unlink.conversation.unwrap();
    let (_, fresh) = place.conversation(conversation).await;
    assert_eq!(fresh.origin, Origin::Unlink);

    desk.press("u");
    desk.shows("Taken back");
    let (_, before) = place.conversation(conversation).await;
    assert_ne!(before.id, fresh.id);
    assert_eq!(before.kind, ContactType::Identified);

    desk.press("a");
    desk.shows("Add to contacts");
    desk.press(SAVE);
    desk.shows("Curated");
    let (_, kept) = place.conversation(conversation).await;
    assert_eq!((kept.id, kept.kind), (before.id, ContactType::Curated));
    assert_eq!(kept.fields.full_name(), "Theodore Meza");

    desk.press("n");
    desk.shows("Note");
    desk.press("Asked for the second invoice again.");
    desk.press(SAVE);
    desk.shows("u undoes it");
    desk.shows("second invoice");
    let note = place.last().await;
    assert_eq!(
        (note.action, note.contact),
        (Action::AddNote, Some(kept.id))
    );

    desk.press("p");
    desk.shows("Wrap up");
    desk.press("Refund");
    desk.press(ENTER);
    desk.shows("wrapped up: Refund");
    let (wrapped, _) = place.conversation(conversation).await;
    assert!(wrapped.wrapup.is_some());

    desk.press("w");
    desk.shows("Rule");
    desk.press("\x1b");
    desk.press("\x03");
    assert!(desk.ends());
    assert!(
        desk.wrote(b"\x1b[?1049l"),
        "the alternate screen was not left"
    );
    assert!(desk.wrote(b"\x1b[?25h"), "the cursor was not shown again");
    place.is_sound().await;
}

#[tokio::test]
async fn what_a_role_may_not_do_says_so() {
    let place = Place::new();
    let mut desk = Terminal::desk(&place.store(), "agent");
    desk.shows(FIRST);
    desk.press("m");
    desk.shows("externalContacts:identity:merge");
    desk.press("D");
    desk.shows("externalContacts:contact:delete");
    desk.press("q");
    assert!(desk.ends());
    place.is_sound().await;
}
