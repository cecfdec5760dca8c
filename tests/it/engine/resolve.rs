//! Resolution: what each channel provides, who wins, what is claimed (`design/rules.md` §4).

use scv_desk::domain::command::{Claiming, Command, Sharing};
use scv_desk::domain::conversation::Trust;
use scv_desk::domain::reason::Rule;
use scv_desk::domain::{Channel, ContactType, Conversation, Field, Identifier, IdentifierType};
use scv_desk::engine::{Options, resolve};

use crate::world::*;

/// What a conversation provides, in order, with whether it was merely typed.
fn provides(conversation: &Conversation) -> Vec<(Identifier, Trust)> {
    let list = resolve::provided(&conversation.participants[0], &Options::default());
    list.into_iter()
        .map(|one| (one.identifier, one.trust))
        .collect()
}

fn verified(list: &[Identifier]) -> Vec<(Identifier, Trust)> {
    list.iter()
        .map(|one| (one.clone(), Trust::Verified))
        .collect()
}

#[test]
fn each_channel_provides_its_identifiers_in_order() {
    let number = [EFA];
    for channel in [Channel::Call, Channel::Callback, Channel::Sms] {
        assert_eq!(
            provides(&seen(1, channel, &number)),
            verified(&[phone(EFA)])
        );
    }
    let mail = seen(1, Channel::Email, &["Efa@Example.IE"]);
    assert_eq!(provides(&mail), verified(&[email("efa@example.ie")]));
    for (channel, kind) in [
        (Channel::Facebook, IdentifierType::SocialFacebook),
        (Channel::Twitter, IdentifierType::SocialTwitter),
        (Channel::Line, IdentifierType::SocialLine),
        (Channel::Instagram, IdentifierType::SocialInstagram),
        (Channel::Apple, IdentifierType::AppleOpaqueId),
    ] {
        let conversation = seen(1, channel, &["id-4711"]);
        assert_eq!(provides(&conversation), verified(&[read(kind, "id-4711")]));
    }
    for typed in [EFA, "353861234567"] {
        let both = verified(&[whatsapp("353861234567"), phone(EFA)]);
        assert_eq!(provides(&seen(1, Channel::Whatsapp, &[typed])), both);
    }
    let open = seen(1, Channel::Open, &["crm-7", "efa@example.ie", EFA]);
    let all = verified(&[external("crm-7"), phone(EFA), email("efa@example.ie")]);
    assert_eq!(provides(&open), all);
    for channel in [Channel::Cobrowse, Channel::Video, Channel::Other] {
        assert!(provides(&seen(1, channel, &number)).is_empty());
    }
}

#[test]
fn what_a_visitor_typed_is_not_verified() {
    let chat = seen(1, Channel::Chat, &[EFA, "efa@example.ie"]);
    let typed = [email("efa@example.ie"), phone(EFA)].map(|one| (one, Trust::Typed));
    assert_eq!(provides(&chat), typed);

    let signed_in = web(1, Some("c-1"), Some("crm-7"), &["efa@example.ie", EFA]);
    let strong = verified(&[external("crm-7"), cookie("c-1")]);
    assert_eq!(provides(&signed_in), [&strong[..], &typed[..]].concat());
    let anonymous = web(1, Some("c-1"), None, &["efa@example.ie"]);
    let list = provides(&anonymous);
    assert_eq!(list[0], (cookie("c-1"), Trust::Verified));
    assert_eq!(list[1], (email("efa@example.ie"), Trust::Typed));

    let traits = [("phone", EFA), ("email", "efa@example.ie")];
    let list = resolve::provided_by_visit(
        &visit(1, "c-1", Some("crm-7"), &traits),
        &Options::default(),
    );
    let list: Vec<_> = list
        .into_iter()
        .map(|one| (one.identifier, one.trust))
        .collect();
    let strong = verified(&[cookie("c-1"), external("crm-7")]);
    assert_eq!(list, [&strong[..], &typed[..]].concat());
}

#[test]
fn the_type_of_a_new_contact_says_whether_something_personal_is_known() {
    let mut world = World::new();
    let withheld = world.sees(&seen(1, Channel::Call, &[]));
    let browser = world.sees(&web(2, Some("c-1"), None, &[]));
    let caller = world.call(3, EFA);
    let kind = |call| world.contact(world.who(call)).kind;
    assert_eq!(kind(withheld), ContactType::Ephemeral);
    assert_eq!(kind(browser), ContactType::Ephemeral);
    assert_eq!(kind(caller), ContactType::Identified);
    let fields = &world.contact(world.who(caller)).fields;
    assert_eq!(
        fields.cell_phone.as_ref().unwrap().e164.as_deref(),
        Some(EFA)
    );
}

