//! From a request to its answer: host, token, rate, right, body, handler; and from an answer to what is sent.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue,
    RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::any;
use futures_util::FutureExt;

use super::call::{Answer, Call, Content, Knock, Reached};
use super::identity::Session;
use super::notice;
use super::passage::Passage;
use super::problem::Problem;
use super::query::Query;
use super::route::{Act, Method, Needs, ROUTES, Route, Takes};
use super::site::{Entrance, Site};

/// Most bytes of a body.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// How long a body may take to come.
const BODY_TIME_MAX: Duration = Duration::from_secs(30);
/// How long an answer may take.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(60);

const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-proto");
const CORRELATION: HeaderName = HeaderName::from_static("inin-correlation-id");
const RATE_COUNT: HeaderName = HeaderName::from_static("inin-ratelimit-count");
const RATE_ALLOWED: HeaderName = HeaderName::from_static("inin-ratelimit-allowed");
const RATE_RESET: HeaderName = HeaderName::from_static("inin-ratelimit-reset");

/// A row of the table where it stands.
#[derive(Clone, Copy)]
struct Row {
    index: usize,
    route: &'static Route,
    /// The contract has 422 for what the rules refuse.
    tells_apart: bool,
}

/// What stands at a path.
#[derive(Clone, Default)]
struct Place {
    served: Vec<Row>,
    /// Methods that the contract has and this server does not serve.
    unserved: Vec<&'static str>,
}

/// The router of every route, and of what the contract has beside them.
pub fn router(site: Arc<Site>) -> Router {
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    for (index, route) in ROUTES.iter().enumerate() {
        let place = places.entry(by_position(route.path)).or_default();
        place.served.push(Row {
            index,
            route,
            tells_apart: site.contract.tells_apart(route.method.name(), route.path),
        });
    }
    for (method, path) in site.contract.operations() {
        let place = places.entry(by_position(path)).or_default();
        let is_served = place
            .served
            .iter()
            .any(|row| row.route.method.name() == method);
        if let (false, Some(method)) = (is_served, Method::of_name(method)) {
            place.unserved.push(method.name());
        }
    }
    let mut router = Router::new();
    for (path, place) in places {
        let place = Arc::new(place);
        let answer = move |State(site): State<Arc<Site>>,
                           params: Result<RawPathParams, RawPathParamsRejection>,
                           request: Request| {
            let place = Arc::clone(&place);
            async move { at_place(&site, &place, params, request).await }
        };
        router = router.route(&path, any(answer));
    }
    router.fallback(nowhere).with_state(site)
}

