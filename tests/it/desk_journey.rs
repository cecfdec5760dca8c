//! The journey on the desk: how a conversation went, a filter, the same channel, ten thousand, who is online.

use scv_desk::backend::view::{Brief, JourneyItem, Online};
use scv_desk::domain::ContactType;
use scv_desk::domain::conversation::{Channel, Part};
use scv_desk::domain::course::{BotPart, Course, Handover, Stint};
use scv_desk::domain::transcript::{Author, Message, MessagePart, Transcript};

use super::fake::{World, contact_id};
use super::people::{EFA, HOSTILE, minutes, world};
use super::stage::Stage;
use scv_desk::live::Topic;

fn stint(part: Part, name: &str, ago: i64, ms: i64) -> Stint {
    Stint {
        part,
        purpose: String::new(),
        name: Some(name.to_owned()),
        user: None,
        queue: None,
        channel: Channel::Call,
        media: "voice".to_owned(),
        start: minutes(ago),
        end: Some(minutes(ago).plus_ms(ms)),
        talked_ms: 0,
        held_ms: 0,
        wrapped_ms: 0,
        handed: None,
        conference: false,
        consulted: false,
        bot: None,
        other: Vec::new(),
    }
}

/// A call over a bot and a queue to two agents, with what nobody understands.
pub fn eventful() -> Course {
    let mut bot = stint(Part::Bot, "Menu", 20, 14_000);
    bot.bot = Some(BotPart {
        name: "Menu".to_owned(),
        kind: None,
        outcome: Some("TRANSFER".to_owned()),
    });
    let mut first = stint(Part::Agent, "K. Osei", 19, 250_000);
    (first.talked_ms, first.held_ms) = (210_000, 40_000);
    first.handed = Some(Handover::Consult);
    let mut second = stint(Part::Agent, "Mara Lindt", 14, 60_000);
    second.talked_ms = 60_000;
    Course {
        stints: vec![
            bot,
            stint(Part::Queue, "Billing", 20, 26_000),
            first,
            second,
        ],
        campaign: Some("Spring".to_owned()),
        other: vec!["surveys".to_owned()],
        ..Course::default()
    }
}

/// Efa's journey, whose first call of the past was eventful.
fn told() -> World {
    let mut world = world();
    let journey = world.journeys.get_mut(&contact_id(EFA)).unwrap();
    let mut calls = journey.items.iter_mut().filter_map(|item| match item {
        JourneyItem::Conversation(one) if one.end.is_some() && one.channel == Channel::Call => {
            Some(one)
        }
        _ => None,
    });
    calls.next().unwrap().course = Some(Box::new(eventful()));
    world
}

#[tokio::test]
async fn a_card_says_in_brief_how_it_went_and_in_full_when_it_is_opened() {
    let mut stage = Stage::new(140, 42, "agent-merge", told()).await;
    stage.press("tab tab } enter").await;
    stage.shows("2 agents · transferred");
    for line in [
        "talked    04:30",
        "held      00:40",
        "campaign  Spring",
        "bot Menu  00:14, TRANSFER",
        "queue Billing  waited 00:26",
        "agent K. Osei  talked 03:30,",
        "agent you  talked 01:00",
        "other     kept: surveys",
    ] {
        stage.shows(line);
    }
    insta::assert_snapshot!("journey_course", stage.text());
}

#[tokio::test]
async fn a_filter_is_typed_shown_and_cleared() {
    let mut stage = Stage::new(140, 42, "agent-merge", told()).await;
    stage.press("f").await;
    stage.shows("Filter the journey");
    stage.types("channel:sms agent:osei").await;
    stage.press("enter").await;
    stage.shows("▽ channel:sms agent:osei");
    stage.shows("shows all");
    stage.hides("◍ 13:22 web");
    stage.press("f").await;
    stage.types(" status:odd").await;
    stage.press("enter").await;
    stage.shows("Odd: no such status");
    stage.press("esc").await;
    stage.shows("▽ channel:sms agent:osei");
    stage.press("esc").await;
    stage.hides("▽");
    stage.shows("◍ 13:22 web");
}

#[tokio::test]
async fn another_person_is_shown_whole() {
    let mut stage = Stage::new(140, 42, "agent-merge", told()).await;
    stage.press("f").await;
    stage.types("channel:sms").await;
    stage.press("enter").await;
    stage.shows("▽ channel:sms");
    stage.press("2").await;
    stage.hides("▽");
    stage.press("1").await;
    stage.hides("▽");
}

