//! Enrichment: who is meant is found by identifiers, made, changed or joined, and combined with what is sent. Each
//! is one decision; a dry run works it out and does nothing.

use serde_json::{Map, Value, json};

use super::super::bulk::Results;
use super::super::call::{Answer, Call};
use super::super::problem::Problem;
use super::shown::{Expand, Resolved, find, merge_set, show};
use super::{read_body, refers_by_id, with_organization};
use crate::backend::Backend;
use crate::domain::Fields;
use crate::domain::change::{Change, Plan};
use crate::domain::command::{Command, Imported, Remark};
use crate::domain::contact::{Contact, ContactId};
use crate::domain::enrichment::{Doing, Enrichment, FieldRules, Joining, Wins};
use crate::domain::field::{FIELDS, Field, LISTS};
use crate::engine::enrich::MATCHING_MAX;
use crate::wire::contact::{Shown, to_json};
use crate::wire::identifier;

/// Most enrichments of a request.
const SEVERAL_MAX: usize = 10;
/// Most rules for single fields.
const RULES_MAX: usize = 100;
const MADE: u16 = 201;

const DOINGS: [(&str, Doing); 4] = [
    ("Merge", Doing::Merge),
    ("Upsert", Doing::Upsert),
    ("Update", Doing::Update),
    ("Insert", Doing::Insert),
];
const WINS: [(&str, Wins); 3] = [
    ("PreferProvided", Wins::Provided),
    ("PreferExisting", Wins::Existing),
    ("AlwaysUseProvided", Wins::Always),
];
const JOININGS: [(&str, Joining); 3] = [
    ("Fill", Joining::Fill),
    ("Extend", Joining::Extend),
    ("Replace", Joining::Replace),
];

/// `POST contacts/enrich`: 201 when a contact was made, 200 when one was changed or several were joined.
pub async fn enrich(call: Call) -> Result<Answer, Problem> {
    let command = wish(&call, &call.json()?).await?;
    let (status, contact) = match call.query.flag("dryRun")? {
        true => rehearsed(&call, &command).await?,
        false => done(&call, command).await?,
    };
    Ok(Answer {
        status,
        ..Answer::json(contact)
    })
}

/// `POST bulk/contacts/enrich`: each is done or not, and says which.
pub async fn bulk(call: Call) -> Result<Answer, Problem> {
    let dry = call.query.flag("dryRun")?;
    let entities = match call.object()?.remove("entities") {
        Some(Value::Array(entities)) if (1..=SEVERAL_MAX).contains(&entities.len()) => entities,
        Some(_) | None => {
            return Err(Problem::bad_value("entities", "it is a list of 1 to 10"));
        }
    };
    let mut results = Results::default();
    for entity in entities {
        let wish = wish(&call, &entity).await;
        // One that does not read is none that the contract could have in an answer.
        let reads = wish.is_ok();
        let done = match wish {
            Err(problem) => Err(problem),
            Ok(command) if dry => rehearsed(&call, &command).await,
            Ok(command) => done(&call, command).await,
        };
        let id = entity.get("id").and_then(Value::as_str).map(str::to_owned);
        let sent = reads.then(|| call.site.contract.fit("ContactEnrichRequest", entity));
        results.enriched(id, sent, done);
    }
    Ok(results.answer())
}

async fn done(call: &Call, command: Command) -> Result<(u16, Value), Problem> {
    let outcome = call.backend().run(command).await?;
    let contact = shown(call, outcome.contact).await?;
    Ok((status(&outcome.remarks), contact))
}

async fn shown(call: &Call, contact: Option<ContactId>) -> Result<Value, Problem> {
    let id = contact.ok_or_else(|| Problem::broken("an enrichment ended at no contact"))?;
    let store = call.site.store();
    let contact = find(store, id, Resolved::Canonical).await?;
    show(store, &contact, Expand::default()).await
}

fn status(remarks: &[Remark]) -> u16 {
    let made = Remark::Imported {
        what: Imported::Created,
    };
    match remarks.contains(&made) {
        true => MADE,
        false => 200,
    }
}

/// What would come of it.
async fn rehearsed(call: &Call, command: &Command) -> Result<(u16, Value), Problem> {
    let plan = call.backend().rehearse(command).await?;
    let status = status(&plan.remarks);
    let Some(contact) = left(&plan) else {
        return Ok((status, shown(call, plan.contact).await?));
    };
    let store = call.site.store();
    let mut set = Vec::new();
    for input in &contact.merged_from {
        let before = find(store, *input, Resolved::Exact).await?;
        match merge_set(store, &before).await? {
            known if known.is_empty() => set.push(*input),
            known => set.extend(known),
        }
    }
    if !set.is_empty() {
        set.insert(0, contact.id);
    }
    let value = to_json(&Shown {
        merge_set: &set,
        canonical: set.first().copied(),
        ..Shown::alone(contact)
    });
    Ok((status, value))
}

