//! Clicks and the wheel: on the keys of the footer and of dialogs, on rows, answers and fields.

use std::sync::Arc;

use scv_desk::domain::command::{Command, Sharing};
use scv_desk::tui::Options;
use scv_desk::tui::input::{Button, Input, Mouse, MouseKind, Press};
use scv_desk::tui::memory::Memory;

use super::fake::{Fake, World};
use super::people::world;
use super::stage::{Stage, options};

async fn stage(world: World) -> Stage {
    Stage::new(140, 42, "admin", world).await
}

impl Stage {
    async fn mouse(&mut self, kind: MouseKind, column: u16, row: u16) {
        let mouse = Mouse {
            kind,
            column,
            row,
            ctrl: false,
            alt: false,
            shift: false,
        };
        self.desk.input(Input::Mouse(mouse)).unwrap();
        self.desk.settle().await.unwrap();
    }

    /// Clicks on the last place where these words stand.
    async fn click(&mut self, words: &str) {
        let lines = self.lines();
        let row = lines.iter().rposition(|line| line.contains(words));
        let row = row.unwrap_or_else(|| panic!("{words:?} is not in\n{}", self.text()));
        let before = lines[row].split(words).next().unwrap();
        let column = scv_desk::tui::text::width(before) as u16;
        self.mouse(MouseKind::Down(Button::Left), column, row as u16)
            .await;
    }

    fn last_command(&self) -> Command {
        self.backend
            .with(|world| world.commands.last().cloned())
            .unwrap()
    }
}

#[tokio::test]
async fn a_key_of_the_footer_can_be_clicked_on() {
    let mut stage = stage(world()).await;
    stage.click("w why").await;
    stage.shows("Why this contact?");
    stage.click("Esc close").await;
    stage.hides("Why this contact?");
    stage.click("? help").await;
    stage.shows("type to filter");
}

#[tokio::test]
async fn what_a_role_may_not_do_is_no_button() {
    let mut stage = Stage::new(140, 42, "agent", world()).await;
    stage.click("m merge").await;
    stage.hides("Merge Efa Byrne with");
}

#[tokio::test]
async fn an_answer_is_chosen_by_two_clicks() {
    let mut stage = stage(world()).await;
    stage.press("x").await;
    stage.click("Somebody else is using this phone").await;
    assert!(stage.backend.with(|world| world.commands.is_empty()));
    stage.click("Somebody else is using this phone").await;
    assert!(matches!(
        stage.last_command(),
        Command::Unlink {
            sharing: Sharing::Mark,
            ..
        }
    ));
}

#[tokio::test]
async fn nobody_is_deleted_by_one_click() {
    let mut stage = stage(world()).await;
    stage.press("D").await;
    stage.click("Yes, delete Efa Byrne").await;
    assert!(stage.backend.with(|world| world.commands.is_empty()));
    stage.shows("Yes, delete Efa Byrne");
}

#[tokio::test]
async fn fields_and_save_of_a_form_can_be_clicked_on() {
    let mut stage = stage(world()).await;
    stage.press("e").await;
    stage.click("postal code").await;
    assert!(stage.cursor_row().contains("postal code"));
    stage.press("T 1 2").await;
    stage.click("^S save").await;
    match stage.last_command() {
        Command::Edit { edits, .. } => assert_eq!(edits.len(), 1),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_row_of_the_search_is_selected_and_then_opened() {
    let mut stage = stage(world()).await;
    stage.press("2 / c l a i r e").await;
    stage.click("Claire Byrne").await;
    stage.shows("Find a contact");
    stage.click("Claire Byrne").await;
    stage.hides("Find a contact");
    stage.shows("○ opened without a conversation");
}

#[tokio::test]
async fn the_wheel_moves_in_a_dialog() {
    let mut stage = stage(world()).await;
    stage.press("?").await;
    stage.mouse(MouseKind::WheelDown, 70, 20).await;
    stage.press("enter").await;
    stage.shows("New contact");
}

#[tokio::test]
async fn a_key_leaves_the_mouse_to_the_terminal() {
    let mut stage = stage(world()).await;
    let takes_clicks = |stage: &Stage| {
        let off = vt100::MouseProtocolMode::None;
        stage
            .glass
            .with(|parser| parser.screen().mouse_protocol_mode() != off)
    };
    stage.press("f9").await;
    assert!(takes_clicks(&stage));
    stage.press("f9").await;
    assert!(!takes_clicks(&stage));
    stage.shows("The mouse is the terminal's: it selects text");
}

#[test]
fn every_label_of_a_button_is_its_press() {
    for name in [
        "l", "N", "=", "/", "ctrl-l", "enter", "esc", "tab", "pagedown", "down", "space",
    ] {
        let press: Press = name.parse().unwrap();
        assert_eq!(Press::of_label(&press.label()), Some(press), "{name}");
    }
    for label in ["↑↓", "…", "g m", ""] {
        assert_eq!(Press::of_label(label), None, "{label}");
    }
}

/// The columns where the panes begin.
fn borders(stage: &Stage) -> Vec<usize> {
    let lines = stage.lines();
    let top = lines.iter().find(|line| line.contains('╭')).unwrap();
    let columns = top.chars().enumerate();
    columns
        .filter(|(_, letter)| *letter == '╭')
        .map(|(column, _)| column)
        .collect()
}

#[tokio::test]
async fn what_is_between_two_panes_is_dragged_and_no_pane_goes() {
    let mut stage = stage(world()).await;
    let before = borders(&stage);
    let left = Button::Left;
    for (border, to) in [(1, 50), (2, 90)] {
        let from = borders(&stage)[border] as u16;
        stage.mouse(MouseKind::Down(left), from, 10).await;
        stage.mouse(MouseKind::Drag(left), to - 1, 10).await;
        stage.mouse(MouseKind::Up(left), to - 1, 10).await;
    }
    assert_eq!(borders(&stage), [0, 50, 90]);
    assert_ne!(before, borders(&stage));
    // It was let go.
    stage.mouse(MouseKind::Drag(left), 20, 10).await;
    assert_eq!(borders(&stage), [0, 50, 90]);
    stage.mouse(MouseKind::Down(left), 49, 10).await;
    stage.mouse(MouseKind::Drag(left), 139, 10).await;
    assert_eq!(borders(&stage), [0, 92, 116]);
    stage.mouse(MouseKind::Drag(left), 0, 10).await;
    assert_eq!(borders(&stage)[1], 24);
}

#[tokio::test]
async fn panes_are_resized_by_keys_and_are_so_the_next_time() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state/desk");
    let remembering = || Options {
        memory: Some(Memory::at(path.clone())),
        ..options()
    };
    let backend = || Arc::new(Fake::new("agent", world()));
    let mut stage = Stage::with(140, 42, remembering(), backend()).await;
    let before = borders(&stage);
    stage.press("> >").await;
    let wider = borders(&stage);
    assert_eq!(wider[1], before[1] + 4);
    stage.press("tab tab <").await;
    let last = borders(&stage);
    assert_eq!((last[1], last[2]), (wider[1], wider[2] + 2));
    let again = Stage::with(140, 42, remembering(), backend()).await;
    assert_eq!(borders(&again), last);
    std::fs::write(&path, "roster = many\nprofile = 99999\n\u{1b}").unwrap();
    let odd = Stage::with(140, 42, remembering(), backend()).await;
    assert_eq!(borders(&odd).len(), 3);
    let mut narrow = Stage::with(80, 24, remembering(), backend()).await;
    narrow.press(">").await;
    narrow.shows("Only one pane has room here");
}
