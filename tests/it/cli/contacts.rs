//! Contacts, notes and identifiers by command.

use serde_json::{Value, json};

use super::{Place, scv};

#[test]
fn a_contact_is_added_shown_edited_and_found_in_the_apis_words() {
    let place = Place::new();
    let added = place.json(&[
        "contact",
        "add",
        "--first-name",
        "José",
        "--last-name",
        "Muñoz",
        "--cell-phone",
        "+34 600 111 222",
        "--work-email",
        "Jose@Example.com",
        "--city",
        "Vigo",
        "--external-id",
        "A-7",
    ]);
    let id = added["id"].as_str().unwrap();
    assert_eq!(added["type"], "Curated");
    assert_eq!(added["firstName"], "José");
    assert_eq!(added["cellPhone"]["e164"], "+34600111222");
    assert_eq!(added["workEmail"], "Jose@Example.com");
    assert_eq!(added["address"]["city"], "Vigo");
    assert_eq!(added["externalIds"][0]["value"], "A-7");
    assert_eq!(added["identifiers"].as_array().unwrap().len(), 3);

    let edited = place.json(&["contact", "edit", id, "--title", "Dr", "--city", ""]);
    assert_eq!(edited["title"], "Dr");
    assert_eq!(edited["address"], Value::Null);
    assert_eq!(place.json(&["contact", "show", id])["title"], "Dr");

    let found = place.json(&["contact", "search", "jose", "mun"]);
    assert_eq!(found["total"], 1);
    assert_eq!(found["entities"][0]["id"], id);
    assert!(place.good(&["contact", "search", "1222"]).contains(id));
    assert_eq!(
        place.json(&["contact", "search", "nobody"]),
        json!({"total": 0, "entities": []})
    );
    assert!(place.good(&["contact", "show", id]).contains("Muñoz"));
}

