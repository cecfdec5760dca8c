//! When the order of events does not matter: commands on disjoint identifiers, and ingest and import.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;

use scv_desk::domain::command::Command;
use scv_desk::domain::{
    Channel, ContactId, Conversation, ConversationId, Field, Fields, Moment, Refusal,
};

use super::step::{Step, settings, step};
use crate::world::*;

proptest! {
    #![proptest_config(super::config())]

    /// Two courses of events that share no number, address, id, conversation or contact do not notice each
    /// other: in either order of their last commands the world is the same, fresh ids included, since time,
    /// turn and seed belong to the command.
    #[test]
    fn commands_on_disjoint_identifiers_commute(
        one in vec(step(1), 1..16),
        other in vec(step(2), 1..16),
        options in settings(),
    ) {
        let (one, first) = course(&one, &options, 1_000);
        let (other, second) = course(&other, &options, 2_000);
        let (Some(first), Some(second)) = (first, second) else { return Ok(()) };
        let both = union(&one, &other);
        let (mut there, mut back) = (both.clone(), both);
        let results = [
            at(&mut there, &first, 1),
            at(&mut there, &second, 2),
            at(&mut back, &second, 2),
            at(&mut back, &first, 1),
        ];
        prop_assert_eq!(&results[0], &results[3], "{:?}", first);
        prop_assert_eq!(&results[1], &results[2], "{:?}", second);
        prop_assert_eq!(there.dump(), back.dump(), "{:?} and {:?}", first, second);
    }

    /// Importing after ingesting gives the same people as the other way round, and as importing in between:
    /// the same conversations belong together, under the same name.
    #[test]
    fn import_and_ingest_give_the_same_people_in_either_order(
        seen in conversations(),
        rows in rows(),
        between in 0..24usize,
    ) {
        let between = between.min(seen.len());
        let last = people(&seen, &rows, seen.len());
        for first in [0, between] {
            let other = people(&seen, &rows, first);
            prop_assert_eq!(&last, &other, "imported after {} of {:#?}", first, names(&seen));
        }
    }
}

/// A world after all steps but the last one, and the command of the last.
fn course(
    steps: &[Step],
    options: &scv_desk::engine::Options,
    seed: u128,
) -> (World, Option<Command>) {
    let mut world = World::new();
    world.options = options.clone();
    world.seed = seed;
    let (last, steps) = steps.split_last().unwrap();
    // An undo names an entry by its number in the one journal, so it belongs to both courses.
    let command = |world: &World, step: &Step| {
        let command = step.command(world)?;
        (!matches!(command, Command::Undo { .. })).then_some(command)
    };
    for step in steps {
        if let Some(command) = command(&world, step) {
            let _ = world.act("admin", command);
        }
    }
    let command = command(&world, last);
    (world, command)
}

fn union(one: &World, other: &World) -> World {
    let (mut both, other) = (one.clone(), other.clone());
    both.contacts.extend(other.contacts);
    both.claims.extend(other.claims);
    both.conversations.extend(other.conversations);
    both.visits.extend(other.visits);
    both.links.extend(other.links);
    both.visit_links.extend(other.visit_links);
    both.wrapups.extend(other.wrapups);
    both.notes.extend(other.notes);
    both.not_same.extend(other.not_same);
    both.marks.extend(other.marks);
    both.organizations.extend(other.organizations);
    both.gone.extend(other.gone);
    both
}

/// Does a command at a time and with a seed of its own; the refusal if there is one.
fn at(world: &mut World, command: &Command, n: u32) -> Option<Refusal> {
    world.now = Moment(START.0 + 3_600_000 * i64::from(n));
    world.seed = 900_000 + u128::from(n);
    world.turn = Some(u64::from(n));
    world.act("admin", command.clone()).err()
}

/// Who has which identifiers. The first three people are in the file, the last two are strangers; the first
/// two share a number.
const PEOPLE: usize = 5;
const SHARED: &str = "+353214567890";

fn mobile(person: usize) -> String {
    format!("+35386200000{person}")
}

fn address(person: usize) -> String {
    format!("p{person}@example.ie")
}

fn crm(person: usize) -> String {
    format!("crm-{person}")
}

