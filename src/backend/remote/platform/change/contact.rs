//! Contacts: made, edited, added to the contacts, merged, deleted; and identifiers that they hold.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::super::super::Trouble;
use super::super::PlatformBackend;
use super::super::done::{Back, Deed};
use super::super::names::Names;
use super::super::people::path;
use super::{Sent, bare, change};
use crate::backend::view::{Brief, HistoryDetail};
use crate::domain::command::{Action, Edit, Expected, Outcome, Remark, Sure};
use crate::domain::contact::{Contact, ContactId, Fields};
use crate::domain::conversation::ConversationId;
use crate::domain::field::{FIELDS, Field, FieldSpec, LISTS, Value as Held};
use crate::domain::{Identifier, Moment, Refusal};
use crate::wire::contact::{Answered, fields_json, held_json};
use crate::wire::identifier;

const CONTACTS: &str = "/api/v2/externalcontacts/contacts";
/// A contact with exactly the fields that were sent, made no longer ago than this, is the one that was sent:
/// clocks differ a little.
const MADE_WITHIN_MS: i64 = 5 * 60 * 1000;

impl PlatformBackend {
    pub(super) async fn edit(
        &self,
        contact: ContactId,
        edits: Vec<Edit>,
    ) -> Result<Outcome, Trouble> {
        if edits.is_empty() {
            return Err(Refusal::NothingToDo.into());
        }
        let before = self.known(contact).await?;
        let after = self.edited(&before, &edits).await?;
        let id = before.contact.id;
        let fields: Vec<(Field, Option<Held>, Option<Held>)> = edits
            .iter()
            .map(|edit| {
                let was = before.contact.fields.get(edit.field);
                (edit.field, was, after.fields.get(edit.field))
            })
            .filter(|(_, was, is)| was != is)
            .collect();
        if fields.is_empty() {
            return Err(Refusal::NothingToDo.into());
        }
        let name = Brief::of(&before.contact).in_words();
        let mut outcome = self.over(Deed {
            contact: Some(id),
            details: details(&name, &fields),
            back: Some(Back::Edit(id, fields)),
            ..Deed::new(Action::Edit, format!("edited {name}"))
        });
        if id != contact {
            outcome.remarks.push(Remark::OnCanonical {
                asked: contact,
                canonical: id,
            });
        }
        Ok(outcome)
    }

    /// Sends edits; the contact as it is then. What somebody else changed meanwhile is not written over.
    pub(super) async fn edited(
        &self,
        before: &Answered,
        edits: &[Edit],
    ) -> Result<Contact, Trouble> {
        for edit in edits {
            expected(edit, &before.contact.fields)?;
        }
        let names = self.all_names().await?;
        let changes: Result<Vec<Value>, Trouble> =
            edits.iter().map(|edit| patch(edit, &names)).collect();
        let path = path(before.contact.id);
        let call = change(Method::PATCH, &path, json!({ "changes": changes? }));
        let made = || async {
            let now = self.known(before.contact.id).await?;
            let is_made = edits
                .iter()
                .all(|edit| now.contact.fields.get(edit.field) == edit.after);
            Ok(is_made.then_some(now))
        };
        match self.send(&call, made).await? {
            Sent::Answered(value) => Ok(self.understood(value, &names)?.contact),
            Sent::Found(person) => Ok(person.contact),
        }
    }

    pub(super) async fn promote(
        &self,
        contact: ContactId,
        edits: Vec<Edit>,
    ) -> Result<Outcome, Trouble> {
        let before = self.known(contact).await?;
        let mut remarks = Vec::new();
        if before.contact.is_curated() {
            remarks.push(Remark::AlreadyCurated);
        }
        let mut fields = before.contact.fields.clone();
        for edit in &edits {
            fields.set(edit.field, edit.after.clone());
        }
        named(&fields)?;
        // The fields first: a kept contact without a name would be worse than a name on one that is not kept.
        if !edits.is_empty() {
            self.edited(&before, &edits).await?;
        }
        let id = before.contact.id;
        let path = format!("{}/promotion", path(id));
        let call = bare(Method::POST, &path);
        let made = || async {
            let now = self.known(id).await?;
            Ok(now.contact.is_curated().then_some(now))
        };
        self.send(&call, made).await?;
        let name = fields.full_name();
        let deed = Deed {
            contact: Some(id),
            ..Deed::new(Action::Promote, format!("added {name} to the contacts"))
        };
        let mut outcome = self.over(deed);
        outcome.remarks.extend(remarks);
        Ok(outcome)
    }

