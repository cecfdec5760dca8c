//! Types, promotion, New contact and edits (`design/rules.md` §2, §5).

use scv_desk::domain::command::{Command, Edit, Expected, Remark};
use scv_desk::domain::contact::OrganizationId;
use scv_desk::domain::{Channel, ContactType, Field, Fields, Refusal, Value};
use scv_desk::engine::PromoteOnEdit;

use crate::world::*;

#[test]
fn add_to_contacts_keeps_the_id_and_makes_it_curated() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    let caller = world.who(call);
    let dump = world.dump();
    let edits = vec![
        edit(Field::FirstName, "Efa"),
        edit(Field::LastName, "Nolan"),
    ];
    let promote = Command::Promote {
        contact: caller,
        edits,
    };
    let done = world.act("agent", promote).unwrap();
    let efa = world.contact(caller);
    assert_eq!(efa.kind, ContactType::Curated);
    assert_eq!(efa.fields.full_name(), "Efa Nolan");
    assert_eq!(world.holder(&phone(EFA)), Some(caller));
    assert_eq!(done.remarks, []);
    world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), dump);
}

#[test]
fn a_contact_is_added_to_the_contacts_with_first_and_last_name_only() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    let caller = world.who(call);
    let dump = world.dump();
    let promote = |edits: &[Edit]| Command::Promote {
        contact: caller,
        edits: edits.to_vec(),
    };
    let (first, last) = (
        edit(Field::FirstName, "Efa"),
        edit(Field::LastName, "Nolan"),
    );
    for (edits, lacking) in [
        (&[][..], vec![Field::FirstName, Field::LastName]),
        (std::slice::from_ref(&first), vec![Field::LastName]),
        (
            &[last.clone(), edit(Field::FirstName, " ")],
            vec![Field::FirstName],
        ),
    ] {
        let refused = world.act("agent", promote(edits)).unwrap_err();
        assert_eq!(refused, Refusal::NameRequired(lacking));
        assert_eq!(world.dump(), dump);
    }
    let sentence = world
        .act("agent", promote(std::slice::from_ref(&first)))
        .unwrap_err();
    assert_eq!(
        sentence.to_string(),
        "the contact has no last name, and first and last name are required"
    );
    world.act("agent", promote(&[first, last])).unwrap();
    assert_eq!(world.contact(caller).kind, ContactType::Curated);
}

#[test]
fn a_country_code_is_two_letters_that_numbers_can_be_read_by() {
    // As it comes from a body of the API, which nobody has read as a code.
    let coded = |code: &str| Edit {
        field: Field::CountryCode,
        before: Expected::Anything,
        after: Some(Value::Text(code.to_owned())),
    };
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let refused = world.edit(efa, &[coded("Ireland")]).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the country code \"Ireland\" is not known; write two letters such as IE"
    );
    let mut unread = fields(&[(Field::LastName, "Nolan")]);
    unread.country_code = Some("XX".to_owned());
    let new = Command::Create {
        fields: Box::new(unread),
        link: None,
    };
    assert!(matches!(world.act("agent", new), Err(Refusal::BadValue(_))));
    world.edit(efa, &[coded("IE")]).unwrap();
}

#[test]
fn promoting_a_curated_contact_changes_nothing() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let dump = world.dump();
    let done = world.promote(efa).unwrap();
    assert_eq!(done.remarks, [Remark::AlreadyCurated]);
    assert_eq!(done.entry, None);
    let edits = vec![edit(Field::FirstName, "Efa")];
    let again = Command::Promote {
        contact: efa,
        edits,
    };
    let done = world.act("agent", again).unwrap();
    assert_eq!(done.entry, None, "the form says what stands there already");
    assert_eq!(world.dump(), dump);
}

#[test]
fn promotion_takes_claims_that_the_fields_carry() {
    let mut world = World::new();
    let mail = world.sees(&seen(1, Channel::Email, &["efa@example.ie"]));
    let call = world.call(2, EFA);
    let caller = world.who(call);
    let edits = vec![
        edit(Field::FirstName, "Efa"),
        edit(Field::LastName, "Nolan"),
        edit(Field::PersonalEmail, "efa@example.ie"),
    ];
    let promote = Command::Promote {
        contact: caller,
        edits,
    };
    world.act("agent", promote).unwrap();
    assert_eq!(world.holder(&email("efa@example.ie")), Some(caller));
    assert!(
        world.contacts.contains_key(&world.who(mail)),
        "its conversation keeps it"
    );
}

#[test]
fn an_edit_promotes_when_the_actor_may() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    let caller = world.who(call);
    world
        .edit(caller, &[edit(Field::FirstName, "Efa")])
        .unwrap();
    assert_eq!(world.contact(caller).kind, ContactType::Curated);
}

