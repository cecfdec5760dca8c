//! Checking the index: that it holds exactly the documents it should, and that every word leads to them.

use std::hash::{DefaultHasher, Hash, Hasher};

use rusqlite::Connection;
use uuid::Uuid;

use super::SearchError;
use super::dictionary::Go;
use super::document::Document;
use super::index::SearchIndex;
use super::segment::{DOCUMENTS_PER_BLOCK, Segment};
use super::set::{Gather, Set};
use super::words::{Space, each_word, text_of};

/// Sentences at most; what is wrong beyond them is counted.
const SENTENCES_MAX: usize = 100;

/// Names each disagreement between the index and the documents that it should hold, in any order, each once.
/// Call it in a transaction, so that both are of one moment.
pub fn check(
    conn: &Connection,
    documents: &mut dyn Iterator<Item = Result<(i64, Document), SearchError>>,
) -> Result<Vec<String>, SearchError> {
    let index = SearchIndex::open(conn)?;
    let mut report = Report::default();
    let mut seen = Seen {
        segments: index
            .segments()
            .iter()
            .map(|segment| Gather::new(segment.documents()))
            .collect(),
        recent: Gather::new(u32::MAX),
    };
    for document in documents {
        let (row, document) = document?;
        match seen.find(conn, &index, row)? {
            None => report.say(format!(
                "contact {} cannot be found by the search",
                name(&document)
            )),
            Some(found) if found != document => {
                report.say(format!(
                    "contact {} is found by what it was before",
                    name(&document)
                ));
            }
            Some(_) => {}
        }
    }
    seen.report_others(conn, &index, &mut report)?;
    for segment in index.segments() {
        // One of an older version lacks words and is built anew before long: that is no fault.
        if !segment.is_outdated() {
            check_words(conn, segment, &mut report)?;
        }
        check_prefixes(conn, segment, &mut report)?;
    }
    Ok(report.finish())
}

#[derive(Default)]
struct Report {
    sentences: Vec<String>,
    more: usize,
}

impl Report {
    fn say(&mut self, sentence: String) {
        if self.sentences.len() < SENTENCES_MAX {
            self.sentences.push(sentence);
        } else {
            self.more += 1;
        }
    }

    fn finish(mut self) -> Vec<String> {
        if self.more > 0 {
            self.sentences
                .push(format!("the search has {} more such faults", self.more));
        }
        self.sentences
    }
}

/// Which documents of the index were asked for.
struct Seen {
    segments: Vec<Gather>,
    recent: Gather,
}

impl Seen {
    fn find(
        &mut self,
        conn: &Connection,
        index: &SearchIndex,
        row: i64,
    ) -> Result<Option<Document>, SearchError> {
        if let Some(slot) = index.recent().slot_of(row) {
            let Some(slot) = slot else {
                return Ok(None);
            };
            self.recent.add(slot);
            return Ok(Some(index.recent().document(conn, slot)?.1));
        }
        for (segment, seen) in index.segments().iter().zip(&mut self.segments) {
            for number in segment.documents_of(conn, &[row])? {
                if !segment.dead().contains(number) {
                    seen.add(number);
                    return Ok(Some(segment.document(conn, number)?.1));
                }
            }
        }
        Ok(None)
    }

    fn report_others(
        self,
        conn: &Connection,
        index: &SearchIndex,
        report: &mut Report,
    ) -> Result<(), SearchError> {
        let say = |document: &Document| {
            format!(
                "contact {} is found by the search and should not be",
                name(document)
            )
        };
        let Self {
            segments,
            mut recent,
        } = self;
        let recent = recent.take();
        for (slot, _) in index
            .recent()
            .slots()
            .filter(|(slot, _)| !recent.contains(*slot))
        {
            report.say(say(&index.recent().document(conn, slot)?.1));
        }
        for (segment, mut seen) in index.segments().iter().zip(segments) {
            let seen = seen.take();
            for number in 0..segment.documents() {
                if !segment.dead().contains(number) && !seen.contains(number) {
                    report.say(say(&segment.document(conn, number)?.1));
                }
            }
        }
        Ok(())
    }
}

