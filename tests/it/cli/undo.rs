//! What an undo would do, before it is done; and the undo of a whole import.

use portable_pty::CommandBuilder;
use serde_json::{Value, json};

use super::{CONTACTS, EFA, Place, UNKNOWN, WITHHELD};
use crate::terminal::place::{self, NOW};
use crate::terminal::window::{Size, Window};

const ADMIN: [&str; 2] = ["--role", "admin"];

/// The head of the journal, which moves with everything that is done.
fn head(place: &Place) -> String {
    place.good(&["audit", "head", "--role", "supervisor"])
}

fn last(place: &Place) -> String {
    place.json(&["history", "--limit", "1"])["entries"][0]["entry"].to_string()
}

fn preview(place: &Place) -> (String, Value) {
    let entry = last(place);
    let before = head(place);
    let told = place.good(&["undo", &entry, "--preview"]);
    let json = place.json(&["undo", "--preview"]);
    assert_eq!(head(place), before, "nothing was done");
    (told, json["undo"].clone())
}

#[test]
fn the_preview_of_an_undo_says_what_the_undo_does_and_what_stands_then() {
    let place = Place::filled();
    let efa = place.found("efa");
    place.good(&["unlink", EFA, "--shared"]);
    let (told, json) = preview(&place);
    assert_eq!(
        json["does"][0],
        "links the call of 20 Nov 09:00 back to Efa Byrne"
    );
    assert!(
        told.contains("    links the call of 20 Nov 09:00 back to Efa Byrne\n")
            && told.contains("    takes the shared mark off phone +353 86 123 4567\n"),
        "{told}"
    );
    let (_, after) = told.split_once("Afterwards\n").expect(&told);
    assert!(
        after.contains("the call of 20 Nov 09:00: linked to Efa Byrne\n")
            && after.contains(" is gone\n"),
        "{told}"
    );
    place.good(&["undo"]);

    place.good(&["contact", "edit", &efa, "--city", "Cork"]);
    place.good(&["contact", "edit", &efa, "--city", "Naas"]);
    let (told, json) = preview(&place);
    assert_eq!(
        json["does"],
        json!(["sets the city of Efa Byrne back to Cork"])
    );
    assert_eq!(json["afterwards"], json!(["Efa Byrne: city Cork"]));
    assert!(
        told.contains("Undoing it sets the city of Efa Byrne back to Cork\n"),
        "{told}"
    );

    place.good(&["note", "add", &efa, "Rings on Mondays"]);
    let (_, json) = preview(&place);
    assert_eq!(json["does"], json!(["deletes the note on Efa Byrne"]));
    assert_eq!(json["afterwards"], json!(["Efa Byrne: no note"]));
    place.good(&["wrapup", EFA, "--code", "Resolved"]);
    let wrapup = "takes the wrap-up off the call of 20 Nov 09:00";
    assert_eq!(preview(&place).1["does"], json!([wrapup]));
    place.good(&["link", WITHHELD, &efa]);
    let link = preview(&place).1["does"][0].to_string();
    assert!(
        link.contains("links the call of 22 Nov 09:00 back to a contact"),
        "{link}"
    );
    place.good(&["not-same", &efa, &place.found("claire")]);
    let mark = "takes the mark off that Efa Byrne and Claire Byrne are not the same";
    assert_eq!(preview(&place).1["does"], json!([mark]));
}

#[test]
fn the_preview_of_an_undo_that_is_refused_says_why() {
    let place = Place::filled();
    let efa = place.found("efa");
    place.good(&["contact", "edit", &efa, "--city", "Cork"]);
    let first = last(&place);
    place.good(&["contact", "edit", &efa, "--city", "Naas"]);
    let second = last(&place);
    let told = place.good(&["undo", &first, "--preview"]);
    let wanted =
        format!("It stands: entry {first} cannot be undone before entry {second} (edit by Niamh");
    assert!(told.contains(&wanted), "{told}");
    let json = place.json(&["undo", &first, "--preview"]);
    assert_eq!(
        (&json["canBeUndone"], &json["undo"]["does"]),
        (&json!(false), &json!([]))
    );
}

