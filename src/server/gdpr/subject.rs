//! Whom a request is about: people by a name or by what identifies them, each with everybody who was merged with
//! them as one.

use serde_json::{Map, Value, json};

use super::super::call::{Answer, Call};
use super::super::contact::{Resolved, find, merge_set, texts};
use super::super::page::{Page, WINDOW_MAX};
use super::super::problem::Problem;
use crate::backend::Backend;
use crate::domain::contact::{Contact, ContactId};
use crate::domain::facts::{FactKey, Facts};
use crate::domain::{Field, Identifier, IdentifierType};

/// Most people of a search.
const FOUND_MAX: usize = 100;
/// What a subject may be looked for by and is an identifier, in the contract's words.
const KINDS: [(&str, IdentifierType); 8] = [
    ("PHONE", IdentifierType::Phone),
    ("EMAIL", IdentifierType::Email),
    ("TWITTER", IdentifierType::SocialTwitter),
    ("INSTAGRAM", IdentifierType::SocialInstagram),
    ("FACEBOOK", IdentifierType::SocialFacebook),
    ("APPLE_MESSAGES", IdentifierType::AppleOpaqueId),
    ("WHATSAPP", IdentifierType::SocialWhatsapp),
    ("EXTERNAL_ID", IdentifierType::ExternalId),
];
/// The parts of an address, in the order in which it is written.
pub const ADDRESS: [Field; 6] = [
    Field::Address1,
    Field::Address2,
    Field::City,
    Field::State,
    Field::PostalCode,
    Field::CountryCode,
];

/// `GET gdpr/subjects`.
pub async fn subjects(call: Call) -> Result<Answer, Problem> {
    let kind = call.query.required("searchType")?.to_owned();
    let value = call.query.required("searchValue")?.to_owned();
    let people = match kind.as_str() {
        "NAME" => by_name(&call, value).await?,
        "ADDRESS" => return Err(Problem::unserved_part("a search by address")),
        kind => {
            let wanted = identifiers(&call, "searchValue", kind, &value).await?;
            people(&call, &wanted).await?
        }
    };
    let mut entities = Vec::new();
    for id in people.into_iter().take(FOUND_MAX) {
        entities.push(shown(&call, id).await?);
    }
    let total = entities.len();
    let page = Page {
        size: WINDOW_MAX,
        number: 1,
    };
    Ok(Answer::json(page.listing(&call, entities, total)))
}

/// The one person whom the subject of a request names.
pub async fn named(call: &Call, body: &Map<String, Value>) -> Result<ContactId, Problem> {
    let required = || Problem::bad_value("subject", "it is required and is an object");
    let subject = body.get("subject").and_then(Value::as_object);
    let subject = subject.ok_or_else(required)?;
    for name in ["userId", "dialerContactId"] {
        if subject.get(name).is_some_and(|value| !value.is_null()) {
            return Err(Problem::unserved_part(&format!("a subject by {name}")));
        }
    }
    if let Some(id) = text(subject, "externalContactId") {
        let id = id.parse()?;
        return match find(call.site.store(), id, Resolved::Canonical).await {
            Ok(contact) => Ok(contact.id),
            Err(trouble) => Err(call.backend().name_gone(trouble).await.into()),
        };
    }
    let wanted = identifiers_of(call, subject).await?;
    if wanted.is_empty() {
        let why =
            "it names nobody for certain; send the externalContactId that GET gdpr/subjects gives";
        return Err(Problem::bad_value("subject", why));
    }
    match people(call, &wanted).await?.as_slice() {
        [one] => Ok(*one),
        [] => Err(Problem::not_found("a person with this")),
        [_, _, ..] => Err(Problem::conflict(
            "the subject leads to several people; name one by externalContactId",
        )),
    }
}

fn text<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v str> {
    let text = object.get(name).and_then(Value::as_str).map(str::trim);
    text.filter(|text| !text.is_empty())
}

async fn identifiers_of(
    call: &Call,
    subject: &Map<String, Value>,
) -> Result<Vec<Identifier>, Problem> {
    let mut wanted: Vec<(String, String)> = Vec::new();
    for (name, kind) in [("phoneNumbers", "PHONE"), ("emailAddresses", "EMAIL")] {
        let values = texts(subject, name)?;
        wanted.extend(values.into_iter().map(|value| (kind.to_owned(), value)));
    }
    if let Some(value) = text(subject, "externalId") {
        wanted.push(("EXTERNAL_ID".to_owned(), value.to_owned()));
    }
    if let Some(Value::Object(handle)) = subject.get("socialHandle") {
        let part = |name: &str| text(handle, name).unwrap_or_default().to_owned();
        wanted.push((part("type"), part("value")));
    }
    let mut found = Vec::new();
    for (kind, value) in wanted {
        found.extend(identifiers(call, "subject", &kind, &value).await?);
    }
    if let Some(Value::Object(customer)) = subject.get("journeyCustomer") {
        let id = text(customer, "id").unwrap_or_default();
        if text(customer, "type") != Some("cookie") {
            return Err(Problem::unserved_part(
                "a journeyCustomer other than a cookie",
            ));
        }
        let cookie = Identifier::read(IdentifierType::Cookie, id, None, None);
        found.push(cookie.map_err(|why| Problem::bad_value("subject", why.to_string()))?);
    }
    Ok(found)
}

