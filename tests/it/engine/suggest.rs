//! Whose is a shared identifier: who used it last, whose name was given, whose browser it is
//! (`design/rules.md` §3).

use scv_desk::domain::command::Command;
use scv_desk::domain::conversation::{Provided, Trust};
use scv_desk::domain::{ContactId, Field, Identifier, Moment};
use scv_desk::engine::suggest::{Candidate, Sign, rank, told_apart};

use super::shared::asked;
use crate::world::*;

fn given(identifier: Identifier) -> Provided {
    Provided {
        typed: identifier.value.clone(),
        identifier,
        trust: Trust::Verified,
    }
}

/// Efa and Claire, who share a number. Efa used it last; Claire's browser is known.
struct Household {
    world: World,
    efa: ContactId,
    claire: ContactId,
}

impl Household {
    fn new() -> Self {
        let mut world = World::new();
        let efa = world.keep("Efa Byrne", &[(Field::CellPhone, EFA)]);
        let claire = world.keep("Claire Byrne", &[(Field::HomePhone, EFA)]);
        Self { world, efa, claire }
    }

    /// Who is asked about first, and what speaks for each.
    fn order(&self, provided: &[Provided], name: Option<&str>) -> Vec<(ContactId, Vec<Sign>)> {
        let (early, late) = (START, START.plus_days(1));
        let efas = [(late, vec![given(phone(EFA))])];
        let claires = [
            (late, vec![given(cookie("c-1"))]),
            (early, vec![given(whatsapp(EFA))]),
        ];
        let candidates = [
            Candidate {
                contact: self.world.contact(self.claire),
                earlier: &claires,
            },
            Candidate {
                contact: self.world.contact(self.efa),
                earlier: &efas,
            },
        ];
        let ranked = rank(provided, name, &candidates);
        ranked
            .into_iter()
            .map(|one| (one.contact, one.signs))
            .collect()
    }
}

#[test]
fn who_used_it_last_comes_first_by_call_or_by_message() {
    let home = Household::new();
    let order = home.order(&[given(phone(EFA))], None);
    let last = |at: Moment| vec![Sign::LastUsed(at)];
    assert_eq!(
        order,
        [
            (home.efa, last(START.plus_days(1))),
            (home.claire, last(START))
        ]
    );
}

#[test]
fn the_name_that_was_given_stands_above_the_last_use() {
    let home = Household::new();
    let order = home.order(&[given(phone(EFA))], Some("claire BYRNE"));
    assert_eq!(order[0].0, home.claire);
    assert_eq!(order[0].1, [Sign::Name, Sign::LastUsed(START)]);
    assert_eq!(order[1].1[0], Sign::NamePart, "the family name alone");
    let by_family = home.order(&[given(phone(EFA))], Some("Mrs Byrne"));
    assert_eq!(
        by_family[0].0, home.efa,
        "both are called so; she used it last"
    );
}

#[test]
fn the_same_browser_stands_above_everything() {
    let home = Household::new();
    let provided = [given(cookie("c-1")), given(phone(EFA))];
    let order = home.order(&provided, Some("Efa Byrne"));
    assert_eq!(order[0].0, home.claire);
    assert_eq!(order[0].1[0], Sign::Browser);
}

#[test]
fn who_never_used_it_is_asked_about_too() {
    let home = Household::new();
    let order = home.order(&[given(email("home@example.ie"))], None);
    assert_eq!(order.len(), 2);
    assert!(order.iter().all(|(_, signs)| signs.is_empty()));
    assert_eq!(order[0].0, home.efa, "the oldest first");
}

#[test]
fn who_was_told_apart_is_known_by_the_contact_that_they_are_now() {
    let mut world = World::new();
    let efa = world.keep("Efa Byrne", &[(Field::CellPhone, EFA)]);
    let claire = world.keep("Claire Byrne", &[]);
    let own = world.contact(efa).clone();
    assert_eq!(asked(&world, |facts| told_apart(&own, facts)), []);
    let (one, other) = (claire, efa);
    world.act("agent", Command::NotSame { one, other }).unwrap();
    assert_eq!(asked(&world, |facts| told_apart(&own, facts)), [claire]);
    let call = world.call(1, "+353861110000");
    let caller = world.who(call);
    let now = world.merge(&[claire, caller]).unwrap().contact.unwrap();
    assert_eq!(asked(&world, |facts| told_apart(&own, facts)), [now]);
}
