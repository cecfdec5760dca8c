//! Link, unlink, delete and not the same: questions with a few answers.

use scv_desk::backend::view::ProfileState;
use scv_desk::domain::ContactType;
use scv_desk::domain::command::{Claiming, Command, Sharing};
use scv_desk::domain::conversation::Trust;
use scv_desk::domain::refusal::Refusal;
use scv_desk::tui::action::Action;
use scv_desk::tui::layer::Layer;

use super::Bench;
use super::search::{brief, found, hit};
use crate::fake::{contact_id, conversation_id};
use crate::people;

/// The link question of a conversation, for Olga.
fn linking(conversation: u128) -> Bench {
    let mut bench = Bench::on(conversation).open(Action::Link);
    bench.type_in("ol");
    bench.reply(&found("ol", vec![hit(61, "Olga Ray")]));
    bench.press("enter");
    bench
}

fn claiming(bench: &Bench) -> Claiming {
    match bench.command() {
        Command::Link { claiming, .. } => claiming,
        other => panic!("{other:?}"),
    }
}

#[test]
fn enter_moves_the_claim_only_where_nobody_kept_loses_it() {
    let mut unknown = linking(2);
    unknown.press("enter");
    assert_eq!(claiming(&unknown), Claiming::Move);
    let mut with_rivals = linking(1);
    with_rivals.shows("Claire Byrne uses it too");
    with_rivals.press("enter");
    assert_eq!(claiming(&with_rivals), Claiming::Leave);
    let mut typed_by_visitor = linking(7);
    typed_by_visitor.shows("The visitor typed this");
    typed_by_visitor.press("enter");
    assert_eq!(claiming(&typed_by_visitor), Claiming::Leave);
}

#[test]
fn the_link_question_says_whose_the_number_is_and_who_loses_it() {
    let mut bench = linking(2);
    bench.shows("It is with somebody who says Jon");
    bench.shows("it is taken from Jon Ortega, and the next conversation from");
    bench.shows("there finds Olga Ray");
    bench.shows("j.ortega@example.com stays with Jon Ortega");
    bench.shows("Enter choose y");
    bench.press("down");
    bench.shows("Enter choose n");
}

#[test]
fn a_number_of_a_third_contact_is_not_moved_by_an_absent_mind() {
    let mut bench = Bench::on(2);
    let profile = bench.profile.as_mut().unwrap();
    let address = profile.provided[0].identifier.clone();
    profile.claims.clear();
    profile.holders = vec![(brief(70, ContactType::Identified, "Priya Nair"), address)];
    bench.open_again(Action::Link);
    bench.type_in("ol");
    bench.reply(&found("ol", vec![hit(61, "Olga Ray")]));
    bench.press("enter");
    bench.shows("it is taken from Priya Nair");
    bench.press("enter");
    assert_eq!(claiming(&bench), Claiming::Leave);
}

#[test]
fn a_link_to_who_is_marked_as_somebody_else_warns_and_defaults_to_no() {
    let told_apart = |keys: &str, holds: bool| {
        let mut bench = Bench::on(2);
        let profile = bench.profile.as_mut().unwrap();
        profile.not_same = vec![contact_id(61)];
        if holds {
            let address = profile.provided[0].identifier.clone();
            profile.holders = vec![(brief(61, ContactType::Curated, "Olga Ray"), address)];
        }
        bench.open_again(Action::Link);
        bench.type_in("ol");
        bench.reply(&found("ol", vec![hit(61, "Olga Ray")]));
        bench.press("enter");
        bench.shows("Marked as different people: Jon Ortega and Olga Ray");
        bench.press(keys);
        bench
    };
    assert_eq!(claiming(&told_apart("enter", false)), Claiming::Leave);
    assert!(told_apart("enter", true).wrote_nothing());
    assert_eq!(claiming(&told_apart("y", true)), Claiming::Leave);
}

