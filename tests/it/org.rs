//! The organization with known truth (`tests/data/org`): imported and ingested in either order, exactly what
//! its README says must come out.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use scv_desk::backend::Backend;
use scv_desk::backend::local::LocalBackend;
use scv_desk::backend::view::Expires;
use scv_desk::domain::command::{Actor, Command};
use scv_desk::domain::contact::{ContactId, ContactType};
use scv_desk::domain::conversation::Channel;
use scv_desk::domain::identifier::IdentifierType;
use scv_desk::domain::reason::Rule;
use scv_desk::domain::{ConversationId, Identifier, Moment, Role};
use scv_desk::engine;
use scv_desk::store::sqlite::{Open, Options, SqliteStore};
use scv_desk::store::{Keep, Store};
use scv_desk::wire::{csv, ingest, names};

/// *Now* of this data.
const NOW: &str = "2026-11-23T12:00:00Z";

fn file(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/data/org", name]
        .iter()
        .collect()
}

pub struct Org {
    _dir: tempfile::TempDir,
    pub store: Arc<SqliteStore>,
    pub backend: LocalBackend,
}

impl Org {
    pub fn new() -> Self {
        Self::with(Options::default())
    }

    pub fn with(options: Options) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("org.db");
        let store = Arc::new(SqliteStore::open(&path, Open::Create, options).unwrap());
        let now: Moment = NOW.parse().unwrap();
        let actor = Actor {
            name: "Importer".to_owned(),
            role: Role::bundled("admin").unwrap(),
        };
        let zone = jiff::tz::TimeZone::UTC;
        let backend = LocalBackend::new(
            store.clone(),
            actor,
            engine::Options::default(),
            Arc::new(move || now),
            zone,
        );
        Self {
            _dir: dir,
            store,
            backend,
        }
    }

    pub async fn import(&self) -> Vec<String> {
        let batch = self.store.next_batch().await.unwrap();
        let options = csv::Options {
            batch,
            ..csv::Options::default()
        };
        let rows = csv::Rows::open(File::open(file("contacts.csv")).unwrap(), options).unwrap();
        let commands = rows
            .map(|row| Command::Import(Box::new(row.unwrap().read.unwrap())))
            .collect();
        let results = self
            .backend
            .run_all(commands, Some(batch), Keep::Commit)
            .await;
        let words = results.into_iter().map(|result| {
            let remarks = result.unwrap().remarks;
            remarks
                .iter()
                .map(ToString::to_string)
                .find(|text| !text.contains(' '))
                .unwrap()
        });
        words.collect()
    }

    pub async fn ingest(&self, name: &str) -> usize {
        let mut commands = Vec::new();
        for item in ingest::Reader::new(File::open(file(name)).unwrap()) {
            commands.push(match item.unwrap() {
                ingest::Item::Conversation(one) => Command::Resolve(Box::new(*one)),
                ingest::Item::Visit(one) => Command::ResolveVisit(Box::new(*one)),
                ingest::Item::Message(one) => Command::TakeMessage(one),
            });
        }
        let results = self.backend.run_all(commands, None, Keep::Commit).await;
        results
            .into_iter()
            .map(|result| result.unwrap())
            .filter(|outcome| outcome.entry.is_some())
            .count()
    }

    async fn mark(&self, identifiers: &HashSet<Identifier>) {
        for identifier in identifiers.iter().cloned() {
            let command = Command::Share { identifier };
            self.backend.run(command).await.unwrap();
        }
    }

    pub async fn learn(&self) {
        let text = std::fs::read_to_string(file("names.json")).unwrap();
        self.backend
            .learn_names(names::read(&text).unwrap())
            .await
            .unwrap();
    }

    /// The canonical contact that the conversation is on.
    async fn person_of(&self, conversation: ConversationId) -> (ContactId, ContactType) {
        let record = self
            .store
            .conversation(conversation)
            .await
            .unwrap()
            .unwrap();
        let mut id = record.link.contact;
        loop {
            let contact = self.store.contacts(vec![id]).await.unwrap().remove(0);
            match contact.merged_to {
                Some(next) => id = next,
                None => return (id, contact.kind),
            }
        }
    }

    /// The contact that holds each External ID of the source `CRM`.
    async fn people(&self, external_ids: &HashSet<String>) -> HashMap<String, ContactId> {
        use scv_desk::domain::{FactKey, Facts};
        let key = |value: &String| Identifier {
            kind: IdentifierType::ExternalId,
            value: value.clone(),
            source: Some("CRM".to_owned()),
        };
        let keys = external_ids
            .iter()
            .map(|value| FactKey::Claim(key(value)))
            .collect();
        let facts = self.store.load(keys, Facts::default()).await.unwrap();
        let held = |value: &String| {
            facts
                .claim(&key(value))
                .unwrap()
                .clone()
                .map(|claim| claim.contact)
        };
        external_ids
            .iter()
            .filter_map(|value| Some((value.clone(), held(value)?)))
            .collect()
    }

    async fn is_sound(&self) {
        assert_eq!(self.backend.check().await.unwrap(), Vec::<String>::new());
    }
}

