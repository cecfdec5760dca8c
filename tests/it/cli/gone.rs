//! What is not there, and what was never done: a command says so, and what took it away.

use serde_json::{Value, json};

use super::{EFA, Place, UNKNOWN, WITHHELD};

const NOBODY: &str = "99999999-9999-4999-8999-999999999999";
const SUPERVISOR: [&str; 2] = ["--role", "supervisor"];

fn linked(place: &Place) -> String {
    let shown = place.json(&["conversation", "show", UNKNOWN]);
    shown["canonicalContactId"].as_str().unwrap().to_owned()
}

#[test]
fn a_value_of_somebody_who_is_not_merged_is_not_taken() {
    let place = Place::filled();
    let (efa, claire) = (place.found("efa"), place.found("claire"));
    let unknown = linked(&place);
    let take = format!("cellPhone={claire}");
    let merge = ["merge", &efa, &unknown, "--take", &take, "--yes"];
    let run = place.run(&[&merge[..], &["--role", "agent-merge"]].concat());
    let said = run.sentence(2);
    assert!(
        said.starts_with(&format!(
            "{claire} is no side of this merge, so its cell phone"
        )),
        "{said}"
    );
    assert_eq!(linked(&place), unknown, "nothing was done");
    let preview = [&merge[..], &["--preview", "--role", "agent-merge"]].concat();
    assert_eq!(place.run(&preview).code, 2);
}

#[test]
fn a_deleted_contact_says_who_deleted_it_and_what_brings_it_back() {
    let place = Place::filled();
    let efa = place.found("efa");
    place.good(&["link", WITHHELD, &efa]);
    place.good(&["contact", "delete", &efa, "--yes", "--role", "admin"]);
    let entry = &place.json(&["history", "--limit", "1"])["entries"][0]["entry"];
    let wanted = format!(
        "contact {efa} is gone: it was deleted by Niamh on 23 Nov 2026 12:00 (entry {entry}); `scv undo {entry}` \
         brings it back"
    );
    for args in [["contact", "show", &efa], ["identifier", "list", &efa]] {
        assert_eq!(place.refused(&args), wanted);
    }
    assert_eq!(place.refused(&["why", &efa]), wanted);
    for args in [&["conversation", "show", WITHHELD][..], &["why", WITHHELD]] {
        let told = place.good(args);
        assert!(
            told.to_lowercase().contains(&wanted.to_lowercase()),
            "{told}"
        );
    }
    let entry = entry.to_string();
    place.good(&["undo", &entry, "--role", "admin"]);
    place.good(&["contact", "show", &efa]);
}

#[test]
fn nothing_is_told_of_what_is_there_only() {
    let place = Place::filled();
    let told = place.run(&["contact", "search", "byrne", "--offset", "20"]);
    assert_eq!(
        told.err,
        "Only 2 contacts match; a smaller --offset prints them\n"
    );
    assert_eq!(
        place.run(&["contact", "search", "zzz"]).err,
        "No kept contact matches\n"
    );
    let history = |args: &[&str]| place.run(&[&["history"], args, &SUPERVISOR].concat());
    let said = history(&["--contact", NOBODY]).sentence(1);
    assert!(
        said.starts_with(&format!("contact {NOBODY} is not there")),
        "{said}"
    );
    let said = history(&["--conversation", NOBODY]).sentence(1);
    assert_eq!(said, format!("conversation {NOBODY} is not known here"));
    let said = history(&["--by", "Nobody"]).sentence(1);
    assert!(said.starts_with("nobody is called \"Nobody\""), "{said}");
    assert_eq!(
        history(&["--batch", "99"]).sentence(1),
        "batch 99 is not there"
    );
    assert_eq!(history(&["--by", "Niamh"]).code, 0);

    let other = place.run(&["history", "--batch", "1", "--agent", "Bo"]);
    assert_eq!(other.out, "Nothing of yours was recorded\n");
    assert!(other.err.contains("need scv:history:view"), "{}", other.err);
    let one = place.run(&["history", "--contact", &place.found("efa"), "--agent", "Bo"]);
    assert_eq!(
        (one.code, one.out.as_str()),
        (0, "Nothing of yours was recorded\n")
    );
}

