//! The contract that comes with the program: the operations of the Platform API and their types. What of it is
//! served is in the table of routes; the rest answers 501.

mod fit;

use serde_json::{Map, Value, json};

use super::route::{Gives, Needs, ROUTES, Route, Takes};
use crate::backend::ask::ASKS_MAX;

/// The contract: `operations`, a list, and `schemas`, by name.
const CONTRACT: &str = include_str!("../../assets/contract/genesys.json");

/// Types that stand inside others by their id alone, although they need more where they stand for themselves.
const BY_REFERENCE: [&str; 4] = [
    "ExternalOrganization",
    "User",
    "ExternalSource",
    "DataSchema",
];

/// Why the contract does not read: a bug of the build.
#[derive(Debug, thiserror::Error)]
#[error("the contract in the program does not read: {0}")]
pub struct BadContract(#[from] serde_json::Error);

/// The contract, read.
pub struct Contract {
    operations: Vec<Value>,
    schemas: Map<String, Value>,
}

impl Contract {
    pub fn read() -> Result<Self, BadContract> {
        let mut whole: Map<String, Value> = serde_json::from_str(CONTRACT)?;
        let operations = match whole.remove("operations") {
            Some(Value::Array(operations)) => operations,
            Some(_) | None => Vec::new(),
        };
        let mut schemas = match whole.remove("schemas") {
            Some(Value::Object(schemas)) => schemas,
            Some(_) | None => Map::new(),
        };
        Self::add_own(&mut schemas);
        Ok(Self {
            operations,
            schemas,
        })
    }

    /// Method and path of every operation.
    pub fn operations(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.operations.iter();
        all.map(|one| (member(one, "method"), member(one, "path")))
    }

    /// The operation of the contract that a route serves; `None` for our own.
    pub fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        let mut all = self.operations.iter();
        all.find(|one| member(one, "method") == method && member(one, "path") == path)
    }

    /// Whether the contract answers 422 there to what reads and is refused.
    pub fn tells_apart(&self, method: &str, path: &str) -> bool {
        let known = self.operation(method, path);
        known.is_some_and(|known| known.get("unprocessable").is_some())
    }

    /// A type by its name.
    pub fn schema(&self, name: &str) -> Option<&Value> {
        self.schemas.get(name)
    }

    /// Adds the types of our own routes.
    fn add_own(schemas: &mut Map<String, Value>) {
        let entry = json!({"type": "object", "required": ["entry"],
            "properties": {"entry": {"type": "integer"}}});
        let mark = json!({"type": "object", "required": ["identifier", "shared"], "properties": {
            "identifier": reference("ContactIdentifier"), "shared": {"type": "boolean"}}});
        let pair = json!({"type": "object", "required": ["contactIds"], "properties": {"contactIds":
            {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "string"}}}});
        let sides = json!({"type": "object", "properties": {"sides":
            {"type": "object", "additionalProperties": {"type": "string"}}}});
        let review_mark = json!({"type": "object", "required": ["entry", "verdict"], "properties": {
            "entry": {"type": "integer"}, "note": {"type": "string"},
            "verdict": {"type": "string", "enum": ["right", "wrong", "cannot-tell"]}}});
        let asks = json!({"type": "object", "required": ["asks"], "properties": {"asks":
            {"type": "array", "maxItems": ASKS_MAX, "items": {}}}});
        let command = json!({"type": "object", "required": ["request", "command"], "properties": {
            "request": {"type": "string", "format": "uuid"}, "command": {}}});
        let changes = json!({"type": "object", "required": ["place", "topics"], "properties": {
            "place": {"type": "integer"}, "topics": {"type": "array", "items": {}}}});
        let own = [
            ("DeskChanges", changes),
            ("DeskAsks", asks),
            ("DeskCommand", command),
            ("Unmerge", sides),
            ("ReviewMark", review_mark),
            ("Undo", entry),
            ("SharedMark", mark),
            ("NotSame", pair),
        ];
        schemas.extend(own.map(|(name, schema)| (name.to_owned(), schema)));
    }

    /// The OpenAPI document of what is served.
    pub fn document(&self) -> Value {
        let mut paths: Map<String, Value> = Map::new();
        let mut named: Vec<String> = vec!["ErrorBody".to_owned()];
        for route in ROUTES {
            let operation = self.described(route);
            references(&operation, &mut named);
            let path = paths.entry(route.path).or_insert_with(|| json!({}));
            if let Some(path) = path.as_object_mut() {
                path.insert(route.method.name().to_ascii_lowercase(), operation);
            }
        }
        json!({
            "openapi": "3.0.3",
            "info": {"title": "scv", "version": env!("CARGO_PKG_VERSION"), "description":
                "The part of the Platform API that scv serves, and its own routes under /api/scv/v1."},
            "servers": [{"url": "/"}],
            "security": [{"oauth": []}],
            "paths": paths,
            "components": {
                "securitySchemes": {"oauth": {"type": "oauth2", "flows": {
                    "clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}},
                    "authorizationCode": {
                        "authorizationUrl": "/oauth/authorize", "tokenUrl": "/oauth/token", "scopes": {}},
                }}},
                "schemas": self.closure(named),
            },
        })
    }

    /// An operation of the document.
    fn described(&self, route: &Route) -> Value {
        let known = self.operation(route.method.name(), route.path);
        let mut operation = Map::new();
        let mut put = |name: &str, value: Value| operation.insert(name.to_owned(), value);
        let of = |name: &str| known.and_then(|known| known.get(name)).cloned();
        let id = of("operationId").unwrap_or_else(|| own_id(route).into());
        put("operationId", id);
        put("tags", json!([of("tag").unwrap_or_else(|| "scv".into())]));
        let parameters = of("parameters").unwrap_or_else(|| path_parameters(route.path));
        put("parameters", parameters);
        if let Some(body) = body(route.takes) {
            put("requestBody", body);
        }
        let tells_apart = self.tells_apart(route.method.name(), route.path);
        let mut responses = responses(route, tells_apart);
        // Where the contract tells what was made from what was changed, both have one shape.
        let makes = known.is_some_and(|known| known["responses"].get("201").is_some());
        if makes && let Gives::Json(_) = route.gives {
            responses["201"] = responses["200"].clone();
        }
        put("responses", responses);
        match route.needs {
            Needs::Any(of) => put("x-permissions", json!({"type": "ANY", "permissions": of})),
            Needs::All(of) => put("x-permissions", json!({"type": "ALL", "permissions": of})),
            Needs::Token => None,
            Needs::Nothing => put("security", json!([])),
        };
        operation.into()
    }

    /// The types that are named, and those that they name.
    fn closure(&self, mut named: Vec<String>) -> Map<String, Value> {
        let mut found = Map::new();
        while let Some(name) = named.pop() {
            if found.contains_key(&name) {
                continue;
            }
            if let Some(schema) = self.schemas.get(&name) {
                references(schema, &mut named);
                let mut schema = schema.clone();
                if let Some(members) = schema.as_object_mut()
                    && BY_REFERENCE.contains(&name.as_str())
                {
                    members.remove("required");
                }
                found.insert(name, schema);
            }
        }
        found
    }
}

