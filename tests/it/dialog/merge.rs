//! The preview of a merge.

use scv_desk::backend::Trouble;
use scv_desk::backend::view::{Brief, MergePreview, PreviewLine};
use scv_desk::domain::command::{Command, Sure};
use scv_desk::domain::contact::{ContactId, ContactType};
use scv_desk::domain::field::Field;
use scv_desk::domain::refusal::Refusal;
use scv_desk::tui::action::Action;
use scv_desk::tui::effect::Read;
use scv_desk::tui::layer::Layer;
use scv_desk::tui::msg::Reply;

use super::Bench;
use crate::fake::contact_id;

fn line(field: Field, sides: [&str; 2], taken: usize) -> PreviewLine {
    PreviewLine {
        field,
        sides: sides.map(str::to_owned).into(),
        result: sides[taken].to_owned(),
        taken: Some(taken),
    }
}

/// A preview of Efa and Claire; the second side wins the phone unless `takes` says otherwise.
pub fn preview(takes: &[(Field, ContactId)]) -> MergePreview {
    let phone = takes.iter().find(|(field, _)| *field == Field::CellPhone);
    let winner = phone.map_or(1, |(_, id)| usize::from(*id == contact_id(50)));
    MergePreview {
        inputs: vec![
            Brief {
                id: contact_id(1),
                kind: ContactType::Identified,
                name: "Efa Byrne".to_owned(),
                says: None,
                detail: "+353 87 000 1111".to_owned(),
            },
            Brief {
                id: contact_id(50),
                kind: ContactType::Curated,
                name: "Claire Byrne".to_owned(),
                says: None,
                detail: String::new(),
            },
        ],
        result_kind: ContactType::Curated,
        lines: vec![
            line(Field::FirstName, ["", "Claire"], 1),
            line(Field::LastName, ["Byrne", "Byrne"], 1),
            line(
                Field::CellPhone,
                ["+353 87 000 1111", "+353 86 123 4567"],
                winner,
            ),
        ],
        takes: vec![(
            Field::CellPhone,
            contact_id(if winner == 0 { 1 } else { 50 }),
        )],
        identifiers: 2,
        notes: 1,
        interactions: 5,
        warnings: Vec::new(),
    }
}

fn answer(bench: &mut Bench, change: impl FnOnce(MergePreview) -> Result<MergePreview, Trouble>) {
    let Read::MergePreview { contacts, takes } = bench.asked() else {
        panic!("no preview was asked for");
    };
    let result = change(preview(&takes));
    assert!(bench.reply(&Reply::MergePreview {
        contacts,
        takes,
        result
    }));
}

/// The preview of a merge with Claire, who is the first one at hand.
pub fn merging() -> Bench {
    let mut bench = Bench::on(1).open(Action::Merge);
    bench.press("enter");
    bench
}

fn merged(bench: &Bench) -> (Vec<ContactId>, Vec<(Field, ContactId)>, Sure) {
    match bench.command() {
        Command::Merge {
            contacts,
            takes,
            sure,
        } => (contacts, takes, sure),
        other => panic!("{other:?}"),
    }
}

#[test]
fn conflicts_come_first_and_the_taken_side_is_marked() {
    let mut bench = merging();
    answer(&mut bench, Ok);
    let text = bench.text();
    let at = |words: &str| {
        text.find(words)
            .unwrap_or_else(|| panic!("{words} is not in\n{text}"))
    };
    assert!(at("cell phone") < at("first name") && at("first name") < at("last name"));
    assert!(text.contains("+353 86 123 4567 ◀"));
    assert!(text.contains("moves: 2 identifiers · 1 note · 5 interactions"));
}

#[test]
fn enter_sends_the_choice_that_is_in_sight() {
    let mut bench = merging();
    bench.press("enter");
    assert!(
        bench.wrote_nothing(),
        "nothing is merged before it was seen"
    );
    answer(&mut bench, Ok);
    bench.press("enter");
    let both = vec![contact_id(1), contact_id(50)];
    let takes = vec![(Field::CellPhone, contact_id(50))];
    assert_eq!(merged(&bench), (both, takes, Sure::AskedOnce));
    assert!(!bench.works().is_open());
}

#[test]
fn space_flips_the_side() {
    let mut bench = merging();
    answer(&mut bench, Ok);
    bench.press("space");
    let Read::MergePreview { takes, .. } = bench.asked() else {
        panic!("no preview");
    };
    assert_eq!(takes, [(Field::CellPhone, contact_id(1))]);
    bench.press("enter");
    assert!(
        bench.wrote_nothing(),
        "the flipped preview is not there yet"
    );
    answer(&mut bench, Ok);
    bench.shows("+353 87 000 1111 ◀");
    bench.press("enter");
    assert_eq!(merged(&bench).1, [(Field::CellPhone, contact_id(1))]);
}

#[test]
fn what_does_not_differ_cannot_be_flipped() {
    let mut bench = merging();
    answer(&mut bench, Ok);
    let asked = bench.effects.len();
    bench.press("down space down space");
    assert_eq!(bench.effects.len(), asked);
    bench.shows("Nothing to flip");
}

#[test]
fn warnings_ask_twice() {
    let mut bench = merging();
    answer(&mut bench, |preview| {
        Ok(MergePreview {
            warnings: vec!["the external ids differ".to_owned()],
            ..preview
        })
    });
    bench.shows("the external ids differ");
    bench.press("enter enter");
    assert!(bench.wrote_nothing(), "Enter alone is not a second yes");
    bench.shows("Merge all the same?");
    bench.press("esc y");
    assert!(bench.wrote_nothing());
    bench.press("enter y");
    assert_eq!(merged(&bench).2, Sure::AskedTwice);
}

#[test]
fn the_engine_may_ask_twice_too() {
    let mut bench = merging();
    answer(&mut bench, Ok);
    bench
        .press("enter")
        .is_refused(Refusal::AskTwice("somebody marked them".to_owned()));
    bench.shows("Somebody marked them");
    bench.press("y");
    assert_eq!(merged(&bench).2, Sure::AskedTwice);
}

#[test]
fn two_curated_contacts_are_refused_in_words() {
    let mut bench = merging();
    answer(&mut bench, |_| Err(Trouble::from(Refusal::BothCurated)));
    bench.shows("Both are Curated");
    bench.press("enter space");
    assert!(bench.wrote_nothing());
    bench.press("esc");
    assert!(matches!(bench.layer, Some(Layer::Search(_))));
    bench.press("esc");
    assert!(!bench.is_open());
}

#[test]
fn another_contact_joins_the_merge() {
    let mut bench = merging();
    answer(&mut bench, Ok);
    bench.press("a");
    bench.shows("✓ Claire Byrne");
    bench.press("enter");
    let Read::MergePreview { contacts, .. } = bench.asked() else {
        panic!("no preview");
    };
    assert_eq!(contacts.len(), 3);
    assert_eq!(contacts[..2], [contact_id(1), contact_id(50)]);
}

#[test]
fn an_old_preview_is_not_taken_for_a_new_one() {
    let mut bench = merging();
    answer(&mut bench, Ok);
    bench.press("space");
    let stale = Reply::MergePreview {
        contacts: vec![contact_id(1), contact_id(50)],
        takes: Vec::new(),
        result: Ok(preview(&[])),
    };
    assert!(!bench.reply(&stale));
}
