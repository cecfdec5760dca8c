//! One option for every field of a contact, made from the table of fields: `--first-name`, `--cell-phone`,
//! `--city`. An empty value takes the value away.

use clap::{Arg, ArgMatches, Command, Error, FromArgMatches};

use super::trouble::Usage;
use crate::domain::field::{FIELDS, FieldSpec, Shape};
use crate::domain::phone::is_region;
use crate::domain::{Field, Value};

/// Heading of these options in the help.
const HEADING: &str = "Fields";

/// What was typed for fields, in the order of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldFlags(Vec<(Field, String)>);

impl FieldFlags {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of the organization, which only a store can turn into an id.
    pub fn organization(&self) -> Option<&str> {
        let found = self
            .0
            .iter()
            .find(|(field, _)| *field == Field::Organization);
        found.map(|(_, typed)| typed.as_str())
    }

    /// The values of every field but the organization; `None` takes a value away. `region` is for phones, after
    /// the country code on the same command line.
    pub fn values(&self, region: Option<&str>) -> Result<Vec<(Field, Option<Value>)>, Usage> {
        let country = self
            .0
            .iter()
            .find(|(field, _)| *field == Field::CountryCode);
        let country = country
            .map(|(_, code)| code.trim())
            .filter(|code| is_region(code));
        let region = country.or(region);
        let typed = self
            .0
            .iter()
            .filter(|(field, _)| *field != Field::Organization);
        typed
            .map(|(field, typed)| {
                let value =
                    Value::read(*field, typed, region).map_err(|bad| Usage(bad.to_string()))?;
                Ok((*field, value))
            })
            .collect()
    }
}

impl FromArgMatches for FieldFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let typed = FIELDS.iter().filter_map(|spec| {
            let value: &String = matches.get_one(spec.api)?;
            Some((spec.field, value.clone()))
        });
        Ok(Self(typed.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl clap::Args for FieldFlags {
    fn augment_args(command: Command) -> Command {
        command.args(FIELDS.iter().map(arg))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// The option's name: the last part of the API's, in kebab case.
pub fn name(spec: &FieldSpec) -> String {
    let last = spec.api.rsplit('.').next().unwrap_or(spec.api);
    let mut name = String::new();
    for letter in last.chars() {
        if letter.is_ascii_uppercase() {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

fn arg(spec: &FieldSpec) -> Arg {
    let value = match spec.shape {
        Shape::Text(_) => "TEXT",
        Shape::Phone => "NUMBER",
        Shape::Email => "ADDRESS",
        Shape::Social => "ID",
        Shape::Organization => "NAME",
        Shape::Flag => "yes|no",
        Shape::ExternalIds | Shape::AppleIds => "LIST",
    };
    let arg = Arg::new(spec.api)
        .long(name(spec))
        .value_name(value)
        .help(format!("The {}", spec.label))
        .help_heading(HEADING)
        .allow_hyphen_values(true);
    match spec.field {
        Field::Organization => arg.aliases(["organization", "company"]),
        Field::Whatsapp => arg.alias("whatsapp-id"),
        _ => arg,
    }
}
