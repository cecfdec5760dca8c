//! Exports of contacts, notes and organizations: asked for, written in the background, and fetched as CSV by who
//! asked for them.

mod wish;
mod write;

pub use write::{begin, sweep};

use std::sync::Arc;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::call::{Answer, Call, Content, Download};
use super::page;
use super::problem::{self, Problem};
use crate::domain::Permission;
use crate::domain::contact::NotAnId;
use crate::store::export::{Export, ExportKind, ExportStatus, ExportsMax};

use wish::Wish;

/// Days that an export is kept.
const DAYS_KEPT: i64 = 1;
/// Most exports that are written at once, and that are kept.
const MOST: ExportsMax = ExportsMax {
    running: 4,
    kept: 100,
};
/// Exports of a page when nobody says how many, and the most.
const PAGE: usize = 25;
const PAGE_MAX: usize = 100;

/// `POST contacts/exports`.
pub async fn of_contacts(call: Call) -> Result<Answer, Problem> {
    ask(call, ExportKind::Contacts).await
}

/// `POST notes/exports`.
pub async fn of_notes(call: Call) -> Result<Answer, Problem> {
    ask(call, ExportKind::Notes).await
}

/// `POST organizations/exports`.
pub async fn of_organizations(call: Call) -> Result<Answer, Problem> {
    ask(call, ExportKind::Organizations).await
}

/// `GET contacts/exports`.
pub async fn all_of_contacts(call: Call) -> Result<Answer, Problem> {
    list(call, ExportKind::Contacts).await
}

/// `GET notes/exports`.
pub async fn all_of_notes(call: Call) -> Result<Answer, Problem> {
    list(call, ExportKind::Notes).await
}

/// `GET organizations/exports`.
pub async fn all_of_organizations(call: Call) -> Result<Answer, Problem> {
    list(call, ExportKind::Organizations).await
}

/// `GET contacts/exports/{exportId}`.
pub async fn one_of_contacts(call: Call) -> Result<Answer, Problem> {
    read(call, ExportKind::Contacts).await
}

/// `GET notes/exports/{exportId}`.
pub async fn one_of_notes(call: Call) -> Result<Answer, Problem> {
    read(call, ExportKind::Notes).await
}

/// `GET organizations/exports/{exportId}`.
pub async fn one_of_organizations(call: Call) -> Result<Answer, Problem> {
    read(call, ExportKind::Organizations).await
}

/// Begins an export. It is written in the background, with what who asks may see.
async fn ask(call: Call, kind: ExportKind) -> Result<Answer, Problem> {
    let body = call.object()?;
    let wish = Wish::read(kind, &body)?;
    let now = call.site.now();
    let export = Export {
        id: Uuid::new_v4(),
        kind,
        status: ExportStatus::Running,
        by: call.session.account.id,
        at: now,
        expires: now.plus_days(DAYS_KEPT),
        asked: asked(&call, kind, &body),
    };
    call.site.catalog.drop_exports(now).await?;
    let has_begun = call.site.catalog.begin_export(export.clone(), MOST);
    if !has_begun.await? {
        let (running, kept) = (MOST.running, MOST.kept);
        return Err(Problem::conflict(format!(
            "{running} exports are being written, or {kept} are kept; try again once one has ended or expired"
        )));
    }
    let job = write::Job {
        export: export.id,
        kind,
        wish,
        names: match call.may(Permission::OrganizationView) {
            true => write::Names::Written,
            false => write::Names::LeftOut,
        },
    };
    tokio::spawn(write::run(Arc::clone(&call.site), job));
    Ok(Answer::json(shown(&call, &export)))
}

/// What is kept of the body: what the contract has there.
fn asked(call: &Call, kind: ExportKind, body: &Map<String, Value>) -> Map<String, Value> {
    let wanted = ["divisionIds", "queryConditions"];
    let given = body.iter();
    let given = given.filter(|(name, value)| wanted.contains(&name.as_str()) && !value.is_null());
    let given: Map<String, Value> = given
        .map(|(name, one)| (name.clone(), one.clone()))
        .collect();
    match call.site.contract.fit(type_of(kind), given.into()) {
        Value::Object(fitted) => fitted,
        _ => Map::new(),
    }
}

