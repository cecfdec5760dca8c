//! Checks of exports and of the parts of their files.

use rusqlite::Connection;

use super::super::column::{id_at, text_at};
use super::super::export::kind_code;
use super::super::fault::Step;
use super::super::seal::opened;
use crate::store::export::{Export, ExportStatus};

/// Exports against their columns, and parts against their exports.
pub fn problems(connection: &Connection) -> Step<Vec<String>> {
    let mut problems = Vec::new();
    let sql = "SELECT id, kind, running, expires, body FROM export";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let id = id_at(row, 0)?;
        let Ok(export) = opened::<Export>(text_at(row, 4)?) else {
            problems.push(format!("export {id} does not read"));
            continue;
        };
        let columns: (i64, bool, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let is_running = export.status == ExportStatus::Running;
        let body = (kind_code(export.kind), is_running, export.expires.0);
        if export.id != id || columns != body {
            problems.push(format!("the columns of export {id} differ from its body"));
        }
    }
    let sql = "SELECT count(*) FROM export_part WHERE export NOT IN (SELECT row FROM export)";
    let left: i64 = connection.query_row(sql, (), |row| row.get(0))?;
    if left > 0 {
        problems.push(format!("{left} parts of files belong to no export"));
    }
    Ok(problems)
}
