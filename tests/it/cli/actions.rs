//! The agent's actions by command, and what they leave behind.

use serde_json::{Value, json};

use super::{EFA, Place, UNKNOWN, WITHHELD};

fn linked(place: &Place, conversation: &str) -> String {
    let shown = place.json(&["conversation", "show", conversation]);
    shown["canonicalContactId"].as_str().unwrap().to_owned()
}

#[test]
fn a_conversation_is_shown_with_its_link_and_why() {
    let place = Place::filled();
    let shown = place.json(&["conversation", "show", EFA]);
    assert_eq!(shown["conversationId"], EFA);
    assert_eq!(shown["externalContactId"], shown["canonicalContactId"]);
    assert_eq!(shown["reason"]["identifier"]["value"], "+353861234567");
    assert_eq!(shown["queue"], "Billing");
    assert_eq!(shown["agent"], "Niamh");
    let why = place.good(&["why", EFA]);
    assert!(
        why.contains("Efa Byrne") && why.contains("+353 86 123 4567"),
        "{why}"
    );
    assert!(place.json(&["why", EFA])["sentences"].is_array());
    let text = place.good(&["conversation", "show", WITHHELD]);
    assert!(text.contains("without any identifier"), "{text}");
}

#[test]
fn a_journey_is_an_array_newest_first_with_every_member() {
    let place = Place::filled();
    let efa = place.found("efa");
    place.good(&["link", WITHHELD, &efa]);
    let journey = place.json(&["journey", &efa]);
    let journey = journey.as_array().unwrap();
    assert_eq!(journey.len(), 2);
    assert_eq!(
        (&journey[0]["id"], &journey[1]["id"]),
        (&json!(WITHHELD), &json!(EFA))
    );
    let members = [
        "id",
        "kind",
        "channel",
        "direction",
        "status",
        "start",
        "end",
        "durationSeconds",
        "queue",
        "agent",
        "wrapUpCode",
        "notes",
    ];
    for member in members {
        assert!(journey[1].get(member).is_some(), "{member}");
    }
    assert_eq!(journey[1]["durationSeconds"], 600);
    assert_eq!(journey[1]["queue"], "Billing");
    assert!(place.good(&["journey", &efa]).contains("Billing"));
}

#[test]
fn linking_and_unlinking_are_undone() {
    let place = Place::filled();
    let (efa, claire) = (place.found("efa"), place.found("claire"));
    let linked_now = place.json(&["link", EFA, &claire]);
    assert_eq!(linked_now["externalContactId"], claire);
    assert_eq!(linked_now["action"], "link");
    assert!(linked_now["entry"].is_u64());
    assert!(place.refused(&["link", EFA, &claire]).contains("already"));
    place.good(&["undo"]);
    assert_eq!(linked(&place, EFA), efa);

    place.good(&["unlink", EFA, "--shared"]);
    assert_ne!(linked(&place, EFA), efa);
    assert_eq!(place.json(&["stats"])["sharedIdentifiers"], 1);
    place.good(&["undo"]);
    assert_eq!(linked(&place, EFA), efa);
    assert!(place.refused(&["undo", "999"]).contains("entry 999"));
    place.good(&["check"]);
}

#[test]
fn an_unknown_caller_is_added_to_the_contacts() {
    let place = Place::filled();
    let auto = linked(&place, UNKNOWN);
    let kept = place.json(&[
        "promote",
        &auto,
        "--first-name",
        "Ana",
        "--last-name",
        "Costa",
    ]);
    assert_eq!(
        (&kept["id"], &kept["type"]),
        (&json!(auto), &json!("Curated"))
    );
    assert_eq!(place.found("ana costa"), auto);
}

#[test]
fn a_merge_is_previewed_done_and_undone() {
    let place = Place::filled();
    let (efa, claire, auto) = (
        place.found("efa"),
        place.found("claire"),
        linked(&place, UNKNOWN),
    );
    assert!(
        place
            .refused(&["merge", &efa, &auto])
            .contains("--role agent-merge")
    );
    let merge = ["--role", "agent-merge"];
    let curated = place.refused(&[&["merge", &efa, &claire][..], &merge].concat());
    assert!(curated.contains("Curated"), "{curated}");
    let preview = place.json(&[&["merge", &efa, &auto, "--preview"][..], &merge].concat());
    assert_eq!(preview["resultType"], "Curated");
    assert_eq!(preview["interactions"], 2);
    let take = format!("firstName={efa}");
    let merged = place.json(
        &[
            &["merge", &efa, &auto, "--yes", "--take", &take][..],
            &merge,
        ]
        .concat(),
    );
    let canonical = merged["id"].as_str().unwrap();
    assert_eq!(merged["firstName"], "Efa");
    assert_eq!(merged["mergedFrom"].as_array().unwrap().len(), 2);
    assert_eq!(linked(&place, UNKNOWN), canonical);
    assert_eq!(place.json(&["contact", "show", &auto])["id"], canonical);
    let raw = place.json(&["contact", "show", &auto, "--unresolved"]);
    assert_eq!(
        (&raw["id"], &raw["mergedTo"]["id"]),
        (&json!(auto), &json!(canonical))
    );
    place.good(&[&["undo"][..], &merge].concat());
    assert_eq!(linked(&place, UNKNOWN), auto);
    place.good(&["check"]);
}

