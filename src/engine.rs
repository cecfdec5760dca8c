//! The rules of resolution and of every action, as pure functions: facts and a command in, a plan or a refusal
//! out. No I/O, no clock, no randomness: time and fresh ids are arguments.
//!
//! Each rule quotes its section of the product's rules (`design/rules.md`).

pub mod attributes;
mod bare;
pub mod claims;
pub mod draft;
pub mod edit;
pub mod enrich;
pub mod erase;
pub mod expire;
pub mod explain;
mod follow;
pub mod import;
pub mod join;
mod limits;
pub mod link;
pub mod merge;
pub mod note;
pub mod organization;
pub mod past;
pub mod promote;
mod provide;
pub mod resolve;
pub mod review;
pub mod shared;
pub mod suggest;
mod take;
mod transcript;
pub mod undo;
pub mod unmerge;

use uuid::Uuid;

use crate::domain::command::{Actor, Command};
use crate::domain::conversation::Channel;
use crate::domain::facts::{Facts, Halt};
use crate::domain::moment::Moment;
use crate::domain::permission::{MergeRules, Permission};
use crate::domain::{Plan, Refusal};

/// Auto-made contacts expire this many days after their last interaction (`design/rules.md` §2).
pub const LIFE_DAYS: i64 = 60;

/// The settings that rules depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    pub merge: MergeRules,
    /// A field edit promotes when the actor also holds `identity:promote`.
    pub promote_on_edit: PromoteOnEdit,
    /// Channels whose conversations are not resolved: each gets a contact of its own.
    pub channels_off: Vec<Channel>,
    /// Merge two contacts that one web visit identifies.
    pub automerge_web_tracking: Automerge,
    /// Merge two contacts that one authenticated web message identifies.
    pub automerge_authenticated: Automerge,
    /// Region for phone numbers without a country code.
    pub region: Option<String>,
    /// External source of ids that conversations carry.
    pub source: String,
    /// Days after which auto-made contacts expire.
    pub life_days: i64,
}

/// Whether a field edit promotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromoteOnEdit {
    Yes,
    No,
}

/// Whether resolution may merge by itself; never two Curated contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Automerge {
    On,
    Off,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            merge: MergeRules::Deck,
            promote_on_edit: PromoteOnEdit::Yes,
            channels_off: Vec::new(),
            automerge_web_tracking: Automerge::Off,
            automerge_authenticated: Automerge::Off,
            region: None,
            source: crate::domain::identifier::DEFAULT_SOURCE.to_owned(),
            life_days: LIFE_DAYS,
        }
    }
}

/// Everything a decision depends on besides the facts.
#[derive(Clone, Debug)]
pub struct Context {
    pub actor: Actor,
    pub at: Moment,
    /// Fresh ids are derived from this random seed, so that planning twice gives the same plan.
    pub seed: Uuid,
    pub options: Options,
}

impl Context {
    /// The `n`th fresh id of the decision after `turn` others: a version 7 UUID of this moment. Within a moment
    /// ids rise in the order they are made, so that the older of two contacts is the one that was made first;
    /// the rest is derived from the seed. Ids in the order of time keep the rows of new things together, which
    /// a store thanks with less to write.
    pub fn fresh(&self, turn: u64, n: u32) -> Uuid {
        let mut state = self.seed.as_u128()
            ^ (u128::from(n).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835));
        for _ in 0..3 {
            state ^= state >> 67;
            state = state.wrapping_mul(0xD6E8_FEB8_6659_FD93_A3B1_9541_8F2C_1D4B);
            state ^= state >> 61;
        }
        // Of the 74 bits behind the moment the first 44 count, as RFC 9562 §6.2 has it (method 1).
        let count = (turn & 0xFFFF_FFFF) << 12 | u64::from(n & 0xFFF);
        let rest = u64::try_from(state >> 64).unwrap_or_default();
        let millis = u64::try_from(self.at.0).unwrap_or_default();
        let high = millis << 16 | 0x7000 | count >> 32;
        let low = 0b10 << 62 | (count & 0xFFFF_FFFF) << 30 | rest >> 34;
        Uuid::from_u64_pair(high, low)
    }
}

/// What the body of a command provides, read once for all rounds of planning it: normalizing identifiers is
/// much of the work of a resolution and needs no facts.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    parties: Vec<resolve::Party>,
}

/// Reads a command for `plan_read`.
pub fn read(command: &Command, options: &Options) -> Reading {
    let parties = match command {
        Command::Resolve(conversation) => resolve::parties(conversation, options),
        Command::ResolveVisit(visit) => vec![resolve::visitor(visit, options)],
        _ => Vec::new(),
    };
    Reading { parties }
}

