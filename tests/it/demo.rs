//! The demo: its script plays as written, under a clock of the test's own.

use std::sync::Arc;

use scv_desk::backend::Backend;
use scv_desk::backend::local::LocalBackend;
use scv_desk::demo::clock::{SPEED_MAX, ScaledClock};
use scv_desk::demo::house::{Laying, Site};
use scv_desk::demo::player::{Due, Player};
use scv_desk::demo::script::{Caption, Repeats, Script, Turn, What};
use scv_desk::demo::shift::{BASE, BASE_MOMENT, clip, freshen};
use scv_desk::demo::{Control, DemoState, Play, Stage, act, bundled_script, load};
use scv_desk::domain::command::Actor;
use scv_desk::domain::conversation::Status;
use scv_desk::domain::{ConversationId, Moment, Role};
use scv_desk::engine;
use scv_desk::store::Store;
use scv_desk::store::sqlite::{Open, Options, SqliteStore};
use scv_desk::tui::action::Action;
use scv_desk::tui::presenter::{Banner, Presenter};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::{mpsc, watch};

use super::fake::Fake;
use super::people::world;
use super::stage::Stage as DeskStage;

fn player(script: &Arc<Script>) -> Player {
    Player::new(script.clone(), 0, BASE_MOMENT, &[])
}

fn script() -> Arc<Script> {
    Arc::new(bundled_script().unwrap())
}

fn ids(due: &[Due]) -> Vec<String> {
    let of = |due: &Due| match due {
        Due::Conversation { json, .. } => json["conversationId"].as_str().map(str::to_owned),
        Due::Visit(_) | Due::Caption(_) => None,
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
        Due::Visit(_) | Due::Caption(_) => false,
    });
    assert!(ends, "Claire's call never ends");
}

#[test]
fn who_has_not_come_when_the_presenter_leaves_a_story_does_not_come_any_more() {
    let script = script();
    let mut player = player(&script);
    player.due(BASE_MOMENT.plus_ms(2_000));
    player.jump(1, BASE_MOMENT.plus_ms(3_000));
    let rest = ids(&player.due(BASE_MOMENT.plus_ms(60_000)));
    let is_there = |start: &str| rest.iter().any(|id| id.starts_with(start));
    assert!(!is_there("663041af"), "Claire still rings: {rest:?}");
    assert!(!rest.is_empty(), "Jon Ortega does not write");
    assert!(player.has_played(0) && player.has_played(1) && !player.has_played(2));
}

/// A play of the bundled script on a fast clock, and what it says.
struct Told {
    stage: Stage,
    moved: UnboundedReceiver<Arc<LocalBackend>>,
    _playing: tokio::task::JoinHandle<()>,
    dir: tempfile::TempDir,
}

/// How long the demo may take to say something on a busy machine.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
const START: &str = "2026-11-25T09:00:00Z";

async fn tell() -> Told {
    let dir = tempfile::tempdir().unwrap();
    let start: Moment = START.parse().unwrap();
    let clock = Arc::new(ScaledClock::new(start, SPEED_MAX));
    let telling = clock.clone();
    let script = script();
    let play = Play {
        story: 0,
        wall: Arc::new(move || start),
        site: Site {
            dir: dir.path().into(),
            rules: engine::Options::default(),
            zone: jiff::tz::TimeZone::UTC,
            clock: Arc::new(move || telling.now()),
            agent: script.agent.clone(),
            store: Options::default(),
            laying: Laying::Here,
        },
        script,
        clock,
    };
    let role = Role::bundled("agent-merge").unwrap();
    let house = play.site.build(start, role).await.unwrap();
    let (tell, moved) = unbounded_channel();
    tell.send(house.desk.clone()).unwrap();
    let (stage, playing) = play.start(house, move |desk| tell.send(desk).unwrap());
    Told {
        stage,
        moved,
        _playing: playing,
        dir,
    }
}

impl Told {
    async fn until(&mut self, is_so: impl FnMut(&DemoState) -> bool) {
        let said = tokio::time::timeout(PATIENCE, self.stage.state.wait_for(is_so)).await;
        said.expect("the demo never said so").unwrap();
    }

    async fn steer(&self, control: Control) {
        self.stage.controls.send(control).await.unwrap();
    }
}

