//! *Why not?*: what kept a conversation from being linked to a certain contact (`design/rules.md` §4).

use crate::domain::contact::{Contact, ContactId, Fields};
use crate::domain::conversation::{Channel, Conversation, ConversationId, Provided, Trust};
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::field::{FIELDS, Field};
use crate::domain::identifier::Identifier;
use crate::domain::moment::Moment;
use crate::domain::reason::{Claim, NotSame, Reason, Rule, SharedMark};
use crate::domain::record::ConversationRecord;

use super::super::shared;

/// One reason why a conversation is not linked to a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Not {
    /// It is: the conversation is linked to this person.
    ButIs,
    /// The contact is not there.
    Gone,
    /// Somebody linked the conversation to another contact by hand.
    LinkedByHand {
        by: String,
        at: Moment,
        to: ContactId,
    },
    /// Somebody unlinked the conversation.
    UnlinkedByHand { by: String, at: Moment },
    /// Resolution was off for the channel: nobody was looked up.
    SwitchedOff(Channel),
    /// Somebody marked the two as different people.
    DifferentPeople(NotSame),
    /// The identifier is marked as shared: it suggests, never links.
    Shared {
        identifier: Identifier,
        mark: SharedMark,
    },
    /// The contact carries the value, but another contact holds the claim.
    HeldByOther {
        identifier: Identifier,
        field: Option<Field>,
        claim: Claim,
    },
    /// The contact carries the value and nobody claims it.
    Unclaimed {
        identifier: Identifier,
        field: Option<Field>,
    },
    /// The contact holds the identifier, but one that is tried earlier had decided.
    TriedLater {
        identifier: Identifier,
        before: Identifier,
        trust: Trust,
    },
    /// The contact holds the identifier, but what weighs more had decided.
    Theirs { identifier: Identifier },
    /// The contact holds the identifier now, but claimed it only after the conversation was linked.
    ClaimedSince { identifier: Identifier, at: Moment },
    /// The conversation came with no identifier at all.
    NothingProvided,
    /// Nothing that the contact carries or holds came with the conversation.
    NothingOfTheirs,
    /// The contact was made after the conversation had been linked.
    MadeAfter(Moment),
}

/// Who the question is about, read from facts.
struct Asked<'f> {
    record: &'f ConversationRecord,
    head: &'f Contact,
    set: Vec<ContactId>,
    made: Moment,
}

/// Why the conversation is not linked to the contact, what weighs most first. Never empty.
pub fn why_not(
    conversation: ConversationId,
    contact: ContactId,
    facts: &Facts,
) -> Result<Vec<Not>, Halt> {
    facts.want([
        FactKey::Conversation(conversation),
        FactKey::Contact(contact),
    ])?;
    let record = facts.conversation(conversation)?;
    if facts.contact_if_any(&contact)?.is_none() {
        return Ok(vec![Not::Gone]);
    }
    let head = facts.canonical(contact)?;
    let set = facts.merge_set(head)?;
    if set.contains(&record.link.contact) {
        return Ok(vec![Not::ButIs]);
    }
    let mut made = head.created;
    for id in &set {
        if let Some(one) = facts.contact_if_any(id)? {
            made = made.min(one.created);
        }
    }
    let asked = Asked {
        record,
        head,
        set,
        made,
    };
    reasons(&asked, facts)
}

fn reasons(asked: &Asked<'_>, facts: &Facts) -> Result<Vec<Not>, Halt> {
    let reason = &asked.record.link.reason;
    let mut reasons = Vec::from_iter(by_hand(asked));
    if reason.rule == Rule::SwitchedOff {
        reasons.push(Not::SwitchedOff(channel(&asked.record.conversation)));
    }
    reasons.extend(marked(asked, facts)?);
    let came_with = of_identifiers(asked, facts)?;
    if came_with.is_empty() {
        reasons.push(match reason.provided.is_empty() {
            true => Not::NothingProvided,
            false => Not::NothingOfTheirs,
        });
    }
    reasons.extend(came_with);
    if reason.at < asked.made {
        reasons.push(Not::MadeAfter(asked.made));
    }
    Ok(reasons)
}

