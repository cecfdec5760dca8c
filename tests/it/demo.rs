//! The demo: its script plays as written, under a clock of the test's own.

use std::sync::Arc;

use scv_desk::backend::local::LocalBackend;
use scv_desk::demo::player::{Due, Player};
use scv_desk::demo::script::{Repeats, Script, Turn, What};
use scv_desk::demo::shift::{BASE, BASE_MOMENT, clip, freshen};
use scv_desk::demo::{act, bundled_script, load};
use scv_desk::domain::command::Actor;
use scv_desk::domain::conversation::Status;
use scv_desk::domain::{ConversationId, Moment, Role};
use scv_desk::engine;
use scv_desk::store::Store;
use scv_desk::store::sqlite::{Open, Options, SqliteStore};
use serde_json::{Value, json};

fn player(script: &Arc<Script>) -> Player {
    Player::new(script.clone(), BASE_MOMENT, &[])
}

fn script() -> Arc<Script> {
    Arc::new(bundled_script().unwrap())
}

fn ids(due: &[Due]) -> Vec<String> {
    let of = |due: &Due| match due {
        Due::Conversation { json, .. } => json["conversationId"].as_str().map(str::to_owned),
        Due::Visit(_) | Due::Caption { .. } => None,
    };
    due.iter().filter_map(of).collect()
}

#[test]
fn the_base_of_the_data_is_the_base_of_the_player() {
    assert_eq!(BASE.parse::<Moment>().unwrap(), BASE_MOMENT);
}

#[test]
fn the_bundled_script_begins_with_claire_and_ends_in_a_loop() {
    let script = script();
    assert_eq!(script.stories[0].id, "claire");
    assert_eq!(script.agent, "Mara Lindt");
    let loops: Vec<_> = script
        .stories
        .iter()
        .map(|story| story.repeats == Repeats::ForEver)
        .collect();
    assert_eq!(loops.iter().filter(|forever| **forever).count(), 1);
    assert!(loops.last().unwrap());
}

#[test]
fn every_conversation_of_the_script_arrives_before_it_goes_on() {
    for story in &script().stories {
        let mut arrived = Vec::new();
        for step in &story.steps {
            if let What::Conversation { id, .. } = &step.what {
                assert!(
                    script().conversations.contains_key(id),
                    "{id} never arrives"
                );
                arrived.push(id.clone());
            }
        }
        assert!(!arrived.is_empty(), "{} has no conversation", story.id);
    }
}

#[test]
fn a_conversation_is_shown_as_it_was_at_the_moment() {
    let whole = json!({
        "conversationId": "c", "conversationEnd": "2026-01-01T12:05:00.000Z",
        "participants": [
            {"purpose": "customer", "sessions": [{"segments": [
                {"segmentType": "interact", "segmentStart": "2026-01-01T12:00:00.000Z",
                 "segmentEnd": "2026-01-01T12:05:00.000Z", "disconnectType": "client"}]}]},
            {"purpose": "agent", "sessions": [{"segments": [
                {"segmentType": "interact", "segmentStart": "2026-01-01T12:01:00.000Z"}]}]},
        ],
    });
    let early = clip(&whole, "2026-01-01T12:00:30.000Z");
    assert_eq!(early["participants"].as_array().unwrap().len(), 1);
    assert_eq!(early.get("conversationEnd"), None);
    assert_eq!(
        early["participants"][0]["sessions"][0]["segments"][0].get("disconnectType"),
        None
    );
    assert_eq!(clip(&whole, "2026-01-01T12:05:00.000Z"), whole);
}

#[test]
fn timestamps_move_and_ids_of_the_script_are_new_on_each_pass() {
    let mut value =
        json!({"at": BASE, "id": "663041af-6619-4c43-be7d-c44bf01e0000", "text": "0000"});
    freshen(&mut value, 1000, 2);
    let wanted = json!({
        "at": "2026-01-01T12:00:01.000Z", "id": "663041af-6619-4c43-be7d-c44bf01e0002", "text": "0000"
    });
    assert_eq!(value, wanted);
}

#[test]
fn nothing_is_due_twice_and_nothing_is_left_out() {
    let script = script();
    let (mut slow, mut fast) = (player(&script), player(&script));
    let hour = 3_600_000;
    let mut by_seconds = Vec::new();
    for ms in (0..=hour).step_by(1000) {
        by_seconds.extend(slow.due(BASE_MOMENT.plus_ms(ms)));
    }
    let at_once = fast.due(BASE_MOMENT.plus_ms(hour));
    assert_eq!(ids(&by_seconds).len(), ids(&at_once).len());
    assert!(slow.due(BASE_MOMENT.plus_ms(hour)).is_empty());
}

#[test]
fn after_a_jump_the_conversations_of_the_story_before_go_on_to_their_end() {
    let script = script();
    let mut player = player(&script);
    let first = player.due(BASE_MOMENT.plus_ms(20_000));
    let claire = ids(&first)
        .into_iter()
        .find(|id| id.starts_with("663041af"))
        .unwrap();
    player.jump(3, BASE_MOMENT.plus_ms(21_000));
    assert_eq!(player.story(), 3);
    let rest = player.due(BASE_MOMENT.plus_ms(10 * 60_000));
    let ends = rest.iter().any(|due| match due {
        Due::Conversation { json, turn } => {
            json["conversationId"] == Value::String(claire.clone()) && *turn == Turn::WrapsUp
        }
        Due::Visit(_) | Due::Caption { .. } => false,
    });
    assert!(ends, "Claire's call never ends");
}

#[tokio::test]
async fn claire_is_linked_to_efa_and_every_story_leaves_a_sound_store() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("demo.db");
    let store = Arc::new(SqliteStore::open(&path, Open::Create, Options::default()).unwrap());
    let start: Moment = "2026-11-25T09:00:00Z".parse().unwrap();
    let now = Arc::new(std::sync::Mutex::new(start));
    let clock = {
        let now = now.clone();
        Arc::new(move || *now.lock().unwrap())
    };
    let actor = Actor {
        name: "demo switch".to_owned(),
        role: Role::bundled("admin").unwrap(),
    };
    let options = engine::Options::default();
    let feed = LocalBackend::new(
        store.clone(),
        actor,
        options,
        clock,
        jiff::tz::TimeZone::UTC,
    );
    let visits = load::load(&feed, start).await.unwrap();
    let mut player = Player::new(script(), start, &visits);
    let claire: ConversationId = "663041af-6619-4c43-be7d-c44bf01e0000".parse().unwrap();
    for seconds in [15, 1000, 2000] {
        let moment = start.plus_ms(seconds * 1000);
        *now.lock().unwrap() = moment;
        for due in player.due(moment) {
            act(due, &feed).await.unwrap();
        }
        if seconds == 15 {
            let record = store.conversation(claire).await.unwrap().unwrap();
            assert_eq!(record.status(), Status::Active);
            let contact = store
                .contacts(vec![record.link.contact])
                .await
                .unwrap()
                .remove(0);
            assert_eq!(contact.fields.full_name(), "Efa Byrne");
        }
    }
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
}
