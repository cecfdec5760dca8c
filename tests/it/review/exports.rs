//! What is taken out: everything the filter has, in cells that no spreadsheet computes, and back again; and who
//! did it.

use std::path::Path;

use scv_desk::backend::Backend;
use scv_desk::backend::sheet::{Form, export};
use scv_desk::domain::command::Command;
use scv_desk::domain::review::List;
use scv_desk::store::Store;
use scv_desk::wire::csv::plain_cell;

use super::{Floor, conversations, decisions, denied, filter};

/// Cells of people who would like a spreadsheet to compute.
const HOSTILE: [&str; 9] = [
    "=HYPERLINK(\"http://evil\",\"x\")",
    "+1+2",
    "-2+3",
    "@SUM(A1)",
    "\u{FF1D}1",
    "'=already guarded",
    "two\r\nlines, and \"quotes\"",
    "  =blanks first",
    "''+twice",
];

/// The rows of a file, guards off.
fn rows(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(path)
        .unwrap();
    let plain = |record: csv::StringRecord| {
        record
            .iter()
            .map(|cell| plain_cell(cell).to_owned())
            .collect()
    };
    reader
        .records()
        .map(|record| plain(record.unwrap()))
        .collect()
}

#[tokio::test]
async fn what_is_taken_out_is_what_is_listed() {
    let floor = Floor::new().await;
    let supervisor = floor.supervisor();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("decisions.csv");
    let words = filter("kind:link,unlink");
    let count = export(
        supervisor.as_ref(),
        List::Decisions,
        &words,
        Form::Csv,
        &path,
    )
    .await
    .unwrap();
    let listed = decisions(supervisor.as_ref(), "kind:link,unlink").await;
    let found = rows(&path);
    assert_eq!(count, listed.len() as u64);
    assert_eq!(found.len(), listed.len() + 1);
    assert_eq!(found[0][0], "entry");
    for (row, line) in found[1..].iter().zip(&listed) {
        assert_eq!(row[0], line.entry.to_string());
        assert_eq!(row[4], line.by);
        assert_eq!(row[2], line.kind.name());
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        text.split_inclusive('\n')
            .all(|line| line.ends_with("\r\n")),
        "RFC 4180"
    );
    // The same as JSON, an object a line.
    let lines = dir.path().join("decisions.jsonl");
    export(
        supervisor.as_ref(),
        List::Decisions,
        &words,
        Form::JsonLines,
        &lines,
    )
    .await
    .unwrap();
    let text = std::fs::read_to_string(&lines).unwrap();
    let entries: Vec<u64> = text
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["entry"]
                .as_u64()
                .unwrap()
        })
        .collect();
    assert_eq!(
        entries,
        listed.iter().map(|line| line.entry.0).collect::<Vec<_>>()
    );
    // Both are in the history, with what was asked for; a file that is there is left alone.
    let said = decisions(supervisor.as_ref(), "kind:review").await;
    assert_eq!(said.len(), 2);
    let line = supervisor
        .history_line(said[0].entry)
        .await
        .unwrap()
        .unwrap();
    let wanted = format!("took out {count} rows: decisions kind:link,unlink");
    assert_eq!(line.sentence, wanted);
    let again = export(
        supervisor.as_ref(),
        List::Decisions,
        &words,
        Form::Csv,
        &path,
    )
    .await;
    assert!(again.unwrap_err().to_string().contains("is there already"));
    assert_eq!(decisions(supervisor.as_ref(), "kind:review").await.len(), 2);
}

#[tokio::test]
async fn hostile_notes_go_out_disarmed_and_come_back_whole() {
    let floor = Floor::new().await;
    let agent = floor.acting("Mara Lindt", "agent");
    let links = floor.automatic().await;
    for (note, (_, conversation, _)) in HOSTILE.iter().zip(&links) {
        let wrapup = Command::WrapUp {
            conversation: *conversation,
            code: "=cmd".to_owned(),
            notes: Some((*note).to_owned()),
        };
        agent.run(wrapup).await.unwrap();
    }
    let supervisor = floor.supervisor();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("talks.csv");
    let all = filter("");
    export(
        supervisor.as_ref(),
        List::Conversations,
        &all,
        Form::Csv,
        &path,
    )
    .await
    .unwrap();
    // No cell begins with what computes, whatever stands before it.
    let mut raw = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(&path)
        .unwrap();
    for record in raw.records() {
        for cell in record.unwrap().iter() {
            let first = cell.trim_start_matches([' ', '\u{A0}']).chars().next();
            let active = [
                '=', '+', '-', '@', '\t', '\r', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}',
            ];
            assert!(
                !first.is_some_and(|letter| active.contains(&letter)),
                "{cell:?}"
            );
        }
    }
    let found = rows(&path);
    let listed = conversations(supervisor.as_ref(), "").await;
    assert_eq!(found.len(), listed.len() + 1);
    let notes = found[0]
        .iter()
        .position(|heading| heading == "notes")
        .unwrap();
    for (row, line) in found[1..].iter().zip(&listed) {
        assert_eq!(row[0], line.id.to_string());
        assert_eq!(row[notes], line.notes.clone().unwrap_or_default());
    }
    for note in HOSTILE {
        let is_whole = found.iter().any(|row| row[notes] == note.trim());
        assert!(is_whole, "{note:?}");
    }
}

#[tokio::test]
async fn who_may_not_take_out_leaves_no_file_and_no_trace() {
    let floor = Floor::new().await;
    let before = floor.org.store.head().await.unwrap();
    let agent = floor.acting("Mara Lindt", "agent");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.csv");
    let refused = export(
        agent.as_ref(),
        List::Conversations,
        &filter(""),
        Form::Csv,
        &path,
    )
    .await;
    assert_eq!(denied(refused.unwrap_err()), "needs scv:export");
    let rights = [scv_desk::domain::Permission::Export];
    let halfway = floor.org.backend.acting(scv_desk::domain::Actor {
        name: "Half".to_owned(),
        role: scv_desk::domain::Role::new("half", rights),
    });
    let refused = export(&halfway, List::Conversations, &filter(""), Form::Csv, &path).await;
    assert_eq!(
        denied(refused.unwrap_err()),
        "needs externalContacts:conversation:viewAll"
    );
    assert!(!path.exists());
    assert_eq!(floor.org.store.head().await.unwrap(), before);
}
