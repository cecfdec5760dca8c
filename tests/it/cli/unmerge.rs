//! `scv undo` of a merge to which things came since.

use serde_json::json;

use super::Place;

#[test]
fn a_merge_is_taken_back_once_it_is_said_where_things_go() {
    let place = Place::new();
    let person = |first: &str, phone: &str| {
        let name = [
            "contact",
            "add",
            "--first-name",
            first,
            "--last-name",
            "Byrne",
        ];
        let made = place.json(&[&name[..], &["--cell-phone", phone]].concat());
        made["id"].as_str().unwrap().to_owned()
    };
    let (efa, claire) = (
        person("Efa", "+353861234567"),
        person("Claire", "+353871234567"),
    );
    let config = place.write("scv.toml", "[merge]\nrules = \"current\"\n");
    let merge = ["--config", &config, "--role", "admin"];
    let merged = place.json(&[&["merge", &efa, &claire, "--yes"], &merge[..]].concat());
    let head = merged["id"].as_str().unwrap().to_owned();
    place.good(&["contact", "edit", &head, "--city", "Cork"]);
    place.good(&["note", "add", &head, "rings on Mondays"]);

    let undo = ["undo", "3", "--role", "agent-merge"];
    let run = place.run(&undo);
    let (told, refused) = (run.out.clone(), run.sentence(1));
    assert!(
        told.contains("city: nothing → Cork") && told.contains("rings on Mondays"),
        "{told}"
    );
    assert!(
        refused.contains("add --yes") && refused.contains("--assign ITEM=ID"),
        "{refused}"
    );
    let preview = place.json(&[&undo[..], &["--preview"]].concat());
    assert_eq!(preview["sides"].as_array().unwrap().len(), 2);
    let items = preview["items"].as_array().unwrap();
    assert_eq!(items[0]["item"], json!("address.city"));

    let main = preview["items"][0]["goesTo"].as_str().unwrap();
    let other = if main == efa { &claire } else { &efa };
    let zip = format!("zip={other}");
    let run = place.run(&[&undo[..], &["--assign", &zip]].concat());
    let refused = run.sentence(2);
    assert!(
        refused.contains("did not come since the merge"),
        "{refused}"
    );
    let city = format!("city={other}");
    let run = place.run(&[&undo[..], &["--assign", &city]].concat());
    let refused = run.sentence(1);
    let note = items[1]["item"].as_str().unwrap();
    assert!(
        refused.starts_with(&format!("nobody said where the rest goes, {note}: "))
            && refused.contains("--yes"),
        "{refused}"
    );
    let note = format!("{note}={main}");
    place.good(&[&undo[..], &["--assign", &city, "--assign", &note]].concat());
    let shown = place.json(&["contact", "show", other]);
    assert_eq!(shown["address"]["city"], json!("Cork"));
    assert_eq!(place.good(&["check"]), "Every invariant holds\n");
}
