//! `scv journey` in its forms: CSV, Markdown, and a page to send.

use std::os::unix::fs::PermissionsExt;

use super::{Place, WITHHELD};

/// What a switch, a visitor or a colleague may have written.
const HOSTILE: &str = "=cmd()|' /C calc'!A0 <script>alert(1)</script> & \"*bold*\" \u{202e}gpj.exe [x](http://e.example)";

/// Efa with two calls, one of which was wrapped up with a hostile note.
fn place() -> (Place, String) {
    let place = Place::filled();
    let efa = place.found("efa");
    place.good(&["link", WITHHELD, &efa]);
    let wrapup = ["wrapup", WITHHELD, "--code", "w-1", "--notes", HOSTILE];
    place.good(&wrapup);
    (place, efa)
}

#[test]
fn csv_has_a_row_an_interaction_and_no_formula_and_reads_back() {
    let (place, efa) = place();
    let text = place.good(&["journey", &efa, "--csv"]);
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let headings = rows.headers().unwrap().clone();
    let at = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(&rows[0][at("id")], WITHHELD);
    assert_eq!(&rows[1][at("seconds")], "600");
    assert_eq!(&rows[1][at("queue")], "Billing");
    let notes = &rows[0][at("notes")];
    assert!(notes.starts_with("'=cmd()"), "{notes}");
    assert!(
        scv_desk::wire::csv::plain_cell(notes).starts_with("=cmd()"),
        "{notes}"
    );
    assert!(
        !text.contains('\u{202e}') && !text.contains('\u{1b}'),
        "{text}"
    );
}

#[test]
fn markdown_keeps_texts_as_texts() {
    let (place, efa) = place();
    let text = place.good(&["journey", &efa, "--md"]);
    assert!(text.starts_with("# Efa Byrne\n"), "{text}");
    assert!(
        text.contains("2 calls in the 60 days to Monday 23 November 2026 12:00"),
        "{text}"
    );
    assert!(text.contains("## Sunday 22 November 2026"), "{text}");
    assert!(
        text.contains("- 09:00 **call inbound** · Billing · Niamh · Resolved"),
        "{text}"
    );
    assert!(text.contains("\\<script\\>"), "{text}");
    assert!(text.contains("\\[x\\]"), "{text}");
    assert!(
        !text.contains("<script>") && !text.contains('\u{1b}'),
        "{text}"
    );
}

#[test]
fn a_page_needs_nothing_else_and_runs_nothing() {
    let (place, efa) = place();
    let file = place.path("efa.html");
    let shown = file.display().to_string();
    place.good(&["journey", &efa, "--html", &shown]);
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let page = std::fs::read_to_string(&file).unwrap();
    for wanted in [
        "<svg role=\"img\"",
        "<title>Journey of Efa Byrne</title>",
        "prefers-color-scheme:dark",
        "@media print",
    ] {
        assert!(page.contains(wanted), "{wanted}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    for hostile in [
        "<script",
        "javascript:",
        " src=",
        "@import",
        "url(",
        "http://e.example\"",
        "\u{202e}",
        "\u{1b}",
    ] {
        assert!(!page.contains(hostile), "{hostile}");
    }
    assert_eq!(page.matches("class=\"mark ").count(), 2);
    let again = place.refused(&["journey", &efa, "--html", &shown]);
    assert!(again.contains("is there already"), "{again}");
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        page,
        "the file is as it was"
    );
}

#[test]
fn a_page_of_somebody_who_did_nothing_says_so() {
    let (place, _) = place();
    let claire = place.found("claire");
    let file = place.path("claire.html").display().to_string();
    place.good(&["journey", &claire, "--html", &file]);
    let page = std::fs::read_to_string(&file).unwrap();
    assert!(page.contains("Nothing happened in these days."), "{page}");
    assert!(!page.contains("<figure>"));
}

#[test]
fn forms_exclude_each_other() {
    let (place, efa) = place();
    let run = place.run(&["journey", &efa, "--csv", "--md"]);
    assert_eq!(run.code, 2, "{}", run.err);
    let run = place.run(&["journey", &efa, "--csv", "--json"]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("exclude each other"), "{}", run.err);
}