/// The contact as the plan leaves it, where it changes it.
fn left(plan: &Plan) -> Option<&Contact> {
    let mut changes = plan.changes.iter();
    changes.find_map(|change| match change {
        Change::Contact {
            id,
            after: Some(after),
            ..
        } if Some(*id) == plan.contact => Some(after.as_ref()),
        _ => None,
    })
}

/// What a `ContactEnrichRequest` asks for.
async fn wish(call: &Call, body: &Value) -> Result<Command, Problem> {
    let body = body
        .as_object()
        .ok_or_else(|| Problem::bad("an enrichment is a JSON object"))?;
    let sources = match refers_by_id(&body.clone().into()) {
        true => {
            let sources = call.site.catalog.sources().await?;
            sources.into_iter().map(|source| source.name).collect()
        }
        false => Vec::new(),
    };
    let list = body.get("matchingIdentifiers").and_then(Value::as_array);
    let list = list.filter(|list| (1..=MATCHING_MAX).contains(&list.len()));
    let why = || Problem::bad_value("matchingIdentifiers", "it is a list of 1 to 25 identifiers");
    let list = list.ok_or_else(why)?.iter();
    let matching = list.map(|one| identifier::from_json(one, &sources));
    let fields = match body.get("contact") {
        None | Some(Value::Null) => Fields::default(),
        Some(contact) => {
            let read = read_body(call.backend(), contact, &sources)?;
            with_organization(call.backend(), read).await?
        }
    };
    if fields.custom.is_some() {
        return Err(Problem::unserved_part("an enrichment of custom fields"));
    }
    if let Some(id) = body.get("division").and_then(|one| one.get("id"))
        && id != super::DIVISION
    {
        let why = "there is one division, *; leave it out";
        return Err(Problem::bad_value("division.id", why));
    }
    let options = body.get("options").and_then(Value::as_object);
    Ok(Command::Enrich(Box::new(Enrichment {
        matching: matching.collect::<Result<_, _>>()?,
        doing: word(body, "action", &DOINGS)?
            .ok_or_else(|| Problem::bad_value("action", "it is required"))?,
        fields,
        rules: rules(body)?,
        promotes: options.is_some_and(|options| options.get("promote") == Some(&json!(true))),
    })))
}

/// `EnrichFieldRules`.
fn rules(body: &Map<String, Value>) -> Result<FieldRules, Problem> {
    let body = match body.get("fieldRules") {
        None | Some(Value::Null) => return Ok(FieldRules::default()),
        Some(Value::Object(body)) => body,
        Some(_) => return Err(Problem::bad_value("fieldRules", "it is an object")),
    };
    let mut rules = FieldRules {
        wins: word(body, "defaultAction", &WINS)?.unwrap_or_default(),
        joining: word(body, "defaultArrayAction", &JOININGS)?.unwrap_or_default(),
        ..FieldRules::default()
    };
    let list = match body.get("rules") {
        None | Some(Value::Null) => return Ok(rules),
        Some(Value::Array(list)) if list.len() <= RULES_MAX => list,
        Some(_) => return Err(Problem::bad_value("rules", "it is a list of at most 100")),
    };
    for rule in list {
        let empty = Map::new();
        let rule = rule.as_object().unwrap_or(&empty);
        let fields = fields(rule)?;
        if let Some(wins) = word(rule, "action", &WINS)? {
            rules
                .own_wins
                .extend(fields.iter().map(|field| (*field, wins)));
        }
        if let Some(joining) = word(rule, "arrayAction", &JOININGS)? {
            let own = fields.iter().map(|field| (*field, joining));
            rules.own_joining.extend(own);
        }
    }
    Ok(rules)
}

/// The fields that a path such as `$.address.city` leads to; `$.address` leads to each part of it.
fn fields(rule: &Map<String, Value>) -> Result<Vec<Field>, Problem> {
    let path = rule.get("field").and_then(Value::as_str);
    let path = path.and_then(|path| path.strip_prefix("$."));
    let path = path.unwrap_or_default();
    let within = format!("{path}.");
    let specs = FIELDS.iter().chain(&LISTS);
    // What stands inside a field goes with the whole of it.
    let fits =
        |api: &str| api == path || api.starts_with(&within) || path.starts_with(&format!("{api}."));
    let fields: Vec<Field> = specs
        .filter(|spec| fits(spec.api))
        .map(|spec| spec.field)
        .collect();
    match fields.is_empty() {
        false => Ok(fields),
        true => {
            let shown: String = path.chars().take(60).collect();
            let why = format!("$.{shown} is no field; it is a path such as $.address.city");
            Err(Problem::bad_value("rules.field", why))
        }
    }
}

/// One of some words; `None` when it is not sent.
fn word<T: Copy>(
    body: &Map<String, Value>,
    member: &str,
    known: &[(&str, T)],
) -> Result<Option<T>, Problem> {
    let said = match body.get(member) {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value.as_str().unwrap_or_default(),
    };
    let found = known.iter().find(|(word, _)| *word == said);
    match found {
        Some((_, value)) => Ok(Some(*value)),
        None => {
            let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
            let why = format!("it is one of {}", words.join(", "));
            Err(Problem::bad_value(member, why))
        }
    }
}
