//! The program: `scv serve`, `scv user`, `scv client`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::Value;

use super::super::cli::{Place, scv};

/// A server in a program of its own.
pub struct Serving {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    /// What it says that it listens on; of one without TLS the address alone.
    pub address: String,
}

impl Serving {
    pub fn start(place: &Place, more: &[&str]) -> Self {
        let mut command = scv();
        command
            .env("SCV_STORE", place.path("scv.db"))
            .env("HOME", place.path(""));
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(more);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        out.read_line(&mut first).unwrap();
        let address = first
            .trim()
            .strip_prefix("listening on ")
            .unwrap_or_else(|| {
                let mut err = String::new();
                child
                    .stderr
                    .take()
                    .unwrap()
                    .read_to_string(&mut err)
                    .unwrap();
                panic!("{first:?} {err}")
            });
        let address = address.trim_start_matches("http://").to_owned();
        Self {
            child,
            out,
            address,
        }
    }

    fn ask(&self, head: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let request = format!(
            "{head}\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (
            head.split(' ').nth(1).unwrap().parse().unwrap(),
            body.to_owned(),
        )
    }

    fn token(&self, id: &str, secret: &str) -> (u16, Value) {
        let body = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let head = "POST /oauth/token HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
        let (status, body) = self.ask(head, &body);
        (status, serde_json::from_str(&body).unwrap())
    }

    /// Ends it by a signal; its exit code.
    pub fn end(mut self) -> Option<i32> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        self.child.wait().unwrap().code()
    }
}

fn json(place: &Place, args: &[&str]) -> Value {
    serde_json::from_str(&place.good(args)).unwrap()
}

#[test]
fn a_client_is_added_asks_is_given_a_new_secret_and_is_revoked() {
    let place = Place::filled();
    let made = json(
        &place,
        &["client", "add", "billing", "--role", "admin", "--json"],
    );
    let (id, secret) = (
        made["clientId"].as_str().unwrap(),
        made["clientSecret"].as_str().unwrap(),
    );
    let serving = Serving::start(&place, &[]);
    let (status, tokens) = serving.token(id, secret);
    assert_eq!(status, 200, "{tokens}");
    let head = |tokens: &Value| {
        let token = tokens["access_token"].as_str().unwrap();
        format!("GET /api/v2/externalcontacts/contacts HTTP/1.1\r\nAuthorization: Bearer {token}")
    };
    let (status, body) = serving.ask(&head(&tokens), "");
    assert_eq!(status, 200);
    assert!(
        serde_json::from_str::<Value>(&body).unwrap()["total"]
            .as_u64()
            .unwrap()
            > 0
    );

    let rotated = json(&place, &["client", "rotate", "billing", "--json"]);
    assert_eq!(rotated["clientId"], id);
    assert_eq!(serving.token(id, secret).0, 401);
    let secret = rotated["clientSecret"].as_str().unwrap();
    assert_eq!(serving.token(id, secret).0, 200);
    place.good(&["client", "revoke", id]);
    assert_eq!(serving.token(id, secret).0, 401);
    let listed = json(&place, &["client", "list", "--json"]);
    assert!(listed["entities"][0]["revokedDate"].is_string());
    assert!(
        !listed.to_string().contains(secret),
        "a secret is told once"
    );
    assert_eq!(serving.end(), Some(0));
}

