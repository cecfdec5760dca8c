//! Traces of a person that is erased, in texts of others: finding them, and taking them out.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::fault::Step;
use crate::domain::contact::ContactId;
use crate::domain::conversation::Participant;
use crate::domain::erasure::Erasure;
use crate::domain::facts::VisitRecord;
use crate::domain::identifier::{Identifier, IdentifierType};
use crate::domain::reason::Link;
use crate::domain::record::ConversationRecord;
use crate::domain::transcript::{Author, Message};

/// A text is looked for from so many characters on; a shorter one only where it stands as an identifier.
const CHARS_MIN: usize = 5;
/// What stands where a value was.
const ERASED: &str = "erased";

/// What a person is known by, as it stands in JSON.
pub struct Trace<'e> {
    people: &'e [ContactId],
    identifiers: BTreeSet<&'e Identifier>,
    texts: BTreeSet<String>,
    /// The texts and the ids of the people, as JSON writes them between quotes.
    written: HashSet<Vec<u8>>,
    /// The ids of organizations that are the person's alone, in the same way.
    organizations: HashSet<Vec<u8>>,
    /// Type and value of each identifier in the same way.
    claimed: HashSet<(Vec<u8>, Vec<u8>)>,
}

impl<'e> Trace<'e> {
    /// What is the person's alone; texts that stand for something of somebody else's too stay in their records.
    pub fn own(erasure: &'e Erasure) -> Step<Self> {
        let mut trace = Self::new(&erasure.people, erasure.own.iter(), erasure.typed.iter())?;
        trace.texts.retain(|text| !erasure.theirs.contains(text));
        Ok(trace)
    }

    /// What the journal forgets.
    pub fn all(erasure: &'e Erasure) -> Step<Self> {
        let identifiers = erasure.own.iter().chain(&erasure.shared);
        let texts = erasure.typed.iter().chain(&erasure.texts);
        let mut trace = Self::new(&erasure.people, identifiers, texts)?;
        let ids = erasure.organizations.iter();
        trace.organizations = ids.map(|id| id.to_string().into_bytes()).collect();
        Ok(trace)
    }

    fn new(
        people: &'e [ContactId],
        identifiers: impl Iterator<Item = &'e Identifier>,
        texts: impl Iterator<Item = &'e String>,
    ) -> Step<Self> {
        let identifiers: BTreeSet<&Identifier> = identifiers.collect();
        let values = identifiers.iter().map(|one| &one.value);
        let texts: BTreeSet<String> = texts
            .chain(values)
            .filter(|text| CHARS_MIN <= text.chars().count())
            .cloned()
            .collect();
        let mut trace = Self {
            people,
            identifiers,
            texts,
            written: HashSet::new(),
            organizations: HashSet::new(),
            claimed: HashSet::new(),
        };
        for text in &trace.texts {
            trace.written.insert(written(text)?);
        }
        for id in people {
            trace.written.insert(id.to_string().into_bytes());
        }
        for one in &trace.identifiers {
            let key = (one.kind.name().as_bytes().to_vec(), written(&one.value)?);
            trace.claimed.insert(key);
        }
        Ok(trace)
    }

    pub fn people(&self) -> &[ContactId] {
        self.people
    }

    /// True when a JSON text has one of the traces as a whole string, or as an identifier.
    pub fn is_in(&self, json: &str) -> bool {
        let mut kind: &[u8] = &[];
        let mut before: &[u8] = &[];
        for string in Strings(json.as_bytes()) {
            if self.written.contains(string) || self.is_email(string) {
                return true;
            }
            match before {
                b"kind" => kind = string,
                // Contacts that belonged to one name it otherwise.
                b"id" if self.organizations.contains(string) => return true,
                b"value" if self.is_claimed(kind, string) => return true,
                _ => {}
            }
            before = string;
        }
        false
    }

    /// True for an e-mail address of the person, however somebody else typed it in a field of their own.
    fn is_email(&self, string: &[u8]) -> bool {
        let typed = std::str::from_utf8(string).ok();
        let typed = typed.filter(|typed| typed.contains('@'));
        let read = typed.map(|typed| Identifier::read(IdentifierType::Email, typed, None, None));
        matches!(read, Some(Ok(identifier)) if self.identifiers.contains(&identifier))
    }

    fn is_claimed(&self, kind: &[u8], value: &[u8]) -> bool {
        self.claimed.contains(&(kind.to_vec(), value.to_vec()))
    }

    /// A conversation of somebody else without the person: their part keeps its place and its times.
    pub fn taken_from(&self, record: &ConversationRecord) -> Step<ConversationRecord> {
        let mut after = record.clone();
        let mut texts = self.texts.clone();
        let is_persons = |link: &Link| self.people.contains(&link.contact);
        let mut parts: BTreeSet<String> = BTreeSet::new();
        for (participant, link) in &record.others {
            if is_persons(link) {
                parts.insert(participant.clone());
            }
        }
        after.others.retain(|(_, link)| !is_persons(link));
        let others = after.others.iter_mut().map(|(_, link)| link);
        for link in others.chain([&mut after.link]) {
            self.take_evidence(link, &mut texts);
        }
        for participant in &mut after.conversation.participants {
            if parts.contains(&participant.id) || is_reached_by(participant, &texts) {
                clear(participant);
            }
        }
        after.conversation = replaced(&after.conversation, &texts)?;
        after.wrapup = replaced(&after.wrapup, &texts)?;
        Ok(after)
    }

