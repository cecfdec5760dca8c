//! Identifiers and claims: who holds a value, who takes it, who gets it next (`design/rules.md` §3).

use scv_desk::domain::command::{Command, Remark};
use scv_desk::domain::conversation::Trust;
use scv_desk::domain::reason::ClaimOrigin;
use scv_desk::domain::{Channel, ContactType, Field, Fields, Refusal};

use crate::world::*;

#[test]
fn a_curated_contact_claims_what_its_fields_hold() {
    let mut world = World::new();
    let form = [
        (Field::WorkPhone, EFA),
        (Field::CellPhone, "087 234 5678"),
        (Field::WorkEmail, "Efa.Nolan@Example.IE"),
        (Field::Twitter, "4711"),
        (Field::Whatsapp, EFA),
    ];
    let efa = world.keep_fields(with_ids(fields(&form), &["C-1"]));
    for one in [
        phone(EFA),
        phone(CLAIRE),
        email("efa.nolan@example.ie"),
        whatsapp("353861234567"),
        external("C-1"),
    ] {
        assert_eq!(world.holder(&one), Some(efa), "{one}");
        assert_eq!(world.claims[&one].trust, Trust::Verified);
        assert_eq!(world.claims[&one].origin, ClaimOrigin::Created);
    }
    let typed = world.contact(efa).fields.work_email.as_deref();
    assert_eq!(
        typed,
        Some("Efa.Nolan@Example.IE"),
        "the typed form is kept"
    );
}

#[test]
fn a_number_without_country_code_and_region_claims_nothing() {
    let mut world = World::new();
    let form = Fields {
        cell_phone: Some(scv_desk::domain::phone::Phone::read("086 123 4567", None)),
        last_name: Some("Nolan".to_owned()),
        ..Fields::default()
    };
    let efa = world.keep_fields(form);
    assert!(world.claims.is_empty());
    let kept = world.contact(efa).fields.cell_phone.as_ref().unwrap();
    assert_eq!(kept.display, "086 123 4567");
}

#[test]
fn the_first_created_curated_contact_keeps_a_value() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let form = Box::new(fields(&[
        (Field::LastName, "Byrne"),
        (Field::WorkPhone, EFA),
    ]));
    let done = world.act(
        "agent",
        Command::Create {
            fields: form,
            link: None,
        },
    );
    let done = done.unwrap();
    assert_eq!(world.holder(&phone(EFA)), Some(efa));
    let stays = Remark::HeldBy {
        identifier: phone(EFA),
        holder: efa,
    };
    assert_eq!(done.remarks, [stays]);
}

#[test]
fn a_curated_contact_takes_a_claim_from_an_auto_made_one() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    let stranger = world.who(call);
    let form = Box::new(fields(&[
        (Field::LastName, "Nolan"),
        (Field::CellPhone, EFA),
    ]));
    let done = world.act(
        "agent",
        Command::Create {
            fields: form,
            link: None,
        },
    );
    let done = done.unwrap();
    let efa = done.contact.unwrap();
    assert_eq!(world.holder(&phone(EFA)), Some(efa));
    assert_eq!(
        world.claims[&phone(EFA)].origin,
        ClaimOrigin::Taken(stranger)
    );
    let took = Remark::Took {
        identifier: phone(EFA),
        from: stranger,
    };
    assert_eq!(done.remarks, [took]);
    assert_eq!(world.who(call), stranger, "the call keeps its contact");
    let next = world.call(2, EFA);
    assert_eq!(world.who(next), efa, "the next call finds the named person");

    world.undo(done.entry.unwrap()).unwrap_err();
    world
        .unlink(next, scv_desk::domain::command::Sharing::Leave)
        .unwrap();
    world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(
        world.holder(&phone(EFA)),
        Some(stranger),
        "undo gives it back"
    );
}

#[test]
fn an_auto_made_contact_never_takes_a_claim() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    let mail = world.sees(&seen(2, Channel::Email, &["efa@example.ie"]));
    let (one, other) = (world.who(call), world.who(mail));
    let edits = [edit(Field::PersonalEmail, "efa@example.ie")];
    world.options.promote_on_edit = scv_desk::engine::PromoteOnEdit::No;
    world.edit(one, &edits).unwrap();
    assert_eq!(world.holder(&email("efa@example.ie")), Some(other));
}

