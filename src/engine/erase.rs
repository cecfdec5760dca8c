//! Erasure of a person: everything that is known of them goes for good, and what is somebody else's too stays
//! (`design/rules.md` §7).

use std::collections::BTreeSet;

use crate::domain::change::{Change, Observation, Payload};
use crate::domain::command::Action;
use crate::domain::contact::{Contact, ContactId, Fields, OrganizationId};
use crate::domain::conversation::{Conversation, Provided};
use crate::domain::erasure::Erasure;
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::identifier::{Identifier, IdentifierType};
use crate::domain::reason::Link;
use crate::domain::{Plan, Refusal};

use super::draft::{Draft, Mark};
use super::{Context, expire, shared};

/// Most characters of a reason.
const REASON_CHARS_MAX: usize = 1_000;
/// A word of a reason is compared with names from so many letters on: shorter ones are in any sentence.
const NAME_CHARS_MIN: usize = 3;
/// A run of digits in a reason is compared with numbers from so many on.
const DIGITS_MIN: usize = 5;

/// Erases the person: the whole merge set with notes, claims, marks, conversations and visits. The journal keeps
/// who did it, when and why, and no values; so no undo can bring anything back.
pub fn erase(id: ContactId, reason: &str, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::Erase, context, facts);
    let head = draft.act_on(id)?;
    draft.plan.contact = Some(head.id);
    let set = facts.merge_set(&head)?;
    let traces = Traces::of(&set, facts)?;
    let reason = permitted(reason, &traces)?;
    draft.plan.payload = Payload::Reason(reason);
    let mut erasure = sorted(&mut draft, &set, &traces)?;
    expire::remove(&mut draft, &set)?;
    for (organization, name) in drop_organizations(&mut draft, &set)? {
        erasure.organizations.push(organization);
        erasure.texts.push(name);
    }
    let observed = Observation::Erase(Box::new(erasure));
    draft.plan.observations.push(observed);
    draft.finish()
}

/// A text that identifies the person, and the identifier that it is where it is one.
type Typed = (Option<Identifier>, String);

/// What the store knows the person by.
#[derive(Default)]
struct Traces {
    identifiers: BTreeSet<Identifier>,
    typed: BTreeSet<Typed>,
    names: BTreeSet<String>,
}

impl Traces {
    fn of(set: &[ContactId], facts: &Facts) -> Result<Self, Halt> {
        let keys = |id: &ContactId| [FactKey::ClaimsOf(*id), FactKey::AllLinked(*id)];
        facts.want(set.iter().flat_map(keys))?;
        let mut traces = Self::default();
        for id in set {
            let claims = facts.claims_of(id)?.iter();
            traces
                .identifiers
                .extend(claims.map(|(identifier, _)| identifier.clone()));
            if let Some(contact) = facts.contact_if_any(id)? {
                traces.take_fields(contact);
            }
        }
        traces.take_journey(set, facts)?;
        Ok(traces)
    }

    fn take_fields(&mut self, contact: &Contact) {
        let fields = &contact.fields;
        self.identifiers.extend(fields.identifiers());
        self.typed.extend(typed_of(fields));
        let names = [&fields.first_name, &fields.middle_name, &fields.last_name];
        self.names.extend(names.into_iter().flatten().cloned());
    }

    fn take_journey(&mut self, set: &[ContactId], facts: &Facts) -> Result<(), Halt> {
        let mut keys = Vec::new();
        for id in set {
            let linked = facts.all_linked(id)?;
            let conversations = linked.conversations.iter().copied();
            keys.extend(conversations.map(FactKey::Conversation));
            keys.extend(linked.visits.iter().copied().map(FactKey::Visit));
        }
        facts.want(keys)?;
        for id in set {
            let linked = facts.all_linked(id)?;
            for conversation in &linked.conversations {
                let Some(record) = facts.conversation_if_any(conversation)? else {
                    continue;
                };
                let own = |link: &&Link| set.contains(&link.contact);
                let others = record.others.iter().map(|(_, link)| link);
                for link in others.chain([&record.link]).filter(own) {
                    self.take_provided(&link.reason.provided);
                }
                if set.contains(&record.link.contact) {
                    self.take_names(&record.conversation);
                }
            }
            for visit in &linked.visits {
                if let Some(record) = facts.visit_if_any(visit)? {
                    self.take_provided(&record.link.reason.provided);
                }
            }
        }
        Ok(())
    }

    fn take_provided(&mut self, provided: &[Provided]) {
        for one in provided {
            self.identifiers.insert(one.identifier.clone());
            self.typed
                .insert((Some(one.identifier.clone()), one.typed.clone()));
        }
    }

    fn take_names(&mut self, conversation: &Conversation) {
        let names = conversation.outside().filter_map(|one| one.name.clone());
        self.names.extend(names);
    }
}

