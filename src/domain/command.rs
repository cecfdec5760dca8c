//! Commands: what somebody wants done, who they are, and what came of it.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::contact::{ContactId, Fields, NoteId, OrganizationId};
use super::conversation::{Conversation, ConversationId};
use super::enrichment::Enrichment;
use super::field::{Field, Value};
use super::identifier::Identifier;
use super::permission::{Permission, Role};
use super::review::{Filter, Verdict};
use super::transcript::Message;
use super::unmerge::Since;
use super::visit::Visit;

pub use super::remark::{Imported, Remark, marked_shared};

/// Number of an entry in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(pub u64);

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::str::FromStr for EntryId {
    type Err = NotAnEntry;

    fn from_str(text: &str) -> Result<Self, NotAnEntry> {
        let digits = text.trim().trim_start_matches('#');
        digits
            .parse()
            .map(Self)
            .map_err(|_| NotAnEntry(text.chars().take(40).collect()))
    }
}

/// A text that is no entry number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a journal entry; entries are numbers such as 412")]
pub struct NotAnEntry(pub String);

/// Who acts, in which role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub name: String,
    pub role: Role,
}

/// A change of one field. `before` is what the person saw: when it no longer holds, somebody else changed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    pub field: Field,
    pub before: Expected,
    pub after: Option<Value>,
}

/// What an edit expects to find.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expected {
    /// Whatever stands there (command line, import).
    Anything,
    Exactly(Option<Value>),
}

/// What a link does with the identifier of the conversation: *From now on +353... is Efa's? y/n*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Claiming {
    Leave,
    Move,
}

/// What an unlink does with the identifier of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sharing {
    Leave,
    Mark,
}

/// One row of a bulk import, read but not yet matched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportRow {
    /// Fields of the non-empty cells; external ids included.
    pub fields: Fields,
    /// Name of the organization, matched by exact name, else made.
    pub company: Option<String>,
    pub matching: Vec<Match>,
    pub batch: u64,
}

/// What an import row is matched by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Match {
    ExternalId,
    Phone,
    Email,
}

/// Everything that can be asked of the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// A conversation was seen (new, changed or ended).
    Resolve(Box<Conversation>),
    /// A web visit was seen.
    ResolveVisit(Box<Visit>),
    /// A message of a conversation was seen.
    TakeMessage(Box<Message>),
    /// Add to contacts.
    Promote {
        contact: ContactId,
        edits: Vec<Edit>,
    },
    /// New contact, linked to a conversation when one is given.
    Create {
        fields: Box<Fields>,
        link: Option<ConversationId>,
    },
    Edit {
        contact: ContactId,
        edits: Vec<Edit>,
    },
    Link {
        conversation: ConversationId,
        contact: ContactId,
        claiming: Claiming,
    },
    Unlink {
        conversation: ConversationId,
        sharing: Sharing,
    },
    /// `takes` names the input whose value wins, per field; `sure` is set after asking twice.
    Merge {
        contacts: Vec<ContactId>,
        takes: Vec<(Field, ContactId)>,
        sure: Sure,
    },
    AddNote {
        contact: ContactId,
        text: String,
    },
    EditNote {
        note: NoteId,
        text: String,
    },
    DeleteNote {
        note: NoteId,
    },
    Delete {
        contact: ContactId,
    },
    /// Everything that is known of a person goes for good.
    Erase {
        contact: ContactId,
        reason: String,
    },
    NotSame {
        one: ContactId,
        other: ContactId,
    },
    Claim {
        contact: ContactId,
        identifier: Identifier,
    },
    Release {
        contact: ContactId,
        identifier: Identifier,
    },
    Share {
        identifier: Identifier,
    },
    Unshare {
        identifier: Identifier,
    },
    WrapUp {
        conversation: ConversationId,
        code: String,
        notes: Option<String>,
    },
    /// Who acts takes a conversation that waits; `agent` is the id of their user, which the backend fills in.
    Take {
        conversation: ConversationId,
        agent: Option<String>,
    },
    /// Who acts opens a conversation again that ended and goes on with it.
    Reopen {
        conversation: ConversationId,
        agent: Option<String>,
    },
    Import(Box<ImportRow>),
    Enrich(Box<Enrichment>),
    /// The id is a fresh one; `rest` is everything but the name, as `Organization::rest` has it.
    CreateOrganization {
        id: OrganizationId,
        name: String,
        rest: Map<String, Json>,
    },
    /// Replaces everything.
    EditOrganization {
        organization: OrganizationId,
        name: String,
        rest: Map<String, Json>,
    },
    DeleteOrganization {
        organization: OrganizationId,
    },
    Expire {
        contact: ContactId,
    },
    Undo {
        entry: EntryId,
    },
    /// Takes a merge back although things came since; what `sides` does not name goes by the rules.
    Unmerge {
        entry: EntryId,
        sides: Vec<(Since, ContactId)>,
    },
    /// Says of a decision whether it is right.
    Mark {
        entry: EntryId,
        verdict: Verdict,
        note: Option<String>,
    },
    /// Keeps a filter of the actor's own, in place of the one of that name.
    SaveFilter {
        name: String,
        filter: Box<Filter>,
    },
    ForgetFilter {
        name: String,
    },
    /// Somebody who sees everybody's conversations looks at a person: that is all it records.
    View {
        contact: ContactId,
    },
    /// Somebody takes a list out, what and how many rows; or all that is known of a person, with the contact.
    Export {
        what: String,
        rows: u64,
        contact: Option<ContactId>,
    },
}

