//! Permissions and roles (`design/rules.md` §9).

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! permissions {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// A right, named by the contract's string (`api/api.md`); those that start with `scv:` are ours.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Permission { $(#[serde(rename = $text)] $name),* }

        impl Permission {
            /// Every permission.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The string of the contract, for example `externalContacts:identity:merge`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

permissions! {
    ContactView = "externalContacts:contact:view",
    ContactAdd = "externalContacts:contact:add",
    ContactEdit = "externalContacts:contact:edit",
    ContactDelete = "externalContacts:contact:delete",
    ContactEnrich = "externalContacts:contact:enrich",
    ConversationAssociate = "externalContacts:conversation:associate",
    ConversationViewAll = "externalContacts:conversation:viewAll",
    IdentityPromote = "externalContacts:identity:promote",
    IdentityMerge = "externalContacts:identity:merge",
    ContactSessionView = "externalContacts:session:view",
    SegmentAssignmentView = "externalContacts:segmentAssignment:view",
    OrganizationView = "externalContacts:externalOrganization:view",
    OrganizationAdd = "externalContacts:externalOrganization:add",
    OrganizationEdit = "externalContacts:externalOrganization:edit",
    OrganizationDelete = "externalContacts:externalOrganization:delete",
    ExternalSourceAdd = "externalContacts:externalSource:add",
    ExternalSourceEdit = "externalContacts:externalSource:edit",
    ExternalSourceDelete = "externalContacts:externalSource:delete",
    ExportAdd = "externalContacts:export:add",
    ExportView = "externalContacts:export:view",
    ImportJobAdd = "externalContacts:importJob:add",
    JourneyEventView = "journey:event:view",
    JourneyEventTypeView = "journey:eventType:view",
    JourneySessionView = "journey:session:view",
    JourneySessionTypeView = "journey:sessionType:view",
    JourneyOutcomeView = "journey:outcome:view",
    JourneyOutcomeScoresView = "journey:outcomescores:view",
    JourneySegmentView = "journey:segment:view",
    JourneyVisitView = "journey:visit:view",
    QueueView = "routing:queue:view",
    WrapupCodeView = "routing:wrapupCode:view",
    CommunicationView = "conversation:communication:view",
    MessageView = "conversation:message:view",
    WebMessagingView = "conversation:webmessaging:view",
    ParticipantWrapup = "conversation:participant:wrapup",
    CallPull = "conversation:call:pull",
    CallbackPull = "conversation:callback:pull",
    WebchatPull = "conversation:webchat:pull",
    EmailPull = "conversation:email:pull",
    MessagePull = "conversation:message:pull",
    ConversationDetailView = "analytics:conversationDetail:view",
    HistoryView = "scv:history:view",
    ReviewMark = "scv:review:mark",
    DecisionUndo = "scv:decision:undo",
    Export = "scv:export",
    Ingest = "scv:ingest",
    PersonErase = "scv:person:erase",
    GdprRequestAdd = "gdpr:request:add",
    GdprRequestView = "gdpr:request:view",
    GdprSubjectView = "gdpr:subject:view",
    SettingsEdit = "externalContacts:settings:edit",
}

impl Permission {
    /// The permission with this string; case does not matter.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|permission| permission.name().eq_ignore_ascii_case(name.trim()))
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A named set of permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    pub name: String,
    permissions: BTreeSet<Permission>,
}

/// The bundled roles, in the order of `design/rules.md` §9.
pub const BUNDLED_ROLES: [&str; 4] = ["agent", "agent-merge", "supervisor", "admin"];

impl Role {
    /// A role of its own, from config.
    pub fn new(name: &str, permissions: impl IntoIterator<Item = Permission>) -> Self {
        Self {
            name: name.to_owned(),
            permissions: permissions.into_iter().collect(),
        }
    }

    /// One of the bundled roles; `None` for any other name.
    pub fn bundled(name: &str) -> Option<Self> {
        use Permission as P;
        let view = [
            P::ContactView,
            P::ContactSessionView,
            P::SegmentAssignmentView,
            P::OrganizationView,
            P::JourneyEventView,
            P::JourneyEventTypeView,
            P::JourneySessionView,
            P::JourneySessionTypeView,
            P::JourneyOutcomeView,
            P::JourneyOutcomeScoresView,
            P::JourneySegmentView,
            P::JourneyVisitView,
            P::QueueView,
            P::WrapupCodeView,
            P::CommunicationView,
            P::MessageView,
            P::WebMessagingView,
        ];
        let act = [
            P::ContactAdd,
            P::ContactEdit,
            P::ConversationAssociate,
            P::IdentityPromote,
            P::ParticipantWrapup,
            P::CallPull,
            P::CallbackPull,
            P::WebchatPull,
            P::EmailPull,
            P::MessagePull,
        ];
        let supervise = [
            P::ConversationViewAll,
            P::ConversationDetailView,
            P::HistoryView,
            P::ReviewMark,
            P::DecisionUndo,
            P::Export,
        ];
        let granted: BTreeSet<Permission> = match name {
            "agent" => view.into_iter().chain(act).collect(),
            "agent-merge" => view
                .into_iter()
                .chain(act)
                .chain([P::IdentityMerge])
                .collect(),
            "supervisor" => view.into_iter().chain(supervise).collect(),
            "admin" => P::ALL.iter().copied().collect(),
            _ => return None,
        };
        Some(Self {
            name: name.to_owned(),
            permissions: granted,
        })
    }

    /// True when the role holds the permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// True when the role may read what was said in messages: one of the contract's two rights is enough.
    pub fn reads_messages(&self) -> bool {
        self.may(Permission::MessageView) || self.may(Permission::WebMessagingView)
    }

    /// The permissions, in a stable order.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> + '_ {
        self.permissions.iter().copied()
    }
}

/// Which of the two rule sets a merge follows (`design/rules.md` §6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MergeRules {
    /// Two Curated contacts cannot be merged; any other pair can.
    #[default]
    Deck,
    /// 2 to 25 contacts of any type.
    Current,
}