#[test]
fn an_edit_that_may_not_promote_says_when_the_contact_expires() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    let caller = world.who(call);
    world.options.promote_on_edit = PromoteOnEdit::No;
    let done = world
        .edit(caller, &[edit(Field::FirstName, "Efa")])
        .unwrap();
    assert_eq!(world.contact(caller).kind, ContactType::Identified);
    assert_eq!(done.remarks, [Remark::KeepsType { expires: None }]);

    let mut over = seen(1, Channel::Call, &[EFA]);
    over.end = Some(START.plus_days(1));
    world.sees(&over);

    world.options.promote_on_edit = PromoteOnEdit::Yes;
    use scv_desk::domain::{Actor, Permission, Role};
    let clerk = Actor {
        name: "Clerk".to_owned(),
        role: Role::new("clerk", [Permission::ContactEdit]),
    };
    let command = Command::Edit {
        contact: caller,
        edits: vec![edit(Field::LastName, "Nolan")],
    };
    let done = world.run(&clerk, &command).unwrap();
    assert_eq!(world.contact(caller).kind, ContactType::Identified);
    let expires = Some(START.plus_days(61));
    assert_eq!(done.remarks, [Remark::KeepsType { expires }]);
}

#[test]
fn an_edit_of_an_ephemeral_contact_that_adds_a_number_identifies_it() {
    let mut world = World::new();
    world.options.promote_on_edit = PromoteOnEdit::No;
    let browser = world.sees(&web(1, Some("c-1"), None, &[]));
    let visitor = world.who(browser);
    world
        .edit(visitor, &[edit(Field::FirstName, "Efa")])
        .unwrap();
    assert_eq!(world.contact(visitor).kind, ContactType::Ephemeral);
    world.edit(visitor, &[edit(Field::CellPhone, EFA)]).unwrap();
    assert_eq!(world.contact(visitor).kind, ContactType::Identified);
    world.edit(visitor, &[edit(Field::CellPhone, "")]).unwrap();
    assert_eq!(
        world.contact(visitor).kind,
        ContactType::Identified,
        "no way back"
    );
    assert_eq!(
        world.holder(&cookie("c-1")),
        Some(visitor),
        "the cookie stays"
    );
}

#[test]
fn notes_claims_and_marks_never_promote() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    let contact = world.who(call);
    world.note(contact, "called about a bill").unwrap();
    let identifier = email("efa@example.ie");
    let claim = Command::Claim {
        contact,
        identifier,
    };
    world.act("agent", claim).unwrap();
    world
        .act(
            "agent",
            Command::Share {
                identifier: phone(EFA),
            },
        )
        .unwrap();
    assert_eq!(world.contact(contact).kind, ContactType::Identified);
}

#[test]
fn an_edit_of_a_value_that_changed_meanwhile_is_refused() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::City, "Cork")]);
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let seen_as = |before: &str, after: &str| Edit {
        field: Field::City,
        before: Expected::Exactly(text(before)),
        after: text(after),
    };
    world.edit(efa, &[seen_as("Cork", "Dublin")]).unwrap();
    let stale = [edit(Field::Title, "Dr"), seen_as("Cork", "Galway")];
    let refused = world.edit(efa, &stale).unwrap_err();
    let expected = Refusal::ChangedMeanwhile {
        field: "city".into(),
        by: "Ava".to_owned(),
        now: "Dublin".to_owned(),
    };
    assert_eq!(refused, expected);
    assert_eq!(world.contact(efa).fields.title, None, "nothing half done");
    world.edit(efa, &[seen_as("Cork", "Dublin")]).unwrap();
    world.edit(efa, &[seen_as("Dublin", "Galway")]).unwrap();
    let other_field = [edit(Field::Title, "Dr")];
    world.edit(efa, &other_field).unwrap();
    assert_eq!(world.contact(efa).fields.city.as_deref(), Some("Galway"));
}

#[test]
fn an_edit_that_changes_nothing_leaves_no_trace() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    let caller = world.who(call);
    let dump = world.dump();
    let done = world.edit(caller, &[edit(Field::FirstName, "")]).unwrap();
    assert_eq!((done.entry, world.dump()), (None, dump));
    assert_eq!(world.contact(caller).kind, ContactType::Identified);
}

#[test]
fn an_edit_of_an_ancestor_goes_to_the_canonical_and_says_so() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let mail = world.sees(&seen(1, Channel::Email, &["efa@example.ie"]));
    let canonical = world
        .merge(&[efa, world.who(mail)])
        .unwrap()
        .contact
        .unwrap();
    let done = world.edit(efa, &[edit(Field::Title, "Dr")]).unwrap();
    let remark = Remark::OnCanonical {
        asked: efa,
        canonical,
    };
    assert_eq!(done.remarks, [remark]);
    assert_eq!(world.contact(canonical).fields.title.as_deref(), Some("Dr"));
    assert_eq!(world.contact(efa).fields.title, None);
}

