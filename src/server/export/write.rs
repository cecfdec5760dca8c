//! Writing the file of an export, part by part, and removing what has expired.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use uuid::Uuid;

use super::super::problem::Problem;
use super::super::site::Site;
use super::wish::{Record, Wish};
use crate::domain::contact::{Contact, OrganizationId};
use crate::store::StoreError;
use crate::store::catalog::Scanned;
use crate::store::export::{ExportFile, ExportKind, ExportStatus};
use crate::wire::csv::{SafeWriter, export as cells};

/// Records that are looked at for one part of a file.
const RECORDS: usize = 500;
/// How often what has expired is looked for.
const SWEEP: Duration = Duration::from_secs(60);

/// An export to be written.
pub struct Job {
    pub export: Uuid,
    pub kind: ExportKind,
    pub wish: Wish,
    pub names: Names,
}

/// Whether names of organizations stand beside their contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    Written,
    LeftOut,
}

/// Fails what an earlier server left half written: nobody goes on with it.
pub async fn begin(site: &Site) {
    if let Err(error) = site.catalog.fail_exports().await {
        tracing::warn!(%error, "exports that an earlier server began are left as they are");
    }
}

/// Removes what has expired, as long as the server runs.
pub async fn sweep(site: Arc<Site>) {
    loop {
        if let Err(error) = site.catalog.drop_exports(site.now()).await {
            tracing::warn!(%error, "exports that expired are not removed yet");
        }
        tokio::time::sleep(SWEEP).await;
    }
}

/// Writes an export, and how it ended.
pub async fn run(site: Arc<Site>, job: Job) {
    let export = job.export;
    // A bug in here must not leave an export that runs for ever.
    let written = AssertUnwindSafe(write(&site, &job)).catch_unwind().await;
    let status = match written {
        Ok(Ok(Some(file))) => ExportStatus::Succeeded {
            at: site.now(),
            file,
        },
        // It was ended from elsewhere.
        Ok(Ok(None)) => return,
        Ok(Err(problem)) => {
            let cause = problem.cause.as_deref().unwrap_or(&problem.message);
            tracing::error!(%export, cause, "an export could not be written");
            ExportStatus::Failed
        }
        Err(_) => {
            tracing::error!(%export, "an export ended in a bug");
            ExportStatus::Failed
        }
    };
    if let Err(error) = site.catalog.end_export(export, status).await {
        tracing::error!(%export, %error, "how an export ended could not be written");
    }
}

/// Writes the file; `None` when nobody waits for it any more.
async fn write(site: &Site, job: &Job) -> Result<Option<ExportFile>, Problem> {
    let mut file = ExportFile::default();
    let mut after = 0;
    let mut rows = vec![headings(job.kind)];
    loop {
        if site.is_closing() {
            return Err(Problem::unavailable("the server ends"));
        }
        let found = records(site, job, after).await?;
        let left = job.wish.limit - file.rows;
        let taken = found
            .found
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        file.rows += taken as u64;
        rows.extend(found.found.into_iter().take(taken));
        if !rows.is_empty() {
            let part = lines(std::mem::take(&mut rows))?;
            file.parts += 1;
            file.bytes += part.len() as u64;
            if !site.catalog.add_export_part(job.export, part).await? {
                return Ok(None);
            }
        }
        match found.after {
            Some(next) if file.rows < job.wish.limit => after = next,
            Some(_) | None => return Ok(Some(file)),
        }
    }
}

fn headings(kind: ExportKind) -> Vec<String> {
    let headings = match kind {
        ExportKind::Contacts => cells::contact_headings(),
        ExportKind::Notes => cells::note_headings(),
        ExportKind::Organizations => cells::organization_headings(),
    };
    headings.into_iter().map(str::to_owned).collect()
}

/// The rows of the records behind a place that are wanted.
async fn records(site: &Site, job: &Job, after: u64) -> Result<Scanned<Vec<String>>, Problem> {
    let catalog = &site.catalog;
    Ok(match job.kind {
        ExportKind::Contacts => {
            let scanned = wanted(catalog.scan_everybody(after, RECORDS).await?, job);
            let names = names(site, &scanned.found, job.names).await?;
            rows(scanned, |contact| {
                let id = contact.fields.organization;
                let name = id.and_then(|id| names.get(&id)).map(String::as_str);
                cells::contact(contact, name)
            })
        }
        ExportKind::Notes => {
            let scanned = wanted(catalog.scan_notes(after, RECORDS).await?, job);
            rows(scanned, cells::note)
        }
        ExportKind::Organizations => {
            let scanned = wanted(catalog.scan_organizations(after, RECORDS).await?, job);
            rows(scanned, cells::organization)
        }
    })
}

fn wanted<T: Record>(scanned: Scanned<T>, job: &Job) -> Scanned<T> {
    let Scanned { mut found, after } = scanned;
    found.retain(|record| job.wish.takes(record));
    Scanned { found, after }
}

fn rows<T>(scanned: Scanned<T>, row: impl Fn(&T) -> Vec<String>) -> Scanned<Vec<String>> {
    Scanned {
        found: scanned.found.iter().map(row).collect(),
        after: scanned.after,
    }
}

/// Names of the organizations of some contacts.
async fn names(
    site: &Site,
    contacts: &[Contact],
    names: Names,
) -> Result<HashMap<OrganizationId, String>, StoreError> {
    let ids = contacts.iter().filter_map(|one| one.fields.organization);
    let mut ids: Vec<OrganizationId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let found = match names == Names::Written && !ids.is_empty() {
        true => site.store().organizations(ids).await?,
        false => Vec::new(),
    };
    Ok(found.into_iter().map(|one| (one.id, one.name)).collect())
}

/// Rows as CSV whose cells no spreadsheet takes for formulas.
fn lines(rows: Vec<Vec<String>>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    let mut writer = SafeWriter::new(&mut bytes);
    let written = rows.into_iter().try_for_each(|row| writer.row(row));
    let written = written.and_then(|()| writer.finish());
    written.map_err(|error| Problem::broken(error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| Problem::broken("a row of an export is no text"))
}
