//! Rows of an import: what becomes of each, and that ingest and import give the same people in either order
//! (`design/rules.md` §3).

use scv_desk::domain::command::{Claiming, Command, ImportRow, Imported, Match, Remark};
use scv_desk::domain::contact::Origin;
use scv_desk::domain::conversation::Trust;
use scv_desk::domain::reason::Rule;
use scv_desk::domain::{Channel, ContactId, ContactType, ConversationId, Field, Fields, Refusal};

use crate::world::*;

fn import(world: &mut World, fields: Fields) -> Done {
    world.act("admin", row(fields)).unwrap()
}

fn what(done: &Done) -> Imported {
    let said = done.remarks.iter().find_map(|remark| match remark {
        Remark::Imported { what } => Some(*what),
        _ => None,
    });
    said.expect("a row says what became of it")
}

fn efa() -> Fields {
    let typed = [
        (Field::FirstName, "Efa"),
        (Field::LastName, "Nolan"),
        (Field::CellPhone, EFA),
        (Field::WorkEmail, "efa@example.ie"),
    ];
    with_ids(fields(&typed), &["C-1"])
}

#[test]
fn a_new_row_makes_a_curated_contact() {
    let mut world = World::new();
    let done = import(&mut world, efa());
    assert_eq!(what(&done), Imported::Created);
    let contact = world.contact(done.contact.unwrap());
    assert_eq!(
        (contact.kind, contact.origin),
        (ContactType::Curated, Origin::Import)
    );
    assert_eq!(world.holder(&external("C-1")), done.contact);
    assert_eq!(world.holder(&phone(EFA)), done.contact);
}

#[test]
fn a_row_with_a_known_external_id_updates_and_then_changes_nothing() {
    let mut world = World::new();
    let first = import(&mut world, efa());
    let again = import(&mut world, efa());
    assert_eq!((what(&again), again.entry), (Imported::Unchanged, None));
    let mut moved = efa();
    moved.city = Some("Cork".to_owned());
    moved.cell_phone = fields(&[(Field::CellPhone, ADA)]).cell_phone;
    moved.work_email = None;
    let done = import(&mut world, moved);
    assert_eq!(
        (what(&done), done.contact),
        (Imported::Updated, first.contact)
    );
    let contact = world.contact(first.contact.unwrap());
    assert_eq!(contact.fields.city.as_deref(), Some("Cork"));
    assert!(
        contact.fields.work_email.is_some(),
        "an empty cell changes nothing"
    );
    assert_eq!(world.holder(&phone(ADA)), first.contact);
    assert_eq!(
        world.holder(&phone(EFA)),
        None,
        "the number that the row replaced is free"
    );
}

#[test]
fn a_row_promotes_the_auto_made_contact_that_holds_its_number() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    let caller = world.who(call);
    let dump = world.dump();
    let done = import(&mut world, efa());
    assert_eq!(
        (what(&done), done.contact),
        (Imported::Promoted, Some(caller))
    );
    assert_eq!(world.contact(caller).kind, ContactType::Curated);
    assert_eq!(world.who(call), caller);
    world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), dump);
}

#[test]
fn a_row_merges_several_auto_made_contacts() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    let mail = world.sees(&seen(2, Channel::Email, &["efa@example.ie"]));
    let dump = world.dump();
    let done = import(&mut world, efa());
    assert_eq!(what(&done), Imported::Merged);
    assert_eq!(Some(world.who(call)), done.contact);
    assert_eq!(Some(world.who(mail)), done.contact);
    let contact = world.contact(done.contact.unwrap());
    assert_eq!(contact.kind, ContactType::Curated);
    assert_eq!(contact.fields.full_name(), "Efa Nolan");
    world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), dump);
}

#[test]
fn a_row_takes_auto_made_contacts_into_the_curated_one_with_its_id() {
    let mut world = World::new();
    let mut bare = efa();
    bare.cell_phone = None;
    let kept = import(&mut world, bare).contact.unwrap();
    let call = world.call(1, EFA);
    let done = import(&mut world, efa());
    assert_eq!(what(&done), Imported::Merged);
    assert_eq!(world.head(kept).map(|head| head.id), done.contact);
    assert_eq!(Some(world.who(call)), done.contact);
    let again = import(&mut world, efa());
    assert_eq!(what(&again), Imported::Unchanged);
}

