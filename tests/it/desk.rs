//! Keys in, frame out: what the desk shows at three sizes.

use std::sync::Arc;

use scv_desk::backend::Backend;
use scv_desk::domain::Permission;
use scv_desk::domain::contact::ContactId;
use scv_desk::tui::Options;
use scv_desk::tui::input::{Key, Press};
use scv_desk::tui::presenter::{Banner, Presenter, Steer, SteerKey};
use scv_desk::tui::theme::Role;
use tokio::sync::{mpsc, watch};

use super::canvas::theme;
use super::fake::{Fake, World, contact_id, conversation_id};
use super::people::{EFA, JON, email, phone, world};
use super::stage::{Stage, options};

async fn stage(width: u16, height: u16) -> Stage {
    Stage::new(width, height, "agent-merge", world()).await
}

fn ink(role: Role) -> vt100::Color {
    match theme().style(role).fg {
        Some(ratatui::style::Color::Rgb(red, green, blue)) => vt100::Color::Rgb(red, green, blue),
        other => panic!("{role} is not a true colour but {other:?}"),
    }
}

#[tokio::test]
async fn three_panes_on_a_wide_terminal() {
    let mut stage = stage(140, 42).await;
    insta::assert_snapshot!("wide", stage.text());
    stage.press("2").await;
    insta::assert_snapshot!("wide_unknown", stage.text());
}

#[tokio::test]
async fn two_panes_and_tabs_between() {
    let mut stage = stage(100, 30).await;
    insta::assert_snapshot!("two_panes", stage.text());
    stage.press("tab tab").await;
    stage.shows("calls 10");
    stage.shows("1     Efa Byrne");
}

#[tokio::test]
async fn one_pane_behind_tabs_on_a_small_terminal() {
    let mut stage = stage(80, 24).await;
    insta::assert_snapshot!("small_roster", stage.text());
    stage.press("tab").await;
    insta::assert_snapshot!("small_profile", stage.text());
    stage.press("tab j enter").await;
    insta::assert_snapshot!("small_journey", stage.text());
}

#[tokio::test]
async fn everything_can_be_reached_on_a_tiny_terminal() {
    let mut stage = stage(40, 12).await;
    insta::assert_snapshot!("tiny", stage.text());
    stage.press("tab G").await;
    stage.shows("merged  from");
    stage.press("tab j").await;
    stage.shows("/failed");
    stage.press("?").await;
    stage.shows("type to filter");
}

#[tokio::test]
async fn a_sentence_where_there_is_no_room() {
    let mut stage = stage(19, 5).await;
    stage.shows("scv needs 20");
    stage.resize(140, 42).await;
    stage.shows("linked by phone +353 86 123 4567");
}

#[tokio::test]
async fn resizing_loses_nothing() {
    let mut stage = stage(140, 42).await;
    stage.press("tab j j j tab j enter").await;
    let before = stage.cursor_cells("││").pop();
    for (width, height) in [(80, 24), (1, 1), (40, 12), (200, 60), (140, 42)] {
        stage.resize(width, height).await;
    }
    assert_eq!(stage.cursor_cells("││").pop(), before);
    stage.shows("Firefox 143");
    stage.press("shift-tab").await;
    assert!(stage.cursor_row().contains("this phone is also used"));
}

#[tokio::test]
async fn the_cursor_stands_on_the_row_that_has_the_keys() {
    let mut stage = stage(80, 24).await;
    assert!(stage.cursor_row().contains("+353 86 123 4567"));
    stage.press("j").await;
    assert!(stage.cursor_row().contains("j.ortega@example.com"));
    stage.press("tab").await;
    assert!(stage.cursor_row().contains("says Jon Ortega"));
    stage.press("?").await;
    assert!(stage.cursor_row().contains("type to filter"));
}

#[tokio::test]
async fn colours_are_those_of_the_roles() {
    let stage = stage(140, 42).await;
    assert_eq!(stage.colour("● Curated"), ink(Role::Good));
    assert_eq!(stage.colour("⚠ this phone"), ink(Role::Warning));
    assert_eq!(stage.colour("✗ abandoned"), ink(Role::Danger));
    assert_eq!(stage.colour("Owner · Byrne"), vt100::Color::Default);
    assert_eq!(stage.colour("j.ortega@example.com"), vt100::Color::Default);
    assert_eq!(stage.colour("says Jon"), ink(Role::Muted));
}

