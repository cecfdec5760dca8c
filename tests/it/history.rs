//! The canned journey of the desk's tests: an active call, a visit with everything, two months of the past.

use scv_desk::backend::view::*;
use scv_desk::domain::conversation::{Channel, Direction, Status};
use scv_desk::domain::visit::{Happened, Visit, VisitEvent, VisitId};
use uuid::Uuid;

use super::fake::conversation_id;
use super::people::minutes;

/// An active call, a visit, and two months of history.
pub fn efas_journey() -> Journey {
    let mut journey = Journey::default();
    journey
        .segments
        .insert("s1".to_owned(), "Failed payment".to_owned());
    journey
        .outcomes
        .insert("o1".to_owned(), "Purchase".to_owned());
    let active = JourneyConversation {
        end: None,
        status: Status::Active,
        wrapup_code: None,
        notes: None,
        ..past(1, Channel::Call, 3)
    };
    journey.items.push(JourneyItem::Conversation(active));
    journey.items.push(visit());
    for number in 0..26_i64 {
        let channel = [Channel::Email, Channel::Call, Channel::Sms][number as usize % 3];
        let mut item = past(
            100 + number as u128,
            channel,
            60 * 30 + number * number * 110,
        );
        if number % 5 == 3 {
            item.status = Status::Abandoned;
            item.agent = None;
            item.wrapup_code = None;
        }
        if number % 4 == 0 {
            item.notes = Some("Asked for the second invoice again.".to_owned());
        }
        journey.items.push(JourneyItem::Conversation(item));
    }
    journey
}

fn past(number: u128, channel: Channel, ago: i64) -> JourneyConversation {
    JourneyConversation {
        id: conversation_id(number),
        channel,
        direction: Direction::Inbound,
        status: Status::Ended,
        start: minutes(ago),
        end: Some(minutes(ago).plus_ms(372_000)),
        queue: Some("Billing".to_owned()),
        agent: Some(if number == 1 { "Mara Lindt" } else { "K. Osei" }.to_owned()),
        wrapup_code: Some("Refund".to_owned()),
        notes: None,
        subject: (channel == Channel::Email).then(|| "Invoice 4711".to_owned()),
        address: Some("+353861234567".to_owned()),
        course: None,
        messages: None,
    }
}

fn visit() -> JourneyItem {
    let id = VisitId(Uuid::from_u128(700));
    let event = |nth: i64, what| VisitEvent {
        id: nth.to_string(),
        at: minutes(40).plus_ms(nth * 40_000),
        what,
        attributes: Vec::new(),
        rest: serde_json::Map::default(),
    };
    let page = |url: &str| Happened::Page {
        name: String::new(),
        url: format!("https://shop.example.ie{url}"),
        title: None,
    };
    let visit = Visit {
        id,
        start: minutes(40),
        end: None,
        last: minutes(38),
        kind: "web".to_owned(),
        customer: "f7a1c0de-visit".to_owned(),
        customer_kind: "cookie".to_owned(),
        authenticated: false,
        external_id: None,
        traits: vec![("email".to_owned(), "efa@example.ie".to_owned())],
        events: vec![
            event(0, page("/pay")),
            event(1, page("/pay/failed?x=1")),
            event(
                2,
                Happened::Segment {
                    id: "s1".to_owned(),
                },
            ),
            event(
                3,
                Happened::Segment {
                    id: "hidden".to_owned(),
                },
            ),
        ],
        pageviews: 2,
        device: Some("phone".to_owned()),
        browser: Some("Firefox 143".to_owned()),
        place: Some("Cork, IE".to_owned()),
        referrer: Some("https://search.example/".to_owned()),
        campaign: Some("autumn".to_owned()),
        search_terms: vec!["invoice".to_owned()],
        scores: vec![("o1".to_owned(), 0.12)],
        rest: serde_json::Map::default(),
    };
    JourneyItem::Visit(id, Box::new(visit), Status::Ended)
}
