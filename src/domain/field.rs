//! The fields of a contact as a vocabulary: one row a field, read by forms, import headers, merge, edit and
//! the command line.

use serde::{Deserialize, Serialize};

use super::contact::{ExternalId, Fields, OrganizationId, Social};
use super::identifier::Identifier;
use super::phone::{Phone, is_region};

/// One field of a contact. Lists are in `LISTS` and not in `FIELDS`: import and merge unite them. Custom fields
/// are a unit of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Field {
    FirstName,
    MiddleName,
    LastName,
    Salutation,
    Title,
    WorkPhone,
    CellPhone,
    HomePhone,
    OtherPhone,
    WorkEmail,
    PersonalEmail,
    OtherEmail,
    Address1,
    Address2,
    City,
    State,
    PostalCode,
    CountryCode,
    Organization,
    Twitter,
    Line,
    Whatsapp,
    Facebook,
    Instagram,
    SurveyOptOut,
    ExternalSystemUrl,
    ExternalIds,
    AppleIds,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    Text(String),
    Phone(Phone),
    Social(Social),
    Organization(OrganizationId),
    Flag(bool),
    ExternalIds(Vec<ExternalId>),
    AppleIds(Vec<String>),
}

/// What kind of value a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Text with at most this many characters.
    Text(usize),
    Phone,
    Email,
    Social,
    Organization,
    Flag,
    ExternalIds,
    AppleIds,
}

/// The description of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldSpec {
    pub field: Field,
    /// The API's name, for example `firstName`; a part of the address is `address.city`.
    pub api: &'static str,
    /// The label for people, for example `first name`.
    pub label: &'static str,
    pub shape: Shape,
}

/// Every field, in the order of forms. Limits from `design/rules.md` §10 and `design/domain.md` §8.
#[rustfmt::skip]
pub const FIELDS: [FieldSpec; 26] = [
    row(Field::FirstName,         "firstName",             "first name",     Shape::Text(1000)),
    row(Field::MiddleName,        "middleName",            "middle name",    Shape::Text(1000)),
    row(Field::LastName,          "lastName",              "last name",      Shape::Text(1000)),
    row(Field::Salutation,        "salutation",            "salutation",     Shape::Text(1000)),
    row(Field::Title,             "title",                 "title",          Shape::Text(1000)),
    row(Field::WorkPhone,         "workPhone",             "work phone",     Shape::Phone),
    row(Field::CellPhone,         "cellPhone",             "cell phone",     Shape::Phone),
    row(Field::HomePhone,         "homePhone",             "home phone",     Shape::Phone),
    row(Field::OtherPhone,        "otherPhone",            "other phone",    Shape::Phone),
    row(Field::WorkEmail,         "workEmail",             "work e-mail",    Shape::Email),
    row(Field::PersonalEmail,     "personalEmail",         "personal e-mail", Shape::Email),
    row(Field::OtherEmail,        "otherEmail",            "other e-mail",   Shape::Email),
    row(Field::Address1,          "address.address1",      "address",        Shape::Text(200)),
    row(Field::Address2,          "address.address2",      "address line 2", Shape::Text(200)),
    row(Field::City,              "address.city",          "city",           Shape::Text(100)),
    row(Field::State,             "address.state",         "state",          Shape::Text(50)),
    row(Field::PostalCode,        "address.postalCode",    "postal code",    Shape::Text(25)),
    row(Field::CountryCode,       "address.countryCode",   "country code",   Shape::Text(25)),
    row(Field::Organization,      "externalOrganization",  "organization",   Shape::Organization),
    row(Field::Twitter,           "twitterId",             "X id",           Shape::Social),
    row(Field::Line,              "lineId",                "LINE id",        Shape::Social),
    row(Field::Whatsapp,          "whatsAppId",            "WhatsApp",       Shape::Social),
    row(Field::Facebook,          "facebookId",            "Facebook id",    Shape::Social),
    row(Field::Instagram,         "instagramId",           "Instagram id",   Shape::Social),
    row(Field::SurveyOptOut,      "surveyOptOut",          "survey opt-out", Shape::Flag),
    row(Field::ExternalSystemUrl, "externalSystemUrl",     "profile URL",    Shape::Text(1000)),
];

