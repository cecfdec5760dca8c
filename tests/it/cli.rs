//! The real binary on small data: the command table, its shapes, its exit codes and its sentences.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

mod actions;
mod audit;
mod bulk;
mod contacts;
mod gone;
mod help;
mod history;
mod journeys;
mod merged;
mod person;
mod review;
mod settings;
mod shared;
mod statistics;
mod tables;
mod undo;
mod unmerge;

/// *Now* of these tests.
pub const NOW: &str = "2026-11-23T12:00:00Z";

/// The program without anything of the machine's around it.
pub fn scv() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scv"));
    for (name, _) in
        std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SCV_"))
    {
        command.env_remove(name);
    }
    command
        .env("SCV_NOW", NOW)
        .env("TZ", "UTC")
        .stdin(Stdio::null());
    command
}

/// A directory with a store of its own.
pub struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    /// A place with the contacts and conversations of `bulk::small`.
    pub fn filled() -> Self {
        let place = Self::new();
        let (contacts, conversations) = (
            place.write("c.csv", CONTACTS),
            place.write("v.ndjson", &conversations()),
        );
        let names = place.write("names.json", NAMES);
        place.good(&["import", "contacts", &contacts, "--role", "admin"]);
        place.good(&[
            "ingest",
            &conversations,
            "--names",
            &names,
            "--role",
            "admin",
        ]);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file; its path as an argument.
    pub fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name).display().to_string()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = scv();
        let home = self.dir.path();
        command
            .env("SCV_STORE", self.path("scv.db"))
            .env("SCV_AGENT", "Niamh");
        command
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home)
            .env("XDG_DATA_HOME", home);
        command.args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Run {
        self.command(args).output().unwrap().into()
    }

    /// Runs with variables of the environment.
    pub fn run_with(&self, variables: &[(&str, &str)], args: &[&str]) -> Run {
        self.command(args)
            .envs(variables.iter().copied())
            .output()
            .unwrap()
            .into()
    }

    /// Runs with a text on standard input.
    pub fn run_fed(&self, input: &str, args: &[&str]) -> Run {
        let mut command = self.command(args);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap().into()
    }

    /// Standard output of a run that must work.
    pub fn good(&self, args: &[&str]) -> String {
        let run = self.run(args);
        assert_eq!(run.code, 0, "{args:?}: {}", run.err);
        run.out
    }

    /// The JSON of a run that must work.
    pub fn json(&self, args: &[&str]) -> Value {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        let out = self.good(&args);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{args:?}: {error}: {out}"))
    }

    /// The sentence of a run that is refused: exit code 1, one line on standard error.
    pub fn refused(&self, args: &[&str]) -> String {
        self.run(args).sentence(1)
    }

    /// The contact that a search finds first.
    pub fn found(&self, query: &str) -> String {
        let found = self.json(&["contact", "search", query]);
        found["entities"][0]["id"]
            .as_str()
            .unwrap_or_else(|| panic!("{query}: {found}"))
            .to_owned()
    }
}

/// What a run printed, and how it ended.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    /// The one sentence of a run that ended with `code`.
    pub fn sentence(&self, code: i32) -> String {
        assert_eq!(self.code, code, "{} {}", self.out, self.err);
        let lines: Vec<&str> = self.err.lines().collect();
        assert_eq!(lines.len(), 1, "{}", self.err);
        lines[0].strip_prefix("scv: ").expect(&self.err).to_owned()
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("the program ended by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

pub const CONTACTS: &str = "\
External ID,First Name,Last Name,Company,Cell Phone,Work Email,Country Code
CRM-1,Efa,Byrne,Acme,086 123 4567,efa@acme.example,IE
CRM-2,Claire,Byrne,,+353 87 765 4321,claire@byrne.example,IE
CRM-3,直樹,清水,,+81 90 1736 6625,,JP
";

pub const NAMES: &str = r#"{
  "queues": {"q-1": "Billing"},
  "users": {"u-1": "Niamh"},
  "wrapupCodes": {"w-1": "Resolved", "w-2": "Call back"}
}"#;

/// Conversations: Efa's call, a call of an unknown number, a withheld caller.
pub const EFA: &str = "11111111-1111-4111-8111-111111111111";
pub const UNKNOWN: &str = "22222222-2222-4222-8222-222222222222";
pub const WITHHELD: &str = "33333333-3333-4333-8333-333333333333";

pub fn conversations() -> String {
    let calls = [
        call(EFA, Some("tel:+353861234567"), "2026-11-20T09:00:00.000Z"),
        call(
            UNKNOWN,
            Some("tel:+353851112222"),
            "2026-11-21T09:00:00.000Z",
        ),
        call(WITHHELD, None, "2026-11-22T09:00:00.000Z"),
    ];
    calls.map(|call| format!("{call}\n")).concat()
}

/// A call of ten minutes that an agent took in the queue Billing.
pub fn call(id: &str, address: Option<&str>, start: &str) -> Value {
    let end = start.replace(":00:00.", ":10:00.");
    let segment = |kind: &str| serde_json::json!({"segmentType": kind, "segmentStart": start, "segmentEnd": end, "queueId": "q-1"});
    let session = |address: Option<&str>| {
        serde_json::json!({
            "mediaType": "voice", "sessionId": format!("s-{id}"), "direction": "inbound",
            "ani": address, "segments": [segment("interact")],
        })
    };
    serde_json::json!({
        "conversationId": id, "conversationStart": start, "conversationEnd": end,
        "originatingDirection": "inbound",
        "participants": [
            {"participantId": format!("c-{id}"), "purpose": "customer", "sessions": [session(address)]},
            {"participantId": format!("a-{id}"), "purpose": "agent", "userId": "u-1", "sessions": [session(None)]},
        ],
    })
}
