//! Exports that somebody asked a server for: what they are of, how far they are, and the parts of their files. A file
//! is kept until its export expires; an erasure takes every file away at once.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::StoreError;
use super::catalog::Scanned;
use crate::domain::moment::Moment;

/// What is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExportKind {
    Contacts,
    Notes,
    Organizations,
}

/// How far an export is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExportStatus {
    Running,
    /// The file is whole.
    Succeeded {
        at: Moment,
        file: ExportFile,
    },
    /// There is no file: it could not be written, the server ended meanwhile, or a person was erased.
    Failed,
}

/// A file that is whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportFile {
    /// Rows under the headings.
    pub rows: u64,
    pub parts: u64,
    pub bytes: u64,
}

/// An export.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Export {
    pub id: Uuid,
    pub kind: ExportKind,
    pub status: ExportStatus,
    /// The account that asked.
    pub by: Uuid,
    pub at: Moment,
    /// It is gone from this moment on.
    pub expires: Moment,
    /// What was asked for, as it came: ids and times alone.
    pub asked: Map<String, Value>,
}

impl Export {
    /// The file, when it is whole.
    pub fn file(&self) -> Option<ExportFile> {
        match self.status {
            ExportStatus::Succeeded { file, .. } => Some(file),
            ExportStatus::Running | ExportStatus::Failed => None,
        }
    }
}

/// Keeps exports.
#[async_trait]
pub trait Exports: Send + Sync + 'static {
    /// Keeps an export that begins, unless `most` run already or are kept; `false` then.
    async fn begin_export(&self, export: Export, most: ExportsMax) -> Result<bool, StoreError>;
    /// Adds the next part to the file of an export; `false` when it runs no longer and nothing was added.
    async fn add_export_part(&self, id: Uuid, part: String) -> Result<bool, StoreError>;
    /// Ends an export that runs; unless its file is whole, what there is of it goes.
    async fn end_export(&self, id: Uuid, status: ExportStatus) -> Result<(), StoreError>;
    /// The export with this id.
    async fn export(&self, id: Uuid) -> Result<Option<Export>, StoreError>;
    /// Exports of a kind, the newest first, behind a place.
    async fn exports(
        &self,
        kind: ExportKind,
        after: u64,
        limit: usize,
    ) -> Result<Scanned<Export>, StoreError>;
    /// A part of a file by its number from 0; `None` when there is none.
    async fn export_part(&self, id: Uuid, number: u64) -> Result<Option<String>, StoreError>;
    /// Fails every export that runs: a server that begins knows that nobody goes on with it.
    async fn fail_exports(&self) -> Result<(), StoreError>;
    /// Removes exports that expired by `now`, with their files.
    async fn drop_exports(&self, now: Moment) -> Result<(), StoreError>;
}

/// Most exports that run at once, and that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportsMax {
    pub running: usize,
    pub kept: usize,
}
