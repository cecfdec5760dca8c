//! External organizations: made, changed and deleted by hand or by a program. Contacts belong to them by id.

use serde_json::{Map, Value};

use crate::domain::change::Change;
use crate::domain::command::Action;
use crate::domain::contact::{Organization, OrganizationId};
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::{Plan, Refusal};

use super::Context;
use super::draft::Draft;

/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 1000;
/// Most bytes of everything else that is kept of one.
const REST_BYTES_MAX: usize = 32_000;
/// The member of what is kept besides that tells when it was changed.
const MODIFIED: &str = "modifyDate";

/// Makes an organization.
pub fn create(
    id: OrganizationId,
    name: &str,
    rest: &Map<String, Value>,
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    check(name, rest)?;
    let mut draft = Draft::new(Action::CreateOrganization, context, facts);
    if facts.organization_if_any(&id)?.is_some() {
        return Err(Refusal::Clash(format!("organization {id} is there already")).into());
    }
    let made = Organization {
        id,
        name: name.trim().to_owned(),
        created: context.at,
        rest: stamped(rest, context),
    };
    put(&mut draft, id, None, Some(made));
    draft.finish()
}

/// Replaces everything that is kept of an organization but its id and when it was made.
pub fn edit(
    id: OrganizationId,
    name: &str,
    rest: &Map<String, Value>,
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    check(name, rest)?;
    let mut draft = Draft::new(Action::EditOrganization, context, facts);
    let before = known(id, facts)?;
    let after = Organization {
        name: name.trim().to_owned(),
        rest: stamped(rest, context),
        ..before.clone()
    };
    let unstamped = |rest: &Map<String, Value>| {
        let mut rest = rest.clone();
        rest.remove(MODIFIED);
        rest
    };
    if before.name != after.name || unstamped(&before.rest) != unstamped(&after.rest) {
        put(&mut draft, id, Some(before), Some(after));
    }
    draft.finish()
}

/// Deletes an organization that no contact belongs to.
pub fn delete(id: OrganizationId, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::DeleteOrganization, context, facts);
    facts.want([FactKey::Organization(id), FactKey::MembersOf(id)])?;
    let before = known(id, facts)?;
    if let Some(member) = facts.members_of(&id)?.first() {
        return Err(Refusal::InUse(*member).into());
    }
    put(&mut draft, id, Some(before), None);
    draft.finish()
}

fn known(id: OrganizationId, facts: &Facts) -> Result<Organization, Halt> {
    let known = facts.organization_if_any(&id)?.clone();
    known.ok_or_else(|| Refusal::OrganizationGone(id).into())
}

fn put(
    draft: &mut Draft,
    id: OrganizationId,
    before: Option<Organization>,
    after: Option<Organization>,
) {
    let (before, after) = (before.map(Box::new), after.map(Box::new));
    let change = Change::Organization { id, before, after };
    draft.plan.changes.push(change);
}

fn stamped(rest: &Map<String, Value>, context: &Context) -> Map<String, Value> {
    let mut rest = rest.clone();
    rest.insert(MODIFIED.to_owned(), context.at.to_string().into());
    rest
}

fn check(name: &str, rest: &Map<String, Value>) -> Result<(), Refusal> {
    let bad = |what: String| Err(Refusal::BadValue(what));
    let name = name.trim();
    if name.is_empty() {
        return bad("an organization needs a name".to_owned());
    }
    if NAME_CHARS_MAX < name.chars().count() {
        return bad(format!(
            "the name is longer than {NAME_CHARS_MAX} characters"
        ));
    }
    if name.chars().any(char::is_control) {
        return bad("the name holds a control character".to_owned());
    }
    let bytes: usize = rest.iter().map(|(_, value)| value.to_string().len()).sum();
    match bytes <= REST_BYTES_MAX {
        true => Ok(()),
        false => bad(format!(
            "more than {REST_BYTES_MAX} bytes are to be kept of the organization"
        )),
    }
}
