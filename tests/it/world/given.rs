//! Short ways to say who is there, who calls and who does what.

use scv_desk::domain::command::{
    Claiming, Edit, EntryId, Expected, ImportRow, Match, Sharing, Sure,
};
use scv_desk::domain::contact::ExternalId;
use scv_desk::domain::conversation::{Direction, Leg, Part, Participant, Segment};
use scv_desk::domain::visit::{Visit, VisitId};
use scv_desk::domain::{
    Actor, Channel, Command, Contact, ContactId, Conversation, ConversationId, Field, Fields,
    Identifier, IdentifierType, Moment, Refusal, Role, Value,
};
use uuid::Uuid;

use super::{Done, World};

/// 2026-03-02T09:00:00Z.
pub const START: Moment = Moment(1_772_442_000_000);

pub const EFA: &str = "+353861234567";
pub const CLAIRE: &str = "+353872345678";
pub const ADA: &str = "+353853456789";

/// Ava, in a bundled role.
pub fn ava(role: &str) -> Actor {
    by("Ava", role)
}

/// Somebody in a bundled role.
pub fn by(name: &str, role: &str) -> Actor {
    Actor {
        name: name.to_owned(),
        role: Role::bundled(role).unwrap(),
    }
}

pub fn conversation_id(n: u128) -> ConversationId {
    ConversationId(Uuid::from_u128(0xC0_0000 + n))
}

pub fn phone(value: &str) -> Identifier {
    read(IdentifierType::Phone, value)
}

pub fn whatsapp(value: &str) -> Identifier {
    read(IdentifierType::SocialWhatsapp, value)
}

pub fn email(value: &str) -> Identifier {
    read(IdentifierType::Email, value)
}

pub fn cookie(value: &str) -> Identifier {
    read(IdentifierType::Cookie, value)
}

/// An external id of the source `CRM`.
pub fn external(value: &str) -> Identifier {
    read(IdentifierType::ExternalId, value)
}

pub fn read(kind: IdentifierType, value: &str) -> Identifier {
    Identifier::read(kind, value, None, None).unwrap()
}

/// Fields as typed into a form.
pub fn fields(typed: &[(Field, &str)]) -> Fields {
    let mut fields = Fields::default();
    for (field, text) in typed {
        fields.set(*field, Value::read(*field, text, Some("IE")).unwrap());
    }
    fields
}

/// Adds external ids of the source `CRM`.
pub fn with_ids(mut fields: Fields, ids: &[&str]) -> Fields {
    fields.external_ids.extend(ids.iter().map(|id| ExternalId {
        source: "CRM".to_owned(),
        value: (*id).to_owned(),
    }));
    fields
}

/// An edit that overwrites whatever stands there; an empty text clears the field.
pub fn edit(field: Field, text: &str) -> Edit {
    Edit {
        field,
        before: Expected::Anything,
        after: Value::read(field, text, Some("IE")).unwrap(),
    }
}

/// A row of an import, matched by external id, phone and e-mail.
pub fn row(fields: Fields) -> Command {
    Command::Import(Box::new(ImportRow {
        fields,
        company: None,
        matching: vec![Match::ExternalId, Match::Phone, Match::Email],
        batch: 1,
    }))
}

/// A conversation with one outside participant on one channel.
pub fn seen(n: u128, channel: Channel, addresses: &[&str]) -> Conversation {
    Conversation {
        id: conversation_id(n),
        start: START,
        end: None,
        direction: Direction::Inbound,
        channel,
        divisions: Vec::new(),
        participants: vec![party("p1", channel, addresses)],
        rest: serde_json::Map::new(),
    }
}

/// Somebody outside on a channel.
pub fn party(id: &str, channel: Channel, addresses: &[&str]) -> Participant {
    let segment = Segment {
        kind: "interact".to_owned(),
        start: START,
        end: None,
        queue: None,
        wrapup_code: None,
        wrapup_note: None,
        subject: None,
        disconnect: None,
        rest: serde_json::Map::new(),
    };
    let leg = Leg {
        id: format!("{id}-leg"),
        channel,
        media: channel.name().to_owned(),
        message: None,
        direction: Direction::Inbound,
        addresses: addresses.iter().map(|text| (*text).to_owned()).collect(),
        customer: None,
        authenticated: false,
        bot: None,
        segments: vec![segment],
        rest: serde_json::Map::new(),
    };
    Participant {
        id: id.to_owned(),
        part: Part::Outside,
        purpose: "customer".to_owned(),
        name: None,
        user: None,
        legs: vec![leg],
        external_contact: None,
        rest: serde_json::Map::new(),
    }
}