#[test]
fn an_ephemeral_contact_that_gains_a_phone_becomes_identified() {
    let mut world = World::new();
    let browser = world.sees(&web(1, Some("c-1"), None, &[]));
    let contact = world.who(browser);
    let again = world.sees(&web(2, Some("c-1"), None, &[EFA]));
    assert_eq!(world.who(again), contact);
    assert_eq!(world.contact(contact).kind, ContactType::Identified);
    assert_eq!(world.claims[&phone(EFA)].trust, Trust::Typed);
}

#[test]
fn withheld_callers_are_never_one_person() {
    let mut world = World::new();
    let one = world.sees(&seen(1, Channel::Call, &[]));
    let other = world.sees(&seen(2, Channel::Call, &["anonymous"]));
    assert_ne!(world.who(one), world.who(other));
    let rule = world.links[&(one, None)].reason.rule;
    assert_eq!(rule, Rule::NothingProvided);
    assert!(world.claims.is_empty());
}

#[test]
fn the_first_claimed_identifier_wins_and_the_other_is_a_suggestion() {
    let mut world = World::new();
    let efa = world.keep_fields(with_ids(fields(&[(Field::LastName, "Nolan")]), &["crm-7"]));
    let claire = world.keep("Claire Byrne", &[(Field::CellPhone, CLAIRE)]);
    let message = world.sees(&seen(
        1,
        Channel::Open,
        &["crm-7", CLAIRE, "new@example.ie"],
    ));
    assert_eq!(world.who(message), efa);
    let reason = &world.links[&(message, None)].reason;
    assert_eq!(reason.rule, Rule::FirstClaimed);
    assert_eq!(reason.deciding().unwrap().identifier, external("crm-7"));
    assert_eq!(reason.claim.as_ref().unwrap().contact, efa);
    assert_eq!(reason.rivals, [claire]);
    assert_eq!(
        world.holder(&phone(CLAIRE)),
        Some(claire),
        "nothing is taken"
    );
    assert_eq!(
        world.holder(&email("new@example.ie")),
        Some(efa),
        "what is free is claimed"
    );
}

#[test]
fn a_rival_is_named_once() {
    let mut world = World::new();
    let efa = world.keep_fields(with_ids(fields(&[(Field::LastName, "Nolan")]), &["crm-7"]));
    let two = [
        (Field::CellPhone, CLAIRE),
        (Field::WorkEmail, "claire@example.ie"),
    ];
    let claire = world.keep("Claire Byrne", &two);
    let ada = world.keep("Ada Quinn", &[(Field::CellPhone, ADA)]);
    let addresses = ["crm-7", CLAIRE, ADA, "claire@example.ie"];
    let message = world.sees(&seen(1, Channel::Open, &addresses));
    assert_eq!(world.who(message), efa);
    assert_eq!(world.links[&(message, None)].reason.rivals, [claire, ada]);
}

#[test]
fn a_hit_goes_to_the_current_canonical_contact() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let mail = world.sees(&seen(1, Channel::Email, &["efa@example.ie"]));
    let before = world.linked_to(mail);
    let merged = world.merge(&[efa, before]).unwrap().contact.unwrap();
    let call = world.call(2, EFA);
    assert_eq!(world.linked_to(call), merged);
    assert_eq!(world.linked_to(mail), before, "nothing is rewritten");
    assert_eq!(world.who(mail), merged);
}

#[test]
fn what_was_typed_moves_nothing_onto_a_curated_contact() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::WorkEmail, "efa@example.ie")]);
    let chat = world.sees(&web(1, Some("c-1"), None, &["efa@example.ie", ADA]));
    assert_eq!(world.who(chat), efa, "the typed address finds her");
    assert_eq!(
        world.holder(&cookie("c-1")),
        None,
        "the browser is not hers by it"
    );
    assert_eq!(world.holder(&phone(ADA)), None);
    let next = world.sees(&web(2, Some("c-1"), None, &[]));
    assert_ne!(world.who(next), efa);
}

