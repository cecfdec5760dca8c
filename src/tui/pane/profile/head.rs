//! The top of the profile: the name, how sure it is, and why it is this person.

use super::Row;
use crate::backend::view::{Expires, Feature, Profile, ProfileState};
use crate::domain::contact::{Contact, ContactType};
use crate::domain::conversation::{Channel, Trust};
use crate::domain::reason::{Reason, Rule};
use crate::domain::{Field, Identifier, Permission};
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::pane::{Line, person, sign};
use crate::tui::refusal::deciding;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::time;

const NOT_SETTLED: &str = "Not settled";
/// The most names of rivals in one sentence.
const RIVALS_NAMED_MAX: usize = 2;

/// The rows of the name; a longer one stands whole among the fields.
const NAME_ROWS_MAX: usize = 2;
/// A name of more columns may be cut at the top.
const NAME_COLUMNS_MAX: usize = 50;

/// Whether the name may be cut at the top.
pub fn is_name_long(contact: &Contact) -> bool {
    NAME_COLUMNS_MAX < text::width(&text::clean_line(&contact.fields.full_name()))
}

/// The sign and the colour of a type.
pub fn mark(kind: ContactType) -> (&'static str, Role) {
    match kind {
        ContactType::Curated => ("●", Role::Good),
        ContactType::Identified => ("◐", Role::Warning),
        ContactType::Ephemeral => ("○", Role::Muted),
    }
}

/// The type of a contact with the sign that goes with its colour.
pub fn badge(kind: ContactType) -> (String, Role) {
    let (mark, role) = mark(kind);
    (format!("{mark} {}", kind.name()), role)
}

/// Name, organization, the reason of the link, rivals, expiry.
pub fn rows(profile: &Profile, context: &Context<'_>) -> Vec<Row> {
    let Some(contact) = &profile.contact else {
        return match profile.state {
            ProfileState::Unlinked => with_nobody(profile),
            _ => gone(profile),
        };
    };
    let mut rows = vec![Row::line(name(profile, contact))];
    let belongs = belongs(profile, contact, context);
    if !belongs.is_empty() {
        rows.push(Row::line(belongs));
    }
    if context.scene.earlier.is_some() {
        let line = Line::of("↳ ", Role::Accent).and(context.conversation_words(), Role::Text);
        rows.push(Row::line(line.and(", from the journey", Role::Muted)));
    }
    rows.push(Row::line(reason(profile, context)));
    if profile.linked.is_some_and(|linked| linked != contact.id) {
        let text = "the conversation is linked to a contact that was merged into this one";
        rows.push(Row::sentence(text, Role::Muted));
    }
    if let Some(said) = says_otherwise(profile, contact) {
        rows.push(Row::sentence(said, Role::Muted));
    }
    if let Some(also) = also_used(profile, context) {
        rows.push(Row::sentence(also, Role::Warning));
    }
    rows.extend(lifetime(profile, context));
    rows
}

/// The state of the profile in one sentence, and what can be done now: the resting line. The second is for
/// too little room.
pub fn state_sentences(profile: &Profile, context: &Context<'_>) -> [String; 2] {
    let name = profile
        .contact
        .as_ref()
        .map(|contact| contact.fields.full_name());
    let name = name
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "a contact without a name".to_owned());
    let deciding = profile.reason.as_ref().and_then(Reason::deciding);
    let by = deciding.map_or_else(String::new, |found| format!(" by {}", found.identifier));
    let brief = format!("Linked to {name}");
    let said = match profile.state {
        ProfileState::Linked => return [format!("{brief}{by}"), brief],
        ProfileState::Rivals => match used_by(profile) {
            Some((_, used)) => {
                let key = share_key(profile, context).unwrap_or_default();
                return [
                    format!("{brief}{by}; {used}{key}"),
                    format!("{brief}; {used}"),
                ];
            }
            None => return [format!("{brief}{by}"), brief],
        },
        ProfileState::Provided => nobody_kept(profile, context),
        ProfileState::Unlinked if profile.contact.is_none() => {
            "Unlinked: the conversation has no contact".to_owned()
        }
        ProfileState::Unlinked => "Unlinked: the conversation is on a fresh contact".to_owned(),
        ProfileState::Alone => format!("{}, opened without a conversation", sign::sentence(&name)),
        ProfileState::Gone => match &profile.gone {
            Some(_) => "The contact is gone: its merge was taken back".to_owned(),
            None => "The contact is gone: it was deleted or it expired".to_owned(),
        },
    };
    let rival = profile
        .rivals
        .first()
        .filter(|_| said.starts_with(NOT_SETTLED));
    let brief = match (rival, said.split_once(": ")) {
        (Some((_, identifier)), _) => format!("{NOT_SETTLED}: whose is {}?", short(identifier)),
        (None, Some((brief, _))) => brief.to_owned(),
        (None, None) => said.clone(),
    };
    [said, brief]
}

