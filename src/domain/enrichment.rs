//! Enrichment: what is brought in of a person, how the contact is found, and what wins where both have a value.

use serde::{Deserialize, Serialize};

use super::contact::Fields;
use super::field::Field;
use super::identifier::Identifier;

/// What is brought in of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Enrichment {
    /// What the person may be known by, looked up in this order.
    pub matching: Vec<Identifier>,
    pub doing: Doing,
    /// A field that is not here counts as null.
    pub fields: Fields,
    pub rules: FieldRules,
    /// A contact that was found becomes Curated.
    pub promotes: bool,
}

/// What is done with whom the identifiers lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Doing {
    /// Everybody who is found becomes one contact, which is changed; nobody found is made.
    Merge,
    /// The first who is found is changed; nobody found is made.
    Upsert,
    /// The first who is found is changed; refused when nobody is.
    Update,
    /// A contact is made; refused when somebody is found.
    Insert,
}

/// Whose value stays in a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wins {
    /// What is brought in, where it has a value.
    #[default]
    Provided,
    /// What is known, where it has a value.
    Existing,
    /// What is brought in, even if that is nothing.
    Always,
}

/// What becomes of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Joining {
    /// What is brought in comes behind what is known, as long as there is room.
    #[default]
    Fill,
    /// The same, refused when there is no room for all of it.
    Extend,
    /// What is brought in alone.
    Replace,
}

/// How fields are combined: by default, and of single fields otherwise. Of several rules for a field the last counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldRules {
    pub wins: Wins,
    pub joining: Joining,
    pub own_wins: Vec<(Field, Wins)>,
    pub own_joining: Vec<(Field, Joining)>,
}

impl FieldRules {
    /// Whose value stays in a field.
    pub fn wins(&self, field: Field) -> Wins {
        last_of(&self.own_wins, field).unwrap_or(self.wins)
    }

    /// What becomes of a list.
    pub fn joining(&self, field: Field) -> Joining {
        last_of(&self.own_joining, field).unwrap_or(self.joining)
    }
}

fn last_of<T: Copy>(rules: &[(Field, T)], field: Field) -> Option<T> {
    let mut own = rules.iter().rev().filter(|(of, _)| *of == field);
    own.next().map(|(_, rule)| *rule)
}