#[test]
fn a_verified_hit_on_a_curated_contact_claims_verified_values_only() {
    let mut world = World::new();
    let efa = world.keep_fields(with_ids(fields(&[(Field::LastName, "Nolan")]), &["crm-7"]));
    world.sees(&web(1, Some("c-1"), Some("crm-7"), &[ADA]));
    assert_eq!(world.holder(&cookie("c-1")), Some(efa));
    assert_eq!(world.holder(&phone(ADA)), None);
    assert!(
        world.contact(efa).fields.cell_phone.is_none(),
        "no field of hers is filled"
    );
}

#[test]
fn a_signed_in_visitor_is_found_by_the_id_before_what_was_typed() {
    let mut world = World::new();
    let efa = world.keep_fields(with_ids(fields(&[(Field::LastName, "Nolan")]), &["crm-7"]));
    let claire = world.keep("Claire Byrne", &[(Field::WorkEmail, "claire@example.ie")]);
    let chat = world.sees(&web(1, Some("c-1"), Some("crm-7"), &["claire@example.ie"]));
    assert_eq!(world.who(chat), efa);
    assert_eq!(world.links[&(chat, None)].reason.rivals, [claire]);
}

#[test]
fn resolving_again_updates_and_never_changes_a_link() {
    let mut world = World::new();
    let first = seen(1, Channel::Call, &[EFA]);
    let call = world.sees(&first);
    let contact = world.who(call);
    let dump = world.dump();
    world.sees(&first);
    assert_eq!(world.dump(), dump, "the same again changes nothing");
    assert_eq!(world.entries.len(), 1);

    let claire = world.keep("Claire Byrne", &[(Field::CellPhone, CLAIRE)]);
    let mut ended = seen(1, Channel::Call, &[CLAIRE]);
    ended.end = Some(START.plus_ms(60_000));
    ended.participants[0].external_contact = Some(claire.to_string());
    world.sees(&ended);
    assert_eq!(world.who(call), contact);
    assert_eq!(world.conversations[&call].end, ended.end);
    assert_eq!(
        world.contact(contact).seen,
        ended.end,
        "its life is renewed"
    );
    world.sees(&first);
    assert_eq!(
        world.conversations[&call].end, ended.end,
        "an older export is no news"
    );
    world.link(call, claire, Claiming::Leave).unwrap();
    world.sees(&ended);
    assert_eq!(world.who(call), claire);
}

#[test]
fn an_external_contact_id_in_the_data_is_evidence_only() {
    let mut world = World::new();
    let claire = world.keep("Claire Byrne", &[(Field::CellPhone, CLAIRE)]);
    let mut conversation = seen(1, Channel::Call, &[EFA]);
    conversation.participants[0].external_contact = Some(claire.to_string());
    let call = world.sees(&conversation);
    assert_ne!(world.who(call), claire);
}

#[test]
fn every_outside_participant_is_resolved_on_its_own() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let claire = world.keep("Claire Byrne", &[(Field::CellPhone, CLAIRE)]);
    let mut conference = seen(1, Channel::Call, &[EFA]);
    conference
        .participants
        .push(party("p2", Channel::Call, &[CLAIRE]));
    let call = world.sees(&conference);
    let other = |world: &World, id: &str| world.links[&(call, Some(id.to_owned()))].contact;
    assert_eq!(world.who(call), efa);
    assert_eq!(other(&world, "p2"), claire);
    conference
        .participants
        .push(party("p3", Channel::Call, &[ADA]));
    conference
        .participants
        .push(party("p4", Channel::Call, &[ADA]));
    world.sees(&conference);
    assert_eq!(world.who(call), efa);
    assert_eq!(
        other(&world, "p3"),
        other(&world, "p4"),
        "one number, one contact"
    );
    assert_eq!(world.holder(&phone(ADA)), Some(other(&world, "p3")));
}

#[test]
fn a_conversation_without_anybody_outside_gets_a_contact_too() {
    let mut world = World::new();
    let mut inside = seen(1, Channel::Call, &[]);
    inside.participants.clear();
    let call = world.sees(&inside);
    assert_eq!(world.contact(world.who(call)).kind, ContactType::Ephemeral);
}