#[test]
fn ids_elsewhere_are_replaced_as_a_list() {
    let place = Place::new();
    let added = place.json(&[
        "contact",
        "add",
        "--last-name",
        "King",
        "--external-id",
        "A-7",
    ]);
    let id = added["id"].as_str().unwrap();
    let ids = "A-8 (CRM), 9 (Shop)";
    let edited = place.json(&[
        "contact",
        "edit",
        id,
        "--external-ids",
        ids,
        "--apple-ids",
        "urn:1",
    ]);
    let values = edited["externalIds"].as_array().unwrap().iter();
    let values: Vec<&Value> = values.map(|one| &one["value"]).collect();
    assert_eq!(values, ["A-8", "9"]);
    assert_eq!(edited["identifiers"].as_array().unwrap().len(), 3);
    let refused = place.run(&["contact", "edit", id, "--external-ids", "A-9"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("needs its source"), "{}", refused.err);
    let body = r#"{"externalIds": []}"#;
    let run = place.run_fed(body, &["contact", "edit", id, "--from-json", "-", "--json"]);
    let edited: Value = serde_json::from_str(&run.out).expect(&run.err);
    assert!(edited["externalIds"].as_array().is_none_or(Vec::is_empty));
    assert_eq!(edited["identifiers"].as_array().unwrap().len(), 1);
}

#[test]
fn personal_values_come_by_standard_input() {
    let place = Place::new();
    let body = r#"{"firstName": "Ada", "lastName": "King", "workEmail": "ada@king.example", "title": "Lady"}"#;
    let run = place.run_fed(body, &["contact", "add", "--from-json", "-", "--json"]);
    let added: Value = serde_json::from_str(&run.out).expect(&run.err);
    assert_eq!(added["lastName"], "King");
    let id = added["id"].as_str().unwrap();

    let run = place.run_fed(
        r#"{"title": null, "middleName": "B"}"#,
        &["contact", "edit", id, "--from-json", "-", "--json"],
    );
    let edited: Value = serde_json::from_str(&run.out).expect(&run.err);
    assert_eq!(edited["title"], Value::Null);
    assert_eq!(edited["middleName"], "B");

    let run = place.run_fed(
        r#"{"noteText": "Likes\nmaths"}"#,
        &["note", "add", id, "--from-json", "-", "--json"],
    );
    let note: Value = serde_json::from_str(&run.out).expect(&run.err);
    assert_eq!(note["noteText"], "Likes\nmaths");
    assert!(
        place
            .good(&["contact", "show", id])
            .contains("Likes\nmaths")
    );

    let wrong = place.run_fed(
        r#"{"firstNam": "Ada"}"#,
        &["contact", "add", "--from-json", "-"],
    );
    assert!(wrong.sentence(1).contains("firstNam"));
}

#[test]
fn identifiers_are_claimed_released_and_listed() {
    let place = Place::new();
    let one = place.json(&["contact", "add", "--first-name", "A", "--last-name", "B"]);
    let other = place.json(&["contact", "add", "--first-name", "C", "--last-name", "D"]);
    let (one, other) = (one["id"].as_str().unwrap(), other["id"].as_str().unwrap());
    let claimed = place.json(&["identifier", "claim", one, "email", "X@Y.example"]);
    assert_eq!(claimed["type"], "Email");
    assert_eq!(claimed["value"], "x@y.example");
    let held = place.refused(&["identifier", "claim", other, "Email", "x@y.example"]);
    assert!(held.contains(one), "{held}");
    let list = place.json(&["identifier", "list", one]);
    assert_eq!(list["entities"][0]["value"], "x@y.example");
    place.good(&["identifier", "release", one, "Email", "x@y.example"]);
    assert_eq!(
        place.json(&["identifier", "list", one]),
        json!({"entities": []})
    );
    let phone = place
        .run(&["identifier", "claim", one, "Phone", "086 123 4567"])
        .sentence(2);
    assert!(phone.contains("country code"), "{phone}");
}

#[test]
fn deleting_asks_once_and_can_be_undone() {
    let place = Place::new();
    let added = place.json(&[
        "contact",
        "add",
        "--first-name",
        "Efa",
        "--last-name",
        "Byrne",
    ]);
    let id = added["id"].as_str().unwrap();
    assert_eq!(
        place.refused(&["contact", "delete", id]),
        "needs externalContacts:contact:delete; act as --role admin"
    );
    let asked = place.refused(&["contact", "delete", id, "--role", "admin"]);
    assert!(
        asked.contains("Efa Byrne") && asked.contains("--yes"),
        "{asked}"
    );
    place.good(&["contact", "delete", id, "--role", "admin", "--yes"]);
    assert!(
        place
            .refused(&["contact", "show", id])
            .contains("is gone: it was deleted by Niamh")
    );
    place.good(&["undo", "--role", "admin"]);
    assert_eq!(place.json(&["contact", "show", id])["firstName"], "Efa");
}

#[test]
fn hostile_names_steer_no_terminal() {
    let place = Place::new();
    // A field takes no control characters; a note does.
    let (hostile, note) = ("Ef\u{202e}a\u{200b}", "E\u{1b}[31mf\u{9b}2Ja\u{202e}\u{7}");
    let added = place.json(&[
        "contact",
        "add",
        "--first-name",
        hostile,
        "--last-name",
        "Line",
    ]);
    assert_eq!(added["firstName"], hostile, "JSON keeps the value");
    let id = added["id"].as_str().unwrap();
    place.good(&["note", "add", id, note]);
    let outputs = [
        place.good(&["contact", "show", id]),
        place.good(&["contact", "show", id, "--json"]),
        place.good(&["contact", "search", "line"]),
        place.good(&["history", "--details"]),
        place.refused(&["contact", "delete", id, "--role", "admin"]),
    ];
    for output in outputs {
        let steers = |letter: char| {
            letter != '\n' && (letter.is_control() || "\u{202e}\u{200b}".contains(letter))
        };
        assert!(!output.contains(steers), "{output:?}");
    }
}

#[test]
fn a_wrong_command_line_is_a_usage_error() {
    let place = Place::new();
    for args in [
        &["contact", "show", "7"][..],
        &["frobnicate"],
        &["contact", "edit", "7c9e6679-7425-40de-944b-e07fc1f90ae7"],
        &["contact", "add"],
        &["contact", "add", "--work-email", "nobody"],
        &["stats", "--role", "king"],
        &["merge", "7c9e6679-7425-40de-944b-e07fc1f90ae7"],
        &[
            "identifier",
            "claim",
            "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "Fax",
            "1",
        ],
        &["demo", "--speed", "900"],
    ] {
        let run = place.run(args);
        assert_eq!(run.code, 2, "{args:?}: {}", run.err);
        assert!(!run.err.is_empty());
    }
    assert_eq!(scv().arg("--help").output().unwrap().status.code(), Some(0));
}

#[test]
fn a_number_that_does_not_parse_is_kept_and_told() {
    let place = Place::new();
    let names = ["--first-name", "Ada", "--last-name", "King"];
    let add = [&["contact", "add", "--cell-phone", "12"][..], &names].concat();
    let run = place.run(&add);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(
        run.err,
        "The cell phone \"12\" has no country code, so it is kept as typed and finds nobody; add its country \
         code or name a region\n"
    );
    let id = place.found("ada king");
    let edit = ["contact", "edit", &id, "--work-phone", "+353 1"];
    let run = place.run(&edit);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        run.err
            .starts_with("The work phone \"+353 1\" is not a phone number"),
        "{}",
        run.err
    );
    let shown = place.json(&["contact", "show", &id]);
    assert_eq!(shown["workPhone"]["userInput"], "+353 1");
    assert_eq!(
        place.json(&["identifier", "list", &id]),
        json!({"entities": []})
    );
    let good = place.run(&["contact", "edit", &id, "--work-phone", "+353 86 123 4567"]);
    assert_eq!((good.code, good.err.as_str()), (0, ""));
}

