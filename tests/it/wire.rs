//! The Platform API's JSON and the import's CSV, in and out.

mod contact;
mod conversation;
mod course;
mod csv;
mod hostile;
mod ingest;
mod journey;
mod organization;
mod visit;

use serde_json::Value;

/// A file under `tests/fixtures/wire`.
fn fixture(name: &str) -> Value {
    serde_json::from_str(&fixture_text(name)).unwrap()
}

fn fixture_text(name: &str) -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    std::fs::read_to_string(format!("{root}/tests/fixtures/wire/{name}")).unwrap()
}
