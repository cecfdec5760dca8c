//! Ten thousand random mutations of a small journal, each made on its own and taken back: every one is found, at
//! its place.
#![allow(clippy::unwrap_used, clippy::panic)]

use rusqlite::Connection;
use rusqlite::types::Value;
use uuid::Uuid;

use super::super::insert;
use super::verify;
use crate::domain::command::{Action, EntryId};
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::domain::moment::Moment;
use crate::store::journal::{Break, Hash, Head, ORIGIN, Public, digest};

const MUTATIONS: u64 = 10_000;
const ENTRIES: i64 = 12;

/// A small generator of its own, so that a seed means the same for ever.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn entry(&mut self) -> i64 {
        1 + self.roll(ENTRIES.cast_unsigned()).cast_signed()
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| u8::try_from(self.roll(256)).unwrap())
    }

    fn contact(&mut self) -> ContactId {
        ContactId(Uuid::from_bytes(self.bytes()))
    }

    fn flip(&mut self) -> bool {
        self.roll(2) == 0
    }
}

/// A journal with entries of every shape.
fn journal(dice: &mut Dice) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    let tables = include_str!("../../../../../assets/migrations/sqlite/0001_store.sql");
    connection.execute_batch(tables).unwrap();
    let mut hash = ORIGIN;
    for seq in 1..=ENTRIES {
        let contact = dice.flip().then(|| dice.contact());
        let contacts: Vec<ContactId> = match (contact, dice.flip()) {
            (Some(contact), true) => vec![contact],
            (_, _) => (0..dice.roll(3)).map(|_| dice.contact()).collect(),
        };
        let (salt, body) = (dice.bytes(), format!("[{seq}]"));
        let is_kept = dice.roll(4) > 0;
        let public = Public {
            id: EntryId(seq.cast_unsigned()),
            at: Moment(seq * 1000),
            actor: ["Ann", "Bo"][dice.roll(2) as usize],
            action: Action::ALL[dice.roll(20) as usize],
            contact,
            conversation: dice
                .flip()
                .then(|| ConversationId(Uuid::from_bytes(dice.bytes()))),
            contacts: &contacts,
            batch: dice.flip().then(|| dice.roll(9)),
            undoes: dice.flip().then(|| EntryId(dice.roll(9))),
            digest: is_kept.then(|| digest(&salt, body.as_bytes())),
        };
        hash = public.seal(&hash);
        insert(&connection, seq, &public, &hash).unwrap();
        if is_kept && dice.roll(6) > 0 {
            let sql = "INSERT INTO payload (seq, salt, body) VALUES (?1, ?2, ?3)";
            connection.execute(sql, (seq, salt, body)).unwrap();
        }
    }
    let sql = "INSERT INTO counter (name, value) VALUES ('entries', ?1)";
    connection.execute(sql, [ENTRIES]).unwrap();
    connection
}

fn found(connection: &Connection, kept: Option<Head>) -> Vec<Break> {
    verify(connection, kept, Box::new(|_, _| {}))
        .unwrap()
        .breaks
}

fn head(connection: &Connection) -> Head {
    super::Head::load(connection).unwrap().public()
}

fn value(connection: &Connection, table: &str, column: &str, seq: i64) -> Option<Value> {
    let sql = format!("SELECT {column} FROM {table} WHERE seq = ?1");
    let mut statement = connection.prepare(&sql).unwrap();
    let mut rows = statement.query([seq]).unwrap();
    rows.next().unwrap().map(|row| row.get(0).unwrap())
}

fn set(connection: &Connection, table: &str, column: &str, seq: i64, value: Value) {
    let sql = format!("UPDATE {table} SET {column} = ?2 WHERE seq = ?1");
    assert_eq!(connection.execute(&sql, (seq, value)).unwrap(), 1);
}

/// Another value of the same column.
fn other(dice: &mut Dice, column: &str, now: &Value) -> Value {
    let number = Value::Integer(dice.roll(1 << 30).cast_signed() + 100);
    let id = Value::Blob(dice.bytes::<16>().to_vec());
    let hash = Value::Blob(dice.bytes::<32>().to_vec());
    let short = Value::Blob(dice.bytes::<5>().to_vec());
    let is_needed = ["at", "actor", "action", "hash"].contains(&column);
    if !is_needed && *now != Value::Null && dice.roll(3) == 0 {
        return Value::Null;
    }
    match column {
        "at" | "batch" | "undoes" => number,
        "actor" => Value::Text(format!("Eve {}", dice.roll(99))),
        "action" if dice.flip() => Value::Text("nothing".to_owned()),
        "action" => {
            let names = Action::ALL.map(|action| Value::Text(action.name().to_owned()));
            let mut others = names.into_iter().filter(|name| name != now);
            others.nth(dice.roll(19) as usize).unwrap()
        }
        "contacts" if dice.flip() => Value::Blob([dice.bytes::<16>(), dice.bytes::<16>()].concat()),
        "contact" | "conversation" | "contacts" if dice.roll(3) > 0 => id,
        "digest" | "hash" if dice.roll(3) > 0 => hash,
        _ => short,
    }
}

