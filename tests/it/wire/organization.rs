//! The shared organization, when it lies beside the crate: everything is read and nothing is lost.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use scv_desk::domain::conversation::Channel;
use scv_desk::wire::ingest::{Item, Reader};
use scv_desk::wire::{conversation, csv, names, visit};
use serde_json::Value;

/// A file of the organization; `None` (and a word why) when it is not there.
#[allow(clippy::print_stderr)]
fn file(name: &str) -> Option<PathBuf> {
    // Read when the test runs, so that a built test can be pointed elsewhere.
    let root = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| ".".to_owned());
    let path = PathBuf::from(root).join("../shared/data/org").join(name);
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

fn lines(path: &PathBuf) -> impl Iterator<Item = Value> {
    let lines = BufReader::new(File::open(path).unwrap()).lines();
    lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap())
}

#[test]
fn every_conversation_comes_out_as_it_came_in() {
    let Some(path) = file("conversations.ndjson") else {
        return;
    };
    let read: Vec<_> = Reader::new(File::open(&path).unwrap())
        .map(Result::unwrap)
        .collect();
    assert_eq!(read.len(), 1500);
    let mut channels: BTreeMap<Channel, usize> = BTreeMap::new();
    let mut withheld = 0;
    for (item, value) in read.iter().zip(lines(&path)) {
        let Item::Conversation(read) = item else {
            panic!("no conversation")
        };
        assert_eq!(conversation::to_json(read), value);
        *channels.entry(read.channel).or_default() += 1;
        let leg = &read.outside().next().unwrap().legs[0];
        let is_known = read.address().is_some() || leg.customer.is_some();
        withheld += usize::from(!is_known);
    }
    assert_eq!(withheld, 4, "the anonymous callers");
    assert_eq!(channels[&Channel::Whatsapp], 151);
    assert_eq!(channels[&Channel::WebMessaging], 125);
    assert!(!channels.contains_key(&Channel::Other));
}

#[test]
fn every_visit_comes_out_as_it_came_in() {
    let Some(path) = file("sessions.ndjson") else {
        return;
    };
    let read: Vec<_> = Reader::new(File::open(&path).unwrap())
        .map(Result::unwrap)
        .collect();
    assert_eq!(read.len(), 250);
    for (item, value) in read.iter().zip(lines(&path)) {
        let Item::Visit(read) = item else {
            panic!("no visit")
        };
        assert_eq!(visit::to_json(read), value);
        assert_eq!(
            read.pageviews as usize,
            value["pageviewCount"].as_u64().unwrap() as usize
        );
    }
}

#[test]
fn every_contact_and_name_is_read() {
    let Some(path) = file("contacts.csv") else {
        return;
    };
    let rows = csv::Rows::open(File::open(path).unwrap(), csv::Options::default()).unwrap();
    assert!(rows.columns().unknown().is_empty());
    let rows: Vec<csv::Row> = rows.map(Result::unwrap).collect();
    assert!(rows.len() > 200);
    for row in &rows {
        assert!(row.read.is_ok(), "line {}: {}", row.line, row.reason());
        assert!(
            row.warnings.is_empty(),
            "line {}: {:?}",
            row.line,
            row.warnings
        );
    }
    let Some(path) = file("names.json") else {
        return;
    };
    let names = names::read(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(names.len(), 5 + 24 + 8 + 2 + 1);
    let hidden: Vec<_> = names.iter().filter(|name| !name.shown).collect();
    assert_eq!((hidden.len(), hidden[0].name.as_str()), (1, "Churn risk"));
    assert_eq!(hidden[0].color.as_deref(), Some("#8050C0"));
}
