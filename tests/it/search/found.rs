//! Which typed texts find a contact, from the delta and from the built index.

use super::Desk;

#[track_caller]
fn check(contact: &str, found_by: &[&str], not_by: &[&str]) {
    let mut desk = Desk::with(&[contact]);
    check_with(&mut desk, contact, found_by, not_by);
    desk.rebuild();
    check_with(&mut desk, contact, found_by, not_by);
}

#[track_caller]
fn check_with(desk: &mut Desk, contact: &str, found_by: &[&str], not_by: &[&str]) {
    for text in found_by {
        let page = desk.page(text);
        assert_eq!(page.total, 1, "{contact:?} is not found by {text:?}");
        assert!(
            !page.hits[0].by_typo,
            "{contact:?} is found by {text:?} with a typo only"
        );
        assert!(
            !page.hits[0].matches.is_empty(),
            "nothing is marked for {text:?}"
        );
    }
    for text in not_by {
        let hits = desk.page(text).hits;
        assert!(
            hits.iter().all(|hit| hit.by_typo),
            "{contact:?} is found by {text:?}"
        );
    }
}

#[test]
fn words_are_found_by_prefixes_in_any_order() {
    check(
        "given=John; middle=Paul; family=Smith; org=Acme Tools Ltd",
        &[
            "j",
            "jo",
            "john",
            "JOHN",
            "smi",
            "smith john",
            "john smith",
            "j s",
            "s j p",
            "acm too",
            "lt jo",
        ],
        &["ohn", "johnn", "smith peter", "mith"],
    );
    check(
        "given=Conor; family=O'Brien",
        &["o'brien", "obrien", "brien", "O’Brien", "o brien", "obr"],
        &[],
    );
    check(
        "given=Conor; family=OBrien",
        &["o'brien", "obrien"],
        &["brien"],
    );
    check(
        "given=Anne-Marie; family=Müller-Lüdenscheidt",
        &["annem", "marie", "anne marie", "ludens"],
        &[],
    );
    check("org=AT&T", &["at&t", "att", "AT"], &[]);
}

#[test]
fn case_and_diacritics_are_folded() {
    check(
        "given=Jürgen; family=Müller",
        &["Muller", "MÜLLER", "muller jurgen", "mu\u{308}ller"],
        &[],
    );
    check("given=José; family=Núñez", &["jose", "JOSÉ", "nunez"], &[]);
    check("family=Weiß", &["weiss", "WEISS", "weiß", "weis"], &[]);
    check(
        "family=Łukasz Ødegård Đorđević",
        &["lukasz", "odegard", "dordevic"],
        &[],
    );
    check(
        "family=Æsir Ångström İstanbul Kılıç",
        &["aesir", "angstrom", "istanbul", "kilic", "KILIÇ"],
        &[],
    );
    check("family=ＴＡＮＡＫＡ ﬁeld", &["tanaka", "field"], &[]);
    check(
        "family=Παπαδόπουλος",
        &["παπαδοπουλος", "ΠΑΠΑΔΌΠΟΥΛΟΣ"],
        &[],
    );
    check("family=Фёдоров", &["федоров", "ФЁД"], &[]);
}

#[test]
fn other_scripts_are_found() {
    check(
        "given=小明; family=王",
        &["王", "小明", "明", "王小明", "小明王", "王小"],
        &["大"],
    );
    check(
        "given=太郎; family=田中",
        &["田中", "中", "田中太郎", "郎"],
        &[],
    );
    check("org=株式会社日立製作所", &["日立", "製作所", "株式"], &[]);
    check(
        "given=민수; family=김",
        &["김", "김민수", "수", "기"],
        &["박"],
    );
    check("given=أَحْمَد; family=السيّد", &["احمد", "أحمد", "السيد"], &[]);
    check("given=فاطمة; family=علی", &["فاطمه", "علي", "على"], &[]);
    check("given=דָּוִד; family=כֹּהֵן", &["דוד", "כהן"], &[]);
    check(
        "given=अमिताभ; family=बच्चन",
        &["अमि", "अमिताभ", "बच्च"],
        &["अमु"],
    );
    check("given=สมชาย; family=ดี", &["สม", "ดี"], &["ดู"]);
}

#[test]
fn phones_are_found_in_any_grouping() {
    check(
        "given=Ada; phone=+353 86 123 4567; national=861234567; typed=086-123 4567",
        &[
            "+353 86 123",
            "353861234567",
            "086-123 4567",
            "(086)1234567",
            "086 1",
            "0861234567",
            "861234",
            "86 123 45 67",
            "+353 (0)86 123",
            "00353 86 123",
            "00 353 86",
            "+353-86",
            "ada 086 123",
            "086 123 ada",
            "٠٨٦١٢٣",
        ],
        &["1234567", "+86 123", "0353", "+353 87", "087"],
    );
    check(
        "given=Ada; phone=+1 202-555-0123; national=2025550123",
        &["202 555", "(202) 555-0123", "1202"],
        &[],
    );
    check(
        "given=Ada; phone=+39 06 1234 5678; national=0612345678",
        &["06 1234", "+39 06", "39061"],
        &[],
    );
    check(
        "given=Ada; phone=+353 1 234 5678 ext. 99; national=12345678",
        &["01 2345678", "+35312345678"],
        &["99"],
    );
}

#[test]
fn addresses_and_external_ids_are_found() {
    check(
        "email=John.Smith+promo@Mail.Example.com",
        &[
            "john.smi",
            "john.smith+promo@mail.example.com",
            "john.smith+promo@m",
            "smi",
            "promo",
            "example",
            "mail.ex",
            "@mail",
            "smith+promo@",
            "JOHN.SMITH+PROMO@",
            "smith john",
        ],
        &["john.smith@", "@example", "ohn.smith", "john@mail"],
    );
    check(
        "id=CRM-00123/A",
        &[
            "crm-00123",
            "crm00123a",
            "00123",
            "CRM",
            "crm 00123",
            "crm-00123/a",
        ],
        &["0123"],
    );
}
