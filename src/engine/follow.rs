//! Links that a rule made follow the claim that decides them, so that a file of contacts gives the same people
//! after the conversations as before them (`design/rules.md` §3).

use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::domain::facts::{FactKey, Halt};
use crate::domain::reason::{Link, RULES_VERSION, Reason, Rule};
use crate::domain::record::ConversationRecord;
use crate::domain::visit::VisitId;

use super::draft::Draft;
use super::resolve;

/// Links to `to` what a rule had linked to `from`, where the first claimed identifier leads to `to` by now. What
/// a person linked stays. The last interaction of `to` is left alone, which no undo would take back: what is linked
/// keeps it alive.
pub(super) fn follow(draft: &mut Draft, from: ContactId, to: ContactId) -> Result<(), Halt> {
    let facts = draft.facts;
    let head = draft.contact(from)?.clone();
    let set = facts.merge_set(&head)?;
    facts.want(set.iter().map(|id| FactKey::AllLinked(*id)))?;
    let (mut conversations, mut visits) = (Vec::new(), Vec::new());
    for id in &set {
        let linked = facts.all_linked(id)?;
        conversations.extend(linked.conversations.iter().copied());
        visits.extend(linked.visits.iter().copied());
    }
    let keys = conversations.iter().copied().map(FactKey::Conversation);
    facts.want(keys.chain(visits.iter().copied().map(FactKey::Visit)))?;
    for id in conversations {
        follow_conversation(draft, id, &set, to)?;
    }
    for id in visits {
        follow_visit(draft, id, &set, to)?;
    }
    Ok(())
}

fn follow_conversation(
    draft: &mut Draft,
    id: ConversationId,
    from: &[ContactId],
    to: ContactId,
) -> Result<(), Halt> {
    let Some(record) = draft.facts.conversation_if_any(&id)? else {
        return Ok(());
    };
    for (participant, link) in parties(record) {
        if from.contains(&link.contact)
            && let Some(link) = led(draft, link, to)?
        {
            draft.put_link(id, participant, link);
        }
    }
    Ok(())
}

fn parties(record: &ConversationRecord) -> Vec<(Option<String>, &Link)> {
    let others = record.others.iter();
    let others = others.map(|(participant, link)| (Some(participant.clone()), link));
    [(None, &record.link)].into_iter().chain(others).collect()
}

fn follow_visit(
    draft: &mut Draft,
    id: VisitId,
    from: &[ContactId],
    to: ContactId,
) -> Result<(), Halt> {
    let Some(record) = draft.facts.visit_if_any(&id)? else {
        return Ok(());
    };
    if from.contains(&record.link.contact)
        && let Some(link) = led(draft, &record.link, to)?
    {
        draft.put_visit_link(id, link);
    }
    Ok(())
}

/// The link that the rules make of the same evidence now, if it leads to `to`.
fn led(draft: &Draft, link: &Link, to: ContactId) -> Result<Option<Link>, Halt> {
    let by_rule = match link.reason.rule {
        Rule::FirstClaimed | Rule::NoClaim => true,
        Rule::NothingProvided | Rule::SwitchedOff | Rule::SharedOnly => false,
        Rule::ByPerson | Rule::Unlinked | Rule::Unmerged => false,
    };
    if !by_rule {
        return Ok(None);
    }
    let provided = link.reason.provided.clone();
    let all: Vec<_> = provided.iter().map(|one| one.identifier.clone()).collect();
    super::claims::want(draft.facts, &all)?;
    let mut reason = Reason {
        rule: link.reason.rule,
        version: RULES_VERSION,
        provided,
        decided: None,
        claim: None,
        rivals: Vec::new(),
        actor: None,
        at: draft.at(),
    };
    let found = resolve::found(draft, &mut reason)?;
    Ok(found
        .filter(|contact| *contact == to)
        .map(|contact| Link { contact, reason }))
}
