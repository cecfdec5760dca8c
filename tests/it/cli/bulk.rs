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
    let text = place.good(&["ingest", &array, "--role", "admin"]);
    assert_eq!(
        text,
        "2 conversations and 0 web visits were known already: nothing changed\n"
    );
    let longer = call(EFA, Some("tel:+353861234567"), "2026-11-20T10:00:00.000Z");
    let more = [
        longer,
        calls[1].clone(),
        call(
            "44444444-4444-4444-8444-444444444444",
            None,
            "2026-11-22T09:00:00.000Z",
        ),
    ];
    let more = place.write("more.json", &serde_json::to_string(&more).unwrap());
    assert_eq!(
        place.good(&["ingest", &more, "--role", "admin"]),
        "3 conversations and 0 web visits came in: 1 linked, 1 updated, 1 known already, 0 bad\n"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_reason() {
    let place = Place::new();
    let empty = place.write("empty.ndjson", " \n\n");
    let refused = place.refused(&["ingest", &empty, "--role", "admin"]);
    let wanted = "the file is empty, it holds no conversations or web visits; check what wrote it";
    assert_eq!(refused, format!("{empty}: {wanted}"));
    let contacts = place.write("contacts.csv", "First Name,Cell Phone\nEfa,+353861234567\n");
    assert_eq!(
        place.refused(&["ingest", &contacts, "--role", "admin"]),
        format!(
            "{contacts}: it is a CSV file of contacts and holds no conversations or web visits; \
             `scv import contacts` reads it"
        )
    );
    let calls = place.write("calls.ndjson", "{\"conversationId\": \"1\", \"a\": 2}\n");
    assert_eq!(
        place.refused(&["import", "contacts", &calls, "--role", "admin"]),
        format!(
            "{calls}: it is JSON and no CSV file; `scv ingest` reads conversations and web visits"
        )
    );
    let nothing = place.write("nothing.json", "[]");
    place.good(&["ingest", &nothing, "--role", "admin"]);
    std::fs::remove_file(place.path("scv.db")).unwrap();

    let array = place.write(
        "array.json",
        &call(EFA, None, "2026-11-20T09:00:00.000Z").to_string(),
    );
    let place_of = place.path("").display().to_string();
    let admin = ["--role", "admin"];
    for (args, why) in [
        (
            &["contact", "add", "--from-json", "nofile"][..],
            "nofile: no such file; check the path",
        ),
        (
            &["contact", "add", "--from-json", &place_of],
            "it is a directory; name a file in it",
        ),
        (
            &["ingest", &array, "--names", "nofile"],
            "nofile: no such file; check the path",
        ),
        (
            &["ingest", "nofile"],
            "nofile: no such file; check the path",
        ),
        (
            &["import", "contacts", "nofile"],
            "nofile: no such file; check the path",
        ),
        (
            &["import", "contacts", &place_of],
            "it is a directory; name a file in it",
        ),
        (&["man", "--dir", "/proc/none"], "no such file or directory"),
    ] {
        let refused = place.refused(&[args, &admin].concat());
        assert!(refused.ends_with(why), "{args:?}: {refused}");
    }
    assert!(!place.path("scv.db").exists(), "nothing was made");
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
        json!({"conversations": 1500, "visits": 250, "messages": 0, "new": 1750, "pastRetention": 0, "bad": 0})
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
