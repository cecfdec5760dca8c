//! What people fill in: fields of new contacts and of rows, and edits.

use std::collections::BTreeSet;

use scv_desk::domain::command::{Edit, Expected};
use scv_desk::domain::{Field, Fields, Value};

use super::generate::Next;
use super::seen::{address, crm, number};
use crate::world::{fields, with_ids};

impl Next<'_> {
    /// A form or a row: a name, a number, perhaps an address and ids.
    pub fn fields(&mut self) -> Fields {
        let mut typed: Vec<(Field, String)> = Vec::new();
        if !self.dice.chance(1, 12) {
            typed.push((
                Field::LastName,
                self.dice.one(&["Nolan", "Byrne"]).to_owned(),
            ));
        }
        let slots = [
            Field::CellPhone,
            Field::WorkPhone,
            Field::HomePhone,
            Field::Whatsapp,
        ];
        for _ in 0..self.dice.below(3) {
            typed.push((self.dice.one(&slots), number(self.dice.below(4))));
        }
        if self.dice.chance(1, 2) {
            let slot = self.dice.one(&[Field::WorkEmail, Field::PersonalEmail]);
            typed.push((slot, address(self.dice.below(3))));
        }
        if self.dice.chance(1, 4) {
            typed.push((Field::City, self.dice.one(&["Cork", "Galway"]).to_owned()));
        }
        let typed: Vec<(Field, &str)> = typed
            .iter()
            .map(|(field, text)| (*field, &**text))
            .collect();
        let ids: Vec<String> = (0..self.dice.below(3))
            .map(|_| crm(self.dice.below(4)))
            .collect();
        let ids: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
        with_ids(fields(&typed), &Vec::from_iter(ids))
    }

    /// What the form of Add to contacts sends: mostly with the names that it asks for.
    pub fn form(&mut self) -> Vec<Edit> {
        let mut edits = self.edits(0);
        if self.dice.chance(1, 8) {
            return edits;
        }
        for (field, name) in [(Field::FirstName, "Efa"), (Field::LastName, "Nolan")] {
            edits.push(Edit {
                field,
                before: Expected::Anything,
                after: Value::read(field, name, None).unwrap(),
            });
        }
        edits
    }

    pub fn edits(&mut self, least: usize) -> Vec<Edit> {
        let count = least + self.dice.below(3);
        (0..count).map(|_| self.edit()).collect()
    }

    fn edit(&mut self) -> Edit {
        let all = [
            Field::FirstName,
            Field::LastName,
            Field::City,
            Field::CellPhone,
            Field::OtherPhone,
            Field::WorkPhone,
            Field::PersonalEmail,
            Field::WorkEmail,
            Field::Whatsapp,
            Field::ExternalIds,
            Field::Organization,
        ];
        let field = self.dice.one(&all);
        let n = self.dice.below(12);
        let text = match field {
            _ if self.dice.chance(1, 4) => String::new(),
            Field::FirstName | Field::LastName => self.dice.one(&["Nolan", "Efa"]).to_owned(),
            Field::City => format!("City {}", n % 3),
            Field::PersonalEmail | Field::WorkEmail => address(n),
            Field::ExternalIds => format!("{} (CRM)", crm(n)),
            Field::Organization => {
                let all: Vec<_> = self
                    .world
                    .organizations()
                    .map(|(id, _)| id.to_string())
                    .collect();
                self.dice.pick(&all).unwrap_or_default()
            }
            _ => number(n),
        };
        let after = Value::read(field, &text, None).unwrap();
        let stale = Value::read(Field::City, "City 0", None).unwrap();
        let exactly = field == Field::City && self.dice.chance(1, 2);
        let before = if exactly {
            Expected::Exactly(stale)
        } else {
            Expected::Anything
        };
        Edit {
            field,
            before,
            after,
        }
    }
}
