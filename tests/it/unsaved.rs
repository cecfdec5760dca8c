//! What was typed and not saved outlives the desk, for the same person on the same store only.

use std::path::Path;
use std::sync::Arc;

use scv_desk::domain::Moment;
use scv_desk::tui::Options;
use scv_desk::tui::dialog::{Draft, DraftKey, Drafting, Drafts};
use scv_desk::tui::memory::Unsaved;

use super::fake::{Fake, contact_id, now};
use super::people::world;
use super::stage::{Stage, options};

const STORE: &str = "/var/lib/scv.db";

fn unsaved(directory: &Path, person: &str) -> Unsaved {
    Unsaved::open(directory, STORE, person).unwrap().unwrap()
}

async fn desk(directory: &Path) -> Stage {
    let options = Options {
        unsaved: Some(Arc::new(unsaved(directory, "Mara Lindt"))),
        ..options()
    };
    Stage::with(140, 42, options, Arc::new(Fake::new("agent", world()))).await
}

fn files(directory: &Path) -> Vec<String> {
    let names = std::fs::read_dir(directory).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| !name.ends_with(".lock")).collect()
}

fn typed(text: &str) -> Drafts {
    let mut drafts = Drafts::default();
    let key = DraftKey::Note(contact_id(1));
    drafts.apply(Drafting::Keep(key, Draft::Text(text.to_owned())));
    drafts
}

#[tokio::test]
async fn a_desk_that_ends_at_once_loses_no_letter_of_a_note() {
    let home = tempfile::tempdir().unwrap();
    let mut stage = desk(home.path()).await;
    stage.press("n").await;
    stage.types("Wants a call back").await;
    // Nobody leaves anything: it is gone, as after a crash.
    drop(stage);
    let mut stage = desk(home.path()).await;
    stage.shows("What you typed and did not save is back where you typed it");
    stage.press("n").await;
    stage.shows("Wants a call back");
    stage.press("ctrl-s").await;
    stage.shows("Note on Efa Byrne saved");
    assert_eq!(files(home.path()), [""; 0]);
    drop(stage);
    desk(home.path()).await.hides("is back where you typed it");
}

#[tokio::test]
async fn a_form_comes_back_with_what_stood_there_when_it_was_typed() {
    let home = tempfile::tempdir().unwrap();
    let mut stage = desk(home.path()).await;
    stage.press("e").await;
    stage.types("Q").await;
    drop(stage);
    let mut stage = desk(home.path()).await;
    stage.press("e").await;
    stage.shows("What you typed before is back");
}

#[tokio::test]
async fn leaving_the_desk_asks_for_nothing_that_is_kept() {
    let home = tempfile::tempdir().unwrap();
    let mut stage = desk(home.path()).await;
    stage.press("n").await;
    stage.types("Later").await;
    stage.press("esc q").await;
    stage.shows("active conversations");
    stage.hides("is lost");
}

#[test]
fn two_desks_of_one_person_keep_their_own_and_others_see_nothing() {
    let home = tempfile::tempdir().unwrap();
    let first = unsaved(home.path(), "Mara Lindt");
    let second = unsaved(home.path(), "Mara Lindt");
    first.keep(&typed("one"), now()).unwrap();
    second.keep(&typed("two"), now()).unwrap();
    assert_eq!(first.recall(now()).unwrap(), typed("one"));
    assert_eq!(second.recall(now()).unwrap(), typed("two"));
    let other = unsaved(home.path(), "K. Osei");
    assert_eq!(other.recall(now()).unwrap(), Drafts::default());
    drop(first);
    let again = unsaved(home.path(), "Mara Lindt");
    assert_eq!(again.recall(now()).unwrap(), typed("one"));
}

#[test]
fn what_is_a_week_old_goes_and_what_is_damaged_says_so_without_a_word_of_it() {
    let home = tempfile::tempdir().unwrap();
    let kept = unsaved(home.path(), "Mara Lindt");
    kept.keep(&typed("secret"), now()).unwrap();
    let file = home.path().join(&files(home.path())[0]);
    let week: Moment = now().plus_days(7);
    assert_eq!(kept.recall(week.plus_ms(-1)).unwrap(), typed("secret"));
    assert_eq!(kept.recall(week).unwrap(), Drafts::default());
    assert!(!file.exists());
    std::fs::write(&file, "{\"at\": \"secret").unwrap();
    let said = kept.recall(now()).unwrap_err().to_string();
    assert_eq!(said, "the file of it is damaged");
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let kept = unsaved(home.path(), "Mara Lindt");
    kept.keep(&typed("secret"), now()).unwrap();
    let file = home.path().join(&files(home.path())[0]);
    let mode = std::fs::metadata(file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn what_cannot_be_kept_is_said_once() {
    let home = tempfile::tempdir().unwrap();
    let mut stage = desk(home.path()).await;
    let said = "What is typed and not saved is lost when the desk ends";
    // A directory stands where the file belongs.
    let name = std::fs::read_dir(home.path()).unwrap();
    let lock = name.map(|one| one.unwrap().path()).next().unwrap();
    std::fs::create_dir_all(lock.with_extension("").join("x")).unwrap();
    stage.press("n").await;
    stage.types("Later").await;
    stage.press("esc").await;
    stage.shows(said);
    stage.press("esc !").await;
    let lines = stage.lines();
    let times = lines.iter().filter(|line| line.contains(said)).count();
    assert_eq!(times, 1, "{lines:#?}");
}
