//! `scv journey`: everything a person did in the last 60 days, as a table, JSON, CSV, Markdown, or a page to send.

mod cells;
mod html;
mod markdown;
mod narrowed;
mod online;
mod said;
mod timeline;
mod told;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use jiff::tz::TimeZone;

use super::at::{self, At};
use super::lookup::{self, Resolved};
use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::{Exit, Usage};
use crate::backend::Backend;
use crate::backend::document::write_new;
use crate::backend::local::LocalBackend;
use crate::backend::view::{
    Brief, Journey as Page, JourneyFilter, JourneyItem, JourneyQuery, Whose,
};
use crate::domain::contact::ContactId;
use crate::domain::conversation::Channel;
use crate::domain::{Moment, Permission};
use crate::tui::text::clean_line;
use crate::wire::journey::{Entry, Interaction, journey};
use narrowed::Narrowed;
use said::Said;

/// Interactions read at once.
const PAGE: usize = 500;

#[derive(Debug, Args)]
pub struct Journey {
    /// Id of the contact
    #[arg(required_unless_present = "online")]
    contact: Option<ContactId>,
    /// Who is on the website now, instead of a journey
    #[arg(long, conflicts_with_all = ["contact", "csv", "markdown", "html", "limit", "at", "channel", "direction",
        "queue", "handled_by", "wrapup", "status", "text"])]
    online: bool,
    #[command(flatten)]
    narrowed: Narrowed,
    /// Most interactions to print [default: all]
    #[arg(long, value_name = "N", value_parser = super::given::limit)]
    limit: Option<usize>,
    #[command(flatten)]
    at: At,
    /// Print CSV in which no spreadsheet finds formulas
    #[arg(long, conflicts_with_all = ["markdown", "html"])]
    csv: bool,
    /// Print Markdown
    #[arg(long = "md", conflicts_with = "html")]
    markdown: bool,
    /// Write one page with the timeline as a picture into a new file that only you may read
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// What was read of a journey.
struct Read<'r> {
    page: &'r Page,
    said: &'r Said,
    now: Moment,
}

/// What a form for people says beside the interactions.
struct Sheet {
    name: String,
    kind: &'static str,
    contact: ContactId,
    /// The end of the 60 days.
    now: Moment,
    zone: TimeZone,
    missing: Vec<Permission>,
}

