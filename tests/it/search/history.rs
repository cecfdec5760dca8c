//! Any history of writes and builds finds what reading through everything finds.

use std::collections::BTreeMap;

use proptest::prelude::*;
use scv_desk::store::search::{Document, Extent, FieldKind, SearchIndex, append, check};

use super::FieldKind::{
    Email, ExternalId, Family, Given, Organization, PhoneInternational, PhoneNational,
};
use super::{ask, build, database, document, put, row_of};

/// What happens to the index in a history.
#[derive(Clone, Debug)]
enum Step {
    Put(u32, Vec<(FieldKind, String)>),
    Remove(u32),
    Build(Extent),
}

fn step() -> impl Strategy<Value = Step> {
    let word = "[abé]{1,3}";
    let name = prop_oneof![
        word.prop_map(|word| word),
        "[abé]{4,7}",
        "[ab]{1,2} [ab]{1,2}"
    ];
    let field = prop_oneof![
        (Just(Given), name.clone()),
        (Just(Family), name.clone()),
        (Just(Organization), name),
        (Just(Email), "[ab]{1,2}\\.[ab]{1,3}@[ab]{2}\\.com"),
        (Just(PhoneInternational), "35[12]{3}"),
        (Just(PhoneNational), "[12]{3}"),
        (Just(ExternalId), "[ab]{1,2}-[12]{1,3}"),
    ];
    let fields = proptest::collection::vec(field, 0..5);
    prop_oneof![
        20 => (0..25u32, fields).prop_map(|(id, fields)| Step::Put(id, fields)),
        4 => (0..25u32).prop_map(Step::Remove),
        1 => Just(Step::Build(Extent::Recent)),
        1 => Just(Step::Build(Extent::Everything)),
    ]
}

/// Finds by reading through everything, by the plain meaning of the rules: for queries of simple words.
fn plainly(documents: &BTreeMap<u32, Document>, query: &str) -> Vec<i64> {
    let fold = |text: &str| text.replace('é', "e");
    let meets = |document: &Document, needed: &str| {
        document.fields.iter().any(|(kind, text)| {
            let text = fold(text);
            let words: Vec<String> = match kind {
                Email => {
                    let (local, domain) = text.split_once('@').unwrap();
                    let owner = domain.strip_suffix(".com").unwrap();
                    let mut words: Vec<String> = local.split('.').map(str::to_owned).collect();
                    words.extend([owner.to_owned(), domain.to_owned(), text.clone()]);
                    words
                }
                ExternalId => {
                    let mut words: Vec<String> = text.split('-').map(str::to_owned).collect();
                    words.extend([text.replace('-', ""), text.clone()]);
                    words
                }
                PhoneNational => vec![text.clone(), format!("0{text}")],
                // After `00` alone every number would do, so that none does.
                PhoneInternational if needed == "0" || needed == "00" => vec![text.clone()],
                PhoneInternational => vec![text.clone(), format!("00{text}")],
                _ => text.split(' ').map(str::to_owned).collect(),
            };
            let is_end = *kind == PhoneInternational && needed.len() >= 4 && text.ends_with(needed);
            is_end || words.iter().any(|word| word.starts_with(needed))
        })
    };
    let needed: Vec<String> = fold(query).split(' ').map(str::to_owned).collect();
    let found = documents
        .iter()
        .filter(|(_, document)| needed.iter().all(|word| meets(document, word)));
    found.map(|(id, _)| i64::from(*id)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_history_finds_what_reading_through_everything_finds(
        steps in proptest::collection::vec(step(), 1..60),
        queries in proptest::collection::vec("([abé]{1,6}|[012]{1,3}|3?5[12]{0,3})( [abé]{1,3})?", 8),
    ) {
        let conn = database();
        let mut index = SearchIndex::open(&conn).unwrap();
        let mut documents = BTreeMap::new();
        for step in steps {
            match step {
                Step::Put(id, fields) => {
                    let fields: Vec<_> = fields.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
                    let document = document(id, &fields);
                    put(&conn, &document);
                    documents.insert(id, document);
                }
                Step::Remove(id) => {
                    append(&conn, i64::from(id), None).unwrap();
                    documents.remove(&id);
                }
                Step::Build(extent) => drop(build(&conn, extent)),
            }
        }
        let fresh = database();
        documents.values().for_each(|document| put(&fresh, document));
        let mut fresh_index = SearchIndex::open(&fresh).unwrap();
        for query in &queries {
            let page = ask(&conn, &mut index, query);
            prop_assert_eq!(&page, &ask(&fresh, &mut fresh_index, query), "{}", query);
            prop_assert_eq!(page.total, page.hits.len());
            prop_assert_eq!(page.of, documents.len());
            let exact = page.hits.iter().filter(|hit| !hit.by_typo);
            let mut found: Vec<i64> = exact.map(|hit| hit.contact_row).collect();
            found.sort_unstable();
            prop_assert_eq!(found, plainly(&documents, query), "{}", query);
            // A trunk zero alone finds numbers that are stored without it.
            let marked = query.starts_with('0') || page.hits.iter().all(|hit| !hit.matches.is_empty());
            prop_assert!(marked, "{}", query);
        }
        let mut expected = documents.values().map(|document| Ok((row_of(document), document.clone())));
        prop_assert_eq!(check(&conn, &mut expected).unwrap(), Vec::<String>::new());
    }
}
