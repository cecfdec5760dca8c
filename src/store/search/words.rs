//! The words under which a document can be found, each with the letters of the fields that it came from.

use super::document::{Document, FieldKind};
use super::fold::{Letter, fold, is_letter, is_unspaced, is_word_letter, may_begin};

/// Letters of a word that count; the rest is cut, in documents as in queries.
pub(super) const WORD_LETTERS_MAX: usize = 96;
/// Begin the words of phone numbers, so that they are not taken for one another or for other digits.
pub(super) const NATIONAL: char = '\u{1}';
pub(super) const INTERNATIONAL: char = '\u{2}';
/// Begins the digits of a number from its last to its first, so that its end can be looked for as a beginning.
pub(super) const BACKWARDS: char = '\u{3}';
/// Endings of a run of unspaced script that are indexed.
const ENDINGS_MAX: usize = 64;
/// Second-level labels that say nothing of whose domain it is.
const COMMON_LABELS: [&str; 10] = [
    "ac", "co", "com", "edu", "gob", "gov", "ne", "net", "or", "org",
];

/// Words are kept apart by what they are: those of names rank first, codes are never misspelt words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Space {
    Names,
    /// Words of organizations, addresses and ids: letters and digits only.
    Words,
    /// Whole addresses, domains, ids with their signs, phone numbers.
    Codes,
}

impl Space {
    pub(super) const ALL: [Self; 3] = [Self::Names, Self::Words, Self::Codes];

    pub(super) fn at(self) -> usize {
        self as usize
    }
}

type Visit<'a> = &'a mut dyn FnMut(Space, &[Letter]);

/// Calls `visit` with each word of the document; some may come more than once.
pub(super) fn each_word(document: &Document, visit: Visit<'_>) {
    let mut letters = Vec::with_capacity(64);
    for (at, (kind, text)) in document.fields.iter().enumerate() {
        letters.clear();
        fold(text, u16::try_from(at).unwrap_or(u16::MAX), &mut letters);
        match kind {
            FieldKind::Given | FieldKind::Family | FieldKind::Middle => {
                plain_words(Space::Names, &letters, visit);
            }
            FieldKind::Organization => plain_words(Space::Words, &letters, visit),
            FieldKind::Email => address_words(&letters, visit),
            FieldKind::PhoneInternational => {
                number_word(INTERNATIONAL, letters.iter(), visit);
                number_word(BACKWARDS, before_extension(&letters).iter().rev(), visit);
            }
            FieldKind::PhoneNational => number_word(NATIONAL, letters.iter(), visit),
            FieldKind::PhoneTyped | FieldKind::City => {}
            FieldKind::ExternalId => code_words(&letters, visit),
        }
    }
    full_name_words(document, visit);
}

/// The parts of a text: runs of word letters, those of unspaced scripts apart from others.
pub(super) fn parts(letters: &[Letter]) -> impl Iterator<Item = &[Letter]> {
    letters
        .chunk_by(|before, after| kind_of(before.folded) == kind_of(after.folded))
        .filter(|run| is_word_letter(run[0].folded))
}

/// The texts between white space.
pub(super) fn chunks(letters: &[Letter]) -> impl Iterator<Item = &[Letter]> {
    letters
        .split(|letter| letter.folded.is_whitespace())
        .filter(|chunk| !chunk.is_empty())
}

/// The letters of several parts as one word, `None` where that is no new word.
pub(super) fn joined(parts: &[&[Letter]]) -> Option<Vec<Letter>> {
    let plain = parts.iter().all(|part| !is_unspaced(part[0].folded));
    (parts.len() > 1 && plain).then(|| parts.concat())
}

/// The text from its first to its last word letter, signs in between included.
pub(super) fn trimmed(chunk: &[Letter]) -> &[Letter] {
    let is_word = |letter: &Letter| is_word_letter(letter.folded);
    let start = chunk.iter().position(is_word).unwrap_or(chunk.len());
    let end = chunk
        .iter()
        .rposition(is_word)
        .map_or(start, |last| last + 1);
    &chunk[start..end]
}

