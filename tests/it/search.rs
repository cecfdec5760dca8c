//! Search as you type: what is found, in which order, and what is marked.

mod built;
mod found;
mod property;

use rusqlite::Connection;
use scv_desk::store::search::{
    Document, FieldKind, Hit, MIGRATION, Page, Query, SearchIndex, append, rebuild,
};

use FieldKind::{
    City, Email, ExternalId, Family, Given, Middle, Organization, PhoneInternational,
    PhoneNational, PhoneTyped,
};

/// A store with nothing but the index, and a reader.
struct Desk {
    connection: Connection,
    index: SearchIndex,
}

impl Desk {
    fn empty() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(MIGRATION).unwrap();
        Self {
            connection,
            index: SearchIndex::new(),
        }
    }

    /// One contact a line: `Given=Ada Family=Byron`, fields apart by `; `.
    fn with(contacts: &[&str]) -> Self {
        let mut desk = Self::empty();
        for (number, contact) in contacts.iter().enumerate() {
            desk.put(number as i64 + 1, contact);
        }
        desk
    }

    fn put(&mut self, row: i64, contact: &str) {
        append(&self.connection, row, Some(&document(row, contact))).unwrap();
    }

    fn rebuild(&mut self) {
        rebuild(&self.connection, &mut |_, _| {}).unwrap();
    }

    fn page(&mut self, text: &str) -> Page {
        self.window(text, 20, 0)
    }

    fn window(&mut self, text: &str, limit: usize, offset: usize) -> Page {
        let query = Query {
            text: text.to_owned(),
            limit,
            offset,
        };
        self.index.search(&self.connection, &query).unwrap()
    }

    /// The first field of every hit.
    fn find(&mut self, text: &str) -> Vec<String> {
        self.page(text)
            .hits
            .iter()
            .map(|hit| hit.document.fields[0].1.clone())
            .collect()
    }

    /// Matched parts of the only hit, each in brackets: `[Jo]sé`.
    fn marked(&mut self, text: &str) -> String {
        let page = self.page(text);
        assert_eq!(page.hits.len(), 1, "{text}");
        marked(&page.hits[0])
    }
}

fn marked(hit: &Hit) -> String {
    let mut lines = Vec::new();
    for (field, ranges) in &hit.matches {
        let mut text = hit.document.fields[*field].1.clone();
        for range in ranges.iter().rev() {
            text.insert(range.end, ']');
            text.insert(range.start, '[');
        }
        lines.push(text);
    }
    lines.join(" | ")
}

fn document(row: i64, contact: &str) -> Document {
    let kinds = [
        ("given", Given),
        ("middle", Middle),
        ("family", Family),
        ("org", Organization),
        ("email", Email),
        ("phone", PhoneInternational),
        ("national", PhoneNational),
        ("typed", PhoneTyped),
        ("id", ExternalId),
        ("city", City),
    ];
    let fields = contact
        .split("; ")
        .map(|field| {
            let (name, text) = field.split_once('=').unwrap();
            let kind = kinds.iter().find(|(known, _)| *known == name).unwrap().1;
            (kind, text.to_owned())
        })
        .collect();
    let mut id = [0; 16];
    id[8..].copy_from_slice(&row.to_be_bytes());
    Document {
        contact: id,
        fields,
    }
}

#[test]
fn documents_survive_encoding() {
    let ada = document(
        7,
        "given=Ada; family=Byron; phone=+353 86 123 4567; city=Zürich; org=",
    );
    assert_eq!(Document::decode(&ada.encode()), Some(ada.clone()));
    let mut bytes = ada.encode();
    bytes.pop();
    assert_eq!(Document::decode(&bytes[..bytes.len() - 3]), None);
    assert_eq!(Document::decode(&[]), None);
    assert_eq!(Document::decode(&[9; 40]), None);
}

#[test]
fn the_city_is_shown_and_not_searched() {
    let mut desk = Desk::with(&["given=Ada; city=Dublin"]);
    assert!(desk.find("dublin").is_empty());
    assert_eq!(desk.page("ada").hits[0].document.fields[1].1, "Dublin");
}

#[test]
fn hostile_queries_find_nothing_and_do_no_harm() {
    let mut desk = Desk::with(&[
        "given=Ada; email=ada@example.com; phone=+353 86 123 4567; national=861234567",
    ]);
    let long = "a ".repeat(5_000);
    for text in [
        "",
        " ",
        "?!",
        "@",
        "#",
        "0",
        "00",
        "%",
        "\u{0}",
        "'; DROP TABLE",
        "\u{301}\u{301}",
    ] {
        assert_eq!(desk.page(text).total, 0, "{text:?}");
    }
    assert_eq!(desk.page(&long).total, 1);
    desk.page(&"é".repeat(9_000));
    desk.page(&"1 ".repeat(4_000));
    desk.put(
        2,
        &format!("given={}; email={}", "长".repeat(3_000), "a.".repeat(4_000)),
    );
    assert_eq!(desk.page("长长").total, 1);
}

