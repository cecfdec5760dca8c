//! Conversations and visits that come in: new ones on every channel, and those that are seen again.

use scv_desk::domain::conversation::Part;
use scv_desk::domain::visit::{Visit, VisitId};
use scv_desk::domain::{Channel, Conversation, Moment};
use uuid::Uuid;

use super::generate::Next;
use crate::world::{party, seen, visit as visit_of, web};

/// A conversation, new or seen again with its end, a further participant, or as it was.
pub fn conversation(next: &mut Next<'_>) -> Conversation {
    if next.dice.chance(2, 5)
        && let Some(id) = next.known()
    {
        let known = next.world.conversations[&id].as_ref().clone();
        return again(next, known);
    }
    let id = u128::from(next.dice.next());
    let mut new = new(next, id);
    let start = next.now.plus_ms(-(next.dice.below(3_600_000) as i64));
    let start = if next.dice.chance(1, 10) {
        start.minus_days(3 * next.dice.below(30) as i64)
    } else {
        start
    };
    begin(&mut new, start);
    if next.dice.chance(1, 2) {
        new.end = Some(start.plus_ms(next.dice.below(3_600_000) as i64));
    }
    if next.dice.chance(1, 5) {
        add_party(next, &mut new);
    }
    if next.dice.chance(1, 40) {
        new.participants.clear();
    }
    new
}

fn begin(new: &mut Conversation, start: Moment) {
    new.start = start;
    for party in &mut new.participants {
        for segment in party.legs.iter_mut().flat_map(|leg| &mut leg.segments) {
            segment.start = start;
        }
    }
}

fn again(next: &mut Next<'_>, mut known: Conversation) -> Conversation {
    match next.dice.below(4) {
        0 => known.end = None,
        1 => {}
        _ => {
            let last = known.end.unwrap_or(known.start);
            known.end = Some(last.plus_ms(next.dice.below(600_000) as i64));
        }
    }
    if next.dice.chance(1, 4) && known.participants.len() < 4 {
        add_party(next, &mut known);
    }
    known
}

/// Somebody else from outside, or an agent.
fn add_party(next: &mut Next<'_>, conversation: &mut Conversation) {
    let id = format!("p{}", conversation.participants.len() + 1);
    let channel = next.dice.one(&[Channel::Call, Channel::Sms]);
    let n = next.dice.below(5);
    let number = number(n);
    let addresses = if n == 4 {
        &[][..]
    } else {
        &[number.as_str()][..]
    };
    let mut party = party(&id, channel, addresses);
    if next.dice.chance(1, 5) {
        party.part = Part::Agent;
    }
    for segment in party.legs.iter_mut().flat_map(|leg| &mut leg.segments) {
        segment.start = conversation.start;
    }
    conversation.participants.push(party);
}

fn new(next: &mut Next<'_>, id: u128) -> Conversation {
    let (n, other) = (next.dice.below(12), next.dice.below(12));
    let (number, address) = (number(n), address(other));
    let (crm, browser) = (crm(n), browser(other));
    let (crm, browser, number, address) = (&*crm, &*browser, &*number, &*address);
    let both = [address, number];
    let typed = &both[n % 3 % 2..][..[0, 1, 1, 2][n % 4].min(2 - n % 3 % 2)];
    match next.dice.below(16) {
        0..3 => seen(id, Channel::Call, &[number]),
        3 => seen(id, Channel::Sms, &[number]),
        4 => seen(id, Channel::Callback, &[["", "anonymous"][n % 2]]),
        5 | 6 => seen(id, Channel::Email, &[address]),
        7 | 8 => seen(id, Channel::Whatsapp, &[number]),
        9 => seen(id, Channel::Chat, typed),
        10 => seen(id, Channel::Open, &[crm, number, address]),
        11 => seen(id, Channel::Open, &[crm]),
        12 => web(id, Some(browser), Some(crm), typed),
        13 => web(id, None, Some(crm), typed),
        14 => match next.dice.chance(1, 2) {
            true => seen(id, Channel::Facebook, &[["page-1", "page-2"][n % 2]]),
            false => seen(id, Channel::Apple, &[["apple-1", "apple-2"][n % 2]]),
        },
        _ => web(id, Some(browser), None, typed),
    }
}

/// A visit, new or seen again with a later event.
pub fn visit(next: &mut Next<'_>) -> Visit {
    let known: Vec<VisitId> = next.world.visits.keys().copied().collect();
    if next.dice.chance(2, 5)
        && let Some(id) = next.dice.pick(&known)
    {
        let mut known = next.world.visits[&id].as_ref().clone();
        let later = [-1000, 0, 60_000, 600_000];
        known.last = known.last.plus_ms(next.dice.one(&later));
        return known;
    }
    let (n, other) = (next.dice.below(12), next.dice.below(12));
    let (crm, address, number) = (crm(n), address(other), number(n));
    let traits = [("email", &*address), ("phone", &*number)];
    let id = next.dice.chance(1, 3).then_some(&*crm);
    let traits = &traits[next.dice.below(3).min(1)..][..next.dice.below(2)];
    let mut new = visit_of(0, &browser(other), id, traits);
    new.id = VisitId(Uuid::from_u128(u128::from(next.dice.next())));
    new.start = next.now.plus_ms(-(next.dice.below(3_600_000) as i64));
    new.last = new.start.plus_ms(next.dice.below(600_000) as i64);
    new
}

pub fn number(n: usize) -> String {
    format!("+35386100000{}", n % 4)
}

pub fn address(n: usize) -> String {
    ["ada@example.ie", "bo@example.ie", "Cleo@Example.ie"][n % 3].to_owned()
}

pub fn crm(n: usize) -> String {
    format!("crm-{}", n % 4)
}

pub fn browser(n: usize) -> String {
    format!("cookie-{}", n % 3)
}