#[test]
fn a_released_value_goes_to_the_oldest_curated_carrier() {
    let mut world = World::new();
    let form = [(Field::CellPhone, EFA)];
    let first = world.keep("Efa Nolan", &form);
    world.options.promote_on_edit = scv_desk::engine::PromoteOnEdit::No;
    let mail = world.sees(&seen(1, Channel::Email, &["old@example.ie"]));
    let auto = world.who(mail);
    world
        .edit(auto, &form.map(|(field, text)| edit(field, text)))
        .unwrap();
    let second = world.keep("Claire Byrne", &form);
    let third = world.keep("Ada Quinn", &form);

    world.edit(first, &[edit(Field::CellPhone, "")]).unwrap();
    assert_eq!(
        world.holder(&phone(EFA)),
        Some(second),
        "Curated before older auto-made"
    );
    assert_eq!(
        world.claims[&phone(EFA)].origin,
        ClaimOrigin::Offered(first)
    );
    release(&mut world, second).unwrap();
    assert_eq!(
        world.holder(&phone(EFA)),
        Some(third),
        "on to the next Curated one"
    );
    world
        .act("admin", Command::Delete { contact: third })
        .unwrap();
    assert_eq!(
        world.holder(&phone(EFA)),
        Some(second),
        "its field still carries it"
    );
    world
        .act("admin", Command::Delete { contact: second })
        .unwrap();
    assert_eq!(
        world.holder(&phone(EFA)),
        Some(auto),
        "then the auto-made one"
    );
}

#[test]
fn nobody_who_was_made_by_unlink_is_offered_a_value() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let call = world.call(1, EFA);
    world
        .unlink(call, scv_desk::domain::command::Sharing::Leave)
        .unwrap();
    let fresh = world.who(call);
    world.options.promote_on_edit = scv_desk::engine::PromoteOnEdit::No;
    world.edit(fresh, &[edit(Field::CellPhone, EFA)]).unwrap();
    world.edit(efa, &[edit(Field::CellPhone, "")]).unwrap();
    assert_eq!(world.holder(&phone(EFA)), None);
}

#[test]
fn an_edit_releases_only_what_a_field_held_and_none_holds_now() {
    let mut world = World::new();
    let form = [(Field::CellPhone, EFA), (Field::WorkPhone, EFA)];
    let efa = world.keep("Efa Nolan", &form);
    world.visits_site(&visit(1, "c-1", None, &[]));
    let claim = Command::Claim {
        contact: efa,
        identifier: phone(ADA),
    };
    world.act("agent", claim).unwrap();
    world.edit(efa, &[edit(Field::CellPhone, "")]).unwrap();
    assert_eq!(
        world.holder(&phone(EFA)),
        Some(efa),
        "the work phone still holds it"
    );
    world.edit(efa, &[edit(Field::WorkPhone, CLAIRE)]).unwrap();
    assert_eq!(world.holder(&phone(EFA)), None);
    assert_eq!(world.holder(&phone(CLAIRE)), Some(efa));
    assert_eq!(
        world.holder(&phone(ADA)),
        Some(efa),
        "no field ever held it"
    );
}

#[test]
fn an_explicit_claim_of_a_held_identifier_names_the_holder() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let claire = world.keep("Claire Byrne", &[]);
    let claim = |contact, identifier| Command::Claim {
        contact,
        identifier,
    };
    let held = Refusal::Held {
        identifier: phone(EFA),
        holder: efa,
    };
    assert_eq!(
        world.act("agent", claim(claire, phone(EFA))).unwrap_err(),
        held
    );
    let again = world.act("agent", claim(efa, phone(EFA))).unwrap();
    assert!(again.entry.is_none(), "claiming one's own changes nothing");
    world.act("agent", claim(claire, cookie("c-1"))).unwrap();
    assert_eq!(world.claims[&cookie("c-1")].origin, ClaimOrigin::Explicit);
    let not_held = Refusal::NotHeld {
        identifier: phone(EFA),
    };
    assert_eq!(release(&mut world, claire).unwrap_err(), not_held);
}

#[test]
fn an_explicit_claim_makes_an_ephemeral_contact_identified() {
    let mut world = World::new();
    let withheld = world.sees(&seen(1, Channel::Call, &[]));
    let contact = world.who(withheld);
    assert_eq!(world.contact(contact).kind, ContactType::Ephemeral);
    let claim = |identifier| Command::Claim {
        contact,
        identifier,
    };
    world.act("agent", claim(cookie("c-1"))).unwrap();
    assert_eq!(world.contact(contact).kind, ContactType::Ephemeral);
    world.act("agent", claim(phone(EFA))).unwrap();
    assert_eq!(world.contact(contact).kind, ContactType::Identified);
    let release = Command::Release {
        contact,
        identifier: phone(EFA),
    };
    world.act("agent", release).unwrap();
    assert_eq!(
        world.contact(contact).kind,
        ContactType::Identified,
        "no way back"
    );
}

fn release(world: &mut World, contact: scv_desk::domain::ContactId) -> Result<Done, Refusal> {
    let identifier = phone(EFA);
    world.act(
        "agent",
        Command::Release {
            contact,
            identifier,
        },
    )
}
