//! Personal values that come as JSON, so that they stand on no command line: `--from-json FILE`, `-` for
//! standard input.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use anyhow::{anyhow, bail};
use serde_json::Value as Json;

use super::trouble::Usage;
use crate::domain::command::{Edit, Expected};
use crate::domain::field::{FIELDS, LISTS};
use crate::domain::statistics::DAYS_MAX;
use crate::domain::{Field, Fields, Value};
use crate::store::words_of;
use crate::wire::contact::{Body, Reading};

/// Most bytes of a JSON body.
const BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The whole text of a file, or of standard input for `-`.
pub fn text(path: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    let read = match is_stdin(path) {
        true => io::stdin().take(BYTES_MAX + 1).read_to_string(&mut text),
        false => {
            let (file, _) = open(path)?;
            file.take(BYTES_MAX + 1).read_to_string(&mut text)
        }
    };
    read.map_err(|error| unreadable(path, &error))?;
    match text.len() as u64 > BYTES_MAX {
        true => bail!("{}: it is longer than 4 MB", shown(path)),
        false => Ok(text),
    }
}

/// Opens a file to read it; nothing else can be read.
pub fn open(path: &Path) -> anyhow::Result<(File, Metadata)> {
    let opened = File::open(path).and_then(|file| {
        let about = file.metadata()?;
        Ok((file, about))
    });
    let (file, about) = opened.map_err(|error| unreadable(path, &error))?;
    match about.is_dir() {
        true => bail!("{}: it is a directory; name a file in it", shown(path)),
        false => Ok((file, about)),
    }
}

/// Which file cannot be read, and why.
pub fn unreadable(path: &Path, error: &io::Error) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::NotFound => anyhow!("{}: no such file; check the path", shown(path)),
        _ => anyhow!("{}: it cannot be read ({})", shown(path), words_of(error)),
    }
}

/// The JSON in a file, or in standard input for `-`.
pub fn json(path: &Path) -> anyhow::Result<Json> {
    let text = text(path)?;
    let json = serde_json::from_str(&text);
    json.map_err(|error| anyhow!("{}: it is not JSON ({error})", shown(path)))
}

/// An `ExternalContact` in a file or in standard input.
pub fn contact(path: &Path, region: Option<&str>) -> anyhow::Result<(Json, Body)> {
    let json = json(path)?;
    let reading = Reading {
        region,
        sources: &[],
    };
    let body = crate::wire::contact::from_json(&json, &reading);
    let body = body.map_err(|problems| anyhow!("{}: {problems}", shown(path)))?;
    Ok((json, body))
}

/// The edits that a body asks for: a member that is there is set, one that is null is taken away.
pub fn edits(json: &Json, fields: &Fields) -> Result<Vec<Edit>, Usage> {
    if fields.custom.is_some() {
        let why = "customFields cannot be edited; leave them out";
        return Err(Usage(why.to_owned()));
    }
    let mut edits = Vec::new();
    for spec in FIELDS.iter().chain(&LISTS) {
        let pointer = format!("/{}", spec.api.replace('.', "/"));
        let given = json.pointer(&pointer);
        let is_cleared = given.is_some_and(|value| value.is_null() || *value == Json::from([0; 0]));
        match fields.get(spec.field) {
            Some(value) => edits.push(edit(spec.field, Some(value))),
            None if is_cleared => edits.push(edit(spec.field, None)),
            None => {}
        }
    }
    Ok(edits)
}

/// An edit of whatever stands there.
pub fn edit(field: Field, after: Option<Value>) -> Edit {
    Edit {
        field,
        before: Expected::Anything,
        after,
    }
}

/// A number of lines to print.
pub fn limit(text: &str) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(0) | Err(_) => Err("give how many to print, 1 or more".to_owned()),
        Ok(limit) => Ok(limit),
    }
}

/// A number of days to count.
pub fn days(text: &str) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(days @ 1..=DAYS_MAX) => Ok(days),
        Ok(_) | Err(_) => Err(format!("give how many days are counted, 1 to {DAYS_MAX}")),
    }
}

pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The path for people.
pub fn shown(path: &Path) -> String {
    match is_stdin(path) {
        true => "standard input".to_owned(),
        false => path.display().to_string(),
    }
}