/// The lists that an edit replaces as a whole.
#[rustfmt::skip]
pub const LISTS: [FieldSpec; 2] = [
    row(Field::ExternalIds,       "externalIds",           "external ids",   Shape::ExternalIds),
    row(Field::AppleIds,          "appleOpaqueIds",        "Apple ids",      Shape::AppleIds),
];

const fn row(field: Field, api: &'static str, label: &'static str, shape: Shape) -> FieldSpec {
    FieldSpec {
        field,
        api,
        label,
        shape,
    }
}

/// The slots a phone moves to when a merge takes its own, in order (`design/rules.md` §6).
pub const PHONE_SPILL: [Field; 4] = [
    Field::OtherPhone,
    Field::HomePhone,
    Field::WorkPhone,
    Field::CellPhone,
];
/// The slots an e-mail moves to when a merge takes its own, in order.
pub const EMAIL_SPILL: [Field; 3] = [Field::OtherEmail, Field::PersonalEmail, Field::WorkEmail];

impl Field {
    /// The row that describes this field.
    pub fn spec(self) -> FieldSpec {
        match (self as usize).checked_sub(FIELDS.len()) {
            Some(list) => LISTS[list],
            None => FIELDS[self as usize],
        }
    }

    /// The label for people.
    pub fn label(self) -> &'static str {
        self.spec().label
    }

    /// The field with this API name, label or last part of the API name; case, spaces, `-` and `_` ignored.
    pub fn of_name(name: &str) -> Option<Self> {
        let plain = |text: &str| -> String {
            text.chars()
                .filter(|c| c.is_alphanumeric())
                .flat_map(char::to_lowercase)
                .collect()
        };
        let wanted = plain(name);
        FIELDS
            .iter()
            .find(|spec| {
                let last = spec.api.rsplit('.').next().unwrap_or(spec.api);
                [spec.api, last, spec.label]
                    .iter()
                    .any(|text| plain(text) == wanted)
            })
            .map(|spec| spec.field)
    }
}

impl Value {
    /// The value of `field` as one line of text for people: numbers with spaces, also those of WhatsApp. An
    /// organization has no name here: the caller looks it up.
    pub fn shown(&self, field: Field) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Phone(phone) => phone.display.clone(),
            Self::Social(social) => match &social.handle {
                Some(handle) => handle.clone(),
                None => account_shown(field, &social.id),
            },
            Self::Organization(id) => id.to_string(),
            Self::Flag(true) => "yes".to_owned(),
            Self::Flag(false) => "no".to_owned(),
            Self::ExternalIds(ids) => {
                let shown = ids.iter().map(|id| format!("{} ({})", id.value, id.source));
                shown.collect::<Vec<_>>().join(", ")
            }
            Self::AppleIds(ids) => ids.join(", "),
        }
    }

    /// The control character that a value has and its field has no place for.
    pub fn control(&self, field: Field) -> Option<Why> {
        let any = |texts: &[Option<&str>]| {
            let mut texts = texts.iter().flatten();
            texts.find_map(|text| control(field, text))
        };
        match self {
            Self::Text(text) => control(field, text),
            Self::Phone(phone) => any(&[Some(&phone.typed), Some(&phone.display)]),
            Self::Social(social) => any(&[
                Some(&social.id),
                social.name.as_deref(),
                social.handle.as_deref(),
                social.profile_url.as_deref(),
            ]),
            Self::ExternalIds(ids) => ids
                .iter()
                .find_map(|id| any(&[Some(&id.source), Some(&id.value)])),
            Self::AppleIds(ids) => ids.iter().find_map(|id| control(field, id)),
            Self::Organization(_) | Self::Flag(_) => None,
        }
    }

    /// Reads what a person typed into `field`; an empty text is no value. `region` is for phones.
    pub fn read(field: Field, typed: &str, region: Option<&str>) -> Result<Option<Self>, BadValue> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        let bad = |why: Why| why.of(field);
        if let Some(why) = control(field, typed) {
            return Err(bad(why));
        }
        match field.spec().shape {
            Shape::Text(_) if field == Field::CountryCode => match is_region(typed) {
                true => Ok(Some(Self::Text(typed.to_ascii_uppercase()))),
                false => Err(bad(Why::NoRegion(typed.chars().take(60).collect()))),
            },
            Shape::Text(most) if typed.chars().count() > most => Err(bad(Why::TooLong(most))),
            Shape::Text(_) => Ok(Some(Self::Text(typed.to_owned()))),
            Shape::Phone if typed.chars().count() > 512 => Err(bad(Why::TooLong(512))),
            Shape::Phone => Ok(Some(Self::Phone(Phone::read(typed, region)))),
            Shape::Email if typed.chars().count() > 256 => Err(bad(Why::TooLong(256))),
            Shape::Email => match super::identifier::email(typed) {
                Some(_) => Ok(Some(Self::Text(typed.to_owned()))),
                None => Err(bad(Why::NoEmail(typed.chars().take(60).collect()))),
            },
            Shape::Social if typed.chars().count() > 255 => Err(bad(Why::TooLong(255))),
            Shape::Social => Ok(Some(Self::Social(Social {
                id: account(field, typed),
                ..Social::default()
            }))),
            Shape::Organization => typed
                .parse()
                .map(|id| Some(Self::Organization(id)))
                .map_err(|_| bad(Why::NoId)),
            Shape::Flag => match typed.to_lowercase().as_str() {
                "yes" | "true" | "1" | "y" => Ok(Some(Self::Flag(true))),
                "no" | "false" | "0" | "n" => Ok(Some(Self::Flag(false))),
                _ => Err(bad(Why::NoFlag)),
            },
            Shape::ExternalIds => parts(typed)
                .map(|part| external_id(part).ok_or_else(|| bad(Why::NoSource(part.to_owned()))))
                .collect::<Result<_, _>>()
                .map(|ids| Some(Self::ExternalIds(ids))),
            Shape::AppleIds => Ok(Some(Self::AppleIds(
                parts(typed).map(str::to_owned).collect(),
            ))),
        }
    }
}

