//! What is known of the contact: fields, organization, notes, wrap-up, deletion, by keys, and their undo.

use scv_desk::domain::command::Action;
use scv_desk::domain::field::{Field, Value};

use super::identity::take_back;
use super::place::{Place, SETH, THEODORE};
use super::window::Window;

/// A desk with Seth Bates on it, who is Curated. Who sees more conversations has him further down.
fn on_seth(place: &Place, role: &str) -> Window {
    let mut desk = place.desk(role);
    desk.press(if role == "admin" { "3" } else { "2" });
    desk.shows("Linked to Seth Bates");
    desk
}

#[test]
fn a_field_is_edited() {
    let place = Place::new();
    let before = place.dump();
    let mut desk = on_seth(&place, "agent");
    desk.press("e");
    desk.shows("Edit Seth Bates");
    desk.press("tab");
    desk.stands_on("middle name");
    desk.type_text("Ambrose");
    desk.press("ctrl-s");
    desk.shows("Seth Ambrose Bates edited. u undoes it");
    place.last_was(Action::Edit);
    let middle = place.contact_of(SETH).fields.get(Field::MiddleName);
    assert_eq!(middle, Some(Value::Text("Ambrose".to_owned())));
    take_back(
        &mut desk,
        &place,
        "As before the edit: Seth Ambrose Bates",
        &before,
    );
}

#[test]
fn an_organization_is_set_by_its_name() {
    let place = Place::new();
    let before = place.dump();
    let mut desk = on_seth(&place, "agent");
    desk.press("e");
    desk.shows("Edit Seth Bates");
    desk.press("pagedown pagedown pagedown pagedown");
    desk.stands_on("organization");
    desk.type_text("Green, Moss and Green");
    desk.press("tab");
    desk.shows("known");
    desk.press("ctrl-s");
    desk.shows("Seth Bates edited. u undoes it");
    desk.shows("Green, Moss and Green");
    let organization = place.contact_of(SETH).fields.get(Field::Organization);
    assert!(matches!(organization, Some(Value::Organization(_))));
    take_back(&mut desk, &place, "As before the edit: Seth Bates", &before);
}

#[test]
fn a_note_is_written_changed_and_deleted() {
    let place = Place::new();
    let (before, seth) = (place.dump(), place.contact_of(SETH).id);
    let texts = |place: &Place| -> Vec<String> {
        place
            .notes(seth)
            .into_iter()
            .map(|note| note.text)
            .collect()
    };
    let mut desk = on_seth(&place, "agent");
    desk.press("n");
    desk.shows("What should the next agent know?");
    // A paste is one piece of text: its line break saves nothing.
    desk.paste("Asked for the second invoice.\nNot the first.");
    desk.shows("Not the first.");
    desk.press("ctrl-s");
    desk.shows("Note on Seth Bates saved. u undoes it");
    place.last_was(Action::AddNote);
    assert_eq!(
        texts(&place),
        ["Asked for the second invoice.\nNot the first."]
    );
    let written = place.dump();

    desk.press("n tab");
    desk.shows("Enter change");
    desk.press("enter");
    desk.shows("Change a note on Seth Bates");
    desk.type_text(" Twice.");
    desk.shows("Not the first. Twice.");
    desk.press("ctrl-s");
    desk.shows("Note on Seth Bates changed. u undoes it");
    place.last_was(Action::EditNote);
    assert_eq!(
        texts(&place),
        ["Asked for the second invoice.\nNot the first. Twice."]
    );
    take_back(&mut desk, &place, "Note as before on Seth Bates", &written);

    desk.press("n tab");
    desk.shows("Enter change");
    desk.press("D");
    desk.shows("Yes, delete the note");
    desk.press("y");
    desk.shows("Note on Seth Bates deleted. u undoes it");
    place.last_was(Action::DeleteNote);
    assert_eq!(texts(&place), Vec::<String>::new());
    take_back(&mut desk, &place, "Note back again on Seth Bates", &written);
    take_back(&mut desk, &place, "Note gone again on Seth Bates", &before);
}

#[test]
fn a_conversation_is_wrapped_up_by_a_few_letters_of_the_code() {
    let place = Place::new();
    let before = place.dump();
    let mut desk = place.desk("agent");
    desk.press("p");
    desk.shows("Wrap up the call of 11:59, Theodore Meza");
    desk.type_text("refu");
    desk.press("tab");
    desk.type_text("Twice charged");
    desk.press("enter");
    desk.shows("Conversation wrapped up: Refund. u undoes it");
    place.last_was(Action::WrapUp);
    let wrapup = place.conversation(THEODORE).wrapup.unwrap();
    assert_eq!(wrapup.notes.as_deref(), Some("Twice charged"));
    take_back(&mut desk, &place, "Wrap-up taken back", &before);
}

#[test]
fn a_deletion_names_the_person_and_asks() {
    let place = Place::new();
    let (before, seth) = (place.dump(), place.contact_of(SETH).id);
    let mut desk = on_seth(&place, "admin");
    desk.press("D");
    desk.shows("Delete Seth Bates (Curated)?");
    desk.shows("With it go 4 identifiers");
    desk.shows("8 interactions of the last 60 days");
    // Enter alone leaves everything as it is.
    desk.press("enter");
    desk.hides("Delete Seth Bates");
    place.is_again(&before);
    desk.press("D");
    desk.shows("Yes, delete Seth Bates");
    desk.press("y");
    desk.shows("Seth Bates deleted. u undoes it");
    place.last_was(Action::Delete);
    assert_eq!(place.contact(seth), None);
    assert_eq!(place.found("Seth Bates"), []);
    take_back(&mut desk, &place, "Back again: Seth Bates", &before);
}