#[test]
fn the_answers_and_the_warning_are_in_sight_on_the_smallest_screen() {
    let mut bench = Bench::on(2);
    bench.profile.as_mut().unwrap().not_same = vec![contact_id(61)];
    bench.open_again(Action::Link);
    bench.type_in("ol");
    bench.reply(&found("ol", vec![hit(61, "Olga Ray")]));
    bench.press("enter");
    let text = bench.frame(40, 10).0.join("\n");
    for words in [
        "from now on",
        "j.ortega@example.com is Olga's",
        "Marked as different people: Jon",
        "Ortega and Olga Ray",
    ] {
        assert!(text.contains(words), "{words:?}:\n{text}");
    }
    for (width, height) in [(40, 10), (40, 8), (30, 7)] {
        let text = bench.frame(width, height).0.join("\n");
        for words in [" y  Yes", "n  No", "Marked as different", "Link this"] {
            assert!(
                text.contains(words),
                "{words:?} at {width}x{height}:\n{text}"
            );
        }
    }
}

#[test]
fn a_withheld_caller_is_linked_without_a_question_about_numbers() {
    let mut bench = linking(6);
    assert_eq!(claiming(&bench), Claiming::Leave);
    bench.hides("from now on");
    bench.is_refused(Refusal::AlreadyLinked);
    bench.shows("linked");
    bench.press("n");
    assert!(
        matches!(bench.layer, Some(Layer::Search(_))),
        "no leads back to the search"
    );
}

#[test]
fn who_holds_the_number_already_is_linked_without_a_question() {
    let mut bench = Bench::on(2);
    let profile = bench.profile.as_mut().unwrap();
    profile.state = ProfileState::Unlinked;
    let number = profile.provided[0].identifier.clone();
    profile.holders = vec![(brief(61, ContactType::Curated, "Jon Ortega"), number)];
    bench.open_again(Action::Link);
    bench.type_in("jo");
    let hits = vec![hit(61, "Jon Ortega"), hit(62, "Joan Ash")];
    bench.reply(&found("jo", hits));
    bench.press("enter");
    assert_eq!(claiming(&bench), Claiming::Leave);
    bench.is_refused(Refusal::AlreadyLinked);
    bench.press("esc down down enter");
    bench.shows("Joan Ash? It is unlinked now");
    bench.shows("from now on");
}

#[test]
fn the_contact_that_is_linked_is_none_of_the_others_who_use_the_number() {
    let mut bench = Bench::on(1).open(Action::Link);
    bench.type_in("cl");
    let claire = hit(50, "Claire Byrne");
    bench.reply(&found("cl", vec![claire]));
    bench.press("enter");
    bench.shows("It is with Efa Byrne now");
    bench.hides("uses it too");
}

#[test]
fn a_refused_link_says_why_and_stays() {
    let mut bench = linking(2);
    bench
        .press("y")
        .is_refused(Refusal::SharedIdentifier(people::phone("+353861234567")));
    bench.shows("is marked as shared, so nobody");
    bench.press("n");
    assert_eq!(claiming(&bench), Claiming::Leave);
}

#[test]
fn a_press_while_it_is_sent_sends_nothing_again() {
    let mut bench = linking(2);
    bench.press("y y y n enter");
    assert_eq!(
        bench
            .effects
            .iter()
            .filter(|effect| format!("{effect:?}").contains("Write"))
            .count(),
        1
    );
}