struct Truth {
    conversation: ConversationId,
    external_id: String,
    curated: bool,
    shared: bool,
    withheld: bool,
}

fn truth() -> Vec<Truth> {
    let mut reader = ::csv::Reader::from_path(file("truth.csv")).unwrap();
    let rows = reader
        .records()
        .map(Result::unwrap)
        .filter(|row| &row[0] == "conversation");
    rows.map(|row| Truth {
        conversation: row[1].parse().unwrap(),
        external_id: row[3].to_owned(),
        curated: &row[4] == "1",
        shared: &row[5] == "1",
        withheld: &row[6] == "1",
    })
    .collect()
}

/// The channels that the data's README promises for a curated person.
fn is_promised(channel: Channel) -> bool {
    matches!(
        channel,
        Channel::Call
            | Channel::Sms
            | Channel::Whatsapp
            | Channel::Callback
            | Channel::Email
            | Channel::Chat
            | Channel::Open
    )
}

async fn everything_is_where_it_belongs(org: &Org) -> BTreeMap<ConversationId, ContactId> {
    let truth = truth();
    let curated = truth
        .iter()
        .filter(|one| one.curated)
        .map(|one| one.external_id.clone())
        .collect();
    let people = org.people(&curated).await;
    let mut partition = BTreeMap::new();
    let mut by_identifier: HashMap<String, ContactId> = HashMap::new();
    let mut own: HashSet<ContactId> = HashSet::new();
    let mut promised = 0;
    for one in &truth {
        let (person, kind) = org.person_of(one.conversation).await;
        partition.insert(one.conversation, person);
        let record = org
            .store
            .conversation(one.conversation)
            .await
            .unwrap()
            .unwrap();
        if one.withheld {
            assert_eq!(kind, ContactType::Ephemeral, "{}", one.conversation);
            assert!(own.insert(person), "a withheld caller shares a contact");
            continue;
        }
        if one.curated && !one.shared && is_promised(record.conversation.channel) {
            assert_eq!(
                Some(&person),
                people.get(&one.external_id),
                "{}",
                one.conversation
            );
            promised += 1;
            continue;
        }
        let identifier = record
            .link
            .reason
            .provided
            .first()
            .unwrap()
            .identifier
            .to_string();
        let first = *by_identifier.entry(identifier.clone()).or_insert(person);
        assert_eq!(first, person, "{identifier} sits on two contacts");
    }
    assert!(promised > 700, "only {promised} conversations were checked");
    partition
}

#[tokio::test]
async fn import_then_ingest_puts_every_conversation_where_it_belongs() {
    let org = Org::new();
    org.learn().await;
    let words = org.import().await;
    assert!(
        words
            .iter()
            .all(|word| word == "created" || word == "updated"),
        "{words:?}"
    );
    assert_eq!(org.ingest("conversations.ndjson").await, 1500);
    everything_is_where_it_belongs(&org).await;
    org.is_sound().await;
}

#[tokio::test]
async fn ingest_then_import_ends_with_the_same_people() {
    let (one, other) = (Org::new(), Org::new());
    one.import().await;
    one.ingest("conversations.ndjson").await;
    other.ingest("conversations.ndjson").await;
    let words = other.import().await;
    assert!(words.iter().any(|word| word == "promoted"), "{words:?}");
    assert!(words.iter().any(|word| word == "merged"), "{words:?}");
    let (one_partition, other_partition) = (
        everything_is_where_it_belongs(&one).await,
        everything_is_where_it_belongs(&other).await,
    );
    assert_eq!(grouped(&one_partition), grouped(&other_partition));
    one.is_sound().await;
    other.is_sound().await;
}

#[tokio::test]
async fn web_visits_before_the_import_leave_everybody_in_place() {
    for order in [["sessions", "conversations"], ["conversations", "sessions"]] {
        let org = Org::new();
        for name in order {
            org.ingest(&format!("{name}.ndjson")).await;
        }
        org.import().await;
        everything_is_where_it_belongs(&org).await;
        org.is_sound().await;
    }
}

/// The numbers and addresses that the truth calls shared.
async fn shared_identifiers(org: &Org) -> HashSet<Identifier> {
    let mut found = HashSet::new();
    for one in truth().iter().filter(|one| one.shared) {
        let record = org.store.conversation(one.conversation).await.unwrap();
        let provided = record.unwrap().link.reason.provided;
        found.extend(provided.first().map(|one| one.identifier.clone()));
    }
    found
}

