//! What was said in conversations of messages: taken in, read, and gone with the person it is of.

use scv_desk::backend::view::{JourneyItem, JourneyQuery};
use scv_desk::backend::{Backend, Trouble};
use scv_desk::domain::command::{Actor, Command, Remark, Sharing};
use scv_desk::domain::transcript::{Author, TEXT_CHARS_MAX};
use scv_desk::domain::{Channel, ContactId, ConversationId, Permission, Refusal, Role};
use scv_desk::wire::ingest::{Item, Reader};
use scv_desk::wire::message::{from_json, to_json};
use serde_json::{Value, json};

use super::explained::Here;
use super::world::conversation_id;

const NUMBER: &str = "353861234567";

/// A message of a conversation, so many minutes into the day.
fn message(of: ConversationId, n: u32, direction: &str, text: &str) -> Value {
    json!({
        "id": format!("m{n}"), "conversationId": of, "timestamp": format!("2026-11-20T10:{n:02}:00.000Z"),
        "direction": direction, "messengerType": "whatsapp", "status": "received", "providerNote": {"kept": true},
        "normalizedMessage": {"type": "Text", "text": text},
    })
}

fn by(mut message: Value, user: &str) -> Value {
    message["createdBy"] = json!({"id": user});
    message
}

fn bot(mut message: Value) -> Value {
    message["normalizedMessage"]["originatingEntity"] = json!("Bot");
    message
}

fn one() -> ConversationId {
    conversation_id(1)
}

async fn take(here: &Here, messages: &[Value]) -> Vec<Result<Vec<Remark>, Trouble>> {
    let mut done = Vec::new();
    for message in messages {
        let message = Box::new(from_json(message.clone()).unwrap());
        let outcome = here.backend.run(Command::TakeMessage(message)).await;
        done.push(outcome.map(|outcome| outcome.remarks));
    }
    done
}

/// A WhatsApp with a bot, a person and an agent.
async fn chat(here: &Here) -> ContactId {
    here.sees(1, Channel::Whatsapp, &[NUMBER]).await;
    let said = [
        by(message(one(), 3, "outbound", "With me. مرحبا 👋"), "kwame"),
        bot(message(one(), 1, "outbound", "Hello, what is it?")),
        message(one(), 2, "inbound", "Where is my parcel?"),
    ];
    assert!(take(here, &said).await.iter().all(Result::is_ok));
    let profile = here.backend.profile_of(one()).await.unwrap();
    profile.contact.unwrap().id
}

async fn counted(here: &Here, contact: ContactId) -> Vec<Option<u64>> {
    let query = JourneyQuery {
        limit: 10,
        ..JourneyQuery::default()
    };
    let journey = here.backend.journey(contact, query).await.unwrap();
    let count = |item: &JourneyItem| match item {
        JourneyItem::Conversation(one) => one.messages,
        JourneyItem::Visit(..) => None,
    };
    journey.items.iter().map(count).collect()
}

