//! Accounts in messaging channels: each channel has a shape of its own in the contract.

use serde_json::Value;

use crate::domain::Field;
use crate::domain::contact::Social;
use crate::domain::identifier::VALUE_CHARS_MAX;

use super::Walk;
use super::inner::Inner;

/// Most characters of the name of an account.
const DISPLAY_NAME_CHARS_MAX: usize = 100;

impl Walk<'_> {
    /// Reads the account of a channel.
    pub(super) fn social(&mut self, field: Field, path: &str, value: &Value) -> Option<Social> {
        let account = if field == Field::Twitter {
            self.twitter(path, value)
        } else if field == Field::Whatsapp {
            self.whatsapp(path, value)
        } else {
            let member = if field == Field::Line {
                "userId"
            } else {
                "scopedId"
            };
            self.scoped(path, value, member)
        }?;
        let is_long = account.name.as_ref().is_some_and(|name| {
            name.chars().count() > DISPLAY_NAME_CHARS_MAX && field != Field::Twitter
        });
        if account.id.chars().count() > VALUE_CHARS_MAX || is_long {
            self.problem(
                path,
                "the id is longer than 255 or the name than 100 characters",
            );
            return None;
        }
        Some(account)
    }

    fn twitter(&mut self, path: &str, value: &Value) -> Option<Social> {
        let known = ["id", "name", "screenName", "verified", "profileUrl"];
        let mut members = Inner::of(path, value, &known);
        let account = Social {
            id: members.text("id").unwrap_or_default(),
            name: members.text("name"),
            handle: members.text("screenName"),
            profile_url: members.text("profileUrl"),
        };
        self.problems.extend(members.take_wrong());
        if account.id.is_empty() && account.handle.is_none() {
            self.problem(path, "it needs an id or a screenName");
            return None;
        }
        Some(account)
    }

    fn whatsapp(&mut self, path: &str, value: &Value) -> Option<Social> {
        let mut members = Inner::of(path, value, &["phoneNumber", "displayName"]);
        let name = members.text("displayName");
        let number = members.value("phoneNumber").cloned();
        self.problems.extend(members.take_wrong());
        let path = format!("{path}.phoneNumber");
        let Some(number) = number else {
            self.problem(&path, "it is required");
            return None;
        };
        let phone = self.phone(&path, &number)?;
        let id = phone.e164.clone().unwrap_or(phone.display);
        let id = id.trim_start_matches('+').to_owned();
        // Ids that conversations brought may be no possible numbers; they are digits all the same.
        if !id.chars().all(|letter| letter.is_ascii_digit()) {
            self.problem(&path, "it is not a number; write it like +353 86 123 4567");
            return None;
        }
        Some(Social {
            id,
            name,
            ..Social::default()
        })
    }

    /// LINE, Facebook and Instagram: one id in a list, and names beside it.
    fn scoped(&mut self, path: &str, value: &Value, member: &str) -> Option<Social> {
        let mut members = Inner::of(path, value, &["ids", "displayName", "handle"]);
        let (name, handle) = (members.text("displayName"), members.text("handle"));
        let ids = members
            .value("ids")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        self.problems.extend(members.take_wrong());
        let [id] = ids.as_slice() else {
            self.problem(&format!("{path}.ids"), "must be a list of exactly one id");
            return None;
        };
        let Some(id) = id.get(member).and_then(Value::as_str).map(str::trim) else {
            self.problem(
                &format!("{path}.ids"),
                format!("its one element needs {member}"),
            );
            return None;
        };
        if id.is_empty() {
            self.problem(&format!("{path}.ids"), format!("its {member} is empty"));
            return None;
        }
        Some(Social {
            id: id.to_owned(),
            name,
            handle,
            ..Social::default()
        })
    }
}
