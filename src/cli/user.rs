//! `scv user`: people who sign in to a server of the store.

use clap::Subcommand;
use serde_json::json;

use super::Global;
use super::account::{self, Made, Wanted};
use super::output::{Format, Output};
use super::session::Session;
use super::trouble::Exit;
use crate::store::account::AccountKind;
use crate::store::sqlite::Open;

const KIND: AccountKind = AccountKind::User;

#[derive(Debug, Subcommand)]
pub enum User {
    /// Add somebody who signs in to `scv serve`, in the role of --role; the password is told once
    Add {
        /// The name to sign in with, and in the history; best that of a user of the organization
        name: String,
    },
    /// List who may sign in
    List,
    /// Let somebody sign in no more, at once
    Revoke { name: String },
    /// Give somebody a new password; the old one and every token end
    Rotate { name: String },
}

impl User {
    pub async fn run(
        &self,
        global: &Global,
        session: &Session,
        output: &mut Output,
    ) -> anyhow::Result<Exit> {
        match self {
            Self::Add { name } => {
                let wanted = Wanted {
                    kind: KIND,
                    name,
                    role: &account::role(session, global.role.as_deref())?,
                    redirects: &[],
                };
                let store = account::open(session, Open::Create)?;
                tell(&account::add(session, &store, wanted).await?, output)
            }
            Self::List => account::list(session, KIND, output).await,
            Self::Revoke { name } => account::revoke(session, KIND, name, output).await,
            Self::Rotate { name } => tell(&account::rotate(session, KIND, name).await?, output),
        }
    }
}

fn tell(made: &Made, output: &mut Output) -> anyhow::Result<Exit> {
    let Made { account, secret } = made;
    match output.format() {
        Format::Json => output.json(&json!({
            "id": account.id,
            "name": account.name,
            "role": account.role,
            "password": secret,
        }))?,
        Format::Text => {
            output.line(&format!("{} signs in as {}", account.name, account.role))?;
            output.line(&format!("password  {secret}"))?;
            output.say("The password is not shown again; `scv user rotate` makes a new one");
        }
    }
    Ok(Exit::Done)
}
