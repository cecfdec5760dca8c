//! The seal of a stored body: SQLite has no sums of its pages, so a bit that flips in a value would be read as
//! another value. JSON is stored with a line after it that holds its sum, and is looked at whenever it is read.
//!
//! It is no protection against people; the journal's chain is.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::column::{Json, json};
use super::fault::{Fault, Step};

/// Between the JSON and its sum: no JSON that is written in one line has it.
const END: u8 = b'\n';
/// One letter for four bits: digits could be taken for those of a number that somebody looks for.
const LETTERS: &[u8; 16] = b"abcdefghijklmnop";
const SUM_BYTES: usize = 16;

/// A value as JSON with its seal, with room for `bytes` at first.
pub fn sealed(value: &impl Serialize, bytes: usize) -> Step<Json> {
    let mut json = json(value, bytes)?;
    let sum = letters(sum(json.as_bytes()));
    json.push(END);
    sum.into_iter().for_each(|letter| json.push(letter));
    Ok(json)
}

/// The value of a sealed text. One without a seal is of an older schema, and taken as it is.
pub fn opened<T: DeserializeOwned>(text: &str) -> Step<T> {
    let Some((body, sealed)) = text.rsplit_once(char::from(END)) else {
        return Ok(serde_json::from_str(text)?);
    };
    match sealed.as_bytes() == letters(sum(body.as_bytes())) {
        true => Ok(serde_json::from_str(body)?),
        false => Err(Fault::Damaged(
            "a stored value is not what was written".to_owned(),
        )),
    }
}

/// What a row that was looked for by an id holds; an index that leads elsewhere would show another person.
pub fn of_id<T>(found: T, is_of_id: impl Fn(&T) -> bool) -> Step<T> {
    match is_of_id(&found) {
        true => Ok(found),
        false => Err(Fault::Damaged("an index leads to another row".to_owned())),
    }
}

/// A sum of 64 bits.
///
/// Invariant: each step is one to one in the sum so far and in its eight bytes, so whatever happens to eight
/// of them shows.
fn sum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let words = words
        .iter()
        .chain([&last])
        .map(|word| u64::from_le_bytes(*word));
    words.fold(bytes.len() as u64, |sum, word| {
        (sum ^ word)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29)
    })
}

fn letters(sum: u64) -> [u8; SUM_BYTES] {
    std::array::from_fn(|index| LETTERS[(sum >> (4 * index)) as usize & 15])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_that_flips_is_seen() {
        let value = vec!["Efa Byrne, +353861234567".to_owned(), "~\n~".to_owned()];
        let text = String::from_utf8(sealed(&value, 0).unwrap().as_bytes().to_vec()).unwrap();
        assert_eq!(opened::<Vec<String>>(&text).unwrap(), value);
        for at in 0..text.len() {
            for bit in 0..8 {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                if let Ok(text) = String::from_utf8(bytes) {
                    assert!(opened::<Vec<String>>(&text).is_err(), "{text}");
                }
            }
        }
    }

    #[test]
    fn what_an_older_schema_wrote_is_read() {
        assert_eq!(opened::<Vec<u8>>("[1,2]").unwrap(), [1, 2]);
    }
}
