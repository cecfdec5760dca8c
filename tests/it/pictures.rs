//! Pictures of the real screens, which the program itself makes of its demo. `UPDATE=1` writes them to
//! `assets/screenshots`; without it the test sees that each shows what it is a picture of.

use std::fs;
use std::path::{Path, PathBuf};

use super::cli::scv;

/// Each picture, and words that are on it.
const PICTURES: [(&str, &[&str]); 8] = [
    ("main", &["Efa Byrne", "Byrne &amp; Daughters", "DEMO"]),
    ("why", &["Why this contact?"]),
    ("search", &["Find a contact", "Claire"]),
    ("merge", &["the result", "j.ortega@example.com"]),
    ("help", &["Merge with another contact"]),
    ("unknown", &["Suggested", "Luana Ferreira"]),
    ("add", &["Add to contacts", "Luana"]),
    ("small", &["Efa Byrne", "Profile"]),
];

fn written_to(dir: &Path) -> String {
    let done = scv()
        .args(["demo", "--screenshot"])
        .arg(dir)
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{complaint}");
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn the_demo_draws_its_screens() {
    let temporary = tempfile::tempdir().unwrap();
    let dir = match std::env::var_os("UPDATE") {
        Some(_) => [env!("CARGO_MANIFEST_DIR"), "assets/screenshots"]
            .iter()
            .collect::<PathBuf>(),
        None => temporary.path().join("new/pictures"),
    };
    let said = written_to(&dir);
    for (name, words) in PICTURES {
        let path = dir.join(name).with_extension("svg");
        assert!(said.contains(&path.display().to_string()), "{said}");
        let svg = fs::read_to_string(&path).unwrap();
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        for word in words {
            assert!(svg.contains(word), "{word:?} is not in {name}.svg");
        }
    }
}
