//! What is wrong with a JSON body that somebody sent: every member at fault, each with what to do.

use std::fmt;

/// A member that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{member}: {why}")]
pub struct Problem {
    /// Path of the member, for example `cellPhone.display`; empty for the body itself.
    pub member: String,
    pub why: String,
}

/// Every problem of a body; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// A single problem.
    pub fn one(member: &str, why: impl Into<String>) -> Self {
        Self(vec![Problem {
            member: member.to_owned(),
            why: why.into(),
        }])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}
