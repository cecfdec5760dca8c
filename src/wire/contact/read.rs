//! An `ExternalContact` that somebody sent, read into fields. Every member that cannot be taken is named.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::Field;
use crate::domain::contact::{Custom, ExternalId, Fields, LIST_MAX, OrganizationId};
use crate::domain::field::{FIELDS, FieldSpec, Shape, Value as Held};
use crate::domain::identifier::VALUE_CHARS_MAX;
use crate::domain::phone::{Phone, is_region};

use super::super::member::Object;
use super::super::problem::{Problem, Problems};
use super::super::source;
use inner::Inner;

mod inner;
mod social;

/// Members that the API shows and that cannot be written: taken without effect, so that what was read can be
/// sent back.
const READ_ONLY: [&str; 12] = [
    "id",
    "type",
    "identifiers",
    "createDate",
    "modifyDate",
    "canonicalContact",
    "mergeSet",
    "mergedFrom",
    "mergedTo",
    "mergeOperation",
    "externalDataSources",
    "selfUri",
];

/// What reading a body needs to know.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reading<'a> {
    /// Two-letter region for phones without a country code, when the contact has no country itself.
    pub region: Option<&'a str>,
    /// Known external sources, for references by id alone.
    pub sources: &'a [String],
}

/// What a body holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    pub fields: Fields,
    /// Name of an organization that was given without an id.
    pub organization_name: Option<String>,
    pub division: Option<String>,
}

/// Reads an `ExternalContact` that is to be created or to replace another.
pub fn from_json(value: &Value, reading: &Reading) -> Result<Body, Problems> {
    let Some(object) = value.as_object() else {
        return Err(Problems::one(
            "body",
            "it is no JSON object; write {\"firstName\": ...}",
        ));
    };
    let walk = walk(object, reading);
    match walk.problems.is_empty() {
        true => Ok(walk.body),
        false => Err(Problems(walk.problems)),
    }
}

/// Reads an `ExternalContact` that a server answered: what cannot be taken is left out, because it is shown
/// and not kept here.
pub fn understood(object: &Object, reading: &Reading) -> Body {
    walk(object, reading).body
}

fn walk<'a>(object: &'a Object, reading: &Reading<'a>) -> Walk<'a> {
    let mut walk = Walk {
        problems: Vec::new(),
        region: region(object, reading),
        sources: reading.sources,
        body: Body::default(),
    };
    // A member that is null is a member that is not there.
    for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        walk.member(name, value);
    }
    walk
}

/// The region for phones: the contact's own country first.
fn region<'a>(object: &'a Object, reading: &Reading<'a>) -> Option<&'a str> {
    let country = object
        .get("address")
        .and_then(|address| address.get("countryCode"))
        .and_then(Value::as_str);
    let country = country.map(str::trim).filter(|code| is_region(code));
    country.or(reading.region)
}

struct Walk<'a> {
    problems: Vec<Problem>,
    region: Option<&'a str>,
    sources: &'a [String],
    body: Body,
}