/// A path whose parameters are called by where they stand, so that two routes agree on their names.
fn by_position(path: &str) -> String {
    let parts = path.split('/').enumerate();
    let parts = parts.map(|(at, part)| match part.starts_with('{') {
        true => format!("{{p{at}}}"),
        false => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

async fn nowhere(State(site): State<Arc<Site>>, request: Request) -> Response {
    let passage = Passage::begin(request.method().as_str());
    let problem = match named_host(&site, &request) {
        true => Problem::no_route(request.uri().path()),
        false => Problem::wrong_host(),
    };
    let response = respond(Err(problem), &passage);
    passage.log(None, response.status().as_u16());
    response
}

async fn at_place(
    site: &Arc<Site>,
    place: &Place,
    params: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
) -> Response {
    let mut passage = Passage::begin(request.method().as_str());
    let row = place.row(request.method().as_str());
    let response = match (named_host(site, &request), params, row) {
        (false, ..) => respond(Err(Problem::wrong_host()), &passage),
        (true, Err(_), _) => respond(Err(Problem::bad("the path is not UTF-8")), &passage),
        (true, Ok(_), None) => respond(Err(place.unserved(&request)), &passage),
        (true, Ok(params), Some(row)) => {
            let path = params.iter().map(|(_, value)| value.to_owned()).collect();
            let response = answer(site, row, path, request, &mut passage).await;
            let status = response.status().as_u16();
            site.metrics.count(row.index, status, passage.took());
            response
        }
    };
    let route = row.map(|row| row.route.path);
    passage.log(route, response.status().as_u16());
    response
}

impl Place {
    /// The row that answers a method.
    fn row(&self, method: &str) -> Option<Row> {
        let is = |row: &&Row, wanted: &str| row.route.method.name() == wanted;
        let exact = self.served.iter().find(|row| is(row, method));
        // What can be read has a head.
        let row = exact.or_else(|| {
            let mut served = self.served.iter();
            served.find(|row| method == "HEAD" && is(row, "GET"))
        });
        row.copied()
    }

    /// Why no row answers.
    fn unserved(&self, request: &Request) -> Problem {
        let method = request.method().as_str();
        if self.unserved.contains(&method) {
            return Problem::unserved(&format!("{method} {}", request.uri().path()));
        }
        let served = self.served.iter().map(|row| row.route.method.name());
        let all: Vec<&str> = served.chain(self.unserved.iter().copied()).collect();
        Problem::wrong_method(&all.join(", "))
    }
}

/// How the request came. A proxy says whether its client's connection is encrypted; one that says nothing ends
/// TLS, as whoever started the server has said.
fn reached(site: &Site, head: &Parts) -> Reached {
    let named = text_of(&head.headers, &HOST);
    let named = named.or_else(|| head.uri.authority().map(ToString::to_string));
    let said = text_of(&head.headers, &FORWARDED).unwrap_or_default();
    let said = said.split(',').next().unwrap_or_default().trim();
    let is_encrypted = match site.entrance {
        Entrance::Plain => false,
        Entrance::Tls => true,
        Entrance::Proxy => !said.eq_ignore_ascii_case("http"),
    };
    Reached {
        host: named.unwrap_or_default(),
        is_encrypted,
    }
}

/// Whether the request names this server: a page of another name that leads here must not read what a browser
/// of this machine may.
fn named_host(site: &Site, request: &Request) -> bool {
    let header = request.headers().get(HOST);
    let named = header.and_then(|host| host.to_str().ok());
    let named = named.or_else(|| request.uri().host());
    let Some(named) = named else { return false };
    let host = match named.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        Some(_) | None => named,
    };
    site.hosts
        .iter()
        .any(|known| known.eq_ignore_ascii_case(host))
}

async fn answer(
    site: &Arc<Site>,
    row: Row,
    path: Vec<String>,
    request: Request,
    passage: &mut Passage,
) -> Response {
    if let Act::Socket = row.route.act {
        let channel = path.first().map_or("", String::as_str);
        let connected = notice::connect(site, channel, request).await;
        return connected.unwrap_or_else(|problem| respond(Err(problem), passage));
    }
    let handled = handle(site, row.route, path, request, passage);
    // A bug in one handler must not end the others of its connection.
    let answer = match AssertUnwindSafe(handled).catch_unwind().await {
        Ok(Err(problem)) if row.tells_apart => Err(problem.told_apart()),
        Ok(answer) => answer,
        Err(_) => Err(Problem::broken("a handler ended in a bug")),
    };
    if let Err(problem) = &answer
        && let Some(cause) = &problem.cause
    {
        let (route, status, context) = (row.route.path, problem.status, passage.context);
        tracing::error!(%context, route, status, cause, "a request failed");
    }
    respond(answer, passage)
}

async fn handle(
    site: &Arc<Site>,
    route: &'static Route,
    path: Vec<String>,
    request: Request,
    passage: &mut Passage,
) -> Result<Answer, Problem> {
    let (head, body) = request.into_parts();
    let query = Query::read(head.uri.query().unwrap_or_default())?;
    let handling = match route.act {
        Act::Socket => return Err(Problem::no_socket()),
        Act::Anybody(act) => {
            let body = bytes(&head.headers, body, route.takes).await?;
            let authorization = text_of(&head.headers, &AUTHORIZATION);
            act(Knock {
                site: Arc::clone(site),
                query,
                body,
                authorization,
            })
        }
        Act::Known(act) => {
            let session = known(site, route.needs, &head.headers, passage).await?;
            let body = bytes(&head.headers, body, route.takes).await?;
            act(Call {
                reached: reached(site, &head),
                site: Arc::clone(site),
                session,
                path,
                uri: head.uri.path().to_owned(),
                query,
                body,
            })
        }
    };
    let answered = tokio::time::timeout(ANSWER_TIME_MAX, handling).await;
    answered.unwrap_or_else(|_| Err(Problem::slow_answer()))
}

/// Who asks, if they may.
async fn known(
    site: &Site,
    needs: Needs,
    headers: &HeaderMap,
    passage: &mut Passage,
) -> Result<Arc<Session>, Problem> {
    let header = text_of(headers, &AUTHORIZATION).ok_or_else(Problem::unknown_caller)?;
    let token = match header.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        Some(_) | None => return Err(Problem::unknown_caller()),
    };
    let (session, count) = site.sessions.find(site, token).await?;
    passage.meet(&session, count);
    if count.is_over() {
        return Err(Problem::too_many(count.reset));
    }
    let may = |name: &str| {
        let right = crate::domain::Permission::of_name(name);
        right.is_some_and(|right| session.role.may(right))
    };
    match needs.are_met(may) {
        true => Ok(session),
        false => Err(Problem::denied(needs)),
    }
}

/// The body, if it is of the type that the route takes and not too large.
async fn bytes(headers: &HeaderMap, body: Body, takes: Takes) -> Result<Bytes, Problem> {
    let said = text_of(headers, &CONTENT_TYPE);
    let kind = said.as_deref().and_then(|kind| kind.split(';').next());
    let kind = kind.map(|kind| kind.trim().to_ascii_lowercase());
    let fits = match (takes, kind.as_deref()) {
        (_, None | Some("")) => true,
        // The SDKs name a type on requests without a body too.
        (Takes::Nothing, Some(_)) => true,
        (Takes::Json(_) | Takes::List(_) | Takes::Texts, Some(kind)) => {
            kind == "application/json" || kind.ends_with("+json")
        }
        (Takes::Form, Some(kind)) => kind == "application/x-www-form-urlencoded",
        (Takes::Lines, Some(kind)) => {
            let known = ["application/x-ndjson", "application/json", "text/plain"];
            known.contains(&kind) || kind == "application/jsonl"
        }
    };
    let length = text_of(headers, &CONTENT_LENGTH).and_then(|text| text.parse::<u64>().ok());
    if length.is_some_and(|length| (BODY_BYTES_MAX as u64) < length) {
        return Err(Problem::too_large());
    }
    let reading = axum::body::to_bytes(body, BODY_BYTES_MAX);
    let read = tokio::time::timeout(BODY_TIME_MAX, reading).await;
    let bytes = match read {
        Err(_) => return Err(Problem::slow_request()),
        // A body of chunks that grew too large, or one that broke off: nobody reads that answer.
        Ok(Err(_)) => return Err(Problem::too_large()),
        Ok(Ok(bytes)) => bytes,
    };
    match fits || bytes.is_empty() {
        true => Ok(bytes),
        false => Err(Problem::wrong_type()),
    }
}

fn text_of(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.to_owned())
}

