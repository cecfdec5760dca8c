//! A person with planted values: each has a token in it that stands nowhere else, or is a number of their own.

use scv_desk::backend::Backend;
use scv_desk::domain::command::{Claiming, Command, Edit, Expected, Match, Sharing, Sure};
use scv_desk::domain::contact::{Custom, ExternalId, NoteId};
use scv_desk::domain::{
    ContactId, ConversationId, FactKey, Facts, Field, Fields, Identifier, IdentifierType, Value,
};
use scv_desk::store::{Store, VisitFilter};
use scv_desk::wire::{csv, ingest};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Office;

/// A person.
pub struct Person(u32);

impl Person {
    /// Numbers that a person has.
    pub const PHONES: u32 = 6;

    pub fn new(n: u32) -> Self {
        Self(n)
    }

    fn hash(&self, salt: &str) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(salt);
        hasher.update(self.0.to_be_bytes());
        hasher.finalize().into()
    }

    /// Sixteen letters that are this person's alone. One in the middle of those that are looked for is of letters
    /// that stand nowhere else in them nor in a seal: in a large store any eight letters come up by chance.
    pub fn token(&self) -> String {
        let letters = self.hash("token").into_iter().take(16).enumerate();
        letters
            .map(|(at, byte)| match at {
                12 => char::from(b'q' + byte % 10),
                _ => char::from(b'a' + byte % 16),
            })
            .collect()
    }

    /// A number of this person's alone, in E.164.
    pub fn phone(&self, n: u32) -> String {
        // Multiplying by a number that shares no factor with ten million gives each its own.
        let number = u64::from(self.0 * Self::PHONES + n - 1) * 7_654_321 % 10_000_000;
        format!("+35386{number:07}")
    }

    pub fn last_name(&self) -> String {
        format!("Quillfeather{}", self.token())
    }

    pub fn email(&self, what: &str) -> String {
        format!("{what}.{}@example.ie", self.token())
    }

    fn say(&self, words: &str) -> String {
        format!("{words} {}", self.token())
    }

    fn id(&self, what: &str) -> Uuid {
        let hash = self.hash(what);
        Uuid::from_slice(&hash[..16]).unwrap()
    }

    fn conversation(&self, what: &str) -> ConversationId {
        ConversationId(self.id(what))
    }

    fn external(&self) -> Identifier {
        Identifier {
            kind: IdentifierType::ExternalId,
            value: format!("CRM-{}", self.token()),
            source: Some("CRM".to_owned()),
        }
    }

    /// The contact that is this person now.
    pub async fn found(&self, office: &Office) -> ContactId {
        let key = FactKey::Claim(self.external());
        let facts = office.store.load(vec![key], Facts::default()).await;
        let facts = facts.unwrap();
        facts
            .claim(&self.external())
            .unwrap()
            .clone()
            .unwrap()
            .contact
    }

    /// Comes with an import, calls once and gets a note.
    pub async fn comes(&self, office: &Office) {
        let batch = office.store.next_batch().await.unwrap();
        let options = csv::Options {
            batch,
            matching: vec![Match::ExternalId],
            ..csv::Options::default()
        };
        let (token, last, phone) = (self.token(), self.last_name(), self.phone(1));
        let (personal, company) = (self.email("personal"), self.say("Sole Trader"));
        let text = format!(
            "External ID,First Name,Last Name,Title,Company,Cell Phone,Personal Email,City\n\
            CRM-{token},Fenella{token},{last},Dr {token},{company},{phone},{personal},Port {token}\n"
        );
        let rows = csv::Rows::open(text.as_bytes(), options).unwrap();
        for row in rows {
            let command = Command::Import(Box::new(row.unwrap().read.unwrap()));
            let done =
                office
                    .backend
                    .run_all(vec![command], Some(batch), scv_desk::store::Keep::Commit);
            done.await.remove(0).unwrap();
        }
        self.ingest(office, self.call("first call", Some(&phone), "Fenella"))
            .await;
        let contact = self.found(office).await;
        office
            .act(note(contact, &self.say("wants a call back")))
            .await;
    }

    /// Everything that can happen to a person.
    pub async fn lives(&self, office: &Office) {
        self.comes(office).await;
        self.writes(office).await;
        self.is_edited(office).await;
        self.is_noted(office).await;
        self.is_linked(office).await;
        self.is_merged(office).await;
        self.is_marked(office).await;
        self.takes_part(office).await;
    }

    async fn ingest(&self, office: &Office, json: Json) {
        let line = json.to_string();
        for item in ingest::Reader::new(line.as_bytes()) {
            office
                .act(match item.unwrap() {
                    ingest::Item::Conversation(one) => Command::Resolve(Box::new(*one)),
                    ingest::Item::Visit(one) => Command::ResolveVisit(Box::new(*one)),
                    ingest::Item::Message(one) => Command::TakeMessage(one),
                })
                .await;
        }
    }

    /// A call; withheld without a number.
    fn call(&self, what: &str, number: Option<&str>, name: &str) -> Json {
        let ani = number.map(|number| format!("tel:{number}"));
        let segment = json!({"segmentStart": "2026-11-20T10:00:00Z", "segmentEnd": "2026-11-20T10:05:00Z",
            "segmentType": "interact"});
        let wrapup = json!({"segmentStart": "2026-11-20T10:05:00Z", "segmentEnd": "2026-11-20T10:06:00Z",
            "segmentType": "wrapup", "wrapUpCode": "solved", "wrapUpNote": self.say("noted by the agent")});
        json!({
            "conversationId": self.id(what), "conversationStart": "2026-11-20T10:00:00Z",
            "conversationEnd": "2026-11-20T10:06:00Z", "originatingDirection": "inbound",
            "participants": [
                {"participantId": "c", "participantName": self.say(name), "purpose": "customer",
                    "attributes": {"order": self.say("lawn mower")},
                    "sessions": [{"sessionId": "s", "mediaType": "voice", "direction": "inbound", "ani": ani,
                        "segments": [segment]}]},
                {"participantId": "a", "participantName": "Graham Dooey", "purpose": "agent", "userId": "graham",
                    "sessions": [{"sessionId": "t", "mediaType": "voice", "direction": "inbound", "ani": ani,
                        "segments": [segment, wrapup]}]},
            ],
        })
    }

    /// E-mail, chat, a social message and a web visit.
    async fn writes(&self, office: &Office) {
        let mut mail = self.call("mail", None, "Nella");
        let session = &mut mail["participants"][0]["sessions"][0];
        session["mediaType"] = json!("email");
        session["addressFrom"] = json!(self.email("personal"));
        session["segments"][0]["subject"] = json!(self.say("my order"));
        self.ingest(office, mail).await;
        let mut chat = self.call("chat", None, "nelly");
        chat["participants"][0]["sessions"][0]["mediaType"] = json!("chat");
        chat["participants"][0]["attributes"] = json!({
            "context.email": self.email("typed"), "context.phone": self.phone(2),
            "context.comment": self.say("typed into the form"),
        });
        self.ingest(office, chat).await;
        let mut social = self.call("social", None, "Nell");
        let session = &mut social["participants"][0]["sessions"][0];
        session["mediaType"] = json!("message");
        session["messageType"] = json!("facebook");
        session["addressFrom"] = json!(format!("fb-{}", self.token()));
        self.ingest(office, social).await;
        self.ingest(office, self.message("social")).await;
        self.browses(office).await;
    }

    /// A message that the person wrote in a conversation.
    fn message(&self, what: &str) -> Json {
        json!({
            "id": format!("message-{}", self.id(what)), "conversationId": self.id(what), "direction": "inbound",
            "timestamp": "2026-11-20T10:02:00.000Z", "status": "received",
            "fromAddress": self.phone(1), "oddity": {"kept": self.say("as it came")},
            "normalizedMessage": {"type": "Text", "text": self.say("my parcel is late"),
                "channel": {"from": {"id": "x", "nickname": self.say("Nella")}}},
        })
    }

    async fn browses(&self, office: &Office) {
        let (id, cookie) = (self.id("visit"), format!("cookie-{}", self.token()));
        let page = json!({"url": format!("https://shop.example/account/{}", self.token()),
            "title": self.say("Account of"), "pathname": format!("/account/{}", self.token())});
        let event = json!({"id": "e1", "customerId": cookie, "customerIdType": "cookie",
            "session": {"id": id, "type": "web"}, "eventType": "com.genesys.journey.WebEvent",
            "createdDate": "2026-11-21T10:01:00Z",
            "webEvent": {"eventName": "page_viewed", "page": page,
                "traits": {"email": self.email("personal"), "givenName": self.say("Fen")},
                "attributes": {"basket": self.say("hedge trimmer")}}});
        let visit = json!({"id": id, "type": "web", "customerId": cookie, "customerIdType": "cookie",
            "createdDate": "2026-11-21T10:00:00Z", "endedDate": "2026-11-21T10:10:00Z",
            "ipAddress": "198.51.100.7", "searchTerms": [self.say("garden tools")], "events": [event]});
        self.ingest(office, visit).await;
    }

    pub async fn edits(&self, office: &Office, field: Field, text: &str) -> u64 {
        let contact = self.found(office).await;
        let value = Value::read(field, text, None).unwrap();
        let edits = vec![Edit {
            field,
            before: Expected::Anything,
            after: value,
        }];
        let done = office.act(Command::Edit { contact, edits }).await;
        done.entry.map_or(0, |entry| entry.0)
    }

    async fn is_edited(&self, office: &Office) {
        self.edits(office, Field::WorkPhone, &self.phone(3)).await;
        self.edits(office, Field::Address1, &self.say("1 Main Street"))
            .await;
        let entry = self
            .edits(office, Field::LastName, &self.say("Wrongname"))
            .await;
        undo(office, entry).await;
        self.edits(office, Field::LastName, &format!("Maiden{}", self.token()))
            .await;
        self.edits(office, Field::LastName, &self.last_name()).await;
        self.edits(office, Field::PostalCode, &self.say("D02"))
            .await;
    }

    async fn is_noted(&self, office: &Office) {
        let contact = self.found(office).await;
        office.act(note(contact, &self.say("first thought"))).await;
        let note = self.newest_note(office).await;
        let text = self.say("second thought");
        office.act(Command::EditNote { note, text }).await;
        office.act(Command::DeleteNote { note }).await;
        let long = self.say("a long story ").repeat(400);
        office.act(super::person::note(contact, &long)).await;
        let notes = Some(self.say("wrapped up by hand"));
        let (conversation, code) = (self.conversation("first call"), "solved".to_owned());
        let wrapup = Command::WrapUp {
            conversation,
            code,
            notes,
        };
        office.act(wrapup).await;
    }

    async fn newest_note(&self, office: &Office) -> NoteId {
        let contact = self.found(office).await;
        let notes = office.store.notes(vec![contact]).await.unwrap();
        let text = self.say("first thought");
        notes.iter().find(|note| note.text == text).unwrap().id
    }

    /// Calls that a person links, takes off and puts back.
    async fn is_linked(&self, office: &Office) {
        let withheld = self.call("withheld", None, "Withheld");
        self.ingest(office, withheld).await;
        let contact = self.found(office).await;
        let link = Command::Link {
            conversation: self.conversation("withheld"),
            contact,
            claiming: Claiming::Leave,
        };
        office.act(link).await;
        let unlink = Command::Unlink {
            conversation: self.conversation("mail"),
            sharing: Sharing::Leave,
        };
        let entry = office.act(unlink).await.entry.unwrap();
        undo(office, entry.0).await;
        let (stranger, number) = ("from another phone", self.phone(5));
        self.ingest(office, self.call(stranger, Some(&number), "Caller"))
            .await;
        let link = Command::Link {
            conversation: self.conversation(stranger),
            contact,
            claiming: Claiming::Move,
        };
        office.act(link).await;
    }

    /// Merges with a contact that somebody made by hand, and with what the messages and the web made.
    async fn is_merged(&self, office: &Office) {
        let custom = Custom {
            schema: json!({"id": "loyalty", "version": 1}),
            values: [("card".to_owned(), json!(self.say("gold")))].into(),
        };
        let id = format!("ERP-{}", self.token());
        let fields = Fields {
            first_name: Some(format!("Ella{}", self.token())),
            last_name: Some(self.last_name()),
            other_email: Some(self.email("other")),
            external_ids: vec![ExternalId {
                source: "ERP".to_owned(),
                value: id,
            }],
            custom: Some(custom),
            ..Fields::default()
        };
        let create = Command::Create {
            fields: Box::new(fields),
            link: None,
        };
        let twin = office.act(create).await.contact.unwrap();
        office.act(note(twin, &self.say("on the twin"))).await;
        let mut contacts = vec![self.found(office).await, twin];
        let first = self.merges(office, contacts.clone()).await;
        undo(office, first).await;
        for what in ["chat", "social"] {
            let record = office.store.conversation(self.conversation(what)).await;
            let contact = record.unwrap().unwrap().link.contact;
            if !contacts.contains(&contact) {
                contacts.push(contact);
            }
        }
        self.merges(office, contacts).await;
        let merged = self.found(office).await;
        let visits = office.store.visits(VisitFilter::of(
            vec![merged],
            scv_desk::domain::Moment(0),
            10,
        ));
        let _ = visits.await.unwrap();
    }

    async fn merges(&self, office: &Office, contacts: Vec<ContactId>) -> u64 {
        let merge = Command::Merge {
            contacts,
            takes: Vec::new(),
            sure: Sure::AskedTwice,
        };
        office.act(merge).await.entry.unwrap().0
    }

    async fn is_marked(&self, office: &Office) {
        self.edits(office, Field::HomePhone, &self.phone(4)).await;
        let identifier = phone(&self.phone(4));
        office.act(Command::Share { identifier }).await;
        let identifier = phone(&self.phone(6));
        office
            .act(Command::Claim {
                contact: self.found(office).await,
                identifier: identifier.clone(),
            })
            .await;
        office
            .act(Command::Release {
                contact: self.found(office).await,
                identifier: identifier.clone(),
            })
            .await;
        let contact = self.found(office).await;
        office
            .act(Command::Claim {
                contact,
                identifier,
            })
            .await;
    }

    /// A conference of somebody else, whose number is withheld.
    async fn takes_part(&self, office: &Office) {
        let mut conference = self.call("conference", None, "x");
        let number = self.phone(1);
        let participants = conference["participants"].as_array_mut().unwrap();
        let mut guest = participants[0].clone();
        participants[0]["participantName"] = json!("Nobody In Particular");
        participants[0]["attributes"] = json!({});
        participants[1]["sessions"][0]["segments"][1]["wrapUpNote"] = json!("a conference");
        participants[1]["sessions"][0]["ani"] = json!(format!("tel:{number}"));
        guest["participantId"] = json!("guest");
        guest["purpose"] = json!("external");
        guest["sessions"][0]["ani"] = json!(format!("tel:{number}"));
        participants.push(guest);
        self.ingest(office, conference).await;
        let found = office.store.conversation(self.conversation("conference"));
        let record = found.await.unwrap().unwrap();
        assert_eq!(record.others.len(), 1, "the person takes part");
        // What they wrote in somebody else's conversation.
        self.ingest(office, self.message("conference")).await;
    }
}

fn phone(value: &str) -> Identifier {
    Identifier {
        kind: IdentifierType::Phone,
        value: value.to_owned(),
        source: None,
    }
}

pub fn note(contact: ContactId, text: &str) -> Command {
    Command::AddNote {
        contact,
        text: text.to_owned(),
    }
}

async fn undo(office: &Office, entry: u64) {
    let entry = scv_desk::domain::command::EntryId(entry);
    office.backend.run(Command::Undo { entry }).await.unwrap();
}
