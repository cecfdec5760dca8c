//! What the desk shows, ready to be drawn: names instead of ids, rights already applied.

mod brief;
mod feature;
mod filter;
mod journey;
mod review;
mod turn;

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::domain::command::{Action, EntryId};
use crate::domain::contact::{Contact, ContactId, ContactType, Note, Organization};
use crate::domain::conversation::{Channel, ConversationId, Direction, Provided, Status, Trust};
use crate::domain::field::Field;
use crate::domain::identifier::Identifier;
use crate::domain::moment::Moment;
use crate::domain::reason::{Claim, ClaimOrigin, Reason, Rule};
use crate::domain::record::ConversationRecord;
use crate::domain::unmerge::Since;
use crate::domain::visit::VisitId;

pub use brief::Brief;
pub use feature::{Feature, Lacks};
pub use filter::{JourneyFilter, Unfit};
pub use journey::{
    InteractionId, Journey, JourneyConversation, JourneyItem, JourneyPlace, JourneyQuery, Online,
};
pub use review::{DecisionLine, ReviewPage, ReviewQuery, Reviewed};
pub use turn::{Claimed, Done, Turn, TurnKind};

/// What is said to have decided where nobody did.
const RESOLUTION: &str = "the resolution";

/// How a server can be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    #[default]
    Fine,
    /// Since then it cannot be reached.
    Offline(Moment),
    /// It takes nothing before then.
    Waiting(Moment),
    /// It can be reached, but tells of no change by itself: it is asked for them.
    Polling,
}

/// What the header says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// `local`, or the host of a remote.
    pub place: String,
    pub contacts: u64,
}

/// The conversations that the actor sees, active first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Roster {
    pub lines: Vec<RosterLine>,
    /// Set when the actor's name is nobody's in the organization: the list shows waiting ones only.
    pub unknown_agent: bool,
}

/// One conversation of the roster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RosterLine {
    pub id: ConversationId,
    /// Nobody on a Genesys Cloud where somebody unlinked it.
    pub contact: Option<ContactId>,
    pub channel: Channel,
    pub direction: Direction,
    pub address: Option<String>,
    /// Name of the linked contact; `None` when nobody named it.
    pub name: Option<String>,
    pub contact_kind: Option<ContactType>,
    /// The name that it gives; for a contact that nobody named the one that its latest conversation gives, so
    /// that a contact is called the same in every row.
    pub provided_name: Option<String>,
    /// Who may be meant by an identifier that several people share, the likeliest first.
    pub whose: Vec<String>,
    pub start: Moment,
    pub end: Option<Moment>,
    pub status: Status,
    pub queue: Option<String>,
    pub agent: Option<String>,
}

/// The state of a conversation's profile (`design/rules.md` §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProfileState {
    /// Linked, nobody else uses the identifier.
    Linked,
    /// Linked, and others use the identifier.
    Rivals,
    /// No kept contact: only what the conversation provided.
    Provided,
    /// On a fresh contact after Unlink.
    Unlinked,
    /// A contact opened without a conversation.
    Alone,
    /// The contact is no longer there.
    Gone,
}

/// Who it is, how sure and why, and what the conversation provided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    pub state: ProfileState,
    /// The canonical contact; `None` when it is gone.
    pub contact: Option<Contact>,
    /// What became of a contact that is gone, where the journal knows it.
    pub gone: Option<String>,
    /// The exact id that the conversation is linked to.
    pub linked: Option<ContactId>,
    pub organization: Option<String>,
    /// Identifiers held by the contact, with whether the value was verified.
    pub claims: Vec<(Identifier, Trust)>,
    /// Who holds the identifiers of the conversation, where somebody does: the current canonical contact.
    pub holders: Vec<(Brief, Identifier)>,
    /// Other kept contacts that use an identifier of the conversation or of the contact.
    pub rivals: Vec<(Brief, Identifier)>,
    /// Where nobody kept is linked: what speaks for each of those, in words, the likeliest first.
    pub signs: Vec<(ContactId, String)>,
    /// Identifiers of the conversation or of the contact that are marked as shared.
    pub shared: Vec<Identifier>,
    /// Contacts that may be the same person: merge suggestions.
    pub suggestions: Vec<Brief>,
    /// Contacts that an agent took the conversation from: never suggested for it again.
    pub left: Vec<ContactId>,
    /// Contacts that somebody marked as different people.
    pub not_same: Vec<ContactId>,
    /// Notes of the whole merge set, newest first.
    pub notes: Vec<Note>,
    /// Contacts of the merge set besides the canonical.
    pub ancestors: Vec<ContactId>,
    /// When an auto-made contact expires.
    pub expires: Option<Expires>,
    pub reason: Option<Reason>,
    pub provided: Vec<Provided>,
    /// What a contact that nobody named is called: the name that its latest conversation gives.
    pub says: Option<String>,
    /// The name that the conversation gives. Without a conversation that of the contact's latest one, where
    /// nobody named the contact.
    pub provided_name: Option<String>,
    pub conversation: Option<ConversationId>,
}