#[test]
fn two_curated_contacts_are_never_merged_by_a_row() {
    let mut world = World::new();
    let kept = import(&mut world, efa()).contact.unwrap();
    let claire = world.keep("Claire Byrne", &[(Field::CellPhone, CLAIRE)]);
    let mut clash = efa();
    clash.cell_phone = fields(&[(Field::CellPhone, CLAIRE)]).cell_phone;
    let done = import(&mut world, clash);
    assert_eq!((what(&done), done.contact), (Imported::Updated, Some(kept)));
    let stays = Remark::HeldBy {
        identifier: phone(CLAIRE),
        holder: claire,
    };
    assert!(done.remarks.contains(&stays));
    assert_eq!(world.holder(&phone(CLAIRE)), Some(claire));
}

#[test]
fn rows_that_share_a_number_are_two_people_and_the_first_holds_it() {
    let mut world = World::new();
    let first = import(&mut world, efa()).contact;
    let typed = [
        (Field::FirstName, "Claire"),
        (Field::LastName, "Byrne"),
        (Field::HomePhone, EFA),
    ];
    let second = import(&mut world, with_ids(fields(&typed), &["C-2"]));
    assert_eq!(what(&second), Imported::Created);
    assert_ne!(second.contact, first);
    assert_eq!(world.holder(&phone(EFA)), first);
}

#[test]
fn a_file_without_ids_imports_twice_without_doubling_anybody() {
    let mut world = World::new();
    let claire = [
        (Field::FirstName, "Claire"),
        (Field::LastName, "Byrne"),
        (Field::HomePhone, EFA),
    ];
    let plain = || Fields {
        external_ids: Vec::new(),
        ..efa()
    };
    let people: Vec<_> = [plain(), fields(&claire)]
        .into_iter()
        .map(|row| import(&mut world, row).contact)
        .collect();
    assert_ne!(people[0], people[1], "another name is another person");
    let dump = world.dump();
    let again: Vec<_> = [plain(), fields(&claire)]
        .into_iter()
        .map(|row| import(&mut world, row).contact)
        .collect();
    assert_eq!(again, people);
    assert_eq!(world.dump(), dump);
    let done = import(&mut world, efa());
    assert_eq!(
        (what(&done), done.contact),
        (Imported::Updated, people[0]),
        "and takes an id later"
    );
    let other = with_ids(plain(), &["C-9"]);
    assert_eq!(
        what(&import(&mut world, other)),
        Imported::Created,
        "another id is another record"
    );
}

#[test]
fn a_row_leaves_an_auto_made_contact_its_other_numbers() {
    let mut world = World::new();
    world.sees(&seen(1, Channel::Open, &["chat-1", ADA, "efa@example.ie"]));
    let done = import(&mut world, efa());
    assert_eq!(what(&done), Imported::Promoted);
    let contact = world.contact(done.contact.unwrap());
    assert_eq!(
        world.holder(&phone(ADA)),
        done.contact,
        "the row gave another cell phone"
    );
    let other = contact.fields.other_phone.as_ref().unwrap();
    assert_eq!(other.e164.as_deref(), Some(ADA));
    assert_eq!(
        contact.fields.cell_phone.as_ref().unwrap().e164.as_deref(),
        Some(EFA)
    );
}

#[test]
fn a_row_takes_in_by_typed_values_only_who_has_nothing_else() {
    let mut world = World::new();
    let chat = world.sees(&seen(1, Channel::Chat, &["efa@example.ie"]));
    let done = import(&mut world, efa());
    assert_eq!(Some(world.who(chat)), done.contact);
    let claim = &world.claims[&email("efa@example.ie")];
    assert_eq!(claim.trust, Trust::Verified, "the record carries it now");

    let mut world = World::new();
    let chat = world.sees(&web(1, Some("c-1"), None, &["efa@example.ie"]));
    let visitor = world.who(chat);
    let done = import(&mut world, efa());
    assert_eq!(what(&done), Imported::Created);
    assert_eq!(world.who(chat), visitor);
    assert_eq!(world.holder(&email("efa@example.ie")), done.contact);
    assert_eq!(
        world.holder(&cookie("c-1")),
        Some(visitor),
        "the browser is not hers by it"
    );
}

