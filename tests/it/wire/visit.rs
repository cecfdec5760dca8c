//! Journey sessions as web visits.

use scv_desk::domain::visit::Happened;
use scv_desk::wire::Unreadable;
use scv_desk::wire::visit::{attributes, from_json, to_json};
use serde_json::json;

use super::fixture;

const ID: &str = "6c6dee50-2baa-431c-9228-0c390938d8d9";

#[test]
fn a_visit_is_read_into_every_field() {
    let visit = from_json(fixture("session-web.json")).unwrap();
    assert_eq!(visit.id.to_string(), ID);
    assert_eq!(visit.end.unwrap().since_ms(visit.start), 544_565);
    assert_eq!(visit.last.to_string(), "2026-11-20T15:39:30.000Z");
    assert_eq!(
        (visit.kind.as_str(), visit.customer_kind.as_str()),
        ("web", "cookie")
    );
    assert_eq!(visit.external_id.as_deref(), Some("CRM-100217"));
    assert!(visit.authenticated);
    assert_eq!(visit.pageviews, 2);
    assert_eq!(visit.device.as_deref(), Some("mobile, iOS 17"));
    assert_eq!(visit.browser.as_deref(), Some("Safari 17.1"));
    assert_eq!(visit.place.as_deref(), Some("Dublin, Ireland"));
    assert_eq!(
        visit.referrer.as_deref(),
        Some("https://search.example/?q=acme")
    );
    assert_eq!(
        visit.campaign.as_deref(),
        Some("autumn (newsletter, email)")
    );
    assert_eq!(visit.search_terms, ["router red light"]);
    assert_eq!(visit.scores, [("out-purchase".to_owned(), 0.72)]);
    let traits: Vec<(&str, &str)> = visit
        .traits
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let expected = [
        ("email", "efa@example.org"),
        ("givenName", "Efa"),
        ("cellPhone", "+353861234567"),
    ];
    assert_eq!(traits, expected, "the last value of a trait wins");
    assert!(visit.rest.contains_key("segmentAssignments"));
}

#[test]
fn events_say_what_happened() {
    let visit = from_json(fixture("session-web.json")).unwrap();
    let happened: Vec<&Happened> = visit.events.iter().map(|event| &event.what).collect();
    let page = |name: &str, url: &str, title: Option<&str>| Happened::Page {
        name: name.to_owned(),
        url: url.to_owned(),
        title: title.map(str::to_owned),
    };
    let expected = [
        page("page_viewed", "https://www.acme.example/pay", Some("Pay")),
        Happened::Segment {
            id: "seg-failed-payment".to_owned(),
        },
        Happened::Outcome {
            id: "out-purchase".to_owned(),
            name: Some("Purchase".to_owned()),
            value: Some(49.9),
        },
        Happened::Action {
            media: "webMessagingOffer".to_owned(),
            state: "offered".to_owned(),
        },
        Happened::Custom {
            name: "product_added".to_owned(),
        },
        page("screen_viewed", "Help", None),
        Happened::Other {
            kind: "SomethingNew".to_owned(),
        },
    ];
    assert_eq!(happened, expected.iter().collect::<Vec<_>>());
}

#[test]
fn what_came_in_goes_out_again() {
    let odd = [
        fixture("session-web.json"),
        json!({"id": ID, "createdDate": "2026-11-20T15:30:55.435Z"}),
        json!({"id": ID, "createdDate": "2026-11-20T15:30:55Z", "pageviewCount": "3",
            "events": [null, {}, 4]}),
        json!({"id": ID, "createdDate": 1_795_168_800, "pageviewCount": 0, "authenticated": false,
            "events": []}),
        json!({"id": ID, "endedDate": "2026-11-20T15:30:55.435Z", "pageviewCount": -2, "device": null,
            "outcomeScores": [{"outcome": "x", "probability": "0.5"}, {}],
            "traits": {"email": "a@b.example"}}),
        json!({"id": ID, "events": [
            {"createdDate": "2026-11-20T15:30:55.435Z", "webEvent": {"authenticated": true}}]}),
        json!({"id": ID, "createdDate": "2026-11-20T15:30:55.435Z", "lastEvent": {"id": "x"}, "type": "app",
            "pageviewCount": 99_999_999_999_i64, "scv:absent": []}),
    ];
    for value in odd {
        assert_eq!(to_json(&from_json(value.clone()).unwrap()), value);
    }
}

#[test]
fn sessions_that_are_no_visits_are_told() {
    let of_conversation = json!({"id": ID, "type": "conversation", "createdDate": 0});
    assert_eq!(from_json(of_conversation), Err(Unreadable::OfConversation));
    let no_time = from_json(json!({"id": ID, "customerId": "x"}));
    assert!(matches!(no_time, Err(Unreadable::NoTime { .. })));
    let bad = from_json(json!({"id": 7, "createdDate": 0}));
    assert!(matches!(bad, Err(Unreadable::BadId { .. })));
}

#[test]
fn a_visit_of_our_own_survives_the_way_out_and_back() {
    let mut own = from_json(fixture("session-web.json")).unwrap();
    own.rest.clear();
    own.events.iter_mut().for_each(|event| event.rest.clear());
    let again = from_json(to_json(&own)).unwrap();
    let pages = |visit: &scv_desk::domain::visit::Visit| {
        visit
            .pages()
            .map(|(_, url)| url.to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(pages(&again), pages(&own));
    let parts = |visit: &scv_desk::domain::visit::Visit| {
        let mut traits = visit.traits.clone();
        traits.sort();
        (
            visit.id,
            visit.start,
            visit.end,
            visit.last,
            traits,
            visit.scores.clone(),
        )
    };
    assert_eq!(parts(&again), parts(&own));
    assert_eq!(again.external_id, own.external_id);
}

#[test]
fn the_attributes_of_an_event_are_told_by_name() {
    let event = json!({"id": "e", "createdDate": "2026-11-20T10:00:00.000Z",
        "webEvent": {"eventName": "cart_left", "attributes": {
            "total": {"dataType": "number", "value": "42.50"}, "gift": true, "list": {"value": []}}}});
    let visit = json!({"id": "44444444-4444-4444-8444-444444444444",
        "createdDate": "2026-11-20T10:00:00.000Z", "events": [event]});
    let visit = from_json(visit).unwrap();
    let said = attributes(&visit.events[0]);
    let said: Vec<(&str, &str)> = said
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(said, [("gift", "true"), ("total", "42.50")]);
    assert!(
        visit.events[0].attributes.is_empty(),
        "it is not kept twice"
    );
}