#[test]
fn a_channel_that_is_off_gives_each_conversation_a_contact_of_its_own() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    world.options.channels_off = vec![Channel::Sms];
    let text = world.sees(&seen(1, Channel::Sms, &[EFA]));
    let next = world.sees(&seen(2, Channel::Sms, &[ADA]));
    let last = world.sees(&seen(3, Channel::Sms, &[ADA]));
    assert_ne!(world.who(text), efa);
    assert_ne!(world.who(next), world.who(last));
    assert_eq!(world.holder(&phone(ADA)), None);
    assert_eq!(world.links[&(text, None)].reason.rule, Rule::SwitchedOff);
    let call = world.call(4, EFA);
    assert_eq!(world.who(call), efa);
}

#[test]
fn a_web_visit_is_resolved_once_and_its_events_renew_the_contact() {
    let mut world = World::new();
    let mut first = visit(1, "c-1", None, &[]);
    let contact = world.visits_site(&first);
    assert_eq!(world.holder(&cookie("c-1")), Some(contact));
    first.last = START.plus_ms(5_000);
    assert_eq!(world.visits_site(&first), contact);
    assert_eq!(world.contact(contact).seen, Some(first.last));
    assert_eq!(world.visits_site(&visit(2, "c-1", None, &[])), contact);
    world.visits_site(&visit(1, "c-1", None, &[]));
    assert_eq!(
        world.visits[&first.id].last, first.last,
        "an older export is no news"
    );
}

#[test]
fn a_seen_conversation_of_a_deleted_person_keeps_its_id() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let first = seen(1, Channel::Call, &[EFA]);
    let call = world.sees(&first);
    world
        .act("admin", Command::Delete { contact: efa })
        .unwrap();
    let mut ended = first;
    ended.end = Some(START.plus_ms(60_000));
    world.sees(&ended);
    assert_eq!(world.linked_to(call), efa);
    let fresh = world.unlink(call, Sharing::Leave).unwrap();
    assert!(world.contacts.contains_key(&fresh.contact.unwrap()));
}

#[test]
fn what_was_typed_is_proven_by_the_same_value_coming_verified() {
    let mut world = World::new();
    let chat = world.sees(&seen(1, Channel::Chat, &[EFA]));
    assert_eq!(world.claims[&phone(EFA)].trust, Trust::Typed);
    let call = world.call(2, EFA);
    assert_eq!(world.who(call), world.who(chat));
    assert_eq!(world.claims[&phone(EFA)].trust, Trust::Verified);

    // A browser was tied to the number by typing alone, so a call from it proves nothing about the browser.
    let mut world = World::new();
    world.sees(&web(1, Some("c-1"), None, &[EFA]));
    world.call(2, EFA);
    assert_eq!(world.claims[&phone(EFA)].trust, Trust::Typed);
}

#[test]
fn the_ids_of_a_web_channel_are_nobodys_phone() {
    let mut conversation = web(1, Some("0861111111"), Some("0861234567"), &[]);
    let leg = &mut conversation.participants[0].legs[0];
    leg.addresses.push("0861111111".to_owned());
    let options = Options {
        region: Some("IE".to_owned()),
        ..Options::default()
    };
    let list = resolve::provided(&conversation.participants[0], &options);
    let list: Vec<_> = list.into_iter().map(|one| one.identifier).collect();
    assert_eq!(list, [external("0861234567"), cookie("0861111111")]);
}

#[test]
fn the_cost_of_a_conversation_does_not_grow_with_the_history_of_its_person() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let asked = |world: &World| {
        let command = Command::Resolve(Box::new(seen(999, Channel::Call, &[EFA])));
        world.asked(&ava("admin"), &command)
    };
    let first = asked(&world);
    let mail = world.sees(&seen(1, Channel::Email, &["efa@example.ie"]));
    world.merge(&[efa, world.who(mail)]).unwrap();
    for n in 2..40 {
        world.call(n, EFA);
    }
    assert_eq!(asked(&world), first);
    assert_eq!(
        first, 4,
        "the conversation, the claim, the mark and the contact"
    );
}

#[test]
fn a_number_that_was_let_go_is_not_put_into_a_second_field() {
    let mut world = World::new();
    let chat = world.sees(&seen(1, Channel::Whatsapp, &[EFA]));
    let contact = world.who(chat);
    let fields = world.contact(contact).fields.clone();
    let release = Command::Release {
        contact,
        identifier: phone(EFA),
    };
    world.act("agent", release).unwrap();
    let again = world.sees(&seen(2, Channel::Whatsapp, &[EFA]));
    assert_eq!(world.who(again), contact);
    assert_eq!(world.holder(&phone(EFA)), Some(contact));
    assert_eq!(world.contact(contact).fields, fields);
}
