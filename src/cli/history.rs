//! `scv history`: who decided what, when and why, and what can be undone.

use anyhow::anyhow;
use clap::Args;
use serde_json::{Value as Json, json};

use super::given;
use super::lookup::{self, Resolved};
use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::Exit;
use crate::backend::local::LocalBackend;
use crate::backend::view::{
    EntryState, History as Page, HistoryDetail, HistoryLine, HistoryQuery, UndoPreview,
};
use crate::backend::{Backend, Trouble};
use crate::domain::command::EntryId;
use crate::domain::{ContactId, ConversationId};
use crate::store::sqlite::Open;
use crate::store::{EntryFilter, Name, NameKind};

/// Most entries that are read at once.
const PAGE: usize = 200;

#[derive(Debug, Args)]
pub struct History {
    /// Only what was done to this contact and everyone merged into it
    #[arg(long, value_name = "ID")]
    contact: Option<ContactId>,
    /// Only what was done to this conversation
    #[arg(long, value_name = "ID")]
    conversation: Option<ConversationId>,
    /// Only what this person did; the own entries need no right, those of others scv:history:view
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Only this import batch
    #[arg(long, value_name = "N")]
    batch: Option<u64>,
    /// Only entries before this one
    #[arg(long, value_name = "ENTRY")]
    before: Option<EntryId>,
    /// Most entries
    #[arg(long, value_name = "N", default_value = "50", value_parser = given::limit)]
    limit: usize,
    /// Say what changed, why, and why what cannot be undone cannot
    #[arg(long)]
    details: bool,
}

impl History {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let backend = session.open(Open::Existing)?;
        let found = self.read(backend.as_ref()).await?;
        if found.lines.is_empty() && self.before.is_none() {
            self.check(&backend).await?;
        }
        match output.format() {
            Format::Json => output.json(&json_of(&found))?,
            Format::Text if self.details => in_full(&found.lines, session, output)?,
            Format::Text => in_brief(&found.lines, session, output)?,
        }
        if output.format() == Format::Text {
            self.tell(&found, output)?;
        }
        Ok(Exit::Done)
    }

    /// Reads page by page up to the limit.
    async fn read(&self, backend: &dyn Backend) -> anyhow::Result<Page> {
        let mut found = Page::default();
        let mut before = self.before;
        loop {
            let query = HistoryQuery {
                contact: self.contact,
                conversation: self.conversation,
                by: self.by.clone(),
                batch: self.batch,
                before,
                limit: PAGE.min(self.limit.saturating_sub(found.lines.len())),
            };
            let page = backend.history(query).await?;
            before = page.lines.last().map(|line| line.id);
            found.own_only = page.own_only;
            found.more = page.more;
            found.lines.extend(page.lines);
            if !page.more || self.limit <= found.lines.len() {
                found.lines.truncate(self.limit);
                return Ok(found);
            }
        }
    }

    /// Refuses to call nothing what is about somebody or something that is not there.
    async fn check(&self, backend: &LocalBackend) -> anyhow::Result<()> {
        if let Some(contact) = self.contact {
            let is_known = self.is_recorded(backend, None).await?;
            if !is_known {
                lookup::asked(backend, contact, Resolved::Exact).await?;
            }
        }
        if let Some(conversation) = self.conversation {
            lookup::record(backend.store().as_ref(), conversation).await?;
        }
        if let Some(batch) = self.batch
            && !self.is_recorded(backend, Some(batch)).await?
        {
            return Err(Trouble::NotFound(format!("batch {batch}")).into());
        }
        if let Some(name) = &self.by
            && !is_anybody(backend, name).await?
        {
            return Err(anyhow!(
                "nobody is called {name:?}: no user has the name, and nobody of that name did anything here"
            ));
        }
        Ok(())
    }

    /// Whether the journal has an entry of the batch, or of the contact, whoever made it.
    async fn is_recorded(
        &self,
        backend: &LocalBackend,
        batch: Option<u64>,
    ) -> anyhow::Result<bool> {
        let filter = EntryFilter {
            contact: self.contact.filter(|_| batch.is_none()),
            batch,
            limit: 1,
            ..EntryFilter::default()
        };
        Ok(!backend.store().entries(filter).await?.is_empty())
    }

    fn tell(&self, found: &Page, output: &mut Output) -> anyhow::Result<()> {
        if found.lines.is_empty() {
            output.line(match found.own_only {
                true => "Nothing of yours was recorded",
                false => "Nothing was recorded",
            })?;
        }
        if let Some(last) = found.lines.last().filter(|_| found.more) {
            output.say(&format!("There is more; --before {} goes on", last.id));
        }
        if found.own_only {
            output.say(
                "Only your own entries are listed; those of others need scv:history:view, which a supervisor has",
            );
        }
        Ok(())
    }
}

/// Whether a user has the name, or somebody of that name did something.
async fn is_anybody(backend: &LocalBackend, name: &str) -> anyhow::Result<bool> {
    let filter = EntryFilter {
        actor: Some(name.to_owned()),
        limit: 1,
        ..EntryFilter::default()
    };
    if name == backend.actor().0 || !backend.store().entries(filter).await?.is_empty() {
        return Ok(true);
    }
    let names = backend.store().names().await?;
    let is_user = |one: &Name| one.kind == NameKind::User && one.name == name;
    Ok(names.iter().any(is_user))
}

