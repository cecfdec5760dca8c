//! Contacts, conversations and decisions to try a store with.

use scv_desk::domain::change::{Change, Observation, Plan};
use scv_desk::domain::command::{Action, EntryId};
use scv_desk::domain::contact::{Contact, ContactId, ContactType, Fields, Note, NoteId, Origin};
use scv_desk::domain::conversation::{
    Channel, Conversation, ConversationId, Direction, Leg, Part, Participant, Segment, Trust,
};
use scv_desk::domain::facts::{FactKey, Facts};
use scv_desk::domain::identifier::{Identifier, IdentifierType};
use scv_desk::domain::moment::Moment;
use scv_desk::domain::phone::Phone;
use scv_desk::domain::reason::{Claim, ClaimOrigin, Link, RULES_VERSION, Reason, Rule};
use scv_desk::domain::visit::{Visit, VisitId};
use scv_desk::store::{Applied, Decision, NotApplied, Store};
use uuid::Uuid;

/// Noon of a day in November, in milliseconds.
pub const NOON: Moment = Moment(1_795_435_200_000);

pub fn contact_id(n: u128) -> ContactId {
    ContactId(Uuid::from_u128(0xc0 << 64 | n))
}

pub fn conversation_id(n: u128) -> ConversationId {
    ConversationId(Uuid::from_u128(0xcc << 64 | n))
}

pub fn visit_id(n: u128) -> VisitId {
    VisitId(Uuid::from_u128(0xee << 64 | n))
}

pub fn phone(n: u128) -> Identifier {
    let value = format!("+35386{n:07}");
    Identifier {
        kind: IdentifierType::Phone,
        value,
        source: None,
    }
}

/// A Curated contact with one phone.
pub fn contact(n: u128) -> Contact {
    let fields = Fields {
        first_name: Some(format!("Efa{n}")),
        last_name: Some("Byrne".to_owned()),
        cell_phone: Some(Phone::read(&phone(n).value, None)),
        ..Fields::default()
    };
    Contact {
        id: contact_id(n),
        kind: ContactType::Curated,
        origin: Origin::Person,
        division: "*".to_owned(),
        fields,
        created: NOON.plus_ms(n as i64),
        modified: NOON,
        modified_by: None,
        seen: None,
        merged_from: Vec::new(),
        merged_to: None,
    }
}

/// An auto-made contact with one phone.
pub fn identified(n: u128) -> Contact {
    Contact {
        kind: ContactType::Identified,
        origin: Origin::Resolution,
        ..contact(n)
    }
}

pub fn claim(contact: ContactId) -> Claim {
    let origin = ClaimOrigin::Conversation(conversation_id(1));
    Claim {
        contact,
        at: NOON,
        origin,
        trust: Trust::Verified,
    }
}

pub fn link(contact: ContactId) -> Link {
    let reason = Reason {
        rule: Rule::FirstClaimed,
        version: RULES_VERSION,
        provided: Vec::new(),
        decided: None,
        claim: None,
        rivals: Vec::new(),
        actor: None,
        at: NOON,
    };
    Link { contact, reason }
}

/// A call that started `minutes` after noon and is handled by `agent`.
pub fn call(n: u128, minutes: i64, agent: Option<&str>) -> Conversation {
    let start = NOON.plus_ms(minutes * 60_000);
    let customer = participant("customer", Part::Outside, start, vec![phone(n).value]);
    let agent = agent.map(|user| Participant {
        user: Some(user.to_owned()),
        name: Some(format!("{user} by name")),
        ..participant("agent", Part::Agent, start, Vec::new())
    });
    Conversation {
        id: conversation_id(n),
        start,
        end: None,
        direction: Direction::Inbound,
        channel: Channel::Call,
        divisions: Vec::new(),
        participants: std::iter::once(customer).chain(agent).collect(),
        rest: serde_json::Map::new(),
    }
}

/// The call with its end `minutes` after its start.
pub fn ended(call: Conversation, minutes: i64) -> Conversation {
    Conversation {
        end: Some(call.start.plus_ms(minutes * 60_000)),
        ..call
    }
}

