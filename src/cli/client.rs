//! `scv client`: programs that ask a server of the store, for themselves or for people who sign in.

use clap::{Args, Subcommand};
use serde_json::json;

use super::Global;
use super::account::{self, Made, Wanted};
use super::output::{Format, Output};
use super::session::Session;
use super::trouble::{Exit, Usage};
use crate::store::account::AccountKind;
use crate::store::sqlite::Open;

const KIND: AccountKind = AccountKind::Client;

#[derive(Debug, Subcommand)]
pub enum Client {
    /// Add a program that asks `scv serve`, in the role of --role; the secret is told once
    Add(Add),
    /// List the programs that may ask
    List,
    /// Let a program ask no more, at once
    Revoke {
        /// The name or the client id
        name: String,
    },
    /// Give a program a new secret; the old one and every token end
    Rotate {
        /// The name or the client id
        name: String,
    },
}

#[derive(Debug, Args)]
pub struct Add {
    /// The name in the list and in the history
    name: String,
    /// An address that people may be sent back to after they signed in; of 127.0.0.1 any port will do
    #[arg(long, value_name = "URI")]
    redirect: Vec<String>,
}

impl Client {
    pub async fn run(
        &self,
        global: &Global,
        session: &Session,
        output: &mut Output,
    ) -> anyhow::Result<Exit> {
        match self {
            Self::Add(one) => {
                one.redirect.iter().try_for_each(|uri| check(uri))?;
                let wanted = Wanted {
                    kind: KIND,
                    name: &one.name,
                    role: &account::role(session, global.role.as_deref())?,
                    redirects: &one.redirect,
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

/// Refuses an address that a browser would not be sent back to, or that others could listen at.
fn check(uri: &str) -> Result<(), Usage> {
    let is_plain = uri.chars().all(|c| c.is_ascii_graphic()) && !uri.contains('#');
    let loopback = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let rest_of = |start: &str| uri.strip_prefix(start).map(str::to_owned);
    let mut rests = loopback.iter().filter_map(|start| rest_of(start));
    let is_loopback = rests.any(|rest| rest.is_empty() || rest.starts_with([':', '/']));
    let is_secure = rest_of("https://").is_some_and(|rest| !rest.is_empty());
    match is_plain && (is_loopback || is_secure) {
        true => Ok(()),
        false => Err(Usage(format!(
            "--redirect: {uri:?} is neither an https address nor one of this machine, such as http://127.0.0.1/back"
        ))),
    }
}

fn tell(made: &Made, output: &mut Output) -> anyhow::Result<Exit> {
    let Made { account, secret } = made;
    match output.format() {
        Format::Json => output.json(&json!({"clientId": account.id, "clientSecret": secret}))?,
        Format::Text => {
            output.line(&format!("{} asks as {}", account.name, account.role))?;
            output.line(&format!("client id      {}", account.id))?;
            output.line(&format!("client secret  {secret}"))?;
            output.say("The secret is not shown again; `scv client rotate` makes a new one");
        }
    }
    Ok(Exit::Done)
}
