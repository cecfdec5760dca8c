//! Messages of conversations over the Platform API.

use scv_desk::domain::ConversationId;
use scv_desk::store::account::AccountKind;
use serde_json::{Value, json};

use super::journeys::{call, ingest};
use super::place::Place;
use super::seen::signed_in;

const CHAT: &str = "7c9e6679-7425-40de-944b-e07fc1f90ad1";
const LINDSAY: &str = super::seen::LINDSAY;

/// A WhatsApp of somebody with Lindsay, and what was said in it.
pub fn chat(place: &Place) -> ConversationId {
    let mut chat = call(CHAT, "+353861110009", LINDSAY);
    for at in [0, 1] {
        let session = &mut chat["participants"][at]["sessions"][0];
        session["mediaType"] = json!("message");
        session["messageType"] = json!("whatsapp");
    }
    let said = |n: u32, direction: &str, text: &str| {
        json!({"id": format!("m{n}"), "conversationId": CHAT, "timestamp": format!("2026-11-23T11:5{n}:00.000Z"),
            "direction": direction, "status": "sent", "normalizedMessage": {"type": "Text", "text": text}})
    };
    let mut answer = said(3, "outbound", "At the depot");
    answer["createdBy"] = json!({"id": LINDSAY});
    let mut greeting = said(1, "outbound", "Hello");
    greeting["normalizedMessage"]["originatingEntity"] = json!("Bot");
    let lines = [chat, greeting, said(2, "inbound", "Where is it?"), answer];
    let told = ingest(&place.as_role("admin"), &lines);
    assert_eq!(
        (&told["messages"], &told["bad"]),
        (&json!(3), &json!(0)),
        "{told}"
    );
    CHAT.parse().unwrap()
}

#[test]
fn messages_are_listed_with_who_wrote_them_and_read_in_bulk() {
    let place = Place::filled();
    chat(&place);
    let lindsay = signed_in(&place, AccountKind::User, "Lindsay Keady-Miskell", "agent");
    let path = format!("/api/v2/conversations/messages/{CHAT}");
    let one = lindsay.get(&path).is(200).json();
    let ids = |at: usize| -> Vec<&str> {
        let messages = one["participants"][at]["messages"].as_array();
        let ids = messages.into_iter().flatten();
        ids.filter_map(|one| one["messageId"].as_str()).collect()
    };
    assert_eq!((ids(0), ids(1)), (vec!["m1", "m2"], vec!["m3"]), "{one}");
    let bulk = lindsay
        .post(
            &format!("{path}/messages/bulk"),
            json!(["m3", "m1", "nothing"]),
        )
        .is(200)
        .json();
    let texts = bulk["entities"].as_array().unwrap().iter();
    let texts: Vec<&Value> = texts.map(|one| &one["normalizedMessage"]["text"]).collect();
    assert_eq!(texts, ["At the depot", "Hello"]);
    let single = lindsay.get(&format!("{path}/messages/m2")).is(200).json();
    assert_eq!(single["direction"], "inbound");
    lindsay.get(&format!("{path}/messages/m9")).is(404);
    let many: Vec<String> = (0..1001).map(|n| n.to_string()).collect();
    lindsay
        .post(&format!("{path}/messages/bulk"), json!(many))
        .is(400);
    lindsay
        .post(&format!("{path}/messages/bulk"), json!([1]))
        .is(400);
}

#[test]
fn who_may_not_see_the_conversation_reads_none_of_its_messages() {
    let place = Place::filled();
    chat(&place);
    let path = format!("/api/v2/conversations/messages/{CHAT}/messages");
    let stranger = signed_in(&place, AccountKind::User, "Somebody Else", "agent");
    stranger
        .post(&format!("{path}/bulk"), json!(["m1"]))
        .is(403);
    stranger.get(&format!("{path}/m1")).is(403);
}
