//! The desk in the past: what stood then, stepping, and back to now.

use scv_desk::backend::Trouble;
use scv_desk::backend::view::{Journey, Past};
use scv_desk::domain::command::Command;
use scv_desk::domain::{Moment, Refusal};

use crate::fake::{conversation_id, now};
use crate::people;
use crate::stage::Stage;

/// Efa as she stood two days ago, under another name.
fn past(at: Moment) -> Past {
    let world = people::world();
    let mut profile = world.profiles[&conversation_id(1)].clone();
    let contact = profile.contact.as_mut().unwrap();
    contact.fields.last_name = Some("Murphy".to_owned());
    Past {
        at,
        profile,
        journey: Journey::default(),
        claims: Vec::new(),
        organization: None,
        record: None,
        earlier: Some(at.minus_days(1)),
        later: Some(at.plus_days(1)),
    }
}

fn days_ago(days: i64) -> Moment {
    now().minus_days(days)
}

async fn desk() -> Stage {
    let stage = Stage::new(140, 36, "admin", people::world()).await;
    stage.backend.with(|world| {
        for days in [1, 2, 3] {
            world.pasts.push(past(days_ago(days)));
        }
    });
    stage
}

#[tokio::test]
async fn a_moment_is_asked_for_and_shown_with_a_banner() {
    let mut desk = desk().await;
    desk.press("t").await;
    desk.shows("As of when?");
    desk.press("s o o n enter").await;
    desk.shows("is not a time");
    desk.press("ctrl-u 2 d enter").await;
    desk.shows("Efa Murphy");
    desk.shows("As of 21 Nov 2026 14:02: nothing can be changed here");
    desk.press("esc").await;
    desk.hides("Murphy");
    desk.hides("nothing can be changed here");
    desk.shows("Efa Byrne");
}

#[tokio::test]
async fn nothing_can_be_changed_in_the_past() {
    let mut desk = desk().await;
    desk.press("t 2 d enter e").await;
    desk.shows("Edit the contact: as of 21 Nov 2026 14:02: nothing can be changed here");
    desk.press("esc x").await;
    desk.shows("Unlink the conversation: as of 21 Nov 2026 14:02");
    desk.press("esc u").await;
    assert!(desk.backend.with(|world| world.commands.is_empty()));
    // Somebody changed something meanwhile: the past stays what it was.
    desk.backend.tell(scv_desk::live::Topic::Elsewhere);
    desk.desk.settle().await.unwrap();
    desk.shows("Efa Murphy");
}

#[tokio::test]
async fn steps_go_back_and_forth_and_end_now() {
    let mut desk = desk().await;
    desk.press("t 2 d enter [").await;
    desk.shows("As of 20 Nov 2026 14:02");
    desk.press("]").await;
    desk.shows("As of 21 Nov 2026 14:02");
    desk.press("]").await;
    desk.shows("As of 22 Nov 2026 14:02");
    desk.backend.with(|world| world.pasts[0].later = None);
    desk.press("[ ] ]").await;
    desk.hides("nothing can be changed here");
    desk.press("]").await;
    desk.shows("On to the change after, and to now: this is now");
}

#[tokio::test]
async fn what_is_no_longer_kept_is_told_and_the_present_stays() {
    let mut desk = desk().await;
    desk.press("t 9 d enter").await;
    desk.shows("is no longer kept");
    desk.shows("Efa Byrne");
    desk.hides("nothing can be changed here");
    // Searching belongs to now.
    desk.press("t 2 d enter /").await;
    desk.hides("nothing can be changed here");
}

/// What the fake answers where it knows no past.
pub fn gone(at: Moment) -> Trouble {
    Trouble::from(Refusal::PastGone(at.to_string()))
}

#[tokio::test]
async fn why_of_a_contact_and_why_not_in_full() {
    let mut desk = desk().await;
    desk.press("w 1").await;
    desk.shows("1 Why not Claire Byrne?");
    desk.shows("Claire Byrne was asked about in full");
    desk.press("esc").await;
    let wrote = |command: &Command| matches!(command, Command::Link { .. });
    assert!(!desk.backend.with(|world| world.commands.iter().any(wrote)));
}

#[tokio::test]
async fn from_the_conversations_the_past_is_shown_in_the_pane_that_has_it_at_every_size() {
    for (width, height) in [(140, 36), (80, 24), (40, 12)] {
        for keys in ["[", "t 2 d enter"] {
            let mut desk = desk().await;
            desk.backend.with(|world| {
                let mut now = past(now());
                now.earlier = Some(days_ago(2));
                world.pasts.push(now);
            });
            desk.resize(width, height).await;
            desk.press(keys).await;
            desk.shows("Efa Murphy");
            desk.shows(" as of 21 Nov 14:02 ");
        }
    }
}
