//! Link to existing contact, Unlink, and the auto-made contact that is left with nothing
//! (`design/rules.md` §3, §5).

use scv_desk::domain::command::{Claiming, Command, Remark, Sharing};
use scv_desk::domain::contact::Origin;
use scv_desk::domain::reason::{ClaimOrigin, Rule};
use scv_desk::domain::{Channel, ContactId, ContactType, Field, Refusal};

use crate::world::*;

#[test]
fn a_link_without_the_identifier_leaves_the_claim() {
    let mut world = World::new();
    let claire = world.keep("Claire Byrne", &[]);
    let call = world.call(1, EFA);
    let stranger = world.who(call);
    world.link(call, claire, Claiming::Leave).unwrap();
    assert_eq!(world.linked_to(call), claire);
    assert_eq!(world.holder(&phone(EFA)), Some(stranger));
    let reason = &world.links[&(call, None)].reason;
    assert_eq!(reason.rule, Rule::ByPerson);
    assert_eq!(reason.actor.as_deref(), Some("Ava"));
    assert_eq!(reason.provided[0].typed, EFA, "the evidence stays");
    assert_eq!(
        world.conversations[&call].address(),
        Some(EFA),
        "nor does the reply go elsewhere"
    );
}

#[test]
fn a_link_with_the_identifier_moves_claim_and_field_and_clears_the_bare_contact() {
    let mut world = World::new();
    let claire = world.keep("Claire Byrne", &[(Field::WorkPhone, CLAIRE)]);
    let call = world.call(1, EFA);
    let stranger = world.who(call);
    let dump = world.dump();
    let done = world.link(call, claire, Claiming::Move).unwrap();
    assert_eq!(world.holder(&phone(EFA)), Some(claire));
    assert_eq!(
        world.claims[&phone(EFA)].origin,
        ClaimOrigin::Taken(stranger)
    );
    let cell = world.contact(claire).fields.cell_phone.as_ref();
    assert_eq!(cell.unwrap().e164.as_deref(), Some(EFA));
    assert!(
        !world.contacts.contains_key(&stranger),
        "nothing was left of it"
    );
    assert_eq!(done.remarks, [Remark::Removed { contact: stranger }]);
    world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), dump, "it comes back with the undo");
}

#[test]
fn a_moved_identifier_without_a_free_field_moves_all_the_same() {
    let mut world = World::new();
    let four = [
        (Field::WorkPhone, "+353861111111"),
        (Field::CellPhone, "+353862222222"),
        (Field::HomePhone, "+353863333333"),
        (Field::OtherPhone, "+353864444444"),
    ];
    let claire = world.keep("Claire Byrne", &four);
    let fields = world.contact(claire).fields.clone();
    let call = world.call(1, EFA);
    world.link(call, claire, Claiming::Move).unwrap();
    assert_eq!(world.holder(&phone(EFA)), Some(claire));
    assert_eq!(world.contact(claire).fields, fields);
}

#[test]
fn whatsapp_moves_the_number_and_its_account() {
    let mut world = World::new();
    let claire = world.keep("Claire Byrne", &[]);
    let chat = world.sees(&seen(1, Channel::Whatsapp, &[EFA]));
    world.link(chat, claire, Claiming::Move).unwrap();
    assert_eq!(world.holder(&phone(EFA)), Some(claire));
    assert_eq!(world.holder(&whatsapp(EFA)), Some(claire));
    assert!(world.contact(claire).fields.whatsapp.is_some());
}

#[test]
fn an_ephemeral_contact_that_is_given_a_number_becomes_identified() {
    let mut world = World::new();
    let browser = world.sees(&web(1, Some("c-1"), None, &[]));
    let visitor = world.who(browser);
    let call = world.call(2, EFA);
    world.link(call, visitor, Claiming::Move).unwrap();
    assert_eq!(world.contact(visitor).kind, ContactType::Identified);
    assert_eq!(world.holder(&phone(EFA)), Some(visitor));
}

#[test]
fn whoever_held_the_moved_identifier_goes_when_nothing_is_left() {
    let mut world = World::new();
    let claire = world.keep("Claire Byrne", &[]);
    let ada = world.keep("Ada Quinn", &[]);
    let first = world.call(1, EFA);
    let stranger = world.who(first);
    // The stranger keeps the number but has no conversation any more.
    world.link(first, claire, Claiming::Leave).unwrap();
    assert!(world.contacts.contains_key(&stranger));
    world.link(first, ada, Claiming::Move).unwrap();
    assert_eq!(world.holder(&phone(EFA)), Some(ada));
    assert!(!world.contacts.contains_key(&stranger));
}

