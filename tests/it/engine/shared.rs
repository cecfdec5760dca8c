//! Shared identifiers: a mark suggests and never links (`design/rules.md` §3).

use scv_desk::domain::command::{Claiming, Command};
use scv_desk::domain::reason::Rule;
use scv_desk::domain::{Channel, Facts, Field, Halt, Identifier, IdentifierType, Refusal};
use scv_desk::engine::suggest;

use crate::world::*;

fn share(identifier: Identifier) -> Command {
    Command::Share { identifier }
}

/// The answer to a pure question, with what it wants loaded.
pub fn asked<T>(world: &World, question: impl Fn(&Facts) -> Result<T, Halt>) -> T {
    let mut facts = Facts::default();
    loop {
        match question(&facts) {
            Ok(answer) => return answer,
            Err(Halt::Missing(keys)) => {
                keys.into_iter().for_each(|key| world.load(key, &mut facts));
            }
            Err(halt) => panic!("{halt:?}"),
        }
    }
}

fn unshare(identifier: Identifier) -> Command {
    Command::Unshare { identifier }
}

#[test]
fn a_mark_on_a_number_covers_phone_and_whatsapp() {
    let mut world = World::new();
    let efa = world.keep(
        "Efa Nolan",
        &[(Field::CellPhone, EFA), (Field::Whatsapp, EFA)],
    );
    world.act("agent", share(whatsapp(EFA))).unwrap();
    assert_eq!(world.marks.keys().collect::<Vec<_>>(), [&phone(EFA)]);
    assert!(world.claims.is_empty());
    let call = world.call(1, EFA);
    let chat = world.sees(&seen(2, Channel::Whatsapp, &[EFA]));
    for conversation in [call, chat] {
        assert_ne!(world.who(conversation), efa);
        let rule = world.links[&(conversation, None)].reason.rule;
        assert_eq!(rule, Rule::SharedOnly);
    }
    assert_ne!(world.who(call), world.who(chat));
    assert!(world.claims.is_empty());

    let twice = world.act("agent", share(phone(EFA))).unwrap_err();
    assert_eq!(twice, Refusal::AlreadyShared(phone(EFA)));
    world.act("agent", unshare(phone(EFA))).unwrap();
    assert_eq!(world.holder(&phone(EFA)), Some(efa));
    assert_eq!(world.holder(&whatsapp(EFA)), Some(efa));
    let none = world.act("agent", unshare(phone(EFA))).unwrap_err();
    assert_eq!(none, Refusal::NotShared(phone(EFA)));
}

#[test]
fn a_shared_number_suggests_whoever_carries_it() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let claire = world.keep("Claire Byrne", &[(Field::HomePhone, EFA)]);
    world.act("agent", share(phone(EFA))).unwrap();
    let call = world.call(1, EFA);
    let own = world.contact(world.who(call)).clone();
    let rivals = asked(&world, |facts| suggest::rivals(&own, &[phone(EFA)], facts));
    let rivals: Vec<_> = rivals.into_iter().map(|(id, _)| id).collect();
    assert_eq!(rivals, [efa, claire]);
}

#[test]
fn nobody_can_claim_a_shared_number() {
    let mut world = World::new();
    world.act("agent", share(phone(EFA))).unwrap();
    let efa = world.keep(
        "Efa Nolan",
        &[(Field::CellPhone, EFA), (Field::Whatsapp, EFA)],
    );
    assert!(
        world.claims.is_empty(),
        "a field carries it, nobody holds it"
    );
    let claim = Command::Claim {
        contact: efa,
        identifier: whatsapp(EFA),
    };
    let refused = world.act("agent", claim).unwrap_err();
    assert_eq!(refused, Refusal::SharedIdentifier(whatsapp(EFA)));
    let call = world.call(1, EFA);
    let refused = world.link(call, efa, Claiming::Move).unwrap_err();
    assert_eq!(refused, Refusal::SharedIdentifier(phone(EFA)));
    world.link(call, efa, Claiming::Leave).unwrap();
    world.act("admin", Command::Import(import_row())).unwrap();
    assert!(world.claims.is_empty());
}

fn import_row() -> Box<scv_desk::domain::command::ImportRow> {
    match row(fields(&[
        (Field::LastName, "Byrne"),
        (Field::CellPhone, EFA),
    ])) {
        Command::Import(row) => row,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_shared_address_beside_another_one_does_not_decide() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    world.act("agent", share(external("shop"))).unwrap();
    let message = world.sees(&seen(1, Channel::Open, &["shop", EFA]));
    assert_eq!(world.who(message), efa);
    let new = world.sees(&seen(2, Channel::Open, &["shop", ADA]));
    assert_eq!(world.links[&(new, None)].reason.rule, Rule::NoClaim);
    assert_eq!(world.holder(&phone(ADA)), Some(world.who(new)));
    assert_eq!(world.holder(&external("shop")), None);
}

#[test]
fn a_mark_frees_a_number_and_clears_who_is_left_with_nothing() {
    let mut world = World::new();
    let claire = world.keep("Claire Byrne", &[]);
    let call = world.call(1, EFA);
    let stranger = world.who(call);
    world.link(call, claire, Claiming::Leave).unwrap();
    let dump = world.dump();
    let done = world.act("agent", share(phone(EFA))).unwrap();
    assert!(
        !world.contacts.contains_key(&stranger),
        "the number was all it had"
    );
    world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), dump);
}

#[test]
fn unmarking_offers_to_the_oldest_curated_carrier() {
    let mut world = World::new();
    world.act("agent", share(phone(EFA))).unwrap();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    world.keep("Claire Byrne", &[(Field::CellPhone, EFA)]);
    world.act("agent", unshare(phone(EFA))).unwrap();
    assert_eq!(world.holder(&phone(EFA)), Some(efa));
}

#[test]
fn a_merge_moves_no_claim_of_a_shared_number() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let mail = world.sees(&seen(1, Channel::Email, &["efa@example.ie"]));
    world.act("agent", share(phone(EFA))).unwrap();
    let merged = world
        .merge(&[efa, world.who(mail)])
        .unwrap()
        .contact
        .unwrap();
    assert_eq!(world.holder(&phone(EFA)), None);
    world.act("agent", unshare(phone(EFA))).unwrap();
    assert_eq!(
        world.holder(&phone(EFA)),
        Some(merged),
        "ancestors are offered nothing"
    );
}

#[test]
fn a_mark_that_comes_and_goes_leaves_the_number_and_its_whatsapp_where_they_were() {
    let mut world = World::new();
    let efa = world.keep("Efa Byrne", &[(Field::CellPhone, EFA)]);
    let message = seen(1, Channel::Whatsapp, &[EFA]);
    world
        .act("admin", Command::Resolve(Box::new(message)))
        .unwrap();
    let whatsapp = Identifier {
        kind: IdentifierType::SocialWhatsapp,
        value: EFA.trim_start_matches('+').to_owned(),
        source: None,
    };
    assert_eq!(world.holder(&whatsapp), Some(efa));
    let identifier = phone(EFA);
    let share = Command::Share {
        identifier: identifier.clone(),
    };
    world.act("agent", share).unwrap();
    assert_eq!(world.holder(&whatsapp), None);
    let unshare = Command::Unshare {
        identifier: identifier.clone(),
    };
    world.act("agent", unshare).unwrap();
    assert_eq!(world.holder(&identifier), Some(efa));
    assert_eq!(world.holder(&whatsapp), Some(efa));
}
