//! One command being done to a world: who does it, when, by which settings, and the fresh ids it takes.

use scv_desk::domain::command::{Action, EntryId};
use scv_desk::domain::contact::Origin;
use scv_desk::domain::permission::MergeRules;
use scv_desk::domain::{
    Actor, Channel, Command, Contact, ContactId, ContactType, Fields, Moment, Refusal,
};
use uuid::Uuid;

use super::world::{Entry, Key, World};
use super::{
    claims, edit, erase, expire, import, link, merge, note, resolve, rights, undo, unmerge,
};

/// What config may switch (§2, §4, §6).
#[derive(Clone, Debug)]
pub struct Settings {
    pub rules: MergeRules,
    pub promote_on_edit: bool,
    pub off: Vec<Channel>,
    pub web_automerge: bool,
    pub signed_in_automerge: bool,
}

/// Days that an auto-made contact and its journey live (§2, §8).
pub const LIFE_DAYS: i64 = 60;
/// First of the ids that stand for those which the engine will choose.
const FRESH: u128 = 0xFFFF_FFFF_0000_0000_0000_0000_0000_0000;

/// A command on its way.
pub struct Turn<'a> {
    /// What there was.
    pub was: &'a World,
    /// What there is by now.
    pub world: World,
    pub journal: &'a [Entry],
    pub settings: &'a Settings,
    pub actor: &'a Actor,
    pub at: Moment,
    /// The contact that the command ends at.
    pub contact: Option<ContactId>,
    /// The entry that is taken back.
    pub undoes: Option<usize>,
    fresh: u128,
}

/// A command as the world is left by it.
pub struct Done {
    pub world: World,
    pub contact: Option<ContactId>,
    pub undoes: Option<usize>,
}

impl<'a> Turn<'a> {
    /// Does a command to a world, or says why not.
    pub fn take(
        was: &'a World,
        journal: &'a [Entry],
        settings: &'a Settings,
        (actor, at): (&'a Actor, Moment),
        command: &Command,
    ) -> Result<Done, Refusal> {
        rights::check(actor, command)?;
        let mut turn = Self {
            was,
            world: was.clone(),
            journal,
            settings,
            actor,
            at,
            contact: None,
            undoes: None,
            fresh: FRESH,
        };
        turn.run(command)?;
        match command.action() {
            Action::Undo | Action::Expire | Action::Erase => {}
            _ => expire::clear_bare(&mut turn),
        }
        Ok(Done {
            world: turn.world,
            contact: turn.contact,
            undoes: turn.undoes,
        })
    }

    fn run(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::Resolve(seen) => resolve::conversation(self, seen),
            Command::ResolveVisit(seen) => resolve::visit(self, seen),
            // It generates none: messages change nothing of who somebody is.
            Command::TakeMessage(seen) => Err(Refusal::NoConversation(seen.conversation)),
            Command::Promote { contact, edits } => edit::promote(self, *contact, edits),
            Command::Create { fields, link } => edit::create(self, fields, *link),
            Command::Edit { contact, edits } => edit::edit(self, *contact, edits),
            Command::Link {
                conversation,
                contact,
                claiming,
            } => link::link(self, *conversation, *contact, *claiming),
            Command::Unlink {
                conversation,
                sharing,
            } => link::unlink(self, *conversation, *sharing),
            Command::Merge {
                contacts,
                takes,
                sure,
            } => merge::merge(self, contacts, takes, *sure),
            Command::AddNote { contact, text } => note::add(self, *contact, text),
            Command::EditNote { note, text } => note::edit(self, *note, text),
            Command::DeleteNote { note } => note::delete(self, *note),
            Command::Delete { contact } => expire::delete(self, *contact),
            Command::NotSame { one, other } => note::not_same(self, *one, *other),
            Command::Claim {
                contact,
                identifier,
            } => claims::claim(self, *contact, identifier),
            Command::Release {
                contact,
                identifier,
            } => claims::release(self, *contact, identifier),
            Command::Share { identifier } => claims::share(self, identifier),
            Command::Unshare { identifier } => claims::unshare(self, identifier),
            Command::WrapUp {
                conversation,
                code,
                notes,
            } => note::wrap_up(self, *conversation, code, notes.as_deref()),
            Command::Import(row) => import::row(self, row),
            Command::Expire { contact } => expire::expire(self, *contact),
            Command::Undo {
                entry: EntryId(entry),
            } => undo::undo(self, *entry as usize),
            Command::Unmerge { entry, sides } => unmerge::unmerge(self, entry.0 as usize, sides),
            Command::Erase { contact, reason } => erase::erase(self, *contact, reason),
            Command::Enrich(_)
            | Command::Take { .. }
            | Command::Reopen { .. }
            | Command::CreateOrganization { .. }
            | Command::EditOrganization { .. }
            | Command::DeleteOrganization { .. }
            | Command::Mark { .. }
            | Command::SaveFilter { .. }
            | Command::ForgetFilter { .. }
            | Command::View { .. }
            | Command::Export { .. } => {
                unreachable!("no history has it: the properties have")
            }
        }
    }

    pub fn fresh(&mut self) -> Uuid {
        self.fresh += 1;
        Uuid::from_u128(self.fresh)
    }

    /// The canonical contact of an id (§6: what is done to an ancestor goes to its canonical contact).
    pub fn head(&self, id: ContactId) -> Result<Contact, Refusal> {
        self.world.head(id).cloned().ok_or(Refusal::NoContact(id))
    }

    /// A contact that nobody has modified yet.
    pub fn new_contact(&mut self, kind: ContactType, origin: Origin) -> Contact {
        Contact {
            id: ContactId(self.fresh()),
            kind,
            origin,
            division: "*".to_owned(),
            fields: Fields::default(),
            created: self.at,
            modified: self.at,
            modified_by: None,
            seen: None,
            merged_from: Vec::new(),
            merged_to: None,
        }
    }

    /// Puts what a person made of a contact.
    pub fn put_modified(&mut self, mut contact: Contact) {
        contact.modified = self.at;
        contact.modified_by = Some(self.actor.name.clone());
        self.world.put_contact(contact);
    }

    /// The last interaction of a contact moves forward, never back.
    pub fn renew(&mut self, id: ContactId, at: Moment) {
        let seen = self.world.seen.entry(id).or_insert(at);
        *seen = at.max(*seen);
    }

    pub fn remove(&mut self, key: &Key) {
        self.world.things.remove(key);
    }
}

/// True for an id that stands for one which the engine will choose.
pub fn is_fresh(id: Uuid) -> bool {
    id.as_u128() >> 96 == FRESH >> 96
}
