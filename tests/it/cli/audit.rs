//! The audit by command: what was changed behind the program's back is named, and what is exported holds no values.

use rusqlite::Connection;
use serde_json::Value;

use super::Place;

const ROLE: [&str; 2] = ["--role", "supervisor"];

fn audit(place: &Place, args: &[&str]) -> super::Run {
    place.run(&[&["audit"], args, &ROLE].concat())
}

fn tamper(place: &Place, sql: &str) {
    let connection = Connection::open(place.path("scv.db")).unwrap();
    connection.execute_batch(sql).unwrap();
}

#[test]
fn a_whole_journal_is_verified_also_against_a_head_that_was_kept() {
    let place = Place::filled();
    let refused = place.refused(&["audit", "verify"]);
    assert_eq!(refused, "needs scv:history:view; act as --role supervisor");
    let head = audit(&place, &["head"]).out;
    let file = place.write("head", &head);
    let json = place.write("head.json", &audit(&place, &["head", "--json"]).out);
    let efa = place.found("efa");
    place.good(&["note", "add", &efa, "Later"]);
    for kept in [head.trim(), &file, &json] {
        let run = audit(&place, &["verify", "--head", kept]);
        assert_eq!(run.code, 0, "{} {}", run.out, run.err);
        assert!(
            run.out.starts_with("7 entries fit, and entry 6 is the one"),
            "{}",
            run.out
        );
    }
    let wrong = audit(&place, &["verify", "--head", "nowhere"]).sentence(2);
    assert!(
        wrong.contains("no head of the journal and no file"),
        "{wrong}"
    );
    assert!(place.good(&["check"]).contains("holds"));
}

#[test]
fn each_break_is_named_with_its_place() {
    let cases = [
        (
            "UPDATE entry SET actor = 'Eve' WHERE seq = 3",
            "journal entry 3 was edited",
        ),
        (
            "DELETE FROM entry WHERE seq = 3",
            "journal entry 3 was deleted",
        ),
        (
            "DELETE FROM entry WHERE seq > 4",
            "ends at entry 4 instead of 6",
        ),
        (
            "UPDATE payload SET body = '[]' WHERE seq = 2",
            "the values of journal entry 2",
        ),
        (
            "UPDATE entry SET seq = -1 WHERE seq = 2; UPDATE entry SET seq = 2 WHERE seq = 5;
            UPDATE entry SET seq = 5 WHERE seq = -1",
            "journal entries 2 and 5 were swapped",
        ),
        (
            "INSERT INTO entry SELECT 7, at, actor, action, contact, conversation, contacts, batch,
            undoes, digest, hash FROM entry WHERE seq = 1",
            "journal entry 7 was inserted",
        ),
        (
            "INSERT INTO entry SELECT 7, at, actor, action, contact, conversation, contacts, batch,
            undoes, digest, hash FROM entry WHERE seq = 6",
            "journal entry 7 was inserted",
        ),
    ];
    for (sql, words) in cases {
        let place = Place::filled();
        tamper(&place, sql);
        let run = audit(&place, &["verify"]);
        assert_eq!(run.code, 1, "{sql}");
        assert!(run.out.contains(words), "{sql}: {}", run.out);
        assert!(run.err.starts_with("scv: the journal has "), "{}", run.err);
        let json = audit(&place, &["verify", "--json"]).out;
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["ok"], false);
        assert!(json["breaks"][0]["entries"].is_array(), "{json}");
    }
}

#[test]
fn a_tail_cut_with_its_count_is_found_by_the_head_only() {
    let place = Place::filled();
    let head = audit(&place, &["head"]).out;
    tamper(
        &place,
        "DELETE FROM entry WHERE seq > 4; DELETE FROM payload WHERE seq > 4;
        UPDATE counter SET value = 4 WHERE name = 'entries'",
    );
    assert_eq!(audit(&place, &["verify"]).code, 0);
    let run = audit(&place, &["verify", "--head", head.trim()]);
    assert_eq!(run.code, 1);
    assert!(
        run.out.contains("ends at entry 4 instead of 6"),
        "{}",
        run.out
    );
}

#[test]
fn an_export_holds_the_public_part_and_no_value() {
    let place = Place::filled();
    let efa = place.found("efa");
    place.good(&["note", "add", &efa, "Later", "--agent", "=HYPERLINK(1)"]);
    let csv = audit(&place, &["export", "--format", "csv", "-"]).out;
    assert_eq!(csv.lines().count(), 8);
    assert!(csv.contains(",'=HYPERLINK(1),"), "{csv}");
    let file = place.path("journal.jsonl").display().to_string();
    let run = audit(&place, &["export", "--from", "5", &file]);
    assert_eq!(run.code, 0, "{}", run.err);
    let lines = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[2]["action"], "add-note");
    assert_eq!(lines[2]["hash"].as_str().unwrap().len(), 64);
    for text in [csv, format!("{lines:?}")] {
        for value in ["Efa", "35386", "acme", "Later"] {
            assert!(!text.contains(value), "{value} is in {text}");
        }
    }
    let again = audit(&place, &["export", &file]).sentence(1);
    assert!(again.contains("it is there already"), "{again}");
    let refused = place.refused(&["audit", "export", "-"]);
    assert!(refused.contains("scv:export"), "{refused}");
}