fn member<'v>(one: &'v Value, name: &str) -> &'v str {
    one.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn own_id(route: &Route) -> String {
    let parts = route.path.split(|c: char| !c.is_ascii_alphanumeric());
    let mut id = route.method.name().to_ascii_lowercase();
    for part in parts.filter(|part| !part.is_empty()) {
        let (first, rest) = part.split_at(1);
        id.push_str(&first.to_ascii_uppercase());
        id.push_str(rest);
    }
    id
}

fn path_parameters(path: &str) -> Value {
    let names = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameters = names.map(
        |name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}),
    );
    parameters.collect()
}

fn body(takes: Takes) -> Option<Value> {
    let (kind, schema) = match takes {
        Takes::Nothing => return None,
        Takes::Json(name) => ("application/json", reference(name)),
        Takes::List(name) => {
            let schema = json!({"type": "array", "items": reference(name)});
            ("application/json", schema)
        }
        Takes::Texts => {
            let schema = json!({"type": "array", "items": {"type": "string"}});
            ("application/json", schema)
        }
        Takes::Form => (
            "application/x-www-form-urlencoded",
            json!({"type": "object"}),
        ),
        Takes::Lines => ("application/x-ndjson", json!({"type": "string"})),
    };
    Some(json!({"required": true, "content": {kind: {"schema": schema}}}))
}

fn responses(route: &Route, tells_apart: bool) -> Value {
    let json_of = |schema: Value| json!({"application/json": {"schema": schema}});
    let (status, content) = match route.gives {
        Gives::Json(name) => ("200".to_owned(), Some(json_of(reference(name)))),
        Gives::Accepted(name) => ("202".to_owned(), Some(json_of(reference(name)))),
        Gives::List(name) => {
            let schema = json!({"type": "array", "items": reference(name)});
            ("200".to_owned(), Some(json_of(schema)))
        }
        Gives::Own(what) => {
            let schema = json!({"type": "object", "description": what});
            ("200".to_owned(), Some(json_of(schema)))
        }
        Gives::Object => ("200".to_owned(), Some(json_of(json!({"type": "object"})))),
        Gives::Word => ("202".to_owned(), Some(json_of(json!({"type": "string"})))),
        Gives::Empty(status) => (status.to_string(), None),
        Gives::Plain => {
            let text = json!({"text/plain": {"schema": {"type": "string"}}});
            ("200".to_owned(), Some(text))
        }
        Gives::Csv => {
            let text = json!({"text/csv": {"schema": {"type": "string"}}});
            ("200".to_owned(), Some(text))
        }
        Gives::Page => {
            let page = json!({"text/html": {"schema": {"type": "string"}}});
            ("200".to_owned(), Some(page))
        }
    };
    let mut ok = json!({"description": "done"});
    if let Some(content) = content {
        ok["content"] = content;
    }
    let error = json!({"description": "why not", "content": refused(route)});
    let mut all = json!({"4XX": error, "429": error, "5XX": error});
    if tells_apart {
        all["422"] = error;
    }
    all[status] = ok;
    all
}

/// What says why not. OAuth has words of its own for it (RFC 6749 §5.2), and a person is shown a page.
fn refused(route: &Route) -> Value {
    let body = reference("ErrorBody");
    let schema = match route.path {
        "/oauth/token" => {
            json!({"anyOf": [body, {"type": "object", "required": ["error"], "properties": {
            "error": {"type": "string"}, "error_description": {"type": "string"}}}]})
        }
        _ => body,
    };
    let mut content = json!({"application/json": {"schema": schema}});
    if route.path == "/oauth/authorize" {
        content["text/html"] = json!({"schema": {"type": "string"}});
    }
    content
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Names of the types that a value refers to.
fn references(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str().filter(|_| name == "$ref") {
                    Some(to) => into.extend(to.rsplit('/').next().map(str::to_owned)),
                    None => references(value, into),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
