//! Every field that holds something: addresses first, each with what it claims.

use super::head::{NAME_FIELDS, SHOWN, is_name_long};
use super::{Points, Row, suggested};
use crate::backend::view::Profile;
use crate::domain::contact::{Contact, Fields};
use crate::domain::conversation::Trust;
use crate::domain::field::{FIELDS, Field, Shape, Value, account_shown};
use crate::domain::{Identifier, IdentifierType};
use crate::tui::context::Context;
use crate::tui::pane::Line;
use crate::tui::text;
use crate::tui::theme::Role;

const LABEL_COLUMNS: usize = 9;
/// The mark of an identifier that several people use, which therefore nobody holds.
pub const SHARED: &str = "⇄ shared";
const ADDRESS: [Field; 6] = [
    Field::Address1,
    Field::Address2,
    Field::PostalCode,
    Field::City,
    Field::State,
    Field::CountryCode,
];

pub fn rows(profile: &Profile, contact: &Contact, _context: &Context<'_>) -> Vec<Row> {
    let mut carried = Vec::new();
    let mut rows = ways_to_reach(profile, &contact.fields, &mut carried);
    rows.extend(external_ids(profile, &contact.fields, &mut carried));
    rows.extend(held_besides(profile, &carried));
    rows.extend(other_fields(contact));
    rows.extend(custom(&contact.fields));
    if !rows.is_empty() {
        rows.insert(0, Row::blank());
    }
    rows
}

/// Phones, e-mails and accounts, with whether this contact holds the value.
fn ways_to_reach(profile: &Profile, fields: &Fields, carried: &mut Vec<Identifier>) -> Vec<Row> {
    let mut rows = Vec::new();
    for spec in FIELDS {
        let (glyph, kind) = match spec.shape {
            Shape::Phone => ("☎", IdentifierType::Phone),
            Shape::Email => ("✉", IdentifierType::Email),
            Shape::Social => ("✆", social_kind(spec.field)),
            Shape::Text(_) | Shape::Organization | Shape::Flag => continue,
            Shape::ExternalIds | Shape::AppleIds => continue,
        };
        let Some(value) = fields.get(spec.field) else {
            continue;
        };
        let shown = shown(spec.field, &value);
        let line = labelled(glyph, short_label(spec.field)).and(shown, Role::Text);
        let identifier = identifier_of(kind, &value);
        rows.push(claimed(line, identifier, profile, carried));
    }
    for value in &fields.apple_opaque_ids {
        let line = labelled("✆", "Apple").and(value, Role::Text);
        let identifier = Identifier::read(IdentifierType::AppleOpaqueId, value, None, None).ok();
        rows.push(claimed(line, identifier, profile, carried));
    }
    rows
}

fn external_ids(profile: &Profile, fields: &Fields, carried: &mut Vec<Identifier>) -> Vec<Row> {
    let row = |id: &crate::domain::contact::ExternalId| {
        let line = labelled("#", "id")
            .and(&id.value, Role::Text)
            .and(format!(" ({})", id.source), Role::Muted);
        let kind = IdentifierType::ExternalId;
        let identifier = Identifier::read(kind, &id.value, Some(&id.source), None).ok();
        claimed(line, identifier, profile, carried)
    };
    fields.external_ids.iter().map(row).collect()
}

/// What the contact holds without a field for it: cookies, and values that a merge left without a slot.
fn held_besides(profile: &Profile, carried: &[Identifier]) -> Vec<Row> {
    let besides = profile
        .claims
        .iter()
        .filter(|(held, _)| !carried.contains(held));
    // The box of somebody unknown has them already.
    let is_boxed = suggested::is_shown(profile);
    let besides = besides.filter(|(held, _)| {
        let is_given = profile
            .provided
            .iter()
            .any(|given| given.identifier == *held);
        !(is_boxed && is_given)
    });
    let row = |(held, trust): &(Identifier, Trust)| {
        let line = labelled(glyph(held.kind), word(held.kind)).and(held.shown(), Role::Text);
        let line = match &held.source {
            Some(source) => line.and(format!(" ({source})"), Role::Muted),
            None => line,
        };
        Row::line(mark(line, *trust)).at(Points::Identifier(held.clone()))
    };
    besides.map(row).collect()
}

fn other_fields(contact: &Contact) -> Vec<Row> {
    let fields = &contact.fields;
    let shown: &[Field] = match is_name_long(contact) {
        true => &SHOWN[NAME_FIELDS..],
        false => &SHOWN,
    };
    let mut rows = Vec::new();
    let address: Vec<String> = ADDRESS
        .into_iter()
        .filter_map(|field| Some(fields.get(field)?.shown(field)))
        .filter(|part| !part.trim().is_empty())
        .collect();
    if !address.is_empty() {
        rows.push(Row::line(
            labelled("⌂", "address").and(address.join(", "), Role::Text),
        ));
    }
    for spec in FIELDS {
        let is_elsewhere = shown.contains(&spec.field) || ADDRESS.contains(&spec.field);
        let is_plain = matches!(spec.shape, Shape::Text(_) | Shape::Flag);
        if is_elsewhere || !is_plain {
            continue;
        }
        if let Some(value) = fields.get(spec.field) {
            let line = labelled(" ", spec.label).and(value.shown(spec.field), Role::Text);
            let is_name = SHOWN.contains(&spec.field);
            rows.push(Row::line(if is_name {
                line.at_most(usize::MAX)
            } else {
                line
            }));
        }
    }
    rows
}