#[tokio::test]
async fn keys_go_along_the_channel() {
    let mut stage = Stage::new(140, 42, "agent-merge", world()).await;
    stage.press("tab tab } enter").await;
    stage.shows("channel   call, inbound");
    stage.press("enter { {").await;
    stage.shows("None before over this channel");
}

#[tokio::test]
async fn ten_thousand_are_asked_for_as_they_are_shown() {
    let mut many = world();
    let journey = many.journeys.get_mut(&contact_id(EFA)).unwrap();
    let Some(JourneyItem::Conversation(last)) = journey.items.last().cloned() else {
        panic!("the last one is a conversation");
    };
    journey.items.extend((0..9_972_u128).map(|n| {
        let mut one = last.clone();
        one.id = super::fake::conversation_id(5_000 + n);
        one.start = last.start.plus_ms(-1_000 * (n as i64 + 1));
        JourneyItem::Conversation(one)
    }));
    assert_eq!(journey.items.len(), 10_000);
    let mut stage = Stage::new(80, 24, "agent-merge", many).await;
    let before = stage.backend.with(|world| world.reads);
    stage.press("tab tab").await;
    assert_eq!(
        stage.backend.with(|world| world.reads),
        before,
        "a page is enough to begin with"
    );
    let mut reads = before;
    for page in 1..50 {
        stage.press("G").await;
        reads += 1;
        assert_eq!(
            stage.backend.with(|world| world.reads),
            reads,
            "page {page}"
        );
    }
    stage.press("G").await;
    assert_eq!(
        stage.backend.with(|world| world.reads),
        reads,
        "there is no more to read"
    );
}

fn visitor() -> Online {
    let journey = super::history::efas_journey();
    let visit = journey.items.into_iter().find_map(|item| match item {
        JourneyItem::Visit(_, visit, _) => Some(visit),
        JourneyItem::Conversation(_) => None,
    });
    Online {
        contact: Brief {
            id: contact_id(EFA),
            kind: ContactType::Curated,
            name: "Efa Byrne".to_owned(),
            says: None,
            detail: String::new(),
        },
        visit: visit.unwrap(),
    }
}

#[tokio::test]
async fn who_is_on_the_website_is_listed_and_opened() {
    let mut online = world();
    online.online.push(visitor());
    let mut stage = Stage::new(140, 42, "agent-merge", online).await;
    stage.press("2 o").await;
    stage.shows("On the website now");
    stage.shows("● Efa Byrne  /pay/failed");
    stage.press("enter").await;
    stage.hides("On the website now");
    stage.shows("Efa Byrne");
    stage.backend.with(|world| world.online.clear());
    stage.press("o").await;
    stage.shows("Nobody is on the website now");
}

/// An SMS of Efa's with what was said in it.
fn spoken() -> World {
    let mut world = told();
    let journey = world.journeys.get_mut(&contact_id(EFA)).unwrap();
    let mut texts = journey.items.iter_mut().filter_map(|item| match item {
        JourneyItem::Conversation(one) if one.channel == Channel::Sms => Some(one),
        _ => None,
    });
    let first = texts.next().unwrap();
    first.messages = Some(6);
    let said = |n: i64, author, name: Option<&str>, text: &str| Message {
        id: format!("m{n}"),
        conversation: first.id,
        at: first.start.plus_ms(n * 60_000),
        author,
        user: None,
        name: name.map(str::to_owned),
        text: text.to_owned(),
        cut: 0,
        parts: Vec::new(),
        status: None,
        rest: serde_json::Map::new(),
    };
    let mut receipt = said(3, Author::Person, None, "領収書をお願いします 🙏");
    receipt.parts.push(MessagePart {
        kind: "image".to_owned(),
        name: "receipt.jpg".to_owned(),
    });
    let transcript = Transcript {
        messages: vec![
            said(0, Author::Bot, None, "Hello, what is it?"),
            said(1, Author::Person, Some("Efa Byrne"), "فاتورة من فضلك"),
            receipt,
            said(
                4,
                Author::Agent,
                Some(HOSTILE),
                "Sent.\u{1b}[2J Is that all?",
            ),
        ],
        earlier: 2,
    };
    world.transcripts.insert(first.id, transcript);
    world
}

