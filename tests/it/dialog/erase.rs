//! Erasing and exporting a person from the desk.

use std::path::PathBuf;

use scv_desk::backend::Trouble;
use scv_desk::backend::view::ErasePreview;
use scv_desk::domain::command::Command;
use scv_desk::domain::refusal::Refusal;
use scv_desk::tui::action::Action;
use scv_desk::tui::effect::Read;
use scv_desk::tui::msg::Reply;

use super::Bench;
use crate::fake::contact_id;

fn erasing() -> Bench {
    let mut bench = Bench::on(1).open(Action::Erase);
    assert_eq!(bench.asked(), Read::ErasePreview(contact_id(1)));
    bench.shows("Counting what goes");
    let preview = ErasePreview {
        names: vec!["Efa Byrne".to_owned(), "Efa Nolan".to_owned()],
        contacts: 3,
        identifiers: 3,
        notes: 2,
        conversations: 1_204,
        parts: 1,
        visits: 0,
        entries: 40,
    };
    bench.reply(&Reply::ErasePreview(contact_id(1), Ok(preview)));
    bench
}

#[test]
fn an_erasure_lists_what_goes() {
    let bench = erasing();
    bench.shows("Erase all that is known of Efa Byrne?");
    bench.shows("Also known as Efa Nolan");
    bench.shows("3 contacts, 3 identifiers, 2 notes, 1,204 conversations");
    bench.shows("part in a conversation of others");
    bench.hides("web visit");
    bench.shows("No undo brings it back");
}

#[test]
fn the_warning_stands_whole_in_the_smallest_window() {
    let lines = erasing().frame(40, 10).0;
    let inner: Vec<&str> = lines
        .iter()
        .map(|line| line.trim_matches(['│', ' ']))
        .collect();
    let text = inner.join(" ");
    for words in [
        "No undo brings it back. Copies elsewhere stay, backups too.",
        "type ERASE",
    ] {
        assert!(
            text.contains(words),
            "{words} is not in\n{}",
            lines.join("\n")
        );
    }
}

#[test]
fn it_needs_a_reason_and_the_word() {
    let mut bench = erasing();
    bench.press("enter");
    bench.shows("An erasure needs a reason");
    bench.type_in("asked by letter").press("enter");
    bench.shows("Type ERASE below");
    bench.type_in("erase").press("enter");
    assert!(bench.wrote_nothing(), "in small letters it is no accident");
    bench.press("ctrl-u").type_in("ERASE").press("enter");
    let reason = "asked by letter".to_owned();
    let contact = contact_id(1);
    assert_eq!(bench.command(), Command::Erase { contact, reason });
    assert!(
        !bench.written().said.contains("Efa"),
        "the notice stays when she is gone"
    );
    bench.works();
    assert!(!bench.is_open());
}

#[test]
fn a_refused_erasure_says_why_and_stays() {
    let mut bench = erasing();
    bench
        .type_in("Efa asked")
        .press("tab")
        .type_in("ERASE")
        .press("enter");
    bench.is_refused(Refusal::ReasonNames);
    bench.shows("names the person");
    assert!(bench.is_open());
}

#[test]
fn what_cannot_be_counted_is_said() {
    let mut bench = Bench::on(1).open(Action::Erase);
    let broken = Trouble::Broken("the disk is gone".to_owned());
    bench.reply(&Reply::ErasePreview(contact_id(1), Err(broken)));
    bench.shows("The disk is gone");
}

#[test]
fn escape_erases_and_exports_nothing() {
    for action in [Action::Erase, Action::Export] {
        let mut bench = Bench::on(1).open(action);
        bench.press("esc");
        assert!(!bench.is_open() && bench.wrote_nothing(), "{action:?}");
    }
}

#[test]
fn an_export_asks_for_a_file() {
    let mut bench = Bench::on(1).open(Action::Export);
    bench.shows("Write everything that is known of Efa Byrne");
    bench.press("ctrl-u enter");
    bench.shows("The file needs a name");
    bench.type_in("efa.json").press("enter");
    let file = PathBuf::from("efa.json");
    assert_eq!(bench.asked(), Read::Export(contact_id(1), file.clone()));
    let there = Trouble::Broken("efa.json: the file is there already; name another".to_owned());
    bench.reply(&Reply::Exported(contact_id(1), file, Err(there)));
    bench.shows("the file is there already");
    bench.press("ctrl-u").type_in("e.json").press("enter");
    let file = PathBuf::from("e.json");
    bench.reply(&Reply::Exported(contact_id(1), file, Ok(())));
    bench.shows("The file is made");
    bench.press("enter");
    assert!(!bench.is_open());
}
