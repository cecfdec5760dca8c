//! Conversations: associated with a contact, taken from one, wrapped up.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::super::super::super::Trouble;
use super::super::PlatformBackend;
use super::super::done::{Back, Deed};
use super::super::roster::{CONVERSATIONS, linked};
use super::change;
use crate::backend::view::{Brief, HistoryDetail};
use crate::domain::command::{Action, Claiming, Outcome};
use crate::domain::contact::ContactId;
use crate::domain::conversation::{Channel, Conversation, ConversationId};
use crate::domain::{Identifier, Refusal};
use crate::engine::link::asked_about;
use crate::engine::shared::{covered, key};

/// How often it is looked whether an association that was accepted is made: the API does it behind its
/// answer.
const LOOKS: u32 = 5;

/// What associating a conversation needs to say of it.
pub(super) struct Talk {
    pub id: ConversationId,
    /// The contact that it is associated with.
    pub contact: Option<ContactId>,
    communication: String,
    media: &'static str,
    channel: Channel,
    conversation: Conversation,
}

impl PlatformBackend {
    /// A conversation that must be there.
    pub(super) async fn talk(&self, id: ConversationId) -> Result<Talk, Trouble> {
        let conversation = self.conversation(id).await?;
        let conversation = conversation.ok_or(Refusal::NoConversation(id))?;
        let party = conversation.outside().next();
        let leg = party.and_then(|party| party.legs.first());
        let leg = leg.filter(|leg| !leg.id.is_empty()).ok_or_else(|| {
            let why = "the conversation has nobody outside, so there is nothing to associate";
            Trouble::Broken(why.to_owned())
        })?;
        Ok(Talk {
            id,
            contact: linked(&conversation),
            communication: leg.id.clone(),
            media: media(conversation.channel),
            channel: conversation.channel,
            conversation,
        })
    }

    pub(super) async fn link(
        &self,
        id: ConversationId,
        contact: ContactId,
        claiming: Claiming,
    ) -> Result<Outcome, Trouble> {
        let talk = self.talk(id).await?;
        if talk.contact == Some(contact) {
            return Err(Refusal::AlreadyLinked.into());
        }
        let person = self.known(contact).await?;
        self.associate(&talk, Some(contact)).await?;
        self.done_here().come_back(id, contact);
        let mut moved = Vec::new();
        let taken = match claiming {
            Claiming::Leave => Ok(()),
            Claiming::Move => self.take_over(&talk, contact, &mut moved).await,
        };
        let name = Brief::of(&person.contact).in_words();
        let details = moved.iter().map(|(identifier, _)| HistoryDetail {
            of: name.clone(),
            what: identifier.kind.word().to_owned(),
            before: None,
            after: Some(identifier.shown()),
        });
        let details = details.collect();
        let outcome = self.over(Deed {
            contact: Some(contact),
            conversation: Some(id),
            details,
            back: Some(Back::Link {
                conversation: id,
                before: talk.contact,
                after: Some(contact),
                moved,
            }),
            ..Deed::new(
                Action::Link,
                format!("linked the {} to {name}", talk.channel.word()),
            )
        });
        match taken {
            Ok(()) => Ok(outcome),
            Err(trouble) => Err(Trouble::Broken(format!(
                "it is linked to {name}, but not everything it came with went there: {trouble}"
            ))),
        }
    }

    pub(super) async fn unlink(&self, id: ConversationId) -> Result<Outcome, Trouble> {
        let talk = self.talk(id).await?;
        let Some(before) = talk.contact else {
            return Err(Trouble::Broken(
                "the conversation is unlinked already".to_owned(),
            ));
        };
        self.associate(&talk, None).await?;
        self.done_here().leave(id, before);
        let name = self.people(&[before]).await.ok();
        let name = name.and_then(|people| people.get(&before).map(|one| Brief::of(one).in_words()));
        let name = name.unwrap_or_else(|| "its contact".to_owned());
        Ok(self.over(Deed {
            contact: Some(before),
            conversation: Some(id),
            back: Some(Back::Link {
                conversation: id,
                before: Some(before),
                after: None,
                moved: Vec::new(),
            }),
            ..Deed::new(
                Action::Unlink,
                format!("unlinked the {} from {name}", talk.channel.word()),
            )
        }))
    }

    /// Associates a conversation with exactly that contact, or with none.
    pub(super) async fn associate(
        &self,
        talk: &Talk,
        contact: Option<ContactId>,
    ) -> Result<(), Trouble> {
        let mut body = json!({
            "conversationId": talk.id,
            "communicationId": talk.communication,
            "mediaType": talk.media,
        });
        if let Some(contact) = contact {
            body["externalContactId"] = contact.to_string().into();
        }
        let path = format!("/api/v2/externalcontacts/conversations/{}", talk.id);
        let call = change(Method::PUT, &path, body);
        let made = || async {
            let now = self.talk(talk.id).await?;
            Ok(is_as_wished(now.contact, talk.contact, contact).then_some(()))
        };
        self.send(&call, made).await?;
        // It is accepted, and done behind the answer: what is shown next should have it.
        for look in 0..LOOKS {
            if matches!(made().await, Ok(Some(()))) {
                break;
            }
            sleep(self.http.pauses().first * (1 << look)).await;
        }
        Ok(())
    }

