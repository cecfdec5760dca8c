//! What the history calls things: contacts by their names then or now, conversations by channel and time.

use std::collections::{BTreeSet, HashMap};

use jiff::tz::TimeZone;

use super::super::explain::word;
use super::super::names::Names;
use super::super::{LocalBackend, Trouble};
use super::Told;
use crate::backend::view::Brief;
use crate::domain::contact::{Contact, ContactId, OrganizationId};
use crate::domain::conversation::{Channel, ConversationId, Direction};
use crate::domain::field::{Field, Value};
use crate::domain::reason::Link;
use crate::domain::{Change, Fields, Moment};
use crate::store::NameKind;

/// Longest value within a sentence, in characters.
const VALUE_CHARS_MAX: usize = 60;

/// Everything that the entries of a page speak of.
pub struct Nouns {
    /// The canonical contacts as they are now, by the id that was asked for.
    people: HashMap<ContactId, Contact>,
    /// Contacts as the entries of the page left or found them, for those that are gone.
    then: HashMap<ContactId, Contact>,
    /// The names that conversations give for those that nobody named.
    says: HashMap<ContactId, String>,
    conversations: HashMap<ConversationId, (Channel, Direction, Moment)>,
    organizations: HashMap<OrganizationId, String>,
    names: Names,
    now: Moment,
    zone: TimeZone,
}

impl LocalBackend {
    pub(super) async fn nouns(&self, told: &[Told]) -> Result<Nouns, Trouble> {
        let all = told
            .iter()
            .flat_map(|one| [Some(one), one.undone.as_deref()]);
        let mut wanted = Wanted::default();
        for one in all.flatten() {
            wanted.add(one);
        }
        let mut conversations = HashMap::new();
        for id in wanted.conversations {
            if let Some(record) = self.store.conversation(id).await? {
                let seen = &record.conversation;
                let channel = seen.channel;
                conversations.insert(id, (channel, seen.direction, seen.start));
            }
        }
        let people = self.people(wanted.contacts.into_iter().collect()).await?;
        let mut says = HashMap::new();
        for contact in people.values().chain(wanted.then.values()) {
            if let Some(said) = self.said_of(contact).await? {
                says.insert(contact.id, said);
            }
        }
        let organizations = wanted.organizations.into_iter().collect();
        let organizations = self.store.organizations(organizations).await?.into_iter();
        Ok(Nouns {
            people,
            then: wanted.then,
            says,
            conversations,
            organizations: organizations.map(|one| (one.id, one.name)).collect(),
            names: self.all_names().await?,
            now: self.now(),
            zone: self.zone.clone(),
        })
    }
}

/// What to look up.
#[derive(Default)]
struct Wanted {
    contacts: BTreeSet<ContactId>,
    conversations: BTreeSet<ConversationId>,
    organizations: BTreeSet<OrganizationId>,
    then: HashMap<ContactId, Contact>,
}

impl Wanted {
    fn add(&mut self, told: &Told) {
        self.contacts.extend(told.entry.contact);
        self.contacts.extend(told.entry.contacts.iter().copied());
        self.conversations.extend(told.entry.conversation);
        for change in told.changes.iter().flatten() {
            self.contacts.extend(change.contacts());
            match change {
                Change::Contact { id, before, after } => {
                    for contact in [before, after].into_iter().flatten() {
                        self.organizations.extend(contact.fields.organization);
                        self.then.insert(*id, Contact::clone(contact));
                    }
                }
                Change::Link { conversation, .. }
                | Change::Wrapup { conversation, .. }
                | Change::Assign { conversation, .. } => {
                    self.conversations.insert(*conversation);
                }
                Change::Claim { .. } | Change::VisitLink { .. } | Change::Note { .. } => {}
                Change::NotSame { .. } | Change::Shared { .. } => {}
                Change::Organization { .. } | Change::Review { .. } => {}
            }
        }
    }
}

impl Nouns {
    /// The contact as the changes know it, else as it is now; with what tells it apart, where the changes are
    /// about another one of the same name too.
    pub fn contact(&self, id: ContactId, changes: &[Change]) -> String {
        let called = self.called(id, changes);
        let mut others = both(changes).filter(|other| *other != id);
        let namesake = others.find(|other| self.called(*other, changes) == called);
        match namesake.filter(|_| both(changes).any(|one| one == id)) {
            Some(namesake) => {
                let detail = |id| self.known(id, changes).map(|one| Brief::of(one).detail);
                let own =
                    detail(id).filter(|own| !own.is_empty() && !called.contains(own.as_str()));
                let apart = own.filter(|own| Some(own) != detail(namesake).as_ref());
                format!("{called} ({})", apart.unwrap_or_else(|| id.brief()))
            }
            None => called,
        }
    }

