//! Exports: asked for, written in the background, fetched by who asked, and gone when they expire.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use scv_desk::domain::{Permission, Role};
use scv_desk::server::{Ports, Server};
use scv_desk::store::Store;
use scv_desk::store::account::AccountKind;
use scv_desk::store::export::{Export, ExportKind, ExportStatus, Exports, ExportsMax};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::journeys::{call, ingest};
use super::place::{Caller, Place};

const CONTACTS: &str = "/api/v2/externalcontacts/contacts";
const NOBODY: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
const NUMBER: &str = "+353861234567";
const FORMULA: &str = "=HYPERLINK(\"https://x.example\")";
const HOUR_MS: i64 = 3_600_000;

fn exports(kind: &str) -> String {
    format!("/api/v2/externalcontacts/{kind}/exports")
}

fn ask(caller: &Caller, kind: &str, conditions: Value) -> Value {
    let body = json!({ "queryConditions": conditions });
    caller.post(&exports(kind), body).is(200).json()
}

/// The export once it has ended.
fn ended(caller: &Caller, export: &Value) -> Value {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(60) {
        let now = caller
            .get(export["selfUri"].as_str().unwrap())
            .is(200)
            .json();
        if now["status"] != "RUNNING" {
            return now;
        }
    }
    panic!("it runs for ever: {export}");
}

fn done(caller: &Caller, kind: &str, conditions: Value) -> Value {
    let export = ended(caller, &ask(caller, kind, conditions));
    assert_eq!(export["status"], "SUCCEEDED", "{export}");
    export
}

/// Where the file of an export is, without the host.
fn path(caller: &Caller, export: &Value) -> String {
    let url = export["downloadUrl"].as_str().expect("a file");
    let host = format!("http://{}", caller.place.address);
    url.strip_prefix(&host).expect("the host").to_owned()
}

/// The rows of a file, the headings first.
fn rows(caller: &Caller, export: &Value) -> Vec<Vec<String>> {
    let reply = caller.get(&path(caller, export)).is(200);
    assert_eq!(
        reply.header("Content-Type"),
        Some("text/csv; charset=utf-8")
    );
    assert_eq!(
        reply.header("Content-Length"),
        Some(reply.text.len().to_string().as_str())
    );
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(reply.text.as_bytes());
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        row.iter().map(str::to_owned).collect()
    });
    let rows: Vec<Vec<String>> = rows.collect();
    assert_eq!(export["resultRowCount"], json!(rows.len() - 1));
    rows
}

/// The cell under a heading of the row that holds a text.
fn cell<'r>(rows: &'r [Vec<String>], of: &str, heading: &str) -> &'r str {
    let at = rows[0].iter().position(|one| one == heading);
    let row = rows.iter().find(|row| row.iter().any(|cell| cell == of));
    &row.expect("a row")[at.expect("a heading")]
}

fn organization(caller: &Caller) -> String {
    let body = json!({"name": "Cooper Mill", "industry": "Milling", "address": {"city": "Cork"}});
    let path = "/api/v2/externalcontacts/organizations";
    caller.post(path, body).is(200).id()
}

fn ada(caller: &Caller, organization: &str) -> Value {
    let body = json!({
        "firstName": FORMULA, "lastName": "Byrne", "cellPhone": {"display": NUMBER}, "workEmail": "ada@mail.example",
        "externalIds": [{"externalSource": {"name": "CRM"}, "value": "20418"}],
        "externalOrganization": {"id": organization},
    });
    caller.post(CONTACTS, body).is(200).json()
}

/// Bytes of files that the store holds.
fn parts(place: &Place) -> i64 {
    let connection = Connection::open(place.store.path()).unwrap();
    let sql = "SELECT count(*) FROM export_part";
    connection.query_row(sql, (), |row| row.get(0)).unwrap()
}

/// An export as another server may have left it.
fn half(place: &Place) -> Uuid {
    // A server that answers is done with those that it found.
    place.as_nobody().get("/health/live").is(200);
    let id = Uuid::new_v4();
    let export = Export {
        id,
        kind: ExportKind::Contacts,
        status: ExportStatus::Running,
        by: Uuid::new_v4(),
        at: place.now(),
        expires: place.now().plus_days(1),
        asked: Map::new(),
    };
    let most = ExportsMax {
        running: 100,
        kept: 100,
    };
    let store = Arc::clone(&place.store);
    place.runtime.block_on(async {
        assert!(store.begin_export(export, most).await.unwrap());
        let added = store.add_export_part(id, "id,\nAda Byrne\n".to_owned());
        assert!(added.await.unwrap());
    });
    id
}