#[test]
fn users_are_added_once_and_need_a_role() {
    let place = Place::new();
    let made = json(
        &place,
        &["user", "add", "Niamh", "--role", "agent", "--json"],
    );
    assert_eq!(
        (&made["name"], &made["role"]),
        (&"Niamh".into(), &"agent".into())
    );
    assert!(made["password"].as_str().unwrap().len() > 30);
    let run = place.run(&["user", "add", "Niamh", "--role", "agent"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert_eq!(place.run(&["user", "add", "Ada"]).code, 2);
    assert_eq!(
        place.run(&["user", "add", "Ada", "--role", "pilot"]).code,
        2
    );
    assert_eq!(place.run(&["user", "revoke", "Ada"]).code, 1);
    place.good(&["user", "rotate", "Niamh"]);
    place.good(&["user", "revoke", "Niamh"]);
    assert_eq!(place.run(&["user", "rotate", "Niamh"]).code, 1);
    assert!(place.good(&["user", "list"]).contains("revoked"));
    assert_eq!(
        place.run(&["user", "add", "niamh", "--role", "agent"]).code,
        0,
        "back again"
    );
    assert_eq!(
        place.run(&["user", "add", "NIAMH", "--role", "agent"]).code,
        1,
        "one name, one user"
    );
    assert!(!place.good(&["user", "list"]).contains("revoked"));
    let bad = [
        "client",
        "add",
        "x",
        "--role",
        "agent",
        "--redirect",
        "http://evil.example/",
    ];
    assert_eq!(place.run(&bad).code, 2);
}

#[test]
fn what_is_not_safe_or_not_there_is_refused() {
    let place = Place::filled();
    let public = place.run(&["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(public.code, 1);
    assert!(
        public.err.contains("--insecure-behind-proxy"),
        "{}",
        public.err
    );
}

#[test]
fn every_request_is_a_line_of_json_without_names() {
    let place = Place::filled();
    let made = json(
        &place,
        &["client", "add", "billing", "--role", "admin", "--json"],
    );
    let (id, secret) = (
        made["clientId"].as_str().unwrap(),
        made["clientSecret"].as_str().unwrap(),
    );
    let mut serving = Serving::start(&place, &["--log", "info"]);
    let (_, tokens) = serving.token(id, secret);
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    let path = "/api/v2/externalcontacts/contacts";
    let ask = |what: &str| {
        let head = format!("GET {path}{what} HTTP/1.1\r\nAuthorization: Bearer {token}");
        serving.ask(&head, "").0
    };
    assert_eq!(ask("?q=Efa"), 200);
    assert_eq!(ask("/7c9e6679-7425-40de-944b-e07fc1f90ae7"), 404);
    assert_eq!(serving.ask("GET /nothing/Efa HTTP/1.1", "").0, 404);
    let mut err = serving.child.stderr.take().unwrap();
    assert_eq!(serving.end(), Some(0));
    let mut told = String::new();
    err.read_to_string(&mut told).unwrap();
    let lines: Vec<Value> = told
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    let seen: Vec<(&str, &str, u64)> = lines
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap();
            assert!(
                text("context").parse::<uuid::Uuid>().is_ok() && line["ms"].is_number(),
                "{line}"
            );
            assert_eq!((text("level"), text("message")), ("INFO", "request"));
            (
                text("method"),
                text("route"),
                line["status"].as_u64().unwrap(),
            )
        })
        .collect();
    let one = format!("{path}/{{contactId}}");
    let wanted = [
        ("POST", "/oauth/token", 200),
        ("GET", path, 200),
        ("GET", one.as_str(), 404),
        ("GET", "-", 404),
    ];
    assert_eq!(seen, wanted);
    assert_eq!(lines[1]["client"], id);
    assert!(lines[1].get("user").is_none());
    for secret in ["Efa", "billing", secret, token.as_str()] {
        assert!(!told.contains(secret), "{told}");
    }
}

#[test]
fn a_log_that_nobody_reads_holds_no_request_up() {
    let place = Place::filled();
    // Standard error is a pipe that stays unread, and has room for 64 KB.
    let serving = Serving::start(&place, &["--log", "debug"]);
    for _ in 0..600 {
        assert_eq!(serving.ask("GET /health/live HTTP/1.1", "").0, 200);
    }
    assert_eq!(serving.end(), Some(0));
}

#[test]
fn the_demo_serves_throw_away_people_to_throw_away_accounts() {
    let place = Place::new();
    let mut serving = Serving::start(&place, &["--demo"]);
    let mut lines = [String::new(), String::new()];
    for line in &mut lines {
        serving.out.read_line(line).unwrap();
    }
    assert!(lines[0].starts_with("user Mara Lindt"), "{lines:?}");
    let words: Vec<&str> = lines[1].split_whitespace().collect();
    let (status, tokens) = serving.token(words[1], words.last().unwrap());
    assert_eq!(status, 200, "{tokens} {lines:?}");
    assert!(
        !place.path("scv.db").exists(),
        "the store of the machine is left alone"
    );
    assert_eq!(serving.end(), Some(0));
}