async fn list(call: Call, kind: ExportKind) -> Result<Answer, Problem> {
    let size = call.query.number("pageSize", PAGE, 1, PAGE_MAX)?;
    let what = path_of(kind);
    let after = page::place(&call, what, "after")?;
    let divisions = call.query.list("divisionIds");
    let is_elsewhere = !divisions.is_empty() && !divisions.contains(&"*");
    call.site.catalog.drop_exports(call.site.now()).await?;
    let found = call.site.catalog.exports(kind, after, size).await?;
    // There is one division.
    let (found, next) = match is_elsewhere {
        true => (Vec::new(), None),
        false => (found.found, found.after),
    };
    let entities = found.iter().map(|export| shown(&call, export)).collect();
    Ok(Answer::json(page::behind(&call, what, entities, next)))
}

async fn read(call: Call, kind: ExportKind) -> Result<Answer, Problem> {
    let export = found(&call).await?;
    match export.kind == kind {
        true => Ok(Answer::json(shown(&call, &export))),
        false => Err(gone()),
    }
}

/// `GET /api/scv/v1/exports/{exportId}/file`, for who asked for it.
pub async fn file(call: Call) -> Result<Answer, Problem> {
    let export = found(&call).await?;
    if export.by != call.session.account.id {
        return Err(Problem::of_another());
    }
    for right in needs(export.kind) {
        problem::need(call.may(*right), *right)?;
    }
    let file = match export.status {
        ExportStatus::Succeeded { file, .. } => file,
        ExportStatus::Running => {
            let why = "the file is still being written; ask again once the export has succeeded";
            return Err(Problem::conflict(why));
        }
        ExportStatus::Failed => return Err(Problem::not_found("the file of the export")),
    };
    let name = path_of(export.kind);
    Ok(Answer {
        status: 200,
        content: Content::Csv(Download {
            catalog: Arc::clone(&call.site.catalog),
            export: export.id,
            parts: file.parts,
        }),
        headers: vec![
            ("content-length", file.bytes.to_string()),
            (
                "content-disposition",
                format!("attachment; filename=\"{name}.csv\""),
            ),
        ],
    })
}

/// The export of the path. One that has expired is gone, whether or not it was removed already.
async fn found(call: &Call) -> Result<Export, Problem> {
    let text = call.text(0);
    let id = Uuid::parse_str(text).map_err(|_| NotAnId(text.chars().take(60).collect()))?;
    let now = call.site.now();
    match call.site.catalog.export(id).await? {
        Some(export) if now < export.expires => Ok(export),
        Some(_) => {
            call.site.catalog.drop_exports(now).await?;
            Err(gone())
        }
        None => Err(gone()),
    }
}

fn gone() -> Problem {
    Problem::not_found("the export")
}

fn shown(call: &Call, export: &Export) -> Value {
    let id = export.id;
    let path = path_of(export.kind);
    let mut shown = Value::Object(export.asked.clone());
    shown["id"] = id.to_string().into();
    shown["createdBy"] = json!({"id": export.by.to_string()});
    shown["dateCreated"] = export.at.to_string().into();
    shown["selfUri"] = format!("/api/v2/externalcontacts/{path}/exports/{id}").into();
    shown["status"] = match &export.status {
        ExportStatus::Running => "RUNNING",
        ExportStatus::Failed => "FAILED",
        ExportStatus::Succeeded { at, file } => {
            shown["dateCompletion"] = at.to_string().into();
            shown["resultRowCount"] = file.rows.into();
            if export.by == call.session.account.id {
                shown["downloadUrl"] = url(call, id).into();
            }
            "SUCCEEDED"
        }
    }
    .into();
    shown
}

/// Where the file is fetched, as the client reached the server.
fn url(call: &Call, id: Uuid) -> String {
    let scheme = match call.reached.is_encrypted {
        true => "https",
        false => "http",
    };
    let host = &call.reached.host;
    format!("{scheme}://{host}/api/scv/v1/exports/{id}/file")
}

const fn path_of(kind: ExportKind) -> &'static str {
    match kind {
        ExportKind::Contacts => "contacts",
        ExportKind::Notes => "notes",
        ExportKind::Organizations => "organizations",
    }
}

const fn type_of(kind: ExportKind) -> &'static str {
    match kind {
        ExportKind::Contacts => "ContactsExport",
        ExportKind::Notes => "NotesExport",
        ExportKind::Organizations => "OrganizationsExport",
    }
}

/// The rights that the routes of a kind ask for beside those of exports.
const fn needs(kind: ExportKind) -> &'static [Permission] {
    match kind {
        ExportKind::Contacts => &[Permission::ContactView],
        ExportKind::Notes => &[Permission::ContactView, Permission::OrganizationView],
        ExportKind::Organizations => &[Permission::OrganizationView],
    }
}
