//! A generated organization: people, companies, and conversations of people known and unknown.

use scv_desk::domain::command::{ImportRow, Match};
use scv_desk::domain::contact::ExternalId;
use scv_desk::domain::conversation::{
    Channel, Conversation, Direction, Leg, Part, Participant, Segment,
};
use scv_desk::domain::phone::Phone;
use scv_desk::domain::visit::{Happened, Visit, VisitEvent, VisitId};
use scv_desk::domain::{ConversationId, Fields, Moment};

/// The agent of the conversations that go on.
pub const AGENT: &str = "aaa3e7bb-b955-4a80-b3b8-284c703923f1";
const QUEUES: u64 = 40;
const AGENTS: u64 = 300;
const CODES: u64 = 30;
/// Numbers that tell the ids of queues, agents and wrap-up codes apart.
const OF_QUEUE: u64 = 71;
const OF_AGENT: u64 = 72;
const OF_CODE: u64 = 73;
const NOTES: [&str; 6] = [
    "Asked for the second invoice again.",
    "Wants a call back on Monday, before nine.",
    "Moved house; the new address is in the letter.",
    "Was angry about the waiting time. Promised a refund.",
    "The router was exchanged, all lights are green.",
    "Wrong number.",
];

const FIRST: [&str; 40] = [
    "John", "Joan", "Jonas", "José", "Maria", "Mary", "Mark", "Martin", "Anna", "Anton", "Li",
    "Wei", "Yuki", "Sara", "Samuel", "Peter", "Petra", "Paul", "Pauline", "Oskar", "Olga", "Nina",
    "Niamh", "Aoife", "Eoin", "Fatima", "Omar", "Ahmed", "Noa", "David", "Daniel", "Dora", "Emil",
    "Emma", "Erik", "Eva", "Igor", "Ivana", "Klaus", "Katja",
];
const SYLLABLE: [&str; 24] = [
    "smi", "ber", "gar", "lin", "mor", "ton", "ney", "sen", "son", "wal", "ker", "ham", "ley",
    "ford", "ros", "vic", "dal", "fer", "nan", "dez", "mül", "ler", "bry", "ne",
];

/// A small generator: deterministic, not for secrets.
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }
}

/// A number below `most`, small ones more often.
fn skewed(dice: &mut Dice, most: u64) -> u64 {
    dice.below(most).min(dice.below(most))
}

pub fn queue(number: u64) -> String {
    uuid(number, OF_QUEUE)
}

pub fn agent(number: u64) -> String {
    uuid(number, OF_AGENT)
}

pub fn code(number: u64) -> String {
    uuid(number, OF_CODE)
}

pub fn phone_of(person: u64) -> String {
    format!("+35385{:07}", person % 10_000_000)
}

