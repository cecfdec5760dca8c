//! `scv person`, `scv backup` and `scv restore`.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::Place;

/// The id of a contact that is found by a name.
fn found(place: &Place, name: &str) -> String {
    let page = place.good(&["contact", "search", name, "--json"]);
    let page: Value = serde_json::from_str(&page).unwrap();
    page["entities"][0]["id"].as_str().unwrap().to_owned()
}

const ERASE: [&str; 4] = ["--reason", "asked by letter", "--role", "admin"];

#[test]
fn an_export_is_one_document_that_only_its_maker_may_read() {
    let place = Place::filled();
    let id = found(&place, "Efa");
    let file = place.path("efa.json").display().to_string();
    let export = ["person", "export", &id, &file, "--role", "admin"];
    place.good(&export);
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = std::fs::read_to_string(&file).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["contactId"], Value::from(id.as_str()));
    for member in ["contacts", "identifiers", "conversations", "history"] {
        assert!(!document[member].as_array().unwrap().is_empty(), "{member}");
    }
    assert!(document["history"][0]["changes"].is_array());
    let printed = place.good(&["person", "export", &id, "--role", "admin"]);
    let mut printed: Value = serde_json::from_str(&printed).unwrap();
    let first = printed["history"].as_array_mut().unwrap().pop().unwrap();
    assert_eq!(
        first["action"], "export",
        "the file before is in the history"
    );
    assert_eq!(printed, document, "the same person, the same document");
    let told = place.good(&["history", "--role", "admin"]);
    assert!(
        told.contains("took out everything known of Efa Byrne"),
        "{told}"
    );
    let again = place.run(&export);
    assert_eq!(again.code, 1);
    assert!(
        again.err.contains("the file is there already"),
        "{}",
        again.err
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    let denied = place.run(&["person", "export", &id]);
    assert!(
        denied.err.contains("needs gdpr:request:add"),
        "{}",
        denied.err
    );
}

#[test]
fn an_erasure_says_what_goes_and_needs_a_yes() {
    let place = Place::filled();
    let id = found(&place, "Efa");
    let mut erase = vec!["person", "erase", &id];
    let denied = place.run(&[&erase[..], &ERASE[..2]].concat());
    assert!(
        denied.err.contains("needs scv:person:erase"),
        "{}",
        denied.err
    );
    erase.extend(ERASE);
    let asked = place.run(&erase);
    assert_eq!(asked.code, 1);
    assert!(asked.err.contains("erasing Efa"), "{}", asked.err);
    assert!(asked.err.contains("add --yes"), "{}", asked.err);
    place.good(&["contact", "show", &id]);
    erase.push("--yes");
    let told = place.good(&erase);
    let wanted = "The person was erased for good: 1 contact, 3 identifiers, 1 conversation, 2 journal entries' \
        values (entry ";
    assert!(told.starts_with(wanted), "{told}");
    assert!(!told.contains("was changed"), "{told}");
    let gone = place.run(&["contact", "show", &id]).sentence(1);
    let wanted = format!(
        "contact {id} is gone: the person was erased for good by Niamh on 23 Nov 2026 12:00 (entry "
    );
    assert!(gone.starts_with(&wanted), "{gone}");
    place.good(&["check"]);
    assert_eq!(place.run(&erase).code, 1);
}

#[test]
fn a_store_is_backed_up_and_restored_and_never_written_over() {
    let place = Place::filled();
    let id = found(&place, "Efa");
    let path = |name: &str| place.path(name).display().to_string();
    let (copy, other) = (path("copy.db"), path("other.db"));
    let backup = ["backup", &copy, "--role", "admin"];
    let told = place.good(&backup);
    assert!(told.contains("verified"), "{told}");
    let mode = std::fs::metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = place.run(&backup);
    assert!(
        again.err.contains("something is there already"),
        "{}",
        again.err
    );
    place.good(&[&["person", "erase", &id, "--yes"], &ERASE[..]].concat());
    let over = place.run(&["restore", &copy, "--role", "admin"]);
    assert!(
        over.err.contains("something is there already"),
        "{}",
        over.err
    );
    let restore = ["restore", &copy, "--role", "admin", "--store", &other];
    let restored = place.good(&restore);
    let seal = |text: &str| text.rsplit(' ').next().unwrap().trim().to_owned();
    assert_eq!(seal(&restored), seal(&told), "the same journal");
    place.good(&["contact", "show", &id, "--store", &other]);
    place.good(&["check", "--store", &other]);
    let files = std::fs::read_dir(place.path(".")).unwrap();
    let names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    let left = |name: &&std::ffi::OsString| name.to_string_lossy().starts_with(".other");
    assert_eq!(names.iter().find(left), None, "no draft is left");
}

