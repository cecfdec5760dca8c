//! Foreign input: nothing panics, nothing is lost.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use scv_desk::wire::contact::Reading;
use scv_desk::wire::csv::{Options, Rows, plain_cell, safe_cell};
use scv_desk::wire::ingest::Reader;
use scv_desk::wire::{contact, conversation, identifier, names, note, visit};

use super::fixture;

/// Any JSON, with the contract's names more often than others.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("finite", |number| number.is_finite())
            .prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop_oneof![
            Just("inbound"),
            Just("2026-11-20T10:00:00.000Z"),
            Just("voice"),
            Just("tel:+353861234567"),
            Just("customer"),
            Just("sip:"),
            Just("<>"),
            Just("scv:was"),
            Just("2026-11-20T10:00:00+01:00"),
        ]
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(any_name(), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn any_name() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "conversationStart",
        "conversationEnd",
        "originatingDirection",
        "divisionIds",
        "participants",
        "participantId",
        "participantName",
        "purpose",
        "userId",
        "sessions",
        "sessionId",
        "mediaType",
        "messageType",
        "direction",
        "ani",
        "dnis",
        "remote",
        "addressFrom",
        "addressTo",
        "callbackNumbers",
        "journeyCustomerId",
        "journeyCustomerIdType",
        "authenticated",
        "flow",
        "segments",
        "segmentType",
        "segmentStart",
        "segmentEnd",
        "queueId",
        "wrapUpCode",
        "subject",
        "attributes",
        "events",
        "createdDate",
        "endedDate",
        "customerId",
        "externalId",
        "traits",
        "webEvent",
        "appEvent",
        "eventName",
        "page",
        "url",
        "outcomeScores",
        "pageviewCount",
        "lastEvent",
        "type",
        "device",
        "eventType",
        "searchTerms",
        "scv:absent",
        "scv:was",
        "firstName",
        "cellPhone",
        "display",
        "address",
        "externalIds",
        "lineId",
        "ids",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => ".{0,8}"]
}

/// `base` with members of `other` laid over it, at every level that both have.
fn laid_over(base: Value, other: Value) -> Value {
    match (base, other) {
        (Value::Object(mut base), Value::Object(other)) => {
            for (name, value) in other {
                let below = base.remove(&name).unwrap_or_default();
                base.insert(name, laid_over(below, value));
            }
            base.into()
        }
        (Value::Array(mut base), Value::Object(other)) => {
            if let Some(first) = base.first_mut() {
                *first = laid_over(first.take(), Value::Object(other));
            }
            base.into()
        }
        (_, other) => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn conversations_round_trip(other in any_json()) {
        let bare = json!({"conversationId": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "conversationStart": "2026-11-20T10:00:00.000Z"});
        for base in [bare, fixture("conversation-call.json")] {
            let value = laid_over(base, other.clone());
            if let Ok(read) = conversation::from_json(value.clone()) {
                let out = conversation::to_json(&read);
                prop_assert_eq!(&out, &value);
                prop_assert_eq!(conversation::from_json(out).unwrap(), read);
            }
        }
    }

    #[test]
    fn visits_round_trip(other in any_json()) {
        let bare = json!({"id": "6c6dee50-2baa-431c-9228-0c390938d8d9", "createdDate": 5});
        for base in [bare, fixture("session-web.json")] {
            let value = laid_over(base, other.clone());
            if let Ok(read) = visit::from_json(value.clone()) {
                prop_assert_eq!(visit::to_json(&read), value);
            }
        }
    }

    #[test]
    fn bodies_are_read_or_refused(value in any_json()) {
        let _ = contact::from_json(&value, &Reading::default());
        let _ = identifier::from_json(&value, &[]);
        let _ = identifier::claim_request(&value, &[]);
        let _ = note::text_from_json(&value);
        let _ = names::read(&value.to_string());
    }

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Reader::new(bytes.as_slice()).count();
        let _ = names::read(&String::from_utf8_lossy(&bytes));
        if let Ok(rows) = Rows::open(bytes.as_slice(), Options::default()) {
            let _ = rows.count();
        }
    }

    #[test]
    fn json_like_bytes_are_read_to_their_end(
        text in "[\\[\\]{}:,\"\\\\ \n1at]{0,80}",
        rows in "(First Name,Cell Phone,City\n)([\"',+=@0-9a\n\r;\u{feff}-]{0,60})",
    ) {
        let _ = Reader::new(text.as_bytes()).count();
        let answer = format!("{{\"conversations\":[{text}");
        let _ = Reader::new(answer.as_bytes()).count();
        let _ = Rows::open(rows.as_bytes(), Options::default()).unwrap().count();
    }

    #[test]
    fn guards_come_off_as_they_went_on(text in "['=+@\t\r\n \u{FF1D}a-]{0,6}.{0,4}") {
        let safe = safe_cell(&text);
        prop_assert_eq!(plain_cell(&safe), &text);
        let first = safe.trim_start_matches([' ', '\u{A0}']).chars().next();
        let active = "=+-@\t\r\n\0\u{FF1D}";
        let is_active = first.is_some_and(|letter| active.contains(letter));
        prop_assert!(!is_active);
    }
}
