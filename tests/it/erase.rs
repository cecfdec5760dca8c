//! Erasing a person: nothing of them is left in any file of the store, and nothing of others is missing.

mod others;
mod person;
mod trail;

use std::collections::BTreeSet;
use std::sync::Arc;

use scv_desk::backend::Backend;
use scv_desk::backend::local::LocalBackend;
use scv_desk::domain::command::{Action, Actor, Command, Edit, Expected};
use scv_desk::domain::field::{Field, Value};
use scv_desk::domain::permission::MergeRules;
use scv_desk::domain::{ContactId, Fields, Moment, Refusal, Role};
use scv_desk::engine;
use scv_desk::store::sqlite::{Open, Options, SqliteStore};
use scv_desk::store::{EntryFilter, Keep, Scrubbed, Search, Store};
use scv_desk::wire::csv::{self, Rows};

use person::Person;
use trail::Trail;

/// *Now* of these tests.
pub const NOW: &str = "2026-11-23T12:00:00Z";

/// A store in a directory of its own, and who acts on it.
pub struct Office {
    pub dir: tempfile::TempDir,
    pub store: Arc<SqliteStore>,
    pub backend: LocalBackend,
}

impl Office {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("scv.db");
        let store = Arc::new(SqliteStore::open(&path, Open::Create, Options::default()).unwrap());
        let now: Moment = NOW.parse().unwrap();
        let actor = Actor {
            name: "Ada Admin".to_owned(),
            role: Role::bundled("admin").unwrap(),
        };
        let options = engine::Options {
            merge: MergeRules::Current,
            ..engine::Options::default()
        };
        let clock = Arc::new(move || now);
        let zone = jiff::tz::TimeZone::UTC;
        let backend = LocalBackend::new(store.clone(), actor, options, clock, zone);
        Self {
            dir,
            store,
            backend,
        }
    }

    pub async fn act(&self, command: Command) -> scv_desk::domain::Outcome {
        self.backend.run(command).await.unwrap()
    }

    /// What stands in every file of the store's directory.
    pub fn trail(&self, people: &[Person]) -> Vec<String> {
        Trail::of(people).found_in(self.dir.path())
    }

    pub async fn dump(&self) -> BTreeSet<String> {
        let lines = self.store.logical_dump().await.unwrap();
        lines.into_iter().collect()
    }

    async fn is_sound(&self) {
        assert_eq!(self.store.check().await.unwrap(), Vec::<String>::new());
        let audit = self.store.audit(None, Box::new(|_, _| {})).await.unwrap();
        assert_eq!((audit.breaks, audit.more), (Vec::new(), 0));
    }
}

fn erase(contact: ContactId) -> Command {
    Command::Erase {
        contact,
        reason: "asked for by letter, case 7".to_owned(),
    }
}

/// Erases `count` people among others, `group` at a time.
async fn nothing_is_left_of(count: u32, others: u32, group: usize) {
    let office = Office::new();
    for n in 0..others {
        Person::new(900_000 + n).comes(&office).await;
    }
    let before = office.dump().await;
    let mut people = Vec::new();
    for n in 0..count {
        let person = Person::new(n);
        person.lives(&office).await;
        people.push(person);
    }
    office.store.tidy_up(Box::new(|_, _| {})).await.unwrap();
    assert!(!office.trail(&people).is_empty(), "the values are there");
    for group in people.chunks(group) {
        let mut commands = Vec::new();
        for person in group {
            commands.push(erase(person.found(&office).await));
        }
        for erased in office.backend.run_all(commands, None, Keep::Commit).await {
            erased.unwrap();
        }
        assert_eq!(office.store.scrub().await.unwrap(), Scrubbed::Clean);
        assert_eq!(office.trail(group), Vec::<String>::new());
    }
    assert_eq!(office.trail(&people), Vec::<String>::new());
    office.is_sound().await;
    others_are_as(&office, &before, count).await;
}

/// All that stood there before still does; besides there are the conversations of others that a person took
/// part in, whom those are with, and that something was said in them.
async fn others_are_as(office: &Office, before: &BTreeSet<String>, count: u32) {
    let after = office.dump().await;
    let missing: Vec<_> = before.difference(&after).collect();
    assert_eq!(missing, Vec::<&String>::new());
    let more: Vec<_> = after.difference(before).collect();
    assert_eq!(more.len(), 3 * count as usize, "{more:#?}");
}

#[tokio::test]
async fn no_byte_of_a_person_is_left_and_others_are_untouched() {
    nothing_is_left_of(20, 40, 4).await;
}

/// `SCV_PERSONS=1000 cargo test --test it many_people -- --ignored`
#[tokio::test]
#[ignore = "takes minutes"]
async fn no_byte_of_many_people_is_left() {
    let count = std::env::var("SCV_PERSONS").map_or(1000, |text| text.parse().unwrap());
    nothing_is_left_of(count, 2000, 50).await;
}