#[tokio::test]
async fn foreign_names_cannot_steer_the_terminal() {
    let stage = stage(80, 24).await;
    stage.shows("Eve<U+202E>gpj.exe^[[31m<U+200B>!");
    stage.shows("山田 太郎");
    stage.shows("فاطمة الزهراء");
}

#[tokio::test]
async fn the_four_states_of_a_profile_look_different() {
    let mut stage = stage(140, 42).await;
    stage.shows("● linked by phone +353 86 123 4567");
    stage.shows("⚠ this phone is also used by Claire Byrne");
    stage.press("2").await;
    stage.shows("╭─ Suggested ─");
    stage.shows("Jon Ortega");
    stage.shows("○ new: nobody holds e-mail");
    stage.shows("expires 22 Jan 2027 unless kept (a)");
    stage.press("3").await;
    stage.shows("(unlinked)");
    stage.shows("not verified");
    stage.press("6").await;
    stage.shows("● linked by phone +44 20 7946 0011");
    stage.hides("also used by");
}

#[tokio::test]
async fn a_shared_identifier_says_so_wherever_it_stands() {
    let mut world = world();
    let number = phone("+353861234567");
    let efa = world.profiles.get_mut(&conversation_id(1)).unwrap();
    efa.claims.retain(|(held, _)| *held != number);
    efa.shared = vec![number];
    let jon = world.profiles.get_mut(&conversation_id(2)).unwrap();
    jon.shared = vec![email("j.ortega@example.com")];
    let mut stage = Stage::new(140, 42, "agent", world).await;
    let row = |stage: &Stage, words: &str| {
        let lines = stage.lines();
        lines.into_iter().find(|line| line.contains(words)).unwrap()
    };
    assert!(row(&stage, "☎ cell").contains("⇄ shared"));
    assert_eq!(stage.colour("⇄ shared"), ink(Role::Warning));
    stage.shows("⚠ this phone is shared with Claire Byrne · s");
    stage.press("2").await;
    assert!(row(&stage, "│ e-mail").contains("⇄ shared"));
}

#[tokio::test]
async fn only_what_the_role_may_do_is_offered() {
    let mut stage = Stage::new(140, 42, "supervisor", world()).await;
    stage.shows("⚠ this phone is also used by Claire Byrne");
    stage.hides("marks it as shared");
    stage.hides("p wraps up");
    stage.press("2").await;
    stage.shows("unless kept");
    stage.hides("kept (a)");
    stage.hides("a add · l link");
    stage.hides("╰─  ─");
}

/// The contacts of whom the desk had it recorded that somebody looked at them.
fn looks(stage: &Stage) -> Vec<ContactId> {
    stage.backend.with(|world| world.looks.clone())
}

#[tokio::test]
async fn that_a_supervisor_looks_at_a_person_is_recorded_once_for_each() {
    let mut stage = Stage::new(140, 42, "supervisor", world()).await;
    let first = looks(&stage);
    assert_eq!(first, [contact_id(EFA)]);
    stage.press("f5").await;
    assert_eq!(
        looks(&stage),
        first,
        "the same person is not looked at anew"
    );
    stage.press("2 1").await;
    let all = looks(&stage);
    assert_eq!(all.len(), 3, "{all:?}");
    assert_eq!(all[2], contact_id(EFA));
    stage.hides("look recorded");
}

#[tokio::test]
async fn that_an_agent_looks_at_a_person_is_not_recorded() {
    let mut stage = Stage::new(140, 42, "agent-merge", world()).await;
    stage.press("2 1").await;
    assert_eq!(looks(&stage), []);
}

#[tokio::test]
async fn a_contact_that_is_gone_says_so() {
    let mut world = world();
    let efa = world.profiles.get_mut(&conversation_id(1)).unwrap();
    efa.contact = None;
    efa.state = scv_desk::backend::view::ProfileState::Gone;
    let stage = Stage::new(120, 30, "agent", world).await;
    stage.shows("This contact is no longer there");
}

