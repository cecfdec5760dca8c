//! Accounts and grants in their tables.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::SqliteStore;
use super::column::{IdColumn, text_at};
use super::fault::Step;
use super::seal::{of_id, opened, sealed};
use crate::domain::moment::Moment;
use crate::store::StoreError;
use crate::store::account::{Account, AccountKind, Accounts, Grant, GrantKind, TokenHash};

/// Room for most accounts and grants.
const BODY_BYTES: usize = 512;

const fn kind_code(kind: AccountKind) -> i64 {
    match kind {
        AccountKind::User => 1,
        AccountKind::Client => 2,
    }
}

/// A name as it is told from others: *Niamh* and *niamh* would be one person in the history.
fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

const fn grant_code(kind: GrantKind) -> i64 {
    match kind {
        GrantKind::Access => 1,
        GrantKind::Refresh => 2,
        GrantKind::Code => 3,
    }
}

#[async_trait]
impl Accounts for SqliteStore {
    async fn accounts(&self, kind: AccountKind) -> Result<Vec<Account>, StoreError> {
        self.read(move |connection| all(connection, kind)).await
    }

    async fn account(&self, id: Uuid) -> Result<Option<Account>, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT body FROM account WHERE id = ?1";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query([IdColumn(&id)])?;
            match rows.next()? {
                Some(row) => {
                    let account = opened(text_at(row, 0)?)?;
                    of_id(account, |account: &Account| account.id == id).map(Some)
                }
                None => Ok(None),
            }
        })
        .await
    }

    async fn account_named(
        &self,
        kind: AccountKind,
        name: String,
    ) -> Result<Option<Account>, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT body FROM account WHERE kind = ?1 AND name = ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query((kind_code(kind), folded(&name)))?;
            rows.next()?.map(|row| opened(text_at(row, 0)?)).transpose()
        })
        .await
    }

    async fn add_account(&self, account: Account) -> Result<bool, StoreError> {
        self.write(move |turn| {
            let sql = "INSERT INTO account (id, kind, name, body) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT DO NOTHING";
            let body = sealed(&account, BODY_BYTES)?;
            let columns = (
                IdColumn(&account.id),
                kind_code(account.kind),
                folded(&account.name),
                &body,
            );
            Ok(turn.connection.prepare_cached(sql)?.execute(columns)? == 1)
        })
        .await
    }

    async fn change_account(&self, account: Account) -> Result<(), StoreError> {
        self.write(move |turn| {
            let body = sealed(&account, BODY_BYTES)?;
            let sql = "UPDATE account SET body = ?2 WHERE id = ?1";
            let mut statement = turn.connection.prepare_cached(sql)?;
            statement.execute((IdColumn(&account.id), &body))?;
            let sql = "DELETE FROM granted WHERE owner = ?1 OR client = ?1";
            let mut statement = turn.connection.prepare_cached(sql)?;
            statement.execute([IdColumn(&account.id)])?;
            Ok(())
        })
        .await
    }

    async fn grant(&self, hash: TokenHash) -> Result<Option<Grant>, StoreError> {
        self.read(move |connection| find(connection, &hash)).await
    }

    async fn add_grants(&self, grants: Vec<Grant>, now: Moment) -> Result<(), StoreError> {
        self.write(move |turn| {
            let connection = turn.connection;
            let sql = "DELETE FROM granted WHERE expires < ?1";
            connection.prepare_cached(sql)?.execute([now.0])?;
            grants
                .iter()
                .try_for_each(|grant| insert(connection, grant))
        })
        .await
    }

    async fn take_grant(&self, hash: TokenHash) -> Result<Option<Grant>, StoreError> {
        self.write(move |turn| {
            let found = find(turn.connection, &hash)?;
            let sql = "DELETE FROM granted WHERE hash = ?1";
            let mut statement = turn.connection.prepare_cached(sql)?;
            statement.execute([hash.as_slice()])?;
            Ok(found)
        })
        .await
    }
}

fn all(connection: &Connection, kind: AccountKind) -> Step<Vec<Account>> {
    let sql = "SELECT body FROM account WHERE kind = ?1 ORDER BY name";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([kind_code(kind)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(opened(text_at(row, 0)?)?);
    }
    Ok(found)
}

fn find(connection: &Connection, hash: &TokenHash) -> Step<Option<Grant>> {
    let sql = "SELECT body FROM granted WHERE hash = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let body: Option<String> = statement
        .query_row([hash.as_slice()], |row| row.get(0))
        .optional()?;
    let Some(body) = body else { return Ok(None) };
    of_id(opened(&body)?, |grant: &Grant| grant.hash == *hash).map(Some)
}

fn insert(connection: &Connection, grant: &Grant) -> Step<()> {
    let sql = "INSERT OR REPLACE INTO granted (hash, kind, owner, client, expires, body)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let body = sealed(grant, BODY_BYTES)?;
    connection.prepare_cached(sql)?.execute((
        grant.hash.as_slice(),
        grant_code(grant.kind),
        IdColumn(&grant.owner),
        IdColumn(&grant.client),
        grant.expires.0,
        &body,
    ))?;
    Ok(())
}
