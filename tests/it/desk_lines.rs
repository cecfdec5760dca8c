//! The lines of the desk: its header, what the status line says and for how long, and a name without end.

use super::fake::{World, conversation_id};
use super::people::world;
use super::stage::Stage;

async fn stage(width: u16, height: u16, world: World) -> Stage {
    Stage::new(width, height, "admin", world).await
}

#[tokio::test]
async fn the_header_counts_what_the_roster_lists() {
    let wide = stage(140, 42, world()).await;
    wide.shows("local · 1,204,118 contacts · 3 active · 1 waiting");
    wide.shows("Active 3 ");
    wide.shows("Waiting 1 ");
    let mut crowded = world();
    crowded.roster.lines.truncate(1);
    let small = stage(80, 24, crowded).await;
    small.shows("1 active");
    small.hides("waiting");
}

#[tokio::test]
async fn what_was_done_is_told_whole_on_a_small_terminal() {
    let mut stage = stage(80, 24, world()).await;
    stage.press("s").await;
    stage.shows("✓ Marked as shared: +353 86 123 4567");
    stage.shows("u undoes it");
}

#[tokio::test]
async fn a_notice_says_what_matters_on_the_smallest_terminal_and_leaves_the_rest_out() {
    let mut stage = stage(40, 12, world()).await;
    stage.press("s").await;
    stage.shows("✓ Marked as shared: +353 86 123 4567");
    stage.hides("…");
    stage.hides("u undoes it");
    stage.press("u").await;
    stage.shows("✓ No longer shared: +353 86 123 4567");
}

#[tokio::test]
async fn the_resting_line_is_not_cut_on_a_small_terminal() {
    let wide = stage(140, 42, world()).await;
    wide.shows("Linked to Efa Byrne by phone +353 86 123 4567; this phone is also used by Claire");
    let small = stage(80, 24, world()).await;
    small.shows(" Linked to Efa Byrne; this phone is also used by Claire Byrne");
    let smallest = stage(40, 12, world()).await;
    smallest.shows(" Linked to Efa Byrne");
    smallest.hides("Linked to Efa Byrne;");
}

#[tokio::test]
async fn what_was_done_does_not_stand_under_the_next_dialog() {
    let mut stage = stage(140, 42, world()).await;
    stage.press("s").await;
    stage.shows("✓ Marked as shared");
    stage.press("n").await;
    stage.shows("Note on Efa Byrne");
    stage.hides("✓ Marked as shared");
    stage.press("esc !").await;
    stage.shows("✓ Marked as shared");
}

#[tokio::test]
async fn a_refusal_stays_under_the_next_dialog() {
    let mut stage = stage(140, 42, world()).await;
    stage.press("a").await;
    stage.shows("⚠ Add to contacts: already Curated");
    stage.press("s").await;
    stage.shows("✓ Marked as shared");
    stage.press("n").await;
    stage.shows("⚠ Add to contacts: already Curated");
    stage.hides("✓ Marked as shared");
}

#[tokio::test]
async fn a_very_long_name_takes_two_rows_and_stands_whole_among_the_fields() {
    let mut long = world();
    let profile = long.profiles.get_mut(&conversation_id(1)).unwrap();
    let fields = &mut profile.contact.as_mut().unwrap().fields;
    fields.first_name = Some("Wolfeschlegelstein ".repeat(24) + "End");
    let stage = stage(140, 42, long).await;
    let text = stage.text();
    let rows: Vec<&str> = text.lines().collect();
    let named = |row: &&&str| row.contains("Wolfeschlegelstein");
    let top = rows[2..8].iter().filter(named).count();
    assert_eq!(top, 2, "{text}");
    assert!(rows[3].contains('…'), "{text}");
    stage.shows("first name");
    stage.shows(" End");
}

#[tokio::test]
async fn a_refusal_says_what_to_do_in_the_smallest_window() {
    let mut stage = Stage::new(40, 12, "agent", world()).await;
    stage.press("m").await;
    stage.shows("⚠ Merge with another contact: needs");
    stage.shows("externalContacts:identity:merge");
}