#[test]
fn one_typo_is_forgiven_in_long_words_of_names() {
    let mut desk =
        Desk::with(&["given=Johnathan; family=Smith; org=Contoso; email=hidden@example.com"]);
    for text in [
        "jonhathan",
        "johnathen",
        "johnatan",
        "jhonathan",
        "smitj",
        "smiith",
        "contsoo",
        "johnahtan smith",
    ] {
        let page = desk.page(text);
        assert_eq!((page.total, page.hits.len()), (1, 1), "{text}");
        assert!(page.hits[0].by_typo, "{text}");
    }
    for text in ["smth", "jonhatahn", "hidedn", "smitj peter"] {
        assert_eq!(desk.page(text).total, 0, "{text}");
    }
    assert_eq!(desk.marked("jonhathan smi"), "[Johnathan] | [Smi]th");
}

#[test]
fn typos_come_after_exact_hits_and_only_when_those_are_few() {
    let mut desk = Desk::with(&["given=Martha", "given=Martin", "given=Marthe"]);
    assert_eq!(desk.find("martha"), ["Martha", "Marthe"]);
    assert_eq!(
        desk.page("martha")
            .hits
            .iter()
            .map(|hit| hit.by_typo)
            .collect::<Vec<_>>(),
        [false, true]
    );
    for row in 10..14 {
        desk.put(row, "given=Martha");
    }
    assert_eq!(desk.page("martha").total, 5);
}

#[test]
fn the_best_hits_come_first() {
    let mut desk = Desk::with(&[
        "given=Zoe; family=Annan",
        "given=Bob; org=Ann",
        "given=Ann; family=Zed",
        "given=Ann; family=Abel",
        "given=Carl; org=Annals",
        "given=Annika",
    ]);
    let names: Vec<String> = desk
        .page("ann")
        .hits
        .iter()
        .map(|hit| {
            hit.document
                .fields
                .iter()
                .map(|(_, text)| text.as_str())
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    assert_eq!(
        names,
        [
            "Ann Abel",
            "Ann Zed",
            "Bob Ann",
            "Annika",
            "Zoe Annan",
            "Carl Annals"
        ]
    );
}

#[test]
fn equal_names_keep_the_order_of_their_ids_and_pages_fit_together() {
    let contacts: Vec<String> = (0..57)
        .map(|number| format!("given=Ann; id={number}"))
        .collect();
    let contacts: Vec<&str> = contacts.iter().map(String::as_str).collect();
    let mut desk = Desk::with(&contacts);
    let whole: Vec<Hit> = desk.window("ann", 100, 0).hits;
    assert!(whole.is_sorted_by_key(|hit| hit.contact));
    assert_eq!(whole.len(), 57);
    let mut pages = Vec::new();
    for offset in (0..60).step_by(10) {
        let page = desk.window("ann", 10, offset);
        assert_eq!((page.total, page.of), (57, 57));
        pages.extend(page.hits);
    }
    assert_eq!(pages, whole);
    assert!(desk.window("ann", 10, 57).hits.is_empty());
}

#[test]
fn changes_are_found_at_once_and_only_as_they_stand() {
    let mut desk = Desk::with(&["given=Ada", "given=Bea"]);
    assert_eq!(desk.find("ada"), ["Ada"]);
    desk.put(1, "given=Grace");
    assert!(desk.find("ada").is_empty());
    assert_eq!(desk.find("grace"), ["Grace"]);
    append(&desk.connection, 1, None).unwrap();
    assert!(desk.find("grace").is_empty());
    assert_eq!(desk.page("bea").of, 1);
    desk.put(1, "given=Ada");
    assert_eq!(desk.find("ada"), ["Ada"]);
    assert_eq!(desk.page("bea").of, 2);
}

#[test]
fn what_matched_is_marked_on_the_original_text() {
    let mut desk = Desk::with(&[
        "given=José; family=Weiße; org=Jo's; email=jose.w@example.com; \
         phone=+353 86 123 4567; national=861234567",
    ]);
    assert_eq!(
        desk.marked("jos"),
        "[Jos]é | [Jo]'[s] | [jos]e.w@example.com"
    );
    assert_eq!(desk.marked("weis"), "[Weiß]e");
    assert_eq!(
        desk.marked("086 123 4"),
        "+353 [86] [123] [4]567 | [861234]567"
    );
    assert_eq!(desk.marked("+353 86"), "+[353] [86] 123 4567");
    assert_eq!(desk.marked("jose.w@ex"), "[jose.w@ex]ample.com");
    let mut desk = Desk::with(&["given=Zoe\u{308}; family=王小明"]);
    assert_eq!(desk.marked("zoe"), "[Zoe\u{308}]");
    assert_eq!(desk.marked("小"), "王[小]明");
}