/// Nobody kept is linked: who may be meant, else what is known of the contact all the same.
fn nobody_kept(profile: &Profile, context: &Context<'_>) -> String {
    let rule = profile.reason.as_ref().map(|reason| reason.rule);
    let interactions = context.scene.interactions.unwrap_or_default();
    if profile.is_unshared_since() {
        return no_longer_shared(profile);
    }
    if let [(first, identifier), rest @ ..] = profile.rivals.as_slice() {
        let who = person::called(&first.name, first.says.as_deref());
        let who = match rest.len() {
            0 => who,
            more => format!("{who} and {more} more"),
        };
        return format!("{NOT_SETTLED}: {} is also used by {who}", short(identifier));
    }
    let called = match profile.said() {
        said @ Some(_) => person::called("", said),
        None => "a contact without a name".to_owned(),
    };
    if 1 < interactions {
        let count = time::count(interactions as u64);
        return format!("Not in the contacts: {called}, {count} interactions in 60 days");
    }
    match rule {
        Some(Rule::NothingProvided) => {
            "Nobody known: it came without a number or address".to_owned()
        }
        Some(Rule::NoClaim | Rule::SwitchedOff) => {
            "Nobody known: only what the conversation provided".to_owned()
        }
        Some(Rule::FirstClaimed | Rule::SharedOnly) => format!("Not in the contacts: {called}"),
        Some(Rule::ByPerson | Rule::Unlinked | Rule::Unmerged) | None => {
            format!("Not in the contacts: {called}")
        }
    }
}

/// The number that several people shared is somebody's again, or nobody's.
fn no_longer_shared(profile: &Profile) -> String {
    let called = match profile.said() {
        said @ Some(_) => person::called("", said),
        None => "a contact without a name".to_owned(),
    };
    let own = profile.contact.as_ref().map(|contact| contact.id);
    let mut holders = profile.holders.iter();
    match holders.find(|(holder, _)| Some(holder.id) != own) {
        Some((holder, identifier)) => {
            let holder = holder.in_words();
            format!(
                "Not in the contacts: {called}; {} is with {holder}",
                short(identifier)
            )
        }
        None => format!("Not in the contacts: {called}"),
    }
}

/// A conversation that has no contact: there it is left without one when it is unlinked.
fn with_nobody(profile: &Profile) -> Vec<Row> {
    let line = Line::of("", Role::Text).and_strong("(unlinked)", Role::Warning);
    let line = match profile.said() {
        None => line,
        said => {
            let called = person::called("", said);
            line.and(" ", Role::Text).and_strong(called, Role::Muted)
        }
    };
    let mut rows = vec![Row::line(line.at_most(NAME_ROWS_MAX))];
    let why = Line::of("◌ ", Role::Warning).and("no contact", Role::Warning);
    let why = why.and(": it was unlinked", Role::Muted);
    rows.push(Row::line(why));
    rows
}

fn gone(profile: &Profile) -> Vec<Row> {
    let why = match &profile.gone {
        Some(why) => sign::sentence(why),
        None => {
            "This contact is no longer there: it was deleted, it expired, or the id is wrong".into()
        }
    };
    vec![
        Row::line(Line::of("", Role::Text).and_strong("(gone)", Role::Danger)),
        Row::sentence(why, Role::Muted),
    ]
}