#[test]
fn a_list_of_ids_is_replaced_and_its_claims_follow() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let put = |world: &mut World, before: &str, after: &str| {
        let read = |text: &str| Value::read(Field::ExternalIds, text, None).unwrap();
        let edit = Edit {
            field: Field::ExternalIds,
            before: Expected::Exactly(read(before)),
            after: read(after),
        };
        world.edit(efa, &[edit])
    };
    let empty = world.dump();
    let first = put(&mut world, "", "7 (CRM), 8 (Shop)").unwrap();
    let of = |world: &World, value: &str, source: &str| {
        let kind = scv_desk::domain::IdentifierType::ExternalId;
        let read = scv_desk::domain::Identifier::read(kind, value, Some(source), None);
        world.holder(&read.unwrap())
    };
    assert_eq!(of(&world, "7", "CRM"), Some(efa));
    let second = put(&mut world, "7 (CRM), 8 (Shop)", "8 (Shop)").unwrap();
    assert_eq!(of(&world, "7", "CRM"), None);
    assert_eq!(of(&world, "8", "Shop"), Some(efa));
    let stale = put(&mut world, "7 (CRM), 8 (Shop)", "").unwrap_err();
    assert!(matches!(stale, Refusal::ChangedMeanwhile { .. }), "{stale}");
    let eleven: Vec<String> = (0..11).map(|n| format!("{n} (CRM)")).collect();
    let full = put(&mut world, "8 (Shop)", &eleven.join(", ")).unwrap_err();
    assert_eq!(full, Refusal::ListFull("external ids".into()));
    world.undo(second.entry.unwrap()).unwrap();
    world.undo(first.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), empty);
}

#[test]
fn values_that_a_field_cannot_take_are_refused() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let put = |field, after| Edit {
        field,
        before: Expected::Anything,
        after: Some(after),
    };
    let text = |text: String| Value::Text(text);
    for bad in [
        put(Field::CellPhone, text("0861234567".to_owned())),
        put(Field::FirstName, Value::Flag(true)),
        put(Field::ExternalIds, text("7".to_owned())),
        put(Field::AppleIds, Value::AppleIds(vec!["x".repeat(300)])),
        put(Field::FirstName, text("x".repeat(1001))),
        put(Field::PostalCode, text("x".repeat(26))),
        put(Field::WorkEmail, text("no address".to_owned())),
        put(
            Field::WorkEmail,
            text(format!("{}@example.ie", "x".repeat(250))),
        ),
    ] {
        let refused = world.edit(efa, std::slice::from_ref(&bad)).unwrap_err();
        assert!(
            matches!(refused, Refusal::BadValue(_)),
            "{bad:?}: {refused}"
        );
    }
    let nowhere = OrganizationId(uuid::Uuid::from_u128(5));
    let edit = put(Field::Organization, Value::Organization(nowhere));
    let refused = world.edit(efa, &[edit]).unwrap_err();
    assert_eq!(refused, Refusal::NoOrganization);
    let mut form = fields(&[(Field::LastName, "Byrne")]);
    form.first_name = Some("x".repeat(1001));
    let create = |fields| Command::Create {
        fields: Box::new(fields),
        link: None,
    };
    let refused = world.act("agent", create(form)).unwrap_err();
    assert!(matches!(refused, Refusal::BadValue(_)));
}

#[test]
fn lists_are_capped() {
    let mut world = World::new();
    let ids: Vec<String> = (0..11).map(|n| format!("C-{n}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let name = fields(&[(Field::LastName, "Nolan")]);
    let create = |fields: Fields| Command::Create {
        fields: Box::new(fields),
        link: None,
    };
    world
        .act("agent", create(with_ids(name.clone(), &ids[..10])))
        .unwrap();
    let refused = world
        .act("agent", create(with_ids(name.clone(), &ids)))
        .unwrap_err();
    assert_eq!(refused, Refusal::ListFull("external ids".into()));
    let mut apple = name;
    apple.apple_opaque_ids = ids.iter().map(|id| (*id).to_owned()).collect();
    let refused = world.act("agent", create(apple)).unwrap_err();
    assert_eq!(refused, Refusal::ListFull("Apple ids".into()));
    let refused = world.act("agent", create(Fields::default())).unwrap_err();
    let names = vec![Field::FirstName, Field::LastName];
    assert_eq!(refused, Refusal::NameRequired(names));
}