#[test]
fn a_moved_identifier_leaves_a_kept_contact_its_field() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let claire = world.keep("Claire Byrne", &[]);
    let call = world.call(1, EFA);
    world.link(call, claire, Claiming::Move).unwrap();
    assert_eq!(world.holder(&phone(EFA)), Some(claire));
    assert!(world.contact(efa).fields.cell_phone.is_some());
}

#[test]
fn an_auto_made_contact_gives_up_every_field_of_the_moved_number() {
    let mut world = World::new();
    let claire = world.keep("Claire Byrne", &[]);
    let call = world.call(1, EFA);
    let stranger = world.who(call);
    world.options.promote_on_edit = scv_desk::engine::PromoteOnEdit::No;
    world
        .edit(stranger, &[edit(Field::WorkPhone, EFA)])
        .unwrap();
    world.link(call, claire, Claiming::Move).unwrap();
    let fields = &world.contact(stranger).fields;
    assert!(fields.phones().iter().all(|(_, phone)| phone.is_none()));
}

#[test]
fn a_link_is_refused_for_the_same_person_and_for_nobody() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let call = world.call(1, EFA);
    let again = world.link(call, efa, Claiming::Leave).unwrap_err();
    assert_eq!(again, Refusal::AlreadyLinked);
    let mail = world.sees(&seen(2, Channel::Email, &["efa@example.ie"]));
    let other = world.who(mail);
    world.merge(&[efa, other]).unwrap();
    let one_person = world.link(call, other, Claiming::Leave).unwrap_err();
    assert_eq!(one_person, Refusal::OnePerson);
    let nobody = ContactId(uuid::Uuid::from_u128(7));
    let gone = world.link(call, nobody, Claiming::Leave).unwrap_err();
    assert_eq!(gone, Refusal::NoContact(nobody));
    let unknown = conversation_id(99);
    let gone = world.link(unknown, efa, Claiming::Leave).unwrap_err();
    assert_eq!(gone, Refusal::NoConversation(unknown));
}

#[test]
fn a_link_to_an_ancestor_keeps_exactly_its_id_and_claims_for_the_canonical() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::WorkPhone, ADA)]);
    let mail = world.sees(&seen(1, Channel::Email, &["efa@example.ie"]));
    let canonical = world.merge(&[efa, world.who(mail)]).unwrap().contact;
    let call = world.call(2, EFA);
    world.link(call, efa, Claiming::Move).unwrap();
    assert_eq!(world.linked_to(call), efa);
    assert_eq!(world.holder(&phone(EFA)), canonical);
}

#[test]
fn unlink_gives_a_fresh_contact_that_claims_nothing() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let call = world.call(1, EFA);
    let dump = world.dump();
    let done = world.unlink(call, Sharing::Leave).unwrap();
    let fresh = world.contact(world.linked_to(call));
    assert_eq!(
        (fresh.kind, fresh.origin),
        (ContactType::Identified, Origin::Unlink)
    );
    assert!(fresh.fields.identifiers().is_empty());
    assert_eq!(world.holder(&phone(EFA)), Some(efa), "the claim stays");
    assert_eq!(world.links[&(call, None)].reason.rule, Rule::Unlinked);
    assert_eq!(
        world.unlink(call, Sharing::Leave).unwrap_err(),
        Refusal::AlreadyFresh
    );
    let next = world.call(2, EFA);
    assert_eq!(world.who(next), efa);
    let undone = world.clone().undo(done.entry.unwrap());
    assert!(
        undone.is_ok(),
        "a later call to Efa does not stand in the way"
    );
    world.conversations.remove(&next);
    world.links.remove(&(next, None));
    world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), dump);
}

#[test]
fn unlink_of_an_anonymous_browser_gives_an_ephemeral_contact() {
    let mut world = World::new();
    let browser = world.sees(&web(1, Some("c-1"), None, &[]));
    world.unlink(browser, Sharing::Leave).unwrap();
    assert_eq!(
        world.contact(world.who(browser)).kind,
        ContactType::Ephemeral
    );
}

#[test]
fn unlink_works_again_after_the_fresh_contact_became_a_person() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let call = world.call(1, EFA);
    world.unlink(call, Sharing::Leave).unwrap();
    let fresh = world.who(call);
    let merged = world.merge(&[efa, fresh]).unwrap().contact.unwrap();
    assert_eq!(world.who(call), merged);
    world.unlink(call, Sharing::Leave).unwrap();
    assert_ne!(world.who(call), merged, "it left the merged person");

    let mail = world.sees(&seen(2, Channel::Email, &["efa@example.ie"]));
    world.unlink(mail, Sharing::Leave).unwrap();
    let fresh = world.who(mail);
    world.promote(fresh).unwrap();
    world.unlink(mail, Sharing::Leave).unwrap();
    assert_ne!(world.who(mail), fresh, "it left the kept contact");
}