/// Rows move between pages as others come, and leave copies behind that SQLite does not overwrite.
#[tokio::test]
async fn no_copy_of_a_moved_row_is_left() {
    let office = Office::new();
    let person = Person::new(9);
    let path = office.dir.path().join("scv.db");
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .execute_batch("PRAGMA secure_delete = on; BEGIN")
        .unwrap();
    let mut random = 1_u64;
    let mut next = |most: u64| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (random >> 33) % most
    };
    let ids: Vec<String> = (0..3000)
        .map(|n| format!("{:010}-{n}", next(1 << 30)))
        .collect();
    for (n, id) in ids.iter().enumerate() {
        let whose = if n % 3 == 0 {
            person.token()
        } else {
            "somebody".to_owned()
        };
        let name = format!("{whose}{}", "x".repeat(next(400) as usize));
        other
            .execute(
                "INSERT INTO name (kind, id, name, shown) VALUES (9, ?1, ?2, 1)",
                (id, name),
            )
            .unwrap();
    }
    for id in ids.iter().step_by(2) {
        let more = "z".repeat(next(300) as usize);
        other
            .execute(
                "UPDATE name SET name = name || ?2 WHERE id = ?1",
                (id, more),
            )
            .unwrap();
    }
    let gone = format!("{}%", person.token());
    other
        .execute("DELETE FROM name WHERE name LIKE ?1", [gone])
        .unwrap();
    other
        .execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    let people = [person];
    assert!(!office.trail(&people).is_empty(), "SQLite leaves copies");
    other
        .execute("INSERT INTO counter VALUES ('scrub-due', 1)", ())
        .unwrap();
    assert_eq!(office.store.scrub().await.unwrap(), Scrubbed::Clean);
    assert_eq!(office.trail(&people), Vec::<String>::new());
    let whole: String = other
        .query_row("PRAGMA integrity_check", (), |row| row.get(0))
        .unwrap();
    assert_eq!(whole, "ok");
}

#[tokio::test]
async fn no_undo_brings_an_erased_person_back() {
    let office = Office::new();
    let person = Person::new(1);
    person.lives(&office).await;
    let contact = person.found(&office).await;
    let erased = office.act(erase(contact)).await.entry.unwrap();
    let filter = EntryFilter {
        limit: 1000,
        ..EntryFilter::default()
    };
    for entry in office.store.entries(filter).await.unwrap() {
        let undone = office.backend.run(Command::Undo { entry: entry.id }).await;
        let Err(trouble) = undone else {
            panic!("entry {} ({:?}) was undone", entry.id, entry.action)
        };
        let words = trouble.to_string();
        assert!(
            words.contains("no longer kept") || words.contains("undone"),
            "{words}"
        );
    }
    assert_eq!(office.store.changes(erased).await.unwrap(), None);
    let undo = Command::Undo { entry: erased };
    let refused = office.backend.run(undo).await.unwrap_err();
    assert_eq!(refused, Refusal::NotUndoable(erased).into());
    let last = office.backend.last_undoable().await.unwrap().unwrap();
    assert_eq!(last.id, erased, "nothing earlier is offered instead");
    assert!(last.refusal.is_some());
    office.is_sound().await;
}

/// The name is too short to be looked for in texts, where it may stand for anything.
#[tokio::test]
async fn the_journal_forgets_a_company_of_one_with_a_short_name() {
    let office = Office::new();
    let text = "First Name,Company,Cell Phone\nEfa,Abc,+353861234567\n";
    let mut rows = Rows::open(text.as_bytes(), csv::Options::default()).unwrap();
    let row = rows.next().unwrap().unwrap().read.unwrap();
    let imported = office.act(Command::Import(Box::new(row))).await;
    let (made, efa) = (imported.entry.unwrap(), imported.contact.unwrap());
    let fields = Fields {
        first_name: Some("Sole".to_owned()),
        ..Fields::default()
    };
    let create = Command::Create {
        fields: Box::new(fields),
        link: None,
    };
    let sole = office.act(create).await.contact.unwrap();
    let company = office.backend.organization_named("Abc".to_owned()).await;
    let company = Value::Organization(company.unwrap().unwrap());
    // The entry that made the company speaks of somebody else.
    for (contact, after) in [(efa, None), (sole, Some(company))] {
        let edits = vec![Edit {
            field: Field::Organization,
            before: Expected::Anything,
            after,
        }];
        office.act(Command::Edit { contact, edits }).await;
    }
    office.act(erase(sole)).await;
    assert_eq!(office.store.changes(made).await.unwrap(), None);
    office.is_sound().await;
}

#[tokio::test]
async fn the_journal_forgets_an_address_however_somebody_who_is_gone_had_typed_it() {
    let office = Office::new();
    let made_with = async |first: &str, email: &str| {
        let fields = Fields {
            first_name: Some(first.to_owned()),
            personal_email: Some(email.to_owned()),
            ..Fields::default()
        };
        let create = Command::Create {
            fields: Box::new(fields),
            link: None,
        };
        office.act(create).await
    };
    let person = made_with("Cleo", "cleo@example.ie").await.contact.unwrap();
    let other = made_with("Bo", "Cleo@Example.IE").await;
    let (made, bo) = (other.entry.unwrap(), other.contact.unwrap());
    office.act(Command::Undo { entry: made }).await;
    assert_eq!(office.store.contacts(vec![bo]).await.unwrap(), []);
    office.act(erase(person)).await;
    assert_eq!(office.store.changes(made).await.unwrap(), None);
    office.is_sound().await;
}

