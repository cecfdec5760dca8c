//! Holds answers against the contract: no member that it does not have, none of another type, none missing.

use scv_desk::domain::Moment;
use scv_desk::server::route::{Gives, ROUTES, Route};
use serde_json::Value;

use super::place::Reply;

/// The contract that comes with the program.
pub fn contract() -> Value {
    serde_json::from_str(include_str!("../../../assets/contract/genesys.json")).unwrap()
}

/// The row of a request.
pub fn row(method: &str, path: &str) -> Option<&'static Route> {
    let path = path.split('?').next().unwrap();
    let fits = |route: &&Route| {
        let (known, asked): (Vec<&str>, Vec<&str>) =
            (route.path.split('/').collect(), path.split('/').collect());
        let mut parts = known.iter().zip(&asked);
        known.len() == asked.len()
            && parts.all(|(known, asked)| known.starts_with('{') || known == asked)
    };
    let mut rows = ROUTES
        .iter()
        .filter(|route| route.method.name() == method && fits(route));
    // What is written out comes before a parameter.
    let exact = ROUTES
        .iter()
        .find(|route| route.method.name() == method && route.path == path);
    exact.or_else(|| rows.next())
}

/// Panics when an answer is not what its route gives.
#[track_caller]
pub fn check(method: &str, path: &str, reply: &Reply) {
    let correlation = reply
        .header("ININ-Correlation-Id")
        .expect("every answer can be quoted");
    assert!(correlation.parse::<uuid::Uuid>().is_ok());
    if 400 <= reply.status {
        // OAuth has a shape of its own, and so has the page.
        if path.starts_with("/oauth/") {
            return;
        }
        // A head has no body.
        if method == "HEAD" {
            assert_eq!(reply.text, "");
            return;
        }
        let body = reply.json();
        conforms("ErrorBody", &body).unwrap_or_else(|why| panic!("{method} {path}: {why}\n{body}"));
        assert_eq!(body["status"], reply.status, "{body}");
        assert_eq!(body["contextId"], correlation, "{body}");
        assert!(
            body["code"].as_str().is_some_and(|code| !code.is_empty()),
            "{body}"
        );
        return;
    }
    let Some(route) = row(method, path) else {
        panic!("{method} {path} is answered by no row: {reply:?}");
    };
    let wrong = match route.gives {
        Gives::Json(name) => conforms(name, &reply.json()).err(),
        Gives::Accepted(_) if reply.status != 202 => Some(format!("{reply:?}")),
        Gives::Accepted(name) => conforms(name, &reply.json()).err(),
        Gives::List(name) => {
            let list = reply.json();
            let list = list.as_array().expect("a list");
            list.iter().find_map(|one| conforms(name, one).err())
        }
        Gives::Own(_) | Gives::Object => {
            (!reply.json().is_object()).then(|| "no object".to_owned())
        }
        Gives::Word => (!reply.json().is_string()).then(|| format!("{reply:?}")),
        Gives::Empty(status) => {
            (status != reply.status || !reply.text.is_empty()).then(|| format!("{reply:?}"))
        }
        Gives::Plain => (!reply.text.starts_with("# HELP")).then(|| "no metrics".to_owned()),
        Gives::Csv => (!reply.text.starts_with("id,")).then(|| "no headings".to_owned()),
        // A fault of the client goes back to it.
        Gives::Page if reply.status == 303 => None,
        Gives::Page => (!reply.text.starts_with("<!doctype html>")).then(|| "no page".to_owned()),
    };
    if let Some(why) = wrong {
        panic!("{method} {path}: {why}\n{}", reply.text);
    }
}

/// Whether a value is of a type of the contract.
pub fn conforms(name: &str, value: &Value) -> Result<(), String> {
    thread_local_contract(|schemas| is_of(schemas, &schemas[name], value, name))
}

/// The contract is large: each thread of the tests reads it once.
fn thread_local_contract<T>(ask: impl FnOnce(&Value) -> T) -> T {
    thread_local! {
        static SCHEMAS: Value = contract()["schemas"].take();
    }
    SCHEMAS.with(ask)
}

/// References are given by id alone, although their types want more (`api.md`, Shapes).
fn is_reference(value: &Value) -> bool {
    let known = ["id", "selfUri", "name", "active", "linkConfiguration"];
    let members = value.as_object();
    members.is_some_and(|members| members.keys().all(|name| known.contains(&name.as_str())))
}

fn is_of(schemas: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(to) = schema["$ref"].as_str() {
        let name = to.rsplit('/').next().unwrap();
        return is_of(schemas, &schemas[name], value, at);
    }
    if let Some(all) = schema["allOf"].as_array() {
        return all
            .iter()
            .try_for_each(|one| is_of(schemas, one, value, at));
    }
    let wrong = |what: &str| Err(format!("{at} is {what}: {value}"));
    match schema["type"].as_str() {
        None => Ok(()),
        Some("object") => {
            let Some(members) = value.as_object() else {
                return wrong("no object");
            };
            let properties = schema["properties"].as_object();
            for (name, value) in members {
                let at = format!("{at}.{name}");
                let more = &schema["additionalProperties"];
                match properties.and_then(|known| known.get(name)) {
                    Some(schema) => is_of(schemas, schema, value, &at)?,
                    None if more.is_object() => is_of(schemas, more, value, &at)?,
                    None if properties.is_none() || more == true => {}
                    None => return Err(format!("{at} is not in the contract")),
                }
            }
            let required = schema["required"].as_array().into_iter().flatten();
            let mut missing = required.filter(|name| !members.contains_key(name.as_str().unwrap()));
            match missing.next() {
                Some(name) if !is_reference(value) => Err(format!("{at} lacks {name}")),
                Some(_) | None => Ok(()),
            }
        }
        Some("array") => {
            let Some(list) = value.as_array() else {
                return wrong("no list");
            };
            let most = schema["maxItems"].as_u64().unwrap_or(u64::MAX);
            if most < list.len() as u64 {
                return wrong("too long");
            }
            let mut each = list.iter().enumerate();
            each.try_for_each(|(index, one)| {
                is_of(schemas, &schema["items"], one, &format!("{at}[{index}]"))
            })
        }
        Some("string") => {
            let Some(text) = value.as_str() else {
                return wrong("no text");
            };
            let words = schema["enum"].as_array();
            if words.is_some_and(|words| !words.iter().any(|word| word == text)) {
                return wrong("none of the words");
            }
            let is_time = schema["format"] == "date-time";
            if is_time && text.parse::<Moment>().map(|at| at.to_string()) != Ok(text.to_owned()) {
                return wrong("no time with milliseconds");
            }
            let most = schema["maxLength"].as_u64().unwrap_or(u64::MAX);
            if most < text.chars().count() as u64 {
                return wrong("too long");
            }
            Ok(())
        }
        Some("integer") => match value.is_i64() || value.is_u64() {
            true => Ok(()),
            false => wrong("no whole number"),
        },
        Some("number") => {
            if value.is_number() {
                Ok(())
            } else {
                wrong("no number")
            }
        }
        Some("boolean") => {
            if value.is_boolean() {
                Ok(())
            } else {
                wrong("no flag")
            }
        }
        Some(other) => panic!("{at}: the contract has the type {other}"),
    }
}
