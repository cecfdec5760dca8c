//! Add to contacts, and New contact (`design/rules.md` §2, §5).

use crate::domain::command::{Action, Claiming, Edit, Remark};
use crate::domain::contact::{ContactId, ContactType, Fields, Origin};
use crate::domain::conversation::ConversationId;
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::field::Field;
use crate::domain::reason::ClaimOrigin;
use crate::domain::{Plan, Refusal};

use super::draft::Draft;
use super::{Context, claims, edit, limits, link};

/// What a contact that is added to the contacts is called by.
const NAMES: [Field; 2] = [Field::FirstName, Field::LastName];

/// Turns an Ephemeral or Identified contact into a Curated one; the id stays. A Curated contact is not
/// changed by promotion itself, only by the edits that came along. First and last name are required.
pub fn promote(
    id: ContactId,
    edits: &[Edit],
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::Promote, context, facts);
    let before = draft.act_on(id)?;
    draft.plan.contact = Some(before.id);
    if before.is_curated() {
        draft.remark(Remark::AlreadyCurated);
    }
    let mut after = before.clone();
    edit::apply(&mut after, edits, facts)?;
    if before.is_curated() && after.fields == before.fields {
        return draft.finish();
    }
    check_names(&after.fields)?;
    after.kind = ContactType::Curated;
    edit::save(&mut draft, &before.fields, after, &ClaimOrigin::Edited)?;
    draft.finish()
}

/// Makes a new Curated contact and links the conversation to it when one is given.
pub fn create(
    fields: &Fields,
    conversation: Option<ConversationId>,
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::Create, context, facts);
    if let Some(id) = conversation {
        facts.want([FactKey::Conversation(id)])?;
        facts.conversation(id)?;
    }
    limits::check_fields(fields)?;
    limits::check_organization(fields.get(Field::Organization).as_ref(), facts)?;
    if *fields == Fields::default() {
        return Err(Refusal::NameRequired(NAMES.to_vec()).into());
    }
    limits::check_country(fields.get(Field::CountryCode).as_ref())?;
    let mut contact = draft.new_contact(ContactType::Curated, Origin::Person, fields.clone());
    contact.modified_by = Some(context.actor.name.clone());
    draft.plan.contact = Some(contact.id);
    draft.put(contact.clone());
    // The link comes first: what it leaves with nothing can then go in the same action.
    if let Some(id) = conversation {
        link::attach(&mut draft, id, contact.id, Claiming::Leave)?;
    }
    claims::claim_fields(&mut draft, &contact, &ClaimOrigin::Created)?;
    draft.finish()
}

/// Refuses fields that lack the first or the last name.
fn check_names(fields: &Fields) -> Result<(), Refusal> {
    let is_lacking = |field: &Field| {
        let name = fields.get(*field).map(|value| value.shown(*field));
        name.is_none_or(|name| name.trim().is_empty())
    };
    let lacking: Vec<Field> = NAMES.into_iter().filter(is_lacking).collect();
    match lacking.is_empty() {
        true => Ok(()),
        false => Err(Refusal::NameRequired(lacking)),
    }
}
