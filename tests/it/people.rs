//! The canned people of the desk's tests: every state of a profile, and names that try to do harm.

use std::collections::BTreeMap;

use scv_desk::backend::view::*;
use scv_desk::domain::contact::{Custom, ExternalId, Note, Origin, Social};
use scv_desk::domain::conversation::{Channel, Direction, Provided, Status, Trust};
use scv_desk::domain::phone::Phone;
use scv_desk::domain::reason::{Reason, Rule};
use scv_desk::domain::{Contact, ContactType, Fields, Identifier, IdentifierType, Moment};

use super::fake::{World, contact_id, conversation_id, note_id, now};
use super::history::efas_journey;

pub const EFA: u128 = 1;
pub const JON: u128 = 2;
pub const HOSTILE: &str = "Eve\u{202e}gpj.exe\u{1b}[31m\u{200b}!";

pub fn phone(value: &str) -> Identifier {
    Identifier::read(IdentifierType::Phone, value, None, None).unwrap()
}

pub fn email(value: &str) -> Identifier {
    Identifier::read(IdentifierType::Email, value, None, None).unwrap()
}

pub fn minutes(ago: i64) -> Moment {
    now().plus_ms(-ago * 60_000)
}

/// Eight conversations, one of each kind.
pub fn world() -> World {
    let mut world = World::default();
    let lines = [
        line(
            1,
            Channel::Call,
            "+353861234567",
            Status::Active,
            ago(0, 161),
        ),
        line(
            2,
            Channel::Email,
            "j.ortega@example.com",
            Status::Active,
            ago(0, 12),
        ),
        line(
            3,
            Channel::Whatsapp,
            "353871112222",
            Status::Waiting,
            ago(0, 40),
        ),
        line(
            4,
            Channel::Line,
            "U4af4980629",
            Status::WrapupDue,
            ago(25, 0),
        ),
        line(5, Channel::Call, "+442079460011", Status::Ended, ago(95, 0)),
        line(6, Channel::Call, "", Status::Abandoned, ago(120, 0)),
        line(
            7,
            Channel::Chat,
            "visitor@example.org",
            Status::Active,
            ago(4, 4),
        ),
        line(8, Channel::Sms, "+12125550123", Status::Ended, ago(300, 0)),
    ];
    world.roster.lines = lines.into();
    let names = [
        (0, "Efa Byrne"),
        (3, "山田 太郎"),
        (4, "فاطمة الزهراء"),
        (5, HOSTILE),
        (
            7,
            "Maximiliana Konstantinopoulou-Featherstonehaugh de la Cruz",
        ),
    ];
    for (index, name) in names {
        world.roster.lines[index].name = Some(name.to_owned());
        world.roster.lines[index].contact_kind = Some(ContactType::Curated);
    }
    world.roster.lines[1].provided_name = Some("Jon Ortega".to_owned());
    for line in &world.roster.lines {
        world.profiles.insert(line.id, of_line(line));
    }
    world.profiles.insert(conversation_id(1), efa());
    world.profiles.insert(conversation_id(2), jon());
    let unlinked = world.profiles.get_mut(&conversation_id(7)).unwrap();
    unlinked.state = ProfileState::Unlinked;
    let reason = unlinked.reason.as_mut().unwrap();
    reason.rule = Rule::Unlinked;
    reason.actor = Some("Mara Lindt".to_owned());
    let mut alone = efa();
    alone.state = ProfileState::Alone;
    alone.conversation = None;
    alone.reason = None;
    world.contacts.insert(contact_id(EFA), alone);
    world.contacts.insert(contact_id(50), claire());
    world.journeys.insert(contact_id(EFA), efas_journey());
    world.names.codes = vec![
        ("c1".to_owned(), "Refund".to_owned()),
        ("c2".to_owned(), "Question".to_owned()),
    ];
    world
}

fn ago(minutes: i64, seconds: i64) -> i64 {
    (minutes * 60 + seconds) * 1_000
}