    /// Moves the identifier of the conversation to who it is linked to now; notes what moved, and from whom.
    async fn take_over(
        &self,
        talk: &Talk,
        contact: ContactId,
        moved: &mut Vec<(Identifier, Option<ContactId>)>,
    ) -> Result<(), Trouble> {
        let asked = asked_about(&self.provided(&talk.conversation));
        // A number goes with its account on WhatsApp, where the one who had it has that too.
        let twins = asked.iter().flat_map(|one| covered(&key(one)));
        let twins: Vec<Identifier> = twins.filter(|one| !asked.contains(one)).collect();
        let mut losers = Vec::new();
        for identifier in asked {
            let holder = self.holder(&identifier).await?.map(|one| one.contact.id);
            losers.extend(holder);
            if holder != Some(contact) {
                self.pass_on(&identifier, holder, Some(contact)).await?;
                moved.push((identifier, holder));
            }
        }
        for twin in twins {
            let holder = self.holder(&twin).await?.map(|one| one.contact.id);
            if holder != Some(contact) && holder.is_some_and(|one| losers.contains(&one)) {
                self.pass_on(&twin, holder, Some(contact)).await?;
                moved.push((twin, holder));
            }
        }
        Ok(())
    }

    /// Releases an identifier where it is and claims it elsewhere; it goes back where that is refused.
    pub(super) async fn pass_on(
        &self,
        identifier: &Identifier,
        from: Option<ContactId>,
        to: Option<ContactId>,
    ) -> Result<(), Trouble> {
        if let Some(from) = from {
            self.hold("Release", from, identifier).await?;
        }
        let Some(to) = to else { return Ok(()) };
        let claimed = self.hold("Claim", to, identifier).await;
        if let (Err(trouble), Some(from)) = (&claimed, from)
            && self.hold("Claim", from, identifier).await.is_err()
        {
            let why = format!("{identifier} is with nobody now: {trouble}");
            return Err(Trouble::Broken(why));
        }
        claimed
    }

    /// Takes a conversation that waits; it is there once the user has a part in it.
    pub(super) async fn take(&self, id: ConversationId) -> Result<Outcome, Trouble> {
        let Some(user) = self.me.user.clone() else {
            let why = "only a user takes a conversation; sign in as one";
            return Err(Trouble::Broken(why.to_owned()));
        };
        let conversation = self.conversation(id).await?;
        let conversation = conversation.ok_or(Refusal::NoConversation(id))?;
        let path = format!("{CONVERSATIONS}/{id}/assign");
        let call = change(Method::POST, &path, json!({"id": user}));
        let made = || async {
            let now = self.conversation(id).await?;
            let has_part = now.is_some_and(|now| {
                let mut agents = now.agents();
                agents.any(|agent| agent.user.as_deref() == Some(user.as_str()))
            });
            Ok(has_part.then_some(()))
        };
        self.send(&call, made).await?;
        Ok(self.over(Deed {
            conversation: Some(id),
            contact: linked(&conversation),
            ..Deed::new(
                Action::Take,
                format!("took the {}", conversation.channel.word()),
            )
        }))
    }

    pub(super) async fn wrap_up(
        &self,
        id: ConversationId,
        code: String,
        notes: Option<String>,
    ) -> Result<Outcome, Trouble> {
        if code.trim().is_empty() {
            return Err(Refusal::NoCode.into());
        }
        let conversation = self.conversation(id).await?;
        let conversation = conversation.ok_or(Refusal::NoConversation(id))?;
        let own = conversation
            .agents()
            .filter(|agent| agent.user == self.me.user);
        let agent = own.last().or_else(|| conversation.agent());
        let agent = agent.ok_or_else(|| {
            Trouble::Broken(
                "nobody handled the conversation, so there is nothing to wrap up".to_owned(),
            )
        })?;
        let path = format!("{CONVERSATIONS}/{id}/participants/{}", agent.id);
        let body = json!({"wrapup": {"code": code, "notes": notes.clone().unwrap_or_default()}});
        let call = change(Method::PATCH, &path, body);
        let made = || async {
            let path = format!("{path}/wrapup");
            let now = self.get(&path, Vec::new()).await?;
            let is_made = now.get("code").and_then(Value::as_str) == Some(code.as_str());
            Ok(is_made.then_some(()))
        };
        self.send(&call, made).await?;
        let name = self.all_names().await?.code(&code);
        Ok(self.over(Deed {
            conversation: Some(id),
            contact: linked(&conversation),
            ..Deed::new(
                Action::WrapUp,
                format!("wrapped up the {} with {name}", conversation.channel.word()),
            )
        }))
    }
}

/// Whether a conversation is associated as it was wished. A server that gives an unlinked conversation a
/// fresh contact has taken it from the one before too.
fn is_as_wished(
    now: Option<ContactId>,
    before: Option<ContactId>,
    wished: Option<ContactId>,
) -> bool {
    match wished {
        Some(_) => now == wished,
        None => now != before,
    }
}

/// The contract's word for the medium of an association (`ConversationAssociation.mediaType`).
const fn media(channel: Channel) -> &'static str {
    match channel {
        Channel::Call | Channel::Other | Channel::Web => "CALL",
        Channel::Callback => "CALLBACK",
        Channel::Email => "EMAIL",
        Channel::Chat => "CHAT",
        Channel::Cobrowse => "COBROWSE",
        Channel::Video => "VIDEO",
        Channel::Sms | Channel::WebMessaging | Channel::Facebook | Channel::Twitter => "MESSAGE",
        Channel::Line | Channel::Instagram | Channel::Apple | Channel::Whatsapp => "MESSAGE",
        Channel::Open => "MESSAGE",
    }
}
