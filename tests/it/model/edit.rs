//! New contact, Add to contacts and edits (§2, §5).

use scv_desk::domain::command::{Edit, Expected};
use scv_desk::domain::contact::Origin;
use scv_desk::domain::reason::ClaimOrigin;
use scv_desk::domain::{
    Contact, ContactId, ContactType, ConversationId, Fields, Permission, Refusal,
};

use super::turn::Turn;
use super::world::carries;
use super::{claims, link, rights};

/// What a field may hold at all: organizations that are there, lists of at most ten.
pub fn check_fields(turn: &Turn<'_>, fields: &Fields) -> Result<(), Refusal> {
    if fields.external_ids.len() > 10 {
        return Err(Refusal::ListFull("external ids".into()));
    }
    if fields.apple_opaque_ids.len() > 10 {
        return Err(Refusal::ListFull("Apple ids".into()));
    }
    match fields.organization {
        Some(id) if turn.world.organization(&id).is_none() => Err(Refusal::NoOrganization),
        _ => Ok(()),
    }
}

pub fn create(
    turn: &mut Turn<'_>,
    fields: &Fields,
    conversation: Option<ConversationId>,
) -> Result<(), Refusal> {
    // The forms ask for first and last name; the API takes anybody of whom something is known.
    if *fields == Fields::default() {
        return Err(Refusal::NameRequired(Vec::new()));
    }
    check_fields(turn, fields)?;
    if let Some(id) = conversation
        && turn.world.tie(id, "").is_none()
    {
        return Err(Refusal::NoConversation(id));
    }
    let mut contact = turn.new_contact(ContactType::Curated, Origin::Person);
    contact.fields = fields.clone();
    turn.put_modified(contact.clone());
    claims::claim_fields(turn, &contact, &ClaimOrigin::Created);
    if let Some(conversation) = conversation {
        link::tie_by_person(turn, conversation, contact.id);
    }
    turn.contact = Some(contact.id);
    Ok(())
}

pub fn edit(turn: &mut Turn<'_>, contact: ContactId, edits: &[Edit]) -> Result<(), Refusal> {
    let may = rights::holds(turn.actor, Permission::IdentityPromote);
    let promotes = turn.settings.promote_on_edit && may;
    let was = turn.head(contact)?;
    turn.contact = Some(was.id);
    let mut contact = edited(turn, &was, edits)?;
    if contact.fields == was.fields {
        return Ok(());
    }
    if promotes {
        contact.kind = ContactType::Curated;
    }
    put_edited(turn, &was, contact);
    Ok(())
}

pub fn promote(turn: &mut Turn<'_>, contact: ContactId, edits: &[Edit]) -> Result<(), Refusal> {
    let was = turn.head(contact)?;
    turn.contact = Some(was.id);
    let mut contact = edited(turn, &was, edits)?;
    contact.kind = ContactType::Curated;
    if contact == was {
        return Ok(());
    }
    // First and last name are required of whoever is added to the contacts (§5).
    let is_named =
        |name: &Option<String>| name.as_ref().is_some_and(|name| !name.trim().is_empty());
    if !is_named(&contact.fields.first_name) || !is_named(&contact.fields.last_name) {
        return Err(Refusal::NameRequired(Vec::new()));
    }
    put_edited(turn, &was, contact);
    Ok(())
}

/// The contact with its edits; refused when somebody changed a field meanwhile.
fn edited(turn: &Turn<'_>, was: &Contact, edits: &[Edit]) -> Result<Contact, Refusal> {
    let mut contact = was.clone();
    for edit in edits {
        let now = contact.fields.get(edit.field);
        let stale = match &edit.before {
            Expected::Anything => false,
            Expected::Exactly(before) => *before != now && edit.after != now,
        };
        if stale {
            return Err(Refusal::ChangedMeanwhile {
                field: edit.field.label().into(),
                by: String::new(),
                now: String::new(),
            });
        }
        contact.fields.set(edit.field, edit.after.clone());
    }
    check_fields(turn, &contact.fields)?;
    Ok(contact)
}

/// An edit releases only a value that one of its fields held before and none holds after, and claims what its
/// fields hold.
pub fn put_edited(turn: &mut Turn<'_>, was: &Contact, mut contact: Contact) {
    for identifier in contact.fields.identifiers() {
        claims::identify(&mut contact, &identifier);
    }
    turn.put_modified(contact.clone());
    let held = was.fields.identifiers();
    for identifier in held.iter().filter(|one| !carries(&contact, one)) {
        let claim = turn.world.claim(identifier);
        if claim.is_some_and(|claim| claim.contact == contact.id) {
            claims::let_go(turn, identifier, contact.id);
        }
    }
    claims::claim_fields(turn, &contact, &ClaimOrigin::Edited);
}
