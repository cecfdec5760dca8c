//! The streaming reader: shapes of input, limits, bad lines.

use std::io::Read;

use scv_desk::wire::ingest::{BadLine, Fault, Item, Place, Reader};
use serde_json::{Value, json};

use super::{fixture, fixture_text};

const ID: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

fn conversation(number: u32) -> Value {
    json!({"conversationId": format!("00000000-0000-4000-8000-{number:012}"),
        "conversationStart": "2026-11-20T10:00:00.000Z", "participants": []})
}

/// `c1`, `v`, or where and what is wrong, in order.
fn read(text: impl AsRef<[u8]>) -> Vec<String> {
    Reader::new(text.as_ref()).map(word).collect()
}

fn word(read: Result<Item, BadLine>) -> String {
    match read {
        Ok(Item::Conversation(one)) => {
            let id = one.id.to_string();
            format!(
                "c{}",
                id.rsplit('-').next().unwrap().trim_start_matches('0')
            )
        }
        Ok(Item::Visit(_)) => "v".to_owned(),
        Ok(Item::Message(one)) => format!("m{}", one.id),
        Err(bad) => {
            let at = match bad.at {
                Place::Line(number) => format!("l{number}"),
                Place::Element(number) => format!("e{number}"),
            };
            let why = match bad.why {
                Fault::TooLong => "long",
                Fault::TooDeep => "deep",
                Fault::NotUtf8 => "utf8",
                Fault::NotJson(_) => "json",
                Fault::CutOff => "cut",
                Fault::Unknown => "unknown",
                Fault::Unreadable(_) => "unreadable",
                Fault::Utf16 => "utf16",
                Fault::Compressed => "compressed",
                Fault::Io(_) => "io",
            };
            format!("{at}:{why}")
        }
    }
}

#[test]
fn lines_are_read_one_by_one() {
    let (one, two) = (conversation(1), conversation(2));
    let visit: Value = fixture("session-web.json");
    assert_eq!(read(format!("{one}\n{visit}\n{two}\n")), ["c1", "v", "c2"]);
    assert_eq!(
        read(format!("\u{feff}{one}\r\n\r\n  \n{two}")),
        ["c1", "c2"]
    );
    assert_eq!(read(""), Vec::<String>::new());
    assert_eq!(read("\u{feff}\n\n"), Vec::<String>::new());
}

#[test]
fn a_bad_line_never_stops_the_rest() {
    let (one, two) = (conversation(1), conversation(2));
    let text = format!(
        "{one}\n{{\"a\":\nnonsense\n[1]\n{{}}\n{{\"id\":1}}\n{two}\n{{\"conversationId\":\"x\"}}"
    );
    let expected = [
        "c1",
        "l2:cut",
        "l3:json",
        "l4:unknown",
        "l5:unknown",
        "l6:unknown",
        "c2",
        "l8:unreadable",
    ];
    assert_eq!(read(text), expected);
    let mut bytes = format!("{one}\n").into_bytes();
    bytes.extend(b"{\"conversationId\":\"\xff\"}\n");
    bytes.extend(two.to_string().into_bytes());
    assert_eq!(read(bytes), ["c1", "l2:utf8", "c2"]);
    for first in ["{\"a\":\"b", "{\"a\":1", "x", "{]}", "{\"a\"}}"] {
        let found = read(format!("{first}\n{one}\n{two}\n"));
        assert_eq!(&found[1..], ["c1", "c2"], "{first:?}");
    }
}

#[test]
fn arrays_and_answers_are_split() {
    let (one, two, three) = (conversation(1), conversation(2), conversation(3));
    let array = json!([one, two, three]);
    assert_eq!(read(array.to_string()), ["c1", "c2", "c3"]);
    assert_eq!(
        read(serde_json::to_string_pretty(&array).unwrap()),
        ["c1", "c2", "c3"]
    );
    let answer = json!({"conversations": [one, two], "aggregations": [{"a": [1]}], "totalHits": 2});
    assert_eq!(read(answer.to_string()), ["c1", "c2"]);
    assert_eq!(
        read(serde_json::to_string_pretty(&answer).unwrap()),
        ["c1", "c2"]
    );
    assert_eq!(
        read(format!("{answer}\n{answer}")),
        ["c1", "c2", "c1", "c2"]
    );
    let listing = json!({"entities": [fixture("session-web.json")], "nextUri": "/x"});
    assert_eq!(read(listing.to_string()), ["v"]);
    assert_eq!(read("{\"totalHits\":0}"), Vec::<String>::new());
    assert_eq!(read("[]"), Vec::<String>::new());
    assert_eq!(read("  [ ] "), Vec::<String>::new());
    let pretty = fixture_text("conversation-call.json");
    assert_eq!(
        Reader::new(pretty.as_bytes()).filter(Result::is_ok).count(),
        1
    );
}

