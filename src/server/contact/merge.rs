//! Both merges: two contacts by the old rules, and 2 to 25 by the rules of the server.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::call::{Answer, Call};
use super::super::problem::{self, Problem};
use super::list::texts;
use super::shown::{Resolved, find};
use super::{after, edit_to, read_body, source_names, with_organization};
use crate::backend::Backend;
use crate::backend::local::LocalBackend;
use crate::domain::command::{Actor, Command, Expected, Sure};
use crate::domain::contact::{Contact, ContactId};
use crate::domain::field::FIELDS;
use crate::domain::permission::MergeRules;
use crate::domain::{Field, Fields, Permission};
use crate::engine;

/// `POST merge/contacts`: two contacts, never both Curated, whatever the rules of the server.
pub async fn merge_two(call: Call) -> Result<Answer, Problem> {
    let body = call.object()?;
    let id = |name: &str| -> Result<ContactId, Problem> {
        let text = body.get(name).and_then(Value::as_str);
        let text = text.ok_or_else(|| Problem::bad_value(name, "it is required"))?;
        Ok(text.parse()?)
    };
    let contacts = vec![id("sourceContactId")?, id("targetContactId")?];
    let backend = by_old_rules(&call);
    let outcome = backend.run(merging(contacts, Vec::new())).await?;
    after(&call, outcome.contact).await
}

/// Acts for who asks, by the rules that the two-contact merge has whatever those of the server.
fn by_old_rules(call: &Call) -> LocalBackend {
    let (name, role) = call.backend().actor();
    let options = engine::Options {
        merge: MergeRules::Deck,
        ..call.backend().options().clone()
    };
    call.backend()
        .acting(Actor { name, role })
        .ruled_by(options)
}

/// `POST contacts/merge`: 2 to 25 contacts, and values that win over those of all of them.
pub async fn merge(call: Call) -> Result<Answer, Problem> {
    let body = call.object()?;
    let ids = texts(&body, "contactIds")?;
    let ids: Result<Vec<ContactId>, _> = ids.iter().map(|id| id.parse()).collect();
    let ids = ids?;
    let wanted = match body.get("valueOverride") {
        None | Some(Value::Null) => Fields::default(),
        Some(value) => {
            let sources = source_names(&call).await?;
            let body = read_body(call.backend(), value, &sources)?;
            with_organization(call.backend(), body).await?
        }
    };
    let (takes, rest) = choices(&call, &ids, &wanted).await?;
    // Nothing is done half: who may not edit hears so before anything is merged.
    if !rest.is_empty() {
        problem::need(call.may(Permission::ContactEdit), Permission::ContactEdit)?;
    }
    let outcome = call.backend().run(merging(ids, takes)).await?;
    let Some(contact) = outcome.contact.filter(|_| !rest.is_empty()) else {
        return after(&call, outcome.contact).await;
    };
    let edits = rest.into_iter();
    let edits = edits.map(|field| edit_to(field, Expected::Anything, &wanted));
    let command = Command::Edit {
        contact,
        edits: edits.collect(),
    };
    let outcome = call.backend().run(command).await?;
    after(&call, outcome.contact).await
}

fn merging(contacts: Vec<ContactId>, takes: Vec<(Field, ContactId)>) -> Command {
    Command::Merge {
        contacts,
        takes,
        sure: Sure::AskedOnce,
    }
}

/// Which contact each wanted value is taken from, and the fields whose wanted value none of them has.
async fn choices(
    call: &Call,
    ids: &[ContactId],
    wanted: &Fields,
) -> Result<(Vec<(Field, ContactId)>, BTreeSet<Field>), Problem> {
    let mut inputs: Vec<(ContactId, Contact)> = Vec::new();
    if *wanted != Fields::default() {
        for id in ids {
            let contact = find(call.site.store(), *id, Resolved::Canonical).await?;
            inputs.push((*id, contact));
        }
    }
    let (mut takes, mut rest) = (Vec::new(), BTreeSet::new());
    for field in FIELDS.iter().map(|spec| spec.field) {
        let Some(value) = wanted.get(field) else {
            continue;
        };
        let mut holders = inputs.iter();
        match holders.find(|(_, one)| one.fields.get(field).as_ref() == Some(&value)) {
            Some((id, _)) => takes.push((field, *id)),
            None => {
                rest.insert(field);
            }
        }
    }
    let lists = [Field::ExternalIds, Field::AppleIds];
    rest.extend(
        lists
            .into_iter()
            .filter(|field| wanted.get(*field).is_some()),
    );
    match wanted.custom {
        None => Ok((takes, rest)),
        Some(_) => Err(Problem::unserved_part("a value override of custom fields")),
    }
}