    /// A visit of somebody else without the person.
    pub fn taken_from_visit(&self, record: &VisitRecord) -> Step<VisitRecord> {
        let mut after = record.clone();
        let mut texts = self.texts.clone();
        self.take_evidence(&mut after.link, &mut texts);
        after.visit = replaced(&after.visit, &texts)?;
        Ok(after)
    }

    /// A message of somebody else's conversation without the person. What they wrote themselves goes whole.
    pub fn taken_from_message(&self, message: &Message) -> Step<Message> {
        let mut after = message.clone();
        let wrote = message.author == Author::Person
            && [
                message.name.as_deref(),
                text_member(&message.rest, "fromAddress"),
            ]
            .into_iter()
            .flatten()
            .any(|text| is_among(text, &self.texts) || self.is_email(text.as_bytes()));
        if wrote {
            ERASED.clone_into(&mut after.text);
            after.name = None;
            after.parts.clear();
            after.rest.clear();
        }
        replaced(&after, &self.texts)
    }

    /// Takes the person's identifiers from the evidence of a link, and notes how they were written.
    fn take_evidence(&self, link: &mut Link, texts: &mut BTreeSet<String>) {
        let reason = &mut link.reason;
        let deciding = reason.deciding().map(|one| one.identifier.clone());
        let is_own = |one: &Identifier| self.identifiers.contains(one);
        for one in reason.provided.iter().filter(|one| is_own(&one.identifier)) {
            texts.insert(one.typed.clone());
        }
        reason.provided.retain(|one| !is_own(&one.identifier));
        let mut left = reason.provided.iter();
        reason.decided = deciding.and_then(|one| left.position(|own| own.identifier == one));
        reason.rivals.retain(|rival| !self.people.contains(rival));
    }
}

fn text_member<'m>(members: &'m serde_json::Map<String, Json>, name: &str) -> Option<&'m str> {
    members.get(name).and_then(Json::as_str)
}

/// A text as JSON writes it between quotes.
fn written(text: &str) -> Step<Vec<u8>> {
    let mut json = serde_json::to_vec(text)?;
    json.pop();
    json.remove(0);
    Ok(json)
}

fn is_reached_by(participant: &Participant, texts: &BTreeSet<String>) -> bool {
    let mut legs = participant.legs.iter();
    legs.any(|leg| leg.addresses.iter().any(|address| texts.contains(address)))
}

/// Takes from a participant what says who it was.
fn clear(participant: &mut Participant) {
    participant.name = None;
    participant.external_contact = None;
    participant.rest.clear();
    for leg in &mut participant.legs {
        leg.addresses.clear();
        leg.customer = None;
        leg.rest.clear();
        for segment in &mut leg.segments {
            segment.subject = None;
            segment.wrapup_note = None;
            segment.rest.clear();
        }
    }
}

/// The value with every string that is one of `texts` replaced.
fn replaced<T: Serialize + DeserializeOwned>(value: &T, texts: &BTreeSet<String>) -> Step<T> {
    let mut json = serde_json::to_value(value)?;
    replace(&mut json, texts);
    Ok(serde_json::from_value(json)?)
}

fn replace(json: &mut Json, texts: &BTreeSet<String>) {
    match json {
        Json::String(text) if is_among(text, texts) => ERASED.clone_into(text),
        Json::Array(items) => items.iter_mut().for_each(|item| replace(item, texts)),
        Json::Object(members) => members
            .values_mut()
            .for_each(|member| replace(member, texts)),
        Json::String(_) | Json::Number(_) | Json::Bool(_) | Json::Null => {}
    }
}

/// True when a text is one of `texts`, also as the address of a call or a mail.
fn is_among(text: &str, texts: &BTreeSet<String>) -> bool {
    let bare = ["tel:", "sip:", "mailto:"]
        .into_iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    let at = |bare: &str| bare.split(['@', ';']).next().map(str::to_owned);
    texts.contains(text)
        || bare.is_some_and(|bare| {
            texts.contains(bare) || at(bare).is_some_and(|bare| texts.contains(&bare))
        })
}

/// The strings of a JSON text as they are written, without their quotes.
struct Strings<'t>(&'t [u8]);

impl<'t> Iterator for Strings<'t> {
    type Item = &'t [u8];

    fn next(&mut self) -> Option<&'t [u8]> {
        let start = self.0.iter().position(|byte| *byte == b'"')? + 1;
        let mut end = start;
        while *self.0.get(end)? != b'"' {
            end += if self.0[end] == b'\\' { 2 } else { 1 };
        }
        let string = &self.0[start..end];
        self.0 = &self.0[end + 1..];
        Some(string)
    }
}