const COLUMNS: [&str; 10] = [
    "at",
    "actor",
    "action",
    "contact",
    "conversation",
    "contacts",
    "batch",
    "undoes",
    "digest",
    "hash",
];

/// Does one thing to the journal; what must be found, and nothing else.
fn mutate(dice: &mut Dice, connection: &Connection) -> Vec<Break> {
    let seq = dice.entry();
    match dice.roll(10) {
        0..=3 => edit(dice, connection, seq),
        4 => edit_values(dice, connection, seq),
        5 => delete(dice, connection, seq),
        6 => swap(dice, connection, seq),
        7 => insert_one(dice, connection, seq),
        8 => {
            let end = seq - 1;
            let sql = "DELETE FROM entry WHERE seq > ?1";
            connection.execute(sql, [end]).unwrap();
            let written = ENTRIES;
            vec![Break::TailCut { end, written }]
        }
        _ => move_away(dice, connection, seq),
    }
}

fn edit(dice: &mut Dice, connection: &Connection, seq: i64) -> Vec<Break> {
    let column = COLUMNS[dice.roll(10) as usize];
    let now = value(connection, "entry", column, seq).unwrap();
    set(connection, "entry", column, seq, other(dice, column, &now));
    match column == "hash" && seq < ENTRIES {
        true => vec![Break::HashEdited(seq)],
        false => vec![Break::Edited(seq)],
    }
}

fn edit_values(dice: &mut Dice, connection: &Connection, seq: i64) -> Vec<Break> {
    if value(connection, "payload", "body", seq).is_none() {
        let sql = "INSERT INTO payload (seq, salt, body) VALUES (?1, ?2, '[]')";
        connection.execute(sql, (seq, dice.bytes::<16>())).unwrap();
        let is_bare = value(connection, "entry", "digest", seq) == Some(Value::Null);
        return match is_bare {
            true => vec![Break::ValuesAdded(seq)],
            false => vec![Break::ValuesEdited(seq)],
        };
    }
    match dice.roll(3) {
        0 => {
            let salt = Value::Blob(dice.bytes::<16>().to_vec());
            set(connection, "payload", "salt", seq, salt);
        }
        1 => {
            let salt = Value::Blob(dice.bytes::<3>().to_vec());
            set(connection, "payload", "salt", seq, salt);
        }
        _ => {
            let body = Value::Text(format!("[{}, 7]", dice.roll(99)));
            set(connection, "payload", "body", seq, body);
        }
    }
    vec![Break::ValuesEdited(seq)]
}

fn delete(dice: &mut Dice, connection: &Connection, from: i64) -> Vec<Break> {
    let to = (from + dice.roll(3).cast_signed()).min(ENTRIES);
    let sql = "DELETE FROM entry WHERE seq BETWEEN ?1 AND ?2";
    connection.execute(sql, (from, to)).unwrap();
    let written = ENTRIES;
    match to == written {
        true => vec![Break::TailCut {
            end: from - 1,
            written,
        }],
        false => vec![Break::Deleted { from, to }],
    }
}

fn renumber(connection: &Connection, tables: &[&str], from: i64, by: i64) {
    for table in tables {
        for step in [
            "UPDATE {t} SET seq = -seq WHERE seq >= ?1 AND ?2 = ?2",
            "UPDATE {t} SET seq = -seq + ?2 WHERE seq <= -?1",
        ] {
            connection
                .execute(&step.replace("{t}", table), (from, by))
                .unwrap();
        }
    }
}

fn swap(dice: &mut Dice, connection: &Connection, one: i64) -> Vec<Break> {
    let other = (one % ENTRIES) + 1;
    let other = (other + dice.roll(ENTRIES.cast_unsigned() - 1).cast_signed() - 1) % ENTRIES + 1;
    if one == other {
        return edit(dice, connection, one);
    }
    // With their values, or without.
    let tables: &[&str] = if dice.flip() {
        &["entry", "payload"]
    } else {
        &["entry"]
    };
    for table in tables {
        for (from, to) in [(one, -1), (other, one), (-1, other)] {
            let sql = format!("UPDATE {table} SET seq = ?2 WHERE seq = ?1");
            connection.execute(&sql, (from, to)).unwrap();
        }
    }
    vec![Break::Swapped(one.min(other), one.max(other))]
}

fn insert_one(dice: &mut Dice, connection: &Connection, before: i64) -> Vec<Break> {
    let seq = match dice.roll(4) {
        0 => ENTRIES + 1,
        1 => -dice.roll(3).cast_signed(),
        _ => before,
    };
    if seq > 0 {
        renumber(connection, &["entry", "payload"], seq, 1);
    }
    let contact = dice.contact();
    let public = Public {
        id: EntryId(seq.cast_unsigned()),
        at: Moment(5),
        actor: "Eve",
        action: Action::Link,
        contact: Some(contact),
        conversation: None,
        contacts: &[contact],
        batch: None,
        undoes: None,
        digest: None,
    };
    // Whoever inserts may know how an entry is sealed.
    let previous = value(connection, "entry", "hash", seq - 1);
    let hash: Hash = match previous {
        Some(Value::Blob(previous)) if dice.flip() => public.seal(&previous.try_into().unwrap()),
        _ => dice.bytes(),
    };
    insert(connection, seq, &public, &hash).unwrap();
    vec![Break::Inserted(seq)]
}

