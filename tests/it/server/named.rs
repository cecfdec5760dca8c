//! Segments and outcomes by the names that came in.

use serde_json::{Value, json};

use super::place::{Caller, Place};

const SEGMENTS: &str = "/api/v2/journey/segments";
const OUTCOMES: &str = "/api/v2/journey/outcomes";

fn ids(caller: &Caller, path: &str) -> Vec<String> {
    let listed = caller.get(path).is(200).json();
    let entities = listed["entities"].as_array().unwrap().iter();
    let ids = entities.map(|one| one["id"].as_str().unwrap().to_owned());
    ids.collect()
}

#[test]
fn segments_are_listed_and_read_as_they_were_named() {
    let place = Place::filled();
    let caller = place.as_role("agent");
    let (failed, hidden) = ("seg-failed-payment", "seg-hidden-churn");
    let page = caller.get(SEGMENTS).is(200).json();
    assert_eq!((&page["total"], &page["pageSize"]), (&json!(2), &json!(25)));
    for (query, wanted) in [
        ("", vec![failed, hidden]),
        ("?sortBy=displayName", vec![hidden, failed]),
        ("?sortBy=-displayName", vec![failed, hidden]),
        ("?segmentIds=seg-hidden-churn", vec![hidden]),
        ("?queryValue=PAYMENT&queryFields=displayName", vec![failed]),
        ("?isActive=true&pageSize=1&pageNumber=2", vec![hidden]),
        ("?isActive=false", vec![]),
        ("?segmentIds=nonsense", vec![]),
    ] {
        assert_eq!(
            ids(&caller, &format!("{SEGMENTS}{query}")),
            wanted,
            "{query}"
        );
    }
    for query in [
        "sortBy=colour",
        "queryFields=colour",
        "isActive=x",
        "pageSize=0",
    ] {
        caller.get(&format!("{SEGMENTS}?{query}")).is(400);
    }
    let one = caller.get(&format!("{SEGMENTS}/{hidden}")).is(200).json();
    let shown = ["displayName", "color", "shouldDisplayToAgent"].map(|name| &one[name]);
    assert_eq!(
        shown,
        [&json!("Churn risk"), &json!("#8050C0"), &json!(false)]
    );
    caller.get(&format!("{SEGMENTS}/nonsense")).is(404);
}

#[test]
fn outcomes_are_listed_and_read_as_they_were_named() {
    let place = Place::filled();
    let caller = place.as_role("agent");
    assert_eq!(ids(&caller, OUTCOMES), ["out-purchase"]);
    let others = format!("{OUTCOMES}?outcomeIds=nonsense");
    assert_eq!(ids(&caller, &others), Vec::<String>::new());
    let one: Value = caller
        .get(&format!("{OUTCOMES}/out-purchase"))
        .is(200)
        .json();
    assert_eq!(one["displayName"], "Purchase");
    // A segment is no outcome.
    caller
        .get(&format!("{OUTCOMES}/seg-failed-payment"))
        .is(404);
}