/// How the fields of a contact write what identifies the person, with the identifier that it is where it is one.
fn typed_of(fields: &Fields) -> Vec<Typed> {
    let read = |kind, text: &str| Identifier::read(kind, text, None, None).ok();
    let mut all: Vec<Typed> = Vec::new();
    for phone in fields.phones().into_iter().filter_map(|(_, phone)| phone) {
        let number = phone.e164.as_deref();
        let number = number.and_then(|number| read(IdentifierType::Phone, number));
        all.push((number.clone(), phone.display.clone()));
        all.push((number, phone.typed.clone()));
    }
    for email in fields.emails().into_iter().filter_map(|(_, email)| email) {
        all.push((read(IdentifierType::Email, email), email.to_owned()));
    }
    let accounts = [
        (IdentifierType::SocialTwitter, &fields.twitter),
        (IdentifierType::SocialLine, &fields.line),
        (IdentifierType::SocialWhatsapp, &fields.whatsapp),
        (IdentifierType::SocialFacebook, &fields.facebook),
        (IdentifierType::SocialInstagram, &fields.instagram),
    ];
    for (kind, account) in accounts {
        let Some(account) = account else { continue };
        all.push((read(kind, &account.id), account.id.clone()));
        let more = [&account.handle, &account.profile_url];
        all.extend(more.into_iter().flatten().map(|text| (None, text.clone())));
    }
    for id in &fields.external_ids {
        let (value, source) = (&id.value, Some(id.source.as_str()));
        let own = Identifier::read(IdentifierType::ExternalId, value, source, None).ok();
        all.push((own, value.clone()));
    }
    let apple = fields.apple_opaque_ids.iter();
    all.extend(apple.map(|id| (read(IdentifierType::AppleOpaqueId, id), id.clone())));
    all.retain(|(_, text)| !text.trim().is_empty());
    all
}

