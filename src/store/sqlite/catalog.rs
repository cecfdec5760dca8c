//! Lists that somebody pages through, out of the tables.

use std::collections::BTreeMap;

use async_trait::async_trait;
use rusqlite::Connection;
use uuid::Uuid;

use super::SqliteStore;
use super::column::{IdColumn, id_at, kind_code, text_at};
use super::contact;
use super::fault::Step;
use super::request;
use super::seal::{opened, sealed};
use crate::domain::contact::{Contact, ContactType, Note, Organization};
use crate::domain::conversation::ConversationId;
use crate::domain::identifier::IdentifierType;
use crate::store::StoreError;
use crate::store::account::{NamedSource, SourceDropped};
use crate::store::catalog::{Catalog, OrganizationPage, Scanned, Span};
use crate::store::request::{PersonRequest, RequestPage};

/// Room for what is known of an external source.
const SOURCE_BYTES: usize = 256;

#[async_trait]
impl Catalog for SqliteStore {
    async fn scan_contacts(
        &self,
        after: u64,
        limit: usize,
    ) -> Result<Scanned<Contact>, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT contact.row, contact.body, alive.seen FROM contact
                LEFT JOIN alive ON alive.contact = contact.row
                WHERE contact.row > ?1 AND contact.kind = ?3 AND contact.merged_to IS NULL
                    AND contact.body IS NOT NULL
                ORDER BY contact.row LIMIT ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let kind = kind_code(ContactType::Curated);
            let rows = statement.query((row_number(after), most(limit), kind))?;
            part(rows, limit, |row| contact::read(row, 1))
        })
        .await
    }

    async fn scan_everybody(
        &self,
        after: u64,
        limit: usize,
    ) -> Result<Scanned<Contact>, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT contact.row, contact.body, alive.seen FROM contact
                LEFT JOIN alive ON alive.contact = contact.row
                WHERE contact.row > ?1 AND contact.merged_to IS NULL AND contact.body IS NOT NULL
                ORDER BY contact.row LIMIT ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query((row_number(after), most(limit)))?;
            part(rows, limit, |row| contact::read(row, 1))
        })
        .await
    }

    async fn scan_notes(&self, after: u64, limit: usize) -> Result<Scanned<Note>, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT row, body FROM note WHERE row > ?1 ORDER BY row LIMIT ?2";
            bodies(connection, sql, after, limit)
        })
        .await
    }

    async fn scan_organizations(
        &self,
        after: u64,
        limit: usize,
    ) -> Result<Scanned<Organization>, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT row, body FROM organization WHERE row > ?1 ORDER BY row LIMIT ?2";
            bodies(connection, sql, after, limit)
        })
        .await
    }

    async fn organizations_with(
        &self,
        text: String,
        limit: usize,
        offset: usize,
    ) -> Result<OrganizationPage, StoreError> {
        self.read(move |connection| organizations(connection, &text, limit, offset))
            .await
    }

    async fn sources(&self) -> Result<Vec<NamedSource>, StoreError> {
        self.read(sources).await
    }

    async fn put_source(&self, id: Uuid, source: NamedSource) -> Result<(), StoreError> {
        self.write(move |turn| {
            let sql = "INSERT OR REPLACE INTO external_source (id, name, body) VALUES (?1, ?2, ?3)";
            let body = sealed(&source, SOURCE_BYTES)?;
            let mut statement = turn.connection.prepare_cached(sql)?;
            statement.execute((IdColumn(&id), &source.name, &body))?;
            Ok(())
        })
        .await
    }

    async fn drop_source(&self, name: String) -> Result<SourceDropped, StoreError> {
        self.write(move |turn| drop_source(turn.connection, &name))
            .await
    }

    async fn put_request(&self, request: PersonRequest) -> Result<(), StoreError> {
        self.write(move |turn| request::put(turn.connection, &request))
            .await
    }

    async fn request(&self, id: Uuid) -> Result<Option<PersonRequest>, StoreError> {
        self.read(move |connection| request::one(connection, id))
            .await
    }

    async fn requests(&self, limit: usize, offset: usize) -> Result<RequestPage, StoreError> {
        self.read(move |connection| request::page(connection, limit, offset))
            .await
    }

    async fn conversations_in(&self, span: Span) -> Result<Vec<ConversationId>, StoreError> {
        self.read(move |connection| conversations(connection, &span))
            .await
    }
}

/// A row number as a column takes it; one that no row can have is behind all of them.
fn row_number(after: u64) -> i64 {
    i64::try_from(after).unwrap_or(i64::MAX)
}

/// One more than is asked for, to tell whether there is more.
fn most(limit: usize) -> i64 {
    i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX)
}

fn bodies<T: serde::de::DeserializeOwned>(
    connection: &Connection,
    sql: &str,
    after: u64,
    limit: usize,
) -> Step<Scanned<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query((row_number(after), most(limit)))?;
    part(rows, limit, |row| opened(text_at(row, 1)?))
}