/// Whether the person was asked twice (strong ids differ, or marked as not the same).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sure {
    AskedOnce,
    AskedTwice,
}

/// What kind of decision a journal entry records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Action {
    Resolve,
    Promote,
    Create,
    Edit,
    Link,
    Unlink,
    Merge,
    AddNote,
    EditNote,
    DeleteNote,
    Delete,
    Erase,
    NotSame,
    Claim,
    Release,
    Share,
    Unshare,
    WrapUp,
    Take,
    Reopen,
    Import,
    Expire,
    Undo,
    Unmerge,
    Enrich,
    CreateOrganization,
    EditOrganization,
    DeleteOrganization,
    Mark,
    SaveFilter,
    ForgetFilter,
    View,
    Export,
}

impl Action {
    pub const ALL: [Self; 33] = [
        Self::Resolve,
        Self::Promote,
        Self::Create,
        Self::Edit,
        Self::Link,
        Self::Unlink,
        Self::Merge,
        Self::AddNote,
        Self::EditNote,
        Self::DeleteNote,
        Self::Delete,
        Self::Erase,
        Self::NotSame,
        Self::Claim,
        Self::Release,
        Self::Share,
        Self::Unshare,
        Self::WrapUp,
        Self::Take,
        Self::Reopen,
        Self::Import,
        Self::Expire,
        Self::Undo,
        Self::Unmerge,
        Self::Enrich,
        Self::CreateOrganization,
        Self::EditOrganization,
        Self::DeleteOrganization,
        Self::Mark,
        Self::SaveFilter,
        Self::ForgetFilter,
        Self::View,
        Self::Export,
    ];

    /// The name in the journal and in output; never renamed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Promote => "promote",
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Link => "link",
            Self::Unlink => "unlink",
            Self::Merge => "merge",
            Self::AddNote => "add-note",
            Self::EditNote => "edit-note",
            Self::DeleteNote => "delete-note",
            Self::Delete => "delete",
            Self::Erase => "erase",
            Self::NotSame => "not-same",
            Self::Claim => "claim",
            Self::Release => "release",
            Self::Share => "share",
            Self::Unshare => "unshare",
            Self::WrapUp => "wrap-up",
            Self::Take => "take",
            Self::Reopen => "reopen",
            Self::Import => "import",
            Self::Expire => "expire",
            Self::Undo => "undo",
            Self::Unmerge => "unmerge",
            Self::Enrich => "enrich",
            Self::CreateOrganization => "create-organization",
            Self::EditOrganization => "edit-organization",
            Self::DeleteOrganization => "delete-organization",
            Self::Mark => "mark",
            Self::SaveFilter => "save-filter",
            Self::ForgetFilter => "forget-filter",
            Self::View => "view",
            Self::Export => "export",
        }
    }

    /// The action with this `name`.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }

    /// True for what a person did and may take back. What was merely seen, expiry and erasure cannot be undone.
    pub const fn can_be_undone(self) -> bool {
        match self {
            Self::Resolve | Self::Expire | Self::Erase | Self::View | Self::Export => false,
            Self::Mark | Self::SaveFilter | Self::ForgetFilter | Self::NotSame => true,
            Self::Promote | Self::Create | Self::Edit | Self::Link | Self::Unlink => true,
            Self::Merge | Self::AddNote | Self::EditNote | Self::DeleteNote => true,
            Self::Delete | Self::Take | Self::Reopen => true,
            Self::Claim | Self::Release | Self::Share | Self::Unshare | Self::WrapUp => true,
            Self::Import | Self::Undo | Self::Unmerge | Self::Enrich => true,
            Self::CreateOrganization | Self::EditOrganization | Self::DeleteOrganization => true,
        }
    }

    /// The right that an action needs, and so its undo (`design/rules.md` §5).
    pub const fn needs(self) -> Permission {
        match self {
            Self::Resolve => Permission::Ingest,
            Self::Promote => Permission::IdentityPromote,
            Self::Create => Permission::ContactAdd,
            Self::Edit | Self::AddNote | Self::EditNote | Self::DeleteNote => {
                Permission::ContactEdit
            }
            Self::Link | Self::Unlink | Self::NotSame => Permission::ConversationAssociate,
            Self::Merge => Permission::IdentityMerge,
            Self::Delete => Permission::ContactDelete,
            Self::Erase => Permission::PersonErase,
            Self::Claim | Self::Release => Permission::ContactEdit,
            Self::Share | Self::Unshare => Permission::ConversationAssociate,
            Self::WrapUp => Permission::ParticipantWrapup,
            // Its medium asks for a right besides.
            Self::Take | Self::Reopen => Permission::CommunicationView,
            Self::Import | Self::Expire => Permission::ImportJobAdd,
            Self::Enrich => Permission::ContactEnrich,
            Self::CreateOrganization => Permission::OrganizationAdd,
            Self::EditOrganization => Permission::OrganizationEdit,
            Self::DeleteOrganization => Permission::OrganizationDelete,
            Self::Mark => Permission::ReviewMark,
            Self::SaveFilter | Self::ForgetFilter | Self::View => Permission::ConversationViewAll,
            Self::Export => Permission::Export,
            // The undo asks for the right of the undone action instead.
            Self::Undo | Self::Unmerge => Permission::ContactView,
        }
    }
}

