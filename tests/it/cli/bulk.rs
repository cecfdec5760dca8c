//! Import and ingest by command.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::json;

use super::{CONTACTS, EFA, NAMES, Place, UNKNOWN, WITHHELD, call, conversations};

fn org(name: &str) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/data/org", name]
        .iter()
        .collect();
    path.display().to_string()
}

#[test]
fn import_needs_admin_and_ingest_too() {
    let place = Place::new();
    let contacts = place.write("c.csv", CONTACTS);
    let refused = place.refused(&["import", "contacts", &contacts]);
    assert_eq!(
        refused,
        "needs externalContacts:importJob:add; act as --role admin"
    );
    assert_eq!(
        place.refused(&["ingest", &contacts]),
        "needs scv:ingest; act as --role admin"
    );
    assert!(!place.path("scv.db").exists());
}

#[test]
fn a_dry_run_says_what_it_would_do_and_leaves_nothing() {
    let place = Place::new();
    let contacts = place.write("c.csv", CONTACTS);
    let dry = place.json(&[
        "import",
        "contacts",
        &contacts,
        "--dry-run",
        "--role",
        "admin",
    ]);
    assert_eq!((&dry["created"], &dry["dryRun"]), (&json!(3), &json!(true)));
    assert!(!place.path("scv.db").exists());

    place.good(&["import", "contacts", &contacts, "--role", "admin"]);
    let more = place.write("more.csv", &format!("{CONTACTS}CRM-4,New,One,,,,\n"));
    let before = place.good(&["stats", "--json"]);
    let dry = place.json(&["import", "contacts", &more, "--dry-run", "--role", "admin"]);
    assert_eq!((&dry["created"], &dry["unchanged"]), (&json!(1), &json!(3)));
    assert_eq!(place.good(&["stats", "--json"]), before);
}

#[test]
fn the_same_file_again_changes_nothing() {
    let place = Place::new();
    let contacts = place.write("c.csv", CONTACTS);
    let first = place.json(&["import", "contacts", &contacts, "--role", "admin"]);
    assert_eq!(first["created"], 3);
    let before = place.json(&["stats"]);
    let again = place.json(&["import", "contacts", &contacts, "--role", "admin"]);
    assert_eq!(
        (&again["unchanged"], &again["rows"]),
        (&json!(3), &json!(3))
    );
    assert_eq!(place.json(&["stats"]), before);
    let efa = place.json(&["contact", "search", "efa"]);
    assert_eq!(
        efa["entities"][0]["cellPhone"]["e164"], "+353861234567",
        "the row's country is its region"
    );
    assert_eq!(efa["entities"][0]["externalOrganization"]["name"], "Acme");
}

