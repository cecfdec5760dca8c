//! The search as its callers see it: what is found, in which order, what is marked, and that writes and
//! builds do not get in each other's way.

mod beside;
mod built;
mod found;
mod history;

use std::ops::ControlFlow;

use rusqlite::Connection;
use scv_desk::store::search::{
    Built, Document, Extent, FieldKind, MIGRATION, Page, Query, SearchIndex, append, check, rebuild,
};

use FieldKind::{Family, Given};

fn document(id: u32, fields: &[(FieldKind, &str)]) -> Document {
    let mut contact = [0; 16];
    contact[12..].copy_from_slice(&id.to_be_bytes());
    let fields = fields
        .iter()
        .map(|(kind, text)| (*kind, (*text).to_owned()))
        .collect();
    Document { contact, fields }
}

fn person(id: u32, given: &str, family: &str) -> Document {
    document(id, &[(Given, given), (Family, family)])
}

fn database() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    conn.execute_batch(MIGRATION).unwrap();
    conn
}

fn put(conn: &Connection, document: &Document) {
    append(conn, row_of(document), Some(document)).unwrap();
}

fn row_of(document: &Document) -> i64 {
    i64::from(u32::from_be_bytes(
        document.contact[12..].try_into().unwrap(),
    ))
}

fn filled(documents: &[Document]) -> (Connection, SearchIndex) {
    let conn = database();
    documents.iter().for_each(|document| put(&conn, document));
    let index = SearchIndex::open(&conn).unwrap();
    (conn, index)
}

fn ask(conn: &Connection, index: &mut SearchIndex, text: &str) -> Page {
    index
        .search(
            conn,
            Query {
                text,
                limit: 100,
                offset: 0,
            },
        )
        .unwrap()
}

fn rows(page: &Page) -> Vec<i64> {
    page.hits.iter().map(|hit| hit.contact_row).collect()
}

/// Checks which of the documents (numbered from 1) each query finds: written just now, half of them built,
/// all built in two segments, all in one.
fn check_finds(documents: &[Document], cases: &[(&str, &[i64])]) {
    let (conn, mut index) = filled(documents);
    let mut check = |conn: &Connection, state: &str| {
        for (text, expect) in cases {
            assert_eq!(
                rows(&ask(conn, &mut index, text)),
                *expect,
                "{text}, {state}"
            );
        }
        check_agrees(conn, documents);
    };
    check(&conn, "recent");
    let (first, second) = documents.split_at(documents.len() / 2);
    let conn = database();
    first.iter().for_each(|document| put(&conn, document));
    build(&conn, Extent::Recent);
    second.iter().for_each(|document| put(&conn, document));
    check(&conn, "half built");
    build(&conn, Extent::Recent);
    check(&conn, "built");
    build(&conn, Extent::Everything);
    check(&conn, "built at once");
}

fn build(conn: &Connection, extent: Extent) -> Built {
    rebuild(conn, extent, &mut |_, _| ControlFlow::Continue(())).unwrap()
}

fn check_agrees(conn: &Connection, documents: &[Document]) {
    let mut expected = documents
        .iter()
        .map(|document| Ok((row_of(document), document.clone())));
    assert_eq!(check(conn, &mut expected).unwrap(), Vec::<String>::new());
}