pub fn email_of(person: u64) -> String {
    let mut dice = Dice(person.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    format!(
        "{}.{}{person}@example.com",
        name(&mut dice).0.to_lowercase(),
        name(&mut dice).1.to_lowercase()
    )
}

pub fn name(dice: &mut Dice) -> (String, String) {
    let first = FIRST[dice.below(FIRST.len() as u64) as usize];
    let parts = 2 + dice.below(2);
    let last: String = (0..parts)
        .map(|_| SYLLABLE[dice.below(SYLLABLE.len() as u64) as usize])
        .collect();
    let mut letters = last.chars();
    let last = letters
        .next()
        .map(|c| c.to_uppercase().collect::<String>() + letters.as_str());
    (first.to_owned(), last.unwrap_or_default())
}

pub fn row(person: u64, batch: u64) -> ImportRow {
    let mut dice = Dice(person.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let (first, last) = name(&mut dice);
    let e164 = phone_of(person);
    let fields = Fields {
        first_name: Some(first),
        last_name: Some(last),
        cell_phone: Some(Phone {
            display: format!("{} {} {}", &e164[..4], &e164[4..6], &e164[6..]),
            typed: e164.clone(),
            e164: Some(e164),
            country: Some("IE".to_owned()),
            ..Phone::default()
        }),
        personal_email: dice.below(4).ne(&0).then(|| email_of(person)),
        city: Some("Cork".to_owned()),
        external_ids: vec![ExternalId {
            source: "CRM".to_owned(),
            value: format!("CRM-{person}"),
        }],
        ..Fields::default()
    };
    let company =
        (dice.below(100) < 45).then(|| format!("{} Group {}", name(&mut dice).1, dice.below(2000)));
    let matching = vec![Match::ExternalId, Match::Phone, Match::Email];
    ImportRow {
        fields,
        company,
        matching,
        batch,
    }
}

/// A call of somebody known (every second one), or of a number that nobody knows yet, that began at `start`.
pub fn call(number: u64, people: u64, dice: &mut Dice, start: Moment) -> Conversation {
    let known = dice.below(2) == 0;
    let (channel, address) = match (known, dice.below(5)) {
        (true, 0) => (Channel::Email, email_of(dice.below(people))),
        (true, _) => (Channel::Call, phone_of(dice.below(people))),
        (false, _) => (
            Channel::Call,
            format!("+4479{:08}", dice.below(100_000_000)),
        ),
    };
    talk(number, channel, address, dice, start)
}

/// A conversation of some queue and agent, with a wrap-up; one in twelve is abandoned.
pub fn talk(
    number: u64,
    channel: Channel,
    address: String,
    dice: &mut Dice,
    start: Moment,
) -> Conversation {
    let end = Some(start.plus_ms(60_000 + dice.below(600_000) as i64));
    let in_queue = queue(skewed(dice, QUEUES));
    let by = agent(skewed(dice, AGENTS));
    let wrapup = code(skewed(dice, CODES));
    let note = (dice.below(3) == 0).then(|| NOTES[dice.below(NOTES.len() as u64) as usize]);
    let is_handled = dice.below(12) != 0;
    let segment = |kind: &str| Segment {
        kind: kind.to_owned(),
        start,
        end,
        queue: Some(in_queue.clone()),
        wrapup_code: (kind == "wrapup").then(|| wrapup.clone()),
        wrapup_note: note.filter(|_| kind == "wrapup").map(str::to_owned),
        subject: None,
        disconnect: None,
        rest: serde_json::Map::new(),
    };
    let media = if channel == Channel::Email {
        "email"
    } else {
        "voice"
    };
    let party = |part, purpose: &str, addresses: Vec<String>| Participant {
        id: uuid(number, dice_of(purpose)),
        part,
        purpose: purpose.to_owned(),
        name: None,
        user: (part == Part::Agent).then(|| by.clone()),
        legs: vec![Leg {
            id: uuid(number, dice_of(purpose) + 1),
            channel,
            media: media.to_owned(),
            message: None,
            direction: Direction::Inbound,
            addresses,
            customer: None,
            authenticated: false,
            bot: None,
            segments: match part {
                Part::Agent => vec![segment("interact"), segment("wrapup")],
                _ => vec![segment("interact")],
            },
            rest: serde_json::Map::new(),
        }],
        external_contact: None,
        rest: serde_json::Map::new(),
    };
    Conversation {
        id: ConversationId(uuid::Uuid::new_v4()),
        start,
        end,
        direction: Direction::Inbound,
        channel,
        divisions: Vec::new(),
        participants: [
            Some(party(Part::Outside, "customer", vec![address])),
            is_handled.then(|| party(Part::Agent, "agent", Vec::new())),
        ]
        .into_iter()
        .flatten()
        .collect(),
        rest: serde_json::Map::new(),
    }
}

/// A visit of one to eight pages: of a cookie that comes again, now and then of somebody who signed in.
pub fn visit(people: u64, dice: &mut Dice, start: Moment) -> Visit {
    let page = |at: u64| VisitEvent {
        id: format!("e{at}"),
        at: start.plus_ms(30_000 * at as i64),
        what: Happened::Page {
            name: format!("page-{}", at % 5),
            url: format!("https://www.example.com/page/{}", at % 5),
            title: None,
        },
        attributes: Vec::new(),
        rest: serde_json::Map::new(),
    };
    let events: Vec<VisitEvent> = (0..=dice.below(8)).map(page).collect();
    let last = events.last().map_or(start, |event| event.at);
    let person = dice.below(people);
    let is_known = dice.below(4) == 0;
    Visit {
        id: VisitId(uuid::Uuid::new_v4()),
        start,
        end: Some(last),
        last,
        kind: "web".to_owned(),
        customer: format!("cookie-{person}"),
        customer_kind: "cookie".to_owned(),
        authenticated: is_known,
        external_id: is_known.then(|| format!("CRM-{person}")),
        traits: Vec::new(),
        pageviews: events.len() as u32,
        events,
        device: Some("desktop".to_owned()),
        browser: Some("Firefox".to_owned()),
        place: Some("Cork, Ireland".to_owned()),
        referrer: None,
        campaign: None,
        search_terms: Vec::new(),
        scores: Vec::new(),
        rest: serde_json::Map::new(),
    }
}

pub fn dice_of(word: &str) -> u64 {
    word.len() as u64 * 7
}

pub fn uuid(number: u64, salt: u64) -> String {
    uuid::Uuid::from_u64_pair(number.wrapping_mul(0x9E37_79B9_7F4A_7C15), salt).to_string()
}