#[test]
fn bad_rows_go_to_a_file_that_can_be_corrected_and_imported() {
    let place = Place::new();
    let text =
        "firstName,lastName,workEmail,Shoe size\nAda,King,ada@king.example,38\nBad,One,nobody,40\n";
    let contacts = place.write("c.csv", text);
    let errors = place.path("errors.csv").display().to_string();
    place.write("errors.csv", "old");
    let run = place.run(&[
        "import", "contacts", &contacts, "--errors", &errors, "--role", "admin",
    ]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(
        run.err.contains("Shoe size"),
        "unknown headings are named: {}",
        run.err
    );
    assert!(run.err.contains("line 3: "), "{}", run.err);
    assert!(
        run.out.contains("1 created") && run.out.contains("1 bad"),
        "{}",
        run.out
    );

    let mode = std::fs::metadata(&errors).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let written = std::fs::read_to_string(&errors).unwrap();
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(lines[0], "firstName,lastName,workEmail,Shoe size,reason");
    assert!(
        lines[1].starts_with("Bad,One,nobody,40,") && lines.len() == 2,
        "{written}"
    );

    let corrected = place.write(
        "corrected.csv",
        &written.replace("nobody,", "bad@one.example,"),
    );
    let again = place.json(&["import", "contacts", &corrected, "--role", "admin"]);
    assert_eq!((&again["created"], &again["bad"]), (&json!(1), &json!(0)));
    let same = place.run(&[
        "import", "contacts", &errors, "--errors", &errors, "--role", "admin",
    ]);
    assert!(
        same.code == 1 && same.err.contains("name another"),
        "{}",
        same.err
    );
}

#[test]
fn import_takes_in_what_was_ingested() {
    let place = Place::new();
    let (contacts, calls) = (
        place.write("c.csv", CONTACTS),
        place.write("v.ndjson", &conversations()),
    );
    place.good(&["ingest", &calls, "--role", "admin"]);
    let before = place.json(&["conversation", "show", EFA])["canonicalContactId"].clone();
    let done = place.json(&["import", "contacts", &contacts, "--role", "admin"]);
    assert_eq!(
        (&done["promoted"], &done["created"]),
        (&json!(1), &json!(2))
    );
    let efa = place.found("efa byrne");
    assert_eq!(before, efa, "promotion keeps the id");
    assert_eq!(place.json(&["journey", &efa]).as_array().unwrap().len(), 1);
    place.good(&["check"]);
}

#[test]
fn a_bad_line_is_told_with_its_number_and_skipped() {
    let place = Place::new();
    let good = call(EFA, Some("tel:+353861234567"), "2026-11-20T09:00:00.000Z");
    let file = place.write("v.ndjson", &format!("{good}\n{{nonsense\n[]\n"));
    let names = place.write("n.json", NAMES);
    let run = place.run(&[
        "ingest", &file, "--names", &names, "--role", "admin", "--json",
    ]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains("line 2: "), "{}", run.err);
    assert!(run.out.contains("\"conversations\":1"), "{}", run.out);
}

#[test]
fn ingest_takes_arrays_answers_standard_input_and_the_same_again() {
    let place = Place::new();
    let calls = [
        call(EFA, Some("tel:+353861234567"), "2026-11-20T09:00:00.000Z"),
        call(WITHHELD, None, "2026-11-22T09:00:00.000Z"),
    ];
    let array = place.write("array.json", &serde_json::to_string(&calls).unwrap());
    let unknown = call(
        UNKNOWN,
        Some("tel:+353851112222"),
        "2026-11-21T09:00:00.000Z",
    );
    let answer = json!({"totalHits": 1, "conversations": [unknown]}).to_string();
    place.good(&["ingest", &array, "--role", "admin"]);
    let run = place.run_fed(&answer, &["ingest", "-", "--role", "admin", "--json"]);
    assert_eq!(
        (run.code, run.out.contains("\"new\":1")),
        (0, true),
        "{} {}",
        run.out,
        run.err
    );
    let before = place.json(&["stats"]);
    assert_eq!(before["conversations"], 3);
    let again = place.json(&["ingest", &array, "--role", "admin"]);
    assert_eq!(
        (&again["conversations"], &again["new"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(place.json(&["stats"]), before);
    let missing = place.refused(&["ingest", &array, "nowhere.json", "--role", "admin"]);
    assert_eq!(missing, "nowhere.json: no such file; check the path");
}

#[test]
fn the_organization_with_known_truth_comes_in_whole() {
    let place = Place::new();
    let done = place.json(&[
        "import",
        "contacts",
        &org("contacts.csv"),
        "--role",
        "admin",
    ]);
    assert_eq!((&done["created"], &done["bad"]), (&json!(258), &json!(0)));
    let files = [org("conversations.ndjson"), org("sessions.ndjson")];
    let done = place.json(&[
        "ingest",
        &files[0],
        &files[1],
        "--names",
        &org("names.json"),
        "--role",
        "admin",
    ]);
    assert_eq!(
        done,
        json!({"conversations": 1500, "visits": 250, "new": 1750, "pastRetention": 0, "bad": 0})
    );
    assert_eq!(place.good(&["check"]), "Every invariant holds\n");
    let gone = place.json(&["expire", "--role", "admin"]);
    assert!(gone["interactions"].as_u64().unwrap() > 0, "{gone}");
    place.good(&["check"]);
    let before = place.good(&["stats"]);
    let again = place.json(&["ingest", &files[0], &files[1], "--role", "admin"]);
    assert_eq!((&again["new"], &again["bad"]), (&json!(0), &json!(0)));
    assert!(again["pastRetention"].as_u64().unwrap() > 300, "{again}");
    assert_eq!(place.good(&["stats"]), before);
}