/// The control character that a text has and `field` has no place for: only an address may have several lines.
pub fn control(field: Field, text: &str) -> Option<Why> {
    let is_line = |c: char| c == '\n' || c == '\r';
    let has_lines = matches!(field, Field::Address1 | Field::Address2);
    let mut controls = text.chars().filter(|c| c.is_control());
    let bad = controls.find(|c| !(has_lines && is_line(*c)))?;
    Some(match is_line(bad) {
        true => Why::LineBreak,
        false => Why::Control(u32::from(bad)),
    })
}

/// The id of an account as people write it.
pub fn account_shown(field: Field, id: &str) -> String {
    match field {
        Field::Whatsapp if is_number(id) => Identifier::whatsapp(id).shown(),
        _ => id.to_owned(),
    }
}

/// The id of an account as it is kept: a number of WhatsApp in digits alone (`design/rules.md` §3).
fn account(field: Field, typed: &str) -> String {
    match field {
        Field::Whatsapp if is_number(typed) => Identifier::whatsapp(typed).value,
        _ => typed.to_owned(),
    }
}

fn is_number(text: &str) -> bool {
    let is_sign = |c: char| c.is_ascii_digit() || " +-()./\u{a0}".contains(c);
    text.contains(|c: char| c.is_ascii_digit()) && text.chars().all(is_sign)
}

/// What stands between the commas of a list.
fn parts(typed: &str) -> impl Iterator<Item = &str> {
    let parts = typed.split(',').map(str::trim);
    parts.filter(|part| !part.is_empty())
}

/// `CRM-20418 (Salesforce)`.
fn external_id(part: &str) -> Option<ExternalId> {
    let (value, source) = part.strip_suffix(')')?.rsplit_once('(')?;
    let (value, source) = (value.trim().to_owned(), source.trim().to_owned());
    (!value.is_empty() && !source.is_empty()).then_some(ExternalId { source, value })
}

/// A typed value that its field cannot take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {field} {why}")]
pub struct BadValue {
    pub field: &'static str,
    pub why: Why,
}

/// What is wrong with a typed value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    #[error("is longer than {0} characters")]
    TooLong(usize),
    #[error("{0:?} is not an e-mail address")]
    NoEmail(String),
    #[error("needs the id of an organization")]
    NoId,
    #[error("takes yes or no")]
    NoFlag,
    #[error("{0:?} needs its source, as in CRM-20418 (CRM)")]
    NoSource(String),
    #[error("{0:?} is not known; write two letters such as IE")]
    NoRegion(String),
    #[error("has a line break; write it on one line")]
    LineBreak,
    /// The number of the character.
    #[error("has the control character U+{0:04X}; take it out")]
    Control(u32),
}