    fn called(&self, id: ContactId, changes: &[Change]) -> String {
        match self.known(id, changes) {
            Some(contact) => {
                let says = self.says.get(&contact.id).cloned();
                let named = Brief {
                    says,
                    ..Brief::of(contact)
                };
                short(&named.in_words())
            }
            None => "a contact that is gone".to_owned(),
        }
    }

    fn known<'a>(&'a self, id: ContactId, changes: &'a [Change]) -> Option<&'a Contact> {
        let known = changes.iter().find_map(|change| match change {
            Change::Contact {
                id: own,
                before,
                after,
            } if *own == id => after.as_deref().or(before.as_deref()),
            _ => None,
        });
        known
            .filter(|contact| !contact.fields.full_name().is_empty())
            // One that was merged since is called as it was then.
            .or_else(|| self.people.get(&id).filter(|now| now.id == id))
            .or(known)
            .or_else(|| self.people.get(&id))
            .or_else(|| self.then.get(&id))
    }

    /// The conversation, such as `the call of 14:02`.
    pub fn conversation(&self, id: ConversationId) -> String {
        match self.conversations.get(&id) {
            Some((channel, direction, start)) => {
                let way = match direction {
                    Direction::Inbound => "",
                    Direction::Outbound => "outbound ",
                };
                format!("the {way}{} of {}", word(*channel), self.time(*start))
            }
            None => "a conversation that is gone".to_owned(),
        }
    }

    /// The value of a field in words.
    pub fn value(&self, fields: &Fields, field: Field) -> Option<String> {
        let value = fields.get(field)?;
        Some(match &value {
            Value::Organization(id) => match self.organizations.get(id) {
                Some(name) => name.clone(),
                None => "an organization that is gone".to_owned(),
            },
            Value::Text(_) | Value::Phone(_) | Value::Social(_) | Value::Flag(_) => {
                value.shown(field)
            }
            Value::ExternalIds(_) | Value::AppleIds(_) => value.shown(field),
        })
    }

    pub fn code(&self, id: &str) -> String {
        self.names.of(NameKind::WrapupCode, id)
    }

    /// The time of a day that is today, else with the day.
    pub fn time(&self, moment: Moment) -> String {
        let local = |moment: Moment| moment.timestamp().to_zoned_datetime(self.zone.clone());
        let (then, now) = (local(moment), local(self.now));
        let look = match (then.date() == now.date(), then.year() == now.year()) {
            (true, _) => "%H:%M",
            (false, true) => "%-d %b %H:%M",
            (false, false) => "%-d %b %Y %H:%M",
        };
        then.strftime(look).to_string()
    }

    /// The same behind a verb: `at 14:02`, `on 20 Nov 14:02`.
    pub fn when(&self, moment: Moment) -> String {
        let day = |moment: Moment| {
            let local = moment.timestamp().to_zoned_datetime(self.zone.clone());
            local.date()
        };
        let preposition = if day(moment) == day(self.now) {
            "at"
        } else {
            "on"
        };
        format!("{preposition} {}", self.time(moment))
    }

    /// The sentence with names in place of the ids of the entry's contacts.
    pub fn named(&self, sentence: &str, told: &Told) -> String {
        let changes = told.changes.as_deref().unwrap_or_default();
        let ids = told.entry.contacts.iter().chain(&told.entry.contact);
        ids.fold(sentence.to_owned(), |sentence, id| {
            let shown = format!("contact {id}");
            match sentence.contains(&shown) {
                true => sentence.replace(&shown, &self.contact(*id, changes)),
                false => sentence,
            }
        })
    }
}

/// The contacts that were there before and after: not the one that a merge makes, which is called as one of
/// its inputs is.
fn both(changes: &[Change]) -> impl Iterator<Item = ContactId> + '_ {
    let is_there = |id: &ContactId| {
        !changes.iter().any(|change| match change {
            Change::Contact {
                id: of,
                before,
                after,
            } => of == id && before.is_some() != after.is_some(),
            _ => false,
        })
    };
    let links = |before: &Option<Box<Link>>, after: &Option<Box<Link>>| {
        let links = before.iter().chain(after);
        links.map(|link| link.contact).collect()
    };
    let spoken = changes.iter().flat_map(move |change| match change {
        Change::Contact { id, .. } => vec![*id],
        Change::NotSame { pair, .. } => vec![pair.0, pair.1],
        Change::Link { before, after, .. } | Change::VisitLink { before, after, .. } => {
            links(before, after)
        }
        Change::Claim { before, after, .. } => {
            let claims = before.iter().chain(after);
            claims.map(|claim| claim.contact).collect()
        }
        Change::Note { .. } | Change::Wrapup { .. } | Change::Assign { .. } => Vec::new(),
        Change::Shared { .. } | Change::Organization { .. } | Change::Review { .. } => Vec::new(),
    });
    spoken.filter(is_there)
}

/// A value that leaves room for the rest of a sentence.
pub fn short(value: &str) -> String {
    match value.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}
