//! A streaming reader of conversations, their messages and web visits: one JSON object a line, a JSON array, or
//! the answer of `analytics/conversations/details/query` or of a bulk read of messages. Owns limits and what
//! becomes of bad lines; the objects themselves are `conversation`'s, `message`'s and `visit`'s.

use std::fmt;
use std::io::Read;

use serde_json::Value;

use crate::domain::{Conversation, transcript::Message, visit::Visit};

use super::{Unreadable, conversation, message, visit};

mod bytes;
mod document;
mod shape;

use bytes::Bytes;
use document::Document;
use shape::{DEPTH_MAX, Shape, Step};

/// Most bytes of one line or element.
pub const ELEMENT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What a line or element holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    Conversation(Box<Conversation>),
    Visit(Box<Visit>),
    Message(Box<Message>),
}

/// A line or element that could not be read. The others are read all the same.
#[derive(Debug, thiserror::Error)]
#[error("{at}: {why}")]
pub struct BadLine {
    pub at: Place,
    pub why: Fault,
}

/// Where something stands, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Line(u64),
    /// An element of an array or of an answer.
    Element(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(number) => write!(f, "line {number}"),
            Self::Element(number) => write!(f, "element {number}"),
        }
    }
}

/// What is wrong with a line or element.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("it is longer than 4 MB; split it or leave it out")]
    TooLong,
    #[error("it is nested deeper than {DEPTH_MAX} levels; leave it out")]
    TooDeep,
    #[error("it is not UTF-8; save the file as UTF-8")]
    NotUtf8,
    #[error("it is not JSON ({0})")]
    NotJson(String),
    #[error("it breaks off before its end; get the file again")]
    CutOff,
    #[error(
        "it is neither an analytics conversation (conversationId) nor a journey session (id, createdDate) nor \
         a message (id, conversationId, timestamp)"
    )]
    Unknown,
    #[error("{0}")]
    Unreadable(#[from] Unreadable),
    #[error("the file is UTF-16; save it as UTF-8")]
    Utf16,
    #[error("the file is compressed; unpack it first")]
    Compressed,
    #[error("the file could not be read further ({0}); try again")]
    Io(std::io::Error),
}

impl Fault {
    /// True when nothing after it is read: the file itself is at fault, not a line of it.
    pub fn is_end(&self) -> bool {
        match self {
            Self::Utf16 | Self::Compressed | Self::Io(_) => true,
            Self::TooLong | Self::TooDeep | Self::NotUtf8 | Self::NotJson(_) => false,
            Self::CutOff | Self::Unknown | Self::Unreadable(_) => false,
        }
    }
}

/// Reads items one by one; memory stays within a few times `ELEMENT_BYTES_MAX` however long the file is.
pub struct Reader<R> {
    bytes: Bytes<R>,
    stage: Stage,
}

enum Stage {
    Start,
    Lines,
    Document(Box<Document>),
    Done,
}

impl<R: Read> Reader<R> {
    /// Starts reading; the shape of the input is told from how it begins.
    pub fn new(input: R) -> Self {
        Self {
            bytes: Bytes::new(input),
            stage: Stage::Start,
        }
    }

    /// Tells the shape of the input by its first line.
    fn start(&mut self) -> Result<Stage, Fault> {
        let head = self.bytes.skip_mark_and_blanks();
        match (head, self.bytes.peek()) {
            (bytes::Mark::Utf16, _) => return Err(Fault::Utf16),
            (bytes::Mark::Compressed, _) => return Err(Fault::Compressed),
            (bytes::Mark::None, Some(b'[')) => {
                return Ok(Stage::Document(Box::default()));
            }
            (bytes::Mark::None, Some(b'{')) => {}
            (bytes::Mark::None, Some(_) | None) => return Ok(Stage::Lines),
        }
        let mut first = Vec::new();
        let stage = self.stage_of_first_line(&mut first);
        self.bytes.put_back(first);
        Ok(stage)
    }

