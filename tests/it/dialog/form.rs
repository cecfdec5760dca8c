//! Add to contacts, New contact and Edit.

use scv_desk::backend::Trouble;
use scv_desk::domain::Fields;
use scv_desk::domain::command::{Command, Edit, Expected};
use scv_desk::domain::contact::OrganizationId;
use scv_desk::domain::field::{Field, Value};
use scv_desk::domain::phone::Phone;
use scv_desk::domain::refusal::Refusal;
use scv_desk::tui::action::Action;
use scv_desk::tui::effect::Read;
use scv_desk::tui::msg::Reply;
use uuid::Uuid;

use super::Bench;
use crate::fake::{contact_id, conversation_id};
use crate::people;

fn text(value: &str) -> Option<Value> {
    Some(Value::Text(value.to_owned()))
}

fn edits(bench: &Bench) -> Vec<Edit> {
    match bench.command() {
        Command::Promote { edits, .. } | Command::Edit { edits, .. } => edits,
        other => panic!("{other:?}"),
    }
}

fn after(bench: &Bench, field: Field) -> Option<Value> {
    let edits = edits(bench);
    let edit = edits.iter().find(|edit| edit.field == field);
    edit.unwrap_or_else(|| panic!("{field:?} was not edited"))
        .after
        .clone()
}

/// The edit form of Efa with the cursor in her first name.
fn editing() -> Bench {
    Bench::on(1).open(Action::Edit)
}

#[test]
fn adding_a_provided_person_takes_two_keys() {
    let mut bench = Bench::on(2).open(Action::Promote);
    bench.shows("Jon Ortega · Identified");
    bench.press("ctrl-s");
    let Command::Promote { contact, edits } = bench.command() else {
        panic!("no promotion");
    };
    assert_eq!(contact, contact_id(2));
    let edit = |field, value: &str| Edit {
        field,
        before: Expected::Exactly(None),
        after: text(value),
    };
    assert_eq!(
        edits,
        [
            edit(Field::FirstName, "Jon"),
            edit(Field::LastName, "Ortega"),
            edit(Field::PersonalEmail, "j.ortega@example.com"),
        ]
    );
    assert_eq!(bench.written().said, "Jon Ortega added to contacts");
    assert!(!bench.works().is_open());
}

#[test]
fn a_missing_name_is_said_beside_it_and_the_cursor_goes_there() {
    let mut bench = Bench::on(3);
    bench.profile.as_mut().unwrap().provided_name = Some("Aoife".to_owned());
    let mut bench = bench.open(Action::Promote);
    bench.press("ctrl-s");
    assert!(bench.wrote_nothing());
    bench.shows("✗ required");
    bench.type_in("Daly").press("ctrl-s");
    assert_eq!(after(&bench, Field::LastName), text("Daly"));
    let whatsapp = after(&bench, Field::Whatsapp);
    assert!(matches!(whatsapp, Some(Value::Social(social)) if social.id == "353871112222"));
}

#[test]
fn a_number_of_whatsapp_is_shown_in_groups_and_kept_in_digits() {
    for (typed, kept, shown) in [
        ("+353 87 111-2222", "353871112222", "+353 87 111 2222"),
        ("353871112222", "353871112222", "+353 87 111 2222"),
        ("IE.aoife", "IE.aoife", "IE.aoife"),
    ] {
        let value = Value::read(Field::Whatsapp, typed, None).unwrap().unwrap();
        assert!(
            matches!(&value, Value::Social(social) if social.id == kept),
            "{typed}"
        );
        assert_eq!(value.shown(Field::Whatsapp), shown);
    }
}

#[test]
fn a_new_contact_has_what_the_conversation_came_with_and_is_linked() {
    let mut bench = Bench::on(1);
    bench.profile.as_mut().unwrap().provided_name = Some("O'Shea, Una".to_owned());
    let mut bench = bench.open(Action::Create);
    bench.press("ctrl-s");
    let Command::Create { fields, link } = bench.command() else {
        panic!("nothing was made");
    };
    assert_eq!(link, Some(conversation_id(1)));
    let wanted = Fields {
        first_name: Some("Una".to_owned()),
        last_name: Some("O'Shea".to_owned()),
        cell_phone: Some(Phone::read("+353 86 123 4567", None)),
        ..Fields::default()
    };
    assert_eq!(*fields, wanted);
}

#[test]
fn what_a_visitor_typed_is_marked_as_not_verified() {
    let bench = Bench::on(7).open(Action::Create);
    bench.shows("typed by the visitor, not verified");
}

