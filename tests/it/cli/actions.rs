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
    let claimed =
        "Phone +353 86 123 4567 was claimed by Efa Byrne on 23 Nov 2026 (CSV import #1 by Niamh).";
    assert!(why.contains(claimed), "{why}");
    assert!(place.json(&["why", EFA])["sentences"].is_array());
    let again = super::call(
        "44444444-4444-4444-8444-444444444444",
        Some("tel:+353851112222"),
        "2026-11-22T09:00:00.000Z",
    );
    let calls = place.write("again.ndjson", &again.to_string());
    place.good(&["ingest", &calls, "--role", "admin"]);
    let why = place.good(&["why", "44444444-4444-4444-8444-444444444444"]);
    let claimed = "Phone +353 85 111 2222 came with the call of 21 Nov 2026 09:00, and was claimed by the \
        contact of +353 85 111 2222 when that was ingested on 23 Nov 2026.";
    assert!(why.contains(claimed), "{why}");
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

    let said = place.good(&["unlink", EFA, "--shared"]);
    let wanted = "The conversation left Efa Byrne and is on a fresh contact, ";
    assert!(said.starts_with(wanted), "{said}");
    let wanted = ", and phone +353 86 123 4567 is marked as shared: it suggests Efa Byrne and links nobody by \
        itself (entry ";
    assert!(said.contains(wanted), "{said}");
    assert_ne!(linked(&place, EFA), efa);
    let why = place.good(&["why", EFA]);
    let mark = "Phone +353 86 123 4567 was marked as shared by Niamh on 23 Nov 2026: it suggests and never links.";
    assert!(why.contains(mark), "{why}");
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
    assert_eq!(
        place.refused(&["promote", &auto, "--first-name", "Ana"]),
        "the contact has no last name, and first and last name are required; add --last-name"
    );
    assert!(
        place
            .refused(&["promote", &auto])
            .ends_with("; add --first-name and --last-name")
    );
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
fn a_merge_preview_counts_what_the_journey_will_show_before_and_after_the_retention() {
    let place = Place::filled();
    let old = super::call(
        "66666666-6666-4666-8666-666666666666",
        Some("tel:+353861234567"),
        "2026-09-01T09:00:00.000Z",
    );
    let calls = place.write("old.ndjson", &old.to_string());
    place.good(&["ingest", &calls, "--role", "admin"]);
    let (efa, auto) = (place.found("efa"), linked(&place, UNKNOWN));
    let interactions = || {
        let args = ["merge", &efa, &auto, "--preview", "--role", "agent-merge"];
        place.json(&args)["interactions"].clone()
    };
    assert_eq!(interactions(), 2);
    let gone = place.json(&["expire", "--role", "admin"]);
    assert_eq!(gone["interactions"], 1, "the old call was there");
    assert_eq!(interactions(), 2);
    let merged = place.json(&["merge", &efa, &auto, "--yes", "--role", "agent-merge"]);
    let journey = place.json(&["journey", merged["id"].as_str().unwrap()]);
    assert_eq!(journey.as_array().unwrap().len(), 2);
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
fn nobody_whom_the_organization_does_not_know_takes_a_conversation() {
    let place = Place::filled();
    let refused = place.run(&["take", EFA, "--agent", "Nobody Real"]);
    let said = refused.sentence(1);
    assert!(said.contains("is no user of the organization"), "{said}");
    let gone = place.run(&["reopen", EFA, "--agent", "Nobody Real"]);
    gone.sentence(1);
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
fn an_undo_that_is_refused_says_what_to_do() {
    let place = Place::filled();
    let efa = place.found("efa");
    let entry = |text: String| {
        let number = text
            .split("(entry ")
            .nth(1)
            .and_then(|rest| rest.split(')').next());
        number.unwrap_or_else(|| panic!("{text}")).to_owned()
    };
    let city = entry(place.good(&["contact", "edit", &efa, "--city", "Cork"]));
    place.good(&["note", "add", &efa, "Likes maths"]);
    let later = entry(place.good(&["contact", "edit", &efa, "--city", "Sligo"]));
    let refused = place.refused(&["undo", &city]);
    let wanted = format!(
        "entry {city} cannot be undone before entry {later} (edit by Niamh, 23 Nov 2026 12:00): the city of \
         contact {efa} was changed since"
    );
    assert_eq!(refused, wanted);
    let foreign = place.refused(&["undo", &later, "--agent", "Bea"]);
    let wanted =
        format!("needs scv:decision:undo, as supervisor and admin have: entry {later} is of Niamh");
    assert_eq!(foreign, wanted);
    place.good(&["undo", &later]);
    place.good(&["undo", &city]);

    let merge = ["--role", "agent-merge"];
    let auto = linked(&place, UNKNOWN);
    let merged = entry(place.good(&[&["merge", &efa, &auto, "--yes"][..], &merge].concat()));
    let again = super::call(
        "55555555-5555-4555-8555-555555555555",
        Some("tel:+353851112222"),
        "2026-11-23T09:00:00.000Z",
    );
    let calls = place.write("again.ndjson", &again.to_string());
    place.good(&["ingest", &calls, "--role", "admin"]);
    let refused = place.refused(&["undo", &merged, "--role", "admin"]);
    assert!(
        refused.contains("things came since: add --yes"),
        "{refused}"
    );
    let claire = place.found("claire");
    let curated = place.refused(&[&["merge", &claire, &linked(&place, EFA)][..], &merge].concat());
    assert_eq!(
        curated,
        "both are Curated, and merge.rules = \"deck\" merges no two of those; set it to \"current\" in the \
         configuration, which `scv config path` names"
    );
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

#[test]
fn an_unlink_says_who_was_left_and_whose_the_number_is() {
    let place = Place::filled();
    let said = place.good(&["unlink", EFA]);
    let fresh = linked(&place, EFA);
    let wanted = format!(
        "The conversation left Efa Byrne and is on a fresh contact, {fresh}; phone +353 86 123 4567 stays with Efa \
         Byrne, so the next conversation from there is linked to that contact again; `scv shared mark +353861234567` \
         marks it as shared (entry "
    );
    assert!(said.starts_with(&wanted), "{said}");
    // What it advises can be done.
    place.good(&["shared", "mark", "+353861234567"]);
    place.good(&["undo"]);
    place.good(&["undo"]);
    place.good(&["shared", "mark", "+353861234567"]);
    let said = place.good(&["unlink", EFA]);
    assert!(
        said.contains("; phone +353 86 123 4567 is marked as shared, as it was (entry "),
        "{said}"
    );
    place.good(&["link", WITHHELD, &place.found("efa")]);
    let said = place.good(&["unlink", WITHHELD]);
    assert!(
        said.contains("The conversation left Efa Byrne and is on a fresh contact, "),
        "{said}"
    );
}

#[test]
fn a_link_says_whose_the_number_is() {
    let place = Place::filled();
    let claire = place.found("claire");
    let said = place.good(&["link", EFA, &claire]);
    let wanted = "The conversation is linked to Claire Byrne; phone +353 86 123 4567 stays with Efa Byrne; --claim \
        moves it (entry ";
    assert!(said.starts_with(wanted), "{said}");
    place.good(&["undo"]);
    let said = place.good(&["link", EFA, &claire, "--claim"]);
    let wanted =
        "; phone +353 86 123 4567 is theirs: the next conversation from there finds them (entry ";
    assert!(said.contains(wanted), "{said}");
    let said = place.good(&["link", WITHHELD, &claire]);
    assert!(
        said.starts_with("The conversation is linked to Claire Byrne (entry "),
        "{said}"
    );
}
