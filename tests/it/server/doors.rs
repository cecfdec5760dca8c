//! What the server refuses before anything is looked at, what it counts, and how it ends.

use std::io::{Read, Write};
use std::net::TcpStream;

use scv_desk::server::{CannotServe, Exposure};
use scv_desk::store::account::{Account, AccountKind, Accounts};
use serde_json::json;

use super::place::{Caller, Place};

const CONTACTS: &str = "/api/v2/externalcontacts/contacts";

fn raw(place: &Place, head: &str, body: &str) -> super::place::Reply {
    let request = format!(
        "{head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    place.send(request.as_bytes())
}

#[test]
fn a_token_is_counted_and_then_told_to_wait() {
    let place = Place::with(|options| options.rate = 3);
    let caller = place.as_role("agent");
    for count in 1..=3 {
        let reply = caller.get(CONTACTS).is(200);
        assert_eq!(
            reply.header("inin-ratelimit-count"),
            Some(count.to_string().as_str())
        );
        assert_eq!(reply.header("inin-ratelimit-allowed"), Some("3"));
        let reset: u64 = reply
            .header("inin-ratelimit-reset")
            .unwrap()
            .parse()
            .unwrap();
        assert!((1..=60).contains(&reset));
    }
    let reply = caller.get(CONTACTS).is(429);
    assert_eq!(reply.code(), "too.many.requests");
    let wait: u64 = reply.header("Retry-After").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
    // Another token of nobody's is not counted with it.
    place.as_role("agent").get(CONTACTS).is(200);
}

#[test]
fn a_request_that_does_not_read_says_what_is_wrong() {
    let place = Place::new();
    let caller = place.as_role("admin");
    assert_eq!(
        caller
            .ask_with("POST", CONTACTS, "application/json", "{")
            .is(400)
            .code(),
        "bad.request"
    );
    assert_eq!(
        caller
            .ask_with("POST", CONTACTS, "text/xml", "<a/>")
            .is(415)
            .code(),
        "unsupported.media.type"
    );
    let long = "x".repeat((1 << 20) + 1);
    assert_eq!(
        caller
            .ask_with("POST", CONTACTS, "application/json", &long)
            .is(413)
            .status,
        413
    );
    assert_eq!(caller.get("/api/v2/nonsense").is(404).code(), "not.found");
    let wrong = caller.ask("DELETE", CONTACTS, None).is(405);
    assert_eq!(wrong.code(), "method.not.allowed");
    assert_eq!(wrong.header("Allow"), Some("GET, POST"));
    caller.get(&format!("{CONTACTS}?q=%FF")).is(400);
    caller.get(&format!("{CONTACTS}/%FF")).is(400);
}

#[test]
fn a_body_in_chunks_is_no_way_around_the_limit() {
    let place = Place::new();
    let token = place.token("admin");
    let mut stream = TcpStream::connect(place.address).unwrap();
    let head = format!(
        "POST {CONTACTS} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
        Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        place.address
    );
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for _ in 0..40 {
        if stream.write_all(chunk.as_bytes()).is_err() {
            break;
        }
    }
    let mut answer = [0; 12];
    // Either it is told, or the connection is closed on who goes on sending.
    if stream.read_exact(&mut answer).is_ok() {
        assert_eq!(&answer, b"HTTP/1.1 413");
    }
    place.as_nobody().get("/health/ready").is(200);
}

#[test]
fn another_host_is_not_answered() {
    let place = Place::new();
    let token = place.token("admin");
    for host in [
        "evil.example",
        "127.0.0.1.evil.example",
        "evil.example:8080",
        "",
    ] {
        let head =
            format!("GET {CONTACTS} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}");
        assert_eq!(raw(&place, &head, "").status, 421, "{host}");
        assert_eq!(
            raw(&place, &format!("GET /nix HTTP/1.1\r\nHost: {host}"), "").status,
            421,
            "{host}"
        );
    }
    for host in ["localhost", "127.0.0.1:9", "[::1]:80", "LOCALHOST:8080"] {
        let head = format!("GET /health/live HTTP/1.1\r\nHost: {host}");
        assert_eq!(raw(&place, &head, "").status, 200, "{host}");
    }
    let named = Place::with(|options| options.hosts = vec!["scv.example".to_owned()]);
    assert_eq!(
        raw(&named, "GET /health/live HTTP/1.1\r\nHost: scv.example", "").status,
        200
    );
}

#[test]
fn an_address_that_others_reach_needs_somebody_to_say_so() {
    let bind = |exposure| {
        let place = Place::new();
        let options = scv_desk::server::Options {
            listen: "0.0.0.0:0".parse().unwrap(),
            exposure,
            tls: None,
            hosts: Vec::new(),
            roles: Vec::new(),
            rate: 300,
        };
        let ports = scv_desk::server::Ports {
            backend: place.backend("nobody", "agent"),
            accounts: std::sync::Arc::clone(&place.store) as _,
            catalog: std::sync::Arc::clone(&place.store) as _,
        };
        place
            .runtime
            .block_on(scv_desk::server::Server::bind(&options, ports))
            .map(|_| ())
    };
    assert!(matches!(
        bind(Exposure::Loopback),
        Err(CannotServe::Public(_))
    ));
    assert!(bind(Exposure::BehindProxy).is_ok());
}

#[test]
fn a_token_ends_when_its_time_is_over_and_when_it_is_taken_back() {
    let place = Place::new();
    let caller = place.as_role("agent");
    caller.get(CONTACTS).is(200);
    caller.delete("/api/v2/tokens/me").is(200);
    assert_eq!(caller.get(CONTACTS).is(401).code(), "bad.credentials");
    let caller = place.as_role("agent");
    caller.get(CONTACTS).is(200);
    place.wait_ms(25 * 3_600_000);
    caller.get(CONTACTS).is(401);

    let account = place.account(AccountKind::User, "Niamh", "agent");
    let caller = Caller {
        place: &place,
        token: Some(place.grant(&account)),
    };
    caller.get(CONTACTS).is(200);
    let revoked = Account {
        revoked: Some(place.now()),
        ..account
    };
    place
        .runtime
        .block_on(place.store.change_account(revoked))
        .unwrap();
    // What was remembered of it is forgotten within a second.
    let begun = std::time::Instant::now();
    while caller.get(CONTACTS).status != 401 {
        assert!(begun.elapsed().as_secs() < 10, "a revoked user still asks");
    }
}

#[test]
fn a_role_that_changes_is_heard_of() {
    let place = Place::new();
    let account = place.account(AccountKind::Client, "billing", "agent");
    let caller = Caller {
        place: &place,
        token: Some(place.grant(&account)),
    };
    caller.get("/api/scv/v1/audit/head").is(403);
    let promoted = Account {
        role: "admin".to_owned(),
        ..account.clone()
    };
    place
        .runtime
        .block_on(place.store.change_account(promoted))
        .unwrap();
    // Tokens of before end with the change.
    let caller = Caller {
        place: &place,
        token: Some(place.grant(&account)),
    };
    caller.get("/api/scv/v1/audit/head").is(200);
}

#[test]
fn what_is_under_way_is_answered_before_the_end() {
    let mut place = Place::new();
    let token = place.token("admin");
    let address = place.address;
    let body = json!({"firstName": "Ada"}).to_string();
    // The head and half of the body are sent, the rest comes after the server was told to end.
    let mut stream = TcpStream::connect(address).unwrap();
    let (first, rest) = body.split_at(5);
    let head = format!(
        "POST {CONTACTS} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
        Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{first}",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // Once another request on another connection is answered, the first one was taken.
    place.as_nobody().get("/health/live").is(200);
    place.end();
    while TcpStream::connect(address).is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn nothing_is_kept_of_an_answer_and_nothing_is_guessed_of_its_type() {
    let place = Place::new();
    let reply = place.as_role("agent").get(CONTACTS).is(200);
    assert_eq!(reply.header("Cache-Control"), Some("no-store"));
    assert_eq!(reply.header("X-Content-Type-Options"), Some("nosniff"));
    assert_eq!(reply.header("Content-Type"), Some("application/json"));
}

#[test]
fn what_was_asked_is_counted_without_names() {
    let place = Place::new();
    let caller = place.as_role("agent");
    caller.get(&format!("{CONTACTS}?q=Efa")).is(200);
    caller.get(&format!("{CONTACTS}/nonsense")).is(400);
    let text = place.as_nobody().get("/metrics").is(200).text;
    let counted = |path: &str, status: &str| {
        let wanted = format!(
            "scv_http_requests_total{{method=\"GET\",path=\"{path}\",status=\"{status}\"}} 1"
        );
        assert!(text.contains(&wanted), "{wanted}\n{text}");
    };
    counted(CONTACTS, "2xx");
    counted("/api/v2/externalcontacts/contacts/{contactId}", "4xx");
    assert!(text.contains("scv_http_request_seconds_count"));
    assert!(
        !text.contains("Efa") && !text.contains("nonsense"),
        "{text}"
    );
}