#[test]
fn a_journey_of_before_has_the_same_forms() {
    let (place, efa) = place();
    let text = place.good(&["journey", &efa, "--md", "--at", "2026-11-23T12:00:00Z"]);
    assert!(
        text.contains("the 60 days to Monday 23 November 2026"),
        "{text}"
    );
}

#[test]
fn every_form_says_who_had_a_conversation_and_a_filter_leaves_what_it_says() {
    let (place, efa) = place();
    let journey = place.json(&["journey", &efa]);
    let call = &journey[1];
    assert_eq!(call["talkSeconds"], 600, "{call}");
    assert_eq!(call["legs"][0]["part"], "agent", "{call}");
    assert_eq!(call["legs"][0]["name"], "Niamh", "{call}");
    let csv = place.good(&["journey", &efa, "--csv"]);
    assert!(csv.contains("agent Niamh: talked 10:00"), "{csv}");
    let markdown = place.good(&["journey", &efa, "--md"]);
    assert!(markdown.contains("agent Niamh: talked 10:00"), "{markdown}");
    for (option, value, left) in [
        ("--channel", "call", 2),
        ("--channel", "email", 0),
        ("--handled-by", "niamh", 2),
        ("--queue", "bill", 2),
        ("--wrap-up", "resolved", 1),
        ("--text", "alert(1)", 1),
        ("--direction", "out", 0),
        ("--status", "ended", 1),
    ] {
        let found = place.json(&["journey", &efa, option, value]);
        assert_eq!(found.as_array().unwrap().len(), left, "{option} {value}");
    }
    let wrong = place
        .run(&["journey", &efa, "--channel", "pigeon"])
        .sentence(2);
    assert!(
        wrong.starts_with("--channel: pigeon: no such channel"),
        "{wrong}"
    );
}

#[test]
fn who_is_online_is_listed_for_scripts_and_people() {
    let (place, efa) = place();
    assert_eq!(place.json(&["journey", "--online"]), serde_json::json!([]));
    let page = serde_json::json!({"id": "e-1", "eventType": "com.genesys.journey.WebEvent",
        "createdDate": "2026-11-23T11:58:00.000Z", "webEvent": {"eventName": "page_viewed",
        "page": {"url": "https://acme.example/pay"}}});
    let cart = serde_json::json!({"id": "e-2", "eventType": "com.genesys.journey.WebEvent",
        "createdDate": "2026-11-23T11:59:00.000Z", "webEvent": {"eventName": "cart_left",
        "attributes": {"total": {"dataType": "number", "value": "42.50"}}}});
    let visit = serde_json::json!({"id": "44444444-4444-4444-8444-444444444444", "type": "web",
        "customerId": "cookie-1", "customerIdType": "cookie", "authenticated": false,
        "createdDate": "2026-11-23T11:50:00.000Z", "events": [page, cart]});
    let file = place.write("visit.ndjson", &format!("{visit}\n"));
    place.good(&["ingest", &file, "--role", "admin"]);
    let found = place.json(&["journey", "--online"]);
    assert_eq!(found[0]["page"], "https://acme.example/pay", "{found}");
    let text = place.good(&["journey", "--online"]);
    assert!(text.contains("10:00") && text.contains("/pay"), "{text}");
    let visitor = found[0]["contactId"].as_str().unwrap();
    let told = place.good(&["journey", visitor, "--csv"]);
    assert!(told.contains("event cart_left, total 42.50"), "{told}");
    let both = place.run(&["journey", &efa, "--online"]);
    assert_eq!(both.code, 2, "{}", both.err);
    let neither = place.run(&["journey"]);
    assert_eq!(neither.code, 2, "{}", neither.err);
}

