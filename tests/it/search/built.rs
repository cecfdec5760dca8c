//! The built index: it answers as the delta does, whatever is written meanwhile and by whom.

use rusqlite::Connection;
use scv_desk::store::search::{MIGRATION, SearchIndex, append, clear, rebuild, rebuild_due};

use super::{Desk, document};

/// Contact `number` of many: few given names, more family names, unique addresses and phones.
fn contact(number: usize) -> String {
    let given = ["Ann", "Anna", "Annette", "Bob", "Bo", "José", "Jo", "Müge"][number % 8];
    let family = format!(
        "{}{}",
        ["Smi", "Smith", "Abel", "Łuk", "王"][number % 5],
        number % 371
    );
    let domain = ["example.com", "mail.test", "a.example"][number % 3];
    let phone = 860_000_000 + number * 7_919 % 9_999_991;
    format!(
        "given={given}; family={family}; email={given}.{family}@{domain}; phone=+353 {phone}; \
         national={phone}; id=C-{number}"
    )
}

const SEARCHES: [&str; 30] = [
    "a",
    "an",
    "ann",
    "anna",
    "j",
    "jose",
    "s",
    "sm",
    "smith",
    "smith1",
    "smith12",
    "smith123",
    "+353 86",
    "353",
    "086",
    "0861",
    "86123",
    "8",
    "c",
    "c1",
    "c-12",
    "ann s",
    "a s e",
    "ann.smith@",
    "ann.smith1@e",
    "@mail",
    "com",
    "王",
    "anette smith1",
    "smitj",
];

/// Every search finds the same in both.
fn same(desk: &mut Desk, other: &mut Desk) {
    for text in SEARCHES {
        for offset in [0, 7, 90, 1_000] {
            assert_eq!(
                desk.window(text, 100, offset),
                other.window(text, 100, offset),
                "{text} from {offset}"
            );
        }
    }
}

fn pair(count: usize) -> (Desk, Desk) {
    let (mut built, mut plain) = (Desk::empty(), Desk::empty());
    for desk in [&mut built, &mut plain] {
        let writing = desk.connection.unchecked_transaction().unwrap();
        for number in 0..count {
            let document = document(number as i64, &contact(number));
            append(&writing, number as i64, Some(&document)).unwrap();
        }
        writing.commit().unwrap();
    }
    built.rebuild();
    (built, plain)
}

#[test]
fn the_built_index_answers_as_the_delta_does() {
    let (mut built, mut plain) = pair(4_000);
    same(&mut built, &mut plain);
    for desk in [&mut built, &mut plain] {
        for number in (0..4_000).step_by(13) {
            desk.put(number as i64, &contact(number + 1));
            append(&desk.connection, number as i64 + 1, None).unwrap();
        }
    }
    same(&mut built, &mut plain);
    built.rebuild();
    same(&mut built, &mut plain);
    let rows: i64 = built
        .connection
        .query_row("SELECT count(*) FROM search_delta", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 0);
}

#[test]
fn a_rebuild_of_nothing_is_fine() {
    let mut desk = Desk::empty();
    desk.rebuild();
    assert_eq!(desk.page("ann").of, 0);
    desk.put(1, "given=Ann");
    desk.rebuild();
    desk.rebuild();
    assert_eq!(desk.find("ann"), ["Ann"]);
    append(&desk.connection, 1, None).unwrap();
    desk.rebuild();
    assert_eq!(desk.page("ann").total, 0);
    assert_eq!(desk.page("ann").of, 0);
}

#[test]
fn another_reader_of_the_file_follows_writes_and_rebuilds() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let connection = Connection::open(folder.path().join("store.db")).unwrap();
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .unwrap();
        connection
    };
    let writer = open();
    writer.execute_batch(MIGRATION).unwrap();
    let mut reader = Desk {
        connection: open(),
        index: SearchIndex::new(),
    };
    for row in 1..50 {
        append(&writer, row, Some(&document(row, &contact(row as usize)))).unwrap();
        assert_eq!(reader.page("c").total, row as usize);
        if row % 20 == 0 {
            rebuild(&writer, &mut |_, _| {}).unwrap();
            assert_eq!(reader.page("c").total, row as usize);
        }
    }
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        left.iter()
            .all(|name| name.to_string_lossy().starts_with("store.db")),
        "{left:?}"
    );
}

#[test]
fn rows_written_during_a_rebuild_stay_searchable() {
    let (mut built, _) = pair(300);
    let mut reported = Vec::new();
    let connection = &built.connection;
    rebuild(connection, &mut |done, total| {
        reported.push((done, total));
        append(connection, 900, Some(&document(900, "given=Meanwhile"))).unwrap();
    })
    .unwrap();
    assert_eq!(built.find("meanwhile"), ["Meanwhile"]);
    assert!(
        reported.is_sorted() && reported.iter().all(|(done, total)| done <= total),
        "{reported:?}"
    );
}

#[test]
fn a_rebuild_is_due_behind_a_long_delta() {
    let desk = Desk::empty();
    assert!(!rebuild_due(&desk.connection).unwrap());
    desk.connection
        .execute_batch(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50001)
             INSERT INTO search_delta (contact_row) SELECT x FROM n",
        )
        .unwrap();
    assert!(rebuild_due(&desk.connection).unwrap());
    rebuild(&desk.connection, &mut |_, _| {}).unwrap();
    assert!(!rebuild_due(&desk.connection).unwrap());
}

#[test]
fn a_cleared_index_holds_only_what_is_appended_anew() {
    let (mut built, _) = pair(300);
    assert_eq!(built.page("c").of, 300);
    clear(&built.connection).unwrap();
    built.put(7, "given=Anew");
    assert_eq!(
        (built.page("c").of, built.find("anew")),
        (1, vec!["Anew".to_owned()])
    );
    built.rebuild();
    assert_eq!(
        (built.page("c").of, built.find("anew")),
        (1, vec!["Anew".to_owned()])
    );
}
