//! Every invariant of the world, one sentence for each that is broken.

use scv_desk::domain::contact::LIST_MAX;
use scv_desk::domain::{Contact, ContactId, ContactType};
use scv_desk::engine::{explain, merge, shared};

use super::World;

impl World {
    /// Every broken invariant.
    pub fn check(&self) -> Vec<String> {
        let mut broken = Vec::new();
        for contact in self.contacts.values() {
            self.check_contact(contact, &mut broken);
            self.check_tree(contact, &mut broken);
        }
        self.check_claims(&mut broken);
        self.check_links(&mut broken);
        self.check_evidence(&mut broken);
        self.check_marks(&mut broken);
        broken
    }

    /// The head of the tree of a contact that is there; `None` when a step leads nowhere.
    pub fn head(&self, id: ContactId) -> Option<&Contact> {
        let mut contact = self.contacts.get(&id)?;
        for _ in 0..merge::SET_MAX {
            match contact.merged_to {
                Some(next) => contact = self.contacts.get(&next)?,
                None => return Some(contact),
            }
        }
        None
    }

    fn check_contact(&self, contact: &Contact, broken: &mut Vec<String>) {
        let mut say = |what: &str| broken.push(format!("contact {} {what}", contact.id));
        if self.gone.contains(&contact.id) {
            say("is there and gone");
        }
        let carries = !contact.fields.identifiers().is_empty();
        if contact.kind == ContactType::Ephemeral && carries {
            say("is Ephemeral and carries an identifier");
        }
        if contact.fields.external_ids.len() > LIST_MAX {
            say("has too many external ids");
        }
        if contact.fields.apple_opaque_ids.len() > LIST_MAX {
            say("has too many Apple ids");
        }
        let organization = contact.fields.organization;
        if organization.is_some_and(|id| !self.organizations.contains_key(&id)) {
            say("belongs to an organization that is not there");
        }
    }

    fn check_tree(&self, contact: &Contact, broken: &mut Vec<String>) {
        let id = contact.id;
        if self.head(id).is_none() {
            broken.push(format!("contact {id} has no head"));
        }
        if let Some(above) = contact.merged_to.and_then(|id| self.contacts.get(&id))
            && !above.merged_from.contains(&id)
        {
            broken.push(format!("contact {id} is no input of {}", above.id));
        }
        for input in &contact.merged_from {
            let below = self.contacts.get(input);
            if below.is_none_or(|below| below.merged_to != Some(id)) {
                broken.push(format!(
                    "input {input} of contact {id} is no ancestor of it"
                ));
            }
        }
        let mut set = vec![id];
        let mut next = 0;
        while let Some(contact) = set.get(next).and_then(|id| self.contacts.get(id)) {
            set.extend(&contact.merged_from);
            next += 1;
        }
        if set.len() > merge::SET_MAX {
            broken.push(format!("the set of contact {id} has {}", set.len()));
        }
    }

    fn check_claims(&self, broken: &mut Vec<String>) {
        for (identifier, claim) in &self.claims {
            let mut say = |what: &str| broken.push(format!("{identifier} is {what}"));
            match self.contacts.get(&claim.contact) {
                None => say("claimed by a contact that is not there"),
                Some(holder) if holder.is_ancestor() => say("claimed by an ancestor"),
                Some(holder)
                    if holder.kind == ContactType::Ephemeral && identifier.kind.is_personal() =>
                {
                    say("claimed by an Ephemeral contact");
                }
                Some(_) => {}
            }
            if self.marks.contains_key(&shared::key(identifier)) {
                say("claimed and marked as shared");
            }
        }
    }

    fn check_links(&self, broken: &mut Vec<String>) {
        let there = |id: &ContactId| self.contacts.contains_key(id) || self.gone.contains(id);
        for conversation in self.conversations.values() {
            let id = conversation.id;
            if !self.links.contains_key(&(id, None)) {
                broken.push(format!("conversation {id} has no contact"));
            }
            for party in conversation.outside().skip(1) {
                // Expiry takes the links of other participants without their conversation.
                let expired = !self.gone.is_empty();
                if !expired && !self.links.contains_key(&(id, Some(party.id.clone()))) {
                    broken.push(format!("{} of conversation {id} has no contact", party.id));
                }
            }
        }
        for ((id, _), link) in &self.links {
            if !self.conversations.contains_key(id) {
                broken.push(format!("a link of conversation {id}, which is not there"));
            }
            if !there(&link.contact) {
                broken.push(format!("conversation {id} is linked to nobody"));
            }
        }
        for id in self.visits.keys() {
            let link = self.visit_links.get(id);
            if link.is_none_or(|link| !there(&link.contact)) {
                broken.push(format!("visit {id} is linked to nobody"));
            }
        }
        for id in self.wrapups.keys() {
            if !self.conversations.contains_key(id) {
                broken.push(format!(
                    "a wrap-up of conversation {id}, which is not there"
                ));
            }
        }
        for note in self.notes.values() {
            if !self.contacts.contains_key(&note.contact) {
                broken.push(format!(
                    "note {} is on a contact that is not there",
                    note.id
                ));
            }
        }
    }

    /// Every link follows from the evidence that is stored with it.
    fn check_evidence(&self, broken: &mut Vec<String>) {
        for link in self.links.values().chain(self.visit_links.values()) {
            let mut leads = Vec::new();
            let mut next = link.reason.claim.as_ref().map(|claim| claim.contact);
            while let Some(contact) = next.and_then(|id| self.contacts.get(&id)) {
                leads.push(contact.id);
                next = contact.merged_to;
            }
            let evidence = explain::Evidence {
                link,
                origin: self.contacts.get(&link.contact).map(|one| one.origin),
                leads: &leads,
                body: None,
            };
            let breaches = explain::recompute(&evidence, None);
            broken.extend(breaches.iter().map(|one| format!("{one}: {link:?}")));
        }
    }

    fn check_marks(&self, broken: &mut Vec<String>) {
        for (one, other) in self.not_same.keys() {
            if one >= other {
                broken.push(format!("the pair {one}, {other} is not in order"));
            }
        }
        for (key, mark) in &self.marks {
            if shared::key(key) != *key || mark.identifier != *key {
                broken.push(format!("the mark on {key} is under another key"));
            }
        }
    }
}
