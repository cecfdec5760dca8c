//! The import door and the files that go out.

use scv_desk::domain::Field;
use scv_desk::domain::command::ImportRow;
use scv_desk::wire::csv::{
    BadHeader, Column, Columns, ErrorsFile, Options, Row, Rows, SafeWriter, plain_cell, safe_cell,
};

fn options(region: Option<&str>) -> Options {
    Options {
        region: region.map(str::to_owned),
        batch: 3,
        ..Options::default()
    }
}

fn rows(text: impl AsRef<[u8]>) -> Vec<Row> {
    Rows::open(text.as_ref(), options(None))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

fn good(text: &str) -> ImportRow {
    let mut rows = rows(text);
    assert_eq!(rows.len(), 1);
    let row = rows.remove(0);
    assert!(row.warnings.is_empty(), "{:?}", row.warnings);
    row.read.unwrap()
}

fn reason(text: &str) -> String {
    rows(text)[0].reason()
}

#[test]
fn headings_come_in_many_spellings() {
    let known = [
        ("First Name", Column::Field(Field::FirstName)),
        ("firstName", Column::Field(Field::FirstName)),
        ("LAST_NAME", Column::Field(Field::LastName)),
        ("Cell Phone", Column::Field(Field::CellPhone)),
        ("cellPhone.display", Column::Field(Field::CellPhone)),
        ("Mobile", Column::Field(Field::CellPhone)),
        ("Phone", Column::Field(Field::OtherPhone)),
        ("Work E-mail", Column::Field(Field::WorkEmail)),
        ("address.city", Column::Field(Field::City)),
        ("City", Column::Field(Field::City)),
        ("Address", Column::Field(Field::Address1)),
        ("Address 2", Column::Field(Field::Address2)),
        ("Country Code", Column::Field(Field::CountryCode)),
        ("Facebook ID", Column::Field(Field::Facebook)),
        ("lineId", Column::Field(Field::Line)),
        ("whatsAppId.phoneNumber", Column::Field(Field::Whatsapp)),
        ("Survey Opt-Out", Column::Field(Field::SurveyOptOut)),
        ("External ID", Column::ExternalId),
        ("externalIds.value", Column::ExternalId),
        ("External Source", Column::ExternalSource),
        ("Company", Column::Company),
        ("externalOrganization", Column::Company),
        ("appleOpaqueIds", Column::AppleOpaqueId),
        ("reason", Column::Reason),
        ("Shoe size", Column::Unknown),
    ];
    for (heading, column) in known {
        let columns = Columns::read([heading, "salutation"]).unwrap();
        assert_eq!(columns.iter().next().unwrap().0, column, "{heading}");
    }
    let every = scv_desk::domain::field::FIELDS.iter().map(|spec| spec.api);
    assert!(Columns::read(every).unwrap().unknown().is_empty());
    let every = scv_desk::domain::field::FIELDS
        .iter()
        .map(|spec| spec.label);
    assert!(Columns::read(every).unwrap().unknown().is_empty());
}

#[test]
fn bad_headers_say_what_to_do() {
    let bad = |text: &str| Columns::read(text.split(',')).unwrap_err().to_string();
    assert_eq!(
        bad("First Name,City,firstName"),
        "the columns \"First Name\" and \"firstName\" hold the same; keep one of them"
    );
    assert!(
        bad("Shoe size,Hat size")
            .starts_with("no column is known; name them like externalId, company")
    );
    assert_eq!(
        bad("First Name;City"),
        "the columns are separated by ';'; save the file with commas"
    );
    assert_eq!(bad(""), BadHeader::Empty.to_string());
    assert_eq!(
        Rows::open(&b""[..], options(None)).err(),
        Some(BadHeader::Empty)
    );
    assert_eq!(
        Rows::open(&b"\xff\xfeF,i"[..], options(None)).err(),
        Some(BadHeader::NotUtf8)
    );
    let columns = Columns::read(["City", "Shoe size", ""]).unwrap();
    assert_eq!(columns.unknown(), ["Shoe size", "(column 3)"]);
}

#[test]
fn a_row_is_read_into_every_field() {
    let row = good(
        "\u{feff}External ID,First Name,Company,Cell Phone,Work Phone,Work Email,City,Country Code,\
         WhatsApp,Twitter,Survey Opt-Out\r\n\
         CRM-1, Efa ,\"Scott, Ltd\",086 123 4567,'+353 1 234 5678,Efa@Example.ORG,,ie,\
         353861234567,@efab,yes\r\n",
    );
    let fields = &row.fields;
    assert_eq!(fields.first_name.as_deref(), Some("Efa"));
    assert_eq!(row.company.as_deref(), Some("Scott, Ltd"));
    assert_eq!(
        fields.cell_phone.as_ref().unwrap().e164.as_deref(),
        Some("+353861234567")
    );
    assert_eq!(fields.work_phone.as_ref().unwrap().typed, "+353 1 234 5678");
    assert_eq!(fields.work_email.as_deref(), Some("Efa@Example.ORG"));
    assert_eq!(fields.city, None, "an empty cell is no value");
    assert_eq!(fields.external_ids[0].source, "CRM");
    assert_eq!(fields.whatsapp.as_ref().unwrap().id, "353861234567");
    assert_eq!(
        fields.twitter.as_ref().unwrap().handle.as_deref(),
        Some("efab")
    );
    assert_eq!(fields.survey_opt_out, Some(true));
    assert_eq!(row.batch, 3);
}

#[test]
fn the_region_comes_from_the_row_then_from_the_import() {
    let phone = |text: &str, region: Option<&str>| {
        let rows = Rows::open(text.as_bytes(), options(region)).unwrap();
        let row = rows.map(Result::unwrap).next().unwrap();
        let number = row.read.unwrap().fields.cell_phone.unwrap();
        (
            number.e164,
            row.warnings
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
        )
    };
    let (number, _) = phone(
        "First Name,Cell Phone,Country Code\nEfa,07700 900123,GB\n",
        Some("IE"),
    );
    assert_eq!(number.as_deref(), Some("+447700900123"));
    let (number, _) = phone("First Name,Cell Phone\nEfa,086 123 4567\n", Some("IE"));
    assert_eq!(number.as_deref(), Some("+353861234567"));
    let (number, warnings) = phone(
        "First Name,Cell Phone,Country Code\nEfa,086 123 4567,Ireland\n",
        Some("IE"),
    );
    assert_eq!(number.as_deref(), Some("+353861234567"));
    assert_eq!(
        warnings,
        ["Country Code: \"Ireland\" is no two-letter country code; write one like IE"]
    );
    let (number, warnings) = phone("First Name,Cell Phone\nEfa,086 123 4567\n", None);
    assert_eq!(number, None);
    assert!(
        warnings[0].starts_with("Cell Phone: \"086 123 4567\" has no country code"),
        "{warnings:?}"
    );
}

#[test]
fn whatsapp_numbers_become_digits() {
    let id = |cell: &str| {
        let text = format!("First Name,WhatsApp\nEfa,{cell}\n");
        let mut rows = Rows::open(text.as_bytes(), options(Some("IE"))).unwrap();
        let read = rows.next().unwrap().unwrap().read;
        read.map(|row| row.fields.whatsapp.unwrap().id).ok()
    };
    let number = || Some("353861234567".to_owned());
    assert_eq!(id("353861234567"), number());
    assert_eq!(id("'+353 86 123 4567"), number());
    assert_eq!(id("086 123 4567"), number());
    assert_eq!(id("0861234567"), number());
    assert_eq!(id("efa"), None);
    assert_eq!(id("3.53861E+11"), None);
}

#[test]
fn bad_rows_name_the_column_and_what_to_do() {
    let email = reason("First Name,Work Email\nEfa,efa at example\n");
    assert_eq!(
        email,
        "Work Email: \"efa at example\" is not an e-mail address; correct it or empty the cell"
    );
    let long = reason(&format!("First Name,City\nEfa,{}\n", "x".repeat(101)));
    assert_eq!(long, "City: it is longer than 100 characters; shorten it");
    let count = reason("First Name,City\nEfa,Dublin,Ireland\n");
    assert_eq!(
        count,
        "the row has 3 cells and the header 2; quote cells that hold commas"
    );
    assert!(reason("City,First Name\nDublin,\n").contains("no name and no phone, e-mail or id"));
    assert!(reason("City,Cell Phone\nDublin,086\n").contains("no name and no phone, e-mail or id"));
    assert_eq!(
        reason("First Name,City\nEfa,Dub\u{7}lin\n"),
        "City: it has the control character U+0007; take it out"
    );
    assert_eq!(
        reason("First Name,City\n\"Efa\nByrne\",x\n"),
        "First Name: it has a line break; write it on one line"
    );
    assert!(
        reason("First Name,Cell Phone\nEfa,3.53861E+11\n")
            .contains("a spreadsheet rounded the number")
    );
    let two = reason("First Name,Work Email,City,Survey Opt-Out\nEfa,x,Dublin,perhaps\n");
    assert!(
        two.contains("Work Email") && two.contains("Survey Opt-Out: it takes yes or no"),
        "{two}"
    );
}

#[test]
fn a_bad_row_never_stops_the_rest() {
    let mut bytes = b"First Name,City\n\"Efa\nx\",Dublin\n\xff\xfe,Cork\n,,\n,\n".to_vec();
    bytes.extend(b"Sean,\"1\n2\"\nMaeve,Galway");
    let rows = rows(bytes);
    let found: Vec<(u64, bool)> = rows
        .iter()
        .map(|row| (row.line, row.read.is_ok()))
        .collect();
    assert_eq!(
        found,
        [(2, false), (4, false), (7, false), (9, true)],
        "blank rows are no rows"
    );
    assert!(rows[1].reason().contains("First Name: it is not UTF-8"));
    let multi = good("First Name,Address\nEfa,\"1 Main St\nFloor 2\"\n");
    assert_eq!(multi.fields.address1.as_deref(), Some("1 Main St\nFloor 2"));
}

#[test]
fn a_row_is_told_by_the_line_it_begins_on_however_lines_end() {
    for end in ["\n", "\r\n"] {
        let lines = ["First Name,City", "Ann,\"Cork", "City\"", "", "Bo,Ennis"];
        let found = rows(lines.join(end));
        let begins: Vec<u64> = found.iter().map(|row| row.line).collect();
        assert_eq!(begins, [2, 5], "{end:?}");
    }
}

#[test]
fn a_quote_that_is_open_at_the_end_of_the_file_is_told_with_its_line() {
    for last in ["Bo,\"Ennis\nCy,Cobh\n", "Bo,\"Ennis", "Bo,\"Ennis \"\"x\n"] {
        let found = rows(format!("First Name,City\nAnn,Cork\n{last}"));
        assert_eq!(found.len(), 2, "{last}");
        assert!(found[0].read.is_ok());
        assert!(
            found[1]
                .reason()
                .contains("the quote on line 3 is never closed"),
            "{last}: {}",
            found[1].reason()
        );
    }
    assert!(
        rows("First Name,City\nAnn,\"Cork\"")
            .pop()
            .unwrap()
            .read
            .is_ok()
    );
    assert!(
        rows("First Name,City\nAnn,5\" pipe\n")
            .pop()
            .unwrap()
            .read
            .is_ok()
    );
}

#[test]
fn a_quote_that_is_never_closed_ends_the_file() {
    let mut text = "First Name,City\nEfa,\"Dublin\n".to_owned();
    text.push_str(&"Sean,Cork\n".repeat(600_000));
    let mut rows = Rows::open(text.as_bytes(), options(None)).unwrap();
    let ended = rows.next().unwrap().unwrap_err().to_string();
    assert!(ended.contains("a quote before it is not closed"), "{ended}");
    assert!(rows.next().is_none());
}

#[test]
fn cells_are_safe_and_come_back() {
    for text in [
        "=1+1",
        "+353",
        "-5",
        "@x",
        "\tx",
        "\rx",
        " =1",
        "\u{FF1D}1",
        "'=1",
        "''+1",
    ] {
        let safe = safe_cell(text);
        assert!(safe.starts_with('\''), "{text:?}");
        assert_eq!(plain_cell(&safe), text);
    }
    for text in ["", "Efa", "O'Brien", "'tis", "1-2"] {
        assert_eq!(safe_cell(text), text);
        assert_eq!(plain_cell(text), text);
    }
    let mut out = Vec::new();
    let mut writer = SafeWriter::new(&mut out);
    writer.row(["name", "phone"]).unwrap();
    writer
        .row(["O'Flaherty, \"G\"", "+353 86 123 4567"])
        .unwrap();
    writer.finish().unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(
        text,
        "name,phone\n\"O'Flaherty, \"\"G\"\"\",'+353 86 123 4567\n"
    );
}

/// What a spreadsheet computes, what it might pass over before that, and what takes a file apart.
const NASTY: [&str; 36] = [
    "=",
    "+",
    "-",
    "@",
    "\u{FF1D}",
    "\u{FF0B}",
    "\u{FF0D}",
    "\u{FF20}",
    "'",
    "''",
    "\"",
    "\"\"",
    ",",
    ";",
    "\t",
    "\r",
    "\n",
    "\r\n",
    " ",
    "\u{A0}",
    "\u{3000}",
    "\u{200B}",
    "\u{FEFF}",
    "\u{202E}",
    "\0",
    "\u{1B}[2J",
    "|",
    "cmd",
    "HYPERLINK(\"http://x\")",
    "1",
    "é",
    "日本",
    "عربي",
    "👩‍💻",
    "%0A",
    "\u{85}",
];

/// So many cells; `SCV_CELLS` asks for more.
#[test]
fn however_nasty_cells_are_none_computes_and_all_come_back() {
    let count = std::env::var("SCV_CELLS").map_or(20_000, |text| text.parse().unwrap());
    let mut seed = 7_u64;
    let mut next = |most: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed >> 11).unwrap() % most
    };
    let mut cell = || -> String { (0..next(7)).map(|_| NASTY[next(NASTY.len())]).collect() };
    let rows: Vec<Vec<String>> = (0..count / 10)
        .map(|_| (0..10).map(|_| cell()).collect())
        .collect();
    let mut out = Vec::new();
    let mut writer = SafeWriter::strict(&mut out);
    for row in &rows {
        writer.row(row).unwrap();
    }
    writer.finish().unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(out.as_slice());
    let mut found = 0;
    for (record, row) in reader.records().zip(&rows) {
        let record = record.unwrap();
        assert_eq!(record.len(), row.len());
        for (written, cell) in record.iter().zip(row) {
            assert_eq!(plain_cell(written), cell, "{written:?}");
            let seen = written.chars().find(|letter| {
                let is_format = ('\u{200B}'..='\u{202E}').contains(letter) || *letter == '\u{FEFF}';
                !is_format && !letter.is_whitespace() && !letter.is_control()
            });
            let computes = seen.is_some_and(|letter| "=+-@＝＋－＠".contains(letter));
            assert!(!computes, "{written:?}");
            found += 1;
        }
    }
    assert_eq!(found, rows.len() * 10);
}

