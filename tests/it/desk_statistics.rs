//! What happened in the organization, on the desk.

use scv_desk::backend::view::Feature;

use super::fake::World;
use super::people::world;
use super::stage::Stage;

async fn opened(columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::new(columns, rows, "supervisor", world()).await;
    stage.press("S").await;
    stage
}

#[tokio::test]
async fn a_supervisor_sees_shares_plots_and_lists() {
    let mut stage = opened(140, 60).await;
    for words in [
        "Conversations 10,000",
        "linked automatically",
        "81.0 %",
        "By channel",
        "請求と支払い",
        "(no queue)",
        "41 times, half within 01:15, 9 of 10 within 10:00",
        "+353214567890",
        "marked",
    ] {
        stage.shows(words);
    }
    stage.hides("added to the contacts");
    stage.press("S").await;
    stage.hides("linked automatically");
}

#[tokio::test]
async fn the_smallest_screen_shows_the_shares_and_scrolls_to_the_rest() {
    let mut stage = opened(40, 12).await;
    stage.shows("linked automatically");
    stage.shows("8,100");
    stage.hides("marked");
    stage.press("G").await;
    stage.shows("marked");
    stage.press("esc").await;
    stage.hides("marked");
}

#[tokio::test]
async fn an_agent_is_told_which_right_it_needs() {
    let mut stage = Stage::new(140, 42, "agent", world()).await;
    stage.press("S").await;
    stage.shows("externalContacts:conversation:viewAll");
    stage.hides("linked automatically");
}

#[tokio::test]
async fn where_nothing_is_counted_the_reason_stands_there() {
    let lacking = World {
        lacks: &[(Feature::Statistics, "the server counts nothing")],
        ..world()
    };
    let mut stage = Stage::new(140, 42, "supervisor", lacking).await;
    stage.press("S").await;
    stage.shows("the server counts nothing");
}
