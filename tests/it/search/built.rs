//! Built segments under recent writes: the same answers, checks, faults.

use scv_desk::store::search::{
    Built, Document, Extent, Query, REBUILD_DUE, SearchIndex, append, check, rebuild_due,
};

use super::FieldKind::{Email, Family, Given, PhoneInternational};
use super::{ask, build, check_agrees, database, document, filled, person, put, row_of, rows};

#[test]
fn writes_replace_what_was_built() {
    let conn = database();
    for id in 1..=60 {
        put(&conn, &person(id, "Ann", &format!("Lee{id}")));
    }
    build(&conn, Extent::Recent);
    let mut index = SearchIndex::open(&conn).unwrap();
    assert_eq!(ask(&conn, &mut index, "ann").total, 60);
    put(&conn, &person(7, "Bob", "Kay"));
    append(&conn, 8, None).unwrap();
    append(&conn, 999, None).unwrap();
    let page = ask(&conn, &mut index, "ann");
    assert_eq!((page.total, page.of), (58, 59));
    assert_eq!(rows(&ask(&conn, &mut index, "bob")), [7]);
    // A small segment beside the large one, whose documents are dead there.
    assert_eq!(build(&conn, Extent::Recent), Built::Done(1));
    let page = ask(&conn, &mut index, "ann");
    assert_eq!((page.total, page.of), (58, 59));
    assert_eq!(rows(&ask(&conn, &mut index, "bob")), [7]);
    put(&conn, &person(8, "Ann", "Lee8"));
    assert_eq!(ask(&conn, &mut index, "ann").total, 59);
    assert_eq!(build(&conn, Extent::Everything), Built::Done(60));
    let page = ask(&conn, &mut index, "ann");
    assert_eq!((page.total, page.of), (59, 60));
    assert_eq!(build(&conn, Extent::Everything), Built::Nothing);
    let mut expected: Vec<Document> = (1..=60)
        .map(|id| person(id, "Ann", &format!("Lee{id}")))
        .collect();
    expected[6] = person(7, "Bob", "Kay");
    check_agrees(&conn, &expected);
}

#[test]
fn the_check_names_what_disagrees() {
    let conn = database();
    let people: Vec<Document> = (1..=5).map(|id| person(id, "Ann", "Lee")).collect();
    people.iter().take(4).for_each(|person| put(&conn, person));
    build(&conn, Extent::Everything);
    put(&conn, &person(4, "Bob", "Lee"));
    let mut expected = people[1..]
        .iter()
        .map(|document| Ok((row_of(document), document.clone())));
    let found = check(&conn, &mut expected).unwrap();
    let expect = [
        "contact 00000000-0000-0000-0000-000000000004 is found by what it was before",
        "contact 00000000-0000-0000-0000-000000000005 cannot be found by the search",
        "contact 00000000-0000-0000-0000-000000000001 is found by the search and should not be",
    ];
    assert_eq!(found, expect);
}

#[test]
fn a_damaged_index_says_so() {
    let conn = database();
    (1..=40).for_each(|id| put(&conn, &person(id, "Ann", "Lee")));
    build(&conn, Extent::Everything);
    let mut index = SearchIndex::open(&conn).unwrap();
    let query = Query {
        text: "ann",
        limit: 20,
        offset: 0,
    };
    for bytes in [
        "x'ff'",
        "x''",
        "x'00ffffffffffffffffffff01'",
        "zeroblob(300)",
    ] {
        conn.execute_batch(&format!("UPDATE search_block SET bytes = {bytes}"))
            .unwrap();
        // Whatever the bytes, an answer or an error and never a panic.
        let _ = index.search(&conn, query);
        let _ = SearchIndex::open(&conn);
        let _ = check(&conn, &mut std::iter::empty());
    }
    conn.execute_batch("DELETE FROM search_block").unwrap();
    let error = index.search(&conn, query).unwrap_err().to_string();
    assert_eq!(error, "the search index is damaged (a block); rebuild it");
}