#[test]
fn unlink_takes_one_key_a_reason() {
    let sharing = |keys: &str| {
        let mut bench = Bench::on(1).open(Action::Unlink);
        bench.shows("leaves Efa Byrne");
        bench.shows("marks +353 86 123 4567 as shared");
        bench.press(keys);
        match bench.command() {
            Command::Unlink {
                conversation,
                sharing,
            } => {
                assert_eq!(conversation, conversation_id(1));
                sharing
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(sharing("enter"), Sharing::Leave);
    assert_eq!(sharing("w"), Sharing::Leave);
    assert_eq!(sharing("s"), Sharing::Mark);
    assert_eq!(sharing("down enter"), Sharing::Mark);
}

#[test]
fn both_reasons_of_an_unlink_stand_whole_on_the_smallest_screen() {
    let text = Bench::on(1).open(Action::Unlink).frame(40, 10).0.join(" ");
    for words in [
        "Wrong match: this is somebody",
        "Somebody else is using this",
        "phone ",
    ] {
        assert!(text.contains(words), "{words:?}:\n{text}");
    }
}

#[test]
fn a_contact_without_a_name_is_not_called_by_the_number_twice() {
    let mut bench = Bench::on(3);
    let profile = bench.profile.as_mut().unwrap();
    let number = profile.provided[0].identifier.clone();
    profile.claims = vec![(number, Trust::Verified)];
    bench.open_again(Action::Unlink);
    bench.shows("leaves the contact of +353 87 111 2222 and gets");
    bench.shows("+353 87 111 2222 stays with the contact that had it before");
}

#[test]
fn without_a_number_nothing_can_be_marked_as_shared() {
    let mut bench = Bench::on(6).open(Action::Unlink);
    bench.press("s down enter");
    assert!(bench.wrote_nothing());
    bench.shows("came without a number or address");
    bench.press("w");
    assert!(!bench.wrote_nothing());
}

#[test]
fn a_number_that_is_shared_is_not_marked_or_moved_again() {
    let mut bench = Bench::on(1);
    let number = people::phone("+353861234567");
    bench.profile.as_mut().unwrap().shared = vec![number];
    bench.open_again(Action::Unlink);
    bench.shows("+353 86 123 4567 is marked as shared already");
    bench.press("s");
    assert!(bench.wrote_nothing());
    bench.open_again(Action::Link);
    bench.type_in("ol");
    bench.reply(&found("ol", vec![hit(61, "Olga Ray")]));
    bench.press("enter");
    bench.hides("from now on");
}

#[test]
fn deleting_names_the_person_and_needs_a_y() {
    let mut bench = Bench::on(1).open(Action::Delete);
    bench.shows("Delete Efa Byrne (Curated)?");
    bench.shows("3 identifiers and 2 notes");
    bench.shows("2 contacts merged into it");
    bench.press("enter");
    assert!(
        !bench.is_open() && bench.wrote_nothing(),
        "Enter alone deletes nobody"
    );
    let mut bench = Bench::on(1);
    bench.interactions = Some(1_204);
    bench.open_again(Action::Delete);
    bench.shows("Its 1,204 interactions of the last 60 days stay");
    bench.press("y");
    assert_eq!(
        bench.command(),
        Command::Delete {
            contact: contact_id(1)
        }
    );
}

#[test]
fn not_the_same_is_asked_of_those_at_hand_first() {
    let mut bench = Bench::on(1).open(Action::NotSame);
    bench.shows("Who is not Efa Byrne?");
    bench.press("enter");
    bench.shows("Efa Byrne and Claire Byrne are different people?");
    bench.press("enter");
    let (one, other) = (contact_id(1), contact_id(50));
    assert_eq!(bench.command(), Command::NotSame { one, other });
}

#[test]
fn escape_changes_nothing() {
    for action in [
        Action::Unlink,
        Action::Delete,
        Action::NotSame,
        Action::Link,
        Action::Why,
    ] {
        let mut bench = Bench::on(1).open(action);
        bench.press("esc");
        assert!(!bench.is_open() && bench.wrote_nothing(), "{action:?}");
    }
}

#[test]
fn whom_the_conversation_was_taken_from_is_not_offered_by_name_or_key() {
    let mut bench = Bench::on(2);
    let profile = bench.profile.as_mut().unwrap();
    profile.state = ProfileState::Unlinked;
    bench.open_again(Action::Link);
    bench.shows("> Jon Ortega");
    let profile = bench.profile.as_mut().unwrap();
    profile.left = vec![contact_id(61)];
    bench.open_again(Action::Link);
    bench.hides("> Jon Ortega");
    assert_eq!(bench.suggests(), None);
    let profile = bench.profile.as_mut().unwrap();
    profile.suggestions = [61, 62]
        .map(|number| brief(number, ContactType::Curated, "Jon"))
        .into();
    assert_eq!(bench.suggests(), Some(contact_id(62)));
}