    pub(super) async fn create(
        &self,
        fields: Fields,
        link: Option<ConversationId>,
    ) -> Result<Outcome, Trouble> {
        named(&fields)?;
        let linked = match link {
            Some(conversation) => Some(self.talk(conversation).await?),
            None => None,
        };
        let names = self.all_names().await?;
        let begun = self.now();
        let mut body = fields_json(&fields, None);
        if let Some(ids) = body.get_mut("externalIds") {
            names.number_sources(ids).map_err(no_source)?;
        }
        let call = change(Method::POST, CONTACTS, body.into());
        let made = || self.made_since(&fields, begun);
        let contact = match self.send(&call, made).await? {
            Sent::Answered(value) => self.understood(value, &names)?.contact,
            Sent::Found(contact) => contact,
        };
        let name = contact.fields.full_name();
        let before = linked.as_ref().map(|talk| (talk.id, talk.contact));
        if let Some(talk) = &linked
            && let Err(trouble) = self.associate(talk, Some(contact.id)).await
        {
            let why =
                format!("{name} was made, but the conversation is not linked to it: {trouble}");
            return Err(Trouble::Broken(why));
        }
        Ok(self.over(Deed {
            contact: Some(contact.id),
            conversation: link,
            back: Some(Back::Create {
                contact: contact.id,
                fields: Box::new(contact.fields),
                linked: before,
            }),
            ..Deed::new(Action::Create, format!("made the new contact {name}"))
        }))
    }

    /// The contact that was made of these fields lately, where one was.
    async fn made_since(&self, fields: &Fields, since: Moment) -> Result<Option<Contact>, Trouble> {
        let since = since.plus_ms(-MADE_WITHIN_MS);
        let mut found = Vec::new();
        for identifier in fields.identifiers() {
            found.extend(self.holder(&identifier).await?.map(|one| one.contact));
            found.extend(self.users_of(&identifier).await?);
        }
        for hit in self.find(&fields.full_name(), 25, 0).await?.hits {
            found.extend(self.person(hit.contact).await?.map(|one| one.contact));
        }
        let is_it = |one: &Contact| since <= one.created && one.fields == *fields;
        Ok(found.into_iter().find(is_it))
    }

    pub(super) async fn merge(
        &self,
        ids: Vec<ContactId>,
        takes: Vec<(Field, ContactId)>,
        sure: Sure,
    ) -> Result<Outcome, Trouble> {
        let inputs = self.inputs(&ids, &takes).await?;
        if let (Sure::AskedOnce, Some(warning)) = (sure, inputs.warnings().first()) {
            return Err(Refusal::AskTwice(warning.clone()).into());
        }
        let heads = inputs.ids();
        let mut body = json!({ "contactIds": heads });
        let mut chosen = fields_json(&inputs.overriding(), None);
        chosen.retain(|_, value| !value.is_null());
        if !chosen.is_empty() {
            body["valueOverride"] = chosen.into();
        }
        let path = format!("{CONTACTS}/merge");
        let call = change(Method::POST, &path, body);
        let made = || async {
            let first = heads
                .first()
                .copied()
                .unwrap_or(ContactId(uuid::Uuid::nil()));
            let now = self.known(first).await?;
            let is_made = heads.iter().all(|id| now.set.contains(id));
            Ok(is_made.then_some(now))
        };
        let names = self.all_names().await?;
        let contact = match self.send(&call, made).await? {
            Sent::Answered(value) => self.understood(value, &names)?.contact,
            Sent::Found(person) => person.contact,
        };
        Ok(self.over(Deed {
            contact: Some(contact.id),
            ..Deed::new(
                Action::Merge,
                format!("merged {}", merge_words(&inputs.called())),
            )
        }))
    }

    pub(super) async fn delete(&self, contact: ContactId) -> Result<Outcome, Trouble> {
        let before = self.known(contact).await?;
        let name = Brief::of(&before.contact).in_words();
        self.remove(before.contact.id).await?;
        Ok(self.over(Deed {
            contact: Some(before.contact.id),
            ..Deed::new(Action::Delete, format!("deleted {name}"))
        }))
    }

    pub(super) async fn remove(&self, contact: ContactId) -> Result<(), Trouble> {
        let path = path(contact);
        let call = bare(Method::DELETE, &path);
        let made = || async {
            let now = self.person(contact).await?;
            Ok(now.is_none().then_some(()))
        };
        self.send(&call, made).await.map(drop)
    }

