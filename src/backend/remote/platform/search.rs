//! The API's own search over contacts. It does not say what it matched, so that is looked for in what is
//! shown.

use std::ops::Range;

use serde_json::Value;

use super::super::super::Trouble;
use super::super::super::view::{Brief, SearchHit, SearchResult};
use super::PlatformBackend;
use super::ask::entities;
use crate::domain::contact::Contact;

const CONTACTS: &str = "/api/v2/externalcontacts/contacts";
/// Largest page, and how far a search can be paged through (`design/rules.md` §10).
const PAGE_MAX: usize = 100;
const WINDOW_MAX: usize = 1000;

impl PlatformBackend {
    pub(super) async fn find(
        &self,
        text: &str,
        limit: usize,
        offset: usize,
    ) -> Result<SearchResult, Trouble> {
        let size = limit.clamp(1, PAGE_MAX);
        let number = offset / size + 1;
        if text.trim().is_empty() || WINDOW_MAX < number * size {
            return Ok(SearchResult::default());
        }
        let query = vec![
            ("q", text.trim().to_owned()),
            ("pageSize", size.to_string()),
            ("pageNumber", number.to_string()),
        ];
        let mut page = self.get(CONTACTS, query).await?;
        let total = page
            .get("total")
            .and_then(Value::as_u64)
            .unwrap_or_default();
        let names = self.all_names().await?;
        let found = entities(&mut page).into_iter();
        let read = found.filter_map(|one| self.understood(one, &names).ok());
        let hits: Vec<SearchHit> = read.map(|one| hit(&one.contact, text)).collect();
        let total = usize::try_from(total).unwrap_or(usize::MAX).max(hits.len());
        Ok(SearchResult {
            hits,
            total,
            of: total,
        })
    }
}

fn hit(contact: &Contact, text: &str) -> SearchHit {
    let brief = Brief::of(contact);
    let detail = detail(contact, text).unwrap_or(brief.detail);
    SearchHit {
        contact: contact.id,
        name_matched: matched(&brief.name, text),
        detail_matched: matched(&detail, text),
        name: brief.name,
        detail,
        place: contact.fields.city.clone(),
        by_typo: false,
    }
}

/// The address or number that holds what was typed.
fn detail(contact: &Contact, text: &str) -> Option<String> {
    let fields = &contact.fields;
    let phones = fields.phones().into_iter();
    let phones = phones.filter_map(|(_, phone)| phone.map(|one| one.display.clone()));
    let emails = fields.emails().into_iter();
    let emails = emails.filter_map(|(_, email)| email.map(str::to_owned));
    let ids = fields.external_ids.iter().map(|id| id.value.clone());
    let mut all = phones.chain(emails).chain(ids);
    all.find(|one| !matched(one, text).is_empty())
}

/// Where the words of a text begin words of another, whatever their case; digits wherever they are grouped
/// alike.
fn matched(whole: &str, text: &str) -> Vec<Range<usize>> {
    let words: Vec<Vec<char>> = text.split_whitespace().map(lower).collect();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut before = ' ';
    for (at, letter) in whole.char_indices() {
        let begins = !before.is_alphanumeric() && letter.is_alphanumeric();
        before = letter;
        let is_covered = found.last().is_some_and(|range| at < range.end);
        if !begins || is_covered {
            continue;
        }
        let here = whole.get(at..).unwrap_or_default();
        let longest = words.iter().filter_map(|word| begun(here, word)).max();
        found.extend(longest.map(|length| at..at + length));
    }
    found
}

fn lower(word: &str) -> Vec<char> {
    word.chars()
        .flat_map(char::to_lowercase)
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

/// How many bytes of a text a word covers that it begins with.
fn begun(text: &str, word: &[char]) -> Option<usize> {
    let mut wanted = word.iter().peekable();
    for (at, letter) in text.char_indices() {
        for low in letter.to_lowercase() {
            match wanted.peek() {
                None => return Some(at),
                Some(next) if **next == low => {
                    wanted.next();
                }
                Some(_) => return None,
            }
        }
    }
    (wanted.peek().is_none() && !word.is_empty()).then_some(text.len())
}

#[cfg(test)]
// A list of one range is what it says here: a match with one part.
#[allow(clippy::single_range_in_vec_init)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_marked_where_a_word_begins_with_it() {
        assert_eq!(matched("Efa Byrne", "by"), [4..6]);
        assert_eq!(matched("Efa Byrne", "EFA byrne"), [0..3, 4..9]);
        assert_eq!(matched("Ruby", "by"), Vec::<Range<usize>>::new());
        assert_eq!(matched("Ünal", "ün"), [0..3]);
        assert_eq!(matched("Efa", ""), Vec::<Range<usize>>::new());
    }
}