#[test]
fn an_edit_sends_the_changed_fields_only_with_what_was_seen() {
    let mut bench = editing();
    bench
        .press("tab tab ctrl-u")
        .type_in("Byrne-Daly")
        .press("ctrl-s");
    let wanted = Edit {
        field: Field::LastName,
        before: Expected::Exactly(text("Byrne")),
        after: text("Byrne-Daly"),
    };
    assert_eq!(edits(&bench), [wanted]);
}

#[test]
fn emptying_a_field_is_a_change_and_typing_the_same_is_none() {
    let mut bench = editing();
    bench.press("ctrl-u").type_in("Efa").press("ctrl-s");
    assert!(
        !bench.is_open() && bench.wrote_nothing(),
        "nothing was changed, so nothing is sent"
    );
    let mut bench = editing();
    bench.press("pagedown down ctrl-u ctrl-s");
    assert_eq!(after(&bench, Field::CellPhone), None);
}

#[test]
fn numbers_are_read_in_the_region_of_the_contact() {
    let mut bench = Bench::on_nothing().open(Action::Create);
    bench.type_in("Ada").press("tab tab").type_in("Ray");
    bench
        .press("pagedown down")
        .type_in("086 123 4567")
        .press("tab");
    bench.shows("+353 86 123 4567");
    bench.type_in("12").press("tab");
    bench.shows("no phone number: kept as typed");
    bench.press("ctrl-s");
    let Command::Create { fields, link } = bench.command() else {
        panic!("nothing was made");
    };
    assert_eq!(link, None);
    assert_eq!(
        fields.cell_phone.unwrap().e164.as_deref(),
        Some("+353861234567")
    );
    assert_eq!(fields.home_phone.unwrap().display, "12");
}

#[test]
fn what_cannot_be_saved_is_said_when_the_field_is_left() {
    let mut bench = editing();
    bench
        .press("pagedown pagedown")
        .type_in("no address")
        .press("tab");
    bench.shows("is not an e-mail address");
    bench.press("end ctrl-s");
    assert!(bench.wrote_nothing());
    bench.press("ctrl-u ctrl-s");
    assert!(!bench.is_open(), "without it nothing is changed");
}

#[test]
fn what_is_too_long_is_told_not_cut() {
    let mut bench = editing();
    bench
        .press("ctrl-u")
        .paste(&"x".repeat(1_100))
        .press("ctrl-s");
    bench.shows("is longer than 1000 characters");
    assert!(bench.wrote_nothing());
}

#[test]
fn an_organization_is_found_by_its_name() {
    let mut bench = editing();
    bench
        .press("pagedown pagedown pagedown pagedown ctrl-u")
        .type_in("Ray Ltd")
        .press("ctrl-s");
    assert_eq!(bench.asked(), Read::Organization("Ray Ltd".to_owned()));
    assert!(bench.wrote_nothing());
    let id = OrganizationId(Uuid::from_u128(9));
    bench.reply(&Reply::Organization("Ray Ltd".to_owned(), Ok(Some(id))));
    assert_eq!(
        after(&bench, Field::Organization),
        Some(Value::Organization(id))
    );
}

#[test]
fn an_unknown_organization_is_told_before_it_is_left_out() {
    let mut bench = Bench::on(2).open(Action::Promote);
    bench
        .press("pagedown pagedown pagedown pagedown")
        .type_in("Nobody Inc")
        .press("tab");
    bench.reply(&Reply::Organization("Nobody Inc".to_owned(), Ok(None)));
    bench.press("ctrl-s");
    assert!(bench.wrote_nothing(), "the person must have seen it first");
    bench.shows("no organization has this name");
    bench.press("ctrl-s");
    assert!(
        edits(&bench)
            .iter()
            .all(|edit| edit.field != Field::Organization)
    );
}

/// Somebody else changed the title and the city while Efa's title was being typed.
fn overtaken() -> Bench {
    let mut bench = editing();
    bench
        .press("tab tab tab tab ctrl-u")
        .type_in("Director")
        .press("ctrl-s");
    bench.is_refused(Refusal::ChangedMeanwhile {
        field: "title".into(),
        by: "K. Osei".to_owned(),
        now: "Partner".to_owned(),
    });
    assert_eq!(bench.asked(), Read::Other(contact_id(1)));
    let mut profile = people::efa();
    let contact = profile.contact.as_mut().unwrap();
    contact.fields.title = Some("Partner".to_owned());
    contact.fields.city = Some("Dublin".to_owned());
    assert!(bench.reply(&Reply::Other(contact_id(1), Ok(profile))));
    bench
}

