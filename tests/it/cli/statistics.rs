//! `scv stats`: what is counted equals what plain SQL over the file counts, to the last one.

use std::sync::LazyLock;

use rusqlite::Connection;
use serde_json::{Value, json};

use super::Place;

/// The files of such an organization, made once for all tests.
static MADE: LazyLock<Place> = LazyLock::new(made);

fn place() -> Place {
    let place = Place::new();
    for file in ["scv.db", "scv.db-wal"] {
        if MADE.path(file).exists() {
            std::fs::copy(MADE.path(file), place.path(file)).unwrap();
        }
    }
    place
}

/// An organization with decisions of people: links, unlinks, additions, some of them taken back.
fn made() -> Place {
    let place = Place::new();
    let org = |name: &str| format!("{}/tests/data/org/{name}", env!("CARGO_MANIFEST_DIR"));
    let admin = ["--role", "admin"];
    place.good(&[&["import", "contacts", &org("contacts.csv")], &admin[..]].concat());
    let ingest = [
        "ingest",
        &org("conversations.ndjson"),
        &org("sessions.ndjson"),
        "--names",
        &org("names.json"),
    ];
    place.good(&[&ingest[..], &admin].concat());
    let kept = one(
        &place,
        "SELECT lower(hex(id)) FROM contact WHERE kind = 3 ORDER BY row LIMIT 1",
    );
    let unknown = "SELECT lower(hex(conversation.id)), lower(hex(contact.id)) FROM conversation
        JOIN contact ON contact.row = conversation.contact
        WHERE contact.kind < 3 AND contact.merged_to IS NULL ORDER BY conversation.started DESC LIMIT 12";
    let rows = all(&place, unknown);
    for (place_in, row) in rows.iter().enumerate() {
        let (conversation, contact) = (uuid(&row[0]), uuid(&row[1]));
        match place_in % 4 {
            0 => drop(place.good(&["link", &conversation, &uuid(&kept)])),
            1 => {
                place.good(&["link", &conversation, &uuid(&kept)]);
                place.good(&["undo", "--yes"]);
            }
            2 => drop(place.run(&[
                "promote",
                &contact,
                "--first-name",
                "Ada",
                "--last-name",
                "Byte",
            ])),
            _ => {
                place.run(&["link", &conversation, &uuid(&kept)]);
                place.run(&["unlink", &conversation]);
            }
        }
    }
    place
}

fn uuid(hex: &str) -> String {
    uuid::Uuid::parse_str(hex).unwrap().to_string()
}

fn open(place: &Place) -> Connection {
    Connection::open(place.path("scv.db")).unwrap()
}

fn one(place: &Place, sql: &str) -> String {
    open(place).query_one(sql, [], |row| row.get(0)).unwrap()
}

fn all(place: &Place, sql: &str) -> Vec<[String; 2]> {
    let connection = open(place);
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok([row.get(0)?, row.get(1)?]));
    rows.unwrap().map(Result::unwrap).collect()
}

/// Counts by SQL alone: a name and a number, in the order of the names.
fn counted(place: &Place, sql: &str) -> Vec<(String, u64)> {
    let connection = open(place);
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)));
    let mut rows: Vec<_> = rows.unwrap().map(Result::unwrap).collect();
    rows.sort();
    rows
}

/// What is told of some lines: a name and a number, in the order of the names, without what is nothing.
fn told(lines: &Value, name: &str, number: &str) -> Vec<(String, u64)> {
    let lines = lines.as_array().unwrap().iter();
    let mut lines: Vec<_> = lines
        .map(|line| {
            let name = line[name].as_str().unwrap_or("none").to_owned();
            (name, line[number].as_u64().unwrap())
        })
        .filter(|(_, count)| 0 < *count)
        .collect();
    lines.sort();
    lines
}

