//! Whom Enter means in a list of people before anybody typed or chose: whom the desk suggests, else nobody.

use scv_desk::domain::ContactType;
use scv_desk::domain::command::Command;
use scv_desk::tui::action::Action;

use super::Bench;
use super::search::{brief, found};
use crate::fake::contact_id;

/// The lists over a caller whom nobody suggests anybody for.
const LISTS: [Action; 3] = [Action::Link, Action::Merge, Action::NotSame];

fn nobody_is_suggested(action: Action) -> Bench {
    let mut bench = Bench::on(6);
    bench.profile.as_mut().unwrap().provided_name = None;
    bench.open_again(action);
    bench
}

#[test]
fn enter_means_nobody_where_nobody_is_suggested() {
    for action in LISTS {
        let mut bench = nobody_is_suggested(action);
        bench.shows("on the desk");
        bench.hides("▌");
        bench.hides("Enter");
        bench.press("enter");
        bench.shows("Nobody is selected");
        assert!(bench.wrote_nothing(), "{action:?}");
        bench.press("down");
        bench.shows("▌");
        bench.shows("Enter");
    }
}

#[test]
fn enter_means_who_is_suggested() {
    for action in LISTS {
        let mut bench = Bench::on(6);
        let profile = bench.profile.as_mut().unwrap();
        profile.suggestions = vec![brief(70, ContactType::Curated, "Priya Nair")];
        bench.open_again(action);
        bench.shows("▌Priya Nair");
        bench.shows("Enter");
    }
}

#[test]
fn enter_does_not_mean_whom_somebody_said_it_is_not() {
    let mut bench = Bench::on(6);
    let profile = bench.profile.as_mut().unwrap();
    profile.suggestions = vec![brief(70, ContactType::Curated, "Priya Nair")];
    profile.not_same = vec![contact_id(70)];
    bench.open_again(Action::Merge);
    bench.shows("Priya Nair");
    bench.hides("▌");
    let profile = bench.profile.as_mut().unwrap();
    (profile.left, profile.not_same) = (vec![contact_id(70)], Vec::new());
    bench.open_again(Action::Link);
    bench.hides("▌");
    bench.open_again(Action::NotSame);
    bench.press("enter y");
    let told_apart =
        matches!(bench.command(), Command::NotSame { other, .. } if other == contact_id(70));
    assert!(told_apart, "who was left may still be told apart");
}

#[test]
fn the_word_beside_enter_is_what_it_does_in_the_row() {
    let mut bench = Bench::on(2).open(Action::Link);
    bench.reply(&found("Jon Ortega", Vec::new()));
    bench.shows("▌Add to contacts: Jon Ortega");
    bench.shows("Enter add");
    bench.press("down down");
    bench.shows("Enter new");
}