fn line(number: u128, channel: Channel, address: &str, status: Status, ago_ms: i64) -> RosterLine {
    let is_over = !matches!(status, Status::Active | Status::Waiting);
    let start = now().plus_ms(-ago_ms);
    RosterLine {
        id: conversation_id(number),
        contact: Some(contact_id(number)),
        channel,
        direction: if number == 8 {
            Direction::Outbound
        } else {
            Direction::Inbound
        },
        address: (!address.is_empty()).then(|| address.to_owned()),
        name: None,
        contact_kind: Some(ContactType::Identified),
        provided_name: None,
        whose: Vec::new(),
        start,
        end: is_over.then(|| start.plus_ms(295_000)),
        status,
        queue: Some("Billing".to_owned()),
        agent: (status != Status::Waiting).then(|| "Mara Lindt".to_owned()),
    }
}

pub fn contact(number: u128, kind: ContactType, name: &str) -> Contact {
    let mut fields = Fields::default();
    if let Some((first, last)) = name.rsplit_once(' ') {
        fields.first_name = Some(first.to_owned());
        fields.last_name = Some(last.to_owned());
    } else if !name.is_empty() {
        fields.first_name = Some(name.to_owned());
    }
    Contact {
        id: contact_id(number),
        kind,
        origin: if kind == ContactType::Curated {
            Origin::Person
        } else {
            Origin::Resolution
        },
        division: "*".to_owned(),
        fields,
        created: minutes(60 * 24 * 290),
        modified: minutes(60 * 24 * 20),
        modified_by: Some("K. Osei".to_owned()),
        seen: None,
        merged_from: Vec::new(),
        merged_to: None,
    }
}

pub fn profile(contact: Contact, state: ProfileState) -> Profile {
    Profile {
        state,
        linked: Some(contact.id),
        contact: Some(contact),
        organization: None,
        claims: Vec::new(),
        rivals: Vec::new(),
        signs: Vec::new(),
        shared: Vec::new(),
        suggestions: Vec::new(),
        left: Vec::new(),
        not_same: Vec::new(),
        notes: Vec::new(),
        ancestors: Vec::new(),
        expires: None,
        holders: Vec::new(),
        reason: None,
        provided: Vec::new(),
        says: None,
        provided_name: None,
        conversation: None,
        gone: None,
    }
}

fn of_line(line: &RosterLine) -> Profile {
    let name = line.name.clone().unwrap_or_default();
    let number = line.id.0.as_u128();
    let kind = line.contact_kind.unwrap();
    let state = if name.is_empty() {
        ProfileState::Provided
    } else {
        ProfileState::Linked
    };
    let mut made = profile(contact(number, kind, &name), state);
    made.conversation = Some(line.id);
    made.provided_name.clone_from(&line.provided_name);
    made.expires = (kind != ContactType::Curated).then(|| Expires::At(now().plus_days(60)));
    let read = |kind, trust| {
        let address = line.address.as_deref()?;
        let identifier = Identifier::read(kind, address, None, None).ok()?;
        Some(Provided {
            identifier,
            typed: address.to_owned(),
            trust,
        })
    };
    let given = match line.channel {
        Channel::Whatsapp => read(IdentifierType::SocialWhatsapp, Trust::Verified),
        Channel::Line => read(IdentifierType::SocialLine, Trust::Verified),
        Channel::Chat => read(IdentifierType::Email, Trust::Typed),
        _ => read(IdentifierType::Phone, Trust::Verified),
    };
    made.claims = given
        .iter()
        .map(|given| (given.identifier.clone(), given.trust))
        .collect();
    made.reason = Some(reason(
        if name.is_empty() {
            Rule::NoClaim
        } else {
            Rule::FirstClaimed
        },
        given.clone(),
    ));
    made.provided = given.into_iter().collect();
    made
}

pub fn reason(rule: Rule, given: Option<Provided>) -> Reason {
    Reason {
        rule,
        version: 1,
        decided: (rule == Rule::FirstClaimed && given.is_some()).then_some(0),
        provided: given.into_iter().collect(),
        claim: None,
        rivals: Vec::new(),
        actor: None,
        at: minutes(3),
    }
}

