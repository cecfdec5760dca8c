//! Manual assignment over the API: who asks takes what waits, for themselves.

use scv_desk::store::account::AccountKind;
use serde_json::json;

use super::seen::{FOREIGN, LINDSAY, WAITING, floor, signed_in};

const NAME: &str = "Lindsay Keady-Miskell";

#[test]
fn who_asks_takes_what_waits_and_nobody_takes_it_again() {
    let place = floor();
    let lindsay = signed_in(&place, AccountKind::User, NAME, "agent");
    let path = format!("/api/v2/conversations/{WAITING}/assign");
    let own = json!({"id": LINDSAY});
    lindsay.post(&path, own.clone()).is(202);
    let read = lindsay
        .get(&format!("/api/v2/conversations/{WAITING}"))
        .json();
    let participants = read["participants"].as_array().unwrap();
    let agent = participants.iter().find(|one| one["purpose"] == "agent");
    assert_eq!(agent.unwrap()["userId"], LINDSAY);
    let mine = lindsay.get("/api/v2/conversations").json();
    let mine = mine["entities"].as_array().unwrap();
    assert!(mine.iter().any(|one| one["id"] == WAITING));
    let again = lindsay.post(&path, own).is(409);
    assert!(
        again.text.contains("has the conversation already"),
        "{}",
        again.text
    );
}

#[test]
fn nobody_gives_a_conversation_to_somebody_else() {
    let place = floor();
    let lindsay = signed_in(&place, AccountKind::User, NAME, "agent");
    let path = format!("/api/v2/conversations/{WAITING}/assign");
    let other = json!({"id": "e86f5ba7-25d6-4ee3-91b2-381164ad34e1"});
    let refused = lindsay.post(&path, other).is(400);
    assert!(refused.text.contains("to who asks"), "{}", refused.text);
    lindsay.post(&path, json!({})).is(400);
    let foreign = format!("/api/v2/conversations/{FOREIGN}/assign");
    lindsay.post(&foreign, json!({"id": LINDSAY})).is(403);
    // Supervisors change nothing.
    let above = signed_in(&place, AccountKind::User, "Somebody Above", "supervisor");
    above.post(&path, json!({"id": LINDSAY})).is(403);
}

#[test]
fn only_what_goes_on_over_days_is_opened_again() {
    let place = floor();
    let admin = place.as_role("admin");
    let lindsay = signed_in(&place, AccountKind::User, NAME, "agent");
    let mut letter = crate::world::seen(
        902,
        scv_desk::domain::Channel::Email,
        &["letter@example.com"],
    );
    letter.start = place.now().plus_ms(-60_000);
    letter.end = Some(place.now());
    let command = scv_desk::domain::Command::Resolve(Box::new(letter.clone()));
    place.run("admin", command);
    let path = format!("/api/scv/v1/conversations/{}/reopen", letter.id);
    lindsay.post(&path, json!({})).is(200);
    let read = admin
        .get(&format!("/api/v2/conversations/{}", letter.id))
        .json();
    assert!(read.get("endTime").is_none(), "{read}");
    lindsay.post(&path, json!({})).is(409);
}