/// The reason as it is kept. It outlives the person, so it must not name them.
fn permitted(reason: &str, traces: &Traces) -> Result<String, Refusal> {
    let reason = reason.trim();
    let count = reason.chars().count();
    if count == 0 {
        return Err(Refusal::ReasonRequired);
    }
    if REASON_CHARS_MAX < count {
        return Err(Refusal::ReasonLength(count));
    }
    let lower = reason.to_lowercase();
    let words: Vec<&str> = lower
        .split(|letter: char| !letter.is_alphanumeric())
        .collect();
    let names = traces.names.iter().map(|name| name.to_lowercase());
    let is_named = names
        .flat_map(|name| {
            let parts = name.split(|letter: char| !letter.is_alphanumeric());
            parts.map(str::to_owned).collect::<Vec<_>>()
        })
        .filter(|part| NAME_CHARS_MIN <= part.chars().count())
        .any(|part| words.contains(&part.as_str()));
    let values = traces.identifiers.iter().map(|one| one.value.as_str());
    let mut values = values.chain(traces.typed.iter().map(|(_, text)| text.as_str()));
    let digits = digits_of(&lower);
    let is_known = values.any(|value| {
        let number = digits_of(value);
        let value = value.to_lowercase();
        let numbered = DIGITS_MIN <= number.len() && digits.contains(&number);
        numbered || (DIGITS_MIN <= value.chars().count() && lower.contains(&value))
    });
    match is_named || is_known {
        true => Err(Refusal::ReasonNames),
        false => Ok(reason.to_owned()),
    }
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Sorts the person's identifiers: those that are somebody else's too stay, of the rest the shared marks go.
fn sorted(draft: &mut Draft<'_>, set: &[ContactId], traces: &Traces) -> Result<Erasure, Halt> {
    let facts = draft.facts;
    let keys = |one: &Identifier| {
        let mark = FactKey::Shared(shared::key(one));
        [
            FactKey::Carriers(one.clone()),
            FactKey::Claim(one.clone()),
            mark,
        ]
    };
    facts.want(traces.identifiers.iter().flat_map(keys))?;
    let mut erasure = Erasure {
        people: set.to_vec(),
        ..Erasure::default()
    };
    for identifier in &traces.identifiers {
        let is_others = is_of_others(facts, set, identifier)?;
        match (is_others, draft.is_shared(identifier)?) {
            (true, _) => {}
            (false, true) => erasure.shared.push(identifier.clone()),
            (false, false) => erasure.own.push(identifier.clone()),
        }
    }
    let theirs = theirs(traces, &erasure, &doubles(facts, set, traces)?);
    for (identifier, text) in &traces.typed {
        match identifier {
            _ if theirs.contains(text) => {}
            Some(one) if erasure.shared.contains(one) => erasure.texts.push(text.clone()),
            Some(one) if !erasure.own.contains(one) => {}
            Some(_) | None => erasure.typed.push(text.clone()),
        }
    }
    erasure.theirs = theirs.into_iter().collect();
    drop_marks(draft, set, &erasure.shared)?;
    Ok(erasure)
}

/// The person's identifiers whose number is somebody else's in its other form, with that form: a WhatsApp of
/// the person's alone, when the telephone number is another's.
fn doubles(
    facts: &Facts,
    set: &[ContactId],
    traces: &Traces,
) -> Result<Vec<(Identifier, Identifier)>, Halt> {
    let forms = traces.identifiers.iter().flat_map(|one| {
        let forms = shared::covered(&shared::key(one)).into_iter();
        let others = forms.filter(|form| form != one);
        others.map(|form| (one.clone(), form)).collect::<Vec<_>>()
    });
    let forms: Vec<_> = forms.collect();
    let keys = |(_, form): &(_, Identifier)| {
        [
            FactKey::Carriers(form.clone()),
            FactKey::Claim(form.clone()),
        ]
    };
    facts.want(forms.iter().flat_map(keys))?;
    let mut doubles = Vec::new();
    for (one, form) in forms {
        if is_of_others(facts, set, &form)? {
            doubles.push((one, form));
        }
    }
    Ok(doubles)
}

/// How what stays is written: a number that is somebody else's stays, although its WhatsApp is the person's
/// alone.
fn theirs(
    traces: &Traces,
    erasure: &Erasure,
    doubles: &[(Identifier, Identifier)],
) -> BTreeSet<String> {
    let stays = |one: &Identifier| !erasure.own.contains(one) && !erasure.shared.contains(one);
    let values = traces.identifiers.iter().filter(|one| stays(one));
    let values = values.map(|one| one.value.clone());
    let typed = traces.typed.iter().filter_map(|(identifier, text)| {
        let identifier = identifier.as_ref()?;
        let is_double =
            doubles.iter().any(|(one, _)| one == identifier) && *text != identifier.value;
        (is_double || stays(identifier)).then(|| text.clone())
    });
    let forms = doubles.iter().map(|(_, form)| form.value.clone());
    values.chain(typed).chain(forms).collect()
}

/// True when a contact outside the set carries the value in a field, or claims it.
fn is_of_others(facts: &Facts, set: &[ContactId], identifier: &Identifier) -> Result<bool, Halt> {
    let carriers = facts.carriers(identifier)?;
    let claimed = facts.claim(identifier)?.as_ref();
    let outside = |id: &ContactId| !set.contains(id);
    Ok(carriers.iter().any(outside) || claimed.is_some_and(|claim| outside(&claim.contact)))
}

/// Takes the marks from shared values that are nobody else's. A number's mark covers more than one identifier,
/// and stays while any of them is somebody else's.
fn drop_marks(draft: &mut Draft<'_>, set: &[ContactId], shared: &[Identifier]) -> Result<(), Halt> {
    let facts = draft.facts;
    let keys: BTreeSet<Identifier> = shared.iter().map(shared::key).collect();
    for key in keys {
        let covered = shared::covered(&key);
        let wanted = covered
            .iter()
            .flat_map(|one| [FactKey::Carriers(one.clone()), FactKey::Claim(one.clone())]);
        facts.want(wanted)?;
        let mut is_others = false;
        for identifier in &covered {
            is_others |= is_of_others(facts, set, identifier)?;
        }
        if is_others {
            continue;
        }
        draft.plan.changes.push(Change::Shared {
            identifier: key.clone(),
            before: facts.shared(&key)?.clone(),
            after: None,
        });
        draft.mark(key, Mark::Remove);
    }
    Ok(())
}

/// Takes the organizations that nobody else belongs to: a company of one is that person. Those with their
/// names.
fn drop_organizations(
    draft: &mut Draft<'_>,
    set: &[ContactId],
) -> Result<Vec<(OrganizationId, String)>, Halt> {
    let facts = draft.facts;
    let mut named = BTreeSet::new();
    for id in set {
        let contact = facts.contact_if_any(id)?.as_ref();
        named.extend(contact.and_then(|contact| contact.fields.organization));
    }
    let keys = |id: &_| [FactKey::Organization(*id), FactKey::MembersOf(*id)];
    facts.want(named.iter().flat_map(keys))?;
    let mut gone = Vec::new();
    for id in named {
        let members = facts.members_of(&id)?;
        let Some(before) = facts.organization_if_any(&id)?.clone() else {
            continue;
        };
        if members.iter().all(|member| set.contains(member)) {
            gone.push((id, before.name.clone()));
            draft.plan.changes.push(Change::Organization {
                id,
                before: Some(Box::new(before)),
                after: None,
            });
        }
    }
    Ok(gone)
}
