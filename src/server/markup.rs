//! Pages for people: one look, no script, nothing that a page of somebody else could put there.

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};

use super::call::Answer;

/// What a page may do: show itself.
const POLICY: &str =
    "default-src 'none'; style-src 'sha256-STYLE'; frame-ancestors 'none'; base-uri 'none'";
/// How the pages look. The policy names its hash.
const STYLE: &str = "body{font:1.1rem/1.5 sans-serif;margin:2rem auto;padding:0 1rem;max-width:80rem}\
    form{max-width:24rem}label{display:block;margin-top:1rem}\
    input,button{font:inherit;width:100%;box-sizing:border-box;padding:.5rem}button{margin-top:1.5rem}\
    [role=alert]{border-left:.3rem solid;padding-left:.7rem}\
    table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.2rem .6rem;border:1px solid}";

/// A page.
pub fn document(status: u16, title: &str, body: &str) -> Answer {
    let title = escaped(title);
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
        <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
        <title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    );
    let hash = Base64::encode_string(&Sha256::digest(STYLE.as_bytes()));
    let mut answer = Answer::page(status, page);
    answer.headers = vec![
        ("content-security-policy", POLICY.replace("STYLE", &hash)),
        ("referrer-policy", "no-referrer".to_owned()),
        ("x-frame-options", "DENY".to_owned()),
    ];
    answer
}

/// A text that cannot end the place it stands in.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}