#[test]
fn an_errors_file_goes_back_in_once_corrected() {
    let text =
        b"First Name,Cell Phone,Work Email\nEfa,'+353861234567,bad\nSean,,x,y\n=cmd(),,\xE9\n";
    let once = errors(text);
    let expected = "First Name,Cell Phone,Work Email,reason\n\
        Efa,'+353861234567,bad,\
        \"Work Email: \"\"bad\"\" is not an e-mail address; correct it or empty the cell\"\n\
        Sean,,x,the row has 4 cells and the header 3; quote cells that hold commas,y\n";
    let text = String::from_utf8_lossy(&once);
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains("\n'=cmd(),"), "{text}");
    let corrected = text.replace("bad,", "efa@example.org,");
    let rows = rows(corrected.as_bytes());
    let read = rows[0].read.as_ref().unwrap();
    assert_eq!(
        read.fields.cell_phone.as_ref().unwrap().typed,
        "+353861234567"
    );
    let twice = errors(&once);
    assert_eq!(
        String::from_utf8_lossy(&twice).lines().next(),
        Some("First Name,Cell Phone,Work Email,reason")
    );
}

#[test]
fn a_row_with_too_few_cells_comes_out_as_it_came_and_stays_bad() {
    let once = errors(b"First Name,Last Name,City\nEfa,Byrne\n");
    let why = "the row has 2 cells and the header 3; quote cells that hold commas";
    let expected = format!("First Name,Last Name,City,reason\nEfa,Byrne,{why}\n");
    assert_eq!(String::from_utf8_lossy(&once), expected);
    let twice = errors(&once);
    assert_eq!(twice, once, "it is as bad as before");
}

fn errors(text: &[u8]) -> Vec<u8> {
    let rows = Rows::open(text, options(None)).unwrap();
    let mut out = Vec::new();
    let mut file = ErrorsFile::new(&mut out, rows.columns()).unwrap();
    for row in rows.map(Result::unwrap).filter(|row| row.read.is_err()) {
        file.row(&row, &row.reason()).unwrap();
    }
    file.finish().unwrap();
    out
}
