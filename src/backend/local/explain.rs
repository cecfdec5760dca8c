//! *Why?* in plain sentences, with the evidence beside them (`design/rules.md` §4, §7).

mod chain;
mod contact;
mod not;
mod turned;

use std::collections::{BTreeMap, BTreeSet};

use super::super::view::{Brief, Claimed, Explanation};
use super::{LocalBackend, Trouble};
use crate::domain::change::Change;
use crate::domain::conversation::{Channel, ConversationId, Direction, Trust};
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::identifier::Identifier;
use crate::domain::moment::Moment;
use crate::domain::reason::{ClaimOrigin, Link, Reason, Rule};
use crate::domain::{ConversationRecord, Refusal};
use crate::engine::shared;
use turned::by;

pub(super) use contact::joined;

/// Most times that a conversation is told to have gone to a side of a merge.
const LINKS_MAX: usize = 8;

impl LocalBackend {
    pub(super) async fn explain(
        &self,
        conversation: ConversationId,
    ) -> Result<Explanation, Trouble> {
        let record = self.store.conversation(conversation).await?;
        let record = record.ok_or(Refusal::NoConversation(conversation))?;
        let reason = record.link.reason.clone();
        let mut sentences = Vec::new();
        let links = self.links(&record).await?;
        for link in &links {
            sentences.extend(self.linked(&record, link).await?);
        }
        let claims = match (reason.deciding(), &reason.claim) {
            (Some(one), Some(claim)) => self.hands(&one.identifier, claim).await?,
            _ => Vec::new(),
        };
        let chain = self.turns(record.link.contact, reason.at).await?;
        sentences.extend(self.turned(&chain));
        let people = self.people(vec![record.link.contact]).await?;
        let contact = match people.get(&record.link.contact) {
            Some(contact) => Some(self.brief_of(contact).await?),
            None => None,
        };
        // Where every merge was taken back, nothing led anywhere else.
        let leads_on = |now: &&Brief| !chain.is_empty() && now.id != record.link.contact;
        if let Some(contact) = contact.as_ref().filter(leads_on) {
            let who = contact.in_words();
            sentences.push(format!("That is why the journey of {who} shows it."));
        }
        if contact.is_none()
            && let Some(gone) = self.became(record.link.contact).await?
        {
            sentences.push(format!("{gone}."));
        }
        sentences.extend(self.marks(&reason).await?);
        if reason.rule == Rule::SharedOnly {
            sentences.extend(self.lifted(&reason).await?);
        }
        sentences.push(format!(
            "Rule: {} (version {}).",
            rule_words(&reason),
            reason.version
        ));
        for rival in &reason.rivals {
            let who = capital(&self.name(*rival).await?);
            sentences.push(format!(
                "{who} holds another identifier of this conversation."
            ));
        }
        Ok(Explanation {
            sentences: sentences.iter().map(|one| capital(one)).collect(),
            contact,
            claim_origin: reason.claim.as_ref().map(|claim| claim.origin.clone()),
            claims,
            chain,
            reason,
        })
    }

    /// The link of a conversation, after those that it had before merges were taken back: each time it went
    /// from the canonical contact to one side.
    async fn links(&self, record: &ConversationRecord) -> Result<Vec<Link>, Trouble> {
        let mut links = vec![record.link.clone()];
        while let Some(link) = links.last().filter(|_| links.len() < LINKS_MAX) {
            if link.reason.rule != Rule::Unmerged {
                break;
            }
            match self.link_before(record.conversation.id, link).await? {
                Some(before) => links.push(before),
                None => break,
            }
        }
        links.reverse();
        Ok(links)
    }

    /// The link that the entry of this one replaced, if the journal still has it.
    async fn link_before(
        &self,
        conversation: ConversationId,
        link: &Link,
    ) -> Result<Option<Link>, Trouble> {
        for entry in self.entries_at(link.contact, link.reason.at).await? {
            let changes = self.store.changes(entry.id).await?.unwrap_or_default();
            let replaced = changes.into_iter().find_map(|change| match change {
                Change::Link {
                    conversation: of,
                    participant: None,
                    before,
                    after: Some(after),
                } if of == conversation && *after == *link => Some(before),
                _ => None,
            });
            if let Some(before) = replaced {
                return Ok(before.map(|link| *link));
            }
        }
        Ok(None)
    }

    /// How a conversation came to a contact, which is called as it is itself, merged or not.
    async fn linked(
        &self,
        record: &ConversationRecord,
        link: &Link,
    ) -> Result<Vec<String>, Trouble> {
        let reason = &link.reason;
        let who = self.name(link.contact).await?;
        let mut sentences = vec![self.decided(record, reason, &who)];
        if let (Some(one), Some(claim)) = (reason.deciding(), &reason.claim) {
            let what = capital(&one.identifier.to_string());
            for hand in self.hands(&one.identifier, claim).await? {
                sentences.push(self.claimed(&what, &hand).await?);
            }
            if one.trust == Trust::Typed {
                sentences.push("The visitor typed it: it is not verified.".to_owned());
            }
        }
        Ok(sentences)
    }

    /// What happened, in one sentence.
    fn decided(&self, record: &ConversationRecord, reason: &Reason, who: &str) -> String {
        let conversation = &record.conversation;
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
    async fn claimed(&self, what: &str, hand: &Claimed) -> Result<String, Trouble> {
        let claim = &hand.claim;
        let (who, day) = (self.name(claim.contact).await?, self.day(claim.at));
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
            ClaimOrigin::Merged(from) => {
                let from = self.name(*from).await?;
                let by = hand.entry.as_ref().map_or_else(String::new, |done| {
                    format!(" by {}, entry {}", by(done), done.entry)
                });
                return Ok(format!(
                    "{what} came to {who} on {day} (with the merge of {from}{by})."
                ));
            }
            origin => {
                let by = hand.entry.as_ref();
                let by = by.map_or_else(String::new, |done| format!(" by {}", done.by));
                let how = came_from(origin);
                return Ok(format!("{what} was claimed by {who} on {day} ({how}{by})."));
            }
        };
        let of = of.unwrap_or_else(|| "an earlier interaction that is gone".to_owned());
        Ok(format!(
            "{what} came with {of}, and was claimed by {who} when that was ingested on {day}."
        ))
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

    /// Which marks that kept the conversation from being linked were taken off since, by whom and when.
    async fn lifted(&self, reason: &Reason) -> Result<Vec<String>, Trouble> {
        let keys = reason.provided.iter();
        let keys: BTreeSet<Identifier> = keys.map(|one| shared::key(&one.identifier)).collect();
        let mut last = BTreeMap::new();
        for id in self.store.loose_since(Moment(reason.at.0 - 1)).await? {
            for change in self.store.changes(id).await?.unwrap_or_default() {
                if let Change::Shared {
                    identifier, after, ..
                } = change
                    && keys.contains(&identifier)
                {
                    let known = last.entry(identifier).or_insert((id, after.is_some()));
                    if known.0 <= id {
                        *known = (id, after.is_some());
                    }
                }
            }
        }
        let mut sentences = Vec::new();
        for (identifier, (id, is_marked)) in last {
            if let Some(entry) = self.entry(id).await?.filter(|_| !is_marked) {
                let (what, on) = (capital(&identifier.to_string()), self.time(entry.at));
                let by = entry.actor;
                sentences.push(format!(
                    "{what} is not marked any more: {by} took the mark off on {on}."
                ));
            }
        }
        Ok(sentences)
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