#[test]
fn a_change_meanwhile_shows_the_other_value_and_keeps_the_typed_one() {
    let mut bench = overtaken();
    bench.shows("Director");
    bench.shows("K. Osei changed it to Partner");
    bench.shows("Dublin");
    bench.press("ctrl-s");
    let wanted = Edit {
        field: Field::Title,
        before: Expected::Exactly(text("Partner")),
        after: text("Director"),
    };
    assert_eq!(edits(&bench), [wanted]);
}

#[test]
fn the_other_value_is_shown_whole_however_long() {
    let mut bench = overtaken();
    let mut profile = people::efa();
    let contact = profile.contact.as_mut().unwrap();
    let long = "Partner for the whole of the south, the islands and the rest, until further notice";
    contact.fields.title = Some(long.to_owned());
    bench.press("ctrl-s").is_refused(Refusal::ChangedMeanwhile {
        field: "title".into(),
        by: "K. Osei".to_owned(),
        now: long.to_owned(),
    });
    bench.reply(&Reply::Other(contact_id(1), Ok(profile)));
    for size in [(100, 30), (80, 24), (40, 12)] {
        let text = bench.frame(size.0, size.1).0.join("\n");
        let text: Vec<&str> = text
            .split(['│', '\n'])
            .flat_map(str::split_whitespace)
            .collect();
        let text = text.join(" ");
        for part in [
            "changed it to Partner for",
            "further notice",
            "takes theirs",
            "Director",
        ] {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
    }
}

#[test]
fn the_other_value_can_be_taken() {
    let mut bench = overtaken();
    let sent = bench.effects.len();
    bench.press("ctrl-t ctrl-s");
    assert!(!bench.is_open());
    assert_eq!(bench.effects.len(), sent, "nothing is left to save");
}

#[test]
fn leaving_asks_and_the_draft_is_there_again() {
    let mut bench = editing();
    bench.type_in("x").press("esc");
    bench.shows("Keep what you typed");
    bench.press("esc");
    assert!(bench.is_open());
    bench.press("esc y");
    assert!(!bench.is_open());
    bench.open_again(Action::Edit);
    bench.shows("Efax");
    bench.shows("What you typed before is back");
    bench.press("esc n");
    bench.open_again(Action::Edit);
    bench.hides("Efax");
    bench.press("esc");
    assert!(!bench.is_open(), "without a change leaving does not ask");
}

#[test]
fn a_draft_tells_when_the_field_was_changed_since() {
    let mut bench = editing();
    bench.type_in("x").press("esc y");
    let contact = bench.profile.as_mut().unwrap().contact.as_mut().unwrap();
    contact.fields.first_name = Some("Eva".to_owned());
    bench.open_again(Action::Edit);
    bench.shows("changed since you typed");
    bench.press("ctrl-s");
    let before = edits(&bench)[0].before.clone();
    assert_eq!(before, Expected::Exactly(text("Eva")));
}

#[test]
fn saving_drops_the_draft_and_trouble_keeps_the_form() {
    let mut bench = editing();
    bench.type_in("x").press("esc y");
    bench.open_again(Action::Edit);
    bench.press("ctrl-s");
    let write = bench.written();
    let away = Trouble::Broken("the store is away".to_owned());
    bench.reply(&Reply::Written(write, Err(away)));
    bench.shows("The store is away");
    bench.shows("Efax");
    bench.press("ctrl-s");
    bench.works();
    bench.open_again(Action::Edit);
    bench.hides("Efax");
}

#[test]
fn enter_walks_to_save() {
    let mut bench = Bench::on(2).open(Action::Promote);
    bench.press(&"enter ".repeat(28));
    assert!(bench.wrote_nothing());
    bench.press("enter");
    assert_eq!(edits(&bench).len(), 3);
}

#[test]
fn blank_turns_a_yes_into_a_no() {
    let mut bench = editing();
    bench.press(&"pagedown ".repeat(6));
    bench.press("space ctrl-s");
    assert_eq!(after(&bench, Field::SurveyOptOut), Some(Value::Flag(false)));
}

#[test]
fn ids_elsewhere_are_edited_as_a_list_with_their_sources() {
    let mut bench = editing();
    bench.press(&"pagedown ".repeat(7));
    bench.shows("Ids elsewhere");
    bench.shows("CRM-20418 (Salesforce)");
    bench.type_in(", 7").press("ctrl-s");
    assert!(bench.wrote_nothing());
    bench.shows("needs its source: CRM-20418 (CRM)");
    bench.type_in(" (Shop)").press("ctrl-s");
    let value = Value::read(Field::ExternalIds, "CRM-20418 (Salesforce), 7 (Shop)", None);
    assert_eq!(after(&bench, Field::ExternalIds), value.unwrap());
}
