//! Looking without changing: search, why, journey, recently viewed, help.

use super::place::Place;

#[test]
fn a_contact_is_found_as_one_types_and_opened_without_a_conversation() {
    let place = Place::new();
    let before = place.dump();
    let mut desk = place.desk("agent");
    desk.press("/");
    desk.shows("Find a contact");
    desk.type_text("nico");
    desk.shows("Nicole Kelley");
    desk.type_text("le kelley");
    desk.shows("1 of 258");
    desk.press("enter");
    desk.hides("Find a contact");
    desk.shows("no conversation");
    desk.shows("CRM-100180");
    desk.press("l");
    desk.shows("Link to an existing contact: no conversation");
    desk.press("esc");
    desk.hides("Link to an existing contact: no conversation");
    desk.press("esc");
    desk.shows("Suggested");
    place.is_again(&before);
}

#[test]
fn why_names_the_rule_and_the_evidence() {
    let place = Place::new();
    let before = place.dump();
    let mut desk = place.desk("agent");
    desk.press("w");
    desk.shows("Why this contact?");
    desk.shows("Rule: ");
    desk.shows("came with phone +1 415-261-6832");
    desk.escape("came with phone");
    place.is_again(&before);
}

#[test]
fn the_journey_is_walked_and_a_card_opened_and_closed() {
    let place = Place::new();
    let mut desk = place.desk("agent");
    desk.press("tab tab");
    desk.stands_on("☎ 11:59 in");
    desk.press("down");
    desk.stands_on("☎ 06:41 in");
    desk.press("enter");
    desk.shows("Wrong number");
    desk.shows("22 Nov 2026 06:41");
    desk.press("enter");
    desk.hides("22 Nov 2026 06:41");
    desk.press("end");
    desk.stands_on("☎ 15:49 in");
}

#[test]
fn what_was_viewed_lately_is_one_key_away() {
    let place = Place::new();
    let mut desk = place.desk("agent");
    desk.press("2");
    desk.shows("Linked to Seth Bates");
    desk.press("3");
    desk.shows("Linked to Nicole Kelley");
    desk.press("r");
    desk.shows("Recently viewed");
    desk.stands_on("Nicole Kelley");
    desk.press("down");
    desk.stands_on("Seth Bates");
    desk.press("enter");
    desk.hides("Recently viewed");
    desk.shows("no conversation");
    desk.shows("CRM-100358");
}

#[test]
fn help_filters_says_what_is_missing_and_runs_a_row() {
    let place = Place::new();
    let mut desk = place.desk("agent");
    desk.press("?");
    desk.shows("type to filter");
    desk.type_text("merge");
    desk.hides("Edit the contact");
    desk.shows("Merge with another contact  needs externalContacts:identity:merge");
    desk.escape("> merge");
    desk.type_text("recent");
    desk.shows("> recent");
    desk.press("enter");
    desk.shows("Recently viewed ─");
    desk.escape("Recently viewed ─");
}
