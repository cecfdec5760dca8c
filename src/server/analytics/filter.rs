//! The filters of a details query. A dimension that is not known here is refused: an answer that left it out would
//! be wrong without saying so.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::super::problem::Problem;
use crate::domain::ConversationRecord;
use crate::domain::contact::ContactId;
use crate::wire::conversation::to_json;

/// Dimensions that can be asked for.
const KNOWN: [&str; 16] = [
    "externalContactId",
    "canonicalExternalContactId",
    "queueId",
    "userId",
    "wrapUpCode",
    "mediaType",
    "messageType",
    "direction",
    "purpose",
    "conversationId",
    "originatingDirection",
    "conversationEnd",
    "conversationStart",
    "ani",
    "dnis",
    "divisionId",
];
const EXACT: &str = "externalContactId";
const WHOLE: &str = "canonicalExternalContactId";

/// Dimensions whose values are kept as they were sent.
const VERBATIM: [&str; 2] = ["queueId", "userId"];

/// Merge sets by the id that was asked for.
pub type Sets = HashMap<ContactId, Vec<ContactId>>;

/// What conversations must be.
pub struct Filters(Vec<Filter>);

/// Parts that must all hold, or one of them.
struct Filter {
    join: Join,
    parts: Vec<PartOf>,
}

enum PartOf {
    Predicate(Predicate),
    Filter(Filter),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    And,
    Or,
}

struct Predicate {
    dimension: String,
    operator: Operator,
    value: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Matches,
    Exists,
    NotExists,
}

impl Filters {
    pub fn read(body: &Map<String, Value>) -> Result<Self, Problem> {
        let lists = ["conversationFilters", "segmentFilters"];
        let lists = lists.map(|name| body.get(name).and_then(Value::as_array));
        let all = lists.into_iter().flatten().flatten();
        Ok(Self(all.map(Filter::read).collect::<Result<_, _>>()?))
    }

    /// The contacts that narrow the search, where every conversation must be of one of them; each with whether
    /// the whole person is meant.
    pub fn contacts(&self) -> Option<Vec<(ContactId, bool)>> {
        self.0
            .iter()
            .find_map(|filter| filter.one_of(PartOf::contact))
    }

    /// Texts of which every conversation that is asked for holds one; empty where that cannot be told.
    pub fn mentions(&self) -> Vec<String> {
        let found = self.0.iter().find_map(|filter| filter.one_of(PartOf::text));
        found.unwrap_or_default()
    }

    /// The contacts that are asked for with everyone who is one person with them.
    pub fn wholes(&self) -> Vec<ContactId> {
        let mut found = Vec::new();
        self.0.iter().for_each(|filter| filter.wholes(&mut found));
        found
    }

    /// Whether a conversation is one that is asked for. `sets` has every one of `wholes()`.
    pub fn keep(&self, record: &ConversationRecord, sets: &Sets) -> bool {
        let whole = to_json(&record.conversation);
        self.0
            .iter()
            .all(|filter| filter.holds(record, &whole, sets))
    }
}

impl Filter {
    fn read(value: &Value) -> Result<Self, Problem> {
        let join = match value.get("type").and_then(Value::as_str) {
            Some("and") => Join::And,
            Some("or") => Join::Or,
            Some(_) | None => {
                return Err(Problem::bad_value("type", "a filter is of type and, or or"));
            }
        };
        let list = |name: &str| {
            value
                .get(name)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
        };
        let predicates = list("predicates").map(|one| Predicate::read(one).map(PartOf::Predicate));
        let clauses = list("clauses").map(|one| Self::read(one).map(PartOf::Filter));
        let parts = predicates.chain(clauses).collect::<Result<_, _>>()?;
        Ok(Self { join, parts })
    }

    /// What the parts ask for, one of which must hold: all parts where any will do, else the first that tells.
    fn one_of<T>(&self, told: impl Fn(&PartOf) -> Option<T>) -> Option<Vec<T>> {
        let all: Option<Vec<T>> = match self.join {
            Join::Or => self.parts.iter().map(told).collect(),
            Join::And => self.parts.iter().find_map(told).map(|one| vec![one]),
        };
        all.filter(|all| !all.is_empty())
    }

    fn wholes(&self, into: &mut Vec<ContactId>) {
        for part in &self.parts {
            match part {
                PartOf::Filter(filter) => filter.wholes(into),
                PartOf::Predicate(_) => {
                    let whole = part.contact().filter(|(_, is_whole)| *is_whole);
                    into.extend(whole.map(|(id, _)| id));
                }
            }
        }
    }

