//! *Why?* in plain sentences, with the evidence beside them (`design/rules.md` §4, §7).

mod contact;
mod not;

use std::collections::BTreeSet;

use super::super::view::Explanation;
use super::profile::brief;
use super::{LocalBackend, Trouble};
use crate::domain::contact::Contact;
use crate::domain::conversation::{Channel, ConversationId, Direction, Trust};
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::identifier::Identifier;
use crate::domain::moment::Moment;
use crate::domain::reason::{Claim, ClaimOrigin, Reason, Rule};
use crate::domain::{ConversationRecord, Refusal};
use crate::engine::shared;
use crate::store::{EntryFilter, Only};

/// Most entries of a contact that are looked through for the one that claimed.
const ENTRIES_MAX: usize = 200;

impl LocalBackend {
    pub(super) async fn explain(
        &self,
        conversation: ConversationId,
    ) -> Result<Explanation, Trouble> {
        let record = self.store.conversation(conversation).await?;
        let record = record.ok_or(Refusal::NoConversation(conversation))?;
        let reason = record.link.reason.clone();
        let mut ids = vec![record.link.contact];
        ids.extend(reason.claim.as_ref().map(|claim| claim.contact));
        ids.extend(reason.rivals.iter().copied());
        let people = self.people(ids).await?;
        let contact = people.get(&record.link.contact);
        let name = |id| {
            people
                .get(&id)
                .map_or_else(|| "a contact that is gone".to_owned(), called)
        };
        let mut sentences = vec![self.decided(&record, contact)];
        if let (Some(one), Some(claim)) = (reason.deciding(), &reason.claim) {
            let (what, who) = (capital(&one.identifier.to_string()), name(claim.contact));
            sentences.push(self.claimed(&what, &who, claim).await?);
            if one.trust == Trust::Typed {
                sentences.push("The visitor typed it: it is not verified.".to_owned());
            }
        }
        sentences.extend(self.marks(&reason).await?);
        sentences.push(format!(
            "Rule: {} (version {}).",
            rule_words(&reason),
            reason.version
        ));
        for rival in &reason.rivals {
            sentences.push(format!(
                "{} holds another identifier of this conversation.",
                name(*rival)
            ));
        }
        Ok(Explanation {
            sentences,
            contact: contact.map(brief),
            claim_origin: reason.claim.as_ref().map(|claim| claim.origin.clone()),
            reason,
        })
    }

    /// What happened, in one sentence.
    fn decided(&self, record: &ConversationRecord, contact: Option<&Contact>) -> String {
        let conversation = &record.conversation;
        let reason = &record.link.reason;
        let what = match conversation.direction {
            Direction::Inbound => format!(
                "The {} of {}",
                word(conversation.channel),
                self.time(conversation.start)
            ),
            Direction::Outbound => {
                format!(
                    "The outbound {} of {}",
                    word(conversation.channel),
                    self.time(conversation.start)
                )
            }
        };
        let who = contact.map_or_else(|| "a contact that is gone".to_owned(), called);
        let by = reason.actor.as_deref().unwrap_or("a rule");
        match reason.rule {
            Rule::FirstClaimed => {
                let given = reason
                    .deciding()
                    .map(|one| one.identifier.to_string())
                    .unwrap_or_default();
                format!("{what} came with {given}, so it was linked to {who}.")
            }
            Rule::NoClaim => format!(
                "{what} came with nothing that anybody had claimed, so a new contact was made."
            ),
            Rule::NothingProvided => {
                format!("{what} came without any identifier, so it got a contact of its own.")
            }
            Rule::SwitchedOff => {
                format!(
                    "Resolution is switched off for {}: {what} got a contact of its own.",
                    word(conversation.channel)
                )
            }
            Rule::SharedOnly => {
                format!(
                    "{what} came with an identifier that several people share, so nobody was linked."
                )
            }
            Rule::ByPerson => format!("{by} linked it to {who} on {}.", self.time(reason.at)),
            Rule::Unmerged => {
                let at = self.time(reason.at);
                let why = match reason.deciding() {
                    Some(one) => format!(", whose {} it came with", one.identifier),
                    None => String::new(),
                };
                format!("{by} took a merge back on {at}, and it went to {who}{why}.")
            }
            Rule::Unlinked => format!(
                "{by} unlinked it on {}, so it is on a fresh contact.",
                self.time(reason.at)
            ),
        }
    }

    /// When the identifier was claimed and by what, as truthfully as it is known: what came with a
    /// conversation was claimed when that was ingested, which may be long after it was.
    async fn claimed(&self, what: &str, who: &str, claim: &Claim) -> Result<String, Trouble> {
        let day = self.day(claim.at);
        let of = match &claim.origin {
            ClaimOrigin::Conversation(id) => {
                let known = self.store.conversation(*id).await?;
                known.map(|record| {
                    let conversation = &record.conversation;
                    let when = self.time(conversation.start);
                    format!("the {} of {when}", word(conversation.channel))
                })
            }
            ClaimOrigin::Visit(id) => {
                let question = |facts: &Facts| facts.visit_if_any(id).cloned();
                let known = self.ask(Facts::default(), question).await?.0;
                known.map(|record| format!("the web visit of {}", self.time(record.visit.start)))
            }
            origin => {
                let by = self.who_claimed(claim).await?;
                let by = by.map_or_else(String::new, |name| format!(" by {name}"));
                let how = came_from(origin);
                return Ok(format!("{what} was claimed by {who} on {day} ({how}{by})."));
            }
        };
        let of = of.unwrap_or_else(|| "an earlier interaction that is gone".to_owned());
        Ok(format!(
            "{what} came with {of}, and was claimed by {who} when that was ingested on {day}."
        ))
    }