/// Every conversation of the days with its link's rule and what kind of contact it leads to, through merges.
const LINKED: &str = "WITH RECURSIVE leads (row, kind, parent) AS (
        SELECT row, kind, merged_to FROM contact
        UNION ALL SELECT leads.row, contact.kind, contact.merged_to FROM leads
            JOIN contact ON contact.id = leads.parent),
    linked AS (
        SELECT conversation.*, leads.kind,
            json_extract(substr(link, 1, instr(link, char(10)) - 1), '$.reason.rule') AS said_rule,
            date(started / 1000, 'unixepoch') AS day
        FROM conversation JOIN leads ON leads.row = conversation.contact AND leads.parent IS NULL
        WHERE day BETWEEN '2026-09-25' AND '2026-11-23'),
    shared_out AS (
        SELECT *, CASE WHEN said_rule IN ('ByPerson', 'Unlinked', 'Unmerged') THEN 'corrected'
            WHEN kind = 3 THEN 'automatic' ELSE 'unknown' END AS share FROM linked) ";

#[test]
fn every_count_is_what_plain_sql_counts() {
    let place = place();
    let told_all = place.json(&["stats", "--role", "supervisor"]);
    let told_all = &told_all["statistics"];
    let by_share = counted(
        &place,
        &format!("{LINKED} SELECT share, count(*) FROM shared_out GROUP BY 1"),
    );
    assert_eq!(
        by_share.len(),
        3,
        "each way of linking happens: {by_share:?}"
    );
    for (share, count) in &by_share {
        assert_eq!(told_all["conversations"][share], json!(count), "{share}");
    }
    for share in ["automatic", "corrected", "unknown"] {
        for (column, lines, name) in [
            ("day", "byDay", "day"),
            ("channel", "byChannel", "channel"),
            (
                "coalesce((SELECT name FROM name WHERE kind = 1 AND id = queue), queue, 'none')",
                "byQueue",
                "queue",
            ),
        ] {
            let sql = format!(
                "{LINKED} SELECT {column}, count(*) FROM shared_out WHERE share = '{share}' GROUP BY 1"
            );
            assert_eq!(
                told(&told_all[lines], name, share),
                counted(&place, &sql),
                "{share} {lines}"
            );
        }
    }
}

#[test]
fn decisions_are_counted_and_what_was_taken_back_of_them() {
    let place = place();
    let told_all = place.json(&["stats", "--role", "supervisor"]);
    let decisions = &told_all["statistics"]["decisions"];
    let made =
        "SELECT action, count(*) FROM entry WHERE action NOT IN ('resolve', 'expire') GROUP BY 1";
    assert_eq!(told(decisions, "action", "made"), counted(&place, made));
    let undone =
        "SELECT action, count(*) FROM entry WHERE seq IN (SELECT undoes FROM entry) GROUP BY 1";
    assert_eq!(told(decisions, "action", "undone"), counted(&place, undone));
    assert_eq!(
        told(decisions, "action", "undone"),
        [("link".to_owned(), 3)]
    );
    // An undo that is taken back leaves the link in force.
    place.good(&[
        "undo",
        &one(
            &place,
            "SELECT CAST(max(seq) AS TEXT) FROM entry WHERE action = 'undo'",
        ),
        "--yes",
    ]);
    let told_all = place.json(&["stats", "--role", "supervisor"]);
    let decisions = &told_all["statistics"]["decisions"];
    assert_eq!(
        told(decisions, "action", "undone"),
        [("link".to_owned(), 2), ("undo".to_owned(), 1)]
    );
}

#[test]
fn times_are_those_of_links_and_additions_that_hold() {
    let place = place();
    let told_all = place.json(&["stats", "--role", "supervisor"]);
    let holding = |action: &str, began: &str| {
        let sql = format!(
            "SELECT CAST(at - ({began}) AS TEXT), 1 FROM entry WHERE action = '{action}'
            AND seq NOT IN (SELECT undoes FROM entry WHERE undoes IS NOT NULL)"
        );
        let mut spans: Vec<i64> = counted(&place, &sql)
            .into_iter()
            .map(|(span, _)| span.parse().unwrap())
            .collect();
        spans.sort_unstable();
        spans
    };
    for (name, spans) in [
        (
            "timeToLink",
            holding(
                "link",
                "SELECT started FROM conversation WHERE id = entry.conversation",
            ),
        ),
        (
            "timeToAdd",
            holding(
                "promote",
                "SELECT created FROM contact WHERE id = entry.contact",
            ),
        ),
    ] {
        let median = spans[spans.len().div_ceil(2) - 1];
        let most = spans[(spans.len() * 9).div_ceil(10) - 1];
        let wanted = json!({"count": spans.len(), "medianMs": median, "p90Ms": most});
        assert_eq!(told_all["statistics"][name], wanted, "{name}");
    }
}

