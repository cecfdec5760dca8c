//! The history by command: sentences, states, undoing any entry and a whole import.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::{EFA, Place, UNKNOWN, WITHHELD};

fn entries(place: &Place, args: &[&str]) -> Vec<Value> {
    let args: Vec<&str> = ["history"].iter().chain(args).copied().collect();
    let found = place.json(&args);
    found["entries"].as_array().unwrap().clone()
}

fn sentences(entries: &[Value]) -> Vec<&str> {
    let sentences = entries.iter().map(|entry| &entry["sentence"]);
    sentences
        .map(|sentence| sentence.as_str().unwrap())
        .collect()
}

fn number(entry: &Value) -> String {
    entry["entry"].as_u64().unwrap().to_string()
}

/// An agent who has linked, edited and wrapped up.
fn worked() -> (Place, String) {
    let place = Place::filled();
    let efa = place.found("efa");
    place.good(&["link", WITHHELD, &efa]);
    place.good(&["contact", "edit", &efa, "--city", "Cork", "--title", "Dr"]);
    place.good(&["wrapup", WITHHELD, "--code", "Resolved"]);
    place.good(&["note", "add", &efa, "Call back on Friday"]);
    (place, efa)
}

#[test]
fn the_history_of_a_contact_says_who_did_what_with_names() {
    let (place, efa) = worked();
    let found = entries(&place, &["--contact", &efa, "--role", "supervisor"]);
    let expected = [
        "wrote a note on Efa Byrne",
        "wrapped up the call of 22 Nov 09:00 with Resolved",
        "edited Efa Byrne: title — → Dr, and 1 more",
        "linked the call of 22 Nov 09:00 to Efa Byrne",
        "linked the call of 20 Nov 09:00 to Efa Byrne by phone +353 86 123 4567",
        "made the contact Efa Byrne by import #1",
    ];
    assert_eq!(sentences(&found), expected);
    let link = &found[4];
    assert_eq!(
        (&link["automatic"], &found[3]["automatic"]),
        (&json!(true), &json!(false))
    );
    let listed = place.good(&["history", "--contact", &efa, "--role", "supervisor"]);
    assert!(
        listed.contains("the resolution  ") && listed.contains("Niamh  "),
        "{listed}"
    );
    let edit = &found[2];
    assert_eq!(
        (&edit["actor"], &edit["action"]),
        (&json!("Niamh"), &json!("edit"))
    );
    assert_eq!(
        edit["changes"][1],
        json!({"of": "Efa Byrne", "what": "city", "before": null, "after": "Cork"})
    );
    assert!(
        found[4]["evidence"][0]
            .as_str()
            .unwrap()
            .starts_with("Rule: ")
    );
    assert_eq!(found[4]["canBeUndone"], false, "what was seen stands");
    let refusal = found[5]["refusal"].as_str().unwrap();
    assert!(
        refusal.contains("entry 1 cannot be undone: Efa Byrne was changed since"),
        "{refusal}"
    );
}

#[test]
fn the_history_of_a_conversation_is_its_own() {
    let (place, _) = worked();
    let found = entries(
        &place,
        &["--conversation", WITHHELD, "--role", "supervisor"],
    );
    let expected = [
        "wrapped up the call of 22 Nov 09:00 with Resolved",
        "linked the call of 22 Nov 09:00 to Efa Byrne",
        "made a contact for the call of 22 Nov 09:00",
    ];
    assert_eq!(sentences(&found), expected);
}

#[test]
fn an_agent_sees_the_own_entries_only_and_is_told_so() {
    let (place, efa) = worked();
    let other = ["contact", "edit", &efa, "--city", "Naas", "--agent", "Bo"];
    place.good(&other);
    let run = place.run(&["history", "--contact", &efa]);
    assert!(!run.out.contains("Bo"), "{}", run.out);
    assert!(run.err.contains("scv:history:view"), "{}", run.err);
    assert_eq!(place.json(&["history"])["ownOnly"], true);
    let refused = place.refused(&["history", "--by", "Bo"]);
    assert_eq!(refused, "needs scv:history:view; act as --role supervisor");
    let all = entries(&place, &["--by", "Bo", "--role", "supervisor"]);
    assert_eq!(sentences(&all), ["edited Efa Byrne: city Cork → Naas"]);
}

