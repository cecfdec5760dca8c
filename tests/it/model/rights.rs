//! Who may do what: the tables of §5 and §9, written down once more.

use scv_desk::domain::command::Action;
use scv_desk::domain::{Actor, Command, Permission, Refusal};

/// What each bundled role may do of what gates a command; everybody may view.
fn may(role: &str, right: Permission) -> bool {
    use Permission as P;
    let acts = [
        P::ContactAdd,
        P::ContactEdit,
        P::ConversationAssociate,
        P::IdentityPromote,
        P::ParticipantWrapup,
    ];
    match role {
        _ if right == P::ContactView => true,
        "agent" => acts.contains(&right),
        "agent-merge" => acts.contains(&right) || right == P::IdentityMerge,
        "supervisor" => right == P::DecisionUndo,
        "admin" => true,
        other => panic!("no bundled role {other}"),
    }
}

/// True when the actor holds a right.
pub fn holds(actor: &Actor, right: Permission) -> bool {
    may(&actor.role.name, right)
}

/// The right that an action needs (§5, column "needs").
pub fn needed(action: Action) -> Permission {
    use Permission as P;
    match action {
        Action::Resolve => P::Ingest,
        Action::Promote => P::IdentityPromote,
        Action::Create => P::ContactAdd,
        Action::Edit | Action::AddNote | Action::EditNote | Action::DeleteNote => P::ContactEdit,
        Action::Claim | Action::Release => P::ContactEdit,
        Action::Link | Action::Unlink | Action::NotSame => P::ConversationAssociate,
        Action::Share | Action::Unshare => P::ConversationAssociate,
        Action::Merge => P::IdentityMerge,
        Action::Delete => P::ContactDelete,
        Action::WrapUp => P::ParticipantWrapup,
        Action::Take | Action::Reopen => P::CommunicationView,
        Action::Import | Action::Expire => P::ImportJobAdd,
        Action::Erase => P::PersonErase,
        Action::Enrich => P::ContactEnrich,
        Action::CreateOrganization => P::OrganizationAdd,
        Action::EditOrganization => P::OrganizationEdit,
        Action::DeleteOrganization => P::OrganizationDelete,
        Action::Undo | Action::Unmerge => P::ContactView,
        Action::Mark => P::ReviewMark,
        Action::SaveFilter | Action::ForgetFilter | Action::View => P::ConversationViewAll,
        Action::Export => P::Export,
    }
}

/// Refuses a command whose rights the actor lacks. An undo and an unmerge are looked at where they are
/// done.
pub fn check(actor: &Actor, command: &Command) -> Result<(), Refusal> {
    let mut rights = vec![needed(command.action())];
    match command {
        Command::Promote { edits, .. } if !edits.is_empty() => rights.push(Permission::ContactEdit),
        Command::Create { link: Some(_), .. } => rights.push(Permission::ConversationAssociate),
        Command::Erase { .. } => rights.push(Permission::GdprRequestAdd),
        Command::Undo { .. } | Command::Unmerge { .. } => rights.clear(),
        _ => {}
    }
    match rights.into_iter().find(|right| !holds(actor, *right)) {
        Some(right) => Err(Refusal::Denied(right)),
        None => Ok(()),
    }
}