    pub(super) async fn claim(
        &self,
        contact: ContactId,
        identifier: Identifier,
    ) -> Result<Outcome, Trouble> {
        self.hold("Claim", contact, &identifier).await?;
        Ok(self.over(Deed {
            contact: Some(contact),
            back: Some(Back::Claim(contact, identifier.clone())),
            ..Deed::new(Action::Claim, format!("claimed {identifier}"))
        }))
    }

    pub(super) async fn release(
        &self,
        contact: ContactId,
        identifier: Identifier,
    ) -> Result<Outcome, Trouble> {
        self.hold("Release", contact, &identifier).await?;
        Ok(self.over(Deed {
            contact: Some(contact),
            back: Some(Back::Release(contact, identifier.clone())),
            ..Deed::new(Action::Release, format!("released {identifier}"))
        }))
    }

    /// Claims an identifier for a contact, or releases it there.
    pub(super) async fn hold(
        &self,
        operation: &str,
        contact: ContactId,
        one: &Identifier,
    ) -> Result<(), Trouble> {
        let names = self.all_names().await?;
        let mut list = json!([identifier::to_json(one, None)]);
        names.number_sources(&mut list).map_err(no_source)?;
        let body = json!({"operation": operation, "identifier": list[0].take()});
        let path = format!("{}/identifiers", path(contact));
        let call = change(Method::PATCH, &path, body);
        let is_claim = operation == "Claim";
        let made = || async {
            let now = self.known(contact).await?;
            Ok((now.identifiers.contains(one) == is_claim).then_some(()))
        };
        self.send(&call, made).await.map(drop)
    }

    /// A contact that must be there.
    pub(super) async fn known(&self, contact: ContactId) -> Result<Answered, Trouble> {
        let person = self.person(contact).await?;
        Ok(person.ok_or(Refusal::NoContact(contact))?)
    }
}

fn no_source(name: String) -> Trouble {
    Trouble::Broken(format!(
        "the external source {name:?} is not there; make it on Genesys Cloud's own pages first"
    ))
}

/// First and last name are required of who is kept (`design/rules.md` §5).
fn named(fields: &Fields) -> Result<(), Refusal> {
    let mut lacking = vec![Field::FirstName, Field::LastName];
    lacking.retain(|field| fields.get(*field).is_none());
    match lacking.is_empty() {
        true => Ok(()),
        false => Err(Refusal::NameRequired(lacking)),
    }
}

fn spec(field: Field) -> Option<&'static FieldSpec> {
    FIELDS.iter().chain(&LISTS).find(|spec| spec.field == field)
}

/// Refuses where a field is no longer what the person saw.
fn expected(edit: &Edit, fields: &Fields) -> Result<(), Refusal> {
    let now = fields.get(edit.field);
    match &edit.before {
        Expected::Anything => Ok(()),
        Expected::Exactly(before) if *before == now => Ok(()),
        Expected::Exactly(_) => Err(Refusal::ChangedMeanwhile {
            field: spec(edit.field)
                .map_or("the field", |spec| spec.label)
                .into(),
            // The API does not say who changed it.
            by: "somebody".to_owned(),
            now: now.map(|value| value.shown(edit.field)).unwrap_or_default(),
        }),
    }
}

/// A change of one member.
fn patch(edit: &Edit, names: &Names) -> Result<Value, Trouble> {
    let path = spec(edit.field).map_or("", |spec| spec.api);
    let field = format!("$.{path}");
    let Some(value) = edit.after.clone() else {
        return Ok(json!({"field": field, "action": "Remove"}));
    };
    let mut value = match value {
        Held::ExternalIds(_) | Held::AppleIds(_) => {
            let mut fields = Fields::default();
            fields.set(edit.field, Some(value));
            fields_json(&fields, None).remove(path).unwrap_or_default()
        }
        value => held_json(edit.field, value, None),
    };
    if edit.field == Field::ExternalIds {
        names.number_sources(&mut value).map_err(no_source)?;
    }
    Ok(json!({"field": field, "action": "Update", "value": value}))
}

fn details(of: &str, fields: &[(Field, Option<Held>, Option<Held>)]) -> Vec<HistoryDetail> {
    let shown = |field: Field, value: &Option<Held>| value.as_ref().map(|value| value.shown(field));
    let details = fields.iter().map(|(field, before, after)| HistoryDetail {
        of: of.to_owned(),
        what: spec(*field).map_or_else(String::new, |spec| spec.label.to_owned()),
        before: shown(*field, before),
        after: shown(*field, after),
    });
    details.collect()
}

/// `Efa Byrne, Ann Lee and Bo`.
fn merge_words(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
