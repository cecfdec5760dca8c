//! How far a page of the review looks at once: at all of it where an index finds few, else at so many rows of the
//! index that leads. So every answer comes soon, however rare what is looked for is.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::super::fault::Step;
use super::clause::{self, Clause};
use crate::domain::moment::Moment;
use crate::domain::review::{Cursor, Filter, Order};
use crate::store::looked::Scope;

/// Of rows that must be read whole, or looked up elsewhere, one for so many of an index alone.
const WHOLE_ROW: u32 = 10;
/// Most conversations that are found by an index of their own before everything is looked at.
const FEW: u32 = 20_000;

/// Few, where so many rows of an index are looked at, or everything.
pub fn few(rows: Option<u32>) -> u32 {
    rows.map_or(FEW, |rows| rows / WHOLE_ROW)
}

/// The end of what is looked at, and where the list goes on behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    pub looked_to: Moment,
    pub next: Cursor,
}

/// The index that leads through the conversations.
#[derive(Clone, Debug, PartialEq)]
pub enum Lead {
    /// One found few, which are all looked at.
    Few,
    /// All of them by their start.
    Started,
    /// Those of a queue or an agent by their start: the index, the column and its value.
    Of(&'static str, &'static str, String),
}

impl Lead {
    /// The index that leads where none finds few.
    pub fn of(scope: &Scope) -> Self {
        let by = |index, column, ids: &Option<Vec<String>>| match ids.as_deref() {
            Some([id]) => Some(Self::Of(index, column, id.clone())),
            Some(_) | None => None,
        };
        by("conversation_agent", "agent", &scope.agents)
            .or_else(|| by("conversation_queue", "queue", &scope.queues))
            .unwrap_or(Self::Started)
    }

    /// The words after the table that make it lead.
    pub fn words(&self) -> String {
        match self {
            Self::Few => String::new(),
            Self::Started => " INDEXED BY conversation_review".to_owned(),
            Self::Of(index, ..) => format!(" INDEXED BY {index}"),
        }
    }
}

/// Where a page over conversations stops, behind the cursor; nothing where it comes to the end.
pub fn of_talks(
    connection: &Connection,
    scope: &Scope,
    lead: &Lead,
    after: Option<Cursor>,
    most: u32,
) -> Step<Option<Reached>> {
    let filter = &scope.filter;
    let (sign, direction, behind) = match filter.order {
        // Nothing but all of them says which are the longest.
        Order::Longest => return Ok(None),
        Order::Newest => ("<=", "DESC", i64::MIN),
        Order::Oldest => (">=", "ASC", i64::MAX),
    };
    let mut among = clause::of_span(filter);
    let mut rows = most;
    match lead {
        Lead::Few => return Ok(None),
        Lead::Started => {}
        Lead::Of(_, column, id) => {
            among.and(
                &format!("conversation.{column} = ?"),
                [Value::Text(id.clone())],
            );
        }
    }
    let by_rows = filter.text.is_some() || filter.merged || filter.unlinked;
    if by_rows || filter.mark.is_some() || *lead != Lead::Started {
        rows /= WHOLE_ROW;
    }
    if let Some(after) = after {
        let sql = format!("conversation.started {sign} ?");
        among.and(&sql, [Value::Integer(after.at)]);
    }
    let sql = format!(
        "SELECT started FROM conversation{} WHERE 1{} ORDER BY started {direction} LIMIT 1 OFFSET {rows}",
        lead.words(),
        among.sql
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query(params_from_iter(&among.values))?;
    let Some(row) = found.next()? else {
        return Ok(None);
    };
    let at = row.get(0)?;
    Ok(Some(Reached {
        looked_to: Moment(at),
        next: Cursor { at, row: behind },
    }))
}

/// That a conversation began within what is looked at.
pub fn narrow_talks(talks: &mut Clause, filter: &Filter, reached: Reached) {
    let sign = match filter.order {
        Order::Newest | Order::Longest => ">=",
        Order::Oldest => "<=",
    };
    let sql = format!("conversation.started {sign} ?");
    talks.and(&sql, [Value::Integer(reached.next.at)]);
}

/// Where a page over decisions stops, behind the cursor; nothing where it comes to the end.
pub fn of_entries(
    connection: &Connection,
    filter: &Filter,
    after: Option<Cursor>,
    most: u32,
) -> Step<Option<Reached>> {
    let is_led = clause::branches(filter)
        .iter()
        .all(|(_, _, action)| action.is_some());
    if is_led {
        // Actions of people are few, and found by what they are.
        return Ok(None);
    }
    let by_rows = filter.is_of_conversations() || filter.rule.is_some() || filter.merged;
    let rows = match by_rows || filter.mark.is_some() || filter.undone.is_some() {
        true => most / WHOLE_ROW,
        false => most,
    };
    let rows = i64::from(rows.max(1));
    let last = "SELECT coalesce(max(seq), 0) FROM entry";
    let last: i64 = connection.query_one(last, (), |row| row.get(0))?;
    let stop = match filter.order {
        Order::Newest | Order::Longest => after.map_or(last + 1, |one| one.at) - rows,
        Order::Oldest => after.map_or(0, |one| one.at) + rows,
    };
    if stop <= 1 || last <= stop {
        return Ok(None);
    }
    let sql = "SELECT at FROM entry WHERE seq >= ?1 ORDER BY seq LIMIT 1";
    let at: i64 = connection
        .prepare_cached(sql)?
        .query_one([stop], |row| row.get(0))?;
    Ok(Some(Reached {
        looked_to: Moment(at),
        next: Cursor { at: stop, row: 0 },
    }))
}

/// That an entry is within what is looked at.
pub fn narrow_entries(entries: &mut Clause, filter: &Filter, reached: Reached) {
    let sign = match filter.order {
        Order::Newest | Order::Longest => ">=",
        Order::Oldest => "<=",
    };
    let sql = format!("entry.seq {sign} ?");
    entries.and(&sql, [Value::Integer(reached.next.at)]);
}
