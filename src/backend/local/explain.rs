//! *Why?* in plain sentences, with the evidence beside them (`design/rules.md` §4, §7).

mod contact;
mod not;

use super::super::view::Explanation;
use super::profile::brief;
use super::{LocalBackend, Trouble};
use crate::domain::contact::Contact;
use crate::domain::conversation::{Channel, ConversationId, Direction, Trust};
use crate::domain::moment::Moment;
use crate::domain::reason::{Claim, ClaimOrigin, Reason, Rule};
use crate::domain::{ConversationRecord, Refusal};

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
            sentences.push(format!(
                "{} was claimed by {} on {} ({}).",
                capital(&one.identifier.to_string()),
                name(claim.contact),
                self.day(claim.at),
                came_from(claim),
            ));
            if one.trust == Trust::Typed {
                sentences.push("The visitor typed it: it is not verified.".to_owned());
            }
        }
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
            Rule::Unlinked => format!(
                "{by} unlinked it on {}, so it is on a fresh contact.",
                self.time(reason.at)
            ),
        }
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
fn called(contact: &Contact) -> String {
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

fn came_from(claim: &Claim) -> String {
    match &claim.origin {
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
        Rule::Unlinked => "an unlinked conversation gets a fresh contact that claims nothing",
    }
}

fn word(channel: Channel) -> &'static str {
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
