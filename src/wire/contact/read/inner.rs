//! An object inside of a contact: its members with their types, and what is wrong with them.

use std::cell::RefCell;

use serde_json::Value;

use super::super::super::member::Object;
use super::super::super::problem::Problem;

/// An object inside of a contact.
pub struct Inner<'v> {
    path: String,
    object: Option<&'v Object>,
    wrong: RefCell<Vec<Problem>>,
}

impl<'v> Inner<'v> {
    /// Opens an object; members other than the known ones are wrong.
    pub fn of(path: &str, value: &'v Value, known: &[&str]) -> Self {
        let inner = Self {
            path: path.to_owned(),
            object: value.as_object(),
            wrong: RefCell::default(),
        };
        match inner.object {
            None => inner.push(path, format!("must be an object with {}", known.join(", "))),
            Some(object) => {
                for name in object.keys().filter(|name| !known.contains(&name.as_str())) {
                    let path = format!("{path}.{name}");
                    inner.push(
                        &path,
                        "the contract has no such member; leave it out".to_owned(),
                    );
                }
            }
        }
        inner
    }

    pub fn value(&self, name: &str) -> Option<&'v Value> {
        self.object?.get(name).filter(|value| !value.is_null())
    }

    pub fn text(&self, name: &str) -> Option<String> {
        let value = self.value(name)?;
        match value.as_str() {
            Some(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            None => self.wrong(name, "must be a text"),
        }
    }

    pub fn number(&self, name: &str) -> Option<u32> {
        let value = self.value(name)?;
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        number.or_else(|| self.wrong(name, "it is a whole number"))
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        let value = self.value(name)?;
        value
            .as_bool()
            .or_else(|| self.wrong(name, "it is true or false"))
    }

    fn wrong<T>(&self, name: &str, why: &str) -> Option<T> {
        self.push(&format!("{}.{name}", self.path), why.to_owned());
        None
    }

    fn push(&self, member: &str, why: String) {
        let member = member.to_owned();
        self.wrong.borrow_mut().push(Problem { member, why });
    }

    pub fn take_wrong(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.wrong.borrow_mut())
    }
}