/// Many words with common beginnings: prefixes and words with more documents than fit beside them.
#[test]
fn large_sets_are_counted_exactly() {
    let conn = database();
    let transaction = conn.unchecked_transaction().unwrap();
    let syllables = [
        "ba", "be", "bi", "bo", "ca", "ce", "ci", "co", "da", "de", "di",
    ];
    let mut documents = Vec::new();
    for id in 0..6_000u32 {
        let at = |shift: u32| syllables[(id / 11u32.pow(shift)) as usize % syllables.len()];
        let family = format!("{}{}{}{}", at(0), at(1), at(2), at(3));
        let given = ["Ann", "Bob", "Cyd"][id as usize % 3];
        let email = format!("{given}.{family}@acme{}.com", id % 2);
        documents.push(document(
            id,
            &[(Given, given), (Family, &family), (Email, &email)],
        ));
    }
    documents
        .iter()
        .for_each(|document| put(&transaction, document));
    transaction.commit().unwrap();
    let mut index = SearchIndex::open(&conn).unwrap();
    let queries = [
        "a",
        "b",
        "c",
        "ba",
        "bab",
        "baba",
        "ann",
        "an b",
        "bob ba",
        "acme",
        "acme1",
        "c d",
        "ann.b",
        "bob.bab",
        "b c",
        "a b c",
        "acme0.com",
        "z",
        "babba",
        "codidi",
        "cyd@",
    ];
    let mut answers = Vec::new();
    for text in queries {
        let page = ask(&conn, &mut index, text);
        answers.push((text, page.total, rows(&page)));
    }
    assert_eq!(answers[0].1, 6_000);
    build(&conn, Extent::Everything);
    for (text, total, found) in answers {
        let page = ask(&conn, &mut index, text);
        assert_eq!((page.total, rows(&page)), (total, found), "{text}");
    }
    check_agrees(&conn, &documents);
}

#[test]
fn pages_are_parts_of_one_stable_list() {
    let people: Vec<Document> = (1..=250).map(|id| person(id, "Ann", "Lee")).collect();
    let (conn, mut index) = filled(&people[..125]);
    build(&conn, Extent::Recent);
    people[125..].iter().for_each(|person| put(&conn, person));
    let mut seen = Vec::new();
    for offset in (0..1_200).step_by(70) {
        let page = index
            .search(
                &conn,
                Query {
                    text: "ann",
                    limit: 70,
                    offset,
                },
            )
            .unwrap();
        assert_eq!((page.total, page.of), (250, 250));
        seen.extend(rows(&page));
    }
    assert_eq!(seen, (1..=250).collect::<Vec<i64>>());
}

/// A root without a format is one of the version that did not know the last digits of numbers.
#[test]
fn what_an_older_version_built_is_built_anew() {
    let conn = database();
    let phone = |id| document(id, &[(PhoneInternational, "+353 86 123 4567")]);
    for id in 1..=3 {
        put(&conn, &phone(id));
        build(&conn, Extent::Recent);
    }
    assert!(!rebuild_due(&conn).unwrap());
    conn.execute_batch("UPDATE search_segment SET root = substr(root, 1, length(root) - 1)")
        .unwrap();
    let mut index = SearchIndex::open(&conn).unwrap();
    let before = ask(&conn, &mut index, "086");
    assert_eq!(before.of, 3);
    assert!(rebuild_due(&conn).unwrap());
    assert_eq!(build(&conn, Extent::Recent), Built::Done(3));
    assert!(!rebuild_due(&conn).unwrap());
    assert_eq!(ask(&conn, &mut index, "4567").total, 3);
    check_agrees(&conn, &[phone(1), phone(2), phone(3)]);
}

#[test]
fn a_build_is_due_after_many_writes() {
    let conn = database();
    let transaction = conn.unchecked_transaction().unwrap();
    for row in 1..REBUILD_DUE {
        append(&transaction, row, None).unwrap();
    }
    assert!(!rebuild_due(&transaction).unwrap());
    append(&transaction, 1, Some(&person(1, "Ann", "Lee"))).unwrap();
    assert!(rebuild_due(&transaction).unwrap());
    transaction.commit().unwrap();
    assert_eq!(build(&conn, Extent::Recent), Built::Done(1));
    assert!(!rebuild_due(&conn).unwrap());
}