#[tokio::test]
async fn what_was_said_is_read_from_the_card_in_full() {
    let mut stage = Stage::new(140, 42, "agent-merge", spoken()).await;
    stage.press("tab tab").await;
    stage.press("f").await;
    stage.types("channel:sms").await;
    stage.press("enter").await;
    stage.shows("6 messages");
    stage.press("T").await;
    for words in [
        "What was said · SMS of",
        "6 messages",
        "2 earlier messages are kept and not listed",
        "bot",
        "Hello, what is it?",
        "person Efa Byrne",
        "فاتورة من فضلك",
        "領収書をお願いします 🙏",
        "[image receipt.jpg]",
        "agent Eve",
        "Sent.^[[2J Is that all?",
    ] {
        stage.shows(words);
    }
    insta::assert_snapshot!("transcript", stage.text());
    stage.press("esc").await;
    stage.hides("What was said");
    // The same by the line in the opened card.
    stage.press("enter").await;
    stage.shows("6 messages  Enter reads them");
    for _ in 0..20 {
        if stage.cursor_row().contains("Enter reads them") {
            break;
        }
        stage.press("j").await;
    }
    stage.press("enter").await;
    stage.shows("What was said");
}

#[tokio::test]
async fn a_transcript_is_read_on_a_small_screen_to_its_end() {
    let mut stage = Stage::new(40, 12, "agent-merge", spoken()).await;
    stage.press("tab tab f").await;
    stage.types("channel:sms").await;
    stage.press("enter T").await;
    stage.shows("SMS of");
    stage.press("G").await;
    stage.shows("Is that all?");
    stage.press("g").await;
    stage.shows("2 earlier messages");
}

#[tokio::test]
async fn a_conversation_without_messages_says_so() {
    let mut stage = Stage::new(140, 42, "agent-merge", spoken()).await;
    stage.press("T").await;
    stage.shows("no message of this one is kept here");
}

#[tokio::test]
async fn a_segment_has_a_sign_in_its_colour_and_its_name() {
    let mut world = told();
    let journey = world.journeys.get_mut(&contact_id(EFA)).unwrap();
    journey.colors.insert("s1".to_owned(), "#d23c3c".to_owned());
    let mut stage = Stage::new(140, 42, "agent-merge", world).await;
    stage.press("tab tab").await;
    stage.shows("■ segment Failed payment");
    assert_ne!(stage.colour("■ segment"), stage.colour("segment Failed"));
}

#[tokio::test]
async fn outcome_scores_move_while_the_visitor_is_online() {
    fn scored(world: &mut World, score: f64) {
        let journey = world.journeys.get_mut(&contact_id(EFA)).unwrap();
        for item in &mut journey.items {
            if let JourneyItem::Visit(_, visit, status) = item {
                visit.last = minutes(1);
                visit.end = None;
                *status = scv_desk::domain::conversation::Status::Active;
                visit.scores = vec![("o1".to_owned(), score)];
            }
        }
    }
    let mut world = told();
    scored(&mut world, 0.2);
    let mut stage = Stage::new(140, 42, "agent-merge", world).await;
    stage.press("tab tab j enter").await;
    stage.shows("● on the website now");
    stage.shows("██░░░░░░░░  20 % Purchase");
    stage.backend.with(|world| scored(world, 0.71));
    stage.backend.tell(Topic::Contact(contact_id(EFA)));
    stage.desk.settle().await.unwrap();
    stage.shows("███████░░░  71 % Purchase");
}

#[tokio::test]
async fn what_is_said_meanwhile_comes_into_the_open_transcript() {
    let mut stage = Stage::new(140, 42, "agent-merge", spoken()).await;
    stage.press("tab tab f").await;
    stage.types("channel:sms").await;
    stage.press("enter T").await;
    stage.shows("Hello, what is it?");
    stage.backend.with(|world| {
        let said = world.transcripts.values_mut().next().unwrap();
        let mut next = said.messages[0].clone();
        next.text = "Is anybody there?".to_owned();
        said.messages.push(next);
    });
    stage.backend.tell(Topic::Contact(contact_id(EFA)));
    stage.desk.settle().await.unwrap();
    stage.shows("Is anybody there?");
    stage.shows("7 messages");
}