#[test]
fn another_conversation_can_leave_somebody_elses_fresh_contact() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    world.unlink(call, Sharing::Leave).unwrap();
    let fresh = world.who(call);
    let mail = world.sees(&seen(2, Channel::Email, &["ada@example.ie"]));
    world.link(mail, fresh, Claiming::Leave).unwrap();
    world.unlink(mail, Sharing::Leave).unwrap();
    assert_ne!(world.who(mail), fresh);
}

#[test]
fn unlink_with_the_mark_frees_the_number_and_its_account() {
    let mut world = World::new();
    let efa = world.keep(
        "Efa Nolan",
        &[(Field::CellPhone, EFA), (Field::Whatsapp, EFA)],
    );
    let call = world.call(1, EFA);
    assert_eq!(world.who(call), efa);
    world.unlink(call, Sharing::Mark).unwrap();
    assert!(world.marks.contains_key(&phone(EFA)));
    assert_eq!(world.holder(&phone(EFA)), None);
    assert_eq!(world.holder(&whatsapp(EFA)), None);
}

#[test]
fn unlink_marks_nothing_twice_and_nothing_that_was_withheld() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let (one, other) = (world.call(1, EFA), world.call(2, EFA));
    world.unlink(one, Sharing::Mark).unwrap();
    assert_eq!(world.who(other), efa);
    world.unlink(other, Sharing::Mark).unwrap();
    assert_ne!(
        world.who(other),
        efa,
        "the number was marked already: it leaves all the same"
    );
    let withheld = world.sees(&seen(3, Channel::Call, &[]));
    let refused = world.unlink(withheld, Sharing::Mark).unwrap_err();
    assert_eq!(refused, Refusal::NothingToShare);
}

#[test]
fn the_auto_made_contact_goes_with_the_conversation_that_leaves_it_bare() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let withheld = world.sees(&seen(1, Channel::Call, &[]));
    let stranger = world.who(withheld);
    let dump = world.dump();
    let done = world.link(withheld, efa, Claiming::Leave).unwrap();
    assert!(!world.contacts.contains_key(&stranger));
    world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), dump);
    world.note(stranger, "sounded upset").unwrap();
    world.link(withheld, efa, Claiming::Leave).unwrap();
    assert!(world.contacts.contains_key(&stranger), "its note keeps it");
}

#[test]
fn a_contact_that_another_participant_is_linked_to_is_not_bare() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let mut conference = seen(1, Channel::Call, &[ADA]);
    conference
        .participants
        .push(party("p2", Channel::Call, &[ADA]));
    let call = world.sees(&conference);
    let stranger = world.who(call);
    assert_eq!(
        world.links[&(call, Some("p2".to_owned()))].contact,
        stranger
    );
    world.link(call, efa, Claiming::Move).unwrap();
    assert!(
        world.contacts.contains_key(&stranger),
        "the other participant is still on it"
    );
}

#[test]
fn new_contact_links_the_conversation_and_takes_its_number() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    let stranger = world.who(call);
    let dump = world.dump();
    let form = fields(&[
        (Field::FirstName, "Efa"),
        (Field::LastName, "Nolan"),
        (Field::CellPhone, EFA),
    ]);
    let create = Command::Create {
        fields: Box::new(form),
        link: Some(call),
    };
    let done = world.act("agent", create).unwrap();
    assert_eq!(Some(world.who(call)), done.contact);
    assert_eq!(world.holder(&phone(EFA)), done.contact);
    assert!(!world.contacts.contains_key(&stranger));
    world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), dump);
}

#[test]
fn a_field_that_came_with_a_link_says_who_put_it_there() {
    let mut world = World::new();
    let claire = world.keep("Claire Byrne", &[]);
    let call = world.call(1, EFA);
    let link = |contact| Command::Link {
        conversation: call,
        contact,
        claiming: Claiming::Move,
    };
    world.run(&by("Bea", "agent"), &link(claire)).unwrap();
    let changed = world.contact(claire);
    assert_eq!(changed.modified_by.as_deref(), Some("Bea"));
}

#[test]
fn a_number_that_is_somebodys_from_now_on_is_theirs_on_whatsapp_too() {
    let mut world = World::new();
    let efa = world.keep("Efa Byrne", &[(Field::CellPhone, EFA)]);
    let message = seen(1, Channel::Whatsapp, &[EFA]);
    world
        .act("admin", Command::Resolve(Box::new(message)))
        .unwrap();
    let claire = world.keep("Claire Byrne", &[]);
    let call = world.call(2, EFA);
    assert_eq!(world.who(call), efa);
    world.link(call, claire, Claiming::Move).unwrap();
    let later = seen(3, Channel::Whatsapp, &[EFA]);
    let later_id = later.id;
    world
        .act("admin", Command::Resolve(Box::new(later)))
        .unwrap();
    assert_eq!(world.who(later_id), claire);
}