/// Works out what `command` does. `Halt::Missing` names facts to load before asking again; a refusal changes
/// nothing.
pub fn plan(command: &Command, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    plan_read(command, &read(command, &context.options), context, facts)
}

/// `plan` for a command that was read with the options of this context.
pub fn plan_read(
    command: &Command,
    reading: &Reading,
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    permit(command, context)?;
    let parties = &reading.parties;
    match command {
        Command::Resolve(seen) => resolve::conversation(seen, parties, context, facts),
        Command::ResolveVisit(seen) => match parties.as_slice() {
            [visitor, ..] => resolve::visit(seen, visitor, context, facts),
            [] => resolve::visit(
                seen,
                &resolve::visitor(seen, &context.options),
                context,
                facts,
            ),
        },
        Command::TakeMessage(seen) => transcript::take(seen, context, facts),
        Command::Promote { contact, edits } => promote::promote(*contact, edits, context, facts),
        Command::Create { fields, link } => promote::create(fields, *link, context, facts),
        Command::Edit { contact, edits } => edit::edit(*contact, edits, context, facts),
        Command::Link {
            conversation,
            contact,
            claiming,
        } => link::link(*conversation, *contact, *claiming, context, facts),
        Command::Unlink {
            conversation,
            sharing,
        } => link::unlink(*conversation, *sharing, context, facts),
        Command::Merge {
            contacts,
            takes,
            sure,
        } => merge::merge(contacts, takes, *sure, context, facts),
        Command::AddNote { contact, text } => note::add(*contact, text, context, facts),
        Command::EditNote { note, text } => note::edit(*note, text, context, facts),
        Command::DeleteNote { note } => note::delete(*note, context, facts),
        Command::Delete { contact } => expire::delete(*contact, context, facts),
        Command::Erase { contact, reason } => erase::erase(*contact, reason, context, facts),
        Command::NotSame { one, other } => merge::not_same(*one, *other, context, facts),
        Command::Claim {
            contact,
            identifier,
        } => claims::claim(*contact, identifier, context, facts),
        Command::Release {
            contact,
            identifier,
        } => claims::release(*contact, identifier, context, facts),
        Command::Share { identifier } => shared::share(identifier, context, facts),
        Command::Unshare { identifier } => shared::unshare(identifier, context, facts),
        Command::WrapUp {
            conversation,
            code,
            notes,
        } => note::wrap_up(*conversation, code, notes.as_deref(), context, facts),
        Command::Take {
            conversation,
            agent,
        } => take::take(*conversation, agent.as_deref(), context, facts),
        Command::Reopen {
            conversation,
            agent,
        } => take::reopen(*conversation, agent.as_deref(), context, facts),
        Command::Import(row) => import::row(row, context, facts),
        Command::Enrich(one) => enrich::enrich(one, context, facts),
        Command::CreateOrganization { id, name, rest } => {
            organization::create(*id, name, rest, context, facts)
        }
        Command::EditOrganization {
            organization,
            name,
            rest,
        } => organization::edit(*organization, name, rest, context, facts),
        Command::DeleteOrganization { organization } => {
            organization::delete(*organization, context, facts)
        }
        Command::Expire { contact } => expire::expire(*contact, context, facts),
        Command::Undo { entry } => undo::undo(*entry, context, facts),
        Command::Unmerge { entry, sides } => unmerge::unmerge(*entry, sides, context, facts),
        Command::Mark {
            entry,
            verdict,
            note,
        } => review::mark(*entry, *verdict, note.as_deref(), context, facts),
        Command::SaveFilter { name, filter } => review::save(name, filter, context, facts),
        Command::ForgetFilter { name } => review::forget(name, context, facts),
        Command::View { contact } => review::view(*contact, facts),
        Command::Export {
            what,
            rows,
            contact,
        } => review::export(what, *rows, *contact, facts),
    }
}

/// Refuses a command whose rights the actor's role lacks, naming the first that is missing.
pub fn permit(command: &Command, context: &Context) -> Result<(), Refusal> {
    let needs = command.needs();
    match needs
        .into_iter()
        .find(|permission| !context.actor.role.may(*permission))
    {
        Some(permission) => Err(Refusal::Denied(permission)),
        None => Ok(()),
    }
}

/// True when an edit by this actor promotes an auto-made contact (`design/rules.md` §2).
fn edit_promotes(context: &Context) -> bool {
    context.options.promote_on_edit == PromoteOnEdit::Yes
        && context.actor.role.may(Permission::IdentityPromote)
}
