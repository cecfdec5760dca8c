//! What views say beyond what is kept: a course with the names of the organization, without those that the role may
//! not see, and the attributes of custom events.

use crate::domain::conversation::{Conversation, Part};
use crate::domain::course::{Course, Stint};
use crate::domain::visit::{Happened, Visit};
use crate::wire::conversation::course;
use crate::wire::visit::attributes;

/// An agent's name, by user id and by what the data said.
type NameOfAgent<'n> = dyn Fn(Option<&str>, Option<&str>) -> Option<String> + 'n;

/// How names are found.
pub struct Naming<'n> {
    /// The name of a queue's id; nothing where queues may not be seen.
    pub queue: &'n dyn Fn(&str) -> Option<String>,
    pub agent: &'n NameOfAgent<'n>,
    pub sees_queues: bool,
}

/// How a conversation went, with names.
pub fn named(conversation: &Conversation, naming: &Naming<'_>) -> Box<Course> {
    let mut course = course(conversation);
    for one in &mut course.stints {
        name(one, naming);
    }
    Box::new(course)
}

/// Puts the attributes of its custom events into a visit that is shown.
pub fn put_attributes(visit: &mut Visit) {
    for event in &mut visit.events {
        if let Happened::Custom { .. } = event.what {
            event.attributes = attributes(event);
        }
    }
}

fn name(one: &mut Stint, naming: &Naming<'_>) {
    match one.part {
        Part::Agent => {
            one.name = (naming.agent)(one.user.as_deref(), one.name.as_deref());
        }
        Part::Queue if !naming.sees_queues => one.name = None,
        Part::Queue | Part::Outside | Part::Bot | Part::Campaign | Part::Other => {}
    }
    let queue = one.queue.as_deref().filter(|_| naming.sees_queues);
    // An id that nobody named says less than what the data called the queue itself.
    one.queue = match (queue.map(|id| (id, (naming.queue)(id))), one.part) {
        (Some((id, Some(name))), Part::Queue) if name == id => one.name.clone().or(Some(name)),
        (Some((_, name)), _) => name,
        (None, _) => None,
    };
}
