//! The review by command: lists, filters, marks, precision, saved filters and files.

use serde_json::json;

use super::{EFA, Place, UNKNOWN};

const AS: [&str; 2] = ["--role", "supervisor"];

fn with<'a>(args: &[&'a str]) -> Vec<&'a str> {
    args.iter().copied().chain(AS).collect()
}

/// The numbers of the listed decisions.
fn entries(place: &Place, words: &[&str]) -> Vec<u64> {
    let args: Vec<&str> = ["review", "decisions"]
        .iter()
        .chain(words)
        .copied()
        .collect();
    let found = place.json(&with(&args));
    let entities = found["entities"].as_array().unwrap().clone();
    let entries: Vec<u64> = entities
        .iter()
        .map(|one| one["entry"].as_u64().unwrap())
        .collect();
    assert_eq!(found["total"], entries.len());
    entries
}

#[test]
fn decisions_and_conversations_are_listed_narrowed_and_paged() {
    let place = Place::filled();
    place.good(&["unlink", EFA]);
    // Three imports, three automatic links, an unlink.
    assert_eq!(entries(&place, &[]), [7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(entries(&place, &["kind:auto-link"]), [6, 5, 4]);
    assert_eq!(entries(&place, &["kind:auto-link", "unlinked"]), [4]);
    assert_eq!(entries(&place, &["by:Niamh", "kind:unlink"]), [7]);
    assert_eq!(
        entries(&place, &["queue:billing", "channel:call"]),
        [7, 6, 5, 4]
    );
    let first = place.json(&with(&["review", "decisions", "--limit", "3"]));
    assert_eq!(first["total"], 7);
    let next = first["next"].as_str().unwrap();
    let second = place.json(&with(&[
        "review",
        "decisions",
        "--limit",
        "3",
        "--after",
        next,
    ]));
    assert_eq!(second["entities"][0]["entry"], 4);
    let talks = place.json(&with(&[
        "review",
        "conversations",
        "agent:Niamh",
        "order:oldest",
    ]));
    assert_eq!(talks["total"], 3);
    assert_eq!(talks["entities"][0]["conversationId"], EFA);
    assert_eq!(talks["entities"][0]["rule"], "unlinked-by-person");
    let told = place.good(&with(&["review", "conversations"]));
    assert!(
        told.contains("inbound call") && told.contains(UNKNOWN),
        "{told}"
    );
    let refused = place.refused(&["review", "decisions"]);
    assert_eq!(
        refused,
        "needs externalContacts:conversation:viewAll; act as --role supervisor"
    );
    let wrong = place
        .run(&with(&["review", "decisions", "queues:x"]))
        .sentence(2);
    assert!(
        wrong.contains("is no filter; filters are kind, by, channel"),
        "{wrong}"
    );
}

#[test]
fn marks_make_a_precision_and_are_undone() {
    let place = Place::filled();
    let sampled = place.json(&with(&["review", "sample", "2", "--seed", "7"]));
    assert_eq!(sampled["seed"], 7);
    assert_eq!(sampled["entities"].as_array().unwrap().len(), 2);
    place.good(&with(&["review", "mark", "5", "right"]));
    let said = place.good(&with(&[
        "review",
        "mark",
        EFA,
        "wrong",
        "--note",
        "a neighbour",
    ]));
    assert!(said.contains("Marked entry 4 as wrong"), "{said}");
    let found = place.json(&with(&["review", "precision"]));
    assert_eq!((&found["right"], &found["wrong"]), (&json!(1), &json!(1)));
    assert_eq!(found["precision"], 0.5);
    assert!(found["low"].as_f64().unwrap() < 0.1 && 0.9 < found["high"].as_f64().unwrap());
    let told = place.good(&with(&["review", "precision"]));
    assert!(
        told.contains("50.0 %, with 95 % confidence between"),
        "{told}"
    );
    assert_eq!(entries(&place, &["mark:wrong"]), [4]);
    place.good(&with(&["undo"]));
    assert_eq!(entries(&place, &["mark:any"]), [5]);
    let refused = place.refused(&["review", "mark", "5", "wrong"]);
    assert_eq!(refused, "needs scv:review:mark; act as --role supervisor");
    let said = place.good(&with(&["history", "--by", "Niamh"]));
    assert!(said.contains("marked entry 4 as wrong"), "{said}");
}

#[test]
fn filters_are_saved_by_name_and_lists_go_to_files() {
    let place = Place::filled();
    place.good(&with(&[
        "review",
        "save",
        "mine",
        "kind:auto-link",
        "queue:Billing",
    ]));
    let listed = place.good(&with(&["review", "filters"]));
    assert!(listed.contains("kind:auto-link queue:Billing"), "{listed}");
    assert_eq!(entries(&place, &["--filter", "mine"]), [6, 5, 4]);
    assert_eq!(
        entries(&place, &["--filter", "mine", "from:2030-01-01"]),
        Vec::<u64>::new()
    );
    let refused = place.refused(&with(&["review", "decisions", "--filter", "other"]));
    assert!(refused.contains("there is no filter"), "{refused}");
    let file = place.path("d.csv").display().to_string();
    place.good(&with(&[
        "review",
        "decisions",
        "--filter",
        "mine",
        "--csv",
        &file,
    ]));
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().count(), 4, "{text}");
    let said = place.good(&with(&["history", "--by", "Niamh"]));
    assert!(
        said.contains("took out 3 rows: decisions kind:auto-link queue:Billing"),
        "{said}"
    );
    place.good(&with(&["review", "forget", "mine"]));
    assert!(!place.good(&with(&["review", "filters"])).contains("mine"));
    let lines = place.path("c.jsonl").display().to_string();
    let refused = place.refused(&["review", "conversations", "--jsonl", &lines]);
    assert_eq!(refused, "needs scv:export; act as --role supervisor");
    assert!(!place.path("c.jsonl").exists());
    place.good(&["audit", "verify", "--role", "admin"]);
    place.good(&["check", "--role", "admin"]);
}