impl Walk<'_> {
    fn member(&mut self, name: &str, value: &Value) {
        let spec = FIELDS.iter().find(|spec| spec.api == name);
        match (name, spec) {
            (_, Some(spec)) => self.field(spec, name, value),
            ("address", None) => self.address(value),
            ("externalIds", None) => self.external_ids(value),
            ("appleOpaqueIds", None) => self.apple_ids(value),
            ("schema", None) => self.custom().schema = value.clone(),
            ("customFields", None) => self.custom_fields(value),
            ("division", None) => {
                let mut members = Inner::of("division", value, &["id", "name", "selfUri"]);
                self.body.division = members.text("id");
                self.problems.extend(members.take_wrong());
            }
            (_, None) if READ_ONLY.contains(&name) => {}
            (_, None) => self.problem(name, "the contract has no such member; leave it out"),
        }
    }

    fn problem(&mut self, member: &str, why: impl Into<String>) {
        self.problems.push(Problem {
            member: member.to_owned(),
            why: why.into(),
        });
    }

    fn address(&mut self, value: &Value) {
        let Some(object) = value.as_object() else {
            return self.problem(
                "address",
                "must be an object with city, countryCode and so on",
            );
        };
        for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
            let path = format!("address.{name}");
            match FIELDS.iter().find(|spec| spec.api == path) {
                Some(spec) => self.field(spec, &path, value),
                None => self.problem(&path, "the contract has no such member; leave it out"),
            }
        }
    }

    fn field(&mut self, spec: &FieldSpec, path: &str, value: &Value) {
        let held = match spec.shape {
            Shape::Text(_) | Shape::Email => self.text(spec.field, path, value),
            Shape::Phone => self.phone(path, value).map(Held::Phone),
            Shape::Social => self.social(spec.field, path, value).map(Held::Social),
            Shape::Organization => self.organization(path, value).map(Held::Organization),
            // Lists have members of their own; `FIELDS` has none of them.
            Shape::ExternalIds | Shape::AppleIds => return,
            Shape::Flag => match value {
                Value::Bool(flag) => Some(Held::Flag(*flag)),
                _ => {
                    self.problem(path, "it is true or false");
                    None
                }
            },
        };
        self.body.fields.set(spec.field, held);
    }

    fn text(&mut self, field: Field, path: &str, value: &Value) -> Option<Held> {
        let Some(text) = value.as_str() else {
            self.problem(path, "must be a text");
            return None;
        };
        match Held::read(field, text, None) {
            Ok(held) => held,
            Err(error) => {
                self.problem(path, error.why.to_string());
                None
            }
        }
    }

    /// What is displayed counts; when it still is the number that was typed, what was typed is kept.
    fn phone(&mut self, path: &str, value: &Value) -> Option<Phone> {
        let region = self.region.map(str::to_owned);
        let known = [
            "display",
            "userInput",
            "e164",
            "countryCode",
            "extension",
            "acceptsSMS",
            "normalizationCountryCode",
        ];
        let mut members = Inner::of(path, value, &known);
        let text = |name: &str| members.text(name);
        let own = text("normalizationCountryCode").filter(|code| is_region(code));
        let (display, typed, e164) = (text("display"), text("userInput"), text("e164"));
        let extension = members.number("extension");
        let accepts_sms = members.flag("acceptsSMS");
        self.problems.extend(members.take_wrong());
        let shown = display.clone().or_else(|| typed.clone()).or(e164)?;
        if shown.chars().count() > 512 {
            self.problem(path, "display has more than 512 characters");
            return None;
        }
        let region = own.or(region);
        let mut phone = Phone::read(&shown, region.as_deref());
        if let Some(typed) = typed {
            let again = Phone::read(&typed, phone.country.as_deref().or(region.as_deref()));
            if again.e164 == phone.e164 && again.display == phone.display {
                phone.typed = typed;
            }
        }
        phone.extension = extension.or(phone.extension);
        phone.accepts_sms = accepts_sms;
        Some(phone)
    }

    fn organization(&mut self, path: &str, value: &Value) -> Option<OrganizationId> {
        let text = |name: &str| {
            let text = value.get(name).and_then(Value::as_str)?.trim();
            (!text.is_empty()).then_some(text)
        };
        match (text("id"), text("name")) {
            (Some(id), _) => match id.parse() {
                Ok(id) => Some(id),
                Err(error) => {
                    self.problem(&format!("{path}.id"), format!("{error}"));
                    None
                }
            },
            (None, Some(name)) => {
                self.body.organization_name = Some(name.to_owned());
                None
            }
            (None, None) => {
                self.problem(path, "must be an object with an id or a name");
                None
            }
        }
    }

    fn list<'v>(&mut self, name: &str, value: &'v Value) -> &'v [Value] {
        let list = value.as_array().map(Vec::as_slice);
        match list {
            Some(list) if list.len() <= LIST_MAX => return list,
            Some(_) => self.problem(name, format!("it has more than {LIST_MAX} elements")),
            None => self.problem(name, "must be a list"),
        }
        &[]
    }

    fn external_ids(&mut self, value: &Value) {
        for (index, element) in self.list("externalIds", value).iter().enumerate() {
            let path = format!("externalIds[{index}]");
            let id = element.get("value").and_then(Value::as_str).map(str::trim);
            let source = element.get("externalSource");
            let source = source.and_then(|source| source::name_of(source, self.sources));
            match (id.filter(|id| is_id(id)), source) {
                (None, _) => self.problem(&format!("{path}.value"), "it has 1 to 255 characters"),
                (_, None) => self.problem(
                    &format!("{path}.externalSource"),
                    "there is no such source; give its name",
                ),
                (Some(id), Some(source)) => self.body.fields.external_ids.push(ExternalId {
                    source,
                    value: id.to_owned(),
                }),
            }
        }
    }

    fn apple_ids(&mut self, value: &Value) {
        for (index, element) in self.list("appleOpaqueIds", value).iter().enumerate() {
            let id = element.get("value").and_then(Value::as_str).map(str::trim);
            match id.filter(|id| is_id(id)) {
                Some(id) => self.body.fields.apple_opaque_ids.push(id.to_owned()),
                None => self.problem(
                    &format!("appleOpaqueIds[{index}].value"),
                    "it has 1 to 255 characters",
                ),
            }
        }
    }

    fn custom(&mut self) -> &mut Custom {
        self.body.fields.custom.get_or_insert_default()
    }

    fn custom_fields(&mut self, value: &Value) {
        match value.as_object() {
            Some(object) => {
                let values: BTreeMap<String, Value> = object.clone().into_iter().collect();
                self.custom().values = values;
            }
            None => self.problem("customFields", "must be an object"),
        }
    }
}

fn is_id(text: &str) -> bool {
    (1..=VALUE_CHARS_MAX).contains(&text.chars().count())
}
