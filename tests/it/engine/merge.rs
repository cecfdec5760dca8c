//! Merge: who may, what becomes of fields, identifiers and trees (`design/rules.md` §6).

use scv_desk::domain::command::{Command, Remark, Sure};
use scv_desk::domain::contact::{Custom, Origin};
use scv_desk::domain::permission::MergeRules;
use scv_desk::domain::reason::ClaimOrigin;
use scv_desk::domain::{Channel, ContactId, ContactType, Field, Refusal};
use scv_desk::engine::merge::{curated_takes, differing_ids};

use crate::world::*;

/// An Identified contact that an e-mail made.
fn mailed(world: &mut World, n: u128, address: &str) -> ContactId {
    let mail = world.sees(&seen(n, Channel::Email, &[address]));
    world.who(mail)
}

#[test]
fn a_merge_makes_a_new_canonical_contact_and_ancestors() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let auto = mailed(&mut world, 1, "efa@example.ie");
    let before = world.contact(efa).clone();
    let dump = world.dump();
    let done = world.merge(&[efa, auto]).unwrap();
    let id = done.contact.unwrap();
    assert!(![efa, auto].contains(&id));
    let canonical = world.contact(id);
    assert_eq!(
        (canonical.kind, canonical.origin),
        (ContactType::Curated, Origin::Merge)
    );
    assert_eq!(canonical.merged_from, [efa, auto]);
    assert!(canonical.is_canonical() && !canonical.expires());
    assert_eq!(canonical.fields.full_name(), "Efa Nolan");
    assert_eq!(world.contact(efa).merged_to, Some(id));
    assert_eq!(
        world.contact(efa).fields,
        before.fields,
        "ancestors stay as they were"
    );
    assert_eq!(world.holder(&phone(EFA)), Some(id));
    assert_eq!(world.holder(&email("efa@example.ie")), Some(id));
    assert_eq!(world.claims[&phone(EFA)].origin, ClaimOrigin::Merged(efa));
    world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), dump);
}

#[test]
fn the_type_of_the_result_is_the_highest_of_the_inputs() {
    let mut world = World::new();
    let browser = |world: &mut World, n: u128| {
        let chat = world.sees(&web(n, Some(&format!("c-{n}")), None, &[]));
        world.who(chat)
    };
    let (one, two, three) = (
        browser(&mut world, 1),
        browser(&mut world, 2),
        browser(&mut world, 3),
    );
    let id = world.merge(&[one, two]).unwrap().contact.unwrap();
    assert_eq!(world.contact(id).kind, ContactType::Ephemeral);
    assert!(
        !world.contact(id).expires(),
        "the head of a merge never expires"
    );
    let mail = mailed(&mut world, 4, "efa@example.ie");
    let id = world.merge(&[mail, three]).unwrap().contact.unwrap();
    assert_eq!(world.contact(id).kind, ContactType::Identified);
    let efa = world.keep("Efa Nolan", &[]);
    let id = world.merge(&[id, efa]).unwrap().contact.unwrap();
    assert_eq!(world.contact(id).kind, ContactType::Curated);
}

#[test]
fn the_deck_never_merges_two_curated_contacts() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let other = world.keep("Eva Nolan", &[]);
    assert_eq!(
        world.merge(&[efa, other]).unwrap_err(),
        Refusal::BothCurated
    );
    let auto = mailed(&mut world, 1, "efa@example.ie");
    assert_eq!(
        world.merge(&[efa, auto, other]).unwrap_err(),
        Refusal::BothCurated
    );
    world.options.merge = MergeRules::Current;
    let id = world.merge(&[efa, auto, other]).unwrap().contact.unwrap();
    assert_eq!(world.contact(id).kind, ContactType::Curated);
}

#[test]
fn a_contact_is_not_merged_with_itself_or_its_own_ancestor() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let auto = mailed(&mut world, 1, "efa@example.ie");
    assert_eq!(world.merge(&[efa, efa]).unwrap_err(), Refusal::SameContact);
    let id = world.merge(&[efa, auto]).unwrap().contact.unwrap();
    assert_eq!(world.merge(&[efa, auto]).unwrap_err(), Refusal::OnePerson);
    assert_eq!(world.merge(&[auto, id]).unwrap_err(), Refusal::OnePerson);
    let nobody = ContactId(uuid::Uuid::from_u128(7));
    assert_eq!(
        world.merge(&[efa, nobody]).unwrap_err(),
        Refusal::NoContact(nobody)
    );
}