fn status(place: &Place, id: Uuid) -> ExportStatus {
    let found = place.runtime.block_on(place.store.export(id));
    found.unwrap().expect("it is there").status
}

#[test]
fn contacts_are_written_as_csv_in_which_no_spreadsheet_finds_formulas() {
    let place = Place::with(|options| {
        let rights = [
            Permission::ExportAdd,
            Permission::ExportView,
            Permission::ContactView,
        ];
        options.roles = vec![Role::new("clerk", rights)];
    });
    let caller = place.as_role("admin");
    let mill = organization(&caller);
    let made = ada(&caller, &mill);
    ingest(&caller, &[call(NOBODY, "+353861110001", "u1")]);
    let export = done(&caller, "contacts", json!({}));
    let found = rows(&caller, &export);
    assert_eq!(found.len(), 3, "{found:?}");
    let id = made["id"].as_str().unwrap();
    for (heading, wanted) in [
        ("type", "Curated"),
        ("firstName", &format!("'{FORMULA}")),
        ("lastName", "Byrne"),
        ("cellPhone", &format!("'{NUMBER}")),
        ("workEmail", "ada@mail.example"),
        ("externalOrganization", &mill),
        ("externalOrganizationName", "Cooper Mill"),
        ("externalIds", "CRM: 20418"),
        ("createDate", "2026-11-23T12:00:00.000Z"),
    ] {
        assert_eq!(cell(&found, id, heading), wanted, "{heading}");
    }
    assert_eq!(cell(&found, "'+353861110001", "type"), "Identified");

    // Who may not see organizations does not read their names here either.
    let clerk = place.as_role("clerk");
    let found = rows(&clerk, &done(&clerk, "contacts", json!({})));
    assert_eq!(cell(&found, id, "externalOrganizationName"), "");
    assert_eq!(cell(&found, id, "lastName"), "Byrne");
}

#[test]
fn conditions_narrow_an_export() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let mill = organization(&caller);
    let made = ada(&caller, &mill);
    ingest(&caller, &[call(NOBODY, "+353861110001", "u1")]);
    place.wait_ms(60_000);
    caller.post(CONTACTS, json!({"firstName": "Bea"})).is(200);
    let source = &made["externalIds"][0]["externalSource"]["id"];
    let eq = |field: &str, value: &Value| json!({"eq": {"field": field, "value": value}});
    let curated = eq("ContactClassification", &json!("Curated"));
    let later = json!({"gte": {"field": "CreateDate", "value": "2026-11-23T12:00:30Z"}});
    let others =
        json!({"in": {"field": "ContactClassification", "values": ["Ephemeral", "Identified"]}});
    for (filters, wanted) in [
        (json!({}), 3),
        (curated.clone(), 2),
        (others.clone(), 1),
        (json!({ "not": curated }), 1),
        (later.clone(), 1),
        (
            json!({"lte": {"field": "ModifyDate", "value": "2026-11-23T12:00:30Z"}}),
            2,
        ),
        (eq("ExternalOrganizationId", &json!(mill)), 1),
        (eq("ExternalSourceId", source), 1),
        (eq("SchemaId", &json!(NOBODY)), 0),
        (eq("DivisionId", &json!("*")), 3),
        (eq("DivisionId", &json!("elsewhere")), 0),
        (json!({"and": [curated, later]}), 1),
        (json!({"or": [others, later]}), 2),
    ] {
        let asked = json!({ "filters": filters });
        let export = done(&caller, "contacts", asked.clone());
        assert_eq!(export["resultRowCount"], wanted, "{filters}");
        assert_eq!(export["queryConditions"], asked);
        rows(&caller, &export);
    }
    let few = done(&caller, "contacts", json!({"limit": 2}));
    assert_eq!(rows(&caller, &few).len(), 3);
}