#[test]
fn what_was_linked_by_typing_alone_follows_the_row() {
    let mut world = World::new();
    let chat = world.sees(&seen(1, Channel::Chat, &["efa@example.ie"]));
    let web = world.sees(&web(2, Some("c-1"), None, &["efa@example.ie"]));
    let later = world.sees(&seen(3, Channel::Chat, &["efa@example.ie"]));
    let chosen = world.sees(&seen(4, Channel::Chat, &["efa@example.ie"]));
    let visitor = world.who(web);
    assert_eq!(world.who(chat), visitor);
    let other = world.call(5, ADA);
    let ada = world.who(other);
    let link = |contact| Command::Link {
        conversation: chosen,
        contact,
        claiming: Claiming::Leave,
    };
    world.act("agent", link(ada)).unwrap();
    world.act("agent", link(visitor)).unwrap();
    let before = world.dump();

    let done = import(&mut world, efa());
    let efa = done.contact.unwrap();
    assert_eq!(what(&done), Imported::Created);
    assert_eq!((world.who(chat), world.who(later)), (efa, efa));
    let reason = &world.links[&(chat, None)].reason;
    assert_eq!((reason.rule, reason.decided), (Rule::FirstClaimed, Some(0)));
    assert_eq!(reason.claim.as_ref().unwrap().contact, efa);
    assert_eq!(world.who(web), visitor, "the browser decides first");
    assert_eq!(world.who(chosen), visitor, "a person said so");

    world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), before);
}

#[test]
fn a_row_never_merges_who_was_marked_as_not_the_same() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    let mail = world.sees(&seen(2, Channel::Email, &["efa@example.ie"]));
    let (one, other) = (world.who(call), world.who(mail));
    world.act("agent", Command::NotSame { one, other }).unwrap();
    let done = import(&mut world, efa());
    assert_eq!((what(&done), done.contact), (Imported::Promoted, Some(one)));
    assert_eq!(world.who(mail), other);
    assert_eq!(
        world.holder(&email("efa@example.ie")),
        Some(one),
        "the record carries it"
    );
}

#[test]
fn a_row_is_matched_only_by_what_was_asked_for() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    let caller = world.who(call);
    let row = ImportRow {
        fields: efa(),
        company: None,
        matching: vec![Match::ExternalId],
        batch: 3,
    };
    let done = world.act("admin", Command::Import(Box::new(row))).unwrap();
    assert_eq!(what(&done), Imported::Created);
    assert_eq!(world.who(call), caller);
    assert_eq!(
        world.holder(&phone(EFA)),
        done.contact,
        "a Curated contact takes the claim"
    );
}

#[test]
fn the_company_is_matched_by_exact_name_else_made() {
    let mut world = World::new();
    let row = |company: &str, n: u32| {
        let name = format!("Person {n}");
        Command::Import(Box::new(ImportRow {
            fields: with_ids(fields(&[(Field::LastName, &name)]), &[&format!("C-{n}")]),
            company: Some(company.to_owned()),
            matching: vec![Match::ExternalId],
            batch: 1,
        }))
    };
    let one = world.act("admin", row("Acme", 1)).unwrap().contact.unwrap();
    let two = world
        .act("admin", row(" Acme ", 2))
        .unwrap()
        .contact
        .unwrap();
    let three = world.act("admin", row("ACME", 3)).unwrap().contact.unwrap();
    let of = |id: ContactId| world.contact(id).fields.organization;
    assert!(of(one).is_some());
    assert_eq!(of(one), of(two));
    assert_ne!(of(one), of(three));
    assert_eq!(world.organizations.len(), 2);
    let long = world.act("admin", row(&"x".repeat(1001), 4)).unwrap_err();
    assert!(matches!(long, Refusal::BadValue(_)));
}