/// A web message of a browser, signed in as `id` when one is given, with what the visitor typed.
pub fn web(n: u128, cookie: Option<&str>, id: Option<&str>, typed: &[&str]) -> Conversation {
    let mut addresses: Vec<&str> = Vec::from_iter(id);
    addresses.extend(typed);
    let mut conversation = seen(n, Channel::WebMessaging, &addresses);
    let leg = &mut conversation.participants[0].legs[0];
    leg.customer = cookie.map(|value| (value.to_owned(), "cookie".to_owned()));
    leg.authenticated = id.is_some();
    conversation
}

/// A web visit of a browser with what the site learned.
pub fn visit(n: u128, cookie: &str, id: Option<&str>, traits: &[(&str, &str)]) -> Visit {
    Visit {
        id: VisitId(Uuid::from_u128(0x51_0000 + n)),
        start: START,
        end: None,
        last: START,
        kind: "web".to_owned(),
        customer: cookie.to_owned(),
        customer_kind: "cookie".to_owned(),
        authenticated: id.is_some(),
        external_id: id.map(str::to_owned),
        traits: traits
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
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

impl World {
    /// Does something as Ava in a bundled role.
    pub fn act(&mut self, role: &str, command: Command) -> Result<Done, Refusal> {
        self.run(&ava(role), &command)
    }

    /// Sees a conversation; its id.
    pub fn sees(&mut self, conversation: &Conversation) -> ConversationId {
        let command = Command::Resolve(Box::new(conversation.clone()));
        self.run(&by("scv ingest", "admin"), &command).unwrap();
        conversation.id
    }

    /// Sees a call from a number.
    pub fn call(&mut self, n: u128, number: &str) -> ConversationId {
        self.sees(&seen(n, Channel::Call, &[number]))
    }

    /// Sees a web visit; its contact.
    pub fn visits_site(&mut self, visit: &Visit) -> ContactId {
        let command = Command::ResolveVisit(Box::new(visit.clone()));
        self.run(&by("scv ingest", "admin"), &command).unwrap();
        self.visit_links[&visit.id].contact
    }

    /// A Curated contact made with New contact.
    pub fn keep(&mut self, name: &str, typed: &[(Field, &str)]) -> ContactId {
        let (first, last) = name.split_once(' ').unwrap();
        let mut form = fields(typed);
        form.first_name = Some(first.to_owned());
        form.last_name = Some(last.to_owned());
        self.keep_fields(form)
    }

    pub fn keep_fields(&mut self, form: Fields) -> ContactId {
        let fields = Box::new(form);
        let command = Command::Create { fields, link: None };
        self.act("agent", command).unwrap().contact.unwrap()
    }

    /// Exactly the contact that a conversation is linked to.
    pub fn linked_to(&self, conversation: ConversationId) -> ContactId {
        self.links[&(conversation, None)].contact
    }

    /// The person of a conversation: the canonical contact.
    pub fn who(&self, conversation: ConversationId) -> ContactId {
        self.head(self.linked_to(conversation)).unwrap().id
    }

    pub fn contact(&self, id: ContactId) -> &Contact {
        &self.contacts[&id]
    }

    pub fn holder(&self, identifier: &Identifier) -> Option<ContactId> {
        self.claims.get(identifier).map(|claim| claim.contact)
    }

    pub fn link(
        &mut self,
        conversation: ConversationId,
        contact: ContactId,
        claiming: Claiming,
    ) -> Result<Done, Refusal> {
        let command = Command::Link {
            conversation,
            contact,
            claiming,
        };
        self.act("agent", command)
    }

    pub fn unlink(
        &mut self,
        conversation: ConversationId,
        sharing: Sharing,
    ) -> Result<Done, Refusal> {
        let command = Command::Unlink {
            conversation,
            sharing,
        };
        self.act("agent", command)
    }

    pub fn merge(&mut self, contacts: &[ContactId]) -> Result<Done, Refusal> {
        let command = Command::Merge {
            contacts: contacts.to_vec(),
            takes: Vec::new(),
            sure: Sure::AskedOnce,
        };
        self.act("agent-merge", command)
    }

    /// Adds the contact to the contacts, with a name if it has none.
    pub fn promote(&mut self, contact: ContactId) -> Result<Done, Refusal> {
        let own = &self.contact(contact).fields;
        let named = [(Field::FirstName, "Ann"), (Field::LastName, "Quinn")];
        let lacking = named
            .into_iter()
            .filter(|(field, _)| own.get(*field).is_none());
        let edits = lacking.map(|(field, name)| edit(field, name)).collect();
        self.act("agent", Command::Promote { contact, edits })
    }

    pub fn edit(&mut self, contact: ContactId, edits: &[Edit]) -> Result<Done, Refusal> {
        let edits = edits.to_vec();
        self.act("agent", Command::Edit { contact, edits })
    }

    pub fn note(&mut self, contact: ContactId, text: &str) -> Result<Done, Refusal> {
        let text = text.to_owned();
        self.act("agent", Command::AddNote { contact, text })
    }

    pub fn undo(&mut self, entry: EntryId) -> Result<Done, Refusal> {
        self.act("admin", Command::Undo { entry })
    }
}