/// Compares the words of all documents with the dictionaries, by a sum that does not depend on order.
fn check_words(
    conn: &Connection,
    segment: &Segment,
    report: &mut Report,
) -> Result<(), SearchError> {
    let mut expected = 0u64;
    let mut before = Vec::new();
    each_document(conn, segment, |number, document| {
        let key = document.order_key();
        if key < before {
            report.say(format!(
                "contact {} is out of order in the search",
                name(&document)
            ));
        }
        before = key;
        for (space, word) in words_of(&document) {
            expected = expected.wrapping_add(mix(space, word.as_bytes(), number));
        }
        Ok(())
    })?;
    if sum_of_words(conn, segment)? == expected {
        return Ok(());
    }
    let id = segment.id;
    report.say(format!(
        "part {id} of the search index disagrees with its documents"
    ));
    name_lost(conn, segment, report)
}

fn sum_of_words(conn: &Connection, segment: &Segment) -> Result<u64, SearchError> {
    let mut sum = 0u64;
    for space in Space::ALL {
        segment.scan(conn, space, b"", |postings, word| {
            let mut documents = Gather::new(segment.documents());
            segment.add(conn, postings, &mut documents)?;
            for number in documents.take().members() {
                sum = sum.wrapping_add(mix(space, word, number));
            }
            Ok(())
        })?;
    }
    Ok(sum)
}

/// Names the documents that one of their words does not lead to.
fn name_lost(conn: &Connection, segment: &Segment, report: &mut Report) -> Result<(), SearchError> {
    each_document(conn, segment, |number, document| {
        for (space, word) in words_of(&document) {
            let mut found = Gather::new(segment.documents());
            segment.whole(conn, space, &word, &mut found)?;
            if !found.take().contains(number) {
                let name = name(&document);
                report.say(format!("contact {name} is not found by one of its words"));
                break;
            }
        }
        Ok(())
    })
}

/// Compares each kept prefix with the words that begin so.
fn check_prefixes(
    conn: &Connection,
    segment: &Segment,
    report: &mut Report,
) -> Result<(), SearchError> {
    for space in Space::ALL {
        let directory = segment.prefixes(space);
        for at in 0..directory.len() {
            segment.each_entry(conn, directory, at, |prefix, postings| {
                let [mut kept, mut counted] = [(), ()].map(|()| Gather::new(segment.documents()));
                segment.add(conn, postings, &mut kept)?;
                segment.scan(conn, space, prefix, |postings, _| {
                    segment.add(conn, postings, &mut counted)
                })?;
                if !same(&kept.take(), &counted.take()) {
                    let prefix = String::from_utf8_lossy(prefix);
                    report.say(format!(
                        "the search index disagrees on words that begin with {prefix}"
                    ));
                }
                Ok(Go::On)
            })?;
        }
    }
    Ok(())
}

fn each_document(
    conn: &Connection,
    segment: &Segment,
    mut visit: impl FnMut(u32, Document) -> Result<(), SearchError>,
) -> Result<(), SearchError> {
    for block in 0..segment.documents().div_ceil(DOCUMENTS_PER_BLOCK) {
        let mut outcome = Ok(());
        segment.block_documents(conn, block, |at, _, packed| {
            if outcome.is_ok() {
                outcome = Document::decode(packed)
                    .and_then(|document| visit(block * DOCUMENTS_PER_BLOCK + at, document));
            }
        })?;
        outcome?;
    }
    Ok(())
}

/// The words of a document, each once.
fn words_of(document: &Document) -> Vec<(Space, String)> {
    let mut words = Vec::new();
    each_word(document, &mut |space, letters| {
        words.push((space, text_of(letters)))
    });
    words.sort_unstable();
    words.dedup();
    words
}

fn mix(space: Space, word: &[u8], number: u32) -> u64 {
    let mut hasher = DefaultHasher::new();
    (space as u8, word, number).hash(&mut hasher);
    hasher.finish()
}

fn same(left: &Set, right: &Set) -> bool {
    left.members().eq(right.members())
}

fn name(document: &Document) -> Uuid {
    Uuid::from_bytes(document.contact)
}