impl Command {
    /// The action that the command records.
    pub const fn action(&self) -> Action {
        match self {
            Self::Resolve(_) | Self::ResolveVisit(_) | Self::TakeMessage(_) => Action::Resolve,
            Self::Promote { .. } => Action::Promote,
            Self::Create { .. } => Action::Create,
            Self::Edit { .. } => Action::Edit,
            Self::Link { .. } => Action::Link,
            Self::Unlink { .. } => Action::Unlink,
            Self::Merge { .. } => Action::Merge,
            Self::AddNote { .. } => Action::AddNote,
            Self::EditNote { .. } => Action::EditNote,
            Self::DeleteNote { .. } => Action::DeleteNote,
            Self::Delete { .. } => Action::Delete,
            Self::Erase { .. } => Action::Erase,
            Self::NotSame { .. } => Action::NotSame,
            Self::Claim { .. } => Action::Claim,
            Self::Release { .. } => Action::Release,
            Self::Share { .. } => Action::Share,
            Self::Unshare { .. } => Action::Unshare,
            Self::WrapUp { .. } => Action::WrapUp,
            Self::Take { .. } => Action::Take,
            Self::Reopen { .. } => Action::Reopen,
            Self::Import(_) => Action::Import,
            Self::Enrich(_) => Action::Enrich,
            Self::CreateOrganization { .. } => Action::CreateOrganization,
            Self::EditOrganization { .. } => Action::EditOrganization,
            Self::DeleteOrganization { .. } => Action::DeleteOrganization,
            Self::Expire { .. } => Action::Expire,
            Self::Undo { .. } => Action::Undo,
            Self::Unmerge { .. } => Action::Unmerge,
            Self::Mark { .. } => Action::Mark,
            Self::SaveFilter { .. } => Action::SaveFilter,
            Self::ForgetFilter { .. } => Action::ForgetFilter,
            Self::View { .. } => Action::View,
            Self::Export { .. } => Action::Export,
        }
    }

    /// Every right that the command needs.
    pub fn needs(&self) -> Vec<Permission> {
        match self {
            Self::Promote { edits, .. } if !edits.is_empty() => {
                vec![Permission::IdentityPromote, Permission::ContactEdit]
            }
            Self::Create { link: Some(_), .. } => {
                vec![Permission::ContactAdd, Permission::ConversationAssociate]
            }
            Self::Erase { .. } => vec![Permission::PersonErase, Permission::GdprRequestAdd],
            Self::Export {
                contact: Some(_), ..
            } => vec![Permission::GdprRequestAdd],
            Self::Mark { .. } => vec![Permission::ReviewMark, Permission::ConversationViewAll],
            Self::Enrich(one) if one.promotes => {
                vec![Permission::ContactEnrich, Permission::IdentityPromote]
            }
            _ => vec![self.action().needs()],
        }
    }
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The journal entry; `None` when nothing had to change.
    pub entry: Option<EntryId>,
    pub action: Action,
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    pub remarks: Vec<Remark>,
}
