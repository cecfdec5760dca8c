//! A generated organization: people, companies, and conversations of people known and unknown.

use scv_desk::domain::command::{ImportRow, Match};
use scv_desk::domain::contact::ExternalId;
use scv_desk::domain::conversation::{
    Channel, Conversation, Direction, Leg, Part, Participant, Segment,
};
use scv_desk::domain::phone::Phone;
use scv_desk::domain::{ConversationId, Fields, Moment};

/// The agent of every conversation, and a queue.
pub const AGENT: &str = "aaa3e7bb-b955-4a80-b3b8-284c703923f1";
pub const QUEUE: &str = "aef35028-ca85-4229-822e-96f7e6fa2f38";

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
    let end = Some(start.plus_ms(60_000 + dice.below(600_000) as i64));
    let segment = |kind: &str| Segment {
        kind: kind.to_owned(),
        start,
        end,
        queue: Some(QUEUE.to_owned()),
        wrapup_code: None,
        wrapup_note: None,
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
        user: (part == Part::Agent).then(|| AGENT.to_owned()),
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
            segments: vec![segment("interact")],
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
        participants: vec![
            party(Part::Outside, "customer", vec![address]),
            party(Part::Agent, "agent", Vec::new()),
        ],
        rest: serde_json::Map::new(),
    }
}

pub fn dice_of(word: &str) -> u64 {
    word.len() as u64 * 7
}

pub fn uuid(number: u64, salt: u64) -> String {
    uuid::Uuid::from_u64_pair(number.wrapping_mul(0x9E37_79B9_7F4A_7C15), salt).to_string()
}
