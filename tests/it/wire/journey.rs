//! What is printed for scripts.

use scv_desk::domain::conversation::{Channel, Direction, Provided, Status, Trust};
use scv_desk::domain::reason::{Claim, ClaimOrigin, Reason, Rule};
use scv_desk::domain::{ContactId, Identifier, IdentifierType, Moment};
use scv_desk::wire::conversation::from_json;
use scv_desk::wire::journey::{ConversationView, Entry, Found, Interaction, conversation, journey};

use super::fixture;

fn moment(text: &str) -> Moment {
    text.parse().unwrap()
}

fn contact(number: u128) -> ContactId {
    ContactId(uuid::Uuid::from_u128(number))
}

#[test]
fn a_journey_is_newest_first() {
    let call = from_json(fixture("conversation-call.json")).unwrap();
    let entry = |id, channel, start: &str, end: Option<&str>| Entry {
        id,
        channel,
        direction: None,
        status: Status::Active,
        start: moment(start),
        end: end.map(moment),
        queue: None,
        agent: None,
        wrapup_code: None,
        notes: None,
        course: None,
        said: None,
    };
    let mut first = entry(
        Interaction::Conversation(call.id),
        Channel::Call,
        "2026-11-20T10:00:00Z",
        Some("2026-11-20T10:05:30.900Z"),
    );
    first.direction = Some(Direction::Inbound);
    first.status = Status::Ended;
    first.queue = Some("Billing".to_owned());
    first.wrapup_code = Some("Refund".to_owned());
    let visit = scv_desk::domain::visit::VisitId(uuid::Uuid::from_u128(9));
    let second = entry(
        Interaction::Visit(visit),
        Channel::Web,
        "2026-11-21T10:00:00Z",
        None,
    );
    let now = moment("2026-11-21T10:00:07Z");
    let text = serde_json::to_string(&journey(&[first, second], now)).unwrap();
    let expected = concat!(
        "[{\"id\":\"00000000-0000-0000-0000-000000000009\",\"kind\":\"visit\",\"channel\":\"web\",",
        "\"direction\":null,\"status\":\"active\",\"start\":\"2026-11-21T10:00:00.000Z\",\"end\":null,",
        "\"durationSeconds\":7,\"queue\":null,\"agent\":null,\"wrapUpCode\":null,\"notes\":null},",
        "{\"id\":\"7c9e6679-7425-40de-944b-e07fc1f90ae7\",\"kind\":\"conversation\",\"channel\":\"call\",",
        "\"direction\":\"inbound\",\"status\":\"ended\",\"start\":\"2026-11-20T10:00:00.000Z\",",
        "\"end\":\"2026-11-20T10:05:30.900Z\",\"durationSeconds\":330,\"queue\":\"Billing\",\"agent\":null,",
        "\"wrapUpCode\":\"Refund\",\"notes\":null}]",
    );
    assert_eq!(text, expected);
}

#[test]
fn a_conversation_says_why_it_is_linked() {
    let call = from_json(fixture("conversation-call.json")).unwrap();
    let identifier = Identifier::read(IdentifierType::Phone, "+353861234567", None, None).unwrap();
    let reason = Reason {
        rule: Rule::FirstClaimed,
        version: 1,
        provided: vec![Provided {
            identifier,
            typed: "+353861234567".to_owned(),
            trust: Trust::Verified,
        }],
        decided: Some(0),
        claim: Some(Claim {
            contact: contact(1),
            at: moment("2026-02-04T09:00:00Z"),
            origin: ClaimOrigin::Import(12),
            trust: Trust::Verified,
        }),
        rivals: vec![contact(3)],
        actor: None,
        at: moment("2026-11-20T10:00:00Z"),
    };
    let view = ConversationView {
        conversation: &call,
        contact: contact(1),
        canonical: contact(2),
        reason: &reason,
        status: Status::Ended,
        queue: Some("Billing"),
        agent: Some("Maeve Kelly"),
        wrapup_code: Some("Refund"),
        notes: Some("Refund agreed"),
    };
    insta::assert_snapshot!(serde_json::to_string_pretty(&conversation(&view)).unwrap());
}

#[test]
fn a_search_says_how_many_there_are() {
    let found = Found {
        total: 41,
        entities: vec![serde_json::json!({"id": "x"})],
    };
    assert_eq!(
        serde_json::to_string(&found).unwrap(),
        "{\"total\":41,\"entities\":[{\"id\":\"x\"}]}"
    );
}