/// What a value may stand for: an external id is one of any source.
async fn identifiers(
    call: &Call,
    member: &str,
    kind: &str,
    value: &str,
) -> Result<Vec<Identifier>, Problem> {
    let known = KINDS.iter().find(|(name, _)| *name == kind);
    let Some((_, kind)) = known else {
        let names = KINDS.map(|(name, _)| name).join(", ");
        let why = format!("its type is NAME or one of {names}");
        return Err(Problem::bad_value(member, why));
    };
    let region = call.backend().options().region.as_deref();
    let read = |source: Option<&str>| {
        let read = Identifier::read(*kind, value, source, region);
        read.map_err(|why| Problem::bad_value(member, why.to_string()))
    };
    match kind {
        IdentifierType::ExternalId => {
            let sources = call.site.catalog.sources().await?;
            let read = sources.iter().map(|source| read(Some(&source.name)));
            read.collect()
        }
        _ => Ok(vec![read(None)?]),
    }
}

/// The canonical contacts that claim one of the identifiers or carry it in a field, of any type.
async fn people(call: &Call, wanted: &[Identifier]) -> Result<Vec<ContactId>, Problem> {
    let store = call.site.store();
    let keys = wanted
        .iter()
        .flat_map(|one| [FactKey::Claim(one.clone()), FactKey::Carriers(one.clone())]);
    let facts = store.load(keys.collect(), Facts::default()).await?;
    let mut ids = Vec::new();
    for one in wanted {
        ids.extend(facts.claim(one)?.as_ref().map(|claim| claim.contact));
        ids.extend(facts.carriers(one)?.iter().copied());
    }
    let mut people = Vec::new();
    for id in ids {
        let head = find(store, id, Resolved::Canonical).await?.id;
        if !people.contains(&head) {
            people.push(head);
        }
    }
    Ok(people)
}

/// Curated contacts whose name fits, as the search finds them.
async fn by_name(call: &Call, name: String) -> Result<Vec<ContactId>, Problem> {
    let found = call.backend().search(name, FOUND_MAX, 0).await?;
    let hits = found.hits.into_iter();
    let named = hits.filter(|hit| !hit.name_matched.is_empty());
    Ok(named.map(|hit| hit.contact).collect())
}

/// A `GDPRSubject`: what is known of the whole merge set.
async fn shown(call: &Call, id: ContactId) -> Result<Value, Problem> {
    let store = call.site.store();
    let head = find(store, id, Resolved::Canonical).await?;
    let mut set = merge_set(store, &head).await?;
    if set.is_empty() {
        set.push(head.id);
    }
    let contacts = store.contacts(set.clone()).await?;
    let mut identifiers: Vec<Identifier> = Vec::new();
    let claims = store.claims(set).await?.into_iter();
    let claimed = claims.map(|(identifier, _)| identifier);
    let carried = contacts.iter().flat_map(|one| one.fields.identifiers());
    for one in claimed.chain(carried) {
        if !identifiers.contains(&one) {
            identifiers.push(one);
        }
    }
    let of = |kind: IdentifierType| -> Vec<&str> {
        let same = identifiers.iter().filter(|one| one.kind == kind);
        same.map(|one| one.value.as_str()).collect()
    };
    let mut shown = json!({
        "externalContactId": head.id.to_string(),
        "phoneNumbers": of(IdentifierType::Phone),
        "emailAddresses": of(IdentifierType::Email),
        "addresses": addresses(&contacts),
    });
    let name = head.fields.full_name();
    if !name.is_empty() {
        shown["name"] = name.into();
    }
    if let Some(value) = of(IdentifierType::ExternalId).first() {
        shown["externalId"] = (*value).into();
    }
    let handle = KINDS.iter().skip(2).find_map(|(name, kind)| {
        let value = of(*kind).first().copied()?;
        (*kind != IdentifierType::ExternalId).then(|| json!({"type": name, "value": value}))
    });
    if let Some(handle) = handle {
        shown["socialHandle"] = handle;
    }
    Ok(shown)
}

/// The addresses of some contacts, each once and on one line.
fn addresses(contacts: &[Contact]) -> Vec<String> {
    let mut all = Vec::new();
    for contact in contacts {
        let parts = ADDRESS.iter().filter_map(|field| {
            let value = contact.fields.get(*field)?;
            Some(value.shown(*field))
        });
        let line = parts.collect::<Vec<_>>().join(", ");
        if !line.is_empty() && !all.contains(&line) {
            all.push(line);
        }
    }
    all
}