#[test]
fn a_merge_of_an_ancestor_takes_its_canonical() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let auto = mailed(&mut world, 1, "efa@example.ie");
    let first = world.merge(&[efa, auto]).unwrap().contact.unwrap();
    let third = mailed(&mut world, 2, "efa@work.example");
    let done = world.merge(&[auto, third]).unwrap();
    let canonical = world.contact(done.contact.unwrap());
    assert_eq!(canonical.merged_from, [first, third]);
    let remark = Remark::OnCanonical {
        asked: auto,
        canonical: first,
    };
    assert_eq!(done.remarks, [remark]);
}

#[test]
fn a_merge_takes_2_to_25_contacts_and_a_set_of_at_most_52() {
    let mut world = World::new();
    let made: Vec<ContactId> = (0..50)
        .map(|n| mailed(&mut world, n, &format!("m{n}@example.ie")))
        .collect();
    assert_eq!(world.merge(&made[..1]).unwrap_err(), Refusal::MergeCount(1));
    assert_eq!(
        world.merge(&made[..26]).unwrap_err(),
        Refusal::MergeCount(26)
    );
    let one = world.merge(&made[..25]).unwrap().contact.unwrap();
    let other = world.merge(&made[25..49]).unwrap().contact.unwrap();
    let all = world.merge(&[one, other]).unwrap().contact.unwrap();
    assert_eq!(
        world.merge(&[all, made[49]]).unwrap_err(),
        Refusal::SetTooLarge(54)
    );
    // 25 + 1, 24 + 1, and the new canonical contact make exactly 52.
    assert_eq!(world.contact(all).merged_from, [one, other]);
}

#[test]
fn the_most_recently_modified_value_wins_unless_a_side_is_chosen() {
    let mut world = World::new();
    let old = world.keep("Efa Nolan", &[(Field::City, "Cork"), (Field::Title, "Dr")]);
    let auto = mailed(&mut world, 1, "efa@example.ie");
    world.options.promote_on_edit = scv_desk::engine::PromoteOnEdit::No;
    let edits = [edit(Field::FirstName, "effie"), edit(Field::City, "Galway")];
    world.edit(auto, &edits).unwrap();
    let mut other = world.clone();
    let id = world.merge(&[old, auto]).unwrap().contact.unwrap();
    let fields = &world.contact(id).fields;
    assert_eq!(fields.full_name(), "effie Nolan");
    assert_eq!(fields.city.as_deref(), Some("Galway"));
    assert_eq!(fields.title.as_deref(), Some("Dr"), "no value never wins");

    let inputs = [other.contact(old).clone(), other.contact(auto).clone()];
    let takes = curated_takes(&inputs);
    assert_eq!(
        takes[&Field::FirstName],
        old,
        "a nickname never replaces a kept name"
    );
    assert_eq!(takes[&Field::PersonalEmail], auto);
    let mut takes: Vec<_> = takes.into_iter().collect();
    // A side without a value that was chosen all the same erases nothing.
    takes.retain(|(field, _)| *field != Field::Title);
    takes.push((Field::Title, auto));
    let merge = Command::Merge {
        contacts: vec![auto, old],
        takes,
        sure: Sure::AskedOnce,
    };
    let id = other.act("agent-merge", merge).unwrap().contact.unwrap();
    let fields = &other.contact(id).fields;
    assert_eq!(fields.full_name(), "Efa Nolan");
    assert_eq!(fields.city.as_deref(), Some("Cork"));
    assert_eq!(fields.title.as_deref(), Some("Dr"));
    assert_eq!(fields.personal_email.as_deref(), Some("efa@example.ie"));
}

#[test]
fn phones_and_emails_that_lose_their_slot_move_or_keep_their_identifier() {
    let mut world = World::new();
    world.options.merge = MergeRules::Current;
    let numbers: Vec<String> = (1..=6).map(|n| format!("+35386100000{n}")).collect();
    let old = world.keep(
        "Efa Nolan",
        &[
            (Field::WorkPhone, &numbers[0]),
            (Field::CellPhone, &numbers[1]),
            (Field::WorkEmail, "w@example.ie"),
            (Field::PersonalEmail, "p@example.ie"),
        ],
    );
    let new = world.keep(
        "Efa Nolan",
        &[
            (Field::WorkPhone, &numbers[2]),
            (Field::CellPhone, &numbers[3]),
            (Field::HomePhone, &numbers[4]),
            (Field::WorkEmail, "W@Example.ie"),
            (Field::PersonalEmail, "q@example.ie"),
        ],
    );
    let done = world.merge(&[old, new]).unwrap();
    let id = done.contact.unwrap();
    let fields = &world.contact(id).fields;
    let phone_in = |slot: usize| fields.phones()[slot].1.and_then(|phone| phone.e164.clone());
    assert_eq!(phone_in(0).as_deref(), Some(&*numbers[2]));
    assert_eq!(phone_in(1).as_deref(), Some(&*numbers[3]));
    assert_eq!(phone_in(2).as_deref(), Some(&*numbers[4]));
    assert_eq!(
        phone_in(3).as_deref(),
        Some(&*numbers[0]),
        "the loser's work phone goes to other"
    );
    assert_eq!(fields.other_email.as_deref(), Some("p@example.ie"));
    let homeless = Remark::NoSlot {
        field: Field::CellPhone,
        value: "+353 86 100 0002".to_owned(),
    };
    assert_eq!(done.remarks, [homeless]);
    for number in &numbers[..5] {
        assert_eq!(world.holder(&phone(number)), Some(id), "{number}");
    }
    world
        .edit(id, &[edit(Field::CellPhone, &numbers[5])])
        .unwrap();
    assert_eq!(
        world.holder(&phone(&numbers[3])),
        None,
        "an edit releases what its field held"
    );
    assert_eq!(
        world.holder(&phone(&numbers[1])),
        Some(id),
        "merge overflow stays"
    );
}