    /// Who did what a claim came from, if the journal still has it.
    async fn who_claimed(&self, claim: &Claim) -> Result<Option<String>, Trouble> {
        let filter = EntryFilter {
            contact: Some(claim.contact),
            by_people: Only::Narrowed,
            limit: ENTRIES_MAX,
            ..EntryFilter::default()
        };
        let entries = self.store.entries(filter).await?.into_iter();
        let made = entries.into_iter().find(|entry| entry.at == claim.at);
        Ok(made.map(|entry| entry.actor))
    }

    /// Which identifiers of the conversation are marked as shared, by whom and since when.
    async fn marks(&self, reason: &Reason) -> Result<Vec<String>, Trouble> {
        let question = |facts: &Facts| {
            let keys = reason
                .provided
                .iter()
                .map(|one| shared::key(&one.identifier));
            let keys: BTreeSet<Identifier> = keys.collect();
            facts.want(keys.iter().cloned().map(FactKey::Shared))?;
            let marks = keys.iter().map(|key| Ok(facts.shared(key)?.clone()));
            marks.collect::<Result<Vec<_>, Halt>>()
        };
        let marks = self.ask(Facts::default(), question).await?.0;
        let sentences = marks.into_iter().flatten().map(|mark| {
            let (what, day) = (capital(&mark.identifier.to_string()), self.day(mark.at));
            let by = mark.by;
            format!("{what} was marked as shared by {by} on {day}: it suggests and never links.")
        });
        Ok(sentences.collect())
    }

    fn day(&self, moment: Moment) -> String {
        moment
            .timestamp()
            .to_zoned_datetime(self.zone.clone())
            .strftime("%-d %b %Y")
            .to_string()
    }

    pub(super) fn time(&self, moment: Moment) -> String {
        moment
            .timestamp()
            .to_zoned_datetime(self.zone.clone())
            .strftime("%-d %b %Y %H:%M")
            .to_string()
    }
}

/// The name of a contact, else what stands for it.
pub(super) fn called(contact: &Contact) -> String {
    let name = contact.fields.full_name();
    if !name.is_empty() {
        return name;
    }
    let detail = brief(contact).detail;
    if detail.is_empty() {
        "a contact without a name".to_owned()
    } else {
        format!("the contact of {detail}")
    }
}

pub(super) fn came_from(origin: &ClaimOrigin) -> String {
    match origin {
        ClaimOrigin::Conversation(_) => "a conversation came with it".to_owned(),
        ClaimOrigin::Visit(_) => "a web visit came with it".to_owned(),
        ClaimOrigin::Created => "the contact was made with it".to_owned(),
        ClaimOrigin::Edited => "the contact was edited".to_owned(),
        ClaimOrigin::Import(batch) => format!("CSV import #{batch}"),
        ClaimOrigin::Explicit => "somebody claimed it by hand".to_owned(),
        ClaimOrigin::Taken(_) => "taken over from another contact".to_owned(),
        ClaimOrigin::Offered(_) => "another contact let it go".to_owned(),
        ClaimOrigin::Merged(_) => "it came with a merge".to_owned(),
    }
}

/// The rule in words.
pub(super) fn rule_words(reason: &Reason) -> &'static str {
    match reason.rule {
        Rule::FirstClaimed => "the first identifier that is claimed decides",
        Rule::NoClaim => "no identifier is claimed, so a new contact is made",
        Rule::NothingProvided => {
            "without an identifier every conversation has a contact of its own"
        }
        Rule::SwitchedOff => "the channel is not resolved",
        Rule::SharedOnly => "a shared identifier suggests and never links",
        Rule::ByPerson => "a person's word stands above the rules",
        Rule::Unmerged => "what came after a merge goes to one side when it is taken back",
        Rule::Unlinked => "an unlinked conversation gets a fresh contact that claims nothing",
    }
}

pub(super) fn word(channel: Channel) -> &'static str {
    match channel {
        Channel::Whatsapp => "WhatsApp message",
        Channel::Sms => "SMS",
        Channel::Facebook => "Facebook message",
        Channel::Twitter => "X message",
        Channel::Line => "LINE message",
        Channel::Instagram => "Instagram message",
        Channel::Apple => "Apple message",
        Channel::Open => "message",
        Channel::WebMessaging => "web message",
        Channel::Other => "conversation",
        Channel::Call | Channel::Callback | Channel::Email | Channel::Chat => channel.word(),
        Channel::Cobrowse | Channel::Video | Channel::Web => channel.word(),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