fn move_away(dice: &mut Dice, connection: &Connection, seq: i64) -> Vec<Break> {
    let to = ENTRIES + 2 + dice.roll(50).cast_signed();
    let sql = "UPDATE entry SET seq = ?2 WHERE seq = ?1";
    connection.execute(sql, (seq, to)).unwrap();
    vec![Break::Deleted { from: seq, to: seq }, Break::Inserted(to)]
}

/// Runs what is taken back afterwards.
fn trying<T>(connection: &Connection, work: impl FnOnce() -> T) -> T {
    connection.execute_batch("SAVEPOINT mutation").unwrap();
    let done = work();
    connection
        .execute_batch("ROLLBACK TO mutation; RELEASE mutation")
        .unwrap();
    done
}

#[test]
fn ten_thousand_mutations_are_all_found_at_their_places() {
    let mut dice = Dice(7);
    for round in 0..MUTATIONS / 100 {
        let connection = journal(&mut dice);
        assert_eq!(found(&connection, Some(head(&connection))), []);
        for turn in 0..100 {
            trying(&connection, || {
                let expected = mutate(&mut dice, &connection);
                let mut breaks = found(&connection, None);
                // Values of an entry that was moved or swapped without them are told besides.
                breaks.retain(|one| !matches!(one, Break::ValuesLeft(_)) || expected.contains(one));
                assert_eq!(breaks, expected, "round {round}, turn {turn}");
            });
        }
    }
}

#[test]
fn what_is_sealed_anew_is_found_by_the_head_that_was_kept() {
    let mut dice = Dice(8);
    for _ in 0..200 {
        let connection = journal(&mut dice);
        let kept = head(&connection);
        let seq = dice.entry();
        set(
            &connection,
            "entry",
            "actor",
            seq,
            Value::Text("Eve".to_owned()),
        );
        let mut previous = match value(&connection, "entry", "hash", seq - 1) {
            Some(Value::Blob(hash)) => hash.try_into().unwrap(),
            _ => ORIGIN,
        };
        let mut entries = super::sealed(&connection, EntryId(0), 99).unwrap();
        for entry in entries.drain(..).skip(usize::try_from(seq).unwrap() - 1) {
            previous = entry.seal(entry.seq, &previous);
            let hash = Value::Blob(previous.to_vec());
            set(&connection, "entry", "hash", entry.seq, hash);
        }
        assert_eq!(found(&connection, None), [], "nothing else tells it");
        assert_eq!(found(&connection, Some(kept)), [Break::NotAsKept(ENTRIES)]);
    }
}

#[test]
fn a_tail_that_was_cut_with_its_count_is_found_by_the_head_that_was_kept() {
    let mut dice = Dice(9);
    let connection = journal(&mut dice);
    let kept = head(&connection);
    connection
        .execute_batch(
            "DELETE FROM entry WHERE seq > 9; DELETE FROM payload WHERE seq > 9;
            UPDATE counter SET value = 9",
        )
        .unwrap();
    assert_eq!(found(&connection, None), []);
    let cut = Break::TailCut {
        end: 9,
        written: ENTRIES,
    };
    assert_eq!(found(&connection, Some(kept)), [cut]);
}

#[test]
fn an_entry_that_was_deleted_and_the_rest_renumbered_is_found() {
    let mut dice = Dice(10);
    for seq in 1..ENTRIES - 1 {
        let connection = journal(&mut dice);
        let sql = "DELETE FROM entry WHERE seq = ?1";
        connection.execute(sql, [seq]).unwrap();
        let sql = "DELETE FROM payload WHERE seq = ?1";
        connection.execute(sql, [seq]).unwrap();
        renumber(&connection, &["entry", "payload"], seq + 1, -1);
        let breaks = found(&connection, None);
        assert!(
            breaks.contains(&Break::Deleted { from: seq, to: seq }),
            "{seq}: {breaks:?}"
        );
    }
}

#[test]
fn an_entry_that_was_edited_and_sealed_anew_is_found_where_the_chain_no_longer_fits() {
    let mut dice = Dice(11);
    for seq in 1..ENTRIES {
        let connection = journal(&mut dice);
        let eve = Value::Text("Eve".to_owned());
        set(&connection, "entry", "actor", seq, eve);
        let previous = match value(&connection, "entry", "hash", seq - 1) {
            Some(Value::Blob(hash)) => hash.try_into().unwrap(),
            _ => ORIGIN,
        };
        let after = EntryId(seq.cast_unsigned() - 1);
        let entry = super::sealed(&connection, after, 1).unwrap().remove(0);
        let hash = entry.seal(entry.seq, &previous).to_vec();
        set(&connection, "entry", "hash", seq, Value::Blob(hash));
        assert_eq!(found(&connection, None), [Break::Edited(seq + 1)]);
    }
}
