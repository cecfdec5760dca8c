//! Which records an export takes: the conditions of its body, held against each record.

use serde_json::{Map, Value};

use super::super::contact::texts;
use super::super::problem::Problem;
use crate::domain::Moment;
use crate::domain::contact::{Contact, ContactType, Note, Organization};
use crate::store::export::ExportKind;
use crate::wire::source;

/// Most conditions of an export, and most values of one of them.
const CONDITIONS_MAX: usize = 100;
const VALUES_MAX: usize = 1000;
/// The one division.
const DIVISION: &str = "*";
/// The types of contacts.
const TYPES: [&str; 3] = [
    ContactType::Ephemeral.name(),
    ContactType::Identified.name(),
    ContactType::Curated.name(),
];
const WHERE: &str = "queryConditions.filters";

/// What is wanted.
pub struct Wish {
    filter: Filter,
    /// Most rows.
    pub limit: u64,
}

enum Filter {
    /// One of these values, in any case.
    Is(Member, Vec<String>),
    From(Stamp, Moment),
    Upto(Stamp, Moment),
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
}

/// What a record can be told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    Division,
    Classification,
    Organization,
    Source,
    SchemaId,
    SchemaVersion,
    EntityType,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    Created,
    Modified,
}

/// Something that is exported.
pub trait Record {
    fn values(&self, member: Member) -> Vec<String>;
    fn at(&self, stamp: Stamp) -> Moment;
}

impl Wish {
    pub fn read(kind: ExportKind, body: &Map<String, Value>) -> Result<Self, Problem> {
        if texts(body, "divisionIds")?.iter().any(|id| id != DIVISION) {
            let why = "there is one division, *; leave it out";
            return Err(Problem::bad_value("divisionIds", why));
        }
        let nothing = Map::new();
        let conditions = match body.get("queryConditions") {
            None | Some(Value::Null) => &nothing,
            Some(Value::Object(conditions)) => conditions,
            Some(_) => return Err(Problem::bad_value("queryConditions", "it is an object")),
        };
        let limit = match conditions.get("limit") {
            None | Some(Value::Null) => u64::MAX,
            Some(limit) => limit.as_u64().filter(|limit| 0 < *limit).ok_or_else(|| {
                Problem::bad_value("queryConditions.limit", "it is a number from 1 on")
            })?,
        };
        let mut left = CONDITIONS_MAX;
        let filter = match conditions.get("filters") {
            None | Some(Value::Null) => Filter::All(Vec::new()),
            Some(filter) => Filter::read(kind, filter, &mut left)?,
        };
        Ok(Self { filter, limit })
    }

    pub fn takes(&self, record: &impl Record) -> bool {
        self.filter.holds(record)
    }
}

impl Filter {
    /// Reads a condition; `left` is how many more there may be.
    fn read(kind: ExportKind, value: &Value, left: &mut usize) -> Result<Self, Problem> {
        let few = || bad(format!("there are more than {CONDITIONS_MAX} conditions"));
        *left = left.checked_sub(1).ok_or_else(few)?;
        let members = value.as_object().ok_or_else(|| bad("it is an object"))?;
        let mut given = members.iter().filter(|(_, value)| !value.is_null());
        let Some((name, value)) = given.next() else {
            return Ok(Self::All(Vec::new()));
        };
        if given.next().is_some() {
            let why = "a condition has one of eq, in, lte, gte, and, or, not; join several by and";
            return Err(bad(why));
        }
        match name.as_str() {
            "eq" => Self::is(kind, value, vec![text(value, "value")?]),
            "in" => Self::is(kind, value, many(value)?),
            "gte" => Ok(Self::From(stamp(value)?, moment(value)?)),
            "lte" => Ok(Self::Upto(stamp(value)?, moment(value)?)),
            "and" => Ok(Self::All(Self::each(kind, value, left)?)),
            "or" => Ok(Self::Any(Self::each(kind, value, left)?)),
            "not" => Ok(Self::Not(Box::new(Self::read(kind, value, left)?))),
            _ => Err(bad("a condition has one of eq, in, lte, gte, and, or, not")),
        }
    }

    fn each(kind: ExportKind, value: &Value, left: &mut usize) -> Result<Vec<Self>, Problem> {
        let list = value
            .as_array()
            .ok_or_else(|| bad("and and or have a list"))?;
        list.iter().map(|one| Self::read(kind, one, left)).collect()
    }

    fn is(kind: ExportKind, value: &Value, wanted: Vec<String>) -> Result<Self, Problem> {
        let known = members(kind);
        let name = text(value, "field")?;
        let found = known.iter().find(|(known, _)| *known == name);
        let Some((_, member)) = found else {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            return Err(bad(format!("field is one of {}", names.join(", "))));
        };
        let words = words(*member);
        let is_word = |text: &String| words.iter().any(|word| word.eq_ignore_ascii_case(text));
        match words.is_empty() || wanted.iter().all(is_word) {
            true => Ok(Self::Is(*member, wanted)),
            false => Err(bad(format!("{name} is one of {}", words.join(", ")))),
        }
    }