/// Linked, with a rival, and every kind of field.
pub fn efa() -> Profile {
    let mut contact = contact(EFA, ContactType::Curated, "Efa Byrne");
    let fields = &mut contact.fields;
    fields.title = Some("Owner".to_owned());
    fields.cell_phone = Some(Phone::read("+353861234567", None));
    fields.home_phone = Some(Phone::read("021 4321 987", None));
    fields.personal_email = Some("efa@example.ie".to_owned());
    fields.address1 = Some("12 Paul Street".to_owned());
    fields.city = Some("Cork".to_owned());
    fields.country_code = Some("IE".to_owned());
    fields.whatsapp = Some(Social {
        id: "353861234567".to_owned(),
        name: Some("Efa".to_owned()),
        ..Social::default()
    });
    fields.external_ids = vec![ExternalId {
        source: "Salesforce".to_owned(),
        value: "CRM-20418".to_owned(),
    }];
    fields.survey_opt_out = Some(true);
    fields.custom = Some(Custom {
        schema: serde_json::json!({"id": "s", "name": "Loyalty"}),
        values: BTreeMap::from([
            ("tier".to_owned(), serde_json::json!("gold")),
            ("points".to_owned(), serde_json::json!(1250)),
        ]),
    });
    let mut made = profile(contact, ProfileState::Rivals);
    made.organization = Some("Byrne & Daughters".to_owned());
    made.conversation = Some(conversation_id(1));
    let number = phone("+353861234567");
    let given = Provided {
        identifier: number.clone(),
        typed: "+353861234567".to_owned(),
        trust: Trust::Verified,
    };
    made.reason = Some(reason(Rule::FirstClaimed, Some(given.clone())));
    made.provided = vec![given];
    made.claims = vec![
        (number.clone(), Trust::Verified),
        (email("efa@example.ie"), Trust::Verified),
        (
            Identifier::read(IdentifierType::Cookie, "f7a1c0de-visit", None, None).unwrap(),
            Trust::Verified,
        ),
    ];
    let claire = Brief {
        id: contact_id(50),
        kind: ContactType::Curated,
        name: "Claire Byrne".to_owned(),
        says: None,
        detail: "claire@example.ie".to_owned(),
    };
    made.rivals = vec![(claire, number)];
    made.suggestions = vec![Brief {
        id: contact_id(51),
        kind: ContactType::Identified,
        name: String::new(),
        says: None,
        detail: "+353 21 432 1987".to_owned(),
    }];
    made.notes = vec![
        note(
            1,
            "Asked for the second invoice again. Promised to send it by Friday; she will call if it does not come. Prefers e-mail, and not before ten in the morning.",
        ),
        note(2, "Moved to Cork."),
    ];
    made.ancestors = vec![contact_id(90), contact_id(91)];
    made
}

fn note(number: u128, text: &str) -> Note {
    Note {
        id: note_id(number),
        contact: contact_id(EFA),
        text: text.to_owned(),
        author: "K. Osei".to_owned(),
        created: minutes(60 * 24 * 19),
        modified: minutes(60 * 24 * 19),
    }
}

/// Nobody known: the conversation provided a name and an address.
pub fn jon() -> Profile {
    let mut made = profile(
        contact(JON, ContactType::Identified, ""),
        ProfileState::Provided,
    );
    let identifier = email("j.ortega@example.com");
    made.provided_name = Some("Jon Ortega".to_owned());
    made.conversation = Some(conversation_id(2));
    made.claims = vec![(identifier.clone(), Trust::Verified)];
    let given = Provided {
        identifier,
        typed: "j.ortega@example.com".to_owned(),
        trust: Trust::Verified,
    };
    made.reason = Some(reason(Rule::NoClaim, Some(given.clone())));
    made.provided = vec![given];
    made.expires = Some(Expires::At(now().plus_days(60)));
    made
}

fn claire() -> Profile {
    profile(
        contact(50, ContactType::Curated, "Claire Byrne"),
        ProfileState::Alone,
    )
}