/// Conversations of these people, in random order.
///
/// What a conversation provides beside another identifier ties the two together (`design/rules.md` §4), and
/// what was tied before a file was read cannot be told apart afterwards. So that both orders see the same
/// ties:
///
/// - The shared number comes alone (or as the WhatsApp account and phone of one and the same number).
/// - A browser's cookie first comes with the sign-in of its owner, and alone only after that.
/// - What a visitor typed comes alone, with the sign-in of its owner, or next to a cookie when no row carries it.
///   Typed next to an anonymous cookie and carried by a row it gives two people on purpose: §3 says that what
///   was typed moves no other identifier onto a Curated contact. Resolved after the import, such a visitor is
///   linked by the typed value and the cookie stays nobody's; resolved before it, the visitor keeps the cookie
///   and the row takes the value. Two typed values side by side are tied by typing alone in the same way.
fn conversations() -> impl Strategy<Value = Vec<Conversation>> {
    let one = (0..11usize, 0..PEOPLE);
    vec(one, 1..24).prop_map(|choices| {
        let mut signed_in = [false; PEOPLE];
        let numbered = choices.into_iter().zip(1..);
        numbered
            .map(|((kind, person), n)| match kind {
                6 | 7 | 10 if !signed_in[person] => {
                    signed_in[person] = true;
                    conversation(n, 6, person)
                }
                _ => conversation(n, kind, person),
            })
            .collect()
    })
}

fn conversation(n: u128, kind: usize, person: usize) -> Conversation {
    let (mobile, address, crm) = (mobile(person), address(person), crm(person));
    let browser = format!("browser-{person}");
    match kind {
        0 => seen(n, Channel::Call, &[&mobile]),
        1 => seen(n, Channel::Sms, &[SHARED]),
        2 => seen(n, Channel::Whatsapp, &[[SHARED, &mobile][person % 2]]),
        3 => seen(n, Channel::Email, &[&address]),
        4 => seen(n, Channel::Chat, &[[&*address, &*mobile][person % 2]]),
        5 => seen(n, Channel::Open, &[&crm, &mobile, &address]),
        6 => web(n, Some(&browser), Some(&crm), &[]),
        7 => web(n, Some(&browser), None, &[]),
        8 => web(
            n,
            Some(&format!("other-{person}")),
            None,
            &["typed@example.org"],
        ),
        9 => seen(n, Channel::Call, &[]),
        _ => web(n, Some(&browser), Some(&crm), &[&address]),
    }
}

/// Rows of a file, some of them twice, in random order.
fn rows() -> impl Strategy<Value = Vec<Fields>> {
    let all: Vec<usize> = vec![0, 1, 2, 0, 1];
    let len = all.len();
    subsequence(all, 1..=len).prop_shuffle().prop_map(|people| {
        let rows = people.into_iter().map(|person| {
            let mut form = fields(&[
                (Field::FirstName, &format!("First {person}")),
                (Field::LastName, &format!("Last {person}")),
                (Field::CellPhone, &mobile(person)),
                (Field::WorkEmail, &address(person)),
            ]);
            if person < 2 {
                form.home_phone = fields(&[(Field::HomePhone, SHARED)]).home_phone;
            }
            with_ids(form, &[&crm(person)])
        });
        rows.collect()
    })
}

/// Ingests, with the rows imported after the `first` conversations: for each conversation the first one of
/// the same person, and the person's name.
fn people(seen: &[Conversation], rows: &[Fields], first: usize) -> Vec<(usize, String)> {
    let mut world = World::new();
    let (early, late) = seen.split_at(first);
    for one in early {
        world.sees(one);
    }
    for fields in rows {
        world.act("admin", row(fields.clone())).unwrap();
    }
    for one in late {
        world.sees(one);
    }
    let ids: Vec<ConversationId> = seen.iter().map(|one| one.id).collect();
    let who: Vec<ContactId> = ids.iter().map(|id| world.who(*id)).collect();
    who.iter()
        .map(|id| {
            let first = who.iter().position(|other| other == id).unwrap();
            (first, world.contact(*id).fields.full_name())
        })
        .collect()
}

fn names(seen: &[Conversation]) -> Vec<String> {
    let provided = |one: &Conversation| {
        let leg = &one.participants[0].legs[0];
        format!(
            "{} {:?} {:?}",
            leg.channel.name(),
            leg.addresses,
            leg.customer
        )
    };
    seen.iter().map(provided).collect()
}
