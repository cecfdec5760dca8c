//! What somebody is called: the same words in every list.

/// Nobody named the contact and no conversation gives a name.
pub const UNNAMED: &str = "(not known)";

/// The name of a contact, else what its conversation says, else that it is not known.
pub fn called(name: &str, says: Option<&str>) -> String {
    let said = says.map(str::trim).filter(|said| !said.is_empty());
    match (name.trim(), said) {
        ("", Some(said)) => format!("says {said}"),
        ("", None) => UNNAMED.to_owned(),
        (name, _) => name.to_owned(),
    }
}
