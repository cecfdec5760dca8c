//! Lists on the command line: a page as a table or JSON, everything as a file.

use anyhow::anyhow;
use serde_json::json;

use super::{Listed, Sample};
use crate::backend::sheet::{self, Form};
use crate::backend::view::{Brief, DecisionLine, ReviewPage, ReviewQuery, Reviewed};
use crate::backend::{Backend, Trouble};
use crate::cli::output::{Format, Output};
use crate::cli::session::Session;
use crate::cli::table;
use crate::cli::trouble::Exit;
use crate::domain::review::{Kind, List, Reach};
use crate::store::sqlite::Open;

const DECISIONS: [&str; 9] = [
    "ENTRY", "TIME", "WHAT", "BY", "CONTACT", "QUEUE", "WHY", "STATE", "MARK",
];
const CONVERSATIONS: [&str; 9] = [
    "START", "CHANNEL", "STATUS", "CONTACT", "QUEUE", "AGENT", "WHY", "MARK", "ID",
];

impl Listed {
    pub(super) async fn run(
        &self,
        list: List,
        session: &Session,
        output: &mut Output,
    ) -> anyhow::Result<Exit> {
        let form = self.csv.as_ref().map(|path| (Form::Csv, path));
        let form = form.or_else(|| self.jsonl.as_ref().map(|path| (Form::JsonLines, path)));
        if let Some((form, path)) = form {
            let backend = session.open(Open::Existing)?;
            let filter = self.narrow.read(backend.as_ref(), session).await?;
            let rows = sheet::export(backend.as_ref(), list, &filter, form, path).await?;
            let what = table::count(rows, "row", "rows");
            output.say(&format!(
                "{}: {what}, recorded in the history",
                path.display()
            ));
            return Ok(Exit::Done);
        }
        let backend = session.open_reading()?;
        let filter = self.narrow.read(backend.as_ref(), session).await?;
        let counted = backend.review_count(list, filter.clone(), Reach::Whole);
        let count = counted.await?.count;
        let query = ReviewQuery {
            list,
            filter,
            after: self.after,
            limit: self.limit,
        };
        let page = full(backend.as_ref(), query).await?;
        if output.format() == Format::Json {
            let decisions = page.decisions.iter().map(sheet::decision);
            let conversations = page.conversations.iter().map(sheet::conversation);
            let entities: Vec<_> = decisions.chain(conversations).collect();
            let next = page.next.map(|next| next.to_string());
            output.json(&json!({"total": count, "next": next, "entities": entities}))?;
            return Ok(Exit::Done);
        }
        match list {
            List::Decisions => decisions(&page.decisions, session, output)?,
            List::Conversations => conversations(&page.conversations, session, output)?,
        }
        let all = table::number(count);
        output.say(&format!("{} of {all}", table::number(page.len() as u64)));
        if let Some(next) = page.next {
            output.say(&format!("More: the same with --after {next}"));
        }
        Ok(Exit::Done)
    }
}

impl Sample {
    pub(super) async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let backend = session.open_reading()?;
        let filter = self.narrow.read(backend.as_ref(), session).await?;
        // Short enough to be typed again.
        let seed = self
            .seed
            .unwrap_or_else(|| u64::from(uuid::Uuid::new_v4().as_fields().0));
        let picked = backend.review_sample(filter, self.count, seed).await?;
        if output.format() == Format::Json {
            let entities: Vec<_> = picked.iter().map(sheet::decision).collect();
            output.json(&json!({"seed": seed, "entities": entities}))?;
            return Ok(Exit::Done);
        }
        if picked.is_empty() {
            return Err(anyhow!("no automatic link fits the filter; widen it"));
        }
        decisions(&picked, session, output)?;
        output.say(&format!(
            "Seed {seed}; mark each with `scv review mark ENTRY right|wrong|cannot-tell`"
        ));
        Ok(Exit::Done)
    }
}

/// A page as full as the list has it, however far that must be looked for.
async fn full(backend: &dyn Backend, query: ReviewQuery) -> Result<ReviewPage, Trouble> {
    let mut page = backend.review(query.clone()).await?;
    while let Some(next) = page.next {
        let found = page.len();
        if query.limit <= found {
            break;
        }
        let rest = ReviewQuery {
            after: Some(next),
            limit: query.limit - found,
            ..query.clone()
        };
        page = page.with(backend.review(rest).await?);
    }
    Ok(page)
}

fn decisions(
    lines: &[DecisionLine],
    session: &Session,
    output: &mut Output,
) -> Result<(), Trouble> {
    let rows: Vec<Vec<String>> = lines.iter().map(|line| decision(line, session)).collect();
    print(output, &DECISIONS, &rows, "No decision fits the filter")
}

fn conversations(
    lines: &[Reviewed],
    session: &Session,
    output: &mut Output,
) -> Result<(), Trouble> {
    let rows: Vec<Vec<String>> = lines.iter().map(|line| talk(line, session)).collect();
    print(
        output,
        &CONVERSATIONS,
        &rows,
        "No conversation fits the filter",
    )
}

fn print(
    output: &mut Output,
    headings: &[&str],
    rows: &[Vec<String>],
    none: &str,
) -> Result<(), Trouble> {
    if rows.is_empty() {
        output.say(none);
        return Ok(());
    }
    let printed = table::rows(output, headings, rows);
    printed.map_err(|error| Trouble::Broken(error.to_string()))
}

fn decision(line: &DecisionLine, session: &Session) -> Vec<String> {
    let about = line.about.as_ref();
    let what = match (line.kind, about) {
        (Kind::AutoLink | Kind::Link | Kind::Unlink, Some(talk)) => {
            format!("{} {}", line.kind.name(), talk.channel.word())
        }
        (Kind::Other | Kind::Review, _) => line.action.name().to_owned(),
        (kind, _) => kind.name().to_owned(),
    };
    vec![
        line.entry.to_string(),
        session.time(line.at),
        what,
        line.decided_by().to_owned(),
        person(line.person.as_ref()),
        about
            .and_then(|talk| talk.queue.clone())
            .unwrap_or_default(),
        why(line.rule.map(|rule| rule.name()), line.doubtful),
        line.standing(),
        mark(line.mark.as_ref()),
    ]
}

fn talk(line: &Reviewed, session: &Session) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![
        session.time(line.start),
        format!("{} {}", line.direction.name(), line.channel.word()),
        line.status.word().to_owned(),
        person(line.person.as_ref()),
        text(&line.queue),
        text(&line.agent),
        why(line.rule.map(|rule| rule.name()), line.doubtful),
        mark(line.mark.as_ref()),
        line.id.to_string(),
    ]
}

fn person(person: Option<&Brief>) -> String {
    person.map_or_else(String::new, |brief| brief.called().to_owned())
}

fn why(rule: Option<&str>, doubtful: bool) -> String {
    match (rule, doubtful) {
        (Some(rule), true) => format!("{rule}, low confidence"),
        (Some(rule), false) => rule.to_owned(),
        (None, _) => String::new(),
    }
}

fn mark(mark: Option<&crate::domain::review::Mark>) -> String {
    mark.map_or_else(String::new, |mark| mark.verdict.words().to_owned())
}