    fn holds(&self, record: &ConversationRecord, whole: &Value, sets: &Sets) -> bool {
        let mut parts = self.parts.iter().map(|part| match part {
            PartOf::Predicate(one) => one.holds(record, whole, sets),
            PartOf::Filter(one) => one.holds(record, whole, sets),
        });
        match self.join {
            Join::And => parts.all(|holds| holds),
            Join::Or => parts.any(|holds| holds),
        }
    }
}

impl PartOf {
    /// The id that a conversation holds as it was sent, if the part asks for a user or a queue.
    fn text(&self) -> Option<String> {
        let Self::Predicate(one) = self else {
            return None;
        };
        let is_verbatim = VERBATIM.contains(&one.dimension.as_str());
        // Marks that JSON or the store would write otherwise are not looked for.
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.:@ ".contains(letter);
        let is_told = is_verbatim && one.operator == Operator::Matches && !one.value.is_empty();
        (is_told && one.value.chars().all(is_plain)).then(|| one.value.clone())
    }

    fn contact(&self) -> Option<(ContactId, bool)> {
        let Self::Predicate(one) = self else {
            return None;
        };
        let is_whole = one.dimension == WHOLE;
        let is_contact = is_whole || one.dimension == EXACT;
        let id = one.value.parse().ok()?;
        (is_contact && one.operator == Operator::Matches).then_some((id, is_whole))
    }
}

impl Predicate {
    fn read(value: &Value) -> Result<Self, Problem> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        if let Some(kind) = text("type").filter(|kind| *kind != "dimension") {
            return Err(Problem::unserved_part(&format!(
                "a predicate of type {kind}"
            )));
        }
        let dimension = text("dimension").unwrap_or_default();
        if !KNOWN.contains(&dimension) {
            let dimension: String = dimension.chars().take(60).collect();
            return Err(Problem::unserved_part(&format!(
                "the dimension {dimension:?}"
            )));
        }
        let operator = match text("operator") {
            None | Some("matches") => Operator::Matches,
            Some("exists") => Operator::Exists,
            Some("notExists") => Operator::NotExists,
            Some(_) => {
                let why = "it is matches, exists or notExists";
                return Err(Problem::bad_value("operator", why));
            }
        };
        if [EXACT, WHOLE].contains(&dimension) && operator == Operator::Matches {
            text("value").unwrap_or_default().parse::<ContactId>()?;
        }
        Ok(Self {
            dimension: dimension.to_owned(),
            operator,
            value: text("value").unwrap_or_default().to_owned(),
        })
    }

    fn holds(&self, record: &ConversationRecord, whole: &Value, sets: &Sets) -> bool {
        let values = self.values(record, whole);
        match self.operator {
            Operator::Exists => !values.is_empty(),
            Operator::NotExists => values.is_empty(),
            Operator::Matches if self.dimension == WHOLE => {
                let asked = self.value.parse::<ContactId>().ok();
                let set = asked
                    .and_then(|id| sets.get(&id))
                    .map_or(&[][..], Vec::as_slice);
                set.iter().any(|id| values.contains(&id.to_string()))
            }
            Operator::Matches => values
                .iter()
                .any(|value| value.eq_ignore_ascii_case(&self.value)),
        }
    }

    /// What a conversation has in the dimension.
    fn values(&self, record: &ConversationRecord, whole: &Value) -> Vec<String> {
        if [EXACT, WHOLE].contains(&self.dimension.as_str()) {
            let others = record.others.iter().map(|(_, link)| link);
            let links = std::iter::once(&record.link).chain(others);
            return links.map(|link| link.contact.to_string()).collect();
        }
        if self.dimension == "wrapUpCode"
            && let Some(wrapup) = &record.wrapup
        {
            return vec![wrapup.code.clone()];
        }
        let member = match self.dimension.as_str() {
            "divisionId" => "divisionIds",
            other => other,
        };
        let mut found = Vec::new();
        collect(whole, member, &mut found);
        found
    }
}

/// Every text under a member of this name, wherever it stands.
fn collect(value: &Value, name: &str, into: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (member, value) in members {
                match (member == name, value) {
                    (true, Value::String(text)) => into.push(text.clone()),
                    (true, Value::Array(list)) => {
                        into.extend(list.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    (_, value) => collect(value, name, into),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, name, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
