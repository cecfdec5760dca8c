//! What is ours alone, as JSON: decisions, and why something is as it is. The shapes are those that the command
//! line prints with `--json`.

use serde_json::{Value, json};

use crate::backend::view::{
    Answer, Claimed, ContactExplanation, EntryState, Expires, Explanation, History, HistoryLine,
    NotExplanation, Turn,
};
use crate::domain::command::Outcome;
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::wire::explained;

/// A page of the history.
pub fn history(page: &History) -> Value {
    let entries: Vec<Value> = page.lines.iter().map(line).collect();
    json!({"entries": entries, "more": page.more, "ownOnly": page.own_only})
}

fn line(line: &HistoryLine) -> Value {
    let undone_by = match line.state {
        EntryState::UndoneBy(by) => Some(by),
        EntryState::InForce | EntryState::NoLongerKept => None,
    };
    let changes = line.details.iter().map(
        |one| json!({"of": one.of, "what": one.what, "before": one.before, "after": one.after}),
    );
    json!({
        "entry": line.id,
        "at": line.at.to_string(),
        "actor": line.actor,
        "action": line.action.name(),
        "sentence": line.sentence,
        "kept": line.state != EntryState::NoLongerKept,
        "undoes": line.undoes,
        "undoneBy": undone_by,
        "canBeUndone": line.refusal.is_none(),
        "refusal": line.refusal,
        "toAssign": line.to_assign,
        "contactId": line.contact,
        "conversationId": line.conversation,
        "batch": line.batch,
        "changes": changes.collect::<Vec<_>>(),
        "moreChanges": line.more_details,
        "evidence": line.evidence,
    })
}

/// What came of an action.
pub fn outcome(outcome: &Outcome) -> Value {
    let remarks: Vec<String> = outcome.remarks.iter().map(ToString::to_string).collect();
    json!({
        "entry": outcome.entry,
        "action": outcome.action.name(),
        "contactId": outcome.contact,
        "conversationId": outcome.conversation,
        "remarks": remarks,
    })
}

/// Why a conversation is linked to its contact.
pub fn why(conversation: ConversationId, explanation: &Explanation) -> Value {
    let mut told = explained::link(&explanation.reason);
    told["conversationId"] = json!(conversation);
    told["contactId"] = json!(explanation.contact.as_ref().map(|one| one.id));
    told["sentences"] = json!(explanation.sentences);
    told["claims"] = explanation.claims.iter().map(claimed).collect();
    told["chain"] = explanation.chain.iter().map(turn).collect();
    told
}

/// Why a contact exists and holds what it holds.
pub fn why_contact(explanation: &ContactExplanation) -> Value {
    let made = explanation.made.as_ref();
    let held = explanation.held.iter().map(|held| {
        json!({
            "identifier": explained::identifier(&held.identifier, held.typed.as_deref()),
            "claim": explained::claim(Some(&held.claim)),
            "field": held.field.map(|field| field.spec().api),
        })
    });
    let others = explanation.others.iter();
    let others = others.map(|(other, by)| explained::alternative(other.id, Some(by)));
    json!({
        "contactId": explanation.contact.id,
        "sentences": explanation.sentences,
        "made": made.map(|made| json!({
            "entry": made.entry,
            "at": made.at.to_string(),
            "by": made.by,
            "action": made.action.name(),
            "batch": made.batch,
            "conversationId": made.conversation,
            "visitId": made.visit,
        })),
        "rule": made.map(|made| explained::rule(&made.rule, made.version)),
        "identifiers": held.collect::<Vec<_>>(),
        "mergedFrom": explanation.merged_from.iter().map(|one| one.id).collect::<Vec<_>>(),
        "chain": explanation.chain.iter().map(turn).collect::<Vec<_>>(),
        "alternatives": others.collect::<Vec<_>>(),
        "expires": match explanation.expires {
            Some(Expires::At(at)) => Some(at.to_string()),
            // Its open conversation has to end first.
            Some(Expires::DaysAfterEnd(_)) | None => None,
        },
    })
}

/// Why a conversation is not linked to a certain contact.
pub fn why_not(conversation: ConversationId, contact: ContactId, told: &NotExplanation) -> Value {
    let answer = |one: &Answer| {
        let mut provided = told.reason.provided.iter();
        let typed = provided.find(|one_of| Some(&one_of.identifier) == one.identifier.as_ref());
        let typed = typed.map(|one_of| one_of.typed.as_str());
        json!({
            "code": one.code,
            "sentence": one.sentence,
            "identifier": one.identifier.as_ref().map(|id| explained::identifier(id, typed)),
            "claim": explained::claim(one.claim.as_ref()),
            "at": one.at.map(|at| at.to_string()),
        })
    };
    json!({
        "conversationId": conversation,
        "contactId": told.contact.as_ref().map_or(contact, |one| one.id),
        "linkedTo": told.linked.as_ref().map(|one| one.id),
        "sentences": told.sentences,
        "answers": told.answers.iter().map(answer).collect::<Vec<_>>(),
        "link": explained::link(&told.reason),
    })
}

fn claimed(claimed: &Claimed) -> Value {
    let mut shown = explained::claim(Some(&claimed.claim));
    shown["entry"] = json!(claimed.entry.as_ref().map(|done| done.entry));
    shown
}

fn turn(turn: &Turn) -> Value {
    let fields = turn.taken.iter();
    let fields = fields.map(|(field, from)| json!({"field": field.spec().api, "from": from}));
    let done = turn.done.as_ref();
    json!({
        "what": turn.kind.name(),
        "contact": turn.contact.id,
        "into": turn.into.id,
        "with": turn.with.iter().map(|one| one.id).collect::<Vec<_>>(),
        "fields": fields.collect::<Vec<_>>(),
        "entry": done.map(|done| done.entry),
        "at": done.map(|done| done.at.to_string()),
        "by": done.map(|done| done.by.as_str()),
        "action": done.map(|done| done.action.name()),
        "batch": done.and_then(|done| done.batch),
    })
}