#[tokio::test]
async fn the_journal_keeps_who_erased_when_and_why() {
    let office = Office::new();
    let person = Person::new(2);
    person.lives(&office).await;
    let id = office
        .act(erase(person.found(&office).await))
        .await
        .entry
        .unwrap();
    let filter = EntryFilter {
        limit: 1,
        ..EntryFilter::default()
    };
    let entry = office.store.entries(filter).await.unwrap().remove(0);
    assert_eq!((entry.id, entry.action), (id, Action::Erase));
    assert_eq!(entry.actor, "Ada Admin");
    let reason = office.store.reason(id).await.unwrap();
    assert_eq!(reason.as_deref(), Some("asked for by letter, case 7"));
}

#[tokio::test]
async fn a_reason_that_names_the_person_is_refused() {
    let office = Office::new();
    let person = Person::new(3);
    person.lives(&office).await;
    let contact = person.found(&office).await;
    let email = person.email("personal");
    let told = [
        ("", Refusal::ReasonRequired),
        ("  ", Refusal::ReasonRequired),
        (&person.last_name(), Refusal::ReasonNames),
        (
            &format!("letter of {}", person.phone(1)),
            Refusal::ReasonNames,
        ),
        (&format!("mail from {email}"), Refusal::ReasonNames),
        (&"x".repeat(1001), Refusal::ReasonLength(1001)),
    ];
    for (reason, refusal) in told {
        let command = Command::Erase {
            contact,
            reason: reason.to_owned(),
        };
        let refused = office.backend.run(command).await.unwrap_err();
        assert_eq!(refused, refusal.into(), "{reason}");
    }
}

#[tokio::test]
async fn what_somebody_else_carries_stays_theirs() {
    let office = Office::new();
    let (efa, twin) = (Person::new(4), Person::new(5));
    efa.comes(&office).await;
    twin.comes(&office).await;
    let (number, other) = (efa.phone(1), twin.found(&office).await);
    twin.edits(&office, scv_desk::domain::Field::OtherPhone, &number)
        .await;
    office.act(erase(efa.found(&office).await)).await;
    assert_eq!(office.store.scrub().await.unwrap(), Scrubbed::Clean);
    let claims = office.store.claims(vec![other]).await.unwrap();
    assert!(claims.iter().any(|(one, _)| one.value == number));
    let found = office.trail(std::slice::from_ref(&efa));
    assert!(!found.is_empty() && found.iter().all(|found| found.contains("digits")));
    office.is_sound().await;
}

#[tokio::test]
async fn who_was_erased_is_not_found_and_may_come_again_as_somebody_new() {
    let office = Office::new();
    let person = Person::new(6);
    person.lives(&office).await;
    let contact = person.found(&office).await;
    office.act(erase(contact)).await;
    let search = Search {
        text: person.last_name(),
        limit: 10,
        offset: 0,
    };
    let found = office.store.search(search.clone()).await.unwrap();
    assert_eq!(found.hits, []);
    person.comes(&office).await;
    assert_eq!(office.store.search(search).await.unwrap().hits.len(), 1);
    assert_ne!(person.found(&office).await, contact);
    office.is_sound().await;
}

#[tokio::test]
async fn a_reader_elsewhere_keeps_the_log_and_the_store_says_so() {
    let office = Office::new();
    let person = Person::new(7);
    person.lives(&office).await;
    let reader = rusqlite::Connection::open(office.dir.path().join("scv.db")).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let _: i64 = reader
        .query_row("SELECT count(*) FROM note", (), |row| row.get(0))
        .unwrap();
    let erased = office.act(erase(person.found(&office).await)).await;
    let words: Vec<String> = erased.remarks.iter().map(ToString::to_string).collect();
    assert!(
        words
            .iter()
            .any(|words| words.contains("still hold the values")),
        "{words:?}"
    );
    assert_eq!(office.store.scrub().await.unwrap(), Scrubbed::LogHeld);
    assert!(!office.trail(std::slice::from_ref(&person)).is_empty());
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(office.store.scrub().await.unwrap(), Scrubbed::Clean);
    assert_eq!(office.trail(&[person]), Vec::<String>::new());
}

#[tokio::test]
async fn a_scrub_that_was_cut_short_is_done_by_the_next_program() {
    let office = Office::new();
    let person = Person::new(8);
    person.lives(&office).await;
    let command = erase(person.found(&office).await);
    let erased = office.backend.run_all(vec![command], None, Keep::Commit);
    erased.await.remove(0).unwrap();
    let Office {
        dir,
        store,
        backend,
    } = office;
    drop((store, backend));
    let trail = Trail::of(&[person]);
    assert!(!trail.found_in(dir.path()).is_empty(), "nobody scrubbed");
    let path = dir.path().join("scv.db");
    drop(SqliteStore::open(&path, Open::Existing, Options::default()).unwrap());
    assert_eq!(trail.found_in(dir.path()), Vec::<String>::new());
}