fn custom(fields: &Fields) -> Vec<Row> {
    let Some(custom) = fields
        .custom
        .as_ref()
        .filter(|custom| !custom.values.is_empty())
    else {
        return Vec::new();
    };
    let schema = custom.schema.get("name").and_then(|name| name.as_str());
    let title = schema.map_or_else(
        || "Custom fields".to_owned(),
        |name| format!("Custom fields · {name}"),
    );
    let mut rows = vec![Row::blank(), Row::heading(title)];
    rows.extend(custom.values.iter().map(|(name, value)| {
        let shown = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        Row::line(labelled(" ", name).and(shown, Role::Text))
    }));
    rows
}

fn claimed(
    line: Line,
    identifier: Option<Identifier>,
    profile: &Profile,
    carried: &mut Vec<Identifier>,
) -> Row {
    let Some(identifier) = identifier else {
        return Row::line(line.right("as typed", Role::Muted));
    };
    let held = profile.claims.iter().find(|(held, _)| *held == identifier);
    let line = match held {
        Some((_, trust)) => mark(line, *trust),
        None if profile.is_shared(&identifier) => line.right(SHARED, Role::Warning),
        None => line.right("not claimed", Role::Muted),
    };
    carried.push(identifier.clone());
    Row::line(line).at(Points::Identifier(identifier))
}

fn mark(line: Line, trust: Trust) -> Line {
    match trust {
        Trust::Verified => line
            .right("✓ claimed", Role::Good)
            .right_in_brief("✓", Role::Good),
        Trust::Typed => line.right("not verified", Role::Warning),
    }
}

fn identifier_of(kind: IdentifierType, value: &Value) -> Option<Identifier> {
    match value {
        Value::Phone(phone) => Some(Identifier {
            kind,
            value: phone.e164.clone()?,
            source: None,
        }),
        Value::Text(typed) => Identifier::read(kind, typed, None, None).ok(),
        Value::Social(social) => Identifier::read(kind, &social.id, None, None).ok(),
        Value::Organization(_) | Value::Flag(_) => None,
        Value::ExternalIds(_) | Value::AppleIds(_) => None,
    }
}

/// Accounts show what people call them, and the id behind it where that is something else.
fn shown(field: Field, value: &Value) -> String {
    match value {
        Value::Social(social) => {
            let called = social.handle.as_ref().or(social.name.as_ref());
            let id = account_shown(field, &social.id);
            match called.filter(|called| **called != social.id) {
                Some(called) => format!("{called} · {id}"),
                None => id,
            }
        }
        Value::Phone(phone) => match phone.extension {
            Some(extension) if !phone.display.contains("ext") => {
                format!("{} ext. {extension}", phone.display)
            }
            Some(_) | None => phone.display.clone(),
        },
        Value::Text(_) | Value::Organization(_) | Value::Flag(_) => value.shown(field),
        Value::ExternalIds(_) | Value::AppleIds(_) => value.shown(field),
    }
}

fn labelled(glyph: &str, label: &str) -> Line {
    // A longer label pushes its value aside rather than being cut.
    let label = text::clean_line(label);
    Line::of(format!("{glyph} {label:<LABEL_COLUMNS$} "), Role::Muted)
}

/// The label without the word that the glyph says already.
fn short_label(field: Field) -> &'static str {
    let label = field.label();
    let label = label.strip_suffix(" phone").unwrap_or(label);
    let label = label.strip_suffix(" e-mail").unwrap_or(label);
    label.strip_suffix(" id").unwrap_or(label)
}

fn social_kind(field: Field) -> IdentifierType {
    match field {
        Field::Twitter => IdentifierType::SocialTwitter,
        Field::Line => IdentifierType::SocialLine,
        Field::Facebook => IdentifierType::SocialFacebook,
        Field::Instagram => IdentifierType::SocialInstagram,
        // The table gives this shape to the four above and to WhatsApp only.
        _ => IdentifierType::SocialWhatsapp,
    }
}

/// The word for what is held; the glyph says the rest.
fn word(kind: IdentifierType) -> &'static str {
    if kind == IdentifierType::ExternalId {
        "id"
    } else {
        kind.word()
    }
}

fn glyph(kind: IdentifierType) -> &'static str {
    match kind {
        IdentifierType::Phone => "☎",
        IdentifierType::Email => "✉",
        IdentifierType::Cookie => "◍",
        IdentifierType::ExternalId => "#",
        IdentifierType::SocialLine
        | IdentifierType::SocialFacebook
        | IdentifierType::SocialTwitter
        | IdentifierType::SocialWhatsapp
        | IdentifierType::SocialInstagram
        | IdentifierType::SocialWhatsappBsuid
        | IdentifierType::AppleOpaqueId
        | IdentifierType::SocialInstagramHandle => "✆",
    }
}