fn name(profile: &Profile, contact: &Contact) -> Line {
    let name = contact.fields.full_name();
    let (kind, role) = badge(contact.kind);
    let line = match (name.is_empty(), profile.state) {
        (false, _) => Line::of("", Role::Text)
            .and_strong(name, Role::Text)
            .at_most(NAME_ROWS_MAX),
        (true, state) => {
            let line = match state {
                ProfileState::Unlinked => Line::of("", Role::Text)
                    .and_strong("(unlinked)", Role::Warning)
                    .and(" ", Role::Text),
                _ => Line::of("", Role::Text),
            };
            line.and_strong(person::called("", profile.said()), Role::Muted)
                .at_most(NAME_ROWS_MAX)
        }
    };
    line.right(kind, role)
}

/// Title, organization and city in one line.
fn belongs(profile: &Profile, contact: &Contact, context: &Context<'_>) -> Line {
    let fields = &contact.fields;
    let organization = match (&profile.organization, fields.organization) {
        (Some(name), _) => Some(name.clone()),
        (None, Some(_)) => context
            .denied(&[Permission::OrganizationView])
            .map(|why| format!("organization {why}")),
        (None, None) => None,
    };
    let parts = [fields.title.clone(), organization, fields.city.clone()];
    let said: Vec<String> = parts
        .into_iter()
        .flatten()
        .filter(|part| !part.trim().is_empty())
        .collect();
    if said.is_empty() {
        Line::default()
    } else {
        Line::of("", Role::Text).and(said.join(" · "), Role::Text)
    }
}

fn reason(profile: &Profile, context: &Context<'_>) -> Line {
    if profile.state == ProfileState::Alone {
        return Line::of("○ ", Role::Muted).and("opened without a conversation", Role::Muted);
    }
    let Some(reason) = &profile.reason else {
        let why = context.lacking(Feature::Why);
        let why = why.unwrap_or("no reason was recorded for this link");
        return Line::of("○ ", Role::Muted).and(why, Role::Muted);
    };
    let by = reason.actor.as_deref().unwrap_or("a person");
    let at = time::stamp(reason.at, context.tz);
    let line = match reason.rule {
        Rule::FirstClaimed => Line::of("● ", Role::Good)
            .and("linked", Role::Good)
            .and(" by ", Role::Muted),
        Rule::ByPerson => Line::of("● ", Role::Good)
            .and("linked", Role::Good)
            .and(format!(" by {by}, {at}"), Role::Muted),
        Rule::Unlinked => Line::of("◌ ", Role::Warning)
            .and("unlinked", Role::Warning)
            .and(format!(" by {by}, {at}"), Role::Muted),
        Rule::Unmerged => Line::of("● ", Role::Good)
            .and("came here", Role::Good)
            .and(format!(" when {by} took a merge back, {at}"), Role::Muted),
        Rule::NoClaim => Line::of("○ ", Role::Accent)
            .and("new", Role::Accent)
            .and(": nobody holds ", Role::Muted),
        Rule::NothingProvided => Line::of("○ ", Role::Accent)
            .and(without_address(context), Role::Accent)
            .and(": nothing tells who it is", Role::Muted),
        Rule::SwitchedOff => Line::of("○ ", Role::Accent)
            .and("new", Role::Accent)
            .and(": resolution is switched off for this channel", Role::Muted),
        Rule::SharedOnly if profile.is_unshared_since() => Line::of("○ ", Role::Accent)
            .and("new", Role::Accent)
            .and(": nobody held ", Role::Muted),
        Rule::SharedOnly => Line::of("○ ", Role::Warning)
            .and("shared", Role::Warning)
            .and(": several people use ", Role::Muted),
    };
    let line = match reason.rule {
        Rule::FirstClaimed | Rule::NoClaim | Rule::SharedOnly => evidence(line, reason),
        Rule::ByPerson | Rule::Unlinked | Rule::Unmerged => line,
        Rule::NothingProvided | Rule::SwitchedOff => line,
    };
    match context.offers(Action::Why) {
        Some(key) => line.right("why? ", Role::Muted).right(key, Role::Accent),
        None => line,
    }
}