#[test]
fn any_entry_is_undone_and_its_undo_too_and_nothing_is_reverted_silently() {
    let (place, efa) = worked();
    let found = entries(&place, &[]);
    let link = number(&found[3]);
    assert_eq!(found[3]["action"], "link");
    place.good(&["undo", &link]);
    let found = entries(&place, &[]);
    let undone = found[0]["sentence"].as_str().unwrap();
    assert_eq!(
        undone,
        format!("undid #{link}: linked the call of 22 Nov 09:00 to Efa Byrne")
    );
    assert_eq!(found[4]["undoneBy"], found[0]["entry"]);
    assert_eq!(found[0]["undoes"], found[4]["entry"]);
    place.good(&["undo", &number(&found[0])]);
    let found = entries(&place, &[]);
    assert_eq!(
        found[0]["sentence"],
        format!("undid #{}, so #{link} is done again", number(&found[1]))
    );
    assert_eq!(found[5]["undoneBy"], Value::Null);

    // Somebody else's later edit of the same contact stands in the way.
    let edit = number(&found[4]);
    let later = ["contact", "edit", &efa, "--city", "Naas", "--agent", "Bo"];
    place.good(&later);
    let refused = place.refused(&["undo", &edit]);
    assert!(refused.contains("changed since"), "{refused}");
    let found = entries(&place, &[]);
    let own = found.iter().find(|entry| number(entry) == edit).unwrap();
    assert!(
        own["refusal"]
            .as_str()
            .unwrap()
            .contains("Efa Byrne was changed since"),
        "{own}"
    );
    place.good(&["check"]);
}

#[test]
fn the_history_of_a_merge_set_is_whole() {
    let place = Place::filled();
    let efa = place.found("efa");
    let shown = place.json(&["conversation", "show", UNKNOWN]);
    let auto = shown["canonicalContactId"].as_str().unwrap();
    let merged = place.json(&["merge", &efa, auto, "--yes", "--role", "agent-merge"]);
    let canonical = merged["id"].as_str().unwrap();
    for id in [efa.as_str(), auto, canonical] {
        let found = entries(&place, &["--contact", id, "--role", "supervisor"]);
        let said = sentences(&found);
        assert_eq!(
            said[0],
            "merged Efa Byrne and the contact of +353 85 111 2222"
        );
        assert!(
            said.contains(&"made the contact Efa Byrne by import #1"),
            "{said:?}"
        );
        assert!(
            said.iter()
                .any(|one| one.starts_with("made a contact for the call of 21 Nov")),
            "{said:?}"
        );
    }
    let last = place.run(&[
        "history",
        "--limit",
        "1",
        "--details",
        "--role",
        "supervisor",
    ]);
    assert!(last.out.contains("merged into"), "{}", last.out);
    assert!(last.err.contains("--before"), "{}", last.err);
}

#[test]
fn what_is_no_longer_kept_is_told_from_the_public_part() {
    let (place, efa) = worked();
    let connection = Connection::open(place.path("scv.db")).unwrap();
    connection.execute_batch("DELETE FROM payload").unwrap();
    let found = entries(&place, &["--contact", &efa]);
    let expected = [
        "wrote a note on Efa Byrne",
        "wrapped up the call of 22 Nov 09:00",
        "edited Efa Byrne",
        "linked the call of 22 Nov 09:00 to Efa Byrne",
        "resolved the call of 20 Nov 09:00",
        "imported Efa Byrne by import #1",
    ];
    assert_eq!(sentences(&found), expected);
    assert_eq!(
        (&found[0]["kept"], &found[0]["canBeUndone"]),
        (&json!(false), &json!(false))
    );
    assert!(
        found[0]["refusal"]
            .as_str()
            .unwrap()
            .contains("no longer kept")
    );
    assert_eq!(found[0]["changes"], json!([]));
}

#[test]
fn an_import_is_undone_row_by_row_and_a_second_run_goes_on() {
    let place = Place::filled();
    let batch = ["undo", "--batch", "1"];
    let refused = place.refused(&batch);
    assert_eq!(
        refused,
        "needs externalContacts:importJob:add; act as --role admin"
    );
    let admin = [&batch[..], &["--yes", "--role", "admin"]].concat();
    let run = place.run(&admin);
    assert_eq!(run.code, 3, "{} {}", run.out, run.err);
    assert!(
        run.out
            .starts_with("Batch 1: 2 rows undone, 0 undone before, 1 stand\n"),
        "{}",
        run.out
    );
    assert!(run.err.starts_with("entry 1 stands: "), "{}", run.err);
    let search = place.json(&["contact", "search", "byrne"]);
    assert_eq!(search["total"], 1, "Efa has had a call since");

    // The call leaves her, so that nothing is in the way any more.
    place.good(&["unlink", EFA]);
    let again = place.json(&admin);
    let counts = ["undone", "undoneBefore", "stand"].map(|name| again[name].as_u64().unwrap());
    assert_eq!(counts, [1, 2, 0]);
    assert_eq!(place.json(&["contact", "search", "byrne"])["total"], 0);
    assert_eq!(place.json(&["stats"])["organizations"], 0);

    // Undos are a batch of their own, and taken back as one.
    let own = again["undoneAs"].to_string();
    place.good(&["undo", "--batch", &own, "--yes", "--role", "admin"]);
    assert_eq!(place.json(&["contact", "search", "efa"])["total"], 1);
    let nothing = place.refused(&["undo", "--batch", "99", "--role", "admin"]);
    assert_eq!(nothing, "batch 99 is not there");
    place.good(&["check"]);
}