#[test]
fn lists_are_united_newest_first_and_custom_fields_stay_one_unit() {
    let mut world = World::new();
    world.options.merge = MergeRules::Current;
    let ids: Vec<String> = (0..16).map(|n| format!("C-{n:02}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let custom = |version: u32| {
        let schema = serde_json::json!({ "id": "s", "version": version });
        Some(Custom {
            schema,
            ..Custom::default()
        })
    };
    let mut form = with_ids(fields(&[(Field::LastName, "Nolan")]), &ids[..8]);
    form.custom = custom(1);
    let old = world.keep_fields(form.clone());
    form.external_ids.clear();
    form.custom = custom(2);
    let mid = world.keep_fields(with_ids(form, &ids[6..9]));
    let new = world.keep_fields(with_ids(fields(&[(Field::LastName, "Nolan")]), &ids[9..16]));
    let id = world.merge(&[old, mid, new]).unwrap().contact.unwrap();
    let fields = &world.contact(id).fields;
    let kept: Vec<&str> = fields.external_ids.iter().map(|id| &*id.value).collect();
    assert_eq!(kept, [&ids[9..16], &ids[6..9]].concat());
    assert_eq!(fields.custom, custom(2));
    for value in ids {
        assert_eq!(
            world.holder(&external(value)),
            Some(id),
            "identifiers all move"
        );
    }
}

#[test]
fn a_merge_of_contacts_marked_as_not_the_same_asks_twice() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let one = mailed(&mut world, 1, "a@example.ie");
    let other = mailed(&mut world, 2, "b@example.ie");
    let not_same = |one, other| Command::NotSame { one, other };
    world.act("agent", not_same(one, efa)).unwrap();
    let again = world.act("agent", not_same(efa, one)).unwrap();
    assert_eq!(again.entry, None, "said once is enough");
    let id = world.merge(&[one, other]).unwrap().contact.unwrap();
    let refused = world.merge(&[efa, id]).unwrap_err();
    assert!(
        matches!(refused, Refusal::AskTwice(_)),
        "an ancestor was marked: {refused}"
    );
    let merge = Command::Merge {
        contacts: vec![efa, id],
        takes: Vec::new(),
        sure: Sure::AskedTwice,
    };
    world.act("agent-merge", merge).unwrap();
    let refused = world.act("agent", not_same(efa, other)).unwrap_err();
    assert_eq!(refused, Refusal::OnePerson);
    let refused = world.act("agent", not_same(efa, efa)).unwrap_err();
    assert_eq!(refused, Refusal::SameContact);
}

#[test]
fn strong_ids_that_differ_are_named() {
    let mut world = World::new();
    let held = |world: &World, id: ContactId| {
        let own = world.claims.iter().filter(|(_, claim)| claim.contact == id);
        own.map(|(one, claim)| (one.clone(), claim.clone()))
            .collect::<Vec<_>>()
    };
    let efa = world.keep_fields(with_ids(
        fields(&[(Field::WorkEmail, "efa@example.ie")]),
        &["C-1"],
    ));
    let other = world.keep_fields(with_ids(fields(&[(Field::WorkPhone, EFA)]), &["C-2"]));
    let differ = |world: &World, one, other| differing_ids(&[held(world, one), held(world, other)]);
    assert_eq!(differ(&world, efa, other), ["external ids"]);
    let mail = mailed(&mut world, 1, "else@example.ie");
    assert_eq!(differ(&world, efa, mail), ["e-mail addresses"]);
    let chat = world.sees(&seen(2, Channel::Chat, &["typed@example.ie"]));
    assert!(
        differ(&world, efa, world.who(chat)).is_empty(),
        "what was typed proves nothing"
    );
}