#[test]
fn a_country_code_that_is_none_is_refused_with_its_value() {
    let place = Place::new();
    let names = ["--first-name", "Ada", "--last-name", "King"];
    let sentence = "the country code \"Ireland\" is not known; write two letters such as IE";
    let add = [&["contact", "add", "--country-code", "Ireland"][..], &names].concat();
    assert_eq!(place.run(&add).sentence(2), sentence);
    let id = place.json(&[&["contact", "add"][..], &names].concat())["id"].clone();
    let id = id.as_str().unwrap();
    for verb in [&["contact", "edit"][..], &["promote"]] {
        let args = [verb, &[id, "--country-code", "Ireland"]].concat();
        assert_eq!(place.run(&args).sentence(2), sentence);
    }
    let body = r#"{"address": {"countryCode": "Ireland"}}"#;
    let run = place.run_fed(body, &["contact", "edit", id, "--from-json", "-"]);
    let refused = run.sentence(1);
    assert!(refused.contains("\"Ireland\" is not known"), "{refused}");
    let shown = place.json(&["contact", "edit", id, "--country-code", "ie"]);
    assert_eq!(shown["address"]["countryCode"], "IE");
}

#[test]
fn a_contact_without_a_name_says_which_one_its_conversation_gave() {
    let place = Place::new();
    let id = "99999999-9999-4999-8999-999999999999";
    let mut call = super::call(id, Some("tel:+353851112222"), "2026-11-22T09:00:00.000Z");
    call["participants"][0]["participantName"] = json!("Ana Costa");
    let calls = place.write("v.ndjson", &call.to_string());
    place.good(&["ingest", &calls, "--role", "admin"]);
    let shown = place.json(&["conversation", "show", id]);
    let contact = shown["canonicalContactId"].as_str().unwrap().to_owned();
    let told = place.good(&["contact", "show", &contact]);
    let says = told.lines().find(|line| line.starts_with("says "));
    assert_eq!(
        says.map(|line| line[4..].trim()),
        Some("Ana Costa"),
        "{told}"
    );
    let name = ["--first-name", "Ana", "--last-name", "Silva"];
    place.good(&[&["promote", &contact][..], &name].concat());
    let told = place.good(&["contact", "show", &contact]);
    assert!(!told.contains("says "), "{told}");
}