/// When an auto-made contact expires (`design/rules.md` §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expires {
    At(Moment),
    /// It has an open conversation: so many days after that ends.
    DaysAfterEnd(i64),
}

impl Profile {
    /// The name that stands for a contact that nobody named.
    pub fn said(&self) -> Option<&str> {
        let said = self.says.as_deref().or(self.provided_name.as_deref());
        said.map(str::trim).filter(|said| !said.is_empty())
    }

    /// Whether nobody was linked because of a shared mark that was taken off since.
    pub fn is_unshared_since(&self) -> bool {
        let rule = self.reason.as_ref().map(|reason| reason.rule);
        let mut provided = self.provided.iter();
        rule == Some(Rule::SharedOnly) && !provided.any(|one| self.is_shared(&one.identifier))
    }

    /// Whether the identifier is marked as shared (`design/rules.md` §3).
    pub fn is_shared(&self, identifier: &Identifier) -> bool {
        self.shared.contains(identifier)
    }
}

/// What goes with a person who is erased.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasePreview {
    /// The names of the merge set, each once, the canonical contact's first.
    pub names: Vec<String>,
    pub contacts: usize,
    pub identifiers: usize,
    pub notes: usize,
    pub conversations: usize,
    /// Conversations of others that the person takes part in: only their part goes.
    pub parts: usize,
    pub visits: usize,
    /// Journal entries that lose their values, and so can no longer be undone.
    pub entries: usize,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SearchResult {
    pub hits: Vec<SearchHit>,
    pub total: usize,
    pub of: usize,
}

/// A contact that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchHit {
    pub contact: ContactId,
    pub name: String,
    /// Matched parts of `name`, byte ranges.
    pub name_matched: Vec<Range<usize>>,
    /// The line beside the name: the field that matched best, else phone or e-mail.
    pub detail: String,
    pub detail_matched: Vec<Range<usize>>,
    pub place: Option<String>,
    pub by_typo: bool,
}

impl SearchHit {
    /// Whether the matched parts lie within their texts.
    pub fn is_sound(&self) -> bool {
        let within = |text: &str, parts: &[Range<usize>]| {
            parts.iter().all(|part| text.get(part.clone()).is_some())
        };
        within(&self.name, &self.name_matched) && within(&self.detail, &self.detail_matched)
    }
}

/// Why a conversation is linked to a contact, in sentences and as evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    pub sentences: Vec<String>,
    pub reason: Reason,
    pub contact: Option<Brief>,
    /// Where the deciding claim came from.
    pub claim_origin: Option<ClaimOrigin>,
    /// How the deciding identifier came to who held it then, the first claim first.
    pub claims: Vec<Claimed>,
    /// What led from the linked contact to the one whose journey shows it, in the order in which it happened.
    pub chain: Vec<Turn>,
}