#[test]
fn a_bad_element_never_stops_the_rest() {
    let (one, two) = (conversation(1), conversation(2));
    assert_eq!(
        read(format!("[{one},{{\"b\":tru}},{two}]")),
        ["c1", "e2:json", "c2"]
    );
    assert_eq!(
        read(format!("[{one}, 7, null, \"x\", {two}]")),
        ["c1", "e2:unknown", "e3:unknown", "e4:unknown", "c2"]
    );
    let cut = "{\"a\":{\"b\":1},";
    assert_eq!(
        read(format!("[{one},\n{cut}\n{two}]")),
        ["c1", "e2:json", "c2"]
    );
    let open = "{\"a\":\"b";
    assert_eq!(
        read(format!("[\n{one},\n{open}\n{two}\n]")),
        ["c1", "e2:json", "c2"]
    );
    assert_eq!(read(format!("[{one},")), ["c1", "e2:cut"]);
    assert_eq!(read(format!("[{one},{{\"a\":")), ["c1", "e2:cut"]);
    assert_eq!(
        read(format!("{{\"conversations\":[{one}")),
        ["c1", "e2:cut"]
    );
}

#[test]
fn limits_hold() {
    let (one, two) = (conversation(1), conversation(2));
    let long = format!("{{\"conversationId\":\"{}\"}}", "x".repeat(4 * 1024 * 1024));
    assert_eq!(
        read(format!("{one}\n{long}\n{two}")),
        ["c1", "l2:long", "c2"]
    );
    assert_eq!(read(format!("{long}\n{two}")), ["l1:long", "c2"]);
    assert_eq!(
        read(format!("[{one},{long},{two}]")),
        ["c1", "e2:long", "c2"]
    );
    let deep = |levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        format!("{{\"conversationId\":\"{ID}\",\"conversationStart\":0,\"x\":{open}{close}}}")
    };
    assert_eq!(read(format!("{}\n{one}", deep(101))), ["l1:deep", "c1"]);
    assert_eq!(read(format!("{}\n{one}", deep(100_000))), ["l1:deep", "c1"]);
    assert_eq!(
        read(format!("[{},{one}]", deep(100_000))),
        ["e1:deep", "c1"]
    );
    assert_eq!(read(deep(90)).len(), 1);
    assert!(read(deep(90))[0].starts_with('c'));
}

#[test]
fn files_of_other_kinds_are_named() {
    assert_eq!(read([0xFF, 0xFE, b'{', 0]), ["l1:utf16"]);
    assert_eq!(read([0x1F, 0x8B, 8, 0]), ["l1:compressed"]);
}

#[test]
fn a_failing_input_is_told_and_ends() {
    struct Failing(Vec<u8>);
    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0.is_empty() {
                return Err(std::io::Error::other("unplugged"));
            }
            let count = self.0.len().min(buffer.len()).min(7);
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0.drain(..count);
            Ok(count)
        }
    }
    let text = format!("{}\n{}", conversation(1), "{\"conv");
    let found: Vec<String> = Reader::new(Failing(text.into_bytes())).map(word).collect();
    assert_eq!(found, ["c1", "l2:io"]);
}

#[test]
fn a_huge_array_is_never_held_whole() {
    struct Endless {
        element: Vec<u8>,
        left: usize,
        at: usize,
    }
    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.left == 0 {
                return Ok(0);
            }
            let rest = &self.element[self.at..];
            let count = rest.len().min(buffer.len());
            buffer[..count].copy_from_slice(&rest[..count]);
            self.at += count;
            if self.at == self.element.len() {
                (self.at, self.left) = (0, self.left - 1);
            }
            Ok(count)
        }
    }
    let element = format!("{},\n", conversation(1)).into_bytes();
    let many = Endless {
        element,
        left: 20_000,
        at: 0,
    };
    let array = b"[".chain(many).chain(&b"{}]"[..]);
    let mut reader = Reader::new(array);
    assert_eq!(reader.by_ref().take_while(Result::is_ok).count(), 20_000);
    assert!(reader.next().is_none());
}

#[test]
fn bad_lines_say_where_and_what_to_do() {
    let bad = Reader::new(&b"{}\n"[..]).next().unwrap().unwrap_err();
    assert_eq!(
        bad.to_string(),
        "line 1: it is neither an analytics conversation (conversationId) nor a journey session \
         (id, createdDate) nor \
         a message (id, conversationId, timestamp)"
    );
}