impl Journey {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let Some(contact) = self.contact.filter(|_| !self.online) else {
            return online::run(session, output).await;
        };
        session.need(Permission::ContactSessionView)?;
        let filter = self.narrowed.filter()?;
        let backend = session.open_reading()?;
        if let Some(at) = self.at.moment(session)? {
            let exit = self.stood(&backend, contact, at, session, output).await?;
            session.record_look(contact).await?;
            return Ok(exit);
        }
        let person = lookup::asked(&backend, contact, Resolved::Canonical).await?;
        session.record_look(person.id).await?;
        let page = self.read(&backend, contact, filter).await?;
        let said = match self.tells_said(output) {
            true => said::of(&backend, &page).await?,
            false => Said::default(),
        };
        if self.is_form() {
            let line = backend.lines_of(vec![contact]).await?.into_iter().next();
            let brief = line.flatten();
            let read = Read {
                page: &page,
                said: &said,
                now: session.now(),
            };
            return self.write(read, contact, brief, output, session);
        }
        let mut entries: Vec<Entry> = page.items.iter().map(|item| entry(item, &said)).collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.start));
        match output.format() {
            Format::Json => output.json(&journey(&entries, session.now()))?,
            Format::Text => text(&entries, session.now(), session, output)?,
        }
        self.tell_missing(&page, output);
        Ok(Exit::Done)
    }

    /// The journey as it stood, in the same shape.
    async fn stood(
        &self,
        backend: &LocalBackend,
        contact: ContactId,
        at: Moment,
        session: &Session,
        output: &mut Output,
    ) -> anyhow::Result<Exit> {
        let mut past = backend.past(Whose::Contact(contact), at).await?;
        let filter = self.narrowed.filter()?;
        past.journey.items.retain(|item| filter.keeps(item));
        if self.is_form() {
            past.journey
                .items
                .truncate(self.limit.unwrap_or(usize::MAX));
            let brief = past.profile.contact.as_ref().map(Brief::of);
            let read = Read {
                page: &past.journey,
                said: &Said::default(),
                now: past.at,
            };
            return self.write(read, contact, brief, output, session);
        }
        // What was said by then is not told apart from what was said since.
        let none = Said::default();
        let items = past.journey.items.iter();
        let mut entries: Vec<Entry> = items.map(|item| entry(item, &none)).collect();
        entries.truncate(self.limit.unwrap_or(usize::MAX));
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.start));
        match output.format() {
            Format::Json => output.json(&journey(&entries, past.at))?,
            Format::Text => {
                at::banner(&past, session, output)?;
                text(&entries, past.at, session, output)?;
            }
        }
        self.tell_missing(&past.journey, output);
        Ok(Exit::Done)
    }

    /// Whether what was said is told: a table and CSV have a row for an interaction, which has no room for it.
    fn tells_said(&self, output: &Output) -> bool {
        let is_table = !self.is_form() && output.format() == Format::Text;
        !is_table && !self.csv
    }

    /// Whether another form than the table or JSON is asked for.
    fn is_form(&self) -> bool {
        self.csv || self.markdown || self.html.is_some()
    }

    /// The journey in the form that is asked for.
    fn write(
        &self,
        read: Read<'_>,
        contact: ContactId,
        of: Option<Brief>,
        output: &mut Output,
        session: &Session,
    ) -> anyhow::Result<Exit> {
        if output.format() == Format::Json {
            let why = "--json and another form exclude each other; leave one of them out";
            return Err(Usage(why.to_owned()).into());
        }
        let Read { page, said, now } = read;
        let told = told::told(page, said, &session.zone, now);
        let sheet = Sheet {
            // Into a page and a file it goes as it goes to a terminal: nothing in it steers.
            name: clean_line(&of.as_ref().map(Brief::in_words).unwrap_or_default()).into_owned(),
            kind: of.map_or("", |brief| brief.kind.name()),
            contact,
            now,
            zone: session.zone.clone(),
            missing: page.missing.clone(),
        };
        if let Some(file) = &self.html {
            let page = html::document(&sheet, &told);
            write_new(file, |file| file.write_all(page.as_bytes()))?;
            output.say(&format!(
                "{}: the journey of {}",
                file.display(),
                sheet.name
            ));
        } else if self.markdown {
            output.block(markdown::document(&sheet, &told).trim_end())?;
        } else {
            cells::write(output.stream()?, &told, now)?;
        }
        self.tell_missing(page, output);
        Ok(Exit::Done)
    }

    fn tell_missing(&self, page: &Page, output: &mut Output) {
        for permission in &page.missing {
            output.say(&format!("Parts are left out: they need {permission}"));
        }
    }

    async fn read(
        &self,
        backend: &LocalBackend,
        contact: ContactId,
        filter: JourneyFilter,
    ) -> anyhow::Result<Page> {
        let limit = self.limit.unwrap_or(usize::MAX);
        let mut all = Page::default();
        while all.items.len() < limit {
            let query = JourneyQuery {
                limit: PAGE.min(limit - all.items.len()),
                after: all.items.last().map(JourneyItem::place),
                filter: filter.clone(),
            };
            let page = backend.journey(contact, query).await?;
            all.items.extend(page.items);
            all.missing = page.missing;
            all.segments = page.segments;
            all.colors = page.colors;
            all.outcomes = page.outcomes;
            if !page.more {
                break;
            }
        }
        Ok(all)
    }
}

fn entry(item: &JourneyItem, said: &Said) -> Entry {
    match item {
        JourneyItem::Conversation(one) => Entry {
            id: Interaction::Conversation(one.id),
            channel: one.channel,
            direction: Some(one.direction),
            status: one.status,
            start: one.start,
            end: one.end,
            queue: one.queue.clone(),
            agent: one.agent.clone(),
            wrapup_code: one.wrapup_code.clone(),
            notes: one.notes.clone(),
            course: one.course.clone(),
            said: said.get(&one.id).cloned(),
        },
        JourneyItem::Visit(id, visit, status) => Entry {
            id: Interaction::Visit(*id),
            channel: Channel::Web,
            direction: None,
            status: *status,
            start: visit.start,
            end: visit.end,
            queue: None,
            agent: None,
            wrapup_code: None,
            notes: None,
            course: None,
            said: None,
        },
    }
}

fn text(
    entries: &[Entry],
    now: Moment,
    session: &Session,
    output: &mut Output,
) -> anyhow::Result<()> {
    if entries.is_empty() {
        output.say("Nothing in the last 60 days");
        return Ok(());
    }
    let rows: Vec<Vec<String>> = entries
        .iter()
        .map(|entry| row(entry, session, now))
        .collect();
    let headings = [
        "START", "CHANNEL", "STATUS", "TIME", "QUEUE", "AGENT", "WRAP-UP", "NOTES", "ID",
    ];
    Ok(table::rows(output, &headings, &rows)?)
}

fn row(entry: &Entry, session: &Session, now: Moment) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let id = match entry.id {
        Interaction::Conversation(id) => id.to_string(),
        Interaction::Visit(id) => id.to_string(),
    };
    let channel = match entry.direction {
        Some(direction) => format!("{} {}", direction.name(), entry.channel.word()),
        None => entry.channel.word().to_owned(),
    };
    vec![
        session.time(entry.start),
        channel,
        entry.state_word().to_owned(),
        lasted(entry.end.unwrap_or(now).since_ms(entry.start)),
        text(&entry.queue),
        text(&entry.agent),
        text(&entry.wrapup_code),
        text(&entry.notes),
        id,
    ]
}

/// A duration such as `7:05` or `1:02:33`.
fn lasted(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}
