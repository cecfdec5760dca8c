//! Looking for what was planted in the bytes of files, however it may be written there.

use std::collections::HashMap;
use std::path::Path;

use super::person::Person;

/// Bytes at the end of a token that are looked for: an index may write the start of a word only once.
const TAIL: usize = 8;
/// Bytes of a number without its country code, and of the end of one that is grouped.
const DIGITS: usize = 9;
const GROUPED: usize = 8;

/// What people left.
#[derive(Default)]
pub struct Trail {
    tails: HashMap<Vec<u8>, String>,
    digits: HashMap<Vec<u8>, String>,
    grouped: HashMap<Vec<u8>, String>,
}

impl Trail {
    pub fn of(people: &[Person]) -> Self {
        let mut trail = Self::default();
        for person in people {
            let token = person.token();
            let tail = token.as_bytes()[token.len() - TAIL..].to_vec();
            trail.tails.insert(tail, token);
            for n in 1..=Person::PHONES {
                let number = person.phone(n);
                // Without the country code, as it is dialled and as it is grouped.
                let national = &number[4..];
                let grouped = format!("{} {}", &national[2..5], &national[5..]);
                trail
                    .digits
                    .insert(national.as_bytes().to_vec(), number.clone());
                trail.grouped.insert(grouped.into_bytes(), number);
            }
        }
        trail
    }

    /// Every find in the files of a directory, one line each.
    pub fn found_in(&self, directory: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(self.found_in(&path));
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let every_other = |first: usize| bytes.iter().skip(first).step_by(2).copied().collect();
            // UTF-16 of either order is UTF-8 in every other byte.
            let streams: [(&str, Vec<u8>); 3] = [
                ("as is", bytes.clone()),
                ("even", every_other(0)),
                ("odd", every_other(1)),
            ];
            for (form, stream) in &streams {
                self.look(&format!("{name} ({form})"), stream, &mut found);
            }
        }
        found
    }

    fn look(&self, place: &str, bytes: &[u8], found: &mut Vec<String>) {
        let lower = bytes.to_ascii_lowercase();
        let mut run = 0;
        for (at, byte) in lower.iter().enumerate() {
            let goes_on = |before: &u8| before.is_ascii_digit() == byte.is_ascii_digit();
            run = match byte.is_ascii_alphanumeric() {
                true if 0 < run && goes_on(&lower[at - 1]) => run + 1,
                true => 1,
                false => 0,
            };
            let mut told = |what: &str, wanted: &HashMap<Vec<u8>, String>, window: &[u8]| {
                if let Some(value) = wanted.get(window) {
                    let around = at.saturating_sub(60)..(at + 60).min(bytes.len());
                    let around = String::from_utf8_lossy(&bytes[around]).into_owned();
                    found.push(format!("{place} {what} {value} at {at}: {around:?}"));
                }
            };
            if TAIL <= run && byte.is_ascii_alphabetic() {
                told("letters", &self.tails, &lower[at + 1 - TAIL..=at]);
            }
            if DIGITS <= run && byte.is_ascii_digit() {
                told("digits", &self.digits, &lower[at + 1 - DIGITS..=at]);
            }
            if GROUPED <= at && run == 4 && lower[at - 4] == b' ' {
                told(
                    "grouped digits",
                    &self.grouped,
                    &lower[at + 1 - GROUPED..=at],
                );
            }
        }
    }
}

#[test]
fn the_trail_is_found_in_every_form() {
    let person = Person::new(42);
    let trail = Trail::of(std::slice::from_ref(&person));
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let number = person.phone(2);
    let forms: [Vec<u8>; 6] = [
        person.last_name().into_bytes(),
        person.last_name().to_uppercase().into_bytes(),
        wide(&person.last_name()),
        number.clone().into_bytes(),
        wide(&number),
        format!("0{} {} {}", &number[4..6], &number[6..9], &number[9..]).into_bytes(),
    ];
    for form in forms {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("x"), &form).unwrap();
        assert!(!trail.found_in(dir.path()).is_empty(), "{form:?}");
    }
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("x"), Person::new(43).last_name()).unwrap();
    assert_eq!(trail.found_in(dir.path()), Vec::<String>::new());
}