    fn stage_of_first_line(&mut self, first: &mut Vec<u8>) -> Stage {
        let document = || Stage::Document(Box::default());
        let mut shape = Shape::default();
        let mut is_closed = false;
        while let Some(byte) = self.bytes.next() {
            first.push(byte);
            // Objects may follow each other without a line break; anything else after one is a bad line.
            match byte {
                b'{' | b'[' | b',' if is_closed => return document(),
                _ if is_closed && !byte.is_ascii_whitespace() => return Stage::Lines,
                _ => {}
            }
            if byte == b'\n' && (is_closed || !shape.may_go_on_next_line()) {
                return Stage::Lines;
            }
            if byte == b'\n' && shape.may_go_on_next_line() {
                return document();
            }
            if !is_closed && shape.opens_list_of_items(byte) {
                return document();
            }
            if first.len() > ELEMENT_BYTES_MAX {
                return Stage::Lines;
            }
            match is_closed {
                true => {}
                false => match shape.feed(byte) {
                    Step::Inside => {}
                    Step::Closed => is_closed = true,
                    Step::Broken => return Stage::Lines,
                },
            }
        }
        Stage::Lines
    }

    /// The next line that is not empty.
    fn next_line(&mut self) -> Option<(Place, Result<Vec<u8>, Fault>)> {
        loop {
            let at = Place::Line(self.bytes.line());
            let mut line = Vec::new();
            let mut is_long = false;
            let mut is_any = false;
            while let Some(byte) = self.bytes.next() {
                is_any = true;
                if byte == b'\n' {
                    break;
                }
                match line.len() < ELEMENT_BYTES_MAX {
                    true => line.push(byte),
                    false => is_long = true,
                }
            }
            if !is_any {
                return None;
            }
            if is_long {
                return Some((at, Err(Fault::TooLong)));
            }
            if !line.iter().all(u8::is_ascii_whitespace) {
                return Some((at, Ok(line)));
            }
        }
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Item, BadLine>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let found = match &mut self.stage {
                Stage::Done => return None,
                Stage::Start => match self.start() {
                    Ok(stage) => {
                        self.stage = stage;
                        continue;
                    }
                    Err(fault) => Some((Place::Line(1), Err(fault))),
                },
                Stage::Lines => self.next_line(),
                Stage::Document(document) => document
                    .next(&mut self.bytes)
                    .map(|(number, element)| (Place::Element(number), element)),
            };
            let failed = self.bytes.failure().map(Fault::Io);
            let (at, read) = match (found, failed) {
                (Some((at, _)), Some(fault)) => (at, Err(fault)),
                (None, Some(fault)) => (Place::Line(self.bytes.line()), Err(fault)),
                (Some((at, read)), None) => (at, read.and_then(|bytes| item(&bytes))),
                (None, None) => {
                    self.stage = Stage::Done;
                    return None;
                }
            };
            match read {
                Ok(Some(item)) => return Some(Ok(item)),
                Ok(None) => {}
                Err(why) => {
                    if why.is_end() {
                        self.stage = Stage::Done;
                    }
                    return Some(Err(BadLine { at, why }));
                }
            }
        }
    }
}

/// Reads one object; `None` for an answer that found nothing.
fn item(bytes: &[u8]) -> Result<Option<Item>, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::NotUtf8)?;
    if shape::depth(bytes) > DEPTH_MAX {
        return Err(Fault::TooDeep);
    }
    let value: Value = serde_json::from_str(text).map_err(|error| match error.is_eof() {
        true => Fault::CutOff,
        false => Fault::NotJson(error.to_string()),
    })?;
    of_json(value)
}

/// Tells conversations, messages and visits apart by what they hold.
fn of_json(value: Value) -> Result<Option<Item>, Fault> {
    let has = |name: &str| value.get(name).is_some();
    if message::is_message(&value) {
        return Ok(Some(Item::Message(Box::new(message::from_json(value)?))));
    }
    if has("conversationId") {
        let conversation = conversation::from_json(value)?;
        return Ok(Some(Item::Conversation(Box::new(conversation))));
    }
    let visit = [
        "createdDate",
        "customerId",
        "lastEvent",
        "eventCount",
        "events",
    ];
    if has("id") && !has("participants") && visit.into_iter().any(has) {
        return Ok(Some(Item::Visit(Box::new(visit::from_json(value)?))));
    }
    match has("totalHits") && !has("id") {
        true => Ok(None),
        false => Err(Fault::Unknown),
    }
}