/// What the undo of an entry would do, and how things would stand then.
pub(super) fn tell_undo(
    preview: &UndoPreview,
    session: &Session,
    output: &mut Output,
) -> anyhow::Result<()> {
    let line = &preview.line;
    if output.format() == Format::Json {
        let mut json = line_json(line);
        if let Some(members) = json.as_object_mut() {
            let undo = json!({"does": preview.does, "afterwards": preview.afterwards, "more": preview.more});
            members.insert("undo".to_owned(), undo);
        }
        return Ok(output.json(&json)?);
    }
    let (id, when, by) = (line.id, session.time(line.at), line.decided_by());
    output.line(&format!("#{id}  {when}  {by} {}", line.sentence))?;
    if let Some(refusal) = &line.refusal {
        return Ok(output.line(&format!("It stands: {refusal}"))?);
    }
    match preview.does.as_slice() {
        [] => output.line("Undoing it changes nothing that is shown")?,
        [one] => output.line(&format!("Undoing it {one}"))?,
        many => {
            output.line("Undoing it")?;
            for words in many {
                output.line(&format!("    {words}"))?;
            }
        }
    }
    output.line("Afterwards")?;
    for words in &preview.afterwards {
        output.line(&format!("    {words}"))?;
    }
    if preview.more > 0 {
        let more = table::count(preview.more as u64, "thing", "things");
        output.line(&format!("    and {more} more"))?;
    }
    Ok(())
}

fn in_brief(lines: &[HistoryLine], session: &Session, output: &mut Output) -> anyhow::Result<()> {
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|line| {
            vec![
                line.id.to_string(),
                session.time(line.at),
                line.decided_by().to_owned(),
                line.standing(),
                line.sentence.clone(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        table::told(output, &["ENTRY", "WHEN", "WHO", "STATE", "WHAT"], &rows)?;
    }
    Ok(())
}

fn in_full(lines: &[HistoryLine], session: &Session, output: &mut Output) -> anyhow::Result<()> {
    for line in lines {
        let when = session.time(line.at);
        output.line(&format!(
            "#{}  {when}  {} {}",
            line.id,
            line.decided_by(),
            line.sentence
        ))?;
        for detail in &line.details {
            output.line(&format!("    {}", detail_words(detail)))?;
        }
        if line.more_details > 0 {
            let more = table::count(line.more_details as u64, "change", "changes");
            output.line(&format!("    and {more} more"))?;
        }
        for sentence in &line.evidence {
            output.line(&format!("    {sentence}"))?;
        }
        let end = match (&line.refusal, line.state) {
            (_, EntryState::UndoneBy(by)) => format!("undone by #{by}"),
            (Some(refusal), EntryState::InForce | EntryState::NoLongerKept) => refusal.clone(),
            (None, _) if 0 < line.to_assign => format!(
                "comes apart: `scv undo {} --preview` shows what came since and where it would go",
                line.id
            ),
            (None, _) => format!("can be undone: `scv undo {}`", line.id),
        };
        output.line(&format!("    {end}"))?;
    }
    Ok(())
}

fn detail_words(detail: &HistoryDetail) -> String {
    let HistoryDetail { of, what, .. } = detail;
    match (&detail.before, &detail.after) {
        (Some(before), Some(after)) => format!("{of}: {what} {before} → {after}"),
        (Some(before), None) => format!("{of}: {what} {before} → —"),
        (None, Some(after)) => format!("{of}: {what} {after}"),
        (None, None) => format!("{of}: {what}"),
    }
}

fn json_of(found: &Page) -> Json {
    let entries: Vec<Json> = found.lines.iter().map(line_json).collect();
    json!({"entries": entries, "more": found.more, "ownOnly": found.own_only})
}

fn line_json(line: &HistoryLine) -> Json {
    let undone_by = match line.state {
        EntryState::UndoneBy(by) => Some(by),
        EntryState::InForce | EntryState::NoLongerKept => None,
    };
    let changes: Vec<Json> = line
        .details
        .iter()
        .map(|detail| {
            json!({
                "of": detail.of,
                "what": detail.what,
                "before": detail.before,
                "after": detail.after,
            })
        })
        .collect();
    json!({
        "entry": line.id,
        "at": line.at.to_string(),
        "actor": line.actor,
        "automatic": line.is_automatic(),
        "action": line.action.name(),
        "sentence": line.sentence,
        "kept": line.state != EntryState::NoLongerKept,
        "undoes": line.undoes,
        "undoneBy": undone_by,
        "canBeUndone": line.refusal.is_none(),
        "refusal": line.refusal,
        "toAssign": line.to_assign,
        "contactId": line.contact,
        "conversationId": line.conversation,
        "batch": line.batch,
        "changes": changes,
        "moreChanges": line.more_details,
        "evidence": line.evidence,
    })
}