async fn is_sound(here: &Here) {
    let found = here.backend.store().check().await.unwrap();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_message_goes_out_as_it_came_in() {
    let came = by(message(one(), 1, "outbound", "Good morning"), "kwame");
    let read = from_json(came.clone()).unwrap();
    assert_eq!(
        (read.author, read.user.as_deref()),
        (Author::Agent, Some("kwame"))
    );
    assert_eq!(to_json(&read), came);
}

#[test]
fn a_bulk_answer_and_lines_are_told_from_conversations() {
    let bulk =
        json!({"entities": [message(one(), 1, "inbound", "a"), message(one(), 2, "inbound", "b")]});
    let lines = format!("{}\n", message(one(), 3, "inbound", "c"));
    let read = |text: String| -> Vec<String> {
        let items = Reader::new(std::io::Cursor::new(text.into_bytes()));
        let ids = items.map(|item| match item.unwrap() {
            Item::Message(one) => one.id,
            other => panic!("{other:?}"),
        });
        ids.collect()
    };
    assert_eq!(read(bulk.to_string()), ["m1", "m2"]);
    assert_eq!(read(lines), ["m3"]);
}

#[test]
fn a_text_that_is_too_long_says_how_much_is_missing() {
    let long = "é".repeat(TEXT_CHARS_MAX + 7);
    let mut read = from_json(message(one(), 1, "inbound", &long)).unwrap();
    assert_eq!((read.text.chars().count(), read.cut), (TEXT_CHARS_MAX, 7));
    assert_eq!(read.beside(), ["[7 more characters, too long to keep]"]);
    read.rest.clear();
    let rest = json!({"id": "m", "conversationId": one(), "timestamp": "2026-11-20T10:00:00Z",
        "direction": "inbound", "extra": ["x".repeat(100_000)]});
    let kept = from_json(rest).unwrap().rest;
    assert!(
        kept.contains_key("direction") && !kept.contains_key("extra"),
        "{kept:?}"
    );
}

#[test]
fn what_is_no_text_is_named_and_what_is_not_understood_is_other() {
    let mut structured = message(one(), 1, "inbound", "See");
    structured["normalizedMessage"]["type"] = json!("Structured");
    structured["normalizedMessage"]["content"] = json!([
        {"contentType": "Attachment", "attachment": {"mediaType": "Image", "filename": "receipt.jpg"}},
        {"contentType": "QuickReply", "quickReply": {"text": "Yes", "payload": "y"}},
        {"contentType": "Carousel"},
    ]);
    let read = from_json(structured).unwrap();
    assert_eq!(
        read.beside(),
        [
            "[image receipt.jpg]",
            "[quick reply Yes]",
            "[other Carousel]"
        ]
    );
    let mut failed = message(one(), 2, "outbound", "");
    failed["status"] = json!("delivery-failed");
    let read = from_json(failed).unwrap();
    assert_eq!(
        (read.author, read.beside()),
        (Author::Unsaid, vec!["[not delivered]".to_owned()])
    );
}

#[tokio::test]
async fn who_said_what_is_read_in_order_and_once() {
    let here = Here::new();
    let contact = chat(&here).await;
    let again = bot(message(one(), 1, "outbound", "Hello, how can I help?"));
    take(&here, &[again]).await;
    let said = here.backend.transcript(one()).await.unwrap();
    let words: Vec<(Author, String)> = said
        .messages
        .iter()
        .map(|one| (one.author, format!("{}: {}", one.who(), one.text)))
        .collect();
    assert_eq!(
        words,
        [
            (Author::Bot, "bot: Hello, how can I help?".to_owned()),
            (Author::Person, "person: Where is my parcel?".to_owned()),
            (Author::Agent, "agent kwame: With me. مرحبا 👋".to_owned()),
        ]
    );
    assert_eq!(counted(&here, contact).await, [Some(3)]);
    is_sound(&here).await;
}

#[tokio::test]
async fn a_message_of_nobody_is_refused() {
    let here = Here::new();
    let done = take(&here, &[message(one(), 1, "inbound", "Hello?")]).await;
    let refused = Refusal::NoConversation(one());
    assert_eq!(done, [Err(Trouble::Refused(Box::new(refused)))]);
}

#[tokio::test]
async fn who_may_not_read_messages_hears_which_right_is_missing() {
    let here = Here::new();
    let contact = chat(&here).await;
    let rights = [
        Permission::ContactView,
        Permission::ContactSessionView,
        Permission::JourneySessionTypeView,
    ];
    let role = Role::new("looker", rights);
    let looker = here.backend.acting(Actor {
        name: "Lou".to_owned(),
        role,
    });
    let denied = Refusal::Denied(Permission::MessageView);
    assert_eq!(
        looker.transcript(one()).await,
        Err(Trouble::Refused(Box::new(denied)))
    );
    let journey = looker.journey(
        contact,
        JourneyQuery {
            limit: 9,
            ..JourneyQuery::default()
        },
    );
    let journey = journey.await.unwrap();
    assert!(journey.missing.contains(&Permission::MessageView));
    assert!(!format!("{journey:?}").contains("Some(3)"));
    // One of the two rights is enough.
    let role = Role::new(
        "reader",
        rights.into_iter().chain([Permission::WebMessagingView]),
    );
    let reader = here.backend.acting(Actor {
        name: "Rea".to_owned(),
        role,
    });
    assert_eq!(reader.transcript(one()).await.unwrap().messages.len(), 3);
}

#[tokio::test]
async fn a_transcript_stays_with_its_conversation_through_an_unlink_and_its_undo() {
    let here = Here::new();
    let contact = chat(&here).await;
    let before = here.backend.store().logical_dump().await.unwrap();
    let unlink = Command::Unlink {
        conversation: one(),
        sharing: Sharing::Leave,
    };
    let done = here.backend.run(unlink).await.unwrap();
    let fresh = done.contact.unwrap();
    assert_ne!(fresh, contact);
    assert_eq!(counted(&here, fresh).await, [Some(3)]);
    let entry = done.entry.unwrap();
    here.backend.run(Command::Undo { entry }).await.unwrap();
    let seen = |lines: Vec<String>| {
        lines
            .into_iter()
            .filter(|line| line.starts_with("message "))
            .collect::<Vec<_>>()
    };
    let after = here.backend.store().logical_dump().await.unwrap();
    assert_eq!(seen(after), seen(before));
    is_sound(&here).await;
}

#[tokio::test]
async fn a_transcript_goes_with_the_retention_and_does_not_come_back() {
    let here = Here::new();
    here.sees(1, Channel::Whatsapp, &[NUMBER]).await;
    let ended = {
        let record = here.backend.store().conversation(one()).await.unwrap();
        let mut conversation = record.unwrap().conversation;
        conversation.end = Some(conversation.start.plus_ms(60_000));
        conversation
    };
    let at = ended.start;
    here.run(Command::Resolve(Box::new(ended))).await;
    let mut said = message(one(), 1, "inbound", "Only for sixty days");
    said["timestamp"] = json!(at.to_string());
    take(&here, std::slice::from_ref(&said)).await;
    here.wait_minutes(61 * 24 * 60);
    assert_eq!(here.backend.drop_older(100).await.unwrap(), 1);
    let dump = here.backend.store().logical_dump().await.unwrap();
    assert!(!dump.iter().any(|line| line.contains("sixty days")));
    assert_eq!(
        take(&here, &[said]).await,
        [Ok(vec![Remark::PastRetention])]
    );
    is_sound(&here).await;
}

#[tokio::test]
async fn an_export_of_the_person_has_what_was_said() {
    let here = Here::new();
    let contact = chat(&here).await;
    let document = here.backend.exported(contact).await.unwrap();
    let messages = &document["conversations"][0]["messages"];
    assert_eq!(messages.as_array().unwrap().len(), 3);
    assert_eq!(
        messages[1]["normalizedMessage"]["text"],
        "Where is my parcel?"
    );
}

#[tokio::test]
async fn a_damaged_message_is_found_by_the_check() {
    let here = Here::new();
    chat(&here).await;
    let file = rusqlite::Connection::open(here.path()).unwrap();
    let changed = file.execute("UPDATE message SET at = at + 1 WHERE id = 'm2'", ());
    assert_eq!(changed.unwrap(), 1);
    let found = here.backend.store().check().await.unwrap();
    assert!(
        found
            .iter()
            .any(|line| line.contains("a message of conversation")),
        "{found:?}"
    );
}
