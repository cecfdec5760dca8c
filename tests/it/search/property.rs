//! Random contacts and searches against a plain reading of the rules, word by word.

use proptest::prelude::*;

use super::{Desk, document};
use scv_desk::store::search::FieldKind;

/// A small world, so that searches often match.
fn word() -> impl Strategy<Value = String> {
    "[ab]{1,3}"
}

fn contact() -> impl Strategy<Value = String> {
    let phone = "[12]{3,5}";
    (
        word(),
        word(),
        proptest::option::of(word()),
        proptest::option::of(phone),
        word(),
        word(),
    )
        .prop_map(|(given, family, organization, phone, local, domain)| {
            let mut text =
                format!("given={given}; family={family}; email={local}.{family}@{domain}.c");
            organization
                .iter()
                .for_each(|name| text.push_str(&format!("; org={name} {given}")));
            phone.iter().for_each(|number| {
                text.push_str(&format!("; phone=+49 {number}; national={number}"));
            });
            text
        })
}

/// What happens between two searches.
#[derive(Clone, Debug)]
enum Event {
    Put(i64, String),
    Drop(i64),
    Rebuild,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => (1..40_i64, contact()).prop_map(|(row, text)| Event::Put(row, text)),
        1 => (1..40_i64).prop_map(Event::Drop),
        1 => Just(Event::Rebuild),
    ]
}

fn search() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(prop_oneof![word(), "0?[12]{1,4}", "49[12]{0,2}"], 1..4)
}

/// A field's words: text, and whether they are of a name.
fn words(contact: &str) -> Vec<(String, bool)> {
    let mut words = Vec::new();
    for (kind, text) in document(1, contact).fields {
        let name = matches!(kind, FieldKind::Given | FieldKind::Family);
        match kind {
            FieldKind::PhoneInternational => words.push((text.replace(['+', ' '], ""), false)),
            FieldKind::PhoneNational => words.push((format!("#{text}"), false)),
            _ => words.extend(
                text.split(['.', '@', ' '])
                    .map(|word| (word.to_owned(), name)),
            ),
        }
    }
    words
}

/// The grade in which a contact answers, best 0.
fn grade(contact: &str, search: &[String]) -> Option<usize> {
    let words = words(contact);
    let found = |typed: &String, whole: bool, names: bool| {
        let digits = typed.starts_with(|first: char| first.is_ascii_digit());
        let national = format!("#{}", typed.strip_prefix('0').unwrap_or(typed));
        words
            .iter()
            .filter(|(_, name)| *name || !names)
            .any(|(word, _)| {
                let hit = |form: &str| {
                    if whole {
                        word == form
                    } else {
                        word.starts_with(form)
                    }
                };
                hit(typed) || (digits && national != "#" && hit(&national))
            })
    };
    [(true, true), (true, false), (false, true), (false, false)]
        .into_iter()
        .position(|(whole, names)| search.iter().all(|typed| found(typed, whole, names)))
}

/// Every contact that answers, best first, as row numbers.
fn expected(contacts: &[(i64, String)], search: &[String]) -> Vec<i64> {
    let mut found: Vec<(usize, String, i64)> = contacts
        .iter()
        .filter_map(|(row, contact)| {
            let fields = document(*row, contact).fields;
            Some((
                grade(contact, search)?,
                format!("{} {}", fields[0].1, fields[1].1),
                *row,
            ))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, _, row)| row).collect()
}

/// Carries an event out, in the store and in a plain list.
fn apply(desk: &mut Desk, contacts: &mut Vec<(i64, String)>, event: Event) {
    match event {
        Event::Put(row, contact) => {
            desk.put(row, &contact);
            contacts.retain(|(known, _)| *known != row);
            contacts.push((row, contact));
        }
        Event::Drop(row) => {
            super::append(&desk.connection, row, None).unwrap();
            contacts.retain(|(known, _)| *known != row);
        }
        Event::Rebuild => desk.rebuild(),
    }
}

/// Words of digits next to each other would be one number, so they are kept apart by a letter word.
fn typed(search: &[String]) -> Option<String> {
    let digits = |word: &String| word.starts_with(|first: char| first.is_ascii_digit());
    let apart = !search
        .windows(2)
        .any(|pair| digits(&pair[0]) && digits(&pair[1]));
    apart.then(|| search.join(" "))
}

fn rows(page: &super::Page) -> Vec<i64> {
    let row = |hit: &super::Hit| i64::from_be_bytes(hit.contact[8..].try_into().unwrap());
    page.hits.iter().map(row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn searches_are_answered_by_the_rules(
        events in proptest::collection::vec((event(), search()), 1..60),
    ) {
        let mut desk = Desk::empty();
        let mut contacts = Vec::new();
        for (event, search) in events {
            apply(&mut desk, &mut contacts, event);
            let Some(text) = typed(&search) else { continue };
            let page = desk.window(&text, 100, 0);
            let expected = expected(&contacts, &search);
            prop_assert_eq!(page.of, contacts.len());
            prop_assert_eq!(page.total, expected.len(), "{}", &text);
            prop_assert_eq!(rows(&page), expected, "{}", &text);
        }
    }
}