fn without_address(context: &Context<'_>) -> &'static str {
    let line = context.scene.conversation.map(|line| line.channel);
    let channel = line.or_else(|| context.scene.earlier.map(|earlier| earlier.channel));
    channel.map_or("withheld", Channel::word_without_address)
}

/// The identifier that decided, else the first that was tried.
fn evidence(line: Line, reason: &Reason) -> Line {
    let Some(found) = reason.deciding().or(reason.provided.first()) else {
        return line.and("what was provided", Role::Muted);
    };
    let line = line.and(format!("{}", found.identifier), Role::Text);
    match found.trust {
        Trust::Verified => line,
        Trust::Typed => line.and(" (not verified)", Role::Warning),
    }
}

/// The name that the conversation gave, where it is another one than the contact's.
fn says_otherwise(profile: &Profile, contact: &Contact) -> Option<String> {
    let said = profile.provided_name.as_deref()?.trim();
    let name = match contact.fields.full_name() {
        unnamed if unnamed.is_empty() => profile.said().unwrap_or_default().to_owned(),
        name => name,
    };
    let differs =
        !name.is_empty() && !said.is_empty() && said.to_lowercase() != name.to_lowercase();
    differs.then(|| format!("the conversation gives the name “{said}”"))
}

/// `also used by Claire Byrne`, with the key that marks the identifier as shared.
fn also_used(profile: &Profile, context: &Context<'_>) -> Option<String> {
    let (_, used) = used_by(profile)?;
    let key = share_key(profile, context).unwrap_or_default();
    Some(format!("⚠ {used}{key}"))
}

/// The identifier of the rivals, and in words who uses it.
fn used_by(profile: &Profile) -> Option<(&Identifier, String)> {
    if profile.state != ProfileState::Rivals {
        return None;
    }
    let (_, identifier) = profile.rivals.first()?;
    let named = profile
        .rivals
        .iter()
        .take(RIVALS_NAMED_MAX)
        .map(|(rival, _)| {
            if rival.name.is_empty() {
                "a contact without a name"
            } else {
                rival.name.as_str()
            }
        });
    let mut names = named.collect::<Vec<_>>().join(", ");
    let more = profile.rivals.len().saturating_sub(RIVALS_NAMED_MAX);
    if 0 < more {
        names.push_str(&format!(" and {more} more"));
    }
    let used = match profile.is_shared(identifier) {
        true => "is shared with",
        false => "is also used by",
    };
    Some((identifier, format!("{} {used} {names}", short(identifier))))
}

/// The key that marks the identifier of the rivals, or takes the mark off, for the end of a sentence.
fn share_key(profile: &Profile, context: &Context<'_>) -> Option<String> {
    let (identifier, _) = used_by(profile)?;
    // The key acts on the identifier that decided, which need not be this one.
    let is_asked = deciding(profile).is_none_or(|one| one == identifier);
    let key = context.offers(Action::Share).filter(|_| is_asked)?;
    let offered = match profile.is_shared(identifier) {
        true => "takes the mark off",
        false => "marks it as shared",
    };
    Some(format!(" · {key} {offered}"))
}

fn short(identifier: &Identifier) -> String {
    format!("this {}", identifier.kind.word())
}

fn lifetime(profile: &Profile, context: &Context<'_>) -> Option<Row> {
    let when = match profile.expires? {
        Expires::At(moment) => time::long_date(moment, context.tz),
        Expires::DaysAfterEnd(days) => match profile.conversation {
            Some(_) => format!("{days} days after the end"),
            None => format!("{days} days after its open conversation ends"),
        },
    };
    let text = match context.offers(Action::Promote) {
        Some(key) => format!("expires {when} unless kept ({key})"),
        None => format!("expires {when} unless kept"),
    };
    Some(Row::sentence(text, Role::Muted))
}

/// The fields that the head shows, which the list of fields need not repeat; those of the name first.
pub const SHOWN: [Field; 5] = [
    Field::FirstName,
    Field::MiddleName,
    Field::LastName,
    Field::Title,
    Field::Organization,
];
/// How many of those are of the name.
pub const NAME_FIELDS: usize = 3;