    fn holds(&self, record: &impl Record) -> bool {
        match self {
            Self::Is(member, wanted) => {
                let values = record.values(*member);
                let is_wanted = |value: &String| {
                    let mut wanted = wanted.iter();
                    wanted.any(|wanted| wanted.eq_ignore_ascii_case(value))
                };
                values.iter().any(is_wanted)
            }
            Self::From(stamp, at) => *at <= record.at(*stamp),
            Self::Upto(stamp, at) => record.at(*stamp) <= *at,
            Self::All(filters) => filters.iter().all(|filter| filter.holds(record)),
            Self::Any(filters) => filters.iter().any(|filter| filter.holds(record)),
            Self::Not(filter) => !filter.holds(record),
        }
    }
}

fn bad(why: impl Into<String>) -> Problem {
    Problem::bad_value(WHERE, why)
}

fn text(value: &Value, name: &str) -> Result<String, Problem> {
    let text = value.get(name).and_then(Value::as_str).map(str::trim);
    let text = text.filter(|text| !text.is_empty());
    let missing = || bad(format!("a condition needs {name}, a text"));
    Ok(text.ok_or_else(missing)?.to_owned())
}

fn many(value: &Value) -> Result<Vec<String>, Problem> {
    let nothing = Map::new();
    let wanted = texts(value.as_object().unwrap_or(&nothing), "values")?;
    match (1..=VALUES_MAX).contains(&wanted.len()) {
        true => Ok(wanted),
        false => Err(bad("values has 1 to 1,000 texts")),
    }
}

fn stamp(value: &Value) -> Result<Stamp, Problem> {
    match text(value, "field")?.as_str() {
        "CreateDate" => Ok(Stamp::Created),
        "ModifyDate" => Ok(Stamp::Modified),
        _ => Err(bad(
            "field is CreateDate or ModifyDate where times are compared",
        )),
    }
}

fn moment(value: &Value) -> Result<Moment, Problem> {
    let read = text(value, "value")?.parse();
    read.map_err(|_| bad("value is a time such as 2026-11-23T12:00:00Z where times are compared"))
}

/// The fields that the contract has for a kind.
const fn members(kind: ExportKind) -> &'static [(&'static str, Member)] {
    match kind {
        ExportKind::Contacts => &[
            ("DivisionId", Member::Division),
            ("ContactClassification", Member::Classification),
            ("ExternalOrganizationId", Member::Organization),
            ("ExternalSourceId", Member::Source),
            ("SchemaId", Member::SchemaId),
            ("SchemaVersion", Member::SchemaVersion),
        ],
        ExportKind::Notes => &[
            ("DivisionId", Member::Division),
            ("EntityType", Member::EntityType),
        ],
        ExportKind::Organizations => &[
            ("DivisionId", Member::Division),
            ("SchemaId", Member::SchemaId),
            ("SchemaVersion", Member::SchemaVersion),
        ],
    }
}

/// The words that a field can have; empty when it has any.
const fn words(member: Member) -> &'static [&'static str] {
    match member {
        Member::Classification => &TYPES,
        Member::EntityType => &["contact", "organization"],
        Member::Division | Member::Organization | Member::Source => &[],
        Member::SchemaId | Member::SchemaVersion => &[],
    }
}

impl Record for Contact {
    fn values(&self, member: Member) -> Vec<String> {
        let of_schema = |name: &str| match self.fields.custom.as_ref()?.schema.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        match member {
            Member::Division => vec![self.division.clone()],
            Member::Classification => vec![self.kind.name().to_owned()],
            Member::Organization => {
                let id = self.fields.organization;
                id.map(|id| id.to_string()).into_iter().collect()
            }
            Member::Source => {
                let ids = self.fields.external_ids.iter();
                ids.map(|id| source::id(&id.source).to_string()).collect()
            }
            Member::SchemaId => of_schema("id").into_iter().collect(),
            Member::SchemaVersion => of_schema("version").into_iter().collect(),
            Member::EntityType => Vec::new(),
        }
    }

    fn at(&self, stamp: Stamp) -> Moment {
        match stamp {
            Stamp::Created => self.created,
            Stamp::Modified => self.modified,
        }
    }
}

impl Record for Note {
    fn values(&self, member: Member) -> Vec<String> {
        match member {
            Member::Division => vec![DIVISION.to_owned()],
            // Organizations have none here.
            Member::EntityType => vec!["contact".to_owned()],
            Member::Classification | Member::Organization | Member::Source => Vec::new(),
            Member::SchemaId | Member::SchemaVersion => Vec::new(),
        }
    }

    fn at(&self, stamp: Stamp) -> Moment {
        match stamp {
            Stamp::Created => self.created,
            Stamp::Modified => self.modified,
        }
    }
}

impl Record for Organization {
    fn values(&self, member: Member) -> Vec<String> {
        match member {
            Member::Division => vec![DIVISION.to_owned()],
            // No organization has a schema here.
            Member::SchemaId | Member::SchemaVersion | Member::EntityType => Vec::new(),
            Member::Classification | Member::Organization | Member::Source => Vec::new(),
        }
    }

    fn at(&self, stamp: Stamp) -> Moment {
        match stamp {
            Stamp::Created => self.created,
            Stamp::Modified => {
                let changed = self.rest.get("modifyDate").and_then(Value::as_str);
                let changed = changed.and_then(|text| text.parse().ok());
                changed.unwrap_or(self.created)
            }
        }
    }
}
