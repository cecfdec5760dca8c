//! The review over HTTP: lists by filter, marks, and what a wrong word is told.

use serde_json::{Value, json};

use super::place::Place;
use super::seen::{LINDSAY, floor};

fn list(place: &Place, path: &str) -> Value {
    let caller = place.as_role("supervisor");
    caller
        .get(&format!("/api/scv/v1/review/{path}"))
        .is(200)
        .json()
}

#[test]
fn lists_marks_and_precision_over_http() {
    let place = floor();
    let all = list(&place, "decisions?kind=auto-link&limit=2");
    let total = all["total"].as_u64().unwrap();
    assert!(4 <= total, "{all}");
    assert_eq!(all["entities"].as_array().unwrap().len(), 2);
    let next = all["next"].as_str().unwrap();
    let more = list(
        &place,
        &format!("decisions?kind=auto-link&limit=200&after={next}"),
    );
    assert_eq!(more["entities"].as_array().unwrap().len() as u64, total - 2);
    let talks = list(
        &place,
        &format!("conversations?agent={LINDSAY}&order=longest"),
    );
    assert!(0 < talks["total"].as_u64().unwrap(), "{talks}");
    let entry = all["entities"][0]["entry"].clone();
    let supervisor = place.as_role("supervisor");
    let mark = json!({"entry": entry, "verdict": "wrong", "note": "a neighbour"});
    supervisor
        .post("/api/scv/v1/review/marks", mark.clone())
        .is(200);
    let marked = list(&place, "decisions?mark=wrong");
    assert_eq!(marked["total"], 1);
    assert_eq!(marked["entities"][0]["mark"]["note"], "a neighbour");
    assert_eq!(list(&place, "precision")["wrong"], 1);
    assert_eq!(
        list(&place, "sample?count=3&seed=5"),
        list(&place, "sample?count=3&seed=5")
    );
    place
        .as_role("agent")
        .post("/api/scv/v1/review/marks", mark)
        .is(403);
    for bad in [
        "decisions?channel=fax",
        "decisions?order=longest",
        "conversations?kind=link",
    ] {
        supervisor.get(&format!("/api/scv/v1/review/{bad}")).is(400);
    }
}
