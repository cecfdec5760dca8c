//! What a conversation or visit says of who somebody is, in the order of the table of channels (§4), and the
//! fields that such values go to.

use scv_desk::domain::contact::{ExternalId, Social};
use scv_desk::domain::conversation::{Leg, Participant, Provided, Trust};
use scv_desk::domain::phone::Phone;
use scv_desk::domain::visit::Visit;
use scv_desk::domain::{Channel, Contact, Field, Identifier, IdentifierType, Value};

use super::world::carries;

fn read(kind: IdentifierType, typed: &str, trust: Trust) -> Option<Provided> {
    let identifier = Identifier::read(kind, typed, None, None).ok()?;
    Some(Provided {
        identifier,
        typed: typed.to_owned(),
        trust,
    })
}

fn add(list: &mut Vec<Provided>, one: Option<Provided>) {
    if let Some(one) = one
        && list.iter().all(|other| other.identifier != one.identifier)
    {
        list.push(one);
    }
}

/// The identifiers of a participant in the order of the table of channels.
pub fn provided(party: &Participant) -> Vec<Provided> {
    let mut list = Vec::new();
    for leg in &party.legs {
        provided_by(leg, &mut list);
    }
    list
}

fn provided_by(leg: &Leg, list: &mut Vec<Provided>) {
    use IdentifierType as T;
    let mut all = |kind: T, typed: &[String], trust: Trust| {
        for text in typed {
            add(list, read(kind, text, trust));
        }
    };
    let addresses = &leg.addresses[..];
    let verified = Trust::Verified;
    match leg.channel {
        Channel::Call | Channel::Callback | Channel::Sms => all(T::Phone, addresses, verified),
        Channel::Email => all(T::Email, addresses, verified),
        Channel::Chat => {
            all(T::Email, addresses, Trust::Typed);
            all(T::Phone, addresses, Trust::Typed);
        }
        Channel::WebMessaging => {
            let signed_in = usize::from(leg.authenticated).min(addresses.len());
            let (id, typed) = addresses.split_at(signed_in);
            all(T::ExternalId, id, verified);
            let cookie: Vec<String> = leg.customer.iter().map(|(id, _)| id.clone()).collect();
            all(T::Cookie, &cookie, verified);
            all(T::Email, typed, Trust::Typed);
            all(T::Phone, typed, Trust::Typed);
        }
        Channel::Facebook => all(T::SocialFacebook, addresses, verified),
        Channel::Twitter => all(T::SocialTwitter, addresses, verified),
        Channel::Line => all(T::SocialLine, addresses, verified),
        Channel::Instagram => all(T::SocialInstagram, addresses, verified),
        Channel::Apple => all(T::AppleOpaqueId, addresses, verified),
        Channel::Whatsapp => {
            all(T::SocialWhatsapp, addresses, verified);
            let plus = |text: &String| format!("+{}", text.trim_start_matches('+'));
            let numbers: Vec<String> = addresses.iter().map(plus).collect();
            all(T::Phone, &numbers, verified);
        }
        Channel::Open => {
            let known = |text: &&String| text.starts_with('+') || text.contains('@');
            let ids: Vec<_> = addresses
                .iter()
                .filter(|text| !known(text))
                .cloned()
                .collect();
            all(T::ExternalId, &ids, verified);
            all(T::Phone, addresses, verified);
            all(T::Email, addresses, verified);
        }
        Channel::Cobrowse | Channel::Video | Channel::Web | Channel::Other => {}
    }
}

/// The identifiers of a visit: what the browser is, who signed in, and what the site learned by typing.
pub fn provided_by_visit(visit: &Visit) -> Vec<Provided> {
    use IdentifierType as T;
    let mut list = Vec::new();
    add(&mut list, read(T::Cookie, &visit.customer, Trust::Verified));
    if let Some(id) = &visit.external_id {
        add(&mut list, read(T::ExternalId, id, Trust::Verified));
    }
    for kind in [T::Email, T::Phone] {
        for (_, value) in &visit.traits {
            add(&mut list, read(kind, value, Trust::Typed));
        }
    }
    list
}

/// Puts a value into a free field of its kind; true when one was free.
pub fn fill(contact: &mut Contact, identifier: &Identifier) -> bool {
    use IdentifierType as T;
    if carries(contact, identifier) {
        return true;
    }
    let value = &identifier.value;
    let social = Value::Social(Social {
        id: value.clone(),
        ..Social::default()
    });
    let (slots, value): (&[Field], Value) = match identifier.kind {
        T::Phone => (
            &[
                Field::CellPhone,
                Field::OtherPhone,
                Field::HomePhone,
                Field::WorkPhone,
            ],
            Value::Phone(Phone::read(value, None)),
        ),
        T::Email => (
            &[Field::PersonalEmail, Field::OtherEmail, Field::WorkEmail],
            Value::Text(value.clone()),
        ),
        T::SocialFacebook => (&[Field::Facebook], social),
        T::SocialTwitter => (&[Field::Twitter], social),
        T::SocialLine => (&[Field::Line], social),
        T::SocialInstagram => (&[Field::Instagram], social),
        T::SocialWhatsapp => (&[Field::Whatsapp], social),
        T::AppleOpaqueId => {
            contact.fields.apple_opaque_ids.push(value.clone());
            return true;
        }
        T::ExternalId => {
            let source = identifier
                .source
                .clone()
                .expect("the source of an external id");
            let id = ExternalId {
                source,
                value: value.clone(),
            };
            if contact.fields.external_ids.len() < 10 {
                contact.fields.external_ids.push(id);
            }
            return true;
        }
        T::Cookie | T::SocialWhatsappBsuid | T::SocialInstagramHandle => return false,
    };
    let free = slots
        .iter()
        .find(|slot| contact.fields.get(**slot).is_none());
    if let Some(slot) = free {
        contact.fields.set(*slot, Some(value));
    }
    free.is_some()
}
