//! What a conversation or visit provides: identifiers in the order of its channel (`design/rules.md` §4), the
//! type of contact that they make, and the fields that they fill.

use crate::domain::contact::{ContactType, ExternalId, Fields, LIST_MAX, Social};
use crate::domain::conversation::{Channel, Leg, Participant, Provided, Trust};
use crate::domain::field::{Field, Value};
use crate::domain::identifier::{Identifier, IdentifierType};
use crate::domain::phone::Phone;
use crate::domain::visit::Visit;

use super::Options;

/// Where the phone of an auto-made contact goes, the first free slot first.
const PHONE_FILL: [Field; 4] = [
    Field::CellPhone,
    Field::OtherPhone,
    Field::HomePhone,
    Field::WorkPhone,
];
/// Where the e-mail of an auto-made contact goes.
const EMAIL_FILL: [Field; 3] = [Field::PersonalEmail, Field::OtherEmail, Field::WorkEmail];

/// The identifiers that an outside participant provides, in the order of its channel.
pub fn provided(party: &Participant, options: &Options) -> Vec<Provided> {
    let mut list = Vec::new();
    for leg in &party.legs {
        provided_by_leg(leg, options, &mut list);
    }
    list
}

/// The identifiers that a visit provides: Cookie, ExternalId, then Email and Phone as traits.
pub fn provided_by_visit(visit: &Visit, options: &Options) -> Vec<Provided> {
    use IdentifierType as T;
    let mut list = Vec::new();
    let mut add = |kind, typed: &str, trust| push(&mut list, options, kind, typed, trust);
    if visit.customer_kind.eq_ignore_ascii_case("cookie") {
        add(T::Cookie, &visit.customer, Trust::Verified);
    }
    if let Some(id) = visit.external_id.as_deref().filter(|_| visit.authenticated) {
        add(T::ExternalId, id, Trust::Verified);
    }
    let traits_of = |words: &'static [&'static str]| {
        let wanted = move |name: &str| words.iter().any(|word| word.eq_ignore_ascii_case(name));
        visit
            .traits
            .iter()
            .filter(move |(name, _)| wanted(name))
            .map(|(_, value)| value)
    };
    for value in traits_of(&["email"]) {
        add(T::Email, value, Trust::Typed);
    }
    for value in traits_of(&["phone", "cellPhone", "mobilePhone", "phoneNumber"]) {
        add(T::Phone, value, Trust::Typed);
    }
    list
}

fn provided_by_leg(leg: &Leg, options: &Options, list: &mut Vec<Provided>) {
    use IdentifierType as T;
    let mut add = |kind, typed: &str, trust| push(list, options, kind, typed, trust);
    if let Some(kind) = only_kind(leg.channel) {
        for address in &leg.addresses {
            add(kind, address, Trust::Verified);
        }
        return;
    }
    match leg.channel {
        Channel::Chat => add_each(&leg.addresses, &[T::Email, T::Phone], Trust::Typed, add),
        Channel::WebMessaging => {
            let cookie = cookie(leg);
            let id = signed_in(leg, cookie);
            if let Some(id) = id {
                add(T::ExternalId, id, Trust::Verified);
            }
            if let Some(cookie) = cookie {
                add(T::Cookie, cookie, Trust::Verified);
            }
            // The ids of the channel were not typed: a number among them is nobody's phone.
            let own = |address: &&String| ![id, cookie].contains(&Some(address.as_str()));
            let typed: Vec<String> = leg.addresses.iter().filter(own).cloned().collect();
            add_each(&typed, &[T::Email, T::Phone], Trust::Typed, add);
        }
        Channel::Whatsapp => {
            for address in &leg.addresses {
                add(T::SocialWhatsapp, address, Trust::Verified);
                let number = format!("+{}", address.trim_start_matches('+'));
                add(T::Phone, &number, Trust::Verified);
            }
        }
        Channel::Open => {
            if let Some((id, rest)) = leg.addresses.split_first() {
                add(T::ExternalId, id, Trust::Verified);
                add_each(rest, &[T::Phone, T::Email], Trust::Verified, add);
            }
        }
        Channel::Call | Channel::Callback | Channel::Sms | Channel::Email => {}
        Channel::Facebook | Channel::Twitter | Channel::Line | Channel::Instagram => {}
        Channel::Apple | Channel::Cobrowse | Channel::Video | Channel::Web | Channel::Other => {}
    }
}

