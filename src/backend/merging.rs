//! What a merge would make of its inputs, line by line, wherever they were read.

use std::collections::BTreeMap;

use super::view::PreviewLine;
use crate::domain::Fields;
use crate::domain::contact::{Contact, ContactId, ContactType, OrganizationId};
use crate::domain::field::{FIELDS, Field};
use crate::engine::merge;

/// The type of the result (`design/rules.md` §6): Curated if any input is, else Identified if any.
pub(super) fn kind(inputs: &[Contact]) -> ContactType {
    let kinds = inputs.iter().map(|contact| contact.kind);
    kinds.max().unwrap_or(ContactType::Ephemeral)
}

/// A line for each field that an input or the result has.
pub(super) fn lines(
    inputs: &[Contact],
    result: &Fields,
    chosen: &BTreeMap<Field, ContactId>,
    organization: &impl Fn(OrganizationId) -> Option<String>,
) -> Vec<PreviewLine> {
    let shown = |fields: &Fields, field: Field| {
        let value = fields.get(field)?;
        let named = fields.organization.filter(|_| field == Field::Organization);
        Some(
            named
                .and_then(organization)
                .unwrap_or_else(|| value.shown(field)),
        )
    };
    let mut lines = Vec::new();
    for spec in FIELDS {
        let sides = inputs
            .iter()
            .map(|one| shown(&one.fields, spec.field).unwrap_or_default());
        let sides: Vec<String> = sides.collect();
        let result = shown(result, spec.field).unwrap_or_default();
        if sides.iter().all(String::is_empty) && result.is_empty() {
            continue;
        }
        let winner = merge::winner(spec.field, inputs, chosen).map(|(id, _)| id);
        let taken = winner.and_then(|id| inputs.iter().position(|contact| contact.id == id));
        lines.push(PreviewLine {
            field: spec.field,
            sides,
            result,
            taken,
        });
    }
    lines
}