fn participant(id: &str, part: Part, start: Moment, addresses: Vec<String>) -> Participant {
    let segment = Segment {
        kind: "interact".to_owned(),
        start,
        end: None,
        queue: (part == Part::Agent).then(|| "queue-1".to_owned()),
        wrapup_code: None,
        wrapup_note: None,
        subject: None,
        disconnect: None,
        rest: serde_json::Map::new(),
    };
    let leg = Leg {
        id: format!("{id}-leg"),
        channel: Channel::Call,
        media: "voice".to_owned(),
        message: None,
        direction: Direction::Inbound,
        addresses,
        customer: None,
        authenticated: false,
        bot: None,
        segments: vec![segment],
        rest: serde_json::Map::new(),
    };
    Participant {
        id: id.to_owned(),
        part,
        purpose: id.to_owned(),
        name: None,
        user: None,
        legs: vec![leg],
        external_contact: None,
        rest: serde_json::Map::new(),
    }
}

/// A visit that started `minutes` after noon and lasted a minute.
pub fn visit(n: u128, minutes: i64) -> Visit {
    let start = NOON.plus_ms(minutes * 60_000);
    Visit {
        id: visit_id(n),
        start,
        end: None,
        last: start.plus_ms(60_000),
        kind: "web".to_owned(),
        customer: format!("cookie-{n}"),
        customer_kind: "cookie".to_owned(),
        authenticated: false,
        external_id: None,
        traits: Vec::new(),
        events: Vec::new(),
        pageviews: 1,
        device: None,
        browser: None,
        place: None,
        referrer: None,
        campaign: None,
        search_terms: Vec::new(),
        scores: Vec::new(),
        rest: serde_json::Map::new(),
    }
}

pub fn note(n: u128, contact: ContactId) -> Note {
    Note {
        id: NoteId(Uuid::from_u128(0x0e << 64 | n)),
        contact,
        text: format!("note {n}"),
        author: "Ann".to_owned(),
        created: NOON.plus_ms(n as i64),
        modified: NOON,
    }
}

pub fn plan(action: Action, changes: Vec<Change>) -> Plan {
    Plan {
        changes,
        ..Plan::new(action)
    }
}

pub fn made(contact: Contact) -> Change {
    Change::Contact {
        id: contact.id,
        before: None,
        after: Some(Box::new(contact)),
    }
}

pub fn gone(contact: Contact) -> Change {
    Change::Contact {
        id: contact.id,
        before: Some(Box::new(contact)),
        after: None,
    }
}

pub fn claimed(identifier: Identifier, contact: ContactId) -> Change {
    Change::Claim {
        identifier,
        before: None,
        after: Some(claim(contact)),
    }
}

pub fn linked(conversation: ConversationId, contact: ContactId) -> Change {
    let after = Some(Box::new(link(contact)));
    Change::Link {
        conversation,
        participant: None,
        before: None,
        after,
    }
}

/// The plan that links a new conversation to a contact.
pub fn resolved(conversation: Conversation, contact: ContactId) -> Plan {
    Plan {
        contact: Some(contact),
        conversation: Some(conversation.id),
        changes: vec![linked(conversation.id, contact)],
        observations: vec![Observation::Conversation(Box::new(conversation))],
        ..Plan::new(Action::Resolve)
    }
}

/// A visit that came in and was linked.
pub fn visited(visit: Visit, contact: ContactId) -> Plan {
    let linked = Change::VisitLink {
        visit: visit.id,
        before: None,
        after: Some(Box::new(link(contact))),
    };
    Plan {
        changes: vec![linked],
        observations: vec![Observation::Visit(Box::new(visit))],
        ..Plan::new(Action::Resolve)
    }
}

/// A decision of Ann's for a plan that needs no facts.
pub fn decision(plan: Plan) -> Decision {
    let planner = Box::new(move |_: &Facts| Ok(plan.clone()));
    Decision {
        actor: "Ann".to_owned(),
        at: NOON,
        batch: None,
        request: None,
        planner,
    }
}

pub async fn decide(store: &impl Store, plan: Plan) -> Result<Applied, NotApplied> {
    store.decide(decision(plan)).await
}

/// Makes a contact that claims its phone.
pub async fn make(store: &impl Store, contact: Contact) -> EntryId {
    let claimed = claimed(contact.fields.identifiers()[0].clone(), contact.id);
    let mut plan = plan(Action::Create, vec![made(contact.clone()), claimed]);
    plan.contact = Some(contact.id);
    decide(store, plan).await.unwrap().entry.unwrap()
}

pub async fn load(store: &impl Store, keys: impl IntoIterator<Item = FactKey>) -> Facts {
    store
        .load(keys.into_iter().collect(), Facts::default())
        .await
        .unwrap()
}

/// The stored contact.
pub async fn stored(store: &impl Store, id: ContactId) -> Option<Contact> {
    store.contacts(vec![id]).await.unwrap().pop()
}