#[test]
fn only_a_whole_store_is_restored() {
    let place = Place::filled();
    let other = place.path("other.db").display().to_string();
    let restore = |file: &str| place.run(&["restore", file, "--role", "admin", "--store", &other]);
    let text = place.write(
        "x.txt",
        "no store at all, but longer than a header of SQLite is, by some",
    );
    assert!(restore(&text).err.contains("not an scv store"));
    let missing = place.path("missing.db").display().to_string();
    assert!(restore(&missing).err.contains("no such store"));
    let copy = place.path("copy.db").display().to_string();
    place.good(&["backup", &copy, "--role", "admin"]);
    let mut bytes = std::fs::read(&copy).unwrap();
    let (from, to) = (bytes.len() / 3, bytes.len() / 2);
    bytes[from..to].fill(0xA5);
    let broken = place.path("broken.db");
    std::fs::write(&broken, bytes).unwrap();
    assert_eq!(restore(&broken.display().to_string()).code, 1);
    assert!(!place.path("other.db").exists());
    std::fs::write(place.path("other.db-wal"), "left behind").unwrap();
    assert!(restore(&copy).err.contains("other.db-wal"));
}

/// Flips two bytes inside the value that a row holds.
fn damage(file: &std::path::Path, value: &[u8]) {
    let mut bytes = std::fs::read(file).unwrap();
    let places: Vec<usize> = (0..bytes.len() - value.len())
        .filter(|at| bytes[*at..].starts_with(value))
        .collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at] ^= 1;
        bytes[at + 1] ^= 1;
    }
    std::fs::write(file, bytes).unwrap();
}

#[test]
fn a_damaged_row_is_no_verified_copy() {
    let place = Place::filled();
    let path = |name: &str| place.path(name).display().to_string();
    let (copy, other) = (path("copy.db"), path("other.db"));
    place.good(&["backup", &copy, "--role", "admin"]);
    damage(&place.path("copy.db"), b"claire@byrne.example");
    let restored = place.refused(&["restore", &copy, "--role", "admin", "--store", &other]);
    assert!(
        restored.contains("copy.db: the file is damaged (")
            && restored.ends_with("; restore a backup"),
        "{restored}"
    );
    assert!(!place.path("other.db").exists());

    std::fs::remove_file(place.path("scv.db")).unwrap();
    std::fs::rename(place.path("copy.db"), place.path("scv.db")).unwrap();
    let run = place.run(&["backup", &copy, "--role", "admin"]);
    assert_eq!(run.code, 1, "{} {}", run.out, run.err);
    assert!(!run.out.contains("verified"), "{}", run.out);
    assert!(
        run.err.contains("scv.db: the store itself is damaged, ")
            && run.err.contains("which stays"),
        "{}",
        run.err
    );
    assert!(place.path("copy.db").exists());
    assert_eq!(place.run(&["check"]).code, 1);
}

#[test]
fn a_backup_is_made_while_others_write() {
    let place = Place::filled();
    let writer = rusqlite::Connection::open(place.path("scv.db")).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let copy = place.path("copy.db").display().to_string();
    place.good(&["backup", &copy, "--role", "admin"]);
    writer.execute_batch("ROLLBACK").unwrap();
}

#[test]
fn an_erasure_by_the_id_of_a_merged_contact_tells_no_change() {
    let place = Place::filled();
    let (id, auto) = (found(&place, "Efa"), {
        let shown = place.json(&["conversation", "show", super::UNKNOWN]);
        shown["canonicalContactId"].as_str().unwrap().to_owned()
    });
    let merged = place.json(&["merge", &id, &auto, "--yes", "--role", "agent-merge"]);
    let head = merged["id"].as_str().unwrap();
    let told = place.good(&[&["person", "erase", &id, "--yes"], &ERASE[..]].concat());
    assert!(
        told.contains("3 contacts") && !told.contains("was changed"),
        "{told}"
    );
    for id in [id.as_str(), &auto, head] {
        let gone = place.run(&["contact", "show", id]).sentence(1);
        assert!(
            gone.contains("the person was erased for good by Niamh on 23 Nov 2026"),
            "{gone}"
        );
    }
}