/// The folded text of letters, cut to what counts.
pub(super) fn text_of(letters: &[Letter]) -> String {
    letters
        .iter()
        .take(WORD_LETTERS_MAX)
        .map(|letter| letter.folded)
        .collect()
}

fn kind_of(c: char) -> (bool, bool) {
    (is_word_letter(c), is_unspaced(c))
}

fn plain_words(space: Space, letters: &[Letter], visit: Visit<'_>) {
    for chunk in chunks(letters) {
        let found: Vec<&[Letter]> = parts(chunk).collect();
        for part in &found {
            part_words(space, part, visit);
        }
        if let Some(word) = joined(&found) {
            visit(space, cut(&word));
        }
    }
}

/// A part is a word; in an unspaced script each of its endings is one, so that any piece can be found.
fn part_words(space: Space, part: &[Letter], visit: Visit<'_>) {
    if !is_unspaced(part[0].folded) {
        return visit(space, cut(part));
    }
    for start in (0..part.len().min(ENDINGS_MAX)).filter(|at| may_begin(part[*at].folded)) {
        visit(space, cut(&part[start..]));
    }
}

/// The whole address, its domain, the words of both; top-level labels are left out.
fn address_words(letters: &[Letter], visit: Visit<'_>) {
    let tight: Vec<Letter> = without_space(letters);
    let whole = trimmed(&tight);
    if whole.is_empty() {
        return;
    }
    visit(Space::Codes, cut(whole));
    let Some(at) = whole.iter().rposition(|letter| letter.folded == '@') else {
        return parts(whole).for_each(|part| part_words(Space::Words, part, visit));
    };
    let (local, domain) = (&whole[..at], &whole[at + 1..]);
    parts(local).for_each(|part| part_words(Space::Words, part, visit));
    let labels: Vec<&[Letter]> = domain.split(|letter| letter.folded == '.').collect();
    if labels.len() > 1 {
        visit(Space::Codes, cut(domain));
    }
    for label in telling(&labels) {
        parts(label).for_each(|part| part_words(Space::Words, part, visit));
    }
}

/// Labels that say whose domain it is: `acme` of `acme.com` and of `acme.co.uk`.
fn telling<'a, 'b>(labels: &'b [&'a [Letter]]) -> &'b [&'a [Letter]] {
    let [most @ .., _] = labels else {
        return labels;
    };
    match most {
        [] => labels,
        [owners @ .., last] if !owners.is_empty() && is_common(last) => owners,
        owners => owners,
    }
}

fn is_common(label: &[Letter]) -> bool {
    COMMON_LABELS.contains(&text_of(label).as_str())
}

/// The number without its extension, which stands behind a word such as `ext.` and is no end of the number.
fn before_extension(letters: &[Letter]) -> &[Letter] {
    let end = letters.iter().position(|letter| is_letter(letter.folded));
    &letters[..end.unwrap_or(letters.len())]
}

fn number_word<'a>(folded: char, letters: impl Iterator<Item = &'a Letter>, visit: Visit<'_>) {
    let digits = letters.filter(|letter| letter.folded.is_ascii_digit());
    let mut word: Vec<Letter> = digits.copied().collect();
    if let Some(first) = word.first().copied() {
        word.insert(
            0,
            Letter {
                folded,
                end: first.start,
                ..first
            },
        );
        visit(Space::Codes, cut(&word));
    }
}

/// An external id: its parts, with its signs and without.
fn code_words(letters: &[Letter], visit: Visit<'_>) {
    let found: Vec<&[Letter]> = parts(letters).collect();
    for part in &found {
        part_words(Space::Words, part, visit);
    }
    if let Some(word) = joined(&found) {
        visit(Space::Words, cut(&word));
    }
    for chunk in chunks(letters).map(trimmed) {
        if parts(chunk).nth(1).is_some() {
            visit(Space::Codes, cut(chunk));
        }
    }
}

