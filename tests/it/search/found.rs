//! What is found, in which order, what is marked.

use scv_desk::store::search::{Document, Extent, FieldKind, Hit, Query};

use super::FieldKind::{
    Email, ExternalId, Family, Given, Organization, PhoneInternational, PhoneNational, PhoneTyped,
};
use super::{ask, build, check_finds, document, filled, person, rows};

#[test]
fn names_are_found_in_any_order_without_case_and_accents() {
    let people = [
        person(1, "Jürgen", "Müller"),
        person(2, "José", "García Márquez"),
        person(3, "Søren", "Łukasik"),
        person(4, "Anne-Marie", "O’Brien"),
        person(5, "Ayşe", "Işık"),
    ];
    check_finds(
        &people,
        &[
            ("Muller", &[1]),
            ("mull jur", &[1]),
            ("JÜRGEN MÜLLER", &[1]),
            ("jose", &[2]),
            ("mar gar jo", &[2]),
            ("soren lukas", &[3]),
            ("obrien", &[4]),
            ("o'brien anne", &[4]),
            ("annemarie", &[4]),
            ("anne-mar", &[4]),
            ("ISIK ayse", &[5]),
            ("jose muller", &[]),
            ("", &[]),
            (" ,.- ", &[]),
        ],
    );
}

#[test]
fn other_scripts() {
    let people = [
        person(1, "太郎", "清水"),
        person(2, "ヒロシ", "ヤマダ"),
        person(3, "철수", "김"),
        person(4, "محمّد", "الأحمد"),
        person(5, "דָּוִד", "כֹּהֵן"),
        person(6, "हिन्दी", "शर्मा"),
        document(7, &[(Organization, "株式会社ABC商事")]),
        person(8, "Анна", "Королёва"),
    ];
    check_finds(
        &people,
        &[
            ("水", &[1]),
            ("清水太郎", &[1]),
            ("太郎 清", &[1]),
            ("太郎清水", &[1]),
            ("やまだ", &[2]),
            ("ﾔﾏﾀﾞ", &[2]),
            ("김철수", &[3]),
            ("김 철", &[3]),
            ("수", &[3]),
            ("محمد", &[4]),
            ("الاحمد مح", &[4]),
            ("דוד", &[5]),
            ("כהן", &[5]),
            ("हिन्", &[6]),
            ("हन", &[]),
            ("शर्मा", &[6]),
            ("abc商", &[7]),
            ("ＡＢＣ", &[7]),
            ("会社", &[7]),
            ("королева", &[8]),
        ],
    );
}

#[test]
fn phones_are_found_in_any_grouping() {
    let phone = [
        (PhoneInternational, "353861234567"),
        (PhoneNational, "861234567"),
        (PhoneTyped, "+353 86 123 4567"),
    ];
    let other = [
        (PhoneInternational, "4915112345678"),
        (PhoneNational, "15112345678"),
    ];
    let documents = [document(1, &phone), document(2, &other)];
    check_finds(
        &documents,
        &[
            ("+353 86 123", &[1]),
            ("353861", &[1]),
            ("+353 (0)86 123 4567", &[1]),
            ("00353 86", &[1]),
            ("086 123 4567", &[1]),
            ("(086)123-4567", &[1]),
            ("86.123", &[1]),
            ("٠٨٦", &[1]),
            ("0151/123", &[2]),
            ("+49 151", &[2]),
            ("+86", &[]),
            ("123", &[]),
        ],
    );
}

#[test]
fn phones_are_found_by_their_last_digits() {
    let phone = |id, country: &str, national: &str| {
        let whole = format!("+{country} {national}");
        document(
            id,
            &[(PhoneInternational, &whole), (PhoneNational, national)],
        )
    };
    let documents = [
        phone(1, "353", "86 123 4567"),
        phone(2, "44", "20 7946 4567"),
        phone(3, "1", "456-755-0199 ext. 4567"),
        document(4, &[(Given, "Ann"), (PhoneInternational, "+49 151 4567")]),
        document(5, &[(Given, "Ann"), (ExternalId, "4567")]),
    ];
    check_finds(
        &documents,
        &[
            ("34567", &[1]),
            ("3 4567", &[1]),
            ("1234567", &[1]),
            ("123-4567", &[1]),
            ("861234567", &[1]),
            ("53 86 123 4567", &[1]),
            ("0 7946 4567", &[2]),
            ("00199", &[]),
            ("0199", &[3]),
            ("086 4567", &[1]),
            ("ann 4567", &[5, 4]),
            // A beginning before an end, and each before it a word that is just that.
            ("4567", &[5, 3, 4, 1, 2]),
            ("567", &[]),
            ("+4567", &[]),
            ("1234568", &[]),
        ],
    );
}

