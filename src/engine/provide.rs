//! What a conversation or visit provides: identifiers in the order of its channel (`design/rules.md` §4), the
//! type of contact that they make, and the fields that they fill.

use crate::domain::contact::{ContactType, ExternalId, Fields, LIST_MAX, Social};
use crate::domain::conversation::{Channel, Leg, Participant, Provided, Trust};
use crate::domain::identifier::{Identifier, IdentifierType};
use crate::domain::phone::Phone;
use crate::domain::visit::Visit;

use super::Options;

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
    let addresses = leg.addresses.iter().map(String::as_str);
    match leg.channel {
        Channel::Call | Channel::Callback | Channel::Sms => {
            addresses.for_each(|address| add(T::Phone, address, Trust::Verified));
        }
        Channel::Email => addresses.for_each(|address| add(T::Email, address, Trust::Verified)),
        Channel::Chat => {
            leg.addresses
                .iter()
                .for_each(|address| add(T::Email, address, Trust::Typed));
            leg.addresses
                .iter()
                .for_each(|address| add(T::Phone, address, Trust::Typed));
        }
        Channel::WebMessaging => {
            // A signed-in visitor's address is the id in the system that signed them in.
            let customer = leg.customer.as_ref();
            let cookie = customer.filter(|(_, kind)| kind.eq_ignore_ascii_case("cookie"));
            let cookie = cookie.map(|(id, _)| id.as_str());
            let subject = customer
                .filter(|_| cookie.is_none())
                .map(|(id, _)| id.as_str());
            let sender = leg
                .addresses
                .iter()
                .map(String::as_str)
                .find(|address| Some(*address) != cookie);
            if let Some(id) = subject.or(sender).filter(|_| leg.authenticated) {
                add(T::ExternalId, id, Trust::Verified);
            }
            if let Some(id) = cookie {
                add(T::Cookie, id, Trust::Verified);
            }
            leg.addresses
                .iter()
                .for_each(|address| add(T::Email, address, Trust::Typed));
            leg.addresses
                .iter()
                .for_each(|address| add(T::Phone, address, Trust::Typed));
        }
        Channel::Facebook => {
            addresses.for_each(|address| add(T::SocialFacebook, address, Trust::Verified))
        }
        Channel::Twitter => {
            addresses.for_each(|address| add(T::SocialTwitter, address, Trust::Verified))
        }
        Channel::Line => addresses.for_each(|address| add(T::SocialLine, address, Trust::Verified)),
        Channel::Instagram => {
            addresses.for_each(|address| add(T::SocialInstagram, address, Trust::Verified))
        }
        Channel::Apple => {
            addresses.for_each(|address| add(T::AppleOpaqueId, address, Trust::Verified))
        }
        Channel::Whatsapp => {
            for address in addresses {
                add(T::SocialWhatsapp, address, Trust::Verified);
                let number = format!("+{}", address.trim_start_matches('+'));
                add(T::Phone, &number, Trust::Verified);
            }
        }
        Channel::Open => {
            let mut addresses = addresses;
            if let Some(id) = addresses.next() {
                add(T::ExternalId, id, Trust::Verified);
            }
            let rest: Vec<&str> = addresses.collect();
            rest.iter()
                .for_each(|address| add(T::Phone, address, Trust::Verified));
            rest.iter()
                .for_each(|address| add(T::Email, address, Trust::Verified));
        }
        Channel::Cobrowse | Channel::Video | Channel::Web | Channel::Other => {}
    }
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
    let account = || {
        Some(Social {
            id: identifier.value.clone(),
            ..Social::default()
        })
    };
    match identifier.kind {
        T::Phone => {
            let slots = [
                &mut fields.cell_phone,
                &mut fields.other_phone,
                &mut fields.home_phone,
                &mut fields.work_phone,
            ];
            if let Some(slot) = slots.into_iter().find(|slot| slot.is_none()) {
                *slot = Some(Phone::read(&identifier.value, None));
            }
        }
        T::Email => {
            let slots = [
                &mut fields.personal_email,
                &mut fields.other_email,
                &mut fields.work_email,
            ];
            if let Some(slot) = slots.into_iter().find(|slot| slot.is_none()) {
                *slot = Some(identifier.value.clone());
            }
        }
        T::SocialLine if fields.line.is_none() => fields.line = account(),
        T::SocialFacebook if fields.facebook.is_none() => fields.facebook = account(),
        T::SocialTwitter if fields.twitter.is_none() => fields.twitter = account(),
        T::SocialWhatsapp if fields.whatsapp.is_none() => fields.whatsapp = account(),
        T::SocialInstagram if fields.instagram.is_none() => fields.instagram = account(),
        T::AppleOpaqueId if fields.apple_opaque_ids.len() < LIST_MAX => {
            fields.apple_opaque_ids.push(identifier.value.clone());
        }
        T::ExternalId if fields.external_ids.len() < LIST_MAX => {
            let source = identifier.source.clone().unwrap_or_default();
            fields.external_ids.push(ExternalId {
                source,
                value: identifier.value.clone(),
            });
        }
        T::SocialLine | T::SocialFacebook | T::SocialTwitter | T::SocialWhatsapp => {}
        T::SocialInstagram | T::AppleOpaqueId | T::ExternalId | T::Cookie => {}
        T::SocialWhatsappBsuid | T::SocialInstagramHandle => {}
    }
}