/// Reads a part of rows that begin with their number.
fn part<T>(
    mut rows: rusqlite::Rows<'_>,
    limit: usize,
    read: impl Fn(&rusqlite::Row<'_>) -> Step<T>,
) -> Step<Scanned<T>> {
    let mut scanned = Scanned {
        found: Vec::new(),
        after: None,
    };
    let mut last = 0;
    while let Some(row) = rows.next()? {
        if scanned.found.len() == limit {
            scanned.after = Some(last);
            break;
        }
        last = row.get::<_, i64>(0)?.cast_unsigned();
        scanned.found.push(read(row)?);
    }
    Ok(scanned)
}

fn organizations(
    connection: &Connection,
    text: &str,
    limit: usize,
    offset: usize,
) -> Step<OrganizationPage> {
    let wanted = text.trim().to_lowercase();
    let mut statement = connection.prepare_cached("SELECT name, body FROM organization")?;
    let mut rows = statement.query(())?;
    let mut found: Vec<Organization> = Vec::new();
    while let Some(row) = rows.next()? {
        if text_at(row, 0)?.to_lowercase().contains(&wanted) {
            found.push(opened(text_at(row, 1)?)?);
        }
    }
    found.sort_by_cached_key(|one| (one.name.to_lowercase(), one.id));
    Ok(OrganizationPage {
        total: found.len(),
        found: found.into_iter().skip(offset).take(limit).collect(),
    })
}

fn sources(connection: &Connection) -> Step<Vec<NamedSource>> {
    let mut found = BTreeMap::new();
    // From one name to the next greater one: few sources, and any number of ids under each. SQLite takes the
    // index where the code stands in the statement, and only when told to.
    let sql = format!(
        "WITH RECURSIVE named (name) AS (
            SELECT min(source) FROM identifier INDEXED BY identifier_source WHERE kind = {code}
            UNION ALL
            SELECT (SELECT min(source) FROM identifier INDEXED BY identifier_source
                    WHERE kind = {code} AND source > name)
                FROM named WHERE name IS NOT NULL)
        SELECT name FROM named WHERE name IS NOT NULL",
        code = IdentifierType::ExternalId.code()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let source = NamedSource {
            name: name.clone(),
            active: true,
            uri_template: None,
        };
        found.insert(name, source);
    }
    let mut statement = connection.prepare_cached("SELECT body FROM external_source")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let source: NamedSource = opened(text_at(row, 0)?)?;
        found.insert(source.name.clone(), source);
    }
    Ok(found.into_values().collect())
}

fn drop_source(connection: &Connection, name: &str) -> Step<SourceDropped> {
    let sql = format!(
        "SELECT 1 FROM identifier INDEXED BY identifier_source
        WHERE kind = {} AND source = ?1 LIMIT 1",
        IdentifierType::ExternalId.code()
    );
    if connection.prepare_cached(&sql)?.exists([name])? {
        return Ok(SourceDropped::Carried);
    }
    let sql = "DELETE FROM external_source WHERE name = ?1";
    connection.prepare_cached(sql)?.execute([name])?;
    Ok(SourceDropped::Gone)
}

fn conversations(connection: &Connection, span: &Span) -> Step<Vec<ConversationId>> {
    let mut found = Vec::new();
    let (from, to, limit) = (span.from.0, span.to.0, most(span.limit));
    match &span.contacts {
        None => {
            // The text is looked for where it stands: only what has it is read as JSON.
            let mut narrowed = vec!["body LIKE ?"; span.mentions.len()].join(" OR ");
            if narrowed.is_empty() {
                narrowed.push_str("TRUE");
            }
            let sql = format!(
                "SELECT id, started FROM conversation
                WHERE (until IS NULL OR until >= ?1) AND started < ?2 AND ({narrowed})
                ORDER BY started, row LIMIT {limit}"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            statement.raw_bind_parameter(1, from)?;
            statement.raw_bind_parameter(2, to)?;
            for (index, text) in (3..).zip(&span.mentions) {
                statement.raw_bind_parameter(index, format!("%{text}%"))?;
            }
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                found.push((row.get::<_, i64>(1)?, id_at(row, 0)?));
            }
        }
        Some(contacts) => {
            let sql = "SELECT conversation.id, conversation.started FROM party
                JOIN conversation ON conversation.row = party.conversation
                WHERE party.contact = (SELECT row FROM contact WHERE id = ?4)
                    AND (until IS NULL OR until >= ?1) AND conversation.started < ?2
                ORDER BY conversation.started, conversation.row LIMIT ?3";
            let mut statement = connection.prepare_cached(sql)?;
            for contact in contacts {
                let mut rows = statement.query((from, to, limit, IdColumn(&contact.0)))?;
                while let Some(row) = rows.next()? {
                    found.push((row.get::<_, i64>(1)?, id_at(row, 0)?));
                }
            }
        }
    }
    found.sort_unstable();
    // A conversation may lead to several contacts of one merge set.
    found.dedup();
    found.truncate(span.limit.saturating_add(1));
    Ok(found
        .into_iter()
        .map(|(_, id)| ConversationId(id))
        .collect())
}