#[test]
fn notes_and_organizations_are_exported_alike() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let mill = organization(&caller);
    let made = ada(&caller, &mill);
    let id = made["id"].as_str().unwrap();
    let note = json!({"noteText": "+ likes, \"tea\"\nand cake", "createdBy": {}});
    caller.post(&format!("{CONTACTS}/{id}/notes"), note).is(200);
    let found = rows(&caller, &done(&caller, "notes", json!({})));
    assert_eq!(
        cell(&found, id, "noteText"),
        "'+ likes, \"tea\"\nand cake",
        "{found:?}"
    );
    assert_eq!(cell(&found, id, "entityType"), "contact");
    let elsewhere = json!({"filters": {"eq": {"field": "EntityType", "value": "organization"}}});
    assert_eq!(rows(&caller, &done(&caller, "notes", elsewhere)).len(), 1);

    let found = rows(&caller, &done(&caller, "organizations", json!({})));
    assert_eq!(cell(&found, &mill, "name"), "Cooper Mill");
    assert_eq!(cell(&found, &mill, "industry"), "Milling");
    assert_eq!(cell(&found, &mill, "address"), "{\"city\":\"Cork\"}");
}

#[test]
fn a_file_is_read_by_who_asked_for_it_alone() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let mill = organization(&caller);
    ada(&caller, &mill);
    let export = done(&caller, "contacts", json!({}));
    let uri = export["selfUri"].as_str().unwrap();
    let other = place.as_role("admin");
    let read = other.get(uri).is(200).json();
    assert_eq!(
        (&read["status"], read.get("downloadUrl")),
        (&json!("SUCCEEDED"), None)
    );
    let file = path(&caller, &export);
    assert_eq!(other.get(&file).is(403).code(), "not.authorized");
    for role in ["agent", "agent-merge", "supervisor"] {
        let other = place.as_role(role);
        for kind in ["contacts", "notes", "organizations"] {
            other.post(&exports(kind), json!({})).is(403);
            other.get(&exports(kind)).is(403);
        }
        other.get(uri).is(403);
        other.get(&file).is(403);
    }
}

#[test]
fn exports_are_listed_the_newest_first() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let ids: Vec<Value> = (0..3)
        .map(|_| done(&caller, "contacts", json!({}))["id"].clone())
        .collect();
    done(&caller, "notes", json!({}));
    let list = |path: &str| {
        let page = caller.get(path).is(200).json();
        let entities = page["entities"].as_array().unwrap().iter();
        let ids: Vec<Value> = entities.map(|one| one["id"].clone()).collect();
        (ids, page["nextUri"].as_str().map(str::to_owned))
    };
    let (first, next) = list(&format!("{}?pageSize=2", exports("contacts")));
    assert_eq!(first, [ids[2].clone(), ids[1].clone()]);
    let (rest, next) = list(&next.expect("there is more"));
    assert_eq!((rest, next), (vec![ids[0].clone()], None));
    let elsewhere = format!("{}?divisionIds=elsewhere", exports("contacts"));
    assert_eq!(list(&elsewhere).0, Vec::<Value>::new());
    let as_note = format!("{}/{}", exports("notes"), ids[0].as_str().unwrap());
    caller.get(&as_note).is(404);
}

#[test]
fn what_an_export_cannot_be_narrowed_by_is_named() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let eq = |field: &str, value: &str| json!({"eq": {"field": field, "value": value}});
    for filters in [
        json!("Curated"),
        json!({"is": {}}),
        json!({"eq": {"field": "ContactClassification"}}),
        eq("ContactClassification", "Nice"),
        eq("Colour", "red"),
        eq("EntityType", "contact"),
        json!({"in": {"field": "SchemaId", "values": []}}),
        json!({"gte": {"field": "SchemaId", "value": "2026-11-23T12:00:30Z"}}),
        json!({"gte": {"field": "CreateDate", "value": "yesterday"}}),
        json!({"and": {}}),
        json!({"eq": {"field": "DivisionId", "value": "*"}, "not": {}}),
        json!({ "or": vec![json!({}); 101] }),
    ] {
        let body = json!({"queryConditions": {"filters": filters}});
        let refused = caller.post(&exports("contacts"), body).is(400);
        assert!(refused.text.contains("filters"), "{}", refused.text);
    }
    for body in [
        json!({"queryConditions": []}),
        json!({"queryConditions": {"limit": 0}}),
        json!({"divisionIds": ["elsewhere"]}),
    ] {
        caller.post(&exports("contacts"), body).is(400);
    }
    let contacts = exports("contacts");
    caller.get(&format!("{contacts}/{NOBODY}")).is(404);
    caller.get(&format!("{contacts}/nonsense")).is(400);
    caller.get(&format!("{contacts}?after=nonsense")).is(400);
    let file = format!("/api/scv/v1/exports/{NOBODY}/file");
    caller.get(&file).is(404);
    for _ in 0..4 {
        half(&place);
    }
    let refused = caller.post(&contacts, json!({})).is(409);
    assert_eq!(refused.code(), "conflict");
}

