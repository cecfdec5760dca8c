//! What `scv user` and `scv client` share: adding, listing, revoking and rotating. A secret is told once, when it
//! is made; the store keeps its slow hash.

use anyhow::{anyhow, bail};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::{Exit, Usage};
use crate::server::{hashed, random};
use crate::store::account::{Account, AccountKind, Accounts};
use crate::store::sqlite::{Open, Options, SqliteStore};

/// Most characters of a name.
const NAME_CHARS_MAX: usize = 100;

/// The word for a kind in sentences.
pub const fn word(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::User => "user",
        AccountKind::Client => "client",
    }
}

/// The store with the accounts.
pub fn open(session: &Session, open: Open) -> anyhow::Result<SqliteStore> {
    Ok(SqliteStore::open(&session.store, open, Options::default())?)
}

/// A new account and its secret.
pub struct Made {
    pub account: Account,
    pub secret: String,
}

/// What an account is made of.
pub struct Wanted<'a> {
    pub kind: AccountKind,
    pub name: &'a str,
    pub role: &'a str,
    pub redirects: &'a [String],
}

/// Adds an account. The role must be one of those that there are.
pub async fn add(
    session: &Session,
    store: &dyn Accounts,
    wanted: Wanted<'_>,
) -> anyhow::Result<Made> {
    let name = wanted.name.trim();
    let count = name.chars().count();
    if count == 0 || NAME_CHARS_MAX < count || name.chars().any(char::is_control) {
        return Err(Usage(format!("a name has 1 to {NAME_CHARS_MAX} characters")).into());
    }
    let secret = random()?;
    let account = Account {
        id: Uuid::new_v4(),
        kind: wanted.kind,
        name: name.to_owned(),
        role: wanted.role.to_owned(),
        secret: Some(hashed(&secret)?),
        redirects: wanted.redirects.to_vec(),
        created: session.now(),
        revoked: None,
    };
    let known = store.account_named(wanted.kind, name.to_owned()).await?;
    // Who was revoked comes back under the id of before, with a new secret.
    if let Some(known) = known.filter(|known| !known.is_active()) {
        let account = Account {
            id: known.id,
            name: known.name,
            ..account
        };
        store.change_account(account.clone()).await?;
        return Ok(Made { account, secret });
    }
    match store.add_account(account.clone()).await? {
        true => Ok(Made { account, secret }),
        false => {
            let what = word(wanted.kind);
            bail!(
                "a {what} is named {name:?} already; rotate gives it a new secret, or choose another name"
            )
        }
    }
}

/// The role that was asked for, by its name.
pub fn role(session: &Session, role: Option<&str>) -> anyhow::Result<String> {
    // The session has refused a role that nobody knows.
    match role {
        Some(_) => Ok(session.actor.role.name.clone()),
        None => Err(Usage("--role is required: what the account may do".to_owned()).into()),
    }
}

/// The account with this name or id.
pub async fn find(
    store: &dyn Accounts,
    kind: AccountKind,
    wanted: &str,
) -> anyhow::Result<Account> {
    let wanted = wanted.trim();
    if let Some(found) = store.account_named(kind, wanted.to_owned()).await? {
        return Ok(found);
    }
    let by_id = match wanted.parse() {
        Ok(id) => store.account(id).await?,
        Err(_) => None,
    };
    let by_id = by_id.filter(|account| account.kind == kind);
    let what = word(kind);
    by_id.ok_or_else(|| anyhow!("no {what} is named {wanted:?}; `scv {what} list` names them"))
}

/// Takes an account back: it gets no more tokens, and those that it has end within a second.
pub async fn revoke(
    session: &Session,
    kind: AccountKind,
    name: &str,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let store = open(session, Open::Existing)?;
    let account = find(&store, kind, name).await?;
    let revoked = Account {
        secret: None,
        revoked: Some(account.revoked.unwrap_or(session.now())),
        ..account
    };
    store.change_account(revoked.clone()).await?;
    match output.format() {
        Format::Json => output.json(&line_json(&revoked))?,
        Format::Text => output.line(&format!("The {} {} was revoked", word(kind), revoked.name))?,
    }
    Ok(Exit::Done)
}

/// Gives an account a new secret; the old one and every token end.
pub async fn rotate(session: &Session, kind: AccountKind, name: &str) -> anyhow::Result<Made> {
    let store = open(session, Open::Existing)?;
    let account = find(&store, kind, name).await?;
    if !account.is_active() {
        let what = word(kind);
        bail!(
            "the {what} {} was revoked; add lets it in again",
            account.name
        );
    }
    let secret = random()?;
    let account = Account {
        secret: Some(hashed(&secret)?),
        ..account
    };
    store.change_account(account.clone()).await?;
    Ok(Made { account, secret })
}

/// Lists the accounts of a kind.
pub async fn list(
    session: &Session,
    kind: AccountKind,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let store = open(session, Open::Existing)?;
    let accounts = store.accounts(kind).await?;
    if output.format() == Format::Json {
        let lines: Vec<Json> = accounts.iter().map(line_json).collect();
        output.json(&json!({ "entities": lines }))?;
        return Ok(Exit::Done);
    }
    if accounts.is_empty() {
        let what = word(kind);
        output.say(&format!("There is no {what}; `scv {what} add` makes one"));
        return Ok(Exit::Done);
    }
    let rows = accounts.iter().map(|account| {
        let state = match account.revoked {
            None => "active".to_owned(),
            Some(at) => format!("revoked {}", session.time(at)),
        };
        let created = session.time(account.created);
        vec![
            account.name.clone(),
            account.role.clone(),
            state,
            created,
            account.id.to_string(),
        ]
    });
    let headings = ["NAME", "ROLE", "STATE", "SINCE", "ID"];
    table::rows(output, &headings, &rows.collect::<Vec<_>>())?;
    Ok(Exit::Done)
}

fn line_json(account: &Account) -> Json {
    json!({
        "id": account.id,
        "name": account.name,
        "role": account.role,
        "redirects": account.redirects,
        "createdDate": account.created.to_string(),
        "revokedDate": account.revoked.map(|at| at.to_string()),
    })
}
