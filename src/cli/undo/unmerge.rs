//! `scv undo` of a merge to which things came since: somebody says where they go. The preview shows the rule's
//! choice, `--assign` another one.

use anyhow::anyhow;
use serde_json::{Value as Json, json};

use super::super::history;
use super::super::output::{Format, Output};
use super::super::session::Session;
use super::super::table;
use super::super::trouble::{Exit, Usage};
use super::Undo;
use crate::backend::local::LocalBackend;
use crate::backend::view::{Brief, UnmergePreview};
use crate::backend::{Backend, Trouble};
use crate::domain::command::{Command, EntryId};
use crate::domain::contact::ContactId;
use crate::domain::unmerge::Since;
use crate::domain::{Field, Refusal};

impl Undo {
    /// Takes a merge back, once it was said where everything goes.
    pub(super) async fn unmerge(
        &self,
        backend: &LocalBackend,
        entry: EntryId,
        output: &mut Output,
    ) -> anyhow::Result<crate::domain::Outcome> {
        let preview = backend.preview_unmerge(entry, Vec::new()).await?;
        let sides = self.sides(&preview)?;
        let items = preview.items.iter().map(|one| &one.item);
        let left = items.filter(|item| sides.iter().all(|(assigned, _)| assigned != *item));
        let left: Vec<String> = left.map(Since::word).collect();
        if !left.is_empty() && !self.yes {
            tell(&self.preview(backend, entry).await?, output)?;
            return Err(match sides.is_empty() {
                true => anyhow!(
                    "entry {entry} merged contacts and things came since: add --yes to put them where it says, \
                    or --assign ITEM=ID for each"
                ),
                false => anyhow!(
                    "nobody said where the rest goes, {}: add --assign ITEM=ID for each, or --yes to put it where \
                    it says",
                    table::joined(&left)
                ),
            });
        }
        Ok(backend.run(Command::Unmerge { entry, sides }).await?)
    }

    pub(super) async fn show(
        &self,
        backend: &LocalBackend,
        entry: EntryId,
        session: &Session,
        output: &mut Output,
    ) -> anyhow::Result<Exit> {
        match self.preview(backend, entry).await {
            Ok(preview) => tell(&preview, output)?,
            Err(error) if has_merged_nobody(&error) => {
                let preview = backend.undo_preview(entry).await?;
                history::tell_undo(&preview.ok_or(error)?, session, output)?;
            }
            Err(error) => return Err(error),
        }
        Ok(Exit::Done)
    }

    async fn preview(
        &self,
        backend: &LocalBackend,
        entry: EntryId,
    ) -> anyhow::Result<UnmergePreview> {
        let preview = backend.preview_unmerge(entry, Vec::new()).await?;
        let sides = self.sides(&preview)?;
        match sides.is_empty() {
            true => Ok(preview),
            false => Ok(backend.preview_unmerge(entry, sides).await?),
        }
    }

    /// The assignments by the items that the preview names.
    fn sides(&self, preview: &UnmergePreview) -> anyhow::Result<Vec<(Since, ContactId)>> {
        let one = |(word, side): &(String, ContactId)| {
            let mut items = preview.items.iter();
            let found = items.find(|one| is_named(&one.item, word));
            let found = found.ok_or_else(|| {
                Usage(format!(
                    "{word:?} did not come since the merge; `scv undo {} --preview` names what did",
                    preview.entry
                ))
            })?;
            Ok((found.item.clone(), *side))
        };
        self.assign.iter().map(one).collect()
    }
}

fn has_merged_nobody(error: &anyhow::Error) -> bool {
    let trouble = error.downcast_ref::<Trouble>();
    matches!(trouble, Some(Trouble::Refused(refusal)) if matches!(**refusal, Refusal::NoMerge(_)))
}

/// True when the word is the item's: a field may be named as everywhere else.
fn is_named(item: &Since, word: &str) -> bool {
    let by_field = |field: &Field| Field::of_name(word) == Some(*field);
    item.word() == word || matches!(item, Since::Edit(field) if by_field(field))
}

pub(super) fn assignment(text: &str) -> Result<(String, ContactId), String> {
    let (item, id) = text
        .rsplit_once('=')
        .ok_or("write ITEM=ID, for example city=7c9e6679-...")?;
    let id = id
        .parse()
        .map_err(|error: crate::domain::contact::NotAnId| error.to_string())?;
    Ok((item.to_owned(), id))
}

fn tell(preview: &UnmergePreview, output: &mut Output) -> anyhow::Result<()> {
    if output.format() == Format::Json {
        return Ok(output.json(&shape(preview))?);
    }
    let sides: Vec<Vec<String>> = preview
        .sides
        .iter()
        .map(|side| {
            vec![
                side.called().to_owned(),
                side.kind.name().to_owned(),
                side.id.to_string(),
            ]
        })
        .collect();
    table::rows(output, &["COMES BACK", "TYPE", "ID"], &sides)?;
    if let Some(head) = &preview.head {
        output.line(&format!(
            "One of them stays with {}, {}.",
            head.called(),
            head.id
        ))?;
    }
    for one in &preview.elsewhere {
        output.line(&format!("{one}."))?;
    }
    output.line("")?;
    if preview.items.is_empty() {
        return Ok(output.line(match preview.elsewhere.is_empty() {
            true => "Nothing came since.",
            false => "Nothing else came since.",
        })?);
    }
    let items: Vec<Vec<String>> = preview
        .items
        .iter()
        .map(|one| {
            let side = preview
                .sides
                .get(one.side)
                .map(Brief::called)
                .unwrap_or_default();
            vec![
                one.what.clone(),
                side.to_owned(),
                one.why.clone(),
                one.item.word(),
            ]
        })
        .collect();
    table::told(output, &["CAME SINCE", "GOES TO", "WHY", "ITEM"], &items)?;
    Ok(())
}

fn shape(preview: &UnmergePreview) -> Json {
    let side =
        |brief: &Brief| json!({"id": brief.id, "type": brief.kind.name(), "name": brief.name});
    let items: Vec<Json> = preview
        .items
        .iter()
        .map(|one| {
            json!({
                "item": one.item.word(),
                "what": one.what,
                "goesTo": preview.sides.get(one.side).map(|side| side.id),
                "why": one.why,
            })
        })
        .collect();
    json!({
        "entry": preview.entry,
        "sides": preview.sides.iter().map(side).collect::<Vec<_>>(),
        "staysWith": preview.head.as_ref().map(|head| head.id),
        "items": items,
        "elsewhere": preview.elsewhere,
    })
}