/// Why a contact exists and holds what it holds, in sentences and as evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContactExplanation {
    pub sentences: Vec<String>,
    /// The canonical contact.
    pub contact: Brief,
    /// The entry that made it; `None` when that is no longer kept.
    pub made: Option<Made>,
    pub held: Vec<Held>,
    pub merged_from: Vec<Brief>,
    /// The merges of the contact that was asked about, those that were taken back as well.
    pub chain: Vec<Turn>,
    /// Kept contacts that carry one of its values too.
    pub others: Vec<(Brief, Identifier)>,
    /// When an auto-made contact in no merge tree expires.
    pub expires: Option<Expires>,
}

/// The entry that made a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    pub entry: EntryId,
    pub at: Moment,
    pub by: String,
    pub action: Action,
    pub batch: Option<u64>,
    pub conversation: Option<ConversationId>,
    pub visit: Option<VisitId>,
    /// The rule that made it, or the action where a person did, and the version of the rules.
    pub rule: Cow<'static, str>,
    pub version: u32,
}

/// An identifier that a contact holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub identifier: Identifier,
    /// As it came, where that is known.
    pub typed: Option<String>,
    pub claim: Claim,
    /// The field that carries it.
    pub field: Option<Field>,
}

/// Why a conversation is not linked to a certain contact, what weighs most first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotExplanation {
    pub sentences: Vec<String>,
    /// The contact that was asked about; `None` when it is gone.
    pub contact: Option<Brief>,
    /// The contact that the conversation is linked to.
    pub linked: Option<Brief>,
    /// Why it is linked there.
    pub reason: Reason,
    pub answers: Vec<Answer>,
}

/// One reason why not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Its name for programs, for example `held-by-other`; never renamed.
    pub code: Cow<'static, str>,
    pub sentence: String,
    pub identifier: Option<Identifier>,
    /// Who has it, or whom somebody linked.
    pub holder: Option<ContactId>,
    pub claim: Option<Claim>,
    pub at: Option<Moment>,
}

/// One line of a merge preview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewLine {
    pub field: Field,
    /// What each input holds, in the order of the inputs.
    pub sides: Vec<String>,
    pub result: String,
    /// Index of the input whose value wins, when inputs differ.
    pub taken: Option<usize>,
}

/// What a merge would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MergePreview {
    pub inputs: Vec<Brief>,
    pub result_kind: ContactType,
    pub lines: Vec<PreviewLine>,
    /// The choice that these lines show; send it with the command.
    pub takes: Vec<(Field, ContactId)>,
    pub identifiers: usize,
    pub notes: usize,
    /// Interactions that the journey of the result will show.
    pub interactions: usize,
    /// Why the desk should ask twice: strong ids differ, or marked as not the same.
    pub warnings: Vec<String>,
}

impl MergePreview {
    /// Whether every line has a value of each input.
    pub fn is_sound(&self) -> bool {
        let inputs = self.inputs.len();
        let fits = |line: &PreviewLine| {
            line.sides.len() == inputs && line.taken.is_none_or(|taken| taken < inputs)
        };
        2 <= inputs && self.lines.iter().all(fits)
    }
}

/// What taking a merge back comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnmergePreview {
    pub entry: EntryId,
    /// The contacts that come back, the main one first.
    pub sides: Vec<Brief>,
    /// The person that one side stays with, when the merge lies inside a later one.
    pub head: Option<Brief>,
    /// What came since.
    pub items: Vec<UnmergeItem>,
    /// What somebody else holds by now of what the contacts held, in sentences: it stays there.
    pub elsewhere: Vec<String>,
}

impl UnmergePreview {
    /// Whether everything goes to one of the sides.
    pub fn is_sound(&self) -> bool {
        let sides = self.sides.len();
        2 <= sides && self.items.iter().all(|item| item.side < sides)
    }
}

/// Something that came to a canonical contact since its merge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnmergeItem {
    pub item: Since,
    /// What it is, in words.
    pub what: String,
    /// Index of the side that it goes to, and why.
    pub side: usize,
    pub why: String,
}

/// Names of the organization, for pickers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameList {
    /// Wrap-up codes: id and name.
    pub codes: Vec<(String, String)>,
    pub queues: Vec<(String, String)>,
    pub users: Vec<(String, String)>,
}

