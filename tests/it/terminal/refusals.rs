//! What the rules refuse: a sentence on the screen, and the store as it was.

use serde_json::{Value, json};

use super::place::{Place, SETH, call};
use super::window::{Size, Window};

/// 90 days after the organization's *now*.
const LATER: &str = "2027-02-21T12:00:00Z";

#[test]
fn two_kept_contacts_are_not_merged_under_the_deck_rules() {
    let place = Place::new();
    let before = place.dump();
    let mut desk = place.desk("agent-merge");
    desk.press("2");
    desk.shows("Linked to Seth Bates");
    desk.press("m");
    desk.type_text("dawn mckel");
    desk.shows("1 of 258");
    desk.press("enter");
    desk.shows("oth are Curated, which are not merged here");
    desk.press("enter");
    desk.escape("oth are Curated, which are not merged here");
    place.is_again(&before);
}

#[test]
fn an_action_beyond_the_role_names_the_permission() {
    let place = Place::new();
    let before = place.dump();
    let mut desk = place.desk("agent");
    desk.press("m");
    desk.shows("Merge with another contact: needs externalContacts:identity:merge");
    desk.press("D");
    desk.shows("Delete the contact: needs externalContacts:contact:delete");
    place.is_again(&before);
}

#[test]
fn nobody_is_linked_to_or_merged_with_themselves() {
    let place = Place::new();
    let before = place.dump();
    let mut desk = place.desk("agent-merge");
    desk.press("2");
    desk.shows("Linked to Seth Bates");
    desk.press("l");
    desk.type_text("seth bates");
    desk.shows("1 of 258");
    desk.press("enter");
    desk.shows("The conversation is linked to Seth Bates already");
    desk.press("ctrl-o");
    desk.shows("choose somebody else");
    desk.escape(" to …");
    desk.press("=");
    desk.type_text("seth bates");
    desk.shows("1 of 258");
    desk.press("enter");
    desk.shows("That is the contact on the screen");
    desk.escape("Who is not Seth Bates?");
    place.is_again(&before);
}

#[test]
fn a_fresh_contact_is_not_left_again() {
    let place = Place::new();
    let mut desk = place.desk("agent");
    desk.press("x enter");
    desk.shows("(unlinked)");
    let before = place.dump();
    desk.press("x");
    desk.shows("Unlink the conversation: already on a fresh contact");
    place.is_again(&before);
}

#[test]
fn a_kept_contact_is_not_added_again() {
    let place = Place::new();
    let before = place.dump();
    let mut desk = place.desk("agent");
    desk.press("2");
    desk.shows("Linked to Seth Bates");
    desk.press("a");
    desk.shows("Add to contacts: already Curated");
    place.is_again(&before);
}

#[test]
fn a_conversation_that_went_with_its_retention_cannot_be_acted_on() {
    let place = Place::with(&[ended(call(1, "Una Blake", "+353851112223"))]);
    let mut desk = place.desk("agent");
    desk.press("5");
    desk.shows("name     Una Blake");
    desk.press("x");
    desk.shows(" leaves Una Blake");
    place.run_at(LATER, &["expire"]);
    let before = place.dump();
    desk.press("enter");
    desk.shows("onversation 00000000-0000-4000-8000-000000000001 is not known here");
    place.is_again(&before);
    desk.escape(" leaves Una Blake");
    place.is_sound();
}

#[test]
fn a_conversation_that_goes_on_outlives_its_retention() {
    let place = Place::new();
    let mut desk = Window::open(&place, Size::WIDE, "agent", LATER);
    desk.shows("90 d");
    desk.press("2");
    desk.shows("Linked to Seth Bates");
    desk.press("x enter");
    desk.shows(" unlinked from Seth Bates. u undoes it");
    assert!(place.contact_of(SETH).fields.full_name().is_empty());
    place.is_sound();
}

fn ended(mut conversation: Value) -> Value {
    let end = "2026-11-23T11:59:00.000Z";
    conversation["conversationEnd"] = json!(end);
    for participant in conversation["participants"].as_array_mut().unwrap() {
        for session in participant["sessions"].as_array_mut().unwrap() {
            for segment in session["segments"].as_array_mut().unwrap() {
                segment["segmentEnd"] = json!(end);
            }
        }
    }
    conversation
}