#[test]
fn who_left_a_merge_keeps_the_history_of_the_time_in_it() {
    let (place, efa) = worked();
    let unknown = place.json(&["conversation", "show", UNKNOWN]);
    let unknown = unknown["externalContactId"].as_str().unwrap().to_owned();
    let merged = place.json(&["merge", &efa, &unknown, "--yes", "--role", "agent-merge"]);
    let head = merged["id"].as_str().unwrap().to_owned();
    place.good(&["contact", "edit", &head, "--city", "Naas"]);
    let of = |contact: &str| entries(&place, &["--contact", contact, "--role", "supervisor"]);
    let merge = number(&of(&head)[1]);
    let line = &of(&efa)[1];
    assert_eq!(line["canBeUndone"], true, "it comes apart");
    assert_eq!(line["toAssign"], 1);
    place.good(&["undo", &merge, "--yes", "--role", "agent-merge"]);
    let found = of(&efa);
    let said = sentences(&found);
    assert!(said[0].starts_with("took a merge back"), "{said:?}");
    assert_eq!(said[1], "edited Efa Byrne: city Cork → Naas");
    assert!(said[2].starts_with("merged"), "{said:?}");
}

#[test]
fn the_last_action_was_an_erasure_and_nothing_before_it_is_undone_instead() {
    let (place, efa) = worked();
    let erase = ["person", "erase", &efa, "--reason", "asked", "--yes"];
    place.good(&[&erase[..], &["--role", "admin"]].concat());
    let other = [
        "contact",
        "add",
        "--first-name",
        "Bo",
        "--last-name",
        "Nair",
    ];
    let refused = place.refused(&["undo", "--role", "admin"]);
    assert!(refused.contains("cannot be undone"), "{refused}");
    place.good(&other);
    place.good(&["undo"]);
}

#[test]
fn a_time_of_another_day_carries_its_day() {
    let place = Place::filled();
    let details = |now: &str| {
        let args = [
            "history",
            "--conversation",
            EFA,
            "--details",
            "--role",
            "supervisor",
        ];
        place.run_with(&[("SCV_NOW", now)], &args).out
    };
    let today = details(super::NOW);
    assert!(today.contains("claimed by Efa Byrne at 12:00 ("), "{today}");
    let later = details("2026-11-25T12:00:00Z");
    assert!(
        later.contains("claimed by Efa Byrne on 23 Nov 12:00 ("),
        "{later}"
    );
    assert!(
        later.contains("  the resolution linked the call of 20 Nov 09:00"),
        "{later}"
    );
}

#[test]
fn an_expiry_counts_the_interactions_that_went_with_a_contact() {
    let place = Place::filled();
    let late = [("SCV_NOW", "2027-03-01T12:00:00Z")];
    let run = place.run_with(&late, &["expire", "--role", "admin", "--json"]);
    let gone: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(
        (&gone["contacts"], &gone["interactions"]),
        (&json!(2), &json!(3))
    );
}

#[test]
fn namesakes_are_told_apart_where_something_moves_between_them() {
    let place = Place::filled();
    let efa = place.found("efa");
    let add = [
        "contact",
        "add",
        "--first-name",
        "Efa",
        "--last-name",
        "Byrne",
    ];
    let other = place.json(&[&add[..], &["--cell-phone", "+353871112222"]].concat());
    let other = other["id"].as_str().unwrap();
    place.good(&["link", EFA, other, "--claim"]);
    let told = place.good(&["history", "--limit", "1", "--details"]);
    assert!(
        told.contains("linked to Efa Byrne (+353 86 123 4567) → Efa Byrne (+353 87 111 2222)"),
        "{efa} {told}"
    );
}