/// A Chinese, Japanese or Korean name is typed in one run: family and given name together, in both orders.
fn full_name_words(document: &Document, visit: Visit<'_>) {
    let field = |kind| document.fields.iter().position(|(found, _)| *found == kind);
    let (Some(family), Some(given)) = (field(FieldKind::Family), field(FieldKind::Given)) else {
        return;
    };
    // The common case must not fold twice.
    if document.fields[family].1.is_ascii() || document.fields[given].1.is_ascii() {
        return;
    }
    let [family, given] = [family, given].map(|at| {
        let mut letters = Vec::new();
        fold(&document.fields[at].1, at as u16, &mut letters);
        without_space(&letters)
    });
    let unspaced = |letters: &[Letter]| {
        !letters.is_empty() && letters.iter().all(|letter| is_unspaced(letter.folded))
    };
    if unspaced(&family) && unspaced(&given) {
        for (first, second) in [(&family, &given), (&given, &family)] {
            let name = [first.as_slice(), second.as_slice()].concat();
            // Endings within the second part are its own words already.
            for start in (0..first.len()).filter(|at| may_begin(first[*at].folded)) {
                visit(Space::Names, cut(&name[start..]));
            }
        }
    }
}

fn without_space(letters: &[Letter]) -> Vec<Letter> {
    let kept = letters
        .iter()
        .filter(|letter| !letter.folded.is_whitespace());
    kept.copied().collect()
}

fn cut(word: &[Letter]) -> &[Letter] {
    &word[..word.len().min(WORD_LETTERS_MAX)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(fields: &[(FieldKind, &str)]) -> Vec<String> {
        let fields = fields
            .iter()
            .map(|(kind, text)| (*kind, (*text).to_owned()))
            .collect();
        let document = Document {
            contact: [0; 16],
            fields,
        };
        let mut found = Vec::new();
        each_word(&document, &mut |_, word| found.push(text_of(word)));
        found.sort();
        found.dedup();
        found
    }

    #[test]
    fn names_give_parts_and_the_joined_word() {
        assert_eq!(
            words(&[(FieldKind::Family, "O’Brien-Ó Sé")]),
            ["brien", "o", "obrieno", "se"]
        );
    }

    #[test]
    fn an_address_gives_itself_its_domain_and_their_words() {
        let found = words(&[(FieldKind::Email, "John.Smith@mail.acme.co.uk")]);
        let expect = [
            "acme",
            "john",
            "john.smith@mail.acme.co.uk",
            "mail",
            "mail.acme.co.uk",
            "smith",
        ];
        assert_eq!(found, expect);
        assert_eq!(
            words(&[(FieldKind::Email, "a@b.com")]),
            ["a", "a@b.com", "b", "b.com"]
        );
    }

    #[test]
    fn numbers_and_codes() {
        let phone = [
            (FieldKind::PhoneInternational, "353861234567"),
            (FieldKind::PhoneNational, "861234567"),
            (FieldKind::PhoneTyped, "+353 86 123 4567"),
        ];
        assert_eq!(
            words(&phone),
            ["\u{1}861234567", "\u{2}353861234567", "\u{3}765432168353"]
        );
        let extended = [(FieldKind::PhoneInternational, "+353 1 234 5678 ext. 99")];
        assert!(words(&extended).contains(&"\u{3}87654321353".to_owned()));
        assert_eq!(
            words(&[(FieldKind::ExternalId, "CRM-001")]),
            ["001", "crm", "crm-001", "crm001"]
        );
    }

    #[test]
    fn unspaced_names_give_endings_and_both_orders() {
        let found = words(&[(FieldKind::Family, "清水"), (FieldKind::Given, "太郎")]);
        let mut expect = vec![
            "清水",
            "水",
            "太郎",
            "郎",
            "清水太郎",
            "水太郎",
            "太郎清水",
            "郎清水",
        ];
        expect.sort_unstable();
        assert_eq!(found, expect);
        assert_eq!(
            words(&[(FieldKind::Organization, "ABC株式")]),
            ["abc", "式", "株式"]
        );
    }
}