#[test]
fn control_characters_are_refused_at_every_door_in_the_same_words() {
    let place = Place::filled();
    let efa = place.found("efa");
    let hostile = "A\u{1b}[2JB";
    let words = "has the control character U+001B; take it out";
    let run = place.run(&["contact", "edit", &efa, "--first-name", hostile]);
    assert_eq!(run.sentence(2), format!("the first name {words}"));
    let add = [
        "contact",
        "add",
        "--last-name",
        "Nair",
        "--first-name",
        hostile,
    ];
    assert_eq!(
        place.run(&add).sentence(2),
        format!("the first name {words}")
    );
    let json = place.write(
        "c.json",
        &serde_json::json!({"firstName": hostile}).to_string(),
    );
    for args in [
        ["contact", "edit", &efa, "--from-json", &json].as_slice(),
        &["contact", "add", "--from-json", &json],
    ] {
        let said = place.run(args).sentence(1);
        assert!(said.contains(words), "{said}");
    }
    let phone = serde_json::json!({"firstName": "Bo", "lastName": "Nair", "cellPhone": {"display": hostile}});
    let json = place.write("p.json", &phone.to_string());
    let said = place.refused(&["contact", "add", "--from-json", &json]);
    assert_eq!(said, format!("the cell phone {words}"));
    let ids = format!("{hostile} (CRM)");
    let run = place.run(&["contact", "edit", &efa, "--external-ids", &ids]);
    assert_eq!(run.sentence(2), format!("the external ids {words}"));
    let tab = place
        .run(&["contact", "edit", &efa, "--city", "Cork\tcity"])
        .sentence(2);
    assert_eq!(
        tab,
        "the city has the control character U+0009; take it out"
    );
    let line = place
        .run(&["contact", "edit", &efa, "--city", "Cork\ncity"])
        .sentence(2);
    assert_eq!(line, "the city has a line break; write it on one line");
    place.good(&["contact", "edit", &efa, "--address1", "1 Main Street\nCork"]);
    let rows = place.write("h.csv", &format!("First Name,Last Name\n{hostile},Nair\n"));
    let run = place.run(&["import", "contacts", &rows, "--role", "admin"]);
    assert!(
        run.err.contains(&format!("First Name: it {words}")),
        "{}",
        run.err
    );
}

#[test]
fn an_edit_that_keeps_an_auto_made_contact_says_so() {
    let place = Place::filled();
    let shown = place.json(&["conversation", "show", super::UNKNOWN]);
    let auto = shown["canonicalContactId"].as_str().unwrap().to_owned();
    let edit = [
        "contact",
        "edit",
        &auto,
        "--first-name",
        "Bo",
        "--last-name",
        "Nair",
    ];
    let said = place.good(&edit);
    assert!(
        said.starts_with("Bo Nair was changed and is kept from now on (entry "),
        "{said}"
    );
    let said = place.good(&["contact", "edit", &auto, "--city", "Cork"]);
    assert!(said.starts_with("Bo Nair was changed (entry "), "{said}");
}

#[test]
fn a_value_that_somebody_holds_names_who() {
    let place = Place::filled();
    let (efa, claire) = (place.found("efa"), place.found("claire"));
    let said = place.refused(&["identifier", "claim", &claire, "Phone", "+353861234567"]);
    let wanted = format!("is claimed by Efa Byrne, contact {efa}; release it there first");
    assert!(said.ends_with(&wanted), "{said}");
}