/// Which entries of the journal; every part narrows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryQuery {
    /// Of this contact's whole merge set.
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    /// By the person with this name.
    pub by: Option<String>,
    /// Of this import batch.
    pub batch: Option<u64>,
    /// Older than this entry.
    pub before: Option<EntryId>,
    pub limit: usize,
}

/// A page of the history, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    pub lines: Vec<HistoryLine>,
    /// True when there is more behind the page.
    pub more: bool,
    /// True when the actor's own entries only are listed, because the role may not see those of others.
    pub own_only: bool,
}

/// A decision: who, when, what, why, and whether it can be taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryLine {
    pub id: EntryId,
    pub at: Moment,
    pub actor: String,
    pub action: Action,
    /// What was done, with names and without who did it: `linked the call of 14:02 to Efa Byrne`.
    pub sentence: String,
    pub state: EntryState,
    /// Why the actor cannot undo it now; nothing when it can be undone.
    pub refusal: Option<String>,
    /// How many things came since that an undo gives to one side or the other: a merge that comes apart by
    /// `Command::Unmerge`. 0 for everything else.
    pub to_assign: usize,
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    pub batch: Option<u64>,
    pub undoes: Option<EntryId>,
    /// What changed, in the order in which it did.
    pub details: Vec<HistoryDetail>,
    /// Changes that are left out of the details because they are too many.
    pub more_details: usize,
    /// Why, in sentences.
    pub evidence: Vec<String>,
}

impl HistoryLine {
    /// Whether the rules decided it when something was seen, whoever brought that in.
    pub fn is_automatic(&self) -> bool {
        self.action == Action::Resolve
    }

    /// Who decided it, for people.
    pub fn decided_by(&self) -> &str {
        match self.is_automatic() {
            true => RESOLUTION,
            false => &self.actor,
        }
    }

    /// What became of it and whether it can be undone, in a few words.
    pub fn standing(&self) -> String {
        match (self.state, &self.refusal) {
            (EntryState::UndoneBy(by), _) => format!("undone by #{by}"),
            (EntryState::NoLongerKept, _) => "no longer kept".to_owned(),
            (EntryState::InForce, Some(_)) => "stands".to_owned(),
            (EntryState::InForce, None) if 0 < self.to_assign => "comes apart".to_owned(),
            (EntryState::InForce, None) => "can be undone".to_owned(),
        }
    }
}

/// What the undo of an entry would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UndoPreview {
    /// The entry, with the reason where it cannot be undone.
    pub line: HistoryLine,
    /// What it does, each with its verb: `links the call of 20 Nov 09:00 back to Efa Byrne`.
    pub does: Vec<String>,
    /// How things would stand then.
    pub afterwards: Vec<String>,
    /// So many more things than are told.
    pub more: usize,
}

impl UndoPreview {
    /// Of an entry that cannot be undone.
    pub fn refused(line: HistoryLine) -> Self {
        let (does, afterwards) = (Vec::new(), Vec::new());
        Self {
            line,
            does,
            afterwards,
            more: 0,
        }
    }
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EntryState {
    InForce,
    UndoneBy(EntryId),
    /// In force, but its values were deleted: it cannot be shown nor undone.
    NoLongerKept,
}

/// One thing that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryDetail {
    /// Whose it is: a contact or a conversation in words.
    pub of: String,
    /// What of it: the label of a field.
    pub what: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// Something that can be undone, for a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undoable(pub EntryId);

/// Whose past is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whose {
    Contact(ContactId),
    /// The person that the conversation was linked to then.
    Conversation(ConversationId),
}

/// A person as they stood at a past moment. Nothing can be changed there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Past {
    pub at: Moment,
    /// Without rivals: who else used an identifier then is other people's history. `suggestions` are those
    /// who are one person with this one by now and were not then.
    pub profile: Profile,
    /// The whole of it, what was going on then first.
    pub journey: Journey,
    pub claims: Vec<(Identifier, Claim)>,
    pub organization: Option<Organization>,
    /// The conversation, when one was asked for.
    pub record: Option<ConversationRecord>,
    /// When the person's history last changed before, and next after it.
    pub earlier: Option<Moment>,
    pub later: Option<Moment>,
}