/// What is sent.
fn respond(answer: Result<Answer, Problem>, passage: &Passage) -> Response {
    let context = passage.context;
    let (answer, wait) = match answer {
        Ok(answer) => (answer, None),
        Err(problem) => {
            let body = problem.to_json(context);
            let header = problem.header.map(|header| *header);
            let answer = Answer {
                status: problem.status,
                headers: header.into_iter().collect(),
                ..Answer::json(body)
            };
            (answer, problem.retry_after)
        }
    };
    let (kind, body) = match answer.content {
        Content::Nothing => (None, Body::empty()),
        Content::Json(value) => (Some("application/json"), Body::from(value.to_string())),
        Content::Page(page) => (Some("text/html; charset=utf-8"), Body::from(page)),
        Content::Plain(text) => (Some("text/plain; version=0.0.4"), Body::from(text)),
        Content::Csv(file) => (Some("text/csv; charset=utf-8"), file.body()),
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: &str| {
        // What came from outside and cannot stand in a header is left out.
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    if let Some(kind) = kind {
        put(CONTENT_TYPE, kind);
    }
    put(CORRELATION, &context.to_string());
    put(CACHE_CONTROL, "no-store");
    put(X_CONTENT_TYPE_OPTIONS, "nosniff");
    if let Some(counted) = passage.counted {
        put(RATE_COUNT, &counted.count.to_string());
        put(RATE_ALLOWED, &counted.allowed.to_string());
        put(RATE_RESET, &counted.reset.as_secs().to_string());
    }
    if let Some(wait) = wait {
        put(RETRY_AFTER, &wait.as_secs().to_string());
    }
    for (name, value) in answer.headers {
        put(HeaderName::from_static(name), &value);
    }
    response
}
