//! Addresses and names of the person outside as sessions carry them: schemes off, withheld ones out. Whether
//! an address is an identifier is the engine's to say.

use crate::domain::Channel;

use super::channel::plain;

/// Words that stand for a withheld or missing address, letters only. The digits are *anonymous* as it is
/// dialled on a keypad: carriers send them as the number of a withheld caller.
const WITHHELD: [&str; 17] = [
    "anonymous",
    "anonymousinvalid",
    "blocked",
    "callerunknown",
    "idunavailable",
    "nocallerid",
    "none",
    "notavailable",
    "null",
    "privat",
    "private",
    "restricted",
    "unavailable",
    "undefined",
    "unknown",
    "withheld",
    "266696687",
];

/// The address in a member of a session; none when it is withheld. A mail may have gone to several people:
/// the first is who the conversation is with, and the others must not become the same person.
pub fn clean(text: &str, channel: Channel) -> Option<String> {
    let text = match channel == Channel::Email && text.contains('@') {
        // A comma may also stand inside a name: `Byrne, Efa <efa@example.org>`.
        true => text
            .split([';', ','])
            .find(|piece| piece.contains('@'))
            .unwrap_or(text),
        false => text,
    };
    let text = bracketed(text.trim(), channel);
    let bare = without_scheme(text);
    let bare = match channel == Channel::Whatsapp {
        true => without_plus(&bare),
        false => bare,
    };
    let bare = bare.trim().to_owned();
    (!is_withheld(&bare)).then_some(bare)
}

/// `<address>` of `Name <address>`, as mail programs write it.
fn bracketed(text: &str, channel: Channel) -> &str {
    let inner = || {
        let (_, after) = text.split_once('<')?;
        after.strip_suffix('>').map(str::trim)
    };
    match channel == Channel::Email {
        true => inner().filter(|inner| !inner.is_empty()).unwrap_or(text),
        false => text,
    }
}

/// Takes `tel:`, `sip:`, `mailto:` and the like off, with the parameters of the URI.
fn without_scheme(text: &str) -> String {
    let Some((scheme, after)) = text.split_once(':') else {
        return text.to_owned();
    };
    match scheme.trim().to_ascii_lowercase().as_str() {
        "tel" | "sms" | "callto" => plus(without_parameters(after)),
        "sip" | "sips" => sip_user(without_parameters(after)),
        "mailto" => after.split('?').next().unwrap_or(after).to_owned(),
        "whatsapp" => after.to_owned(),
        // A colon is legal in ids of other systems.
        _ => text.to_owned(),
    }
}

fn without_parameters(text: &str) -> &str {
    text.split([';', '?']).next().unwrap_or(text)
}

/// A plus may come percent-encoded in a URI.
fn plus(text: &str) -> String {
    let text = text.trim_start_matches('/');
    match text.get(..3) {
        Some(sign) if sign.eq_ignore_ascii_case("%2b") => format!("+{}", &text[3..]),
        Some(_) | None => text.to_owned(),
    }
}

/// The user of a SIP address when it is a number or a withheld word, else the whole address.
fn sip_user(text: &str) -> String {
    let user = text.split('@').next().unwrap_or(text);
    let user = plus(user);
    match is_number(&user) || is_withheld(&user) {
        true => user,
        false => text.to_owned(),
    }
}

/// WhatsApp addresses are digits without a plus.
fn without_plus(text: &str) -> String {
    match is_number(text) {
        true => text.chars().filter(char::is_ascii_digit).collect(),
        false => text.to_owned(),
    }
}

/// True for nothing at all and for the words that stand for it.
pub fn is_withheld(text: &str) -> bool {
    let word = plain(text);
    word.is_empty() || WITHHELD.contains(&word.as_str())
}

/// True when a text is digits and what people write between them.
pub fn is_number(text: &str) -> bool {
    let between = |letter: char| " +-.()/\u{a0}".contains(letter);
    text.chars().filter(char::is_ascii_digit).count() >= 3
        && text
            .chars()
            .all(|letter| letter.is_ascii_digit() || between(letter))
}

/// True when a text may be an e-mail address or a phone number.
pub fn is_email_or_number(text: &str) -> bool {
    is_number(text) || (text.contains('@') && !text.contains(char::is_whitespace))
}

/// The name that a participant's name is, if it is one: not a number, an address, an id or a withheld word.
pub fn person_name(text: &str) -> Option<&str> {
    let name = text.trim();
    let bare = without_scheme(name);
    // A name may be all emoji, so it is not judged by its letters alone.
    let is_blank = name.chars().all(|letter| letter.is_ascii_punctuation());
    let is_word = name.is_ascii() && is_withheld(&bare);
    let is_id = name.parse::<uuid::Uuid>().is_ok();
    (!is_blank && !is_word && !is_email_or_number(&bare) && !is_id).then_some(name)
}