/// Seven digits are a whole number where the area goes without saying, and stand before what begins so.
#[test]
fn seven_last_digits_stand_before_a_beginning() {
    let documents = [
        document(
            1,
            &[(Given, "Ada"), (PhoneInternational, "+1 234 567 8900")],
        ),
        document(
            2,
            &[(Given, "Zoe"), (PhoneInternational, "+353 1 234 5678")],
        ),
    ];
    check_finds(
        &documents,
        &[("2345678", &[2]), ("12345678", &[2, 1]), ("1234", &[1])],
    );
    let documents = [
        document(
            1,
            &[(Given, "Ada"), (PhoneInternational, "+1 234 567 8900")],
        ),
        document(
            2,
            &[(Given, "Zoe"), (PhoneInternational, "+353 8 123 4567")],
        ),
    ];
    check_finds(&documents, &[("1234567", &[2, 1]), ("123456", &[1])]);
}

#[test]
fn addresses_codes_and_organizations() {
    let documents = [
        document(
            1,
            &[(Email, "John.Smith@acme.co.uk"), (ExternalId, "CRM-00123")],
        ),
        document(
            2,
            &[
                (Organization, "Acme Trading & Sons"),
                (Given, "Smiley"),
                (Family, "Johnson"),
            ],
        ),
    ];
    check_finds(
        &documents,
        &[
            ("john.smith@ac", &[1]),
            ("john.smi", &[1, 2]),
            ("john@", &[]),
            ("@acme", &[1]),
            ("acme.co", &[1]),
            ("acme", &[2, 1]),
            ("crm-001", &[1]),
            ("crm00123", &[1]),
            ("00123", &[1]),
            ("trading sons", &[2]),
        ],
    );
}

#[test]
fn one_typo_is_forgiven_after_exact_hits() {
    let people = [
        person(1, "Robert", "Johnson"),
        person(2, "Joan", "Jonson"),
        person(3, "Ann", "Johns"),
        person(4, "Bo", "Smith"),
    ];
    let (conn, mut index) = filled(&people);
    for (text, expect) in [
        ("jonhson", vec![1, 2]),
        ("kohnson", vec![1]),
        ("johnsen", vec![1]),
        ("jonson", vec![2, 1]),
        ("jonsonn", vec![2]),
        ("robert jhonson", vec![1]),
        ("smtih bo", vec![4]),
        ("smti", vec![]),
        ("jhonsno", vec![]),
    ] {
        let page = ask(&conn, &mut index, text);
        assert_eq!(rows(&page), expect, "{text}");
        assert_eq!(page.total, expect.len(), "{text}");
    }
    let page = ask(&conn, &mut index, "jonson");
    assert_eq!(
        page.hits.iter().map(|hit| hit.by_typo).collect::<Vec<_>>(),
        [false, true]
    );
}

#[test]
fn whole_words_first_then_names_then_the_order_of_names() {
    let documents = [
        document(1, &[(Given, "Zoe"), (Family, "Mart")]),
        document(2, &[(Given, "Adam"), (Family, "Martin")]),
        document(3, &[(Given, "Mart"), (Family, "Zulu")]),
        document(
            4,
            &[(Given, "Bea"), (Family, "Adams"), (Organization, "Mart")],
        ),
        document(
            5,
            &[(Given, "Cy"), (Family, "Abel"), (Email, "martha@x.org")],
        ),
        document(6, &[(Given, "Adam"), (Family, "Martin")]),
        document(7, &[(Organization, "Martello")]),
    ];
    check_finds(
        &documents,
        &[("mart", &[1, 3, 4, 2, 6, 5, 7]), ("adam mart", &[2, 6, 4])],
    );
}

