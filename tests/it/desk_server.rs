//! The desk where a server is behind it that cannot be reached, tells late, or loses an answer.

use scv_desk::backend::Trouble;
use scv_desk::backend::view::Standing;
use scv_desk::domain::command::{Action, Command, EntryId, Outcome};
use uuid::Uuid;

use super::fake::now;
use super::people::world;
use super::stage::Stage;

const AWAY: &str = "scv.example cannot be reached";
const UNKNOWN: &str = "scv.example did not answer: whether the change was made is not known yet";

async fn stage() -> Stage {
    Stage::new(180, 42, "agent-merge", world()).await
}

/// A desk on which a change was sent whose answer was lost.
async fn with_an_unknown_change() -> Stage {
    let mut stage = stage().await;
    let trouble = Trouble::Unknown {
        said: UNKNOWN.to_owned(),
        number: Some(Uuid::from_u128(7)),
    };
    stage.backend.with(|world| world.refusal = Some(trouble));
    stage.press("s").await;
    stage.shows(&format!("✗ Share: {UNKNOWN}"));
    stage
}

fn shared(entry: u64) -> Outcome {
    Outcome {
        entry: Some(EntryId(entry)),
        action: Action::Share,
        contact: None,
        conversation: None,
        remarks: Vec::new(),
    }
}

#[tokio::test]
async fn an_outage_is_told_once_and_taken_back_when_it_is_over() {
    let mut stage = stage().await;
    let away = Trouble::Offline(format!("{AWAY}; what is shown may be old"));
    let standing = Standing::Offline(now());
    stage.backend.with(|world| {
        world.outage = Some(away);
        world.standing = standing;
    });
    stage.press("ctrl-l ctrl-l r esc").await;
    stage.shows("⚠ offline, showing data of 14:02");
    stage.shows("Byrne & Daughters");
    stage.shows(AWAY);
    stage.backend.with(|world| {
        world.outage = None;
        world.standing = Standing::Fine;
    });
    stage.press("ctrl-l").await;
    stage.hides("offline");
    stage.hides(AWAY);
    stage.press("!").await;
    let said = stage.text();
    assert_eq!(said.matches("14:02 ✗").count(), 1, "{said}");
    assert!(!said.contains("times"), "{said}");
}

#[tokio::test]
async fn a_change_in_an_outage_says_that_it_was_not_made() {
    let mut stage = stage().await;
    let away = || Trouble::Offline(format!("{AWAY}; nothing was changed"));
    stage.backend.with(|world| world.outage = Some(away()));
    stage.press("ctrl-l").await;
    stage.backend.with(|world| world.refusal = Some(away()));
    stage.press("s").await;
    stage.shows(&format!("✗ Share: {AWAY}; nothing was changed"));
}

#[tokio::test]
async fn a_server_that_is_asked_for_changes_says_so() {
    let mut stage = stage().await;
    let standing = Standing::Polling;
    stage.backend.with(|world| world.standing = standing);
    stage.press("ctrl-l").await;
    stage.shows("⚠ not live, asking for changes");
}

#[tokio::test]
async fn a_change_stays_unknown_until_it_is_known_that_it_was_made() {
    let mut stage = with_an_unknown_change().await;
    stage.press("esc").await;
    stage.hides(UNKNOWN);
    stage.shows("⚠ 1 change is not known yet");
    stage.backend.tell_fate(Some(shared(412)));
    stage.desk.learn().await.unwrap();
    stage.desk.settle().await.unwrap();
    stage.hides("not known yet");
    stage.shows("✓ Share: it was made after all. Marked as shared: +353 86 123 4567. u undoes it");
}

#[tokio::test]
async fn a_change_stays_unknown_until_it_is_known_that_it_was_not_made() {
    let mut stage = with_an_unknown_change().await;
    // What is done meanwhile does not wait for it.
    stage.press("n H i ctrl-s").await;
    let commands = stage.backend.with(|world| world.commands.clone());
    assert!(
        matches!(commands[..], [Command::AddNote { .. }]),
        "{commands:?}"
    );
    stage.shows("⚠ 1 change is not known yet");
    stage.backend.tell_fate(None);
    stage.desk.learn().await.unwrap();
    stage.desk.settle().await.unwrap();
    stage.hides("not known yet");
    stage.shows("⚠ Share: it was not made; do it again if it is still wanted");
}

#[tokio::test]
async fn a_dialog_whose_change_was_made_after_all_closes() {
    let mut stage = stage().await;
    stage.press("n").await;
    stage.press("H i").await;
    let trouble = Trouble::Unknown {
        said: UNKNOWN.to_owned(),
        number: Some(Uuid::from_u128(7)),
    };
    stage.backend.with(|world| world.refusal = Some(trouble));
    stage.press("ctrl-s").await;
    stage.shows("is not known yet");
    let made = Outcome {
        action: Action::AddNote,
        ..shared(413)
    };
    stage.backend.tell_fate(Some(made));
    stage.desk.learn().await.unwrap();
    stage.desk.settle().await.unwrap();
    stage.shows("it was made after all");
    stage.hides("not known yet");
}

#[tokio::test]
async fn a_change_that_is_tried_again_and_made_is_told_of_once() {
    let mut stage = with_an_unknown_change().await;
    stage.backend.with(|world| world.refusal = None);
    stage.press("s").await;
    stage.hides("not known yet");
    // The first try was asked for meanwhile; what is said of it then is old.
    stage.backend.tell_fate(None);
    stage.desk.learn().await.unwrap();
    stage.desk.settle().await.unwrap();
    stage.hides("it was not made");
}

#[tokio::test]
async fn an_outage_is_told_in_the_smallest_header() {
    for (columns, rows, words) in [
        (80, 24, "offline, showing data of 14:02"),
        (40, 12, "⚠ offline"),
    ] {
        let mut stage = Stage::new(columns, rows, "agent-merge", world()).await;
        stage
            .backend
            .with(|world| world.standing = Standing::Offline(now()));
        stage.press("ctrl-l").await;
        stage.shows(words);
    }
}