#[test]
fn the_undo_of_an_import_says_first_what_it_takes_back() {
    let place = Place::filled();
    let batch = [&["undo", "--batch", "1"][..], &ADMIN].concat();
    let head_then = head(&place);
    let said = place.refused(&batch);
    assert_eq!(
        said,
        "this takes back 3 rows of import #1 by Niamh on 2026-11-23 12:00; add --yes to undo them"
    );
    let preview = [&batch[..], &["--preview"]].concat();
    let told = place.good(&preview);
    let wanted =
        "3 rows of import #1 by Niamh on 2026-11-23 12:00\n2 rows would be undone, 1 would stand\n";
    assert!(told.starts_with(wanted), "{told}");
    let why = format!(
        "entry 1 stands: it cannot be undone while conversation {EFA} is linked to what it made"
    );
    assert!(told.contains(&why), "{told}");
    let json = place.json(&preview);
    let counts = ["rows", "wouldUndo", "undoneBefore", "stand"].map(|name| json[name].clone());
    assert_eq!(counts, [3, 2, 0, 1].map(Value::from));
    assert_eq!(head(&place), head_then, "nothing was done");

    let run = place.run(&[&batch[..], &["--yes"]].concat());
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains(&why), "{}", run.err);
    // What it says helps.
    place.good(&["unlink", EFA]);
    let again = place.json(&[&batch[..], &["--yes"]].concat());
    assert_eq!((&again["undone"], &again["stand"]), (&json!(1), &json!(0)));
    let nothing = place.good(&batch);
    assert!(
        nothing.starts_with("Batch 1: 0 rows undone, 3 undone before, 0 stand"),
        "{nothing}"
    );
}

#[test]
fn a_row_that_was_edited_and_linked_names_the_link_for_the_edit_alone_would_not_do() {
    let place = Place::filled();
    let efa = place.found("efa");
    place.good(&["contact", "edit", &efa, "--city", "Cork"]);
    let json = place.json(&[&["undo", "--batch", "1", "--preview"][..], &ADMIN].concat());
    let why = json["refusals"][0]["reason"].as_str().unwrap();
    assert!(
        why.contains(&format!("while conversation {EFA} is linked")),
        "{why}"
    );
    place.good(&["unlink", EFA]);
    let json = place.json(&[&["undo", "--batch", "1", "--preview"][..], &ADMIN].concat());
    let why = json["refusals"][0]["reason"].as_str().unwrap();
    assert!(why.contains("(edit by Niamh, "), "{why}");
}

#[test]
fn on_a_terminal_the_undo_of_an_import_asks() {
    let place = place::Place::empty();
    let file = place.path().join("c.csv");
    std::fs::write(&file, CONTACTS).unwrap();
    place.run_at(NOW, &["import", "contacts", &file.to_string_lossy()]);
    let ask = |answer: &str| {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_scv"));
        command.env_clear();
        command.args([&["undo", "--batch", "1"][..], &ADMIN].concat());
        let mut window = Window::start(command, &place, Size(80, 24), NOW);
        window.shows("This takes back 3 rows of import #1");
        window.shows("Type y to undo them");
        window.type_text(answer);
        (window.ends(), window.text())
    };
    let (is_good, told) = ask("n\r");
    assert!(!is_good && told.contains("nothing was done"), "{told}");
    assert_eq!(place.found("byrne").len(), 2);
    let (is_good, told) = ask("y\r");
    assert!(is_good && told.contains("3 rows undone"), "{told}");
    assert_eq!(place.found("byrne").len(), 0);
}

#[test]
fn people_who_are_not_the_same_are_linked_after_asking_only() {
    let place = Place::filled();
    let (efa, claire) = (place.found("efa"), place.found("claire"));
    place.good(&["not-same", &efa, &claire]);
    let link = ["link", EFA, &claire];
    let said = place.refused(&link);
    assert_eq!(
        said,
        "the conversation is with Efa Byrne, and somebody marked Efa Byrne and Claire Byrne as different people; \
         add --yes to link all the same"
    );
    let shown = place.json(&["conversation", "show", EFA]);
    assert_eq!(shown["externalContactId"], json!(efa));
    place.good(&[&link[..], &["--yes"]].concat());
    // Nobody said so of others.
    place.good(&["link", UNKNOWN, &claire]);
}

#[test]
fn an_import_says_its_number_for_its_undo() {
    let place = Place::new();
    let file = place.write("c.csv", CONTACTS);
    let import = [&["import", "contacts", &file][..], &ADMIN].concat();
    let told = place.good(&import);
    let wanted = "This is import #1; `scv undo --batch 1 --preview` shows what its undo would do\n";
    assert!(told.ends_with(wanted), "{told}");
    let again = place.good(&import);
    assert!(
        !again.contains("This is import"),
        "nothing came of it: {again}"
    );
    let json = place.json(&import);
    assert_eq!(
        (&json["unchanged"], &json["batch"]),
        (&json!(3), &Value::Null)
    );
}