#[test]
fn people_who_are_not_the_same_are_merged_after_asking_twice_only() {
    let place = Place::filled();
    let (efa, auto) = (place.found("efa"), linked(&place, UNKNOWN));
    place.good(&["not-same", &efa, &auto]);
    let merge = ["merge", &efa, &auto, "--role", "agent-merge"];
    assert!(place.refused(&merge).contains("--yes"));
    place.good(&[&merge[..], &["--yes"]].concat());
}

#[test]
fn a_conversation_is_wrapped_up_by_the_name_of_a_code() {
    let place = Place::filled();
    let unknown = place.run(&["wrapup", EFA, "--code", "Lost"]).sentence(2);
    assert_eq!(
        unknown,
        "no wrap-up code is named \"Lost\"; known are Call back, Resolved"
    );
    let done = place.json(&["wrapup", EFA, "--code", "resolved", "--notes", "All good"]);
    assert_eq!(
        (&done["wrapUpCode"], &done["notes"]),
        (&json!("Resolved"), &json!("All good"))
    );
    let body = r#"{"name": "Call back", "notes": "Ask for Efa"}"#;
    let run = place.run_fed(body, &["wrapup", EFA, "--from-json", "-", "--json"]);
    let done: Value = serde_json::from_str(&run.out).expect(&run.err);
    assert_eq!(
        (&done["wrapUpCode"], &done["notes"]),
        (&json!("Call back"), &json!("Ask for Efa"))
    );
}

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let place = Place::filled();
    let mut child = place
        .command(&["man"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn why_and_why_not_print_sentences_and_evidence() {
    let place = Place::filled();
    let efa = place.found("efa");
    let why = place.json(&["why", EFA]);
    assert_eq!(why["identifier"]["type"], "Phone");
    assert_eq!(why["identifier"]["value"], "+353861234567");
    assert_eq!(why["claim"]["contact"], json!(efa));
    assert_eq!(why["claim"]["origin"], "import:1");
    assert_eq!(
        why["rule"],
        json!({"name": "first-claimed-identifier", "version": 1})
    );
    assert!(why["alternatives"].is_array());
    let of_contact = place.json(&["why", &efa]);
    assert_eq!(of_contact["contactId"], json!(efa));
    assert_eq!(of_contact["made"]["batch"], 1);
    assert_eq!(of_contact["identifiers"][0]["claim"]["origin"], "import:1");
    let words = place.good(&["why", &efa]);
    assert!(
        words.contains("was made by CSV import #1 of Niamh"),
        "{words}"
    );
    let words = place.good(&["why-not", UNKNOWN, &efa]);
    assert!(words.contains("nothing of that is Efa Byrne's"), "{words}");
    let not = place.json(&["why-not", UNKNOWN, &efa]);
    assert_eq!(not["answers"][0]["code"], "nothing-of-theirs");
    assert_eq!(not["link"]["rule"]["name"], "no-claimed-identifier");
    let unknown = "00000000-0000-4000-8000-00000000ffff";
    let run = place.run(&["why", unknown]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("conversation or contact"), "{}", run.err);
}

#[test]
fn what_stood_at_a_moment_is_printed_in_the_same_shape() {
    let place = Place::filled();
    let efa = place.found("efa");
    let later = [("SCV_NOW", "2026-11-24T12:00:00Z")];
    let linked = place.run_with(&later, &["link", UNKNOWN, &efa]);
    assert_eq!(linked.code, 0, "{}", linked.err);
    let later = [("SCV_NOW", "2026-11-25T12:00:00Z")];
    let read = |args: &[&str]| -> Value {
        let run = place.run_with(&later, args);
        assert_eq!(run.code, 0, "{}", run.err);
        serde_json::from_str(&run.out).unwrap()
    };
    let now = read(&["journey", &efa, "--json"]);
    let then = read(&["journey", &efa, "--at", "-30h", "--json"]);
    assert_eq!(
        now.as_array().unwrap().len(),
        then.as_array().unwrap().len() + 1
    );
    let then = read(&["contact", "show", &efa, "--at", "2026-11-23", "--json"]);
    assert_eq!(then["asOf"], "2026-11-23T23:59:59.999Z");
    assert_eq!(then["id"], json!(efa));
    let then = read(&[
        "conversation",
        "show",
        UNKNOWN,
        "--at",
        "2026-11-23 12:30",
        "--json",
    ]);
    assert_ne!(then["externalContactId"], json!(efa));
    assert_eq!(then["reason"]["rule"], "no-claimed-identifier");
    let text = place.run_with(&later, &["contact", "show", &efa, "--at", "1d ago"]);
    assert!(
        text.out.starts_with("As of 2026-11-24 12:00"),
        "{}",
        text.out
    );
    let old = place.run_with(&later, &["contact", "show", &efa, "--at", "2026-01-01"]);
    assert_eq!(old.code, 1);
    assert!(old.err.contains("is no longer kept"), "{}", old.err);
    let odd = place.run_with(&later, &["contact", "show", &efa, "--at", "soon"]);
    assert_eq!(odd.code, 2);
    assert!(
        odd.err.contains("write 2026-11-12T14:02:00Z"),
        "{}",
        odd.err
    );
}