/// A person's word stands above the rules.
fn by_hand(asked: &Asked<'_>) -> Option<Not> {
    let link = &asked.record.link;
    let by = link.reason.actor.clone().unwrap_or_default();
    let at = link.reason.at;
    match link.reason.rule {
        Rule::ByPerson | Rule::Unmerged => Some(Not::LinkedByHand {
            by,
            at,
            to: link.contact,
        }),
        Rule::Unlinked => Some(Not::UnlinkedByHand { by, at }),
        Rule::FirstClaimed | Rule::NoClaim | Rule::NothingProvided => None,
        Rule::SwitchedOff | Rule::SharedOnly => None,
    }
}

/// A mark that says that the linked contact and this one are different people, whichever of their merge sets
/// it stands on.
fn marked(asked: &Asked<'_>, facts: &Facts) -> Result<Option<Not>, Halt> {
    let linked = asked.record.link.contact;
    let Some(_) = facts.contact_if_any(&linked)? else {
        return Ok(None);
    };
    let linked = facts.merge_set(facts.canonical(linked)?)?;
    facts.want(asked.set.iter().map(|id| FactKey::NotSameAs(*id)))?;
    for one in &asked.set {
        for other in facts.not_same_as(one)? {
            if linked.contains(other)
                && let Some(mark) = facts.not_same(*one, *other)?
            {
                return Ok(Some(Not::DifferentPeople(mark.clone())));
            }
        }
    }
    Ok(None)
}

/// What became of each identifier that the conversation came with and that is this contact's somehow.
fn of_identifiers(asked: &Asked<'_>, facts: &Facts) -> Result<Vec<Not>, Halt> {
    let provided = &asked.record.link.reason.provided;
    let all: Vec<Identifier> = provided.iter().map(|one| one.identifier.clone()).collect();
    super::super::claims::want(facts, &all)?;
    let mut reasons = Vec::new();
    for (index, one) in provided.iter().enumerate() {
        reasons.extend(of_identifier(asked, index, one, facts)?);
    }
    Ok(reasons)
}

fn of_identifier(
    asked: &Asked<'_>,
    index: usize,
    one: &Provided,
    facts: &Facts,
) -> Result<Option<Not>, Halt> {
    let identifier = one.identifier.clone();
    let fields = &asked.head.fields;
    let is_carried = fields.identifiers().contains(&identifier);
    let claim = facts.claim(&identifier)?;
    let is_held = claim
        .as_ref()
        .is_some_and(|claim| asked.set.contains(&claim.contact));
    if !is_carried && !is_held {
        return Ok(None);
    }
    if let Some(mark) = facts.shared(&shared::key(&identifier))? {
        let mark = mark.clone();
        return Ok(Some(Not::Shared { identifier, mark }));
    }
    let field = field_of(fields, &identifier);
    Ok(Some(match claim {
        Some(claim) if is_held => held(asked, index, one, claim),
        Some(claim) => Not::HeldByOther {
            identifier,
            field,
            claim: claim.clone(),
        },
        None => Not::Unclaimed { identifier, field },
    }))
}

/// The contact holds the identifier: another was tried before it, or the claim came later than the link.
fn held(asked: &Asked<'_>, index: usize, one: &Provided, claim: &Claim) -> Not {
    let reason: &Reason = &asked.record.link.reason;
    let identifier = one.identifier.clone();
    let earlier = reason.decided.filter(|decided| *decided < index);
    match earlier.and_then(|decided| reason.provided.get(decided)) {
        Some(before) => Not::TriedLater {
            identifier,
            before: before.identifier.clone(),
            trust: one.trust,
        },
        None if reason.at < claim.at => Not::ClaimedSince {
            identifier,
            at: claim.at,
        },
        None => Not::Theirs { identifier },
    }
}

/// The field that carries an identifier.
pub fn field_of(fields: &Fields, identifier: &Identifier) -> Option<Field> {
    FIELDS.map(|spec| spec.field).into_iter().find(|field| {
        let mut alone = Fields::default();
        alone.set(*field, fields.get(*field));
        alone.identifiers() == [identifier.clone()]
    })
}

fn channel(conversation: &Conversation) -> Channel {
    let mut outside = conversation.outside();
    let leg = outside.next().and_then(|party| party.legs.first());
    leg.map_or(conversation.channel, |leg| leg.channel)
}