#[test]
fn an_eleventh_external_id_is_refused_and_nothing_half_done() {
    let mut world = World::new();
    let ids: Vec<String> = (0..10).map(|n| format!("C-{n}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let name = fields(&[(Field::LastName, "Nolan")]);
    import(&mut world, with_ids(name.clone(), &ids));
    let dump = world.dump();
    let refused = world
        .act("admin", row(with_ids(name, &["C-0", "D-1"])))
        .unwrap_err();
    assert_eq!(refused, Refusal::ListFull("external ids".into()));
    assert_eq!(world.dump(), dump);
    let empty = world.act("admin", row(Fields::default())).unwrap_err();
    assert!(matches!(empty, Refusal::BadValue(_)));
}

#[test]
fn importing_after_ingesting_gives_the_same_people_as_the_other_way_round() {
    let claire = [
        (Field::FirstName, "Claire"),
        (Field::LastName, "Byrne"),
        (Field::HomePhone, EFA),
    ];
    let rows = [efa(), with_ids(fields(&claire), &["C-2"])];
    let seen = [
        seen(1, Channel::Call, &[EFA]),
        seen(2, Channel::Whatsapp, &[EFA]),
        seen(3, Channel::Email, &["Efa@example.ie"]),
        web(4, Some("c-1"), Some("C-2"), &[]),
        web(5, Some("c-1"), None, &[]),
        seen(6, Channel::Sms, &[ADA]),
        seen(7, Channel::Call, &[ADA]),
        seen(8, Channel::Call, &[]),
        seen(9, Channel::Chat, &["efa@example.ie"]),
    ];
    let ingest = |world: &mut World| {
        let ids = seen.iter().map(|one| world.sees(one));
        ids.collect::<Vec<ConversationId>>()
    };
    let load = |world: &mut World| rows.iter().for_each(|row| drop(import(world, row.clone())));
    let (mut one, mut other) = (World::new(), World::new());
    let ids = ingest(&mut one);
    load(&mut one);
    load(&mut other);
    ingest(&mut other);
    let people = |world: &World| {
        let who: Vec<ContactId> = ids.iter().map(|id| world.who(*id)).collect();
        let first = |id| who.iter().position(|other| other == id);
        who.iter().map(first).collect::<Vec<_>>()
    };
    assert_eq!(people(&one), people(&other));
    let name = |world: &World, n: usize| world.contact(world.who(ids[n])).fields.full_name();
    for n in 0..9 {
        assert_eq!(name(&one, n), name(&other, n), "conversation {}", n + 1);
    }
    assert_eq!(name(&one, 3), "Claire Byrne");
}

#[test]
fn a_file_without_ids_doubles_nobody_who_let_the_number_go() {
    let mut world = World::new();
    let plain = || Fields {
        external_ids: Vec::new(),
        work_email: None,
        ..efa()
    };
    let kept = import(&mut world, plain()).contact.unwrap();
    let release = Command::Release {
        contact: kept,
        identifier: phone(EFA),
    };
    world.act("agent", release).unwrap();
    let again = import(&mut world, plain());
    assert_eq!(
        (what(&again), again.contact),
        (Imported::Unchanged, Some(kept))
    );
    let call = world.call(1, EFA);
    assert_ne!(world.who(call), kept);
    let again = import(&mut world, plain());
    assert_eq!(
        again.contact.map(|id| world.contact(id).fields.full_name()),
        Some("Efa Nolan".to_owned())
    );
    let named = world
        .contacts
        .values()
        .filter(|one| one.fields.full_name() == "Efa Nolan" && one.merged_to.is_none());
    assert_eq!(named.count(), 1, "the row is about her still");
}

#[test]
fn who_gets_conversations_by_a_row_is_as_before_once_that_is_undone() {
    let mut world = World::new();
    let known = fields(&[(Field::LastName, "Nolan")]);
    let efa = import(&mut world, with_ids(known, &["C-1"]))
        .contact
        .unwrap();
    let web = world.sees(&web(2, Some("c-1"), None, &["efa@example.ie"]));
    let chat = world.sees(&seen(1, Channel::Chat, &["efa@example.ie"]));
    assert_eq!(world.who(chat), world.who(web));
    let before = world.dump();
    let typed = [
        (Field::LastName, "Nolan"),
        (Field::WorkEmail, "efa@example.ie"),
    ];
    let done = import(&mut world, with_ids(fields(&typed), &["C-1"]));
    assert_eq!((what(&done), world.who(chat)), (Imported::Updated, efa));
    world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), before);
}