/// The type of every address of a channel that has one type only.
fn only_kind(channel: Channel) -> Option<IdentifierType> {
    use IdentifierType as T;
    match channel {
        Channel::Call | Channel::Callback | Channel::Sms => Some(T::Phone),
        Channel::Email => Some(T::Email),
        Channel::Facebook => Some(T::SocialFacebook),
        Channel::Twitter => Some(T::SocialTwitter),
        Channel::Line => Some(T::SocialLine),
        Channel::Instagram => Some(T::SocialInstagram),
        Channel::Apple => Some(T::AppleOpaqueId),
        Channel::Chat | Channel::WebMessaging | Channel::Whatsapp | Channel::Open => None,
        Channel::Cobrowse | Channel::Video | Channel::Web | Channel::Other => None,
    }
}

/// Adds every address that reads as one of the types, one type after the other.
fn add_each(
    addresses: &[String],
    kinds: &[IdentifierType],
    trust: Trust,
    mut add: impl FnMut(IdentifierType, &str, Trust),
) {
    for kind in kinds {
        for address in addresses {
            add(*kind, address, trust);
        }
    }
}

/// The cookie of a web visitor.
fn cookie(leg: &Leg) -> Option<&str> {
    let customer = leg.customer.as_ref();
    let cookie = customer.filter(|(_, kind)| kind.eq_ignore_ascii_case("cookie"))?;
    Some(&cookie.0)
}

/// The id of a signed-in visitor in the system that signed them in: the journey's customer when that is no
/// cookie, else the sender.
fn signed_in<'l>(leg: &'l Leg, cookie: Option<&str>) -> Option<&'l str> {
    let customer = leg.customer.as_ref().filter(|_| cookie.is_none());
    let mut addresses = leg.addresses.iter().map(String::as_str);
    let sender = addresses.find(|address| Some(*address) != cookie);
    let id = customer.map(|(id, _)| id.as_str()).or(sender);
    id.filter(|_| leg.authenticated)
}

/// Adds an identifier that reads, once.
fn push(
    list: &mut Vec<Provided>,
    options: &Options,
    kind: IdentifierType,
    typed: &str,
    trust: Trust,
) {
    let read = Identifier::read(
        kind,
        typed,
        Some(&options.source),
        options.region.as_deref(),
    );
    if let Ok(identifier) = read
        && !list
            .iter()
            .any(|provided| provided.identifier == identifier)
    {
        list.push(Provided {
            identifier,
            typed: typed.to_owned(),
            trust,
        });
    }
}

/// Identified when something personal was provided, else Ephemeral.
pub(super) fn kind_of(provided: &[Provided]) -> ContactType {
    match provided.iter().any(|one| one.identifier.kind.is_personal()) {
        true => ContactType::Identified,
        false => ContactType::Ephemeral,
    }
}

/// Puts an identifier's value into a free field of its kind; a cookie has none.
pub(super) fn fill(fields: &mut Fields, identifier: &Identifier) {
    use IdentifierType as T;
    let value = &identifier.value;
    match identifier.kind {
        T::Phone => {
            let phone = Value::Phone(Phone::read(value, None));
            put_in_free(fields, &PHONE_FILL, phone);
        }
        T::Email => put_in_free(fields, &EMAIL_FILL, Value::Text(value.clone())),
        T::SocialLine => put_account(fields, Field::Line, value),
        T::SocialFacebook => put_account(fields, Field::Facebook, value),
        T::SocialTwitter => put_account(fields, Field::Twitter, value),
        T::SocialWhatsapp => put_account(fields, Field::Whatsapp, value),
        T::SocialInstagram => put_account(fields, Field::Instagram, value),
        T::AppleOpaqueId if fields.apple_opaque_ids.len() < LIST_MAX => {
            fields.apple_opaque_ids.push(value.clone());
        }
        T::ExternalId if fields.external_ids.len() < LIST_MAX => {
            fields.external_ids.push(ExternalId {
                source: identifier.source.clone().unwrap_or_default(),
                value: value.clone(),
            });
        }
        T::AppleOpaqueId | T::ExternalId | T::Cookie => {}
        T::SocialWhatsappBsuid | T::SocialInstagramHandle => {}
    }
}

fn put_account(fields: &mut Fields, field: Field, id: &str) {
    let account = Social {
        id: id.to_owned(),
        ..Social::default()
    };
    put_in_free(fields, &[field], Value::Social(account));
}

fn put_in_free(fields: &mut Fields, slots: &[Field], value: Value) {
    if let Some(slot) = slots.iter().find(|slot| fields.get(**slot).is_none()) {
        fields.set(*slot, Some(value));
    }
}