#[tokio::test]
async fn a_contact_whose_merge_was_taken_back_says_so() {
    let mut world = world();
    let efa = world.profiles.get_mut(&conversation_id(1)).unwrap();
    efa.contact = None;
    efa.gone = Some("the merge that had made it was taken back by Mara".to_owned());
    efa.state = scv_desk::backend::view::ProfileState::Gone;
    let stage = Stage::new(160, 30, "agent", world).await;
    stage.shows("The merge that had made it was taken");
    stage.shows("its merge was taken back");
    stage.hides("This contact is no longer there");
}

#[tokio::test]
async fn an_unknown_agent_is_told() {
    let mut world = world();
    world.roster.unknown_agent = true;
    let stage = Stage::new(140, 30, "agent", world).await;
    stage.shows("Nobody here is called Mara");
}

#[tokio::test]
async fn an_empty_desk_says_what_to_do() {
    let stage = Stage::new(140, 30, "agent", World::default()).await;
    stage.shows("No conversation.");
    stage.shows("Pick a conversation, or search for a");
}

#[tokio::test]
async fn a_store_with_nobody_in_it_says_how_people_come_in() {
    let world = World {
        is_new: true,
        ..World::default()
    };
    let stage = Stage::new(140, 30, "agent", world).await;
    stage.shows("`scv import contacts`");
    stage.shows("`scv demo`");
}

#[tokio::test]
async fn missing_rights_are_named() {
    let mut world = world();
    let efa: ContactId = contact_id(EFA);
    let journey = world.journeys.get_mut(&efa).unwrap();
    journey.missing = vec![Permission::JourneyVisitView];
    let stage = Stage::new(140, 30, "agent", world).await;
    stage.shows("Left out: needs journey:visit:view");
}

#[tokio::test]
async fn a_card_opens_in_its_place() {
    let mut stage = stage(140, 42).await;
    stage.press("tab tab j enter").await;
    stage.shows("Firefox 143");
    stage.shows("segment Failed payment");
    stage.shows("█░░░░░░░░░  12 % Purchase");
    stage.hides("hidden");
    stage.press("j j enter").await;
    stage.hides("Firefox 143");
}

#[tokio::test]
async fn a_long_note_opens() {
    let mut stage = stage(140, 60).await;
    stage.hides("in the morning");
    stage.press("tab").await;
    while !stage.cursor_row().contains("4 Nov 2026") {
        stage.press("j").await;
    }
    stage.press("enter").await;
    stage.shows("ten in the morning.");
}

#[tokio::test]
async fn the_badge_is_in_sight_at_every_size() {
    let mut stage = stage(140, 42).await;
    for (width, height) in [(140, 7), (40, 12), (30, 8), (20, 6), (18, 5)] {
        stage.resize(width, height).await;
        stage.shows("DEMO");
    }
}

/// What a presenter says and hears.
struct Booth {
    told: watch::Sender<Banner>,
    moves: watch::Sender<Arc<dyn Backend>>,
    pressed: mpsc::Receiver<Steer>,
}

/// A desk with a presenter who says something.
async fn presented(width: u16, height: u16, banner: Banner) -> (Stage, Booth) {
    let backend = Arc::new(Fake::new("agent", world()));
    let (told, banner) = watch::channel(banner);
    let (sender, pressed) = mpsc::channel(4);
    let (moves, on) = watch::channel::<Arc<dyn Backend>>(backend.clone());
    let keys = [(2, "stories", "list"), (4, "pause", "pause")];
    let keys = keys.map(|(number, word, brief)| SteerKey {
        press: Press::plain(Key::F(number)),
        number,
        word,
        brief,
    });
    let presenter = Presenter {
        banner,
        keys: keys.into(),
        pressed: sender,
        backend: on,
    };
    let options = Options {
        presenter: Some(presenter),
        ..options()
    };
    let booth = Booth {
        told,
        moves,
        pressed,
    };
    (Stage::with(width, height, options, backend).await, booth)
}

fn claire_rings() -> Banner {
    Banner {
        title: "1/7 Claire rings".to_owned(),
        text: "It is Claire, on her mother's phone.".to_owned(),
        brief: "It is Claire".to_owned(),
        actions: vec!["unlink".to_owned()],
        ..Banner::default()
    }
}

