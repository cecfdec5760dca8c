//! Notes, wrap-ups, and why.

use scv_desk::backend::view::{ContactExplanation, Explanation, Held};
use scv_desk::domain::command::Command;
use scv_desk::domain::conversation::Trust;
use scv_desk::domain::reason::{Claim, ClaimOrigin};
use scv_desk::tui::action::Action;
use scv_desk::tui::effect::Read;
use scv_desk::tui::layer::Then;
use scv_desk::tui::msg::Reply;

use super::Bench;
use crate::fake::{contact_id, conversation_id, note_id};

#[test]
fn a_note_is_typed_and_saved() {
    let mut bench = Bench::on(1).open(Action::Note);
    bench.shows("Note on Efa Byrne");
    bench
        .type_in("Call back")
        .press("enter")
        .type_in("on Friday ");
    bench.shows("19 of 32,000");
    bench.press("ctrl-s");
    let text = "Call back\non Friday".to_owned();
    let contact = contact_id(1);
    assert_eq!(bench.command(), Command::AddNote { contact, text });
    assert!(!bench.works().is_open());
}

#[test]
fn a_note_needs_a_character_and_has_a_limit() {
    let mut bench = Bench::on(1).open(Action::Note);
    bench.press("ctrl-s");
    bench.shows("A note needs at least one character");
    bench.paste(&"y".repeat(32_010)).press("ctrl-s");
    bench.shows("10 characters too long");
    assert!(bench.wrote_nothing());
    bench.press(&"backspace ".repeat(10));
    bench.press("ctrl-s");
    assert!(!bench.wrote_nothing());
}

#[test]
fn a_note_that_is_left_is_there_again() {
    let mut bench = Bench::on(1).open(Action::Note);
    bench.type_in("half a thou").press("esc");
    assert!(!bench.is_open());
    bench.open_again(Action::Note);
    bench.shows("half a thou");
    bench.press("ctrl-s").works();
    bench.open_again(Action::Note);
    bench.hides("half a thou");
}

#[test]
fn an_earlier_note_is_changed_or_deleted() {
    let mut bench = Bench::on(1).open(Action::Note);
    bench.type_in("new").press("tab down enter");
    bench.shows("Change a note on Efa Byrne");
    bench.type_in(" Yes").press("ctrl-s");
    let text = "Moved to Cork. Yes".to_owned();
    assert_eq!(
        bench.command(),
        Command::EditNote {
            note: note_id(2),
            text
        }
    );
    bench.works();
    bench.open_again(Action::Note);
    bench.press("tab D");
    bench.shows("Delete the note by K. Osei?");
    bench.press("y");
    assert_eq!(bench.command(), Command::DeleteNote { note: note_id(1) });
}

#[test]
fn the_text_of_an_earlier_note_is_in_sight_in_the_smallest_window() {
    let mut bench = Bench::on(1).open(Action::Note);
    bench.press("tab");
    let (lines, _) = bench.frame(40, 10);
    let text = lines.join("\n");
    assert!(text.contains("Moved to Cork."), "{text}");
    assert!(text.contains("4 Nov"), "{text}");
}

#[test]
fn a_note_on_somebody_who_expires_says_so() {
    Bench::on(2)
        .open(Action::Note)
        .shows("this contact expires on 22 Jan 2027");
}

#[test]
fn wrapping_up_takes_a_letter_and_enter() {
    let mut bench = Bench::on(1).open(Action::WrapUp);
    bench.type_in("r").press("enter");
    let wanted = |notes: Option<&str>, code: &str| Command::WrapUp {
        conversation: conversation_id(1),
        code: code.to_owned(),
        notes: notes.map(str::to_owned),
    };
    assert_eq!(bench.command(), wanted(None, "c1"));
    let mut bench = Bench::on(1).open(Action::WrapUp);
    bench
        .type_in("que")
        .press("tab")
        .type_in("asked twice")
        .press("enter");
    assert_eq!(bench.command(), wanted(Some("asked twice"), "c2"));
    assert_eq!(bench.written().said, "Conversation wrapped up: Question");
}

#[test]
fn no_code_fits_is_told_and_without_a_list_the_typed_one_counts() {
    let mut bench = Bench::on(1).open(Action::WrapUp);
    bench.type_in("zzz").press("enter");
    bench.shows("No code fits");
    assert!(bench.wrote_nothing());
    let mut bench = Bench::on(1);
    bench.world.names.codes.clear();
    let mut bench = bench.open(Action::WrapUp);
    bench.type_in("refund-7").press("enter");
    assert!(matches!(bench.command(), Command::WrapUp { code, .. } if code == "refund-7"));
}

/// Why Efa: the number was claimed by an import.
pub fn explained() -> Bench {
    let mut bench = Bench::on(1).open(Action::Why);
    let profile = bench.profile.clone().unwrap();
    let explanation = Explanation {
        sentences: vec![
            "The call of 14:00 came with phone +353 86 123 4567, so it was linked to Efa Byrne."
                .to_owned(),
        ],
        reason: profile.reason.unwrap(),
        contact: None,
        claim_origin: Some(ClaimOrigin::Import(12)),
        claims: Vec::new(),
        chain: Vec::new(),
    };
    bench.reply(&Reply::Why(conversation_id(1), Ok(explanation)));
    bench
}

#[test]
fn why_of_a_contact_that_is_open_without_a_conversation() {
    let mut bench = Bench::on(1);
    let profile = bench.profile.as_mut().unwrap();
    (profile.conversation, profile.reason) = (None, None);
    let contact = profile.contact.as_ref().unwrap().id;
    let claim = Claim {
        contact,
        at: crate::fake::now(),
        origin: ClaimOrigin::Import(12),
        trust: Trust::Typed,
    };
    let mut bench = bench.open(Action::Why);
    assert_eq!(bench.asked(), Read::WhyContact(contact));
    let told = ContactExplanation {
        sentences: vec!["Efa Byrne was made by CSV import #12.".to_owned()],
        contact: bench.profile.as_ref().unwrap().rivals[0].0.clone(),
        made: None,
        held: vec![Held {
            identifier: crate::world::phone(crate::world::EFA),
            typed: Some("086 123 4567".to_owned()),
            claim,
            field: None,
        }],
        merged_from: Vec::new(),
        chain: Vec::new(),
        others: Vec::new(),
        expires: None,
    };
    bench.reply(&Reply::WhyContact(contact, Ok(told)));
    bench.shows("Efa Byrne was made by CSV import #12.");
    bench.shows("by import #12");
    bench.shows("086 123 4567 = +353861234567");
    bench.shows("not verified");
    bench.hides("Why not");
}

#[test]
fn why_shows_sentences_evidence_and_why_not_the_others() {
    let bench = explained();
    bench.shows("The call of 14:00 came with phone +353 86 123 4567");
    bench.shows("first-claimed-identifier (version 1)");
    bench.shows("◀ decided");
    bench.shows("Why not Claire Byrne?");
    bench.shows("claimed it first");
}

#[test]
fn what_follows_from_why_is_one_key_away() {
    let mut bench = explained();
    bench.press("x");
    assert!(matches!(bench.then, Some(Then::Act(Action::Unlink))));
    let mut bench = explained();
    bench.press("w");
    assert!(!bench.is_open());
}