#[tokio::test]
async fn with_the_shared_numbers_marked_no_conversation_is_linked_to_the_wrong_person() {
    let scout = Org::new();
    scout.ingest("conversations.ndjson").await;
    let marks: HashSet<Identifier> = shared_identifiers(&scout)
        .await
        .iter()
        .map(engine::shared::key)
        .collect();
    assert!(marks.len() >= 8, "only {} numbers are shared", marks.len());
    for late in [false, true] {
        let org = Org::new();
        if !late {
            org.mark(&marks).await;
        }
        org.import().await;
        if late {
            org.mark(&marks).await;
        }
        org.ingest("conversations.ndjson").await;
        org.ingest("sessions.ndjson").await;
        let external: HashSet<String> = truth()
            .into_iter()
            .map(|one| one.external_id)
            .filter(|id| !id.is_empty())
            .collect();
        let people = org.people(&external).await;
        let (mut wrong, mut asked) = (Vec::new(), 0);
        for one in truth() {
            let (person, kind) = org.person_of(one.conversation).await;
            let record = org.store.conversation(one.conversation).await.unwrap();
            asked += usize::from(record.unwrap().link.reason.rule == Rule::SharedOnly);
            if kind == ContactType::Curated && Some(&person) != people.get(&one.external_id) {
                wrong.push(one.conversation);
            }
        }
        assert_eq!(wrong, [], "linked to somebody else");
        assert!(asked > 40, "only {asked} conversations ask whose they are");
        org.is_sound().await;
    }
}

/// Conversations by person, whatever the ids of the people are.
fn grouped(partition: &BTreeMap<ConversationId, ContactId>) -> Vec<Vec<ConversationId>> {
    let mut groups: BTreeMap<ContactId, Vec<ConversationId>> = BTreeMap::new();
    for (conversation, person) in partition {
        groups.entry(*person).or_default().push(*conversation);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort();
    groups
}

#[tokio::test]
async fn a_profile_knows_what_is_marked_as_shared() {
    let org = Org::new();
    org.import().await;
    let ids = HashSet::from(["CRM-100000".to_owned()]);
    let giles = org.people(&ids).await["CRM-100000"];
    let kind = IdentifierType::Phone;
    let identifier = Identifier::read(kind, "+353854301852", None, None).unwrap();
    let shared = async || org.backend.profile(giles).await.unwrap().shared;
    assert!(shared().await.is_empty());
    let run = async |command| org.backend.run(command).await.unwrap();
    let (on, off) = (identifier.clone(), identifier.clone());
    run(Command::Share { identifier: on }).await;
    assert_eq!(shared().await, [identifier]);
    run(Command::Unshare { identifier: off }).await;
    assert!(shared().await.is_empty());
}

#[tokio::test]
async fn the_desk_says_what_a_conversation_says_and_when_its_contact_expires() {
    let org = Org::new();
    org.import().await;
    org.ingest("conversations.ndjson").await;
    let roster = org.backend.roster().await.unwrap();
    let mut said = 0;
    for line in &roster.lines {
        let profile = org.backend.profile_of(line.id).await.unwrap();
        let is_kept = line.contact_kind == Some(ContactType::Curated);
        match (is_kept, line.end) {
            (true, _) => assert_eq!(profile.expires, None),
            (false, None) => assert_eq!(profile.expires, Some(Expires::DaysAfterEnd(60))),
            (false, Some(_)) => assert!(profile.expires.is_some()),
        }
        let alone = org.backend.profile(line.contact.unwrap()).await.unwrap();
        if line.name.is_none() && line.provided_name.is_some() {
            assert!(alone.provided_name.is_some(), "{line:?}");
            said += 1;
        }
        if line.name.is_some() {
            assert_eq!(alone.provided_name, None);
        }
    }
    assert!(0 < said && said < roster.lines.len());
}

#[tokio::test]
async fn the_same_files_again_change_nothing() {
    let org = Org::new();
    org.import().await;
    org.ingest("conversations.ndjson").await;
    org.ingest("sessions.ndjson").await;
    let before = org.store.logical_dump().await.unwrap();
    let entries = org.store.counts().await.unwrap().entries;
    assert!(org.import().await.iter().all(|word| word == "unchanged"));
    assert_eq!(org.ingest("conversations.ndjson").await, 0);
    assert_eq!(org.ingest("sessions.ndjson").await, 0);
    assert_eq!(org.store.logical_dump().await.unwrap(), before);
    assert_eq!(org.store.counts().await.unwrap().entries, entries);
    org.is_sound().await;
}
