//! Everything can be explained: why, why not, decided again from the evidence, and as it stood at a moment.
//! On a store with a backend, because the sentences are about what is stored.

mod check;
mod contact;
mod merged;
mod not;
mod past;
mod said;
mod suggested;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use scv_desk::backend::Backend;
use scv_desk::backend::local::LocalBackend;
use scv_desk::domain::command::{Actor, Claiming, Command};
use scv_desk::domain::{Channel, ContactId, ConversationId, Field, Moment, Role};
use scv_desk::engine;
use scv_desk::store::sqlite::{Open, Options, SqliteStore};

use crate::world::*;

/// A store with a backend whose clock the test moves.
pub struct Here {
    dir: tempfile::TempDir,
    pub backend: Arc<LocalBackend>,
    now: Arc<AtomicI64>,
}

impl Here {
    pub fn new() -> Self {
        Self::with(engine::Options::default())
    }

    pub fn with(options: engine::Options) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("desk.scv");
        let store = Arc::new(SqliteStore::open(&path, Open::Create, Options::default()).unwrap());
        let now = Arc::new(AtomicI64::new(START.0));
        let clock = now.clone();
        let actor = Actor {
            name: "Ava".to_owned(),
            role: Role::bundled("admin").unwrap(),
        };
        let backend = LocalBackend::new(
            store,
            actor,
            options,
            Arc::new(move || Moment(clock.load(Ordering::SeqCst))),
            jiff::tz::TimeZone::UTC,
        );
        Self {
            dir,
            backend: Arc::new(backend),
            now,
        }
    }

    pub fn path(&self) -> std::path::PathBuf {
        self.dir.path().join("desk.scv")
    }

    pub fn now(&self) -> Moment {
        Moment(self.now.load(Ordering::SeqCst))
    }

    /// Lets time go by.
    pub fn wait_minutes(&self, minutes: i64) {
        self.now.fetch_add(minutes * 60_000, Ordering::SeqCst);
    }

    /// Does something, a minute after what was done before; the contact it ends at.
    pub async fn run(&self, command: Command) -> Option<ContactId> {
        self.wait_minutes(1);
        self.backend.run(command).await.unwrap().contact
    }

    /// Sees a conversation that begins now.
    pub async fn sees(&self, n: u128, channel: Channel, addresses: &[&str]) -> ConversationId {
        let mut conversation = seen(n, channel, addresses);
        conversation.start = self.now().plus_ms(60_000);
        let id = conversation.id;
        self.run(Command::Resolve(Box::new(conversation))).await;
        id
    }

    /// Sees a call from somebody new; their contact.
    pub async fn sees_new(&self, n: u128, number: &str) -> ContactId {
        let call = self.sees(n, Channel::Call, &[number]).await;
        let profile = self.backend.profile_of(call).await.unwrap();
        profile.contact.unwrap().id
    }

    /// A new Curated contact.
    pub async fn keep(&self, first: &str, last: &str, typed: &[(Field, &str)]) -> ContactId {
        let mut form = fields(typed);
        form.first_name = Some(first.to_owned());
        form.last_name = Some(last.to_owned());
        let create = Command::Create {
            fields: Box::new(form),
            link: None,
        };
        self.run(create).await.unwrap()
    }

    pub async fn link(&self, conversation: ConversationId, contact: ContactId) {
        let link = Command::Link {
            conversation,
            contact,
            claiming: Claiming::Leave,
        };
        self.run(link).await;
    }
}
