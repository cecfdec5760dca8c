//! Ids of contacts that were merged, and of contacts whose merge was taken back.

use super::Place;

fn person(place: &Place, first: &str) -> String {
    let name = ["--first-name", first, "--last-name", "Byrne"];
    let made = place.json(&[&["contact", "add"][..], &name].concat());
    made["id"].as_str().unwrap().to_owned()
}

/// Two people and what they were merged into, by entry 3.
fn merged(place: &Place) -> [String; 3] {
    let (efa, claire) = (person(place, "Efa"), person(place, "Claire"));
    let config = place.write("scv.toml", "[merge]\nrules = \"current\"\n");
    let merge = [
        "merge", &efa, &claire, "--config", &config, "--role", "admin",
    ];
    let head = place.json(&merge)["id"].as_str().unwrap().to_owned();
    [efa, claire, head]
}

#[test]
fn a_merged_id_says_who_is_shown_instead() {
    let place = Place::new();
    let [efa, _, head] = merged(&place);
    let shown = place.good(&["contact", "show", &efa]);
    let first = shown.lines().next().unwrap();
    assert!(
        first.starts_with(&format!("Efa Byrne, contact {efa}, was merged into ")),
        "{first}"
    );
    assert!(first.contains("(entry 3); shown is "), "{first}");
    let end = format!(", contact {head}; --unresolved shows {efa}");
    assert!(first.ends_with(&end), "{first}");
    let own = place.good(&["contact", "show", &efa, "--unresolved"]);
    assert!(own.starts_with("id "), "{own}");
    let shown = place.good(&["contact", "show", &head]);
    assert!(shown.starts_with("id "), "{shown}");
    let json = place.json(&["contact", "show", &efa]);
    assert_eq!(json["id"].as_str(), Some(head.as_str()));
}

#[test]
fn an_id_whose_merge_was_taken_back_says_who_is_alive_again() {
    let place = Place::new();
    let [efa, claire, head] = merged(&place);
    place.good(&["undo", "3", "--role", "admin"]);
    for asked in [
        &["contact", "show", &head][..],
        &["journey", &head],
        &["why", &head],
        &["note", "add", &head, "rings on Mondays"],
        &["journey", &head, "--at", "today"],
    ] {
        let told = place.run(asked).sentence(1);
        assert!(
            told.contains("the merge that had made it was taken back by")
                && told.contains("(entry 4)"),
            "{asked:?}: {told}"
        );
        let alive = format!("Efa Byrne, contact {efa} and Claire Byrne, contact {claire}");
        assert!(told.ends_with(&alive), "{asked:?}: {told}");
    }
}