#[test]
fn an_erasure_stands_and_says_why() {
    let place = Place::filled();
    let efa = place.found("efa");
    let erase = [
        "person",
        "erase",
        &efa,
        "--reason",
        "asked by letter",
        "--yes",
    ];
    place.good(&[&erase[..], &["--role", "admin"]].concat());
    let found = place.json(&["history", "--limit", "1"]);
    let line = &found["entries"][0];
    assert_eq!(
        line["sentence"],
        "erased a person for good: asked by letter"
    );
    assert_eq!(line["evidence"], json!(["Reason: asked by letter"]));
    let listed = place.good(&["history", "--limit", "1"]);
    assert!(
        listed.contains("  stands  ") && !listed.contains("no longer kept"),
        "{listed}"
    );
    let full = place.good(&["history", "--limit", "1", "--details"]);
    assert!(
        full.contains("    Reason: asked by letter\n") && full.contains("cannot be undone"),
        "{full}"
    );
}

/// A merge of Efa and the unknown caller, a call to both since, and who they are.
fn merged(place: &Place) -> (String, String, String) {
    let (efa, auto) = (place.found("efa"), linked(place));
    let merged = place.json(&["merge", &efa, &auto, "--yes", "--role", "agent-merge"]);
    let head = merged["id"].as_str().unwrap().to_owned();
    let call = super::call(
        NOBODY,
        Some("tel:+353861234567"),
        "2026-11-23T09:00:00.000Z",
    );
    let calls = place.write("later.ndjson", &call.to_string());
    place.good(&["ingest", &calls, "--role", "admin"]);
    (efa, auto, head)
}

#[test]
fn the_history_of_a_conversation_names_the_unmerge_that_moved_it() {
    let place = Place::filled();
    let (_, _, _) = merged(&place);
    let merge = place.json(&["history", "--limit", "1"])["entries"][0]["entry"].to_string();
    place.good(&["undo", &merge, "--yes", "--role", "agent-merge"]);
    let args = ["history", "--conversation", NOBODY];
    let found = place.json(&[&args[..], &SUPERVISOR].concat());
    let actions: Vec<&Value> = found["entries"].as_array().unwrap().iter().collect();
    let actions: Vec<&str> = actions
        .iter()
        .map(|one| one["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["unmerge", "resolve"]);
    let first = place.json(&[&args[..], &["--limit", "1"], &SUPERVISOR].concat());
    assert_eq!(first["more"], true);
    let before = first["entries"][0]["entry"].to_string();
    let rest = place.json(&[&args[..], &["--before", &before], &SUPERVISOR].concat());
    assert_eq!(rest["entries"][0]["action"], "resolve");
    let own = place.json(&args);
    assert_eq!(own["entries"][0]["action"], "unmerge");
    let other = place.json(&["history", "--conversation", EFA, "--role", "supervisor"]);
    assert_eq!(
        other["entries"].as_array().unwrap().len(),
        1,
        "it stayed where it was"
    );
}

#[test]
fn a_plain_undo_after_an_unmerge_says_what_it_tried_and_what_merges_again() {
    let place = Place::filled();
    let (_, _, head) = merged(&place);
    let merge = place.json(&["history", "--limit", "1"])["entries"][0]["entry"].to_string();
    place.good(&["contact", "edit", &head, "--city", "Cork"]);
    let edit = place.json(&["history", "--limit", "1"])["entries"][0]["entry"].to_string();
    place.good(&["undo", &merge, "--yes", "--role", "agent-merge"]);
    let unmerge = place.json(&["history", "--limit", "1"])["entries"][0]["entry"].to_string();
    let said = place.refused(&["undo", "--role", "agent-merge"]);
    let start = format!(
        "your last action that stands is entry {edit}, edited Efa Byrne: city — → Cork: it "
    );
    let end = format!(
        "; you took a merge back in entry {unmerge}, and `scv undo {unmerge}` does the merge again"
    );
    assert!(said.starts_with(&start) && said.ends_with(&end), "{said}");
    place.good(&["undo", &unmerge, "--role", "agent-merge"]);
    place.good(&["check"]);
}