impl Why {
    /// What is wrong, with the field it is wrong with.
    pub fn of(self, field: Field) -> BadValue {
        BadValue {
            field: field.label(),
            why: self,
        }
    }
}

impl Fields {
    /// What `field` holds.
    pub fn get(&self, field: Field) -> Option<Value> {
        let text = |text: &Option<String>| text.clone().map(Value::Text);
        let phone = |phone: &Option<Phone>| phone.clone().map(Value::Phone);
        let social = |social: &Option<Social>| social.clone().map(Value::Social);
        match field {
            Field::FirstName => text(&self.first_name),
            Field::MiddleName => text(&self.middle_name),
            Field::LastName => text(&self.last_name),
            Field::Salutation => text(&self.salutation),
            Field::Title => text(&self.title),
            Field::WorkPhone => phone(&self.work_phone),
            Field::CellPhone => phone(&self.cell_phone),
            Field::HomePhone => phone(&self.home_phone),
            Field::OtherPhone => phone(&self.other_phone),
            Field::WorkEmail => text(&self.work_email),
            Field::PersonalEmail => text(&self.personal_email),
            Field::OtherEmail => text(&self.other_email),
            Field::Address1 => text(&self.address1),
            Field::Address2 => text(&self.address2),
            Field::City => text(&self.city),
            Field::State => text(&self.state),
            Field::PostalCode => text(&self.postal_code),
            Field::CountryCode => text(&self.country_code),
            Field::Organization => self.organization.map(Value::Organization),
            Field::Twitter => social(&self.twitter),
            Field::Line => social(&self.line),
            Field::Whatsapp => social(&self.whatsapp),
            Field::Facebook => social(&self.facebook),
            Field::Instagram => social(&self.instagram),
            Field::SurveyOptOut => self.survey_opt_out.map(Value::Flag),
            Field::ExternalSystemUrl => text(&self.external_system_url),
            Field::ExternalIds => {
                let ids = &self.external_ids;
                (!ids.is_empty()).then(|| Value::ExternalIds(ids.clone()))
            }
            Field::AppleIds => {
                let ids = &self.apple_opaque_ids;
                (!ids.is_empty()).then(|| Value::AppleIds(ids.clone()))
            }
        }
    }

    /// Puts `value` into `field`; a value of another shape leaves the field empty.
    pub fn set(&mut self, field: Field, value: Option<Value>) {
        let (mut text, mut phone, mut social, mut flag, mut organization) =
            (None, None, None, None, None);
        let (mut external, mut apple) = (Vec::new(), Vec::new());
        match value {
            Some(Value::Text(value)) => text = Some(value),
            Some(Value::Phone(value)) => phone = Some(value),
            Some(Value::Social(value)) => social = Some(value),
            Some(Value::Organization(value)) => organization = Some(value),
            Some(Value::Flag(value)) => flag = Some(value),
            Some(Value::ExternalIds(value)) => external = value,
            Some(Value::AppleIds(value)) => apple = value,
            None => {}
        }
        match field {
            Field::FirstName => self.first_name = text,
            Field::MiddleName => self.middle_name = text,
            Field::LastName => self.last_name = text,
            Field::Salutation => self.salutation = text,
            Field::Title => self.title = text,
            Field::WorkPhone => self.work_phone = phone,
            Field::CellPhone => self.cell_phone = phone,
            Field::HomePhone => self.home_phone = phone,
            Field::OtherPhone => self.other_phone = phone,
            Field::WorkEmail => self.work_email = text,
            Field::PersonalEmail => self.personal_email = text,
            Field::OtherEmail => self.other_email = text,
            Field::Address1 => self.address1 = text,
            Field::Address2 => self.address2 = text,
            Field::City => self.city = text,
            Field::State => self.state = text,
            Field::PostalCode => self.postal_code = text,
            Field::CountryCode => self.country_code = text,
            Field::Organization => self.organization = organization,
            Field::Twitter => self.twitter = social,
            Field::Line => self.line = social,
            Field::Whatsapp => self.whatsapp = social,
            Field::Facebook => self.facebook = social,
            Field::Instagram => self.instagram = social,
            Field::SurveyOptOut => self.survey_opt_out = flag,
            Field::ExternalSystemUrl => self.external_system_url = text,
            Field::ExternalIds => self.external_ids = external,
            Field::AppleIds => self.apple_opaque_ids = apple,
        }
    }
}
