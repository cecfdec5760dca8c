//! `scv contact show`: a contact with what belongs to it.

use clap::Args;

use super::super::at::{self, At};
use super::super::lookup::{self, Resolved};
use super::super::output::{Format, Output};
use super::super::session::Session;
use super::super::table;
use super::super::trouble::Exit;
use crate::backend::local::LocalBackend;
use crate::backend::view::{Expires, Past, Profile, Whose};
use crate::backend::{Backend, Trouble};
use crate::domain::contact::{Contact, ContactId};
use crate::domain::conversation::Trust;
use crate::domain::field::FIELDS;
use crate::domain::{Field, Permission};

#[derive(Debug, Args)]
pub struct Show {
    /// Id of the contact
    contact: ContactId,
    /// The record with exactly this id, not the one it was merged into
    #[arg(long, conflicts_with = "at")]
    unresolved: bool,
    #[command(flatten)]
    at: At,
}

impl Show {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        session.need(Permission::ContactView)?;
        let backend = session.open_reading()?;
        if let Some(at) = self.at.moment(session)? {
            let past = backend.past(Whose::Contact(self.contact), at).await?;
            return stood(&past, session, output);
        }
        let store = backend.store().as_ref();
        let resolved = match self.unresolved {
            true => Resolved::Exact,
            false => Resolved::Canonical,
        };
        let contact = lookup::asked(&backend, self.contact, resolved).await?;
        session.record_look(contact.id).await?;
        if output.format() == Format::Json {
            output.json(&lookup::external_contact(store, &contact).await?)?;
            return Ok(Exit::Done);
        }
        if contact.id != self.contact {
            output.line(&self.merged(&backend, &contact, session).await?)?;
        }
        let mut profile = backend.profile(contact.id).await?;
        if self.unresolved && contact.is_ancestor() {
            // The profile is the canonical contact's; the raw record has fields of its own and no claims.
            profile.claims.clear();
            profile.rivals.clear();
        }
        fields(&contact, &profile, output)?;
        relations(&contact, &profile, session, output)?;
        notes(&profile, session, output)?;
        Ok(Exit::Done)
    }
}

impl Show {
    /// That another contact is shown than the one that was asked for, and why.
    async fn merged(
        &self,
        backend: &LocalBackend,
        shown: &Contact,
        session: &Session,
    ) -> Result<String, Trouble> {
        let asked = lookup::asked(backend, self.contact, Resolved::Exact).await?;
        let (who, shows) = (backend.called(&asked).await?, backend.called(shown).await?);
        let turns = backend.merges(self.contact).await?;
        let mut own = turns.into_iter().rev();
        let merged = own.find(|turn| turn.contact.id == self.contact);
        let how = merged.map_or_else(String::new, |turn| {
            let into = turn.into.in_words();
            match turn.done {
                Some(done) => {
                    let at = session.time(done.at);
                    format!(" into {into} on {at} by {} (entry {})", done.by, done.entry)
                }
                None => format!(" into {into}"),
            }
        });
        let (old, new) = (self.contact, shown.id);
        Ok(format!(
            "{who}, contact {old}, was merged{how}; shown is {shows}, contact {new}; --unresolved shows {old}"
        ))
    }
}

/// The contact as it stood, in the same shape.
fn stood(past: &Past, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
    let profile = &past.profile;
    let Some(contact) = &profile.contact else {
        return Err(Trouble::NotFound("the contact".to_owned()).into());
    };
    if output.format() == Format::Json {
        output.json(&lookup::contact_then(past, contact))?;
        return Ok(Exit::Done);
    }
    at::banner(past, session, output)?;
    fields(contact, profile, output)?;
    relations(contact, profile, session, output)?;
    notes(profile, session, output)?;
    Ok(Exit::Done)
}

fn fields(contact: &Contact, profile: &Profile, output: &mut Output) -> anyhow::Result<()> {
    let mut pairs = vec![
        ("id", contact.id.to_string()),
        ("type", contact.kind.name().to_owned()),
    ];
    for spec in FIELDS {
        let value = contact.fields.get(spec.field);
        let shown = match (spec.field, value) {
            (_, None) => continue,
            (Field::Organization, Some(value)) => profile
                .organization
                .clone()
                .unwrap_or(value.shown(spec.field)),
            (field, Some(value)) => value.shown(field),
        };
        pairs.push((spec.label, shown));
    }
    let is_named = !contact.fields.full_name().is_empty();
    if let Some(said) = profile.said().filter(|_| !is_named) {
        pairs.push(("says", said.to_owned()));
    }
    for id in &contact.fields.external_ids {
        pairs.push(("external id", format!("{} ({})", id.value, id.source)));
    }
    if let Some(custom) = &contact.fields.custom {
        for (name, value) in &custom.values {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            pairs.push(("custom field", format!("{name}: {value}")));
        }
    }
    Ok(table::pairs(output, &pairs)?)
}

fn relations(
    contact: &Contact,
    profile: &Profile,
    session: &Session,
    output: &mut Output,
) -> anyhow::Result<()> {
    let mut pairs = vec![
        ("created", session.time(contact.created)),
        ("modified", session.time(contact.modified)),
    ];
    if let Some(expires) = profile.expires {
        let when = match expires {
            Expires::At(moment) => session.time(moment),
            Expires::DaysAfterEnd(days) => format!("{days} days after its open conversation ends"),
        };
        pairs.push(("expires", when));
    }
    for (identifier, trust) in &profile.claims {
        let note = match trust {
            Trust::Verified => "",
            Trust::Typed => ", not verified",
        };
        pairs.push(("identified by", format!("{identifier}{note}")));
    }
    for (rival, identifier) in &profile.rivals {
        let name = rival.called();
        pairs.push((
            "also used by",
            format!("{name} ({identifier}) {}", rival.id),
        ));
    }
    if let Some(into) = contact.merged_to {
        pairs.push(("merged into", into.to_string()));
    }
    for ancestor in &contact.merged_from {
        pairs.push(("merged from", ancestor.to_string()));
    }
    output.line("")?;
    Ok(table::pairs(output, &pairs)?)
}

fn notes(profile: &Profile, session: &Session, output: &mut Output) -> anyhow::Result<()> {
    for note in &profile.notes {
        output.line("")?;
        output.line(&format!(
            "Note of {}, {}:",
            note.author,
            session.time(note.created)
        ))?;
        output.block(&note.text)?;
    }
    Ok(())
}
