//! `scv shared`: marking what several people use.

use serde_json::json;

use super::{EFA, Place, call};

#[test]
fn a_marked_number_suggests_and_links_nobody_by_itself() {
    let place = Place::filled();
    assert_eq!(place.run(&["shared", "list"]).code, 0);
    let told = place.good(&["shared", "mark", "+353 86 123 4567"]);
    assert!(
        told.contains("is marked as shared; it suggests Efa Byrne and links nobody"),
        "{told}"
    );
    let again = place.refused(&["shared", "mark", "+353861234567"]);
    assert!(again.contains("is marked as shared already"), "{again}");

    let listed = place.json(&["shared", "list"]);
    let first = &listed[0];
    assert_eq!(first["value"], json!("+353861234567"));
    assert_eq!(first["markedBy"], json!("Niamh"));
    assert_eq!(first["usedBy"][0]["name"], json!("Efa Byrne"));
    let table = place.good(&["shared", "list"]);
    assert!(
        table.contains("+353 86 123 4567") && table.contains("Efa Byrne"),
        "{table}"
    );

    let id = EFA.replace('1', "5");
    let seen = call(&id, Some("tel:+353861234567"), "2026-11-22T11:00:00.000Z");
    let file = place.write("more.ndjson", &seen.to_string());
    place.good(&["ingest", &file, "--role", "admin"]);
    let shown = place.json(&["conversation", "show", &id]);
    assert_eq!(shown["reason"]["rule"], json!("shared-identifier"));

    place.good(&["shared", "unmark", "+353861234567"]);
    assert_eq!(place.json(&["shared", "list"]), json!([]));
    let refused = place.refused(&["shared", "unmark", "+353861234567"]);
    assert!(refused.contains("is not marked as shared"), "{refused}");
    assert_eq!(place.run(&["shared", "mark", "12"]).code, 2);
}

#[test]
fn a_number_goes_back_to_who_was_imported_first_though_all_came_in_one_moment() {
    let place = Place::new();
    let rows: Vec<String> = (0..12)
        .map(|n| format!("Person{n},Byrne,+353861234567\n"))
        .collect();
    let file = place.write(
        "family.csv",
        &format!("First Name,Last Name,Cell Phone\n{}", rows.concat()),
    );
    place.good(&["import", "contacts", &file, "--role", "admin"]);
    let first = place.found("person0");
    let holder = |contact: &str| {
        let held = place.json(&["identifier", "list", contact]);
        !held["entities"].as_array().unwrap().is_empty()
    };
    assert!(holder(&first), "first imported, first claimed");
    place.good(&["shared", "mark", "+353861234567"]);
    assert!(!holder(&first));
    place.good(&["shared", "unmark", "+353861234567"]);
    assert!(holder(&first), "it goes back to the oldest");
}

#[test]
fn a_number_without_a_country_code_is_the_one_stored_number_that_it_may_be() {
    let place = Place::filled();
    let run = place.run(&["shared", "mark", "086 123 4567"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(
        run.err,
        "086 123 4567 is taken as +353 86 123 4567, the one stored number that it may be\n"
    );
    assert!(
        run.out
            .starts_with("phone +353 86 123 4567 is marked as shared"),
        "{}",
        run.out
    );
    place.good(&["shared", "unmark", "0861234567"]);

    // The unknown caller's number belongs to nobody kept, and is stored all the same.
    place.good(&["shared", "mark", "085 111 2222"]);
    let none = place.run(&["shared", "mark", "087 000 0000"]).sentence(2);
    assert!(
        none.contains("is not a phone number with a country code"),
        "{none}"
    );

    // The same digits in another country: which one is meant is for a person to say.
    let name = [
        "contact",
        "add",
        "--first-name",
        "Ana",
        "--last-name",
        "Costa",
    ];
    place.good(&[&name[..], &["--cell-phone", "+44 86 123 4567"]].concat());
    let several = place.run(&["shared", "mark", "086 123 4567"]).sentence(2);
    assert!(
        several.starts_with("086 123 4567 may be ")
            && several.contains("+353 86 123 4567")
            && several.ends_with("write the one that is meant"),
        "{several}"
    );
    let config = place.write("scv.toml", "region = \"IE\"\n");
    let by_region = place.run(&["shared", "mark", "086 123 4567", "--config", &config]);
    assert_eq!((by_region.code, by_region.err.as_str()), (0, ""));
}