#[tokio::test]
async fn a_story_is_told_again_on_a_fresh_store_and_nothing_piles_up() {
    let mut told = tell().await;
    for telling in 0..3 {
        let desk = told.moved.recv().await.unwrap();
        told.until(|state| state.caption.actions.iter().any(|action| action == "jump"))
            .await;
        let roster = desk.roster().await.unwrap();
        let from_efas_phone = roster
            .lines
            .iter()
            .filter(|line| line.name.as_deref() == Some("Efa Byrne"));
        assert_eq!(from_efas_phone.count(), 1, "telling {telling}");
        let stores = std::fs::read_dir(told.dir.path()).unwrap().count();
        assert_eq!(stores, 1, "the store of the telling before is gone");
        told.steer(Control::Restart).await;
    }
}

#[tokio::test]
async fn every_story_can_be_jumped_to_and_says_at_once_what_it_is_about() {
    let mut told = tell().await;
    told.steer(Control::TogglePause).await;
    told.until(|state| state.paused).await;
    for story in [6, 5, 4, 3, 2, 1, 0, 3] {
        told.steer(Control::Story(story)).await;
        let title = script().stories[story].title.clone();
        told.until(|state| state.story == story && state.title == title)
            .await;
        let state = told.stage.state.borrow().clone();
        assert!(state.paused, "the pause is the presenter's");
        assert!(!state.caption.text.is_empty(), "{title}");
    }
    told.steer(Control::Story(6)).await;
    told.until(|state| state.story == 6).await;
    told.steer(Control::NextStory).await;
    told.until(|state| state.story == 0).await;
}

#[tokio::test]
async fn what_the_presenter_has_set_stays_when_a_story_starts_anew() {
    let mut told = tell().await;
    told.moved.recv().await.unwrap();
    told.steer(Control::NextRole).await;
    told.steer(Control::Slower).await;
    told.steer(Control::Restart).await;
    let desk = told.moved.recv().await.unwrap();
    assert_eq!(desk.actor().1.name, "supervisor");
    told.until(|state| state.role == "supervisor" && state.speed == SPEED_MAX / 2.0)
        .await;
}

#[tokio::test]
async fn a_small_screen_has_every_caption_with_its_keys() {
    for story in &script().stories {
        let captions = story.steps.iter().filter_map(|step| match &step.what {
            What::Caption(caption) => Some(caption.clone()),
            What::Conversation { .. } | What::Visit { .. } => None,
        });
        for caption in captions.chain([story.opening()]) {
            for (size, words, rows) in [
                ((140, 42), &caption.text, 2),
                ((80, 24), &caption.text, 3),
                ((40, 12), &caption.brief, 1),
            ] {
                let stage = presented(size, &caption).await;
                let shown = stage
                    .text()
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ");
                assert!(
                    shown.contains(words.as_str()),
                    "{words:?} is not in\n{}",
                    stage.text()
                );
                // The bar is as high for every caption, so that the desk stands still.
                let bar = stage.lines().split_off(usize::from(size.1 - rows));
                assert_eq!(bar[0].contains("▶"), 1 < rows, "{}", stage.text());
                for name in &caption.actions {
                    let key = Action::of_name(name).unwrap().spec().keys[0];
                    let word = Action::of_name(name).unwrap().spec().word;
                    let key = key.replace("tab", "Tab").replace("enter", "Enter");
                    let asked = format!("{key} {word}");
                    assert!(
                        bar.join(" ").contains(&asked),
                        "{asked:?} is not in {bar:?}"
                    );
                }
            }
        }
    }
}

async fn presented((width, height): (u16, u16), caption: &Caption) -> DeskStage {
    let banner = Banner {
        title: "1/7 Claire rings".to_owned(),
        text: caption.text.clone(),
        brief: caption.brief.clone(),
        actions: caption.actions.clone(),
        ..Banner::default()
    };
    let backend = Arc::new(Fake::new("agent-merge", world()));
    let options = scv_desk::tui::Options {
        presenter: Some(Presenter {
            banner: watch::channel(banner).1,
            keys: Vec::new(),
            pressed: mpsc::channel(1).0,
            backend: watch::channel::<Arc<dyn Backend>>(backend.clone()).1,
        }),
        ..super::stage::options()
    };
    DeskStage::with(width, height, options, backend).await
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
    let mut player = Player::new(script(), 0, start, &visits);
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
