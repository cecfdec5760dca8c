//! Merges that resolution makes by itself where the settings say so (`design/rules.md` §4).

use scv_desk::domain::command::Command;
use scv_desk::domain::{Channel, ContactId, Field};
use scv_desk::engine::Automerge;

use crate::world::*;

/// A browser that a visit made known, and somebody with an e-mail address that a message made known.
fn two(world: &mut World) -> (ContactId, ContactId) {
    let browser = world.visits_site(&visit(1, "c-1", None, &[]));
    let mail = world.sees(&seen(1, Channel::Email, &["efa@example.ie"]));
    (browser, world.who(mail))
}

fn signed_up(n: u128) -> scv_desk::domain::visit::Visit {
    visit(n, "c-1", None, &[("email", "efa@example.ie")])
}

#[test]
fn a_visit_merges_only_when_the_setting_says_so() {
    let mut world = World::new();
    let (browser, mailed) = two(&mut world);
    assert_eq!(world.visits_site(&signed_up(2)), browser);
    assert_eq!(world.contact(browser).merged_to, None);

    world.options.automerge_web_tracking = Automerge::On;
    let merged = world.visits_site(&signed_up(3));
    assert_eq!(world.contact(merged).merged_from, [browser, mailed]);
    assert_eq!(world.holder(&cookie("c-1")), Some(merged));
    assert_eq!(world.visits_site(&signed_up(4)), merged);
}

#[test]
fn a_signed_in_message_merges_only_when_the_setting_says_so() {
    let mut world = World::new();
    world.options.automerge_authenticated = Automerge::On;
    let known = world.sees(&web(1, Some("c-0"), Some("crm-7"), &[]));
    let browser = world.sees(&web(2, Some("c-1"), None, &[]));
    let (known, browser) = (world.who(known), world.who(browser));
    let unsigned = world.sees(&web(3, Some("c-1"), None, &["typed@example.ie"]));
    assert_eq!(world.who(unsigned), browser);
    let both = world.sees(&web(4, Some("c-1"), Some("crm-7"), &[]));
    assert_eq!(world.contact(world.who(both)).merged_from, [known, browser]);
}

#[test]
fn two_curated_contacts_are_never_merged_by_resolution() {
    let mut world = World::new();
    world.options.automerge_web_tracking = Automerge::On;
    let (browser, mailed) = two(&mut world);
    world.promote(browser).unwrap();
    world.promote(mailed).unwrap();
    assert_eq!(world.visits_site(&signed_up(2)), browser);
    assert_eq!(world.contact(mailed).merged_to, None);
}

#[test]
fn contacts_marked_as_not_the_same_are_never_merged_by_resolution() {
    let mut world = World::new();
    world.options.automerge_web_tracking = Automerge::On;
    let (one, other) = two(&mut world);
    world.act("agent", Command::NotSame { one, other }).unwrap();
    assert_eq!(world.visits_site(&signed_up(2)), one);
    assert_eq!(world.contact(one).merged_to, None);
}

#[test]
fn resolution_lets_no_set_grow_too_large() {
    let mut world = World::new();
    let made: Vec<ContactId> = (10..34)
        .map(|n| {
            let mail = world.sees(&seen(n, Channel::Email, &[&format!("m{n}@example.ie")]));
            world.who(mail)
        })
        .collect();
    let (browser, mailed) = two(&mut world);
    let one = world
        .merge(&[&made[..12], &[browser]].concat())
        .unwrap()
        .contact
        .unwrap();
    let other = world
        .merge(&[&made[12..], &[mailed]].concat())
        .unwrap()
        .contact
        .unwrap();
    let more: Vec<ContactId> = (40..64)
        .map(|n| {
            let mail = world.sees(&seen(n, Channel::Email, &[&format!("m{n}@example.ie")]));
            world.who(mail)
        })
        .collect();
    let one = world
        .merge(&[&more[..], &[one]].concat())
        .unwrap()
        .contact
        .unwrap();
    world.options.automerge_web_tracking = Automerge::On;
    assert_eq!(world.visits_site(&signed_up(2)), one);
    assert_eq!(world.contact(other).merged_to, None);
    let edits = [edit(Field::Title, "Dr")];
    world.edit(one, &edits).unwrap();
}
