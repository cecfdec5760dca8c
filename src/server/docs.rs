//! What is served, for programs as an OpenAPI document and for people as a page. Both are read from the table of
//! routes.

use std::fmt::Write as _;

use super::call::{Answer, Knock};
use super::markup::{document, escaped};
use super::problem::Problem;
use super::route::{Gives, Needs, ROUTES, Takes};

/// `GET /api/v2/docs/swagger`.
pub async fn swagger(knock: Knock) -> Result<Answer, Problem> {
    Ok(Answer::json(knock.site.contract.document()))
}

/// `GET /api/v2/docs`: the routes as a table.
pub async fn page(_: Knock) -> Result<Answer, Problem> {
    let mut body = String::from(
        "<h1>What scv serves</h1><p>For programs: <a href=\"/api/v2/docs/swagger\">the OpenAPI document</a>. \
        Whatever else the Platform API has answers 501.</p><table><caption>Routes</caption>\
        <thead><tr><th scope=\"col\">Method</th><th scope=\"col\">Path</th><th scope=\"col\">Needs</th>\
        <th scope=\"col\">Takes</th><th scope=\"col\">Gives</th></tr></thead><tbody>",
    );
    for route in ROUTES {
        let takes = match route.takes {
            Takes::Nothing => "",
            Takes::Json(name) => name,
            Takes::List(name) => &format!("a list of {name}"),
            Takes::Texts => "a list of texts",
            Takes::Form => "a form",
            Takes::Lines => "JSON objects, one a line",
        };
        let gives = match route.gives {
            Gives::Json(name) | Gives::Accepted(name) => name.to_owned(),
            Gives::List(name) => format!("a list of {name}"),
            Gives::Own(what) => what.to_owned(),
            Gives::Object => "an empty object".to_owned(),
            Gives::Word => "a text, with 202".to_owned(),
            Gives::Empty(status) => format!("nothing, with {status}"),
            Gives::Page => "a page".to_owned(),
            Gives::Plain => "plain text".to_owned(),
            Gives::Csv => "CSV".to_owned(),
        };
        let cells = [route.path, &needs(route.needs), takes, &gives].map(escaped);
        let [path, needs, takes, gives] = cells;
        // Writing to a string cannot go wrong.
        let _ = write!(
            body,
            "<tr><td>{}</td><td><code>{path}</code></td><td>{needs}</td><td>{takes}</td><td>{gives}</td></tr>",
            route.method.name()
        );
    }
    body.push_str("</tbody></table>");
    Ok(document(200, "What scv serves", &body))
}

fn needs(needs: Needs) -> String {
    match needs {
        Needs::Any(of) => of.join(" or "),
        Needs::All(of) => of.join(" and "),
        Needs::Token => "a token".to_owned(),
        Needs::Nothing => String::new(),
    }
}
