//! Splits JSON documents into their elements without holding a document whole: arrays, answers with a list of
//! items, and objects that follow each other.

use std::io::Read;

use super::bytes::Bytes;
use super::shape::{Shape, Step};
use super::{ELEMENT_BYTES_MAX, Fault};

/// A splitter of documents.
#[derive(Default)]
pub struct Document {
    stage: Stage,
    /// The answer around the list that is being read.
    answer: Option<Shape>,
    element: Vec<u8>,
    is_long: bool,
    number: u64,
}

#[derive(Default)]
enum Stage {
    /// Between documents.
    #[default]
    Between,
    /// In a list, between its elements.
    List,
    /// In an answer, after one of its lists.
    Answer,
    /// At an object whose opening bracket was taken already.
    Opened { is_listed: bool },
    /// In an element of a list, or in an object outside of any.
    Element { shape: Shape, is_listed: bool },
    /// After something broken: until a line that begins with an object.
    Lost {
        is_listed: bool,
        is_line_start: bool,
    },
}

/// An element or what is wrong with it, if the step came to one.
type Found = Option<Result<Vec<u8>, Fault>>;

/// An element with its number, or what is wrong with it.
pub type Split = (u64, Result<Vec<u8>, Fault>);

impl Document {
    /// The next element.
    pub fn next<R: Read>(&mut self, bytes: &mut Bytes<R>) -> Option<Split> {
        loop {
            let found = match std::mem::take(&mut self.stage) {
                Stage::Between => self.between(bytes)?,
                Stage::List => self.in_list(bytes)?,
                Stage::Answer => self.in_answer(bytes)?,
                Stage::Opened { is_listed } => {
                    self.begin(is_listed);
                    None
                }
                Stage::Element { shape, is_listed } => self.in_element(bytes, shape, is_listed),
                Stage::Lost {
                    is_listed,
                    is_line_start,
                } => self.lost(bytes, is_listed, is_line_start)?,
            };
            if let Some(found) = found {
                return Some((self.number, found));
            }
        }
    }

    fn between<R: Read>(&mut self, bytes: &mut Bytes<R>) -> Option<Found> {
        self.answer = None;
        match bytes.next()? {
            b'{' => self.begin(false),
            b'[' => self.stage = Stage::List,
            b',' => {}
            byte if byte.is_ascii_whitespace() => {}
            _ => return Some(Some(self.stray(bytes, Stage::Between))),
        }
        Some(None)
    }

    fn in_list<R: Read>(&mut self, bytes: &mut Bytes<R>) -> Option<Found> {
        let Some(byte) = bytes.next() else {
            return Some(Some(self.cut_off()));
        };
        self.stage = Stage::List;
        match byte {
            b'{' => self.begin(true),
            b']' => match &mut self.answer {
                Some(shape) => {
                    shape.close_list();
                    self.stage = Stage::Answer;
                }
                None => self.stage = Stage::Between,
            },
            b',' => {}
            byte if byte.is_ascii_whitespace() => {}
            _ => return Some(Some(self.stray(bytes, Stage::List))),
        }
        Some(None)
    }

    fn in_answer<R: Read>(&mut self, bytes: &mut Bytes<R>) -> Option<Found> {
        let Some(mut shape) = self.answer.take() else {
            return Some(None);
        };
        while let Some(byte) = bytes.next() {
            if shape.opens_list_of_items(byte) {
                self.answer = Some(shape);
                self.stage = Stage::List;
                return Some(None);
            }
            match shape.feed(byte) {
                Step::Inside => {}
                Step::Closed => return Some(None),
                Step::Broken => {
                    self.lose(byte, false);
                    return Some(None);
                }
            }
        }
        self.number += 1;
        Some(Some(Err(Fault::CutOff)))
    }

    fn in_element<R: Read>(
        &mut self,
        bytes: &mut Bytes<R>,
        mut shape: Shape,
        is_listed: bool,
    ) -> Found {
        while let Some(byte) = bytes.next() {
            if !is_listed && shape.opens_list_of_items(byte) {
                self.number -= 1;
                self.answer = Some(shape);
                self.stage = Stage::List;
                return None;
            }
            match shape.feed(byte) {
                Step::Inside => self.push(byte),
                Step::Closed => {
                    self.push(byte);
                    self.stage = if is_listed {
                        Stage::List
                    } else {
                        Stage::Between
                    };
                    return Some(self.finish());
                }
                Step::Broken => {
                    let is_next = byte == b'{' && !shape.is_string();
                    let broken = self.finish().and_then(|_| Err(broken()));
                    match is_next {
                        // The element before was never closed: this is the next one.
                        true => self.stage = Stage::Opened { is_listed },
                        false => self.lose(byte, is_listed),
                    }
                    return Some(broken);
                }
            }
        }
        let finished = self.finish();
        Some(finished.and(Err(Fault::CutOff)))
    }

    /// Skips to a line that begins with an object, or to the end.
    fn lost<R: Read>(
        &mut self,
        bytes: &mut Bytes<R>,
        is_listed: bool,
        mut is_line_start: bool,
    ) -> Option<Found> {
        loop {
            match bytes.next()? {
                b'\n' => is_line_start = true,
                b'{' if is_line_start => {
                    self.begin(is_listed);
                    return Some(None);
                }
                byte if byte.is_ascii_whitespace() => {}
                _ => is_line_start = false,
            }
        }
    }

    fn lose(&mut self, byte: u8, is_listed: bool) {
        self.stage = Stage::Lost {
            is_listed,
            is_line_start: byte == b'\n',
        };
    }

    /// Something that is no object where an object belongs: skipped to the next comma, bracket or line.
    fn stray<R: Read>(&mut self, bytes: &mut Bytes<R>, after: Stage) -> Result<Vec<u8>, Fault> {
        self.number += 1;
        self.stage = after;
        while let Some(byte) = bytes.peek() {
            if matches!(byte, b',' | b']' | b'{' | b'\n') {
                break;
            }
            bytes.next();
        }
        Err(Fault::Unknown)
    }

    fn cut_off(&mut self) -> Result<Vec<u8>, Fault> {
        self.number += 1;
        Err(Fault::CutOff)
    }

    fn begin(&mut self, is_listed: bool) {
        let mut shape = Shape::default();
        shape.feed(b'{');
        self.number += 1;
        self.element.clear();
        self.element.push(b'{');
        self.is_long = false;
        self.stage = Stage::Element { shape, is_listed };
    }

    fn push(&mut self, byte: u8) {
        match self.element.len() < ELEMENT_BYTES_MAX {
            true => self.element.push(byte),
            false => self.is_long = true,
        }
    }

    fn finish(&mut self) -> Result<Vec<u8>, Fault> {
        let element = std::mem::take(&mut self.element);
        match self.is_long {
            true => Err(Fault::TooLong),
            false => Ok(element),
        }
    }
}

fn broken() -> Fault {
    Fault::NotJson("a bracket or a quote is not closed".to_owned())
}