#[tokio::test]
async fn a_presenter_lists_choices_and_their_numbers_are_hers_until_one_is_taken() {
    let banner = Banner {
        choices: vec!["Claire rings".to_owned(), "Jon writes".to_owned()],
        ..claire_rings()
    };
    let (mut stage, mut booth) = presented(80, 24, banner).await;
    stage.shows("1 Claire rings   2 Jon writes");
    stage.hides("her mother's phone");
    let before = stage.text();
    stage.press("2 esc f4").await;
    assert_eq!(booth.pressed.try_recv(), Ok(Steer::Choose(1)));
    assert_eq!(booth.pressed.try_recv(), Ok(Steer::Leave));
    assert_eq!(booth.pressed.try_recv(), Ok(Steer::Key(4)));
    assert_eq!(stage.text(), before, "the desk has not heard of it");
    booth.told.send_replace(claire_rings());
    stage.press("2").await;
    assert!(
        booth.pressed.try_recv().is_err(),
        "the number is the desk's"
    );
    stage.shows("It is Claire, on her mother's phone.  x unlink");
}

#[tokio::test]
async fn a_desk_that_is_moved_forgets_what_it_showed() {
    let (mut stage, booth) = presented(140, 42, claire_rings()).await;
    stage.press("2 ?").await;
    stage.shows("type to filter");
    let empty = Arc::new(Fake::new("admin", World::default()));
    booth.moves.send_replace(empty);
    stage.hears().await;
    stage.hides("type to filter");
    stage.hides("Efa Byrne");
    stage.shows("admin");
    stage.shows("It is Claire, on her mother's phone.");
}

#[tokio::test]
async fn what_a_presenter_shows_is_said_in_the_header_of_a_low_screen() {
    let (mut stage, _booth) = presented(60, 20, claire_rings()).await;
    let first_and_last = |stage: &Stage| {
        let lines = stage.lines();
        [lines.first(), lines.last()].map(|line| line.unwrap().contains("▶ 1/7 Claire rings"))
    };
    stage.hides("scv  ▶");
    stage.shows("▶ 1/7 Claire rings");
    stage.resize(60, 12).await;
    assert_eq!(first_and_last(&stage), [true, false]);
    stage.shows("It is Claire  x unlink");
    stage.shows("DEMO");
    stage.resize(60, 9).await;
    stage.hides("It is Claire");
}

#[tokio::test]
async fn an_id_stands_in_one_row() {
    let stage = stage(140, 42).await;
    stage.shows("id      00000000-0000-0000-0000-000000000001");
}

#[tokio::test]
async fn the_search_greys_what_the_role_may_not_do() {
    let mut agent = Stage::new(140, 42, "agent", world()).await;
    agent.press("/").await;
    assert_eq!(agent.colour("^L link"), ink(Role::Accent));
    assert_eq!(agent.colour("^O merge"), ink(Role::Border));
    let mut admin = Stage::new(140, 42, "admin", world()).await;
    admin.press("/").await;
    assert_eq!(admin.colour("^O merge"), ink(Role::Accent));
}

#[tokio::test]
async fn the_resting_line_says_what_is_true_of_somebody_who_is_not_kept() {
    let mut stage = stage(140, 42).await;
    stage.press("2").await;
    stage.shows("Nobody known: only what the conversation provided");
    let mut known = world();
    let profile = known.profiles.get_mut(&conversation_id(2)).unwrap();
    profile.says = Some("Jon Ortega".to_owned());
    let journey = known.journeys[&contact_id(EFA)].clone();
    known.journeys.insert(contact_id(JON), journey);
    let mut stage = Stage::new(140, 42, "agent", known).await;
    stage.press("2").await;
    stage.shows("Not in the contacts: says Jon Ortega, 28 interactions in 60 days");
    let mut asked = world();
    let rivals = asked.profiles[&conversation_id(1)].rivals.clone();
    asked.profiles.get_mut(&conversation_id(2)).unwrap().rivals = rivals;
    let mut stage = Stage::new(140, 42, "agent", asked).await;
    stage.press("2").await;
    stage.shows("Not settled: this phone is also used by Claire Byrne");
}