#[test]
fn an_export_expires_with_its_file() {
    let place = Place::new();
    let account = place.account(AccountKind::Client, "billing", "admin");
    let caller = || Caller {
        place: &place,
        token: Some(place.grant(&account)),
    };
    let early = caller();
    let mill = organization(&early);
    ada(&early, &mill);
    let export = done(&early, "contacts", json!({}));
    let file = path(&early, &export);
    place.wait_ms(23 * HOUR_MS);
    early.get(&file).is(200);
    assert!(0 < parts(&place));
    place.wait_ms(2 * HOUR_MS);
    let late = caller();
    late.get(&file).is(404);
    late.get(export["selfUri"].as_str().unwrap()).is(404);
    let listed = late.get(&exports("contacts")).is(200).json();
    assert_eq!(listed["entities"], json!([]));
    assert_eq!(parts(&place), 0);
}

#[test]
fn an_erasure_takes_every_file_away() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let mill = organization(&caller);
    let made = ada(&caller, &mill);
    let export = done(&caller, "contacts", json!({}));
    let running = half(&place);
    let request =
        json!({"requestType": "GDPR_DELETE", "subject": {"externalContactId": made["id"]}});
    let path_of_requests = "/api/v2/gdpr/requests?deleteConfirmed=true";
    caller.post(path_of_requests, request).is(200);
    assert_eq!(parts(&place), 0);
    let now = caller
        .get(export["selfUri"].as_str().unwrap())
        .is(200)
        .json();
    assert_eq!(
        (&now["status"], now.get("downloadUrl")),
        (&json!("FAILED"), None)
    );
    caller.get(&path(&caller, &export)).is(404);
    // Who writes one meanwhile hears that nobody waits for it.
    let added = place.store.add_export_part(running, "more".to_owned());
    assert!(!place.runtime.block_on(added).unwrap());
    assert_eq!(status(&place, running), ExportStatus::Failed);
    assert_eq!(parts(&place), 0);
}

#[test]
fn the_check_of_a_store_looks_at_exports_too() {
    let place = Place::new();
    let id = half(&place);
    let check = || place.runtime.block_on(place.store.check()).unwrap();
    assert_eq!(check(), Vec::<String>::new());
    let connection = Connection::open(place.store.path()).unwrap();
    let damage = "UPDATE export SET running = 0; INSERT INTO export_part VALUES (99, 0, 'x')";
    connection.execute_batch(damage).unwrap();
    let columns = format!("the columns of export {id} differ from its body");
    let left = "1 parts of files belong to no export".to_owned();
    assert_eq!(check(), [columns, left]);
}

#[test]
fn a_server_that_begins_leaves_no_half_export() {
    let place = Place::new();
    let caller = place.as_role("admin");
    let whole = done(&caller, "contacts", json!({}));
    let id = half(&place);
    let ports = Ports {
        backend: place.backend("nobody", "agent"),
        accounts: Arc::clone(&place.store) as _,
        catalog: Arc::clone(&place.store) as _,
    };
    place.runtime.block_on(async {
        let server = Server::bind(&place.options(), ports).await.unwrap();
        server.run(async {}).await;
    });
    assert_eq!(status(&place, id), ExportStatus::Failed);
    let part = place.store.export_part(id, 0);
    assert_eq!(place.runtime.block_on(part).unwrap(), None);
    caller.get(&path(&caller, &whole)).is(200);
}
