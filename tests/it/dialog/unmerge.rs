//! Taking a merge back: what came since, and the side that each of it goes to.

use scv_desk::backend::Trouble;
use scv_desk::backend::view::{Brief, UnmergeItem, UnmergePreview};
use scv_desk::domain::command::{Action, Command, EntryId};
use scv_desk::domain::contact::ContactType;
use scv_desk::domain::refusal::Refusal;
use scv_desk::domain::unmerge::Since;

use crate::fake::{Fake, World, contact_id, conversation_id, note_id, undoable};
use crate::people::world;
use crate::stage::{Stage, options};

const MERGE: EntryId = EntryId(41);

fn brief(number: u128, name: &str) -> Brief {
    Brief {
        id: contact_id(number),
        kind: ContactType::Curated,
        name: name.to_owned(),
        says: None,
        detail: "+353 86 123 4567".to_owned(),
    }
}

fn item(item: Since, what: &str) -> UnmergeItem {
    UnmergeItem {
        item,
        what: what.to_owned(),
        side: 0,
        why: "phone +353 86 123 4567 belongs there".to_owned(),
    }
}

/// A merge to which a call and a note came, and which was the last action.
fn merged() -> World {
    let mut world = world();
    world.undoable = vec![undoable(MERGE, Action::Merge, "merged")];
    let items = vec![
        item(
            Since::Conversation(conversation_id(9), None),
            "call of 23 Nov 13:00, +353 86 123 4567",
        ),
        item(
            Since::Note(note_id(3)),
            "note of Mara Lindt: “\u{1b}]52;c;x\u{7}rings on Mondays”",
        ),
    ];
    world.unmerge = Some(UnmergePreview {
        entry: MERGE,
        sides: vec![brief(1, "Efa Byrne"), brief(50, "直樹 清水")],
        head: None,
        items,
        elsewhere: Vec::new(),
    });
    world
}

async fn stage(width: u16, height: u16) -> Stage {
    let fake = std::sync::Arc::new(Fake::new("agent-merge", merged()));
    let mut stage = Stage::with(width, height, options(), fake).await;
    stage.press("u").await;
    stage
}

#[tokio::test]
async fn what_came_since_is_listed_with_its_side_and_given_to_another_one() {
    let mut stage = stage(140, 42).await;
    stage.shows("Efa Byrne and 直樹 清水 come back.");
    stage.shows("2 things came since");
    stage.shows("to Efa Byrne: phone +353 86 123 4567 belongs there");
    stage.press("down space").await;
    stage.shows("to 直樹 清水: chosen");
    stage.press("enter").await;
    stage.shows("Apart again: Efa Byrne and 直樹 清水");
    stage.hides("u undoes it");
    let sent = stage.backend.with(|world| world.commands.last().cloned());
    let sides = vec![(Since::Note(note_id(3)), contact_id(50))];
    assert_eq!(
        sent,
        Some(Command::Unmerge {
            entry: MERGE,
            sides
        })
    );
}

#[tokio::test]
async fn an_undo_in_the_history_asks_for_the_sides_too() {
    let mut world = merged();
    world.history = world.undoable.clone();
    let items = 2;
    let entry = MERGE;
    world.refusal = Some(Trouble::Refused(Box::new(Refusal::ToAssign {
        entry,
        items,
    })));
    let fake = std::sync::Arc::new(Fake::new("agent-merge", world));
    let mut stage = Stage::with(140, 42, options(), fake).await;
    stage.press("h u y").await;
    stage.shows("2 things came since");
}

#[tokio::test]
async fn a_merge_deep_in_the_history_comes_apart_from_there() {
    let mut world = merged();
    world.undoable.clear();
    let mut merge = undoable(MERGE, Action::Merge, "merged Efa Byrne and 直樹 清水");
    merge.to_assign = 2;
    world.history = vec![undoable(EntryId(44), Action::Edit, "edited Efa"), merge];
    for (width, height) in [(140, 42), (80, 24), (40, 12)] {
        let fake = std::sync::Arc::new(Fake::new("agent-merge", merged_with(&world)));
        let mut stage = Stage::with(width, height, options(), fake).await;
        stage.press("h down").await;
        stage.shows("comes apart");
        stage.shows("u take apart");
        stage.press("enter").await;
        stage.shows("2 things came since");
        stage.press("u").await;
        stage.shows("Take the merge back");
        stage.press("down space enter").await;
        let sent = stage.backend.with(|world| world.commands.last().cloned());
        let sides = vec![(Since::Note(note_id(3)), contact_id(50))];
        let entry = MERGE;
        assert_eq!(sent, Some(Command::Unmerge { entry, sides }));
        stage.hides("Take the merge back");
        stage.shows("History of");
    }
}

/// The same history and preview for another desk.
fn merged_with(world: &World) -> World {
    World {
        history: world.history.clone(),
        undoable: Vec::new(),
        ..merged()
    }
}

#[tokio::test]
async fn leaving_it_changes_nothing() {
    let mut stage = stage(80, 24).await;
    stage.shows("Take the merge back");
    stage.press("space esc").await;
    stage.hides("Take the merge back");
    assert!(stage.backend.with(|world| world.commands.is_empty()));
}

#[tokio::test]
async fn it_fits_the_smallest_window() {
    let mut stage = stage(40, 12).await;
    stage.shows("call of 23 Nov 13:00, +353 86 1");
    stage.shows("▸ Efa Byrne");
    stage.shows("Enter undo");
    stage.press("down space").await;
    stage.shows("▸ 直樹 清水");
    stage.shows("Space flip");
    stage.shows("to 直樹 清水");
}

#[tokio::test]
async fn two_of_one_name_are_told_apart_and_the_main_side_is_named() {
    let mut world = merged();
    let preview = world.unmerge.as_mut().unwrap();
    preview.sides[1].name = "Efa Byrne".to_owned();
    preview.sides[1].detail = "efa@example.ie".to_owned();
    let fake = std::sync::Arc::new(Fake::new("agent-merge", world));
    let mut stage = Stage::with(140, 42, options(), fake).await;
    stage.press("u").await;
    stage.shows("Efa Byrne (+353 86 123 4567) and Efa Byrne (efa@example.ie) come back.");
    stage.shows("Efa Byrne (+353 86 123 4567) is the main side.");
    stage.press("space").await;
    stage.shows("to Efa Byrne (efa@example.ie): chosen");
    // Where nothing else tells, the ends of their ids do.
    stage.backend.with(|world| {
        for side in &mut world.unmerge.as_mut().unwrap().sides {
            side.detail.clear();
        }
    });
    stage.press("space").await;
    stage.shows("Efa Byrne (…00000001) and Efa Byrne (…00000032) come back.");
}