#[test]
fn what_expires_ahead_is_everybody_who_is_not_kept() {
    let place = place();
    let told_all = place.json(&["stats", "--role", "supervisor"]);
    let ahead = told_all["statistics"]["expiringByDayAhead"]
        .as_array()
        .unwrap();
    assert_eq!(ahead.len(), 60);
    for (kind, code) in [("ephemeral", 1), ("identified", 2)] {
        let sum: u64 = ahead.iter().map(|day| day[kind].as_u64().unwrap()).sum();
        let sql = format!(
            "SELECT 'all', count(*) FROM contact WHERE kind = {code} AND merged_to IS NULL"
        );
        assert_eq!(sum, counted(&place, &sql)[0].1, "{kind}");
    }
}

#[test]
fn shared_identifiers_stand_by_how_many_have_them() {
    let place = place();
    let number = one(
        &place,
        "SELECT value FROM identifier WHERE kind = 9 AND claimed = 1 ORDER BY value LIMIT 1",
    );
    place.good(&["shared", "mark", &number, "--role", "admin"]);
    let told_all = place.json(&["stats", "--role", "supervisor"]);
    let shared = told_all["statistics"]["shared"].as_array().unwrap();
    let marked = shared.iter().find(|one| one["value"] == number.as_str());
    assert_eq!(marked.unwrap()["marked"], true);
    let most = one(
        &place,
        "SELECT CAST(max(contacts) AS TEXT) FROM
            (SELECT count(DISTINCT contact) AS contacts FROM identifier GROUP BY kind, value, source)",
    );
    assert_eq!(shared[0]["contacts"].to_string(), most);
}

#[test]
fn an_agent_sees_what_is_in_the_store_and_which_right_the_rest_needs() {
    let place = Place::filled();
    let run = place.run(&["stats"]);
    assert!(run.out.contains("Curated contacts"), "{}", run.out);
    assert!(!run.out.contains("linked automatically"), "{}", run.out);
    assert!(
        run.err.contains("externalContacts:conversation:viewAll"),
        "{}",
        run.err
    );
    let said = place.refused(&["stats", "--csv"]);
    assert!(
        said.contains("externalContacts:conversation:viewAll"),
        "{said}"
    );
}

#[test]
fn the_page_and_the_csv_say_what_the_terminal_says() {
    let place = place();
    let supervisor = ["stats", "--role", "supervisor"];
    let told_all = place.json(&supervisor);
    let corrected = &told_all["statistics"]["conversations"]["corrected"];
    let text = place.good(&supervisor);
    assert!(text.contains("left unknown"), "{text}");
    let cells = place.good(&[&supervisor[..], &["--csv"]].concat());
    let line = format!("conversations,all,corrected,{corrected}");
    assert!(cells.contains(&line), "{cells}");
    let file = place.path("stats.html").display().to_string();
    place.good(&[&supervisor[..], &["--html", &file]].concat());
    let page = std::fs::read_to_string(&file).unwrap();
    assert!(page.contains("<svg") && !page.contains("<script"));
    let again = place.refused(&[&supervisor[..], &["--html", &file]].concat());
    assert!(again.contains("is there already"), "{again}");
    let run = place.run(&[&supervisor[..], &["--days", "0"]].concat());
    assert!(run.code == 2 && run.err.contains("1 to 366"), "{}", run.err);
}

#[test]
fn the_mark_of_a_number_is_told_of_its_whatsapp_too() {
    let place = place();
    let number = "+353860009999";
    for (first, field) in [
        ("Ada", "--whats-app-id"),
        ("Bo", "--whats-app-id"),
        ("Cy", "--cell-phone"),
    ] {
        let names = [
            "contact",
            "add",
            "--first-name",
            first,
            "--last-name",
            "Byte",
        ];
        place.good(&[&names[..], &[field, number]].concat());
    }
    place.good(&["shared", "mark", number, "--role", "admin"]);
    let told_all = place.json(&["stats", "--role", "supervisor"]);
    let shared = told_all["statistics"]["shared"].as_array().unwrap();
    let whatsapp = shared.iter().find(|one| one["value"] == number[1..]);
    assert_eq!(whatsapp.unwrap()["marked"], true, "{shared:?}");
}
