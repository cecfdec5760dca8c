//! Exit codes, and what is said when a command cannot be done: one sentence that names what to do.

use std::io;
use std::process::ExitCode;

use super::flags;
use super::output::Output;
use crate::backend::Trouble;
use crate::domain::permission::BUNDLED_ROLES;
use crate::domain::{Permission, Refusal, Role};
use crate::store::words_of;

/// What to do about two kept contacts, which a merge by the default rules does not join.
const BOTH_CURATED: &str = "both are Curated, and merge.rules = \"deck\" merges no two of those; set it to \
\"current\" in the configuration, which `scv config path` names";

/// How a command ended. The numbers are documented in the manual and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done,
    /// Refused by the rules, or not possible.
    Refused,
    /// The command line was wrong.
    Usage,
    /// Done, but some rows or lines were bad.
    SomeBad,
}

impl Exit {
    pub fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Done => 0,
            Self::Refused => 1,
            Self::Usage => 2,
            Self::SomeBad => 3,
        })
    }
}

/// A command line that clap could not find fault with, but the command could.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// Says what went wrong, if anything did.
pub fn exit_code(done: anyhow::Result<Exit>, output: &mut Output) -> ExitCode {
    let error = match done {
        Ok(exit) => return exit.code(),
        Err(error) => error,
    };
    if is_broken_pipe(&error) {
        return Exit::Done.code();
    }
    output.error(&sentence(&error));
    match error.is::<Usage>() {
        true => Exit::Usage.code(),
        false => Exit::Refused.code(),
    }
}

/// The error as one sentence; a missing right says which role has it.
pub fn sentence(error: &anyhow::Error) -> String {
    match error.downcast_ref::<Trouble>() {
        Some(trouble) => sentence_of(trouble),
        None => {
            let causes = error.chain().map(|cause| match cause.downcast_ref() {
                Some(error) => words_of(error),
                None => cause.to_string(),
            });
            causes.collect::<Vec<_>>().join(": ")
        }
    }
}

/// The trouble as one sentence.
pub fn sentence_of(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Refused(refusal) => match refusal.as_ref() {
            Refusal::Denied(permission) => denied(*permission),
            // There is no conversation here that could be linked instead.
            Refusal::BothCurated => BOTH_CURATED.to_owned(),
            Refusal::NameRequired(lacking) => {
                let options = lacking
                    .iter()
                    .map(|field| format!("--{}", flags::name(&field.spec())));
                let options = options.collect::<Vec<_>>().join(" and ");
                format!("{refusal}; add {options}")
            }
            other => other.to_string(),
        },
        Trouble::Broken(what) => what.clone(),
        Trouble::NotFound(_) | Trouble::Offline(_) => trouble.to_string(),
        Trouble::Limited(_) | Trouble::Unknown { .. } => trouble.to_string(),
    }
}

/// Refuses when the role lacks a right, before anything is read.
pub fn need(role: &Role, permission: Permission) -> Result<(), Trouble> {
    match role.may(permission) {
        true => Ok(()),
        false => Err(Refusal::Denied(permission).into()),
    }
}

/// Names the first bundled role that has the right.
fn denied(permission: Permission) -> String {
    let roles = BUNDLED_ROLES.iter().filter_map(|name| Role::bundled(name));
    let able = roles.into_iter().find(|role| role.may(permission));
    match able {
        Some(role) => format!("needs {permission}; act as --role {}", role.name),
        None => format!("needs {permission}"),
    }
}

/// True when whoever read the output went away: `scv journey ... | head` ends quietly.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let causes = error.chain();
    causes
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