/// A chat, and what was said in it; the contact that it is of.
fn spoken() -> (Place, String) {
    let place = Place::new();
    let id = "55555555-5555-4555-8555-555555555555";
    let chat = serde_json::json!({
        "conversationId": id, "conversationStart": "2026-11-22T09:00:00.000Z",
        "conversationEnd": "2026-11-22T09:09:00.000Z", "originatingDirection": "inbound",
        "participants": [{"participantId": "c", "purpose": "customer", "participantName": "Mika", "sessions": [
            {"sessionId": "s", "mediaType": "message", "messageType": "whatsapp", "direction": "inbound",
                "addressFrom": "353861234567",
                "segments": [{"segmentStart": "2026-11-22T09:00:00.000Z", "segmentType": "interact"}]}]}],
    });
    let said = |n: u32, direction: &str, text: &str| {
        serde_json::json!({"id": format!("m{n}"), "conversationId": id, "status": "sent", "direction": direction,
            "timestamp": format!("2026-11-22T09:0{n}:00.000Z"), "normalizedMessage": {"type": "Text", "text": text}})
    };
    let lines = [
        chat,
        said(1, "inbound", HOSTILE),
        said(2, "outbound", "宜しく\nThanks"),
    ];
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    let file = place.write("said.ndjson", &lines.join("\n"));
    let told = place.good(&["ingest", &file, "--role", "admin"]);
    assert!(
        told.contains("1 conversation, 2 messages and 0 web visits came in"),
        "{told}"
    );
    let shown = place.good(&["conversation", "show", id, "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let contact = shown["externalContactId"].as_str().unwrap().to_owned();
    (place, contact)
}

#[test]
fn what_was_said_is_in_every_form_that_has_room_for_it() {
    let (place, contact) = spoken();
    let json: serde_json::Value =
        serde_json::from_str(&place.good(&["journey", &contact, "--json"])).unwrap();
    let messages = json[0]["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 2, "{json}");
    assert_eq!(messages[0]["author"], "person");
    assert_eq!(messages[1]["author"], "sender not said");
    let markdown = place.good(&["journey", &contact, "--md"]);
    assert!(markdown.contains("  - 09:01 **person**: "), "{markdown}");
    assert!(markdown.contains("宜しく<br>Thanks"), "{markdown}");
    assert!(!markdown.contains("<script>"), "{markdown}");
    let file = place.path("said.html");
    place.good(&["journey", &contact, "--html", &file.display().to_string()]);
    let page = std::fs::read_to_string(&file).unwrap();
    assert!(page.contains("<dl class=\"said\">"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
    assert!(
        !page.contains("<script") && !page.contains('\u{202e}'),
        "{page}"
    );
    let csv = place.good(&["journey", &contact, "--csv"]);
    assert_eq!(csv.lines().count(), 2, "{csv}");
}

#[test]
fn a_page_has_segments_in_their_colour_and_takes_no_style_from_elsewhere() {
    let place = Place::new();
    let id = "66666666-6666-4666-8666-666666666666";
    let matched = |segment: &str| {
        serde_json::json!({"id": format!("event-{segment}"), "customerId": "cookie-1", "customerIdType": "cookie",
            "eventType": "com.genesys.journey.SegmentAssignmentEvent", "createdDate": "2026-11-23T11:51:00.000Z",
            "segmentAssignmentEvent": {"segment": {"id": segment}}})
    };
    let visit = serde_json::json!({
        "id": id, "type": "web", "customerId": "cookie-1", "customerIdType": "cookie",
        "createdDate": "2026-11-23T11:50:00.000Z",
        "events": [matched("red"), matched("odd")],
    });
    let names = serde_json::json!({"segments": {
        "red": {"displayName": "Failed payment", "color": "#D23C3C"},
        "odd": {"displayName": "Odd", "color": "red;} body{background:url(http://e.example)"},
    }});
    let names = place.write("names.json", &names.to_string());
    let file = place.write("visit.ndjson", &visit.to_string());
    place.good(&["ingest", &file, "--names", &names, "--role", "admin"]);
    let online = place.good(&["journey", "--online", "--json"]);
    let online: serde_json::Value = serde_json::from_str(&online).unwrap();
    let contact = online[0]["contactId"].as_str().unwrap();
    let page = place.path("visit.html");
    place.good(&["journey", contact, "--html", &page.display().to_string()]);
    let page = std::fs::read_to_string(&page).unwrap();
    assert!(
        page.contains("style=\"--own:#D23C3C\">segment <bdi>Failed payment</bdi>"),
        "{page}"
    );
    assert!(
        page.contains("<span class=\"segment\">segment <bdi>Odd</bdi>"),
        "{page}"
    );
    assert!(!page.contains("url("), "{page}");
}
