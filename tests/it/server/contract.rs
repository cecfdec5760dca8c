//! The table of routes against the contract.

use std::collections::BTreeSet;

use scv_desk::server::Contract;
use scv_desk::server::route::{Gives, Needs, ROUTES, Route, Takes};
use serde_json::{Value, json};

use super::place::Place;
use super::shape;

fn operation<'c>(contract: &'c Value, route: &Route) -> Option<&'c Value> {
    let mut all = contract["operations"].as_array().unwrap().iter();
    all.find(|one| one["method"] == route.method.name() && one["path"] == route.path)
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

#[test]
fn every_row_under_api_v2_is_as_the_contract_has_it() {
    let contract = shape::contract();
    let mut seen = 0;
    for route in ROUTES
        .iter()
        .filter(|route| route.path.starts_with("/api/v2/"))
    {
        if route.path.starts_with("/api/v2/docs") {
            continue;
        }
        let at = format!("{} {}", route.method.name(), route.path);
        let known = operation(&contract, route).unwrap_or_else(|| panic!("{at} is not in it"));
        seen += 1;
        let (kind, rights) = match route.needs {
            Needs::Any(of) => ("ANY", of),
            Needs::All(of) => ("ALL", of),
            Needs::Token => ("", &[][..]),
            Needs::Nothing => panic!("{at} asks for no token"),
        };
        let wanted = known["permissions"]["of"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        assert_eq!(json!(rights), json!(wanted), "{at}");
        // Of one right any is all.
        assert!(
            wanted.len() < 2 || known["permissions"]["type"] == kind,
            "{at}"
        );
        match route.takes {
            Takes::Json(name) => assert_eq!(known["request"], reference(name), "{at}"),
            Takes::List(name) => assert_eq!(known["request"]["items"], reference(name), "{at}"),
            Takes::Texts => assert_eq!(known["request"]["items"]["type"], "string", "{at}"),
            Takes::Nothing => assert_eq!(known["request"], Value::Null, "{at}"),
            Takes::Form | Takes::Lines => panic!("{at} takes no JSON"),
        }
        let responses = known["responses"].as_object().unwrap();
        match route.gives {
            Gives::Json(name) => assert_eq!(responses["200"], reference(name), "{at}"),
            Gives::Accepted(name) => assert_eq!(responses["202"], reference(name), "{at}"),
            Gives::List(name) => assert_eq!(responses["200"]["items"], reference(name), "{at}"),
            Gives::Object => assert!(responses["200"].is_object(), "{at}"),
            Gives::Word => assert_eq!(responses["202"]["type"], "string", "{at}"),
            Gives::Empty(status) => assert!(responses[&status.to_string()].is_null(), "{at}"),
            Gives::Own(_) | Gives::Page | Gives::Plain | Gives::Csv => {
                panic!("{at} gives what is not in it")
            }
        }
    }
    assert!(60 < seen, "{seen} rows were looked at");
}

#[test]
fn no_route_stands_twice() {
    let rows = ROUTES.iter().map(|route| (route.method, route.path));
    assert_eq!(rows.collect::<BTreeSet<_>>().len(), ROUTES.len());
}

#[test]
fn what_the_contract_has_and_nobody_serves_says_so() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let contract = shape::contract();
    let mut unserved = 0;
    for one in contract["operations"].as_array().unwrap() {
        let (method, path) = (
            one["method"].as_str().unwrap(),
            one["path"].as_str().unwrap(),
        );
        let is_served = ROUTES
            .iter()
            .any(|row| row.method.name() == method && row.path == path);
        if is_served || method == "HEAD" {
            continue;
        }
        unserved += 1;
        let reply = caller.ask(method, path, None);
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (501, "not.implemented"),
            "{method} {path}"
        );
    }
    assert!(100 < unserved, "{unserved} operations were asked for");
}

#[test]
fn the_served_document_has_every_route_and_every_type_it_names() {
    let place = Place::new();
    let document = place.as_nobody().get("/api/v2/docs/swagger").is(200).json();
    for route in ROUTES {
        let method = route.method.name().to_lowercase();
        assert!(
            document["paths"][route.path][&method].is_object(),
            "{}",
            route.path
        );
    }
    let text = document.to_string();
    for part in text.split("#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(
            document["components"]["schemas"][name].is_object(),
            "{name} is not described"
        );
    }
}

#[test]
fn a_page_lists_every_route_for_people() {
    let place = Place::new();
    let page = place.as_nobody().get("/api/v2/docs").is(200).text;
    for route in ROUTES {
        assert!(
            page.contains(&format!("<code>{}</code>", route.path)),
            "{}",
            route.path
        );
    }
    assert!(page.contains("<th scope=\"col\">") && page.contains("<caption>"));
}

#[test]
fn what_came_in_otherwise_is_made_to_fit() {
    let contract = Contract::read().unwrap();
    let foreign = json!({
        "id": 7, "type": "web", "eventCount": 1, "authenticated": false, "nonsense": true,
        "createdDate": "2026-11-23T12:00:00Z", "browser": {"family": "Lynx"}, "device": 3,
        "originatingDirection": "inbound", "divisionIds": ["a", 4],
    });
    let fitted = contract.fit("Session", foreign);
    let wanted = json!({
        "type": "web", "eventCount": 1, "authenticated": false, "createdDate": "2026-11-23T12:00:00.000Z",
        "originatingDirection": "Inbound", "divisionIds": ["a"],
    });
    assert_eq!(fitted, wanted);
}