#[test]
fn what_matched_is_marked_in_the_original_text() {
    let documents = [
        document(
            1,
            &[
                (Given, "Jose\u{301}"),
                (Family, "O’Brien"),
                (Email, "jo.se@obrien.ie"),
            ],
        ),
        document(2, &[(Given, "太郎"), (Family, "清水")]),
        document(
            3,
            &[
                (PhoneInternational, "353861234567"),
                (PhoneNational, "861234567"),
                (PhoneTyped, "+353 86 123 4567"),
            ],
        ),
        document(4, &[(Given, "Groß"), (Family, "김철")]),
    ];
    let (conn, mut index) = filled(&documents);
    for (text, expect) in [
        ("jose", vec!["[Jose\u{301}]"]),
        ("jos", vec!["[Jos]e\u{301}"]),
        ("obr", vec!["[O]’[Br]ien", "jo.se@[obr]ien.ie"]),
        ("jo.s", vec!["[Jos]e\u{301}", "[jo.s]e@obrien.ie"]),
        ("清水太", vec!["[太]郎", "[清水]"]),
        (
            "086 12",
            vec!["353[8612]34567", "[8612]34567", "+353 [86] [12]3 4567"],
        ),
        (
            "4567",
            vec!["35386123[4567]", "86123[4567]", "+353 86 123 [4567]"],
        ),
        ("+353 8", vec!["[3538]61234567", "+[353] [8]6 123 4567"]),
        ("gros", vec!["[Groß]"]),
        ("기", vec!["[김]철"]),
    ] {
        let page = ask(&conn, &mut index, text);
        assert_eq!(page.hits.len(), 1, "{text}");
        assert_eq!(marked(&page.hits[0]), expect, "{text}");
    }
}

/// What a hit shows as marked: `kind: before[found]after` of each field with a mark.
fn marked(hit: &Hit) -> Vec<String> {
    let mut shown = Vec::new();
    for (at, (_, text)) in hit.document.fields.iter().enumerate() {
        let mut out = String::new();
        let mut end = 0;
        for (_, range) in hit.matches.iter().filter(|(field, _)| *field == at) {
            out += &format!("{}[{}]", &text[end..range.start], &text[range.clone()]);
            end = range.end;
        }
        if end > 0 {
            shown.push(out + &text[end..]);
        }
    }
    shown
}

#[test]
fn hostile_texts_do_no_harm() {
    let (conn, mut index) = filled(&[
        document(
            1,
            &[
                (Given, "Ada"),
                (Email, "ada@example.com"),
                (FieldKind::City, "Dublin"),
            ],
        ),
        document(
            2,
            &[(Given, &"长".repeat(3_000)), (Email, &"a.".repeat(4_000))],
        ),
        document(
            3,
            &[
                (Given, "\0\u{1}\u{301}"),
                (Email, "@@.@"),
                (ExternalId, "%_--"),
            ],
        ),
        document(4, &[]),
    ]);
    let texts = [
        "",
        " ",
        "?!",
        "@",
        "#",
        "%",
        "\0",
        "\u{1}",
        "\u{2}",
        "'; DROP TABLE",
        "\u{301}\u{301}",
        "dublin",
        "()",
        "+",
        "((((",
        "-1",
        "\u{202E}xyz",
    ];
    for built in [false, true] {
        if built {
            build(&conn, Extent::Everything);
        }
        for text in texts {
            assert_eq!(ask(&conn, &mut index, text).total, 0, "{text:?}");
        }
        assert_eq!(rows(&ask(&conn, &mut index, &"ada ".repeat(5_000))), [1]);
        assert_eq!(rows(&ask(&conn, &mut index, "长长")), [2]);
        for long in [
            "é".repeat(9_000),
            "1 ".repeat(4_000),
            "a.".repeat(4_000),
            "+1".repeat(999),
        ] {
            ask(&conn, &mut index, &long);
        }
        let page = index
            .search(
                &conn,
                Query {
                    text: "ada",
                    limit: 0,
                    offset: usize::MAX,
                },
            )
            .unwrap();
        assert_eq!((page.total, page.hits.len(), page.of), (1, 0, 4));
    }
}

#[test]
fn documents_survive_encoding() {
    let ada = document(
        7,
        &[
            (Given, "Ada"),
            (FieldKind::City, "Zürich"),
            (Organization, ""),
        ],
    );
    let bytes = ada.encode();
    assert_eq!(Document::decode(&bytes).unwrap(), ada);
    for damaged in [&[][..], &[9; 40], &bytes[..bytes.len() - 3]] {
        assert!(Document::decode(damaged).is_err());
    }
}
